"""manuscript: notebooks and findings put in order before anything is set."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.published import Language
from analysis.errors import ReportError
from analysis.reporting.manuscript import edition, facts, parts, prose, quotes
from analysis.reporting.manuscript.parts import Code, Prose, Recorded
from analysis.reporting.manuscript.report_input import ReportInput
from analysis.reporting.pages.cleaning import clean


def changed(
    report: ReportInput, name: str, language: Language, cells: list[dict[str, Any]]
) -> ReportInput:
    """Return the report with other cells in one notebook."""
    notebooks: dict[tuple[str, Language], Mapping[str, Any]] = dict(report.notebooks)
    notebooks[name, language] = {**copy.deepcopy(notebooks[name, language]), "cells": cells}
    return replace(report, notebooks=notebooks)


def test_a_chapter_keeps_one_language(report: ReportInput) -> None:
    """Prose stands twice in a notebook; a reader meets one of them."""
    texts = [
        part.markdown
        for chapter in edition.prepare(report).chapters["en"]
        for part in chapter.parts
        if isinstance(part, Prose)
    ]
    assert any("Who is counted" in text for text in texts)
    assert not any("Hvem er talt" in text for text in texts)


def test_rows_are_numbered_by_id_over_everything_that_is_shown(report: ReportInput) -> None:
    """One number must mean one row in text, table, figure, page and PDF."""
    numbers = edition.prepare(report).numbers
    assert list(numbers) == sorted(report.sources)
    assert list(numbers.values()) == list(range(1, len(report.sources) + 1))


def test_consecutive_references_are_drawn_together(report: ReportInput) -> None:
    """Forty source numbers behind a sentence would hide the sentence."""
    printed = edition.prepare(report)
    rows = ["TST-prosecuted-2003", "TST-prosecuted-2001", "TST-prosecuted-2002", "TST-owed"]
    found = [(ref.first, ref.last, ref.row) for ref in edition.references(printed, rows)]
    assert found == [(1, 1, "TST-owed"), (3, 5, "TST-prosecuted-2001")]


def test_a_row_that_is_not_in_the_record_stops_the_report(report: ReportInput) -> None:
    """A number that leads nowhere is a number without a source."""
    sources = {id: row for id, row in report.sources.items() if id != "TST-owed"}
    with pytest.raises(ReportError, match=r"1 published rows are used but .* \(TST-owed\)"):
        edition.prepare(replace(report, sources=sources))


def test_a_finding_that_is_shown_but_not_registered_stops_the_report(report: ReportInput) -> None:
    """Findings are collected from notebooks; one that slipped through would have no entry."""
    fewer = [found for found in report.findings if found["id"] != "plan.scope"]
    with pytest.raises(ReportError, match=r"1 findings are used but .* \(plan\.scope\)"):
        edition.prepare(replace(report, findings=fewer))


def test_a_notebook_missing_in_a_language_is_named(report: ReportInput) -> None:
    """Half a translation would look like a whole report to readers of the other half."""
    notebooks = {key: book for key, book in report.notebooks.items() if key != ("trial", "en")}
    with pytest.raises(ReportError, match=r"1 executed notebooks are missing \(trial in en\)"):
        edition.prepare(replace(report, notebooks=notebooks))


def test_a_notebook_without_a_title_is_refused(report: ReportInput) -> None:
    """The title is the question; a page without one cannot be found in any list."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "No heading."}]
    with pytest.raises(ReportError, match=r"trial\.ipynb: no title in en"):
        edition.prepare(changed(report, "trial", "en", cells))


def test_a_picture_without_text_alternative_is_refused() -> None:
    """Someone who cannot see a picture must be told what it shows."""
    output = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "aaaa"}}
    cell = {"cell_type": "code", "metadata": {}, "source": "draw()", "outputs": [output]}
    with pytest.raises(ReportError, match="without text alternative"):
        parts.of_cell(cell)


def test_printed_text_stays_with_its_code() -> None:
    """What code prints is for those who open the code, not for every reader."""
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
        {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": "3"}},
    ]
    cell = {"cell_type": "code", "metadata": {}, "source": "f()", "outputs": outputs}
    assert parts.of_cell(cell) == (Code("f()", "one\ntwo\n3"),)


def test_a_finding_is_read_from_its_own_type_not_from_html(report: ReportInput) -> None:
    """The record is the finding's data; its HTML is only how Jupyter shows it."""
    shown = [
        part
        for chapter in edition.prepare(report).chapters["da"]
        for part in chapter.parts
        if isinstance(part, Recorded)
    ]
    assert [part.finding["id"] for part in shown] == [
        "plan.scope",
        "support.shelter",
        "trial.prosecuted",
    ]


def test_facts_say_what_is_absent(report: ReportInput) -> None:
    """'None found' is an answer; an empty place looks like an oversight."""
    found = report.by_id["plan.scope"]
    lines = {fact.label: fact.lines[0].text for fact in facts.of_finding(found, report, "en")}
    assert lines["Contrary evidence"] == "None found in the sources read."
    assert lines["Breaks crossed"] == "None recorded."
    assert lines["Counted (n)"] == "No count is compared."


def test_facts_print_both_intervals_in_the_form_of_the_language(report: ReportInput) -> None:
    """The wider pair leads, the other is not hidden; Danish writes decimals with a comma."""
    found = report.by_id["trial.prosecuted"]
    lines = {
        fact.label: [line.text for line in fact.lines]
        for fact in facts.of_finding(found, report, "da")
    }
    assert [line.split(" (")[0] for line in lines["Grænser"]] == ["2,97-34", "3,40-28"]
    assert lines["Talt (n)"] == [
        "2001-planen, 2001-2004: 7-19 over 4 kalenderår",
        "2005-planen, 2005-2008: 93 personer over 4 kalenderår",
        "2009-2012: 46 personer over 4 kalenderår",
    ]


def test_an_unsourced_break_says_so(report: ReportInput) -> None:
    """A break that nobody backs must not look like one that somebody does."""
    lines = {
        fact.label: fact.lines[0].text
        for fact in facts.of_break(report.breaks["TST-rule"], report, "en")
    }
    assert lines["Quote"] == lines["Address"] == "unsourced"


@pytest.mark.parametrize(
    ("quote", "language"),
    [
        ("en koordineret og kvalitetssikret indsats", "da"),
        ("the number of persons identified by the centre", "en"),
        ("93", ""),
    ],
)
def test_the_language_of_a_quote_is_told_from_its_little_words(quote: str, language: str) -> None:
    """A screen reader that reads Danish aloud as English is not understood."""
    assert quotes.language_of(quote) == language


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), max_size=60))
def test_no_text_becomes_a_tag(text: str) -> None:
    """Whatever a cell holds, prose and cleaned HTML hold no script."""
    for html in (prose.html(prose.parse(text)), clean(text)):
        assert "<script" not in html.lower()
        assert "<img" not in html.lower()


def test_cleaning_keeps_tables_and_drops_what_acts() -> None:
    """A data frame stays readable; a handler, a style or a script does not pass."""
    dirty = '<table onclick="x()"><tr><th scope="row">1 & 2</th></table><script>x()</script><b>a'
    assert clean(dirty) == '<table><tr><th scope="row">1 &amp; 2</th></tr></table><b>a</b>'
