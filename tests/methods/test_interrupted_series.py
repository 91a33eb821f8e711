"""interrupted_series: against R and statsmodels, against its own symmetries, at its edges."""

import csv
import doctest
import importlib
import json
import math
import pkgutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.methods.interrupted
from analysis.errors import MethodError
from analysis.methods.interrupted_series import (
    Break,
    Interrupted,
    Model,
    Season,
    Series,
    autocorrelation,
    compare_errors,
    compare_models,
    level_and_slope,
    placebo_dates,
    without_break,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "its_sicily"
CHECKS = json.loads((REFERENCE / "expected.json").read_text())["checks"]
R_NAMES = {
    "intercept": "(Intercept)",
    "ban: level": "smokban",
    "trend": "time",
    "sin 1": "s1",
    "cos 1": "c1",
    "sin 2": "s2",
    "cos 2": "c2",
    "ban: slope": "smokban:I(time - 36)",
}
SEASON = Season(12, pairs=2)
PLAIN, SEASONAL = Model((Break("ban", 37),)), Model((Break("ban", 37),), SEASON)
SLOPED = Model((Break("ban", 37, "both", slope_from=36),), SEASON)

STEP = [9, 12, 10, 14, 11, 9, 13, 12, 20, 25, 22, 19, 24, 21, 26, 23]
PLAN = Model((Break("plan", 8),))


@cache
def sicily() -> Series:
    """59 months of admissions, and the population they come from."""
    with (REFERENCE / "data.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    return Series.of(
        [int(row["time"]) for row in rows],
        [int(row["aces"]) for row in rows],
        [float(row["stdpop"]) for row in rows],
    )


def terms_as_in_r(name: str, model: Model, how: str) -> dict[str, float]:
    """Every coefficient under R's name, with error, ratio and limits by z."""
    fit = level_and_slope(sicily(), model).quasi_poisson
    found: dict[str, float] = {}
    for term in fit.terms:
        each = {e.how: e for e in compare_errors(sicily(), model, term.name, lags=12)}[how]
        values = {"est": term.log, "se": each.error, "rr": each.ratio.value}
        values |= {"lo": each.ratio.low, "hi": each.ratio.high}
        found |= {f"{name}.{R_NAMES[term.name]}.{k}": value for k, value in values.items()}
    return found


def negative_binomial_as_in_r(fitted: Interrupted) -> dict[str, float]:
    """The step by MASS::glm.nb, which takes the dispersion around its size to be 1."""
    known = fitted.negative_binomial
    assert known is not None
    assert known.theta is not None
    each = compare_errors(sicily(), SEASONAL, "ban: level", lags=12)[-1]
    return {
        "nb_theta": known.theta,
        "nb_smokban.est": known.term("ban: level").log,
        "nb_smokban.se": known.term("ban: level").error / math.sqrt(known.scale),
        "nb_smokban.rr": each.ratio.value,
        "nb_smokban.lo": each.ratio.low,
        "nb_smokban.hi": each.ratio.high,
    }


@cache
def computed() -> dict[str, float]:
    """Every quantity of the reference, by our own methods."""
    seasonal = level_and_slope(sicily(), SEASONAL)
    total = without_break(sicily(), SEASONAL, rng=1, draws=1_000).total
    hac = compare_errors(sicily(), SEASONAL, "ban: level", lags=12)[3]
    found = terms_as_in_r("m1_poisson", PLAIN, "Poisson, z")
    found |= terms_as_in_r("m2_quasi", PLAIN, "quasi-Poisson, z")
    found |= terms_as_in_r("m3_quasi_season", SEASONAL, "quasi-Poisson, z")
    found |= terms_as_in_r("m4", SLOPED, "quasi-Poisson, z")
    found |= negative_binomial_as_in_r(seasonal)
    return found | {
        "RR step, Poisson": found["m1_poisson.smokban.rr"],
        "RR lo": found["m1_poisson.smokban.lo"],
        "RR hi": found["m1_poisson.smokban.hi"],
        "RR step, quasi+harmonics": found["m3_quasi_season.smokban.rr"],
        "m2_dispersion": level_and_slope(sicily(), PLAIN).dispersion,
        "m3_dispersion": seasonal.dispersion,
        "trend_per_year_m3": seasonal.quasi_poisson.term("trend").ratio.value ** 12,
        "m4_F_p": compare_models(sicily(), SEASONAL, SLOPED).p,
        "m3_hac_lag12_se_smokban": hac.error,
        "counterfactual_total_post": total.without.value,
        "observed_total_post": total.observed,
        "n_pre": seasonal.points[0],
        "n_post": seasonal.points[1],
    }


# Reference


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check["quantity"])
def test_sicily_matches_the_paper_and_r(check: dict[str, float]) -> None:
    """Reference: glm, glm.nb, NeweyWest and anova in R; the paper's own ratios."""
    found = computed()[str(check["quantity"])]
    assert found == pytest.approx(check["value"], abs=check["abs_tol"], rel=0)


