"""Lists in; who shares cases with whom, by pair and by combination, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.methods.population_size.existence import group_of
from analysis.methods.population_size.result import Group
from analysis.methods.population_size.tables import Lists, at_least, by_size, lists_of, pairs

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Combination:
    """Cases on a combination of lists: ``exactly`` on these and no other; ``at_least`` on all."""

    lists: Group
    exactly: int
    at_least: int


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What the lists have in common.

    Attributes
    ----------
    names : tuple of str
        The lists; ``sizes`` and ``matrix`` stand in their order.
    n : int
        Cases on at least one list.
    sizes : tuple of int
        Cases on each list.
    alone : tuple of int
        Cases on this list and no other.
    matrix : tuple of tuples
        Cases on both lists; a list's size on the diagonal.
    combinations : tuple of Combination
        Combinations that a case is on, the most cases first; equal ones by size, then by list.
    times : tuple of int
        Cases on exactly 1, 2, ... lists.
    pairs_without : tuple of groups
        Pairs that no case is on.
    triples, triples_with : int
        Combinations of three lists there are; and how many of them a case is on. Without any,
        nothing but assumption tells dependence of two lists from a large hidden part.
    """

    names: tuple[str, ...]
    n: int
    sizes: tuple[int, ...]
    alone: tuple[int, ...]
    matrix: tuple[tuple[int, ...], ...]
    combinations: tuple[Combination, ...]
    times: tuple[int, ...]
    pairs_without: tuple[Group, ...]
    triples: int
    triples_with: int


def overlaps(given: pd.DataFrame | Lists) -> Overlaps:
    """Count what lists have in common: the picture to look at before any estimate.

    Parameters
    ----------
    given : DataFrame or Lists
        As `estimate` takes it.

    Returns
    -------
    Overlaps

    Raises
    ------
    MethodError
        If it is no table of lists.

    References
    ----------
    Lex et al. (2014), IEEE Transactions on Visualization and Computer Graphics 20, 1983-1992
    (the picture of combinations by size).

    Examples
    --------
    >>> table = Lists(("police", "shelter"), np.array([0, 30, 20, 5]))
    >>> found = overlaps(table)
    >>> found.matrix, found.times
    (((35, 5), (5, 25)), (50, 5))
    """
    lists = lists_of(given, method="overlaps")
    several = len(lists.names)
    within = at_least(lists.counts.astype(np.float64)).astype(np.int64)
    lone = [1 << place for place in range(several)]
    triples = [cell for cell in by_size(several) if cell.bit_count() == 3]
    captures = np.array([cell.bit_count() for cell in range(len(lists.counts))])
    times = np.bincount(captures, weights=lists.counts, minlength=several + 1)[1:]
    return Overlaps(
        names=lists.names,
        n=lists.n,
        sizes=lists.sizes,
        alone=tuple(int(lists.counts[cell]) for cell in lone),
        matrix=tuple(tuple(int(within[a | b]) for b in lone) for a in lone),
        combinations=_combinations(lists, within.tolist()),
        times=tuple(int(cases) for cases in times),
        pairs_without=tuple(
            group_of(lists.names, cell) for cell in pairs(several) if not within[cell]
        ),
        triples=len(triples),
        triples_with=sum(bool(within[cell]) for cell in triples),
    )


def _combinations(lists: Lists, within: list[int]) -> tuple[Combination, ...]:
    # by_size is in the order for equal counts, and sorting keeps it.
    seen = [cell for cell in by_size(len(lists.names)) if lists.counts[cell]]
    seen.sort(key=lambda cell: -int(lists.counts[cell]))
    return tuple(
        Combination(group_of(lists.names, cell), int(lists.counts[cell]), within[cell])
        for cell in seen
    )
