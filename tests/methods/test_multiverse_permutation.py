"""joint_test: against statsmodels on every order, false alarms, exactness, refusals."""

from itertools import permutations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm

from analysis.errors import MethodError
from analysis.methods.counts import Yearly
from analysis.methods.multiverse import (
    Choice,
    CountSeries,
    Grid,
    JointTest,
    compare_curves,
    joint_test,
)

EVENTS = (4, 9, 6, 14, 11, 19)
MODELS = Grid((Choice.of("dispersion", ["poisson", "floored"]), Choice.of("window", [2, 3])))


def exactly(*events: int) -> CountSeries:
    """Years 1, 2, ... with counts that are known."""
    return CountSeries(tuple(range(1, len(events) + 1)), Yearly(events, events))


def ps(test: JointTest) -> tuple[float, float, float]:
    """The three p-values."""
    return test.median.p, test.significant_share.p, test.mean_z.p


def statistics_of(events: tuple[int, ...]) -> tuple[float, float, float]:
    """The three statistics of the curve of `MODELS`, each model fitted by statsmodels."""
    logs, scores = [], []
    for window in (2, 3):
        y = np.array(events[3 - window : 3 + window])
        design = sm.add_constant(np.repeat([0.0, 1.0], window))
        model = sm.GLM(y, design, family=sm.families.Poisson())
        quasi = model.fit(scale="X2", use_t=True, tol=1e-13)
        if quasi.scale < 1:
            quasi = model.fit(scale=1.0, use_t=True, tol=1e-13)
        for fitted in (model.fit(tol=1e-13), quasi):
            logs.append(fitted.params[1])
            scores.append(np.sign(logs[-1]) * norm.isf(fitted.pvalues[1] / 2))
    z = np.array(scores)
    reach = norm.isf(0.025)
    share = float(max(np.mean(z > reach), np.mean(z < -reach)))
    return float(np.median(logs)), share, float(z.mean())


# Reference


def test_every_order_matches_statsmodels_and_a_loop() -> None:
    """Reference: 4 models by statsmodels on all 720 orders of six years, counted by hand.

    Years 1 and 6 are used by one window only, so that 6! / (2! 2!) = 180 orders differ.
    """
    every: dict[tuple[int, ...], None] = {}
    for order in permutations(EVENTS):
        first, second = sorted(order[1:3]), sorted(order[3:5])
        every[order[0], *first, *second, order[5]] = None
    curves = np.array([statistics_of(order) for order in every])
    observed = np.array(statistics_of(EVENTS))
    extreme = (np.abs(curves) >= np.abs(observed) * (1 - 1e-9)).mean(axis=0)
    found = joint_test(MODELS, exactly(*EVENTS), fixed={"start": 4}, rng=1)
    assert len(every) == 180
    assert (found.draws, found.exhaustive, found.smallest_p) == (179, True, 1 / 180)
    assert ps(found) == pytest.approx(tuple(extreme), rel=1e-12)
    assert (
        found.median.observed,
        found.significant_share.observed,
        found.mean_z.observed,
    ) == pytest.approx(tuple(observed), rel=1e-8)


def test_one_specification_is_the_exact_test_of_labels() -> None:
    """Reference: scipy's exact Mann-Whitney p is the same where ranks order the means alike."""
    events = (1, 2, 4, 8, 16, 32)
    found = joint_test(
        Grid((Choice.of("dispersion", ["poisson"]),)), exactly(*events), fixed={"start": 4}, rng=1
    )
    exact = mannwhitneyu(events[:3], events[3:], method="exact").pvalue
    assert found.draws == 19
    assert found.median.p == pytest.approx(exact)


# Properties


def test_draws_agree_with_going_through_all_orders() -> None:
    """Where orders are drawn, p is that of all orders up to the error of drawing."""
    grid = Grid((Choice.of("reading", ["low"]), Choice.of("dispersion", ["poisson", "floored"])))
    events = tuple(np.random.default_rng(5).poisson([6] * 8 + [9] * 8).tolist())
    every = joint_test(grid, exactly(*events), fixed={"start": 9}, draws=12_870, rng=1)
    drawn = joint_test(grid, exactly(*events), fixed={"start": 9}, draws=6_000, rng=1)
    assert every.exhaustive
    assert not drawn.exhaustive
    assert ps(drawn) == pytest.approx(ps(every), abs=4 * 0.5 / 6_000**0.5)


def test_a_seed_draws_the_same_again() -> None:
    """A p-value that nobody can draw again is no evidence."""
    series = exactly(*np.random.default_rng(2).poisson(9, 30).tolist())
    grid = Grid((Choice.of("window", [8, 15]), Choice.of("model", ["before_after", "trend"])))
    found = [
        joint_test(grid, series, fixed={"start": 16}, draws=50, rng=seed) for seed in (1, 1, 2)
    ]
    assert found[0] == found[1] != found[2]


