"""Many models on many tables in, their fits by extended maximum likelihood out, in step.

`fits` fits any model from nothing. Here the models are all hierarchical on the same lists and
begin close to the answer, from models or tables near by, so that two or three Newton
steps do: what is left is arithmetic on blocks that stay in a processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.hierarchical import Terms
from analysis.methods.population_size.tables import at_least

CLOSE = 1e-5
"""Largest last step: leaves 1e-10 or so, relative, in a total."""
MOST_STEPS = 40
POSITIVE = 1e-6
"""Share of its expected count that every cell must keep for a step to prove existence."""
_LONGEST_STEP = 3.0
"""A parameter is a logarithm: no step multiplies an expected count by more than e^3 at once."""
_LARGEST = 30.0
"""Beyond e^30 times more or fewer, rounding could pass for convergence."""
_AT_ONCE = 60_000
"""Numbers in the largest array of one batch, half a megabyte: measured best, flat around it."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Heights:
    """Fits, one a row.

    Attributes
    ----------
    parameters : array (fits, terms)
        0 where the model has no such term or its combination is empty.
    height : array (fits,)
        Log-likelihood up to what only the table decides (`constant`).
    reached : array (fits,)
        Whether a finite and single maximum was found.
    """

    parameters: Floats
    height: Floats
    reached: Flags


@dataclass(frozen=True, slots=True)
class Brackets:
    """What one Newton step says of a maximum, one a row.

    Attributes
    ----------
    parameters : array (fits, terms)
        After the step.
    lower, upper : array (fits,)
        The greatest height (`Heights`) lies between; infinite where nothing is known.
    proven : array (fits,)
        Whether a finite and single maximum is proven to exist.
    """

    parameters: Floats
    lower: Floats
    upper: Floats
    proven: Flags


def climb(
    terms: Terms, aim: Floats, used: Flags, opened: Flags, start: Floats, *, close: float = CLOSE
) -> Heights:
    """Fit models, each to its own table.

    Parameters
    ----------
    terms : Terms
    aim : array (fits, terms)
        Cases on all lists of each term.
    used : array (fits, terms)
        Terms that the model has and that are not empty.
    opened : array (fits, cells)
        Cells that contain no empty term of the model.
    start : array (fits, terms)
        Parameters to begin from.
    close : float
        Largest change of a parameter in the last step; what is left is of the order of its
        square.
    """
    found = Heights(
        np.where(used, start, 0.0), np.full(len(used), -np.inf), np.zeros(len(used), dtype=bool)
    )
    for rows in _groups(used, opened):
        begin = found.parameters[rows]
        mine = _climb(terms, aim[rows], used[rows], opened[rows], begin, close)
        found.parameters[rows], found.height[rows] = mine.parameters, mine.height
        found.reached[rows] = mine.reached
    return found


def bracket(terms: Terms, aim: Floats, used: Flags, opened: Flags, start: Floats) -> Brackets:
    """Take one Newton step for each row, and bound what its maximum can be; as for `climb`."""
    size = len(used)
    found = Brackets(
        np.where(used, start, 0.0),
        np.full(size, -np.inf),
        np.full(size, np.inf),
        np.zeros(size, dtype=bool),
    )
    for rows in _groups(used, opened):
        mine = _bracket(terms, aim[rows], used[rows], opened[rows], found.parameters[rows])
        found.parameters[rows], found.lower[rows] = mine.parameters, mine.lower
        found.upper[rows], found.proven[rows] = mine.upper, mine.proven
    return found


def constant(counts: Ints) -> Floats:
    """Return what a table itself adds to the log-likelihood of every model; shape (tables,)."""
    from scipy.special import gammaln

    return np.asarray(-gammaln(counts + 1.0).sum(axis=-1))


def opened_by(terms: Terms, empty: Flags) -> Flags:
    """Return, (fits, cells), the cells that contain no empty term; ``empty`` (fits, terms)."""
    opened = np.ones((len(empty), terms.within.shape[1]), dtype=bool)
    some = np.flatnonzero(empty.any(axis=1))
    if len(some):
        opened[some] = empty[some].astype(np.float64) @ terms.within == 0
    opened[:, 0] = False
    return opened


