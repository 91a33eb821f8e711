"""missing: against R's mice, against every completion, in simulation, at its edges."""

import csv
import json
import math
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm
from scipy.stats import t as student

from analysis.errors import MethodError
from analysis.methods.counts import Count
from analysis.methods.missing import (
    Partly,
    delta_adjusted,
    gaps,
    impute,
    mean_bounds,
    odds_adjusted,
    over_imputations,
    rate_ratio_bounds,
    rubin,
    share_bounds,
)
from analysis.methods.rates import rate_ratio

EXAMPLE = Path(__file__).parents[1] / "reference" / "rubin_pooling"


# Bounds


@given(st.integers(0, 15), st.integers(0, 15), st.integers(0, 10))
@settings(deadline=None, max_examples=40)
def test_share_bounds_hold_every_way_the_missing_can_fall(yes: int, no: int, missing: int) -> None:
    """Reference: scipy's exact limits for each number of yes among the missing."""
    if yes + no + missing == 0:
        return
    found = share_bounds(yes, yes + no, missing)
    total = yes + no + missing
    readings = [
        binomtest(yes + extra, total).proportion_ci(method="exact") for extra in range(missing + 1)
    ]
    assert (found.low, found.high) == (yes / total, (yes + missing) / total)
    assert found.limit_low == pytest.approx(min(one.low for one in readings), abs=1e-9)
    assert found.limit_high == pytest.approx(max(one.high for one in readings), abs=1e-9)


def test_nothing_known_bounds_nothing() -> None:
    """All missing: from 0 to 1, and no share of the known."""
    found = share_bounds(0, 0, 8)
    assert (found.known, found.low, found.high) == (None, 0.0, 1.0)
    assert (found.limit_low, found.limit_high) == (0.0, 1.0)


def test_rate_ratio_bounds_are_the_extreme_readings() -> None:
    """11 undated records may all belong to the first year: then nothing rose."""
    found = rate_ratio_bounds(
        Count(17, 17, 1.0), Count(28, 28, 1.0), missing_before=11, missing_after=2
    )
    assert found == rate_ratio(Count(17, 28, 1.0), Count(28, 30, 1.0))
    assert found.least.estimate == 1.0


@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.integers(0, 4), st.integers(80, 99))
@settings(deadline=None, max_examples=50)
def test_mean_bounds_hold_every_completion(known: list[int], missing: int, percent: int) -> None:
    """All completions on a grid, by scipy's t: the printed limits are their union."""
    n, level = len(known) + missing, percent / 100
    if n < 2 or (len(set(known)) == 1 and missing == 0):
        return
    found = mean_bounds(known, missing, lowest=0, highest=4, level=level)
    lows, highs, means = [], [], []
    for filled in product(range(5), repeat=missing):
        values = np.array([*known, *filled], dtype=float)
        reach = student.ppf((1 + level) / 2, n - 1) * values.std(ddof=1) / math.sqrt(n)
        means.append(values.mean())
        lows.append(values.mean() - reach)
        highs.append(values.mean() + reach)
    assert (found.low, found.high) == pytest.approx((min(means), max(means)))
    assert (found.limit_low, found.limit_high) == pytest.approx((min(lows), max(highs)))


def test_bounds_refuse_what_cannot_be() -> None:
    """More yes than known, values outside their range, and no range at all."""
    with pytest.raises(MethodError, match="more cases are yes than known"):
        share_bounds(5, 4, 1)
    with pytest.raises(MethodError, match="no whole number of at least 0"):
        share_bounds(5, 9, -1)
    with pytest.raises(MethodError, match="1 of 2 known values lie outside"):
        mean_bounds([1, 9], 1, lowest=0, highest=5)
    with pytest.raises(MethodError, match="range is not finite"):
        mean_bounds([1, 9], 1, lowest=0, highest=math.inf)
    with pytest.raises(MethodError, match="without any spread"):
        mean_bounds([3, 3], 0, lowest=0, highest=5)
    with pytest.raises(MethodError, match="may have 0 events"):
        rate_ratio_bounds(Count(0, 0, 1.0), Count(0, 0, 1.0), missing_before=3)


# Pooling over imputations


