"""Count and Yearly: what the record's bounds may look like before a method uses them."""

import math

import pytest

from analysis.errors import MethodError
from analysis.methods.counts import Count, Yearly


def test_a_count_is_made_of_the_bounds_of_a_value() -> None:
    """The record keeps bounds as floats; methods count whole events."""
    assert Count.of((7.0, 19.0), 4.0) == Count(7, 19, 4.0)
    assert Yearly.of([(7.0, 7.0), (0.0, 4.0)]) == Yearly((7, 0), (7, 4))


@pytest.mark.parametrize(
    ("low", "high", "exposure", "said"),
    [
        (36.0, math.inf, 1.0, "a bound is not finite"),
        (math.nan, 4.0, 1.0, "a bound is missing or no number"),
        (0.5, 4.0, 1.0, "a bound is no whole number"),
        (4.0, 0.0, 1.0, "the wrong way round"),
        (-1.0, 4.0, 1.0, "negative"),
        (0.0, 4.0, 0.0, "exposure must be a finite number above 0"),
        (0.0, 4.0, math.inf, "exposure must be a finite number above 0"),
    ],
)
def test_a_count_refuses_what_nothing_can_be_computed_from(
    low: float, high: float, exposure: float, said: str
) -> None:
    """A wrong count would come out as a plausible ratio."""
    with pytest.raises(MethodError, match=said):
        Count.of((low, high), exposure)


def test_notebooks_are_not_type_checked_so_the_constructor_checks_too() -> None:
    """`Count(36, inf, 1)` in a cell must stop there, not in the middle of a formula."""
    with pytest.raises(MethodError, match="a bound is not finite"):
        Count(36, math.inf, 1.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ((), (), "0 lower and 0 upper bounds"),
        ((1, 2), (1,), "2 lower and 1 upper bounds"),
        ((1, 5, 4), (1, 4, 3), "2 of 3 years"),
        ((1, -1), (1, 4), "1 of 2 years"),
    ],
)
def test_yearly_counts_say_how_many_years_are_wrong(
    low: tuple[int, ...], high: tuple[int, ...], said: str
) -> None:
    """A missing year must not shift the others."""
    with pytest.raises(MethodError, match=said):
        Yearly(low, high)
