"""Squared distances in; the mixture that is closest out (weights >= 0 that sum to 1).

Donors minus the treated unit are points; the mixture of them nearest to 0 is a
quadratic program on the simplex. Its solution has few donors, so that an active set
reaches it exactly in a handful of small linear systems (general solvers take
milliseconds and stop near it).
"""

from __future__ import annotations

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, Ints

RIDGE = 1e-12
"""Share of the mean diagonal that is added to it: of equal mixtures, the most even one."""
MOST_STEPS = 2_000
_SLACK = 1e-13
"""Gain of a donor outside, as a share of the largest entry, that is no gain: below what
the ridge makes of twins, above rounding."""


def closest_mixture(gram: Floats, start: Floats | None = None) -> Floats:
    """Minimise ``w @ gram @ w`` over weights of 0 or more that sum to 1.

    Parameters
    ----------
    gram : ndarray, shape (n_donors, n_donors)
        Inner products of the donors' differences from the unit; symmetric, no
        negative eigenvalue.
    start : ndarray, shape (n_donors,), optional
        Weights to start from, such as those of a similar problem: saves steps.

    Returns
    -------
    ndarray, shape (n_donors,)
        Weights; donors outside the mixture have exactly 0. Where several mixtures are
        equally close, the one with the smallest sum of squared weights.

    Raises
    ------
    MethodError
        If no solution is reached in ``MOST_STEPS`` steps.

    References
    ----------
    Wolfe (1976), Mathematical Programming 11, 128-149; Nocedal & Wright (2006),
    Numerical Optimization, 2nd ed., algorithm 16.3.

    Examples
    --------
    >>> closest_mixture(np.array([[4.0, -2.0], [-2.0, 1.0]])).round(3)
    array([0.333, 0.667])
    """
    scale = float(np.trace(gram)) / len(gram)
    if scale == 0:
        return np.full(len(gram), 1 / len(gram))
    inner = gram / scale
    inner.flat[:: len(gram) + 1] += RIDGE
    weights = _nearest_donor(inner) if start is None else start
    inside: Ints = np.flatnonzero(weights > 0)
    closest = np.inf
    for _ in range(MOST_STEPS):
        wanted = _affine(inner[inside[:, None], inside])
        if wanted.min() < 0:
            weights, inside = _step_back(weights, inside, wanted)
            continue
        weights = np.zeros(len(gram))
        weights[inside] = wanted
        slope = inner @ weights
        entering, distance = int(slope.argmin()), float(weights @ slope)
        done = weights[entering] > 0 or slope[entering] >= distance - _SLACK * inner.max()
        # Rounding can let twins take turns: a round that comes no closer is the last.
        if done or distance >= closest:
            return weights
        closest, inside = distance, np.append(inside, entering)
    raise MethodError(
        f"synthetic control: no weights found in {MOST_STEPS} steps. "
        "Scale outcomes and predictors to like size, or leave near-identical donors out."
    )


def _nearest_donor(inner: Floats) -> Floats:
    weights = np.zeros(len(inner))
    weights[int(np.diag(inner).argmin())] = 1.0
    return weights


def _affine(inner: Floats) -> Floats:
    """Solve without the sign condition: weights that sum to 1."""
    raw = np.linalg.solve(inner, np.ones(len(inner)))
    return np.asarray(raw / raw.sum())


def _step_back(weights: Floats, inside: Ints, wanted: Floats) -> tuple[Floats, Ints]:
    """Go towards the wanted weights until the first donor leaves."""
    now = weights[inside]
    leaving = wanted < 0
    share = np.full(len(now), np.inf)
    share[leaving] = now[leaving] / (now[leaving] - wanted[leaving])
    first = int(share.argmin())
    now = now + share[first] * (wanted - now)
    now[first] = 0.0
    moved = np.zeros_like(weights)
    moved[inside] = np.maximum(now, 0.0)
    return moved, np.delete(inside, first)
