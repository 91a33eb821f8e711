"""sensitivity: against published examples and sensemakr, against definitions, at its edges."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from scipy.stats import t as student

from analysis.errors import MethodError
from analysis.methods.checked import Estimate
from analysis.methods.sensitivity import (
    benchmark,
    confounded,
    e_value,
    negative_control,
    pair_bounds,
    partial_r2,
    robustness_value,
)

EXAMPLE = Path(__file__).parents[1] / "reference" / "evalue_vanderweele"

HARMED = {"estimate": 0.09731581928495595, "error": 0.023256537809811136, "freedom": 783}
"""Coefficient of direct harm in the Darfur regression of Cinelli & Hazlett (2020), fitted with
statsmodels to the data of the R package sensemakr."""
FEMALE_ON_OUTCOME, FEMALE_ON_TREATMENT = (-9.788837042331943, 783), (-2.6804478643014398, 784)
"""T value and degrees of freedom of the covariate "female" in both regressions."""

SENSEMAKR = {
    1: (0.00916428667504862, 0.12464092303637, 0.0752202712144491, 0.0218733277437572),
    2: (0.0183285733500972, 0.249324064199975, 0.0529151723844518, 0.0203500620779637),
    3: (0.0274928600251459, 0.374050471038094, 0.0303960234641548, 0.0186700648170924),
}
"""Partial R2 with treatment and outcome, adjusted estimate and error of an omitted variable so
many times as strong as "female": values in sensemakr's own tests, and so are the limits below.
Those are from t with 783 degrees of freedom; the omitted variable takes one, so ours has 782."""
LIMITS = {1: (0.032282966, 0.11815758), 2: (0.012968035, 0.09286231), 3: (-0.006253282, 0.06704533)}


# E-values


def test_e_values_of_the_paper_are_those_printed() -> None:
    """VanderWeele & Ding (2017): two published ratios, point and nearer limit."""
    with (EXAMPLE / "data.csv").open() as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    milk, leukaemia = (
        e_value(Estimate(float(row["rr"]), float(row["lo"]), float(row["hi"]), 0.95))
        for row in (rows["breastfeeding"], rows["leukaemia"])
    )
    assert milk.limit is not None
    assert leukaemia.limit is not None
    computed = {
        "E for RR 3.9": milk.point,
        "E for lower limit 1.8": milk.limit,
        "E for RR 0.80": leukaemia.point,
        "E for 0.91": leukaemia.limit,
        "rr3.9": milk.point,
        "lo1.8": milk.limit,
        "rr0.8": leukaemia.point,
        "hi0.91": leukaemia.limit,
    }
    checks = json.loads((EXAMPLE / "expected.json").read_text())["checks"]
    assert {check["quantity"] for check in checks} == set(computed)
    for check in checks:
        assert computed[check["quantity"]] == pytest.approx(
            check["value"], abs=check["abs_tol"], rel=0
        ), check["quantity"]


@given(st.floats(1.001, 50))
def test_confounding_as_strong_as_the_e_value_just_explains_the_ratio(ratio: float) -> None:
    """Ding & VanderWeele's bounding factor g d / (g + d - 1) at g = d = E is the ratio itself."""
    strength = e_value(ratio).point
    assert strength**2 / (2 * strength - 1) == pytest.approx(ratio, rel=1e-9)
    assert e_value(1 / ratio).point == pytest.approx(strength, rel=1e-9)


def test_common_outcomes_are_brought_to_risk_ratios() -> None:
    """The formulas of the paper's table 2, written out."""
    assert e_value(4.0, scale="odds ratio, common").risk_ratio == 2.0
    assert e_value(4.0, scale="odds ratio, rare").risk_ratio == 4.0
    hazard = (1 - 0.5 ** math.sqrt(0.56)) / (1 - 0.5 ** math.sqrt(1 / 0.56))
    assert e_value(0.56, scale="hazard ratio, common").risk_ratio == pytest.approx(hazard)
    assert e_value(0.56, scale="hazard ratio, rare").risk_ratio == 0.56
    difference = e_value(Estimate(0.5, 0.2, 0.8, 0.95), scale="standardised difference")
    assert difference.risk_ratio == pytest.approx(math.exp(0.455))
    assert difference.risk_ratio_limit == pytest.approx(math.exp(0.182))


