"""Headings, lines and tables in, the same as plain text or as one HTML file out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment
from markupsafe import Markup

from analysis.contracts.published import Language
from analysis.intake.page.policy import hashed

_WIDTH = 88
_CELL = 40


@dataclass(frozen=True, slots=True)
class Table:
    """A table; columns named in ``numeric`` (by place) are set to the right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines below it, and perhaps a table; ``listed``: lines as a list."""

    heading: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """One sheet of paper in one language; ``warning`` stands before everything else."""

    language: Language
    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    warning: str = ""


def as_text(paper: Paper) -> str:
    """Set a paper as plain text, 88 signs wide."""
    blocks = [paper.warning.upper()] if paper.warning else []
    blocks.append(f"{paper.title}\n{'=' * min(len(paper.title), _WIDTH)}")
    blocks += [_wrapped(line) for line in paper.lead]
    for section in paper.sections:
        blocks.append(f"{section.heading}\n{'-' * len(section.heading)}")
        if section.listed:
            blocks.append("\n".join(_wrapped(line, mark="- ") for line in section.lines))
        else:
            blocks += [_wrapped(line) for line in section.lines]
        if section.table:
            blocks.append("\n".join(_table(section.table)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def as_html(paper: Paper) -> str:
    """Set a paper as one HTML file that loads nothing and runs nothing."""
    folder = files("analysis.intake.receipts")
    style = (folder / "paper.css").read_text(encoding="utf-8")
    template = (folder / "paper.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template).render(
        paper=paper,
        style=Markup(style),
        policy=f"default-src 'none'; style-src {hashed(style)}; base-uri 'none'",
    )


def _wrapped(line: str, mark: str = "") -> str:
    return textwrap.fill(
        line, _WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark), break_long_words=False
    )


def _table(table: Table) -> Iterable[str]:
    """Set a table; a long cell goes on below itself, so that lines stay readable."""
    rows = [
        [textwrap.wrap(cell, _CELL, break_long_words=False) or [""] for cell in row]
        for row in (table.columns, *table.rows)
    ]
    widths = [
        max(len(line) for row in rows for line in row[place]) for place in range(len(table.columns))
    ]
    for row in rows:
        for at in range(max(map(len, row))):
            line = (cell[at] if at < len(cell) else "" for cell in row)
            cells = (
                part.rjust(width) if place in table.numeric else part.ljust(width)
                for place, (part, width) in enumerate(zip(line, widths, strict=True))
            )
            yield "  ".join(cells).rstrip()
