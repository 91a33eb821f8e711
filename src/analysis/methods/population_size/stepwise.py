"""Tables of overlapping lists in, the pairs of lists that depend on each other out.

Forward stepwise by Poisson p-values, as R's SparseMSE does it: begin with independent
lists; of all pairs whose overlap is least likely under the model so far, add the first
whose model has a finite and single estimate; stop when no p-value is below the threshold.
Thousands of tables go through it in lockstep. Three things save work and change no result:
only the best candidate of each table is fitted, since its fit is also its proof of existence;
each fit begins from the one before; and a fit is carried on only while a decision,
or the total, still depends on its error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.existence import (
    code,
    fit_or_code,
    groups_of,
    terms_of,
)
from analysis.methods.population_size.fits import NO_TERM, Flags
from analysis.methods.population_size.refusals import refusal
from analysis.methods.population_size.result import EXISTS, Group
from analysis.methods.population_size.tables import Lists, at_least, pairs

_LOOSE, _EXACT = 1e-3, 1e-5
"""Largest last step of a fit on the way, and of one that a result or a close decision rests on."""
_LEFT = 1e-4
"""Relative error that a loose fit may leave in an expected overlap: 100 times its step squared."""
_TIED = 1e-10
"""The same after an exact fit; p-values this close are tied and go by the order of the lists."""
_CLOSEST = 1e-6
"""Not more than this for any number of cases."""
_WHOLLY = 300.0
"""A logarithm that may be so far off is not known at all."""
_AT_ONCE = 2_000_000
"""Cells of all tables in one batch."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for each table.

    Attributes
    ----------
    totals : array (tables,)
        Seen and unseen; infinite where not even independent lists have a finite estimate.
    pairs : array (tables, pairs)
        Whether each pair of lists (in the order of `tables.pairs`) is in the model.
    """

    totals: Floats
    pairs: Flags


def choose(lists: Lists, threshold: float) -> tuple[Group, ...]:
    """Return the pairs chosen for one table.

    Raises
    ------
    NoEstimateError
        If independent lists have no finite estimate: there is nothing to begin from.
    """
    chosen = choose_all(lists.counts[None], threshold)
    if not np.isfinite(chosen.totals[0]):
        terms = np.array(terms_of(lists.names, (), method="estimate"))
        raise refusal(lists, terms, code(lists.counts, terms))
    return groups_of(lists.names, np.array(pairs(len(lists.names)))[chosen.pairs[0]])


def choose_all(counts: Ints, threshold: float) -> Chosen:
    """Choose a model for each table.

    Parameters
    ----------
    counts : array (tables, cells)
        A list without a case is left out of its table.
    threshold : float
        A pair is added while its p-value is below; above 0, at most 1. At 1, the model with
        all pairs where it has an estimate, as SparseMSE.

    Returns
    -------
    Chosen
    """
    size = max(1, _AT_ONCE // counts.shape[1])
    parts = [
        _Lockstep(counts[at : at + size], threshold).run() for at in range(0, len(counts), size)
    ]
    return Chosen(
        np.concatenate([part.totals for part in parts]),
        np.concatenate([part.pairs for part in parts]),
    )


class _Lockstep:
    """Tables on their way, each with its model so far."""

    def __init__(self, counts: Ints, threshold: float) -> None:
        lists = int(counts.shape[1]).bit_length() - 1
        self.counts, self.threshold = counts, threshold
        self.pairs = np.array(pairs(lists))
        self.fixed = 1 + lists
        self.seen = at_least(counts.astype(np.float64))
        self.terms = np.full((len(counts), self.fixed + len(self.pairs)), NO_TERM)
        self.terms[:, 1 : self.fixed] = 1 << np.arange(lists)
        self.terms[:, 0] = 0
        self.theta = np.zeros(self.terms.shape)
        self.overlaps = self.seen[:, self.pairs]
        self.expected = np.zeros(self.overlaps.shape)
        self.exact = np.zeros(len(counts), dtype=bool)
        empty = self.seen[:, 1 << np.arange(lists)] == 0
        with_list = (self.pairs[:, None] >> np.arange(lists)) & 1
        self.barred = empty @ with_list.T > 0
        self.chosen = np.zeros(self.overlaps.shape, dtype=bool)
        self.totals = np.full(len(counts), np.inf)

    def run(self) -> Chosen:
        """Add pairs to all tables until none has a candidate."""
        rows = np.arange(len(self.counts))
        rows = rows[self._fit(rows, self.terms[:, : self.fixed], None, _LOOSE)]
        if self.threshold == 1:
            rows = self._saturate(rows)
        for step in range(len(self.pairs)):
            if not len(rows):
                break
            width = self.fixed + step
            grown = self._grow(rows, width)
            self._finish(rows[~grown], width)
            rows = rows[grown]
        self._finish(rows, self.terms.shape[1])
        return Chosen(self.totals, self.chosen)

    def _grow(self, rows: Ints, width: int) -> Flags:
        """Add the best pair that leaves an estimate; return which rows had one."""
        grown = np.zeros(len(rows), dtype=bool)
        barred = self.barred[rows] | self.chosen[rows]
        chances = self._chances(rows, barred)
        waiting = np.arange(len(rows))
        while len(waiting):
            doubtful = waiting[self._doubtful(rows[waiting], chances[waiting])]
            if len(doubtful):
                self._refine(rows[doubtful], width)
                chances[doubtful] = self._chances(rows[doubtful], barred[doubtful])
            best = self._best(rows[waiting], chances[waiting])
            below = chances[waiting, best] < self.threshold
            waiting, best = waiting[below], best[below]
            if not len(waiting):
                break
            took = self._add(rows[waiting], best, width)
            grown[waiting[took]] = True
            waiting, best = waiting[~took], best[~took]
            barred[waiting, best] = True
            chances[waiting, best] = np.inf
        return grown

    def _chances(self, rows: Ints, barred: Flags) -> Floats:
        """Return the one-sided p-value of each overlap; infinite for those barred."""
        from scipy.special import pdtr, pdtrc

        found = np.full(barred.shape, np.inf)
        seen, mean = self.overlaps[rows], self.expected[rows]
        # The tail towards the nearer end is the smaller one, except close to the mean.
        low = ~barred & (seen < mean + 1)
        found[low] = pdtr(seen[low], mean[low])
        high = ~barred & (seen > mean - 1) & (seen > 0)
        found[high] = np.minimum(found[high], pdtrc(seen[high] - 1, mean[high]))
        return found

    def _margin(self, rows: Ints) -> Floats:
        """Return how far an error of the fit may move the logarithm of each p-value.

        For the upper tail the logarithm moves by at most the overlap seen for each unit of the
        logarithm of the mean, for the lower tail by at most the mean.
        """
        left = np.where(self.exact[rows], _TIED, _LEFT)[:, None]
        most = 1 + np.maximum(self.overlaps[rows], self.expected[rows])
        return np.asarray(np.minimum(left * most, _WHOLLY))

    def _doubtful(self, rows: Ints, chances: Floats) -> Flags:
        """Return whether a better fit might choose otherwise."""
        margin = self._margin(rows)
        every = np.arange(len(rows))
        best = chances.argmin(axis=1)
        least, mine = chances[every, best], margin[every, best]
        rivals = (chances <= (least[:, None] * np.exp(margin + mine[:, None]))).sum(axis=1) > 1
        relevant = least < self.threshold * np.exp(mine)
        at_threshold = relevant & (least > self.threshold * np.exp(-mine))
        return np.asarray(~self.exact[rows] & relevant & (rivals | at_threshold))

    def _best(self, rows: Ints, chances: Floats) -> Ints:
        """Return the pair with the least p-value, of tied ones the first."""
        least = chances.min(axis=1, keepdims=True)
        margin = np.where(self.exact[rows, None], np.minimum(self._margin(rows), _CLOSEST), 0.0)
        tied = chances <= least * np.exp(margin)
        return np.asarray(tied.argmax(axis=1))

    def _add(self, rows: Ints, best: Ints, width: int) -> Flags:
        """Add a pair to each row's model where that has an estimate; return where."""
        terms = self.terms[rows, : width + 1]
        terms[:, width] = self.pairs[best]
        theta = self.theta[rows, : width + 1]
        seen, mean = self.overlaps[rows, best], self.expected[rows, best]
        theta[:, width] = np.log(np.maximum(seen, 0.5) / mean)
        took = self._fit(rows, terms, theta, _LOOSE)
        self.terms[rows[took], width] = self.pairs[best[took]]
        self.chosen[rows[took], best[took]] = True
        return took

    def _fit(self, rows: Ints, terms: Ints, start: Floats | None, close: float) -> Flags:
        """Fit rows, keep what has an estimate, return which those are."""
        fits, codes = fit_or_code(self.counts[rows], terms, start=start, close=close)
        took: Flags = codes == EXISTS
        kept = rows[took]
        theta = fits.parameters[took]
        self.theta[kept, : terms.shape[1]] = np.where(np.isfinite(theta), theta, 0.0)
        cells = fits.expected[took]
        cells[:, 0] = 0.0
        self.expected[kept] = at_least(cells)[:, self.pairs]
        self.exact[kept] = close <= _EXACT
        return took

    def _refine(self, rows: Ints, width: int) -> None:
        self._fit(rows, self.terms[rows, :width], self.theta[rows, :width], _EXACT)

    def _finish(self, rows: Ints, width: int) -> None:
        """Take the totals of rows that have no candidate left."""
        loose = rows[~self.exact[rows]]
        if len(loose):
            self._refine(loose, width)
        self.totals[rows] = self.seen[rows, 0] + np.exp(self.theta[rows, 0])

    def _saturate(self, rows: Ints) -> Ints:
        """Give tables all pairs where that model has an estimate; return the others."""
        terms = self.terms[rows]
        terms[:, self.fixed :] = np.where(self.barred[rows], NO_TERM, self.pairs)
        took = self._fit(rows, terms, None, _EXACT)
        self.terms[rows[took]] = terms[took]
        self.chosen[rows[took]] = ~self.barred[rows[took]]
        self._finish(rows[took], terms.shape[1])
        return rows[~took]
