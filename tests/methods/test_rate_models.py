"""Rate models: against R's summaries and closed forms, against symmetries, where they refuse."""

import csv
import json
import math
import warnings
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.dispersion import dispersed_ratio
from analysis.methods.rate_models import Law, Yearly, rate_model, rate_model_range

REFERENCE = Path(__file__).parents[1] / "reference"
AFTER = {"after": [0, 0, 0, 0, 1, 1, 1, 1]}


def checks(example: str) -> list[dict[str, Any]]:
    """Every value that the reference states."""
    found: list[dict[str, Any]] = json.loads((REFERENCE / example / "expected.json").read_text())[
        "checks"
    ]
    return found


def coded(rows: list[dict[str, str]], names: list[str]) -> dict[str, list[float]]:
    """Code each category but the first as 0 and 1, as R does."""
    found: dict[str, list[float]] = {}
    for name in names:
        for category in sorted({row[name] for row in rows})[1:]:
            found[name + category] = [float(row[name] == category) for row in rows]
    return found


def figures(model: Any) -> dict[str, float]:
    """Name a model's figures as the references do."""
    found = {"deviance": model.deviance, "freedom": model.freedom}
    for term in model.terms:
        found |= {f"{term.name} log_ratio": term.log_ratio, f"{term.name} error": term.error}
    return found


# Reference


@pytest.fixture(scope="module")
def ships() -> dict[str, float]:
    """Damage to ships, months of service as exposure."""
    with (REFERENCE / "rate_model_ships" / "data.csv").open() as file:
        rows = list(csv.DictReader(file))
    events = [int(row["incidents"]) for row in rows]
    months = [float(row["service"]) for row in rows]
    predictors = coded(rows, ["type", "year", "period"])
    return figures(rate_model(events, months, predictors, law="poisson"))


@pytest.mark.parametrize("check", checks("rate_model_ships"), ids=lambda c: str(c["quantity"]))
def test_poisson_matches_r_on_ships(check: dict[str, Any], ships: dict[str, float]) -> None:
    """Reference: tests/reference/rate_model_ships; forgetting the offset would change all."""
    found = ships[check["quantity"]]
    assert found == pytest.approx(check["value"], rel=0, abs=check["tolerance"])


@pytest.fixture(scope="module")
def quine() -> dict[str, float]:
    """Days absent from school."""
    with (REFERENCE / "rate_model_quine" / "data.csv").open() as file:
        rows = list(csv.DictReader(file))
    days = [int(row["Days"]) for row in rows]
    predictors = coded(rows, ["Sex", "Eth", "Age", "Lrn"])
    model = rate_model(days, np.ones(len(days)), predictors, law="negative_binomial")
    return figures(model) | {"theta": 1 / model.extra}


@pytest.mark.parametrize("check", checks("rate_model_quine"), ids=lambda c: str(c["quantity"]))
def test_negative_binomial_matches_mass_on_quine(
    check: dict[str, Any], quine: dict[str, float]
) -> None:
    """Reference: tests/reference/rate_model_quine; coefficients, errors and theta."""
    found = quine[check["quantity"]]
    assert found == pytest.approx(check["value"], rel=0, abs=check["tolerance"])


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_quasi_poisson_matches_statsmodels(level: float) -> None:
    """Reference: statsmodels, scale X2, limits from t; overdispersed, unequal exposures."""
    events, years = [7, 1, 12, 4, 22, 25, 49, 17], [1.0, 0.5, 1, 1, 1, 2, 1, 1]
    design = sm.add_constant(np.array(AFTER["after"]))
    fitted = sm.GLM(events, design, family=sm.families.Poisson(), exposure=years).fit(
        scale="X2", use_t=True, tol=1e-14
    )
    found = rate_model(events, years, AFTER, level=level)
    term = found.term("after")
    assert found.dispersion == pytest.approx(fitted.scale, rel=1e-8)
    assert (math.log(term.low), math.log(term.high)) == pytest.approx(
        tuple(fitted.conf_int(alpha=1 - level)[1]), rel=1e-7
    )
    assert term.p == pytest.approx(fitted.pvalues[1], rel=1e-7)


# Properties

