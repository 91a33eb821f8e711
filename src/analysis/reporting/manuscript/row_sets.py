"""Published rows in, those of one file and one series drawn together out.

A set published as a file prints the same publisher, address and terms behind every
row, and the same words before every year. Said once, they leave a list that can be
read; each row keeps its number, its value and the words of its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from analysis.contracts.published import SourceRow, Text

_DATED = re.compile(r"(?P<stem>.+)-(?P<stamp>(?P<year>\d{4})(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Dated:
    """One row of a series: its stamp (the year, told apart where a year stands twice).

    ``words`` is what its quote says after the words that the series shares.
    """

    row: SourceRow
    stamp: str
    words: str


@dataclass(frozen=True, slots=True)
class RowSeries:
    """Rows that differ by year alone: ``stem`` begins every id, ``head`` every quote."""

    stem: str
    head: str
    what: Text
    rows: tuple[Dated, ...]


@dataclass(frozen=True, slots=True)
class RowSet:
    """Series of one file, with what is the same behind each row of it."""

    of: SourceRow
    series: tuple[RowSeries, ...]


def draw_together(rows: Iterable[SourceRow]) -> tuple[SourceRow | RowSet, ...]:
    """Draw rows together where neighbours are of one file and their ids end in their year.

    Order is kept. A row with a note, or one that others contradict, stands alone.
    """
    found: list[SourceRow | RowSet] = []
    for shared, several in groupby(rows, _shared):
        members = list(several)
        if shared is None or len(members) == 1:
            found.extend(members)
        else:
            found.append(RowSet(members[0], _series(members)))
    return tuple(found)


def _shared(row: SourceRow) -> tuple[str, ...] | None:
    """Return what rows of one set have in common; None for a row that stands alone."""
    dated = _DATED.fullmatch(row.id)
    if not dated or dated["year"] != row.period or row.note or row.conflicts_with:
        return None
    if f"{row.period}: " not in row.quote:
        return None
    return (row.file, row.publisher, row.source_url, row.licence, row.trust)


def _series(rows: list[SourceRow]) -> tuple[RowSeries, ...]:
    return tuple(
        RowSeries(stem, head, members[0].what, tuple(_dated(row) for row in members))
        for (stem, head), members in (
            (key, list(several)) for key, several in groupby(rows, lambda row: _key(row))
        )
    )


def _key(row: SourceRow) -> tuple[str, str]:
    dated = _DATED.fullmatch(row.id)
    head, _, _ = row.quote.partition(f"{row.period}: ")
    return (dated["stem"] if dated else row.id, head.rstrip("; "))


def _dated(row: SourceRow) -> Dated:
    dated = _DATED.fullmatch(row.id)
    _, _, words = row.quote.partition(f"{row.period}: ")
    return Dated(row, dated["stamp"] if dated else row.period, words)
