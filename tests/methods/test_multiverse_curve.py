"""Curves: of an estimator over a grid, of a sweep's tables; what is counted and refused."""

import math
import statistics
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.checked import Estimate
from analysis.methods.multiverse import Choice, Curve, Exclusion, Grid, of_sweep, run
from analysis.methods.rates import Count, rate_ratio

finite = st.floats(0.01, 100)


def curve_of(values: list[float], **options: Any) -> Curve:
    """Run a grid of one choice whose option numbers the values."""
    grid = Grid((Choice.of("which", list(range(len(values)))),))

    def estimate(taken: Mapping[str, Any]) -> Estimate:
        value = values[taken["which"]]
        return Estimate(value, value / 1.5, value * 1.5, 0.95)

    return run(grid, estimate, **options)


# Reference


def test_the_summary_is_that_of_a_curve_worked_out_by_hand() -> None:
    """Seven ratios: median 1.5; five above 1, two below; limits of 2, 3, 4 and 0.5 exclude 1."""
    found = curve_of([0.5, 1.5, 4.0, 0.9, 2.0, 1.2, 3.0])
    assert [point.estimate.value for point in found.points] == [0.5, 0.9, 1.2, 1.5, 2.0, 3.0, 4.0]
    assert found.median == 1.5
    assert (found.above, found.below, found.same_sign) == pytest.approx((5 / 7, 2 / 7, 5 / 7))
    assert found.excludes_null == pytest.approx(4 / 7)


def test_our_own_exact_method_runs_over_a_grid() -> None:
    """The curve takes any method of this package, and each point is what that method says."""
    grid = Grid(
        (Choice.of("reading", {"low": 7, "high": 19}), Choice.of("years", [3.0, 4.0])),
        (Exclusion((("reading", "high"), ("years", "3")), "the fourth year holds the intervals"),),
    )

    def estimate(taken: Mapping[str, Any]) -> Estimate:
        count = taken["reading"]
        found = rate_ratio(Count(count, count, taken["years"]), Count(93, 93, 4.0)).least
        return Estimate(found.estimate, found.low, found.high, 0.95)

    found = run(grid, estimate)
    alone = rate_ratio(Count(19, 19, 4.0), Count(93, 93, 4.0)).least
    assert found.points[0].options == ("high", "4")
    assert found.points[0].estimate.low == alone.low
    assert found.excluded == (("the fourth year holds the intervals", 1),)
    assert found.excludes_null == 1.0


# Properties


@given(st.lists(finite, min_size=1, max_size=30))
def test_the_median_is_that_of_the_logarithms(values: list[float]) -> None:
    """Halving and doubling have to cancel, so that before and after can be swapped."""
    found = curve_of(values)
    expected = math.exp(statistics.median(map(math.log, values)))
    assert found.median == pytest.approx(expected, rel=1e-12)
    assert found.above + found.below <= 1


@given(st.lists(finite, min_size=1, max_size=20), st.integers(0, 5))
def test_points_and_refusals_add_up_to_the_grid(values: list[float], failing: int) -> None:
    """What could not be estimated is counted: it is never a reason to shorten the curve."""
    spoilt = [math.inf] * failing
    found = curve_of(values + spoilt)
    assert len(found.points) == len(values)
    assert found.refused_by_reason() == (
        (("the estimate is not finite", failing),) if failing else ()
    )