def test_the_default_limits_are_wider_than_any_by_z() -> None:
    """Readers of the paper will ask why ours are wider: each other way carries its warning."""
    default, *others = compare_errors(sicily(), SEASONAL, "ban: level", lags=12)
    assert default.warning == ""
    for each in others:
        assert each.ratio.high / each.ratio.low < default.ratio.high / default.ratio.low
        assert "for comparison only" in each.warning


@pytest.mark.parametrize("model", [PLAIN, SEASONAL, SLOPED])
def test_terms_and_t_limits_match_statsmodels(model: Model) -> None:
    """Reference: GLM with scale X2 and t; the library we did not take is still the judge."""
    series, t = sicily(), np.array(sicily().periods)
    after = (t >= 37).astype(float)
    columns = [np.ones(59), t, after]
    if model is SLOPED:
        columns.append(after * (t - 36))
    if model.season:
        for wave in (1, 2):
            angle = 2 * np.pi * wave * t / 12
            columns += [np.sin(angle), np.cos(angle)]
    family = sm.families.Poisson()
    exog, offset = np.column_stack(columns), np.log(series.exposure)
    fitted = sm.GLM(np.array(series.counts), exog, family=family, offset=offset).fit(
        scale="X2", use_t=True, tol=1e-14
    )
    ours = level_and_slope(series, model).quasi_poisson
    limits = np.log([(term.ratio.low, term.ratio.high) for term in ours.terms])
    assert [term.log for term in ours.terms] == pytest.approx(fitted.params, rel=1e-7)
    assert limits == pytest.approx(fitted.conf_int(), rel=1e-6)
    assert [term.p for term in ours.terms] == pytest.approx(fitted.pvalues, rel=1e-5)
    assert ours.deviance == pytest.approx(fitted.deviance, rel=1e-9)


def test_the_negative_binomial_matches_statsmodels_at_its_size() -> None:
    """Reference: GLM, NegativeBinomial(1 / theta); and no nearby size is more likely."""
    rng = np.random.default_rng(8)
    counts = rng.poisson(rng.gamma(2.0, 10.0, size=40))
    series, model = Series.of(range(40), counts), Model((Break("plan", 20),))
    known = level_and_slope(series, model).negative_binomial
    assert known is not None
    assert known.theta is not None
    x = np.column_stack([np.ones(40), np.arange(40), np.arange(40) >= 20])

    def fit(theta: float) -> sm.GLM:
        family = sm.families.NegativeBinomial(alpha=1 / theta)
        return sm.GLM(counts, x, family=family).fit(scale=1.0, tol=1e-14)

    best = fit(known.theta)
    assert [term.log for term in known.terms] == pytest.approx(best.params, rel=1e-6)
    errors = [term.error / math.sqrt(known.scale) for term in known.terms]
    assert errors == pytest.approx(best.bse, rel=1e-6)
    for factor in (0.99, 1.01):
        assert fit(known.theta * factor).llf < best.llf