def test_five_imputations_match_mice() -> None:
    """R 4.2.2: mice::pool.scalar with n = 60, k = 2."""
    with (EXAMPLE / "data.csv").open() as file:
        rows = list(csv.DictReader(file))
    n, k = 60, 2
    found = rubin(
        [float(row["Q"]) for row in rows],
        [float(row["U"]) for row in rows],
        observations=n,
        parameters=k,
    )
    computed = {
        "qbar": found.estimate.value,
        "ubar": found.within,
        "b": found.between,
        "t": found.total,
        "df": found.degrees_of_freedom,
        "r": found.riv,
        "fmi": found.fmi,
        "n": n,
        "k": k,
    }
    checks = json.loads((EXAMPLE / "expected.json").read_text())["checks"]
    assert {check["quantity"] for check in checks} == set(computed)
    for check in checks:
        assert computed[check["quantity"]] == pytest.approx(
            check["value"], abs=check["abs_tol"], rel=0
        ), check["quantity"]
    reach = student.ppf(0.975, found.degrees_of_freedom) * math.sqrt(found.total)
    assert found.estimate.high == pytest.approx(0.446 + reach, rel=1e-12)
    assert found.lam == pytest.approx(found.riv / (1 + found.riv))


@given(
    st.lists(st.floats(-5, 5), min_size=2, max_size=30),
    st.floats(1.0, 4),
    st.integers(5, 1_000),
)
def test_degrees_of_freedom_never_pass_those_of_the_data(
    estimates: list[float], variance: float, observations: int
) -> None:
    """Why Barnard and Rubin wrote: the older formula promises more than was observed."""
    variances = [variance] * len(estimates)
    small = rubin(estimates, variances, observations=observations)
    large = rubin(estimates, variances)
    assert small.degrees_of_freedom <= observations - 1
    assert small.degrees_of_freedom <= large.degrees_of_freedom
    assert small.total >= small.within
    assert 0 <= small.lam < 1


def test_nothing_lost_by_imputing_gives_the_limits_of_the_complete_data() -> None:
    """Equal estimates: all variance is within; large data have normal limits."""
    found = rubin([0.5] * 4, [0.04] * 4)
    assert (found.riv, found.lam, found.fmi, found.degrees_of_freedom) == (0, 0, 0, math.inf)
    assert found.estimate.high == pytest.approx(0.5 + norm.ppf(0.975) * 0.2)
    small = rubin([0.5, 0.5], [0.04, 0.04], observations=21)
    assert small.degrees_of_freedom == pytest.approx(21 / 23 * 20)


def test_rubin_refuses_what_cannot_be_pooled() -> None:
    """One imputation hides what imputing costs."""
    with pytest.raises(MethodError, match="estimates has 1 of at least 2"):
        rubin([0.4], [0.04])
    with pytest.raises(MethodError, match="1 of 2 variances are 0 or less"):
        rubin([0.4, 0.5], [0.04, 0])
    with pytest.raises(MethodError, match="leave no degrees of freedom"):
        rubin([0.4, 0.5], [0.04, 0.04], observations=2, parameters=2)
    # The limits were NaN: the share that imputing adds to the variance rounds to 1.
    with pytest.raises(MethodError, match="no degrees of freedom are left"):
        rubin([1e9, 1.0, 2.0], [1e-3] * 3, observations=60)


# Missing not at random


def test_a_delta_moves_the_mean_by_the_share_that_is_missing() -> None:
    """An identity: delta times the share, nothing else, and the tipping point is where it ends."""
    rng = np.random.default_rng(2)
    missing = np.arange(40) < 10
    data = rng.normal(2, 1, 40) + rng.normal(0, 0.3, (20, 40)) * missing
    found = delta_adjusted(data, missing, np.linspace(-20, 5, 26))
    centre = next(one for one in found.shifted if one.delta == 0).estimate.value
    for one in found.shifted:
        assert one.estimate.value == pytest.approx(centre + 0.25 * one.delta)
    assert found.tipping_above is None
    assert found.tipping_below is not None
    at, before = (
        delta_adjusted(data, missing, [found.tipping_below + step, 0]).shifted[0].estimate
        for step in (0, 1e-6)
    )
    assert at.low <= 0 < before.low


