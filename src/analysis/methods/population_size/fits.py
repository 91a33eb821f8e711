"""Many tables and models in, Poisson log-linear fits by extended maximum likelihood out.

The log of a cell's expected count is the sum of the parameters of all combinations that
the cell contains. A combination in the model that nobody is on has its parameter at minus
infinity: it is dropped with every cell that contains it. Sums over containing cells give
score and information, so no design matrix is made, and thousands of fits run side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.tables import at_least, at_most

NO_TERM = -1
"""Fills up the rows of models that have fewer terms than others."""

MOST_STEPS = 40
_MOST_CARRIED = 1000
CLOSE = 1e-7
"""Largest change of a parameter in the last step; a Newton step from there changes nothing."""
_LONGEST_STEP = 3.0
"""A parameter is a logarithm: no step multiplies an expected count by more than e^3 at once."""
_LEAST_SHARE = 1e-12
"""Of the cases: a cell expected to have fewer is lost in the rounding of the sums it belongs to."""
_AT_ONCE = 500_000
"""Numbers in the largest array of one batch: what a processor keeps near by."""

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
        Whether the last step changed nothing and the parameters can be told apart, in
        numbers large enough to trust: the proof that finite estimates exist and are
        identifiable. Where false, `existence` says why.
    settled : array (fits,)
        Whether the last step changed nothing, be it for rounding: where `existence`
        says that an estimate exists, this is it.
    """

    expected: Floats
    parameters: Floats
    converged: Flags
    settled: Flags


def fit_all(
    counts: Ints, terms: Ints, *, start: Floats | None = None, close: float = CLOSE
) -> Fits:
    """Fit one model to each table.

    Parameters
    ----------
    counts : array (fits, cells)
        Cases by cell; cell 0 is ignored.
    terms : array (fits, terms) or (1, terms)
        Combinations in each model, 0 (the constant) first, every part of a combination in
        the model itself in it; `NO_TERM` fills up.
    start : array (fits, terms), optional
        Parameters to begin from, finite.
    close : float
        Largest change of a parameter in the last step. The error left is of the order of
        its square.

    Returns
    -------
    Fits
    """
    terms = np.broadcast_to(terms, (len(counts), terms.shape[1]))
    seen = at_least(counts.astype(np.float64))
    padded = terms == NO_TERM
    empty = (_taken(seen, terms) == 0) & ~padded
    empty[:, 0] = False
    opened = open_cells(counts.shape[1], terms, empty)
    used = np.where(empty | padded, NO_TERM, terms)
    theta = _beginning(seen, used) if start is None else np.where(used == NO_TERM, 0.0, start)
    expected = np.zeros(seen.shape)
    settled = np.zeros(len(seen), dtype=bool)
    # Narrow models first, so that no row is solved at another's width.
    kept = (used != NO_TERM).sum(axis=1)
    able = np.flatnonzero(identifiable(kept, opened.sum(axis=1)))
    able = able[np.argsort(kept[able], kind="stable")]
    for rows in _batches(able, kept, counts.shape[1]):
        width = int(kept[rows[-1]])
        places = np.argsort(used[rows] == NO_TERM, axis=1, kind="stable")[:, :width]
        at = (rows[:, None], places)
        theta[at], expected[rows], settled[rows] = _climb(
            seen[rows], used[at], opened[rows], theta[at], close
        )
    converged = settled & _large_enough(expected, seen[:, 0], used, opened)
    return Fits(expected, np.where(empty, -np.inf, theta), converged, settled)


def log_likelihood(counts: Ints, expected: Floats) -> Floats:
    """Return the Poisson log-likelihood of each table, constants included; shape (fits,)."""
    from scipy.special import gammaln

    seen = counts[:, 1:]
    logs = np.log(np.where(expected[:, 1:] > 0, expected[:, 1:], 1.0))
    terms = seen * logs - expected[:, 1:] - gammaln(seen + 1.0)
    return np.asarray(terms.sum(axis=1))


def carry_on(design: Floats, counts: Floats, theta: Floats) -> tuple[Floats, bool]:
    """Fit one model that has an estimate by weighted least squares, cell by cell.

    Slower than `fit_all`, and more exact where sums over cells drown the least of them.

    Parameters
    ----------
    design : array (cells, terms)
        1 where an open cell contains a term that is estimated.
    counts : array (cells,)
    theta : array (terms,)
        Parameters to begin from.

    Returns
    -------
    array (terms,), bool
        Parameters, and whether the last step changed nothing.
    """
    for _ in range(_MOST_CARRIED):
        root = np.exp(0.5 * np.clip(design @ theta, -600.0, 600.0))
        order = np.argsort(-root)  # large rows first, or rounding of those reaches the small ones
        left, right = np.linalg.qr(design[order] * root[order, None])
        rest = (counts[order] - root[order] ** 2) / root[order]
        try:
            step = np.linalg.solve(right, left.T @ rest)
        except np.linalg.LinAlgError:
            return theta, False
        longest = float(np.abs(step).max())
        theta = theta + step * min(1.0, _LONGEST_STEP / max(longest, 1e-300))
        if longest < CLOSE:
            return theta, True
    return theta, False


