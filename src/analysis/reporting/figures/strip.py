"""One series by year in, one strip of a chart out: zones, breaks, points with counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.contracts.published import Plan, Series
from analysis.contracts.values import Value
from analysis.language import numbers
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    LINE,
    SMALL,
    look,
    look_of_year,
    main_plans,
    text_width,
    wrap,
)


@dataclass(frozen=True, slots=True)
class Years:
    """Calendar years laid out from ``left`` to ``right`` pixels, a band each."""

    first: int
    last: int
    left: float
    right: float

    @property
    def band(self) -> float:
        """Width of a year in pixels."""
        return (self.right - self.left) / (self.last - self.first + 1)

    def start(self, year: float) -> float:
        """Return where a year, or a moment in it, begins."""
        return self.left + (year - self.first) * self.band

    def middle(self, year: int) -> float:
        """Return the middle of a year."""
        return self.start(year + 0.5)

    def span(self) -> range:
        """Return the years laid out."""
        return range(self.first, self.last + 1)


def moment(stamp: str) -> float:
    """Turn an ISO date of any precision into years: ``2007-07`` is 2007.5."""
    parts = [int(part) for part in stamp.split("-")]
    month = parts[1] if len(parts) > 1 else 1
    day = parts[2] if len(parts) > 2 else 1
    return parts[0] + (month - 1) / 12 + (day - 1) / 365


def nice_ticks(top: float) -> list[float]:
    """Return round ticks from 0 to at most ``top``, three to six of them."""
    step = 10.0 ** math.floor(math.log10(top / 2)) if top > 2 else 1.0
    step *= next(factor for factor in (1, 2, 5, 10, 20) if step * factor * 5 >= top)
    return [step * turn for turn in range(math.floor(top / step) + 1)]


def highest(values: Sequence[Value]) -> float:
    """Return the highest finite bound, at least 1."""
    bounds = [bound for value in values if value.known for bound in value.bounds]
    return max([1.0, *(bound for bound in bounds if math.isfinite(bound))])


def draw_zones(sheet: Sheet, box: Box, years: Years, plans: Sequence[Plan]) -> None:
    """Shade the compared years of each plan."""
    for plan in main_plans(plans):
        first, last = max(plan.first_year, years.first), min(plan.last_year, years.last)
        if first <= last:
            left, right = years.start(first), years.start(last + 1)
            sheet.rectangle(
                Box(left, box.top, right - left, box.height),
                fill=look(plans, plan.id).shade,
                z=0.5,
            )
            for x in (left, right):
                sheet.line((x, box.top), (x, box.bottom), colour="#B5B5B5", width=1, z=0.6)


def draw_plan_names(sheet: Sheet, y: float, plans: Sequence[Plan], years: Years) -> None:
    """Write the name of each plan above its compared years."""
    for plan in main_plans(plans):
        first, last = max(plan.first_year, years.first), min(plan.last_year, years.last)
        if first <= last:
            middle = (years.start(first) + years.start(last + 1)) / 2
            sheet.write(
                middle,
                y,
                plan.short.said_in(sheet.language),
                weight="bold",
                ha="center",
                colour=look(plans, plan.id).words,
            )


def draw_gaps(sheet: Sheet, box: Box, years: Years, missing: Sequence[int]) -> None:
    """Hatch the years without a figure, and say so where there is room."""
    for first, last in runs(missing):
        left, right = years.start(first), years.start(last + 1)
        zone = Box(left + 2, box.top, right - left - 4, box.height)
        sheet.rectangle(zone, fill="white", hatched=True, z=0.8)
        words = gap_words(sheet, years, first, last)
        if text_width(words, SMALL) + 10 > zone.width:
            words = sheet.say("gap_short")
        _say_gap(sheet, zone, words)


def _say_gap(sheet: Sheet, zone: Box, words: str) -> None:
    """Write words on a white plate in the middle of a hatched zone, in two lines if narrow."""
    inner = zone.width - 4
    parts = wrap(words, inner, SMALL)
    wide = max(text_width(part, SMALL) for part in parts) + 6
    high = block_height(words, inner, SMALL) + 2
    x, y = zone.centre
    sheet.rectangle(Box(x - wide / 2, y - high / 2, wide, high), fill="white", z=3.5)
    sheet.middle(x, y, words, width=inner, size=SMALL, ha="center", colour=GREY)


def gap_words(sheet: Sheet, years: Years, first: int, last: int) -> str:
    """Word a run of years without figures."""
    if first == years.first and last < years.last:
        return sheet.say("gap_before", year=last + 1)
    return sheet.say("gap", years=numbers.years(first, last, sheet.language))


def runs(years: Sequence[int]) -> list[tuple[int, int]]:
    """Join neighbouring years: ``[1, 2, 4]`` gives ``[(1, 2), (4, 4)]``."""
    found: list[tuple[int, int]] = []
    for year in years:
        if found and year == found[-1][1] + 1:
            found[-1] = (found[-1][0], year)
        else:
            found.append((year, year))
    return found


def draw_axis(
    sheet: Sheet, box: Box, ticks: Sequence[float], place: Callable[[float], float]
) -> None:
    """Draw light grid lines with their numbers at the left."""
    for tick in ticks:
        y = place(tick)
        sheet.line((box.left, y), (box.right, y), colour=LINE if tick == 0 else GRID, z=1)
        words = numbers.number(tick, sheet.language)
        sheet.middle(box.left - 8, y, words, size=SMALL, ha="right", colour=GREY)


def draw_years(sheet: Sheet, y: float, years: Years) -> float:
    """Write the years below a strip; return the lower edge."""
    for year in years.span():
        sheet.write(years.middle(year), y, str(year), size=SMALL, ha="center", colour=GREY)
    return y + 18


def draw_points(
    sheet: Sheet,
    series: Series,
    years: Years,
    plans: Sequence[Plan],
    place: Callable[[float], float],
) -> None:
    """Draw each known year as a marker, or a bar over its bounds, with the count printed."""
    for year in years.span():
        value = series.value(year)
        if not value.known:
            continue
        style, x = look_of_year(plans, year), years.middle(year)
        low, high = value.bounds
        if value.exact:
            sheet.mark(x, place(low), style.marker, colour=style.colour)
        else:
            top = place(high) if math.isfinite(high) else place(low) - 40
            bar = Box(x - 5, top, 10, max(place(low) - top, 2))
            sheet.rectangle(bar, fill="white", edge=style.colour, width=1.4, z=4)
        top = place(high) - 22 if math.isfinite(high) else place(low) - 62
        top -= 5 if value.exact else 0
        words = numbers.value(value, sheet.language)
        sheet.write(x, top, words, weight="bold", ha="center", colour=style.words, halo=True)
