"""A picture or a table in, what a notebook displays out: one bundle of MIME types."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from dataclasses import dataclass
from html import escape
from typing import Any

from analysis.contracts import outputs
from analysis.contracts.outputs import Column, Picture, Table
from analysis.contracts.published import Language


@dataclass(frozen=True, slots=True)
class TextBox:
    """Where one text of a picture stands, in pixels from its top left corner."""

    words: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture or table that displays itself in a notebook.

    ``measure`` finds the ``boxes`` of a picture's texts. They are no part of the output,
    so that nothing is measured until somebody asks.
    """

    content: Picture | Table
    measure: Callable[[], tuple[TextBox, ...]] = tuple

    @property
    def boxes(self) -> tuple[TextBox, ...]:
        """The places of a picture's texts, for a test that none is cut or covered."""
        return self.measure()

    @property
    def picture(self) -> Picture:
        """The picture; raises `TypeError` where a table is shown (a bug)."""
        if isinstance(self.content, Picture):
            return self.content
        raise TypeError("shown: this is a table")

    @property
    def table(self) -> Table:
        """The table; raises `TypeError` where a picture is shown (a bug)."""
        if isinstance(self.content, Table):
            return self.content
        raise TypeError("shown: this is a picture")

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
    ) -> dict[str, Any]:
        """Return every form of the content by MIME type, as Jupyter asks for it."""
        if isinstance(self.content, Picture):
            bundle = _picture_bundle(self.content)
        else:
            bundle = _table_bundle(self.content)
        return {
            kind: form
            for kind, form in bundle.items()
            if (not include or kind in include) and kind not in (exclude or ())
        }


def payload(content: Picture | Table) -> dict[str, Any]:
    """Turn a picture (without its drawings) or a table into plain JSON types."""
    if isinstance(content, Picture):
        return {
            "id": content.id,
            "language": content.language,
            "title": content.title,
            "subtitle": content.subtitle,
            "alt": content.alt,
            "source": content.source,
            "columns": list(content.columns),
            "data": [list(line) for line in content.data],
            "rows": list(content.rows),
        }
    return {
        "id": content.id,
        "language": content.language,
        "title": content.title,
        "columns": [_column(column) for column in content.columns],
        "cells": [list(line) for line in content.cells],
        "rows_of": [list(rows) for rows in content.rows_of],
        "source": content.source,
        "note": content.note,
    }


def html(table: Table) -> str:
    """Write a table as HTML: caption, scoped headings, numbers to the right, source line."""
    language: Language = "da" if table.language == "da" else "en"
    head = "".join(_head_cell(column.label.said_in(language), column) for column in table.columns)
    lines = zip(table.cells, table.rows_of, strict=True)
    body = "\n".join(_line(cells, rows, table.columns) for cells, rows in lines)
    after = "".join(
        f'<p class="{name}">{escape(words)}</p>'
        for name, words in (("note", table.note), ("source", table.source))
        if words
    )
    return (
        f'<div class="shown-table" id="{escape(table.id)}" lang="{language}"><table>\n'
        f"<caption>{escape(table.title)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>{after}</div>"
    )


def _picture_bundle(picture: Picture) -> dict[str, Any]:
    return {
        outputs.FIGURE: payload(picture),
        "image/svg+xml": picture.svg,
        "image/png": base64.b64encode(picture.png).decode("ascii"),
        "text/plain": picture.alt,
    }


def _table_bundle(table: Table) -> dict[str, Any]:
    lines = [table.title, *(" | ".join(cells) for cells in table.cells), table.note, table.source]
    return {
        outputs.TABLE: payload(table),
        "text/html": html(table),
        "text/plain": "\n".join(line for line in lines if line),
    }


def _column(column: Column) -> dict[str, Any]:
    label = {"da": column.label.da, "en": column.label.en}
    return {"name": column.name, "label": label, "align": column.align}


def _head_cell(label: str, column: Column) -> str:
    return f'<th scope="col"{_aligned(column)}>{escape(label)}</th>'


def _line(cells: tuple[str, ...], rows: tuple[str, ...], columns: tuple[Column, ...]) -> str:
    written = []
    for place, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        tag = 'th scope="row"' if place == 0 else "td"
        written.append(f"<{tag}{_aligned(column)}>{escape(cell)}</{tag[:2]}>")
    named = f' data-rows="{escape(" ".join(rows))}"' if rows else ""
    return f"<tr{named}>{''.join(written)}</tr>"


def _aligned(column: Column) -> str:
    # Jupyter shows tables without our style sheet, so alignment is said in the cell.
    side = "right" if column.align == "right" else "left"
    return f' style="text-align: {side}"'
