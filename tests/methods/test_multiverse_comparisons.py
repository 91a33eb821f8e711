"""count_curve: against statsmodels specification by specification, symmetries, refusals."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.counts import Yearly
from analysis.methods.multiverse import Choice, CountSeries, Grid, count_curve
from analysis.methods.multiverse.comparisons import planned
from analysis.methods.multiverse.estimating import REASONS, effects

YEARS = tuple(range(1999, 2017))
LOW = (9, 0, 7, 12, 8, 0, 10, 15, 11, 9, 21, 18, 25, 13, 19, 0, 30, 27)
HIGH = (9, 4, 7, 12, 8, 4, 10, 15, 11, 9, 21, 18, 25, 13, 19, 4, 30, 27)
SWEDEN = (30, 25, 28, 40, 33, 37, 29, 41, 45, 38, 50, 36, 44, 52, 39, 47, 60, 49)
PEOPLE = tuple(5.3 + 0.03 * place for place in range(18))
ABROAD = tuple(8.9 + 0.05 * place for place in range(18))
SERIES = CountSeries(YEARS, Yearly(LOW, HIGH), {"people": PEOPLE})
COMPARATORS = {"SWE": CountSeries(YEARS, Yearly(SWEDEN, SWEDEN), {"people": ABROAD})}
FIXED = {"start": 2007}
FULL = Grid(
    (
        Choice.of("window", {"4": 4, "5 and 8": (5, 8), "all": None}),
        Choice.of("model", ["before_after", "trend", "interrupted"]),
        Choice.of("reading", ["low", "high", "least", "most", "printed"]),
        Choice.of("excluded", {"none": (), "reform": (2007,)}),
        Choice.of("exposure", ["none", "people"]),
        Choice.of("comparator", ["none", "SWE"]),
        Choice.of("dispersion", ["poisson", "quasi", "floored"]),
    )
)


def exactly(*events: int) -> CountSeries:
    """Years 1, 2, ... with counts that are known."""
    return CountSeries(tuple(range(1, len(events) + 1)), Yearly(events, events))


def statsmodels_limits(taken: Mapping[str, Any]) -> tuple[float, float, float]:
    """One model of both series with every interaction, as one would write it in R."""
    years = np.array(YEARS)
    window = taken["window"] or (99, 99)
    before, later = window if isinstance(window, tuple) else (window, window)
    inside = (years >= 2007 - before) & (years < 2007 + later)
    inside &= ~np.isin(years, taken["excluded"])
    sides = {"least": (HIGH, LOW), "most": (LOW, HIGH), "high": (HIGH, HIGH)}
    first, second = sides.get(taken["reading"], (LOW, LOW))
    events = np.where(years < 2007, first, second)
    after, time = (years >= 2007).astype(float), years - 2007.0
    columns = {"before_after": 2, "trend": 3, "interrupted": 4}[taken["model"]]
    design = np.stack([np.ones_like(time), after, time, after * time], axis=1)[:, :columns]
    people = np.array(PEOPLE if taken["exposure"] == "people" else np.ones(18))
    keep = inside & (np.equal(LOW, HIGH) if taken["reading"] == "printed" else True)
    design, events, people = design[keep], events[keep], people[keep]
    if taken["comparator"] == "SWE":
        abroad = np.array(ABROAD if taken["exposure"] == "people" else np.ones(18))[inside]
        other = np.stack([np.ones_like(time), after, time, after * time], axis=1)
        other = other[inside, :columns]
        design = np.block([[design, design], [np.zeros_like(other), other]])
        events = np.concatenate([events, np.array(SWEDEN)[inside]])
        people = np.concatenate([people, abroad])
    model = sm.GLM(events, design, family=sm.families.Poisson(), exposure=people)
    fitted = model.fit(scale="X2", use_t=True, tol=1e-13, maxiter=200)
    if taken["dispersion"] == "poisson":
        fitted = model.fit(scale=1.0, tol=1e-13, maxiter=200)
    elif taken["dispersion"] == "floored" and fitted.scale < 1:
        fitted = model.fit(scale=1.0, use_t=True, tol=1e-13, maxiter=200)
    low, high = np.exp(fitted.conf_int()[1])
    return float(np.exp(fitted.params[1])), float(low), float(high)


# Reference


def test_every_specification_matches_statsmodels() -> None:
    """Reference: statsmodels GLM, every sixth of 1,080 specifications, to 1e-8."""
    found = count_curve(FULL, SERIES, comparators=COMPARATORS, fixed=FIXED, fewest=4)
    values = {one.options: one.by_choice() for one in FULL.specifications()}
    checked = sorted(found.points, key=lambda point: point.options)[::6]
    assert len(found.points) > 900
    for point in checked:
        one = point.estimate
        assert (one.value, one.low, one.high) == pytest.approx(
            statsmodels_limits(values[point.options]), rel=1e-8
        ), point.options


def test_the_curve_counts_every_specification_once() -> None:
    """A specification that drops out in silence could be the one that contradicts."""
    found = count_curve(FULL, SERIES, comparators=COMPARATORS, fixed=FIXED)
    assert len(found.points) + len(found.refusals) == FULL.combinations
    everyone = {point.options for point in found.points} | {one.options for one in found.refusals}
    assert len(everyone) == FULL.combinations
    assert found.grid_sha256 == FULL.sha256()
    (reason, count), *others = found.refused_by_reason()
    assert reason == "too few periods on a side for a trend"
    # All windows but "all" are shorter than 8 years before; "all" without 2007 has 8 and 9.
    assert count >= 2 * 2 * 5 * 2 * 2 * 2 * 3
    assert not others


# Properties

counts = st.lists(st.integers(1, 60), min_size=3, max_size=6)


@given(counts, counts)
@settings(max_examples=40)
def test_turning_time_round_inverts_every_ratio(before: list[int], after: list[int]) -> None:
    """Which period we call 'after' must not change what we conclude."""
    grid = Grid((Choice.of("dispersion", ["poisson", "floored"]),))
    there = count_curve(grid, exactly(*before, *after), fixed={"start": len(before) + 1})
    back = count_curve(grid, exactly(*after, *before), fixed={"start": len(after) + 1})
    for one in there.points:
        other = next(p.estimate for p in back.points if p.options == one.options)
        assert one.estimate.low == pytest.approx(1 / other.high, rel=1e-9)
    assert there.median == pytest.approx(1 / back.median, rel=1e-9)
    assert there.above == back.below


@given(counts, counts)
@settings(max_examples=40)
def test_a_plain_ratio_is_that_of_the_mean_years(before: list[int], after: list[int]) -> None:
    """The simplest specification is what anybody can compute by hand."""
    grid = Grid((Choice.of("dispersion", ["poisson"]),))
    found = count_curve(grid, exactly(*before, *after), fixed={"start": len(before) + 1})
    assert found.points[0].estimate.value == pytest.approx(
        (sum(after) / len(after)) / (sum(before) / len(before)), rel=1e-12
    )


def test_the_least_and_most_favourable_readings_bound_the_others() -> None:
    """A reader of "<5" as 0 or as 4 must find themselves between the two."""
    grid = Grid((Choice.of("reading", ["low", "high", "least", "most"]),))
    found = count_curve(grid, SERIES, comparators=COMPARATORS, fixed=FIXED)
    by_reading = {point.options[0]: point.estimate.value for point in found.points}
    assert found.points[0].options == ("least",)
    assert found.points[-1].options == ("most",)
    assert by_reading["least"] < by_reading["low"] < by_reading["most"]


# Edges


@pytest.mark.parametrize(
    ("events", "start", "fixed", "reason"),
    [
        ((3, 4, 5), 1, {}, "no period before the start is left"),
        ((3, 4, 5), 4, {}, "no period from the start on is left"),
        ((0, 0, 5, 6), 3, {}, "0 events on one side, so the ratio is 0 or infinite"),
        ((3, 5), 2, {}, "no more periods than coefficients, so no scatter can be seen"),
        ((3, 5), 2, {"dispersion": "poisson"}, ""),
        (
            (3, 3, 5, 5),
            3,
            {"dispersion": "quasi"},
            "the periods do not scatter at all, so quasi-Poisson limits would have no width",
        ),
        ((3, 3, 5, 5), 3, {"dispersion": "floored"}, ""),
        ((3, 4, 5, 6, 7), 4, {"model": "trend"}, "too few periods on a side for a trend"),
        ((9, 8, 9, 7, 0, 0, 5, 0), 5, {"model": "interrupted"}, ""),
        (
            (5, 0, 0, 0, 7, 8, 9, 6),
            5,
            {"model": "interrupted"},
            "zero counts lie so that the estimate is infinite",
        ),
        (
            (5, 0, 0, 0, 7, 0, 0, 0),
            5,
            {"model": "interrupted"},
            "zero counts lie so that the estimate is infinite",
        ),
    ],
)
def test_refusals_are_named(
    events: tuple[int, ...], start: int, fixed: dict[str, Any], reason: str
) -> None:
    """Zero counts and short windows give no estimate, and never a huge one instead."""
    grid = Grid((Choice.of("window", [None]),))
    plan, data = planned(grid, exactly(*events), {}, {"start": start, **fixed}, fewest=3)
    (status,) = effects(plan, data, np.arange(len(events))[None]).status[0]
    assert REASONS[status] == reason


def test_a_trend_needs_two_moments_on_some_side() -> None:
    """With one year on a side the slope cannot be told from the step: no number is better."""
    grid = Grid((Choice.of("model", ["interrupted", "before_after"]),))
    found = count_curve(grid, exactly(4, 7, 5, 9, 12), fixed={"start": 5}, fewest=1)
    assert found.refused_by_reason() == (("the trend cannot be told from the change", 1),)


def test_one_specification_that_runs_to_infinity_leaves_the_others_alone() -> None:
    """All models are fitted at once: one that has no solution must not spoil the batch."""
    series = exactly(5, 0, 0, 0, 7, 8, 9, 6, 5, 7, 3, 9)
    grid = Grid(
        (
            Choice.of("window", {"short": 4, "long": (4, 8)}),
            Choice.of("model", ["interrupted", "before_after"]),
        )
    )
    found = count_curve(grid, series, fixed={"start": 5}, fewest=4)
    alone = count_curve(Grid((Choice.of("window", {"long": (4, 8)}),)), series, fixed={"start": 5})
    assert found.refused_by_reason() == (("zero counts lie so that the estimate is infinite", 2),)
    assert alone.points[0].estimate in [point.estimate for point in found.points]


@pytest.mark.parametrize(
    ("choices", "fixed", "message"),
    [
        ({"lag": [1]}, {"start": 2007}, "1 choices are unknown"),
        ({"window": [4]}, {"start": 2007, "window": 3}, "both varied and fixed"),
        ({"window": [4]}, {}, "no start"),
        ({"window": [4]}, {"start": 2007}, "no reading is chosen"),
        ({"reading": ["middle"]}, {"start": 2007}, "'reading' stands for none"),
        ({"reading": ["low"]}, {"start": "2007"}, "'start' is no number"),
        ({"reading": ["low"]}, {"start": 2007, "window": -1}, "above 0"),
        ({"reading": ["low"]}, {"start": 2007, "window": ()}, "'window' is empty"),
        ({"reading": ["low"]}, {"start": 2007, "excluded": (1950,)}, "1 excluded periods"),
        ({"reading": ["low"]}, {"start": 2007, "exposure": "cars"}, "'exposure' stands for none"),
        ({"reading": ["low"]}, {"start": 2007, "comparator": "NOR"}, "'comparator'"),
    ],
)
def test_refuses_what_is_not_in_the_field_s_list(
    choices: dict[str, Any], fixed: dict[str, Any], message: str
) -> None:
    """A choice that is ignored would be printed as if it had been tried."""
    grid = Grid(tuple(Choice.of(name, options) for name, options in choices.items()))
    with pytest.raises(MethodError, match=message):
        count_curve(grid, SERIES, comparators=COMPARATORS, fixed=fixed)


def test_refuses_series_that_do_not_fit_together() -> None:
    """Two calendars, or an exposure that only one series has, compare nothing."""
    grid, start = Grid((Choice.of("window", [2]),)), {"start": 3}
    with pytest.raises(MethodError, match="1 of 1 comparators have other periods"):
        count_curve(grid, exactly(1, 2, 3, 4), comparators={"x": exactly(1, 2)}, fixed=start)
    with pytest.raises(MethodError, match="called 'none'"):
        count_curve(
            grid, exactly(1, 2, 3, 4), comparators={"none": exactly(1, 2, 3, 4)}, fixed=start
        )
    rich = CountSeries((1, 2, 3, 4), Yearly((1, 2, 3, 4), (1, 2, 3, 4)), {"people": (1, 1, 2, 2)})
    with pytest.raises(MethodError, match="lacks an exposure"):
        count_curve(
            grid,
            rich,
            comparators={"x": exactly(1, 2, 3, 4)},
            fixed={"start": 3, "exposure": "people", "comparator": "x"},
        )
    with pytest.raises(MethodError, match="stand more than once"):
        CountSeries((1, 1), Yearly((1, 2), (1, 2)))
    with pytest.raises(MethodError, match="1 of 2 values of an exposure are 0 or less"):
        CountSeries((1, 2), Yearly((1, 2), (1, 2)), {"people": (0, 1)})
