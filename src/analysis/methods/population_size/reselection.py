"""Models with their fits, and resampled tables in; the models that could be best in each, fitted.

A table near the first needs no fit of every model to know which one is best. One Newton
step from a model's fit to the first table gives expected counts ``m`` that have exactly the sums
of the new table; if none is negative, ``sum(m log m - m)`` is above every value of the new
likelihood (weak duality), and any parameters give a value below its maximum. Models whose
upper bound is below another's lower bound are out. What is left is fitted to the end.
If all of ``m`` are positive they also prove that the fit exists (Fienberg & Rinaldo 2012).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.hierarchical import Terms
from analysis.methods.population_size.lockstep import (
    CLOSE,
    POSITIVE,
    bracket,
    climb,
    constant,
    opened_by,
)
from analysis.methods.population_size.ranking import ROUNDED, Ranked
from analysis.methods.population_size.tables import at_least

Flags = npt.NDArray[np.bool_]

_CLOSE_ENOUGH = 1e-3
"""Largest last step of a fit that only enters an average: leaves 1e-6 or so, relative."""
_SLACK = 1e-6
"""Added to every bound: the arithmetic's own error is a thousandth of it."""
_AT_ONCE = 4_000_000
"""Cells of all tables in one batch."""
_PAIRS = 20_000
"""Models on tables that are fitted in one go."""


@dataclass(frozen=True, slots=True)
class Refits:
    """Fits of models to tables, those that could not matter left out.

    Attributes
    ----------
    tables : int
        Number of tables.
    model, table : array (fits,)
        Which of the models, and which of the tables; in order of tables, then criterion.
    bic, totals : array (fits,)
    """

    tables: int
    model: Ints
    table: Ints
    bic: Floats
    totals: Floats

    def best(self) -> tuple[Ints, Floats]:
        """Return each table's best model (-1: none has an estimate) and its total (infinite)."""
        model = np.full(self.tables, -1)
        totals = np.full(self.tables, np.inf)
        at, first = np.unique(self.table, return_index=True)
        model[at], totals[at] = self.model[first], self.totals[first]
        return model, totals

    def averaged(self) -> Floats:
        """Return each table's total, averaged over models with weights exp(-BIC/2)."""
        at, first, back = np.unique(self.table, return_index=True, return_inverse=True)
        weight = np.exp(-0.5 * (self.bic - self.bic[first][back]))
        whole = np.bincount(back, weights=weight)
        totals = np.full(self.tables, np.inf)
        totals[at] = np.bincount(back, weights=weight * self.totals) / whole
        return totals


