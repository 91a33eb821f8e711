"""rates: against R and published tables, against their own symmetries, at their edges."""

import json
import math
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from analysis.errors import MethodError
from analysis.methods.elsewhere import byar_rate
from analysis.methods.rates import Count, exact_p, rate, rate_ratio

GARWOOD = {
    0: (0, 3.6888794541),
    1: (0.025317807984, 5.5716433909),
    2: (0.24220927854, 7.2246876677),
    3: (0.6186721229, 8.7672730697),
    5: (1.6234863901, 11.6683320793),
    8: (3.4538321767, 15.7631892202),
    10: (4.7953886961, 18.390356042),
    20: (12.2165195854, 30.8883779027),
    36: (25.2139574173, 49.8391744892),
    100: (81.3639912509, 121.6267937924),
}
UNEXPOSED, EXPOSED = Count(15, 15, 19017.0), Count(41, 41, 28010.0)

exposures = st.floats(0.5, 1e4)


@st.composite
def counts(draw: st.DrawFn, fewest: int = 0) -> Count:
    """Intervals of up to 30 events."""
    low = draw(st.integers(fewest, 300))
    return Count(low, low + draw(st.integers(0, 30)), draw(exposures))


# Reference


@pytest.mark.parametrize("events", GARWOOD)
def test_limits_of_one_count_match_r(events: int) -> None:
    """R: qchisq, in tests/reference/rates.R. For 0 and 10 also printed by Garwood (1936)."""
    found = rate(Count(events, events, 1.0))
    assert (found.low, found.high) == pytest.approx(GARWOOD[events], rel=1e-9)


def test_ratio_matches_r_poisson_test() -> None:
    """R: poisson.test(c(41, 15), c(28010, 19017)), in tests/reference/rates.R."""
    found = rate_ratio(UNEXPOSED, EXPOSED)
    assert (found.least.estimate, found.low, found.high) == pytest.approx(
        (1.8557586576, 1.0056840627, 3.6093003111), rel=1e-9
    )


def test_mid_p_ratio_matches_r() -> None:
    """R: uniroot on the mid-p tail, in tests/reference/rates.R (tolerance is uniroot's)."""
    found = rate_ratio(UNEXPOSED, EXPOSED, mid_p=True)
    assert (found.low, found.high) == pytest.approx((1.0410752434, 3.4494227605), rel=1e-8)


def test_p_values_match_r_and_rothman() -> None:
    """R: tests/reference/rates.R; Rothman prints 0.035 for the mid-p value."""
    found = exact_p(UNEXPOSED, EXPOSED)
    assert found.exact_low == found.exact_high == pytest.approx(0.047660246755, rel=1e-9)
    assert found.mid_low == found.mid_high == pytest.approx(0.035457421772, rel=1e-9)


@pytest.mark.parametrize(
    ("before", "after", "printed"),
    [(17, 28, (1.65, 0.90, 3.07)), (45, 100, (2.22, 1.57, 3.18))],
)
def test_mid_p_ratios_match_those_computed_when_methods_were_chosen(
    before: int, after: int, printed: tuple[float, float, float]
) -> None:
    """Another program printed these in the notes on method."""
    found = rate_ratio(Count(before, before, 1.0), Count(after, after, 1.0), mid_p=True)
    assert (found.least.estimate, found.low, found.high) == pytest.approx(printed, abs=0.005)


def test_prosecutions_over_equal_years_keep_both_readings() -> None:
    """The main figure of the report: 7-19 in four years against 93 in four."""
    found = rate_ratio(Count(7, 19, 4.0), Count(93, 93, 4.0))
    most, least = found.most, found.least
    assert (most.estimate, most.low, most.high) == pytest.approx((13.29, 6.20, 33.96), abs=0.005)
    assert (least.estimate, least.low, least.high) == pytest.approx((4.89, 2.97, 8.49), abs=0.005)
    assert (found.low, found.high) == (least.low, most.high)


