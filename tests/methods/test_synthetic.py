"""Synthetic control: against the published Basque weights, its own optimality, at its edges."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, minimize, nnls

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.counterfactual import importance as nested
from analysis.methods.counterfactual.importance import Search
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.simplex import closest_mixture
from analysis.methods.counterfactual.synthetic import (
    SyntheticControl,
    leave_one_out,
    synthetic_control,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "synth_basque"
BASQUE, SPAIN = "Basque Country (Pais Vasco)", "Spain (Espana)"
CHECKS = json.loads((REFERENCE / "expected.json").read_text(encoding="utf-8"))["checks"]


def basque_panel() -> Panel:
    """Income per head 1960-1997, and 14 predictors; 1970 is the first year after."""
    with (REFERENCE / "data.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    years = [row for row in rows if row[0].startswith("gdpcap ") and "-" not in row[0]]
    known = [row for row in rows if row not in years]
    return Panel.of(
        [list(map(float, row[1:])) for row in years],
        periods=[int(row[0].split()[1]) for row in years],
        units=head[1:],
        first_after=1970,
        predictors=[list(map(float, row[1:])) for row in known],
    )


@pytest.fixture(scope="module")
def fits() -> dict[Search, SyntheticControl]:
    """Both searches, run once."""
    panel = basque_panel()
    return {
        "nelder_mead": synthetic_control(panel, BASQUE, search="nelder_mead"),
        "many_starts": synthetic_control(panel, BASQUE),
    }


def simulated(seed: int, units: int = 8, before: int = 12, after: int = 4) -> Panel:
    """Units that follow two common factors with loads of their own, and two predictors."""
    rng = np.random.default_rng(seed)
    loads = rng.uniform(0, 1, (2, units))
    factors = rng.normal(size=(before + after, 2)).cumsum(axis=0)
    outcomes = 10 + factors @ loads + 0.1 * rng.normal(size=(before + after, units))
    return Panel.of(
        outcomes,
        periods=np.arange(before + after),
        units=[f"u{unit}" for unit in range(units)],
        first_after=before,
        predictors=loads + 0.05 * rng.normal(size=loads.shape),
    )


def value_of(fit: SyntheticControl, quantity: str) -> float:
    """Find what a check of the reference names."""
    weights = dict(zip(fit.donors, fit.weights, strict=True))
    names = {"weight Cataluna": "Cataluna", "weight Madrid": "Madrid (Comunidad De)"}
    if quantity in names:
        return weights[names[quantity]]
    kind, key = quantity.split(".", 1)
    return weights[key] if kind == "weights" else fit.gap[fit.periods.index(float(key))]


# Reference


@pytest.mark.parametrize("search", ["nelder_mead", "many_starts"])
@pytest.mark.parametrize("check", CHECKS, ids=[check["quantity"] for check in CHECKS])
def test_basque_weights_and_gap_are_the_published_ones(
    fits: dict[Search, SyntheticControl], search: Search, check: dict[str, float | str]
) -> None:
    """Abadie & Gardeazabal (2003) and pysyncon 1.7.0, see SOURCE.md beside the data."""
    found = value_of(fits[search], str(check["quantity"]))
    assert found == pytest.approx(float(check["value"]), abs=float(check["abs_tol"]))


def test_importance_printed_with_rs_synth_gives_the_published_weights() -> None:
    """The V of the Synth vignette (J. Stat. Software 42(13)): the inner problem by itself."""
    printed = [
        *(0.02773094, 1.194e-7, 1.60609e-5, 0.0007163836, 1.486e-7, 0.002423908, 0.0587055),
        *(0.2651997, 0.02851006, 0.291276, 0.007994382, 0.004053188, 0.009398579, 0.303975),
    ]
    panel = basque_panel().without(SPAIN)
    found = synthetic_control(panel, BASQUE, importance=printed).used()
    assert found == pytest.approx({"Cataluna": 0.851, "Madrid (Comunidad De)": 0.149}, abs=0.0005)


def test_a_closer_fit_than_the_published_one_is_found_where_there_is_one() -> None:
    """The published weights are a local minimum; no search may pretend they are the best."""
    panel = basque_panel().without(SPAIN)
    found = synthetic_control(panel, BASQUE)
    assert found.rmspe_before < 0.07 < 0.094
    assert found.rmspe_floor == pytest.approx(0.0642, abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_weights_match_non_negative_least_squares(seed: int) -> None:
    """Reference: scipy nnls with a heavy row that makes the weights sum to 1."""
    rng = np.random.default_rng(seed)
    apart = rng.normal(size=(30, 12))
    found = closest_mixture(apart.T @ apart)
    heavy = 1e5
    rows = np.vstack([apart, heavy * np.ones(12)])
    expected, _ = nnls(rows, np.append(np.zeros(30), heavy))
    assert found == pytest.approx(expected, abs=1e-6)


def test_outcome_weights_match_a_general_solver() -> None:
    """Reference: scipy SLSQP on the same quadratic program."""
    panel = simulated(4)
    rows = panel.outcomes[: panel.before]
    donors, own = rows[:, 1:], rows[:, 0]

    def loss(weights: Floats) -> float:
        return float(np.sum((own - donors @ weights) ** 2))

    expected = minimize(
        loss,
        np.full(7, 1 / 7),
        method="SLSQP",
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.ones((1, 7)), 1, 1),
        options={"ftol": 1e-14, "maxiter": 1_000},
    )
    found = nested.outcome_weights(rows, 0)
    assert loss(found) <= expected.fun + 1e-9
    assert found == pytest.approx(expected.x, abs=1e-3)


# Properties


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 12))
def test_no_donor_could_improve_the_mixture(seed: int, donors: int, rows: int) -> None:
    """Karush-Kuhn-Tucker: the definition of the smallest distance, also with few rows."""
    apart = np.random.default_rng(seed).normal(size=(rows, donors))
    gram = apart.T @ apart
    weights = closest_mixture(gram)
    slope = gram @ weights
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    assert slope.min() >= weights @ slope - 1e-6 * np.trace(gram)


@pytest.mark.parametrize("seed", range(8))
def test_the_slope_of_the_outer_loss_is_that_of_its_differences(seed: int) -> None:
    """The search follows this slope; a wrong one would stop anywhere."""
    rng = np.random.default_rng(seed)
    outer = nested.problem(rng.normal(size=(6, 9)), rng.normal(size=(12, 9)), 0)
    log = rng.normal(size=6)

    def loss(at: Floats) -> tuple[float, Floats]:
        known = nested._shares(at)
        return nested._loss_and_slope(outer, known, closest_mixture(outer.gram(known)))

    step = 1e-5
    around = [loss(log + step * way)[0] - loss(log - step * way)[0] for way in np.eye(6)]
    assert np.abs(around).max() > 0
    assert loss(log)[1] == pytest.approx(np.array(around) / (2 * step), abs=1e-6, rel=1e-3)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 50), st.floats(-100, 100))
def test_units_of_measure_and_order_of_donors_do_not_matter(
    seed: int, factor: float, shift: float
) -> None:
    """A change of currency, or of the table's order, must not change who stands for whom."""
    panel = simulated(seed)
    again = Panel.of(
        panel.outcomes[:, ::-1] * factor + shift,
        periods=panel.periods,
        units=panel.units[::-1],
        first_after=panel.first_after,
        predictors=None if panel.predictors is None else panel.predictors[:, ::-1] * factor,
    )
    first, second = synthetic_control(panel, "u0"), synthetic_control(again, "u0")
    assert second.rmspe_before == pytest.approx(first.rmspe_before * factor, rel=0.05)
    assert second.rmspe_floor == pytest.approx(first.rmspe_floor * factor, rel=1e-4)