def test_limits_that_hold_the_null_need_no_confounding() -> None:
    """Nothing has to be explained away where chance will do."""
    assert e_value(Estimate(1.4, 0.9, 2.0, 0.95)).limit == 1.0
    assert e_value(Estimate(1.0, 0.9, 2.0, 0.95)).point == 1.0
    assert e_value(1.4).limit is None


def test_another_null_measures_the_way_to_it() -> None:
    """From 3.9 to 2 is as far as from 1.95 to 1."""
    found = e_value(Estimate(3.9, 2.4, 8.7, 0.95), null=2.0)
    assert found.point == pytest.approx(e_value(1.95).point)
    assert found.limit == pytest.approx(e_value(1.2).point)


def test_an_open_limit_on_the_far_side_does_not_matter() -> None:
    """No event before: the ratio's upper limit is infinite, the lower one is what counts."""
    assert e_value(Estimate(3.0, 1.8, math.inf, 0.95)).limit == pytest.approx(3.0)


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_e_value_refuses_what_is_no_ratio(value: float) -> None:
    """An infinite ratio would give an infinite E-value: proof against everything."""
    with pytest.raises(MethodError, match="no usable ratio"):
        e_value(value)


def test_e_value_refuses_limits_and_scales_that_cannot_be() -> None:
    """Swapped limits would take the far one for the near one."""
    with pytest.raises(MethodError, match="do not hold the estimate"):
        e_value(Estimate(2.0, 3.0, 1.5, 0.95))
    with pytest.raises(MethodError, match="no such scale"):
        e_value(2.0, scale="RR")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="beyond 30"):
        e_value(400.0, scale="standardised difference")


# Robustness values


def test_the_darfur_regression_matches_sensemakr() -> None:
    """Values in sensemakr's own tests: robustness values, and an omitted variable like "female"."""
    ratio = HARMED["estimate"] / HARMED["error"]
    found = robustness_value(ratio, 783)
    assert (found.partial_r2, found.value, found.value_at_level) == pytest.approx(
        (0.02187, 0.13878, 0.07626), abs=5e-6
    )
    for times, expected in SENSEMAKR.items():
        bound = benchmark(
            partial_r2(*FEMALE_ON_TREATMENT), partial_r2(*FEMALE_ON_OUTCOME), times=times
        )
        assert (bound.r2_treatment, bound.r2_outcome) == pytest.approx(expected[:2], rel=1e-9)
        moved = confounded(
            HARMED["estimate"],
            HARMED["error"],
            783,
            r2_treatment=bound.r2_treatment,
            r2_outcome=bound.r2_outcome,
        )
        assert (moved.estimate.value, moved.standard_error) == pytest.approx(expected[2:], rel=1e-9)
        assert (moved.estimate.low, moved.estimate.high) == pytest.approx(LIMITS[times], abs=2e-7)


@given(st.floats(0.5, 30), st.integers(3, 2_000), st.floats(0.2, 2))
def test_an_omitted_variable_of_that_strength_takes_just_that_share(
    t: float, freedom: int, share: float
) -> None:
    """The definition, through the formula for the bias."""
    found = robustness_value(t, freedom, share=share)
    moved = confounded(t, 1.0, freedom, r2_treatment=found.value, r2_outcome=found.value)
    assert moved.bias == pytest.approx(share * t, rel=1e-7)


