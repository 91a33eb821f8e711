"""What an estimate hangs on: lists left out, merged, hidden, added; dependence; methods."""

import csv
import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.population_size.consistency import internal_consistency
from analysis.methods.population_size.fits import fit_all
from analysis.methods.population_size.left_out import leave_one_out
from analysis.methods.population_size.merged import merge_and_refit
from analysis.methods.population_size.remaining import (
    remaining_by_pair,
    remaining_dependence,
    remaining_interaction,
)
from analysis.methods.population_size.result import (
    EXISTS,
    NOT_FINITE,
    Diagnostics,
    Method,
    NoEstimateError,
    PopulationEstimate,
)
from analysis.methods.population_size.simulated_lists import (
    LatentClass,
    cell_chances,
    simulate_lists,
)
from analysis.methods.population_size.spread import spread
from analysis.methods.population_size.subsets import (
    conditioned,
    merge_lists,
    only,
    without,
    without_empty,
)
from analysis.methods.population_size.tables import Lists, at_least
from analysis.methods.population_size.trajectory import (
    along,
    by_number,
    every_trajectory,
    trajectory,
)

FOLDER = Path(__file__).parents[1] / "reference" / "population_size"
TABLES: dict[str, Any] = json.loads((FOLDER / "expected_bounds.json").read_text(encoding="utf-8"))


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


def independent(lists: Lists) -> PopulationEstimate:
    """The total were all lists independent; its limits have no width."""
    terms = np.array([[0, *(1 << place for place in range(len(lists.names)))]])
    found = fit_all(lists.counts[None, :], terms)
    if not found.converged[0]:
        raise NoEstimateError("independent: no finite maximum. Merge lists.", NOT_FINITE)
    return estimated(lists.n + float(found.expected[0, 0]), lists.n)


def estimated(
    total: float, n: int = 100, *, method: Method = "main", low: float = 0.0, high: float = 0.0
) -> PopulationEstimate:
    """An estimate as a method returns it."""
    return PopulationEstimate(
        estimate=total,
        low=low or total,
        high=high or total,
        level=0.95,
        hidden=total - n,
        n=n,
        method=method,
        model=(),
        existence=EXISTS,
        diagnostics=Diagnostics("given the model"),
    )


def four_independent() -> Lists:
    """4,000 persons and four lists, each cell exactly what independence gives."""
    return tabulated(
        4000, cell_chances(("A", "B", "C", "D"), [LatentClass(1.0, (0.5, 0.25, 0.2, 0.1))])
    )


def tabulated(persons: int, chances: np.ndarray[Any, Any]) -> Lists:
    """A table that holds what chance gives on average."""
    counts = np.rint(persons * chances).astype(np.int64)
    counts[0] = 0
    return Lists(tuple("ABCDE"[: int(math.log2(len(counts)))]), counts)


@st.composite
def sparse(draw: st.DrawFn) -> Lists:
    """Three to five lists, each with a case."""
    several = draw(st.integers(3, 5))
    cells = draw(st.lists(st.integers(0, 20), min_size=1 << several, max_size=1 << several))
    counts = np.array(cells, dtype=np.int64)
    counts[0] = 0
    for place in range(several):
        counts[1 << place] += 1
    return Lists(tuple("ABCDE"[:several]), counts)


# Lists left out


def test_the_uk_table_without_the_general_public_is_the_four_list_table() -> None:
    """Two published tables of one data set, and R's total for the smaller."""
    four = without(table("UKdat_5"), ("GP",))
    assert four.names == table("UKdat_4").names
    assert four.counts.tolist() == table("UKdat_4").counts.tolist()
    row = leave_one_out(table("UKdat_5"), independent).changed[-1]
    assert row.lists == ("GP",)
    assert row.refit.total == pytest.approx(10694.2545497802, rel=1e-6)
    assert row.ratio == pytest.approx(10694.2545497802 / 13444.1312090139, rel=1e-6)


