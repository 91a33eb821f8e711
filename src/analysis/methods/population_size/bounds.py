"""Lists in; the least number of persons that their overlap is compatible with out.

Persons who are hard to find make the cases found once many and the hidden part larger than
it looks. The bounds ask only how many were found once, twice, or more often.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.result import NOT_FINITE, NoEstimateError
from analysis.methods.population_size.tables import Lists, lists_of
from analysis.methods.scalars import real

if TYPE_CHECKING:
    import pandas as pd

_MOST_STEPS = 100
_CLOSE = 1e-10
_LONGEST_STEP = 2.0
"""As in `fits`: no step multiplies an expected count by more than e^2 at once."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A total with its standard error and limits (persons).

    Where nobody hidden is estimated, the limits are the total itself: too few cases to say.
    """

    total: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ChaoBounds:
    """Lower bounds of the total from how often cases were found.

    Attributes
    ----------
    n, once, twice : int
        Cases on at least one list, on exactly one (f1), on exactly two (f2).
    chao : Bound or None
        n + f1^2 / (2 f2); ``None`` where no case is on exactly two lists.
    corrected : Bound
        n + f1 (f1 - 1) / (2 (f2 + 1)).
    zelterman : float or None
        n / (1 - exp(-2 f2 / f1)); ``None`` where no case is on exactly one or exactly two.
    unequal : Bound or None
        The bound for lists of unequal reach: a log-linear model with a parameter for each list,
        and, from the third list on, no fewer cases than independent lists would share.
        ``None`` where it has no finite maximum.
    level : float
        Confidence level of the limits.
    """

    n: int
    once: int
    twice: int
    chao: Bound | None
    corrected: Bound
    zelterman: float | None
    unequal: Bound | None
    level: float


def chao_bounds(given: pd.DataFrame | Lists, *, level: float = 0.95) -> ChaoBounds:
    """Bound the total from below by how many cases are on one list and on two.

    Some persons are harder to find than others; the bound then lies below the truth, and meets
    it where all are alike. It bounds nothing where lists avoid each other's cases (few overlaps
    for another reason than a large hidden part). ``chao`` takes the lists for many equal
    occasions: few lists of unequal reach push it above the truth, and ``unequal`` is the bound.

    Parameters
    ----------
    given : DataFrame or Lists
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ChaoBounds
        Limits are normal for the logarithm of the hidden part, so never below the cases seen.

    Raises
    ------
    NoEstimateError
        If no case is on two lists or more.
    MethodError
        If it is no table of lists, or the level is not between 0 and 1.

    References
    ----------
    Chao (1987), Biometrics 43, 783-791 (bound, limits); Chao (2005), Encyclopedia of Statistical
    Sciences (corrected, its variance); Zelterman (1988), Journal of Statistical Planning and
    Inference 18, 225-237; Rivest & Baillargeon (2007), Biometrics 63, 999-1006 (unequal).

    Examples
    --------
    >>> found = chao_bounds(Lists(("police", "shelter"), np.array([0, 30, 20, 5])))
    >>> found.once, found.twice, found.chao.total
    (50, 5, 305.0)
    """
    lists = lists_of(given, method="chao_bounds")
    _require_level("chao_bounds", level)
    times = _times(lists)
    once, twice = int(times[1]), int(times[2])
    if lists.n == once:
        raise NoEstimateError(
            f"chao_bounds: none of {lists.n} cases is on two lists, so nothing says how many are "
            "on none. Report the counts.",
            NOT_FINITE,
        )
    hidden, variance = _corrected(once, twice, lists.n)
    return ChaoBounds(
        n=lists.n,
        once=once,
        twice=twice,
        chao=_chao(once, twice, lists.n, level),
        corrected=_bound(hidden, variance, lists.n, level),
        zelterman=lists.n / -math.expm1(-2 * twice / once) if once and twice else None,
        unequal=_unequal(lists, times, level),
        level=level,
    )


def _chao(once: int, twice: int, n: int, level: float) -> Bound | None:
    if not twice:
        return None
    ratio = once / twice
    variance = twice * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    return _bound(once * ratio / 2, variance, n, level)


def _corrected(once: int, twice: int, n: int) -> tuple[float, float]:
    """Return the bias-corrected hidden part and its variance."""
    more = twice + 1
    hidden = once * (once - 1) / (2 * more)
    if not twice:
        variance = hidden + once * (2 * once - 1) ** 2 / 4 - once**4 / (4 * (n + hidden))
        return hidden, max(variance, 0.0)
    variance = hidden + once * (2 * once - 1) ** 2 / (4 * more**2)
    return hidden, variance + once**2 * twice * (once - 1) ** 2 / (4 * more**4)


def _bound(hidden: float, variance: float, n: int, level: float) -> Bound:
    """Return limits that are normal for the logarithm of the hidden part."""
    from scipy.special import ndtri

    if hidden <= 0:
        return Bound(float(n), math.sqrt(variance), float(n), float(n))
    width = float(ndtri((1 + level) / 2)) * math.sqrt(math.log1p(variance / hidden**2))
    factor = math.exp(width)
    return Bound(n + hidden, math.sqrt(variance), n + hidden / factor, n + hidden * factor)


def _times(lists: Lists) -> Ints:
    """Return the number of cases found 0, 1, 2, ... times."""
    captures = [cell.bit_count() for cell in range(len(lists.counts))]
    found = np.bincount(captures, weights=lists.counts, minlength=3)
    return np.asarray(found, dtype=np.int64)


def _unequal(lists: Lists, times: Ints, level: float) -> Bound | None:
    """Fit the bound for unequal lists, leaving out what comes out negative, one by one."""
    # The log-linear excess of the j-th find bends at j: it is convex where persons differ. A
    # bend that nobody was found beyond would be minus infinity.
    most = int(np.flatnonzero(times).max())
    bends = list(range(2, most))
    several = len(lists.names)
    while True:
        design = _design(several, bends)
        theta, spread = _newton(design, lists.counts[1:].astype(np.float64))
        if theta is None or spread is None:
            return None
        negative = np.flatnonzero(theta[several + 1 :] < 0)
        if not len(negative):
            hidden = math.exp(theta[0])
            return _bound(hidden, hidden + hidden**2 * float(spread[0, 0]), lists.n, level)
        del bends[negative[0]]


def _design(several: int, bends: list[int]) -> Floats:
    cells = np.arange(1, 1 << several)
    lone = (cells[:, None] >> np.arange(several)) & 1
    captures = lone.sum(axis=1)
    bent = [np.maximum(captures - bend, 0) for bend in bends]
    return np.column_stack([np.ones(len(cells)), lone, *bent]).astype(np.float64)


def _newton(design: Floats, counts: Floats) -> tuple[Floats | None, Floats | None]:
    """Return parameters and their covariance, or nothing where there is no finite maximum."""
    theta = np.zeros(design.shape[1])
    theta[0] = math.log(counts.sum())
    theta[1:] = -1.0
    for _ in range(_MOST_STEPS):
        mean = np.exp(np.minimum(design @ theta, 50.0))
        curve = design.T @ (mean[:, None] * design)
        try:
            step = np.linalg.solve(curve, design.T @ (counts - mean))
        except np.linalg.LinAlgError:
            return None, None
        longest = float(np.abs(step).max())
        theta += step * min(1.0, _LONGEST_STEP / max(longest, 1e-300))
        if longest < _CLOSE:
            return theta, np.asarray(np.linalg.inv(curve), dtype=np.float64)
    return None, None


def _require_level(method: str, level: float) -> None:
    if not 0 < real(level) < 1:
        raise MethodError(f"{method}: the level is not between 0 and 1. Give 0.95, or 0.8.")
