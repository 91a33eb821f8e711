"""Every method: what is no number is refused in words, and nothing else comes out."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.methods import agreement as coders
from analysis.methods import (
    change,
    control_chart,
    elsewhere,
    fisher,
    missing,
    networks,
    quality,
    scalars,
)
from analysis.methods import interrupted_series as its
from analysis.methods import sensitivity as unseen
from analysis.methods import survival as sv
from analysis.methods.comparators import change_rank
from analysis.methods.counterfactual.clustered import clustered
from analysis.methods.counterfactual.difference import changes, two_by_two
from analysis.methods.counterfactual.one_treated import one_treated
from analysis.methods.counterfactual.one_treated_range import one_treated_range
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.parallel_trends import relative_magnitudes
from analysis.methods.counterfactual.placebos import placebo_in_time
from analysis.methods.counterfactual.rule import require_pre_years
from analysis.methods.counterfactual.staggered import staggered
from analysis.methods.counterfactual.structural import structural_series
from analysis.methods.counterfactual.synthetic import synthetic_control
from analysis.methods.counterfactual.trends import Trends
from analysis.methods.counts import Count, Yearly
from analysis.methods.dispersion import dispersed_ratio
from analysis.methods.interrupted.readings import level_over_readings, yearly_factor
from analysis.methods.least_squares import newey_west
from analysis.methods.multiplicity import adjust, families
from analysis.methods.multiverse import (
    Choice,
    CountSeries,
    Grid,
    compare_curves,
    count_curve,
    joint_test,
)
from analysis.methods.pooling import random_effects
from analysis.methods.power import (
    detectable,
    largest_detectable_fall,
    smallest_detectable_ratio,
)
from analysis.methods.proportions import Part, share, share_difference
from analysis.methods.rate_difference import rate_difference
from analysis.methods.rate_models import rate_model, rate_model_range
from analysis.methods.rates import rate, rate_ratio
from analysis.methods.sample_size import (
    means_group_size,
    means_power,
    shares_group_size,
    shares_power,
)
from analysis.methods.standardised import direct_rate, standardised_ratio

# One valid call of every method that takes numbers

Call = tuple[Callable[..., Any], Mapping[str, Any]]

_RNG = np.random.default_rng(3)
_FEW, _MANY = Count(15, 15, 4.0), Count(41, 41, 4.0)
_PART, _OTHER = Part(5, 5, 56), Part(3, 3, 29)
_YEARS = list(range(2000, 2020))
_EVENTS = [3, 4, 5, 2, 6, 7, 3, 8, 9, 5, 6, 7, 9, 10, 8, 12, 9, 11, 10, 14]
_YEARLY = Yearly((3, 0, 5, 6, 8, 2), (3, 4, 5, 6, 8, 2))
_TWENTY = Yearly(tuple(_EVENTS), tuple(_EVENTS))
_SERIES = its.Series.of(range(20), _EVENTS)
_LEVEL = its.Model((its.Break("plan", 10),))
_UNITS = [f"unit {place}" for place in range(40)]
_NUMBERS = _RNG.normal(10, 1, (20, 40))
_PANEL = Panel.of(_NUMBERS, periods=_YEARS, units=_UNITS, first_after=2012)
_TREND = Trends.of([0.1], [2.0], [[0.01, 0.0], [0.0, 0.01]])
_DAYS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23]
_ENDED = [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1]
_CURVE = sv.kaplan_meier(_DAYS, _ENDED)
_GRID = Grid((Choice.of("dispersion", ["poisson", "floored"]),))
_COUNTS = CountSeries(tuple(_YEARS), _TWENTY)
_RING = networks.network(range(15), [(i, (i + 1) % 15) for i in range(15)])
_DRAWN = _RNG.normal(size=(30, 2))
_PAIR = {"before": _FEW, "after": _MANY}
_PARTS = {"first": _PART, "second": _OTHER}
_SPELLS = {"times": _DAYS, "observed": _ENDED}
_BROKEN = {"series": _SERIES, "model": _LEVEL}
_CELLS = ("control_before", "control_after", "treated_before", "treated_after")

CALLS: tuple[Call, ...] = (
    (Count, {"low": 3, "high": 5, "exposure": 4.0}),
    (Part, {"low": 3, "high": 5, "total": 9}),
    (missing.Partly, {"yes": 3, "known": 8, "missing": 2}),
    (change.Effort, {"ratio": 1.5, "elasticity": (0.0, 1.0)}),
    (change.between_totals, {"before": (40, 45), "after": (60, 70)}),
    (rate, {"count": _FEW, "level": 0.95}),
    (rate_ratio, {**_PAIR, "level": 0.95}),
    (rate_difference, {**_PAIR, "level": 0.95}),
    (dispersed_ratio, {"before": _YEARLY, "after": _YEARLY, "level": 0.95}),
    (detectable, {"before": _FEW, "exposure_after": 4.0, "level": 0.95, "power": 0.8}),
    *(
        (method, {"before": 28.0, "exposure_before": 4.0, "exposure_after": 4.0, "power": 0.8})
        for method in (smallest_detectable_ratio, largest_detectable_fall)
    ),
    (direct_rate, {"strata": [_FEW, _MANY], "weights": [0.4, 0.6], "level": 0.95}),
    (standardised_ratio, {"strata": [_FEW], "standard_rates": [0.4], "level": 0.95}),
    (rate_model, {"events": _EVENTS, "exposures": [1.0] * 20, "predictors": {}, "level": 0.95}),
    (rate_model_range, {"events": _YEARLY, "exposures": [1.0] * 6, "predictors": {}}),
    (newey_west, {"periods": _YEARS, "outcome": _EVENTS, "predictors": {}, "lags": 2}),
    (share, {"part": _PART, "level": 0.95}),
    (share_difference, {**_PARTS, "level": 0.95}),
    (fisher.odds_ratio, {**_PARTS, "level": 0.95}),
    (elsewhere.byar_rate, {"count": _FEW, "level": 0.95}),
    (elsewhere.wald_ratio, {**_PAIR, "level": 0.95}),
    (elsewhere.wald_share, {"part": _PART, "level": 0.95}),
    (elsewhere.wald_difference, {**_PARTS, "level": 0.95}),
    (coders.kappa_of_table, {"table": [[10, 3], [2, 8]], "level": 0.95}),
    (means_power, {"difference_sd": 0.5, "group_size": 20, "second_size": 30, "level": 0.95}),
    (means_group_size, {"difference_sd": 0.5, "power": 0.8, "level": 0.95}),
    (shares_power, {"first_share": 0.5, "second_share": 0.75, "group_size": 50, "level": 0.95}),
    (shares_group_size, {"first_share": 0.5, "second_share": 0.75, "power": 0.8}),
    (change_rank, {"focal": 0.3, "others": {"a": 0.1}}),
    (its.Series.of, {"periods": _YEARS, "counts": _EVENTS, "exposure": [1.0] * 20}),
    (its.Break, {"name": "plan", "start": 12, "slope_from": 12.0, "donut": (11, 13)}),
    (its.Season, {"period": 12.0, "pairs": 2}),
    (its.Model, {"breaks": (its.Break("plan", 12),), "fewest": 9}),
    (its.level_and_slope, {**_BROKEN, "level": 0.95}),
    (its.placebo_dates, {"series": its.Series.of(range(40), _EVENTS * 2),
                         "model": its.Model((its.Break("plan", 24),)), "level": 0.95}),
    (its.compare_errors, {**_BROKEN, "term": "plan: level", "lags": 2, "level": 0.95}),
    (its.without_break, {**_BROKEN, "rng": 1, "draws": 1_000, "level": 0.95}),
    (its.autocorrelation, {**_BROKEN, "rng": 1, "draws": 1_000}),
    (its.performance, {"periods": _YEARS, "model": its.Model((its.Break("plan", 2010),)),
                       "mean": [7.0] * 20, "ratio": 1.5, "dispersion": 1.2, "correlation": 0.2,
                       "rng": 1, "draws": 20, "lags": 3, "level": 0.95}),
    (level_over_readings, {"periods": _YEARS, "counts": _TWENTY, "start": 2010, "rng": 1}),
    (yearly_factor, {"periods": _YEARS, "counts": _TWENTY, "rng": 1, "draws": 100}),
    (control_chart.control_chart, {"periods": _YEARS, "counts": _EVENTS, "dispersion": 1.2,
                                   "rng": 1, "baseline": 10, "draws": 1_000}),
    (control_chart.cusum, {"periods": _YEARS, "counts": _EVENTS, "dispersion": 1.2, "rate": 7.0,
                           "ratio": 1.5, "run_length": 20.0}),
    (control_chart.count_cases, {"persons": [3, 4], "sizes": [[1, 2], [4]]}),
    (control_chart.probability_limits, {"mean": 4.5, "each_side": 0.025, "dispersion": 1.2}),
    (require_pre_years, {"available": 9, "needed": 8, "donors": 4}),
    (Panel.of, {"outcomes": _NUMBERS, "periods": _YEARS, "units": _UNITS, "first_after": 2012}),
    (synthetic_control, {"panel": _PANEL, "treated": "unit 0", "fewest_before": 8}),
    (placebo_in_time, {"panel": _PANEL, "treated": "unit 0", "pretended": 2009}),
    (structural_series, {"series": _NUMBERS[:, 0], "controls": _NUMBERS[:, 1:2],
                         "periods": _YEARS, "first_after": 2016, "rng": 1, "draws": 1_000}),
    (two_by_two, {**{cell: [1.0, 2.0, 4.0] for cell in _CELLS}, "level": 0.95}),
    (changes, {"control": [[1.0, 2], [2, 4]], "treated": [[1.0, 5], [2, 5]], "level": 0.95}),
    (clustered, {"outcome": _NUMBERS.ravel()[:176], "treated": [0, 0, 1, 1] * 44,
                 "after": [0, 1] * 88, "cluster": [f"{i // 4} {i % 4 // 2}" for i in range(176)]}),
    (one_treated, {"panel": _PANEL, "treated": "unit 0", "level": 0.95}),
    (one_treated_range, {"treated": (1.0, 2.0), "others": np.sort(_NUMBERS[:, :2], axis=1)}),
    (staggered, {"outcomes": _NUMBERS[:6], "periods": _YEARS[:6], "rng": 1, "draws": 1_000,
                 "begins": [None] * 20 + [2003] * 20, "level": 0.95}),
    (Trends.of, {"before": [0.1], "after": [0.3], "covariance": np.eye(2)}),
    (relative_magnitudes, {"trends": _TREND, "sizes": (0.5, 1.0), "level": 0.95}),
    (sv.kaplan_meier, {**_SPELLS, "entry": [0] * 16, "level": 0.95}),
    (sv.log_rank, {**_SPELLS, "groups": ["a", "b"] * 8, "strata": ["x"] * 16}),
    (sv.permuted_log_rank, {**_SPELLS, "groups": ["a", "b"] * 8, "rng": 1, "draws": 99}),
    (sv.cumulative_incidence, {"times": _DAYS, "causes": _ENDED, "level": 0.95}),
    (sv.cox, {**_SPELLS, "covariates": {"late": [0, 1] * 8}, "level": 0.95}),
    (sv.quantile, {"curve": _CURVE, "gone": 0.5}),
    (sv.restricted_mean, {"curve": _CURVE, "until": 20.0}),
    (sv.survival_at, {"curve": _CURVE, "at": [0, 10]}),
    (networks.network, {"nodes": ["a", "b", "c"], "ties": [("a", "b")]}),
    (networks.missing_ties, {"given": _RING, "rng": 1, "shares": (0.2,), "draws": 99}),
    (networks.change_test, {"before": _RING, "after": _RING, "name": "density", "rng": 1,
                            "draws": 99}),
    (networks.qap_correlation, {"before": _RING, "after": _RING, "rng": 1, "draws": 99}),
    (quality.outliers, {"values": [10, 12, 11, 13, 55, 9, 10], "threshold": 3.5}),
    (quality.agreement, {"first": [10, 12, 15], "second": [11, 12, 13], "tolerance": 0.1}),
    (quality.ratio_to_prior, {"counts": [10, 12, 9, 14], "prior": 3, "tolerance": 0.33}),
    (quality.sums, {"parts": [[1, 2], [3, 4]], "totals": [4, 6], "tolerance": 0}),
    (adjust, {"p_values": [0.01, 0.3], "method": "holm", "alpha": 0.05, "names": ["a", "b"]}),
    (families, {"p_values": [0.01, 0.3], "family": ["a", "b"], "alpha": 0.05}),
    (missing.share_bounds, {"yes": 3, "known": 8, "missing": 2, "level": 0.95}),
    (missing.mean_bounds, {"values": [1.0, 2.0], "missing": 2, "lowest": 0.0, "highest": 9.0}),
    (missing.rate_ratio_bounds, {**_PAIR, "missing_before": 2, "missing_after": 3}),
    (missing.rubin, {"estimates": [1.0, 2.0], "variances": [0.9, 0.8], "observations": 60,
                     "parameters": 2, "level": 0.95}),
    (missing.delta_adjusted, {"imputed": [[1.0, 2, 3, 4], [1.0, 2, 3, 5]], "null": 0.0,
                              "missing": [0, 0, 0, 1], "deltas": [-1.0, 0.0], "level": 0.95}),
    (missing.odds_adjusted, {"after": missing.Partly(3, 8, 2), "odds_ratios": [0.5, 1.0],
                             "null": 0.1, "level": 0.95}),
    (unseen.e_value, {"estimate": 3.9, "null": 1.2}),
    (unseen.robustness_value, {"t": 4.2, "degrees_of_freedom": 783, "share": 1.0}),
    (unseen.confounded, {"estimate": 0.3, "standard_error": 0.1, "degrees_of_freedom": 50,
                         "r2_treatment": 0.1, "r2_outcome": 0.2, "level": 0.95}),
    (unseen.benchmark, {"covariate_with_treatment": 0.1, "covariate_with_outcome": 0.2,
                        "times": 2.0}),
    (unseen.pair_bounds, {"favourable": 20, "discordant": 25, "gammas": (1.0, 2.0),
                          "alpha": 0.05}),
    (random_effects, {"estimates": [0.1, 0.5], "variances": [0.01, 0.02], "level": 0.95}),
    (count_curve, {"grid": _GRID, "series": _COUNTS, "fixed": {"start": 2010}, "level": 0.95,
                   "fewest": 8}),
    (joint_test, {"grid": _GRID, "series": _COUNTS, "fixed": {"start": 2010}, "rng": 1,
                  "draws": 19}),
    (compare_curves, {"estimates": [1.0, 2], "z": [1.0, 2], "drawn_estimates": _DRAWN,
                      "drawn_z": _DRAWN, "permuted": "a", "assumed": "b", "level": 0.95}),
)  # fmt: skip

# What is spoilt in it

NAME = "Jane-4711"
"""Stands for a cell that must not come back in a message."""
ROWS = (list, tuple, np.ndarray)
NO_NUMBER: dict[str, object] = {
    "not a number": math.nan,
    "pandas' NA": pd.NA,
    "text": NAME,
    "a number as text": "0.95",
    "true": True,
    "complex": 1 + 2j,
    "infinite": math.inf,
    "a row": [0.5],
}
MISSING: dict[str, object] = {"not a number": math.nan, "pandas' NA": pd.NA}
LABELS = {"units", "nodes", "cluster", "groups", "strata", "names", "family"}


def spoilt() -> Iterator[tuple[str, Callable[..., Any], dict[str, Any]]]:
    """Yield each call with one number, or one cell of a row, replaced."""
    for method, call in CALLS:
        for name, value in call.items():
            label = f"{method.__qualname__}({name}"
            if isinstance(value, int | float):
                for what, wrong in NO_NUMBER.items():
                    if not (name == "rng" and what == "true"):
                        yield f"{label}: {what})", method, {**call, name: wrong}
            elif isinstance(value, ROWS) and len(value) and isinstance(value[0], int | float):
                for what, wrong in (MISSING | {"text": NAME}).items():
                    yield f"{label}[0]: {what})", method, {**call, name: [wrong, *value[1:]]}
                yield f"{label}: no values)", method, {**call, name: []}
            elif name in LABELS and isinstance(value[0], str):
                for what, wrong in MISSING.items():
                    yield f"{label}[0]: {what})", method, {**call, name: [wrong, *value[1:]]}


SPOILT = [pytest.param(method, call, id=label) for label, method, call in spoilt()]


@pytest.mark.parametrize(("method", "call"), CALLS, ids=lambda one: getattr(one, "__name__", ""))
def test_the_calls_that_are_spoilt_are_valid(method: Callable[..., Any], call: Any) -> None:
    """Else a refusal below would prove nothing."""
    method(**call)


@pytest.mark.parametrize(("method", "call"), SPOILT)
def test_what_is_no_number_is_refused_in_words(
    method: Callable[..., Any], call: dict[str, Any]
) -> None:
    """No traceback, no warning, no NaN in a result: the condition, the remedy, and no cell."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(MethodError) as refusal:
            method(**call)
    told = str(refusal.value)
    assert NAME not in told
    where, _, condition = told.partition(": ")
    assert where
    assert ". " in condition


