"""Counts with exposure in; rates, rate ratios and p-values by exact methods out.

A count may be an interval, because sources print "<5". Every result then holds
for each whole number inside: a ratio rises with the events after and falls with
the events before, and so do its limits, so the two extreme readings bound them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.counts import Count, require_events

__all__ = ["Count", "ExactP", "Rate", "RateRatio", "RatioRange", "exact_p", "rate", "rate_ratio"]

MOST_READINGS = 1_000_000
"""Pairs of counts that `exact_p` will go through (about a second)."""

_Lowest = Callable[[int, int, float], float]


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per unit of exposure: estimates at both readings, limits that cover both."""

    low_estimate: float
    high_estimate: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class RateRatio:
    """Ratio of two rates (no unit) at one reading: ``before`` and ``after`` events."""

    before: int
    after: int
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RatioRange:
    """Rate ratios at the least and the most favourable reading, and limits over all readings.

    ``least`` takes the most events before and the fewest after, ``most`` the
    reverse. ``low`` and ``high`` are the union of the limits at confidence ``level``.
    """

    least: RateRatio
    most: RateRatio
    low: float
    high: float
    level: float
    mid_p: bool


@dataclass(frozen=True, slots=True)
class ExactP:
    """Two-sided p-values of equal rates: smallest and largest over all readings."""

    exact_low: float
    exact_high: float
    mid_low: float
    mid_high: float


def rate(count: Count, *, level: float = 0.95, mid_p: bool = False) -> Rate:
    """Give the rate of one count with exact (Garwood) or mid-p limits.

    Events must be independent: persons tried together in one case are not, and
    the limits are then too narrow.

    Parameters
    ----------
    count : Count
        Events and their exposure.
    level : float
        Confidence level, between 0 and 1.
    mid_p : bool
        Count only half of the probability of the observed number. Limits are
        narrower, and hold the level on average instead of always.

    Returns
    -------
    Rate
        Per unit of exposure. The lower limit belongs to the lower reading, the
        upper to the upper reading.

    Raises
    ------
    MethodError
        If ``level`` is not between 0 and 1.

    References
    ----------
    Garwood (1936), Biometrika 28, 437-442; mid-p: Cohen & Yang (1994),
    Statistics in Medicine 13, 2189-2203.

    Examples
    --------
    >>> round(rate(Count(0, 0, 1.0)).high, 3)
    3.689
    """
    from scipy.special import gammainccinv, gammaincinv

    tail = confidence.tail("rate", level)
    if mid_p:
        fewest, most = _fewest_mid_p(count.low, tail), _most_mid_p(count.high, tail)
    else:
        fewest = float(gammaincinv(count.low, tail)) if count.low else 0.0
        most = float(gammainccinv(count.high + 1, tail))
    return Rate(
        low_estimate=count.low / count.exposure,
        high_estimate=count.high / count.exposure,
        low=fewest / count.exposure,
        high=most / count.exposure,
        level=level,
    )


def rate_ratio(
    before: Count, after: Count, *, level: float = 0.95, mid_p: bool = False
) -> RatioRange:
    """Divide the rate after by the rate before, over every reading the counts allow.

    Given the total, the events after are binomial, so that Clopper-Pearson limits
    of their share become exact limits of the ratio. Events must be independent:
    persons who are tried together make the limits too narrow (see `dispersion`).

    Parameters
    ----------
    before, after : Count
        Events and exposure of each period; the periods may differ in length.
    level : float
        Confidence level, between 0 and 1.
    mid_p : bool
        Count only half of the probability of the observed split. Limits are
        narrower, and hold the level on average instead of always.

    Returns
    -------
    RatioRange
        Above 1: more events after. ``inf`` where nothing happened before.

    Raises
    ------
    MethodError
        If a reading has 0 events in both periods, or ``level`` is no share.

    References
    ----------
    Przyborowski & Wilenski (1940), Biometrika 31, 313-323; Clopper & Pearson
    (1934), Biometrika 26, 404-413; mid-p: Berry & Armitage (1995), The
    Statistician 44, 417-423.

    Examples
    --------
    >>> found = rate_ratio(Count(7, 19, 4.0), Count(93, 93, 4.0))
    >>> round(found.least.estimate, 2), round(found.most.estimate, 2)
    (4.89, 13.29)
    """
    tail = confidence.tail("rate_ratio", level)
    require_events("rate_ratio", before, after)
    lowest = _lowest_mid_p if mid_p else _lowest_exact
    scale = before.exposure / after.exposure
    least = _at_reading(before.high, after.low, scale, tail, lowest)
    most = _at_reading(before.low, after.high, scale, tail, lowest)
    return RatioRange(least, most, low=least.low, high=most.high, level=level, mid_p=mid_p)