def test_convictions_over_unequal_years_stay_undecided() -> None:
    """Three years against four: forgetting the exposure would turn 1.35 into 1.80."""
    found = rate_ratio(Count(7, 15, 3.0), Count(27, 31, 4.0))
    assert (found.least.estimate, found.most.estimate) == pytest.approx((1.35, 3.32), abs=0.005)
    assert (found.low, found.high) == pytest.approx((0.69, 8.94), abs=0.005)


# Properties


@given(counts(), counts(fewest=1), st.booleans())
def test_the_extreme_readings_bound_every_reading(before: Count, after: Count, mid_p: bool) -> None:
    """Only two readings are computed; none between them may reach further."""
    union = rate_ratio(before, after, mid_p=mid_p)
    slack = 1e-9
    for first, later in product(
        {before.low, (before.low + before.high) // 2, before.high},
        {after.low, (after.low + after.high) // 2, after.high},
    ):
        one = rate_ratio(
            Count(first, first, before.exposure), Count(later, later, after.exposure), mid_p=mid_p
        )
        assert one.low >= union.low * (1 - slack)
        assert one.high <= union.high * (1 + slack)
        assert union.least.estimate <= one.least.estimate <= union.most.estimate


@given(st.integers(0, 200), st.integers(0, 200), exposures, exposures, st.booleans())
def test_one_more_event_after_moves_everything_up(
    before: int, after: int, years: float, later_years: float, mid_p: bool
) -> None:
    """Monotone in the counts: this is why the extremes suffice."""
    first = Count(before, before, years)
    fewer = rate_ratio(first, Count(after + 1, after + 1, later_years), mid_p=mid_p)
    more = rate_ratio(first, Count(after + 2, after + 2, later_years), mid_p=mid_p)
    assert fewer.low < more.low
    assert fewer.high < more.high or fewer.high == more.high == math.inf


@given(counts(fewest=1), counts(fewest=1), st.booleans())
def test_swapping_the_periods_inverts_the_interval(a: Count, b: Count, mid_p: bool) -> None:
    """Which period we call 'after' must not change what we conclude."""
    there, back = rate_ratio(a, b, mid_p=mid_p), rate_ratio(b, a, mid_p=mid_p)
    assert there.low == pytest.approx(1 / back.high, rel=1e-9)
    assert there.high == pytest.approx(1 / back.low, rel=1e-9)
    assert there.least.estimate == pytest.approx(1 / back.most.estimate, rel=1e-12)


@given(counts(fewest=1), counts(fewest=1))
def test_mid_p_limits_lie_inside_the_exact_ones(before: Count, after: Count) -> None:
    """Half of the observed split is left out, so the limits can only narrow."""
    exact, mid = rate_ratio(before, after), rate_ratio(before, after, mid_p=True)
    assert exact.low < mid.low < mid.most.estimate * (1 + 1e-12)
    assert mid.least.estimate * (1 - 1e-12) < mid.high < exact.high


@given(st.integers(0, 200), st.integers(1, 200), exposures, exposures)
def test_limits_exclude_1_exactly_when_the_doubled_p_is_small(
    before: int, after: int, years: float, later_years: float
) -> None:
    """The interval and the test are one method: a reader must never see them disagree."""
    first, later = Count(before, before, years), Count(after, after, later_years)
    for mid_p in (False, True):
        limits = rate_ratio(first, later, mid_p=mid_p)
        p = exact_p(first, later).mid_low if mid_p else exact_p(first, later).exact_low
        if abs(p - 0.05) > 1e-9:
            assert (p < 0.05) == (not limits.low < 1 < limits.high)


@given(counts(), st.floats(0.1, 10))
def test_a_rate_scales_with_its_exposure(count: Count, factor: float) -> None:
    """Counting in months instead of years must not change what is known."""
    years = rate(count)
    months = rate(Count(count.low, count.high, count.exposure * factor))
    assert months.low * factor == pytest.approx(years.low, rel=1e-12)
    assert months.high * factor == pytest.approx(years.high, rel=1e-12)
    assert years.low <= years.low_estimate <= years.high_estimate < years.high


@given(counts(), counts(fewest=1))
def test_p_values_cover_every_reading(before: Count, after: Count) -> None:
    """The largest p can lie between the extremes: where the ratio may be 1."""
    bounds = exact_p(before, after)
    middle = (before.low + before.high) // 2, (after.low + after.high) // 2
    for first, later in (middle, (before.low, after.high), (before.high, after.low)):
        one = exact_p(Count(first, first, before.exposure), Count(later, later, after.exposure))
        assert bounds.exact_low <= one.exact_low * (1 + 1e-9)
        assert one.exact_high <= bounds.exact_high * (1 + 1e-9)
        assert bounds.mid_low <= one.mid_low * (1 + 1e-9)
        assert one.mid_high <= bounds.mid_high * (1 + 1e-9)


# Edges


@pytest.mark.parametrize("mid_p", [False, True])
def test_nothing_before_gives_an_infinite_ratio_with_a_finite_lower_limit(mid_p: bool) -> None:
    """Silence before is not a rate of nearly nothing: only the lower limit is known."""
    found = rate_ratio(Count(0, 0, 4.0), Count(10, 10, 4.0), mid_p=mid_p)
    assert found.most.estimate == found.high == math.inf
    # With none before, the tail is share**10 (half of it for mid-p).
    share = (0.05 if mid_p else 0.025) ** 0.1
    assert found.low == pytest.approx(share / (1 - share), rel=1e-12)


@pytest.mark.parametrize("mid_p", [False, True])
def test_nothing_after_gives_a_zero_ratio_with_a_finite_upper_limit(mid_p: bool) -> None:
    """None seen does not show that none happened."""
    found = rate_ratio(Count(10, 10, 4.0), Count(0, 0, 4.0), mid_p=mid_p)
    assert found.least.estimate == found.low == 0
    assert 0 < found.high < 1


def test_an_interval_from_zero_before_leaves_only_the_upper_side_open() -> None:
    """A cell "<5" before: the ratio may be infinite, yet it cannot be small."""
    found = rate_ratio(Count(0, 4, 1.0), Count(40, 40, 1.0))
    assert found.high == math.inf
    assert found.least.estimate == 10
    assert found.low > 3


@pytest.mark.parametrize("high", [0, 4])
@pytest.mark.parametrize("method", [rate_ratio, exact_p])
def test_refuses_when_neither_period_need_have_an_event(
    method: Callable[[Count, Count], object], high: int
) -> None:
    """Silence is not evidence of no change."""
    said = "have 0 events" if high == 0 else "may have 0 events"
    with pytest.raises(MethodError, match=said):
        method(Count(0, high, 4.0), Count(0, high, 4.0))


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5, math.nan])
@pytest.mark.parametrize("call", [
    lambda level: rate(Count(1, 1, 1.0), level=level),
    lambda level: rate_ratio(Count(1, 1, 1.0), Count(1, 1, 1.0), level=level),
])  # fmt: skip
def test_refuses_a_level_that_is_no_share(call: Callable[[float], object], level: float) -> None:
    """`level=95` would otherwise print an empty interval."""
    with pytest.raises(MethodError, match="between 0 and 1"):
        call(level)


