"""Averaging over decomposable graphs: against dga, against a sum by hand, at its edges."""

import csv
import json
from math import lgamma, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.population_size.chordal import cliques, margins_of_graphs
from analysis.methods.population_size.decomposable import (
    MOST_BEYOND,
    decomposable,
    decomposable_posterior,
    log_posterior,
)
from analysis.methods.population_size.result import NoEstimateError
from analysis.methods.population_size.tables import Lists
from analysis.methods.population_size.unseen_grid import grid_for, quantile

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected_bayes.json").read_text(encoding="utf-8"))
WITH_DGA = [name for name, found in EXPECTED.items() if found["dga"]]


def table(name: str) -> Lists:
    """One of the published tables."""
    names = EXPECTED[name]["lists"]
    counts = np.zeros(1 << len(names), dtype=np.int64)
    with (FOLDER / "tables.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["table"] == name:
                cell = sum(1 << names.index(one) for one in row["lists"].split())
                counts[cell] = int(row["count"])
    return Lists(tuple(names), counts)


def posterior_on(lists: Lists, unseen: Floats) -> Floats:
    """Posterior by graph and number unseen, on a grid of somebody's choice."""
    logs = log_posterior(lists, unseen)
    mass: Floats = np.exp(logs - logs.max())
    shares: Floats = mass / mass.sum()
    return shares


@pytest.mark.parametrize("name", WITH_DGA)
def test_matches_dga_exactly_on_the_grid_that_dga_was_given(name: str) -> None:
    """The same model and prior must be the same numbers, to the last mass at the grid's end."""
    lists, expected = table(name), EXPECTED[name]["dga"]
    unseen = np.arange(expected["step"], expected["most"] + 1, expected["step"], dtype=float)
    mass = posterior_on(lists, unseen)
    upto = np.cumsum(mass.sum(axis=0))
    found = {
        share: lists.n + int(unseen[np.searchsorted(upto, float(share))])
        for share in expected["quantiles"]
    }
    assert len(mass) == expected["graphs"]
    assert found == expected["quantiles"]
    assert mass.sum(axis=0)[-1] == pytest.approx(expected["last"], rel=1e-6)


@pytest.mark.parametrize("name", WITH_DGA)
def test_own_grid_agrees_with_dga_to_a_step_where_the_grid_given_was_long_enough(name: str) -> None:
    """Nobody should have to know the answer to choose the grid that gives it."""
    expected = EXPECTED[name]["dga"]
    found = decomposable(table(name), level=0.95)
    assert found.estimate == pytest.approx(expected["quantiles"]["0.5"], abs=expected["step"])
    assert found.low == pytest.approx(expected["quantiles"]["0.025"], abs=expected["step"])
    if expected["last"] * expected["most"] / expected["step"] < 1e-3:
        assert found.high == pytest.approx(expected["quantiles"]["0.975"], abs=expected["step"])


def test_korean_upper_limit_does_not_end_with_the_grid() -> None:
    """On 2,500 persons R says 446; over 0.5 percent lie beyond, and the limit moves to some 540."""
    lists = table("Korea")
    upto = np.cumsum(posterior_on(lists, np.arange(1.0, 1e6)).sum(axis=0))
    high = lists.n + 1 + int(np.searchsorted(upto, 0.975))
    assert 1 - upto[2499] > 0.005
    assert high > 500
    assert decomposable(lists).high == pytest.approx(high, abs=2)


@pytest.mark.parametrize("name", ["UKdat_4", "NewOrl_5", "Western"])
def test_quantiles_equal_a_sum_over_every_whole_number(name: str) -> None:
    """Blocks and quadrature save work, not accuracy."""
    lists = table(name)
    upto = np.cumsum(posterior_on(lists, np.arange(1.0, 30001.0)).sum(axis=0))
    found = decomposable(lists, level=0.9)
    for share, limit in ((0.05, found.low), (0.5, found.estimate), (0.95, found.high)):
        assert limit == pytest.approx(lists.n + 1 + np.searchsorted(upto, share), abs=1)


def margin(counts: list[int], prior: float) -> float:
    """Log Dirichlet-multinomial of a margin, as it stands in Madigan and York."""
    cells = len(counts) * prior
    return (
        lgamma(cells)
        - lgamma(sum(counts) + cells)
        + sum(lgamma(one + prior) - lgamma(prior) for one in counts)
    )


def test_three_lists_equal_the_eight_graphs_written_out() -> None:
    """The recursion over graphs must be the textbook product of cliques over separators."""
    seen = {(1, 0, 0): 60, (0, 1, 0): 49, (1, 1, 0): 4, (0, 0, 1): 30, (1, 0, 1): 11, (0, 1, 1): 9}
    counts = np.zeros(8, dtype=np.int64)
    for (a, b, c), cases in seen.items():
        counts[a + 2 * b + 4 * c] = cases
    n, missing = int(counts.sum()), [1, 40, 333]

    def over(lists: str, unseen: int) -> float:
        whole = seen | {(0, 0, 0): unseen}
        sums: dict[tuple[int, ...], int] = {
            tuple((cell >> place) & 1 for place in range(len(lists))): 0
            for cell in range(1 << len(lists))
        }
        for cell, cases in whole.items():
            sums[tuple(cell["abc".index(one)] for one in lists)] += cases
        return margin(list(sums.values()), 2.0 ** -len(lists))

    graphs = {
        "a b c": "", "ab c": "", "ac b": "", "bc a": "",
        "ab bc": "b", "ab ac": "a", "ac bc": "c", "abc": "",
    }  # fmt: skip
    by_hand = [
        [
            sum(over(one, unseen) for one in joined.split())
            - (over(shared, unseen) if shared else 0.0)
            + lgamma(n + unseen + 1)
            - lgamma(unseen + 1)
            - log(n + unseen)
            for unseen in missing
        ]
        for joined, shared in graphs.items()
    ]
    found = log_posterior(Lists(("a", "b", "c"), counts), np.array(missing, dtype=float))
    order = np.lexsort(found.T)
    assert found[order] - found.max() == pytest.approx(
        np.array(sorted(by_hand, key=lambda row: row[::-1])) - np.max(by_hand), abs=1e-9
    )


@pytest.mark.parametrize(("lists", "graphs"), [(2, 2), (3, 8), (4, 61), (5, 822), (6, 18154)])
def test_every_labelled_chordal_graph_is_there_once(lists: int, graphs: int) -> None:
    """OEIS A058862; a model left out or counted twice would shift every weight."""
    found = margins_of_graphs(lists)
    assert len({cliques(one) for one in found}) == len(found) == graphs
    assert (found.sum(axis=1) >= 0).all()


def test_a_ring_of_four_lists_is_no_decomposable_graph() -> None:
    """Its likelihood has no closed form; taking it for one would give a wrong weight."""
    ring = (0b0011, 0b0110, 0b1001, 0b1100)
    every = {cliques(one) for one in margins_of_graphs(4)}
    assert ring not in every
    assert ring[:3] in every


@st.composite
def overlapping(draw: st.DrawFn) -> Lists:
    """Three or four lists with cases on each of them, on pairs and on all."""
    several = draw(st.integers(3, 4))
    cells = draw(st.lists(st.integers(0, 60), min_size=1 << several, max_size=1 << several))
    counts = np.array(cells, dtype=np.int64)
    counts[0] = 0
    counts[[1 << place for place in range(several)]] += 5
    counts[-1] += 2
    return Lists(tuple("abcd"[:several]), counts)


@settings(max_examples=40, deadline=None)
@given(overlapping(), st.randoms())
def test_order_of_lists_changes_nothing(lists: Lists, shuffle: Any) -> None:
    """Which list a spreadsheet names first must not change what is concluded."""
    order = list(range(len(lists.names)))
    shuffle.shuffle(order)
    counts = np.zeros_like(lists.counts)
    for cell, cases in enumerate(lists.counts):
        counts[sum(((cell >> old) & 1) << new for new, old in enumerate(order))] = cases
    other = Lists(tuple(lists.names[old] for old in order), counts)
    try:
        found = decomposable(lists)
    except NoEstimateError:
        with pytest.raises(NoEstimateError):
            decomposable(other)
        return
    again = decomposable(other)
    assert (again.estimate, again.low, again.high) == pytest.approx(
        (found.estimate, found.low, found.high), abs=1
    )
    assert again.diagnostics.models[0].weight == pytest.approx(found.diagnostics.models[0].weight)


@settings(max_examples=40, deadline=None)
@given(overlapping())
def test_posterior_is_whole_and_ends_where_it_says(lists: Lists) -> None:
    """A tail cut off unseen would make the upper limit the grid's, not the table's."""
    try:
        found = decomposable_posterior(lists)
    except NoEstimateError:
        return
    assert sum(found.probability) == pytest.approx(1)
    assert 0 <= found.beyond <= MOST_BEYOND
    assert np.all(np.diff(found.total) > 0)
    assert min(found.density) >= 0


def test_a_narrow_peak_far_out_is_found() -> None:
    """Large tables have posteriors a thousandth as wide as they are far; no step may skip them."""
    peak, width = 3.0e5, 90.0
    grid = grid_for(lambda unseen: -0.5 * ((unseen - peak) / width) ** 2, 1e9)
    mass = np.exp(-0.5 * ((grid.unseen - peak) / width) ** 2) * grid.stands_for
    assert mass.sum() == pytest.approx(width * np.sqrt(2 * np.pi), rel=1e-6)
    assert quantile(grid, mass / mass.sum(), 0.975) == pytest.approx(peak + 1.959964 * width, abs=1)


def test_independent_lists_give_back_the_total_they_were_made_from() -> None:
    """2,000 persons, three independent lists of chance 0.3, 0.4, 0.5: counts as expected."""
    chance = (0.3, 0.4, 0.5)
    counts = np.array(
        [
            round(2000 * np.prod([p if (c >> j) & 1 else 1 - p for j, p in enumerate(chance)]))
            for c in range(8)
        ],
        dtype=np.int64,
    )
    counts[0] = 0
    found = decomposable(Lists(("a", "b", "c"), counts))
    assert found.model == ()
    assert found.estimate == pytest.approx(2000, rel=0.01)
    assert found.low < 2000 < found.high


def test_refuses_when_the_prior_would_answer() -> None:
    """The sum would be 330 [98, 6,090]: 36 percent of it from graphs that set no upper limit."""
    with pytest.raises(NoEstimateError, match=r"4 of 8 graphs .* have 36% of the weight") as found:
        decomposable(table("Artificial_3"))
    assert found.value.existence == 1


def test_refuses_lists_without_a_case_in_common() -> None:
    """The posterior is proper even then, but only because the prior is."""
    lists = Lists(("a", "b", "c"), np.array([0, 9, 9, 0, 9, 0, 0, 0]))
    with pytest.raises(NoEstimateError, match="none of 27 cases is on two lists"):
        decomposable(lists)


@pytest.mark.parametrize("several", [2, 7])
def test_refuses_too_few_and_too_many_lists(several: int) -> None:
    """Two lists cannot test a graph; seven have 617,675."""
    lists = Lists(tuple("abcdefg"[:several]), np.ones(1 << several, dtype=np.int64))
    with pytest.raises(MethodError, match=f"{several} lists, 3 to 6"):
        decomposable(lists)


def test_six_lists_are_averaged_over_all_18154_graphs() -> None:
    """The reference software stops at five lists; the UK table was published with six."""
    rng = np.random.default_rng(1)
    counts = np.concatenate([[0], rng.poisson(3.0, 63)])
    found = decomposable(Lists(tuple("abcdef"), counts))
    assert found.diagnostics.models_compared == 18154
    assert found.n < found.low <= found.estimate <= found.high
