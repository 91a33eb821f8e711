"""spread_shares: against statsmodels' analysis of variance, additivity, confounding."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.anova import anova_lm

from analysis.errors import MethodError
from analysis.methods.checked import Estimate
from analysis.methods.multiverse import Choice, Curve, Exclusion, Grid, run, spread_shares

FIRST, SECOND, THIRD = (
    Choice.of(name, list(range(n))) for name, n in (("a", 3), ("b", 2), ("c", 4))
)
GAPS = (
    Exclusion((("a", "0"), ("b", "1")), "no such data"),
    Exclusion((("b", "0"), ("c", "3")), "no such model"),
)


def curve_of(grid: Grid, seed: int) -> Curve:
    """A ratio for each specification, drawn by its place."""
    drawn = iter(np.random.default_rng(seed).lognormal(0.3, 0.6, grid.combinations))

    def estimate(_: Mapping[str, Any]) -> Estimate:
        value = float(next(drawn))
        return Estimate(value, value / 2, value * 2, 0.95)

    return run(grid, estimate)


# Reference


@pytest.mark.parametrize("exclusions", [(), GAPS])
def test_shares_match_statsmodels_type_two(exclusions: tuple[Exclusion, ...]) -> None:
    """Reference: anova_lm(typ=2) of the logarithms on a + b + c, also where cells are empty."""
    curve = curve_of(Grid((FIRST, SECOND, THIRD), exclusions), 7)
    frame = pd.DataFrame([p.options for p in curve.points], columns=list(curve.choices))
    frame["y"] = [math.log(point.estimate.value) for point in curve.points]
    table = anova_lm(smf.ols("y ~ C(a) + C(b) + C(c)", frame).fit(), typ=2)["sum_sq"]
    total = ((frame["y"] - frame["y"].mean()) ** 2).sum()
    found = spread_shares(curve)
    for one in found.choices:
        assert one.share == pytest.approx(table[f"C({one.choice})"] / total, rel=1e-9)
    assert found.interactions == pytest.approx(table["Residual"] / total, rel=1e-9)
    assert found.spread == pytest.approx(frame["y"].std(), rel=1e-12)
    assert (found.confounded == pytest.approx(0, abs=1e-12)) is not bool(exclusions)


# Properties


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=40)
def test_the_parts_add_up_to_one(seed: int, gaps: bool) -> None:
    """Shares that do not add up cannot be read as shares."""
    found = spread_shares(curve_of(Grid((FIRST, SECOND, THIRD), GAPS if gaps else ()), seed))
    parts = [one.share for one in found.choices]
    assert math.fsum([*parts, found.confounded, found.interactions]) == pytest.approx(1, abs=1e-12)
    assert all(0 <= share <= 1 for share in parts)
    assert parts == sorted(parts, reverse=True)


def test_an_effect_that_depends_on_another_choice_is_an_interaction() -> None:
    """If one option matters only together with another, no single choice moves the result."""
    grid = Grid((Choice.of("a", [-1, 1]), Choice.of("b", [-1, 1])))
    curve = run(
        grid,
        lambda taken: Estimate(float(taken["a"] * taken["b"]), -9.0, 9.0, 0.95),  # type: ignore[operator,arg-type]
        scale="difference",
    )
    found = spread_shares(curve)
    assert found.interactions == pytest.approx(1)
    assert [one.share for one in found.choices] == pytest.approx([0, 0], abs=1e-12)


# Edges


def test_choices_that_exclusions_tie_together_explain_nothing_alone() -> None:
    """If 'a' and 'b' always change together, the data cannot say which of them did it."""
    pair = tuple(Choice.of(name, ["x", "y"]) for name in ("a", "b"))
    ties = tuple(
        Exclusion((("a", one), ("b", two)), "only together")
        for one, two in (("x", "y"), ("y", "x"))
    )
    found = spread_shares(curve_of(Grid(pair, ties), 1))
    assert [one.share for one in found.choices] == pytest.approx([0, 0], abs=1e-12)
    assert found.confounded == pytest.approx(1)


def test_a_choice_of_one_option_has_no_share() -> None:
    """What does not vary moves nothing."""
    found = spread_shares(curve_of(Grid((FIRST, Choice.of("fixed", ["only"]))), 3))
    assert [(one.choice, one.options) for one in found.choices] == [("a", 3), ("fixed", 1)]
    assert found.choices[1].share == 0.0


def test_refuses_where_there_is_no_spread_to_explain() -> None:
    """Rounding is no spread, and a ratio of 0 has no logarithm."""
    grid = Grid((FIRST,))
    with pytest.raises(MethodError, match="3 estimates that do not differ"):
        spread_shares(run(grid, lambda _: Estimate(2.0, 1.0, 3.0, 0.95)))
    with pytest.raises(MethodError, match="1 of 3 ratios are 0"):
        spread_shares(
            run(grid, lambda taken: Estimate(float(taken["a"]), 0.0, 3.0, 0.95))  # type: ignore[arg-type]
        )
