"""One series from two sources in; how closely they agree out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate
from analysis.methods.scalars import real

FEWEST = 3
"""Pairs with events in both sources that limits of agreement need; still a rough guess."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the second source lies from the first (ratios: second over first).

    ``total_ratio`` is the ratio of the sums. ``mean_ratio`` is the geometric mean of the
    ratios of single periods with its t limits. Between ``limits.low`` and ``limits.high``
    lies the ratio of about ``level`` of periods; ``widest_low`` and ``widest_high`` are the
    outer confidence limits of these two, which are wide where periods are few. All of these
    are None where ``zero_in_one`` periods have events in one source only, or fewer than
    three have any: a ratio of 0 or infinity has no logarithm. ``within`` is the share of
    all periods whose ratio lies within the tolerance either way.
    """

    periods: int
    total_ratio: float
    mean_ratio: Estimate | None
    limits: Estimate | None
    widest_low: float | None
    widest_high: float | None
    within: float
    outside: tuple[int, ...]
    zero_in_one: int
    zero_in_both: int
    tolerance: float


def agreement(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    tolerance: float = 0.1,
    level: float = 0.95,
) -> Agreement:
    """Compare two sources of one series, period by period, on the log scale.

    Parameters
    ----------
    first, second : array_like, shape (n_periods,)
        Figures of the same periods, 0 or more. Two zeros agree.
    tolerance : float
        Distance that still counts as agreement: 0.1 takes ratios from 1/1.1 to 1.1.
    level : float
        Share of periods between the limits of agreement, and confidence of the rest.

    Raises
    ------
    MethodError
        If lengths differ, a figure is missing or below 0, or a source has no event at all.

    References
    ----------
    Bland & Altman (1986), Lancet 327, 307-310; (1999), Statistical Methods in Medical
    Research 8, 135-160 (limits of the limits).

    Examples
    --------
    >>> found = agreement([17, 28, 50, 60], [17, 30, 50, 66])
    >>> found.within, found.outside
    (1.0, ())
    """
    tail = confidence.tail("agreement", level)
    one, two = _pairs(first, second, tolerance)
    only, neither = (one == 0) != (two == 0), (one == 0) & (two == 0)
    logs = np.log(two[~only & ~neither] / one[~only & ~neither])
    # A ratio exactly at the tolerance is inside, whatever the last bit of its logarithm.
    near = np.abs(logs) <= math.log1p(tolerance) * (1 + 1e-9)
    agrees = neither.copy()
    agrees[~only & ~neither] = near
    usable = not only.any() and len(logs) >= FEWEST
    mean, limits, outer = _limits(logs, tail, level) if usable else (None, None, None)
    return Agreement(
        periods=len(one),
        total_ratio=float(two.sum() / one.sum()),
        mean_ratio=mean,
        limits=limits,
        widest_low=outer[0] if outer else None,
        widest_high=outer[1] if outer else None,
        within=float(agrees.mean()),
        outside=tuple(int(place) for place in np.flatnonzero(~agrees)),
        zero_in_one=int(only.sum()),
        zero_in_both=int(neither.sum()),
        tolerance=float(tolerance),
    )


def _pairs(
    first: npt.ArrayLike, second: npt.ArrayLike, tolerance: float
) -> tuple[checked.Floats, checked.Floats]:
    one = checked.numbers("agreement", "the first source", first)
    two = checked.numbers("agreement", "the second source", second)
    checked.require_length("agreement", "the second source", two, len(one))
    wrong = int(np.count_nonzero(one < 0) + np.count_nonzero(two < 0))
    if wrong or not 0 < real(tolerance) < math.inf:
        raise MethodError(
            f"agreement: {wrong} figures are below 0; the tolerance must be above 0. "
            "Compare counts or amounts."
        )
    if not (one.any() and two.any()):
        raise MethodError(
            "agreement: a source has nothing but 0, so no ratio exists. "
            "Report it as not comparable."
        )
    return one, two


def _limits(
    logs: checked.Floats, tail: float, level: float
) -> tuple[Estimate, Estimate, tuple[float, float]]:
    from scipy.special import ndtri, stdtrit

    n, mean, spread = len(logs), float(logs.mean()), float(logs.std(ddof=1))
    z, t = float(-ndtri(tail)), float(-stdtrit(n - 1, tail))
    reach = t * spread / math.sqrt(n)
    # Standard error of mean +/- z s, from var(s) = s^2 / (2 (n - 1)).
    outer = z * spread + t * spread * math.sqrt(1 / n + z**2 / (2 * (n - 1)))
    low, high, mean_low, mean_high = (
        math.exp(mean + step) for step in (-z * spread, z * spread, -reach, reach)
    )
    return (
        Estimate(math.exp(mean), mean_low, mean_high, level),
        Estimate(math.exp(mean), low, high, level),
        (math.exp(mean - outer), math.exp(mean + outer)),
    )
