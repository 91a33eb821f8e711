"""A report in, the plain JSON that the typst template sets out.

Words travel as JSON strings and are never read as markup, so nothing needs to be
escaped: ``#``, ``$`` and ``@`` come out as themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from analysis.contracts.outputs import Check, Picture, Table
from analysis.contracts.published import Language
from analysis.language import words
from analysis.reporting.document import drawings, registers
from analysis.reporting.document.widths import shares
from analysis.reporting.front_page import FrontPage, Said
from analysis.reporting.manuscript import caveats, facts, prose
from analysis.reporting.manuscript.edition import Chapter, Edition
from analysis.reporting.manuscript.intervals import held_together
from analysis.reporting.manuscript.parts import Part, Prose, Recorded
from analysis.reporting.manuscript.prose import Node

Json = dict[str, Any]

_MANY = 11  # columns: a table of more lies across the page
_MANY_REFS = 6  # numbers: more stand below their line of a table, over its whole width
_WORDS = (
    *("contents", "checks", "source_column", "page_of"),
    *("findings", "findings_lead", "findings_none"),
    *("sources", "sources_lead", "sources_none"),
    *("breaks", "breaks_lead", "breaks_none"),
    *("crossed", "caveats"),
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
        register = registers.Register(self.edition, self.language)
        return {
            "lang": self.language,
            "name": self.report.name.said_in(self.language),
            "title": self._title(front),
            "mark": self._word("rehearsal_mark") if self.report.rehearsal else "",
            "words": {key: self._word(key) for key in _WORDS},
            "front": _front(front),
            "chapters": [
                {"title": chapter.title, "blocks": list(self._blocks(chapter))}
                for chapter in self.edition.chapters[self.language]
            ],
            "findings": [
                {**self._finding(found), "facts": register.behind(found)}
                for found in self.report.findings
            ],
            "breaks": register.breaks(),
            "sources": register.sources(),
        }

    def _title(self, front: FrontPage) -> str:
        if self.report.rehearsal:
            return f"{self._word('rehearsal_mark')}: {front.title}"
        return f"{front.title} {self.report.country.said_in(self.language)}"

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
            yield self._picture(part)
        elif isinstance(part, Check):
            held = words.say(f"report.{'held' if part.held else 'not_held'}", self.language)
            yield {"kind": "check", "text": f"{part.claim.said_in(self.language)} ({held})"}

    def _finding(self, found: Mapping[str, Any]) -> Json:
        parted = caveats.part(found, self.report, self.language)
        return {
            "id": found["id"],
            "question": found["question"][self.language],
            "sentence": found["sentence"][self.language],
            "crossed": [
                {
                    "id": brk.id,
                    "text": brk.what.said_in(self.language),
                    "mark": "" if brk.sourced else words.say("values.unsourced", self.language),
                }
                for brk in parted.crossed
            ],
            "caveats": list(parted.rest),
            "grade": found["grade"],
            "refs": self._refs(found["rows"]),
        }

    def _picture(self, picture: Picture) -> Json:
        return {
            "kind": "picture",
            "pieces": [
                {"svg": piece.svg, "alt": self._told(picture, piece)}
                for piece in drawings.pieces(picture)
            ],
            # A picture without rows says itself why it has none.
            "source": facts.publishers(picture.rows, self.report, self.language)
            if picture.rows
            else picture.source,
            "refs": self._refs(picture.rows),
        }

    def _told(self, picture: Picture, piece: drawings.Piece) -> str:
        if piece.place == 1:
            return picture.alt
        return words.say(
            "report.figure_part", self.language, title=picture.title, place=piece.place, of=piece.of
        )

    def _table(self, table: Table) -> Json:
        refs = [self._refs(rows) for rows in table.rows_of]
        cells = [[held_together(cell) for cell in line] for line in table.cells]
        heads = [column.label.said_in(self.language) for column in table.columns]
        columns = [[head, *cells] for head, *cells in zip(heads, *cells, strict=True)]
        rights = [column.align == "right" for column in table.columns]
        if any(refs):
            heads.append(self._word("source_column"))
            rights.append(False)
            columns.append([heads[-1], *(_beside(one) for one in refs)])
        return {
            "kind": "sheet",
            "title": table.title,
            "across": len(heads) > _MANY,
            "columns": [
                {"label": head, "right": right, "share": share}
                for head, right, share in zip(heads, rights, shares(columns), strict=True)
            ],
            "cells": cells,
            "refs": refs if any(refs) else None,
            "below": [len(one) > _MANY_REFS for one in refs],
            "source": table.source,
            "note": table.note,
        }

    def _refs(self, rows: Iterable[str]) -> list[Json]:
        return registers.refs(self.edition, rows)


def _front(front: FrontPage) -> Json:
    return {
        "kicker": front.kicker,
        "title": front.title,
        "subtitle": front.subtitle,
        "answer": [_said(said) for said in front.answer],
        "outcome": front.outcome,
        "grades": front.grades,
        "blocks": [
            {
                "heading": block.heading,
                "empty": block.empty,
                "points": [
                    {
                        "label": point.label,
                        "said": [_said(said) for said in point.said],
                        "caveats": point.caveats,
                        "leads_to": point.leads_to,
                    }
                    for point in block.points
                ],
            }
            for block in front.blocks
        ],
    }


def _beside(refs: list[Json]) -> str:
    return "" if len(refs) > _MANY_REFS else ", ".join(ref["text"] for ref in refs)


def _said(said: Said) -> Json:
    return {"words": said.words, "finding": said.finding, "grade": said.grade}


def _node(node: Node) -> Json:
    return {
        "kind": node.kind,
        "text": node.text,
        "level": node.level,
        "address": node.address if "://" in node.address else "",
        "children": [_node(child) for child in node.children],
    }
