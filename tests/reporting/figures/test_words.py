"""Titles follow the verdict, alternatives tell the counts, rows lead to the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Finding
from analysis.contracts.published import LANGUAGES, Language, Plan, Point, Series, Text
from analysis.contracts.values import Value, interval, number
from analysis.language import numbers, words
from analysis.reporting import figures
from analysis.reporting.figures.verdicts import ORDER, counts_clause, verdicts_title
from analysis.reporting.shown import Shown

Drawn = Callable[[str, Language], Shown]
GOLDEN = Path(__file__).parent / "titles.txt"
CLAIMS = re.compile(
    r"\b(rose|rise[sn]?|fell|grew|increas\w+|decreas\w+|more|fewer|steg|stiger|faldt|voksede|"
    r"flere|færre)\b",
    flags=re.I,
)


def _series(values: list[Value]) -> Series:
    points = tuple(Point(2003 + n, value, "", f"r{n}") for n, value in enumerate(values))
    label, nothing = Text("Tiltalte", "Prosecuted"), Text("", "")
    return Series("x", "XXX", "total", label, "persons", "", "", points, (), (), nothing)


def _plan(id: str, first: int, last: int) -> Plan:
    text = Text(f"{id}-planen", f"{id} plan")
    period = (str(first), str(last))
    return Plan(id, "XXX", text, text, text, text, "", period, first, last, text, None, ())


BOTH = (_plan("A", 2003, 2006), _plan("B", 2007, 2010))
values = st.one_of(
    st.integers(0, 500).map(number),
    st.tuples(st.integers(0, 9), st.integers(10, 60)).map(lambda pair: interval(*pair)),
)


def test_titles_follow_the_verdict(make_finding: Callable[..., Finding]) -> None:
    """The golden file was read line by line: no title says more than its verdict."""
    found = [
        f"{verdict} {language}: {verdicts_title([make_finding(verdict=verdict)], language)}"
        for verdict in ORDER
        for language in LANGUAGES
    ]
    assert "\n".join(found) + "\n" == GOLDEN.read_text(encoding="utf-8")


@given(st.lists(values, min_size=8, max_size=8))
def test_counts_alone_claim_no_direction(drawn: list[Value]) -> None:
    """First titles of earlier figures said *rose* across a change of counting."""
    for language in LANGUAGES:
        assert not CLAIMS.search(counts_clause(_series(drawn), BOTH, language))


@given(st.lists(values, min_size=8, max_size=8))
def test_the_title_states_the_sum_of_each_plan(drawn: list[Value]) -> None:
    """Intervals are carried into the title, not replaced by a middle."""
    series = _series(drawn)
    clause = counts_clause(series, BOTH, "en")
    for plan in BOTH:
        total = numbers.value(series.total(plan.first_year, plan.last_year), "en")
        years = numbers.years(plan.first_year, plan.last_year, "en")
        assert f"{total} in {years}" in clause


def test_an_incomplete_plan_has_no_sum_in_the_title() -> None:
    """A partial sum looks like a fall that nobody measured."""
    short = _series([number(5)] * 8).within(2004, 2010)
    assert "no total for 2003–2006, as 2003 is missing" in counts_clause(short, BOTH, "en")


def test_a_crossed_break_turns_the_title_to_recorded(
    make_finding: Callable[..., Finding], make_series: Callable[..., Series]
) -> None:
    """The picture on prosecutions must say that they are not comparable."""
    series = make_series("persons_prosecuted")
    shown = figures.yearly_counts("a", [series], BOTH, findings=[make_finding()], language="en")
    assert shown.picture.title == (
        "Prosecuted: 7–19 in 2003–2006 and 93 in 2007–2010 – more recorded, not comparable"
    )


def test_the_alternative_tells_every_count(
    make_series: Callable[..., Series], make_plans: Callable[..., list[Plan]], language: Language
) -> None:
    """Who cannot see the picture must get the same numbers, and the same silences."""
    series = make_series("persons_convicted")
    shown = figures.yearly_counts(
        "a", [series], make_plans("DK-2002", "DK-2007"), language=language
    )
    for year in range(2003, 2015):
        assert f"{year}: {numbers.value(series.value(year), language)}" in shown.picture.alt
    unknown = words.say("values.not_known", language)
    assert f"2003: {unknown}" in shown.picture.alt


def test_the_data_of_counts_are_the_series(
    make_series: Callable[..., Series], language: Language
) -> None:
    """The file beside a picture is what others compute with."""
    series = make_series("victims_identified")
    picture = figures.yearly_counts("a", [series], BOTH, language=language).picture
    assert [line[3] for line in picture.data] == list(series.rows)
    assert [line[2] for line in picture.data[:4]] == ["17", "28", "47", "53"]


def test_the_forest_prints_counts_and_every_pair_of_limits(
    make_finding: Callable[..., Finding],
) -> None:
    """The wider pair is the headline, yet the exact one must not vanish."""
    alt = figures.rate_forest("a", [make_finding()], language="en").picture.alt
    for printed in (
        "7–19 in 2003–2006",
        "93 in 2007–2010",
        "4.89–13.3",
        "2.10 to 46",
        "2.97 to 34",
    ):
        assert printed in alt


def test_a_count_never_stands_on_the_axis_of_ratios(
    make_finding: Callable[..., Finding],
) -> None:
    """145 victims are not a ratio of 145."""
    victims = make_finding(verdict="not_comparable", estimate=number(145), pairs=(), unit="persons")
    picture = figures.rate_forest("a", [victims], language="en").picture
    assert picture.data[0][3] == "no ratio computed"


def test_a_refused_year_says_so_in_data_and_words(
    make_series: Callable[..., Series],
) -> None:
    """UNODC prints 49 women and 7 men for 53 victims in 2010."""
    total = make_series("victims_identified", last=2010)
    parts = [make_series("victims_identified", f"sex={sex}", 2010) for sex in ("female", "male")]
    states = dict.fromkeys(range(2007, 2010), "adds up") | {2010: "contradicts"}
    picture = figures.parts_by_year("a", total, parts, states, language="en").picture
    assert picture.title == (
        "Identified victims: sex is refused for 2010, where the parts do not give the total"
    )
    assert "2010: 49 (refused: does not add up)" in picture.alt


def test_parts_nobody_checked_are_not_said_to_add_up(make_series: Callable[..., Series]) -> None:
    """Silence about a check is no proof of it."""
    total = make_series("victims_identified", last=2010)
    parts = [make_series("victims_identified", "sex=female", 2010)]
    picture = figures.parts_by_year("a", total, parts, {}, language="en").picture
    assert "was not checked" in picture.title


def test_rows_lead_to_the_record(full: Drawn, picture: str) -> None:
    """Every number in the report leads to a row."""
    shown = full(picture, "en").picture
    assert shown.rows
    assert len(set(shown.rows)) == len(shown.rows)
    assert all(len(line) == len(shown.columns) for line in shown.data)


def test_both_languages_show_the_same_rows(full: Drawn, picture: str) -> None:
    """A translation must not lose a source."""
    danish, english = full(picture, "da").picture, full(picture, "en").picture
    assert (danish.rows, len(danish.data)) == (english.rows, len(english.data))
    assert danish.title != english.title


def test_measures_are_never_counted(full: Drawn, language: Language) -> None:
    """Eleven rows against thirty-six says what was read, not what the plans did."""
    picture = full("measure_board", language).picture
    assert not re.search(r"\d", picture.title + picture.subtitle)


def test_praise_and_criticism_of_one_thing_is_marked(full: Drawn) -> None:
    """A contradiction between evaluators is a finding, not noise."""
    assert "disagreement on" in full("criteria_grid", "en").picture.title


@pytest.mark.parametrize("key", sorted(words.catalogues()["figures"]))
def test_both_wordings_name_the_same_parts(key: str) -> None:
    """A part missing in one language is a number that only half the readers get."""
    wording = words.catalogues()["figures"][key]
    parts = {name: set(re.findall(r"{(\w+)}", wording[name])) for name in LANGUAGES}
    assert parts["da"] == parts["en"]
    assert wording["da"].strip()
    assert wording["en"].strip()