def test_a_difference_of_groups_matches_welch_and_moves_only_what_is_marked() -> None:
    """Marking one group's missing is the worst case; marking both may cancel."""
    rng = np.random.default_rng(3)
    later, missing = np.arange(30) >= 15, np.arange(30) % 5 == 0
    data = rng.normal(0, 1, 30) + later + rng.normal(0, 0.2, (25, 30)) * missing
    both = delta_adjusted(data, missing, [-2, 0, 2], later=later)
    assert both.shifted[0].estimate.value == pytest.approx(both.shifted[1].estimate.value)
    one = delta_adjusted(data, missing & later, [-2, 0, 2], later=later)
    assert one.shifted[2].estimate.value - one.shifted[1].estimate.value == pytest.approx(0.4)
    differences = [row[later].mean() - row[~later].mean() for row in data]
    welch = [row[later].var(ddof=1) / 15 + row[~later].var(ddof=1) / 15 for row in data]
    assert (
        one.shifted[1].estimate == rubin(differences, welch, observations=30, parameters=2).estimate
    )


def test_delta_adjusted_refuses_what_it_cannot_move() -> None:
    """Deltas that leave out 0 hide where the analysis started."""
    data = [[1.0, 2, 3, 4], [1.0, 2, 3, 5]]
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: delta_adjusted(data, [0, 0, 0, 0], [0, 1]), "True for no record"),
        (lambda: delta_adjusted(data, [0, 0, 0, 2], [0, 1]), "neither true nor false"),
        (lambda: delta_adjusted(data, [1, 1, 1, 1], [0, 1]), "never counted cannot be imputed"),
        (lambda: delta_adjusted(data, [0, 0, 0, 1], [1, 2]), "do not hold 0"),
        (lambda: delta_adjusted(data, [0, 0, 0, 1], [1, 0]), "not in order"),
        (lambda: delta_adjusted(data[:1], [0, 0, 0, 1], [0, 1]), "1 imputed data set"),
        (lambda: delta_adjusted(data, [1, 0, 0, 0], [0, 1]), "not marked as missing differ"),
        (
            lambda: delta_adjusted(data, [0, 0, 0, 1], [0, 1], later=[0, 0, 0, 1]),
            "a group has 1 records",
        ),
    ]
    for call, said in refused:
        with pytest.raises(MethodError, match=said):
            call()


def test_an_odds_ratio_of_one_is_the_share_among_the_known() -> None:
    """Then being missing carries no message, and only costs."""
    found = odds_adjusted(Partly(30, 40, 10), odds_ratios=[1]).shifted[0].estimate
    reach = norm.ppf(0.975) * math.sqrt(0.75 * 0.25 / 40)
    assert found.value == pytest.approx(0.75)
    assert found.high == pytest.approx(0.75 + reach)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 20))
def test_odds_ratios_lead_from_the_worst_to_the_best_case(yes: int, no: int, missing: int) -> None:
    """At the ends the bounds are reached: both methods speak of one thing."""
    bounds = share_bounds(yes, yes + no, missing)
    found = odds_adjusted(
        Partly(yes, yes + no, missing), odds_ratios=[1e-9, 0.5, 1, 2, 1e9]
    ).shifted
    shares = [one.estimate.value for one in found]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == pytest.approx((bounds.low, bounds.high), abs=1e-6)


def test_the_variance_under_an_odds_ratio_matches_a_simulation() -> None:
    """Delta method against 200,000 draws of cases and of who is missing."""
    rng = np.random.default_rng(8)
    n, p, gone, odds = 400, 0.4, 0.3, 3.0
    known = n - rng.binomial(n, gone, 200_000)
    share = rng.binomial(known, p) / known
    among = odds * share / (1 - share + odds * share)
    mixed = known / n * share + (1 - known / n) * among
    found = odds_adjusted(Partly(112, 280, 120), odds_ratios=[1, odds]).shifted[1].estimate
    error = (found.high - found.value) / norm.ppf(0.975)
    assert error == pytest.approx(mixed.std(), rel=0.02)
    assert found.value == pytest.approx(mixed.mean(), abs=0.001)


def test_the_tipping_odds_ratio_is_where_the_difference_is_lost() -> None:
    """45 of 60 against 30 of 60, 20 unknown after: how unlike the known they must be."""
    after, before = Partly(45, 60, 20), Partly(30, 60, 0)
    found = odds_adjusted(after, before, odds_ratios=np.geomspace(0.01, 1e9, 40))
    assert found.null == 0.0
    assert found.tipping_above is None
    assert found.tipping_below is not None
    assert 0.01 < found.tipping_below < 1
    at = odds_adjusted(after, before, odds_ratios=[found.tipping_below, 1]).shifted[0].estimate
    assert at.low == pytest.approx(0, abs=1e-9)
    both = odds_adjusted(after, Partly(30, 60, 20), odds_ratios=[0.5, 1], applies_to="both").shifted
    alone = odds_adjusted(after, Partly(30, 60, 20), odds_ratios=[0.5, 1]).shifted
    assert both[0].estimate.value > alone[0].estimate.value


