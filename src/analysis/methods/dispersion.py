"""Yearly counts in; a rate ratio whose limits allow for years that vary more than chance out.

Exact limits take every event to be independent. Persons are tried together and
years differ, so counts by year often scatter more than a Poisson law allows;
the limits here widen by as much as the years show.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.counts import Yearly
from analysis.methods.rates import RatioRange

__all__ = ["DispersedRange", "Headline", "Yearly", "dispersed_ratio", "wider"]

WIDEST = 1_000
"""Widest gap between the lowest and the highest total of a period (1e6 pairs of totals)."""

_Floats = npt.NDArray[np.float64]
Open = Literal["neither", "above", "below"]
Headline = Literal["exact", "dispersed"]


@dataclass(frozen=True, slots=True)
class DispersedRange:
    """Rate ratios over all readings of yearly counts, with limits at confidence ``level``.

    ``low`` and ``high`` are the union of the limits over the ``readings``. The
    dispersions are those estimated (1: as a Poisson law; before the floor of 1 is
    applied). ``open_side`` says whether some reading has no event before
    (``"above"``: no upper limit) or after (``"below"``: no lower limit but 0).
    """

    estimate_low: float
    estimate_high: float
    low: float
    high: float
    dispersion_low: float
    dispersion_high: float
    degrees_of_freedom: int
    level: float
    readings: int
    open_side: Open


@dataclass(frozen=True, slots=True)
class _Totals:
    """Every total a period can have (ascending) and the scatter its years can then show.

    ``least`` and ``most`` are the smallest and largest Pearson statistic of the
    years around their mean, shape ``(n_totals,)`` like ``total``.
    """

    total: _Floats
    least: _Floats
    most: _Floats


def dispersed_ratio(before: Yearly, after: Yearly, *, level: float = 0.95) -> DispersedRange:
    """Divide the mean year after by the mean year before, allowing for overdispersion.

    Quasi-Poisson regression with one mean a period: the variance is the Poisson
    variance times X² / (years - 2), never less than once, and limits come from
    Student's t with years - 2 degrees of freedom. Years must be exchangeable
    within a period: a trend inside one is taken for scatter, and widens the limits.

    Every reading that the intervals allow is covered. At given totals the limits
    depend only on how the years scatter, so the most scattered reading of each
    pair of totals is found and stands for the rest.

    Parameters
    ----------
    before, after : Yearly
        Events by year; the periods may have different numbers of years.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DispersedRange
        Above 1: more events a year after. A reading with no event on one side
        has no limits of this kind: that side is left open, and the other side's
        limit comes from the other readings.

    Raises
    ------
    MethodError
        If there are fewer than three years in all; if a reading has 0 events in
        both periods or every reading has 0 events in one; if the totals of a
        period span more than ``WIDEST``.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6.

    Examples
    --------
    >>> found = dispersed_ratio(Yearly((4, 9), (4, 9)), Yearly((22, 30), (22, 30)))
    >>> round(found.estimate_low, 1), found.degrees_of_freedom
    (4.0, 2)
    """
    from scipy.stats import t

    tail = confidence.tail("dispersed_ratio", level)
    _require_spread(before, after)
    freedom = len(before.low) + len(after.low) - 2
    first, later = _totals(before), _totals(after)
    most = (first.most[:, None] + later.most) / freedom
    error = np.sqrt(np.maximum(1, most) * (1 / first.total[:, None] + 1 / later.total))
    logs = np.log(later.total / len(after.low)) - np.log(first.total / len(before.low))[:, None]
    reach = float(t.isf(tail, freedom)) * error
    above, below = sum(before.low) == 0, sum(after.low) == 0
    return DispersedRange(
        estimate_low=0.0 if below else _power(logs.min()),
        estimate_high=math.inf if above else _power(logs.max()),
        low=0.0 if below else _power((logs - reach).min()),
        high=math.inf if above else _power((logs + reach).max()),
        dispersion_low=float(first.least.min() + later.least.min()) / freedom,
        dispersion_high=float(most.max()),
        degrees_of_freedom=freedom,
        level=level,
        readings=_readings(before) * _readings(after),
        open_side="above" if above else "below" if below else "neither",
    )


def wider(exact: RatioRange, dispersed: DispersedRange) -> Headline:
    """Say which pair of limits spans more on the log scale: that one is the headline.

    A limit of 0 or infinity counts as the end of the number line, so that of two
    open intervals the one that reaches further on its closed side is wider. On
    equality the exact pair wins, as it assumes less of the years. The wider pair
    need not contain the other: print both.

    Parameters
    ----------
    exact : RatioRange
        Of `rates.rate_ratio`, for the same periods.
    dispersed : DispersedRange
        Of `dispersed_ratio`.

    Raises
    ------
    MethodError
        If the two were computed at different confidence levels.
    """
    if exact.level != dispersed.level:
        raise MethodError(
            "wider: the two pairs of limits have different confidence levels. "
            "Compute both at the same level."
        )
    apart = _span(dispersed.low, dispersed.high) > _span(exact.low, exact.high)
    return "dispersed" if apart else "exact"


def _require_spread(before: Yearly, after: Yearly) -> None:
    years = len(before.low) + len(after.low)
    if years < 3:
        raise MethodError(
            f"dispersed_ratio: {years} years in all, 3 are needed to see any scatter. "
            "Report rate_ratio alone."
        )
    if sum(before.low) == sum(after.low) == 0:
        raise MethodError(
            "dispersed_ratio: both periods may have 0 events, so no ratio exists. "
            "Report the two counts, or widen the window."
        )
    if sum(before.high) == 0 or sum(after.high) == 0:
        raise MethodError(
            "dispersed_ratio: one period has 0 events, so its mean has no error of this kind. "
            "Report rate_ratio alone: its limits are exact there."
        )
    gap = max(sum(period.high) - sum(period.low) for period in (before, after))
    if gap > WIDEST:
        raise MethodError(
            f"dispersed_ratio: the totals of a period span {gap}, more than {WIDEST}. "
            "Narrow the intervals, or report rate_ratio alone."
        )


def _totals(period: Yearly) -> _Totals:
    """List a period's totals above 0, with the least and most scatter behind each.

    X² is the sum of squares over the mean, less the total. Year by year, the
    extreme sum of squares of each running total is kept (dynamic programming), so
    that no reading is left out and none is gone through twice.
    """
    least = most = np.zeros(1)
    for low, high in zip(period.low, period.high, strict=True):
        size = len(most) + high - low
        next_least, next_most = np.full(size, math.inf), np.zeros(size)
        for shift, events in enumerate(range(low, high + 1)):
            here = slice(shift, shift + len(most))
            next_least[here] = np.minimum(next_least[here], least + events**2)
            next_most[here] = np.maximum(next_most[here], most + events**2)
        least, most = next_least, next_most
    total = np.arange(sum(period.low), sum(period.high) + 1, dtype=np.float64)
    some = total > 0
    total, least, most = total[some], least[some], most[some]
    mean = total / len(period.low)
    # Equal years give exactly 0; rounding must not make it negative.
    return _Totals(total, np.maximum(0, least / mean - total), np.maximum(0, most / mean - total))


def _readings(period: Yearly) -> int:
    return math.prod(high - low + 1 for low, high in zip(period.low, period.high, strict=True))


def _power(log: float) -> float:
    # Three years leave one degree of freedom, whose limits can pass any float.
    with np.errstate(over="ignore"):
        return float(np.exp(log))


def _span(low: float, high: float) -> float:
    smallest, largest = sys.float_info.min, sys.float_info.max
    return math.log(min(high, largest)) - math.log(max(low, smallest))
