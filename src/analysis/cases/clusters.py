"""Pairs that are one person in, groups of records out; what contradicts itself stays apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Marks:
    """What forbids that records are one person; one entry a record, -1 where not known.

    Two cpr numbers that differ; or years of birth that differ, and sexes too.
    """

    cpr: Numbers
    birth_year: Numbers
    sex: Numbers


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs held to be one person, by the numbers of their records.

    ``strength`` orders them: the strongest are joined first. ``reviewed``: said by a
    reviewer to be one person, so no limit of size holds.
    """

    left: Numbers
    right: Numbers
    strength: npt.NDArray[np.float64]
    reviewed: npt.NDArray[np.bool_]

    def where(self, chosen: npt.NDArray[np.bool_]) -> Edges:
        """Return the chosen pairs alone."""
        return Edges(
            self.left[chosen], self.right[chosen], self.strength[chosen], self.reviewed[chosen]
        )


@dataclass(frozen=True, slots=True)
class Grouped:
    """The group of each record, and the pairs that were not joined: (left, right, why)."""

    group: Numbers
    contradicted: Sequence[tuple[int, int]]
    too_large: Sequence[tuple[int, int]]


def grouped(records: int, edges: Edges, marks: Marks, *, most: int) -> Grouped:
    """Join records over their pairs.

    Connected components; a component in which the marks contradict each other, or of more
    than ``most`` records, is put together anew from its strongest pair down, and a pair
    that would bring on either is left out. So one wrong pair cannot chain two persons whose
    numbers differ, and the pair that is left out is the weakest one.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    shape = (records, records)
    ones = np.ones(len(edges.left), dtype=np.int8)
    graph = coo_array((ones, (edges.left, edges.right)), shape=shape)
    _, parts = connected_components(graph, directed=False)
    group: Numbers = parts.astype(np.int64)
    doubtful = _contradicted(group, marks) | (np.bincount(group) > most)
    if not doubtful.any():
        return Grouped(group, (), ())
    again = edges.where(doubtful[group[edges.left]])
    members = np.flatnonzero(doubtful[group])
    builder = _Builder(marks, most)
    builder.join(again)
    roots = np.array([builder.root(int(member)) for member in members], dtype=np.int64)
    group[members] = roots + records
    _, anew = np.unique(group, return_inverse=True)
    return Grouped(anew.astype(np.int64), builder.contradicted, builder.too_large)


def _contradicted(group: Numbers, marks: Marks) -> npt.NDArray[np.bool_]:
    """Say of each group whether its records contradict each other."""
    two_cprs = _several(group, marks.cpr)
    years, sexes = _several(group, marks.birth_year), _several(group, marks.sex)
    return two_cprs | (years & sexes)


def _several(group: Numbers, values: Numbers) -> npt.NDArray[np.bool_]:
    """Say of each group whether more than one known value stands in it."""
    found = np.zeros(group.max() + 1 if len(group) else 0, dtype=np.int64)
    known = values >= 0
    if known.any():
        different = np.unique(np.stack((group[known], values[known]), axis=1), axis=0)
        np.add.at(found, different[:, 0], 1)
    return found > 1


class _Builder:
    """Union-find that knows of each group its numbers, and its years and sexes."""

    def __init__(self, marks: Marks, most: int) -> None:
        self._marks, self._most = marks, most
        self._parent: dict[int, int] = {}
        self._cprs: dict[int, set[int]] = {}
        self._born: dict[int, set[tuple[int, int]]] = {}
        self._size: dict[int, int] = {}
        self.contradicted: list[tuple[int, int]] = []
        self.too_large: list[tuple[int, int]] = []

    def join(self, edges: Edges) -> None:
        order = np.lexsort((edges.right, edges.left, -edges.strength, ~edges.reviewed))
        for at in order:
            left, right = int(edges.left[at]), int(edges.right[at])
            one, other = self.root(left), self.root(right)
            if one == other:
                continue
            if self._contradict(one, other):
                self.contradicted.append((left, right))
            elif self._size[one] + self._size[other] > self._most and not edges.reviewed[at]:
                self.too_large.append((left, right))
            else:
                self._unite(min(one, other), max(one, other))

    def root(self, record: int) -> int:
        if record not in self._parent:
            self._begin(record)
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record

    def _begin(self, record: int) -> None:
        marks = self._marks
        self._parent[record], self._size[record] = record, 1
        self._cprs[record] = {int(marks.cpr[record])} - {-1}
        year, sex = int(marks.birth_year[record]), int(marks.sex[record])
        self._born[record] = {(year, sex)} if year >= 0 and sex >= 0 else set()

    def _contradict(self, one: int, other: int) -> bool:
        return len(self._cprs[one] | self._cprs[other]) > 1 or any(
            year != year_ and sex != sex_
            for year, sex in self._born[one]
            for year_, sex_ in self._born[other]
        )

    def _unite(self, one: int, other: int) -> None:
        self._parent[other] = one
        self._size[one] += self._size.pop(other)
        self._cprs[one] |= self._cprs.pop(other)
        self._born[one] |= self._born.pop(other)
