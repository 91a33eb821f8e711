"""An indicator and a country in, the series that a declared rule picks out, conflicts beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.contracts.published import Break, Point, Series
from analysis.contracts.tables import TRUST
from analysis.contracts.values import NOT_KNOWN, Value, parse
from analysis.errors import DataError, ParameterError
from analysis.published import glotip
from analysis.published.codes import Pick
from analysis.published.load import Record
from analysis.published.named import told
from analysis.published.rows import ids_in
from analysis.published.sets import GLOTIP, POLICY
from analysis.published.shape import Printed


@dataclass(frozen=True, slots=True)
class _Printed:
    """One figure of one calendar year, as one publisher prints it."""

    publisher: str
    rule: str
    year: int
    value: Value
    as_printed: str
    row: str
    as_of: str = ""
    trust: str = TRUST[-1]
    repeated: bool = False


def series(record: Record, indicator: str, country: str, breakdown: str = "total") -> Series:
    """Return one indicator of one country by calendar year.

    The first publisher of ``series_rules.csv`` that prints any year is picked; nothing
    published gives a series without points, not an error. Figures of a period that is
    not one calendar year never become a point. Where the picked publisher prints several
    figures for one year, the latest *as of* counts; if they still disagree, or a heading
    stands twice in the source, the year is *not known* and the rows are conflicts.

    Raises
    ------
    ParameterError
        If the country or indicator is unknown, or no rule picks a publisher for it.
    """
    named = record.indicator(indicator)
    record.country(country)
    printed = _printed(record, indicator, country, breakdown)
    pick = _picked(_picks(record, indicator), printed)
    points, unsure = _points([one for one in printed if _is_of(one, pick)])
    return Series(
        indicator=indicator,
        country=country,
        breakdown=breakdown,
        label=told(named.label, breakdown, _category(record, pick, indicator, country, breakdown)),
        unit=named.unit,
        rule=pick.rule,
        publisher=pick.publisher,
        points=points,
        breaks=_breaks(record, country, indicator),
        conflicts=_conflicts(record, country, pick, points, printed, unsure),
        picked_by=pick.why,
    )


def comparators(
    record: Record, indicator: str, first: int, last: int, exclude: str
) -> tuple[Series, ...]:
    """Return every other country's series that is known in each year from ``first`` to ``last``.

    Only countries that the picked publisher covers completely: the others are not
    filled in. ``exclude`` is the country that is compared.
    """
    pick = _picks(record, indicator)[0]
    found = [
        series(record, indicator, country)
        for country in _reporting(record, pick, indicator, first, last)
        if country != exclude
    ]
    return tuple(each for each in found if not each.missing(first, last))


def population(record: Record, country: str) -> Series:
    """Return the mid-year population by year (persons, World Bank)."""
    return series(record, "population", country)


def policy_index(record: Record, country: str) -> pd.DataFrame:
    """Return the 3P scores of a country, a row a year and area.

    Returns
    -------
    DataFrame
        ``year`` (int), ``area`` (prosecution, protection, prevention), ``score`` (1-5),
        ``total`` (3-15, missing where a year lacks a score), ``tier`` (1, 2, 2WL, 3,
        special_case or empty) and ``row_id``. Empty where the index does not cover the
        country; areas without a score are left out.
    """
    rows = record.sets.rows(POLICY, country)
    if not all(re.fullmatch(r"\d*", row["printed"]) for row in rows):
        raise DataError(
            "international/policy_3p: a score is not a whole number. Put the file back as obtained."
        )
    total = {row["year"]: int(row["printed"]) for row in rows if row["breakdown"] == "total"}
    areas = [row for row in rows if row["breakdown"] != "total"]
    return pd.DataFrame(
        {
            "year": pd.Series([row["year"] for row in areas], dtype=int),
            "area": pd.Series([row["breakdown"].removeprefix("area=") for row in areas], dtype=str),
            "score": pd.Series([int(row["printed"]) for row in areas], dtype=int),
            "total": pd.Series([total.get(row["year"]) for row in areas], dtype="Int64"),
            "tier": pd.Series([row["category"] for row in areas], dtype=str),
            "row_id": pd.Series([row["row_id"] for row in areas], dtype=str),
        }
    )


def disagree(one: Value, other: Value) -> bool:
    """Whether two known values exclude each other: ``<5`` and 3 do not, ``<5`` and 7 do."""
    if not (one.known and other.known):
        return False
    (low, high), (other_low, other_high) = one.bounds, other.bounds
    return low > other_high or other_low > high


def one_year(cells: dict[str, str]) -> int | None:
    """Return the calendar year of a figure, or ``None`` where its period is anything else."""
    start, end = cells["period_start"], cells["period_end"]
    return int(start) if start == end and len(start) == 4 else None


def _picks(record: Record, indicator: str) -> tuple[Pick, ...]:
    picks = record.codes.picks(indicator)
    if not picks:
        raise ParameterError(
            f"series: no rule picks a publisher for {indicator}. "
            "Add one to data/codelists/series_rules.csv, with the reason."
        )
    return picks


def _picked(picks: tuple[Pick, ...], printed: list[_Printed]) -> Pick:
    offered = (pick for pick in picks if any(_is_of(one, pick) for one in printed))
    return next(offered, picks[0])


def _is_of(one: _Printed, pick: Pick) -> bool:
    return one.publisher == pick.publisher and one.rule == pick.rule


def _printed(record: Record, indicator: str, country: str, breakdown: str) -> list[_Printed]:
    """Everything that anybody prints of one calendar year: of sets, then of figures.csv."""
    found = []
    for pick in record.codes.picks(indicator):
        if name := record.sets.of_publisher(pick.publisher):
            rows = record.sets.printed(name, country, indicator, breakdown)
            found += _of_set(rows, pick)
    return found + _of_figures(record, indicator, country, breakdown)


def _of_set(rows: Iterable[Printed], pick: Pick) -> list[_Printed]:
    return [
        _Printed(
            publisher=pick.publisher,
            rule=pick.rule,
            year=row["year"],
            value=parse(row["printed"]),
            as_printed=row["printed"],
            row=row["row_id"],
            repeated=row["repeated"],
        )
        for row in rows
    ]


def _of_figures(record: Record, indicator: str, country: str, breakdown: str) -> list[_Printed]:
    return [
        _Printed(
            publisher=cells["publisher"],
            rule=cells["counting_rule"],
            year=year,
            value=parse(cells["value"]),
            as_printed=cells["value"],
            row=cells["row_id"],
            as_of=cells["as_of"],
            trust=cells["trust"],
        )
        for cells in record.figures(country)
        if (cells["indicator"], cells["breakdown"]) == (indicator, breakdown)
        and (year := one_year(cells)) is not None
    ]


def _points(printed: list[_Printed]) -> tuple[tuple[Point, ...], tuple[str, ...]]:
    """Return a point a year, and the rows of years in which no single figure can be taken."""
    points, unsure = [], []
    for year in sorted({one.year for one in printed}):
        rows = [one for one in printed if one.year == year]
        latest = [one for one in rows if one.as_of == max(each.as_of for each in rows)]
        latest.sort(key=lambda one: TRUST.index(one.trust))
        taken = latest[0]
        if taken.repeated or any(one.value != taken.value for one in latest):
            unsure += [one.row for one in latest]
            shown = " | ".join(one.as_printed for one in latest)
            points.append(Point(year, NOT_KNOWN, shown, taken.row))
        else:
            points.append(Point(year, taken.value, taken.as_printed, taken.row))
    return tuple(points), tuple(unsure)


def _conflicts(
    record: Record,
    country: str,
    pick: Pick,
    points: tuple[Point, ...],
    printed: list[_Printed],
    unsure: Iterable[str],
) -> tuple[str, ...]:
    taken = {point.year: point for point in points}
    differing = [
        one.row
        for one in printed
        if not _is_of(one, pick)
        and one.year in taken
        and disagree(one.value, taken[one.year].value)
    ]
    mine = {point.row for point in points}
    declared = [
        cells["row_id"]
        for cells in record.figures(country)
        if mine & set(ids_in(cells["conflicts_with"])) and cells["row_id"] not in mine
    ]
    return tuple(dict.fromkeys([*unsure, *differing, *declared]))


def _breaks(record: Record, country: str, indicator: str) -> tuple[Break, ...]:
    return tuple(brk for brk in record.breaks(country) if brk.touches(indicator))


def _category(record: Record, pick: Pick, indicator: str, country: str, breakdown: str) -> str:
    """Return the source's own spelling of a breakdown, where a set has one."""
    name = record.sets.of_publisher(pick.publisher)
    if name != GLOTIP or not breakdown.startswith(("citizenship=", "repatriation=")):
        return ""
    rows = record.sets.printed(name, country, indicator, breakdown)
    return rows[0]["category"] if rows else ""


def _reporting(
    record: Record, pick: Pick, indicator: str, first: int, last: int
) -> tuple[str, ...]:
    known = record.known_countries
    if record.sets.of_publisher(pick.publisher) != GLOTIP:
        return known
    name = record.indicator(indicator).unodc_name
    reporting = glotip.reporting(record.sets.export(GLOTIP), name, first, last)
    return tuple(country for country in reporting if country in known)