def test_odds_adjusted_refuses_what_has_no_odds() -> None:
    """All yes: infinite odds; nobody missing: nothing to vary."""
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: odds_adjusted(Partly(4, 4, 2), odds_ratios=[1]), "odds are not finite"),
        (lambda: odds_adjusted(Partly(2, 4, 0), odds_ratios=[1]), "no case is missing"),
        (lambda: odds_adjusted(Partly(2, 4, 1), odds_ratios=[0, 1]), "must be above 0"),
        (lambda: odds_adjusted(Partly(2, 4, 1), odds_ratios=[2, 3]), "do not hold 1"),
        (
            lambda: odds_adjusted(Partly(2, 4, 1), odds_ratios=[1], applies_to="both"),
            "no period before",
        ),
    ]
    for call, said in refused:
        with pytest.raises(MethodError, match=said):
            call()


# Never counted


def test_only_gaps_between_counts_may_be_filled() -> None:
    """No victim was officially counted before 2007, and no model can have seen them."""
    assert gaps([2007, 2008, 2009], [17, None, 30]) == (2008.0,)
    assert gaps([2007, 2008], [17, 28]) == ()
    with pytest.raises(MethodError, match="5 of 7 periods lie before the first count"):
        gaps(range(2002, 2009), [None] * 5 + [17, 28])
    with pytest.raises(MethodError, match="1 of 3 periods lie before the first count or after"):
        gaps([2007, 2008, 2009], [17, 28, math.nan])
    with pytest.raises(MethodError, match="none of 2 periods was counted"):
        gaps([2002, 2003], [None, None])
    with pytest.raises(MethodError, match="values has 1 values beside 2"):
        gaps([2002, 2003], [None])


# Chained equations


def holed(n: int = 120, seed: int = 4) -> pd.DataFrame:
    """Records whose days are missing more often for the old: missing at random, given age."""
    rng = np.random.default_rng(seed)
    age = rng.normal(30, 8, n)
    days = 10 + 2 * (age - 30) + rng.normal(0, 8, n)
    records = pd.DataFrame({"age in years": age, "days": days}, index=range(100, 100 + n))
    records.loc[rng.random(n) < 1 / (1 + np.exp(-(age - 32) / 4)), "days"] = np.nan
    return records


def test_imputing_mends_what_leaving_out_distorts() -> None:
    """The old wait longer and are missing more: the known alone show too short a wait."""
    records = holed(600)
    found = over_imputations(
        impute(records, rng=9, cycles=2),
        lambda rows: (rows["days"].mean(), rows["days"].var() / len(rows)),
    )
    truth = 10.0
    assert records["days"].mean() < truth - 4
    assert found.estimate.low < truth < found.estimate.high
    assert found.imputations == 20
    assert 0.03 < found.fmi < 0.3


@pytest.mark.parametrize(("normal", "end", "least"), [((), 12.0, 0.9), (("days",), 4.0, 0.92)])
def test_limits_over_imputations_keep_their_level(
    normal: tuple[str, ...], end: float, least: float
) -> None:
    """200 data sets with half of the days missing: too narrow limits would be a false finding.

    With ``end`` 4 the old are nearly all missing: matching then covers 85 percent (measured
    with 500), which is why columns can be drawn from the regression (96 percent).
    """
    covered = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        age = rng.normal(30, 8, 150)
        rows = pd.DataFrame({"age": age, "days": 2 * (age - 30) + rng.normal(0, 24, 150)})
        rows.loc[rng.random(150) < 1 / (1 + np.exp(-(age - 32) / end)), "days"] = np.nan
        found = over_imputations(
            impute(rows, rng=seed, cycles=1, normal=normal),
            lambda filled: (filled["days"].mean(), filled["days"].var() / 150),
        )
        covered.append(found.estimate.low <= 0 <= found.estimate.high)
    assert np.mean(covered) >= least


