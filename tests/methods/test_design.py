"""design: what a regression can be fitted to, and what not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.design import design


def test_the_intercept_stands_first_and_columns_keep_their_order() -> None:
    """A coefficient read under another's name would be a false finding."""
    found = design("trend", {"b": [1, 2, 3, 5], "a": [0, 1, 0, 0]}, points=4)
    assert found.names == ("(intercept)", "b", "a")
    assert found.columns.tolist() == [[1, 1, 0], [1, 2, 1], [1, 3, 0], [1, 5, 0]]
    assert found.freedom == 1


@given(st.floats(1e-6, 1e9), st.floats(-1e6, 1e6))
def test_the_unit_of_a_predictor_does_not_decide(scale: float, shift: float) -> None:
    """Calendar years, or kroner in billions: the same line, so the same answer."""
    line = np.arange(8.0) * scale + shift * scale
    assert design("trend", {"a": line}, points=8).freedom == 6
    with pytest.raises(MethodError, match="1 of 2 predictors are constant or follow"):
        design("trend", {"a": line, "b": 3 - 2 * line}, points=8)


@pytest.mark.parametrize(
    ("predictors", "points", "said"),
    [
        ({"a": [1, 2, 3]}, 4, "3 values beside 4"),
        ({"a": [1, 2, None, 4]}, 4, "missing or infinite"),
        ({"": [1, 2, 3, 5]}, 4, "no name of its own"),
        ({"(intercept)": [1, 2, 3, 5]}, 4, "no name of its own"),
        ({"a": [1, 2], "b": [2, 1]}, 2, "2 points for 3 columns, at least 4"),
        ({"a": [2007, 2007, 2007]}, 3, "1 of 1 predictors are constant"),
        ({"a": [0, 0, 1, 1], "b": [1, 1, 0, 0]}, 4, "1 of 2 predictors are constant or follow"),
    ],
)
def test_refuses_what_no_fit_can_tell_apart(
    predictors: dict[str, list[float]], points: int, said: str
) -> None:
    """A library would drop a column or return huge errors without a word."""
    with pytest.raises(MethodError, match=said):
        design("trend", predictors, points=points)