def _groups(used: Flags, opened: Flags) -> Iterator[Ints]:
    """Cut identifiable rows into batches in which all have equally many terms."""
    width = used.sum(axis=1)
    # As in `fits`: parameters can be told apart if an open cell is left that is no term.
    able = np.flatnonzero(width <= opened.sum(axis=1))
    for size in np.unique(width[able]):
        same = able[width[able] == size]
        step = max(16, _AT_ONCE // max(int(size) ** 2, opened.shape[1]))
        for at in range(0, len(same), step):
            yield same[at : at + step]


def _climb(
    terms: Terms, aim: Floats, used: Flags, opened: Flags, theta: Floats, close: float
) -> Heights:
    """Take Newton steps until the last one changes nothing; rows with equally many terms."""
    slots = np.nonzero(used)[1].reshape(len(used), -1)
    aim = np.take_along_axis(aim, slots, axis=1)
    height = np.full(len(used), -np.inf)
    reached = np.zeros(len(used), dtype=bool)
    rows, still = np.arange(len(used)), -1
    for _ in range(MOST_STEPS):
        if len(rows) != still:
            still, goal, mine = len(rows), aim[rows], theta[rows]
            place, single, both = _places(terms, slots[rows])
            gate = opened[rows].astype(np.float64)
        mean = _expected(terms, mine, gate)
        within = at_least(mean)
        gap = goal - within.take(single)
        step = _solved(within.take(both), gap)
        longest = np.abs(step).max(axis=1)
        done = longest < close
        if done.any():
            # Half the square of the last step is what the height still gains by it.
            at = (goal * mine.take(place)).sum(axis=1) - within[:, 0]
            height[rows[done]] = (at + 0.5 * (gap * step).sum(axis=1))[done]
            reached[rows[done]] = True
        short = np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, 1e-300))
        mine.reshape(-1)[place] += step * short[:, None]
        theta[rows] = mine
        rows = rows[~done & np.isfinite(longest)]
        if not len(rows):
            break
    theta = np.where(np.isfinite(theta), theta, 0.0)
    return Heights(theta, height, reached & (np.abs(theta).max(axis=1) < _LARGEST))


def _bracket(terms: Terms, aim: Floats, used: Flags, opened: Flags, theta: Floats) -> Brackets:
    slots = np.nonzero(used)[1].reshape(len(used), -1)
    place, single, both = _places(terms, slots)
    mean = _expected(terms, theta, opened.astype(np.float64))
    within = at_least(mean)
    gap = np.take_along_axis(aim, slots, axis=1) - within.take(single)
    step = np.zeros(theta.shape)
    step.reshape(-1)[place] = _solved(within.take(both), gap)
    share = 1.0 + step @ terms.within
    least = np.where(opened, share, np.inf).min(axis=1)
    moved = mean * share
    upper = (moved * np.log(np.maximum(moved, 1e-300))).sum(axis=1) - aim[:, 0]
    longest = np.maximum(np.abs(step).max(axis=1), 1e-300)
    after = theta + step * np.minimum(1.0, _LONGEST_STEP / longest)[:, None]
    lower = (np.where(used, aim, 0.0) * after).sum(axis=1)
    lower -= _expected(terms, after, opened.astype(np.float64)).sum(axis=1)
    return Brackets(
        np.where(np.isfinite(after), after, theta),
        np.where(np.isfinite(lower), lower, -np.inf),
        np.where(least >= 0, upper, np.inf),
        # From beyond, counts are within the rounding of 0 and their sign proves nothing.
        (least > POSITIVE) & np.isfinite(lower) & (np.abs(theta).max(axis=1) < _LARGEST),
    )


def _expected(terms: Terms, theta: Floats, gate: Floats) -> Floats:
    mean = theta @ terms.within
    np.minimum(mean, 700.0, out=mean)
    np.exp(mean, out=mean)
    mean *= gate
    return np.asarray(mean)


def _places(terms: Terms, slots: Ints) -> tuple[Ints, Ints, Ints]:
    """Return where, in flat tables, each parameter, each term and the union of each two are."""
    rows = np.arange(len(slots))[:, None]
    mine = terms.cells[slots]
    both = mine[:, :, None] | mine[:, None, :]
    both += (rows * terms.within.shape[1])[:, :, None]
    return slots + rows * len(terms.cells), mine + rows * terms.within.shape[1], both


def _solved(curve: Floats, gap: Floats) -> Floats:
    """Solve for each row's step; a row that has no single answer becomes NaN."""
    try:
        return np.asarray(np.linalg.solve(curve, gap[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:
        if len(curve) == 1:
            return np.full(gap.shape, np.nan)
        half = len(curve) // 2
        return np.concatenate(
            [_solved(curve[:half], gap[:half]), _solved(curve[half:], gap[half:])]
        )