def test_stepwise_without_the_general_public_equals_r_on_both_tables() -> None:
    """By name, each re-fit chooses its pairs anew: without PF and NCA the UK total doubles."""
    found = leave_one_out(table("UKdat_5"))
    assert found.whole.total == pytest.approx(11312.9902894352, rel=1e-6)
    assert found.changed[-1].refit.total == pytest.approx(11015.2444543722, rel=1e-6)
    assert found.changed[2].lists == ("PFNCA",)
    assert found.furthest == found.changed[2].ratio == pytest.approx(1.9997, rel=1e-4)


def test_leaving_out_a_list_that_is_independent_of_the_others_changes_nothing() -> None:
    """A total that rests on many lists does not stand and fall with one."""
    found = leave_one_out(four_independent(), independent)
    assert found.whole.total == pytest.approx(4000, rel=1e-9)
    assert [row.refit.total for row in found.changed] == pytest.approx([4000] * 4, rel=1e-9)
    assert found.furthest == pytest.approx(1, rel=1e-9)


def test_a_refit_without_an_estimate_is_a_row_that_says_why() -> None:
    """Without B no two of these lists share a case; the other rows must not be lost with it."""
    found = leave_one_out(Lists(("A", "B", "C"), np.array([0, 9, 8, 3, 7, 0, 2, 0])), independent)
    row = found.changed[1]
    assert row.lists == ("B",)
    assert row.refit.total is row.ratio is None
    assert row.refit.existence == NOT_FINITE
    assert row.refit.reason == "independent: no finite maximum. Merge lists."
    assert found.without_estimate == 1
    assert found.changed[0].refit.total is not None


@pytest.mark.parametrize("method", ["main", "stepwise", "bic", "average", "decomposable"])
def test_every_method_can_be_named(method: Method) -> None:
    """An option that one method lacks must not pass for a table without an estimate."""
    found = leave_one_out(table("UKdat_4"), method)
    assert found.without_estimate == 0
    assert all(row.ratio for row in found.changed)


def test_a_method_that_does_not_exist_is_no_refusal() -> None:
    """A misspelt name must not look like seven tables without an estimate."""
    with pytest.raises(MethodError, match="no such method"):
        leave_one_out(four_independent(), "stepwize")  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(sparse())
def test_no_refit_of_a_sparse_table_is_a_silent_nonsense_number(lists: Lists) -> None:
    """R returns 10^12 for some such tables without a word."""
    every = (leave_one_out(lists), merge_and_refit(lists))
    refits = [row.refit for found in every for row in found.changed]
    refits += [row.refit for row in internal_consistency(lists).hidden]
    refits += every_trajectory(lists)
    for one in refits:
        if one.total is None:
            assert one.reason
            continue
        assert one.low is not None
        assert one.high is not None
        assert one.n <= one.low <= one.total <= one.high
        assert one.total < 1e7


# Lists merged


def test_merged_lists_count_who_is_on_any_of_them() -> None:
    """By hand: 5 police only, 4 border only, 1 both; 2 police and shelter, 1 border and shelter."""
    lists = Lists(("police", "border", "shelter"), np.array([0, 5, 4, 1, 6, 2, 1, 0]))
    found = merge_lists(lists, [("border", "police")])
    assert found.names == ("police + border", "shelter")
    assert found.counts.tolist() == [0, 10, 6, 3]


@settings(max_examples=60, deadline=None)
@given(sparse(), st.data())
def test_merging_keeps_every_case_and_makes_the_union(lists: Lists, data: st.DataObject) -> None:
    """Nobody is lost or counted twice by merging."""
    a, b = data.draw(st.sampled_from(list(combinations(range(len(lists.names)), 2))))
    found = merge_lists(lists, [(lists.names[a], lists.names[b])])
    union = lists.sizes[a] + lists.sizes[b] - lists.overlap((1 << a) | (1 << b))
    assert found.n == lists.n
    assert found.sizes[a] == union
    rest = [size for at, size in enumerate(lists.sizes) if at not in (a, b)]
    assert [size for at, size in enumerate(found.sizes) if at != a] == rest


def test_merging_independent_lists_changes_nothing() -> None:
    """Every pair of four: who is on either is independent of who is on the others."""
    found = merge_and_refit(four_independent(), independent)
    assert [row.lists for row in found.changed] == list(combinations("ABCD", 2))
    assert [row.refit.total for row in found.changed] == pytest.approx([4000] * 6, rel=1e-9)
    assert found.changed[0].refit.lists == ("A + B", "C", "D")


