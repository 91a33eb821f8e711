"""Two years of a series and what rows say of them in; the bounds of each part of the change out.

A part is bounded only by a row: a case of a known size, an effort that a source names, a year
counted in part, a figure of persons that is one of charges. The rest is what is left.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from analysis.contracts.published import Break, Series
from analysis.methods.change import Part, TotalsSplit, between_totals
from analysis.study.watched import LargeCase

Years = tuple[int, int]

Kind = Literal[
    "case",
    "elsewhere",
    "effort",
    "effort_before",
    "part_year",
    "scope",
    "charges",
    "charges_both",
]


@dataclass(frozen=True, slots=True)
class CaseKnown:
    """Persons of a case in one year of the series: counted there, or not ruled out.

    ``whole`` is the size of the case over every year, and ``elsewhere`` how many of it are
    counted in other years at least; both are 0 where a row gives the year itself.
    """

    case: LargeCase
    whole: int = 0
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class InCharges:
    """A year whose figure of persons is the number of charges, and the persons of that year."""

    year: int
    charges: int
    persons: int
    publisher: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What rows say of the years of a series, before any change is asked about."""

    cases: tuple[CaseKnown, ...] = ()
    efforts: tuple[Break, ...] = ()
    recounted: tuple[Break, ...] = ()
    charges: Mapping[int, InCharges] | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Persons that a part added between two years, by one row or several.

    ``about`` is what says it, and ``year`` the year that it speaks of.
    """

    part: Part
    low: float
    high: float
    kind: Kind
    year: int
    about: CaseKnown | Break | InCharges
    rows: tuple[str, ...]

    @property
    def points(self) -> bool:
        """Whether it rules a direction out, on the word of a row."""
        return bool(self.rows) and (self.low >= 0 or self.high <= 0)


@dataclass(frozen=True, slots=True)
class Step:
    """The change from one year to the next, with the bounds of its parts."""

    series: Series
    years: Years
    bounds: tuple[Bound, ...]
    split: TotalsSplit

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of every row used: both counts, and what bounds the parts."""
        own = self.series.within(*self.years).rows
        return tuple(dict.fromkeys([*own, *(row for one in self.bounds for row in one.rows)]))

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Breaks of the two years that are not told as a bound of a part."""
        told = {one.about.id for one in self.bounds if isinstance(one.about, Break)}
        own = self.series.within(*self.years).breaks
        return tuple(brk for brk in own if brk.id not in told)


@dataclass(frozen=True, slots=True)
class NoStep:
    """No change of a series of which a row says anything: how far its yearly changes go.

    ``span`` is the years looked at; ``low`` and ``high`` the bounds of the yearly changes,
    None where no two years in a row have figures.
    """

    series: Series
    span: Years
    low: float | None = None
    high: float | None = None


def steps(series: Series, known: Known, first: int, last: int) -> tuple[Step, ...] | NoStep:
    """Split each change up to a year between ``first`` and ``last`` of which a row says something.

    A change with no bound that rules a direction out is left out: all of it is in the rest.
    """
    pairs = [years for years in _pairs(series) if first <= years[1] <= last]
    found = []
    for years in pairs:
        bounds = tuple(_bounds(series, known, years))
        if any(one.points for one in bounds):
            found.append(Step(series, years, bounds, _split(series, years, bounds)))
    if found:
        return tuple(found)
    if not pairs:
        return NoStep(series, (first, last))
    changes = [_change(series, years) for years in pairs]
    span = pairs[0][0], pairs[-1][1]
    return NoStep(series, span, min(low for low, _ in changes), max(high for _, high in changes))


def _pairs(series: Series) -> list[Years]:
    """Return the years in a row that both have a bounded figure."""
    bounded = [year for year in series.years if math.isfinite(series.value(year).bounds[1])]
    return [(year, year + 1) for year in bounded if year + 1 in bounded]


def _change(series: Series, years: Years) -> tuple[float, float]:
    (least, most), (few, many) = (series.value(year).bounds for year in years)
    return few - most, many - least


def _split(series: Series, years: Years, bounds: Iterable[Bound]) -> TotalsSplit:
    ends = [series.value(year).bounds for year in years]
    before, after = ((int(low), int(high)) for low, high in ends)
    spans: dict[Part, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for one in bounds:
        spans[one.part][0] += one.low
        spans[one.part][1] += one.high
    # No part takes away more than all who were counted before, nor adds more than all after.
    known = {
        part: (max(low, -float(before[1])), min(high, float(after[1])))
        for part, (low, high) in spans.items()
    }
    return between_totals(before, after, known=known)


def _most(series: Series, years: Years) -> tuple[float, float]:
    """Return the most persons that either year can have."""
    before, after = (series.value(year).bounds[1] for year in years)
    return before, after


def _bounds(series: Series, known: Known, years: Years) -> Iterator[Bound]:
    yield from _by_cases(known.cases, years)
    yield from _by_efforts(series, known.efforts, years)
    yield from _by_rules(series, known.recounted, years)
    yield from _by_charges(known.charges or {}, years)


def _by_cases(cases: Sequence[CaseKnown], years: Years) -> Iterator[Bound]:
    for one in cases:
        if one.case.year in years:
            kind: Kind = "elsewhere" if one.whole else "case"
            low, high = one.case.low, one.case.high
            if one.case.year == years[0]:
                low, high = -high, -low
            yield Bound("one_large_case", low, high, kind, one.case.year, one, one.case.rows)


def _by_efforts(series: Series, efforts: Sequence[Break], years: Years) -> Iterator[Bound]:
    """Bound an effort that a source names in the later year; one before may have gone on."""
    most, many = _most(series, years)
    for brk in efforts:
        if brk.year == years[1]:
            yield Bound("police_effort", 0, many, "effort", brk.year, brk, _rows(brk))
        elif brk.year == years[0]:
            yield Bound("police_effort", -most, many, "effort_before", brk.year, brk, _rows(brk))


def _by_rules(series: Series, recounted: Sequence[Break], years: Years) -> Iterator[Bound]:
    """Bound what a rule that changed on the way counts in one of the years only."""
    most, many = _most(series, years)
    for brk in recounted:
        # A rule that changed as a year began holds for all of it, and so for both years.
        during = brk.date[5:7] not in ("", "01")
        earlier, later = during and brk.year == years[0], brk.year == years[1]
        low, high, kind = -most, many, _SCOPE
        if brk.flag == "F6":
            # The longer year can hold anybody whom the shorter one was too early or late for.
            low, high, kind = (0.0, many, _PART) if earlier else (-most, 0.0, _PART)
        if earlier or (later and (during or brk.flag != "F6")):
            yield Bound("changed_definition", low, high, kind, brk.year, brk, _rows(brk))


_SCOPE: Kind = "scope"
_PART: Kind = "part_year"


def _by_charges(charges: Mapping[int, InCharges], years: Years) -> Iterator[Bound]:
    before, after = (charges.get(year) for year in years)
    part: Part = "changed_definition"
    if before and after:
        rows = (*before.rows, *after.rows)
        yield Bound(part, 0, 0, "charges_both", years[0], before, rows)
        yield Bound(part, 0, 0, "charges_both", years[1], after, rows)
    elif after:
        more = after.charges - after.persons
        yield Bound(part, 0, more, "charges", after.year, after, after.rows)
    elif before:
        fewer = before.charges - before.persons
        yield Bound(part, -fewer, 0, "charges", before.year, before, before.rows)


def _rows(brk: Break) -> tuple[str, ...]:
    return (brk.id,) if brk.sourced else ()


def with_whole(cases: Sequence[LargeCase], wholes: Sequence[LargeCase]) -> tuple[CaseKnown, ...]:
    """Add to cases of a known year what rows on their whole size leave open in another year.

    Parameters
    ----------
    cases : sequence of LargeCase
        Persons of a case that a row counts in a year of the series.
    wholes : sequence of LargeCase
        A case in all, in the year to which its row dates it.
    """
    known = [CaseKnown(case) for case in cases]
    for whole in wholes:
        own = [case for case in cases if case.name == whole.name]
        if own and whole.year not in {case.year for case in own}:
            elsewhere = sum(case.low for case in own)
            rows = (*whole.rows, *(row for case in own for row in case.rows))
            left = replace(whole, low=0, high=max(0, whole.high - elsewhere), rows=rows)
            known.append(CaseKnown(left, whole.high, elsewhere))
    return tuple(known)
