"""one_treated_trends: against differences worked by hand, its symmetries, its edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.counterfactual.one_treated_trends import one_treated_trends
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.parallel_trends import relative_magnitudes

UNITS = [f"u{unit}" for unit in range(9)]


def panel_of(rows: np.ndarray, first_after: int) -> Panel:
    """Units side by side, the first treated."""
    periods = list(range(1, len(rows) + 1))
    return Panel.of(rows, periods=periods, units=UNITS, first_after=first_after)


def test_estimates_are_differences_against_the_last_year_before() -> None:
    """By hand: own course 3, 5, 9; others' mean 1, 2, 3; against the second period."""
    others = np.array([[0, 2] * 4, [1, 3] * 4, [2, 4] * 4], dtype=float)
    others += np.random.default_rng(1).permutation(24).reshape(3, 8) * 1e-9
    found = one_treated_trends(panel_of(np.column_stack([[3, 5, 9], others]), 3), "u0")
    assert found.before == pytest.approx([-2 + 1], abs=1e-6)
    assert found.after == pytest.approx([4 - 1], abs=1e-6)


def test_errors_are_those_of_one_more_unit() -> None:
    """By hand: the others' changes 1..8 have variance 6; one more unit adds an eighth of it."""
    changes = np.arange(1.0, 9.0)
    rows = np.vstack([np.append(0, changes[::-1]), np.zeros(9), np.append(5, changes)])
    found = one_treated_trends(panel_of(rows, 3), "u0")
    assert found.covariance.diagonal() == pytest.approx([6 * 9 / 8] * 2)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-5, 5))
def test_a_level_of_its_own_changes_nothing(seed: int, shift: float) -> None:
    """Countries count by rules of their own: only courses may matter."""
    rows = np.random.default_rng(seed).normal(size=(4, 9))
    moved = rows.copy()
    moved[:, 0] += shift
    one, other = (one_treated_trends(panel_of(each, 4), "u0") for each in (rows, moved))
    assert one.after == pytest.approx(other.after, abs=1e-9)
    assert one.covariance == pytest.approx(other.covariance)


def test_a_large_step_before_undecides() -> None:
    """Who swung as much before the plan as after cannot be told from a drift."""
    rows = np.random.default_rng(3).normal(scale=0.1, size=(4, 9))
    rows[:, 0] += [0, 5, 0, 5]
    found = relative_magnitudes(one_treated_trends(panel_of(rows, 4), "u0"))
    assert found.breakdown < 1


@pytest.mark.parametrize(
    ("periods", "first_after", "said"),
    [(3, 2, "1 period before the plan"), (6, 4, "8 other units for 5 estimates")],
)
def test_refuses_in_words(periods: int, first_after: int, said: str) -> None:
    """One year before shows no drift, and few countries no spread."""
    rows = np.random.default_rng(5).normal(size=(periods, 9))
    with pytest.raises(MethodError, match=said):
        one_treated_trends(panel_of(rows, first_after), "u0")


def test_refuses_others_that_moved_alike() -> None:
    """A spread of 0 would make any difference certain."""
    rows = np.zeros((4, 9))
    rows[:, 0] = [0, 1, 2, 3]
    with pytest.raises(MethodError, match="all others moved alike"):
        one_treated_trends(panel_of(rows, 4), "u0")
