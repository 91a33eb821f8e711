"""Figures and tables in, their files out: SVG, PNG and CSV, named by id and language."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.contracts.outputs import Picture, Table
from analysis.contracts.published import Language
from analysis.reporting.manuscript.edition import Edition

# Where a figure or table stands: chapter, language, cell, place in the cell.
Spot = tuple[str, Language, int, int]


def name_files(edition: Edition) -> dict[Spot, str]:
    """Give every figure and table the stem of its files; a second of one id ends in ``-2``.

    Files of a rehearsal begin with the word: they are sent on without the page around them.
    """
    stems: dict[Spot, str] = {}
    mark = "synthetic-" if edition.report.rehearsal else ""
    for language, chapters in edition.chapters.items():
        seen: Counter[tuple[type, str]] = Counter()
        for chapter in chapters:
            for row, cell in enumerate(chapter.cells):
                for column, part in enumerate(cell):
                    if not isinstance(part, (Picture, Table)):
                        continue
                    stem = mark + re.sub(r"[^A-Za-z0-9._-]+", "-", part.id)
                    kind = type(part), stem
                    seen[kind] += 1
                    again = f"-{seen[kind]}" if seen[kind] > 1 else ""
                    stems[chapter.name, language, row, column] = f"{stem}{again}.{language}"
    return stems


def write_files(edition: Edition, stems: Mapping[Spot, str], out: Path) -> None:
    """Write every figure with its data to ``figures/``, every table to ``tables/``."""
    (out / "figures").mkdir(parents=True, exist_ok=True)
    (out / "tables").mkdir(parents=True, exist_ok=True)
    chapters = {
        (chapter.name, language): chapter
        for language, several in edition.chapters.items()
        for chapter in several
    }
    for (name, language, row, column), stem in stems.items():
        part = chapters[name, language].cells[row][column]
        if isinstance(part, Picture):
            (out / "figures" / f"{stem}.svg").write_bytes(part.svg.encode("utf-8"))
            (out / "figures" / f"{stem}.png").write_bytes(part.png)
            (out / "figures" / f"{stem}.csv").write_bytes(_csv(part.columns, part.data))
        elif isinstance(part, Table):
            (out / "tables" / f"{stem}.csv").write_bytes(_table(part))


def _table(table: Table) -> bytes:
    """Write a table with the ids of the rows behind each line in a last column."""
    lines = (
        (*cells, ";".join(rows)) for cells, rows in zip(table.cells, table.rows_of, strict=True)
    )
    return _csv([*(column.name for column in table.columns), "rows"], lines)


def _csv(columns: Iterable[str], lines: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8")
