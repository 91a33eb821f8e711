"""Terms over every reading of interval counts: against the same models fitted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods import interrupted_series, rate_models
from analysis.methods.counts import Yearly
from analysis.methods.interrupted.readings import level_over_readings, yearly_factor

VICTIMS = (28, 47, 53, 60, 66, 76, 71, 93, 121, 98, 97, 64, 77, 80, 73)
"""Identified in Denmark in 2008-2022, as UNODC prints them."""

LOW = (22, 25, 29, 17, 12, 9, 21, 0, 29, 0, 5, 0, 0, 0, 0, 5)
HIGH = (22, 25, 29, 17, 12, 9, 21, 4, 29, 4, 5, 4, 4, 4, 4, 5)
"""Prosecuted in Denmark in 2007-2022: six of the years are printed as <5."""


def test_exact_counts_give_what_the_rate_model_gives() -> None:
    """Statsmodels fits the one, our own solver the other: a reader must get one answer."""
    years = np.arange(2008, 2023)
    found = yearly_factor(years, Yearly(VICTIMS, VICTIMS))
    term = rate_models.rate_model(VICTIMS, [1.0] * 15, {"year": years - 2008}).term("year")
    assert (found.low_estimate, found.low, found.high) == pytest.approx(
        (term.ratio, term.low, term.high), rel=1e-9
    )
    assert (found.fitted, found.possible) == (1, 1)


def test_all_readings_give_what_fitting_each_gives() -> None:
    """`rate_model_range` fits up to 1,000 readings one by one; here they are fitted at once."""
    events = Yearly((7, 0, 0, 12, 14, 19), (7, 4, 4, 12, 14, 19))
    found = yearly_factor(range(6), events)
    slow = rate_models.rate_model_range(events, [1.0] * 6, {"year": range(6)}).terms[1]
    assert (found.low_estimate, found.high_estimate, found.low, found.high) == pytest.approx(
        (slow.low_estimate, slow.high_estimate, slow.low, slow.high), rel=1e-7
    )
    assert found.fitted == found.possible == 25


def test_level_of_exact_counts_is_that_of_the_interrupted_series() -> None:
    """Two ways to the same number must not part."""
    counts = (9, 12, 10, 14, 11, 9, 13, 12, 20, 25, 22, 19, 24, 21, 26, 23)
    found = level_over_readings(range(16), Yearly(counts, counts), 8)
    model = interrupted_series.Model((interrupted_series.Break("plan", 8),))
    fitted = interrupted_series.level_and_slope(
        interrupted_series.Series.of(range(16), counts), model
    )
    ratio = fitted.quasi_poisson.term("plan: level").ratio
    assert (found.low_estimate, found.low, found.high) == pytest.approx(
        (ratio.value, ratio.low, ratio.high), rel=1e-9
    )


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_no_reading_between_lies_outside(seed: int) -> None:
    """Where not all readings are fitted, the extremes must still hold those in between."""
    rng = np.random.default_rng(seed)
    low, high = np.array((0,) * 9 + (8, 12, 9, 14)), np.array((4,) * 9 + (8, 12, 9, 14))
    found = yearly_factor(range(13), Yearly(tuple(low.tolist()), tuple(high.tolist())))
    read = tuple(rng.integers(low, high + 1).tolist())
    one = yearly_factor(range(13), Yearly(read, read))
    assert found.possible == 5**9 > found.fitted
    assert found.low_estimate * 0.999 <= one.low_estimate <= found.high_estimate * 1.001
    assert found.low * 0.99 <= one.low
    assert one.high <= found.high * 1.01


def test_same_seed_same_numbers() -> None:
    """A build that gives other bytes each time cannot be checked."""
    wide = Yearly((0,) * 9 + (8, 12, 9, 14), (4,) * 9 + (8, 12, 9, 14))
    assert yearly_factor(range(13), wide, rng=7) == yearly_factor(range(13), wide, rng=7)


def test_hidden_counts_widen_the_answer() -> None:
    """Nobody may win certainty by a source's silence."""
    exact = yearly_factor(range(16), Yearly(HIGH, HIGH))
    found = yearly_factor(range(16), Yearly(LOW, HIGH))
    assert found.low <= exact.low
    assert found.high >= exact.high
    assert found.fitted == 5**6


def test_refuses_what_it_cannot_bear() -> None:
    """Too few points, nothing counted, and more silence than can be read through."""
    with pytest.raises(MethodError, match="3 points for 2 terms, 4 are needed"):
        yearly_factor(range(3), Yearly((1, 2, 3), (1, 2, 3)))
    with pytest.raises(MethodError, match="all 5 counts are 0"):
        yearly_factor(range(5), Yearly((0,) * 5, (0,) * 5))
    with pytest.raises(MethodError, match="13 of 15 counts are intervals"):
        yearly_factor(range(15), Yearly((0,) * 13 + (9, 9), (4,) * 13 + (9, 9)))
    with pytest.raises(MethodError, match="7 points before and 9 after"):
        level_over_readings(range(16), Yearly(HIGH, HIGH), 7)


def test_refuses_readings_without_a_finite_fit() -> None:
    """With all but one year possibly 0, a factor of 0 is as good as any."""
    with pytest.raises(MethodError, match="readings have no finite fit"):
        yearly_factor(range(5), Yearly((9, 0, 0, 0, 0), (9, 4, 4, 4, 4)))