events_by_year = st.lists(st.integers(1, 60), min_size=8, max_size=8)


@settings(deadline=None, max_examples=20)
@given(events_by_year)
def test_one_break_is_the_dispersed_ratio(events: list[int]) -> None:
    """Two doors to one room: the closed form of `dispersion` and the fit must agree."""
    term = rate_model(events, np.ones(8), AFTER).term("after")
    first, later = Yearly(*(2 * [tuple(events[:4])])), Yearly(*(2 * [tuple(events[4:])]))
    closed = dispersed_ratio(first, later)
    assert (term.ratio, term.low, term.high) == pytest.approx(
        (closed.estimate_low, closed.low, closed.high), rel=1e-7
    )


@settings(deadline=None, max_examples=15)
@given(events_by_year, st.floats(0.01, 100), st.sampled_from(["poisson", "quasi_poisson"]))
def test_the_unit_of_exposure_changes_only_the_base_rate(
    events: list[int], factor: float, law: Law
) -> None:
    """Months or years: ratios stay, the rate itself is scaled."""
    predictors = AFTER | {"year": list(range(2003, 2011))}
    years = rate_model(events, np.ones(8), predictors, law=law)
    months = rate_model(events, np.full(8, factor), predictors, law=law)
    for one, other in zip(years.terms[1:], months.terms[1:], strict=True):
        assert (one.ratio, one.low, one.high) == pytest.approx(
            (other.ratio, other.low, other.high), rel=1e-5
        )
    assert sum(years.expected) == pytest.approx(sum(events), rel=1e-6)


