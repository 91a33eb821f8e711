"""Counts by stratum in; one rate or ratio that no longer depends on who was counted out.

Direct: the strata's own rates in a standard mixture. Indirect: the events seen over
those that the rates of a standard would have brought.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence, rates
from analysis.methods.counts import Count
from analysis.methods.rates import Rate

__all__ = ["Count", "Rate", "StandardisedRatio", "direct_rate", "standardised_ratio"]

MOST_READINGS = 200_000
"""Readings of all strata together that `direct_rate` will go through (under a second)."""


@dataclass(frozen=True, slots=True)
class StandardisedRatio:
    """Events seen over events expected (no unit): both readings, limits that cover both."""

    observed_low: int
    observed_high: int
    expected: float
    low_estimate: float
    high_estimate: float
    low: float
    high: float
    level: float
    mid_p: bool


def direct_rate(strata: Sequence[Count], weights: npt.ArrayLike, *, level: float = 0.95) -> Rate:
    """Give the rate that the strata would show in a standard mixture, with gamma limits.

    Each stratum's rate counts by the standard's share of it. The upper limit allows
    for one more event in the stratum where it would weigh most; it is at least as wide
    as needed in all cases studied. With one stratum, or weights in proportion to the
    exposures, the limits are Garwood's exact ones.

    Parameters
    ----------
    strata : sequence of Count
        Events and exposure of each stratum (age group, country of origin).
    weights : array_like, shape (n_strata,)
        Size of each stratum in the standard (> 0); only proportions matter.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Rate
        Per unit of exposure. Limits are the union over every reading.

    Raises
    ------
    MethodError
        If there is no stratum or not one weight for each, if a weight is 0 or less, or
        if there are more than ``MOST_READINGS`` readings.

    References
    ----------
    Fay & Feuer (1997), Statistics in Medicine 16, 791-801.

    Examples
    --------
    >>> found = direct_rate([Count(3, 3, 10.0), Count(9, 9, 10.0)], [3, 1])
    >>> round(found.low_estimate, 3), round(found.low, 3), round(found.high, 3)
    (0.45, 0.206, 0.901)
    """
    from scipy.special import gammainccinv, gammaincinv

    tail = confidence.tail("direct_rate", level)
    size = checked.exposures("direct_rate", "the weights", weights, length=_some(strata))
    _require_readings(strata)
    share = size / size.sum() / np.array([stratum.exposure for stratum in strata])
    # Fay & Feuer's y and v at every reading: the rate, and its estimated variance.
    y = v = np.zeros(1)
    for stratum, weight in zip(strata, share.tolist(), strict=True):
        events = np.arange(stratum.low, stratum.high + 1)
        y = (y[:, None] + weight * events).ravel()
        v = (v[:, None] + weight**2 * events).ravel()
    most = float(share.max())
    above, spread = y + most, v + most**2
    some = y > 0
    lowest = gammaincinv(y[some] ** 2 / v[some], tail) * v[some] / y[some]
    highest = gammainccinv(above**2 / spread, tail) * spread / above
    return Rate(
        low_estimate=float(y.min()),
        high_estimate=float(y.max()),
        low=float(lowest.min()) if some.all() else 0.0,
        high=float(highest.max()),
        level=level,
    )


def standardised_ratio(
    strata: Sequence[Count],
    standard_rates: npt.ArrayLike,
    *,
    level: float = 0.95,
    mid_p: bool = False,
) -> StandardisedRatio:
    """Divide the events seen by those that the standard's rates would have brought (SMR).

    The standard's rates are taken as known, so it should be much larger than what is
    compared with it. Ratios of two populations to one standard are not comparable with
    each other unless their strata have equal proportions: use `direct_rate` for that.

    Parameters
    ----------
    strata : sequence of Count
        Events and exposure of each stratum. Only the sum of the events matters.
    standard_rates : array_like, shape (n_strata,)
        The standard's events per unit of exposure in each stratum (0 or more).
    level : float
        Confidence level, between 0 and 1.
    mid_p : bool
        Mid-p limits instead of exact (Garwood) ones.

    Returns
    -------
    StandardisedRatio
        Above 1: more events than at the standard's rates.

    Raises
    ------
    MethodError
        If there is no stratum or not one rate for each, if a rate is negative, or if no
        event is expected.

    References
    ----------
    Breslow & Day (1987), Statistical Methods in Cancer Research, vol. II, chapter 2.

    Examples
    --------
    >>> found = standardised_ratio([Count(3, 3, 100.0), Count(9, 9, 50.0)], [0.02, 0.08])
    >>> found.expected, found.low_estimate, round(found.low, 2), round(found.high, 2)
    (6.0, 2.0, 1.03, 3.49)
    """
    method = "standardised_ratio"
    usual = checked.numbers(method, "the standard's rates", standard_rates)
    checked.require_length(method, "the standard's rates", usual, _some(strata, method))
    expected = math.fsum(
        stratum.exposure * rate for stratum, rate in zip(strata, usual.tolist(), strict=True)
    )
    if np.any(usual < 0) or not expected > 0:
        raise MethodError(
            f"{method}: {np.count_nonzero(usual < 0)} of the standard's rates are negative, or "
            "all are 0, so no event is expected. Give events per unit of exposure."
        )
    low, high = sum(stratum.low for stratum in strata), sum(stratum.high for stratum in strata)
    found = rates.rate(Count(low, high, expected), level=level, mid_p=mid_p)
    return StandardisedRatio(
        observed_low=low,
        observed_high=high,
        expected=expected,
        low_estimate=found.low_estimate,
        high_estimate=found.high_estimate,
        low=found.low,
        high=found.high,
        level=level,
        mid_p=mid_p,
    )


def _some(strata: Sequence[Count], method: str = "direct_rate") -> int:
    if not strata:
        raise MethodError(f"{method}: no stratum. Give the counts of at least one.")
    return len(strata)


def _require_readings(strata: Sequence[Count]) -> None:
    readings = math.prod(stratum.high - stratum.low + 1 for stratum in strata)
    if readings > MOST_READINGS:
        raise MethodError(
            f"direct_rate: the intervals allow {readings} readings, of which at most "
            f"{MOST_READINGS} are gone through. Merge strata, or narrow the intervals."
        )
