"""Findings in, a workbook for people who work in spreadsheets out: no formula, no link, no time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from analysis.contracts.findings import Finding, Limits
from analysis.contracts.published import LANGUAGES, SourceRow, Text
from analysis.contracts.values import Value
from analysis.language import registrations, words

CREATED = datetime(2000, 1, 1)
"""Stands in every workbook, so that the same findings give the same bytes."""

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
SHORT_MARK = "SYN"
"""Ends the name of a sheet of invented numbers; the word stands in its printed header."""

_WIDE = 60
_NARROW = 16
_WRAPPED = (
    *("sentence", "question", "caveats", "contrary", "limitations", "protocol"),
    *("rows", "quote", "source_url"),
)

_FINDINGS = (
    *("id", "question_da", "question_en", "sentence_da", "sentence_en", "verdict", "grade"),
    *("caveats_da", "caveats_en", "contrary_da", "contrary_en"),
    *("limitations_da", "limitations_en", "protocol_da", "protocol_en", "basis", "method", "rows"),
)
_VALUES = ("id", "what", "plan", "first_year", "last_year", "kind", "low", "high", "unit", "rows")
_SOURCES = (
    *("row_id", "publisher", "period", "as_printed", "quote", "source_url"),
    *("trust", "licence"),
)

Cell = str | float | int | None
Line = Sequence[Cell]


def write(
    findings: Sequence[Finding],
    sources: Mapping[str, SourceRow],
    path: Path,
    *,
    rehearsal: bool = False,
) -> None:
    """Write three sheets: findings, their numbers with units and rows, and the rows' sources.

    Text that begins like a formula (``=``, ``+``, ``-``, ``@``) stays text; an
    infinite bound is written as the word ``inf``, and what is not known stays empty.
    """
    used = list(dict.fromkeys(row for finding in findings for row in _all_rows(finding)))
    book = xlsxwriter.Workbook(path, _OPTIONS)
    mark = _both("sheet_synthetic") if rehearsal else ""
    title = " ".join(filter(None, (_both("sheet_findings"), mark)))
    book.set_properties({"title": title, "created": CREATED})
    _sheet(book, "findings", _FINDINGS, (_finding(finding) for finding in findings), mark)
    _sheet(book, "values", _VALUES, (line for one in findings for line in _values(one)), mark)
    published = (_source(sources[row]) for row in used if row in sources)
    _sheet(book, "sources", _SOURCES, published, mark)
    book.close()


def _all_rows(finding: Finding) -> Iterable[str]:
    yield from finding.rows
    yield from (row for one in finding.contrary for row in one.rows)


def _sheet(book: Any, name: str, columns: Sequence[str], lines: Iterable[Line], mark: str) -> None:
    """Write one sheet; a ``mark`` stands in its name, which Excel bounds at 31 letters."""
    said = words.text(f"findings.sheet_{name}")
    sheet = book.add_worksheet(f"{said.da} - {said.en}" + (f" ({SHORT_MARK})" if mark else ""))
    if mark:
        sheet.set_header(f"&C{mark}")
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, column in enumerate(columns):
        wide = column.startswith(_WRAPPED)
        sheet.set_column(place, place, _WIDE if wide else _NARROW)
        sheet.write_string(0, place, _both(f"head_{column}"), bold)
    sheet.freeze_panes(1, 1)
    for number, line in enumerate(lines, start=1):
        for place, cell in enumerate(line):
            _cell(sheet, number, place, cell, wrapped)


def _cell(sheet: Any, line: int, place: int, cell: Cell, form: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(line, place, cell, form)
    elif math.isinf(cell):
        sheet.write_string(line, place, "inf", form)
    else:
        sheet.write_number(line, place, cell, form)


def _both(key: str) -> str:
    said = words.text(f"findings.{key}")
    return said.da if said.da == said.en else f"{said.da} / {said.en}"


def _finding(finding: Finding) -> Line:
    contrary = [one.text for one in finding.contrary]
    return (
        finding.id,
        *_sides_of(finding.question),
        *_sides_of(finding.sentence),
        _both(f"verdict_{finding.verdict}"),
        finding.grade,
        *_lines_of(finding.caveats),
        *_lines_of(contrary),
        *_lines_of(finding.limitations),
        *("\n".join(registrations.lines(finding.protocol, each)) for each in LANGUAGES),
        finding.basis,
        finding.method,
        "; ".join(finding.rows),
    )


def _sides_of(text: Text) -> tuple[str, str]:
    return text.da, text.en


def _lines_of(texts: Iterable[Text]) -> tuple[str, str]:
    listed = list(texts)
    return "\n".join(text.da for text in listed), "\n".join(text.en for text in listed)


def _values(finding: Finding) -> Iterable[Line]:
    rows = "; ".join(finding.rows)
    years = (None, None)
    unit = finding.unit
    if finding.estimate.kind != "not_applicable":
        value = _value(finding.estimate)
        yield (finding.id, _both("value_estimate"), "", *years, *value, unit, rows)
    for name, pairs in (("limits", [finding.limits]), ("other_limits", finding.other_limits)):
        for pair in pairs:
            if pair:
                said = f"{_both(f'value_{name}')} ({_level(pair)}, {pair.method})"
                yield (finding.id, said, "", *years, "interval", pair.low, pair.high, unit, rows)
    for side in finding.sides:
        span = (side.first_year, side.last_year)
        value = _value(side.count)
        what = _both("value_count")
        yield (finding.id, what, side.plan, *span, *value, side.unit, rows)


def _value(value: Value) -> tuple[str, float | None, float | None]:
    return value.kind, value.low, value.high


def _level(pair: Limits) -> str:
    return f"{100 * pair.level:g} %"


def _source(row: SourceRow) -> Line:
    return (
        row.id,
        row.publisher,
        row.period,
        row.as_printed,
        row.quote,
        row.source_url,
        row.trust,
        row.licence,
    )
