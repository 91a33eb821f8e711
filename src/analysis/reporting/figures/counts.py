"""Series by year in, one strip a series out: counts printed, silences hatched, breaks marked."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.contracts.findings import Finding
from analysis.contracts.published import Break, Language, Plan, Series
from analysis.language import numbers, words
from analysis.reporting.figures.breaks import draw_break_list, draw_breaks
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.strip import (
    Years,
    draw_axis,
    draw_gaps,
    draw_plan_names,
    draw_points,
    draw_years,
    draw_zones,
    highest,
    nice_ticks,
)
from analysis.reporting.figures.style import BODY, MARGIN, WIDTH, main_plans
from analysis.reporting.figures.verdicts import counts_clause
from analysis.reporting.shown import Shown

STRIP = 170.0
LEFT, RIGHT = 78.0, WIDTH - MARGIN


def yearly_counts(
    id: str,
    series_list: Sequence[Series],
    plans: Sequence[Plan],
    breaks: Sequence[Break] = (),
    *,
    language: Language,
    findings: Sequence[Finding] = (),
    source: str = "",
) -> Shown:
    """Draw counts by calendar year.

    The title states the counts of each plan's years, with the verdict of the
    finding on that indicator if one is given; it never says that anything rose.

    Parameters
    ----------
    series_list : sequence of Series
        One strip each; an empty series draws the words *not submitted*.
    plans : sequence of Plan
        The plans compared (and their amendments); their compared years are shaded.
    breaks : sequence of Break
        Drawn as dotted lines; those that touch no series of the figure are left out.
    findings : sequence of Finding
        Findings on these indicators, for the verdict in the title.
    source : str
        Publishers in words; default: those of the series that the catalogue names.
    """
    years = _years(series_list, plans)
    shown_breaks = _touching(series_list, breaks, years)
    title = _title(series_list, plans, findings, language)
    sheet = Sheet(id, language, title, _subtitle(series_list, shown_breaks, language))
    y = sheet.top
    for series in series_list:
        if series.years:
            own = [brk for brk in shown_breaks if brk.touches(series.indicator)]
            y = _strip(sheet, y, series, plans, years, own, shown_breaks)
        else:
            y = sheet.write(MARGIN, y, series.label.said_in(language), weight="bold") + 4
            y = sheet.silence(y, sheet.say("not_submitted"), height=70)
    if not series_list:
        y = sheet.silence(y, sheet.say("not_submitted"))
    y = draw_break_list(sheet, y + 4, shown_breaks, MARGIN, RIGHT) + 4
    data = [
        _data_line(series, point.year, language)
        for series in series_list
        for point in series.points
    ]
    return sheet.finish(
        y,
        alt=[_told(series, years, language) for series in series_list],
        columns=[sheet.say(f"column.{name}") for name in ("indicator", "year", "value", "row")],
        data=data,
        rows=[row for series in series_list for row in series.rows],
        source=source,
        publishers=[series.publisher for series in series_list for _ in series.points],
    )


def _title(
    series_list: Sequence[Series],
    plans: Sequence[Plan],
    findings: Sequence[Finding],
    language: Language,
) -> str:
    judged = {finding.indicator: finding for finding in findings}
    clauses = [
        counts_clause(series, main_plans(plans), language, judged.get(series.indicator))
        for series in series_list
    ]
    return ". ".join(clauses) or words.say("figures.counts_none", language)


def _subtitle(series_list: Sequence[Series], breaks: Sequence[Break], language: Language) -> str:
    parts = [words.say("figures.counts_subtitle", language)]
    if any(
        point.value.known and not point.value.exact
        for series in series_list
        for point in series.points
    ):
        parts.append(words.say("figures.range_bar", language))
    if breaks:
        key = "breaks_many" if len(breaks) > 1 else "breaks_one"
        parts.append(words.say(f"figures.{key}", language, n=len(breaks)))
    disagree = len({row for series in series_list for row in series.conflicts})
    if disagree:
        key = "conflicts_many" if disagree > 1 else "conflicts_one"
        parts.append(words.say(f"figures.{key}", language, n=disagree))
    return " ".join(parts)


def _touching(series_list: Sequence[Series], breaks: Sequence[Break], years: Years) -> list[Break]:
    """Return the breaks that touch a series with figures, within the years drawn."""
    drawn = [series.indicator for series in series_list if series.years]
    return [
        brk
        for brk in breaks
        if brk.year in years.span() and any(brk.touches(indicator) for indicator in drawn)
    ]


def _years(series_list: Sequence[Series], plans: Sequence[Plan]) -> Years:
    compared = [year for plan in main_plans(plans) for year in plan.years]
    known = [year for series in series_list for year in series.years]
    every = [*compared, *known] or [2000]
    return Years(min(every), max(every), LEFT, RIGHT)


def _strip(
    sheet: Sheet,
    y: float,
    series: Series,
    plans: Sequence[Plan],
    years: Years,
    own: Sequence[Break],
    listed: Sequence[Break],
) -> float:
    y = sheet.write(MARGIN, y, series.label.said_in(sheet.language), size=BODY, weight="bold")
    draw_plan_names(sheet, y, plans, years)
    y += 20 + (20 if own else 0)
    box = Box(LEFT, y, RIGHT - LEFT, STRIP)
    tallest = highest([point.value for point in series.points])

    def place(amount: float) -> float:
        return box.bottom - amount / tallest * (box.height - 34)

    draw_zones(sheet, box, years, plans)
    draw_gaps(sheet, box, years, series.missing(years.first, years.last))
    draw_axis(sheet, box, nice_ticks(tallest * 1.15), place)
    draw_breaks(sheet, box.top, box.bottom, years, own, listed)
    draw_points(sheet, series, years, plans, place)
    return draw_years(sheet, box.bottom + 4, years) + 10


def _data_line(series: Series, year: int, language: Language) -> tuple[str, ...]:
    point = next(found for found in series.points if found.year == year)
    written = numbers.value(point.value, language)
    return series.label.said_in(language), str(year), written, point.row


def _told(series: Series, years: Years, language: Language) -> str:
    label = series.label.said_in(language)
    if not series.years:
        return words.say("figures.clause_none", language, label=label)
    parts = [f"{year}: {numbers.value(series.value(year), language)}" for year in years.span()]
    return f"{label} – {'; '.join(parts)}"