def test_false_alarms_stay_at_their_level() -> None:
    """Without a change, 5 of 100 curves may be called surprising at 0.05, not more."""
    generator = np.random.default_rng(11)
    grid = Grid(
        (Choice.of("window", [4, 6]), Choice.of("dispersion", ["poisson", "quasi", "floored"]))
    )
    found = []
    for _ in range(200):
        # Years that vary more than Poisson: single specifications would be alarmed too often.
        events = generator.negative_binomial(3, 3 / (3 + 12), 12).tolist()
        found.append(ps(joint_test(grid, exactly(*events), fixed={"start": 7}, draws=99, rng=1)))
    alarms = (np.array(found) <= 0.05).mean(axis=0)
    assert np.all(alarms <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5)
    assert alarms.max() >= 0.02


@given(st.permutations(range(6)))
@settings(max_examples=20)
def test_renaming_specifications_changes_nothing(order: list[int]) -> None:
    """A curve has no first specification."""
    generator = np.random.default_rng(3)
    estimates, drawn = generator.normal(size=6), generator.normal(size=(40, 6))

    def test(columns: list[int]) -> JointTest:
        return compare_curves(
            estimates[columns],
            2 * estimates[columns],
            drawn[:, columns],
            2 * drawn[:, columns],
            permuted="countries",
            assumed="same law",
        )

    assert ps(test(list(order))) == ps(test(list(range(6))))


def test_shifts_keep_neighbours_together() -> None:
    """A slow wave is one chance in as many as there are years, and periods would not say so."""
    wave = tuple(int(20 + 15 * np.sin(2 * np.pi * (year - 8) / 16)) for year in range(16))
    grid = Grid((Choice.of("dispersion", ["poisson"]),))
    shifted = joint_test(grid, exactly(*wave), fixed={"start": 9}, permuted="shifts", rng=1)
    mixed = joint_test(grid, exactly(*wave), fixed={"start": 9}, permuted="periods", rng=1)
    assert (shifted.draws, shifted.exhaustive) == (15, True)
    assert (shifted.assumed, mixed.assumed) == ("no_change_stationary", "no_change_no_trend")
    assert shifted.median.p >= 2 / 16
    assert mixed.median.p < 0.01


# Edges


def test_orders_that_cannot_be_estimated_count_against_us() -> None:
    """Mixing zeros may leave a side without events: that curve is not milder than ours."""
    events = (0, 0, 0, 3, 0, 2)
    grid = Grid((Choice.of("dispersion", ["poisson"]), Choice.of("window", [3, 2])))
    with pytest.raises(MethodError, match="none of 2 specifications can be estimated"):
        joint_test(grid, exactly(*events), fixed={"start": 4}, rng=1)
    some = (2, 1, 0, 0, 0, 3)
    found = joint_test(grid, exactly(*some), fixed={"start": 4}, rng=1)
    assert (found.specifications, found.draws) == (1, 19)
    # All events on one side: 2 of 20 orders, and each is more extreme than any other.
    assert found.without == 2
    assert found.median.p >= 3 / 20


def test_periods_that_no_specification_uses_stay_where_they_are() -> None:
    """Only what was compared is claimed to be exchangeable; a wild year elsewhere is not."""
    grid = Grid((Choice.of("window", [3]),))
    found = joint_test(grid, exactly(900, *EVENTS, 0), fixed={"start": 5}, rng=1)
    alone = joint_test(grid, exactly(*EVENTS), fixed={"start": 4}, rng=1)
    assert ps(found) == ps(alone)


def test_refuses_tests_that_could_not_show_anything() -> None:
    """Ten draws cannot reach 0.05, and a test must say what it reorders."""
    series, fixed = exactly(*EVENTS), {"start": 4}
    with pytest.raises(MethodError, match="fewer than 19 draws"):
        joint_test(MODELS, series, fixed=fixed, draws=10, rng=1)
    with pytest.raises(MethodError, match="unknown way to reorder"):
        joint_test(MODELS, series, fixed=fixed, permuted="rows", rng=1)  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="no seed"):
        joint_test(MODELS, series, fixed=fixed, rng=-1)
    with pytest.raises(MethodError, match="Name both"):
        compare_curves([1], [1], [[1]], [[1]], permuted=" ", assumed="x")
    with pytest.raises(MethodError, match="different shapes"):
        compare_curves([1, 2], [1, 2], [[1]], [[1]], permuted="a", assumed="b")
    with pytest.raises(MethodError, match="1 of 1 values of drawn estimates are missing"):
        compare_curves([1], [1], [[np.nan]], [[1]], permuted="a", assumed="b")
