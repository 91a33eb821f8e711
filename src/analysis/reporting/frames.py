"""A published table in, its lines as plain words out, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.contracts.published import Language, Text

Line = Mapping[str, str]
Frame = pd.DataFrame | Sequence[Mapping[str, object]]


def lines(frame: Frame) -> list[dict[str, str]]:
    """Return each row as words by column; an empty or missing cell is ``""``."""
    if isinstance(frame, pd.DataFrame):
        records: Iterable[Mapping[object, object]] = frame.to_dict("records")
    else:
        records = frame  # type: ignore[assignment]
    return [{str(name): _words(cell) for name, cell in record.items()} for record in records]


def said(line: Line, name: str, language: Language) -> str:
    """Return ``<name>_da`` or ``<name>_en`` of a line, or ``<name>`` where that is all."""
    return line.get(f"{name}_{language}") or line.get(name, "")


def text(line: Line, name: str) -> Text:
    """Return both wordings of a cell."""
    return Text(da=said(line, name, "da"), en=said(line, name, "en"))


def ids(cell: str) -> tuple[str, ...]:
    """Split a cell that lists ids by ``;``."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def by_id(frame: Frame, name: str = "row_id") -> dict[str, dict[str, str]]:
    """Return the first line of each id in column ``name``."""
    found: dict[str, dict[str, str]] = {}
    for line in lines(frame):
        found.setdefault(line.get(name, ""), line)
    return found


def distinct(items: Iterable[str]) -> tuple[str, ...]:
    """Return the items in order, each once, without empty ones."""
    return tuple(dict.fromkeys(item for item in items if item))


def _words(cell: object) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
