"""Placebos in space and time: what they rank, what they label, what they refuse."""

import itertools

import numpy as np
import pytest

from analysis.errors import MethodError
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.placebos import placebo_in_time, placebos_in_space
from analysis.methods.counterfactual.synthetic import synthetic_control


def walks(seed: int, units: int = 9, effect: float = 0.0) -> Panel:
    """Random walks with noise; the first has an effect from period 12 on."""
    rng = np.random.default_rng(seed)
    outcomes = rng.normal(size=(16, units)).cumsum(axis=0) + rng.normal(size=(16, units))
    outcomes[12:, 0] += effect
    return Panel.of(
        outcomes,
        periods=range(2000, 2016),
        units=[f"u{unit}" for unit in range(units)],
        first_after=2012,
    )


# Reference


def test_ratio_and_rank_are_those_of_each_unit_fitted_by_itself() -> None:
    """Abadie, Diamond & Hainmueller (2010), written out: RMSPE after over before, ranked."""
    panel = walks(1)
    found = placebos_in_space(panel, "u3")
    ratios = {}
    for unit in panel.units:
        gap = np.array(synthetic_control(panel, unit).gap)
        ratios[unit] = np.sqrt(np.mean(gap[12:] ** 2) / np.mean(gap[:12] ** 2))
    assert found.treated.ratio == pytest.approx(ratios["u3"])
    assert {p.unit: p.ratio for p in found.placebos} == pytest.approx(
        {unit: ratio for unit, ratio in ratios.items() if unit != "u3"}
    )
    assert found.rank == sum(ratio >= ratios["u3"] for ratio in ratios.values())
    assert found.p == found.rank / 9


def test_fifteen_donors_allow_no_p_below_a_sixteenth() -> None:
    """However large the effect: the pool's limit stands beside every p."""
    found = placebos_in_space(walks(2, units=16, effect=500.0), "u0")
    assert found.rank == 1
    assert found.p == found.smallest_p == 1 / 16


# Properties


def test_ranks_of_all_units_are_each_taken_once() -> None:
    """Exact under no effect: whoever is called treated, the ratios are the same."""
    panel = walks(3, units=7)
    ranks = sorted(placebos_in_space(panel, unit).rank for unit in panel.units)
    assert ranks == list(range(1, 8))


def test_the_labelled_sensitivity_keeps_the_full_p_and_counts_what_it_leaves_out() -> None:
    """Leaving out bad placebos is a choice of the analyst, never of the program."""
    panel = walks(4)
    found = placebos_in_space(panel, "u5", limits=(1e9, 3.0, 1.0))
    all_in, some, few = found.trimmed
    assert (all_in.left_out, all_in.p, all_in.rank) == (0, found.p, found.rank)
    bad = [p for p in found.placebos if p.rmspe_before**2 > 3 * found.treated.rmspe_before**2]
    assert some.left_out == len(bad)
    assert some.smallest_p == 1 / (9 - len(bad))
    assert few.left_out >= some.left_out
    assert len(found.placebos) == 8


def test_an_effect_can_be_kept_out_of_the_placebos() -> None:
    """With a huge effect, placebos that lean on the treated unit get huge gaps too."""
    panel = walks(5, effect=200.0)
    leaning = placebos_in_space(panel, "u0")
    apart = placebos_in_space(panel, "u0", treated_is_donor=False)
    assert apart.treated == leaning.treated
    assert max(p.rmspe_after for p in apart.placebos) < max(p.rmspe_after for p in leaning.placebos)


def test_a_placebo_in_time_does_not_see_what_came_later() -> None:
    """Periods from the plan on must not matter, or it is no placebo."""
    calm, shaken = walks(6), walks(6, effect=1e6)
    first, second = (placebo_in_time(panel, "u0", 2009) for panel in (calm, shaken))
    assert first == second
    assert first.fit.periods[-1] == 2011
    assert first.fit.before == 9
    assert first.ratio == pytest.approx(first.fit.rmspe_after / first.fit.rmspe_before)


# Edges


def test_refuses_a_unit_that_is_a_sum_of_others() -> None:
    """Its ratio would divide by nothing, and rank first for no reason."""
    panel = walks(7)
    outcomes = panel.outcomes.copy()
    outcomes[:12, 4] = (outcomes[:12, 1] + outcomes[:12, 2]) / 2
    copied = Panel(outcomes, panel.periods, panel.units, panel.first_after, None)
    with pytest.raises(MethodError, match="1 of 9 units fit exactly before"):
        placebos_in_space(copied, "u0")


def test_refuses_fewer_than_two_donors_and_limits_that_leave_the_treated_out() -> None:
    """A placebo needs a donor of its own."""
    with pytest.raises(MethodError, match="1 donors, 2 or more"):
        placebos_in_space(walks(8, units=2), "u0")
    with pytest.raises(MethodError, match="limit is below 1"):
        placebos_in_space(walks(8), "u0", limits=(0.5,))


def test_a_placebo_in_time_needs_predictors_of_its_own_date() -> None:
    """Predictors averaged over years after the pretended date would let it look ahead."""
    panel = walks(9)
    known = np.random.default_rng(9).normal(size=(2, 9))
    with_known = Panel(panel.outcomes, panel.periods, panel.units, panel.first_after, known)
    with pytest.raises(MethodError, match="2 predictors and none are given"):
        placebo_in_time(with_known, "u0", 2009)
    assert placebo_in_time(with_known, "u0", 2009, predictors=known).fit.importance is not None
    for outside in (2000, 2012):
        with pytest.raises(MethodError, match="of 12 periods lie before"):
            placebo_in_time(panel, "u0", outside)


def test_placebos_are_in_the_panels_order() -> None:
    """Whoever draws the gaps relies on it."""
    panel = walks(10, units=5)
    found = placebos_in_space(panel, "u2")
    assert [p.unit for p in found.placebos] == ["u0", "u1", "u3", "u4"]
    assert all(len(p.gap) == 16 for p in itertools.chain([found.treated], found.placebos))
