"""manuscript: notebooks and findings put in order before anything is set."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.published import Language
from analysis.errors import ReportError
from analysis.reporting.manuscript import (
    caveats,
    edition,
    facts,
    parts,
    prose,
    quotes,
    row_sets,
)
from analysis.reporting.manuscript.parts import Code, Prose, Recorded
from analysis.reporting.manuscript.report_input import ReportInput
from analysis.reporting.pages.cleaning import clean

Maker = Callable[..., ReportInput]


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
    assert found == [(3, 3, "TST-owed"), (5, 7, "TST-prosecuted-2001")]


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
        "plan.promise",
        "plan.scope",
        "support.shelter",
        "trial.prosecuted",
        "trial.police",
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
        "2001-planen, 2001-2004: 7-19 på 4 kalenderår",
        "2005-planen, 2005-2008: 93 personer på 4 kalenderår",
        "2009-2012: 46 personer på 4 kalenderår",
    ]


def test_an_unsourced_break_says_so(report: ReportInput) -> None:
    """A break that nobody backs must not look like one that somebody does."""
    lines = {
        fact.label: fact.lines[0].text
        for fact in facts.of_break(report.breaks["TST-rule"], report, "en")
    }
    assert lines["Quote"] == lines["Address"] == "unsourced"


def test_breaks_and_other_caveats_are_parted(report: ReportInput) -> None:
    """Fourteen sentences in a row are not read; two short lists are."""
    parted = caveats.part(report.by_id["trial.prosecuted"], report, "en")
    assert [brk.id for brk in parted.crossed] == ["TST-police", "TST-rule"]
    assert parted.rest == (
        "The source prints <5 for 0–4.",
        "Two pairs of limits were computed.",
    )


def test_a_break_is_told_once_wherever_its_clause_stands(with_finding: Maker) -> None:
    """Robustness put its own caveats first, and eleven breaks were printed twice below it."""
    found = with_finding("trial.prosecuted").by_id["trial.prosecuted"]
    turned = with_finding("trial.prosecuted", caveats=found["caveats"][::-1])
    parted = caveats.part(turned.by_id["trial.prosecuted"], turned, "en")
    assert [brk.id for brk in parted.crossed] == ["TST-police", "TST-rule"]
    assert set(parted.rest) == {
        "The source prints <5 for 0–4.",
        "Two pairs of limits were computed.",
    }


def test_a_caveat_that_no_break_says_is_never_lost(with_finding: Maker) -> None:
    """A caveat may name a break and say more than it does: it stands, though the break does too."""
    said = "March 2005: Police gained a new unit. More cases may be due to 3 of 7 officers."
    report = with_finding("trial.prosecuted", caveats=[{"da": said, "en": said}])
    assert caveats.part(report.by_id["trial.prosecuted"], report, "en").rest == (said,)


def test_a_page_tells_each_caveat_in_full_once_and_counts_its_findings(
    report: ReportInput,
) -> None:
    """The same four sentences below every number teach readers to skip them."""
    found = report.by_id["trial.prosecuted"]
    other = {**found, "id": "trial.other", "caveats": [*found["caveats"][-1:], {"en": "Own."}]}
    first, again, second = caveats.part_page([found, found, other], report, "en")
    shared = "Two pairs of limits were computed."
    assert (shared in first.rest, first.again) == (True, ())
    assert (again.rest, set(again.again)) == ((), set(first.rest))
    assert (second.rest, second.again) == (("Own.",), (shared,))
    assert first.concerns is not None
    assert (first.concerns[shared], first.concerns["Own."]) == (2, 1)


def test_no_number_parts_from_its_breaks_on_a_page(report: ReportInput) -> None:
    """Caveats may be told once; a break is what makes two numbers hard to compare."""
    found = report.by_id["trial.prosecuted"]
    for parted in caveats.part_page([found, {**found, "id": "b"}], report, "da"):
        assert [brk.id for brk in parted.crossed] == ["TST-police", "TST-rule"]


def test_neighbouring_code_is_opened_in_one_place_with_the_values_used(
    report: ReportInput,
) -> None:
    """Three folded cells at the top of a page hide where the question begins."""
    (chapter,) = [one for one in edition.prepare(report).chapters["en"] if one.name == "trial"]
    shown = [part for part in chapter.parts if isinstance(part, Code)]
    assert shown[0].source == (
        "baseline = 'TL-1999'  # the earlier plan\nyears = 4\n\nstudy = open_study(baseline)"
    )
    assert not any("# Parameters" in part.source for part in shown)


def test_cells_keep_their_places_when_code_is_drawn_together(report: ReportInput) -> None:
    """The page is set cell by cell: a missing place would shift every figure after it."""
    chapters = edition.prepare(report).chapters["en"]
    book = report.notebooks["trial", "en"]
    kept = [cell for cell in book["cells"] if parts.in_language(cell, "en")]
    assert len(next(one for one in chapters if one.name == "trial").cells) == len(kept)


def test_rows_of_one_file_are_drawn_together(report: ReportInput) -> None:
    """Seven hundred rows that say the same but for a year bury the rows that do not."""
    entries = row_sets.draw_together(edition.prepare(report).rows)
    (drawn,) = [entry for entry in entries if isinstance(entry, row_sets.RowSet)]
    (series,) = drawn.series
    assert (series.stem, series.head) == (
        "INT-TST-convicted-total",
        "Testland; Persons convicted; Total",
    )
    assert [(one.stamp, one.words) for one in series.rows] == [("2003", "<5"), ("2004", "6")]


def test_no_row_is_lost_when_rows_are_drawn_together(report: ReportInput) -> None:
    """Each number of the text must still find its row."""
    rows = edition.prepare(report).rows
    found = [
        row.id
        for entry in row_sets.draw_together(rows)
        for row in (
            [one.row for series in entry.series for one in series.rows]
            if isinstance(entry, row_sets.RowSet)
            else [entry]
        )
    ]
    assert found == [row.id for row in rows]


def test_a_row_that_others_contradict_stands_alone(report: ReportInput) -> None:
    """What disagrees must be seen to disagree, not vanish in a series."""
    first, second = (report.sources[f"INT-TST-convicted-total-{year}"] for year in (2003, 2004))
    drawn = row_sets.draw_together([first, replace(second, conflicts_with=("TST-owed",))])
    assert [type(entry).__name__ for entry in drawn] == ["SourceRow", "SourceRow"]


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
