"""Many tables and models in, Poisson log-linear fits by extended maximum likelihood out.

The log of a cell's expected count is the sum of the parameters of all combinations that
the cell contains. A combination in the model that nobody is on has its parameter at minus
infinity: it is dropped with every cell that contains it. Sums over containing cells give
score and information, so no design matrix is made, and thousands of fits run side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.tables import at_least, at_most

NO_TERM = -1
"""Fills up the rows of models that have fewer terms than others."""

MOST_STEPS = 40
_CLOSE = 1e-9
"""Largest change of a parameter in the last step; a Newton step from there changes nothing."""
_LONGEST_STEP = 3.0
"""A parameter is a logarithm: no step multiplies an expected count by more than e^3 at once."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fits:
    """Fits, one a row.

    Attributes
    ----------
    expected : array (fits, cells)
        Expected counts; cell 0 is the expected number on no list. 0 in cells that the
        model closes. Without meaning where ``converged`` is false.
    parameters : array (fits, terms)
        In the order of the terms given; minus infinity for an empty combination, 0 for a
        place filled up.
    converged : array (fits,)
        Whether the last step changed nothing: with a full rank, the proof that finite
        estimates exist. Where false, `existence` says why.
    """

    expected: Floats
    parameters: Floats
    converged: Flags


def fit_all(counts: Ints, terms: Ints, *, start: Floats | None = None) -> Fits:
    """Fit one model to each table.

    Parameters
    ----------
    counts : array (fits, cells)
        Cases by cell; cell 0 is ignored.
    terms : array (fits, terms) or (1, terms)
        Combinations in each model, 0 (the constant) first; `NO_TERM` fills up.
    start : array (fits, terms), optional
        Parameters to begin from, finite.

    Returns
    -------
    Fits
    """
    terms = np.broadcast_to(terms, (len(counts), terms.shape[1]))
    seen = at_least(counts.astype(np.float64))
    dropped = _taken(seen, terms) == 0
    dropped |= terms == NO_TERM
    dropped[:, 0] = False
    opened = _open_cells(counts.shape[1], terms, dropped & (terms != NO_TERM))
    used = np.where(dropped, NO_TERM, terms)
    theta = _beginning(seen, used) if start is None else np.where(dropped, 0.0, start)
    theta, expected, converged = _climb(seen, used, opened, theta)
    infinite = dropped & (terms != NO_TERM)
    return Fits(expected, np.where(infinite, -np.inf, theta), converged)


def log_likelihood(counts: Ints, expected: Floats) -> Floats:
    """Return the Poisson log-likelihood of each table, constants included; shape (fits,)."""
    from scipy.special import gammaln

    seen = counts[:, 1:]
    logs = np.log(np.where(expected[:, 1:] > 0, expected[:, 1:], 1.0))
    terms = seen * logs - expected[:, 1:] - gammaln(seen + 1.0)
    return np.asarray(terms.sum(axis=1))


def _open_cells(cells: int, terms: Ints, empty: Flags) -> Flags:
    """Return, (fits, cells), which cells contain no empty combination of the model."""
    opened = np.ones((len(terms), cells), dtype=bool)
    opened[:, 0] = False
    every = np.arange(cells)
    for place in np.flatnonzero(empty.any(axis=0)):
        rows = np.flatnonzero(empty[:, place])
        term = terms[rows, place][:, None]
        opened[rows] &= (every[None, :] & term) != term
    return opened


def _beginning(seen: Floats, used: Ints) -> Floats:
    """Begin with lists that know nothing of each other, and as many unseen as seen."""
    theta = np.zeros(used.shape)
    total = 2.0 * np.maximum(seen[:, 0], 1.0)
    share = np.clip(_taken(seen, used) / total[:, None], 1e-6, 0.9)
    lone = (used > 0) & (used & (used - 1) == 0)
    theta[lone] = np.log(share / (1 - share))[lone]
    theta[:, 0] = np.log(total) + np.where(lone, np.log1p(-share), 0.0).sum(axis=1)
    return theta


def _climb(seen: Floats, used: Ints, opened: Flags, theta: Floats) -> tuple[Floats, Floats, Flags]:
    """Take Newton steps until the last one changes nothing, each row for itself."""
    fits, width = used.shape
    expected = np.zeros(seen.shape)
    converged = np.zeros(fits, dtype=bool)
    pad = used == NO_TERM
    both = np.where(pad[:, :, None] | pad[:, None, :], 0, used[:, :, None] | used[:, None, :])
    rows = np.arange(fits)
    aim = np.where(pad, 0.0, _taken(seen, used))
    for _ in range(MOST_STEPS):
        mean = _expected(theta[rows], used[rows], seen.shape[1])
        within = at_least(np.where(opened[rows], mean, 0.0))
        expected[rows] = mean
        gap = aim[rows] - np.where(pad[rows], 0.0, _taken(within, used[rows]))
        curve = np.take_along_axis(within, both[rows].reshape(len(rows), -1), axis=1)
        step = _solved(curve.reshape(len(rows), width, width), gap, pad[rows])
        longest = np.abs(step).max(axis=1)
        theta[rows] += step * np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, 1e-300))[:, None]
        done = longest < _CLOSE
        converged[rows[done]] = True
        rows = rows[~done & np.isfinite(longest)]
        if not len(rows):
            break
    expected = np.where(opened, expected, 0.0)
    expected[:, 0] = np.exp(np.minimum(theta[:, 0], 700.0))
    return theta, expected, converged


def _solved(curve: Floats, gap: Floats, pad: Flags) -> Floats:
    """Solve for each row's step; a row that has no single answer becomes NaN."""
    at, place = np.nonzero(pad)
    curve[at, place, :] = 0.0
    curve[at, :, place] = 0.0
    curve[at, place, place] = 1.0
    try:
        return np.asarray(np.linalg.solve(curve, gap[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:
        if len(curve) == 1:
            return np.full(gap.shape, np.nan)
        half = len(curve) // 2
        first = _solved(curve[:half], gap[:half], pad[:half])
        return np.concatenate([first, _solved(curve[half:], gap[half:], pad[half:])])


def _expected(theta: Floats, used: Ints, cells: int) -> Floats:
    """Return the expected count of every cell, closed ones included."""
    spread = np.zeros((len(theta), cells))
    at, place = np.nonzero(used != NO_TERM)
    spread[at, used[at, place]] = theta[at, place]
    return np.asarray(np.exp(np.minimum(at_most(spread), 700.0)))


def _taken(values: Floats, terms: Ints) -> Floats:
    """Return the value of each row's terms; a place filled up takes the constant's."""
    return np.take_along_axis(values, np.maximum(terms, 0), axis=1)
