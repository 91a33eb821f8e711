"""A table and all hierarchical models in, the Bayesian information criterion of each out.

Models are fitted from few interactions to many. A model begins at what three of its parents
(one interaction fewer), their common parents and the parent of those say it should be if
interactions only acted in pairs: nearly right, so that three Newton steps do and not seven.

If a model has a finite and single estimate, so has every model with fewer interactions on the same
open cells (its fit is a positive table with their sums). So a model with such a parent
without estimate has none, and is not tried.

In a lopsided table (thousands of cases here, one there) such short cuts may take a fit that is
far away for one that runs away. There, existence comes from a tamer table with cases in the
same cells, which is all that it depends on, and doubtful fits are made from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.existence import fit_or_code
from analysis.methods.population_size.fits import NO_TERM, log_likelihood
from analysis.methods.population_size.hierarchical import Models, Terms
from analysis.methods.population_size.lockstep import climb, constant, opened_by
from analysis.methods.population_size.result import EXISTS
from analysis.methods.population_size.tables import at_least

Flags = npt.NDArray[np.bool_]

ROUNDED = 8
"""Decimals of the criterion that count; what is equal to that is in order of the lists."""
_LOPSIDED = 100
"""Largest count over smallest from which a fit may run away, or be far away, unnoticed."""
_FAR = 1e-8
"""Share of the cases: a fit with fewer expected in a cell is looked at again."""
_PARENTS = 3
"""Parents that a start is made from; each more doubles the fits that are added up for it."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Models that have an estimate, the lowest criterion first, equal ones in order of number.

    Attributes
    ----------
    terms : Terms
    holds : array (models, interactions)
    parameters : array (models, terms)
        0 where the model has no such term or nobody is on its combination.
    bic, totals, log_likelihood : array (models,)
    compared : int
        Models fitted, those without an estimate included.
    every : bool
        Whether these are all models, or those that a search came by.
    """

    terms: Terms
    holds: Flags
    parameters: Floats
    bic: Floats
    totals: Floats
    log_likelihood: Floats
    compared: int
    every: bool

    @property
    def weights(self) -> Floats:
        """Return each model's share of the evidence, ``exp(-BIC / 2)`` divided by their sum."""
        raw = np.exp(-0.5 * (self.bic - self.bic[0]))
        return np.asarray(raw / raw.sum())

    def best(self, top: int) -> Ranked:
        """Return the first ``top`` models."""
        return replace(
            self,
            holds=self.holds[:top],
            parameters=self.parameters[:top],
            bic=self.bic[:top],
            totals=self.totals[:top],
            log_likelihood=self.log_likelihood[:top],
        )


def rank_all(counts: Ints, models: Models) -> Ranked:
    """Fit all models to one table.

    Parameters
    ----------
    counts : array (cells,)
    models : Models
        With each, all that have fewer interactions.
    """
    found = _fitted(counts, models)
    some = counts[counts > 0]
    if some.max() > _LOPSIDED * some.min():
        _look_again(counts, models, found)
    return ranked(
        counts,
        models.terms,
        models.holds,
        found.parameters,
        found.height,
        found.reached,
        every=True,
    )


def ranked(
    counts: Ints,
    terms: Terms,
    holds: Flags,
    parameters: Floats,
    height: Floats,
    reached: Flags,
    *,
    every: bool,
) -> Ranked:
    """Order fitted models by their criterion."""
    kept = np.flatnonzero(reached)
    high = height[kept] + constant(counts)
    n = counts.sum()
    bic = (terms.always + holds[kept].sum(axis=1)) * np.log(n) - 2 * high
    order = np.argsort(np.round(bic, ROUNDED), kind="stable")
    kept = kept[order]
    totals = n + np.exp(parameters[kept, 0])
    return Ranked(
        terms, holds[kept], parameters[kept], bic[order], totals, high[order], len(holds), every
    )


def independent(terms: Terms, counts: Ints) -> Floats:
    """Return parameters to begin from: lists know nothing of each other, half are unseen."""
    n = float(counts.sum())
    sizes = at_least(counts.astype(np.float64))[terms.cells[1 : terms.always]]
    share = np.clip(sizes / (2 * n), 1e-6, 0.9)
    theta = np.zeros(len(terms.cells))
    theta[1 : terms.always] = np.log(share / (1 - share))
    theta[0] = np.log(2 * n) + np.log1p(-share).sum()
    return theta


@dataclass(frozen=True, slots=True)
class _Progress:
    """What has been fitted so far; arrays are filled in place."""

    parameters: Floats
    height: Floats
    reached: Flags

    @classmethod
    def begin(cls, terms: Terms, counts: Ints, models: Models) -> _Progress:
        size = len(models.numbers)
        return cls(
            np.tile(independent(terms, counts), (size, 1)),
            np.full(size, -np.inf),
            np.zeros(size, dtype=bool),
        )


