"""Pictures of cases of persons: spans stay spans, silence is no zero, the truth is told apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analysis.contracts.partner.pictures import (
    Coverage,
    Covered,
    Curve,
    Curves,
    Due,
    DueMatrix,
    Panel,
    TieMatrices,
    Ties,
)
from analysis.contracts.published import LANGUAGES, Language, Text
from analysis.contracts.values import NOT_KNOWN, SUPPRESSED, interval, number
from analysis.reporting import figures
from analysis.reporting.shown import Shown

Drawn = Callable[[str, Language], Shown]
NAME = Text("Reden", "The Nest")
SOURCE = Text("Indberetninger fra partnere", "Reports from partners")

each_language = pytest.mark.parametrize("told", LANGUAGES)


@each_language
def test_real_cases_name_their_source_and_bear_no_mark(told: Language) -> None:
    """A mark on everything says nothing."""
    matrix = DueMatrix(("2008H1",), ((NAME, (Due("in_time", 4, 4),)),), 0, False, SOURCE)
    picture = figures.due_matrix("a", matrix, language=told).picture
    assert SOURCE.said_in(told) in picture.source
    assert "ynt" not in picture.title
    assert picture.data == ((NAME.said_in(told), "2008H1", picture.data[0][2], "4", "4"),)


@each_language
def test_who_sent_nothing_is_named_in_the_title(told: Language) -> None:
    """Nothing from a sender must not be found in a corner of the matrix."""
    lines = ((NAME, (Due("none", 0, 4),)), (Text("B", "B"), (Due("in_time", 4, 4),)))
    picture = figures.due_matrix("a", DueMatrix(("2008H1",), lines), language=told).picture
    assert NAME.said_in(told) in picture.title
    assert "4" in picture.title


@each_language
def test_a_hidden_count_is_printed_as_its_span_alone(told: Language) -> None:
    """Neither picture, alternative nor data may tell a count that the span hides."""
    group = Covered(NAME, number(37), interval(0, 4), 0.0, 0.108, 0.0, 0.26)
    coverage = Coverage(((Text("Botilbud", "Housing"), (group,)),), 0.95)
    picture = figures.coverage_dots("a", coverage, smallest=5, language=told).picture
    assert picture.data[0][3] in ("0-4", "0–4")
    assert picture.data[0][3] in picture.alt
    assert "11" in picture.alt


@each_language
def test_a_group_too_small_says_so_and_shows_nothing(told: Language) -> None:
    """An empty row would read as none."""
    group = Covered(NAME, SUPPRESSED, SUPPRESSED, withheld=True)
    coverage = Coverage(((Text("Botilbud", "Housing"), (group,)),), 0.95)
    picture = figures.coverage_dots("a", coverage, smallest=5, language=told).picture
    assert picture.data[0][3:] == ("", "", "", "")
    assert {"da": "for få", "en": "too few"}[told] in picture.alt


@each_language
def test_a_silent_body_is_told_from_one_that_referred_nobody(told: Language) -> None:
    """Missing records look like missing ties."""
    counts = ((NOT_KNOWN, number(0)), (number(0), NOT_KNOWN))
    both = (
        Ties(NAME, "before", counts, frozenset({1}), NAME),
        Ties(NAME, "after", counts, frozenset(), NAME),
    )
    ties = TieMatrices((Text("A", "A"), Text("B", "B")), both)
    picture = figures.tie_matrices("a", ties, smallest=5, language=told).picture
    silent = {"da": "ikke indsendt", "en": "not submitted"}[told]
    assert picture.data == ((NAME.said_in(told), "B", "A", silent),)


def test_a_refused_curve_stands_in_words() -> None:
    """A panel without a line would read as: it never happened."""
    why = Text("færre end 10 personer", "fewer than 10 persons")
    curve = Curve("before", interval(0, 4), refused=why)
    sides = (("before", Text("før", "before")),)
    curves = Curves((Panel(NAME, (curve,)),), 180, sides)  # type: ignore[arg-type]
    shown = figures.incidence_curves("a", NAME, curves, level=0.95, smallest=5, language="en")
    assert any("fewer than 10 persons" in box.words for box in shown.boxes)
    assert "fewer than 10 persons" in shown.picture.alt
    assert shown.picture.data == ()


def test_the_truth_stands_beside_what_was_counted(full: Drawn) -> None:
    """In words as well: a dashed line is nothing to whoever cannot see it."""
    for name in ("case_funnel", "coverage_dots", "incidence_curves"):
        data = full(name, "en").picture.data
        assert any(line[-1] for line in data), name
