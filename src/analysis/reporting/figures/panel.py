"""A panel and its axes in, the lines and words around it out: what every drawn course stands on."""

from __future__ import annotations

from analysis.reporting.figures.axes import LinearAxis, tick_words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.strip import Years
from analysis.reporting.figures.style import GREY, GRID, INK, LINE, SMALL, text_width


def draw_ticks(sheet: Sheet, box: Box, axis: LinearAxis, *, signed: bool) -> None:
    """Draw a line across the panel at each tick of an upright axis, with its number at the left.

    ``signed``: numbers above 0 carry a plus, and the line at 0 is dark.
    """
    ticks = axis.ticks()
    for tick in ticks:
        y = axis.place(tick)
        zero = signed and tick == 0
        sheet.line((box.left, y), (box.right, y), colour=INK if zero else GRID, z=1)
        told = tick_words(tick, ticks, sheet.language)
        if not signed:
            told = told.removeprefix("+")
        sheet.middle(box.left - 8, y, told, size=SMALL, ha="right", colour=GREY)


def draw_years(sheet: Sheet, box: Box, years: Years, *, apart: float) -> None:
    """Close the panel below and name its years, no two nearer than ``apart`` pixels."""
    sheet.line((box.left, box.bottom), (box.right, box.bottom), colour=LINE)
    step = 1
    while years.band * step < text_width("2000", SMALL) + apart:
        step += 1
    for year in years.span():
        if (year - years.first) % step == 0:
            x = years.middle(year)
            sheet.write(x, box.bottom + 4, str(year), size=SMALL, ha="center", colour=GREY)
