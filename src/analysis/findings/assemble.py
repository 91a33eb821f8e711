"""The parts of a finding in, a `Finding` out that keeps the rules every finding keeps."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from analysis.contracts.findings import Basis, Contrary, Finding, Limits, Verdict
from analysis.contracts.published import Plan, Text
from analysis.contracts.values import NOT_KNOWN, Value
from analysis.errors import FindingError
from analysis.findings import grades, limitations, word

ID = r"[A-Za-z0-9][A-Za-z0-9._-]*"
FINGERPRINT = r"[0-9a-f]{64}"
NOTHING_READ = hashlib.sha256(b"").hexdigest()
"""Fingerprint of a finding that rests on no published row."""

SILENT = limitations.SILENT
"""Verdicts that claim nothing: nothing can speak against them."""

ROWLESS: frozenset[Verdict] = SILENT | {"not_known"}
"""Verdicts that may rest on no published row, where the basis is published."""

Plans = tuple[Plan, Plan]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on: published rows, the SHA-256 of their content, and the contrary.

    ``contrary`` has no default, because it must have been looked for; empty prints
    *none found in the documents read*.
    """

    rows: tuple[str, ...]
    fingerprint: str
    contrary: tuple[Contrary, ...]
    basis: Basis = "published"


def finish(
    *,
    id: str,
    question: Text,
    plans: Plans,
    evidence: Evidence,
    verdict: Verdict,
    caveats: Iterable[Text] = (),
    estimate: Value = NOT_KNOWN,
    limits: Limits | None = None,
    **parts: Any,
) -> Finding:
    """Make the finding, with its limitations and what was looked for against it, or refuse it.

    Parameters
    ----------
    id : str
        Letters, digits, ``.``, ``_`` and ``-``, as ``evaluations/<id>.yml`` names it.
    plans : tuple of Plan
        The baseline and the current plan.
    **parts
        The other fields of `Finding`, as they are.

    Raises
    ------
    FindingError
        If id or fingerprint are malformed, a claim rests on no row, its grade does not
        bear its verdict, a number is
        not a number, or a sentence is empty or still waits for a part.
    """
    everything: dict[str, Any] = {
        "other_limits": (),
        "sides": (),
        "assumptions": (),
        "breaks": (),
        "indicator": "",
        "unit": "",
    } | parts
    made = Finding(
        id=id,
        question=question,
        baseline=plans[0].id,
        current=plans[1].id,
        estimate=estimate,
        limits=limits,
        basis=evidence.basis,
        verdict=verdict,
        contrary=evidence.contrary,
        rows=tuple(dict.fromkeys(evidence.rows)),
        fingerprint=evidence.fingerprint,
        limitations=limitations.of_design(everything["grade"], verdict),
        caveats=(*_once(caveats), *_no_contrary(evidence, verdict)),
        **everything,
    )
    _check(made)
    return made


def _once(caveats: Iterable[Text]) -> Iterable[Text]:
    return dict.fromkeys(word.sentence(caveat) for caveat in caveats)


def _no_contrary(evidence: Evidence, verdict: Verdict) -> tuple[Text, ...]:
    if evidence.contrary or verdict in SILENT:
        return ()
    return (limitations.no_contrary(),)


def _check(made: Finding) -> None:
    wrong = {
        f"the id does not fit {ID}": not re.fullmatch(ID, made.id),
        "the fingerprint is no SHA-256": not re.fullmatch(FINGERPRINT, made.fingerprint),
        "no published row stands behind it": made.basis == "published"
        and not made.rows
        and made.verdict not in ROWLESS,
        f"grade {made.grade} does not bear the verdict {made.verdict}": not grades.bears(
            made.verdict, made.grade
        ),
        "a bound is not a number": any(math.isnan(bound) for bound in _bounds(made)),
        "a sentence is empty": not all(
            said.strip()
            for text in (made.question, made.sentence, made.short)
            for said in (text.da, text.en)
        ),
    }
    broken = [reason for reason, holds in wrong.items() if holds]
    if broken:
        raise FindingError(
            f"finding {made.id}: {len(broken)} rules are broken ({'; '.join(broken)}). "
            "Correct the call that records it."
        )


def _bounds(made: Finding) -> Iterable[float]:
    pairs = [*made.other_limits, *([made.limits] if made.limits else [])]
    values = [made.estimate, *(side.count for side in made.sides)]
    yield from (bound for pair in pairs for bound in (pair.low, pair.high, pair.level))
    yield from (bound for value in values if value.known for bound in value.bounds)