def test_merging_the_two_lists_that_depend_on_each_other_finds_the_truth_again() -> None:
    """Only the merger that takes the dependence away brings the total back to 10^8."""
    chances = cell_chances(
        ("A", "B", "C", "D"),
        [LatentClass(1.0, (0.2, 0.1, 0.15, 0.1))],
        dependences={("A", "B"): 5.0},
    )
    found = merge_and_refit(tabulated(10**8, chances), independent, groups=[("A", "B"), ("C", "D")])
    assert found.whole.total is not None
    assert found.whole.total < 0.9e8
    assert found.changed[0].refit.total == pytest.approx(1e8, rel=1e-6)
    assert found.changed[1].refit.total != pytest.approx(1e8, rel=1e-2)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([("A",)], "fewer than two lists"),
        ([("A", "Z")], "no list of this table"),
        ([("A", "A")], "named twice"),
        ([], "no list of this table"),
    ],
)
def test_a_group_to_merge_names_two_lists_of_the_table(
    groups: list[tuple[str, ...]], message: str
) -> None:
    """A list that is not there would quietly leave the table as it was."""
    with pytest.raises(MethodError, match=message):
        merge_lists(four_independent(), groups)


# Lists hidden


@settings(max_examples=60, deadline=None)
@given(sparse())
def test_a_hidden_list_is_its_own_cases_seen_by_others_or_not(lists: Lists) -> None:
    """The known truth must be the list's size, or the check checks nothing."""
    within = at_least(lists.counts.astype(np.float64))
    for place, (name, size) in enumerate(zip(lists.names, lists.sizes, strict=True)):
        others = conditioned(lists, name)
        assert others.n + lists.counts[1 << place] == size
        assert others.names == tuple(one for one in lists.names if one != name)
        for one in others.names:
            both = (1 << place) | (1 << lists.names.index(one))
            assert others.sizes[others.names.index(one)] == within[both]


def test_independent_lists_find_every_hidden_size() -> None:
    """Among the cases of one list the others are independent too: each ratio is 1."""
    found = internal_consistency(four_independent(), independent)
    assert [row.truth for row in found.hidden] == [2000, 1000, 800, 400]
    assert [row.ratio for row in found.hidden] == pytest.approx([1.0] * 4, rel=1e-9)
    assert (found.within, found.without_estimate) == (4, 0)


def test_hidden_lists_of_published_tables_are_lincoln_and_petersens_by_hand() -> None:
    """Korea: of 77 on b, 66 are on c, 18 on d, 12 on both: 99. Western US: 7 * 2 / 1 = 14 of 98."""
    korea = internal_consistency(table("Korea")).hidden
    assert [(row.list, row.truth, row.refit.n) for row in korea] == [
        ("b", 77, 72),
        ("c", 71, 66),
        ("d", 59, 18),
    ]
    assert [row.refit.total for row in korea] == [99.0, 66.0, 18.0]
    assert [row.covered for row in korea] == [False, True, False]
    western = internal_consistency(table("Western"))
    assert western.hidden[1].refit.lists == ("C", "D")
    assert western.hidden[1].ratio == pytest.approx(14 / 98, rel=1e-9)
    assert [row.by for row in western.hidden].index("lincoln_petersen") == 1
    assert western.within == 2


def test_two_other_lists_without_a_case_in_common_find_no_hidden_size() -> None:
    """C's cases are on A or on B, none on both."""
    found = internal_consistency(Lists(("A", "B", "C"), np.array([0, 9, 8, 3, 7, 2, 2, 0])))
    row = found.hidden[2]
    assert (row.ratio, row.refit.existence, row.by) == (None, NOT_FINITE, "lincoln_petersen")
    assert "no case is on both lists" in str(row.refit.reason)


