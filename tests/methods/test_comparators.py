"""ratio_rank: against ranks counted by hand, every reading, and its floor."""

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import MethodError
from analysis.methods.comparators import change_rank, ratio_rank
from analysis.methods.rates import Count

Pair = tuple[Count, Count]


def pair(before: int, after: int) -> Pair:
    """Exact counts over four years each."""
    return Count(before, before, 4.0), Count(after, after, 4.0)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Draw counts known to within three events, some years apart."""
    low, later = draw(st.integers(1, 9)), draw(st.integers(0, 9))
    return (
        Count(low, low + draw(st.integers(0, 2)), draw(st.sampled_from([3.0, 4.0]))),
        Count(later, later + draw(st.integers(0, 2)), 4.0),
    )


# Reference: by hand


def test_ranks_counted_by_hand() -> None:
    """Ratios 3; 4, 2, 1, 0.5: the focal country is second of five, so p is 2/5."""
    others = {"A": pair(5, 20), "B": pair(5, 10), "C": pair(5, 5), "D": pair(10, 5)}
    found = ratio_rank(pair(5, 15), others)
    assert (found.rank_low, found.rank_high, found.n) == (2, 2, 4)
    assert (found.p_low, found.p_high, found.smallest_p) == (0.4, 0.4, 0.2)
    assert [one.name for one in found.ratios] == ["A", "B", "C", "D"]


def test_an_interval_before_gives_bounds_of_the_rank() -> None:
    """7-19 against 93 is 4.89 to 13.29: a comparator at 8 may stand above or below."""
    focal = Count(7, 19, 4.0), Count(93, 93, 4.0)
    found = ratio_rank(focal, {"A": pair(5, 40), "B": pair(10, 20)})
    assert (found.focal.low, found.focal.high) == pytest.approx((4.8947, 13.2857), abs=1e-4)
    assert (found.rank_low, found.rank_high) == (1, 2)


def test_fifteen_comparators_allow_no_p_below_one_in_sixteen() -> None:
    """However large the ratio: the reader must see the floor beside the p."""
    others = {f"country {place}": pair(10, place) for place in range(15)}
    found = ratio_rank(pair(1, 10_000), others)
    assert found.p_low == found.p_high == found.smallest_p == 1 / 16


# Properties


@settings(deadline=None, max_examples=60)
@given(pairs(), st.lists(pairs(), min_size=1, max_size=2))
def test_the_bounds_are_the_best_and_worst_rank_of_any_reading(
    focal: Pair, others: list[Pair]
) -> None:
    """Ranks are computed from bounds; going through all readings must give the same."""

    def ratios(before: Count, after: Count) -> set[float]:
        readings = product(range(before.low, before.high + 1), range(after.low, after.high + 1))
        return {(a / after.exposure) / (b / before.exposure) for b, a in readings}

    ranks = [
        1 + sum(other >= mine for other in theirs)
        for mine in ratios(*focal)
        for theirs in product(*(ratios(*one) for one in others))
    ]
    found = ratio_rank(focal, {str(place): one for place, one in enumerate(others)})
    assert (found.rank_low, found.rank_high) == (min(ranks), max(ranks))


@given(pairs(), st.lists(pairs(), min_size=1, max_size=12))
def test_p_lies_between_its_floor_and_1(focal: Pair, others: list[Pair]) -> None:
    """A p below 1 / (n + 1) would claim more than so few countries can show."""
    found = ratio_rank(focal, {str(place): one for place, one in enumerate(others)})
    assert found.smallest_p <= found.p_low <= found.p_high <= 1


# Edges


def test_ties_count_against_the_focal_country() -> None:
    """Equal ratios are no evidence that one country stands out."""
    assert ratio_rank(pair(5, 10), {"A": pair(4, 8)}).rank_low == 2


def test_a_comparator_that_may_have_no_event_at_all_can_take_any_rank() -> None:
    """Leaving it out would make the p smaller than is known."""
    empty = Count(0, 4, 4.0), Count(0, 4, 4.0)
    found = ratio_rank(pair(5, 10), {"A": empty})
    assert (found.ratios[0].low, found.ratios[0].high) == (0.0, math.inf)
    assert (found.rank_low, found.rank_high) == (1, 2)


def test_nothing_before_ranks_first_unless_another_had_nothing_either() -> None:
    """An infinite ratio is still a ratio; two of them are a tie."""
    assert ratio_rank(pair(0, 3), {"A": pair(1, 1000)}).rank_high == 1
    assert ratio_rank(pair(0, 3), {"A": pair(0, 1)}).rank_low == 2


def test_refuses_without_comparators() -> None:
    """A rank of 1 among 1 would print as p = 1 and mean nothing."""
    with pytest.raises(MethodError, match="0 comparators"):
        ratio_rank(pair(5, 10), {})


def test_refuses_a_focal_country_that_may_have_no_event() -> None:
    """Its ratio could be anything, so its rank could too."""
    with pytest.raises(MethodError, match="may have 0 events"):
        ratio_rank((Count(0, 4, 4.0), Count(0, 4, 4.0)), {"A": pair(4, 8)})


# change_rank


def test_change_ranks_counted_by_hand() -> None:
    """Changes 0.5; 1, 0.5, -1: one above, one tied, so place 2 to 3 of four."""
    found = change_rank(0.5, {"A": 1.0, "B": 0.5, "C": -1.0})
    assert (found.rank_low, found.rank_high, found.n) == (2, 3, 3)
    assert (found.p_low, found.p_high, found.smallest_p) == (0.75, 0.75, 0.25)
    assert [name for name, _ in found.changes] == ["A", "B", "C"]


@given(st.lists(st.integers(-12, 12), min_size=2, max_size=12), st.integers(-5, 5))
def test_a_shift_common_to_all_changes_no_rank(changes: list[int], shift: int) -> None:
    """What moved every country alike says nothing of one."""
    own, *others = (change / 12 for change in changes)
    names = [f"C{turn}" for turn in range(len(others))]
    found = change_rank(own, dict(zip(names, others, strict=True)))
    moved = change_rank(
        own + shift, dict(zip(names, (other + shift for other in others), strict=True))
    )
    assert (found.best, found.rank) == (moved.best, moved.rank)


def test_change_rank_refuses_an_empty_or_broken_comparison() -> None:
    """First among one is no evidence, and a missing score no change."""
    with pytest.raises(MethodError, match="0 comparators"):
        change_rank(0.5, {})
    with pytest.raises(MethodError, match="1 of 2 changes are missing"):
        change_rank(0.5, {"A": math.nan})
