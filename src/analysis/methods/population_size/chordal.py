"""Number of lists in, every decomposable graph between them out.

Lists are the vertices, and two lists without an edge are independent given the others. A
graph is decomposable (chordal) if its vertices can be taken away one by one, each of them
with neighbours that are all neighbours of each other. The joint probability is then the
product, over the vertices, of the margin of a vertex with its neighbours, divided by the
margin of the neighbours.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Ints

Signs = npt.NDArray[np.int8]


@lru_cache(maxsize=4)
def margins_of_graphs(lists: int) -> Signs:
    """Return how often each graph multiplies (+) or divides (-) by the margin of some lists.

    Parameters
    ----------
    lists : int
        Number of lists; 3, 4, 5, 6 have 8, 61, 822, 18,154 graphs.

    Returns
    -------
    array (graphs, 2**lists)
        Above 0: a clique; below 0: what cliques share. A set of lists is a number whose bit
        *i* says whether list *i* is in it; the empty set, whose margin is 1, is left at 0.
    """
    near = _neighbours(lists)
    graphs = len(near)
    left = np.full(graphs, (1 << lists) - 1, dtype=np.int64)
    signs = np.zeros((graphs, 1 << lists), dtype=np.int8)
    for _ in range(lists):
        gone = np.zeros(graphs, dtype=bool)
        for vertex in range(lists):
            mine = near[:, vertex] & left
            can = ((left >> vertex) & 1 == 1) & ~gone & _all_joined(mine, near)
            rows = np.flatnonzero(can)
            signs[rows, mine[rows] | (1 << vertex)] += 1
            signs[rows, mine[rows]] -= 1
            left[rows] &= ~(1 << vertex)
            gone |= can
    signs[:, 0] = 0
    found: Signs = signs[left == 0]
    found.setflags(write=False)
    return found


def cliques(signs: Signs) -> tuple[int, ...]:
    """Return the cliques of one graph, as sets of lists, those of one list included."""
    return tuple(int(one) for one in np.flatnonzero(signs > 0))


def _neighbours(lists: int) -> Ints:
    """Return the neighbours of each vertex in each of the graphs, shape (graphs, lists)."""
    edges = list(combinations(range(lists), 2))
    graph = np.arange(1 << len(edges), dtype=np.int64)
    near = np.zeros((len(graph), lists), dtype=np.int64)
    for place, (one, other) in enumerate(edges):
        there = (graph >> place) & 1
        near[:, one] |= there << other
        near[:, other] |= there << one
    return near


def _all_joined(chosen: Ints, near: Ints) -> npt.NDArray[np.bool_]:
    """Return in which graphs the chosen vertices are all neighbours of each other."""
    joined = np.ones(len(chosen), dtype=bool)
    for vertex in range(near.shape[1]):
        others = chosen & ~(1 << vertex)
        joined &= ((chosen >> vertex) & 1 == 0) | (others & ~near[:, vertex] == 0)
    return joined
