"""Two totals and what is known of the parts in; bounds of every part out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.errors import MethodError
from analysis.methods.change.parts import PARTS, Effort, Part, pair

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PartBounds:
    """Persons that a part added (above 0) or took away, between ``low`` and ``high``."""

    part: Part
    low: float
    high: float
    asked: bool


@dataclass(frozen=True, slots=True)
class TotalsSplit:
    """Bounds of a change and of its parts; whatever is true, the parts add up to the change."""

    change_low: float
    change_high: float
    parts: tuple[PartBounds, ...]

    def part(self, name: Part) -> PartBounds:
        """Return a part by its name."""
        return next(one for one in self.parts if one.part == name)


def between_totals(
    before: tuple[int, int],
    after: tuple[int, int],
    *,
    known: Mapping[Part, Span] | None = None,
    effort: Effort | None = None,
) -> TotalsSplit:
    """Bound the parts of a change where only totals are published.

    What is known of a part stands; parts of which nothing is known are not asked, and are
    in the rest, which is what is left. Bounds of ``rest`` that the caller knows narrow
    the others in turn. Where rows exist, even without senders or dates,
    `between_releases` and `between_periods` know more.

    Parameters
    ----------
    before, after : pair of int
        Totals as bounds: (50, 50), or (0, 4) for "<5".
    known : mapping from part to pair of numbers, optional
        At least and at most how many persons a part added (below 0: took away).
    effort : Effort, optional
        Police effort. Up to all persons before may be comparable, so that effort moved
        the count by anything from 0 to the factor times all of them.

    Raises
    ------
    MethodError
        If bounds are negative totals, the wrong way round or not finite, a part is
        unknown or given twice, or the parts cannot add up to the change.

    Examples
    --------
    >>> found = between_totals((50, 50), (57, 57), known={"late_reports": (3, 5)})
    >>> found.part("rest")
    PartBounds(part='rest', low=2.0, high=4.0, asked=True)
    """
    given = dict(known or {})
    _require_bounds([before, after], given, effort)
    if effort is not None:
        low, high = effort.factors()
        given["police_effort"] = (min(0.0, before[1] * (low - 1)), max(0.0, before[1] * (high - 1)))
    change = float(after[0] - before[1]), float(after[1] - before[0])
    spans: dict[Part, Span] = {part: given.get(part, (0.0, 0.0)) for part in PARTS}
    if "rest" not in given:
        spans["rest"] = _left(change, spans, "rest")
    spans = {part: _meet(spans[part], _left(change, spans, part)) for part in PARTS}
    return TotalsSplit(
        *change,
        tuple(
            PartBounds(part, float(low), float(high), part in given or part == "rest")
            for part, (low, high) in spans.items()
        ),
    )


def _require_bounds(
    totals: list[tuple[int, int]], given: Mapping[Part, Span], effort: Effort | None
) -> None:
    read = [pair(one) for one in totals]
    wrong = sum(
        not 0 <= low <= high or low != int(low) or high != int(high)
        for low, high in read
        if _finite(low, high)
    )
    wrong += sum(not _finite(low, high) for low, high in read)
    wrong += sum(not _finite(low, high) or low > high for low, high in map(pair, given.values()))
    if wrong:
        raise MethodError(
            f"change: {wrong} bounds are negative, not whole, not finite, or the wrong way round. "
            "Give totals as whole numbers of persons, the lower bound first."
        )
    unknown = sum(part not in PARTS for part in given)
    if unknown or (effort is not None and "police_effort" in given):
        raise MethodError(
            f"change: {unknown} parts are unknown, or police effort is given twice. Known are "
            f"{', '.join(PARTS)}."
        )


def _finite(low: float, high: float) -> bool:
    return math.isfinite(low) and math.isfinite(high)


def _left(change: Span, spans: Mapping[Part, Span], part: Part) -> Span:
    """Return what the others leave of the change for one part."""
    others = [span for name, span in spans.items() if name != part]
    return (
        change[0] - math.fsum(high for _, high in others),
        change[1] - math.fsum(low for low, _ in others),
    )


def _meet(one: Span, other: Span) -> Span:
    low, high = max(one[0], other[0]), min(one[1], other[1])
    if low > high + 1e-9:
        raise MethodError(
            "change: what is known of the parts cannot add up to the change. Look at the bounds "
            "again: one of them, or a total, is wrong."
        )
    return low, max(low, high)
