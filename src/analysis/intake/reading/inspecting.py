"""A workbook's XML in, what a reader of values alone would not see out.

Formulas, error values, merged cells, hidden rows, columns and sheets, how far out the cells
reach: a library that hands over values has lost them. Every part that holds a sheet is
looked at, whether or not the workbook says that it has it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any
from xml.parsers import expat

from analysis.intake.reading.archive import Pieces, parts
from analysis.intake.reading.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_ROWS,
    MAX_SHEETS,
    MAX_TEXT,
)
from analysis.intake.reading.refusing import Refusal

_BOOK, _BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_HYPERLINK = "/hyperlink"


@dataclass(slots=True)
class Facts:
    """What one sheet's XML says besides its values. Rows and columns count from 1."""

    formulas: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    filled_columns: set[int] = field(default_factory=set)
    filled_cells: int = 0
    last_row: int = 0
    last_column: int = 0
    promised_rows: int = 0
    hidden: bool = False

    @property
    def hidden_filled_columns(self) -> list[int]:
        """Columns that are hidden and hold something."""
        return [
            column
            for column in sorted(self.filled_columns)
            if any(first <= column <= last for first, last in self.hidden_columns)
        ]


def inspect(content: bytes, refusal: Refusal) -> dict[str, Facts]:
    """Return what each sheet's XML says, by the sheet's name, in the workbook's order."""
    book, links = _Book(refusal), _Links(refusal)
    found: dict[str, Facts] = {}
    longest = 0
    for name, pieces in parts(content, refusal):
        if name == _BOOK:
            _parse(pieces, book, refusal)
        elif name.endswith(".rels"):
            one = links if name == _BOOK_LINKS else _Links(refusal)
            _parse(pieces, one, refusal)
        else:
            part = _Part(refusal)
            _parse_if_xml(pieces, part, refusal)
            longest = max(longest, part.longest)
            if part.root == "worksheet":
                found[name] = part.facts
    if any(one.filled_cells * longest > MAX_TEXT for one in found.values()):
        refusal.stop("bomb")
    return _by_name(book, links, found, refusal)


def _by_name(
    book: _Book, links: _Links, found: dict[str, Facts], refusal: Refusal
) -> dict[str, Facts]:
    if not 0 < len(book.sheets) <= MAX_SHEETS:
        refusal.stop("broken")
    named: dict[str, Facts] = {}
    for sheet_name, link, hidden in book.sheets:
        facts = found.get(links.targets.get(link, ""))
        if facts is None or sheet_name in named:
            refusal.stop("broken")
        facts.hidden = hidden
        named[sheet_name] = facts
    return named


