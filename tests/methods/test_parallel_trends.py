"""Bounds on failing parallel trends: against diff-diff, their own coverage, at their edges."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.counterfactual import smooth_drift
from analysis.methods.counterfactual.parallel_trends import relative_magnitudes, smoothness
from analysis.methods.counterfactual.staggered import staggered
from analysis.methods.counterfactual.trends import Trends


def some_trends(seed: int, before: int = 3, after: int = 2, effect: float = 1.0) -> Trends:
    """Estimates around a small drift, with a covariance like that of an event study."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(before + after, before + after)) * 0.1
    covariance = root @ root.T + 0.02 * (np.eye(before + after) + 1)
    drift = 0.1 * rng.normal(size=before)
    return Trends.of(drift, effect + 0.1 * rng.normal(size=after), covariance)


def theirs(trends: Trends, method: str, size: float) -> tuple[float, float, float, float]:
    """Estimated set and limits from diff-diff's HonestDiD."""
    from diff_diff import (
        HonestDiD,
        MultiPeriodDiDResults,
        PeriodEffect,
    )

    values = np.append(trends.before, trends.after).tolist()
    errors = np.sqrt(trends.covariance.diagonal()).tolist()
    n, none = len(trends.before), (math.nan, math.nan)
    times = [*range(-n, 0), *range(1, len(trends.after) + 1)]
    results = MultiPeriodDiDResults(
        period_effects={
            time: PeriodEffect(time, value, error, math.nan, math.nan, none)
            for time, value, error in zip(times, values, errors, strict=True)
        },
        **dict.fromkeys(("avg_att", "avg_se", "avg_t_stat", "avg_p_value"), math.nan),
        avg_conf_int=none,
        **dict.fromkeys(("n_obs", "n_treated", "n_control"), 0),
        pre_periods=times[:n],
        post_periods=times[n:],
        vcov=trends.covariance,
        reference_period=0,
        interaction_indices={time: place for place, time in enumerate(times)},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = HonestDiD(method=method, M=size).fit(results)
    return found.lb, found.ub, found.ci_lb, found.ci_ub


# Reference


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [0.0, 0.05, 0.4])
def test_smoothness_limits_match_diff_diff(seed: int, size: float) -> None:
    """Reference: diff-diff's optimal fixed-length limits (Rambachan & Roth 2023, 4.1)."""
    trends = some_trends(seed)
    ours = smoothness(trends, [size]).bounds[0]
    set_low, set_high, low, high = theirs(trends, "smoothness", size)
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=2e-4)
    assert ours.high - ours.low <= (high - low) * (1 + 1e-6)
    if ours.set_low is None or ours.set_high is None:
        assert math.isnan(set_low)
    else:
        assert (ours.set_low, ours.set_high) == pytest.approx((set_low, set_high), abs=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_relative_magnitudes_leave_open_what_diff_diff_says(seed: int) -> None:
    """Reference: its linear programs. Its limits take the largest step as known; ours do not."""
    trends = some_trends(seed, before=4, after=3)
    for bound in relative_magnitudes(trends, [0.5, 1.5]).bounds:
        set_low, set_high, low, high = theirs(trends, "relative_magnitude", bound.size)
        assert (bound.set_low, bound.set_high) == pytest.approx((set_low, set_high), abs=1e-8)
        assert bound.low < low
        assert bound.high > high


def test_critical_value_is_the_quantile_of_a_folded_normal() -> None:
    """1.96 without bias; the one-sided 1.645 beyond a large bias."""
    assert smooth_drift._critical(0.0, 0.05) == pytest.approx(1.959964, abs=1e-6)
    assert smooth_drift._critical(8.0, 0.05) == pytest.approx(8 + 1.644854, abs=1e-6)
    assert smooth_drift._critical(4.0, 0.05) == pytest.approx(
        smooth_drift._critical(4.0 + 1e-9, 0.05), abs=1e-6
    )


# Properties


def covered(kind: str, drift: Floats, size: float) -> float:
    """Share of 300 draws around a drift whose limits hold the true effect of 1."""
    rng = np.random.default_rng(3)
    covariance = 0.04 * (np.eye(5) + 1) / 2
    held = 0
    for noise in rng.multivariate_normal(np.zeros(5), covariance, size=300):
        beta = drift + noise + np.array([0, 0, 0, 1, 1])
        trends = Trends.of(beta[:3], beta[3:], covariance)
        if kind == "steps":
            bound = relative_magnitudes(trends, [size]).bounds[0]
            low, high = bound.low, bound.high
        else:
            low, high = smooth_drift.limits(trends, np.full(2, 0.5), size, 0.05)
        held += low <= 1 <= high
    return held / 300


def test_limits_hold_the_effect_under_the_worst_drift_allowed() -> None:
    """The claim is coverage for every drift of that size: here the steepest and most bent."""
    steepest = np.array([-0.6, -0.4, -0.2, 0.2, 0.4])
    assert covered("steps", steepest, 1.0) >= 0.93
    most_bent = np.array([0.0, 0.0, 0.0, 0.3, 0.9])
    assert covered("bends", most_bent, 0.3) >= 0.92


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 4))
def test_bounds_widen_with_the_size_of_the_failure(seed: int, before: int, after: int) -> None:
    """More doubt can never make an effect surer."""
    trends = some_trends(seed, before, after)
    for found in (
        relative_magnitudes(trends, [0, 0.5, 1, 2]),
        smoothness(trends, [0, 0.05, 0.1, 0.5]),
    ):
        widths = [bound.high - bound.low for bound in found.bounds]
        assert widths == sorted(widths)


