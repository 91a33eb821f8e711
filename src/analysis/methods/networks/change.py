"""Two networks of the same nodes in; how alike they are and whether a figure changed, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.networks.network import (
    FEWEST_NODES,
    Network,
    adjacency,
    require_size,
    weights,
)
from analysis.methods.networks.structure import Statistic, require_ties, statistic, statistics
from analysis.methods.scalars import require_draws, require_one_of

MOST_CELLS = 4_000_000
"""Cells of networks held at once (16 MB)."""

Unit = Literal["sender", "pair"]


@dataclass(frozen=True, slots=True)
class QapCorrelation:
    """Correlation of the cells of two networks, and how often shuffled nodes reach it.

    ``p_at_least``: as high or higher; ``p``: as far from 0. Both (1 + k) / (1 + draws).
    """

    correlation: float
    p_at_least: float
    p: float
    draws: int


@dataclass(frozen=True, slots=True)
class NetworkChange:
    """A figure before and after, its change, and p = (1 + k) / (1 + draws), two-sided."""

    statistic: Statistic
    before: float
    after: float
    change: float
    p: float
    draws: int
    unit: Unit


def qap_correlation(
    before: Network,
    after: Network,
    *,
    rng: np.random.Generator | int,
    draws: int = 100_000,
    weighted: bool = True,
) -> QapCorrelation:
    """Correlate two networks cell by cell, and shuffle the nodes of one (QAP).

    Shuffling nodes keeps each network's form and breaks only who is who, so that cells
    of one row or column may depend on each other. It tests *likeness*: a small p says the
    same nodes are tied; it says nothing of change (use `change_test`).

    Parameters
    ----------
    before, after : Network
        Over the same nodes in the same order.
    rng : Generator or int
        Source of the draws, or its seed.
    draws : int
        Shuffles, 99 or more.
    weighted : bool
        Correlate weights, else ties as 0 and 1.

    Raises
    ------
    MethodError
        If nodes or directions differ; with fewer than ``FEWEST_NODES`` nodes; if a
        network has all cells equal.

    References
    ----------
    Krackhardt (1988), Social Networks 10, 359-381; Hubert & Schultz (1976), British
    Journal of Mathematical and Statistical Psychology 29, 190-241.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> ring = network(range(15), [(i, (i + 1) % 15) for i in range(15)])
    >>> found = qap_correlation(ring, ring, rng=1, draws=999)
    >>> round(found.correlation, 6), found.p
    (1.0, 0.001)
    """
    _require_pair("qap_correlation", before, after, draws)
    chance = checked.generator("qap_correlation", rng)
    first, later = (weights(one) if weighted else adjacency(one) for one in (before, after))
    n, off = len(before), ~np.eye(len(before), dtype=bool)
    if np.ptp(first[off]) == 0 or np.ptp(later[off]) == 0:
        raise MethodError(
            "qap_correlation: in one network all cells are equal, so nothing can vary together. "
            "Report the two densities."
        )
    mean, spread = first[off].mean() * later[off].mean(), first[off].std() * later[off].std()
    senders, receivers = np.nonzero(later)
    tied, cells = later[senders, receivers], n * (n - 1)

    def correlation(nodes: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Floats:
        """Only tied cells add to the sum of products: the rest need not be looked up."""
        product = first.ravel()[nodes[:, senders] * n + nodes[:, receivers]] @ tied
        found: Floats = (product / cells - mean) / spread
        return found

    seen = float(correlation(np.arange(n)[None])[0])
    least = extreme = 0
    for now in _batches(draws, len(tied) + n):
        shuffled = chance.permuted(np.tile(np.arange(n), (now, 1)), axis=1)
        drawn = correlation(shuffled)
        least += int(np.count_nonzero(drawn >= seen - 1e-9))
        extreme += int(np.count_nonzero(np.abs(drawn) >= abs(seen) - 1e-9))
    return QapCorrelation(seen, (1 + least) / (1 + draws), (1 + extreme) / (1 + draws), draws)


def change_test(
    before: Network,
    after: Network,
    name: Statistic,
    *,
    rng: np.random.Generator | int,
    draws: int = 100_000,
    unit: Unit = "sender",
) -> NetworkChange:
    """Test whether a figure changed, by swapping before and after at random (paired).

    If nothing changed, which of a node's two sets of sent ties came first is chance. Half
    of the nodes, drawn anew each time, swap theirs ("sender"); or half of the pairs of
    nodes swap what is between them ("pair"), which takes pairs to be independent of each
    other and so is too sure where nodes act as one. Undirected ties have no sender.

    Parameters
    ----------
    before, after : Network
        Over the same nodes in the same order.
    name : Statistic
        The figure, such as "density" or "in_degree_centralisation".
    rng : Generator or int
        Source of the draws, or its seed.
    draws : int
        Swaps, 99 or more.
    unit : {"sender", "pair"}
        What is swapped as one.

    Raises
    ------
    MethodError
        If nodes or directions differ; with fewer than ``FEWEST_NODES`` nodes; if the
        figure does not fit; for "sender" with undirected ties.

    Notes
    -----
    A draw in which the figure has no value counts as extreme: p can only grow.

    References
    ----------
    Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, chapter 3
    (matched pairs); Snijders & Borgatti (1999), Connections 22(2), 161-170.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> first = network(range(15), [(i, (i + 1) % 15) for i in range(15)])
    >>> later = network(range(15), [(i, (i + k) % 15) for i in range(15) for k in (1, 2)])
    >>> found = change_test(first, later, "density", rng=1, draws=999)
    >>> round(found.change, 3), found.p
    (0.071, 0.001)
    """
    _require_pair("change_test", before, after, draws)
    require_one_of("change_test", "unit", unit, get_args(Unit))
    if unit == "sender" and not before.directed:
        raise MethodError("change_test: undirected ties have no sender. Use unit='pair'.")
    seen = statistic(after, name) - statistic(before, name)
    chance, n = checked.generator("change_test", rng), len(before)
    first = adjacency(before).astype(np.float32)
    move = adjacency(after).astype(np.float32) - first
    extreme = 0
    for now in _batches(draws, 2 * n * n):
        swapped = _swaps(chance, now, n, unit) * move
        drawn = statistics(first + move - swapped, name) - statistics(first + swapped, name)
        extreme += int(np.count_nonzero(~(np.abs(drawn) < abs(seen) - 1e-6)))
    return NetworkChange(
        statistic=name,
        before=statistic(before, name),
        after=statistic(after, name),
        change=seen,
        p=(1 + extreme) / (1 + draws),
        draws=draws,
        unit=unit,
    )


def _swaps(
    chance: np.random.Generator, draws: int, n: int, unit: Unit
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return 1 where the two networks swap a cell, shape (draws, n, 1) or (draws, n, n)."""
    if unit == "sender":
        return chance.integers(2, size=(draws, n, 1), dtype=np.int8).astype(np.float32)
    above = np.triu(chance.integers(2, size=(draws, n, n), dtype=np.int8), 1)
    return (above + above.transpose(0, 2, 1)).astype(np.float32)


def _batches(draws: int, cells: int) -> list[int]:
    size = max(1, MOST_CELLS // cells)
    whole, rest = divmod(draws, size)
    return [size] * whole + ([rest] if rest else [])


def _require_pair(method: str, before: Network, after: Network, draws: int) -> None:
    if before.nodes != after.nodes:
        raise MethodError(
            f"{method}: the two networks have different nodes, or in another order. "
            "Give both the same list, with those that came or went as isolates."
        )
    if before.directed != after.directed:
        raise MethodError(f"{method}: one network is directed. Take undirected(network) of it.")
    require_size(method, before, FEWEST_NODES)
    for one in (before, after):
        require_ties(method, one)
    require_draws(method, draws, 99)
