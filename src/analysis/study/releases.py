"""Figures that were published more than once in; what changed between the releases out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.contracts.published import Series
from analysis.contracts.values import Value, parse
from analysis.methods.change import Part, TotalsSplit, between_totals

Years = tuple[int, int]
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Release:
    """One count of the same years, published twice.

    ``published`` is the year in which the early figure came out, or of the day as of which it
    counts; None where nobody noted either.
    ``late_rows`` bound late reports; there are none where these are not asked.
    """

    series: Series
    years: Years
    before: Value
    after: Value
    published: int | None
    rows: tuple[str, ...]
    late_rows: tuple[str, ...]
    split: TotalsSplit

    @property
    def same(self) -> bool:
        """Whether both say the same number."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class OneRelease:
    """A series of which no figure was found in two releases."""

    series: Series


def releases(series: Series, figures: Iterable[Row]) -> tuple[Release, ...] | OneRelease:
    """Find what was published more than once of a series, by whoever published it.

    Two tables of one publisher, each with the day as of which it counts, are two releases;
    so are a total of several years and the sum of those years in the series.

    Parameters
    ----------
    figures : iterable of mappings
        Rows of ``figures.csv`` on the series' indicator.
    """
    own = [row for row in figures if row["breakdown"] == "total" and _span(row)]
    found = [*_twice_by_one(series, own), *_against_the_years(series, own)]
    if not found:
        return OneRelease(series)
    return tuple(sorted(found, key=lambda one: (one.years, one.rows)))


def _span(row: Row) -> Years | None:
    """Return the whole calendar years of an exact count; None where it is neither."""
    start, end = row["period_start"], row["period_end"]
    whole = re.fullmatch(r"\d{4}", start) and re.fullmatch(r"\d{4}", end)
    return (int(start), int(end)) if whole and parse(row["value"]).exact else None


def _twice_by_one(series: Series, rows: Iterable[Row]) -> Iterator[Release]:
    tables: dict[tuple[Years | None, str, str], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if row["as_of"]:
            key = _span(row), row["publisher"], row["counting_rule"]
            tables[key].setdefault(row["as_of"], row)
    for (years, *_), by_day in tables.items():
        if years and len(by_day) > 1:
            early, late = by_day[min(by_day)], by_day[max(by_day)]
            yield _release(series, years, early, parse(late["value"]), (late["row_id"],))


def _against_the_years(series: Series, rows: Iterable[Row]) -> Iterator[Release]:
    for row in rows:
        years = _span(row)
        if years and years[0] < years[1]:
            after = series.total(*years)
            if after.exact:
                yield _release(series, years, row, after, series.within(*years).rows)


def _release(
    series: Series, years: Years, early: Row, after: Value, late_rows: tuple[str, ...]
) -> Release:
    before = parse(early["value"])
    published = _year(early["source_published"]) or _year(early["as_of"])
    known: dict[Part, tuple[float, float]] = {}
    last = tuple(point.row for point in series.points if point.year == years[1])
    if before != after and published is not None and published <= years[1]:
        # What came out before the year was over cannot hold everybody of that year.
        known["late_reports"] = (0.0, series.value(years[1]).bounds[1])
    ends = [(int(low), int(high)) for low, high in (before.bounds, after.bounds)]
    return Release(
        series,
        years,
        before,
        after,
        published,
        tuple(dict.fromkeys([early["row_id"], *late_rows])),
        last if known else (),
        between_totals(ends[0], ends[1], known=known),
    )


def _year(stamp: str) -> int | None:
    found = re.match(r"\d{4}(?!\d)", stamp)
    return int(found[0]) if found else None
