"""Bounds of each unit's change in; a permutation test that holds for every reading out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats

_TIE = 1e-12
"""Share by which sums in another order may differ in their last digits."""


@dataclass(frozen=True, slots=True)
class OneTreatedRange:
    """What `one_treated` would give, bounded over every reading of the changes.

    ``value_low`` to ``value_high`` is the change of the treated unit less the mean of
    the others', ``p_low`` to ``p_high`` the share of units as far from the mean of all.
    ``low`` to ``high`` holds the limits of every reading and is infinite where units are
    too few for ``level``. p and limits are bounded from each unit's bounds by
    themselves, so that they may be wider than any one reading gives, never narrower.
    """

    value_low: float
    value_high: float
    low: float
    high: float
    level: float
    p_low: float
    p_high: float
    smallest_p: float
    others: int


def one_treated_range(
    treated: tuple[float, float],
    others: npt.ArrayLike,
    *,
    level: float = 0.95,
) -> OneTreatedRange:
    """Test one unit's change among others' where changes are known as bounds only.

    Parameters
    ----------
    treated : tuple of float
        Smallest and largest change (mean after less mean before) of the treated unit.
    others : array_like, shape (n_others, 2)
        The same for each other unit; two or more.
    level : float
        Confidence level, between 0 and 1. 95 percent needs 19 other units.

    Returns
    -------
    OneTreatedRange
        Equal to `one_treated` where every lower bound is the upper.

    Raises
    ------
    MethodError
        If there are fewer than 2 others, a lower bound lies above its upper, or all
        changes are one and the same number.

    References
    ----------
    Conley & Taber (2011), Review of Economics and Statistics 93, 113-125; the bounds
    over readings are our own.

    Examples
    --------
    >>> found = one_treated_range((9, 9), [(1, 1), (2, 2), (3, 3)])
    >>> found.value_low, found.p_high, found.low
    (7.0, 0.25, -inf)
    """
    alpha = 2 * confidence.tail("one_treated_range", level)
    bounds = _bounds(treated, others)
    own, rest = bounds[0], bounds[1:]
    n = len(rest)
    low, high = _limits(own, rest, alpha)
    p_low, p_high = _shares(own, rest)
    mean = rest.mean(axis=0)
    return OneTreatedRange(
        value_low=float(own[0] - mean[1]),
        value_high=float(own[1] - mean[0]),
        low=low,
        high=high,
        level=level,
        p_low=p_low,
        p_high=p_high,
        smallest_p=1 / (n + 1),
        others=n,
    )


def _bounds(treated: tuple[float, float], others: npt.ArrayLike) -> Floats:
    rest = checked.table("one_treated_range", "others", others)
    if len(rest) < 2 or rest.shape[1] != 2:
        raise MethodError(
            f"one_treated_range: {len(rest)} other units with {rest.shape[1]} bounds; 2 units "
            "or more are needed, with a lower and an upper bound each. Name more comparators."
        )
    own = checked.numbers("one_treated_range", "treated", treated)
    checked.require_length("one_treated_range", "treated", own, 2)
    bounds = np.vstack([own, rest])
    wrong = int(np.count_nonzero(bounds[:, 0] > bounds[:, 1]))
    if wrong:
        raise MethodError(
            f"one_treated_range: {wrong} of {len(bounds)} units have their lower bound above "
            "their upper. Swap the two."
        )
    if np.ptp(bounds) == 0:
        raise MethodError(
            "one_treated_range: all units changed by the same amount, so nothing can be "
            "ranked. Show the series by themselves."
        )
    return bounds


def _shares(own: Floats, rest: Floats) -> tuple[float, float]:
    """Bound the share of units as far from the mean of all as the treated one.

    The treated unit's distance and another's both come from their distances to the mean
    of all: n others of one distance leave it between the bounds computed here.
    """
    n = len(rest)
    total = rest.sum(axis=0)
    # Distance of the treated unit from the mean of all: n / (n + 1) of that from the others'.
    mine = (n * own[0] - total[1]) / (n + 1), (n * own[1] - total[0]) / (n + 1)
    nearest, furthest = _distance(*mine)
    without = total - rest
    theirs_low = (n * rest[:, 0] - own[1] - without[:, 1]) / (n + 1)
    theirs_high = (n * rest[:, 1] - own[0] - without[:, 0]) / (n + 1)
    reach = [_distance(low, high) for low, high in zip(theirs_low, theirs_high, strict=True)]
    surely = sum(int(least >= furthest * (1 - _TIE)) for least, _ in reach)
    maybe = sum(int(most >= nearest * (1 - _TIE)) for _, most in reach)
    return (1 + surely) / (n + 1), (1 + maybe) / (n + 1)


def _distance(low: float, high: float) -> tuple[float, float]:
    """Return the smallest and largest distance from 0 of a number between two bounds."""
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return least, max(abs(low), abs(high))


def _limits(own: Floats, rest: Floats, alpha: float) -> tuple[float, float]:
    """Bound the limits of `one_treated`: each other's change and its mirror image.

    The mirror of x is ``2 (S - x) / (n - 1) - x`` with S the sum of all others, so that it
    falls with x and rises with the rest.
    """
    n = len(rest)
    needed = math.floor(alpha * (n + 1) * (1 + 1e-12))
    if needed == 0:
        return -math.inf, math.inf
    without = rest.sum(axis=0) - rest
    mirror_low = 2 * without[:, 0] / (n - 1) - rest[:, 1]
    mirror_high = 2 * without[:, 1] / (n - 1) - rest[:, 0]
    least = np.minimum(rest[:, 0], mirror_low)
    most = np.maximum(rest[:, 1], mirror_high)
    lowest = float(np.sort(least)[needed - 1])
    highest = float(np.sort(most)[n - needed])
    return float(own[0]) - highest, float(own[1]) - lowest
