"""The design of a comparison in, its evidence grade out: one rule, in one place.

A row of the rule says what a grade takes; the best grade whose conditions all hold is the
design's. `docs/glossary.md` prints the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from analysis.contracts.findings import Grade, Verdict
from analysis.contracts.published import Break, Flag
from analysis.errors import FindingError
from analysis.findings.verdict import CHANGED, CONFOUNDING

Kind = Literal["quasi_experiment", "controlled_series", "before_after", "one_point", "document"]

Years = tuple[int, int]

YEARS_BEFORE = 8
"""Points before the plan that a counterfactual takes: our convention (docs/methods.md)."""

CLAIMS_A_DIRECTION: frozenset[Verdict] = frozenset(
    {"higher", "lower", "recorded_more", "recorded_fewer"}
)
BEARS_A_DIRECTION: frozenset[Grade] = frozenset({"A", "B", "C"})


@dataclass(frozen=True, slots=True)
class Design:
    """How a finding was come by.

    ``before`` and ``after`` count the points (years, quarters) on either side of the plan,
    ``controls`` the comparable series without it. ``checked`` says that its own tests (placebo
    in time and space, equal course before the plan) were made and did not fail. ``flags``
    are those of the breaks crossed.
    """

    kind: Kind
    before: int = 0
    after: int = 0
    controls: int = 0
    checked: bool = False
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a grade takes: a name, and whether a design has it."""

    name: str
    holds: Callable[[Design], bool]


_COUNTED = Condition("something was counted", lambda design: design.kind != "document")
_BOTH_SIDES = Condition(
    "a count before and a count after",
    lambda design: design.kind not in ("one_point", "document") and min(_sides(design)) > 0,
)
_CONTROL = Condition(
    "a comparable series without the plan",
    lambda design: design.kind in ("quasi_experiment", "controlled_series") and design.controls > 0,
)
_LONG = Condition(
    f"{YEARS_BEFORE} points before the plan", lambda design: design.before >= YEARS_BEFORE
)
_SAME_COUNT = Condition(
    "no break in what is counted (F1-F3)", lambda design: not design.flags & set(CHANGED)
)
_NO_SHOCK = Condition(
    "no coincident shock (F4)", lambda design: not design.flags & set(CONFOUNDING)
)
_SEPARATES = Condition(
    "a design that separates the plan from what else happened",
    lambda design: design.kind == "quasi_experiment",
)
_CHECKED = Condition("its placebo tests made and passed", lambda design: design.checked)

RULE: dict[Grade, tuple[Condition, ...]] = {
    "A": (_BOTH_SIDES, _CONTROL, _LONG, _SAME_COUNT, _NO_SHOCK, _SEPARATES, _CHECKED),
    "B": (_BOTH_SIDES, _CONTROL, _LONG, _SAME_COUNT),
    "C": (_BOTH_SIDES,),
    "D": (_COUNTED,),
    "E": (),
}
"""What each grade takes, the strongest first."""


def grade(design: Design) -> Grade:
    """Return the best grade whose conditions the design has.

    Raises
    ------
    FindingError
        If a number of points or series is negative.

    Examples
    --------
    >>> grade(Design("before_after", before=4, after=4))
    'C'
    >>> grade(Design("quasi_experiment", before=31, after=8, controls=38, checked=True))
    'A'
    """
    if min(design.before, design.after, design.controls) < 0:
        raise FindingError(
            "grade: a design has a negative number of points or series. Count them anew."
        )
    return next(grade for grade in RULE if not lacking(design, grade))


def lacking(design: Design, wanted: Grade) -> tuple[str, ...]:
    """Return the conditions that keep a design from a grade, in words."""
    return tuple(one.name for one in RULE[wanted] if not one.holds(design))


def before_after(before: Years, after: Years, breaks: Iterable[Break]) -> Design:
    """Return the design of a count before beside a count after, each a span of years."""
    flags = frozenset(brk.flag for brk in breaks)
    lengths = [last - first + 1 for first, last in (before, after)]
    return Design("before_after", before=lengths[0], after=lengths[1], flags=flags)


def bears(verdict: Verdict, grade: Grade) -> bool:
    """Whether evidence of this grade bears such a verdict: a direction takes two counts."""
    return verdict not in CLAIMS_A_DIRECTION or grade in BEARS_A_DIRECTION


def _sides(design: Design) -> tuple[int, int]:
    return design.before, design.after
