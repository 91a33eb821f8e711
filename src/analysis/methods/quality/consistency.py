"""Counts by period in; how far each lies from the periods before, and whether parts add up, out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.counts import Count, Yearly
from analysis.methods.rates import rate_ratio
from analysis.methods.scalars import is_whole, real


@dataclass(frozen=True, slots=True)
class PriorRatio:
    """One period's count divided by the mean of the periods before it.

    ``low`` and ``high`` are the ratio at the readings of the counts, ``limit_low`` and
    ``limit_high`` exact limits over all of them (infinite above where the periods before
    may have no event). ``outside``: at every reading the ratio is further from 1 than the
    tolerance. ``beyond_chance``: the limits leave out 1.
    """

    place: int
    low: float
    high: float
    limit_low: float
    limit_high: float
    outside: bool
    beyond_chance: bool


@dataclass(frozen=True, slots=True)
class PriorRatios:
    """Ratios of all periods that have ``prior`` periods before them; places count from 0.

    ``undefined`` are the places where a reading has no event at all, and no ratio exists.
    """

    ratios: tuple[PriorRatio, ...]
    undefined: tuple[int, ...]
    prior: int
    tolerance: float
    level: float


@dataclass(frozen=True, slots=True)
class SumCheck:
    """Total less the sum of its parts, by period: the gap at both readings.

    ``failing`` are the places (0 first) where no reading makes the parts add up to within
    the tolerance.
    """

    gap_low: tuple[int, ...]
    gap_high: tuple[int, ...]
    failing: tuple[int, ...]
    tolerance: int


def ratio_to_prior(
    counts: Yearly | npt.ArrayLike,
    *,
    prior: int = 3,
    tolerance: float = 0.33,
    periods: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> PriorRatios:
    """Divide each period's count by the mean of the ``prior`` periods before.

    A ratio far from 1 is a question to the sender, not an error: few events give wild
    ratios by chance, so exact limits stand beside each.

    Parameters
    ----------
    counts : Yearly or array_like, shape (n_periods,)
        Whole numbers of events, exact or as intervals, of periods of equal length.
    prior : int
        How many periods the mean is taken of.
    tolerance : float
        Largest distance of the ratio from 1 that is not flagged (WHO: 0.33).
    periods : array_like, shape (n_periods,), optional
        Years, or quarters as numbers, to see that none is left out.
    level : float
        Confidence level of the limits.

    Raises
    ------
    MethodError
        If there are no more than ``prior`` periods, one is left out or stands twice, or
        a count is negative or not whole.

    References
    ----------
    World Health Organization (2017), Data Quality Review, module 2: consistency over time.

    Examples
    --------
    >>> round(ratio_to_prior([8, 11, 0, 12]).ratios[0].high, 4)
    1.8947
    """
    confidence.tail("ratio_to_prior", level)
    years = _yearly("ratio_to_prior", counts)
    if not is_whole(prior, 1, len(years.low) - 1) or not 0 < real(tolerance) < math.inf:
        raise MethodError(
            f"ratio_to_prior: {len(years.low)} periods are no more than those before that each is "
            "compared with, these are no whole number, or the tolerance is not above 0. Give "
            "prior=3 and tolerance=0.33, or more periods."
        )
    if periods is not None:
        _require_no_gap(periods, len(years.low))
    ratios, undefined = [], []
    for place in range(prior, len(years.low)):
        one = _against_prior(years, place, prior, tolerance, level)
        if one is None:
            undefined.append(place)
        else:
            ratios.append(one)
    return PriorRatios(tuple(ratios), tuple(undefined), prior, tolerance, level)


def sums(
    parts: Sequence[Yearly | npt.ArrayLike], totals: Yearly | npt.ArrayLike, *, tolerance: int = 0
) -> SumCheck:
    """Check that parts (women and men, regions) add up to their total in each period.

    Parameters
    ----------
    parts : sequence of Yearly or array_like, each of shape (n_periods,)
        Two or more series that together should be the total.
    totals : Yearly or array_like, shape (n_periods,)
        The total as printed. An interval adds up if any whole number inside does.
    tolerance : int
        Largest gap that is not flagged.

    Raises
    ------
    MethodError
        If there are fewer than 2 parts, lengths differ, or a count is negative or not whole.

    References
    ----------
    World Health Organization (2017), Data Quality Review, module 2: internal consistency.

    Examples
    --------
    >>> sums([[3, 5], [4, 4]], [7, 10]).failing
    (1,)
    """
    if len(parts) < 2 or not is_whole(tolerance):
        raise MethodError(
            f"sums: {len(parts)} parts, 2 are needed, and a tolerance of whole events. "
            "Give each part as one series."
        )
    total = _yearly("sums", totals)
    pieces = [_yearly("sums", part) for part in parts]
    for piece in pieces:
        checked.require_length("sums", "a part", np.array(piece.low), len(total.low))
    low = np.array(total.low) - np.sum([piece.high for piece in pieces], axis=0)
    high = np.array(total.high) - np.sum([piece.low for piece in pieces], axis=0)
    failing = np.flatnonzero((low > tolerance) | (high < -tolerance))
    return SumCheck(
        gap_low=tuple(int(gap) for gap in low),
        gap_high=tuple(int(gap) for gap in high),
        failing=tuple(int(place) for place in failing),
        tolerance=int(tolerance),
    )


def _yearly(method: str, counts: Yearly | npt.ArrayLike) -> Yearly:
    if isinstance(counts, Yearly):
        return counts
    events = checked.whole_counts(method, "counts", counts)
    exact = tuple(int(one) for one in events)
    return Yearly(exact, exact)


def _require_no_gap(periods: npt.ArrayLike, length: int) -> None:
    found = checked.periods("ratio_to_prior", periods)
    checked.require_length("ratio_to_prior", "periods", found, length)
    steps = np.diff(found)
    uneven = int(np.count_nonzero(~np.isclose(steps, steps.min())))
    if uneven:
        raise MethodError(
            f"ratio_to_prior: {uneven} periods are left out. Compare the stretches on either "
            "side by themselves: the periods before would not be the ones next before."
        )


def _against_prior(
    years: Yearly, place: int, prior: int, tolerance: float, level: float
) -> PriorRatio | None:
    before = Count(
        sum(years.low[place - prior : place]), sum(years.high[place - prior : place]), prior
    )
    here = Count(years.low[place], years.high[place], 1.0)
    if before.low == 0 and here.low == 0:
        return None
    found = rate_ratio(before, here, level=level)
    low, high = found.least.estimate, found.most.estimate
    return PriorRatio(
        place=place,
        low=low,
        high=high,
        limit_low=found.low,
        limit_high=found.high,
        outside=low > 1 + tolerance or high < 1 - tolerance,
        beyond_chance=found.low > 1 or found.high < 1,
    )