def error_of_constant(within: Floats, expected: Floats) -> float:
    """Return the standard error of the constant, the logarithm of the number on no list.

    Parameters
    ----------
    within : array (terms, cells)
        1 where an open cell contains a term that is estimated, the constant first.
    expected : array (cells,)
        Expected counts of the open cells, above 0.
    """
    # Not from the information itself: its inverse loses the least cells beside the largest.
    root = np.asarray(np.linalg.qr((within * np.sqrt(expected)).T, mode="r"), dtype=np.float64)
    first = np.zeros(len(root))
    first[0] = 1.0
    return float(np.linalg.norm(np.linalg.solve(root.T, first)))


def open_cells(cells: int, terms: Ints, empty: Flags) -> Flags:
    """Return, (fits, cells), which cells contain no empty combination of the model."""
    opened = np.ones((len(terms), cells), dtype=bool)
    opened[:, 0] = False
    every = np.arange(cells)
    for place in np.flatnonzero(empty.any(axis=0)):
        rows = np.flatnonzero(empty[:, place])
        term = terms[rows, place][:, None]
        opened[rows] &= (every[None, :] & term) != term
    return opened


def identifiable(kept: Ints, opened: Ints) -> Flags:
    """Return whether parameters can be told apart, from how many there are and open cells.

    The parameters of a hierarchical model have a single solution exactly if an open cell is
    no term of the model: by inclusion and exclusion a direction that moves no open cell
    has all its parameters equal up to sign, on every open cell, so none of them may be missing.
    """
    return np.asarray(kept <= opened)


def _batches(rows: Ints, kept: Ints, cells: int) -> Iterator[Ints]:
    """Cut rows, ordered by the width of their models, into batches."""
    at = 0
    while at < len(rows):
        size = max(1, _AT_ONCE // (cells + int(kept[rows[at]] + 1) ** 2))
        yield rows[at : at + size]
        at += size


def _large_enough(expected: Floats, cases: Floats, used: Ints, opened: Flags) -> Flags:
    """Return whether no cell that tells of a diverging fit is so small that rounding hides it.

    A fit that diverges empties an open cell of at most one list more than the largest term
    has: by inclusion and exclusion a direction that moves none of those moves nothing. Larger
    cells may be as small as they like.
    """
    size = np.bitwise_count(np.arange(expected.shape[1]))
    order = np.bitwise_count(np.maximum(used, 0)).max(axis=1)
    tells = opened & (size <= order[:, None] + 1)
    least = np.where(tells, expected, np.inf).min(axis=1)
    return np.asarray(least > _LEAST_SHARE * cases)


def _beginning(seen: Floats, used: Ints) -> Floats:
    """Begin with lists that know nothing of each other, and as many unseen as seen."""
    theta = np.zeros(used.shape)
    total = 2.0 * np.maximum(seen[:, 0], 1.0)
    share = np.clip(_taken(seen, used) / total[:, None], 1e-6, 0.9)
    lone = (used > 0) & (used & (used - 1) == 0)
    theta[lone] = np.log(share / (1 - share))[lone]
    theta[:, 0] = np.log(total) + np.where(lone, np.log1p(-share), 0.0).sum(axis=1)
    return theta


def _climb(
    seen: Floats, used: Ints, opened: Flags, theta: Floats, close: float
) -> tuple[Floats, Floats, Flags]:
    """Take Newton steps until the last one changes nothing, each row for itself."""
    cells = seen.shape[1]
    pad = used == NO_TERM
    aim = np.where(pad, 0.0, _taken(seen, used))
    settled = np.zeros(len(used), dtype=bool)
    rows, still = np.arange(len(used)), 0
    for _ in range(MOST_STEPS):
        if len(rows) != still:
            still, mine, gone, within_reach = len(rows), used[rows], pad[rows], opened[rows]
            single, both = _places(mine, cells)
        within = at_least(_expected(theta[rows], mine, cells) * within_reach)
        gap = aim[rows] - np.where(gone, 0.0, within.take(single))
        step = _solved(within.take(both), gap, gone)
        longest = np.abs(step).max(axis=1)
        theta[rows] += step * np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, 1e-300))[:, None]
        done = longest < close
        settled[rows[done]] = True
        rows = rows[~done & np.isfinite(longest)]
        if not len(rows):
            break
    theta = np.where(np.isfinite(theta), theta, 0.0)
    expected = _expected(theta, used, cells) * opened
    expected[:, 0] = np.exp(np.minimum(theta[:, 0], 700.0))
    return theta, expected, settled


def _places(used: Ints, cells: int) -> tuple[Ints, Ints]:
    """Return where, in a flat table (fits, cells), each term and the union of each two are."""
    terms = np.maximum(used, 0)
    offset = (np.arange(len(terms)) * cells)[:, None]
    both = np.bitwise_or(terms[:, :, None], terms[:, None, :])
    both += offset[:, :, None]
    return terms + offset, both


def _solved(curve: Floats, gap: Floats, pad: Flags) -> Floats:
    """Solve for each row's step; a row that has no single answer becomes NaN."""
    if pad.any():
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
    # A place filled up writes its 0 into a column that nobody reads.
    spread = np.zeros((len(theta), cells + 1))
    np.put_along_axis(spread, used, np.where(used == NO_TERM, 0.0, theta), axis=1)
    return np.asarray(np.exp(np.minimum(at_most(spread[:, :cells]), 700.0)))


def _taken(values: Floats, terms: Ints) -> Floats:
    """Return the value of each row's terms; a place filled up takes the constant's."""
    return np.take_along_axis(values, np.maximum(terms, 0), axis=1)
