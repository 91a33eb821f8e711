"""Staggered adoption: against R's did and diff-diff, an exact identity, at its edges."""

import csv
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.counterfactual.aggregates import Effect, simultaneous
from analysis.methods.counterfactual.difference import two_by_two
from analysis.methods.counterfactual.staggered import Staggered, staggered

REFERENCE = Path(__file__).parents[1] / "reference" / "staggered_mpdta"
CHECKS = json.loads((REFERENCE / "expected.json").read_text(encoding="utf-8"))["checks"]
YEARS = (2003, 2004, 2005, 2006, 2007)


def mpdta() -> tuple[Floats, list[float | None]]:
    """Log employment, a column a county, and the year its minimum wage rose."""
    with (REFERENCE / "data.csv").open(encoding="utf-8", newline="") as file:
        rows = [[float(value) for value in row] for row in list(csv.reader(file))[1:]]
    return np.array(rows)[:, 1:].T, [row[0] or None for row in rows]


@pytest.fixture(scope="module")
def found() -> dict[str, Staggered]:
    """The estimates with either kind of controls, and with one reference."""
    outcomes, begins = mpdta()
    run = {"periods": YEARS, "begins": begins, "rng": 1}
    return {
        "never": staggered(outcomes, **run),  # type: ignore[arg-type]
        "not_yet": staggered(outcomes, controls="not_yet", **run),  # type: ignore[arg-type]
        "universal": staggered(outcomes, base="universal", **run),  # type: ignore[arg-type]
    }


def effect_of(found: dict[str, Staggered], quantity: str) -> tuple[Effect, str]:
    """Find the effect that a check of the reference names, and which of its numbers."""
    never = found["never"]
    published = {
        "simple ATT": never.simple,
        "dynamic overall": never.by_event.overall,
        "group overall": never.by_group.overall,
    }
    if quantity in published:
        return published[quantity], "att"
    if quantity == "ATT(2004,2006)":
        cells = {(cell.group, cell.period): cell.effect for cell in never.group_times}
        return cells[(2004, 2006)], "att"
    *path, kind = quantity.split(".")
    if path == ["simple"]:
        return never.simple, kind
    if path == ["notyet_simple"]:
        return found["not_yet"].simple, kind
    if kind.startswith("overall_"):
        average = {"group": never.by_group, "calendar": never.by_calendar}
        dynamic = never.by_event.overall
        overall = dynamic if path[0] == "dynamic" else average[path[0]].overall
        return overall, kind.removeprefix("overall_")
    if path[0] == "dynamic":
        return {event.since: event.effect for event in never.by_event.events}[int(path[1])], kind
    parts = never.by_group.parts if path[0] == "group" else never.by_calendar.parts
    return {part.at: part.effect for part in parts}[float(path[1])], kind


@pytest.mark.parametrize("check", CHECKS, ids=[check["quantity"] for check in CHECKS])
def test_minimum_wages_match_rs_did(
    found: dict[str, Staggered], check: dict[str, float | str]
) -> None:
    """Callaway & Sant'Anna (2021) and R's did, analytic errors: see SOURCE.md."""
    effect, kind = effect_of(found, str(check["quantity"]))
    value = effect.value if kind == "att" else effect.error
    assert value == pytest.approx(float(check["value"]), abs=float(check["abs_tol"]))


@pytest.mark.parametrize("controls", ["never", "not_yet"])
@pytest.mark.parametrize("base", ["varying", "universal"])
def test_every_group_and_period_matches_diff_diff(controls: str, base: str) -> None:
    """Reference: diff-diff's CallawaySantAnna, with its event study and covariance."""
    from diff_diff import CallawaySantAnna

    outcomes, begins = mpdta()
    ours = staggered(
        outcomes,
        periods=YEARS,
        begins=begins,
        controls=controls,  # type: ignore[arg-type]
        base=base,  # type: ignore[arg-type]
        rng=1,
    )
    units = len(begins)
    long = pd.DataFrame(
        {
            "y": outcomes.ravel(),
            "t": np.repeat(YEARS, units),
            "i": np.tile(np.arange(units), len(YEARS)),
            "g": np.tile([begin or 0 for begin in begins], len(YEARS)).astype(int),
        }
    )
    group = "never_treated" if controls == "never" else "not_yet_treated"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = CallawaySantAnna(control_group=group, base_period=base).fit(
            long, "y", "i", "t", "g"
        )
        events = theirs.aggregate("event_study")
    for cell in ours.group_times:
        other = theirs.group_time_effects[(int(cell.group), int(cell.period))]
        assert cell.effect.value == pytest.approx(other["effect"], abs=1e-10)
        assert cell.effect.error == pytest.approx(other["se"], abs=1e-10)
    kept = ~events.is_reference
    values = [event.effect.value for event in ours.by_event.events]
    assert values == pytest.approx(events.att[kept], abs=1e-10)
    if base == "universal":
        assert np.array(ours.by_event.covariance) == pytest.approx(events.vcov, abs=1e-10)


def test_the_simultaneous_band_is_that_of_independent_estimates_where_known() -> None:
    """Sidak's constant for five independent estimates, and 1.96 for one told five times."""
    rng = np.random.default_rng(2)
    apart = simultaneous(np.diag([1.0, 4.0, 9.0, 0.1, 2.0]), 0.95, 200_000, rng)
    assert apart == pytest.approx(2.569, abs=0.02)
    alike = simultaneous(np.ones((5, 5)), 0.95, 200_000, rng)
    assert alike == pytest.approx(1.96, abs=0.02)


