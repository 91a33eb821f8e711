"""A table and too many models to fit them all in, the best that a search comes by out.

The search begins with independent lists and fits every model one interaction away from one of
the best so far, until all such neighbours of the best are known. It may miss a model that is
better but lies behind worse ones; that it keeps many leaders at a time makes that rarer
than in a plain descent.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.hierarchical import Terms, neighbours
from analysis.methods.population_size.lockstep import climb, constant, opened_by
from analysis.methods.population_size.ranking import Ranked, independent, ranked
from analysis.methods.population_size.reselection import terms_used
from analysis.methods.population_size.tables import at_least

LEADERS = 20
"""Models whose neighbours are all fitted: as many as an estimate reports."""
_MOST_ROUNDS = 200
"""A round adds or removes one interaction; ten lists have 45 pairs."""

Flags = npt.NDArray[np.bool_]


def search(counts: Ints, terms: Terms) -> Ranked:
    """Find models with a low criterion.

    Returns
    -------
    Ranked
        All models fitted on the way that have an estimate.
    """
    way = _Way(counts, terms)
    way.fit(np.zeros((1, len(terms.interactions)), dtype=bool), independent(terms, counts)[None])
    for _ in range(_MOST_ROUNDS):
        leaders = way.leaders()
        if not len(leaders):
            break
        way.expand(leaders)
    return ranked(counts, terms, way.holds, way.parameters, way.height, way.reached, every=False)


class _Way:
    """Models met so far."""

    def __init__(self, counts: Ints, terms: Terms) -> None:
        self.terms, self.add = terms, float(constant(counts))
        self.aim = at_least(counts.astype(np.float64))[terms.cells]
        self.price = float(np.log(counts.sum()))
        self.met: set[bytes] = set()
        self.holds: Flags = np.zeros((0, len(terms.interactions)), dtype=bool)
        self.parameters: Floats = np.zeros((0, len(terms.cells)))
        self.height: Floats = np.zeros(0)
        self.reached: Flags = np.zeros(0, dtype=bool)
        self.expanded: Flags = np.zeros(0, dtype=bool)

    def fit(self, holds: Flags, start: Floats) -> None:
        """Fit models not met before."""
        self.met.update(row.tobytes() for row in holds)
        used, empty = terms_used(self.terms, holds, np.tile(self.aim, (len(holds), 1)))
        aim = np.broadcast_to(self.aim, used.shape)
        fits = climb(self.terms, aim, used, opened_by(self.terms, empty), start)
        self.holds = np.concatenate([self.holds, holds])
        self.parameters = np.concatenate([self.parameters, fits.parameters])
        self.height = np.concatenate([self.height, fits.height])
        self.reached = np.concatenate([self.reached, fits.reached])
        self.expanded = np.concatenate([self.expanded, np.zeros(len(holds), dtype=bool)])

    def leaders(self) -> Ints:
        """Return the best models, of which some neighbour may not have been met."""
        bic = self.price * self.holds.sum(axis=1) - 2 * (self.height + self.add)
        order = np.argsort(np.where(self.reached, bic, np.inf), kind="stable")[:LEADERS]
        # Where nothing has an estimate yet, closing cells that nobody is in may give one.
        if self.reached.any():
            order = order[self.reached[order]]
        return order[~self.expanded[order]]

    def expand(self, leaders: Ints) -> None:
        """Fit all neighbours of models."""
        self.expanded[leaders] = True
        changed, source = neighbours(self.terms, self.holds[leaders])
        fresh, seen = [], self.met
        for place, row in enumerate(changed):
            if row.tobytes() not in seen:
                seen.add(row.tobytes())
                fresh.append(place)
        if fresh:
            self.fit(changed[fresh], self.parameters[leaders[source[fresh]]])
