"""What charts of a series said in, tables and the picture of it laid out."""

from __future__ import annotations

from collections.abc import Callable

from analysis.contracts.control import ChartPanel, ChartPoint, ChartRun, ControlChart, State
from analysis.contracts.outputs import Column, Listing
from analysis.contracts.published import Language, Text
from analysis.findings import trends
from analysis.language import numbers, words
from analysis.study import trend_told, watch_told
from analysis.study.comparison import Refused, Silent
from analysis.study.listings import source
from analysis.study.reading import Reading
from analysis.study.watched import DIRECTIONS, Replay, Watched

RECOUNTED = ("F1", "F3")
"""Flags after which years no longer count the same: scope, counting rule."""

Cell = Text | str


def replays(reading: Reading, result: Watched | Refused | Silent) -> Listing:
    """What the chart would have said, counted in each way."""
    lines = result.replays if isinstance(result, Watched) else ()
    rows = result.rows if isinstance(result, Watched) else ()
    return Listing(
        title=words.text("trend.title_replays"),
        columns=_columns("way", "single", "run", "limits", "dispersion", "alarms"),
        cells=tuple(_replay(one) for one in lines),
        rows_of=tuple(rows for _ in lines),
        source=source(reading, rows),
        note=words.text("trend.note_replays"),
    )


def cases(reading: Reading, result: Watched | Refused | Silent) -> Listing:
    """Large cases and efforts that sources name, by year."""
    lines: list[tuple[int, tuple[Cell, ...], tuple[str, ...]]] = []
    if isinstance(result, Watched):
        for case in result.cases:
            of = numbers.both(numbers.value, result.course.series.value(case.year))
            size = numbers.both(numbers.years, case.low, case.high)
            named = words.text("trend.case_named", name=case.name)
            lines.append((case.year, (str(case.year), named, size, of), case.rows))
        for brk in result.efforts:
            of = numbers.both(numbers.value, result.course.series.value(brk.year))
            unknown = words.text("values.not_known")
            rows = (brk.id,) if brk.sourced else ()
            lines.append((brk.year, (str(brk.year), brk.what, unknown, of), rows))
    lines.sort(key=lambda line: line[0])
    return Listing(
        title=words.text("trend.title_cases"),
        columns=_columns("year", "what", "persons", "of"),
        cells=tuple(cells for _, cells, _ in lines),
        rows_of=tuple(rows for *_, rows in lines),
        source=source(reading, (row for *_, rows in lines for row in rows)),
    )


def chart(reading: Reading, result: Watched | Refused | Silent, title: Text) -> ControlChart:
    """Lay a chart out as `figures.control_charts` draws it: persons alone, then the headline."""
    if not isinstance(result, Watched):
        why = trend_told.reason(result) if isinstance(result, Refused) else Text("", "")
        return ControlChart(result.series, title, (), (), result.series.rows, (), why)
    independent = result.replay("independent") or result.headline
    heading = "panel_cases" if result.cases else "panel_persons"
    return ControlChart(
        series=result.course.series,
        title=title,
        panels=(
            _panel(result, independent, "panel_independent"),
            _panel(result, result.headline, heading),
        ),
        breaks=result.course.breaks,
        rows=result.rows,
        publishers=tuple(reading.row(row).publisher for row in result.rows),
        silence=Text("", ""),
    )


def _panel(result: Watched, replay: Replay, heading: str) -> ChartPanel:
    recounted = [brk.year for brk in result.course.breaks if brk.flag in RECOUNTED]
    last = max(recounted, default=result.course.years[0] - 1)
    rates = [chart.rate for chart in replay.charts]
    return ChartPanel(
        heading=words.text(f"trend.{heading}"),
        points=tuple(
            _point(replay, place, year, hollow=year <= last)
            for place, year in enumerate(result.course.years)
        ),
        runs=tuple(
            ChartRun(*run, direction == "more", replay.sustained == len(replay.charts))
            for direction in DIRECTIONS
            for run in replay.runs(direction)
        ),
        expected=(min(rates), max(rates)),
        baseline=watch_told.baseline_span(result),
    )


def _point(replay: Replay, place: int, year: int, *, hollow: bool) -> ChartPoint:
    counts = [one[place] for one in replay.counts]
    lows = [chart.low[place] for chart in replay.charts]
    highs = [chart.high[place] for chart in replay.charts]
    aside = year in replay.charts[0].set_aside
    states: dict[str, State] = {"always": "signal", "sometimes": "sometimes", "never": "calm"}
    return ChartPoint(
        year=year,
        low=min(counts),
        high=max(counts),
        inner=(max(lows), min(highs)),
        outer=(min(lows), max(highs)),
        state="aside" if aside else states[replay.judges(year)],
        hollow=hollow or aside,
    )


def _replay(one: Replay) -> tuple[Cell, ...]:
    charts = one.charts
    nothing = words.text("trend.nothing_odd")
    single = watch_told.singles(one)
    run = watch_told.runs(one)
    limits = Text(*(_limits(one, language) for language in ("da", "en")))
    scatter = [chart.dispersion for chart in charts]
    return (
        words.text(f"trend.way_{one.way}"),
        watch_told.joined(single) if single else nothing,
        watch_told.joined(run) if run else nothing,
        limits,
        numbers.both(trends.times, min(scatter), max(scatter)),
        numbers.both(watch_told.percent, [chart.false_alarm for chart in charts]),
    )


def _limits(one: Replay, language: Language) -> str:
    pairs = dict.fromkeys((chart.low[-1], chart.high[-1]) for chart in one.charts)
    return " | ".join(
        numbers.span(numbers.number(low, language), numbers.number(high, language), language)
        for low, high in pairs
    )


def _columns(*names: str) -> tuple[Column, ...]:
    right = {"limits", "dispersion", "alarms", "persons", "of"}
    return tuple(
        Column(name, words.text(f"trend.column_{name}"), "right" if name in right else "left")
        for name in names
    )


LISTINGS: dict[str, Callable[..., Listing]] = {"replays": replays, "large_cases": cases}
