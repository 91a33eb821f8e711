"""Counts and parts in; the figures that other programs print for them out.

For recognising a published figure, never for a finding: most of these are
approximations that fail at small counts. Ours are in `rates`, `rate_difference` and
`proportions`.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.checked import Estimate
from analysis.methods.counts import Count, require_events
from analysis.methods.proportions import Part

__all__ = [
    "byar_rate", "likelihood_p", "median_ratio", "wald_difference", "wald_ratio", "wald_share",
]  # fmt: skip

_AS_LIKELY = 1 + 1e-7
"""Splits this much more likely than the observed count as equally likely, as in R."""


def likelihood_p(before: Count, after: Count) -> float:
    """Test that both rates are equal as R's ``poisson.test`` does.

    All splits of the total that are no more likely than the observed are added up. The
    value can disagree with the exact limits of the ratio; `rates.exact_p` cannot.

    Raises
    ------
    MethodError
        If a count is an interval, or there is no event.

    References
    ----------
    R Core Team, stats::poisson.test and stats::binom.test.

    Examples
    --------
    >>> round(likelihood_p(Count(15, 15, 19017.0), Count(41, 41, 28010.0)), 4)
    0.0409
    """
    from scipy.stats import binom

    first, later = _exact("likelihood_p", before), _exact("likelihood_p", after)
    require_events("likelihood_p", before, after)
    share = after.exposure / (before.exposure + after.exposure)
    chances = binom.pmf(np.arange(first + later + 1), first + later, share)
    return min(1.0, float(chances[chances <= chances[later] * _AS_LIKELY].sum()))


def median_ratio(before: Count, after: Count) -> float:
    """Give the median-unbiased ratio of two rates (mid-p), as R's epitools prints it.

    At this ratio a split more uneven than the observed is as likely on either side. It
    lies nearer to 1 than the plain ratio where events are few.

    Raises
    ------
    MethodError
        If a count is an interval, or there is no event.

    References
    ----------
    Rothman & Greenland (1998), Modern Epidemiology, 2nd ed., chapter 14.

    Examples
    --------
    >>> round(median_ratio(Count(15, 15, 19017.0), Count(41, 41, 28010.0)), 3)
    1.843
    """
    from scipy.optimize import brentq
    from scipy.special import betaincc

    first, later = _exact("median_ratio", before), _exact("median_ratio", after)
    require_events("median_ratio", before, after)
    if first == 0:
        return math.inf
    if later == 0:
        return 0.0

    def uneven(odds: float) -> float:
        share = 1 / (1 + math.exp(-odds))
        fewer, as_few = betaincc(later, first + 1, share), betaincc(later + 1, first, share)
        return float(fewer + as_few) / 2 - 0.5

    plain = math.log(later / first)
    odds = math.exp(float(brentq(uneven, plain - 2, plain + 2, xtol=1e-14)))
    return odds * before.exposure / after.exposure


def wald_ratio(before: Count, after: Count, *, level: float = 0.95) -> Estimate:
    """Give the ratio of two rates with limits for large numbers (normal on the log scale).

    Raises
    ------
    MethodError
        If a count is an interval or 0, or ``level`` is no share.

    References
    ----------
    Rothman & Greenland (1998), Modern Epidemiology, 2nd ed., chapter 14.

    Examples
    --------
    >>> round(wald_ratio(Count(15, 15, 19017.0), Count(41, 41, 28010.0)).low, 3)
    1.027
    """
    tail = confidence.tail("wald_ratio", level)
    first, later = _exact("wald_ratio", before), _exact("wald_ratio", after)
    if 0 in (first, later):
        raise MethodError("wald_ratio: a count is 0, so these limits do not exist. Use rate_ratio.")
    ratio = later / after.exposure / (first / before.exposure)
    reach = math.exp(_normal(tail) * math.sqrt(1 / first + 1 / later))
    return Estimate(ratio, ratio / reach, ratio * reach, level)


def byar_rate(count: Count, *, level: float = 0.95) -> Estimate:
    """Give a rate with Byar's approximate limits as Rothman writes them (R's epitools).

    A lower limit that would be negative (no event) is given as 0.

    Raises
    ------
    MethodError
        If the count is an interval, or ``level`` is no share.

    References
    ----------
    Rothman & Boice (1979), Epidemiologic Analysis with a Programmable Calculator.

    Examples
    --------
    >>> found = byar_rate(Count(10, 10, 1.0))
    >>> round(found.low, 2), round(found.high, 2)
    (5.13, 17.74)
    """
    tail = confidence.tail("byar_rate", level)
    events = _exact("byar_rate", count)
    middle = events + 0.5
    reach = _normal(tail) / 3 * math.sqrt(1 / middle)
    low, high = (middle * (1 - 1 / (9 * middle) + side * reach) ** 3 for side in (-1, 1))
    return Estimate(
        events / count.exposure, max(0.0, low) / count.exposure, high / count.exposure, level
    )


def wald_share(part: Part, *, level: float = 0.95) -> Estimate:
    """Give a share with normal limits; they can pass 0 and 1, and vanish at 0 and n.

    Raises
    ------
    MethodError
        If the part is an interval, or ``level`` is no share.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 857-872 (method 1).

    Examples
    --------
    >>> round(wald_share(Part(1, 1, 29)).low, 3)
    -0.032
    """
    p, variance = _share("wald_share", part)
    return _wald("wald_share", p, variance, level)


def wald_difference(first: Part, second: Part, *, level: float = 0.95) -> Estimate:
    """Give a difference of two shares with normal limits; they vanish at 0 and n.

    Raises
    ------
    MethodError
        If a part is an interval, or ``level`` is no share.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890 (method 1).

    Examples
    --------
    >>> round(wald_difference(Part(56, 56, 70), Part(48, 48, 80)).low, 4)
    0.0575
    """
    (p, of_p), (q, of_q) = (_share("wald_difference", part) for part in (first, second))
    return _wald("wald_difference", p - q, of_p + of_q, level)


def _share(method: str, part: Part) -> tuple[float, float]:
    """Return a share and the variance that these limits take it to have."""
    p = _exact(method, part) / part.total
    return p, p * (1 - p) / part.total


def _wald(method: str, value: float, variance: float, level: float) -> Estimate:
    reach = _normal(confidence.tail(method, level)) * math.sqrt(variance)
    return Estimate(value, value - reach, value + reach, level)


def _exact(method: str, counted: Count | Part) -> int:
    if counted.low != counted.high:
        raise MethodError(
            f"{method}: a count is an interval, and other programs take none. "
            "Give the exact count that the source used."
        )
    return int(counted.low)


def _normal(tail: float) -> float:
    from scipy.special import ndtri

    return -float(ndtri(tail))