def test_a_hidden_list_without_an_estimate_is_counted_not_dropped() -> None:
    """The 20 cases that the public's reports share with other UK lists are each on one of them."""
    found = internal_consistency(table("UKdat_5"), independent)
    row = found.hidden[-1]
    assert (row.list, row.truth, row.refit.n, row.ratio) == ("GP", 336, 20, None)
    assert row.refit.reason == "independent: no finite maximum. Merge lists."
    assert (found.within, found.without_estimate) == (4, 1)
    assert all(row.ratio >= row.refit.n / row.truth for row in found.hidden if row.ratio)


def test_a_list_that_shares_cases_with_one_other_cannot_be_checked() -> None:
    """C meets only B: one list says nothing of what it has missed."""
    found = internal_consistency(
        Lists(("A", "B", "C"), np.array([0, 9, 8, 3, 7, 0, 2, 0])), independent
    )
    assert found.hidden[2].ratio is None
    assert "1 other lists share a case" in str(found.hidden[2].refit.reason)
    with pytest.raises(MethodError, match="factor is not above 1"):
        internal_consistency(table("Korea"), independent, factor=1.0)


# Lists added


def test_independent_lists_give_the_same_total_however_many_and_in_whatever_order() -> None:
    """Where nothing is wrong, the trajectory is flat."""
    steps = trajectory(four_independent(), independent, order=("D", "B", "A", "C"), fewest=2)
    assert [step.lists for step in steps] == [("B", "D"), ("A", "B", "D"), ("A", "B", "C", "D")]
    assert [step.total for step in steps] == pytest.approx([4000] * 3, rel=1e-9)


def test_every_trajectory_holds_each_order_and_their_range() -> None:
    """Choosing the order after looking would be choosing the curve."""
    lists = table("Western")
    every = every_trajectory(lists, independent)
    order = ("E", "C", "A", "D", "B")
    assert len(every) == 10 + 5 + 1
    assert along(every, order) == trajectory(lists, independent, order=order)
    rows = by_number(every)
    assert [(row.lists, row.choices) for row in rows] == [(3, 10), (4, 5), (5, 1)]
    totals = [one.total for one in every[:10] if one.total is not None]
    assert (rows[0].lowest, rows[0].highest) == (min(totals), max(totals))
    assert rows[0].without_estimate == 10 - len(totals)
    assert rows[2].lowest == rows[2].middle == every[-1].total


@settings(max_examples=40, deadline=None)
@given(sparse(), st.data())
def test_a_part_of_the_lists_holds_the_cases_that_are_on_any_of_them(
    lists: Lists, data: st.DataObject
) -> None:
    """Cases seen by no list that is left belong to the hidden part."""
    chosen = data.draw(st.sets(st.sampled_from(lists.names), min_size=1))
    found = only(lists, chosen)
    mask = sum(1 << lists.names.index(name) for name in chosen)
    assert found.n == sum(
        int(lists.counts[cell]) for cell in range(len(lists.counts)) if cell & mask
    )
    assert found.sizes == tuple(
        size for name, size in zip(lists.names, lists.sizes, strict=True) if name in chosen
    )


def test_trajectories_refuse_an_order_that_leaves_a_list_out() -> None:
    """And more lists to begin with than there are."""
    lists = table("Korea")
    with pytest.raises(MethodError, match="does not name each of the 3 lists once"):
        trajectory(lists, independent, order=("b", "c"))
    with pytest.raises(MethodError, match="3 lists cannot begin with 4"):
        every_trajectory(lists, independent, fewest=4)
    with pytest.raises(MethodError, match="no choices of lists"):
        by_number(())


def test_a_list_without_cases_is_taken_out() -> None:
    """And a table of nobody has no list."""
    lists = Lists(("A", "B"), np.array([0, 3, 0, 0]))
    assert without_empty(lists).names == ("A",)
    assert without_empty(Lists(("A", "B"), np.zeros(4, dtype=np.int64))).names == ()


# Dependence that the model leaves out


def test_with_two_lists_the_hidden_part_is_multiplied_by_the_ratio() -> None:
    """The oldest formula of the field: hidden = ratio * a * b / c."""
    lists = Lists(("police", "shelter"), np.array([0, 30, 20, 5]))
    found = remaining_dependence(lists, [("police", "shelter")], ratios=(0.5, 1, 3))
    assert [at.total for at in found.course] == pytest.approx([55 + 60, 55 + 120, 55 + 360])
    assert found.doubles == pytest.approx((350 - 55) / 120)
    assert found.halves == pytest.approx((87.5 - 55) / 120)


