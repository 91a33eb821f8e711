"""What is wrong with one file in, one message in the sender's language out.

A message says where (file, sheet, column, rows as the spreadsheet numbers them), what,
how many and what to do. No part of it is ever taken from a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import NoReturn

from analysis.contracts.published import Language
from analysis.errors import SubmissionError
from analysis.intake.reading.limits import MAX_LINES, MAX_ROWS_NAMED
from analysis.language import words

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file. ``sheet`` and ``column`` as they may be shown, empty if there is none."""

    sheet: str = ""
    column: str = ""


@dataclass(slots=True)
class Refusal:
    """Collects what is wrong with one file; raises it as one `SubmissionError`."""

    file: str
    language: Language
    lines: list[str] = field(default_factory=list)

    def note(
        self,
        key: str,
        place: Place = Place(),
        rows: Sequence[int] | None = None,
        **parts: words.Part,
    ) -> None:
        """Add one problem: a key of the catalogue ``intake_reading``, its place and parts.

        ``rows`` fill the parts ``count`` and ``rows`` of the sentence.
        """
        if rows is not None:
            parts = {"count": len(rows), "rows": self.rows(rows), **parts}
        said = words.say(f"intake_reading.{key}", self.language, **parts)
        line = f"{self._where(place)}: {said}"
        if line not in self.lines:
            self.lines.append(line)

    def stop(
        self,
        key: str,
        place: Place = Place(),
        rows: Sequence[int] | None = None,
        **parts: words.Part,
    ) -> NoReturn:
        """Add one problem and raise: nothing further can be read."""
        self.note(key, place, rows, **parts)
        raise self._error()

    def settle(self) -> None:
        """Raise if any problem was noted."""
        if self.lines:
            raise self._error()

    def rows(self, rows: Sequence[int]) -> str:
        """Word row numbers: `` (rows 14, 88, 402 and 3 more)``, at most the first twenty."""
        if not rows:
            return ""
        first = ", ".join(str(int(row)) for row in sorted(rows)[:MAX_ROWS_NAMED])
        more = len(rows) - MAX_ROWS_NAMED
        if more > 0:
            return words.say("intake_reading.rows_more", self.language, rows=first, more=more)
        one = "row" if len(rows) == 1 else "rows"
        return words.say(f"intake_reading.{one}", self.language, rows=first)

    def say(self, key: str, **parts: words.Part) -> str:
        """Word a part of a sentence in the sender's language."""
        return words.say(f"intake_reading.{key}", self.language, **parts)

    def joined(self, items: Iterable[str]) -> str:
        """Join words as a list of the sender's language."""
        return words.joined(list(items), self.language)

    def _where(self, place: Place) -> str:
        parts = [self.file]
        if place.sheet:
            parts.append(words.say("intake_reading.sheet", self.language, sheet=place.sheet))
        if place.column:
            parts.append(words.say("intake_reading.column", self.language, column=place.column))
        return ", ".join(parts)

    def _error(self) -> SubmissionError:
        shown = self.lines[:MAX_LINES]
        if more := len(self.lines) - len(shown):
            shown.append(words.say("intake_reading.further", self.language, more=more))
        return SubmissionError("\n".join(shown))


def shown_name(name: str) -> str:
    """Return a file's name without its folder and without what a terminal would obey."""
    bare = PurePosixPath(PureWindowsPath(name).name).name or "file"
    return "".join(one if one.isprintable() else "?" for one in bare)[:_LONGEST_NAME]
