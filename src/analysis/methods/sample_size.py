"""Two expected shares or means in; the power of a comparison, or the size it needs, out."""

from __future__ import annotations

import math
from collections.abc import Callable

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.scalars import LARGEST, real

__all__ = ["means_group_size", "means_power", "shares_group_size", "shares_power"]

LARGEST_GROUP = 1e9
"""Members of a group beyond which no size is given: no study of persons has them."""


def shares_power(
    first_share: float,
    second_share: float,
    group_size: float,
    *,
    second_size: float | None = None,
    level: float = 0.95,
) -> float:
    """Give the probability that the two-sided z test shows two shares to differ.

    The variance is the pooled one under equality, each group's own otherwise. For wholes
    below about 20 this is rough: simulate `fisher.fisher_test` instead.

    Parameters
    ----------
    first_share, second_share : float
        Shares expected, strictly between 0 and 1.
    group_size, second_size : float
        Members of the first group and of the second (as many if left out).
    level : float
        Confidence level of the test, between 0 and 1.

    Raises
    ------
    MethodError
        If a share or size is out of range, or ``level`` is no share.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, chapter 4.

    Examples
    --------
    >>> round(shares_power(0.50, 0.75, 50), 2)
    0.74
    """
    from statsmodels.stats.proportion import power_proportions_2indep

    method = "shares_power"
    tail = confidence.tail(method, level)
    _require_shares(method, first_share, second_share)
    other = group_size if second_size is None else second_size
    _require_sizes(method, group_size, other)
    return float(
        power_proportions_2indep(
            first_share - second_share,
            second_share,
            group_size,
            ratio=other / group_size,
            alpha=2 * tail,
            return_results=False,
        )
    )


def shares_group_size(
    first_share: float,
    second_share: float,
    *,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    """Give the members that each of two groups needs to show that two shares differ.

    Parameters
    ----------
    first_share, second_share : float
        Shares expected, strictly between 0 and 1, and not equal.
    power, level : float
        Probability of showing the difference, and confidence level of the test.

    Returns
    -------
    float
        Members of each group: round up.

    Raises
    ------
    MethodError
        If the shares are equal or so close that no group is large enough; else as
        `shares_power`.

    Examples
    --------
    >>> round(shares_group_size(0.50, 0.75, power=0.9), 1)
    76.7
    """
    method = "shares_group_size"
    tail = confidence.tail(method, level)
    _require_shares(method, first_share, second_share)
    _require_power(method, power, tail, apart=first_share != second_share)
    return _smallest(
        method, lambda size: shares_power(first_share, second_share, size, level=level), power
    )


def means_power(
    difference_sd: float,
    group_size: float,
    *,
    second_size: float | None = None,
    level: float = 0.95,
) -> float:
    """Give the probability that the two-sided t test shows two means to differ.

    Parameters
    ----------
    difference_sd : float
        Difference expected, in standard deviations of one member.
    group_size, second_size : float
        Members of the first group and of the second (as many if left out).
    level : float
        Confidence level of the test, between 0 and 1.

    Raises
    ------
    MethodError
        If a group has fewer than 2 members, or an argument is out of range.

    References
    ----------
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 2.

    Examples
    --------
    >>> round(means_power(1.0, 20), 3)
    0.869
    """
    from statsmodels.stats.power import TTestIndPower

    method = "means_power"
    tail = confidence.tail(method, level)
    other = group_size if second_size is None else second_size
    _require_sizes(method, group_size, other)
    if not abs(real(difference_sd)) <= LARGEST:
        raise MethodError(f"{method}: the difference is no finite number. Give it in deviations.")
    if min(group_size, other) < 2:
        raise MethodError(
            f"{method}: a group has fewer than 2 members, so that it has no scatter. Add members."
        )
    found = TTestIndPower().power(
        abs(difference_sd), group_size, 2 * tail, ratio=other / group_size
    )
    # The noncentral t gives out where the power has long been 1.
    return float(found) if math.isfinite(found) else 1.0


def means_group_size(difference_sd: float, *, power: float = 0.8, level: float = 0.95) -> float:
    """Give the members that each of two groups needs to show that two means differ.

    Parameters
    ----------
    difference_sd : float
        Difference expected, in standard deviations of one member; not 0.
    power, level : float
        Probability of showing the difference, and confidence level of the test.

    Returns
    -------
    float
        Members of each group, at least 2: round up.

    Raises
    ------
    MethodError
        If the difference is 0 or so small that no group is large enough; else as
        `means_power`.

    Examples
    --------
    >>> round(means_group_size(1.0, power=0.9), 2)
    22.02
    """
    method = "means_group_size"
    tail = confidence.tail(method, level)
    _require_power(method, power, tail, apart=real(difference_sd) != 0)
    return _smallest(
        method, lambda size: means_power(difference_sd, size, level=level), power, fewest=2.0
    )


def _smallest(
    method: str, reached: Callable[[float], float], power: float, *, fewest: float = 1.0
) -> float:
    """Return the size at which a power that grows with the size is reached."""
    from scipy.optimize import brentq

    if reached(fewest) >= power:
        return fewest
    enough = 2 * fewest
    while reached(enough) < power:
        enough *= 2
        if enough > LARGEST_GROUP:
            raise MethodError(
                f"{method}: the difference is so small that no group of up to "
                f"{LARGEST_GROUP:,.0f} shows it. Ask for a difference that matters."
            )
    return float(brentq(lambda size: reached(size) - power, enough / 2, enough, xtol=1e-9))


def _require_shares(method: str, *shares: float) -> None:
    if not all(0 < real(share) < 1 for share in shares):
        raise MethodError(
            f"{method}: a share is not strictly between 0 and 1. Give shares, not percent."
        )


def _require_sizes(method: str, *sizes: float) -> None:
    if not all(1 <= real(size) <= LARGEST_GROUP for size in sizes):
        raise MethodError(
            f"{method}: a group has fewer than 1 or more than {LARGEST_GROUP:,.0f} members. "
            "Give the number of members of each."
        )


def _require_power(method: str, power: float, tail: float, *, apart: bool) -> None:
    if not 2 * tail < real(power) < 1:
        raise MethodError(
            f"{method}: the power must be below 1 and above the error the test allows. "
            "Give a share, such as 0.8 for 80 percent."
        )
    if not apart:
        raise MethodError(
            f"{method}: nothing differs, so no size would show it. Give the difference sought."
        )
