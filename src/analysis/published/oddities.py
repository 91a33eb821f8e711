"""A sound record in, what is odd in the sources themselves out.

Nothing here is an error of whoever keeps the record: sources contradict each other
and themselves, and a reader must know before a number is used. All is worked out from
the figures, or from what ``conflicts.csv`` and the column ``conflicts_with`` say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.contracts.published import Series
from analysis.contracts.values import Value, parse
from analysis.published import policy
from analysis.published.files import records
from analysis.published.load import Record
from analysis.published.parts import By, adding_up, parts
from analysis.published.problems import Problem
from analysis.published.rows import ids_in
from analysis.published.series import population, series
from analysis.published.sets import GLOTIP, POLICY
from analysis.published.shape import Printed
from analysis.published.sums import SumCheck, sums

_BY: tuple[By, ...] = ("sex", "age", "form", "citizenship")
SHOWN_PARTS = 6
"""So many parts stand in one message; the rest is counted."""


def oddities(record: Record, country: str) -> Iterator[Problem]:
    """Look for everything odd in what is published of one country."""
    yield from _written_down(record, country)
    for indicator in _counted(record, country):
        total = series(record, indicator, country)
        yield from _parts_beyond_total(record, total)
        yield from _other_publishers(record, total)
    yield from _repeated_headings(record, country)
    yield from _totals_of_years(record, country)
    yield from _one_sided(record, country)
    yield from _beyond_population(record, country)
    yield from _index_sums(record, country)


def _counted(record: Record, country: str) -> tuple[str, ...]:
    """Return indicators with a rule that picks a publisher, and at least one figure."""
    ruled = dict.fromkeys(record.codes.codelist("series_rules")["indicator"])
    figures = set(record.table("figures", country)["indicator"])
    printed = {row["indicator"] for row in record.sets.rows(GLOTIP, country)}
    return tuple(str(code) for code in ruled if code in figures | printed)


def _written_down(record: Record, country: str) -> Iterator[Problem]:
    for line, cells in enumerate(records(record.table("conflicts", country)), start=2):
        what = f"sources disagree: {cells['subject_en']} ({', '.join(ids_in(cells['rows']))})."
        rule = cells["rule_en"] or "No figure is picked."
        yield _odd(f"countries/{country}/conflicts.csv", line, "rows", what, rule)


def _parts_beyond_total(record: Record, total: Series) -> Iterator[Problem]:
    name = record.sets.of_publisher(total.publisher)
    if name is None or not total.points:
        return
    for by in _BY:
        among = parts(record, total.indicator, total.country, by)
        for year, verdict in adding_up(total, among).items():
            if verdict == "contradicts":
                what = (
                    f"{total.country} {total.indicator} {year}: the parts by {by} come to more "
                    f"than the total ({_shown(among, year)} for {_printed(total, year)})."
                )
                yield _odd(_file(record, name), None, by, what, f"Refuse {by} for {year}.")


def _other_publishers(record: Record, total: Series) -> Iterator[Problem]:
    file = f"countries/{total.country}/figures.csv"
    figures = {
        cells["row_id"]: (line, cells)
        for line, cells in enumerate(record.figures(total.country), start=2)
    }
    said = set()
    for line, cells in (figures[row] for row in total.conflicts if row in figures):
        when = "/".join(dict.fromkeys([cells["period_start"], cells["period_end"]]))
        ours = " + ".join(_printed(total, year) or "?" for year in _years(cells))
        what = (
            f"{total.indicator} ({cells['breakdown']}) {when}: {cells['publisher']} prints "
            f"{cells['value']}, {total.publisher} {ours}."
        )
        remedy = cells["note"] or f"The series takes {total.publisher}; both stand."
        # The same figure in a later edition of the same table is told once.
        if what not in said:
            said.add(what)
            yield _odd(file, line, "value", what, remedy)


def _repeated_headings(record: Record, country: str) -> Iterator[Problem]:
    twice: dict[tuple[str, str], list[Printed]] = {}
    for row in record.sets.rows(GLOTIP, country):
        if row["repeated"]:
            twice.setdefault((row["indicator"], row["breakdown"]), []).append(row)
    for (indicator, breakdown), group in sorted(twice.items()):
        years = ", ".join(str(year) for year in sorted({row["year"] for row in group}))
        what = (
            f"{country} {indicator} {breakdown}: several figures stand under one heading ({years})."
        )
        yield _odd(
            _file(record, GLOTIP),
            group[0]["line"],
            "Category",
            what,
            "They are not known: neither added nor picked.",
        )


def _totals_of_years(record: Record, country: str) -> Iterator[Problem]:
    for found in sums(record, country):
        if found.agreement == "disagrees":
            what = (
                f"{_span(found)} add up to {_told(found.summed)}, "
                f"printed is {_told(found.printed)}."
            )
            yield _sum_odd(country, found, what, "Do not use the printed total.")
        if found.agreement == "equals whole years":
            what = (
                f"{_span(found)} add up to {_told(found.summed)}, and the same is printed for a "
                f"period that begins or ends inside a year."
            )
            remedy = (
                f"Figures of {found.first} or {found.last} may cover part of the year: state no "
                "yearly rate and no change from it."
            )
            yield _sum_odd(country, found, what, remedy)


def _one_sided(record: Record, country: str) -> Iterator[Problem]:
    table = record.figures(country)
    named = {cells["row_id"]: set(ids_in(cells["conflicts_with"])) for cells in table}
    for line, cells in enumerate(table, start=2):
        silent = [
            other
            for other in named[cells["row_id"]]
            if other in named and cells["row_id"] not in named[other]
        ]
        if silent:
            what = f"a conflict is named on one side only ({', '.join(sorted(silent))})."
            file = f"countries/{country}/figures.csv"
            yield _odd(file, line, "conflicts_with", what, "Name it in both rows.")


def _beyond_population(record: Record, country: str) -> Iterator[Problem]:
    people = population(record, country)
    large = []
    for row in record.sets.rows(GLOTIP, country):
        limit, counted = people.value(row["year"]), parse(row["printed"])
        if limit.low is not None and counted.low is not None and counted.low > limit.low:
            large.append(row["line"])
    if large:
        what = f"{country}: {len(large)} counts are larger than the population (first in this row)."
        yield _odd(_file(record, GLOTIP), large[0], "txtVALUE", what, "Use none of them.")


def _index_sums(record: Record, country: str) -> Iterator[Problem]:
    for line, cells in record.sets.lines(POLICY, country):
        scores = [cells[area] for area in policy.AREAS]
        if cells["p"] and ("" in scores or sum(map(int, scores)) != int(cells["p"])):
            what = f"{country} {cells['year']}: the printed sum is not that of three scores."
            yield _odd(_file(record, POLICY), line, "p", what, "Leave the sum out.")


def _sum_odd(country: str, found: SumCheck, what: str, remedy: str) -> Problem:
    return _odd(f"countries/{country}/figures.csv", found.line, "value", what, remedy)


def _odd(file: str, row: int | None, column: str, what: str, remedy: str) -> Problem:
    return Problem("odd", f"data/published/{file}", row, column, what, remedy)


def _span(found: SumCheck) -> str:
    return f"{found.indicator} ({found.against}): the years {found.first}-{found.last}"


def _told(value: Value) -> str:
    low, high = value.bounds
    return f"{low:g}" if low == high else f"{low:g}-{high:g}"


def _shown(among: Sequence[Series], year: int) -> str:
    cells = [cell for part in among if (cell := _printed(part, year))]
    more = f" + {len(cells) - SHOWN_PARTS} more parts" if len(cells) > SHOWN_PARTS else ""
    return " + ".join(cells[:SHOWN_PARTS]) + more


def _printed(part: Series, year: int) -> str:
    return next((point.as_printed for point in part.points if point.year == year), "")


def _years(cells: dict[str, str]) -> range:
    start, end = cells["period_start"], cells["period_end"]
    if not (start and end):
        return range(0)
    return range(int(start[:4]), int(end[:4]) + 1)


def _file(record: Record, name: str) -> str:
    return f"international/{name}/{record.sets.about(name)['file']}"
