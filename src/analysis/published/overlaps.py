"""Published tables of overlapping lists in, each with its counts, totals and rows out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import pandas as pd

from analysis.contracts import tables
from analysis.contracts.published import SourceRow, Text, Trust
from analysis.contracts.tables import TableContract
from analysis.errors import DataError, ParameterError
from analysis.language import words
from analysis.places import Places
from analysis.published.codes import Codes, text_of, unknown
from analysis.published.files import Shelf, records

JOIN = "+"
"""What stands between the lists of a combination."""

_ID = re.compile(r"O[TLE]-")

_Line = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class ListedCount:
    """Cases that are on these lists and on no other, and the row that says so."""

    row: str
    lists: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class PrintedTotal:
    """A total that somebody published for a table; ``estimate`` is None where it is a range.

    ``before_merging``: it rests on the lists before some of them were merged.
    """

    row: str
    method: str
    estimate: float | None
    low: float | None
    high: float | None
    level: float | None
    as_printed: str
    publication: str
    before_merging: bool = False


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A published table: whose, which lists in their order, who is on them, what was made of it.

    ``lists`` says in words what the lists are. ``printed`` holds the totals published of this
    table, and of the one that it was merged from.
    """

    code: str
    row: str
    title: Text
    country: str
    period: str
    names: tuple[str, ...]
    lists: Text
    publication: str
    counts: tuple[ListedCount, ...]
    printed: tuple[PrintedTotal, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows that the table rests on: every count."""
        return tuple(one.row for one in self.counts)


def path_of(places: Places, contract: TableContract) -> Path:
    """Return where a table of the overlaps lies."""
    return places.published / "overlaps" / f"{contract.name.removeprefix('overlap_')}.csv"


class Overlaps:
    """The published tables of overlapping lists of one record; none where there is no folder."""

    def __init__(self, shelf: Shelf, codes: Codes) -> None:
        self._shelf = shelf
        self._codes = codes

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes of the tables, in the order of their file."""
        return tuple(cells["table"] for _, cells in self._lines(tables.OVERLAP_TABLES))

    def table(self, code: str) -> ListedTable:
        """Return a table; `ParameterError` with the nearest known codes if there is none."""
        found = self._about(code)
        names = tuple(found["lists"].split(JOIN))
        own = ((code, False), (found["merged_from"], True))
        return ListedTable(
            code=code,
            row=found["row_id"],
            title=text_of(found, "title"),
            country=found["country"],
            period=found["period"],
            names=names,
            lists=text_of(found, "lists"),
            publication=found["publication"],
            counts=tuple(
                ListedCount(cells["row_id"], tuple(cells["lists"].split(JOIN)), number)
                for cells in self._of(tables.OVERLAP_COUNTS, code)
                if (number := _whole(cells, "count")) is not None
            ),
            printed=tuple(
                _printed(cells, before)
                for table, before in own
                for cells in self._of(tables.OVERLAP_ESTIMATES, table)
            ),
        )

    def of_country(self, iso3: str) -> ListedTable | None:
        """Return the first table about a whole country; None where none was published."""
        for _, cells in self._lines(tables.OVERLAP_TABLES):
            if (cells["country"], cells["scope"]) == (iso3, "national"):
                return self.table(cells["table"])
        return None

    def frame(self, contract: TableContract) -> pd.DataFrame:
        """Return a file of the overlaps, all cells text; empty where there is no folder."""
        path = path_of(self._shelf.places, contract)
        if not path.parent.is_dir():
            self._shelf.announce(path)
            return pd.DataFrame(columns=list(contract.columns), dtype=str)
        return self._shelf.read(path, contract)[list(contract.columns)]

    def row(self, row_id: str) -> SourceRow | None:
        """Return a row of a table, a count or a published total by its id."""
        if not _ID.match(row_id):
            return None
        for contract in tables.OVERLAPS:
            for line, cells in self._lines(contract):
                if cells["row_id"] == row_id:
                    return self._told(contract, line, cells)
        return None

    def _told(self, contract: TableContract, line: int, cells: dict[str, str]) -> SourceRow:
        about = self._about(cells["table"])
        path = path_of(self._shelf.places, contract)
        counted = contract is tables.OVERLAP_COUNTS
        return SourceRow(
            id=cells["row_id"],
            file=path.relative_to(self._shelf.places.published).as_posix(),
            line=line,
            what=_what(contract, cells, text_of(about, "title")),
            as_printed=cells["count"] if counted else cells.get("as_printed", ""),
            period=about["period"],
            publisher=about["publisher"],
            source_url=_address(contract, cells, about),
            quote=_quote(contract, cells, about),
            trust=cast(Trust, about["trust"]),
            licence=about["licence"],
            note=_note(cells, about),
        )

    def _about(self, code: str) -> dict[str, str]:
        for _, cells in self._lines(tables.OVERLAP_TABLES):
            if cells["table"] == code:
                return cells
        raise ParameterError(unknown("table of lists", code, self.codes))

    def _of(self, contract: TableContract, code: str) -> Iterator[dict[str, str]]:
        return (cells for _, cells in self._lines(contract) if code and cells["table"] == code)

    def _lines(self, contract: TableContract) -> list[_Line]:
        return list(enumerate(records(self.frame(contract)), start=2))


def method_words(method: str) -> Text:
    """Name how a published total was come by."""
    return words.text(f"published.overlap_method_{method}")


def _what(contract: TableContract, cells: dict[str, str], title: Text) -> Text:
    if contract is tables.OVERLAP_TABLES:
        return title
    if contract is tables.OVERLAP_COUNTS:
        names = cells["lists"].split(JOIN)
        listed = Text(words.joined(names, "da"), words.joined(names, "en"))
        return words.text("published.overlap_count", title=title, lists=listed)
    method = method_words(cells["method"])
    return words.text("published.overlap_total", title=title, method=method)


def _address(contract: TableContract, cells: dict[str, str], about: dict[str, str]) -> str:
    if contract is tables.OVERLAP_COUNTS:
        return about["counts_url"]
    return cells["source_url"]


def _quote(contract: TableContract, cells: dict[str, str], about: dict[str, str]) -> str:
    """Return the words seen; of a count its line in the package's table, a 0 or 1 a list."""
    if contract is not tables.OVERLAP_COUNTS:
        return cells.get("quote", "")
    own = cells["lists"].split(JOIN)
    on = ", ".join(f"{name} {int(name in own)}" for name in about["lists"].split(JOIN))
    return f"{on}: {cells['count']}"


def _note(cells: dict[str, str], about: dict[str, str]) -> str:
    said = (cells.get("publication") or about["publication"], cells.get("note") or "")
    return ". ".join(part.rstrip(".") for part in said if part) + "."


def _printed(cells: dict[str, str], before: bool) -> PrintedTotal:
    return PrintedTotal(
        row=cells["row_id"],
        method=cells["method"],
        estimate=_whole(cells, "estimate"),
        low=_whole(cells, "low"),
        high=_whole(cells, "high"),
        level=float(cells["level"]) if cells["level"] else None,
        as_printed=cells["as_printed"],
        publication=cells["publication"],
        before_merging=before,
    )


def _whole(cells: dict[str, str], name: str) -> int | None:
    if not cells[name]:
        return None
    if not cells[name].isdecimal():
        raise DataError(
            f"overlaps: a row has no whole number in {name}. See which: workbench data check"
        )
    return int(cells[name])
