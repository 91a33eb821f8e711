"""document: a tagged PDF whose first page is the front page."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from analysis.contracts import outputs
from analysis.contracts.published import LANGUAGES, Language, SourceRow, Text
from analysis.errors import ReportError
from analysis.reporting import front_page
from analysis.reporting.document import registers, script, widths, write_pdf
from analysis.reporting.manuscript import edition, row_sets
from analysis.reporting.manuscript.intervals import held_together
from analysis.reporting.manuscript.report_input import ReportInput

HOSTILE = '<script>alert(1)</script> #panic("a") $x^2$ @ref *b* _i_ `c` \\u{41} // end ] )'


@pytest.fixture(scope="module")
def documents(report: ReportInput, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the test report once a language."""
    folder = tmp_path_factory.mktemp("documents")
    for language in report.languages:
        write_pdf(report, language, folder / f"{language}.pdf")
    return {language: folder / f"{language}.pdf" for language in report.languages}


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _text(path: Path) -> str:
    return _squeezed("".join(page.extract_text() for page in PdfReader(path).pages))


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_one_is_the_front_page(
    report: ReportInput, documents: dict[str, Path], language: Language
) -> None:
    """The reader who opens the PDF and the one who opens index.html read the same page."""
    front = front_page.compose(report, language)
    text = _squeezed(PdfReader(documents[language]).pages[0].extract_text())
    answer = [said.words for said in front.answer]
    for words in (front.title, front.subtitle, *answer, front.outcome, front.grades):
        assert _squeezed(words) in text
    for block in front.blocks:
        assert _squeezed(block.heading) in text
        said = [said.words for point in block.points for said in point.said]
        assert all(_squeezed(words) in text for words in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_tagged_and_claims_pdf_ua(
    documents: dict[str, Path], language: Language
) -> None:
    """A screen reader needs tags, language and title; typst refuses to claim them falsely."""
    reader = PdfReader(documents[language])
    root: Any = reader.trailer["/Root"]
    assert str(root["/MarkInfo"]["/Marked"]) == "True"
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert "Testland" in str(reader.metadata.title)


def test_a_figure_carries_its_text_alternative(documents: dict[str, Path]) -> None:
    """What the picture shows is said in words to whoever cannot see it."""
    assert "Bars from 11 to 18." in _alternatives(PdfReader(documents["en"]))


def _alternatives(reader: PdfReader) -> list[str]:
    found: list[str] = []
    waiting: list[Any] = [reader.trailer["/Root"]["/StructTreeRoot"]]  # type: ignore[index]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                waiting.append(node["/K"])
    return found


def test_the_same_report_gives_the_same_bytes(
    report: ReportInput, documents: dict[str, Path], tmp_path: Path
) -> None:
    """A document that differs without reason cannot be checked against an earlier one."""
    write_pdf(report, "da", tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == documents["da"].read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_used_stands_in_the_source_list(
    report: ReportInput, documents: dict[str, Path], language: Language
) -> None:
    """On paper there is nothing to click: the number must be found at the end."""
    text = _text(documents[language])
    printed = edition.prepare(report)
    for entry in row_sets.draw_together(printed.rows):
        if isinstance(entry, SourceRow):
            assert _squeezed(entry.id) in text
            assert _squeezed(entry.quote) in text
    # Rows of one series: id and quote once, then each row's number, year and value.
    assert "INT-TST-convicted-total“Testland;Personsconvicted;Total”" in text
    for year, value in (("2003", "<5"), ("2004", "6")):
        number = printed.numbers[f"INT-TST-convicted-total-{year}"]
        assert f"{number}{year}:{value}" in text


def test_one_language_holds_no_sentence_of_the_other(documents: dict[str, Path]) -> None:
    """An untranslated line tells a reader that the page was not meant for them."""
    assert "Hvemertalt" not in _text(documents["en"])
    assert "Whoiscounted" not in _text(documents["da"])


def test_hostile_words_come_out_as_words(report: ReportInput, tmp_path: Path) -> None:
    """Typst would run '#panic' if it read a source's words as markup."""
    row = replace(report.sources["TST-owed"], quote=HOSTILE, what=Text(HOSTILE, HOSTILE))
    findings = [{**found, "sentence": {"da": HOSTILE, "en": HOSTILE}} for found in report.findings]
    hostile = replace(
        report,
        name=Text(HOSTILE, HOSTILE),
        sources={**report.sources, "TST-owed": row},
        findings=findings,
    )
    write_pdf(hostile, "da", tmp_path / "hostile.pdf")
    text = _text(tmp_path / "hostile.pdf")
    assert text.count(_squeezed(HOSTILE)) >= len(findings) + 2


def test_a_table_over_several_pages_repeats_its_heading(
    report: ReportInput, tmp_path: Path
) -> None:
    """On the third page of a table nobody remembers what the second column was."""
    book: Any = report.notebooks["trial", "en"]
    longer = copy.deepcopy(book)
    (table,) = outputs.of_kind(longer, outputs.TABLE)
    table["cells"] = list(table["cells"]) * 24
    table["rows_of"] = list(table["rows_of"]) * 24
    table["columns"][1]["label"]["en"] = "Headingword"
    write_pdf(
        replace(report, notebooks={**report.notebooks, ("trial", "en"): longer}),
        "en",
        tmp_path / "long.pdf",
    )
    pages = [page.extract_text() for page in PdfReader(tmp_path / "long.pdf").pages]
    assert sum("Headingword" in page for page in pages) >= 3


def test_a_broken_drawing_is_an_error_with_a_remedy(report: ReportInput, tmp_path: Path) -> None:
    """The builder must learn what to look for, and no half-written file may stay behind."""
    book: Any = report.notebooks["trial", "da"]
    cells = [
        {
            **cell,
            "outputs": [
                {**output, "data": {**output["data"], "image/svg+xml": "<svg"}}
                if "image/svg+xml" in output["data"]
                else output
                for output in cell["outputs"]
            ],
        }
        if cell["cell_type"] == "code"
        else cell
        for cell in book["cells"]
    ]
    broken = replace(
        report, notebooks={**report.notebooks, ("trial", "da"): {**book, "cells": cells}}
    )
    with pytest.raises(ReportError, match=r"document \(da\): typst could not set the report"):
        write_pdf(broken, "da", tmp_path / "broken.pdf")
    assert not (tmp_path / "broken.pdf").exists()


def test_every_number_of_the_document_leads_to_its_row(documents: dict[str, Path]) -> None:
    """A reference in text or table that opens nothing is a claim without a source."""
    reader = PdfReader(documents["en"])
    places = set(reader.named_destinations)
    links = [
        annotation.get_object() for page in reader.pages for annotation in page.get("/Annots", [])
    ]
    inside = [link for link in links if "/Dest" in link or "/D" in link.get("/A", {})]
    assert len(inside) > 20
    named = [str(link["/Dest"]) for link in inside if isinstance(link.get("/Dest"), str)]
    assert set(named) <= places


def test_an_address_without_separators_can_still_break() -> None:
    """A token of hundreds of signs ran across the next column and over its words."""
    token = "https://example.org/files?enc=" + "a1B2c3D4" * 40
    broken = registers._breakable(token)
    assert broken.replace("\N{ZERO WIDTH SPACE}", "") == token
    assert max(map(len, broken.split("\N{ZERO WIDTH SPACE}"))) <= 30


def test_a_column_of_intervals_is_wide_enough_for_each() -> None:
    """Two numbers that run into each other across columns are read as a third one."""
    names = ["Country", *("x" * 400 for _ in range(6))]
    limits = ["Limits", *(held_together("−15,38 til +17,03") for _ in range(6))]
    _, width = widths.shares([names, limits])
    assert width >= len("−15,38 til +17,03")


def test_many_rows_stand_below_their_line_and_few_beside_it(
    report: ReportInput, tmp_path: Path
) -> None:
    """Numbers of 280 rows in a narrow column made one line of a table a page tall."""
    notebooks = copy.deepcopy(dict(report.notebooks))
    prosecuted = [f"TST-prosecuted-{year}" for year in range(2001, 2009)]
    scattered = [f"TST-scattered-{place:02}" for place in range(16)]
    sources = {id: replace(report.sources["TST-owed"], id=id) for id in scattered}
    for cell in notebooks["trial", "en"]["cells"]:
        for shown in (one["data"].get(outputs.TABLE) for one in cell.get("outputs", [])):
            if shown:
                others = [(row,) for row in prosecuted[:5]]
                shown["rows_of"] = [scattered[::2], scattered[1::2], prosecuted, *others]
    several = replace(report, notebooks=notebooks, sources={**report.sources, **sources})
    written = script.write(edition.prepare(several), front_page.compose(several, "en"), "en")
    blocks = [block for chapter in written["chapters"] for block in chapter["blocks"]]
    (sheet,) = [block for block in blocks if block["kind"] == "sheet"]
    assert sheet["below"] == [True, True, *[False] * 6]
    assert len(sheet["refs"][0]) == 8
    write_pdf(several, "en", tmp_path / "en.pdf")
    assert ",".join(ref["text"] for ref in sheet["refs"][0]) in _text(tmp_path / "en.pdf")
