"""The specification curve: every way drawn once, the headline marked, silences in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language, Text
from analysis.contracts.ways import ChoiceLabel, OptionLabel, Way, WayCurve
from analysis.reporting import figures
from analysis.reporting.figures import ways as drawing
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.shown import Shown

Make = Callable[..., Finding]
CHOICES = (
    ChoiceLabel(
        "reading",
        Text("Læsning", "Reading"),
        (
            OptionLabel("least", Text("mindst", "least")),
            OptionLabel("most", Text("mest", "most")),
            OptionLabel("low", Text("lav", "low"), Text("samme tal", "same counts")),
        ),
        0.75,
    ),
)


def _way(ratio: float, option: str, *, headline: bool = False) -> Way:
    return Way(ratio, (ratio / 9, ratio * 9), (ratio / 2, ratio * 2), (option,), headline)


CURVE = WayCurve(
    (_way(0.5, "least"), _way(2.0, "least", headline=True), _way(8.0, "most")),
    CHOICES,
    "undecided",
    0.95,
    2.0,
    0.25,
)


def _draw(make: Make, curve: WayCurve | None, language: Language = "en") -> Shown:
    told = Text("På 2 af 3 måder er det over 1.", "In 2 of 3 ways it is above 1.")
    finding = replace(make(), short=told)
    return figures.specification_curve("a", finding, curve, language=language)


def test_the_title_is_the_findings_own_short_wording(make_finding: Make) -> None:
    """A title of its own could claim more than the finding."""
    shown = _draw(make_finding, CURVE)
    assert shown.picture.title == "In 2 of 3 ways it is above 1."


def test_the_table_behind_it_sums_up_each_option(make_finding: Make) -> None:
    """Worked out by hand: least 0.5 and 2 have the middle 1; a silence is told, not left blank."""
    lines = _draw(make_finding, CURVE).picture.data
    assert lines == (
        ("Reading", "least", "2", "0.50", "1.00", "2.00", "75\N{NO-BREAK SPACE}%"),
        ("Reading", "most", "1", "8.00", "8.00", "8.00", ""),
        ("Reading", "low", "0", "same counts", "", "", ""),
    )


@pytest.mark.parametrize(("verdict", "hollow"), [("undecided", False), ("recorded_more", True)])
def test_a_flagged_headline_is_hollow_and_says_why(
    make_finding: Make, verdict: str, hollow: bool
) -> None:
    """What cannot be compared must not look like a solid point among many."""
    curve = replace(CURVE, verdict=verdict)  # type: ignore[arg-type]
    alt = _draw(make_finding, curve).picture.alt
    assert ("hollow" in alt) is hollow
    assert "the headline: 2.00" in alt


def test_a_higher_ratio_stands_higher_and_doubling_is_one_step(make_finding: Make) -> None:
    """On a logarithmic axis halving lies as far below 1 as doubling above."""
    axis = drawing._axis(CURVE.ways, Box(0, 0, 100, 270))
    half, one, two = (axis.place(ratio) for ratio in (0.5, 1.0, 2.0))
    assert half > one > two
    assert half - one == pytest.approx(one - two)


def test_a_thousand_ways_are_a_few_artists() -> None:
    """One artist a mark took seconds, and CI has fifteen minutes for everything."""
    many = replace(CURVE, ways=tuple(_way(1 + n / 500, "least") for n in range(1000)))
    sheet = Sheet("a", "en", "t", "s")
    drawing._draw(sheet, many)
    axes = sheet.figure.axes[0]
    drawn = [one for one in axes.get_children() if isinstance(one, LineCollection | Line2D)]
    assert len(drawn) < 40


def test_without_a_curve_the_picture_says_so(make_finding: Make) -> None:
    """An empty frame would look like a curve that was lost."""
    finding = replace(make_finding(verdict="refused"), short=Text("Afvist.", "Refused."))
    shown = figures.specification_curve("a", finding, None, language="da")
    assert shown.picture.data == ()
    assert "ingen kurve" in shown.picture.alt
