"""Estimates and a largest bend in; the shortest limits that hold for every such drift out.

A drift is its slope at the reference and its bends (second differences) from there, so
that an estimate ``a @ beta`` that no straight drift moves is off by at most
``size * sum(|c|)``, with c the coefficients of the bends. Weights on the estimates
before are free: more of them lower the error and raise what bends can do. Their choice
is a smooth convex problem of few dimensions (diff-diff solves it by nested searches,
0.3 to 1 second a size; the two agree).
"""

from __future__ import annotations

import math

import numpy as np

from analysis.methods.checked import Floats
from analysis.methods.counterfactual.trends import Trends


def left_open(trends: Trends, weigh: Floats, size: float) -> tuple[float, float] | None:
    """Return the effects that the estimates alone leave open; None if they bend more before.

    Parameters
    ----------
    trends : Trends
        Estimates; those before are taken for the drift itself.
    weigh : ndarray, shape (n_after,)
        Weights of the effects after.
    size : float
        Largest bend, in outcome units.
    """
    path = np.append(trends.before, 0.0)
    bends = np.abs(np.diff(path, 2))
    # A path that bends by exactly the size must not fail in the last digit.
    if bends.size and bends.max() > size * (1 + 1e-9) + 1e-12 * np.abs(path).max():
        return None
    straight = -float(trends.before[-1]) * float(weigh @ _times(weigh))
    reach = size * float(np.abs(_bends_after(weigh)).sum())
    middle = float(weigh @ trends.after) - straight
    return middle - reach, middle + reach


def limits(trends: Trends, weigh: Floats, size: float, alpha: float) -> tuple[float, float]:
    """Return the limits of fixed length that are shortest and err at most with ``alpha``.

    Parameters
    ----------
    trends, weigh, size
        As `left_open`.
    alpha : float
        Error probability.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90, 2555-2591, section 4;
    Armstrong & Kolesar (2018), Econometrica 86, 655-683.
    """
    from scipy.optimize import minimize

    free = len(trends.before) - 1
    scale = math.sqrt(float(weigh @ trends.covariance[free + 1 :, free + 1 :] @ weigh))
    covariance, bend = trends.covariance / scale**2, size / scale
    fixed = bend * float(np.abs(_bends_after(weigh)).sum())
    start, by_bend = _weights_before(free + 1, float(weigh @ _times(weigh)))

    def weights(split: Floats) -> Floats:
        return np.concatenate([start + by_bend @ (split[:free] - split[free:]), weigh])

    def length(split: Floats) -> tuple[float, Floats]:
        chosen = weights(split)
        moved = covariance @ chosen
        error = math.sqrt(float(chosen @ moved))
        ratio = (fixed + bend * float(split.sum())) / error
        critical = _critical(ratio, alpha)
        by_bias = math.tanh(critical * ratio)
        by_error = critical - ratio * by_bias
        slope = by_error / error * (by_bend.T @ moved[: free + 1])
        return error * critical, np.concatenate([slope, -slope]) + by_bias * bend

    split = np.zeros(2 * free)
    if free:
        # A bend's coefficient is a difference of two parts of 0 or more: no kink at 0.
        split = minimize(
            length,
            split,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * (2 * free),
            options={"maxiter": 5_000, "maxfun": 20_000, "ftol": 1e-14, "gtol": 1e-9},
        ).x
    value = float(weights(split) @ np.concatenate([trends.before, trends.after]))
    reach = scale * length(split)[0]
    return value - reach, value + reach


def _times(weigh: Floats) -> Floats:
    """Periods since the reference."""
    return np.arange(1.0, len(weigh) + 1)


def _bends_after(weigh: Floats) -> Floats:
    """Return what a bend at the reference and each period after moves the average by."""
    times = _times(weigh)
    return np.array([weigh @ np.maximum(times - bend, 0) for bend in range(len(weigh))])


def _weights_before(n: int, slope: float) -> tuple[Floats, Floats]:
    """Return weights before that undo a straight drift of the effects, and how bends free them.

    With weights a at times -n..-1, a bend at time j < 0 counts ``sum over t < j of
    a_t (j - t)``; a straight drift counts ``a @ t``, which must be ``-slope``.
    """
    times = np.arange(-n, 0.0)
    rows = [np.maximum(bend - times, 0) for bend in range(-n + 1, 0)]
    solved = np.linalg.inv(np.array([*rows, times]))
    return np.asarray(-slope * solved[:, -1]), np.asarray(solved[:, :-1])


def _critical(ratio: float, alpha: float) -> float:
    """Return the ``1 - alpha`` quantile of the size of a normal deviate around ``ratio``."""
    from scipy.special import chndtrix, ndtri

    if ratio > 4:
        return ratio + float(ndtri(1 - alpha))  # the far tail is below 1e-15
    return math.sqrt(float(chndtrix(1 - alpha, 1, ratio**2)))