def test_no_search_beats_the_floor_and_more_starts_are_never_worse() -> None:
    """The floor is what any weights could reach: a fit below it would be an error."""
    for seed in range(4):
        panel = simulated(seed)
        many = synthetic_control(panel, "u1")
        few = synthetic_control(panel, "u1", search="nelder_mead")
        assert many.rmspe_floor <= many.rmspe_before * (1 + 1e-9)
        assert many.rmspe_before <= few.rmspe_before * 1.01


def test_an_added_effect_is_found_again() -> None:
    """Known answer: 3 is added to one unit after; fits before do not know of it."""
    panel = simulated(11, units=12, before=20)
    outcomes = panel.outcomes.copy()
    outcomes[panel.before :, 0] += 3
    changed = Panel(outcomes, panel.periods, panel.units, panel.first_after, panel.predictors)
    gain = (
        synthetic_control(changed, "u0").mean_gap_after
        - synthetic_control(panel, "u0").mean_gap_after
    )
    assert gain == pytest.approx(3)


def test_leaving_one_out_drops_exactly_the_donors_with_weight() -> None:
    """Without a donor that has no weight nothing changes; the range covers the others."""
    panel = simulated(7)
    found = leave_one_out(panel, "u2")
    assert {left.donor for left in found.without} == set(found.full.used())
    for left in found.without:
        assert left.donor not in left.fit.donors
        assert found.lowest_mean_gap <= left.fit.mean_gap_after <= found.highest_mean_gap
    direct = synthetic_control(panel.without(found.without[0].donor), "u2")
    assert found.without[0].fit == direct