@given(st.floats(0.5, 60), st.integers(3, 500))
@settings(max_examples=200)
def test_the_value_at_a_level_is_where_the_limits_first_can_touch_zero(
    t: float, freedom: int
) -> None:
    """Of all variables at most so strong the worst leaves an adjusted t at its critical value."""
    found = robustness_value(t, freedom).value_at_level
    critical = float(student.ppf(0.975, freedom - 1))
    if found == 0:
        assert t / math.sqrt(freedom) <= critical / math.sqrt(freedom - 1) + 1e-12
        return

    def worst(strength: float) -> float:
        outcomes = np.linspace(0, strength, 400)
        bias = np.sqrt(outcomes * strength / (1 - strength) * freedom)
        error = np.sqrt((1 - outcomes) / (1 - strength) * freedom / (freedom - 1))
        return float(np.min(t - bias - critical * error))

    assert worst(found * 0.999) > -1e-9
    assert worst(min(found * 1.001, 1 - 1e-12)) < 1e-3 * t


def test_an_omitted_variable_does_to_a_regression_what_the_formula_says() -> None:
    """Least squares with and without it: the identity that everything here rests on."""
    rng = np.random.default_rng(5)
    x, z = rng.normal(size=(2, 80))
    d = 0.5 * x + 0.7 * z + rng.normal(size=80)
    y = 0.3 * d + x - 0.8 * z + rng.normal(size=80)
    short = sm.OLS(y, sm.add_constant(np.column_stack([d, x]))).fit()
    full = sm.OLS(y, sm.add_constant(np.column_stack([d, x, z]))).fit()
    first = sm.OLS(d, sm.add_constant(np.column_stack([x, z]))).fit()
    moved = confounded(
        short.params[1],
        short.bse[1],
        int(short.df_resid),
        r2_treatment=partial_r2(first.tvalues[2], int(first.df_resid)),
        r2_outcome=partial_r2(full.tvalues[3], int(full.df_resid)),
    )
    assert moved.standard_error == pytest.approx(full.bse[1], rel=1e-9)
    assert moved.bias == pytest.approx(abs(full.params[1] - short.params[1]), rel=1e-9)


def test_the_sign_of_an_effect_does_not_change_its_strength() -> None:
    """A fall is explained away exactly as a rise is, and a strong bias turns the sign."""
    rise = confounded(0.5, 0.1, 50, r2_treatment=0.2, r2_outcome=0.3)
    fall = confounded(-0.5, 0.1, 50, r2_treatment=0.2, r2_outcome=0.3)
    assert fall.estimate.value == -rise.estimate.value
    assert fall.estimate.low == pytest.approx(-rise.estimate.high)
    turned = confounded(-0.1, 0.1, 50, r2_treatment=0.5, r2_outcome=0.5)
    assert turned.estimate.value > 0


def test_robustness_refuses_what_no_variable_can_be() -> None:
    """An omitted variable cannot explain more than all."""
    with pytest.raises(MethodError, match="explain more than all"):
        benchmark(0.3, 0.3, times=3)
    with pytest.raises(MethodError, match="outside 0 to 1"):
        benchmark(1.0, 0.3)
    with pytest.raises(MethodError, match="outside 0 to 1"):
        confounded(1.0, 0.1, 10, r2_treatment=0.1, r2_outcome=1.0)
    with pytest.raises(MethodError, match="no whole number of at least 2"):
        robustness_value(2.0, 1)
    with pytest.raises(MethodError, match="not finite"):
        partial_r2(math.nan, 5)
    with pytest.raises(MethodError, match="must be above 0"):
        robustness_value(2.0, 10, share=0)


# Matched pairs


@given(st.integers(1, 60), st.floats(1, 10), st.data())
def test_pair_bounds_are_binomial_tails(pairs: int, gamma: float, data: st.DataObject) -> None:
    """Reference: scipy's binomial law; gamma 1 is the ordinary one-sided sign test."""
    yes = data.draw(st.integers(0, pairs))
    found = pair_bounds(yes, pairs, gammas=[1, gamma])
    assert found.rows[0].p_low == found.rows[0].p_high
    assert found.rows[0].p_high == pytest.approx(binom.sf(yes - 1, pairs, 0.5), rel=1e-9)
    assert found.rows[1].p_high == pytest.approx(
        binom.sf(yes - 1, pairs, gamma / (1 + gamma)), rel=1e-9
    )
    assert found.rows[1].p_low == pytest.approx(
        binom.sf(yes - 1, pairs, 1 / (1 + gamma)), rel=1e-7, abs=1e-300
    )


