"""parts and adding_up: what UNODC prints beside what arithmetic allows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.published import Point, Series, Text
from analysis.contracts.values import NOT_KNOWN, Value, number, parse
from analysis.published.load import Record
from analysis.published.parts import adding_up, parts
from analysis.published.series import series

EMPTY = Series("i", "SWE", "total", Text("", ""), "persons", "r", "p", (), (), (), Text("", ""))


def _made(printed: str) -> Series:
    return _of(parse(printed))


def _of(value: Value) -> Series:
    return replace(EMPTY, points=(Point(2010, value, "", "row"),))


def test_sex_is_refused_where_women_and_men_come_to_more_than_all(record: Record) -> None:
    """UNODC 2010: women 49 + men 7 for 53; 2021: 238 + 101 for 80."""
    total = series(record, "victims_identified", "DNK")
    found = adding_up(total, parts(record, "victims_identified", "DNK", "sex"))
    assert [year for year, verdict in found.items() if verdict != "adds up"] == [2010, 2021]
    assert {found[2010], found[2021]} == {"contradicts"}


def test_persons_of_unknown_sex_and_age_are_a_part_of_both(record: Record) -> None:
    """Left out, they would make complete parts look incomplete."""
    for by in ("sex", "age"):
        found = {part.breakdown for part in parts(record, "victims_identified", "DNK", by)}
        assert "age=unknown;sex=unknown" in found


def test_forms_of_a_year_with_a_repeated_heading_cannot_be_added(record: Record) -> None:
    """Denmark 2017 has four rows of *other forms*: the sum is not ours to make."""
    total = series(record, "victims_identified", "DNK")
    found = adding_up(total, parts(record, "victims_identified", "DNK", "form"))
    assert (found[2010], found[2017], found[2007]) == ("adds up", "cannot tell", "cannot tell")


def test_citizenship_is_told_in_both_languages(record: Record) -> None:
    """A Danish reader meets Tjekkiet, not Czechia."""
    found = {part.label for part in parts(record, "victims_identified", "DNK", "citizenship")}
    assert (
        Text(
            da="Identificerede ofre: statsborgere fra Tjekkiet",
            en="Identified victims: citizens of Czechia",
        )
        in found
    )


@pytest.mark.parametrize(
    ("total", "among", "verdict"),
    [
        ("53", ["49", "7"], "contradicts"),
        ("17", ["17", "<5"], "adds up"),
        ("20", ["17", "<5"], "adds up"),
        ("22", ["17", "<5"], "cannot tell"),
        ("<5", ["5"], "contradicts"),
        ("53", [], "cannot tell"),
        ("53", ["49", "not known"], "cannot tell"),
        ("53", ["54", "not known"], "contradicts"),
    ],
)
def test_bounds_decide_whether_parts_add_up(total: str, among: list[str], verdict: str) -> None:
    """<5 is 0 to 4, a part not known can only add, and small groups may be left out."""
    assert adding_up(_made(total), [_made(part) for part in among]) == {2010: verdict}


@given(st.lists(st.integers(0, 200), min_size=1, max_size=6))
def test_true_parts_never_contradict_their_total(
    counts: list[int],
) -> None:
    """Printing small counts as <5 must not turn a true table into a contradiction."""
    printed = [_made("<5" if count < 5 else str(count)) for count in counts]
    assert adding_up(_of(number(sum(counts))), printed) == {2010: "adds up"}


@given(st.lists(st.integers(0, 200), min_size=1, max_size=6), st.integers(0, 5))
def test_a_silence_never_makes_parts_add_up(counts: list[int], place: int) -> None:
    """One part not known leaves at best a doubt."""
    among = [_of(number(count)) for count in counts]
    among.insert(place, _of(NOT_KNOWN))
    assert adding_up(_of(number(sum(counts))), among) == {2010: "cannot tell"}