# A sweep's tables


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables as a sweep over a notebook writes them: four runs, one of which failed."""
    runs = pd.DataFrame(
        {
            "level": [0.9, 0.95, 0.9, 0.95],
            "years": [[2002, 2003], [2002, 2003], [2004], [2004]],
            "run": ["0001", "0002", "0003", "0004"],
            "status": ["ok", "ok", "ok", "failed"],
            "error": ["", "", "", "rate: no."],
        }
    )
    findings = pd.DataFrame(
        {
            "run": ["0001", "0001", "0002", "0003"],
            "finding": ["other", "ratio", "ratio", "ratio"],
            "estimate": [9.0, 1.5, 2.5, None],
            "estimate_low": [9.0, 1.5, 2.5, 0.8],
            "estimate_high": [9.0, 1.5, 2.5, 3.1],
            "low": [8.0, 1.1, 1.2, 0.5],
            "high": [10.0, 2.0, 5.0, 4.0],
            "level": [0.95] * 4,
        }
    )
    return findings, runs


def test_a_sweep_gives_a_curve_with_its_failed_runs_as_refusals(tmp_path: Path) -> None:
    """A run that failed is part of the multiverse: leaving it out would flatter the rest."""
    for table, name in zip(tables(), ("findings", "runs"), strict=True):
        table.to_parquet(tmp_path / f"{name}.parquet")
    findings, runs = (pd.read_parquet(tmp_path / f"{n}.parquet") for n in ("findings", "runs"))
    found = of_sweep(findings, runs, finding="ratio", choices=["level", "years"])
    assert found.choices == ("level", "years")
    assert [(p.options, p.estimate.value) for p in found.points] == [
        (("0.9", "[2002,2003]"), 1.5),
        (("0.95", "[2002,2003]"), 2.5),
    ]
    assert [(one.options, one.reason) for one in found.refusals] == [
        (("0.9", "[2004]"), "the estimate is an interval; say which bound to read"),
        (("0.95", "[2004]"), "rate: no."),
    ]


def test_one_bound_of_interval_estimates_can_be_read_at_a_time() -> None:
    """Where counts are "<5" the estimate has two ends, and each has its own curve."""
    columns = [{str(name): list(table[name]) for name in table} for table in tables()]
    found = of_sweep(*columns, finding="ratio", choices=["level"], read="estimate_low")
    assert [point.estimate.value for point in found.points] == [0.8, 1.5, 2.5]


def test_a_run_that_did_not_record_the_finding_is_a_refusal() -> None:
    """The notebook may have refused by itself: then there is a run, and no line."""
    findings, runs = tables()
    found = of_sweep(findings[findings.run != "0001"], runs, finding="ratio", choices=["level"])
    assert ("no estimate was recorded", 1) in found.refused_by_reason()


def test_refuses_tables_that_do_not_belong_together() -> None:
    """Two sweeps mixed up would make a curve that nobody ran."""
    findings, runs = tables()
    with pytest.raises(MethodError, match="runs that the table of runs does not have"):
        of_sweep(findings, runs[runs.run != "0002"], finding="ratio", choices=["level"])
    with pytest.raises(MethodError, match="stands twice"):
        of_sweep(pd.concat([findings, findings]), runs, finding="ratio", choices=["level"])
    with pytest.raises(MethodError, match="table of runs lacks 1 of 4 columns"):
        of_sweep(findings, runs, finding="ratio", choices=["country"])
    short = {str(name): list(runs[name]) for name in runs} | {"status": ["ok"]}
    with pytest.raises(MethodError, match="different lengths"):
        of_sweep(findings, short, finding="ratio", choices=["level"])


def test_swept_days_are_named_by_their_date() -> None:
    """A placebo date is swept as a date, and a table gives it back as one."""
    findings, runs = tables()
    runs["start"] = [date(2007, 3, 1), date(2006, 3, 1)] * 2
    found = of_sweep(findings, runs, finding="ratio", choices=["start"], read="estimate_low")
    assert {point.options for point in found.points} == {("2007-03-01",), ("2006-03-01",)}


# Edges


def test_differences_have_no_change_at_zero() -> None:
    """Not every estimate is a ratio; the value of no change follows from the scale."""
    grid = Grid((Choice.of("shift", [-2, 1, 3]),))
    found = run(
        grid,
        lambda taken: Estimate(float(taken["shift"]), taken["shift"] - 0.5, math.inf, 0.9),  # type: ignore[arg-type,operator]
        scale="difference",
    )
    assert (found.median, found.above, found.excludes_null) == (1.0, 2 / 3, 2 / 3)
    assert found.levels == (0.9,)


@pytest.mark.parametrize(
    ("estimate", "message"),
    [
        (Estimate(1.0, 2.0, 3.0, 0.95), "lie outside them"),
        (Estimate(1.0, math.nan, 3.0, 0.95), "have no limits"),
        (Estimate(1.0, -2.0, 3.0, 0.95), "limit below 0"),
        (Estimate(math.nan, 0.0, 3.0, 0.95), "none of 2 specifications"),
        (Estimate(1.0, 0.5, 3.0, 1.5), "confidence level"),
    ],
)
def test_refuses_estimates_that_are_none(estimate: Estimate, message: str) -> None:
    """A curve is printed large: one wrong limit in it is a wrong picture."""
    with pytest.raises(MethodError, match=message):
        run(Grid((Choice.of("a", [1, 2]),)), lambda _: estimate)


def test_the_level_may_itself_be_a_choice() -> None:
    """A protocol that varies the level keeps one estimate, and limits that say their level."""
    grid = Grid((Choice.of("level", [0.95, 0.9]),))
    found = run(grid, lambda taken: Estimate(1.4, 1.0, 2.0, float(taken["level"])))  # type: ignore[arg-type]
    assert found.levels == (0.9, 0.95)


def test_the_registered_analysis_is_found_in_its_curve() -> None:
    """Whether the headline is the mildest or the wildest of the curve is what one asks first."""
    found = curve_of([3.0, 0.5, math.inf])
    assert [found.place_of((option,)) for option in "012"] == [2, 1, None]


def test_refuses_an_unknown_scale() -> None:
    """No change is 1 or 0: which of them has to be said."""
    grid = Grid((Choice.of("a", [1]),))
    with pytest.raises(MethodError, match="unknown scale"):
        run(grid, lambda _: Estimate(1.0, 0.5, 2.0, 0.95), scale="log")  # type: ignore[arg-type]


def test_a_bug_in_an_estimator_is_no_refusal() -> None:
    """Only a method's own refusal is counted; a slip in code has to be seen."""

    def broken(taken: Mapping[str, Any]) -> Estimate:
        return Estimate(1 / 0, 0.0, 1.0, float(np.float64(0.95)))

    with pytest.raises(ZeroDivisionError):
        run(Grid((Choice.of("a", [1]),)), broken)