# Properties


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.integers(1, 60), min_size=16, max_size=24),
    st.floats(0.01, 1e5),
    st.integers(-3000, 3000),
)
def test_units_and_calendars_do_not_change_what_we_conclude(
    counts: list[int], unit: float, shift: int
) -> None:
    """Persons or thousands, months since 1 or since 2002: the same ratio and limits."""
    here = level_and_slope(Series.of(range(len(counts)), counts), PLAN).quasi_poisson
    periods = [shift + period for period in range(len(counts))]
    moved = Series.of(periods, counts, [unit] * len(counts))
    there = level_and_slope(moved, Model((Break("plan", shift + 8),))).quasi_poisson
    for name in ("plan: level", "trend"):
        a, b = here.term(name), there.term(name)
        assert (a.log, a.error) == pytest.approx((b.log, b.error), rel=1e-5, abs=1e-7)
    assert here.dispersion == pytest.approx(there.dispersion, rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 40).map(lambda n: n + 1), min_size=16, max_size=24))
def test_fitted_counts_add_up_to_the_observed_on_either_side(counts: list[int]) -> None:
    """An exact identity of the log link: a level of its own reproduces each side's total."""
    fit = level_and_slope(Series.of(range(len(counts)), counts), PLAN).quasi_poisson
    assert sum(fit.expected[:8]) == pytest.approx(sum(counts[:8]), rel=1e-8)
    assert sum(fit.expected[8:]) == pytest.approx(sum(counts[8:]), rel=1e-8)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 40), min_size=16, max_size=24), st.integers(0, 99))
def test_observed_is_expected_plus_excess(counts: list[int], seed: int) -> None:
    """What is printed side by side must add up, in every period and in total."""
    found = without_break(Series.of(range(len(counts)), counts), PLAN, rng=seed, draws=1_000)
    for each in (*found.by_period, found.total):
        assert each.excess.value + each.without.value == pytest.approx(each.observed, rel=1e-9)
        assert each.excess.low + each.without.high == pytest.approx(each.observed, rel=1e-9)
    assert found.total.observed == sum(counts[8:])
    means = sum(each.without.value for each in found.by_period)
    assert found.total.without.value == pytest.approx(means, rel=1e-9)


def test_underdispersed_counts_are_given_no_credit() -> None:
    """Months more even than chance are luck: the scale is never below 1."""
    fit = level_and_slope(Series.of(range(16), [10, 11] * 8), PLAN).quasi_poisson
    assert fit.dispersion < 0.1
    assert fit.scale == 1.0


def test_the_wider_of_two_families_is_the_headline() -> None:
    """Where the dispersion asks for the negative binomial, nobody may pick the narrower."""
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(12):
        counts = rng.poisson(rng.gamma(3.0, 8.0, size=24)) + 1
        found = level_and_slope(Series.of(range(24), counts), Model((Break("plan", 12),)))
        if (other := found.negative_binomial) is None:
            assert found.dispersion <= 2
            continue
        family, term = found.headline("plan: level")
        errors = found.quasi_poisson.term("plan: level").error, other.term("plan: level").error
        assert term.error == max(errors)
        seen.add(family)
    assert seen == {"quasi-poisson", "negative binomial"}


def test_two_breaks_are_told_apart_and_can_be_removed_one_by_one() -> None:
    """Several things began: the counterfactual without one keeps the other."""
    truth = np.repeat([20, 40, 10], 12)
    series = Series.of(range(36), truth)
    model = Model((Break("first", 12), Break("second", 24)), trend=False)
    fit = level_and_slope(series, model).quasi_poisson
    assert fit.term("first: level").ratio.value == pytest.approx(2.0)
    assert fit.term("second: level").ratio.value == pytest.approx(0.25)
    only = without_break(series, model, ["second"], rng=1).total
    assert only.without.value == pytest.approx(12 * 40)
    assert without_break(series, model, rng=1).total.without.value == pytest.approx(24 * 20)


def test_a_donut_leaves_its_periods_out_of_everything() -> None:
    """The quarter of the reform is neither before nor after; its count must not matter."""
    counts = [*STEP[:8], 500, 400, *STEP[8:]]
    model = Model((Break("plan", 9, donut=(8, 9)),))
    found = level_and_slope(Series.of(range(18), counts), model)
    assert (found.points, found.left_out) == ((8, 8), (8.0, 9.0))
    other = level_and_slope(Series.of(range(18), [*STEP[:8], 0, 1, *STEP[8:]]), model)
    assert found.quasi_poisson == other.quasi_poisson
    assert without_break(Series.of(range(18), counts), model, rng=1).periods[0] == 10


