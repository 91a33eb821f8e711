"""What a finding rests on in, what it cannot bear out said: from data and checks, never by hand.

Contrary evidence and limitations are part of a finding. One for which the contrary was not
looked for, or that has no limitation, does not register.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analysis.contracts.findings import Finding, Grade, Verdict
from analysis.contracts.published import SourceRow, Text
from analysis.errors import FindingError
from analysis.language import words

SILENT: frozenset[Verdict] = frozenset({"not_submitted", "refused"})
"""Verdicts that claim nothing: nothing can speak against them or limit them."""

_WEAK = ("medium", "low")


def no_contrary() -> Text:
    """Say that the contrary was looked for, and none found."""
    return words.text("findings.no_contrary")


def of_design(grade: Grade, verdict: Verdict) -> tuple[Text, ...]:
    """Say what a finding of this grade cannot bear out, whatever its figures."""
    return () if verdict in SILENT else (words.text(f"findings.grade_limit_{grade}"),)


def of_rows(rows: Sequence[SourceRow]) -> tuple[Text, ...]:
    """Say what some published rows do not bear out: one voice, little trust, disagreement."""
    said = []
    publishers = {row.publisher for row in rows if row.publisher}
    if len(publishers) == 1:
        said.append(words.text("findings.limitation_one_publisher"))
    for key, own in (
        ("limitation_weak", [row for row in rows if row.trust in _WEAK]),
        ("limitation_own_period", [row for row in rows if row.trust == "own_period"]),
        ("limitation_disputed", [row for row in rows if row.conflicts_with]),
        ("limitation_unquoted", [row for row in rows if not (row.quote or row.as_printed)]),
    ):
        if own:
            many: dict[str, int] = {"found": len(own), "all": len(rows)}
            said.append(words.text(f"findings.{key}", **many))
    return tuple(said)


def require(findings: Iterable[Finding]) -> None:
    """Refuse findings whose contrary evidence was not looked for, or that have no limitation.

    Raises
    ------
    FindingError
        Naming each, and what it lacks.
    """
    lacking = [
        f"{finding.id} ({', '.join(lacks)})" for finding in findings if (lacks := _lacks(finding))
    ]
    if lacking:
        raise FindingError(
            f"findings: {len(lacking)} cannot be registered: {'; '.join(lacking)}. Record them "
            "through the study, with a line in contrary.csv for what speaks against each."
        )


def _lacks(finding: Finding) -> list[str]:
    if finding.verdict in SILENT:
        return []
    lacks = []
    if not finding.contrary and no_contrary() not in finding.caveats:
        lacks.append("no contrary evidence, and none said to be looked for")
    if rowless := sum(not one.rows for one in finding.contrary):
        lacks.append(f"contrary evidence without a row: {rowless}")
    if not finding.limitations:
        lacks.append("no limitations")
    return lacks
