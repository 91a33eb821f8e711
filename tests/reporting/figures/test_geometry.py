"""Boxes, routes, axes and lines of words: what keeps arrows off boxes and words in cells."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.reporting.figures.breaks import _halves
from analysis.reporting.figures.forest import LogAxis
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.index import NAME, _spread
from analysis.reporting.figures.places import lay_out
from analysis.reporting.figures.routes import route
from analysis.reporting.figures.strip import moment, nice_ticks, runs
from analysis.reporting.figures.style import text_width, wrap
from analysis.reporting.figures.ties import FRAMED, join

boxes = st.builds(Box, st.floats(0, 900), st.floats(0, 900), st.floats(10, 200), st.floats(10, 60))
points = st.tuples(st.floats(-500, 1500), st.floats(-500, 1500))


@given(boxes, points)
def test_an_arrow_ends_on_the_edge_of_its_box(box: Box, point: tuple[float, float]) -> None:
    """Arrows that stop short or run into a box leave open whom they mean."""
    assume(math.dist(box.centre, point) > 1)
    x, y = box.edge_towards(point)
    across = abs(x - box.centre[0]) / (box.width / 2)
    down = abs(y - box.centre[1]) / (box.height / 2)
    assert max(across, down) == pytest.approx(1, abs=1e-6)


def test_a_route_goes_round_the_box_between() -> None:
    """A straight arrow through a third body would read as a tie with it."""
    start, between, end = (Box(x, 100, 60, 28) for x in (0, 200, 400))
    found = route(start, end, [between])
    inside = [
        between.left < x < between.right and between.top < y < between.bottom
        for x, y in (found.at(step / 20) for step in range(21))
    ]
    assert not any(inside)


def test_two_arrows_of_one_pair_are_apart() -> None:
    """Reporting and monitoring run both ways: on one line they read as one."""
    one, other = Box(0, 0, 60, 28), Box(300, 200, 60, 28)
    there = route(one, other, [])
    back = route(other, one, [], there)
    assert math.dist(there.at(0.5), back.at(0.5)) > 14


@given(st.lists(st.text("abcdefghijå-/", min_size=1, max_size=40), min_size=1, max_size=12))
def test_no_line_is_wider_than_its_cell(parts: list[str]) -> None:
    """Danish compounds are long: they are cut with a hyphen, not by the edge."""
    lines = wrap(" ".join(parts), 90)
    assert all(text_width(line) <= 90 for line in lines)
    letters = "".join(parts).replace("-", "")
    assert "".join(lines).replace(" ", "").replace("-", "") == letters


@given(st.floats(1, 1e6))
def test_ticks_are_few_round_and_inside(top: float) -> None:
    """Axes with twelve ticks or odd steps are not read."""
    ticks = nice_ticks(top)
    assert 2 <= len(ticks) <= 7
    assert ticks[0] == 0
    assert ticks[-1] <= top * (1 + 1e-9)


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_a_larger_ratio_stands_further_right(one: float, other: float) -> None:
    """The order on the axis is the order of the ratios."""
    axis = LogAxis(0.01, 100)
    assert (axis.place(one) <= axis.place(other)) == (one <= other) or math.isclose(one, other)


def test_dates_of_any_precision_have_a_place() -> None:
    """Sources give years, months and days; none may be dropped."""
    assert [moment(stamp) for stamp in ("2007", "2007-07", "2007-08-01")] == pytest.approx(
        [2007, 2007.5, 2007 + 7 / 12]
    )


def test_one_entry_stands_in_the_first_column() -> None:
    """An empty left half looks as if something were missing."""
    one = [("a", "x")]
    assert _halves(one, [17.0]) == (one, [])
    assert _halves([*one, ("b", "y")], [17.0, 17.0]) == (one, [("b", "y")])


def test_neighbouring_years_are_one_gap() -> None:
    """Four hatched boxes for one silence would look like four."""
    assert runs([2003, 2004, 2005, 2006, 2011]) == [(2003, 2006), (2011, 2011)]


@given(st.lists(st.floats(0, 200), min_size=1, max_size=6))
def test_names_of_lines_are_a_step_apart_and_in_order(wanted: list[float]) -> None:
    """Five countries on one score: each name must be read, none off the panel."""
    places = _spread(sorted(wanted), 240)
    assert all(b - a >= NAME - 1e-6 for a, b in pairwise(places))
    assert places[-1] <= 240 + 1e-6


def test_bodies_of_one_picture_do_not_cover_each_other() -> None:
    """Many bodies in a group go to a second row."""
    groups = {f"o{n}": "monitor" for n in range(9)} | {"m": "ministry"}
    widths = dict.fromkeys(groups, 110.0)
    found = list(lay_out(groups, widths, [("o1", "m")], Box(0, 0, 580, 0)).values())
    overlaps = [
        (a, b)
        for turn, a in enumerate(found)
        for b in found[turn + 1 :]
        if a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom
    ]
    assert overlaps == []
    assert all(box.left >= 0 and box.right <= 580 for box in found)


def test_a_tie_of_all_members_is_one_arrow_of_the_group() -> None:
    """Six equal arrows say less than one, but only if all six exist."""
    groups = {"a": FRAMED, "b": FRAMED, "centre": "centre"}
    ties = [
        {"from_org": name, "to_org": "centre", "kind": "supplies_data_to", "known": "stated"}
        for name in ("a", "b")
    ]
    assert [(tie.start, tie.end) for tie in join(ties, groups)] == [(FRAMED, "centre")]
    assert [(tie.start, tie.end) for tie in join(ties[:1], groups)] == [("a", "centre")]
