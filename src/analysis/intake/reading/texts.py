"""A CSV file's bytes in, its grid of text cells out."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from analysis.contracts.partner.profiles import Dialect
from analysis.intake.reading import kobo
from analysis.intake.reading.decoding import in_utf8
from analysis.intake.reading.limits import MAX_COLUMNS, MAX_ROWS
from analysis.intake.reading.refusing import Refusal
from analysis.intake.reading.sheets import Grid

ArrowTable = Any

_DELIMITERS = (";", ",", "\t", "|")


def grid(content: bytes, dialect: Dialect, refusal: Refusal) -> Grid:
    """Read a CSV file of one dialect; rows that are no rows of its table are named."""
    export = kobo.delimiter(content)
    encoding = "utf-8" if export else dialect.encoding
    delimiter = export or dialect.delimiter
    plain = in_utf8(content, encoding, refusal).rstrip(b"\n") + b"\n"
    lines = plain.count(b"\n")
    if lines - 1 > MAX_ROWS:
        refusal.stop("too_many_rows", limit=MAX_ROWS)
    header = _header(plain, delimiter, refusal)
    _refuse_open_quotes(plain, refusal)
    table = _table(plain, delimiter, len(header), refusal)
    if table.num_rows != lines:
        refusal.stop("quotes")
    return Grid(
        header,
        tuple(column.combine_chunks().slice(1) for column in table.columns),
        np.arange(2, lines + 1, dtype=np.int32),
    )


def _header(plain: bytes, delimiter: str, refusal: Refusal) -> tuple[str, ...]:
    line = plain[: plain.index(b"\n")].decode()
    cells = _split(line, delimiter)
    if not any(cells):
        refusal.stop("no_header")
    if len(cells) == 1:
        for other in _DELIMITERS:
            if other != delimiter and len(_split(line, other)) > 1:
                refusal.stop(
                    "delimiter",
                    found=refusal.say(_named(other)),
                    declared=refusal.say(_named(delimiter)),
                )
    if len(cells) > MAX_COLUMNS:
        refusal.stop("too_many_columns", count=len(cells), limit=MAX_COLUMNS)
    return cells


def _split(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        found = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error:  # a cell longer than the library takes
        return (line,)
    return tuple(cell.strip() for cell in found)


def _named(delimiter: str) -> str:
    names = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
    return f"delimiter_{names.get(delimiter, 'other')}"


def _refuse_open_quotes(plain: bytes, refusal: Refusal) -> None:
    """Refuse lines with an odd number of quotation marks: a break in a cell, or a cut row."""
    if b'"' not in plain:
        return
    lines = pc.list_flatten(pc.split_pattern(pa.array([plain], pa.large_binary()), b"\n"))
    odd = pc.bit_wise_and(pc.count_substring(lines, b'"'), 1)
    rows = np.flatnonzero(odd.to_numpy(zero_copy_only=False)) + 1
    if len(rows):
        refusal.stop("open_quotes", rows=rows.tolist())


def _table(plain: bytes, delimiter: str, width: int, refusal: Refusal) -> ArrowTable:
    try:
        return _parsed(plain, delimiter, width)
    except pa.ArrowInvalid:
        pass  # its text holds cells; the rows are found below
    wrong: list[tuple[int, int]] = []

    def keep_number(row: Any) -> str:
        wrong.append((row.number, row.actual_columns))
        return "skip"

    try:
        table = _parsed(plain, delimiter, width, keep_number)
    except pa.ArrowInvalid:
        refusal.stop("quotes")
    _refuse_widths(wrong, width, plain.count(b"\n"), refusal)
    return table


def _refuse_widths(wrong: list[tuple[int, int]], width: int, lines: int, refusal: Refusal) -> None:
    narrow = [row for row, found in wrong if found < width]
    wide = [row for row, found in wrong if found > width]
    if wide:
        refusal.note("wide", rows=wide, width=width)
    if narrow == [lines]:
        refusal.note("cut_off", rows=narrow, width=width)
    elif narrow:
        refusal.note("narrow", rows=narrow, width=width)
    refusal.settle()


def _parsed(
    plain: bytes,
    delimiter: str,
    width: int,
    invalid: object = None,
) -> ArrowTable:
    names = [str(place) for place in range(width)]
    return arrow_csv.read_csv(
        pa.BufferReader(plain),
        read_options=arrow_csv.ReadOptions(
            column_names=names, block_size=len(plain) + 1, use_threads=invalid is None
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=invalid
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
        ),
    )
