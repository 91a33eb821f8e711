"""A smooth log density over the number unseen in, a grid that holds all of its mass out.

Each whole number counts by itself as far as `SINGLE`; beyond, blocks on a logarithmic scale
stand for all whole numbers in them (Gauss-Legendre quadrature). Blocks are halved where the
density bends, so that neither a narrow peak nor a long tail depends on a step that somebody
has to choose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.methods.checked import Floats

SINGLE = 64
NODES = 5
"""In each block: exact for polynomials to degree 9."""
MOST_BEND = 1.0
"""Largest range of the log density within a block that matters."""
MATTERS = 25.0
"""A block whose log mass is this far below the greatest (share 1e-11) is not halved."""
MOST_ROUNDS = 40

_AT, _WEIGHT = np.polynomial.legendre.leggauss(NODES)


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers of persons unseen, and for how many whole numbers each of them stands.

    Attributes
    ----------
    unseen : array (nodes,)
        1 to `SINGLE`, then `NODES` in each block; increasing.
    stands_for : array (nodes,)
    edges : array (blocks + 1,)
        Logarithms of the ends of the blocks.
    """

    unseen: Floats
    stands_for: Floats
    edges: Floats


def grid_for(log_density: Callable[[Floats], Floats], end: float) -> Grid:
    """Return a grid from 1 to ``end`` that is as fine as a log density needs it.

    Parameters
    ----------
    log_density : function of array (m,)
        Of the number unseen; up to a constant; smooth beyond `SINGLE`.
    end : float
        Largest number unseen.
    """
    singles = np.arange(1.0, SINGLE + 1)
    first = np.log(SINGLE + 0.5)
    edges = np.linspace(first, np.log(end), int(np.ceil(np.log(end) - first)) + 1)
    low, high = edges[:-1], edges[1:]
    values = _on_blocks(log_density, low, high)
    alone = float(np.max(log_density(singles)))
    for _ in range(MOST_ROUNDS):
        bent = values.max(axis=1) - values.min(axis=1) > MOST_BEND
        mass = values.max(axis=1) + np.log(high - low)
        wide = np.exp(high) - np.exp(low) > NODES
        halved = bent & wide & (mass > max(float(mass.max()), alone) - MATTERS)
        if not halved.any():
            break
        middle = (low[halved] + high[halved]) / 2
        more = np.concatenate([low[halved], middle]), np.concatenate([middle, high[halved]])
        values = np.concatenate([values[~halved], _on_blocks(log_density, *more)])
        low = np.concatenate([low[~halved], more[0]])
        high = np.concatenate([high[~halved], more[1]])
    edges = np.append(np.sort(low), np.log(end))
    unseen, stands_for = _nodes(edges[:-1], edges[1:])
    return Grid(
        np.concatenate([singles, unseen.ravel()]),
        np.concatenate([np.ones(SINGLE), stands_for.ravel()]),
        edges,
    )


def quantile(grid: Grid, mass: Floats, share: float) -> float:
    """Return the smallest number unseen up to which at least ``share`` of the mass lies.

    ``mass`` has shape (nodes,) and adds up to 1.
    """
    upto = np.cumsum(mass[:SINGLE])
    if share <= upto[-1]:
        return float(np.searchsorted(upto, share) + 1)
    blocks = mass[SINGLE:].reshape(-1, NODES)
    ends = upto[-1] + np.cumsum(blocks.sum(axis=1))
    block = min(int(np.searchsorted(ends, share)), len(blocks) - 1)
    before = ends[block] - blocks[block].sum()
    places, within = _cumulated(blocks[block])
    at = float(np.interp(share - before, within, places))
    low, high = grid.edges[block], grid.edges[block + 1]
    # A whole number m stands for m - 1/2 to m + 1/2 of the smooth density.
    return float(np.ceil(np.exp(low + (at + 1) / 2 * (high - low)) - 0.5))


def _on_blocks(log_density: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return the log density per unit of the logarithm, shape (blocks, nodes)."""
    unseen, _ = _nodes(low, high)
    flat = unseen.ravel()
    return np.asarray((log_density(flat) + np.log(flat)).reshape(unseen.shape))


def _nodes(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the nodes of blocks and for how many whole numbers each stands."""
    half = (high - low)[:, None] / 2
    unseen = np.exp((low + high)[:, None] / 2 + half * _AT)
    return unseen, half * _WEIGHT * unseen


def _cumulated(mass: Floats) -> tuple[Floats, Floats]:
    """Return places in a block (-1 to 1) and the mass up to each, from its nodes' masses."""
    from numpy.polynomial import legendre

    degree = np.arange(NODES)
    basis = legendre.legvander(_AT, NODES - 1)
    series = (2 * degree + 1) / 2 * (mass @ basis)
    places = np.linspace(-1, 1, 257)
    return places, np.asarray(legendre.legval(places, legendre.legint(series, lbnd=-1)))
