"""Parameters of a latent-class model in, the log density of the table and its slope out.

A case belongs to one of K classes; within a class the lists know nothing of each other. The
sizes of the classes come from breaking a stick. Whose class is whose, how many were never
listed, and the concentration of the stick are all summed over exactly, so what remains is
smooth: one number for each list and class, and one for each break.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.methods.checked import Floats
from analysis.methods.population_size.tables import Lists

SHAPE = 0.25
RATE = 0.25
"""Gamma prior of the concentration, as in Manrique-Vallier (2016)."""

FARTHEST = 40.0
"""Logits and log breaks beyond are refused: e^-40 is no chance that a table can tell from 0."""
_LEAST = 1e-300
_LEAST_SEEN = 1e-12
"""Least share listed that is told from none; an hidden part of 10^12 times those listed."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """A table as the density needs it.

    Attributes
    ----------
    on : array (cells + 1, lists)
        1 where a cell that has cases is on a list; the last row is on none.
    counts : array (cells,)
    n : int
    classes : int
    """

    on: Floats
    counts: Floats
    n: int
    classes: int

    @property
    def logits(self) -> int:
        """Number of parameters that are logits of a list's chance in a class."""
        return int(self.on.shape[1]) * self.classes

    @property
    def parameters(self) -> int:
        """Number of parameters: the logits, then the logarithm of each break."""
        return self.logits + self.classes - 1


@dataclass(slots=True)
class Places:
    """Parameters and what follows from them, one column each.

    Attributes
    ----------
    at : array (parameters, columns)
    likelihood, prior : array (columns,)
        Log densities, the prior's with respect to ``at``.
    slope : array (parameters, columns)
        Of heat times likelihood, plus prior.
    unseen : array (columns,)
        Chance to be on no list.
    """

    at: Floats
    likelihood: Floats
    prior: Floats
    slope: Floats
    unseen: Floats


def mixture(lists: Lists, classes: int) -> Mixture:
    """Return a table as the density needs it; cells without cases add nothing."""
    cells = np.flatnonzero(lists.counts)
    on = (np.append(cells, 0)[:, None] >> np.arange(len(lists.names))) & 1
    counts = lists.counts[cells].astype(np.float64)
    return Mixture(on.astype(np.float64), counts, lists.n, classes)


def from_prior(table: Mixture, columns: int, rng: np.random.Generator) -> Floats:
    """Draw parameters from the prior, shape (parameters, columns)."""
    # Gamma(0.25) is Gamma(1.25) times U^4: its logarithm stays finite however small it is.
    log_strength = np.log(rng.standard_gamma(SHAPE + 1, columns) / RATE)
    log_strength -= rng.standard_exponential(columns) / SHAPE
    logits = rng.logistic(size=(table.logits, columns))
    breaks = np.log(rng.standard_exponential((table.classes - 1, columns))) - log_strength
    return np.asarray(np.clip(np.concatenate([logits, breaks]), -FARTHEST, FARTHEST))


def evaluate(table: Mixture, at: Floats, heat: float) -> Places:
    """Return log densities and slope at parameters, each column by itself.

    The breaks are exponential lengths e with the stick's share v = 1 - exp(-e); summing over
    their concentration leaves (rate + sum e)^-(K - 1 + shape).
    """
    lists, classes, columns = table.on.shape[1], table.classes, at.shape[1]
    logit, length = at[: table.logits], np.exp(at[table.logits :])
    odds = np.exp(logit)
    share = odds / (1 + odds)
    missed = -np.log(1 + odds)
    broken = -np.expm1(-length)
    log_size = np.zeros((classes, columns))
    np.cumsum(-length, axis=0, out=log_size[1:])
    whole = RATE - log_size[-1]
    log_size[:-1] += np.log(broken)
    alone = missed.reshape(lists, classes, columns).sum(axis=0) + log_size
    by_class = (table.on @ logit.reshape(lists, -1)).reshape(-1, classes, columns)
    by_class += alone
    np.exp(by_class, out=by_class)
    chance = np.maximum(by_class.sum(axis=1), _LEAST)
    listed = np.maximum(1 - chance[-1], _LEAST_SEEN)
    expected = np.concatenate([table.counts[:, None] / chance[:-1], table.n / listed[None]])
    by_class *= expected[:, None, :]
    members = by_class.sum(axis=0)
    caught = (table.on.T @ by_class.reshape(len(by_class), -1)).reshape(lists, classes, columns)
    caught -= members * share.reshape(lists, classes, columns)
    later = members[::-1].cumsum(axis=0)[::-1][1:]
    power = classes - 1 + SHAPE
    pull = heat * (members[:-1] * (1 - broken) / broken - later) - power / whole
    return Places(
        at=at,
        likelihood=table.counts @ np.log(chance[:-1]) - table.n * np.log(listed),
        prior=logit.sum(axis=0)
        + 2 * missed.sum(axis=0)
        - power * np.log(whole)
        + at[table.logits :].sum(axis=0),
        slope=np.concatenate(
            [heat * caught.reshape(-1, columns) + 1 - 2 * share, length * pull + 1]
        ),
        unseen=chance[-1],
    )