def test_p_values_refuse_more_readings_than_are_gone_through() -> None:
    """A wait without end is worse than a refusal that names the way out."""
    with pytest.raises(MethodError, match=r"4004001 readings.*Narrow them"):
        exact_p(Count(1, 2001, 1.0), Count(1, 2001, 1.0))


def test_extreme_counts_keep_their_precision() -> None:
    """One event in a hundred thousand: a share near 0 or 1 must not lose the limit."""
    found = rate_ratio(Count(1, 1, 1.0), Count(100_000, 100_000, 1.0), mid_p=True)
    back = rate_ratio(Count(100_000, 100_000, 1.0), Count(1, 1, 1.0), mid_p=True)
    assert found.low * back.high == pytest.approx(1, rel=1e-9)
    assert found.high * back.low == pytest.approx(1, rel=1e-9)


# Mid-p limits of one count


REFERENCE = Path(__file__).parents[1] / "reference" / "poisson_ci_small_counts"
EXPECTED = json.loads((REFERENCE / "expected.json").read_text())["checks"]
PRINTED = {
    "Garwood upper for 0": "exact_garwood[0][1]",
    "Garwood CI for 10 lo": "exact_garwood[6][0]",
    "Garwood CI for 10 hi": "exact_garwood[6][1]",
    "mid-p upper for 0": "midp[0][1]",
}


