"""One treated unit: against every permutation gone through, its own inversion, at its edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.counterfactual.one_treated import one_treated, smallest_p
from analysis.methods.counterfactual.panel import Panel


def panel_of(changes: Floats) -> Panel:
    """Two periods whose difference is the change of each unit; the first is treated."""
    units = [f"u{unit}" for unit in range(len(changes))]
    rows = np.vstack([np.zeros(len(changes)), changes])
    return Panel.of(rows, periods=[1, 2], units=units, first_after=2)


def by_reassignment(changes: Floats) -> float:
    """Call each unit treated in turn and compare the sizes of the differences."""
    sizes = [abs(own - np.delete(changes, unit).mean()) for unit, own in enumerate(changes)]
    return float(np.mean([size >= sizes[0] * (1 - 1e-12) for size in sizes]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30))
def test_p_is_the_share_of_reassignments_as_far(seed: int, units: int) -> None:
    """Reference: Fisher's test by its definition, every unit treated once."""
    changes = np.random.default_rng(seed).normal(size=units)
    found = one_treated(panel_of(changes), "u0")
    assert found.p == pytest.approx(by_reassignment(changes))
    assert found.value == pytest.approx(changes[0] - changes[1:].mean())
    assert found.smallest_p == pytest.approx(1 / units)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 40), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_limits_hold_exactly_the_effects_that_the_test_does_not_reject(
    seed: int, units: int, level: float
) -> None:
    """The closed form against the test itself, just inside and just outside each limit."""
    changes = np.random.default_rng(seed).normal(size=units)
    found = one_treated(panel_of(changes), "u0", level=level)
    for limit, outwards in ((found.low, -1), (found.high, 1)):
        if math.isinf(limit):
            assert 1 / units > 1 - level - 1e-9
            continue
        for step, kept in ((-1e-6, True), (1e-6, False)):
            moved = changes.copy()
            moved[0] -= limit + outwards * step
            assert (by_reassignment(moved) > 1 - level + 1e-9) == kept


def test_limits_cover_as_often_as_they_say() -> None:
    """2,000 panels without an effect: 80 percent limits of 20 units hold 0 in 80 of 100."""
    rng = np.random.default_rng(1)
    held = [
        found.low <= 0 <= found.high
        for found in (
            one_treated(panel_of(rng.normal(size=20)), "u0", level=0.8) for _ in range(2_000)
        )
    ]
    assert np.mean(held) == pytest.approx(0.8, abs=0.03)


def test_limits_are_open_where_the_units_are_too_few() -> None:
    """15 others allow no p of 0.05, so that no effect at all can be excluded."""
    changes = np.append(1e6, np.random.default_rng(2).normal(size=15))
    found = one_treated(panel_of(changes), "u0")
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert found.p == found.smallest_p == smallest_p(15) == 1 / 16
    nineteen = np.append(1e6, np.random.default_rng(2).normal(size=19))
    assert math.isfinite(one_treated(panel_of(nineteen), "u0").low)


def test_ties_count_against_the_treated_unit() -> None:
    """Twice the same change is no sign of the plan."""
    assert one_treated(panel_of(np.array([3.0, 3.0, 0.0, 0.0])), "u0").p == 1


def test_refuses_one_other_unit_and_units_that_all_changed_alike() -> None:
    """There is then no spread to compare with."""
    with pytest.raises(MethodError, match="1 other units, 2 or more"):
        one_treated(panel_of(np.array([1.0, 2.0])), "u0")
    with pytest.raises(MethodError, match="all units changed by the same amount"):
        one_treated(panel_of(np.ones(5)), "u0")
    with pytest.raises(MethodError, match="confidence level"):
        one_treated(panel_of(np.arange(5.0)), "u0", level=1.0)
    with pytest.raises(MethodError, match="fewer than 2"):
        smallest_p(1)
