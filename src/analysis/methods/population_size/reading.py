"""A file of overlapping lists in, a table that `estimate` takes out; or in words what is wrong.

Spreadsheets write commas or semicolons (and then a decimal comma), a byte-order mark, quotes and
empty lines; R writes row numbers. Where only one reading makes sense, it is taken. Rows are
named as a spreadsheet numbers them, the header being row 1.
"""

from __future__ import annotations

import csv as comma_separated
import io
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from analysis.errors import MethodError
from analysis.methods.population_size.tables import COUNT, Repeated, framed, lists_of

if TYPE_CHECKING:
    import pandas as pd

_SEPARATORS = (",", ";", "\t")
_GONE = frozenset({"", "na", "nan", "n/a", "null"})
_TRUTH = {"true": 1.0, "false": 0.0}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?inf", re.ASCII)
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+", re.ASCII)
_SHOWN = 5
"""Rows that a message names."""
_WRITE = "Write 1 where the case is on the list, 0 where it is not, and whole numbers in count."


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Names of the columns, the cells of each row as text, and the rows' numbers."""

    names: list[str]
    rows: list[list[str]]
    places: list[int]


def read_lists(csv: str | Path | TextIO, *, repeated: Repeated = "refuse") -> pd.DataFrame:
    r"""Read a table of lists: a 0/1 column for each list, and ``count`` last.

    Without a column ``count`` each row is one case.

    Parameters
    ----------
    csv : path or text file
        UTF-8, with a header; cells set apart by commas, semicolons or tabs. Beside 0 and 1, TRUE
        and FALSE are understood; row numbers in a first column without a name are left out.
    repeated : {"refuse", "add"}
        What to do when a combination stands in two rows: of a file that comes from somewhere,
        nobody knows whether that is one count split in two or one count copied.

    Returns
    -------
    DataFrame
        As `estimate` takes it: each combination once, ``count`` last.

    Raises
    ------
    MethodError
        If it is no such table; says what is wrong and in how many rows, never a cell's content.

    Examples
    --------
    >>> from io import StringIO
    >>> read_lists(StringIO("police,shelter,count\n1,0,3\n0,1,4\n1,1,2\n"))["count"].tolist()
    [3, 4, 2]
    """
    import pandas as pd

    sheet = _without_row_numbers(_without_empty_end(_sheet(_text(csv))))
    _require(sheet, "more or fewer cells than the header", lambda row: len(row) != len(sheet.names))
    _require(sheet, "a missing cell", lambda row: any(cell.lower() in _GONE for cell in row))
    if sheet.names[-1].casefold() == COUNT:
        _require(
            sheet,
            "a count with a point or comma before three digits, which is a thousand to some",
            lambda row: _THOUSANDS.fullmatch(row[-1]) is not None,
        )
    numbers = {cell: _number(cell) for row in sheet.rows for cell in row}
    _require(
        sheet, "a cell that is no number", lambda row: any(math.isnan(numbers[one]) for one in row)
    )
    values = [[numbers[cell] for cell in row] for row in sheet.rows]
    raw = pd.DataFrame(values, columns=pd.Index(sheet.names, dtype=object), dtype=float)
    return framed(lists_of(raw, method="read_lists", repeated=repeated))


def _text(csv: str | Path | TextIO) -> str:
    try:
        if not isinstance(csv, str | Path):
            return csv.read().removeprefix("\ufeff")
        with Path(csv).open(encoding="utf-8-sig", newline="") as file:
            return file.read()
    except FileNotFoundError as error:
        raise MethodError("read_lists: there is no such file. Check its name.") from error
    except IsADirectoryError as error:
        raise MethodError("read_lists: this is a folder. Name a file in it.") from error
    except PermissionError as error:
        raise MethodError(
            "read_lists: the file may not be read. Ask its owner for permission to read it."
        ) from error
    except (OSError, ValueError, AttributeError) as error:
        raise _unreadable() from error


def _sheet(text: str) -> _Sheet:
    """Cut a text into cells; empty rows are left out."""
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    separator = max(_SEPARATORS, key=lambda one: len(_cells(header, one)))
    reader = comma_separated.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    rows, places = [], []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append(cells)
                places.append(reader.line_num)
    except comma_separated.Error as error:
        raise _unreadable() from error
    if not rows:
        raise _unreadable()
    if separator != ",":
        rows[1:] = [[_with_point(cell) for cell in row] for row in rows[1:]]
    return _Sheet(rows[0], rows[1:], places[1:])


def _cells(line: str, separator: str) -> list[str]:
    return next(comma_separated.reader([line], delimiter=separator), [])


def _with_point(cell: str) -> str:
    """Return a number with a decimal comma as one with a point; thousands are left as they are."""
    return cell if _THOUSANDS.fullmatch(cell) else cell.replace(",", ".")


def _without_empty_end(sheet: _Sheet) -> _Sheet:
    """Leave out columns at the end in which nothing stands, not even a name."""
    names, rows = list(sheet.names), [list(row) for row in sheet.rows]
    while len(names) > 1 and not names[-1] and all(not any(row[len(names) - 1 :]) for row in rows):
        names.pop()
        rows = [row[: len(names)] for row in rows]
    return _Sheet(names, rows, sheet.places)


def _without_row_numbers(sheet: _Sheet) -> _Sheet:
    """Leave out a first column without a name that counts the rows."""
    names = sheet.names
    unnamed = not names[0] or all(len(row) == len(names) + 1 for row in sheet.rows)
    first = [row[0] for row in sheet.rows]
    counted = [[str(start + place) for place in range(len(first))] for start in (0, 1)]
    if not (unnamed and len(first) > 2 and first in counted):
        return sheet
    return _Sheet(names[not names[0] :], [row[1:] for row in sheet.rows], sheet.places)


def _number(cell: str) -> float:
    """Return a cell's number; NaN where it has none."""
    if cell.lower() in _TRUTH:
        return _TRUTH[cell.lower()]
    return float(cell) if _NUMBER.fullmatch(cell) else math.nan


def _require(sheet: _Sheet, what: str, wrong: Callable[[list[str]], bool]) -> None:
    found = [place for row, place in zip(sheet.rows, sheet.places, strict=True) if wrong(row)]
    if found:
        more = ", ..." if len(found) > _SHOWN else ""
        where = ("row " if len(found) == 1 else "rows ") + ", ".join(map(str, found[:_SHOWN]))
        raise MethodError(
            f"read_lists: {len(found)} of {len(sheet.rows)} rows have {what} ({where}{more}). "
            + _WRITE
        )


def _unreadable() -> MethodError:
    return MethodError(
        "read_lists: the file cannot be read as a comma-separated table in UTF-8. "
        "Save it as CSV with a header: one 0/1 column a list, then count."
    )
