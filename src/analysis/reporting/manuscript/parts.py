"""An executed cell in, what a reader sees of it out: prose, findings, tables, figures, checks."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.contracts import outputs
from analysis.contracts.outputs import Check, Column, Picture, Table
from analysis.contracts.published import Language, Text
from analysis.errors import ReportError

_LANGUAGE_TAG = "lang-"
_WITH_OUTPUT = "with-output"
_CHECKS = "checks"
_IMAGES = ("image/png", "image/svg+xml", "image/jpeg", "image/gif")


@dataclass(frozen=True, slots=True)
class Prose:
    """Text of a notebook, in Markdown."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code cell: its source, and the plain text that it printed."""

    source: str
    printed: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A finding where its notebook records it, as JSON."""

    finding: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML that a library's own display wrote; it is cleaned before it is shown."""

    html: str


Part = Prose | Code | Recorded | Markup | Table | Picture | Check


def in_language(cell: Mapping[str, Any], language: Language) -> bool:
    """Whether a cell is for readers of ``language``: tagged with it, or with none."""
    tags = [tag for tag in _tags(cell) if _is_language(tag)]
    return not tags or _LANGUAGE_TAG + language in tags


def without_empty_sections(cells: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Empty the text of a section that shows nothing, where its text says it may.

    A text cell tagged ``with-output`` is told only if a code cell between it and the next
    text showed something: a heading over an empty page explains what is not there. Cells keep
    their places; all must be of one language.
    """
    kept = list(cells)
    for place, cell in enumerate(cells):
        if _WITH_OUTPUT in _tags(cell) and not _shows(cells[place + 1 :]):
            kept[place] = {**cell, "source": ""}
    return kept


def _shows(following: Sequence[Mapping[str, Any]]) -> bool:
    for cell in following:
        if cell["cell_type"] == "markdown":
            return False
        # That a check held is nothing that a heading announces.
        if cell.get("outputs") and _CHECKS not in _tags(cell):
            return True
    return False


def of_cell(cell: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return what a reader sees of a cell, in order; the code of a code cell comes last.

    Raises
    ------
    ReportError
        If the cell failed, or shows a picture that has no text alternative.
    """
    if cell["cell_type"] == "markdown":
        text = _joined(cell["source"])
        return (Prose(text),) if text else ()
    if cell["cell_type"] != "code":
        return ()
    shown: list[Part] = []
    printed: list[str] = []
    for output in cell.get("outputs", []):
        part = _of_output(output)
        if isinstance(part, str):
            printed.append(part.rstrip("\n"))
        else:
            shown.append(part)
    source = _joined(cell["source"]).strip()
    if source:
        shown.append(Code(source, "\n".join(line for line in printed if line)))
    return tuple(shown)


def _of_output(output: Mapping[str, Any]) -> Part | str:
    if output["output_type"] == "error":
        raise ReportError("report: a notebook holds a cell that failed. Run it again, then write.")
    if output["output_type"] == "stream":
        return _joined(output["text"])
    data: Mapping[str, Any] = output["data"]
    for kind, read in _READERS.items():
        if kind in data:
            return read(data)
    if any(kind in data for kind in _IMAGES):
        raise ReportError(
            "report: a notebook shows a picture without text alternative, data and source. "
            "Draw it with analysis.reporting.figures."
        )
    if "text/markdown" in data:
        return Prose(_joined(data["text/markdown"]))
    if "text/html" in data:
        return Markup(_joined(data["text/html"]))
    return _joined(data.get("text/plain", ""))


def _table(data: Mapping[str, Any]) -> Table:
    found = data[outputs.TABLE]
    columns = tuple(
        Column(column["name"], Text(**column["label"]), column["align"])
        for column in found["columns"]
    )
    return Table(
        id=found["id"],
        language=found["language"],
        title=found["title"],
        columns=columns,
        cells=tuple(tuple(line) for line in found["cells"]),
        rows_of=tuple(tuple(rows) for rows in found["rows_of"]),
        source=found["source"],
        note=found["note"],
    )


def _picture(data: Mapping[str, Any]) -> Picture:
    found = data[outputs.FIGURE]
    svg, png = found.get("svg") or data["image/svg+xml"], found.get("png") or data["image/png"]
    return Picture(
        id=found["id"],
        language=found["language"],
        title=found["title"],
        subtitle=found["subtitle"],
        alt=found["alt"],
        source=found["source"],
        columns=tuple(found["columns"]),
        data=tuple(tuple(str(cell) for cell in line) for line in found["data"]),
        rows=tuple(found["rows"]),
        svg=_joined(svg),
        png=b64decode(_joined(png)),
    )


def _check(data: Mapping[str, Any]) -> Check:
    found = data[outputs.CHECK]
    return Check(Text(**found["claim"]), bool(found["held"]))


def _finding(data: Mapping[str, Any]) -> Recorded:
    return Recorded(data[outputs.FINDING])


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Part]] = {
    outputs.FINDING: _finding,
    outputs.TABLE: _table,
    outputs.FIGURE: _picture,
    outputs.CHECK: _check,
}


def _tags(cell: Mapping[str, Any]) -> list[str]:
    found: list[str] = cell.get("metadata", {}).get("tags", [])
    return found


def _is_language(tag: str) -> bool:
    return tag.startswith(_LANGUAGE_TAG)


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
