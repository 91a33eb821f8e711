"""Two counts with exposure in; how many events a year more or fewer, with limits, out.

A ratio says how many times as many; a difference says how many. No exact limits
exist for a difference of Poisson rates, because no statistic is free of the
common rate, so the limits of the two rates are combined.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.methods import rates
from analysis.methods.counts import Count

__all__ = ["Count", "DifferenceRange", "RateDifference", "rate_difference"]


@dataclass(frozen=True, slots=True)
class RateDifference:
    """Rate after less rate before (events per unit of exposure) at one reading."""

    before: int
    after: int
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DifferenceRange:
    """Rate differences at the extreme readings, and limits over all readings.

    ``least`` takes the most events before and the fewest after, ``most`` the
    reverse. ``low`` and ``high`` are the union of the limits at confidence ``level``.
    """

    least: RateDifference
    most: RateDifference
    low: float
    high: float
    level: float
    mid_p: bool


def rate_difference(
    before: Count, after: Count, *, level: float = 0.95, mid_p: bool = False
) -> DifferenceRange:
    """Subtract the rate before from the rate after, over every reading the counts allow.

    The limits of each rate (Garwood's, or mid-p) are combined by the method of
    variance estimates recovery (MOVER): the distance from the estimate to a limit is
    the root of the summed squares of the two distances that point the same way. Both
    limits rise with every event after and fall with every event before, so the two
    extreme readings bound all others. Events must be independent: persons who are
    tried together make the limits too narrow.

    Parameters
    ----------
    before, after : Count
        Events and exposure of each period; the periods may differ in length.
    level : float
        Confidence level, between 0 and 1.
    mid_p : bool
        Combine mid-p limits instead of exact ones: narrower, on average nearer
        to ``level``.

    Returns
    -------
    DifferenceRange
        Above 0: more events after. Limits are finite, also where a count is 0.

    Raises
    ------
    MethodError
        If ``level`` is not between 0 and 1.

    References
    ----------
    Donner & Zou (2012), Statistical Methods in Medical Research 21, 347-359;
    Li, Tang & Wong (2014), Computational Statistics 29, 869-889.

    Examples
    --------
    >>> found = rate_difference(Count(7, 7, 4.0), Count(12, 12, 4.0))
    >>> found.least.estimate, round(found.low, 2), round(found.high, 2)
    (1.25, -1.1, 3.72)
    """
    least = _at_reading(before.high, before.exposure, after.low, after.exposure, level, mid_p)
    most = _at_reading(before.low, before.exposure, after.high, after.exposure, level, mid_p)
    return DifferenceRange(least, most, low=least.low, high=most.high, level=level, mid_p=mid_p)


def _at_reading(
    before: int, first: float, after: int, later: float, level: float, mid_p: bool
) -> RateDifference:
    old = rates.rate(Count(before, before, first), level=level, mid_p=mid_p)
    new = rates.rate(Count(after, after, later), level=level, mid_p=mid_p)
    estimate = new.low_estimate - old.low_estimate
    fall = math.hypot(new.low_estimate - new.low, old.high - old.low_estimate)
    rise = math.hypot(new.high - new.low_estimate, old.low_estimate - old.low)
    return RateDifference(int(before), int(after), estimate, estimate - fall, estimate + rise)
