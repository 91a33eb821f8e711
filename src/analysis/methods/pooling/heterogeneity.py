"""Estimates with their variances in; the variance between studies, with limits, out."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.scalars import require_one_of

Estimator = Literal["REML", "DL", "PM"]
"""Restricted maximum likelihood, DerSimonian-Laird, or Paule-Mandel."""

_MOST_STEPS = 1_000


def tau2(y: Floats, v: Floats, estimator: Estimator) -> float:
    """Estimate the variance of true effects between studies.

    Parameters
    ----------
    y, v : array, shape (k,)
        Estimates and their variances (> 0), k at least 2.
    estimator : Estimator
        How to.

    Raises
    ------
    MethodError
        If the search does not end, or there is no such estimator.
    """
    require_one_of("random_effects", "estimator", estimator, get_args(Estimator))
    if estimator == "DL":
        return _moments(y, v)
    if estimator == "PM":
        return where_q_is(y, v, len(y) - 1.0)
    return _reml(y, v)


def q_at(y: Floats, v: Floats, between: float) -> float:
    """Return the weighted sum of squares around the pooled mean at a given tau2."""
    w = 1 / (v + between)
    return float(np.sum(w * (y - np.sum(w * y) / np.sum(w)) ** 2))


def where_q_is(y: Floats, v: Floats, target: float) -> float:
    """Return the tau2 at which `q_at` has fallen to ``target``; 0 if it never was above."""
    from scipy.optimize import brentq

    if q_at(y, v, 0.0) <= target:
        return 0.0
    upper = float(np.mean(v) + np.var(y))
    while q_at(y, v, upper) > target:
        upper *= 2
    return float(brentq(lambda t: q_at(y, v, t) - target, 0.0, upper, xtol=1e-14 * upper))


def limits(y: Floats, v: Floats, tail: float) -> tuple[float, float]:
    """Return limits of tau2 by the Q profile; both 0 where studies agree better than chance.

    References
    ----------
    Viechtbauer (2007), Statistics in Medicine 26, 37-52.
    """
    from scipy.special import chdtri

    freedom = len(y) - 1
    return (
        where_q_is(y, v, float(chdtri(freedom, tail))),
        where_q_is(y, v, float(chdtri(freedom, 1 - tail))),
    )


def _moments(y: Floats, v: Floats) -> float:
    w = 1 / v
    scale = np.sum(w) - np.sum(w**2) / np.sum(w)
    return max(0.0, float((q_at(y, v, 0.0) - (len(y) - 1)) / scale))


def _reml(y: Floats, v: Floats) -> float:
    """Climb the restricted likelihood by Fisher scoring, between known bounds of its top.

    Where two steps point at each other, or one leads outside, the bounds are halved: scoring
    alone may swing for ever.
    """
    between = max(0.0, float(np.var(y, ddof=1) - np.mean(v)))
    small = 1e-12 * float(np.mean(v))
    low, high, before = 0.0, math.inf, 0.0
    for _ in range(_MOST_STEPS):
        step = _score_step(y, v, between)
        if step == 0 or (between == 0 and step < 0):
            return between
        low, high = (between, high) if step > 0 else (low, between)
        target = between + step
        if step * before < 0 or not low < target < high:
            target = (low + high) / 2
        moved, between, before = abs(target - between), target, step
        if moved <= small + 1e-12 * between:
            return between if between > small else 0.0
    raise MethodError(
        f"random_effects: the REML search did not end in {_MOST_STEPS} steps. Take DL or PM."
    )


def _score_step(y: Floats, v: Floats, between: float) -> float:
    """Return score over information of the restricted likelihood in tau2."""
    w = 1 / (v + between)
    total, squares, cubes = np.sum(w), np.sum(w**2), np.sum(w**3)
    away = y - np.sum(w * y) / total
    score = np.sum(w**2 * away**2) - (total - squares / total)
    information = squares - 2 * cubes / total + (squares / total) ** 2
    return float(score / information)