@pytest.mark.parametrize("level", [0, 1, 95, -0.95, 1e-300, 1 - 1e-17])
def test_a_level_that_is_no_share_is_refused_by_all(level: float) -> None:
    """95 for 0.95 would give limits as wide as the line, and 1e-300 limits that vanish."""
    leveled = [(method, call) for method, call in CALLS if "level" in call]
    assert len(leveled) >= 40
    for method, call in leveled:
        with pytest.raises(MethodError, match="confidence level must lie between 0 and 1"):
            method(**{**call, "level": level})


def test_a_rule_cannot_be_lowered_by_what_compares_with_nothing() -> None:
    """NaN is not below any number of years, and so once passed for enough of them."""
    from analysis.methods.counterfactual.rule import require_pre_years

    for years in (math.nan, pd.NA, "8", 8.5, 0):
        with pytest.raises(MethodError, match="no whole number of at least 1"):
            require_pre_years(3, needed=years, donors=4)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.float32(3)])
def test_a_number_of_any_library_is_a_number(value: object) -> None:
    """Counts come out of numpy and pandas as often as out of a file."""
    assert scalars.real(value) == scalars.number("m", "x", value) == scalars.whole("m", "x", value)


def test_a_whole_number_beyond_every_float_is_infinite_not_a_crash() -> None:
    """A slip of the keyboard in a number of draws ends in words."""
    assert math.isinf(scalars.real(10**400))
    with pytest.raises(MethodError, match="fewer than 99 draws, more than 10,000,000"):
        scalars.require_draws("m", 10**400, 99)
    with pytest.raises(MethodError, match=r"no such law\. Choose one of a, b"):
        scalars.require_one_of("m", "law", ["a"], ("a", "b"))


