"""rate_difference: against statsmodels and its own definition, its coverage, its edges."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson
from statsmodels.stats.rates import _mover_confint, confint_poisson, confint_poisson_2indep

from analysis.errors import MethodError
from analysis.methods.rate_difference import Count, rate_difference
from analysis.methods.rates import rate

exposures = st.floats(0.5, 1e4)


@st.composite
def counts(draw: st.DrawFn) -> Count:
    """Intervals of up to 10 events."""
    low = draw(st.integers(0, 200))
    return Count(low, low + draw(st.integers(0, 10)), draw(exposures))


# Reference


@pytest.mark.parametrize(
    ("before", "after"), [((15, 19017.0), (41, 28010.0)), ((0, 3.0), (7, 4.0))]
)
def test_matches_statsmodels_with_the_same_limits_of_each_rate(
    before: tuple[int, float], after: tuple[int, float]
) -> None:
    """Reference: statsmodels' MOVER, given exact limits, which its own function does not offer."""
    single = [confint_poisson(*one, method="exact-c") for one in (after, before)]
    rates = after[0] / after[1], before[0] / before[1]
    low, high = _mover_confint(*rates, *single, contrast="diff")
    found = rate_difference(Count(before[0], *before), Count(after[0], *after))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)


def test_many_events_agree_with_the_score_limits() -> None:
    """Reference: statsmodels, Miettinen-Nurminen; with thousands of events methods meet."""
    low, high = confint_poisson_2indep(5200, 2.0, 4000, 2.0, compare="diff", method="score")
    found = rate_difference(Count(4000, 4000, 2.0), Count(5200, 5200, 2.0), mid_p=True)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-3)


@pytest.mark.parametrize("lengths", [(1.0, 1.0), (3.0, 4.0), (1.0, 4.0)])
@pytest.mark.parametrize(("mid_p", "fewest"), [(False, 0.955), (True, 0.945)])
def test_limits_cover_the_true_difference(
    lengths: tuple[float, float], mid_p: bool, fewest: float
) -> None:
    """Coverage added up over all counts, from half an event to 30: why MOVER was chosen.

    The score limits of the same pairs cover as little as 0.918.
    """
    events = np.arange(130)
    single = [rate(Count(k, k, 1.0), mid_p=mid_p) for k in events.tolist()]
    down = events - np.array([found.low for found in single])
    up = np.array([found.high for found in single]) - events
    first, later = lengths
    middle = events / later - events[:, None] / first
    low = middle - np.hypot(down / later, up[:, None] / first)
    high = middle + np.hypot(up / later, down[:, None] / first)
    one = rate_difference(Count(3, 3, first), Count(8, 8, later), mid_p=mid_p)
    assert (low[3, 8], high[3, 8]) == pytest.approx((one.low, one.high), rel=1e-12)
    covered = []
    for expected, ratio in product((0.5, 1, 2, 3, 5, 8, 12, 20, 30), (0.25, 0.5, 1, 1.5, 2, 3)):
        mean = expected * ratio * later / first
        if mean > 70:
            continue
        true = expected * (ratio - 1) / first
        chance = poisson.pmf(events, expected)[:, None] * poisson.pmf(events, mean)
        covered.append(float(chance[(low <= true) & (true <= high)].sum()))
    assert min(covered) > fewest


# Properties


@settings(deadline=None, max_examples=50)
@given(counts(), counts(), st.booleans())
def test_the_extreme_readings_bound_every_reading(before: Count, after: Count, mid_p: bool) -> None:
    """Only two readings are computed; none between them may reach further."""
    union = rate_difference(before, after, mid_p=mid_p)
    slack = 1e-9 * (1 + abs(union.low) + abs(union.high))
    for first, later in product(
        {before.low, (before.low + before.high) // 2, before.high},
        {after.low, (after.low + after.high) // 2, after.high},
    ):
        one = rate_difference(
            Count(first, first, before.exposure), Count(later, later, after.exposure), mid_p=mid_p
        )
        assert union.low - slack <= one.low <= one.high <= union.high + slack


@settings(deadline=None, max_examples=50)
@given(counts(), counts(), st.booleans())
def test_swapping_the_periods_turns_the_sign(a: Count, b: Count, mid_p: bool) -> None:
    """Which period we call 'after' must not change what we conclude."""
    there, back = rate_difference(a, b, mid_p=mid_p), rate_difference(b, a, mid_p=mid_p)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), rel=1e-12)
    assert there.least.estimate == pytest.approx(-back.most.estimate, rel=1e-12)


@settings(deadline=None, max_examples=50)
@given(counts(), counts())
def test_mid_p_limits_lie_inside_the_exact_ones(before: Count, after: Count) -> None:
    """Less of the observed counts is kept, so the limits can only narrow."""
    exact, mid = rate_difference(before, after), rate_difference(before, after, mid_p=True)
    assert exact.low <= mid.low < mid.high <= exact.high


# Edges


def test_nothing_in_both_periods_still_has_limits() -> None:
    """No ratio exists then, but the difference cannot be large: from the upper limits."""
    found = rate_difference(Count(0, 0, 4.0), Count(0, 0, 4.0))
    assert found.least.estimate == 0
    assert (found.low, found.high) == pytest.approx((-3.6888794541 / 4, 3.6888794541 / 4))


def test_refuses_a_level_that_is_no_share() -> None:
    """`level=95` would otherwise print an empty interval."""
    with pytest.raises(MethodError, match="between 0 and 1"):
        rate_difference(Count(1, 1, 1.0), Count(1, 1, 1.0), level=95)
