"""window: the longest run of known years inside a plan, never a guess across a gap."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.study.windows import window

YEARS = list(range(2003, 2007))


def test_whole_plan_is_its_own_window(series: Any, plans: Any) -> None:
    """The usual case: every year of the plan is known, so none is left out."""
    found = window(series(dict.fromkeys(YEARS, "3")), plans[0])
    assert found is not None
    assert (found.span, found.missing) == ((2003, 2006), ())
    assert (found.count.low, found.count.high, found.count.exposure) == (12, 12, 4.0)
    assert found.rows == tuple(f"U-DNK-{year}" for year in YEARS)


def test_gap_leaves_the_longest_run(series: Any, plans: Any) -> None:
    """A sum across a missing year would count that year as zero."""
    found = window(series({2003: "9", 2005: "1", 2006: "2"}), plans[0])
    assert found is not None
    assert (found.span, found.missing) == ((2005, 2006), (2003, 2004))
    assert found.count.exposure == 2.0


def test_earliest_of_equal_runs_wins(series: Any, plans: Any) -> None:
    """The choice must not depend on what the figures say."""
    found = window(series({2003: "9", 2005: "1"}), plans[0])
    assert found is not None
    assert found.span == (2003, 2003)


def test_no_year_of_the_plan_gives_no_window(series: Any, plans: Any) -> None:
    """Figures of other years are not figures of the plan."""
    assert window(series({2002: "5", 2007: "6"}), plans[0]) is None


def test_row_without_a_figure_is_a_gap(series: Any, plans: Any) -> None:
    """A printed *not known* is a silence, not a count."""
    found = window(series({2003: "4", 2004: "", 2005: "4", 2006: "4"}), plans[0])
    assert found is not None
    assert found.span == (2005, 2006)


def test_hidden_counts_stay_intervals(series: Any, plans: Any) -> None:
    """`<5` is 0 to 4 in every year, so four of them are 0 to 16."""
    found = window(series(dict.fromkeys(YEARS, "<5")), plans[0])
    assert found is not None
    assert (found.count.low, found.count.high) == (0, 16)
    assert found.bounded


def test_open_count_is_not_bounded(series: Any, plans: Any) -> None:
    """`>35` has no upper bound, so no rate has one."""
    found = window(series({2003: ">35"}), plans[0])
    assert found is not None
    assert not found.bounded


def test_years_counted_in_part_can_be_cut_off(series: Any, plans: Any) -> None:
    """A year of five months has no yearly rate; it and what is before it are left out."""
    found = window(series(dict.fromkeys(YEARS, "3")), plans[0])
    assert found is not None
    cut = found.after(2003)
    assert cut is not None
    assert (cut.span, cut.missing) == ((2004, 2006), (2003,))
    assert found.after(2006) is None


@given(known=st.sets(st.sampled_from(range(2001, 2012))))
def test_window_is_gapless_inside_the_plan_and_longest(
    series: Any, plans: Any, known: set[int]
) -> None:
    """Whatever is missing: what is compared is known year by year, and nothing longer is."""
    found = window(series(dict.fromkeys(known, "3")), plans[0])
    inside = [year for year in plans[0].years if year in known]
    assert (found is None) == (not inside)
    if found is None:
        return
    years = set(range(found.first, found.last + 1))
    assert years <= set(inside)
    assert years.isdisjoint(found.missing)
    assert years | set(found.missing) == set(plans[0].years)
    for length in range(len(years) + 1, len(plans[0].years) + 1):
        for first in plans[0].years:
            assert not set(range(first, first + length)) <= set(inside)


@pytest.mark.parametrize("year", [2003, 2006])
def test_edges_of_the_plan_are_inside(series: Any, plans: Any, year: int) -> None:
    """Both ends are whole years of the plan."""
    found = window(series({year: "1"}), plans[0])
    assert found is not None
    assert found.span == (year, year)
