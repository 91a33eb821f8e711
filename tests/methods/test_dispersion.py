"""dispersed_ratio: against statsmodels and a loop over every reading, at its edges."""

import math
from itertools import product

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from analysis.errors import MethodError
from analysis.methods.dispersion import Yearly, dispersed_ratio, wider
from analysis.methods.rates import Count, RateRatio, RatioRange, rate_ratio

PROSECUTED = Yearly((7, 0, 0, 0), (7, 4, 4, 4)), Yearly((22, 25, 29, 17), (22, 25, 29, 17))
CONVICTED = Yearly((0, 7, 0), (4, 7, 4)), Yearly((0, 7, 10, 10), (4, 7, 10, 10))


def exactly(*events: int) -> Yearly:
    """Years that are known to the event."""
    return Yearly(events, events)


@st.composite
def periods(draw: st.DrawFn, fewest: int = 0) -> Yearly:
    """Two to four years, each known to within three events."""
    low = draw(st.lists(st.integers(fewest, 20), min_size=2, max_size=4))
    high = [events + draw(st.integers(0, 2)) for events in low]
    return Yearly(tuple(low), tuple(high))


def quasi_poisson(
    before: tuple[int, ...], after: tuple[int, ...], level: float = 0.95
) -> tuple[float, float, float, float]:
    """One reading, by the formulas of McCullagh & Nelder written out."""
    years, freedom = len(before) + len(after), len(before) + len(after) - 2
    assert years > 2
    pearson = sum(
        (y - np.mean(side)) ** 2 / np.mean(side) for side in (before, after) for y in side
    )
    phi = pearson / freedom
    log = np.log(np.mean(after) / np.mean(before))
    error = np.sqrt(max(1, phi) * (1 / sum(before) + 1 / sum(after)))
    reach = t.ppf((1 + level) / 2, freedom) * error
    return math.exp(log), math.exp(log - reach), math.exp(log + reach), float(phi)


# Reference


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((7, 1, 0, 4), (22, 25, 29, 17)),
        ((12, 3, 30), (5, 44, 21, 60, 2)),
        ((3, 9), (14, 2)),
    ],
)
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_one_reading_matches_statsmodels(
    before: tuple[int, ...], after: tuple[int, ...], level: float
) -> None:
    """Reference: statsmodels, Poisson GLM, scale X2, limits from t; all overdispersed."""
    events = np.array(before + after)
    later = np.array([0] * len(before) + [1] * len(after))
    model = sm.GLM(events, sm.add_constant(later), family=sm.families.Poisson())
    fitted = model.fit(scale="X2", use_t=True, tol=1e-14)
    assert fitted.scale > 1
    found = dispersed_ratio(exactly(*before), exactly(*after), level=level)
    low, high = np.exp(fitted.conf_int(alpha=1 - level)[1])
    assert found.estimate_low == found.estimate_high
    assert (found.estimate_low, found.low, found.high, found.dispersion_high) == pytest.approx(
        (np.exp(fitted.params[1]), low, high, fitted.scale), rel=1e-8
    )
    assert found.degrees_of_freedom == fitted.df_resid


def test_years_more_even_than_chance_are_given_no_credit() -> None:
    """Reference: statsmodels with scale 1; underdispersion is luck, not knowledge."""
    before, after = (10, 10, 11), (20, 21, 20, 21)
    later = np.array([0] * 3 + [1] * 4)
    model = sm.GLM(np.array(before + after), sm.add_constant(later), family=sm.families.Poisson())
    low, high = np.exp(model.fit(scale=1.0, use_t=True, tol=1e-14).conf_int()[1])
    found = dispersed_ratio(exactly(*before), exactly(*after))
    assert found.dispersion_high < 1
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-8)


@pytest.mark.parametrize("periods", [PROSECUTED, CONVICTED])
def test_the_records_series_match_a_loop_over_all_125_readings(
    periods: tuple[Yearly, Yearly],
) -> None:
    """The report prints these limits: no reading of "<5" may be left out."""
    before, after = periods
    readings = [
        quasi_poisson(first, later)
        for first in product(*map(range, before.low, (high + 1 for high in before.high)))
        for later in product(*map(range, after.low, (high + 1 for high in after.high)))
    ]
    found = dispersed_ratio(before, after)
    estimates, lows, highs, dispersions = map(np.array, zip(*readings, strict=True))
    assert found.readings == len(readings) == 125
    assert (found.estimate_low, found.estimate_high) == pytest.approx(
        (estimates.min(), estimates.max()), rel=1e-12
    )
    assert (found.low, found.high) == pytest.approx((lows.min(), highs.max()), rel=1e-12)
    assert (found.dispersion_low, found.dispersion_high) == pytest.approx(
        (dispersions.min(), dispersions.max()), rel=1e-12
    )


def test_prosecutions_are_wider_by_year_than_by_event() -> None:
    """Persons cluster in cases: the pair that admits it is the headline."""
    found = dispersed_ratio(*PROSECUTED)
    assert (found.low, found.high) == pytest.approx((1.93, 91.5), rel=0.002)
    assert wider(rate_ratio(Count(7, 19, 4.0), Count(93, 93, 4.0)), found) == "dispersed"


# Properties


