"""Pictures of invented worlds: labelled wherever they are cut out, and true to what was drawn."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from analysis.contracts.findings import Verdict
from analysis.contracts.published import LANGUAGES, Language, Text
from analysis.language import words
from analysis.reporting import figures
from analysis.reporting.figures.simulated import Answers
from analysis.reporting.figures.simulated_coverage import Covered, Dot
from analysis.reporting.shown import Shown

Drawn = Callable[[str, Language], Shown]
PARTNER = (
    "due_matrix", "quality_grid", "case_funnel", "incidence_curves", "tie_matrices",
    "coverage_dots",
)  # fmt: skip
PICTURES = ("simulated_verdicts", "simulated_coverage", *PARTNER)
NAME = Text("verden", "world")

each_picture = pytest.mark.parametrize("name", PICTURES)
each_language = pytest.mark.parametrize("told", LANGUAGES)


@each_picture
@each_language
def test_title_alternative_note_and_every_line_of_data_say_synthetic(
    full: Drawn, name: str, told: Language
) -> None:
    """A chart of invented counts without its caption would be quoted as a finding."""
    shown = full(name, told)
    label = words.say("simulation.label", told)
    assert shown.picture.title.startswith(f"{label}: ")
    assert shown.picture.alt.startswith(f"{label}: ")
    assert any(box.words.startswith(label) for box in shown.boxes[1:])
    basis = words.say("simulation.basis", told)
    assert {line[0] for line in shown.picture.data} == {basis}
    assert shown.picture.rows == ()


@each_picture
def test_the_drawing_itself_bears_a_watermark(full: Drawn, name: str) -> None:
    """Who cuts the bars out of the page takes the label along."""
    marks = re.findall(r"rotate\(-14\)|opacity: 0\.09", full(name, "en").picture.svg)
    assert len(marks) >= 2


@each_picture
@each_language
def test_the_mark_passes_behind_the_words(full: Drawn, name: str, told: Language) -> None:
    """A letter of the mark that runs into a row's label reads as if the row were struck out."""
    picture = full(name, told).picture
    ringed = re.findall(r"stroke: #ffffff; stroke-width: 4", picture.svg)
    assert len(ringed) >= 5


def _answers(across: float) -> Answers:
    shares = (0.0, 0.0, 1 - across, 0.0, 0.0, across)
    order: tuple[Verdict, ...]
    order = ("lower", "recorded_fewer", "undecided", "refused", "recorded_more", "higher")
    return Answers(((NAME, NAME, shares, across, 0.01),), order, 0.0, across, 100)


def test_the_title_says_so_when_the_rule_fails() -> None:
    """A title that is always good news reports nothing."""
    good = figures.simulated_verdicts("a", _answers(0.0), language="en").picture.title
    bad = figures.simulated_verdicts("a", _answers(0.25), language="en").picture.title
    assert "never “more”" in good
    assert "25.0 of 100" in bad
    assert "never" not in bad


def test_coverage_below_the_axis_is_still_printed() -> None:
    """Exact limits can cover almost never; a mark at the edge must not read as one half."""
    dots = (
        Dot(NAME, NAME, "exact", 0.02, 0.01, "none"),
        Dot(NAME, NAME, "headline", 0.95, 0.01, "about"),
    )
    shown = figures.simulated_coverage("a", Covered(dots, 100, (0.93, 0.97)), language="en")
    assert "2.0" in {box.words for box in shown.boxes}
    assert "as few as 2" in shown.picture.title
