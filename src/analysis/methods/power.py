"""Expected events before in, the smallest ratio that they could have shown out."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import binom, poisson

from analysis.errors import MethodError
from analysis.methods import confidence

_LEFT_OUT = 1e-12
"""Probability of the numbers of events before that are not gone through."""

_MOST_EXPECTED = 100_000.0
"""Expected events before; with more, chance is not what limits a comparison."""

_Ints = npt.NDArray[np.int64]


def smallest_detectable_ratio(
    before: float,
    exposure_before: float,
    exposure_after: float,
    *,
    level: float = 0.95,
    power: float = 0.8,
) -> float:
    """Find the smallest rise that the doubled mid-p test would show with given power.

    Both counts are Poisson. A rise is shown when the upper mid-p tail of the
    conditional binomial is at most ``(1 - level) / 2``. The answer speaks of
    rises only; it rests on the expected count, not on what was observed after.
    Counts that scatter more than a Poisson law need larger ratios.

    Parameters
    ----------
    before : float
        Events expected in the period before (> 0, at most 100,000).
    exposure_before, exposure_after : float
        Lengths of the periods, in one unit.
    level : float
        Confidence level, between 0 and 1.
    power : float
        Probability of showing the rise, above ``(1 - level) / 2`` and below 1.

    Returns
    -------
    float
        Ratio of rates, above 1.

    Raises
    ------
    MethodError
        If an argument is out of range.

    Examples
    --------
    >>> round(smallest_detectable_ratio(10, 4.0, 4.0), 1)
    2.7
    """
    tail = confidence.tail("smallest_detectable_ratio", level)
    _require_sense(before, exposure_before, exposure_after, power, tail)
    span = poisson.ppf(_LEFT_OUT / 2, before), poisson.isf(_LEFT_OUT / 2, before)
    events = np.arange(int(span[0]), int(span[1]) + 1)
    chance = poisson.pmf(events, before)
    share = exposure_after / (exposure_before + exposure_after)
    needed = _fewest_after(events, share, tail)
    expected = before * exposure_after / exposure_before

    def short_of(ratio: float) -> float:
        return float(chance @ poisson.sf(needed - 1, expected * ratio)) - power

    enough = 2.0
    while short_of(enough) < 0:
        enough *= 2
    return float(brentq(short_of, 1.0, enough, xtol=1e-9))


def _require_sense(
    before: float, exposure_before: float, exposure_after: float, power: float, tail: float
) -> None:
    if not 0 < before <= _MOST_EXPECTED:
        raise MethodError(
            "smallest_detectable_ratio: the events expected before must be above 0 and at most "
            f"{_MOST_EXPECTED:,.0f}. With none expected, no ratio can be shown."
        )
    if not all(0 < exposure < math.inf for exposure in (exposure_before, exposure_after)):
        raise MethodError(
            "smallest_detectable_ratio: both exposures must be finite numbers above 0. "
            "Give the lengths of the periods, such as 4.0 calendar years."
        )
    if not tail < power < 1:
        raise MethodError(
            "smallest_detectable_ratio: the power must be below 1 and above the tail of the test. "
            "Give a share, such as 0.8 for 80 percent."
        )


def _fewest_after(before: _Ints, share: float, tail: float) -> _Ints:
    """Return, for each count before, the fewest events after that show a rise (bisection)."""
    short, enough = np.full_like(before, -1), before + 1
    while (wanting := _upper_mid_p(before, enough, share) > tail).any():
        short, enough = np.where(wanting, enough, short), np.where(wanting, 2 * enough, enough)
    while (enough - short > 1).any():
        middle = (short + enough) // 2
        shows = _upper_mid_p(before, middle, share) <= tail
        short, enough = np.where(shows, short, middle), np.where(shows, middle, enough)
    return enough


def _upper_mid_p(before: _Ints, after: _Ints, share: float) -> npt.NDArray[np.float64]:
    total = before + after
    half = binom.pmf(after, total, share) / 2
    return np.asarray(binom.sf(after, total, share) + half, dtype=np.float64)
