"""newey_west: against Greene and R's sandwich, against identities, at its edges."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.least_squares import newey_west

REFERENCE = Path(__file__).parents[1] / "reference" / "newey_west_greene"
EXPECTED = json.loads((REFERENCE / "expected.json").read_text())["checks"]
PRINTED = {
    "coef RealGNP": "coef.RealGNP",
    "coef RealInt": "coef.RealInt",
    "NW se const": "nw_lag4_se.(Intercept)",
    "NW se RealGNP": "nw_lag4_se.RealGNP",
    "NW se RealInt": "nw_lag4_se.RealInt",
}


@pytest.fixture(scope="module")
def greene() -> dict[str, float]:
    """Every figure of the reference, found by our own function."""
    with (REFERENCE / "data.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["RealInt"] != "NA"]
    column = {name: [float(row[name]) for row in rows] for name in rows[0]}
    predictors = {name: column[name] for name in ("RealGNP", "RealInt")}
    plain, adjusted = (
        newey_west(column["year"], column["RealInv"], predictors, lags=4, corrected=corrected)
        for corrected in (False, True)
    )
    found: dict[str, float] = {"dw": plain.durbin_watson, "n": plain.freedom + len(plain.terms)}
    for one, other in zip(plain.terms, adjusted.terms, strict=True):
        name = "(Intercept)" if one.name == "(intercept)" else one.name
        found |= {
            f"coef.{name}": one.value,
            f"ols_se.{name}": one.plain_error,
            f"nw_lag4_se.{name}": one.error,
            f"nw_lag4_adj_se.{name}": other.error,
        }
    return found


@pytest.mark.parametrize("check", EXPECTED, ids=lambda check: str(check["quantity"]))
def test_investment_matches_greene_and_sandwich(
    check: dict[str, Any], greene: dict[str, float]
) -> None:
    """Reference: tests/reference/newey_west_greene."""
    found = greene[PRINTED.get(check["quantity"], check["quantity"])]
    assert found == pytest.approx(check["value"], rel=0, abs=check["tolerance"])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-50, 50), min_size=6, max_size=20), st.floats(0.1, 10), st.integers(0, 4))
def test_a_change_of_unit_changes_only_the_unit(
    values: list[float], factor: float, lags: int
) -> None:
    """Millions or thousands of kroner must not decide what is seen."""
    years = np.arange(len(values)) + 2000.0
    outcome = np.array(values) + years % 3
    try:
        one = newey_west(years, outcome, {"year": years - 2000}, lags=lags)
        other = newey_west(years, factor * outcome, {"year": years - 2000}, lags=lags)
    except MethodError:
        return
    for a, b in zip(one.terms, other.terms, strict=True):
        assert b.value == pytest.approx(factor * a.value, rel=1e-6, abs=1e-9)
        assert b.error == pytest.approx(factor * a.error, rel=1e-6, abs=1e-9)


def test_without_lags_the_error_is_whites() -> None:
    """Newey-West with 0 lags is the sandwich of squared residuals, written out here."""
    years = np.arange(8.0)
    outcome = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    columns = np.column_stack([np.ones(8), years])
    inverse = np.linalg.inv(columns.T @ columns)
    residual = outcome - columns @ inverse @ columns.T @ outcome
    middle = (columns * residual[:, None] ** 2).T @ columns
    errors = np.sqrt(np.diag(inverse @ middle @ inverse))
    found = newey_west(years, outcome, {"year": years}, lags=0)
    assert [term.error for term in found.terms] == pytest.approx(errors.tolist(), rel=1e-10)
    assert found.lags == 0


@pytest.mark.parametrize(
    ("periods", "outcome", "predictors", "options", "said"),
    [
        ([1, 2, 4, 5, 6], [1, 3, 2, 5, 4], {}, {}, "1 of 4 steps between periods differ"),
        ([1, 3, 2, 4, 5], [1, 3, 2, 5, 4], {}, {}, "not in order"),
        ([1, 2, 2, 3, 4], [1, 3, 2, 5, 4], {}, {}, "stand more than once"),
        ([1, 2, 3, 4], [1, 3, 2, 5, 4], {}, {}, "4 values beside 5"),
        ([1, 2, 3, 4], [1, math.nan, 2, 5], {}, {}, "missing or infinite"),
        ([1, 2], [1, 3], {"a": [1, 2]}, {}, "2 points for 2 columns"),
        ([1, 2, 3, 4], [1, 3, 5, 7], {"a": [1, 2, 3, 4]}, {}, "give the outcome exactly"),
        ([1, 2, 3, 4], [1, 3, 2, 7], {"a": [1, 1, 1, 1]}, {}, "1 of 1 predictors are constant"),
        ([1, 2, 3, 4], [1, 3, 2, 7], {}, {"lags": 4}, "not below the 4 points"),
        ([1, 2, 3, 4], [1, 3, 2, 7], {}, {"lags": -1}, "lags are negative"),
        ([1, 2, 3, 4], [1, 3, 2, 7], {}, {"level": 95}, "between 0 and 1"),
    ],
)
def test_refuses_series_that_a_lag_cannot_be_measured_in(
    periods: list[float],
    outcome: list[float],
    predictors: dict[str, list[float]],
    options: dict[str, Any],
    said: str,
) -> None:
    """A gap of two years is not a lag of one; a perfect fit is a mistake in the columns."""
    with pytest.raises(MethodError, match=said):
        newey_west(periods, outcome, predictors, **options)
