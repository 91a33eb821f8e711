"""Counts by period and the breaks asked about in; both checked out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.scalars import is_one_of, is_whole, real

METHOD = "interrupted_series"

FEWEST_FOR_A_LEVEL = 8
FEWEST_FOR_A_SLOPE = 12
"""Points on either side of a break (research notes, 4; Turner et al. 2021: limits of every
method are too narrow in short series)."""

Change = Literal["level", "slope", "both"]


@dataclass(frozen=True, slots=True)
class Series:
    """Events by period, with the exposure each was counted over (1 where none was given).

    Periods are numbers (months since a start, years); gaps are allowed, order is not free.
    """

    periods: tuple[float, ...]
    counts: tuple[int, ...]
    exposure: tuple[float, ...]

    def __post_init__(self) -> None:
        periods = checked.periods(METHOD, self.periods)
        counts = checked.whole_counts(METHOD, "counts", self.counts)
        checked.require_length(METHOD, "counts", counts, len(periods))
        checked.exposures(METHOD, "exposure", self.exposure, length=len(periods))
        if not counts.any():
            raise MethodError(
                f"{METHOD}: all {len(counts)} counts are 0, so that nothing can be compared. "
                "Report that none were counted."
            )

    @classmethod
    def of(
        cls,
        periods: npt.ArrayLike,
        counts: npt.ArrayLike,
        exposure: npt.ArrayLike | None = None,
    ) -> Self:
        """Make a series of three columns, each of shape (n_periods,).

        Raises
        ------
        MethodError
            If periods are doubled or unsorted, counts not whole, negative, missing or
            all 0, an exposure 0 or less, or the columns differ in length.

        Examples
        --------
        >>> Series.of([2007, 2008], [17, 28]).exposure
        (1.0, 1.0)
        """
        when = checked.numbers(METHOD, "periods", periods)
        events = checked.whole_counts(METHOD, "counts", counts)
        over = np.ones(len(when)) if exposure is None else exposure
        amounts = checked.numbers(METHOD, "exposure", over)
        return cls(tuple(when.tolist()), tuple(events.tolist()), tuple(amounts.tolist()))


@dataclass(frozen=True, slots=True)
class Break:
    """Something that began at ``start``, the first period after.

    ``slope_from`` is the period at which the change of slope counts 0 (``start``
    unless given), and so the period that the change of level speaks of. ``donut``
    holds the first and last period left out around the break.
    """

    name: str
    start: float
    change: Change = "level"
    slope_from: float | None = None
    donut: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        edge = 0.0 if self.slope_from is None else self.slope_from
        donut = (edge, edge) if self.donut is None else self.donut
        given = [real(one) for one in (self.start, edge, *donut)]
        named = isinstance(self.name, str) and self.name
        if not named or not all(map(math.isfinite, given)) or len(given) != 4:
            raise MethodError(
                f"{METHOD}: a break has no name, or a date that is no finite number. "
                "Name it, and give its first period in the numbers of the series."
            )
        if not is_one_of(self.change, get_args(Change)):
            raise MethodError(
                f"{METHOD}: a break changes the level, the slope or both, nothing else. "
                "Give change='level'."
            )
        if self.donut and self.donut[0] > self.donut[1]:
            raise MethodError(
                f"{METHOD}: the periods to leave out end before they begin. "
                "Give the first, then the last."
            )

    @property
    def fewest(self) -> int:
        """Points needed on either side."""
        return FEWEST_FOR_A_LEVEL if self.change == "level" else FEWEST_FOR_A_SLOPE


@dataclass(frozen=True, slots=True)
class Season:
    """``pairs`` sine and cosine waves; the longest takes ``period`` periods (12 for months)."""

    period: float
    pairs: int = 1

    def __post_init__(self) -> None:
        if not is_whole(self.pairs, 1, real(self.period) / 2) or math.isinf(real(self.period)):
            raise MethodError(
                f"{METHOD}: the pairs of waves do not fit into the season. "
                "Give at least 1, and at most half of the periods of a season."
            )


@dataclass(frozen=True, slots=True)
class Model:
    """What may change: breaks in order of their start, a trend through all, a season.

    ``fewest`` raises the points needed on either side of every break; a smaller
    number than the rule's is refused.
    """

    breaks: tuple[Break, ...]
    season: Season | None = None
    trend: bool = True
    fewest: int | None = None

    def __post_init__(self) -> None:
        if not self.breaks:
            raise MethodError(f"{METHOD}: no break is named. Give what began, and when.")
        starts, names = [b.start for b in self.breaks], {b.name for b in self.breaks}
        if len(names) < len(starts) or any(a >= b for a, b in itertools.pairwise(starts)):
            raise MethodError(
                f"{METHOD}: the {len(starts)} breaks share a name or a start, or are not in "
                "order. Name each, and sort them by their start."
            )
        floor = max(b.fewest for b in self.breaks)
        if self.fewest is not None and not is_whole(self.fewest, floor):
            raise MethodError(
                f"{METHOD}: fewer points on either side, or no whole number, are asked for where "
                f"the rule needs {floor}. The rule may be raised, not lowered."
            )

    def break_named(self, name: str | None) -> Break:
        """Return the break called so; the first if no name is given.

        Raises
        ------
        MethodError
            If there is none.
        """
        for one in self.breaks:
            if name is None or one.name == name:
                return one
        raise MethodError(
            f"{METHOD}: none of the {len(self.breaks)} breaks has that name. "
            "Give one of the model's."
        )


def kept(series: Series, model: Model) -> npt.NDArray[np.bool_]:
    """Return which periods are fitted: those outside every donut, shape (n_periods,)."""
    periods = np.array(series.periods)
    inside = np.zeros(len(periods), dtype=bool)
    for first, last in (b.donut for b in model.breaks if b.donut):
        inside |= (periods >= first) & (periods <= last)
    return ~inside


def stretches(series: Series, model: Model) -> tuple[npt.NDArray[np.bool_], ...]:
    """Return which fitted periods lie before the first break, between breaks, after the last."""
    starts = [one.start for one in model.breaks]
    number = np.searchsorted(starts, np.array(series.periods), side="right")
    held = kept(series, model)
    return tuple(held & (number == i) for i in range(len(starts) + 1))


def points_needed(one: Break, model: Model) -> int:
    """Return the points needed on either side of a break."""
    return max(one.fewest, model.fewest or 0)


def require_points(series: Series, model: Model) -> tuple[int, ...]:
    """Count the fitted points before the first break, between breaks and after the last.

    Raises
    ------
    MethodError
        If a break has fewer than needed on a side, or all counts of a side are 0.
    """
    counts, parts = np.array(series.counts), stretches(series, model)
    points = tuple(int(part.sum()) for part in parts)
    for i, one in enumerate(model.breaks):
        _require_sides(i, one, points, model)
    for i, part in enumerate(parts):
        if not counts[part].any():
            raise MethodError(
                f"{METHOD}: all {points[i]} counts {_where(i, len(points))} are 0, so that "
                "no ratio of levels exists. Compare the totals by exact limits (rates)."
            )
    return points


def _require_sides(i: int, one: Break, points: Sequence[int], model: Model) -> None:
    need = points_needed(one, model)
    if min(points[i], points[i + 1]) < need:
        raise MethodError(
            f"{METHOD}: break {i + 1} of {len(model.breaks)} has {points[i]} points before and "
            f"{points[i + 1]} after; {need} before and {need} after are needed for "
            f"{'a level' if one.change == 'level' else 'a slope'}. "
            "Show the counts by themselves, or compare two totals (rates, dispersion)."
        )


def _where(i: int, parts: int) -> str:
    if i == 0:
        return "before the first break"
    return "after the last break" if i == parts - 1 else f"between breaks {i} and {i + 1}"
