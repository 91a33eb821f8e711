"""Pseudonyms: kept from run to run, through merging, splitting and loss of records."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from analysis.cases.pseudonyms import Alias, Founded, derived, named

FIRST, SECOND, THIRD = date(2008, 1, 1), date(2008, 2, 1), date(2008, 3, 1)
GROUPS = st.lists(st.integers(0, 5), min_size=1, max_size=12)


def test_a_merged_person_keeps_the_oldest_pseudonym() -> None:
    """Reports that named the other one must still find the person: it becomes an alias."""
    one = named(["a"], [0], (), {}, on=FIRST)
    two = named(["a", "b"], [0, 1], one.founded, {"a": one.of_group[0]}, on=SECOND)
    before = {"a": two.of_group[0], "b": two.of_group[1]}
    three = named(["a", "b"], [4, 4], two.founded, before, on=THIRD)
    assert three.of_group == {4: one.of_group[0]}
    assert three.changes == (Alias(before["b"], before["a"], "merged", THIRD),)


def test_a_split_person_keeps_the_pseudonym_where_its_founder_is() -> None:
    """The other part is noted as split off, with where it came from."""
    one = named(["a", "b", "c"], [0, 0, 0], (), {}, on=FIRST)
    before = dict.fromkeys("abc", one.of_group[0])
    two = named(["a", "b", "c"], [0, 1, 1], one.founded, before, on=SECOND)
    assert two.of_group[0] == one.of_group[0]
    assert two.of_group[1] == derived("b")
    assert two.changes == (Alias(one.of_group[0], derived("b"), "split", SECOND),)
    back = {"a": two.of_group[0], "b": two.of_group[1], "c": two.of_group[1]}
    three = named(["a", "b", "c"], [0, 0, 0], two.founded, back, on=THIRD)
    assert three.of_group == {0: one.of_group[0]}
    assert [change.why for change in three.changes] == ["merged"]


def test_a_person_whose_founder_is_gone_stays_who_it_was() -> None:
    """Retention deletes one sender's rows; the person is still the same person."""
    one = named(["a", "b"], [0, 0], (), {}, on=FIRST)
    before = dict.fromkeys("ab", one.of_group[0])
    two = named(["b"], [0], one.founded, before, on=SECOND)
    assert two.of_group == one.of_group
    assert two.founded == (Founded(one.of_group[0], "b", FIRST),)
    assert two.changes == ()
    # The first record comes back as somebody else: it must not get the same pseudonym.
    three = named(["a", "b"], [0, 1], two.founded, {"b": two.of_group[0]}, on=THIRD)
    assert three.of_group[1] == one.of_group[0]
    assert three.of_group[0] != three.of_group[1]


@given(GROUPS, GROUPS)
def test_no_two_persons_ever_share_a_pseudonym(first: list[int], second: list[int]) -> None:
    """Whatever groups a run finds, and whatever the next one makes of them."""
    records = [f"r{at:02d}" for at in range(12)]
    one = named(records[: len(first)], first, (), {}, on=FIRST)
    before = {record: one.of_group[group] for record, group in zip(records, first, strict=False)}
    two = named(records[-len(second) :], second, one.founded, before, on=SECOND)
    for run, groups in ((one, first), (two, second)):
        assert len(set(run.of_group.values())) == len(set(groups))
    names = [found.pseudonym for found in two.founded]
    assert len(set(names)) == len(names)


@given(GROUPS)
def test_a_second_run_on_the_same_changes_nothing(groups: list[int]) -> None:
    """Otherwise every run would unsettle every report."""
    records = [f"r{at:02d}" for at in range(len(groups))]
    one = named(records, groups, (), {}, on=FIRST)
    before = {record: one.of_group[group] for record, group in zip(records, groups, strict=True)}
    two = named(records, groups, one.founded, before, on=SECOND)
    assert (two.of_group, two.founded, two.changes) == (one.of_group, one.founded, ())