class _Reader:
    """What every part is read by: no document type, no entities, not too deep."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal, self.depth = refusal, 0
        self.parser: Any = None

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refusal.stop("bomb")
        self.element(name.rpartition(":")[2] if ":" in name else name, attributes)

    def ends(self, name: str) -> None:
        self.depth -= 1

    def element(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError


class _Book(_Reader):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.sheets: list[tuple[str, str, bool]] = []

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), link, hidden))
        elif name == "externalReference":
            self.refusal.stop("external_links")


class _Links(_Reader):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.targets: dict[str, str] = {}

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if name != "Relationship":
            return
        outside = attributes.get("TargetMode") == "External"
        if outside and not attributes.get("Type", "").endswith(_HYPERLINK):
            self.refusal.stop("external_links")
        target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
        self.targets[attributes.get("Id", "")] = target.lstrip("/")


class _Part(_Reader):
    """Follows the rows and cells of a sheet, or measures the texts that all sheets share.

    A cell counts as filled if it holds a value or a text.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.facts = Facts()
        self.root = ""
        self.length, self.longest = 0, 0
        self.row, self.row_text, self.column = 0, "", 0
        self.row_hidden = False

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if self.depth == 1:
            self.root = name
            if name == "sst" and self.parser:
                self.parser.CharacterDataHandler = self._text
        elif self.root != "worksheet":
            if name == "si":
                self.length = 0
        elif name == "c":
            self._cell(attributes)
        elif name in ("v", "t"):
            self._filled()
        elif name == "row":
            self._row(attributes)
        elif name == "f":
            self.facts.formulas.append((self.row, self.column))
        elif name == "mergeCell":
            self.facts.merged.append(_row_of(attributes.get("ref", "").partition(":")[0]))
        elif name == "col":
            self._hidden_columns(attributes)
        elif name == "dimension":
            last = attributes.get("ref", "").rpartition(":")[2]
            self.facts.promised_rows = _row_of(last)

    def _text(self, text: str) -> None:
        self.length += len(text)
        self.longest = max(self.longest, self.length)

    def _row(self, attributes: dict[str, str]) -> None:
        self.row_text = attributes.get("r", "")
        self.row = _number(attributes.get("r"), self.row + 1)
        self.column = 0
        self.row_hidden = _true(attributes.get("hidden"))
        self._reach(self.row, 0)

    def _cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self.column += 1
        else:
            letters = place.rstrip("0123456789")
            self.column = _column(letters)
            row_text = place[len(letters) :]
            if row_text != self.row_text:
                self.row_text, self.row = row_text, _number(row_text, 0)
        if self.column > self.facts.last_column or self.row > self.facts.last_row:
            self._reach(self.row, self.column)
        if attributes.get("t") == "e":
            self.facts.errors.append((self.row, self.column))

    def _filled(self) -> None:
        self.facts.filled_columns.add(self.column)
        self.facts.filled_cells += 1
        if self.row_hidden:
            self.facts.hidden_rows.add(self.row)

    def _hidden_columns(self, attributes: dict[str, str]) -> None:
        if _true(attributes.get("hidden")):
            first = _number(attributes.get("min"), 1)
            self.facts.hidden_columns.append((first, _number(attributes.get("max"), first)))

    def _reach(self, row: int, column: int) -> None:
        facts = self.facts
        facts.last_row = max(facts.last_row, row)
        facts.last_column = max(facts.last_column, column)
        if facts.last_column > MAX_COLUMNS:
            self.refusal.stop("too_many_columns", count=facts.last_column, limit=MAX_COLUMNS)
        if facts.last_row > MAX_ROWS + 1:
            self.refusal.stop("too_many_rows", limit=MAX_ROWS)
        if facts.last_row * facts.last_column > MAX_CELLS:
            self.refusal.stop("bomb")


def _parse_if_xml(pieces: Pieces, reader: _Reader, refusal: Refusal) -> None:
    first = next(pieces, b"")
    if not first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        for _ in pieces:  # counted, and checked to be whole
            pass
    else:
        _parse(_again(first, pieces), reader, refusal)


def _again(first: bytes, pieces: Pieces) -> Iterable[bytes]:
    yield first
    yield from pieces


def _parse(pieces: Iterable[bytes], reader: _Reader, refusal: Refusal) -> None:
    parser: Any = expat.ParserCreate()
    reader.parser = parser
    parser.StartElementHandler = reader.begins
    parser.EndElementHandler = reader.ends
    parser.StartDoctypeDeclHandler = lambda *_: refusal.stop("bomb")
    parser.EntityDeclHandler = lambda *_: refusal.stop("bomb")
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):
        refusal.stop("broken")


def _row_of(place: str) -> int:
    return _number(place[len(place.rstrip("0123456789")) :], 0)


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    if not 0 < len(letters) <= 3 or not all("A" <= one <= "Z" for one in letters):
        raise ValueError("no column has these letters")
    return reduce(lambda column, one: column * 26 + ord(one) - 64, letters, 0)


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not text.isdigit() or len(text) > 9:
        raise ValueError("no row or column has this number")
    return int(text)


def _true(text: str | None) -> bool:
    return text in ("1", "true")
