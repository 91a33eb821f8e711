"""compare, rank, later: each outcome, and the reason where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.study.comparison import (
    Compared,
    Counted,
    Ranked,
    Refused,
    Silent,
    compare,
    later,
    rank,
)

BEFORE = {2003: "7", 2004: "<5", 2005: "<5", 2006: "<5"}
AFTER = {2007: "22", 2008: "25", 2009: "29", 2010: "17"}

cells = st.one_of(st.integers(0, 40).map(str), st.just("<5"), st.just("<=10"))


def test_both_periods_are_compared_at_both_readings(series: Any, plans: Any) -> None:
    """R: poisson.test(c(93, 7), c(4, 4)) and (93, 19); the figures UNODC prints for Denmark."""
    found = compare(series({**BEFORE, **AFTER}), plans)
    assert isinstance(found, Compared)
    most, least = found.exact.most, found.exact.least
    assert (most.estimate, most.low, most.high) == pytest.approx((13.286, 6.20, 33.96), rel=1e-3)
    assert (least.estimate, least.low, least.high) == pytest.approx((4.895, 2.966, 8.49), rel=1e-3)
    assert found.dispersed is not None
    assert found.smallest_ratio is not None


def test_no_figures_before_is_a_count_and_no_comparison(series: Any, plans: Any) -> None:
    """Without a baseline there is nothing to compare with, however large the later count."""
    found = compare(series(AFTER), plans)
    assert isinstance(found, Counted)
    assert found.against_baseline
    assert found.mean is not None
    assert found.window.span == (2007, 2010)


def test_no_figures_after_is_silence(series: Any, plans: Any) -> None:
    """A plan that nobody counted under did not lower anything."""
    found = compare(series(BEFORE), plans)
    assert isinstance(found, Silent)
    assert found.missing == (2007, 2008, 2009, 2010)


@pytest.mark.parametrize("year", [2004, 2008])
def test_count_without_an_upper_bound_is_refused(series: Any, plans: Any, year: int) -> None:
    """`>35` allows any number, so every ratio."""
    found = compare(series({**BEFORE, **AFTER, year: ">35"}), plans)
    assert isinstance(found, Refused)
    assert (found.method, found.reason) == ("rate_ratio", "no_upper_bound")


def test_two_empty_periods_are_refused(series: Any, plans: Any) -> None:
    """0 against 0 is no ratio of 1."""
    found = compare(series(dict.fromkeys(range(2003, 2011), "0")), plans)
    assert isinstance(found, Refused)
    assert found.reason == "no_events"


@pytest.mark.parametrize("zeros", [range(2003, 2007), range(2007, 2011)])
def test_one_empty_period_is_compared_without_dispersion(
    series: Any, plans: Any, zeros: range
) -> None:
    """Spread cannot be estimated from zeros; exact limits still can be given."""
    found = compare(series({**BEFORE, **AFTER, **dict.fromkeys(zeros, "0")}), plans)
    assert isinstance(found, Compared)
    assert found.dispersed is None


@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(cells, min_size=8, max_size=8))
def test_limits_cover_every_reading(series: Any, plans: Any, drawn: list[str]) -> None:
    """A limit that leaves out a reading which the source allows would be a false certainty."""
    found = compare(series(dict(zip(range(2003, 2011), drawn, strict=True))), plans)
    if not isinstance(found, Compared):
        assert isinstance(found, Refused)
        return
    exact = found.exact
    assert exact.low <= exact.least.estimate <= exact.most.estimate <= exact.high
    if found.dispersed:
        spread = found.dispersed
        assert spread.low <= spread.estimate_low <= spread.estimate_high <= spread.high


def test_later_years_are_as_many_as_the_plan_had(series: Any, plans: Any) -> None:
    """Four years after four years: a longer look would mix in the next plan but one."""
    found = later(series({**AFTER, **dict.fromkeys(range(2011, 2016), "3")}), plans[1])
    assert isinstance(found, Counted)
    assert found.window.span == (2011, 2014)
    assert not found.against_baseline


def test_later_years_with_a_gap_have_no_mean_and_no_sum(series: Any, plans: Any) -> None:
    """A partial sum would look like a fall."""
    found = later(series({**AFTER, 2011: "3", 2012: "3", 2014: "3"}), plans[1])
    assert isinstance(found, Counted)
    assert (found.window.missing, found.mean) == ((2013,), None)
    total = found.series.total(*found.window.span)
    assert total.kind == "not_known"


def test_later_years_without_any_figure_are_silent(series: Any, plans: Any) -> None:
    """Nothing counted is not a count of nothing."""
    found = later(series(AFTER), plans[1])
    assert isinstance(found, Silent)
    assert found.missing == (2011, 2012, 2013, 2014)


def _steady(series: Any, country: str, after: str = "10") -> Any:
    cells = dict.fromkeys(range(2003, 2007), "10") | dict.fromkeys(range(2007, 2011), after)
    return series(cells, country=country)


def test_largest_ratio_ranks_first(series: Any, plans: Any) -> None:
    """Only the largest change among the countries is unusual at all."""
    others = [_steady(series, country) for country in ("AAA", "BBB", "CCC")]
    found = rank(_steady(series, "DNK", "40"), others, plans)
    assert isinstance(found, Ranked)
    assert (found.rank.rank_low, found.rank.rank_high) == (1, 1)
    assert found.rank.p_high == pytest.approx(1 / 4)


def test_rank_carries_the_rows_of_every_country(series: Any, plans: Any) -> None:
    """A rank is as good as the figures of the others, so they must be followed too."""
    others = [_steady(series, country) for country in ("AAA", "BBB")]
    found = rank(_steady(series, "DNK"), others, plans)
    assert len(found.rows) == len(set(found.rows)) == 3 * 8


def test_rank_needs_others(series: Any, plans: Any) -> None:
    """First among one is no evidence."""
    found = rank(_steady(series, "DNK"), (), plans)
    assert isinstance(found, Refused)
    assert (found.method, found.reason) == ("ratio_rank", "no_comparators")


def test_rank_needs_both_periods(series: Any, plans: Any) -> None:
    """Without a baseline there is no ratio to rank."""
    found = rank(series(AFTER), [_steady(series, "AAA")], plans)
    assert isinstance(found, Silent)
    assert found.missing == (2003, 2004, 2005, 2006)
    assert (found.country, found.ratios, found.rank, found.rows) == ("DNK", (), None, ())
