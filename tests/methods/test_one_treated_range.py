"""one_treated_range: against one_treated, against every reading, at its edges."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.counterfactual.one_treated import one_treated
from analysis.methods.counterfactual.one_treated_range import one_treated_range
from analysis.methods.counterfactual.panel import Panel


def exact(changes: np.ndarray, level: float = 0.95):  # type: ignore[no-untyped-def]
    """`one_treated` of changes, the first treated."""
    units = [f"u{unit}" for unit in range(len(changes))]
    rows = np.vstack([np.zeros(len(changes)), changes])
    panel = Panel.of(rows, periods=[1, 2], units=units, first_after=2)
    return one_treated(panel, "u0", level=level)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30), st.sampled_from([0.8, 0.95]))
def test_exact_changes_give_what_one_treated_gives(seed: int, units: int, level: float) -> None:
    """Reference: the test that is checked against Fisher's definition."""
    changes = np.random.default_rng(seed).normal(size=units)
    found = one_treated_range(
        (changes[0], changes[0]), np.column_stack([changes[1:], changes[1:]]), level=level
    )
    wanted = exact(changes, level)
    assert (found.value_low, found.value_high) == pytest.approx((wanted.value, wanted.value))
    assert found.p_low == pytest.approx(wanted.p)
    assert found.p_high == pytest.approx(wanted.p)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    assert found.smallest_p == pytest.approx(wanted.smallest_p)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 6))
def test_every_reading_is_covered(seed: int, units: int) -> None:
    """A reading outside the bounds would be a result that the source allows and we deny."""
    rng = np.random.default_rng(seed)
    low = rng.integers(-5, 6, size=units).astype(float)
    high = low + rng.integers(0, 3, size=units)
    found = (
        one_treated_range((low[0], high[0]), np.column_stack([low[1:], high[1:]]), level=0.5)
        if np.ptp(np.append(low, high))
        else None
    )
    for reading in product(*(range(int(a), int(b) + 1) for a, b in zip(low, high, strict=True))):
        changes = np.array(reading, dtype=float)
        if found is None or np.ptp(changes) == 0:
            continue
        wanted = exact(changes, 0.5)
        near = 1e-9
        assert found.value_low - near <= wanted.value <= found.value_high + near
        assert found.p_low - near <= wanted.p <= found.p_high + near
        assert found.low - near <= wanted.low
        assert wanted.high <= found.high + near


def test_one_hidden_count_by_hand() -> None:
    """Own change 6; others 0, 1 and 0 to 4: the mean of others is 1/3 to 5/3."""
    found = one_treated_range((6, 6), [(0, 0), (1, 1), (0, 4)])
    assert (found.value_low, found.value_high) == pytest.approx((6 - 5 / 3, 6 - 1 / 3))
    assert (found.p_low, found.smallest_p) == (0.25, 0.25)
    assert (found.low, found.high) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([(1, 1)], "1 other units"),
        ([(1, 1), (3, 2)], "1 of 3 units have their lower bound above"),
        ([(1, 1), (1, 1)], "all units changed by the same amount"),
    ],
)
def test_refuses_in_words(others: list[tuple[int, int]], said: str) -> None:
    """One other country shows no spread, and equal changes no order."""
    with pytest.raises(MethodError, match=said):
        one_treated_range((1, 1), others)