def test_bands_hold_limits_and_limits_hold_effects(found: dict[str, Staggered]) -> None:
    """Looking at all events at once costs width, never the other way round."""
    study = found["universal"].by_event
    assert study.reference == -1
    assert -1 not in [event.since for event in study.events]
    assert study.critical > 1.96
    for event in study.events:
        assert event.band_low < event.effect.low < event.effect.value
        assert event.effect.value < event.effect.high < event.band_high


def test_one_group_and_two_periods_are_the_two_by_two() -> None:
    """The smallest case is the difference everybody knows, apart from n for n - 1."""
    rng = np.random.default_rng(3)
    before, change = rng.normal(size=30), rng.normal(size=30)
    begins: list[float | None] = [2.0] * 10 + [None] * 20
    ours = staggered(np.array([before, before + change]), periods=[1, 2], begins=begins, rng=1)
    plain = two_by_two(np.zeros(20), change[10:], np.zeros(10), change[:10]).difference
    assert ours.simple.value == pytest.approx(plain.value)
    variance = change[:10].var() / 10 + change[10:].var() / 20
    assert ours.simple.error == pytest.approx(np.sqrt(variance))
    averages = [ours.by_group.overall, ours.by_calendar.overall, ours.by_event.overall]
    assert [average.value for average in averages] == pytest.approx([plain.value] * 3)


def test_effects_that_grow_are_not_mistaken_for_controls() -> None:
    """Two-way fixed effects would be wrong here; the truth is 1, 2, 3 by time since."""
    periods, units = 8, 60
    begins: list[float | None] = [3.0] * 20 + [6.0] * 20 + [None] * 20
    rng = np.random.default_rng(4)
    outcomes = rng.normal(size=units) + 1e-3 * rng.normal(size=(periods, units))
    for unit, begin in enumerate(begins):
        if begin is not None:
            since = np.arange(1, periods + 1) - begin
            outcomes[:, unit] += np.where(since >= 0, since + 1, 0)
    ours = staggered(outcomes, periods=np.arange(1, periods + 1), begins=begins, rng=1)
    for event in ours.by_event.events:
        assert event.effect.value == pytest.approx(max(event.since + 1, 0), abs=0.01)


@pytest.mark.parametrize(
    ("begins", "message"),
    [
        ([3.0] + [None] * 19, "1 of 1 groups that begin together have fewer than 5 units"),
        ([None] * 20, "0 of 0 groups"),
        ([3.0] * 10 + [4.0] * 10, "0 units never have the plan, 5 are needed"),
        ([1.0] * 6 + [None] * 14, "the plans of 6 units begin in or before the first period"),
        ([2.5] * 6 + [None] * 14, "of 6 at no given period"),
        ([3.0] * 6 + [None] * 3, "begins has 9 values beside 20"),
    ],
)
def test_refuses_designs_without_an_error_or_without_controls(
    begins: list[float | None], message: str
) -> None:
    """One treated country is the first of these: its error cannot be estimated."""
    outcomes = np.random.default_rng(5).normal(size=(4, 20))
    with pytest.raises(MethodError, match=message):
        staggered(outcomes, periods=[1, 2, 3, 4], begins=begins, rng=1)


def test_refuses_too_few_later_units_and_values_that_do_not_differ() -> None:
    """Not-yet controls run out; equal changes leave nothing to measure chance by."""
    outcomes = np.random.default_rng(6).normal(size=(4, 20))
    begins: list[float | None] = [3.0] * 17 + [None] * 3
    with pytest.raises(MethodError, match="fewer than 5 controls"):
        staggered(outcomes, periods=[1, 2, 3, 4], begins=begins, controls="not_yet", rng=1)
    enough: list[float | None] = [3.0] * 10 + [None] * 10
    with pytest.raises(MethodError, match="3 of 3 comparisons the units' changes do not differ"):
        staggered(np.ones((4, 20)), periods=[1, 2, 3, 4], begins=enough, rng=1)
    with pytest.raises(MethodError, match="not 2 or more, evenly spaced"):
        staggered(outcomes, periods=[1, 2, 3, 7], begins=enough, rng=1)


def test_a_plan_after_the_last_period_counts_as_none() -> None:
    """Within these data such a unit never had the plan."""
    outcomes = np.random.default_rng(7).normal(size=(4, 20))
    late: list[float | None] = [*[3.0] * 10, *[9.0] * 10]
    never: list[float | None] = [3.0] * 10 + [None] * 10
    first, second = (
        staggered(outcomes, periods=[1, 2, 3, 4], begins=begins, rng=1) for begins in (late, never)
    )
    assert first == second


def test_a_beginning_that_is_not_known_is_not_taken_for_never() -> None:
    """A unit whose plan nobody dated would stand among the controls, and hide an effect."""
    outcomes = np.random.default_rng(1).normal(size=(4, 20))
    begins: list[float | None] = [None] * 10 + [3.0] * 9
    for unknown in (float("nan"), "2003"):
        with pytest.raises(MethodError, match="of 1 units it is not known when the plan begins"):
            staggered(outcomes, periods=[1, 2, 3, 4], begins=[*begins, unknown], rng=1)  # type: ignore[list-item]