def test_a_real_break_ranks_first_and_a_moved_one_does_not() -> None:
    """A break that any other date could show as well is no evidence of one."""
    rng = np.random.default_rng(4)
    calm = rng.poisson(30, size=28)
    counts = [*calm, *rng.poisson(75, size=10)]
    found = placebo_dates(Series.of(range(38), counts), Model((Break("plan", 28),)))
    assert len(found.placebos) == 28 - 2 * 8 + 1
    assert (found.rank, found.share) == (1, found.smallest_share)
    assert found.smallest_share == pytest.approx(1 / 14)
    late = [*rng.poisson(30, size=14), *rng.poisson(75, size=24)]
    assert placebo_dates(Series.of(range(38), late), Model((Break("plan", 28),))).rank > 1


def test_placebo_dates_move_slope_and_donut_along() -> None:
    """Placebos must be the same model, or the rank compares unlike things."""
    counts = [*([20, 22, 19, 21] * 9), *([30, 33, 36, 40] * 4)]
    one = Break("plan", 36, "both", slope_from=35, donut=(35, 36))
    found = placebo_dates(Series.of(range(52), counts), Model((one,)), "plan")
    assert [each.start for each in found.placebos] == list(range(13, 23))
    assert found.real.level is not None
    assert found.real.slope is not None
    alone = Series.of(range(35), counts[:35])
    moved = Break("plan", 13, "both", slope_from=12, donut=(12, 13))
    fit = level_and_slope(alone, Model((moved,))).quasi_poisson
    assert found.placebos[0].level == fit.term("plan: level").ratio


def test_the_same_seed_gives_the_same_band() -> None:
    """A report that is built twice must print the same numbers."""
    series = Series.of(range(16), STEP)
    assert without_break(series, PLAN, rng=7) == without_break(series, PLAN, rng=7)
    assert autocorrelation(series, PLAN, rng=7) == autocorrelation(series, PLAN, rng=7)


# Edges


@pytest.mark.parametrize(
    ("points", "one", "said"),
    [
        (15, Break("plan", 8), "8 points before and 7 after; 8 before and 8 after are needed"),
        (15, Break("plan", 7), "7 points before and 8 after"),
        (23, Break("plan", 12, "slope"), "12 points before and 11 after; 12 before and 12 after"),
        (23, Break("plan", 11, "both"), "11 points before and 12 after"),
        (16, Break("plan", 8, donut=(7, 8)), "7 points before and 7 after"),
        (16, Break("plan", 99), "16 points before and 0 after"),
    ],
)
def test_refuses_too_few_points_with_the_number_there_and_needed(
    points: int, one: Break, said: str
) -> None:
    """Short series give confident nonsense: the rule says how many are missing."""
    with pytest.raises(MethodError, match=said):
        level_and_slope(Series.of(range(points), [9] * points), Model((one,)))


def test_the_floor_of_points_can_be_raised_and_not_lowered() -> None:
    """Nobody gets a result from five points by asking for it."""
    with pytest.raises(MethodError, match="may be raised, not lowered"):
        Model((Break("plan", 8),), fewest=7)
    with pytest.raises(MethodError, match="10 before and 10 after are needed"):
        level_and_slope(Series.of(range(16), STEP), Model((Break("plan", 8),), fewest=10))


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([*STEP[:8], *[0] * 8], "all 8 counts after the last break are 0"),
        ([*[0] * 8, *STEP[8:]], "all 8 counts before the first break are 0"),
        ([0] * 16, "all 16 counts are 0"),
        ([*STEP[:15], float("nan")], "1 of 16 values of counts are missing"),
        ([*STEP[:15], 2.5], "1 of 16 values of counts are negative or not whole"),
        ([*STEP[:15], -1], "negative or not whole"),
    ],
)
def test_refuses_counts_that_allow_no_ratio(counts: list[float], said: str) -> None:
    """Each refusal names the condition; none turns into a NaN in a finding."""
    with pytest.raises(MethodError, match=said):
        level_and_slope(Series.of(range(16), counts), PLAN)


