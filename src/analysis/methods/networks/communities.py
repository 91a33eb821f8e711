"""Networks in; groups of nodes with more ties inside than chance would give, out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.networks.network import Network, graph, undirected, weights
from analysis.methods.networks.structure import require_ties
from analysis.methods.scalars import require_one_of

MOST_EXACT_NODES = 20
"""Most nodes with ties for an exact search: about a second, with 30 sometimes over a minute."""

MOST_SECONDS = 60.0
"""Time that an exact search may take."""

ROUNDS = 20
"""Louvain searches from different orders of nodes, of which the best is kept."""

Search = Literal["louvain", "greedy", "exact"]


@dataclass(frozen=True, slots=True)
class Communities:
    """Groups of nodes (largest first) and their modularity; isolates stand alone.

    ``proven`` says whether no other grouping has a higher modularity.
    """

    groups: tuple[tuple[str, ...], ...]
    modularity: float
    search: Search
    proven: bool


def modularity(given: Network, groups: Iterable[Iterable[object]]) -> float:
    """Return the share of weight inside groups less the share expected by chance.

    Directions are left aside: the weights of both are added.

    Raises
    ------
    MethodError
        If the groups do not hold each node once, or there is no tie.

    References
    ----------
    Newman (2004), Physical Review E 70, 056131.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> modularity(network("abcd", [("a", "b"), ("c", "d")]), ["ab", "cd"])
    0.5
    """
    require_ties("modularity", given)
    listed = [group if isinstance(group, Iterable) else (group,) for group in groups]
    members = [[str(node) for node in group] for group in listed]
    if sorted(name for group in members for name in group) != sorted(given.nodes):
        raise MethodError(
            f"modularity: the groups do not hold each of {len(given)} nodes once. Complete them."
        )
    place = {name: i for i, name in enumerate(given.nodes)}
    code = np.empty(len(given), dtype=np.int64)
    for number, group in enumerate(members):
        code[[place[name] for name in group]] = number
    return float(_gains(given)[code[:, None] == code].sum())


def communities(
    given: Network, *, search: Search = "louvain", rng: np.random.Generator | int = 1
) -> Communities:
    """Search the grouping of nodes with the highest modularity.

    Parameters
    ----------
    given : Network
        Directions are left aside; weights count.
    search : {"louvain", "greedy", "exact"}
        Best of ``ROUNDS`` Louvain searches; greedy merging; or a proof by integer
        programming, for up to ``MOST_EXACT_NODES`` nodes with ties.
    rng : Generator or int
        Order of nodes in Louvain searches.

    Raises
    ------
    MethodError
        If there is no tie; if an exact search has too many nodes or takes too long.

    References
    ----------
    Blondel et al. (2008), J. Stat. Mech. P10008; Clauset, Newman & Moore (2004), Physical
    Review E 70, 066111; Brandes et al. (2008), IEEE TKDE 20, 172-188 (exact).

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> communities(network("abcd", [("a", "b"), ("c", "d")])).groups
    (('a', 'b'), ('c', 'd'))
    """
    require_ties("communities", given)
    require_one_of("communities", "search", search, get_args(Search))
    merged = undirected(given)
    if search == "exact":
        found = _exact(merged)
    elif search == "greedy":
        from networkx.algorithms.community import greedy_modularity_communities

        found = [set(group) for group in greedy_modularity_communities(graph(merged), "weight")]
    else:
        found = _louvain(merged, checked.generator("communities", rng))
    ordered = sorted((tuple(sorted(group)) for group in found), key=lambda g: (-len(g), g))
    groups = tuple(tuple(given.nodes[i] for i in group) for group in ordered)
    return Communities(groups, modularity(given, groups), search, search == "exact")


def _gains(given: Network) -> Floats:
    """Return what each ordered pair adds to modularity if grouped together, shape (n, n)."""
    both = weights(given) + weights(given).T
    total, strength = both.sum(), both.sum(axis=0)
    gains: Floats = both / total - np.outer(strength, strength) / total**2
    return gains


def _louvain(merged: Network, chance: np.random.Generator) -> list[set[int]]:
    from networkx.algorithms.community import louvain_communities
    from networkx.algorithms.community import modularity as gained

    made = graph(merged)
    seeds = chance.integers(2**31, size=ROUNDS).tolist()
    found = [louvain_communities(made, weight="weight", seed=seed) for seed in seeds]
    best: list[set[int]] = max(found, key=lambda groups: gained(made, groups, weight="weight"))
    return best


def _exact(merged: Network) -> list[set[int]]:
    """Group by integer programming: a variable a pair, and three conditions a triple.

    If two pairs of a triple are grouped, so is the third. Nodes without ties gain
    nothing by any group and are left alone.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    tied = sorted({node for i, j, _ in merged.ties for node in (i, j)})
    if len(tied) > MOST_EXACT_NODES:
        raise MethodError(
            f"communities: {len(tied)} nodes with ties, at most {MOST_EXACT_NODES} are searched "
            "exactly. Use search='louvain'."
        )
    gains = _gains(merged)
    pair = {two: k for k, two in enumerate(combinations(tied, 2))}
    triples = np.array(
        [(pair[a, b], pair[b, c], pair[a, c]) for a, b, c in combinations(tied, 3)], dtype=np.int64
    ).reshape(-1, 3)
    columns = np.repeat(triples, 3, axis=0).ravel()
    signs = np.tile((1 - 2 * np.eye(3)).ravel(), len(triples))
    rows = np.repeat(np.arange(3 * len(triples)), 3)
    shape = (3 * len(triples), len(pair))
    closed = LinearConstraint(coo_array((signs, (rows, columns)), shape).tocsr(), ub=1.0)
    found = milp(
        -np.array([gains[two] for two in pair]),
        integrality=np.ones(len(pair), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=[closed] if len(triples) else [],
        options={"time_limit": MOST_SECONDS, "mip_rel_gap": 0.0},
    )
    if found.status != 0:
        raise MethodError(
            f"communities: no proof within {MOST_SECONDS:.0f} seconds. Use search='louvain'."
        )
    return _joined(len(merged), [two for two, k in pair.items() if found.x[k] > 0.5])


def _joined(size: int, pairs: list[tuple[int, int]]) -> list[set[int]]:
    import networkx as nx

    made = nx.Graph()
    made.add_nodes_from(range(size))
    made.add_edges_from(pairs)
    return [set(group) for group in nx.connected_components(made)]