@settings(deadline=None, max_examples=40)
@given(periods(fewest=1), periods(fewest=1))
def test_limits_are_the_union_over_every_reading(before: Yearly, after: Yearly) -> None:
    """The most scattered reading of each total stands for the rest: it must be the widest."""
    ranges = [
        [range(low, high + 1) for low, high in zip(period.low, period.high, strict=True)]
        for period in (before, after)
    ]
    readings = [quasi_poisson(b, a) for b in product(*ranges[0]) for a in product(*ranges[1])]
    found = dispersed_ratio(before, after)
    assert found.readings == len(readings)
    assert found.low == pytest.approx(min(low for _, low, _, _ in readings), rel=1e-9)
    assert found.high == pytest.approx(max(high for _, _, high, _ in readings), rel=1e-9)
    assert found.dispersion_low == pytest.approx(min(phi for *_, phi in readings), abs=1e-9)
    assert found.dispersion_high == pytest.approx(max(phi for *_, phi in readings), abs=1e-9)


@given(periods(fewest=1), periods(fewest=1))
def test_swapping_the_periods_inverts_the_interval(a: Yearly, b: Yearly) -> None:
    """Which period we call 'after' must not change what we conclude."""
    there, back = dispersed_ratio(a, b), dispersed_ratio(b, a)
    assert there.low == pytest.approx(1 / back.high, rel=1e-9)
    assert there.estimate_low == pytest.approx(1 / back.estimate_high, rel=1e-9)
    assert there.dispersion_high == pytest.approx(back.dispersion_high, rel=1e-9)


@given(periods(fewest=1), periods(fewest=1), st.integers(0, 3))
def test_knowing_less_of_a_year_never_narrows_the_limits(
    before: Yearly, after: Yearly, year: int
) -> None:
    """An interval in the place of a number can only add readings."""
    index = year % len(after.high)
    high = tuple(events + 3 * (place == index) for place, events in enumerate(after.high))
    known, vague = dispersed_ratio(before, after), dispersed_ratio(before, Yearly(after.low, high))
    assert vague.low <= known.low * (1 + 1e-12)
    assert vague.high >= known.high * (1 - 1e-12)


# Edges


def test_a_reading_without_events_before_leaves_the_upper_side_open() -> None:
    """Cells of "<5" in each year may be 0 in all: no upper limit, and the result says why."""
    found = dispersed_ratio(Yearly((0, 0), (4, 4)), exactly(20, 30))
    assert found.open_side == "above"
    assert found.estimate_high == found.high == math.inf
    assert found.estimate_low == pytest.approx(25 / 4)
    assert 0 < found.low < 25 / 4


def test_a_reading_without_events_after_leaves_the_lower_side_open() -> None:
    """A fall to nothing cannot be excluded, and must not be printed as a small number."""
    found = dispersed_ratio(exactly(20, 30), Yearly((0, 0), (4, 4)))
    assert (found.open_side, found.low, found.estimate_low) == ("below", 0.0, 0.0)
    assert found.high < math.inf


def test_three_years_give_limits_without_overflow() -> None:
    """One degree of freedom: the limits may pass any number, and must still print."""
    found = dispersed_ratio(exactly(1), exactly(1, 5_000), level=0.9999)
    assert (found.low, found.high) == (0.0, math.inf)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (exactly(3), exactly(9), "2 years in all, 3 are needed"),
        (Yearly((0, 0), (4, 4)), Yearly((0, 0), (4, 4)), "both periods may have 0 events"),
        (exactly(0, 0), exactly(4, 5), "one period has 0 events"),
        (exactly(4, 5), exactly(0, 0), "one period has 0 events"),
        (Yearly((0, 1), (900, 102)), exactly(4, 5), "span 1001, more than 1000"),
    ],
)
def test_refuses_where_scatter_cannot_be_seen_or_gone_through(
    before: Yearly, after: Yearly, said: str
) -> None:
    """Each refusal names the way out."""
    with pytest.raises(MethodError, match=said):
        dispersed_ratio(before, after)


def made_up(low: float, high: float, level: float = 0.95) -> RatioRange:
    """Limits without a history, to compare spans."""
    one = RateRatio(before=1, after=1, estimate=1.0, low=low, high=high)
    return RatioRange(one, one, low=low, high=high, level=level, mid_p=False)


def test_wider_compares_on_the_log_scale() -> None:
    """0.5 to 2 is as far from 1 as 1 to 4: differences on the plain scale mislead."""
    found = dispersed_ratio(exactly(20, 30), exactly(60, 50))
    span = found.high / found.low
    assert wider(made_up(100, 100 * span * 0.99), found) == "dispersed"
    assert wider(made_up(0.001, 0.001 * span * 1.01), found) == "exact"


def test_of_two_open_intervals_the_one_that_reaches_further_is_wider() -> None:
    """Both upper limits infinite: the lower limits decide."""
    found = dispersed_ratio(Yearly((0, 0), (4, 4)), exactly(20, 30))
    assert wider(made_up(found.low * 2, math.inf), found) == "dispersed"
    assert wider(made_up(found.low / 2, math.inf), found) == "exact"
    assert wider(made_up(found.low, math.inf), found) == "exact"
    assert wider(made_up(0, math.inf), found) == "exact"


def test_wider_refuses_two_levels() -> None:
    """An 80% pair beside a 95% pair is always narrower and says nothing."""
    found = dispersed_ratio(exactly(20, 30), exactly(60, 50))
    with pytest.raises(MethodError, match="different confidence levels"):
        wider(made_up(1, 2, level=0.8), found)
