"""Parts of a whole in; shares and differences of shares with limits that hold at 0 and n out.

A part may be known only within bounds, as when the status of some actions is
unknown. Shares rise with the part, and so do their limits, so the two extreme
readings bound all others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.scalars import is_one_of, real

__all__ = ["Limits", "Part", "Share", "ShareDifference", "share", "share_difference"]

Limits = Literal["wilson", "wilson_corrected", "clopper_pearson", "mid_p"]
"""Wilson's score limits, the same with continuity correction, exact ones, mid-p ones."""

_Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """Whole number of a group, known to lie in ``low``..``high``, out of ``total`` (> 0)."""

    low: int
    high: int
    total: int

    def __post_init__(self) -> None:
        amounts = [real(amount) for amount in (self.low, self.high, self.total)]
        if not all(math.isfinite(amount) and amount == int(amount) for amount in amounts):
            raise MethodError("Part: a number is not whole or not finite. Count the group.")
        if not 0 <= self.low <= self.high <= self.total or self.total == 0:
            raise MethodError(
                "Part: the bounds are negative, the wrong way round or above the total, or the "
                "total is 0. Give the lower bound, the upper bound and the whole."
            )


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a whole, 0 to 1: estimates at both readings, limits that cover both."""

    low_estimate: float
    high_estimate: float
    low: float
    high: float
    level: float
    limits: Limits


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """First share less second share, -1 to 1: both extreme readings, limits that cover all."""

    low_estimate: float
    high_estimate: float
    low: float
    high: float
    level: float
    limits: Limits


def share(part: Part, *, level: float = 0.95, limits: Limits = "wilson") -> Share:
    """Give a share with limits; wholly unknown members belong in the bounds of the part.

    Parameters
    ----------
    part : Part
        The group and the whole it comes from; members must be independent.
    level : float
        Confidence level, between 0 and 1.
    limits : {"wilson", "wilson_corrected", "clopper_pearson", "mid_p"}
        Wilson's hold the level on average; Clopper-Pearson's always, and are the widest
        but for ``wilson_corrected``, which imitates them; mid-p lies between.

    Returns
    -------
    Share
        The lower limit belongs to the lower reading, the upper to the upper reading.

    Raises
    ------
    MethodError
        If ``level`` is no share or ``limits`` is none of the four.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 857-872 (methods 3, 4, 5 and 6).

    Examples
    --------
    >>> found = share(Part(0, 0, 20))
    >>> found.low, round(found.high, 4)
    (0.0, 0.1611)
    """
    tail = confidence.tail("share", level)
    limit = _chosen("share", limits)
    return Share(
        low_estimate=part.low / part.total,
        high_estimate=part.high / part.total,
        low=limit(part.low, part.total, tail)[0],
        high=limit(part.high, part.total, tail)[1],
        level=level,
        limits=limits,
    )


def share_difference(
    first: Part, second: Part, *, level: float = 0.95, limits: Limits = "wilson"
) -> ShareDifference:
    """Subtract the second share from the first, with Newcombe's hybrid score limits.

    The distance from the estimate to a limit is the root of the summed squares of
    the distances from the two shares to their own limits. With Wilson's limits this is
    Newcombe's method 10, with the corrected ones his method 11.

    Parameters
    ----------
    first, second : Part
        Two independent groups; for the same members asked twice this does not hold.
    level : float
        Confidence level, between 0 and 1.
    limits : {"wilson", "wilson_corrected", "clopper_pearson", "mid_p"}
        Limits of the single shares that are combined.

    Returns
    -------
    ShareDifference
        Above 0: the first share is larger.

    Raises
    ------
    MethodError
        If ``level`` is no share or ``limits`` is none of the four.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890.

    Examples
    --------
    >>> found = share_difference(Part(56, 56, 70), Part(48, 48, 80))
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    tail = confidence.tail("share_difference", level)
    limit = _chosen("share_difference", limits)
    least, low, _ = _hybrid(first.low, first.total, second.high, second.total, tail, limit)
    most, _, high = _hybrid(first.high, first.total, second.low, second.total, tail, limit)
    return ShareDifference(least, most, low, high, level, limits)


def _hybrid(
    first: int, first_total: int, second: int, second_total: int, tail: float, limit: _Limit
) -> tuple[float, float, float]:
    p, q = first / first_total, second / second_total
    p_low, p_high = limit(first, first_total, tail)
    q_low, q_high = limit(second, second_total, tail)
    estimate = p - q
    below, above = math.hypot(p - p_low, q_high - q), math.hypot(p_high - p, q - q_low)
    return estimate, estimate - below, estimate + above


def _wilson(part: int, total: int, tail: float) -> _Pair:
    from scipy.special import ndtri

    z = -float(ndtri(tail))
    centre, reach = 2 * part + z * z, z * math.sqrt(z * z + 4 * part * (1 - part / total))
    low, high = ((centre + side * reach) / (2 * (total + z * z)) for side in (-1, 1))
    # At 0 and at n the limit is exact, and rounding must not move it inside.
    return (low if part else 0.0), (high if part < total else 1.0)


def _wilson_corrected(part: int, total: int, tail: float) -> _Pair:
    from scipy.special import ndtri

    def lowest(some: int) -> float:
        if some == 0:
            return 0.0
        z = -float(ndtri(tail))
        p = some / total
        root = z * math.sqrt(z * z - 2 - 1 / total + 4 * p * (total * (1 - p) + 1))
        return max(0.0, (2 * some + z * z - 1 - root) / (2 * (total + z * z)))

    return lowest(part), 1 - lowest(total - part)


def _clopper_pearson(part: int, total: int, tail: float) -> _Pair:
    from scipy.special import betainccinv, betaincinv

    low = float(betaincinv(part, total - part + 1, tail)) if part else 0.0
    high = float(betainccinv(part + 1, total - part, tail)) if part < total else 1.0
    return low, high


def _mid_p(part: int, total: int, tail: float) -> _Pair:
    """Return mid-p limits, found between the exact limits for ``tail`` and ``2 * tail``."""
    from scipy.optimize import brentq
    from scipy.special import betaincc

    if part in (0, total):
        low, high = _clopper_pearson(part, total, 2 * tail)
        return low, high

    def below(p: float) -> float:
        fewer = float(betaincc(part, total - part + 1, p))
        as_few = float(betaincc(part + 1, total - part, p))
        return (fewer + as_few) / 2

    wide, narrow = _clopper_pearson(part, total, tail), _clopper_pearson(part, total, 2 * tail)
    low = brentq(lambda p: 1 - below(p) - tail, wide[0], narrow[0], xtol=1e-15)
    high = brentq(lambda p: below(p) - tail, narrow[1], wide[1], xtol=1e-15)
    return float(low), float(high)


_Limit = Callable[[int, int, float], _Pair]
_LIMITS: dict[str, _Limit] = {
    "wilson": _wilson,
    "wilson_corrected": _wilson_corrected,
    "clopper_pearson": _clopper_pearson,
    "mid_p": _mid_p,
}


def _chosen(method: str, limits: str) -> _Limit:
    if not is_one_of(limits, _LIMITS):
        raise MethodError(f"{method}: no such limits. Choose one of {', '.join(_LIMITS)}.")
    return _LIMITS[limits]
