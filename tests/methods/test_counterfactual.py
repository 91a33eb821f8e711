"""require_pre_years: what it lets through, and what it says when it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.counterfactual import require_pre_years


def test_refusal_says_how_many_years_there_are_how_many_are_needed_and_why() -> None:
    """Golden: a reader who expected a synthetic control must learn why there is none."""
    with pytest.raises(MethodError) as refusal:
        require_pre_years(5, donors=4)
    assert str(refusal.value) == (
        "synthetic control: 5 years before the plan, 8 are needed (3 short). With so few, "
        "weights on 4 donor countries can fit by chance, and a close fit says nothing of the "
        "years after (Abadie 2021). Show the series beside the donors', described and not tested."
    )


@given(st.integers(0, 30), st.integers(1, 30), st.integers(1, 40))
def test_refuses_exactly_below_the_number_needed(available: int, needed: int, donors: int) -> None:
    """No grey zone: a threshold that bends to the data is none."""
    if available >= needed:
        require_pre_years(available, needed=needed, donors=donors)
    else:
        with pytest.raises(MethodError, match=f"{available} years before the plan, {needed} are"):
            require_pre_years(available, needed=needed, donors=donors)


def test_refuses_without_donors_however_many_years() -> None:
    """A counterfactual of no country is no counterfactual; the method is named."""
    with pytest.raises(MethodError, match="event study: 0 donor countries"):
        require_pre_years(40, donors=0, method="event study")
