"""Groups: the same as connected components, save where the records contradict each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cases.clusters import Edges, Marks, Numbers, grouped

UNKNOWN = -1


def marks(count: int, **known: list[int]) -> Marks:
    """Marks of that many records, not known unless given."""
    none = [UNKNOWN] * count
    return Marks(*(np.array(known.get(name, none)) for name in ("cpr", "birth_year", "sex")))


def edges(pairs: list[tuple[int, int, float]], reviewed: tuple[int, ...] = ()) -> Edges:
    """Edges as (left, right, strength)."""
    columns = list(zip(*pairs, strict=True)) or [(), (), ()]
    return Edges(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=np.float64),
        np.array([at in reviewed for at in range(len(pairs))], dtype=bool),
    )


def parts(group: Numbers) -> set[frozenset[int]]:
    """The groups as sets of records."""
    return {frozenset(np.flatnonzero(group == one).tolist()) for one in np.unique(group)}


PAIRS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14), st.floats(0.5, 1)), max_size=25)


@given(PAIRS)
def test_without_marks_groups_are_connected_components(found: list[tuple[int, int, float]]) -> None:
    """Against a flood over the pairs, written in six lines."""
    pairs = [pair for pair in found if pair[0] != pair[1]]
    whole: list[set[int]] = [{at} for at in range(15)]
    for left, right, _ in pairs:
        one = next(group for group in whole if left in group)
        other = next(group for group in whole if right in group)
        if one is not other:
            one |= other
            whole.remove(other)
    result = grouped(15, edges(pairs), marks(15), most=15)
    assert parts(result.group) == {frozenset(one) for one in whole}
    assert not result.contradicted
    assert not result.too_large


@given(PAIRS, st.lists(st.integers(-1, 2), min_size=15, max_size=15),
       st.lists(st.integers(-1, 2), min_size=15, max_size=15),
       st.lists(st.integers(-1, 1), min_size=15, max_size=15))  # fmt: skip
def test_no_group_ever_contradicts_itself(
    found: list[tuple[int, int, float]], cpr: list[int], year: list[int], sex: list[int]
) -> None:
    """Whatever the pairs: never two cpr numbers, never two years of birth and two sexes."""
    pairs = [pair for pair in found if pair[0] != pair[1]]
    result = grouped(15, edges(pairs), marks(15, cpr=cpr, birth_year=year, sex=sex), most=6)
    for part in parts(result.group):
        assert len({cpr[at] for at in part} - {UNKNOWN}) <= 1
        known = [(year[at], sex[at]) for at in part if year[at] >= 0 and sex[at] >= 0]
        assert not any(a[0] != b[0] and a[1] != b[1] for a in known for b in known)
        assert len(part) <= 6


def test_a_chain_breaks_at_its_weakest_pair() -> None:
    """Two persons with a number each, joined over one who has none: the weaker tie goes."""
    result = grouped(3, edges([(0, 1, 0.99), (1, 2, 0.96)]), marks(3, cpr=[7, UNKNOWN, 8]), most=9)
    assert parts(result.group) == {frozenset({0, 1}), frozenset({2})}
    assert result.contradicted == [(1, 2)]


def test_too_large_a_group_waits_for_a_reviewer() -> None:
    """A hundred records of one person are rather a bad rule; people may say otherwise."""
    line = [(at, at + 1, 0.99 - at / 100) for at in range(4)]
    held = grouped(5, edges(line), marks(5), most=3)
    assert parts(held.group) == {frozenset({0, 1, 2}), frozenset({3, 4})}
    assert held.too_large == [(2, 3)]
    said = grouped(5, edges(line, reviewed=(0, 1, 2, 3)), marks(5), most=3)
    assert parts(said.group) == {frozenset(range(5))}


@pytest.mark.parametrize("count", [0, 1, 4])
def test_without_pairs_everybody_is_alone(count: int) -> None:
    """And an empty store is no error."""
    result = grouped(count, edges([]), marks(count), most=3)
    assert parts(result.group) == {frozenset({at}) for at in range(count)}
