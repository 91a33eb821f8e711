"""What an executed notebook carries beside its cells: findings, tables, figures, checks.

Each is displayed with a MIME type of its own, next to the HTML, text or picture
a reader sees, so that the executed notebook is the record and everything else
(register, CSV files, pages, documents) is collected from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.contracts.findings import Basis
from analysis.contracts.published import Text

FINDING = "application/vnd.workbench.finding+json"
TABLE = "application/vnd.workbench.table+json"
FIGURE = "application/vnd.workbench.figure+json"
CHECK = "application/vnd.workbench.check+json"
KINDS = (FINDING, TABLE, FIGURE, CHECK)

NO_NOTE = Text("", "")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a shown table: its name in files, its heading, and how it is set."""

    name: str
    label: Text
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table not yet worded: its cells are `Text`, or what reads the same in both languages.

    ``rows_of`` gives, for each line, the ids of the published rows behind it. A listing
    of invented numbers has the ``basis`` synthetic, and is labelled so wherever it is shown.
    """

    title: Text
    columns: tuple[Column, ...]
    cells: tuple[tuple[Text | str, ...], ...]
    rows_of: tuple[tuple[str, ...], ...]
    source: Text
    note: Text = NO_NOTE
    basis: Basis = "published"


@dataclass(frozen=True, slots=True)
class Table:
    """A table a reader sees.

    ``cells`` are already worded in ``language``; ``rows_of`` gives, for each line,
    the ids of the published rows behind it; ``source`` is the source line.
    """

    id: str
    language: str
    title: str
    columns: tuple[Column, ...]
    cells: tuple[tuple[str, ...], ...]
    rows_of: tuple[tuple[str, ...], ...]
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure a reader sees: drawn twice (SVG, PNG), told once more in words.

    ``data`` are the counts behind the picture, ``rows`` the published rows they
    come from, ``alt`` the text alternative, made from the same data.
    """

    id: str
    language: str
    title: str
    subtitle: str
    alt: str
    source: str
    columns: tuple[str, ...]
    data: tuple[tuple[str, ...], ...]
    rows: tuple[str, ...]
    svg: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Check:
    """A claim that the prose makes, and whether the data bear it."""

    claim: Text
    held: bool


def of_kind(notebook: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Collect the payloads of one MIME type from an executed notebook, in cell order."""
    return [
        output["data"][kind]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if kind in output.get("data", {})
    ]
