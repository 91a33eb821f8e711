"""Networks in; how dense, mutual, centralised and closed they are, out.

Each figure is computed for many networks at once, shape (draws, n, n), because tests and
sensitivity analyses ask for the same figures of thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.networks.network import Network, adjacency, graph, require_size
from analysis.methods.scalars import require_one_of

Statistic = Literal[
    "density",
    "edgewise_reciprocity",
    "dyadic_reciprocity",
    "degree_centralisation",
    "in_degree_centralisation",
    "out_degree_centralisation",
    "transitivity",
]

_ONE_WAY = ("edgewise_reciprocity", "dyadic_reciprocity", "in_degree_centralisation",
            "out_degree_centralisation")  # fmt: skip

Centralised = Literal["degree", "in_degree", "out_degree", "betweenness"]
Ties = npt.NDArray[np.float32] | Floats


@dataclass(frozen=True, slots=True)
class Reciprocity:
    """How far ties are returned, by both definitions, and the pairs of nodes behind them.

    ``edgewise``: share of ties that are returned. ``dyadic``: share of tied pairs that are
    tied both ways (``dyadic.nonnull`` in R's sna, whose ``dyadic`` counts empty pairs too).
    """

    edgewise: float
    dyadic: float
    mutual_pairs: int
    one_way_pairs: int
    empty_pairs: int


@dataclass(frozen=True, slots=True)
class Distances:
    """Steps between nodes: mean and longest over pairs that reach each other, and the rest.

    Pairs are ordered in a directed network, else each counts once.
    """

    mean: float
    longest: int
    reaching_pairs: int
    unreaching_pairs: int


def density(given: Network) -> float:
    """Return the share of possible ties that are there.

    References
    ----------
    Wasserman & Faust (1994), Social Network Analysis, section 4.1.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> round(density(network("abc", [("a", "b"), ("b", "a")])), 3)
    0.333
    """
    return statistic(given, "density")


def reciprocity(given: Network) -> Reciprocity:
    """Count how far ties are returned; print the name of the definition with the figure.

    Raises
    ------
    MethodError
        If the network is undirected (all ties are mutual) or has no tie.

    References
    ----------
    Wasserman & Faust (1994), section 13.3; Hanneman & Riddle (2005), chapter 8.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> found = reciprocity(network("abc", [("a", "b"), ("b", "a"), ("a", "c")]))
    >>> round(found.edgewise, 3), found.dyadic
    (0.667, 0.5)
    """
    edgewise = statistic(given, "edgewise_reciprocity")
    ties = adjacency(given)
    mutual = round(float((ties * ties.T).sum()) / 2)
    one_way = len(given.ties) - 2 * mutual
    pairs = len(given) * (len(given) - 1) // 2
    return Reciprocity(
        edgewise=edgewise,
        dyadic=statistic(given, "dyadic_reciprocity"),
        mutual_pairs=mutual,
        one_way_pairs=one_way,
        empty_pairs=pairs - mutual - one_way,
    )


def centralisation(given: Network, kind: Centralised) -> float:
    """Return Freeman's centralisation: 0 where all nodes are alike, 1 for a star.

    Differences from the most central node, added up, over the most that so many nodes
    allow. "degree" is for undirected networks, "in_degree" and "out_degree" for directed.

    Raises
    ------
    MethodError
        If the kind does not fit the direction, or there are fewer than three nodes.

    References
    ----------
    Freeman (1979), Social Networks 1, 215-239.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> star = network("abcd", [("b", "a"), ("c", "a"), ("d", "a")])
    >>> centralisation(star, "in_degree"), round(centralisation(star, "out_degree"), 3)
    (1.0, 0.111)
    """
    require_one_of("centralisation", "kind", kind, get_args(Centralised))
    if kind == "betweenness":
        from analysis.methods.networks.centrality import betweenness

        scores = np.array(betweenness(given).values)
        return float((scores.max() - scores).sum() / (len(given) - 1))
    return statistic(given, f"{kind}_centralisation")  # type: ignore[arg-type]


def transitivity(given: Network) -> float:
    """Return the share of connected triples that are closed, directions left aside.

    Raises
    ------
    MethodError
        If no node has two neighbours.

    References
    ----------
    Wasserman & Faust (1994), section 6.2; Newman (2003), SIAM Review 45, 167-256.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> transitivity(network("abc", [("a", "b"), ("b", "c"), ("c", "a")]))
    1.0
    """
    return statistic(given, "transitivity")


def distances(given: Network) -> Distances:
    """Measure the steps between nodes along ties, each tie one step.

    Raises
    ------
    MethodError
        If there is no tie.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> found = distances(network("abcd", [("a", "b"), ("b", "c")]))
    >>> found.longest, found.reaching_pairs, found.unreaching_pairs
    (2, 3, 9)
    """
    import networkx as nx

    require_ties("distances", given)
    steps = [
        length
        for i, row in nx.all_pairs_shortest_path_length(graph(given))
        for j, length in row.items()
        if (i != j if given.directed else i < j)
    ]
    pairs = len(given) * (len(given) - 1) // (1 if given.directed else 2)
    return Distances(float(np.mean(steps)), max(steps), len(steps), pairs - len(steps))


def statistic(given: Network, name: Statistic) -> float:
    """Return one figure of one network.

    Raises
    ------
    MethodError
        If the figure does not fit the direction, or has no value for this network.
    """
    require_fitting(given, name)
    found = float(statistics(adjacency(given)[None], name)[0])
    if np.isnan(found):
        raise MethodError(
            f"{name}: there are not enough ties for it to have a value. Report their number."
        )
    return found


def fitting(given: Network) -> tuple[Statistic, ...]:
    """Return the figures that fit the network's direction and have a value for it."""
    found: list[Statistic] = []
    for name in get_args(Statistic):
        try:
            statistic(given, name)
        except MethodError:
            continue
        found.append(name)
    return tuple(found)


def statistics(ties: Ties, name: Statistic) -> Floats:
    """Return one figure of many networks given as 0 and 1, shape (draws, n, n).

    NaN where it has no value: reciprocity without ties, transitivity without triples.
    """
    n = ties.shape[-1]
    if name == "transitivity":
        return _closed(ties)
    if name in ("edgewise_reciprocity", "dyadic_reciprocity"):
        return _returned(ties, edgewise=name == "edgewise_reciprocity")
    if name == "density":
        share: Floats = _total(ties) / (n * (n - 1))
        return share
    degree = ties.sum(axis=1 if name == "in_degree_centralisation" else 2).astype(np.float64)
    most = (n - 1) * (n - 2) if name == "degree_centralisation" else (n - 1) ** 2
    apart: Floats = (n * degree.max(axis=1) - degree.sum(axis=1)) / most
    return apart


def require_fitting(given: Network, name: Statistic) -> None:
    """Refuse a figure that does not fit the direction or size of the network.

    Raises
    ------
    MethodError
        If it needs directed ties and these have none, or the reverse, or 3 nodes.
    """
    require_one_of("networks", "figure", name, get_args(Statistic))
    require_size(name, given, 3 if name.endswith("centralisation") else 2)
    if name in _ONE_WAY and not given.directed:
        raise MethodError(f"{name}: the ties have no direction. Use another figure.")
    if name == "degree_centralisation" and given.directed:
        raise MethodError(
            f"{name}: the ties have a direction. Name in_degree or out_degree, or take "
            "undirected(network)."
        )


def require_ties(method: str, given: Network) -> None:
    """Refuse an empty network.

    Raises
    ------
    MethodError
        If it has no tie.
    """
    if not given.ties:
        raise MethodError(
            f"{method}: none of the {len(given)} nodes has a tie. Report that; it needs no method."
        )


def _total(ties: Ties) -> Floats:
    """Count ties; sums of 0 and 1 are exact in either precision, quotients are not."""
    return np.asarray(ties.sum(axis=(1, 2)), dtype=np.float64)


def _returned(ties: Ties, *, edgewise: bool) -> Floats:
    mutual, total = np.einsum("bij,bji->b", ties, ties).astype(np.float64), _total(ties)
    with np.errstate(invalid="ignore"):
        share: Floats = mutual / total if edgewise else mutual / (2 * total - mutual)
    return share


def _closed(ties: Ties) -> Floats:
    both = np.maximum(ties, ties.transpose(0, 2, 1))
    degree = both.sum(axis=1).astype(np.float64)
    closed = np.einsum("bij,bij->b", both @ both, both).astype(np.float64)
    with np.errstate(invalid="ignore"):
        share: Floats = closed / (degree * (degree - 1)).sum(axis=1)
    return share