@settings(deadline=None, max_examples=10)
@given(
    st.lists(st.integers(1, 20), min_size=6, max_size=6),
    st.lists(st.integers(0, 1), min_size=6, max_size=6).filter(lambda gaps: sum(gaps) < 5),
)
def test_a_range_is_the_union_over_every_reading(low: list[int], gaps: list[int]) -> None:
    """A coefficient can be extreme inside the box of the bounds: none may be left out."""
    high = [events + gap for events, gap in zip(low, gaps, strict=True)]
    predictors = {"after": [0, 0, 0, 1, 1, 1], "year": [0, 1, 2, 3, 4, 5]}
    found = rate_model_range(Yearly(tuple(low), tuple(high)), np.ones(6), predictors)
    models = [
        rate_model(reading, np.ones(6), predictors)
        for reading in product(*(range(a, b + 1) for a, b in zip(low, high, strict=True)))
    ]
    assert found.readings == len(models)
    for place, term in enumerate(found.terms):
        same = [model.terms[place] for model in models]
        assert term.low == min(one.low for one in same)
        assert term.high == max(one.high for one in same)
        assert term.low_estimate == min(one.ratio for one in same)
        assert term.high_estimate == max(one.ratio for one in same)
    assert found.dispersion_high == max(model.dispersion for model in models)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_a_fit_is_finite_or_refused(events: list[int]) -> None:
    """Counts of 0 are where libraries return ratios of 1e-12 with errors of 1e4."""
    predictors = {"after": [0, 0, 0, 1, 1, 1], "year": [0, 1, 2, 3, 4, 5]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = rate_model(events, np.ones(6), predictors, law="poisson")
        except MethodError:
            return
    assert all(1e-6 < term.ratio < 1e6 and term.error < 50 for term in found.terms)
    score = np.array(events) - found.expected
    for column in (np.ones(6), predictors["after"], predictors["year"]):
        assert float(np.dot(column, score)) == pytest.approx(0, abs=1e-5)


def test_limits_hold_their_level_on_clustered_counts() -> None:
    """32 quarters whose rate varies by 45 percent, no effect, 200 times: about 5 false of 100."""
    rng = np.random.default_rng(5)
    after = {"after": np.repeat([0, 1], 16)}
    laws: dict[Law, float] = {"quasi_poisson": 0.95, "negative_binomial": 0.935}
    for law, claimed in laws.items():
        covered = []
        for _ in range(200):
            events = rng.poisson(20 * rng.gamma(5, 1 / 5, 32))
            try:
                term = rate_model(events, np.ones(32), after, law=law).term("after")
            except MethodError:
                continue
            covered.append(term.low <= 1 <= term.high)
        assert len(covered) > 190
        assert np.mean(covered) > claimed - 3 * math.sqrt(0.05 * 0.95 / 200)


# Edges


def test_years_more_even_than_chance_are_given_no_credit() -> None:
    """Underdispersion is luck, not knowledge: the error is the Poisson one."""
    even = [10, 10, 11, 10, 20, 21, 20, 21]
    quasi = rate_model(even, np.ones(8), AFTER)
    plain = rate_model(even, np.ones(8), AFTER, law="poisson")
    assert quasi.dispersion < 1
    assert quasi.term("after").error == plain.term("after").error


@pytest.mark.parametrize(
    ("events", "predictors", "law", "said"),
    [
        ([0] * 8, AFTER, "poisson", "all 8 counts are 0"),
        ([3, 1, 4, 1, 0, 0, 0, 0], AFTER, "poisson", "singles out some of the 4 points"),
        ([0, 0, 0, 0, 3, 1, 4, 1], AFTER, "quasi_poisson", "singles out"),
        ([3, 1, 4, 1, 5, 9, 2], AFTER, "poisson", "8 values beside 7|7 values|has 8 values"),
        ([3, 1, 4, 1, 5, 9, 2, -6], AFTER, "poisson", "negative or not whole"),
        ([3, 1, 4, 1, 5, 9, 2, 0.5], AFTER, "poisson", "negative or not whole"),
        ([3, 1, 4, 1, 5, 9, 2, math.nan], AFTER, "poisson", "missing or infinite"),
        ([3, 1, 4, 1, 5, 9, 2, 6], AFTER | {"a": [1] * 8}, "poisson", "1 of 2 predictors"),
        ([3, 1, 4, 1, 5, 9, 2, 6], AFTER, "negative_binomial", "at least 12 are needed"),
        ([3, 1, 4, 1, 5, 9, 2, 6], AFTER, "gamma", "no such law"),
    ],
)
def test_refuses_counts_without_an_estimate(
    events: list[float], predictors: dict[str, list[float]], law: Law, said: str
) -> None:
    """Each would otherwise print a ratio of 0, of infinity, or none at all."""
    with pytest.raises(MethodError, match=said):
        rate_model(events, np.ones(len(events)), predictors, law=law)


def test_zeros_that_no_predictor_singles_out_are_welcome() -> None:
    """Zero counts alone are no separation: refusing them would throw away good data."""
    found = rate_model([0, 3, 0, 1, 2, 0, 4, 5], np.ones(8), AFTER, law="poisson")
    assert found.term("after").ratio == pytest.approx(11 / 4)


def test_refuses_a_negative_binomial_where_nothing_scatters() -> None:
    """R iterates there until it gives up, and returns theta of 20,000."""
    with pytest.raises(MethodError, match="scatter no more than a Poisson law"):
        rate_model([10, 11] * 8, np.ones(16), {"a": np.arange(16)}, law="negative_binomial")


def test_refuses_exposures_of_nothing() -> None:
    """A year without population is a gap in the data, not a rate."""
    with pytest.raises(MethodError, match="1 of 8 values of the exposures are 0 or less"):
        rate_model([1] * 8, [1.0] * 7 + [0.0], AFTER)


def test_a_range_says_how_many_readings_have_no_fit() -> None:
    """If "<5" after may be all zeros, no limits of this kind exist; silence would hide it."""
    events = Yearly((3, 1, 4, 1, 0, 0, 0, 0), (3, 1, 4, 1, 0, 0, 0, 2))
    with pytest.raises(MethodError, match="1 of 3 readings have no fit"):
        rate_model_range(events, np.ones(8), AFTER)
    with pytest.raises(MethodError, match="1296 readings, of which at most 1000"):
        rate_model_range(Yearly((1,) * 8, (6,) * 4 + (1,) * 4), np.ones(8), AFTER)


def test_a_term_that_is_not_there_is_refused() -> None:
    """A misspelt predictor must not become another's ratio."""
    model = rate_model([3, 1, 4, 1, 5, 9, 2, 6], np.ones(8), AFTER)
    with pytest.raises(MethodError, match="no such term among 2"):
        model.term("before")
