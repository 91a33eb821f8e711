"""What every template needs: wording, source numbers, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import DictLoader, Environment
from markupsafe import Markup as Safe
from markupsafe import escape

from analysis.contracts.published import Language
from analysis.language import numbers, words
from analysis.reporting.manuscript import caveats, edition, facts, quotes, row_sets
from analysis.reporting.manuscript.edition import Edition, Reference
from analysis.reporting.manuscript.row_sets import RowSet
from analysis.reporting.pages import cells

_TEMPLATES = ("layout", "parts", "front", "findings", "sources", "breaks", "chapter")


def environment() -> Environment:
    """Return the templates, with every value escaped unless it is marked as HTML."""
    folder = files("analysis.reporting.pages") / "templates"
    sources = {
        f"{name}.html.j2": (folder / f"{name}.html.j2").read_text(encoding="utf-8")
        for name in _TEMPLATES
    }
    return Environment(
        loader=DictLoader(sources), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def stylesheet() -> bytes:
    """Return the style sheet of all pages."""
    return (files("analysis.reporting.pages") / "templates" / "report.css").read_bytes()


class Setting:
    """One language of one edition, as templates ask for it."""

    def __init__(self, printed: Edition, language: Language) -> None:
        self.edition = printed
        self.report = printed.report
        self.language = language

    def __deepcopy__(self, memo: dict[int, Any]) -> Setting:
        # nbconvert copies whatever it is given; an edition is never changed.
        return self

    def say(self, key: str, **parts: Any) -> str:
        """Word a key of the report's catalogue."""
        return words.say(f"report.{key}", self.language, **parts)

    def refs(self, rows: Iterable[str]) -> tuple[Reference, ...]:
        """Give published rows their numbers."""
        return edition.references(self.edition, rows)

    def finding_facts(self, finding: Any) -> tuple[facts.Fact, ...]:
        """Word what stands behind a finding."""
        return facts.of_finding(finding, self.report, self.language)

    def row_facts(self, row: Any) -> tuple[facts.Fact, ...]:
        """Word a published row."""
        return facts.of_row(row, self.report, self.language)

    def caveats(self, finding: Any) -> caveats.Parted:
        """Part a finding's caveats: the breaks it crosses, and the rest."""
        return caveats.part(finding, self.report, self.language)

    @staticmethod
    def unbroken(text: str) -> Safe:
        """Keep each interval on one line."""
        return cells.unbroken(text)

    @staticmethod
    def size(table: Any) -> str:
        """Return the classes of a table."""
        return cells.of_table(table)

    @staticmethod
    def column(table: Any, place: int) -> str:
        """Return the classes of a table's column."""
        return cells.of_column(table, place)

    @staticmethod
    def cell(table: Any, place: int, cell: str) -> str:
        """Return the classes of a table's cell."""
        return cells.of_cell(table, place, cell)

    @property
    def unsourced(self) -> str:
        """What stands behind a break that no source backs."""
        return words.say("values.unsourced", self.language)

    def day(self, stamp: str) -> str:
        """Write an ISO date of any precision."""
        return numbers.day(stamp, self.language)

    def publishers(self, rows: Any) -> str:
        """Name who published rows, before their numbers."""
        return facts.publishers(rows, self.report, self.language)

    def sources(self) -> tuple[Any, ...]:
        """Return every row used, those of one file drawn together."""
        return row_sets.draw_together(self.edition.rows)

    def set_title(self, entry: RowSet) -> str:
        """Say whose rows a set holds, and their numbers."""
        rows = [dated.row.id for series in entry.series for dated in series.rows]
        placed = [self.edition.numbers[row] for row in rows]
        whose = facts.publisher(entry.of, self.report, self.language)
        return f"{min(placed)}\N{EN DASH}{max(placed)} {whose}"

    def set_facts(self, entry: RowSet) -> tuple[facts.Fact, ...]:
        """Word what is the same behind every row of a set."""
        return facts.of_set(entry.of, self.report, self.language)

    def break_facts(self, brk: Any) -> tuple[facts.Fact, ...]:
        """Word a comparability break."""
        return facts.of_break(brk, self.report, self.language)

    @staticmethod
    def language_of(quote: str) -> str:
        """Tell the language of a quote; empty where it is not known."""
        return quotes.language_of(quote)

    @staticmethod
    def whole(text: str) -> Safe:
        """Keep hyphenated words of a heading on one line."""
        hyphenated = r"(\S+-\S+)"
        return Safe(re.sub(hyphenated, r'<span class="whole">\1</span>', str(escape(text))))

    @staticmethod
    def anchor(name: str) -> str:
        """Write an id as the part of an address behind ``#``."""
        return quote(name, safe="")
