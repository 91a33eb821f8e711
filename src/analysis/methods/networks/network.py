"""A fixed list of nodes and ties between them in; a network that methods may use out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.scalars import is_there

FEWEST_NODES = 15
"""Fewest nodes for a test; smaller networks are described (our rule)."""


@dataclass(frozen=True, slots=True)
class Network:
    """Ties among a fixed list of nodes, each listed once.

    ``ties`` holds (sender, receiver, weight) by place in ``nodes``, ascending; in an
    undirected network the smaller place first.
    """

    nodes: tuple[str, ...]
    ties: tuple[tuple[int, int, float], ...]
    directed: bool

    def __len__(self) -> int:
        return len(self.nodes)


def network(
    nodes: Iterable[object],
    ties: Iterable[tuple[object, object] | tuple[object, object, float]],
    *,
    directed: bool = True,
) -> Network:
    """Make a network of every node that could have had a tie, and the ties that were seen.

    The list of nodes is the boundary of the study and must be fixed before ties are read:
    an organisation that refers nobody belongs to it, and leaving it out raises density.

    Parameters
    ----------
    nodes : iterable
        Names of all nodes, isolates included; two or more.
    ties : iterable of (sender, receiver) or (sender, receiver, weight)
        Weight above 0, such as the number of referrals; 1 if left out. It counts in
        strengths, modularity and the QAP correlation; elsewhere a tie is there or not.
    directed : bool
        False where a tie has no direction (joint meetings).

    Raises
    ------
    MethodError
        If a node is named twice; if ties touch a node not in the list, join a node with
        itself, stand twice, or have a weight that is no number above 0.

    Examples
    --------
    >>> network(["police", "shelter", "union"], [("police", "shelter", 12)]).ties
    ((0, 1, 12.0),)
    """
    listed = tuple(nodes)
    missing = sum(not is_there(node) or str(node) == "" for node in listed)
    if missing:
        raise MethodError(
            f"network: {missing} of {len(listed)} nodes have no name. Name each, or leave it out."
        )
    names = tuple(map(str, listed))
    place = {name: i for i, name in enumerate(names)}
    twice = len(names) - len(place)
    if twice or len(names) < 2:
        raise MethodError(
            f"network: {len(names)} nodes, of which {twice} stand more than once; 2 different "
            "ones are needed. List every node of the study once, with or without ties."
        )
    rows = [_row(tie) for tie in ties]
    strange = sum(tie[0] not in place or tie[1] not in place for tie in rows)
    if strange:
        raise MethodError(
            f"network: {strange} of {len(rows)} ties touch a node that is not in the list. "
            "Complete the list of nodes, or correct the names."
        )
    pairs = [(place[sender], place[receiver]) for sender, receiver, _ in rows]
    if not directed:
        pairs = [(min(pair), max(pair)) for pair in pairs]
    _require_simple(pairs)
    weights = _weights([weight for _, _, weight in rows])
    found = sorted((i, j, w) for (i, j), w in zip(pairs, weights, strict=True))
    return Network(names, tuple(found), directed)


def undirected(given: Network) -> Network:
    """Merge ties of both directions, adding their weights.

    Examples
    --------
    >>> undirected(network("ab", [("a", "b", 2), ("b", "a", 3)])).ties
    ((0, 1, 5.0),)
    """
    total: dict[tuple[int, int], float] = {}
    for i, j, weight in given.ties:
        pair = (min(i, j), max(i, j))
        total[pair] = total.get(pair, 0.0) + weight
    ties = tuple((i, j, weight) for (i, j), weight in sorted(total.items()))
    return Network(given.nodes, ties, directed=False)


def weights(given: Network) -> Floats:
    """Return the matrix of weights, senders in rows, shape (n, n); symmetric if undirected."""
    found = np.zeros((len(given), len(given)))
    for i, j, weight in given.ties:
        found[i, j] = weight
        if not given.directed:
            found[j, i] = weight
    return found


def adjacency(given: Network) -> Floats:
    """Return 1 where a tie is and 0 elsewhere, shape (n, n)."""
    return (weights(given) > 0).astype(np.float64)


def graph(given: Network) -> Any:
    """Return the network as networkx has it, nodes by place, with ``weight`` on the ties."""
    import networkx as nx

    made = nx.DiGraph() if given.directed else nx.Graph()
    made.add_nodes_from(range(len(given)))
    made.add_weighted_edges_from(given.ties)
    return made


def require_size(method: str, given: Network, fewest: int) -> None:
    """Refuse a network too small for a method.

    Raises
    ------
    MethodError
        If it has fewer nodes.
    """
    if len(given) < fewest:
        raise MethodError(
            f"{method}: {len(given)} nodes, {fewest} are needed. Describe the network: "
            "print its ties, density and degrees."
        )


def _row(tie: tuple[Any, ...]) -> tuple[str, str, Any]:
    if not isinstance(tie, tuple | list) or len(tie) not in (2, 3):
        raise MethodError("network: a tie is no pair of nodes. Give (sender, receiver, weight).")
    return str(tie[0]), str(tie[1]), tie[2] if len(tie) == 3 else 1.0


def _require_simple(pairs: list[tuple[int, int]]) -> None:
    own = sum(i == j for i, j in pairs)
    if own:
        raise MethodError(
            f"network: {own} of {len(pairs)} ties join a node with itself. "
            "Leave them out: no method here counts them."
        )
    twice = len(pairs) - len(set(pairs))
    if twice:
        raise MethodError(
            f"network: {twice} of {len(pairs)} ties stand more than once. "
            "Add up their weights before."
        )


def _weights(given: list[Any]) -> list[float]:
    if not given:
        return []
    found = checked.exposures("network", "weights", given, length=len(given))
    return [float(weight) for weight in found]
