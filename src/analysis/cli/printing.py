"""Results in, lines on standard output out: tables for people, JSON for machines."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

_GAP = "  "
_WIDEST_CELL = 32
_WIDTH_OF_A_PIPE = 10_000  # a file has no edge, so nothing is cut


def as_json(result: Any) -> None:
    """Write ``result`` as JSON; paths become texts, everything else must be plain."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=2, default=_plain, allow_nan=False))


def as_table(lines: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Write one line an entry; on a terminal long cells, and lines at the edge, are cut."""
    widest = _WIDEST_CELL if sys.stdout.isatty() else _WIDTH_OF_A_PIPE
    cells = [
        [
            *(_cut(_one_line(line.get(column, "")), widest) for column in columns[:-1]),
            _one_line(line.get(columns[-1], "")),
        ]
        for line in lines
    ]
    rows = [list(columns), *cells]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    edge = _edge()
    for row in rows:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo(_cut(_GAP.join(padded).rstrip(), edge))


def as_fields(fields: Mapping[str, Any]) -> None:
    """Write one line a field that is not empty, names aligned."""
    shown = {name: value for name, value in fields.items() if value not in ("", None, [], ())}
    width = max((len(name) for name in shown), default=0)
    for name, value in shown.items():
        click.echo(f"{name.ljust(width)}{_GAP}{_one_line(value)}")


def _edge() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH_OF_A_PIPE


def _one_line(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return " ".join(str(value).split())


def _cut(line: str, edge: int) -> str:
    return line if len(line) <= edge else line[: edge - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _plain(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"not a plain value: {type(value).__name__}")
