"""A series charted in several ways in, one panel a way out: limits, odd years, hollow points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.contracts.control import ChartPanel, ChartPoint, ChartRun, ControlChart
from analysis.contracts.published import Language
from analysis.language import numbers, words
from analysis.reporting.figures.breaks import draw_break_list, draw_breaks
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.strip import Years, draw_axis, draw_years, nice_ticks
from analysis.reporting.figures.style import (
    BLUE,
    BLUE_TEXT,
    GREY,
    INK,
    LINE,
    MARGIN,
    ORANGE,
    ORANGE_TEXT,
    PALE_BLUE,
    SMALL,
    WIDTH,
    text_width,
)
from analysis.reporting.shown import Shown

STRIP = 190.0
LEFT, RIGHT = 78.0, WIDTH - MARGIN
OUTER = "#EDF5FA"
_DOTS = (0.0, (5.0, 3.0))
_LOUD = ("signal", "sometimes")


def control_charts(id: str, chart: ControlChart, *, language: Language, source: str = "") -> Shown:
    """Draw each way of counting as a chart of its own, under the finding's own words.

    Parameters
    ----------
    chart : ControlChart
        As `Study.charts` lays it out. Without panels the picture says why.
    """
    title = chart.title.said_in(language)
    sheet = Sheet(id, language, title, words.say("trend.chart_subtitle", language))
    y = sheet.top
    if not chart.panels:
        told = chart.silence.said_in(language) or sheet.say("not_submitted")
        y = sheet.silence(y, told)
        return sheet.finish(
            y, alt=[told], columns=_columns(language), data=(), rows=chart.rows, source=source
        )
    years = _years(chart.panels)
    for panel in chart.panels:
        y = _panel(sheet, y, panel, years, chart)
    y = draw_break_list(sheet, y + 4, chart.breaks, MARGIN, RIGHT) + 4
    data = [line for panel in chart.panels for line in _data(panel, language)]
    return sheet.finish(
        y,
        alt=[sheet.subtitle, *(_told(panel, language) for panel in chart.panels)],
        columns=_columns(language),
        data=data,
        rows=chart.rows,
        source=source,
        publishers=chart.publishers,
    )


def _columns(language: Language) -> list[str]:
    own = ("panel", "year", "count", "limits", "state")
    return [words.say(f"trend.column_{name}", language) for name in own]


def _years(panels: Sequence[ChartPanel]) -> Years:
    every = [point.year for panel in panels for point in panel.points]
    return Years(min(every), max(every), LEFT, RIGHT)


def _panel(sheet: Sheet, y: float, panel: ChartPanel, years: Years, chart: ControlChart) -> float:
    y = sheet.write(MARGIN, y, panel.heading.said_in(sheet.language), weight="bold") + 22
    box = Box(LEFT, y, RIGHT - LEFT, STRIP)
    tallest = _tallest(panel)

    def place(amount: float) -> float:
        return box.bottom - min(amount, tallest) / tallest * (box.height - 34)

    _bands(sheet, panel, years, place)
    draw_axis(sheet, box, nice_ticks(tallest), place)
    for rate in dict.fromkeys(panel.expected):
        sheet.line((LEFT, place(rate)), (RIGHT, place(rate)), colour=BLUE, dashes=_DOTS, z=1.5)
    draw_breaks(sheet, box.top, box.bottom, years, chart.breaks, chart.breaks)
    for point in panel.points:
        _point(sheet, point, years, place)
    y = draw_years(sheet, box.bottom + 4, years)
    return _beneath(sheet, y, panel, years) + 12


def _tallest(panel: ChartPanel) -> float:
    """Return the height of the axis: the counts, and limits as far as they are not far above."""
    most = max(point.high for point in panel.points)
    limit = max(point.outer[1] for point in panel.points)
    return max(1.0, most * 1.08, min(limit * 1.05, most * 1.8))


def _bands(sheet: Sheet, panel: ChartPanel, years: Years, place: Callable[[float], float]) -> None:
    for point in panel.points:
        left, right = years.start(point.year), years.start(point.year + 1)
        for (low, high), fill, z in ((point.outer, OUTER, 0.4), (point.inner, PALE_BLUE, 0.5)):
            top = place(high)
            sheet.rectangle(Box(left, top, right - left, place(low) - top), fill=fill, z=z)
        for bound in point.inner:
            sheet.line((left, place(bound)), (right, place(bound)), colour=BLUE, width=1.2, z=1.6)


def _point(sheet: Sheet, point: ChartPoint, years: Years, place: Callable[[float], float]) -> None:
    x, low, high = years.middle(point.year), place(point.low), place(point.high)
    loud = point.state in _LOUD
    colour = ORANGE if loud else GREY if point.state == "aside" else BLUE
    ink = ORANGE_TEXT if loud else GREY if point.state == "aside" else BLUE_TEXT
    if point.low < point.high:
        fill = "white" if point.hollow or point.state == "sometimes" else colour
        bar = Box(x - 5, high, 10, max(low - high, 2))
        sheet.rectangle(bar, fill=fill, edge=colour, width=1.6, z=4)
    else:
        marker = "D" if loud else "s" if point.state == "aside" else "o"
        sheet.mark(
            x,
            low,
            marker,
            colour=colour,
            hollow=point.hollow,
            half=point.state == "sometimes",
            size=10 if loud else 9,
        )
    told = numbers.span(
        numbers.number(point.low, sheet.language),
        numbers.number(point.high, sheet.language),
        sheet.language,
    )
    sheet.write(x, high - 25, told, weight="bold", ha="center", colour=ink, halo=True)


def _beneath(sheet: Sheet, y: float, panel: ChartPanel, years: Years) -> float:
    """Mark the years measured against, and each run of years on one side."""
    marks = [(*panel.baseline, words.say("trend.baseline_mark", sheet.language), GREY)]
    marks += [(run.first, run.last, _run(run, sheet.language), ORANGE_TEXT) for run in panel.runs]
    for first, last, told, colour in marks:
        left, right = years.start(first) + 4, years.start(last + 1) - 4
        sheet.line(
            (left, y + 9), (right, y + 9), colour=LINE if colour == GREY else colour, width=2
        )
        wide = text_width(told, SMALL) + 10
        middle = (left + right) / 2
        sheet.rectangle(Box(middle - wide / 2, y, wide, 18), fill="white", z=3)
        sheet.write(
            middle, y, told, size=SMALL, ha="center", colour=INK if colour == GREY else colour
        )
        y += 20
    return y


def _run(run: ChartRun, language: Language) -> str:
    key = "run_mark" if run.above else "run_mark_fewer"
    told = words.say(f"trend.{key}", language, years=numbers.years(run.first, run.last, language))
    return told if run.always else words.say("trend.run_some", language, run=told)


def _data(panel: ChartPanel, language: Language) -> list[tuple[str, ...]]:
    return [
        (
            panel.heading.said_in(language),
            str(point.year),
            _span(point.low, point.high, language),
            _limits(point, language),
            words.say(f"trend.point_{point.state}", language),
        )
        for point in panel.points
    ]


def _limits(point: ChartPoint, language: Language) -> str:
    pairs = dict.fromkeys((point.inner, point.outer))
    return " | ".join(_span(*pair, language) for pair in pairs)


def _span(low: int, high: int, language: Language) -> str:
    return numbers.span(numbers.number(low, language), numbers.number(high, language), language)


def _told(panel: ChartPanel, language: Language) -> str:
    parts = []
    for point in panel.points:
        state = words.say(f"trend.point_{point.state}", language)
        loud = f" ({state})" if point.state != "calm" else ""
        parts.append(f"{point.year}: {_span(point.low, point.high, language)}{loud}")
    marks = [_run(run, language) for run in panel.runs]
    return f"{panel.heading.said_in(language)} – {'; '.join([*parts, *marks])}"
