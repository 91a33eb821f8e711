"""A table, a model and assumed dependences in; the hidden part under each assumption out.

An assumed interaction multiplies the expected count of every cell that contains it by a known
number: in logarithms, an offset. The parameters are fitted again beside it, and the hidden part
is again exp(constant), as cell 0 contains nothing. Whether a finite maximum exists depends on
the counts and the model alone, so it exists for every assumption or for none.
"""

from __future__ import annotations

import numpy as np

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.tables import at_least

_MOST_STEPS = 200
_CLOSE = 1e-10
_MOST_HALVINGS = 40


def hidden_under(counts: Ints, terms: Ints, offsets: Floats, start: Floats) -> Floats:
    """Return the expected number on no list under each assumption.

    Parameters
    ----------
    counts : array (cells,)
        Cases by cell; cell 0 is ignored.
    terms : array (terms,)
        Combinations in the model, 0 (the constant) first; those that nobody is on are dropped
        with their cells (extended maximum likelihood).
    offsets : array (assumptions, cells)
        Logarithm of what each cell's expected count is multiplied by; 0 for cell 0.
    start : array (terms,)
        Parameters without an assumption; what is not finite is dropped.

    Returns
    -------
    array (assumptions,)
        NaN where no maximum was found.
    """
    seen = at_least(counts.astype(np.float64))[terms]
    kept = seen > 0
    kept[0] = True
    cells = np.arange(1, len(counts))
    inside = (cells[:, None] & terms[None, :]) == terms[None, :]
    opened = ~inside[:, ~kept].any(axis=1)
    design = inside[opened][:, kept].astype(np.float64)
    found = counts[1:][opened].astype(np.float64)
    theta = np.repeat(start[kept][None, :], len(offsets), axis=0)
    return _climbed(design, found, offsets[:, 1:][:, opened], theta)


def _climbed(design: Floats, found: Floats, offsets: Floats, theta: Floats) -> Floats:
    """Take Newton steps, halved where the likelihood would fall; it has a single maximum."""
    hidden = np.full(len(offsets), np.nan)
    rows = np.arange(len(offsets))
    height = _height(design, found, offsets, theta)
    for _ in range(_MOST_STEPS):
        mean = np.exp(np.minimum(theta[rows] @ design.T + offsets[rows], 700.0))
        curve = np.einsum("rc,ci,cj->rij", mean, design, design, optimize=True)
        gap = (found - mean) @ design
        try:
            step = np.linalg.solve(curve, gap[:, :, None])[:, :, 0]
        except np.linalg.LinAlgError:
            break
        done = np.abs(step).max(axis=1) < _CLOSE
        hidden[rows[done]] = np.exp(theta[rows[done], 0])
        rows, step = rows[~done], step[~done]
        if not len(rows):
            break
        theta[rows], height[rows] = _uphill(
            design, found, offsets[rows], theta[rows], step, height[rows]
        )
    return hidden


def _uphill(
    design: Floats, found: Floats, offsets: Floats, theta: Floats, step: Floats, height: Floats
) -> tuple[Floats, Floats]:
    length = np.ones(len(theta))
    for _ in range(_MOST_HALVINGS):
        new = theta + length[:, None] * step
        reached = _height(design, found, offsets, new)
        # Near the top the gain is below what the sum can hold.
        falls = reached < height - 1e-9 * np.abs(height)
        if not falls.any():
            break
        length[falls] /= 2
    return new, reached


def _height(design: Floats, found: Floats, offsets: Floats, theta: Floats) -> Floats:
    """Return the log-likelihood but for constants."""
    logs = theta @ design.T + offsets
    return np.asarray(logs @ found - np.exp(np.minimum(logs, 700.0)).sum(axis=1))