def exact_p(before: Count, after: Count) -> ExactP:
    """Test that both rates are equal, two-sided, over every reading the counts allow.

    The smaller tail of the conditional binomial is doubled (and cut at 1):
    ``exact`` counts the observed split in full, ``mid`` half of it. Programs
    that add up "less likely" splits instead give other values: say which.

    Parameters
    ----------
    before, after : Count
        Events and exposure of each period.

    Returns
    -------
    ExactP
        Where the intervals let the ratio lie on either side of 1, the largest
        p-value is found between the extreme readings; all are gone through.

    Raises
    ------
    MethodError
        If a reading has 0 events in both periods, or if there are more than
        ``MOST_READINGS`` readings.

    References
    ----------
    Przyborowski & Wilenski (1940), Biometrika 31, 313-323; Rothman (2012),
    Epidemiology: An Introduction, 2nd ed., Oxford.

    Examples
    --------
    >>> round(exact_p(Count(15, 15, 19017.0), Count(41, 41, 28010.0)).mid_high, 4)
    0.0355
    """
    from scipy.stats import binom

    require_events("exact_p", before, after)
    readings = (before.high - before.low + 1) * (after.high - after.low + 1)
    if readings > MOST_READINGS:
        raise MethodError(
            f"exact_p: the intervals allow {readings} readings, of which at most "
            f"{MOST_READINGS} are gone through. Narrow them, or report rate_ratio alone."
        )
    first = np.arange(before.low, before.high + 1)[:, None]
    later = np.arange(after.low, after.high + 1)[None, :]
    share = after.exposure / (before.exposure + after.exposure)
    here = binom.pmf(later, first + later, share)
    beyond = np.minimum(
        binom.sf(later, first + later, share), binom.cdf(later - 1, first + later, share)
    )
    exact, mid = np.minimum(1, 2 * (beyond + here)), np.minimum(1, 2 * beyond + here)
    return ExactP(float(exact.min()), float(exact.max()), float(mid.min()), float(mid.max()))


def _fewest_mid_p(events: int, tail: float) -> float:
    """Return the mid-p lower limit of the expected events.

    The mid-p tail lies between half of the exact tail and the whole of it, so
    that the limit lies between the exact limits for ``tail`` and ``2 * tail``.
    """
    from scipy.optimize import brentq
    from scipy.special import gammainc, gammaincinv

    if events == 0:
        return 0.0

    def excess(mean: float) -> float:
        return float(gammainc(events, mean) + gammainc(events + 1, mean)) / 2 - tail

    lowest, highest = (float(gammaincinv(events, p)) for p in (tail, 2 * tail))
    return float(brentq(excess, lowest, highest, xtol=1e-30))


def _most_mid_p(events: int, tail: float) -> float:
    """Return the mid-p upper limit of the expected events; bracketed like the lower one."""
    from scipy.optimize import brentq
    from scipy.special import gammaincc, gammainccinv

    if events == 0:
        return -math.log(2 * tail)

    def excess(mean: float) -> float:
        return float(gammaincc(events, mean) + gammaincc(events + 1, mean)) / 2 - tail

    lowest, highest = (float(gammainccinv(events + 1, p)) for p in (2 * tail, tail))
    return float(brentq(excess, lowest, highest, xtol=1e-30))


def _at_reading(before: int, after: int, scale: float, tail: float, lowest: _Lowest) -> RateRatio:
    return RateRatio(
        before=int(before),
        after=int(after),
        estimate=after / before * scale if before else math.inf,
        low=lowest(before, after, tail) * scale,
        # Which period is called "after" is only a name: the upper limit is the
        # inverse of the lower limit with the periods swapped.
        high=scale / lowest(after, before, tail) if before else math.inf,
    )


def _lowest_exact(before: int, after: int, tail: float) -> float:
    """Return the Clopper-Pearson lower limit of the odds of the events after."""
    from scipy.special import betainccinv, betaincinv

    if after == 0:
        return 0.0
    share = float(betaincinv(after, before + 1, tail))
    return share / float(betainccinv(before + 1, after, tail))


def _lowest_mid_p(before: int, after: int, tail: float) -> float:
    """Return the mid-p lower limit of the odds of the events after.

    The mid-p tail lies between half of the exact tail and the whole of it, so
    that the limit lies between the exact limits for ``tail`` and ``2 * tail``.
    """
    from scipy.optimize import brentq
    from scipy.special import betainc, betaincinv

    if after == 0 or before == 0:
        return _lowest_exact(before, after, 2 * tail)

    def excess(share: float) -> float:
        at_least = float(betainc(after, before + 1, share))
        above = float(betainc(after + 1, before, share))
        return (at_least + above) / 2 - tail

    lowest, highest = (float(betaincinv(after, before + 1, p)) for p in (tail, 2 * tail))
    # xtol is absolute: shares of a handful among very many need a tiny one.
    share = float(brentq(excess, lowest, highest, xtol=1e-30))
    return share / (1 - share)