@given(st.integers(1, 60), st.floats(0.01, 0.2), st.data())
def test_the_bias_withstood_is_where_p_reaches_alpha(
    pairs: int, alpha: float, data: st.DataObject
) -> None:
    """The number that is quoted, checked against the tail it stands for."""
    yes = data.draw(st.integers(0, pairs))
    found = pair_bounds(yes, pairs, alpha=alpha)
    if found.withstands is None:
        assert found.rows[0].p_high > alpha * (1 - 1e-9)
    else:
        share = found.withstands / (1 + found.withstands)
        assert binom.sf(yes - 1, pairs, share) == pytest.approx(alpha, rel=1e-6)


def test_pair_bounds_refuse_pairs_that_say_nothing() -> None:
    """Only pairs that differ count."""
    with pytest.raises(MethodError, match="no discordant pair"):
        pair_bounds(0, 0)
    with pytest.raises(MethodError, match="more favourable ones"):
        pair_bounds(5, 4)
    with pytest.raises(MethodError, match="a gamma is below 1"):
        pair_bounds(5, 9, gammas=[0.5])


# Negative controls


def test_a_control_that_moved_takes_the_effect_with_it() -> None:
    """Thefts doubled too: then more recording explains as much as the plan does."""
    found = negative_control(Estimate(2.0, 1.6, 2.5, 0.95), Estimate(1.9, 1.6, 2.3, 0.95))
    assert found.control_moved
    assert not found.says_more
    assert found.against_control.value == pytest.approx(2.0 / 1.9)


@given(st.floats(-3, 3), st.floats(0.05, 1), st.floats(-3, 3), st.floats(0.05, 1))
def test_symmetric_limits_add_up_like_standard_errors(
    one: float, error: float, two: float, other: float
) -> None:
    """MOVER is the ordinary difference of two normal estimates where both are symmetric."""
    found = negative_control(
        Estimate(one, one - error, one + error, 0.95),
        Estimate(two, two - other, two + other, 0.95),
        scale="difference",
    ).against_control
    assert found.value == pytest.approx(one - two)
    assert found.high - found.value == pytest.approx(math.hypot(error, other), rel=1e-9)
    assert found.value - found.low == pytest.approx(math.hypot(error, other), rel=1e-9)


def test_lopsided_limits_are_laid_against_the_right_side() -> None:
    """The lower limit of a difference rests on the effect's lower and the control's upper one."""
    found = negative_control(
        Estimate(5.0, 2.0, 9.0, 0.95), Estimate(1.0, -11.0, 13.0, 0.95), scale="difference"
    ).against_control
    assert (found.low, found.high) == pytest.approx((4 - math.hypot(3, 12), 4 + math.hypot(4, 12)))
    found = negative_control(
        Estimate(5.0, 2.0, 9.0, 0.95), Estimate(1.0, -2.0, 5.0, 0.95), scale="difference"
    ).against_control
    assert (found.low, found.high) == pytest.approx((4 - math.hypot(3, 4), 4 + math.hypot(4, 3)))


def test_negative_control_refuses_open_limits_and_two_levels() -> None:
    """Half a line cannot be subtracted."""
    good = Estimate(2.0, 1.6, 2.5, 0.95)
    with pytest.raises(MethodError, match="not finite"):
        negative_control(good, Estimate(2.0, 1.6, math.inf, 0.95))
    with pytest.raises(MethodError, match="different confidence levels"):
        negative_control(good, Estimate(2.0, 1.6, 2.5, 0.9))
    with pytest.raises(MethodError, match="not above 0"):
        negative_control(good, Estimate(2.0, 0.0, 2.5, 0.95))
    with pytest.raises(MethodError, match="no such scale"):
        negative_control(good, good, scale="odds")  # type: ignore[arg-type]
