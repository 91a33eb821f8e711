"""Series, listings and findings in, worded tables out: each line with its row ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.contracts.findings import Finding
from analysis.contracts.outputs import Column, Listing, Table
from analysis.contracts.published import Language, Series, SourceRow, Text
from analysis.language import numbers, words
from analysis.reporting.countries import country_name
from analysis.reporting.figures.catalogue import worded
from analysis.reporting.figures.overview import estimate_and_limits
from analysis.reporting.figures.parts import is_refused, part_label
from analysis.reporting.figures.verdicts import verdict_words
from analysis.reporting.frames import distinct
from analysis.reporting.shown import Shown

Cell = Text | str


def rows_table(id: str, listing: Listing, *, language: Language) -> Shown:
    """Show a listing in one language; one without lines says *not submitted*.

    Parameters
    ----------
    listing : Listing
        Cells as `Text`, or as words that read the same in both languages. Where its basis
        is synthetic, the title, the note and every line say so.
    """
    if listing.basis == "synthetic":
        listing = labelled(listing)
    return _shown(
        id,
        language,
        listing.title.said_in(language),
        listing.columns,
        listing.cells,
        listing.rows_of,
        source=listing.source.said_in(language),
        note=listing.note.said_in(language),
    )


def labelled(listing: Listing) -> Listing:
    """Label invented numbers: in the title, in the note, and in a last column of every line."""
    basis = words.text("simulation.basis")
    label = words.text("simulation.note")
    note = Text(f"{label.da} {listing.note.da}".strip(), f"{label.en} {listing.note.en}".strip())
    return replace(
        listing,
        title=words.text("simulation.titled", title=listing.title),
        columns=(*listing.columns, Column("basis", words.text("simulation.column_basis"))),
        cells=tuple((*line, basis) for line in listing.cells),
        note=note,
    )


def series_table(id: str, series: Series, *, language: Language, source: str = "") -> Shown:
    """Show a series by year: the value, the cell as the source prints it, its row.

    Breaks and the reason for the pick of the publisher stand in the note.
    """
    cells = [
        (str(point.year), numbers.value(point.value, language), point.as_printed)
        for point in series.points
    ]
    return _shown(
        id,
        language,
        _titled(series, language),
        _columns(("year", "left"), ("value", "right"), ("as_printed", "right")),
        cells,
        [(point.row,) for point in series.points],
        source=source or _published_by([series], language),
        note=_series_note(series, language),
    )


def many_series_table(
    id: str, series_list: Sequence[Series], *, language: Language, source: str = ""
) -> Shown:
    """Show several series side by side, a line a year; a year without a row is *not known*.

    Columns are named by what is counted, by country, or by both, whichever differs.
    """
    known = [series for series in series_list if series.points]
    years = sorted({point.year for series in known for point in series.points})
    columns = [
        Column("year", words.text("figures.column.year")),
        *(
            Column(f"series_{n}", _heading(s, series_list), "right")
            for n, s in enumerate(series_list)
        ),
    ]
    cells = [
        (str(year), *(_value(series, year, language) for series in series_list)) for year in years
    ]
    rows_of = [
        distinct(point.row for series in known for point in series.points if point.year == year)
        for year in years
    ]
    labels = distinct(series.label.said_in(language) for series in series_list)
    return _shown(
        id,
        language,
        words.say("figures.table_by_year", language, what=words.joined(labels, language)),
        columns,
        cells,
        rows_of,
        source=source or _published_by(known, language),
    )


def parts_table(
    id: str,
    total: Series,
    parts: Sequence[Series],
    adding_up: Mapping[int, str | bool],
    *,
    language: Language,
    source: str = "",
) -> Shown:
    """Show the parts of a total, a line a part and a column a year.

    A year in which the parts contradict the total is marked in its heading; the
    figures stay as printed, so that the contradiction can be seen.
    """
    years = list(total.years)
    columns = [Column("part", words.text("figures.column.part"))]
    columns += [Column(str(year), _year_heading(year, adding_up), "right") for year in years]
    drawn = [total, *(part for part in parts if part.points)]
    cells = [
        (_part_name(series, total, language), *(_value(series, year, language) for year in years))
        for series in drawn
    ]
    return _shown(
        id,
        language,
        words.say("figures.table_parts", language, what=total.label.said_in(language)),
        columns,
        cells if years else [],
        [series.rows for series in drawn] if years else [],
        source=source or _published_by(drawn, language),
        note=words.say("figures.table_refused", language)
        if any(is_refused(state) for state in adding_up.values())
        else "",
    )


def findings_table(
    id: str, findings: Sequence[Finding], *, language: Language, source: str = ""
) -> Shown:
    """Show findings: question, verdict, grade, the short sentence, estimate with its limits.

    Caveats and contrary evidence stand on each finding's own card, not here.
    """
    names = ("question", "verdict", "grade", "sentence", "estimate")
    return _shown(
        id,
        language,
        words.say("figures.table_findings", language),
        _columns(*((name, "left") for name in names)),
        [_finding(finding, language) for finding in findings],
        [finding.rows for finding in findings],
        source=source,
        empty="figures.findings_none",
    )


def sources(id: str, rows: Sequence[SourceRow], *, language: Language) -> Shown:
    """Show published rows: what they say, the words seen, who published them, where."""
    names = ("row", "what", "as_printed", "period", "publisher", "quote", "address", "trust")
    cells = [
        (
            row.id,
            row.what.said_in(language),
            row.as_printed,
            row.period,
            row.publisher,
            row.quote,
            row.source_url,
            words.say(f"figures.trust.{row.trust}", language),
        )
        for row in rows
    ]
    return _shown(
        id,
        language,
        words.say("figures.table_sources", language),
        _columns(*((name, "left") for name in names)),
        cells,
        [(row.id,) for row in rows],
    )


def _shown(
    id: str,
    language: Language,
    title: str,
    columns: Sequence[Column],
    cells: Sequence[Sequence[Cell]],
    rows_of: Sequence[tuple[str, ...]],
    *,
    source: str = "",
    note: str = "",
    empty: str = "figures.not_submitted",
) -> Shown:
    worded = tuple(tuple(_worded(cell, language) for cell in line) for line in cells)
    if not worded:
        # A line of words, so that an empty table cannot be taken for a missing one.
        blank = [""] * (len(columns) - 1)
        worded, rows_of = ((words.say(empty, language), *blank),), [()]
    return Shown(
        Table(
            id=id,
            language=language,
            title=title,
            columns=tuple(columns),
            cells=worded,
            rows_of=tuple(rows_of),
            source=source,
            note=note,
        )
    )


def _worded(cell: Cell, language: Language) -> str:
    return cell.said_in(language) if isinstance(cell, Text) else cell


def _columns(*named: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, words.text(f"figures.column.{name}"), side) for name, side in named)


def _titled(series: Series, language: Language) -> str:
    label = series.label.said_in(language)
    return words.say("figures.table_by_year", language, what=label)


def _value(series: Series, year: int, language: Language) -> str:
    return numbers.value(series.value(year), language)


def _heading(series: Series, among: Sequence[Series]) -> Text:
    by_country = len({one.country for one in among}) > 1
    by_label = len({(one.indicator, one.breakdown) for one in among}) > 1
    country = Text(country_name(series.country, "da"), country_name(series.country, "en"))
    if by_country and by_label:
        label = series.label
        return Text(f"{country.da}: {label.da}", f"{country.en}: {label.en}")
    return country if by_country else series.label


def _year_heading(year: int, adding_up: Mapping[int, str | bool]) -> Text:
    mark = "*" if is_refused(adding_up.get(year, True)) else ""
    return Text(f"{year}{mark}", f"{year}{mark}")


def _part_name(series: Series, total: Series, language: Language) -> str:
    if series is total:
        return words.say("figures.table_total", language)
    return part_label(series.breakdown, language)


def _published_by(series_list: Sequence[Series], language: Language) -> str:
    codes = distinct(series.publisher.lower() for series in series_list)
    named = distinct(worded(f"publisher.{code}", language, "") for code in codes)
    return words.say("figures.table_source", language, source="; ".join(named)) if named else ""


def _series_note(series: Series, language: Language) -> str:
    parts = [series.picked_by.said_in(language)] if series.picked_by.said_in(language) else []
    for brk in series.breaks:
        what = words.say(
            "figures.break_flagged",
            language,
            what=brk.what.said_in(language).rstrip("."),
            flag=words.say(f"figures.flag.{brk.flag}", language),
        )
        day = numbers.day(brk.date, language)
        told = words.say("figures.break_line", language, date=day, what=what)
        parts.append(
            told if brk.sourced else f"{told} [{words.say('figures.unsourced', language)}]"
        )
    return ". ".join(part.rstrip(".") for part in parts) + "." if parts else ""


def _finding(finding: Finding, language: Language) -> tuple[str, ...]:
    return (
        finding.question.said_in(language),
        verdict_words(finding.verdict, language),
        finding.grade,
        finding.short.said_in(language),
        estimate_and_limits(finding, language),
    )