def test_a_draw_from_the_regression_equals_the_posterior_it_is_drawn_from() -> None:
    """Two unknown days at one age: 4,000 draws have the t law's mean and spread."""
    rng = np.random.default_rng(6)
    age = rng.normal(0, 1, 32)
    rows = pd.DataFrame({"age": age, "days": 3 * age + rng.normal(0, 2, 32)})
    rows.loc[[0, 1], "days"] = np.nan
    rows.loc[[0, 1], "age"] = 1.5
    frames = impute(rows, rng=1, imputations=2_000, cycles=1, normal=["days"]).frames
    drawn = np.array([frame["days"][:2] for frame in frames])
    x = np.column_stack([np.ones(30), rows["age"][2:]])
    beta, squares = np.linalg.lstsq(x, rows["days"][2:], rcond=None)[:2]
    at = np.array([1, 1.5])
    leverage = at @ np.linalg.inv(x.T @ x) @ at
    variance = squares[0] / 28 * 28 / 26
    assert drawn.mean() == pytest.approx(at @ beta, abs=0.15)
    assert drawn.var() == pytest.approx(variance * (1 + leverage), rel=0.1)
    shared = np.cov(drawn.T)[0, 1]
    assert shared == pytest.approx(variance * leverage, rel=0.35)


def test_imputed_records_keep_what_was_known_and_fill_in_only_what_occurs() -> None:
    """Known cells, rows and columns stay; a donor's value is a value somebody had."""
    records = holed()
    records["support"] = (records["age in years"] > 30).astype(float)
    records.iloc[:10, 2] = np.nan
    found = impute(records, rng=1, cycles=1)
    assert dict(found.missing) == records.isna().sum().drop("age in years").to_dict()
    known = records.notna()
    for frame in found.frames:
        assert frame.index.equals(records.index)
        assert list(frame.columns) == list(records.columns)
        assert not frame.isna().to_numpy().any()
        assert frame.where(known).equals(records)
        assert set(frame["support"]) <= {0.0, 1.0}
    filled = np.array([frame["days"] for frame in found.frames])
    assert set(filled.ravel()) <= set(records["days"].dropna())
    assert np.ptp(filled[:, records["days"].isna()], axis=0).max() > 0


def test_donors_change_with_the_parameters_that_are_drawn() -> None:
    """With one predictor, matching by one set of parameters would offer the same five for ever."""
    records = holed()
    records["days"] += np.random.default_rng(1).normal(0, 30, len(records))
    hole = int(np.flatnonzero(records["days"].isna())[0])
    found = impute(records, rng=1, imputations=60, cycles=1, donors=5)
    assert len({float(frame["days"].iloc[hole]) for frame in found.frames}) > 5


def test_the_same_seed_imputes_the_same() -> None:
    """A finding must come out the same tomorrow, and another seed must differ."""
    one, two, other = (impute(holed(80), rng=seed, cycles=1).frames[3] for seed in (1, 1, 2))
    assert one.equals(two)
    assert not one.equals(other)


def test_impute_refuses_what_was_never_recorded() -> None:
    """A column without figures in one year was not counted that year."""
    records = holed()
    records["year"] = np.repeat([2006, 2007], 60)
    records.loc[records["year"] == 2006, "days"] = np.nan
    with pytest.raises(MethodError, match=r"1 columns were never recorded in some group of year"):
        impute(records, rng=1, by="year")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.dropna(), "nothing is missing"),
        (lambda rows: rows[["days"]], "1 columns, of which 0 hold no numbers"),
        (lambda rows: rows.assign(sex="f"), r"1 hold no numbers \(sex\)"),
        (lambda rows: rows.assign(level=1.0), "only one value"),
        (lambda rows: rows[:24], "known values of 25 needed"),
        (lambda rows: rows.assign(days=np.inf), "infinite|missing"),
        (
            lambda rows: rows.mul(np.where(rows.index == 101, np.nan, 1), axis=0),
            "1 records are empty",
        ),
    ],
)
def test_impute_refuses_records_it_cannot_learn_from(change, said: str) -> None:  # type: ignore[no-untyped-def]
    """Each refusal names the column or the condition."""
    with pytest.raises(MethodError, match=said):
        impute(change(holed()), rng=1)


def test_impute_refuses_a_normal_column_that_is_not_there() -> None:
    """A typing error must not leave the column matched."""
    with pytest.raises(MethodError, match="1 normal columns are not in the records"):
        impute(holed(), rng=1, normal=["dais"])


def test_impute_refuses_fewer_than_twenty_imputations() -> None:
    """With five, the p-value depends on the seed."""
    with pytest.raises(MethodError, match="at least 20 imputations"):
        impute(holed(), rng=1, imputations=5)
