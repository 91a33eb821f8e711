"""What the published record gives: plans, comparability breaks, sourced series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from analysis.contracts.values import NOT_KNOWN, Value, total

Language = Literal["da", "en"]
LANGUAGES: tuple[Language, ...] = ("da", "en")

Flag = Literal["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"]
Trust = Literal["high", "own_period", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Text:
    """One statement in both languages."""

    da: str
    en: str

    def said_in(self, language: Language) -> str:
        """Return the wording in ``language``."""
        return self.da if language == "da" else self.en


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of the published record, as a reader is led to it.

    ``file`` is relative to ``data/published`` and ``line`` the line in that file
    (the header is line 1). ``as_printed`` is the cell as the source prints it,
    empty for rows of words. ``quote`` holds the words seen in the source, ``published``
    the ISO date, of any precision, on which they came out; empty where nobody noted it.
    """

    id: str
    file: str
    line: int
    what: Text
    as_printed: str
    period: str
    publisher: str
    source_url: str
    quote: str
    trust: Trust
    licence: str
    conflicts_with: tuple[str, ...] = ()
    note: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """An action plan as far as it is documented.

    ``first_year`` and ``last_year`` are the whole calendar years in which the plan
    is compared, with the reason in ``years_rule``; ``period`` is what the plan
    itself says. ``amends`` names the plan that this one is an appendix to.
    ``rows`` are the ids of the published rows it rests on; several rows mean that
    sources add to, or contradict, each other.
    """

    id: str
    country: str
    title: Text
    short: Text
    scope: Text
    lead_body: Text
    adopted: str
    period: tuple[str, str]
    first_year: int
    last_year: int
    years_rule: Text
    amends: str | None
    rows: tuple[str, ...]

    @property
    def years(self) -> range:
        """The calendar years compared, both ends included."""
        return range(self.first_year, self.last_year + 1)


@dataclass(frozen=True, slots=True)
class Break:
    """Something that makes figures on either side of a date hard to compare.

    ``flag`` is one of F1 scope, F2 detection, F3 counting rule, F4 coincident
    shock, F5 carry-over, F6 unequal length, F7 outcome lag, F8 report-writer
    bias, F9 small cells. ``indicators`` holds codes, or ``"*"`` for all.
    """

    id: str
    flag: Flag
    country: str
    date: str
    indicators: tuple[str, ...]
    what: Text
    effect: Text
    source_url: str
    quote: str

    @property
    def year(self) -> int:
        """Calendar year of the break."""
        return int(self.date[:4])

    @property
    def sourced(self) -> bool:
        """Whether a source row backs the break; if not, it prints *unsourced*."""
        return bool(self.source_url and self.quote)

    @property
    def splits_a_year(self) -> bool:
        """Whether rule or coverage changes inside a calendar year, which is then not one count."""
        return self.flag in ("F3", "F6") and self.date[5:7] not in ("", "01")

    def touches(self, indicator: str) -> bool:
        """Whether figures of ``indicator`` are affected."""
        return "*" in self.indicators or indicator in self.indicators


@dataclass(frozen=True, slots=True)
class Point:
    """One year of a series: the value, the cell as printed, and the row it stands in."""

    year: int
    value: Value
    as_printed: str
    row: str


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator of one country by calendar year, with what it takes to read it.

    ``unit`` is what is counted (persons, cases ...) and ``rule`` how; series of
    different rules are different series and never enter one comparison.
    ``conflicts`` holds rows of other publishers that disagree, with the pick
    explained in ``picked_by``.
    """

    indicator: str
    country: str
    breakdown: str
    label: Text
    unit: str
    rule: str
    publisher: str
    points: tuple[Point, ...]
    breaks: tuple[Break, ...]
    conflicts: tuple[str, ...]
    picked_by: Text

    @property
    def years(self) -> tuple[int, ...]:
        """Years with a known value, ascending."""
        return tuple(point.year for point in self.points if point.value.known)

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows the points stand in."""
        return tuple(point.row for point in self.points)

    def value(self, year: int) -> Value:
        """Return the value of ``year``; *not known* where there is no row."""
        return next((point.value for point in self.points if point.year == year), NOT_KNOWN)

    def within(self, first: int, last: int) -> Series:
        """Return the series cut to ``first``..``last``, with the breaks inside or at its edges."""
        return replace(
            self,
            points=tuple(point for point in self.points if first <= point.year <= last),
            breaks=tuple(brk for brk in self.breaks if first <= brk.year <= last),
        )

    def missing(self, first: int, last: int) -> tuple[int, ...]:
        """Years in ``first``..``last`` without a known value."""
        return tuple(year for year in range(first, last + 1) if year not in self.years)

    def total(self, first: int, last: int) -> Value:
        """Add the years ``first``..``last``; *not known* when one is missing."""
        return total(self.value(year) for year in range(first, last + 1))

    def crossed(self, before: range, after: range) -> tuple[Break, ...]:
        """Return the breaks from the first year of ``before`` to the last of ``after``."""
        return tuple(brk for brk in self.breaks if before[0] <= brk.year <= after[-1])
