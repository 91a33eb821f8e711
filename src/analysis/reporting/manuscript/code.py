"""A chapter's cells in, the code a reader may open out: with the values used, drawn together."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.reporting.manuscript.parts import Code, Part

_DECLARED = "parameters"
_INJECTED = "injected-parameters"


def with_values(cells: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Put the values that a run used into the parameters cell.

    The cell in which papermill wrote them keeps its place, emptied: a reader who
    opens the code meets each parameter once, with the value it had.
    """
    used: dict[str, str] = {}
    for cell in cells:
        if _tagged(cell, _INJECTED):
            used |= {name: text for name, text, _ in _assigned(_source(cell))}
    return tuple(_told(cell, used) for cell in cells)


def drawn_together(cells: Sequence[tuple[Part, ...]]) -> tuple[tuple[Part, ...], ...]:
    """Merge neighbouring cells that show nothing but code into the first of them.

    Cells keep their places, so that the others are empty.
    """
    merged: list[tuple[Part, ...]] = []
    opened: int | None = None
    for place, cell in enumerate(cells):
        merged.append(cell)
        if not all(isinstance(part, Code) for part in cell):
            opened = None
        elif opened is None and cell:
            opened = place
        elif cell and opened is not None:
            merged[opened] = (_joined([*merged[opened], *cell]),)
            merged[place] = ()
    return tuple(merged)


def _told(cell: Mapping[str, Any], used: Mapping[str, str]) -> Mapping[str, Any]:
    if _tagged(cell, _INJECTED):
        return {**cell, "source": ""}
    if not used or not _tagged(cell, _DECLARED):
        return cell
    lines = _source(cell).splitlines()
    for name, default, at in _assigned(_source(cell)):
        # Defaults are one-line literals; what is not keeps its own text.
        if name in used and at.lineno == at.end_lineno and not _same(used[name], default):
            line = lines[at.lineno - 1].encode()
            begin, end = line[: at.col_offset].decode(), line[at.end_col_offset :].decode()
            lines[at.lineno - 1] = begin + used[name] + end
    return {**cell, "source": "\n".join(lines)}


def _same(used: str, default: str) -> bool:
    return ast.dump(ast.parse(used)) == ast.dump(ast.parse(default))


def _assigned(source: str) -> list[tuple[str, str, ast.expr]]:
    """Return each ``name = value``: the name, the value as written, and where it stands."""
    return [
        (step.targets[0].id, ast.get_source_segment(source, step.value) or "", step.value)
        for step in ast.parse(source).body
        if isinstance(step, ast.Assign) and isinstance(step.targets[0], ast.Name)
    ]


def _joined(parts: Sequence[Part]) -> Code:
    code = [part for part in parts if isinstance(part, Code)]
    printed = [part.printed for part in code if part.printed]
    return Code("\n\n".join(part.source for part in code), "\n".join(printed))


def _tagged(cell: Mapping[str, Any], tag: str) -> bool:
    return tag in cell.get("metadata", {}).get("tags", [])


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
