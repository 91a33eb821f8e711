"""Value: what a cell can say, and that adding never hides a silence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.values import (
    NOT_APPLICABLE,
    NOT_KNOWN,
    SUPPRESSED,
    Value,
    interval,
    number,
    parse,
    total,
)
from analysis.errors import DataError

counts = st.integers(0, 10_000_000)
known = st.tuples(counts, counts).map(lambda pair: interval(min(pair), max(pair)))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("7", number(7)),
        ("0", number(0)),
        ("1,222", number(1222)),
        ("61,102,019", number(61102019)),
        ("0.5", number(0.5)),
        ("<5", interval(0, 4)),
        ("<=5", interval(0, 5)),
        (">35", Value("interval", 36.0, math.inf)),
        (">=3", Value("interval", 3.0, math.inf)),
        ("60-93", interval(60, 93)),
        ("60\N{EN DASH}93", interval(60, 93)),
        ("", NOT_KNOWN),
        ("  ", NOT_KNOWN),
        ("Not known", NOT_KNOWN),
        ("not applicable", NOT_APPLICABLE),
        ("suppressed", SUPPRESSED),
    ],
)
def test_cells_are_read_as_sources_print_them(cell: str, value: Value) -> None:
    """UNODC's <5 is 0 to 4, and an empty cell is not 0."""
    assert parse(cell) == value


@pytest.mark.parametrize("cell", ["7,5", "-7", "1,22", "1.234,5", "seven", "<", "7-", "nan", "inf"])
def test_anything_else_is_refused_without_saying_what_it_was(cell: str) -> None:
    """A decimal comma read as thousands would be a tenfold error; cells never stand in messages."""
    with pytest.raises(DataError) as caught:
        parse(cell)
    assert f" {cell} " not in str(caught.value)


@given(counts)
def test_a_number_survives_being_printed_with_thousands(count: int) -> None:
    """UNODC prints 1,222: nobody may be lost or multiplied on the way."""
    assert parse(f"{count:,}") == parse(str(count)) == number(count)


@given(st.lists(known, min_size=1, max_size=8))
def test_a_total_holds_every_sum_of_what_its_parts_may_be(values: list[Value]) -> None:
    """Bounds are carried, never replaced by a midpoint."""
    low, high = total(values).bounds
    assert low == sum(value.bounds[0] for value in values)
    assert high == sum(value.bounds[1] for value in values)


@given(st.lists(known, max_size=6), st.sampled_from([NOT_KNOWN, NOT_APPLICABLE, SUPPRESSED]),
       st.integers(0, 6))  # fmt: skip
def test_one_silence_makes_the_whole_total_not_known(
    values: list[Value], silence: Value, place: int
) -> None:
    """A partial sum looks like a sum; that is how missing years become falling numbers."""
    values.insert(place, silence)
    assert total(values) == NOT_KNOWN


@given(st.lists(known, min_size=2, max_size=6))
def test_the_order_of_years_does_not_matter(values: list[Value]) -> None:
    """Adding from the last year back must give the same."""
    assert total(values) == total(list(reversed(values)))


def test_nothing_adds_up_to_nothing_known() -> None:
    """The sum of no years is not 0 victims."""
    assert total([]) == NOT_KNOWN


def test_a_silence_has_no_bounds() -> None:
    """Arithmetic on a silence must stop, not go on with a default."""
    with pytest.raises(DataError, match="not known has no bounds"):
        _ = NOT_KNOWN.bounds
    assert not NOT_KNOWN.known


def test_an_interval_that_is_upside_down_is_refused() -> None:
    """Swapped bounds would pass for a narrow interval later."""
    with pytest.raises(DataError, match="lower bound above its upper"):
        interval(5, 4)


def test_equal_bounds_are_a_number() -> None:
    """A range from 7 to 7 is 7, and prints so."""
    assert interval(7, 7) == number(7)
    assert number(7).exact
