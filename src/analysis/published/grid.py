"""A file and its contract in, its lines and the faults of its form out.

The loader stops at the first fault; the checker must name them all, so it reads
line by line itself: encoding, columns, and whether each line fits the header.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from analysis.contracts.tables import TableContract
from analysis.published.cells import Fault
from analysis.published.files import ENCODING

Found = tuple[int | None, str, Fault]
"""Row as a spreadsheet numbers it (``None``: the whole file), column, fault."""


@dataclass(frozen=True)
class Grid:
    """The lines of a file by their row number, and the faults of its form.

    ``lines`` leaves out lines that do not fit the header; it is empty where the file
    cannot be read at all or lacks a column (``whole`` is false).
    """

    lines: tuple[tuple[int, Mapping[str, str]], ...]
    faults: tuple[Found, ...]
    whole: bool

    @cached_property
    def lines_with_ids(self) -> tuple[tuple[int, Mapping[str, str]], ...]:
        """Lines that carry an id of their own."""
        return tuple((row, line) for row, line in self.lines if line.get("row_id"))


def open_grid(path: Path, contract: TableContract) -> Grid:
    """Read a table for checking; never raises for what is wrong inside the file."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return _unread(_unopened(error))
    try:
        text = raw.decode(ENCODING)
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        what = f"another encoding than UTF-8 (first seen in row {row})"
        return _unread(Fault(what, 'Save it again as "CSV UTF-8".'))
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = list(reader)
    except csv.Error:
        what = f"a cell of more than {csv.field_size_limit():,} characters (row {reader.line_num})"
        return _unread(Fault(what, "Look for a quotation mark that is not closed."))
    header = lines[0] if lines else []
    if faults := _header_faults(header, contract):
        return Grid((), tuple(faults), whole=False)
    return _lines(header, lines[1:])


def _unopened(error: OSError) -> Fault:
    if isinstance(error, FileNotFoundError):
        return Fault("gone missing", "Restore it.")
    if isinstance(error, IsADirectoryError):
        return Fault("become a folder", "Put the table in its place.")
    return Fault(
        f"contents that cannot be read ({error.strerror})", "Allow reading, or restore it."
    )


def _unread(found: Fault) -> Grid:
    return Grid((), ((None, "", found),), whole=False)


def _header_faults(header: list[str], contract: TableContract) -> list[Found]:
    if len(header) == 1 and ";" in header[0] and len(contract.columns) > 1:
        found = Fault("semicolons between its columns", "Save it again with commas.")
        return [(None, "", found)]
    missing = [name for name in contract.columns if name not in header]
    strange = [name for name in header if name not in contract.columns]
    twice = sorted({name for name in header if header.count(name) > 1})
    faults: list[Found] = [
        (None, name, Fault(f"no column {name}", "Add it, empty where nothing is known."))
        for name in missing
    ]
    if strange and not contract.open:
        where = ", ".join(str(header.index(name) + 1) for name in strange)
        found = Fault(f"a column that the contract does not know (column {where})", "Take it out.")
        faults.append((None, "", found))
    if twice and not contract.open:
        faults.append((None, "", Fault("one column name twice", "Take one of the two out.")))
    return faults


def _lines(header: list[str], lines: list[list[str]]) -> Grid:
    kept: list[tuple[int, Mapping[str, str]]] = []
    faults: list[Found] = []
    for row, cells in enumerate(lines, start=2):
        if len(cells) == len(header):
            kept.append((row, dict(zip(header, cells, strict=True))))
        elif not any(cells):
            faults.append((row, "", Fault("no cell filled in", "Delete the empty line.")))
        else:
            what = f"{'more' if len(cells) > len(header) else 'fewer'} cells than columns"
            remedy = "Put quotes around text with commas, and write decimals with a point."
            faults.append((row, "", Fault(what, remedy)))
    return Grid(tuple(kept), tuple(faults), whole=True)