@pytest.mark.parametrize(
    ("periods", "exposure", "said"),
    [
        ([0, 0, *range(2, 16)], None, "1 of 16 periods stand more than once"),
        ([1, 0, *range(2, 16)], None, "not in order"),
        (range(15), None, "beside 15"),
        (range(16), [0.0, *[1.0] * 15], "1 of 16 values of exposure are 0 or less"),
        (range(16), [1.0] * 15, "beside 16"),
    ],
)
def test_refuses_columns_that_do_not_fit(
    periods: list[int], exposure: list[float] | None, said: str
) -> None:
    """A doubled quarter counts twice, and no one would see it in the ratio."""
    with pytest.raises(MethodError, match=said):
        Series.of(periods, STEP, exposure)


def test_refuses_a_fit_that_runs_away_instead_of_printing_it() -> None:
    """One event in the first period after and none later: the slope has no finite value."""
    counts = [5, 7, 6, 8, 5, 6, 7, 9, 6, 5, 8, 7, 4, *[0] * 11]
    with pytest.raises(MethodError, match="no finite fit exists for 24 points and 4 terms"):
        level_and_slope(Series.of(range(24), counts), Model((Break("plan", 12, "both"),)))


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Model((Break("plan", 8),), Season(2, 1)), "repeats others"),
        (Model((Break("plan", 8),), Season(12, 3)), "16 points for 9 terms, 18 are needed"),
    ],
)
def test_refuses_waves_that_the_points_cannot_bear(model: Model, said: str) -> None:
    """A season of two periods has one wave in truth, and six terms eat all the scatter."""
    with pytest.raises(MethodError, match=said):
        level_and_slope(Series.of(range(16), STEP), model)


def test_refuses_models_that_contradict_themselves() -> None:
    """Every message says what to give instead."""
    with pytest.raises(MethodError, match="no break is named"):
        Model(())
    with pytest.raises(MethodError, match="share a name or a start, or are not in order"):
        Model((Break("b", 9), Break("a", 3)))
    with pytest.raises(MethodError, match="end before they begin"):
        Break("plan", 8, donut=(9, 7))
    with pytest.raises(MethodError, match="no finite number"):
        Break("plan", math.nan)
    with pytest.raises(MethodError, match="the level, the slope or both"):
        Break("plan", 8, "shape")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="do not fit into the season"):
        Season(4, 3)
    with pytest.raises(MethodError, match="none of the 3 terms has that name"):
        level_and_slope(Series.of(range(16), STEP), PLAN).quasi_poisson.term("elsewhere")
    with pytest.raises(MethodError, match="none of the 1 breaks has that name"):
        placebo_dates(Series.of(range(16), STEP), PLAN, "elsewhere")


def test_refuses_placebos_where_no_date_leaves_enough_points() -> None:
    """Eight points before are enough for a break and for no placebo inside them."""
    with pytest.raises(MethodError, match="none of 8 dates before the break leaves 8 points"):
        placebo_dates(Series.of(range(16), STEP), PLAN)


def test_refuses_chance_without_seed_and_comparisons_that_are_none() -> None:
    """What cannot be drawn again cannot be checked; models must be nested."""
    series = Series.of(range(16), STEP)
    with pytest.raises(MethodError, match="no seed"):
        without_break(series, PLAN, rng=None)  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="fewer than 1,000 draws"):
        without_break(series, PLAN, rng=1, draws=10)
    with pytest.raises(MethodError, match="fewer than 1,000 draws"):
        autocorrelation(series, PLAN, rng=1, draws=10)
    with pytest.raises(MethodError, match="the lags do not fit 16 points"):
        compare_errors(series, PLAN, "plan: level", lags=16)
    with pytest.raises(MethodError, match="lacks terms of the smaller"):
        compare_models(series, PLAN, PLAN)
    with pytest.raises(MethodError, match="confidence level"):
        level_and_slope(series, PLAN, level=1.0)


def test_examples_in_docstrings_give_what_they_say() -> None:
    """A reader copies the example first."""
    tried = 0
    for module in pkgutil.iter_modules(analysis.methods.interrupted.__path__):
        name = f"analysis.methods.interrupted.{module.name}"
        result = doctest.testmod(importlib.import_module(name))
        assert result.failed == 0
        tried += result.attempted
    assert tried >= 12
