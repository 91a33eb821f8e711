"""Chao's bounds, pairs of lists, overlaps: against R, against exact populations, at their edges."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.population_size.bounds import chao_bounds
from analysis.methods.population_size.overlaps import overlaps
from analysis.methods.population_size.result import NOT_FINITE, NoEstimateError
from analysis.methods.population_size.simulated_lists import (
    LatentClass,
    cell_chances,
    simulate_lists,
)
from analysis.methods.population_size.tables import Lists, framed
from analysis.methods.population_size.two_lists import pair_estimates

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
TABLES: dict[str, Any] = json.loads((FOLDER / "expected_bounds.json").read_text(encoding="utf-8"))

published = pytest.mark.parametrize("name", TABLES)


def table(name: str) -> Lists:
    """One of the published tables."""
    names = TABLES[name]["lists"]
    counts = np.zeros(1 << len(names), dtype=np.int64)
    with (FOLDER / "tables.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["table"] == name:
                cell = sum(1 << names.index(one) for one in row["lists"].split())
                counts[cell] = int(row["count"])
    return Lists(tuple(names), counts)


def exact(persons: int, *classes: LatentClass) -> Lists:
    """A table that holds what chance gives on average."""
    names = tuple("ABCD"[: len(classes[0].found)])
    counts = np.rint(persons * cell_chances(names, classes)).astype(np.int64)
    counts[0] = 0
    return Lists(names, counts)


@st.composite
def sparse(draw: st.DrawFn) -> Lists:
    """Three or four lists, each with a case, and at least one case on two of them."""
    several = draw(st.integers(3, 4))
    cells = draw(st.lists(st.integers(0, 30), min_size=1 << several, max_size=1 << several))
    counts = np.array(cells, dtype=np.int64)
    counts[0] = 0
    for place in range(several):
        counts[1 << place] += 1
    counts[3] += 1
    return Lists(tuple("ABCD"[:several]), counts)


@published
def test_chao_and_zelterman_equal_the_figures_of_seven_published_tables(name: str) -> None:
    """A report that quotes the bound must be able to quote ours."""
    known = TABLES[name]["chao"]
    found = chao_bounds(table(name))
    assert (found.once, found.twice) == (known["f1"], known["f2"])
    assert found.chao is not None
    assert found.chao.total == pytest.approx(known["est"], rel=1e-6)
    assert found.corrected.total == pytest.approx(known["est_bc"], rel=1e-6)
    assert found.zelterman == pytest.approx(known["zelterman"], rel=1e-6)


@published
def test_bound_for_unequal_lists_equals_r(name: str) -> None:
    """Rcapture's Mth Chao (LB); its standard error where its own fit had settled."""
    known = TABLES[name]["unequal"]
    found = chao_bounds(table(name)).unequal
    assert found is not None
    assert found.total == pytest.approx(known["abundance"], rel=1e-6)
    if known["converged"]:
        assert found.standard_error == pytest.approx(known["stderr"], rel=1e-5)


@published
def test_pairs_equal_the_figures_of_seven_published_tables(name: str) -> None:
    """Two lists are what most countries have: this number is the one they publish."""
    found = pair_estimates(table(name))
    for one, known in zip(found, TABLES[name]["pairs"], strict=True):
        assert list(one.lists) == known["pair"]
        assert (one.first, one.second, one.both) == (known["n1"], known["n2"], known["m"])
        assert one.chapman == pytest.approx(known["chapman"], rel=1e-6)
        assert one.chapman_error == pytest.approx(known["chapman_se"], rel=1e-6)
        if known["lp"] is None:
            assert one.lincoln_petersen is None
        else:
            assert one.lincoln_petersen == pytest.approx(known["lp"], rel=1e-6)


def test_a_pair_without_overlap_says_that_its_number_means_nothing() -> None:
    """Chapman's formula gives 986 for two lists that share nobody."""
    one = next(one for one in pair_estimates(table("Artificial_3")) if one.lists == ("A", "C"))
    assert one.chapman == pytest.approx(986)
    assert one.refusal is not None
    assert "no case is on both lists" in one.refusal
    assert one.high == math.inf
    assert one.lincoln_petersen_error is None


def test_pair_limits_keep_their_level_where_the_normal_ones_do_not() -> None:
    """Some five cases on both lists are common; the usual limits then miss one time in six."""
    drawn = simulate_lists(
        ("police", "shelter"), 3000, [LatentClass(1.0, (0.05, 0.03))], replicates=4000, rng=1
    )
    found = [pair_estimates(drawn.lists(at))[0] for at in range(4000)]
    within = np.mean([one.low <= 3000 <= one.high for one in found])
    usual = np.mean([abs(one.chapman - 3000) <= 1.96 * one.chapman_error for one in found])
    assert 0.94 < within < 0.975
    assert usual < 0.87


def test_pair_of_independent_lists_finds_an_exact_population() -> None:
    """1,000 persons, half and a fifth of whom are found: 100 on both lists."""
    (one,) = pair_estimates(exact(1000, LatentClass(1.0, (0.5, 0.2))))
    assert one.both == 100
    assert one.lincoln_petersen == pytest.approx(1000)


