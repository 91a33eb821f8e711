"""Predictors and outcomes before the plan in; their importance and the donors' weights out.

The inner problem finds the mixture of donors closest in predictors, at given
importance (Abadie's V); the outer one chooses the importance whose mixture fits the
outcome best. The outer loss has many local minima: which one is found depends on the
search, so the search is named and its starts are fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.methods.checked import Floats
from analysis.methods.counterfactual.simplex import closest_mixture

Search = Literal["many_starts", "nelder_mead"]
"""``many_starts``: descent by the exact slope from every start, the best kept.
``nelder_mead``: two starts without slopes, as R's Synth and pysyncon do it."""

_TIE = 1e-7
"""Share of the outcome's fit in the inner problem: decides between mixtures that the
predictors cannot tell apart (a unit inside the donors' hull has many)."""
_LEAST = 11.5
"""Least importance on the log scale below the largest (1e-5): far above ``_TIE``, which
must not outweigh a predictor."""
_LEANING = 0.9
"""Importance of the one predictor that a leaning start begins with."""
_MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One unit among its donors, as differences from the unit.

    ``predictors`` is ``(n_predictors, n_donors)``, in standard deviations of all
    units; ``outcomes`` is ``(n_before, n_donors)``.
    """

    predictors: Floats
    outcomes: Floats
    tie: Floats

    def gram(self, importance: Floats) -> Floats:
        """Return the inner products that `closest_mixture` takes."""
        return (self.predictors.T * importance) @ self.predictors + self.tie

    def loss(self, weights: Floats) -> float:
        """Return the mean squared gap of the outcome before the plan."""
        gap = self.outcomes @ weights
        return float(gap @ gap) / len(gap)


def problem(predictors: Floats, outcomes: Floats, unit: int) -> Problem:
    """Set up the two nested problems of one unit (a column of both tables)."""
    scaled = predictors / predictors.std(axis=1, ddof=1, keepdims=True)
    others = np.arange(outcomes.shape[1]) != unit
    apart = outcomes[:, others] - outcomes[:, [unit]]
    tie = apart.T @ apart
    tie *= _TIE / max(float(np.trace(tie)) / len(tie), np.finfo(float).tiny)
    return Problem(scaled[:, others] - scaled[:, [unit]], apart, tie)


def outcome_weights(outcomes: Floats, unit: int) -> Floats:
    """Return the donors' weights that fit the outcome best, whatever the predictors."""
    others = np.arange(outcomes.shape[1]) != unit
    apart = outcomes[:, others] - outcomes[:, [unit]]
    return closest_mixture(apart.T @ apart)


def nested_weights(
    predictors: Floats, outcomes: Floats, unit: int, search: Search
) -> tuple[Floats, Floats]:
    """Search the importance of the predictors.

    Parameters
    ----------
    predictors : ndarray, shape (n_predictors, n_units)
        None of them the same for all units.
    outcomes : ndarray, shape (n_before, n_units)
        Outcomes before the plan.
    unit : int
        Column of the unit; the others are its donors.
    search : Search
        ``"many_starts"`` begins from equal importance, from R Synth's regression of
        outcomes on predictors, and from each predictor in turn with nine tenths.
        ``"nelder_mead"`` takes the first two.

    Returns
    -------
    importance, weights : ndarray
        Shapes ``(n_predictors,)`` and ``(n_donors,)``; each sums to 1.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105, 493-505, and (2011), Journal of
    Statistical Software 42(13); many minima: Becker & Kloessner (2018), Econometrics
    and Statistics 5, 1-19.
    """
    nested = problem(predictors, outcomes, unit)
    starts = [_equal(len(predictors)), _by_regression(predictors, outcomes)]
    if search == "many_starts":
        starts += _leaning(len(predictors))
    walk = _descend if search == "many_starts" else _nelder_mead
    ends = [walk(nested, start) for start in starts]
    found = [closest_mixture(nested.gram(end)) for end in ends]
    best = int(np.argmin([nested.loss(weights) for weights in found]))
    return ends[best], found[best]


def _equal(n: int) -> Floats:
    return np.full(n, 1 / n)


def _leaning(n: int) -> list[Floats]:
    if n == 1:
        return []
    return [np.where(np.arange(n) == one, _LEANING, (1 - _LEANING) / (n - 1)) for one in range(n)]


def _by_regression(predictors: Floats, outcomes: Floats) -> Floats:
    scaled = predictors / predictors.std(axis=1, ddof=1, keepdims=True)
    design = np.column_stack([np.ones(scaled.shape[1]), scaled.T])
    slopes = np.linalg.lstsq(design, outcomes.T, rcond=None)[0][1:]
    size = (slopes**2).sum(axis=1)
    return np.asarray(size / size.sum()) if size.sum() > 0 else _equal(len(size))


def _descend(nested: Problem, start: Floats) -> Floats:
    """Follow the exact slope on the log scale; weights are reused from step to step."""
    from scipy.optimize import minimize

    last: list[Floats | None] = [None]

    def loss(log: Floats) -> tuple[float, Floats]:
        importance = _shares(log)
        weights = closest_mixture(nested.gram(importance), last[0])
        last[0] = weights
        return _loss_and_slope(nested, importance, weights)

    floor = np.exp(-_LEAST)
    begin = np.log(np.maximum(start / start.max(), floor))
    bounds = [(-_LEAST, 0.0)] * len(start)
    end = minimize(
        loss,
        begin,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": _MOST_STEPS, "ftol": 1e-10, "gtol": 1e-9},
    )
    return _shares(end.x)


def _shares(log: Floats) -> Floats:
    raw = np.exp(log - log.max())
    return np.asarray(raw / raw.sum())


def _loss_and_slope(nested: Problem, importance: Floats, weights: Floats) -> tuple[float, Floats]:
    """Differentiate the loss through the inner solution, whose donors are held.

    On the donors S inside, the weights solve ``G w = c 1, sum w = 1``. With
    q = G⁻¹ g, freed of its part along 1 (g: slope of the loss in w), the loss moves by
    ``-(x_k q)(x_k w)`` as the importance of predictor k (row x_k) grows.
    """
    inside = np.flatnonzero(weights)
    held = weights[inside]
    rows, gaps = nested.predictors[:, inside], nested.outcomes[:, inside]
    gap = gaps @ held
    gram = (rows.T * importance) @ rows + nested.tie[inside[:, None], inside]
    slope = 2 / len(gap) * (gaps.T @ gap)
    solved = np.linalg.solve(
        gram + 1e-12 * np.trace(gram) * np.eye(len(held)),
        np.column_stack([slope, np.ones(len(held))]),
    )
    moved = solved[:, 0] - solved[:, 0].sum() / solved[:, 1].sum() * solved[:, 1]
    by_importance = -(rows @ moved) * (rows @ held)
    by_log = importance * (by_importance - importance @ by_importance)
    return float(gap @ gap) / len(gap), by_log


def _nelder_mead(nested: Problem, start: Floats) -> Floats:
    from scipy.optimize import minimize

    def loss(raw: Floats) -> float:
        return nested.loss(closest_mixture(nested.gram(_held_up(raw))))

    end = minimize(loss, start, method="Nelder-Mead", options={"maxiter": _MOST_STEPS})
    return _held_up(end.x)


def _held_up(raw: Floats) -> Floats:
    size = np.abs(raw)
    size = np.maximum(size, size.max() * np.exp(-_LEAST))
    return np.asarray(size / size.sum())