def _fitted(counts: Ints, models: Models) -> _Progress:
    """Fit each model from its parents."""
    terms = models.terms
    aim = at_least(counts.astype(np.float64))[terms.cells]
    nobody = aim[terms.always :] == 0
    found = _Progress.begin(terms, counts, models)
    filled = (models.holds & ~nobody).sum(axis=1)
    closed = models.holds.sum(axis=1) - filled
    for rows in _rounds(closed, filled):
        able = rows[_parents_exist(models, nobody, rows, found.reached)]
        if not len(able):
            continue
        used, empty = _used(terms, models.holds[able], nobody)
        start = _starts(models, nobody, able, found)
        many = np.broadcast_to(aim, (len(able), len(aim)))
        fits = climb(terms, many, used, opened_by(terms, empty), start)
        found.parameters[able], found.height[able] = fits.parameters, fits.height
        found.reached[able] = fits.reached
    return found


def _look_again(counts: Ints, models: Models, found: _Progress) -> None:
    """Decide anew on models without a fit, and on fits that all but empty a cell."""
    terms = models.terms
    doubtful = ~found.reached
    doubtful[found.reached] = _far(counts, models, found)
    if not doubtful.any():
        return
    tame = counts.astype(bool) * (1 + np.log2(np.maximum(counts, 1)).astype(np.int64))
    exists = _fitted(tame, models).reached
    found.reached[doubtful] = False
    rows = np.flatnonzero(doubtful & exists)
    held = np.ones((len(rows), len(terms.cells)), dtype=bool)
    held[:, terms.always :] = models.holds[rows]
    many = np.broadcast_to(counts, (len(rows), len(counts)))
    fits, codes = fit_or_code(many, np.where(held, terms.cells, NO_TERM))
    found.parameters[rows] = np.where(np.isfinite(fits.parameters), fits.parameters, 0.0)
    found.height[rows] = log_likelihood(many, fits.expected) - constant(counts)
    found.reached[rows] = codes == EXISTS


def _far(counts: Ints, models: Models, found: _Progress) -> Flags:
    """Return which of the fits expect next to nobody in a cell that tells a runaway one.

    As in `fits`, such a cell has at most one list more than the largest term.
    """
    terms = models.terms
    nobody = at_least(counts.astype(np.float64))[terms.cells[terms.always :]] == 0
    size = np.bitwise_count(np.arange(len(counts)))
    tells = (size > 0) & (size <= np.bitwise_count(terms.cells).max() + 1)
    _, empty = _used(terms, models.holds[found.reached], nobody)
    opened = opened_by(terms, empty)[:, tells]
    logs = found.parameters[found.reached] @ terms.within[:, tells]
    least = np.where(opened, logs, np.inf).min(axis=1)
    return np.asarray(least < np.log(_FAR * counts.sum()))


def _rounds(closed: Ints, filled: Ints) -> list[Ints]:
    """Return models by number of empty interactions, then of others: parents come before."""
    key = closed * (filled.max() + 1) + filled
    order = np.argsort(key, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(key[order])) + 1)


def _used(terms: Terms, holds: Flags, nobody: Flags) -> tuple[Flags, Flags]:
    """Return the terms that are estimated and those at minus infinity, (models, terms) each."""
    used = np.ones((len(holds), len(terms.cells)), dtype=bool)
    used[:, terms.always :] = holds & ~nobody
    empty = np.zeros_like(used)
    empty[:, terms.always :] = holds & nobody
    return used, empty


def _parents_exist(models: Models, nobody: Flags, rows: Ints, reached: Flags) -> Flags:
    """Return which models have no parent, on the same open cells, without an estimate."""
    able = np.ones(len(rows), dtype=bool)
    for place in np.flatnonzero(~nobody):
        some = np.flatnonzero(models.tops[rows, place])
        parents = models.places(models.numbers[rows[some]] ^ (1 << int(place)))
        able[some] &= reached[parents]
    return able


def _starts(models: Models, nobody: Flags, rows: Ints, found: _Progress) -> Floats:
    """Return the parameters to begin from: by inclusion and exclusion over parents."""
    removable = models.tops[rows] & ~nobody
    # Without a parent on the same cells, one with an empty interaction less is near enough.
    lone = ~removable.any(axis=1)
    removable[lone] = models.tops[rows[lone]]
    ways = np.minimum(removable.sum(axis=1), _PARENTS)
    start = found.parameters[rows]
    for parents in range(1, _PARENTS + 1):
        some = np.flatnonzero(ways == parents)
        if len(some):
            places = np.argsort(~removable[some], axis=1, kind="stable")[:, :parents]
            start[some] = _extrapolated(models, models.numbers[rows[some]], places, found)
    return start


def _extrapolated(models: Models, numbers: Ints, places: Ints, found: _Progress) -> Floats:
    """Return what models would be if the interactions at ``places`` acted on others in pairs."""
    bits = np.int64(1) << places
    total = np.zeros((len(numbers), found.parameters.shape[1]))
    for chosen in range(1, 1 << places.shape[1]):
        taken = [place for place in range(places.shape[1]) if chosen >> place & 1]
        fewer = models.places(numbers ^ bits[:, taken].sum(axis=1))
        if len(taken) % 2:
            total += found.parameters[fewer]
        else:
            total -= found.parameters[fewer]
    return total
