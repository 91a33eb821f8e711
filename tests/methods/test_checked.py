"""checked: the one door for numbers, tried with everything a caller may hold."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods import checked

ordinary = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20)


# Numbers


@given(ordinary)
def test_a_list_an_array_and_a_series_are_the_same_numbers(values: list[float]) -> None:
    """A notebook holds all three, and must get one answer."""
    for given_as in (values, tuple(values), np.array(values), pd.Series(values)):
        found = checked.numbers("trend", "values", given_as)
        assert found.dtype == np.float64
        assert found.tolist() == values


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, 2], dtype="Int64"),
        pd.Index([1, 2]),
        np.ma.masked_array([1, 2], mask=[False, False]),
        np.array([1, 2], dtype=object),
        range(1, 3),
        [True, 2],
    ],
)
def test_whole_numbers_pass_whatever_holds_them(values: npt.ArrayLike) -> None:
    """Pandas keeps whole numbers in several ways; none of them is the caller's fault."""
    assert checked.numbers("trend", "values", values).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "values",
    [
        [1.0, np.nan],
        [1.0, np.inf],
        [1.0, None],
        pd.Series([1.0, np.nan]),
        pd.Series([1, None], dtype="Int64"),
        pd.array([1, None], dtype="Int64"),
        np.ma.masked_array([1, 2], mask=[False, True]),
    ],
)
def test_a_missing_value_is_refused_and_counted_however_it_is_written(
    values: npt.ArrayLike,
) -> None:
    """A value behind a mask is as missing as NaN; computing with it would be inventing it."""
    with pytest.raises(MethodError, match=r"trend: 1 of 2 values of counts are missing"):
        checked.numbers("trend", "counts", values)


@pytest.mark.parametrize(
    "values",
    [
        ["3", "4"],
        pd.Series(["3", "4"]),
        [b"3"],
        np.array(["3", 4], dtype=object),
        [1 + 2j],
        [[1, 2], [3]],
        [10**400],
        np.array(["2007", "2008"], dtype="M8[Y]"),
        np.array([1, 2], dtype="m8[D]"),
        pd.to_timedelta(["1D"]),
        pd.Series(pd.to_datetime(["2007-01-01"])),
    ],
)
def test_what_is_no_number_is_refused(values: npt.ArrayLike) -> None:
    """Python reads "3" as 3 and a day as 86400000000000 ns: both would pass for counts."""
    with pytest.raises(MethodError, match=r"trend: counts holds something that is no number"):
        checked.numbers("trend", "counts", values)


def test_messages_never_repeat_a_value() -> None:
    """A refusal is copied into e-mails, and a value may be a person's."""
    secret = 987654321.5
    for call in (
        lambda: checked.numbers("m", "x", [secret, np.nan]),
        lambda: checked.whole_counts("m", "x", [secret]),
        lambda: checked.exposures("m", "x", [-secret], length=1),
        lambda: checked.periods("m", [secret, secret]),
        lambda: checked.whole_counts("m", "x", [secret * 1e12]),
    ):
        with pytest.raises(MethodError) as refusal:
            call()
        assert "987654321" not in str(refusal.value)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (3, "0 dimensions, 1 is needed"),
        ([[1, 2]], "2 dimensions, 1 is needed"),
        (pd.DataFrame({"a": [1]}), "2 dimensions, 1 is needed"),
        ([], "has 0 of at least 1 values"),
    ],
)
def test_one_row_of_numbers_is_needed(values: npt.ArrayLike, said: str) -> None:
    """A table where a series belongs would be flattened in some order."""
    with pytest.raises(MethodError, match=said):
        checked.numbers("trend", "counts", values)


def test_too_few_values_are_refused_with_the_number_needed() -> None:
    """The caller learns how far away they are."""
    with pytest.raises(MethodError, match=r"counts has 2 of at least 8 values needed"):
        checked.numbers("trend", "counts", [1, 2], fewest=8)


# Tables, counts, exposures


def test_a_table_keeps_its_shape() -> None:
    """Rows are periods, columns are series."""
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    assert checked.table("m", "x", frame, rows=2).tolist() == [[1, 3], [2, 4]]


@pytest.mark.parametrize(
    ("values", "rows", "said"),
    [
        ([1, 2], None, "no table"),
        (np.zeros((0, 2)), None, "no table"),
        ([[1, 2]], 2, "has 1 rows where 2 are needed"),
        ([[1, np.nan]], None, "1 of 2 values of x are missing"),
    ],
)
def test_a_table_of_another_shape_is_refused(
    values: npt.ArrayLike, rows: int | None, said: str
) -> None:
    """A control series of the wrong length would be laid beside the wrong years."""
    with pytest.raises(MethodError, match=said):
        checked.table("m", "x", values, rows=rows)


@given(st.lists(st.integers(0, 2**53), min_size=1, max_size=10))
def test_counts_come_back_to_the_event(counts: list[int]) -> None:
    """Up to the largest count that a floating-point number holds, nothing is rounded."""
    assert checked.whole_counts("m", "x", counts).tolist() == counts


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([3, -1], "1 of 2 values of x are negative or not whole"),
        ([3, 2.5, -0.5], "2 of 3 values of x are negative or not whole"),
        ([2.0**60], "larger than any count"),
        ([1e300], "1 of 1 values of x are too large to be squared"),
    ],
)
def test_what_is_no_count_is_refused(counts: list[float], said: str) -> None:
    """Half an event is a rate; 1e300 would become a negative whole number in silence."""
    with pytest.raises(MethodError, match=said):
        checked.whole_counts("m", "x", counts)


def test_exposures_stand_one_for_one_beside_counts_and_above_0() -> None:
    """A rate over no exposure is no rate."""
    assert checked.exposures("m", "x", [1, 2.5], length=2).tolist() == [1, 2.5]
    with pytest.raises(MethodError, match="2 of 3 values of x are 0 or less"):
        checked.exposures("m", "x", [1, 0, -2], length=3)
    with pytest.raises(MethodError, match="x has 1 values beside 2"):
        checked.exposures("m", "x", [1], length=2)


# Periods and chance


@given(st.lists(st.integers(1990, 2030), min_size=1, max_size=12))
def test_periods_pass_exactly_when_each_is_later_than_the_last(years: list[int]) -> None:
    """Out of order, before and after the plan would be mixed."""
    if all(a < b for a, b in pairwise(years)):
        assert checked.periods("m", years).tolist() == years
    else:
        with pytest.raises(MethodError, match=r"stand more than once|not in order"):
            checked.periods("m", years)


def test_a_doubled_period_is_counted() -> None:
    """Two figures for one year are a decision the caller has to take."""
    with pytest.raises(MethodError, match="1 of 3 periods stand more than once"):
        checked.periods("m", [2007, 2008, 2007])


def test_the_same_seed_draws_the_same() -> None:
    """A finding must come out the same tomorrow."""
    seed = np.int64(7)
    one = checked.generator("m", 7)
    two = checked.generator("m", seed)  # type: ignore[arg-type]
    assert one.random() == two.random()
    assert checked.generator("m", one) is one


@pytest.mark.parametrize("seed", [None, True, -1, 1.0, "1"])
def test_no_seed_is_refused(seed: object) -> None:
    """A draw that cannot be repeated is no evidence; True is a seed by accident only."""
    with pytest.raises(MethodError, match="no seed to draw with"):
        checked.generator("m", seed)  # type: ignore[arg-type]
