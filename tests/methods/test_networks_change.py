"""Change between networks and missing ties: against loops over every draw, on known worlds."""

import math
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.networks import (
    Network,
    change_test,
    density,
    missing_ties,
    network,
    qap_correlation,
    reciprocity,
)

Chance = np.random.Generator


def drawn(chance: Chance, share: float, n: int = 15, directed: bool = True) -> Network:
    """A network whose ties come by chance, weights 1 to 8."""
    ties = [
        (i, j, int(chance.integers(1, 9)))
        for i in range(n)
        for j in range(n)
        if (i != j if directed else i < j) and chance.random() < share
    ]
    return network(range(n), ties, directed=directed)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lift the rule on nodes, so that every draw can be gone through."""
    import sys

    monkeypatch.setattr(sys.modules[change_test.__module__], "FEWEST_NODES", 4)


# Reference


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("weighted", [True, False])
def test_qap_matches_numpy_over_every_permutation(weighted: bool) -> None:
    """All 720 orders of six nodes, correlated by numpy: the draws must come to that share."""
    chance = np.random.default_rng(4)
    before, after = drawn(chance, 0.4, 6), drawn(chance, 0.4, 6)
    first, later = (cells(one, weighted) for one in (before, after))
    off = ~np.eye(6, dtype=bool)
    seen = np.corrcoef(first[off], later[off])[0, 1]
    every = np.array([
        np.corrcoef(first[np.ix_(order, order)][off], later[off])[0, 1]
        for order in map(list, permutations(range(6)))
    ])  # fmt: skip
    found = qap_correlation(before, after, rng=1, draws=50_000, weighted=weighted)
    assert found.correlation == pytest.approx(seen, rel=1e-12)
    assert found.p_at_least == pytest.approx(np.mean(every >= seen - 1e-9), abs=0.01)
    assert found.p == pytest.approx(np.mean(np.abs(every) >= abs(seen) - 1e-9), abs=0.01)


def cells(given_one: Network, weighted: bool) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The matrix of a network, filled cell by cell."""
    found = np.zeros((len(given_one), len(given_one)))
    for i, j, weight in given_one.ties:
        found[i, j] = weight if weighted else 1
    return found


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", ["density", "edgewise_reciprocity", "in_degree_centralisation"])
def test_swapping_senders_matches_every_swap(name: Any) -> None:
    """All 64 ways to swap six senders, each network built anew and measured by itself."""
    chance = np.random.default_rng(8)
    before, after = drawn(chance, 0.4, 6), drawn(chance, 0.6, 6)
    first, later = cells(before, False), cells(after, False)
    seen = measured(later, name) - measured(first, name)
    reached = []
    for swaps in product([0, 1], repeat=6):
        here = np.array(swaps)[:, None]
        change = measured(later * (1 - here) + first * here, name) - measured(
            first * (1 - here) + later * here, name
        )
        reached.append(not abs(change) < abs(seen) - 1e-9)
    found = change_test(before, after, name, rng=2, draws=50_000)
    assert found.change == pytest.approx(seen, rel=1e-12)
    assert found.p == pytest.approx(np.mean(reached), abs=0.01)


def measured(ties: np.ndarray[Any, np.dtype[np.float64]], name: str) -> float:
    """The figure by its definition, loop by loop; NaN where it has no value."""
    n, total = len(ties), float(ties.sum())
    if name == "density":
        return total / (n * (n - 1))
    if name == "in_degree_centralisation":
        received = [float(column.sum()) for column in ties.T]
        return sum(max(received) - one for one in received) / (n - 1) ** 2
    mutual = sum(float(ties[i, j] * ties[j, i]) for i in range(n) for j in range(n))
    return mutual / total if total else math.nan


# Properties


@pytest.mark.parametrize(("unit", "directed"), [("sender", True), ("pair", True), ("pair", False)])
def test_p_is_small_no_more_often_than_it_says_when_nothing_changed(
    unit: Any, directed: bool
) -> None:
    """Two networks of one law: a p of 0.1 or less must come in a tenth of the trials."""
    chance, low = np.random.default_rng(3), 0
    for _ in range(300):
        before, after = (drawn(chance, 0.2, directed=directed) for _ in range(2))
        low += change_test(before, after, "density", rng=chance, draws=199, unit=unit).p <= 0.1
    assert low / 300 <= 0.1 + 3 * math.sqrt(0.09 / 300)


def test_a_doubled_density_is_seen() -> None:
    """A test that never finds anything would pass the one above."""
    chance = np.random.default_rng(6)
    before, after = drawn(chance, 0.12, 20), drawn(chance, 0.3, 20)
    assert change_test(before, after, "density", rng=1, draws=999).p <= 0.01