@pytest.mark.parametrize("ratio", [0.4, 2.5, 6.0])
def test_the_true_ratio_of_a_pair_brings_back_the_true_total(ratio: float) -> None:
    """The others are independent of it; without the assumption the total is off."""
    chances = cell_chances(
        ("A", "B", "C", "D"),
        [LatentClass(1.0, (0.2, 0.3, 0.1, 0.15))],
        dependences={("B", "D"): ratio},
    )
    found = remaining_dependence(
        tabulated(10**9, chances), [("B", "D")], ratios=(ratio,), target=1e9
    )
    assert abs(found.total / 1e9 - 1) > 0.02
    assert found.course[0].total == pytest.approx(1e9, rel=1e-6)
    assert found.reaches == pytest.approx(ratio, rel=1e-4)


def test_the_true_ratio_works_beside_a_dependence_that_the_model_has() -> None:
    """A and B are in the model; C and D share one ratio with A and C."""
    ties = {("A", "B"): 4.0, ("C", "D"): 3.0, ("A", "C"): 3.0}
    chances = cell_chances(
        ("A", "B", "C", "D"), [LatentClass(1.0, (0.2, 0.3, 0.1, 0.15))], dependences=ties
    )
    found = remaining_dependence(
        tabulated(10**9, chances), [("C", "D"), ("A", "C")], model=[("A", "B")], ratios=(3.0,)
    )
    assert found.course[0].total == pytest.approx(1e9, rel=1e-6)


def test_drawn_lists_with_a_known_dependence_are_put_right_by_it() -> None:
    """Not only on average: 40 draws of 50,000 persons, police and shelter tied with ratio 3."""
    drawn = simulate_lists(
        ("A", "B", "C"),
        50_000,
        [LatentClass(1.0, (0.2, 0.15, 0.25))],
        dependences={("A", "B"): 3.0},
        replicates=40,
        rng=7,
    )
    rows = [remaining_dependence(drawn.lists(at), [("A", "B")], ratios=(3.0,)) for at in range(40)]
    assert np.mean([row.total for row in rows]) < 0.92 * 50_000
    assert np.mean([row.course[0].total for row in rows]) == pytest.approx(50_000, rel=0.01)


@pytest.mark.parametrize("several", [3, 4])
def test_the_true_interaction_of_all_lists_brings_back_the_true_total(several: int) -> None:
    """All that is seen fits a model without it exactly; only the hidden part is wrong."""
    cells = np.arange(1 << several)
    logs = sum(((cells >> place) & 1) * -(0.5 + place / 4) for place in range(several))
    logs = logs + ((cells & 3) == 3) * 0.7 + (cells == cells[-1]) * math.log(2.0)
    chances = np.exp(logs) / np.exp(logs).sum()
    lists = tabulated(10**9, chances)
    terms = np.array([[cell for cell in cells.tolist() if cell != cells[-1]]])
    fit = fit_all(lists.counts[None, :], terms)
    found = remaining_interaction(
        estimated(lists.n + float(fit.expected[0, 0]), lists.n),
        lists.names,
        ratios=(2.0,),
        target=1e9,
    )
    assert found.total != pytest.approx(1e9, rel=0.05)
    assert found.course[0].total == pytest.approx(1e9, rel=1e-5)
    assert found.reaches == pytest.approx(2.0, rel=1e-4)


@pytest.mark.parametrize("names", [("LA", "NG", "PFNCA"), ("LA", "NG", "GO")])
def test_the_closed_form_is_the_refit_where_the_model_has_all_but_the_last_interaction(
    names: tuple[str, ...],
) -> None:
    """Two routes, one through Newton steps and one through a sign, to one number."""
    lists = only(table("UKdat_5"), names)
    model = list(combinations(lists.names, 2))
    refitted = remaining_dependence(lists, [lists.names], model=model, ratios=(0.5, 3.0))
    closed = remaining_interaction(
        estimated(refitted.total, lists.n), lists.names, ratios=(0.5, 3.0)
    )
    assert [at.total for at in refitted.course] == pytest.approx(
        [at.total for at in closed.course], rel=1e-9
    )


