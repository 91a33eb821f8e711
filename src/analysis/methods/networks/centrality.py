"""Networks in; how central each node is, by a named measure, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from analysis.errors import MethodError
from analysis.methods.networks.network import (
    Network,
    adjacency,
    graph,
    require_size,
    weights,
)
from analysis.methods.networks.structure import require_ties
from analysis.methods.scalars import require_one_of

Direction = Literal["in", "out", "both"]


@dataclass(frozen=True, slots=True)
class Scores:
    """A value for each node, in the order of the network's nodes."""

    measure: str
    nodes: tuple[str, ...]
    values: tuple[float, ...]


def degree(given: Network, direction: Direction = "both") -> Scores:
    """Count each node's ties: received ("in"), sent ("out") or with either ("both").

    "both" counts partners in an undirected network, and in- plus out-ties in a directed.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> degree(network("abc", [("a", "b"), ("c", "b")]), "in").values
    (0.0, 2.0, 0.0)
    """
    return _sums(given, "degree", direction, weighted=False)


def strength(given: Network, direction: Direction = "both") -> Scores:
    """Add up the weights of each node's ties, such as the persons referred.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> strength(network("abc", [("a", "b", 3), ("c", "b", 4)]), "in").values
    (0.0, 7.0, 0.0)
    """
    return _sums(given, "strength", direction, weighted=True)


def betweenness(given: Network, *, normalised: bool = True) -> Scores:
    """Add up, over pairs of other nodes, the share of shortest paths through each node.

    Paths follow directions; each tie is one step, whatever its weight.

    Parameters
    ----------
    given : Network
        With or without directions.
    normalised : bool
        As share of the pairs of other nodes (0-1), else their number.

    Raises
    ------
    MethodError
        If there are fewer than three nodes.

    References
    ----------
    Freeman (1977), Sociometry 40, 35-41; Brandes (2001), Journal of Mathematical
    Sociology 25, 163-177.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> betweenness(network("abc", [("a", "b"), ("b", "c")]), normalised=False).values
    (0.0, 1.0, 0.0)
    """
    import networkx as nx

    require_size("betweenness", given, 3)
    found = nx.betweenness_centrality(graph(given), normalized=normalised)
    return _scores(given, "betweenness", [found[i] for i in range(len(given))])


def closeness(given: Network, direction: Literal["in", "out"] = "in") -> Scores:
    """Return how near the others are, by Wasserman & Faust for networks that fall apart.

    The share of others that are reached times the inverse of their mean distance; 0 for an
    isolate. "in": steps from the others to the node; "out": from the node to the others.

    Raises
    ------
    MethodError
        If there are fewer than two nodes.

    References
    ----------
    Wasserman & Faust (1994), Social Network Analysis, section 5.3.1.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> closeness(network("abc", [("a", "b")])).values
    (0.0, 0.5, 0.0)
    """
    import networkx as nx

    made = graph(given)
    require_one_of("closeness", "direction", direction, ("in", "out"))
    turned = made.reverse() if given.directed and direction == "out" else made
    found = nx.closeness_centrality(turned, wf_improved=True)
    return _scores(given, "closeness", [found[i] for i in range(len(given))])


def eigenvector(given: Network) -> Scores:
    """Score each node by the scores of its partners; the highest is 1.

    Raises
    ------
    MethodError
        If the network is directed (take `undirected`) or has no tie; if two parts are
        equally strong, as the scores of one against the other are then arbitrary.

    References
    ----------
    Bonacich (1972), Journal of Mathematical Sociology 2, 113-120.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> found = eigenvector(network("abc", [("a", "b"), ("b", "c")], directed=False))
    >>> [round(value, 3) for value in found.values]
    [0.707, 1.0, 0.707]
    """
    if given.directed:
        raise MethodError(
            "eigenvector: the ties have a direction, along which scores may vanish. "
            "Take undirected(network)."
        )
    require_ties("eigenvector", given)
    values, vectors = np.linalg.eigh(adjacency(given))
    if values[-1] - values[-2] < 1e-9 * values[-1]:
        raise MethodError(
            "eigenvector: two parts of the network are equally strong. Score each part by itself."
        )
    main = np.abs(vectors[:, -1])
    # Nodes outside the strongest part score 0, of which the solver leaves a trace.
    main[main < 1e-12] = 0.0
    return _scores(given, "eigenvector", (main / main.max()).tolist())


def _sums(given: Network, what: str, direction: Direction, *, weighted: bool) -> Scores:
    require_one_of(what, "direction", direction, get_args(Direction))
    ties = weights(given) if weighted else adjacency(given)
    received, sent = ties.sum(axis=0), ties.sum(axis=1)
    if not given.directed:
        return _scores(given, what, sent.tolist())
    found = {"in": received, "out": sent, "both": received + sent}[direction]
    name = what if direction == "both" else f"{direction}_{what}"
    return _scores(given, name, found.tolist())


def _scores(given: Network, measure: str, values: list[float]) -> Scores:
    return Scores(measure, given.nodes, tuple(float(value) for value in values))
