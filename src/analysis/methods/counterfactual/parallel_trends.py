"""An event study in; how far parallel trends may fail before its effect is undecided out.

Without the plan, the treated might have drifted from the others by some path. Two ways
to bound that path by what was seen before (Rambachan & Roth 2023): no step after the
plan is larger than so many times the largest step before (relative magnitudes), or the
path bends by at most so much from one period to the next (smoothness).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate, Floats
from analysis.methods.counterfactual import smooth_drift
from analysis.methods.counterfactual.trends import Trends

Restriction = Literal["relative_magnitudes", "smoothness"]
RELATIVE = (0.5, 1.0, 1.5, 2.0)
"""Sizes shown unless told otherwise, in largest steps before the plan."""
_FOR_STEPS = 0.1
"""Share of the error probability spent on not knowing the largest step before exactly (as
the first stage of Rambachan & Roth's hybrid)."""
_FURTHEST = 1e6
"""Bend, in standard errors of the effect, beyond which an effect counts as never undecided."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The effect if parallel trends fail by at most ``size``.

    ``set_low`` to ``set_high`` is what the estimates alone leave open, None where they
    already bend more than ``size`` before the plan; ``low`` to ``high`` allows for
    chance too, at the sensitivity's level.
    """

    size: float
    set_low: float | None
    set_high: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Bounds of an average effect over sizes of failure, and the size that undecides it.

    ``effect`` is the average with its ordinary limits, as if trends were parallel.
    ``breakdown`` is the smallest size at which the limits hold 0: 0 if they do even
    without failure, ``inf`` if no size does. The unit of sizes is that of
    ``restriction``: largest steps before, or outcome units a period squared.
    """

    restriction: Restriction
    effect: Estimate
    bounds: tuple[Bound, ...]
    breakdown: float


def relative_magnitudes(
    trends: Trends,
    sizes: Sequence[float] = RELATIVE,
    *,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Sensitivity:
    """Bound the effect if no step after is larger than so many times the largest before.

    A drift of steps up to D moves the average of n effects by at most D (n + 1) / 2.
    D is the largest step before times the size; its upper limit takes a tenth of the
    error probability, the effect's limits the rest. Limits therefore hold at least
    ``level``; Rambachan & Roth's own are narrower and need a test inversion.

    Parameters
    ----------
    trends : Trends
        Estimates against the last period before the plan.
    sizes : sequence of float
        0 or more. 1: the drift goes on at its fastest seen.
    weights : array_like, shape (n_after,), optional
        Weights of the effects after; their mean unless given.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    MethodError
        If a size is negative, weights do not fit, or the steps before are all 0.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90, 2555-2591.

    Examples
    --------
    >>> trends = Trends.of([0.1], [2.0], [[0.01, 0.0], [0.0, 0.01]])
    >>> round(relative_magnitudes(trends, [1.0]).breakdown, 2)
    5.03
    """
    weigh, effect = _target(trends, sizes, weights, level)
    alpha = 2 * confidence.tail("parallel_trends", level)
    steps, errors = _steps_before(trends)
    if steps.max() == 0:
        raise MethodError(
            "parallel_trends: all estimates before the plan are 0, so that no step can be "
            'taken as a measure. Use the restriction "smoothness".'
        )
    largest = float((steps + _quantile(1 - _FOR_STEPS * alpha) * errors).max())
    reach = float(np.abs(np.cumsum(weigh[::-1])).sum())
    error = _error(trends, weigh) * _quantile(1 - (1 - _FOR_STEPS) * alpha / 2)
    bounds = []
    for size in sizes:
        seen, allowed = size * reach * float(steps.max()), size * reach * largest + error
        bounds.append(
            Bound(
                float(size),
                effect.value - seen,
                effect.value + seen,
                effect.value - allowed,
                effect.value + allowed,
            )
        )
    breakdown = max(0.0, abs(effect.value) - error) / (reach * largest)
    return Sensitivity("relative_magnitudes", effect, tuple(bounds), breakdown)


def smoothness(
    trends: Trends,
    sizes: Sequence[float],
    *,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Sensitivity:
    """Bound the effect if the drift bends by at most so much from period to period.

    Size 0 lets a straight drift, seen before, go on. Limits are the shortest of fixed
    length that hold the level for every such drift (`smooth_drift`).

    Parameters
    ----------
    trends, weights, level
        As `relative_magnitudes`.
    sizes : sequence of float
        Largest change of the drift's slope, in outcome units; 0 or more.

    Raises
    ------
    MethodError
        If a size is negative or weights do not fit.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90, 2555-2591, section 4.
    """
    weigh, effect = _target(trends, sizes, weights, level)
    alpha = 2 * confidence.tail("parallel_trends", level)

    def at(size: float) -> Bound:
        set_low, set_high = smooth_drift.left_open(trends, weigh, size) or (None, None)
        low, high = smooth_drift.limits(trends, weigh, size, alpha)
        return Bound(size, set_low, set_high, low, high)

    bounds = tuple(at(float(size)) for size in sizes)
    furthest = _FURTHEST * _error(trends, weigh)
    return Sensitivity("smoothness", effect, bounds, _breakdown(at, furthest))


def _target(
    trends: Trends, sizes: Sequence[float], weights: npt.ArrayLike | None, level: float
) -> tuple[Floats, Estimate]:
    tail = confidence.tail("parallel_trends", level)
    wrong = int(np.count_nonzero(checked.numbers("parallel_trends", "sizes", sizes) < 0))
    if wrong:
        raise MethodError(
            f"parallel_trends: {wrong} of {len(sizes)} sizes are negative. Give 0 or more."
        )
    n = len(trends.after)
    weigh = np.full(n, 1 / n)
    if weights is not None:
        weigh = checked.numbers("parallel_trends", "weights", weights)
        checked.require_length("parallel_trends", "weights", weigh, n)
    value, reach = float(weigh @ trends.after), _quantile(1 - tail) * _error(trends, weigh)
    if reach == 0:
        raise MethodError("parallel_trends: all weights are 0. Give one of them more.")
    return weigh, Estimate(value, value - reach, value + reach, level)


def _error(trends: Trends, weigh: Floats) -> float:
    split = len(trends.before)
    return math.sqrt(float(weigh @ trends.covariance[split:, split:] @ weigh))


def _quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))


def _steps_before(trends: Trends) -> tuple[Floats, Floats]:
    """Return the sizes of the steps before, the last one to the reference, and their errors."""
    n = len(trends.before)
    differences = np.eye(n, k=1) - np.eye(n)
    steps = differences @ trends.before
    spread = differences @ trends.covariance[:n, :n] @ differences.T
    return np.abs(steps), np.sqrt(np.maximum(spread.diagonal(), 0))


def _breakdown(at: Callable[[float], Bound], furthest: float) -> float:
    """Halve the way between a size that decides and one that does not."""

    def undecided(size: float) -> bool:
        bound = at(size)
        return bound.low <= 0 <= bound.high

    if undecided(0.0):
        return 0.0
    low, high = 0.0, furthest * 1e-9
    while not undecided(high):
        low, high = high, high * 4
        if high > furthest:
            return math.inf
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if undecided(middle) else (middle, high)
    return high