def test_qap_finds_the_same_nodes_tied_and_no_likeness_by_chance() -> None:
    """Most ties kept: alike. Drawn anew: as alike as shuffled nodes."""
    chance = np.random.default_rng(9)
    before = drawn(chance, 0.2, 20)
    kept = [
        (before.nodes[i], before.nodes[j], w) for i, j, w in before.ties if chance.random() < 0.8
    ]
    assert qap_correlation(before, network(range(20), kept), rng=1, draws=999).p == 0.001
    far = [
        qap_correlation(drawn(chance, 0.2), drawn(chance, 0.2), rng=1, draws=199).p <= 0.1
        for _ in range(200)
    ]
    assert np.mean(far) <= 0.1 + 3 * math.sqrt(0.09 / 200)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_exchanging_before_and_after_turns_the_change_and_keeps_p(seed: int) -> None:
    """Which period comes first is a name; the evidence is the same."""
    chance = np.random.default_rng(seed)
    before, after = drawn(chance, 0.2), drawn(chance, 0.2)
    there = change_test(before, after, "in_degree_centralisation", rng=1, draws=199)
    back = change_test(after, before, "in_degree_centralisation", rng=1, draws=199)
    assert there.change == -back.change
    assert there.p == back.p
    one, other = (
        qap_correlation(before, after, rng=1, draws=99),
        qap_correlation(after, before, rng=1, draws=99),
    )
    assert one.correlation == pytest.approx(other.correlation, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.booleans())
def test_dropped_and_added_ties_change_density_by_just_so_many(seed: int, directed: bool) -> None:
    """Density depends on nothing but their number: it must not spread at all."""
    given_one = drawn(np.random.default_rng(seed), 0.3, 12, directed)
    size = len(given_one.ties)
    for found in missing_ties(given_one, rng=1, draws=99, names=("density",)):
        side = -1 if found.edit == "drop" else 1
        expected = density(given_one) * (size + side * found.ties) / size
        assert found.low == found.high == pytest.approx(expected, rel=1e-12)
        assert found.ties == round(found.share * size)


def test_every_tie_is_dropped_equally_often() -> None:
    """Two mutual pairs and a lone tie: one tie of five dropped leaves 4/4 or 2/4 mutual."""
    given_one = network("abcde", [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("e", "a")])
    found = missing_ties(
        given_one, rng=1, shares=(0.2,), draws=4000, names=("edgewise_reciprocity",)
    )
    dropped = next(one for one in found if one.edit == "drop")
    assert dropped.observed == reciprocity(given_one).edgewise == pytest.approx(0.8)
    assert (dropped.low, dropped.median, dropped.high) == (0.5, 0.5, 1.0)
    rarely = missing_ties(
        given_one, rng=1, shares=(0.2,), draws=4000, names=("edgewise_reciprocity",), level=0.65
    )
    # The lone tie is the one dropped in a fifth of draws: above the upper 17.5 percent.
    assert rarely[0].high == 1.0
    assert (
        missing_ties(
            given_one, rng=1, shares=(0.2,), draws=4000, names=("edgewise_reciprocity",), level=0.5
        )[0].high
        == 0.5
    )


# Edges


def test_two_equal_networks_have_a_p_of_1() -> None:
    """No change at all is the least surprising outcome there is."""
    given_one = drawn(np.random.default_rng(1), 0.2)
    found = change_test(given_one, given_one, "transitivity", rng=1, draws=99)
    assert (found.change, found.p) == (0, 1)


def test_the_same_seed_draws_the_same() -> None:
    """A finding must be computable again to the last digit."""
    chance = np.random.default_rng(2)
    before, after = drawn(chance, 0.2), drawn(chance, 0.2)
    for call in (
        lambda: change_test(before, after, "density", rng=4, draws=500),
        lambda: qap_correlation(before, after, rng=4, draws=500),
        lambda: missing_ties(before, rng=4, draws=99),
    ):
        assert call() == call()


FULL = network(range(15), [(i, j) for i in range(15) for j in range(15) if i != j])
RING = network(range(15), [(i, (i + 1) % 15) for i in range(15)])
SMALL = network("abc", [("a", "b"), ("b", "c"), ("c", "a")])
BOTH_WAYS = network(range(15), [(i, (i + 1) % 15) for i in range(15)], directed=False)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: change_test(SMALL, SMALL, "density", rng=1), "3 nodes, 15 are needed. Describe"),
        (lambda: qap_correlation(SMALL, SMALL, rng=1), "3 nodes, 15 are needed. Describe"),
        (lambda: change_test(RING, SMALL, "density", rng=1), "different nodes"),
        (lambda: change_test(RING, BOTH_WAYS, "density", rng=1), "one network is directed"),
        (lambda: change_test(BOTH_WAYS, BOTH_WAYS, "density", rng=1), "have no sender"),
        (
            lambda: change_test(BOTH_WAYS, BOTH_WAYS, "edgewise_reciprocity", rng=1, unit="pair"),
            "have no direction",
        ),
        (lambda: change_test(RING, network(range(15), []), "density", rng=1), "none of the 15"),
        (lambda: change_test(RING, RING, "density", rng=1, draws=10), "fewer than 99 draws"),
        (lambda: qap_correlation(RING, FULL, rng=1, weighted=False), "all cells are equal"),
        (lambda: missing_ties(network("abc", []), rng=1), "none of the 3 nodes"),
        (lambda: missing_ties(SMALL, rng=1, shares=(0.1,)), "a share of 3 ties is 0"),
        (lambda: missing_ties(RING, rng=1, shares=(30,)), "between 0 and 1"),
        (lambda: missing_ties(FULL, rng=1, shares=(0.1,)), "and 0 can be changed"),
        (lambda: missing_ties(RING, rng=1, draws=10), "fewer than 99 draws"),
        (lambda: missing_ties(RING, rng=1, names=("degree_centralisation",)), "have a direction"),
    ],
)
def test_refuses_comparisons_that_show_nothing(call: Any, said: str) -> None:
    """Each would otherwise print a p-value or a spread."""
    with pytest.raises(MethodError, match=said):
        call()