@pytest.mark.parametrize("seed", range(4))
def test_at_the_breakdown_a_limit_touches_zero(seed: int) -> None:
    """It is the size at which the verdict turns: just below it stands, just above not."""
    trends = some_trends(seed, effect=2.0)
    for method in (relative_magnitudes, smoothness):
        size = method(trends, [0.0]).breakdown
        assert 0 < size < math.inf
        below, above = method(trends, [0.999 * size, 1.001 * size]).bounds
        assert below.low > 0
        assert above.low <= 0


def test_a_straight_drift_is_taken_off_at_size_zero() -> None:
    """Estimates on one line before and after are no effect, but for chance."""
    line = 0.5 * np.arange(-3.0, 3)
    trends = Trends.of(line[:3], line[4:], 1e-6 * np.eye(5))
    bound = smoothness(trends, [0.0]).bounds[0]
    assert bound.set_low == pytest.approx(0, abs=1e-9)
    assert bound.low < 0 < bound.high
    assert smoothness(trends, [0.0]).breakdown == 0


# Edges


def test_takes_an_event_study_with_one_reference_and_refuses_another() -> None:
    """Placebos that each have their own reference are not the points of one path."""
    rng = np.random.default_rng(1)
    outcomes = rng.normal(size=(5, 30)).cumsum(axis=0)
    begins: list[float | None] = [4.0] * 12 + [None] * 18
    run = {"periods": range(1, 6), "begins": begins, "rng": 1}
    study = staggered(outcomes, base="universal", **run).by_event  # type: ignore[arg-type]
    trends = Trends.from_study(study)
    assert (len(trends.before), len(trends.after)) == (2, 2)
    assert relative_magnitudes(trends).effect.value == pytest.approx(study.overall.value)
    assert relative_magnitudes(trends).effect.low == pytest.approx(study.overall.low)
    varying = staggered(outcomes, **run).by_event  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="do not share one reference"):
        Trends.from_study(varying)
    early: list[float | None] = [2.0] * 12 + [None] * 18
    none_before = staggered(outcomes, periods=range(1, 6), begins=early, base="universal", rng=1)
    with pytest.raises(MethodError, match="no placebo before the reference"):
        Trends.from_study(none_before.by_event)


def test_one_estimate_before_is_enough() -> None:
    """There is then one step, and nothing to choose for a straight line."""
    trends = Trends.of([0.1], [2.0], [[0.01, 0.0], [0.0, 0.01]])
    bound = smoothness(trends, [0.0]).bounds[0]
    assert (bound.low + bound.high) / 2 == pytest.approx(2.1)
    assert (bound.high - bound.low) / 2 == pytest.approx(1.959964 * math.sqrt(0.02))


def test_refuses_negative_sizes_weights_that_do_not_fit_and_no_step_at_all() -> None:
    """Each would give a number that means something else."""
    trends = some_trends(0)
    with pytest.raises(MethodError, match="1 of 2 sizes are negative"):
        relative_magnitudes(trends, [1.0, -1.0])
    with pytest.raises(MethodError, match="weights has 3 values beside 2"):
        smoothness(trends, [0.1], weights=[1, 0, 0])
    with pytest.raises(MethodError, match="all weights are 0"):
        smoothness(trends, [0.1], weights=[0, 0])
    with pytest.raises(MethodError, match="estimates before the plan are 0"):
        relative_magnitudes(Trends.of([0.0], [1.0], np.eye(2)))
    with pytest.raises(MethodError, match="covariance is not symmetric over 2"):
        Trends.of([0.0], [1.0], [[1.0, 0.5], [0.0, 1.0]])
