"""A workbook's bytes in, the grids of its sheets out, each cell as canonical text."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import LANGUAGES
from analysis.intake.reading.headers import letter, plain
from analysis.intake.reading.inspecting import Facts, inspect
from analysis.intake.reading.refusing import Place, Refusal
from analysis.intake.reading.sheets import Grid
from analysis.intake.reading.template import Template, template_of

_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; of a longer one the last are lost."""

_ANONYMOUS = ("sheet", "ark", "tabelle", "feuille", "table", "tabel")


@dataclass(frozen=True, slots=True)
class Found:
    """A grid and the form that its sheet's name says it is, None where it says nothing."""

    grid: Grid
    form: str | None


def grids(content: bytes, profile: Profile, forms: Forms, refusal: Refusal) -> list[Found]:
    """Read every sheet that holds a form's rows; refuse what could be overlooked in one."""
    facts = inspect(content, refusal)
    with _readable(refusal):
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if list(book.sheet_names) != list(facts):
            refusal.stop("broken")
    template = template_of(lambda name: _cells(book, name, refusal), facts, profile, refusal)
    labels = _labels(forms, profile, template)
    found = []
    for number, (name, one) in enumerate(facts.items(), start=1):
        form = labels.get(plain(name))
        shown = _shown(name, number, form is not None, refusal)
        if name in template.skipped or not one.filled_columns:
            continue
        if one.hidden:
            refusal.note("hidden_sheet", Place(shown))
            continue
        _refuse_hidden(one, shown, refusal)
        found.append(Found(_grid(book, name, shown, one, profile, refusal), form))
    refusal.settle()
    if not found:
        refusal.stop("empty")
    return found


def _labels(forms: Forms, profile: Profile, template: Template) -> dict[str, str]:
    named = {plain(sheet): form for form, sheet in template.sheets.items()}
    for id_ in profile.forms:
        label = forms.forms[id_].label
        for text in (id_, *(label.said_in(language) for language in LANGUAGES)):
            named.setdefault(plain(text), id_)
            for mark in template.marks:
                named.setdefault(plain(text + mark), id_)
    return named


def _shown(name: str, number: int, known: bool, refusal: Refusal) -> str:
    """Return how a message calls a sheet: its name only where that can be nobody's."""
    usual = plain(name).rstrip("0123456789") in _ANONYMOUS
    return name if known or usual else refusal.say("sheet_number", number=number)


def _refuse_hidden(facts: Facts, shown: str, refusal: Refusal) -> None:
    place = Place(shown)
    for key, cells in (("formula", facts.formulas), ("error_cell", facts.errors)):
        for column in sorted({column for _, column in cells}):
            rows = sorted({row for row, one in cells if one == column})
            refusal.note(key, Place(shown, letter(column - 1)), rows)
    if facts.merged:
        refusal.note("merged", place, sorted(set(facts.merged)))
    if facts.hidden_rows:
        refusal.note("hidden_rows", place, sorted(facts.hidden_rows))
    if columns := facts.hidden_filled_columns:
        letters = refusal.joined(letter(column - 1) for column in columns)
        refusal.note("hidden_columns", place, count=len(columns), columns=letters)
    if facts.promised_rows > facts.last_row:
        refusal.note("rows_missing", place, promised=facts.promised_rows, last=facts.last_row)


def _grid(
    book: Any, name: str, shown: str, facts: Facts, profile: Profile, refusal: Refusal
) -> Grid:
    cells = _cells(book, name, refusal)
    width = max((len(row) for row in cells), default=0)
    while width and not any(row[width - 1] not in ("", None) for row in cells):
        width -= 1
    texts = _Texts(profile.dialect.decimal)
    columns = [
        pa.array([texts.of(row[place]) for row in cells[1:]], pa.large_string())
        for place in range(width)
    ]
    rows = np.arange(2, len(cells) + 1, dtype=np.int32)
    for place in range(width):
        lost = [line for line, row in enumerate(cells[1:], 2) if _lost_digits(row[place])]
        if lost:
            refusal.note("long_number", Place(shown, letter(place)), lost)
    header = tuple((texts.of(cell) or "").strip() for cell in cells[0][:width])
    return Grid(header, tuple(columns), rows, shown, typed=True)


def _cells(book: Any, name: str, refusal: Refusal) -> Sequence[Sequence[Any]]:
    with _readable(refusal):
        found: Sequence[Sequence[Any]] = book.get_sheet_by_name(name).to_python(
            skip_empty_area=False
        )
    return found


@dataclass(frozen=True, slots=True)
class _Texts:
    """Writes values as text: ISO days, the sender's decimal mark, no grouping."""

    decimal: str

    def of(self, value: Any) -> str | None:
        if isinstance(value, str):
            return value
        if value is None:
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float | int):
            return self._number(float(value))
        if isinstance(value, datetime):
            midnight = value.time() == time(0)
            return value.date().isoformat() if midnight else value.isoformat(" ")
        if isinstance(value, date | time):
            return value.isoformat()
        return str(value)

    def _number(self, value: float) -> str:
        if not math.isfinite(value):
            return str(value)
        if value == int(value):
            return str(int(value))
        written = repr(value)
        plain_digits = written if "e" not in written else f"{value:.17f}".rstrip("0")
        return plain_digits.replace(".", self.decimal)


def _lost_digits(value: Any) -> bool:
    if isinstance(value, timedelta | bool) or not isinstance(value, float | int):
        return False
    return not math.isfinite(value) or abs(value) >= _EXACT


@contextmanager
def _readable(refusal: Refusal) -> Iterator[None]:
    """Turn whatever the library raises on a damaged workbook into one message."""
    try:
        yield
    except (python_calamine.CalamineError, ValueError, OverflowError, OSError):
        refusal.stop("broken")
    except BaseException as error:
        # A panic of the library is no Exception, and its class has no public name.
        if type(error).__name__ != "PanicException":
            raise
        refusal.stop("broken")
