"""Changes with bounds of their parts in, a bar a part around no change out."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.contracts.changes import PartBar, PartedChange, PartedChanges
from analysis.contracts.published import Language
from analysis.language import words
from analysis.reporting.figures.axes import LinearAxis, tick_words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import (
    BLUE,
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    ORANGE,
    SMALL,
    WIDTH,
)
from analysis.reporting.shown import Shown

LEFT, RIGHT = 430.0, 930.0
TOLD = RIGHT + 26
ROW, HIGH, WHOLE = 25.0, 13.0, 7.0
THIN = 3.0
"""Width of a bar that has none: a part of exactly 0."""


def change_parts(id: str, changes: PartedChanges, *, language: Language) -> Shown:
    """Draw every change and its parts on one axis of persons.

    What is certain of a part is filled, what is not is hatched: a part that may be nothing
    has no filled end, so that nobody takes it for a cause.

    Parameters
    ----------
    changes : PartedChanges
        As `Study.parted` lays them out. Without any the picture says why.
    """
    sheet = Sheet(
        id,
        language,
        changes.title.said_in(language),
        words.say("change.picture_subtitle", language),
    )
    columns = [
        words.say(f"change.column_{name}", language) for name in ("change", "part", "persons")
    ]
    if not changes.changes:
        told = changes.silence.said_in(language) or sheet.say("not_submitted")
        y = sheet.silence(sheet.top, told)
        return sheet.finish(
            y,
            alt=[told],
            columns=columns,
            data=(),
            rows=changes.rows,
            publishers=changes.publishers,
        )
    axis = LinearAxis.around(_ends(changes), LEFT, RIGHT)
    y = _head(sheet, axis)
    for one in changes.changes:
        y = _change(sheet, y, one, axis)
    data = [line for one in changes.changes for line in _data(one, language)]
    return sheet.finish(
        y,
        alt=[sheet.subtitle, *(f"{line[0]}: {line[1]} {line[2]}" for line in data)],
        columns=columns,
        data=data,
        rows=changes.rows,
        publishers=changes.publishers,
    )


def _ends(changes: PartedChanges) -> Iterator[float]:
    for one in changes.changes:
        yield from (one.low, one.high)
        yield from (end for bar in one.bars for end in (bar.low, bar.high))


def _head(sheet: Sheet, axis: LinearAxis) -> float:
    ticks = axis.ticks()
    for tick in ticks:
        said = tick_words(tick, ticks, sheet.language)
        sheet.write(axis.place(tick), sheet.top, said, size=SMALL, colour=GREY, ha="center")
    return sheet.top + 22


def _change(sheet: Sheet, y: float, one: PartedChange, axis: LinearAxis) -> float:
    top = y
    y = sheet.write(MARGIN, y + 6, one.heading.said_in(sheet.language), weight="bold") + 2
    _span(sheet, y - 11, (one.low, one.high), axis, colour=INK, high=WHOLE)
    for bar in one.bars:
        _bar(sheet, y + ROW / 2, bar, axis)
        y += ROW
    for tick in axis.ticks():
        colour = LINE if tick == 0 else GRID
        sheet.line((axis.place(tick), top), (axis.place(tick), y + 4), colour=colour, z=0.5)
    sheet.line((MARGIN, y + 5), (WIDTH - MARGIN, y + 5), colour=GRID, z=0.6)
    return y + 6


def _bar(sheet: Sheet, middle: float, bar: PartBar, axis: LinearAxis) -> None:
    sheet.middle(
        LEFT - 14, middle, bar.label.said_in(sheet.language), width=LEFT - MARGIN - 40, ha="right"
    )
    colour = GREY if bar.state == "rest" else ORANGE if bar.state == "known" else BLUE
    _span(sheet, middle, (bar.low, bar.high), axis, colour=colour, high=HIGH)
    sheet.middle(TOLD, middle, bar.told.said_in(sheet.language), width=WIDTH - MARGIN - TOLD)


def _span(
    sheet: Sheet,
    middle: float,
    span: tuple[float, float],
    axis: LinearAxis,
    *,
    colour: str,
    high: float,
) -> None:
    """Fill what is certain, from 0 to the end nearest to it; hatch what may be besides."""
    top = middle - high / 2
    least, most = span
    sure = least if least > 0 else most if most < 0 else 0.0
    if least != most or not sure:
        box = Box(*_across(axis, least, most, top), high)
        sheet.rectangle(box, hatched=True, fill="white", edge=colour, z=2)
    if sure:
        filled = Box(*_across(axis, min(0.0, sure), max(0.0, sure), top), high)
        sheet.rectangle(filled, fill=colour, z=3)


def _across(axis: LinearAxis, low: float, high: float, top: float) -> tuple[float, float, float]:
    """Return left, top and width of a span on the axis, never too thin to see."""
    left, right = axis.place(low), axis.place(high)
    if right - left < THIN:
        middle = (left + right) / 2
        left, right = middle - THIN / 2, middle + THIN / 2
    return left, top, right - left


def _data(one: PartedChange, language: Language) -> Iterator[tuple[str, str, str]]:
    for bar in one.bars:
        yield (
            one.heading.said_in(language),
            bar.label.said_in(language),
            bar.told.said_in(language),
        )
