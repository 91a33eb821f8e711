"""What is wrong with the record or odd in its sources, and how a message says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "odd"]
SHOWN_ROWS = 10
"""So many row numbers stand in one message; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (*error*) or strange in the sources themselves (*odd*).

    ``file`` is seen from the workbench's folder, ``row`` as a spreadsheet numbers it,
    ``None`` for the file as a whole. For an error, ``what`` is what the row has and
    never holds a cell's content; an oddity names the published figures it is about.
    """

    severity: Severity
    file: str
    row: int | None
    column: str
    what: str
    remedy: str


def grouped(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Write problems as messages, one for all rows that share file, fault and remedy.

    ``figures.csv: 3 rows have no quote (rows 14, 88, 402). Add the words of the source ...``
    """
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    for problem in problems:
        key = (problem.severity, problem.file, problem.what, problem.remedy)
        rows = groups.setdefault(key, [])
        if problem.row is not None:
            rows.append(problem.row)
    return tuple(_message(*key, sorted(rows)) for key, rows in groups.items())


def _message(severity: str, file: str, what: str, remedy: str, rows: Sequence[int]) -> str:
    if severity == "odd":
        where = f"{file} (row {rows[0]})" if rows else file
        return f"{where}: {what} {remedy}".rstrip()
    if not rows:
        return f"{file}: the file has {what}. {remedy}"
    shown = ", ".join(map(str, rows[:SHOWN_ROWS]))
    more = f" and {len(rows) - SHOWN_ROWS} more" if len(rows) > SHOWN_ROWS else ""
    if len(rows) == 1:
        return f"{file}: 1 row has {what} (row {shown}). {remedy}"
    return f"{file}: {len(rows)} rows have {what} (rows {shown}{more}). {remedy}"
