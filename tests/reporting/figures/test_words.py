"""Titles follow the verdict, alternatives tell the counts, rows lead to the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Finding
from analysis.contracts.published import LANGUAGES, Break, Language, Plan, Point, Series, Text
from analysis.contracts.values import NOT_KNOWN, Value, interval, number
from analysis.language import numbers, words
from analysis.reporting import figures
from analysis.reporting.figures.breaks import letters_of
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
    assert "no total for 2003–2006, as there is no figure for 2003" in counts_clause(
        short, BOTH, "en"
    )


def test_a_crossed_break_turns_the_title_to_recorded(
    make_finding: Callable[..., Finding], make_series: Callable[..., Series]
) -> None:
    """The picture on prosecutions must not give the plan the credit."""
    series = make_series("persons_prosecuted")
    shown = figures.yearly_counts("a", [series], BOTH, findings=[make_finding()], language="en")
    assert shown.picture.title == (
        "Prosecuted: 7–19 in 2003–2006 and 93 in 2007–2010 – "
        "more recorded, cannot be put down to the plan"
    )


def test_the_alternative_tells_every_count(
    make_series: Callable[..., Series], make_plans: Callable[..., list[Plan]], language: Language
) -> None:
    """Who cannot see the picture must get the same numbers, and the same silences."""
    series = make_series("persons_convicted")
    shown = figures.yearly_counts("a", [series], make_plans(), language=language)
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
        "4.89–13.29",
        "2.10 to 46.50",
        "2.97 to 33.96",
    ):
        assert printed in alt


def test_the_forest_is_titled_by_what_is_counted(make_finding: Callable[..., Finding]) -> None:
    """Two questions in a row are a title nobody reads to its end."""
    labels = {"persons_prosecuted": Text("Tiltalte", "Prosecuted")}
    named = replace(
        make_finding(verdict="undecided"),
        indicator="persons_convicted",
        sentence=Text("Dømte: 7-15 personer.", "Convicted: 7–15 persons."),
    )
    picture = figures.rate_forest(
        "a", [make_finding(), named], labels=labels, language="en"
    ).picture
    assert picture.title == (
        "Prosecuted: more recorded, cannot be put down to the plan · Convicted: undecided"
    )


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
        "Identified victims: the split by sex is refused for 2010, where the parts do not add up"
    )
    assert "2010: 49 (refused: does not add up)" in picture.alt


def test_parts_nobody_checked_are_not_said_to_add_up(make_series: Callable[..., Series]) -> None:
    """Silence about a check is no proof of it."""
    total = make_series("victims_identified", last=2010)
    parts = [make_series("victims_identified", "sex=female", 2010)]
    picture = figures.parts_by_year("a", total, parts, {}, language="en").picture
    assert "was not checked" in picture.title


def test_parts_without_a_figure_in_the_plans_years_are_named_not_drawn(
    make_series: Callable[..., Series], make_plans: Callable[..., list[Plan]]
) -> None:
    """Hatching from edge to edge hides the rows that say something; the data keep them."""
    total = make_series("victims_identified", last=2012)
    female = make_series("victims_identified", "sex=female", 2012)
    other = replace(female, breakdown="sex=other").within(2011, 2012)
    shown = figures.parts_by_year(
        "a", total, [other, female], {}, plans=make_plans(), language="en"
    )
    drawn = [box.words for box in shown.boxes]
    assert "women and girls" in drawn
    assert "other" not in drawn
    assert any(words.startswith("Not shown") and "other" in words for words in drawn)
    assert {line[0] for line in shown.picture.data} == {
        "Identified victims",
        "women and girls",
        "other",
    }


def test_women_and_men_stand_before_what_is_not_told_apart(
    make_series: Callable[..., Series],
) -> None:
    """The order of a source's file is nobody's reading order."""
    female = make_series("victims_identified", "sex=female", 2012)
    parts = [replace(female, breakdown=f"sex={code}") for code in ("unknown", "other", "male")]
    picture = figures.parts_by_year(
        "a", make_series("victims_identified"), [*parts, female], {}, language="en"
    ).picture
    assert list(dict.fromkeys(line[0] for line in picture.data))[1:] == [
        "women and girls",
        "men and boys",
        "other",
        "not stated",
    ]


def test_the_board_tells_gaps_in_words_and_documents_by_their_question(
    make_finding: Callable[..., Finding],
) -> None:
    """What is not known is an answer; what documents say stands on the pages."""
    nothing = {"pairs": (), "estimate": NOT_KNOWN, "unit": "persons"}
    gap = replace(
        make_finding("support.shelter", "not_known", **nothing), short=Text("x", "Shelter: ?")
    )
    told = replace(
        make_finding("plans.aim", "described", **nothing),
        grade="E",
        question=Text("x", "What was the aim?"),
        short=Text("x", "Right help."),
    )
    shown = figures.finding_board("a", [told, gap], language="en")
    drawn = [box.words for box in shown.boxes]
    heads = [words for words in drawn if words in ("The plans", "Support for victims")]
    assert heads == ["The plans", "Support for victims"]
    assert {"What was the aim?", "aim", "Shelter: ?", "Not known"} <= set(drawn)
    assert "Right help." not in drawn


def test_the_earlier_rule_runs_into_the_disputed_zone() -> None:
    """Hatching over an empty chart read as a time without any rule."""
    rows = [
        {"indicator": "d_max", "value": days, "period_start": start, "row_id": start}
        for days, start in (("15", "2005"), ("100", "2006"), ("100", "2007-08-01"))
    ]
    shown = figures.stay_days("a", rows, language="en")
    drawn = {box.words: box for box in shown.boxes}
    assert shown.picture.title.startswith("Right to stay, in days: 15 → 100; sources disagree")
    assert drawn["15 days"].right < drawn["(reported 2005)"].left
    assert "sources disagree" in drawn


def test_breaks_of_one_date_share_a_letter(make_breaks: Callable[..., list[Break]]) -> None:
    """Seven letters on one line of a chart cannot be told apart."""
    breaks = make_breaks()
    letters = letters_of(breaks)
    assert sorted(letters) == sorted({brk.date for brk in breaks})
    assert len(set(letters.values())) == len(letters) < len(breaks)


def test_rows_lead_to_the_record(full: Drawn, picture: str, without_rows: tuple[str, ...]) -> None:
    """Every number in the report leads to a row."""
    shown = full(picture, "en").picture
    assert bool(shown.rows) != (picture in without_rows)
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