def test_ratio_1_is_the_model_and_tipping_ratios_tip() -> None:
    """R's main effects for the UK; a ratio that is said to double the total doubles it."""
    lists = table("UKdat_5")
    rows = remaining_by_pair(lists, ratios=(1.0,))
    assert len(rows) == 10
    assert all(row.total == row.course[0].total for row in rows)
    assert rows[0].total == pytest.approx(13444.1312090139, rel=1e-6)
    pair = next(row for row in rows if row.between == (("PFNCA", "GO"),))
    assert pair.doubles is not None
    again = remaining_dependence(lists, pair.between, ratios=(pair.doubles,))
    assert again.course[0].total == pytest.approx(2 * pair.total, rel=1e-8)
    assert pair.halves is None


def test_dependence_that_the_model_estimates_cannot_be_assumed() -> None:
    """The data say how large it is; an assumption beside it would be absorbed unseen."""
    lists = table("Western")
    with pytest.raises(MethodError, match="some that the model has"):
        remaining_dependence(lists, [("A", "E")], model=[("A", "E")])
    with pytest.raises(MethodError, match="no lists to assume dependent"):
        remaining_dependence(lists, [])
    with pytest.raises(MethodError, match="1 of 2 ratios are not above 0"):
        remaining_dependence(lists, [("A", "B")], ratios=(0.0, 1.0))
    with pytest.raises(MethodError, match="1 lists"):
        remaining_interaction(estimated(200.0), ("A",))


def test_a_model_without_an_estimate_has_none_under_any_assumption() -> None:
    """Chan, Silverman & Vincent's Table 3: A and B dependent, no finite maximum."""
    with pytest.raises(NoEstimateError) as caught:
        remaining_dependence(table("Artificial_3"), [("A", "C")], model=[("A", "B")])
    assert caught.value.existence == NOT_FINITE


# Methods side by side


def test_methods_that_differ_beyond_the_factor_give_a_range() -> None:
    """The UK table by R: stepwise 11,313, BIC 22,991. One number would be a choice."""
    found = spread(
        (
            estimated(11312.99, 2744, method="stepwise", low=8784.8, high=14700.5),
            estimated(22991.33, 2744, method="bic", low=11754.0, high=43894.0),
            estimated(13444.13, 2744, method="main", low=11985.2, high=15128.0),
        )
    )
    assert not found.agrees
    assert (found.lowest_by, found.highest_by) == ("stepwise", "bic")
    assert found.ratio == pytest.approx(2.0323, rel=1e-4)
    assert (found.low, found.high) == (8784.8, 43894.0)


@given(st.lists(st.floats(101, 1e6), min_size=2, max_size=6), st.floats(1.01, 5))
def test_spread_does_not_hang_on_order_and_agrees_up_to_the_factor(
    totals: list[float], factor: float
) -> None:
    """Agreement is a statement about the furthest two, whoever is named first."""
    found = spread([estimated(total) for total in totals], factor=factor)
    turned = spread([estimated(total) for total in reversed(totals)], factor=factor)
    assert found.ratio == turned.ratio >= 1
    assert found.agrees == all(a <= factor * b * (1 + 1e-12) for a in totals for b in totals)
    assert found.hidden_ratio >= found.ratio * (1 - 1e-9)


def test_spread_refuses_one_estimate_and_estimates_of_different_tables() -> None:
    """One method cannot disagree with itself."""
    with pytest.raises(MethodError, match="1 estimates where at least 2"):
        spread([estimated(200.0)])
    with pytest.raises(MethodError, match="2 different numbers of cases"):
        spread([estimated(200.0, 100), estimated(200.0, 90)])
    with pytest.raises(MethodError, match="factor is not above 1"):
        spread([estimated(200.0), estimated(210.0)], factor=1.0)
    assert spread([estimated(100.0), estimated(100.0)]).hidden_ratio == 1.0
    assert spread([estimated(100.0), estimated(110.0)]).hidden_ratio == math.inf
