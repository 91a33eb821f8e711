"""Findings, breaks and published rows in, the plain JSON of the registers at the end out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.contracts.published import Language, SourceRow
from analysis.language import words
from analysis.reporting.manuscript import edition, facts, quotes, row_sets
from analysis.reporting.manuscript.edition import Edition
from analysis.reporting.manuscript.facts import Fact, Line
from analysis.reporting.manuscript.row_sets import RowSeries, RowSet

Json = dict[str, Any]

_AT_SIGN = re.compile(r"(?<=\S{12})([/._=&?-])(?=\S{6})")
_IN_CHECKSUM = re.compile(r"([0-9a-f]{16})(?=[0-9a-f])")
_IN_TOKEN = re.compile(r"([^\s\u200b]{24})(?=[^\s\u200b]{6})")

# What a reader on paper takes in without its label, and what the quote and the id say already.
_BARE = ("period", "publisher", "address")
_LEFT_OUT = ("quote", "place")


class Register:
    """What stands at the end of the document, in one language."""

    def __init__(self, printed: Edition, language: Language) -> None:
        self.edition = printed
        self.report = printed.report
        self.language = language

    def behind(self, found: Mapping[str, Any]) -> list[Json]:
        """What stands behind a finding."""
        return self._facts(facts.of_finding(found, self.report, self.language))

    def breaks(self) -> list[Json]:
        """Every break, by date."""
        return [
            {
                "id": brk.id,
                "what": brk.what.said_in(self.language),
                "facts": self._facts(facts.of_break(brk, self.report, self.language)),
            }
            for brk in sorted(self.report.breaks.values(), key=lambda brk: (brk.date, brk.id))
        ]

    def sources(self) -> list[Json]:
        """Every row used, by number; the rows of one file are drawn together."""
        return [
            self._set(entry) if isinstance(entry, RowSet) else self._row(entry)
            for entry in row_sets.draw_together(self.edition.rows)
        ]

    def _row(self, row: SourceRow) -> Json:
        label = {key: words.say(f"report.{key}", self.language) for key in (*_BARE, *_LEFT_OUT)}
        left_out = [label[key] for key in _LEFT_OUT]
        bare = [label[key] for key in _BARE]
        told = [
            {**fact, "label": "" if fact["label"] in bare else fact["label"]}
            for fact in self._facts(facts.of_row(row, self.report, self.language))
            if fact["label"] not in left_out
        ]
        return {
            "kind": "row",
            "id": row.id,
            "number": str(self.edition.numbers[row.id]),
            "what": row.what.said_in(self.language),
            "quote": row.quote,
            "lang": quotes.language_of(row.quote),
            "facts": told,
        }

    def _set(self, entry: RowSet) -> Json:
        told = facts.of_set(entry.of, self.report, self.language)
        whose = facts.publisher(entry.of, self.report, self.language)
        return {
            "kind": "set",
            "title": whose,
            "facts": self._facts(told),
            "series": [self._series(series) for series in entry.series],
        }

    def _series(self, series: RowSeries) -> Json:
        return {
            "what": series.what.said_in(self.language),
            "stem": series.stem,
            "head": series.head,
            "lang": quotes.language_of(series.head),
            "values": [
                {
                    "id": dated.row.id,
                    "number": str(self.edition.numbers[dated.row.id]),
                    "text": f"{dated.stamp}: {dated.words}",
                }
                for dated in series.rows
            ],
        }

    def _facts(self, several: Sequence[Fact]) -> list[Json]:
        return [
            {"label": fact.label, "lines": [self._line(line) for line in fact.lines]}
            for fact in several
        ]

    def _line(self, line: Line) -> Json:
        return {
            "text": line.text if line.quoted else _breakable(line.text),
            "refs": refs(self.edition, line.rows),
            "brk": line.brk,
            "address": line.address,
            "quoted": line.quoted,
            "lang": quotes.language_of(line.text) if line.quoted else "",
        }


def refs(printed: Edition, rows: Iterable[str]) -> list[Json]:
    """Give published rows their numbers, with the row that each leads to."""
    return [
        {
            "row": ref.row,
            "text": str(ref.first) if ref.first == ref.last else f"{ref.first}–{ref.last}",
        }
        for ref in edition.references(printed, rows)
    ]


def _breakable(text: str) -> str:
    """Allow a line break inside what has no spaces: addresses, ids, file names, checksums."""
    parted = _AT_SIGN.sub("\\1\N{ZERO WIDTH SPACE}", text)
    parted = _IN_CHECKSUM.sub("\\1\N{ZERO WIDTH SPACE}", parted)
    # Some addresses carry a token of hundreds of signs without any separator.
    return _IN_TOKEN.sub("\\1\N{ZERO WIDTH SPACE}", parted)