def refit(found: Ranked, tables: Ints, *, margin: float) -> Refits:
    """Fit to each table the models that could be within a margin of its best.

    Parameters
    ----------
    found : Ranked
        Models with their fits to the first table.
    tables : array (tables, cells)
        No cell has cases that had none in the first.
    margin : float
        Difference in the criterion; 0 finds the best model alone.
    """
    first = at_least(tables[0].astype(np.float64))[found.terms.cells]
    size = max(1, _AT_ONCE // tables.shape[1])
    parts = [
        _refit(found, first, tables[at : at + size], margin) for at in range(0, len(tables), size)
    ]
    return Refits(
        len(tables),
        np.concatenate([part.model for part in parts]),
        np.concatenate([part.table + at * size for at, part in enumerate(parts)]),
        np.concatenate([part.bic for part in parts]),
        np.concatenate([part.totals for part in parts]),
    )


def _refit(found: Ranked, first: Floats, tables: Ints, margin: float) -> Refits:
    """Do what `refit` does, for tables that fit into memory together."""
    aim = at_least(tables.astype(np.float64))[:, found.terms.cells]
    cost, fixed = _costs(found, tables)
    low, high = _bounds(found, first, aim, cost, fixed)
    limit = high.min(axis=0)
    model, table = np.nonzero(low <= limit + margin)
    bic, totals = np.full(len(model), np.inf), np.full(len(model), np.inf)
    for pairs in _slices(len(model)):
        bic[pairs], totals[pairs] = _fitted(
            found, aim, cost, fixed, limit, model[pairs], table[pairs], margin
        )
    order = np.lexsort((model, np.round(bic, ROUNDED), table))
    order = order[np.isfinite(bic[order])]
    return Refits(len(tables), model[order], table[order], bic[order], totals[order])


def _costs(found: Ranked, tables: Ints) -> tuple[Floats, Floats]:
    """Return what parameters cost, (models, tables), and what a table adds, (tables,)."""
    parameters = found.terms.always + found.holds.sum(axis=1)
    return np.outer(parameters, np.log(tables.sum(axis=1))), constant(tables)


def _bounds(
    found: Ranked, first: Floats, aim: Floats, cost: Floats, fixed: Floats
) -> tuple[Floats, Floats]:
    """Return bounds of the criterion, (models, tables) each.

    The upper one is infinite where the step does not prove that the model has an estimate.
    """
    low, high = np.empty(cost.shape), np.empty(cost.shape)
    for one in range(len(cost)):
        used, opened = _first(found.terms, found.holds[one], first)
        within = found.terms.within[np.ix_(used, opened)]
        under, over = _bracketed(within, found.parameters[one, used], aim[:, used])
        low[one] = cost[one] - 2 * (over + fixed) - _SLACK
        high[one] = cost[one] - 2 * (under + fixed) + _SLACK
    return low, high


def _bracketed(within: Floats, theta: Floats, goal: Floats) -> tuple[Floats, Floats]:
    """Return bounds of one model's greatest height on every table, from one common step.

    ``within``, (terms, cells), and ``theta`` hold what is estimated and open; ``goal`` is
    (tables, terms).
    """
    mean = np.exp(theta @ within)
    step = (goal - within @ mean) @ np.linalg.inv((within * mean) @ within.T)
    shift = step @ within
    lower = ((theta + step) * goal).sum(axis=1) - np.exp(np.minimum(shift, 50.0)) @ mean
    shift += 1.0
    least = shift.min(axis=1)
    moved = mean * shift
    upper = (moved * np.log(np.maximum(moved, 1e-300))).sum(axis=1) - goal[:, 0]
    return np.where(least > POSITIVE, lower, -np.inf), np.where(least >= 0, upper, np.inf)


def _first(terms: Terms, holds: Flags, aim: Floats) -> tuple[Flags, Flags]:
    """Return the terms that are estimated from the first table, and the cells left open."""
    used, empty = terms_used(terms, holds[None], aim[None])
    return used[0], opened_by(terms, empty)[0]


def terms_used(terms: Terms, holds: Flags, aim: Floats) -> tuple[Flags, Flags]:
    """Return the terms that are estimated, and those at minus infinity, (fits, terms) each.

    A list that a resample leaves empty is at minus infinity itself.
    """
    mine = np.ones(aim.shape, dtype=bool)
    mine[:, terms.always :] = holds
    return mine & (aim > 0), mine & (aim == 0)


def _fitted(
    found: Ranked,
    aim: Floats,
    cost: Floats,
    fixed: Floats,
    limit: Floats,
    model: Ints,
    table: Ints,
    margin: float,
) -> tuple[Floats, Floats]:
    """Return criterion and total of models on tables; infinite where out of reach or none exists.

    ``limit`` is lowered in place.
    """
    used, empty = terms_used(found.terms, found.holds[model], aim[table])
    opened = opened_by(found.terms, empty)
    price, add = cost[model, table], fixed[table]
    near = bracket(found.terms, aim[table], used, opened, found.parameters[model])
    high = np.where(near.proven, price - 2 * (near.lower + add) + _SLACK, np.inf)
    np.minimum.at(limit, table, high)
    left = np.flatnonzero(price - 2 * (near.upper + add) - _SLACK <= limit[table] + margin)
    close = _CLOSE_ENOUGH if margin else CLOSE
    fits = climb(
        found.terms,
        aim[table[left]],
        used[left],
        opened[left],
        near.parameters[left],
        close=close,
    )
    bic, totals = np.full(len(model), np.inf), np.full(len(model), np.inf)
    good = left[fits.reached]
    bic[good] = price[good] - 2 * (fits.height[fits.reached] + add[good])
    totals[good] = aim[table[good], 0] + np.exp(fits.parameters[fits.reached, 0])
    return bic, totals


def _slices(pairs: int) -> Iterator[slice]:
    for at in range(0, pairs, _PAIRS):
        yield slice(at, at + _PAIRS)