@pytest.fixture(scope="module")
def small_counts() -> dict[str, float]:
    """Every figure of the reference, found by our own functions."""
    events = [int(line) for line in (REFERENCE / "data.csv").read_text().split()[1:]]
    found: dict[str, float] = {}
    for place, many in enumerate(events):
        count = Count(many, many, 1.0)
        exact, mid, byar = rate(count), rate(count, mid_p=True), byar_rate(count)
        found[f"count[{place}]"] = exact.low_estimate
        found[f"exact_garwood[{place}][0]"], found[f"exact_garwood[{place}][1]"] = (
            exact.low, exact.high,
        )  # fmt: skip
        found[f"midp[{place}][0]"], found[f"midp[{place}][1]"] = mid.low, mid.high
        found[f"byar[{place}].lo"], found[f"byar[{place}].hi"] = byar.low, byar.high
    return found


@pytest.mark.parametrize("check", EXPECTED, ids=lambda check: str(check["quantity"]))
def test_small_counts_match_garwood_and_r(
    check: dict[str, Any], small_counts: dict[str, float]
) -> None:
    """Reference: tests/reference/poisson_ci_small_counts; the first line of every report."""
    quantity, value = check["quantity"], check["value"]
    found = small_counts[PRINTED.get(quantity, quantity)]
    if value < 0:
        assert found == 0  # Byar's lower limit at no event: see SOURCE.md.
    else:
        assert found == pytest.approx(value, rel=0, abs=check["tolerance"])


@given(st.integers(0, 2000), st.floats(0.5, 0.999))
def test_mid_p_limits_of_a_count_solve_their_definition(events: int, level: float) -> None:
    """Half of the observed number and all beyond it have the tail's probability."""
    tail = (1 - level) / 2
    found = rate(Count(events, events, 1.0), level=level, mid_p=True)
    here = [float(poisson.pmf(events, mean)) / 2 for mean in (found.low, found.high)]
    if events:
        assert here[0] + poisson.sf(events, found.low) == pytest.approx(tail, rel=1e-7)
    assert here[1] + poisson.cdf(events - 1, found.high) == pytest.approx(tail, rel=1e-7)


@given(counts())
def test_mid_p_limits_of_a_count_lie_inside_the_exact_ones(count: Count) -> None:
    """Half of the observed number is left out, so the limits can only narrow."""
    exact, mid = rate(count), rate(count, mid_p=True)
    assert exact.low <= mid.low <= mid.low_estimate
    assert mid.high_estimate < mid.high < exact.high


def test_mid_p_limits_hold_their_level_on_average_and_exact_ones_always() -> None:
    """Coverage added up without simulation: what the docs promise of both."""
    events = np.arange(120)
    means = np.linspace(0.5, 60, 400)
    for mid_p, fewest, mean in ((False, 0.95, 0.96), (True, 0.91, 0.95)):
        limits = [rate(Count(k, k, 1.0), mid_p=mid_p) for k in events.tolist()]
        low, high = (
            np.array([getattr(found, side) for found in limits]) for side in ("low", "high")
        )
        inside = (low <= means[:, None]) & (means[:, None] <= high)
        covered = (poisson.pmf(events, means[:, None]) * inside).sum(axis=1)
        assert covered.min() >= fewest
        assert covered.mean() >= mean