@pytest.mark.parametrize(
    ("method", "name", "rest"),
    [
        (share, "limits", {"part": _PART}),
        (rate_model, "law", {"events": _EVENTS, "exposures": [1.0] * 20, "predictors": {}}),
        (coders.kappa_of_table, "weights", {"table": [[10, 3], [2, 8]]}),
        (synthetic_control, "search", {"panel": _PANEL, "treated": "unit 0"}),
        (changes, "errors", {"control": [[1.0, 2], [2, 4]], "treated": [[1.0, 5], [2, 5]]}),
        (sv.log_rank, "weighting", {**_SPELLS, "groups": ["a", "b"] * 8}),
        (sv.cox, "ties", {**_SPELLS, "covariates": {"late": [0, 1] * 8}}),
        (sv.cox, "penalty", {**_SPELLS, "covariates": {"late": [0, 1] * 8}}),
        (networks.closeness, "direction", {"given": _RING}),
        (networks.degree, "direction", {"given": _RING}),
        (networks.communities, "search", {"given": _RING}),
        (networks.centralisation, "kind", {"given": _RING}),
        (networks.change_test, "unit", {"before": _RING, "after": _RING, "name": "density",
                                        "rng": 1}),
        (random_effects, "estimator", {"estimates": [0.1, 0.5], "variances": [0.01, 0.02]}),
        (unseen.e_value, "scale", {"estimate": 3.9}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [NAME, None, math.nan, ["wilson"]])
def test_an_unknown_choice_is_refused_not_taken_for_another(
    method: Callable[..., Any], name: str, rest: dict[str, Any], value: object
) -> None:
    """A typing error once chose whatever stood last in the code, and the result kept its name."""
    with pytest.raises(MethodError, match="no such") as refusal:
        method(**rest, **{name: value})
    assert NAME not in str(refusal.value)
