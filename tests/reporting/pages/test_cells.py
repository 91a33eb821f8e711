"""Cells of a page: numbers stay whole, words come out escaped, columns get the room they need."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.outputs import Column, Table
from analysis.contracts.published import Text
from analysis.reporting.pages import cells


@pytest.mark.parametrize(
    "interval",
    [
        "1,8-13,3",
        "0,6 ± 0,2",
        "4.9–13.3",
        "+3,34 til +3,90",
        "−15.38 to +17.03",
        "2003-2006",
        "86,6 %",
    ],
)
def test_an_interval_stays_on_one_line(interval: str) -> None:
    """Half of an interval at the end of a line reads as a point estimate."""
    said = str(cells.unbroken(f"Forholdet er {interval}, i alt."))
    assert f'<span class="whole">{interval}</span>' in said


@pytest.mark.parametrize("words", ["DK-B-01", "ikrafttræden 2-årig", "a/1-2/b-3", "12 rækker"])
def test_words_and_addresses_may_break(words: str) -> None:
    """An address that may not break is wider than a phone."""
    assert "<span" not in str(cells.unbroken(words))


@given(st.text(alphabet="<>&\"'1,5-–± atil", max_size=40))
def test_no_sign_is_lost_or_let_through(words: str) -> None:
    """What keeps numbers whole must change no word and open no tag of its own."""
    said = str(cells.unbroken(words))
    bare = re.sub(r'<span class="whole">|</span>', "", said)
    assert "<" not in bare
    for sign, plain in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
        bare = bare.replace(sign, plain)
    assert bare.replace("&amp;", "&") == words


def _table(*lines: tuple[str, str], columns: int = 2) -> Table:
    named = (Column("a", Text("A", "A")), Column("b", Text("B", "B"), "right"))
    more = tuple(Column(f"c{n}", Text("C", "C")) for n in range(columns - 2))
    wide = tuple((*line, *[""] * (columns - 2)) for line in lines)
    return Table("t", "en", "T", (*named, *more), wide, ((),) * len(lines), "", "")


def test_a_column_is_as_wide_as_its_longest_cell_asks() -> None:
    """A list of 34 countries in a column of one word was taller than three screens."""
    table = _table(("Dømte", "0,6"), ("x" * 81, "for få lande til at beregnes"))
    assert cells.of_column(table, 0) == "sentences"
    assert cells.of_column(table, 1) == "right wordy"
    assert cells.of_cell(table, 0, f"se https://{'x' * 30}") == "address"


def test_what_a_line_is_about_stays_in_sight_only_where_it_is_short() -> None:
    """On a phone a long first cell that stays would cover the numbers beside it."""
    short, long = _table(("Dømte", "6")), _table(("x" * 25, "6"))
    assert cells.of_cell(short, 0, "Dømte") == "whole stays"
    assert cells.of_column(short, 0) == "stays"
    assert cells.of_cell(long, 0, "x" * 25) == ""
    assert cells.of_cell(short, 1, "6") == "right whole"


def test_many_columns_are_set_smaller() -> None:
    """Ten columns of a desktop page must not push their sources out of it."""
    found = [cells.of_table(_table(("a", "b"), columns=n)) for n in (5, 6, 9)]
    assert found == ["", " many", " many most"]


def test_an_empty_table_has_columns() -> None:
    """A table of no lines is a fact about the record; it must not stop the page."""
    assert cells.of_column(_table(), 0) == "stays"