def test_a_list_within_another_hides_nobody_but_keeps_an_upper_limit() -> None:
    """A standard error of 0 would claim certainty from twenty cases."""
    (one,) = pair_estimates(Lists(("police", "shelter"), np.array([0, 30, 0, 20])))
    assert (one.lincoln_petersen, one.chapman, one.chapman_error) == (50.0, 50.0, 0.0)
    assert one.low == 50 < one.high < 100


def test_bound_of_unequal_lists_finds_an_exact_population_where_chao_overshoots() -> None:
    """Lists of unequal reach make f1^2 / 2 f2 no lower bound at all: 4,760 of 4,000."""
    found = chao_bounds(exact(4000, LatentClass(1.0, (0.5, 0.25, 0.2, 0.1))))
    assert found.unequal is not None
    assert found.chao is not None
    assert found.unequal.total == pytest.approx(4000, rel=1e-9)
    assert found.chao.total > 4700


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 0.9), st.floats(1.0, 8.0))
def test_bound_of_unequal_lists_stays_below_the_truth_where_persons_differ(
    share: float, times: float
) -> None:
    """Hidden persons are the ones who are harder to find: the bound must not pass them."""
    low = np.array([0.05, 0.03, 0.08, 0.02])
    odds = times * low / (1 - low)
    easy = LatentClass(share, tuple(odds / (1 + odds)))
    found = chao_bounds(exact(10**8, LatentClass(1 - share, tuple(low)), easy))
    assert found.unequal is not None
    assert found.unequal.total <= 10**8 * (1 + 1e-5)


@settings(max_examples=60, deadline=None)
@given(sparse())
def test_bounds_do_not_hang_on_the_order_of_lists_and_stay_above_the_cases_seen(
    lists: Lists,
) -> None:
    """Nobody who has been seen may be estimated away."""
    found = chao_bounds(lists)
    turned = framed(lists)
    turned = turned[[*reversed(lists.names), "count"]]
    again = chao_bounds(turned)
    assert again.corrected == found.corrected
    assert again.chao == found.chao
    for bound in (found.chao, found.corrected, found.unequal):
        if bound is not None:
            assert found.n <= bound.low <= bound.total <= bound.high < math.inf
    if found.unequal is not None:
        assert again.unequal is not None
        assert again.unequal.total == pytest.approx(found.unequal.total, rel=1e-6)


def test_chao_refuses_lists_that_share_nobody() -> None:
    """Without a case found twice any number of hidden persons is as good as another."""
    with pytest.raises(NoEstimateError, match="none of 7 cases is on two lists") as caught:
        chao_bounds(Lists(("police", "shelter"), np.array([0, 3, 4, 0])))
    assert caught.value.existence == NOT_FINITE


def test_without_a_case_on_exactly_two_lists_only_the_corrected_bound_is_left() -> None:
    """Dividing by no case would be infinite; a case on three lists still says something."""
    found = chao_bounds(Lists(("A", "B", "C"), np.array([0, 5, 4, 0, 3, 0, 0, 2])))
    assert found.chao is None
    assert found.zelterman is None
    assert found.unequal is None
    assert found.corrected.total == 14 + 12 * 11 / 2
    assert found.corrected.high < math.inf


def test_where_all_cases_are_on_two_lists_nobody_is_hidden() -> None:
    """A division by f1 = 0 must not become NaN in a report."""
    found = chao_bounds(Lists(("A", "B", "C"), np.array([0, 0, 0, 4, 0, 2, 1, 0])))
    assert found.zelterman is None
    assert found.corrected.total == found.corrected.high == 7.0


@pytest.mark.parametrize("level", [0.0, 1.0, math.nan])
def test_a_level_must_lie_between_0_and_1(level: float) -> None:
    """0.95 typed as 95 would make the limits infinite."""
    lists = table("Korea")
    with pytest.raises(MethodError, match="level is not between 0 and 1"):
        chao_bounds(lists, level=level)
    with pytest.raises(MethodError, match="level is not between 0 and 1"):
        pair_estimates(lists, level=level)


def test_overlaps_of_the_uk_table_are_those_published() -> None:
    """Sizes as in the Home Office's table; ten pairs, one of which nobody is on."""
    found = overlaps(table("UKdat_5"))
    assert found.sizes == (94, 567, 1169, 807, 336)
    assert found.times == (2523, 214, 6, 1, 0)
    assert found.pairs_without == (("LA", "GP"),)
    assert (found.triples, found.triples_with) == (10, 4)
    assert found.combinations[0].lists == ("PFNCA",)
    assert (found.combinations[0].exactly, found.combinations[0].at_least) == (995, 1169)


@settings(max_examples=60, deadline=None)
@given(sparse())
def test_overlaps_add_up_to_the_cases(lists: Lists) -> None:
    """The picture and the estimate must be of the same cases."""
    found = overlaps(lists)
    assert sum(one.exactly for one in found.combinations) == sum(found.times) == lists.n
    assert tuple(row[at] for at, row in enumerate(found.matrix)) == lists.sizes
    assert all(
        found.matrix[a][b] == found.matrix[b][a] == lists.overlap((1 << a) | (1 << b))
        for a in range(len(lists.names))
        for b in range(a)
    )
    exactly = [one.exactly for one in found.combinations]
    assert exactly == sorted(exactly, reverse=True)