# Edges


def test_a_unit_beyond_all_donors_is_flagged_not_refused() -> None:
    """No mixture reaches it: the reader must know, and may still want the gap."""
    rows = [[2.0 * t + 10, float(t), t + 1.0] for t in range(10)]
    panel = Panel.of(rows, periods=range(10), units=["a", "b", "c"], first_after=8)
    found = synthetic_control(panel, "a")
    assert found.extrapolates
    assert found.outcomes_outside == 8
    assert found.weights == pytest.approx((0, 1))
    assert not synthetic_control(simulated(0), "u1").predictors_outside < 0


def test_equal_donors_share_their_weight() -> None:
    """Twins cannot be told apart: the split must not depend on which comes first."""
    rows = [[float(t), t + 1.0, t - 1.0, t - 1.0] for t in range(9)]
    panel = Panel.of(rows, periods=range(9), units=["a", "b", "c", "d"], first_after=8)
    assert synthetic_control(panel, "a").weights == pytest.approx((0.5, 0.25, 0.25), abs=1e-4)


def test_one_donor_has_all_the_weight() -> None:
    """The smallest pool there is; the gap is then the plain difference."""
    rows = [[t + (t > 7) * 5.0, float(t)] for t in range(9)]
    panel = Panel.of(rows, periods=range(9), units=["a", "b"], first_after=8)
    found = synthetic_control(panel, "a")
    assert (found.weights, found.mean_gap_after) == ((1.0,), 5.0)
    with pytest.raises(MethodError, match="1 donors, 2 or more"):
        leave_one_out(panel, "a")


def test_refuses_no_donor_and_too_few_years() -> None:
    """The rule on years and donors is the one of require_pre_years, in the same words."""
    alone = Panel.of([[1], [2]], periods=[1, 2], units=["a"], first_after=2)
    with pytest.raises(MethodError, match="0 donor countries"):
        synthetic_control(alone, "a")
    short = Panel.of(np.eye(5), periods=range(5), units=list("abcde"), first_after=3)
    with pytest.raises(MethodError, match="3 years before the plan, 8 are needed"):
        synthetic_control(short, "a")
    assert synthetic_control(short, "a", fewest_before=3).before == 3


def test_refuses_an_importance_that_does_not_fit() -> None:
    """A paper's V belongs to its predictors, in number and in sign."""
    panel = simulated(1)
    with pytest.raises(MethodError, match="importance has 3 values beside 2"):
        synthetic_control(panel, "u0", importance=[1, 1, 1])
    with pytest.raises(MethodError, match="1 of 2 importances are negative"):
        synthetic_control(panel, "u0", importance=[1, -1])
    bare = Panel(panel.outcomes, panel.periods, panel.units, panel.first_after, None)
    with pytest.raises(MethodError, match="the panel has none"):
        synthetic_control(bare, "u0", importance=[1, 1])


def test_panel_refuses_missing_cells_by_number() -> None:
    """A gap must be filled or left out by somebody who says so, not by the method."""
    with pytest.raises(MethodError, match="2 of 6 values of outcomes are missing"):
        Panel.of(
            [[1.0, math.nan], [2.0, 3.0], [math.nan, 4.0]],
            periods=[1, 2, 3],
            units=["a", "b"],
            first_after=2,
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"units": ["a", "a"]}, "1 different names for 2 units"),
        ({"periods": [2, 1, 3]}, "not in order"),
        ({"periods": [1, 2]}, "periods has 2 values beside 3"),
        ({"first_after": 1}, "0 of 3 periods lie before"),
        ({"first_after": 9}, "3 of 3 periods lie before"),
        ({"predictors": [[1, 1]]}, "1 of 1 predictors are the same for every unit"),
        ({"predictors": [[1, 2, 3]]}, "predictors of 3 units beside outcomes of 2"),
    ],
)
def test_panel_refuses_what_does_not_fit(change: dict[str, object], message: str) -> None:
    """Everything later trusts the panel, so it is checked once, here."""
    given_in: dict[str, object] = {"periods": [1, 2, 3], "units": ["a", "b"], "first_after": 2}
    with pytest.raises(MethodError, match=message):
        Panel.of([[1, 2], [2, 3], [3, 5]], **{**given_in, **change})  # type: ignore[arg-type]


def test_panel_refuses_a_unit_it_does_not_have() -> None:
    """The message counts the units and does not repeat a name."""
    with pytest.raises(MethodError, match="none of 8 units has the name given"):
        synthetic_control(simulated(0), "elsewhere")
