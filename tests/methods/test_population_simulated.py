"""Lists with a known truth: their chances, their ties, their draws."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.population_size.simulated_lists import (
    LatentClass,
    Shock,
    cell_chances,
    simulate_lists,
)
from analysis.methods.population_size.tables import at_least

THREE = ("police", "shelter", "hospital")
ALIKE = [LatentClass(1.0, (0.2, 0.3, 0.1))]


def test_independent_lists_share_as_many_as_chance_gives() -> None:
    """10,000 persons, 0.2 and 0.3: 600 on both, within four standard errors of 500 draws."""
    drawn = simulate_lists(THREE, 10_000, ALIKE, replicates=500, rng=3)
    within = at_least(drawn.counts.astype(np.float64))
    for cell, share in ((1, 0.2), (3, 0.06), (5, 0.02), (6, 0.03), (7, 0.006)):
        error = np.sqrt(10_000 * share * (1 - share) / 500)
        assert abs(within[:, cell].mean() - 10_000 * share) < 4 * error
    assert abs(drawn.hidden.mean() - 10_000 * 0.504) < 4 * np.sqrt(10_000 * 0.25 / 500)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.02, 0.95), min_size=3, max_size=3),
    st.lists(st.floats(0.1, 10), min_size=3, max_size=3),
)
def test_ties_have_the_ratio_asked_for_and_leave_each_list_its_share(
    found: list[float], ratios: list[float]
) -> None:
    """The truth that an estimate is held against must be the one that was declared."""
    ties = dict(zip(combinations(THREE, 2), ratios, strict=True))
    chances = cell_chances(THREE, [LatentClass(1.0, tuple(found))], dependences=ties)
    assert chances.sum() == pytest.approx(1)
    shares = at_least(chances)
    assert [shares[1], shares[2], shares[4]] == pytest.approx(found, abs=1e-9)
    for (a, b), other, ratio in zip([(1, 2), (1, 4), (2, 4)], [4, 2, 1], ratios, strict=True):
        for rest in (0, other):
            odds = chances[a | b | rest] * chances[rest] / chances[a | rest] / chances[b | rest]
            assert odds == pytest.approx(ratio, rel=1e-6)


def test_a_shock_to_one_list_leaves_it_independent_and_one_to_two_ties_them() -> None:
    """An operation of the police alone does no harm to the estimate; a joint one does."""
    alone = at_least(cell_chances(THREE, ALIKE, shocks=[Shock(("police",), 0.3, 5.0)]))
    joint = at_least(cell_chances(THREE, ALIKE, shocks=[Shock(("police", "shelter"), 0.3, 5.0)]))
    assert alone[1] == pytest.approx(0.7 * 0.2 + 0.3 * (5 * 0.2 / (0.8 + 5 * 0.2)))
    assert alone[3] == pytest.approx(alone[1] * alone[2])
    assert joint[3] > 1.1 * joint[1] * joint[2]
    assert joint[5] == pytest.approx(joint[1] * joint[4])


def test_persons_who_differ_make_lists_agree_more_than_chance() -> None:
    """Within each class the lists are independent; in the whole they are not."""
    classes = [LatentClass(0.8, (0.05, 0.1)), LatentClass(0.2, (0.5, 0.6))]
    within = at_least(cell_chances(("police", "shelter"), classes))
    assert within[1] == pytest.approx(0.14)
    assert within[3] == pytest.approx(0.8 * 0.005 + 0.2 * 0.3)


def test_draws_are_repeated_by_the_seed_and_count_every_person() -> None:
    """A notebook that is run again must show the same."""
    one = simulate_lists(THREE, 500, ALIKE, replicates=20, rng=5)
    again = simulate_lists(THREE, 500, ALIKE, replicates=20, rng=np.random.default_rng(5))
    assert np.array_equal(one.counts, again.counts)
    assert not one.counts[:, 0].any()
    assert np.array_equal(one.hidden + one.counts.sum(axis=1), np.full(20, 500))
    assert one.lists(3).n == one.counts[3].sum()


def test_a_list_that_finds_nobody_is_left_out_of_the_table() -> None:
    """Estimators take only lists with cases."""
    drawn = simulate_lists(THREE, 50, [LatentClass(1.0, (0.5, 0.0, 1.0))], rng=1)
    assert drawn.lists().names == ("police", "hospital")
    assert drawn.hidden[0] == 0


@pytest.mark.parametrize(
    ("classes", "ties", "shocks", "message"),
    [
        ([LatentClass(0.9, (0.1, 0.1, 0.1))], {}, [], "do not sum to 1"),
        ([LatentClass(1.0, (0.1, 0.1))], {}, [], "not as many chances"),
        ([LatentClass(1.0, (0.1, 1.1, 0.1))], {}, [], "not between 0 and 1"),
        (ALIKE, {("police", "navy"): 2.0}, [], "1 dependences or shocks name a list"),
        (ALIKE, {("police", "police"): 2.0}, [], "or one list twice"),
        (ALIKE, {("police", "shelter"): 0.0}, [], "1 of 1 odds ratios are not above 0"),
        (ALIKE, {}, [Shock(("police",), 1.5, 2.0)], "shock's share"),
    ],
)
def test_a_population_that_cannot_be_is_refused(
    classes: list[LatentClass],
    ties: dict[tuple[str, str], float],
    shocks: list[Shock],
    message: str,
) -> None:
    """A truth that was mistyped would be held against every method."""
    with pytest.raises(MethodError, match=message):
        simulate_lists(THREE, 100, classes, dependences=ties, shocks=shocks, rng=1)


def test_nothing_to_draw_is_refused() -> None:
    """No persons, no replicates, one list, no seed."""
    with pytest.raises(MethodError, match="no persons or no replicates"):
        simulate_lists(THREE, 0, ALIKE, rng=1)
    with pytest.raises(MethodError, match="1 lists, or a name twice"):
        simulate_lists(("police",), 10, [LatentClass(1.0, (0.1,))], rng=1)
    with pytest.raises(MethodError, match="no seed to draw with"):
        simulate_lists(THREE, 10, ALIKE, rng=-1)
