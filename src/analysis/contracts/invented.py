"""Findings in, a refusal out where one rests on data that has no place there.

The one rule that keeps invented numbers out of what anybody may quote. Whoever takes findings
in (register, export, front page, synthesis, and every letter, answer and table made of
findings) asks here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.errors import AnalysisError, FindingError

_SHOWN = 5


def refuse_invented(
    findings: Iterable[Mapping[str, Any]],
    where: str,
    *,
    rehearsal: bool = False,
    error: type[AnalysisError] = FindingError,
) -> None:
    """Refuse findings that rest on synthetic data, or real ones among those of a rehearsal.

    Parameters
    ----------
    findings : iterable of mapping
        As `contracts.findings.to_json` gives them.
    where : str
        What takes them in; begins the message.
    rehearsal : bool
        Whether it belongs to an evaluation whose ``cases`` are synthetic. Then what partners
        really submitted is refused instead: nothing real may stand under the watermark.
    error : type of AnalysisError
        What is raised.

    Raises
    ------
    AnalysisError
        Naming the findings by their ids.
    """
    kept_out = "submitted" if rehearsal else "synthetic"
    wrong = [str(one["id"]) for one in findings if one["basis"] == kept_out]
    if not wrong:
        return
    named = ", ".join(wrong[:_SHOWN])
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    raise error(
        f"{where}: {len(wrong)} findings rest on {kept_out} data ({named}{more}). "
        f"{_REMEDY[kept_out]}"
    )


_REMEDY = {
    "synthetic": "Invented data is for rehearsal alone (workbench rehearse): take their notebooks "
    "out, or run them on published or submitted data.",
    "submitted": "A rehearsal holds nothing real: run these notebooks in another evaluation.",
}
