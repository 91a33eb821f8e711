"""Rows of one or several forms in, the bytes of a sender's file out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.csv
import xlsxwriter

from analysis.language import words
from analysis.synthetic.cells import Hand, as_text, headers, worded
from analysis.synthetic.telling import ArrowTable

TEMPLATE_VERSION = "1"
META_SHEET = "_workbench"
CREATED = datetime(2000, 1, 1)
"""Stands in every workbook, so that the same seed gives the same bytes."""

_SHEET_NAME = 31
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_DATES = {"da": "dd-mm-yyyy", "en": "yyyy-mm-dd"}


@dataclass(frozen=True, slots=True)
class Content:
    """Rows of one form; ``raw`` is what stands in a cell (row from 0, field) as it is."""

    form: str
    table: ArrowTable
    raw: Mapping[tuple[int, str], str] = field(default_factory=dict)


def as_csv(content: Content, hand: Hand, *, encoding: str = "") -> bytes:
    """Write a file in the sender's dialect; a Kobo export has its own columns behind."""
    shown = _with_raw(content, as_text(content.table, content.form, hand))
    titles = headers(content.table, content.form, hand)
    if hand.export:
        shown, titles = _exported(shown, titles)
    head = io.StringIO()
    dialect = hand.profile.dialect
    csv.writer(head, delimiter=dialect.delimiter, lineterminator="\n").writerow(titles)
    body = io.BytesIO()
    options = pa.csv.WriteOptions(include_header=False, delimiter=dialect.delimiter)
    pa.csv.write_csv(shown, body, options)
    encoding = encoding or dialect.encoding
    return head.getvalue().encode(encoding) + (
        body.getvalue() if encoding == "utf-8" else body.getvalue().decode("utf-8").encode(encoding)
    )


def _with_raw(content: Content, shown: ArrowTable) -> ArrowTable:
    for name in sorted({column for _, column in content.raw}):
        values = shown.column(name).to_pylist()
        for (row, column), cell in content.raw.items():
            if column == name:
                values[row] = cell
        at = shown.column_names.index(name)
        shown = shown.set_column(at, name, pa.array(values, pa.string()))
    return shown


def _exported(shown: ArrowTable, titles: Sequence[str]) -> tuple[ArrowTable, list[str]]:
    """Add the columns that a Kobo export has and nobody asked for."""
    size = shown.num_rows
    more = {
        "_id": pa.array([str(1_000_000 + at) for at in range(size)], pa.string()),
        "_uuid": pa.array([f"synthetic-{at:08x}" for at in range(size)], pa.string()),
        "_submission_time": pa.nulls(size, pa.string()),
        "_index": pa.array([str(at + 1) for at in range(size)], pa.string()),
    }
    for name, column in more.items():
        shown = shown.append_column(name, column)
    return shown, [*titles, *more]


def as_workbook(contents: Sequence[Content], hand: Hand) -> bytes:
    """Write a workbook as the template lays it out: a sheet a form, and a hidden sheet."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    mark = words.say("synthetic.mark", hand.language)
    book.set_properties({"title": f"{mark}: {hand.profile.organisation}", "created": CREATED})
    book.set_custom_property("synthetic", "yes")
    sheets = {one.form: _sheet(book, one, hand, mark) for one in contents}
    meta = book.add_worksheet(META_SHEET)
    facts = {
        "organisation": hand.profile.organisation,
        "language": hand.language,
        "template_version": TEMPLATE_VERSION,
        "synthetic": "yes",
        **{f"form {form}": name for form, name in sheets.items()},
    }
    for line, (name, value) in enumerate(facts.items()):
        meta.write_string(line, 0, name)
        meta.write_string(line, 1, value)
    meta.very_hidden()
    book.close()
    return file.getvalue()


def _sheet(book: Any, content: Content, hand: Hand, mark: str) -> str:
    label = hand.forms.forms[content.form].label.said_in(hand.language)
    tail = f" ({mark})"
    sheet = book.add_worksheet(label[: _SHEET_NAME - len(tail)] + tail)
    day = book.add_format({"num_format": _DATES[hand.language]})
    for place, title in enumerate(headers(content.table, content.form, hand)):
        sheet.write_string(0, place, title)
    fields = hand.forms.forms[content.form]
    for place, name in enumerate(content.table.column_names):
        asked = fields.field(name)
        for row, value in enumerate(content.table.column(name).to_pylist()):
            raw = content.raw.get((row, name))
            if raw is not None:
                sheet.write_string(row + 1, place, raw)
            elif isinstance(value, date):
                sheet.write_datetime(row + 1, place, value, day)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(row + 1, place, value)
            elif value is not None:
                sheet.write_string(row + 1, place, worded(asked, hand, value))
    written: str = sheet.get_name()
    return written
