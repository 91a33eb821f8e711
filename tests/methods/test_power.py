"""Detectable rises and falls: against printed figures and simulation, at their edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.power import (
    detectable,
    largest_detectable_fall,
    smallest_detectable_ratio,
)
from analysis.methods.rates import Count, exact_p


@pytest.mark.parametrize(
    ("events", "ratio"),
    [(3, 4.7), (5, 3.6), (10, 2.7), (17, 2.2), (28, 1.9), (45, 1.7), (100, 1.4)],
)
def test_matches_the_power_facts_of_the_methods_page(events: float, ratio: float) -> None:
    """Computed independently when methods were chosen; printed in docs/methods.md."""
    assert round(smallest_detectable_ratio(events, 4.0, 4.0), 1) == ratio


@pytest.mark.parametrize(("before", "years", "later"), [(5.0, 3.0, 4.0), (17.0, 4.0, 2.0)])
def test_simulated_studies_show_the_ratio_in_four_of_five(
    before: float, years: float, later: float
) -> None:
    """The whole method again, by drawing counts and testing each pair with `exact_p`."""
    ratio = smallest_detectable_ratio(before, years, later)
    rng = np.random.default_rng(20)
    first, second = rng.poisson(before, 4000), rng.poisson(before * ratio * later / years, 4000)
    drawn, times = np.unique(np.stack([first, second]), axis=1, return_counts=True)
    shown = sum(
        int(many)
        for b, a, many in zip(drawn[0].tolist(), drawn[1].tolist(), times, strict=True)
        if a / later > b / years and exact_p(Count(b, b, years), Count(a, a, later)).mid_low <= 0.05
    )
    # Four standard errors of a simulated share of 0.8 in 4,000.
    assert shown / 4000 == pytest.approx(0.8, abs=4 * math.sqrt(0.8 * 0.2 / 4000))


@settings(deadline=None, max_examples=30)
@given(st.floats(0.5, 300), st.floats(1, 8), st.floats(1, 8))
def test_more_power_and_a_higher_level_need_a_larger_ratio(
    before: float, years: float, later: float
) -> None:
    """A reader who asks for more must not be promised more."""
    usual = smallest_detectable_ratio(before, years, later)
    assert usual > 1
    assert smallest_detectable_ratio(before, years, later, power=0.9) > usual
    assert smallest_detectable_ratio(before, years, later, level=0.99) > usual


@settings(deadline=None, max_examples=30)
@given(st.floats(1, 200), st.floats(1, 8))
def test_only_the_proportion_of_the_exposures_matters(before: float, years: float) -> None:
    """Months or years: the unit cancels."""
    in_years = smallest_detectable_ratio(before, years, 4.0)
    in_months = smallest_detectable_ratio(before, 12 * years, 48.0)
    assert in_months == pytest.approx(in_years, rel=1e-6)


def test_a_fraction_of_an_event_still_has_an_answer() -> None:
    """One case in ten years before: only a huge rise could show, and it is said how huge."""
    assert 50 < smallest_detectable_ratio(0.1, 4.0, 4.0) < 100


def test_many_events_agree_with_the_normal_approximation() -> None:
    """With 5,000 events chance is small, and the textbook formula holds."""
    found = smallest_detectable_ratio(5_000, 1.0, 1.0)
    error = math.sqrt(1 / 5_000 + 1 / (5_000 * found))
    assert math.log(found) == pytest.approx((1.959964 + 0.841621) * error, rel=0.01)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"before": 0.0}, "above 0"),
        ({"before": math.nan}, "above 0"),
        ({"before": 1e6}, "at most 100,000"),
        ({"exposure_after": 0.0}, "exposures must be finite"),
        ({"exposure_before": math.inf}, "exposures must be finite"),
        ({"power": 1.0}, "power must be below 1"),
        ({"power": 0.01}, "power must be below 1"),
        ({"level": 95.0}, "between 0 and 1"),
    ],
)
def test_refuses_what_has_no_answer(arguments: dict[str, float], said: str) -> None:
    """Each would otherwise loop for ever or print a ratio of 1."""
    usual = {"before": 10.0, "exposure_before": 4.0, "exposure_after": 4.0}
    with pytest.raises(MethodError, match=said):
        smallest_detectable_ratio(**{**usual, **arguments})


# Falls, and counts that are intervals


@pytest.mark.parametrize(("before", "years", "later"), [(28.0, 4.0, 4.0), (17.0, 3.0, 4.0)])
def test_simulated_studies_show_the_fall_in_four_of_five(
    before: float, years: float, later: float
) -> None:
    """The whole method again, by drawing counts and testing each pair with `exact_p`."""
    ratio = largest_detectable_fall(before, years, later)
    assert ratio is not None
    rng = np.random.default_rng(21)
    first, second = rng.poisson(before, 4000), rng.poisson(before * ratio * later / years, 4000)
    drawn, times = np.unique(np.stack([first, second]), axis=1, return_counts=True)
    shown = sum(
        int(many)
        for b, a, many in zip(drawn[0].tolist(), drawn[1].tolist(), times, strict=True)
        if a / later < b / years and exact_p(Count(b, b, years), Count(a, a, later)).mid_low <= 0.05
    )
    assert shown / 4000 == pytest.approx(0.8, abs=4 * math.sqrt(0.8 * 0.2 / 4000))


def test_too_few_events_cannot_show_any_fall() -> None:
    """Three cases before: even none after is no evidence, and that has to be said."""
    assert largest_detectable_fall(3, 4.0, 4.0) is None
    assert largest_detectable_fall(3, 4.0, 40.0) is not None


def test_many_events_agree_with_the_normal_approximation_for_a_fall() -> None:
    """With 5,000 events chance is small, and the textbook formula holds."""
    found = largest_detectable_fall(5_000, 1.0, 1.0)
    assert found is not None
    error = math.sqrt(1 / 5_000 + 1 / (5_000 * found))
    assert -math.log(found) == pytest.approx((1.959964 + 0.841621) * error, rel=0.01)


def test_an_interval_before_is_gone_through_reading_by_reading() -> None:
    """Bounds over all readings: neither end is taken for the answer."""
    found = detectable(Count(4, 9, 3.0), 4.0)
    rises = [smallest_detectable_ratio(b, 3.0, 4.0) for b in range(4, 10)]
    falls = [largest_detectable_fall(b, 3.0, 4.0) for b in range(4, 10)]
    assert (found.rise_low, found.rise_high) == (min(rises), max(rises))
    seen = [fall for fall in falls if fall is not None]
    assert found.fall_high == max(seen)
    assert found.fall_low == (min(seen) if len(seen) == 6 else None)


def test_a_count_that_may_be_0_has_no_largest_rise() -> None:
    """From a reading of none, no ratio shows a rise: the upper side stays open."""
    found = detectable(Count(0, 4, 1.0), 1.0)
    assert found.rise_high == math.inf
    assert found.fall_low is None
    assert found.rise_low == smallest_detectable_ratio(4, 1.0, 1.0)


@pytest.mark.parametrize(
    ("before", "said"),
    [(Count(0, 0, 1.0), "0 events before"), (Count(1, 1001, 1.0), "1001 readings")],
)
def test_detectable_refuses_nothing_and_too_much(before: Count, said: str) -> None:
    """Each refusal names the way out."""
    with pytest.raises(MethodError, match=said):
        detectable(before, 1.0)


def test_refuses_exposures_in_two_units() -> None:
    """Years beside seconds once ended in a solver's error."""
    with pytest.raises(MethodError, match="of like size"):
        smallest_detectable_ratio(10, 1e-300, 1.0)
