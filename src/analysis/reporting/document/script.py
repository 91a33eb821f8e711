"""A report in, the plain JSON that the typst template sets out.

Words travel as JSON strings and are never read as markup, so nothing needs to be
escaped: ``#``, ``$`` and ``@`` come out as themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from analysis.contracts.outputs import Check, Picture, Table
from analysis.contracts.published import Language
from analysis.language import words
from analysis.reporting.front_page import FrontPage
from analysis.reporting.manuscript import edition, facts, prose, quotes
from analysis.reporting.manuscript.edition import Chapter, Edition
from analysis.reporting.manuscript.facts import Fact, Line
from analysis.reporting.manuscript.parts import Part, Prose, Recorded
from analysis.reporting.manuscript.prose import Node

Json = dict[str, Any]

_LINE = 70  # signs that a table can set side by side without breaking a cell
_WIDEST = 40  # signs: beyond this a longer cell earns no more width
_TALL = 1.35  # height over width: a taller figure is set narrower, to stay on its page
_WORDS = (
    *("contents", "checks", "source_column", "page_of"),
    *("findings", "findings_lead", "findings_none"),
    *("sources", "sources_lead", "sources_none"),
    *("breaks", "breaks_lead", "breaks_none"),
)


def write(printed: Edition, front: FrontPage, language: Language) -> Json:
    """Write everything the template needs, in reading order."""
    return _Writer(printed, language).document(front)


class _Writer:
    """One language of one edition."""

    def __init__(self, printed: Edition, language: Language) -> None:
        self.edition = printed
        self.report = printed.report
        self.language = language

    def document(self, front: FrontPage) -> Json:
        chapters = self.edition.chapters[self.language]
        brks = sorted(self.report.breaks.values(), key=lambda brk: (brk.date, brk.id))
        return {
            "lang": self.language,
            "name": self.report.name.said_in(self.language),
            "title": f"{front.title} {self.report.country.said_in(self.language)}",
            "words": {key: self._word(key) for key in _WORDS},
            "front": _front(front),
            "chapters": [
                {"title": chapter.title, "blocks": list(self._blocks(chapter))}
                for chapter in chapters
            ],
            "findings": [
                {**self._finding(found), "facts": self._facts(self._behind(found))}
                for found in self.report.findings
            ],
            "breaks": [
                {
                    "id": brk.id,
                    "what": brk.what.said_in(self.language),
                    "facts": self._facts(facts.of_break(brk, self.report, self.language)),
                }
                for brk in brks
            ],
            "sources": [
                {
                    "id": row.id,
                    "number": str(self.edition.numbers[row.id]),
                    "what": row.what.said_in(self.language),
                    "facts": self._facts(facts.of_row(row, self.report, self.language)),
                }
                for row in self.edition.rows
            ],
        }

    def _word(self, key: str) -> str:
        # The template puts the page numbers in.
        parts = {"page": "{page}", "pages": "{pages}"} if key == "page_of" else {}
        return words.say(f"report.{key}", self.language, **parts)

    def _blocks(self, chapter: Chapter) -> Iterator[Json]:
        untitled = True
        for part in chapter.parts:
            if isinstance(part, Prose):
                blocks = prose.parse(part.markdown)
                if untitled:
                    title, blocks = prose.take_title(blocks)
                    untitled = not title
                yield from (_node(block) for block in prose.below_title(blocks))
            else:
                yield from self._shown(part)

    def _shown(self, part: Part) -> Iterator[Json]:
        if isinstance(part, Recorded):
            yield {"kind": "finding", **self._finding(part.finding)}
        elif isinstance(part, Table):
            yield self._table(part)
        elif isinstance(part, Picture):
            yield {
                "kind": "picture",
                "svg": part.svg,
                "alt": part.alt,
                "source": part.source,
                "refs": self._refs(part.rows),
                "width": _width(part.svg),
            }
        elif isinstance(part, Check):
            held = words.say(f"report.{'held' if part.held else 'not_held'}", self.language)
            yield {"kind": "check", "text": f"{part.claim.said_in(self.language)}: {held}"}

    def _finding(self, found: Mapping[str, Any]) -> Json:
        return {
            "id": found["id"],
            "question": found["question"][self.language],
            "sentence": found["sentence"][self.language],
            "caveats": " ".join(text[self.language] for text in found["caveats"]),
            "grade": found["grade"],
            "refs": self._refs(found["rows"]),
        }

    def _behind(self, found: Mapping[str, Any]) -> tuple[Fact, ...]:
        return facts.of_finding(found, self.report, self.language)

    def _table(self, table: Table) -> Json:
        sourced = any(table.rows_of)
        heads = [column.label.said_in(self.language) for column in table.columns]
        shares = _shares([[head, *cells] for head, *cells in zip(heads, *table.cells, strict=True)])
        columns = [
            {"label": head, "right": column.align == "right", "share": share}
            for head, column, share in zip(heads, table.columns, shares, strict=True)
        ]
        return {
            "kind": "sheet",
            "title": table.title,
            "columns": columns,
            "cells": [list(line) for line in table.cells],
            "refs": [self._refs(rows) for rows in table.rows_of] if sourced else None,
            "source": table.source,
            "note": table.note,
        }

    def _refs(self, rows: Iterable[str]) -> list[Json]:
        return [
            {
                "row": ref.row,
                "text": str(ref.first) if ref.first == ref.last else f"{ref.first}–{ref.last}",
            }
            for ref in edition.references(self.edition, rows)
        ]

    def _facts(self, several: Sequence[Fact]) -> list[Json]:
        return [
            {"label": fact.label, "lines": [self._line(line) for line in fact.lines]}
            for fact in several
        ]

    def _line(self, line: Line) -> Json:
        return {
            "text": line.text if line.quoted else _breakable(line.text),
            "refs": self._refs(line.rows),
            "brk": line.brk,
            "address": line.address,
            "quoted": line.quoted,
            "lang": quotes.language_of(line.text) if line.quoted else "",
        }


def _front(front: FrontPage) -> Json:
    return {
        "kicker": front.kicker,
        "title": front.title,
        "subtitle": front.subtitle,
        "answer": " ".join(front.answer),
        "grades": front.grades,
        "blocks": [
            {
                "heading": block.heading,
                "empty": block.empty,
                "sentences": [
                    {
                        "label": said.label,
                        "words": said.words,
                        "caveats": " ".join(said.caveats),
                        "rest": said.rest,
                        "finding": said.finding,
                        "grade": said.grade,
                    }
                    for said in block.sentences
                ],
            }
            for block in front.blocks
        ],
    }


def _node(node: Node) -> Json:
    return {
        "kind": node.kind,
        "text": node.text,
        "level": node.level,
        "address": node.address if "://" in node.address else "",
        "children": [_node(child) for child in node.children],
    }


def _shares(columns: Sequence[Sequence[str]]) -> list[int]:
    """Return each column's part of the width, in signs; 0 for all where the table is narrow.

    No column gets less than its longest word, so that words break only where all are long.
    """
    longest = [max(len(cell) for cell in column) for column in columns]
    if sum(longest) <= _LINE:
        return [0] * len(columns)
    words_of = (max((len(word) for cell in column for word in cell.split()), default=1)
                for column in columns)  # fmt: skip
    return [
        max(word + 1, min(cell, _WIDEST) * 2 // 3)
        for word, cell in zip(words_of, longest, strict=True)
    ]


def _width(svg: str) -> float:
    """Return the share of the text width (0-1) at which a figure stays on one page."""
    box = re.search(r'viewBox="[\d.\-]+ [\d.\-]+ ([\d.]+) ([\d.]+)"', svg)
    if not box or float(box[2]) == 0:
        return 1.0
    return min(1.0, _TALL * float(box[1]) / float(box[2]))


def _breakable(text: str) -> str:
    """Allow a line break inside what has no spaces: addresses, ids, file names."""
    return re.sub(r"(?<=\S{12})([/._=&?-])(?=\S{6})", "\\1\N{ZERO WIDTH SPACE}", text)
