"""A table of overlapping lists in, who is on which lists together out: bars over a grid of dots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.contracts.population import Overlap, Overlapping
from analysis.contracts.published import Language
from analysis.language import numbers
from analysis.reporting.figures.axes import LinearAxis
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.overlap_told import (
    alt_words,
    answer,
    apart_words,
    data_lines,
    longest_first,
    on_one,
    on_several,
    rest_words,
    subtitle,
)
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.style import (
    BLUE,
    BLUE_TEXT,
    BODY,
    GREY,
    GRID,
    INK,
    MARGIN,
    PALE,
    SMALL,
    WIDTH,
    text_width,
)
from analysis.reporting.figures.totals import persons, told
from analysis.reporting.shown import Shown

LEFT, RIGHT = 330.0, WIDTH - MARGIN
NAMES = 150.0
"""Pixels for the names of the lists, left of the dots, at most."""

BARS, ROW, GAP, BESIDE = 210.0, 26.0, 46.0, 16.0
THINNEST, LIFT = 11.0, 17.0
"""Pixels across the thinnest bar; and from a number's upper edge to its bar, or to the next."""

NARROW, BROAD = 26.0, 76.0
"""Pixels from one column to the next, at least and at most."""

LONGEST = 120.0
"""Pixels of the bar of the longest list."""

ALONE, EMPTY = "#777777", "#D2D2D2"


@dataclass(frozen=True, slots=True)
class Part:
    """Columns side by side: the first at ``left``, the next ``step`` pixels on."""

    columns: tuple[Overlap, ...]
    left: float
    step: float

    @property
    def right(self) -> float:
        """Right edge of the last column."""
        return self.left + self.step * len(self.columns)

    def thick(self, language: Language) -> float:
        """Return how wide a bar may be so that the numbers of its neighbours stay beside it."""
        widest = max((_width(one, language) for one in self.columns), default=0.0)
        return min(0.62 * self.step, 26.0, 2 * (self.step - widest / 2) - 5)

    def middle(self, turn: int) -> float:
        """Return the pixel of a column's middle."""
        return self.left + self.step * (turn + 0.5)


def overlap_sets(
    id: str,
    overlapping: Overlapping,
    *,
    language: Language,
    rows: Sequence[str] = (),
    source: str = "",
    most: int = 20,
) -> Shown:
    """Draw how many persons are on which lists together, as bars over a grid of dots.

    Persons on one list alone are grey and stand apart at the left: they are many, and tell
    nothing of those on no list. Bars have a square-root scale and every number is printed, so
    that a combination of one person is seen beside one of a thousand.

    Parameters
    ----------
    most : int
        Combinations of several lists that are drawn at most, those with most persons first.
        The others are summed up in words, and stand in the data.
    """
    name = overlapping.name.said_in(language)
    several = on_several(overlapping)
    known = overlapping.n > 0 and bool(overlapping.sizes)
    said = told("titled", language, name=name, told=answer(overlapping, several, language))
    synthetic = overlapping.synthetic
    sheet = Sheet(
        id,
        language,
        labelled_title(said if known else name, language, synthetic=synthetic),
        subtitle(overlapping, language) if known else "",
    )
    silence = sheet.say("not_submitted")
    y = _draw(sheet, overlapping, several, most) if known else sheet.silence(sheet.top, silence)
    data = data_lines(overlapping, several, language) if known else []
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=[alt_words(line, language) for line in data] or [silence],
        columns=[told(f"sets_column_{one}", language) for one in ("counted", "lists", "persons")],
        data=data,
        rows=rows,
        source=source,
    )


def _draw(sheet: Sheet, overlapping: Overlapping, several: Sequence[Overlap], most: int) -> float:
    said = told("sets_reading", sheet.language)
    top = sheet.write(MARGIN, sheet.top - 6, said, width=WIDTH - 2 * MARGIN, colour=INK) + 14
    alone, together = _parts(overlapping, several[:most], sheet.language)
    shown = together.columns
    highest = max(one.count for one in (*alone.columns, *shown))
    top = _heads(sheet, top, overlapping, alone, together, several)
    axis = LinearAxis(0.0, math.sqrt(max(highest, 1)), top + BARS, top + 2 * LIFT)
    _scale(sheet, axis, highest)
    names = longest_first(overlapping)
    places = _grid(sheet, top + BARS + 12, overlapping, names)
    for part, colour, ink in ((alone, ALONE, INK), (together, BLUE, BLUE_TEXT)):
        _columns(sheet, axis, part, places, colour, ink)
    bottom = max(places.values()) + ROW / 2
    return _notes(sheet, bottom + 12, overlapping, several, shown)


def _parts(
    overlapping: Overlapping, several: Sequence[Overlap], language: Language
) -> tuple[Part, Part]:
    """Lay out both parts; where numbers are wide, fewer combinations are drawn."""
    alone, shown = on_one(overlapping), list(several)
    head = told("sets_alone", language, persons=persons(_once(alone), language))
    left, right = _step(alone, language), _step(shown, language)
    # Few columns are narrower than the heading above them, which may reach into the gap.
    least = text_width(head, BODY, "bold") + BESIDE - GAP
    room = RIGHT - LEFT - GAP - max(len(alone) * left, least)
    while shown and len(shown) * right > room:
        shown.pop()
        right = _step(shown, language)
    spare = (room - len(shown) * right) / (len(alone) + len(shown))
    left, right = (max(min(step + spare, BROAD), step) for step in (left, right))
    first = Part(tuple(alone), LEFT, left)
    start = max(first.right, LEFT + least) + GAP
    return first, Part(tuple(shown), min(start, RIGHT - len(shown) * right), right)


def _once(alone: Sequence[Overlap]) -> int:
    return sum(one.count for one in alone)


def _step(columns: Sequence[Overlap], language: Language) -> float:
    # Numbers may stand over a gap beside their bar, but not over the next bar.
    return max([NARROW, *((_width(one, language) + THINNEST + 5) / 2 for one in columns)])


def _width(one: Overlap, language: Language) -> float:
    return text_width(numbers.number(one.count, language), SMALL)


def _heads(
    sheet: Sheet,
    y: float,
    overlapping: Overlapping,
    alone: Part,
    together: Part,
    several: Sequence[Overlap],
) -> float:
    language = sheet.language
    both = sum(one.count for one in several)
    once = _once(alone.columns)
    low = sheet.write(
        alone.left,
        y,
        told("sets_alone", language, persons=persons(once, language)),
        width=together.left - BESIDE - alone.left,
        weight="bold",
    )
    said = told("sets_several", language, persons=persons(both, language))
    wide = RIGHT - together.left
    if not several:
        said = told("sets_nobody", language)
    low = max(
        low,
        sheet.write(together.left, y, said, width=wide, weight="bold", colour=BLUE_TEXT),
    )
    return low + 4


def _scale(sheet: Sheet, axis: LinearAxis, highest: int) -> None:
    """Draw round numbers on the square-root scale, none nearer than a line of words."""
    last = math.inf
    for tick in _ticks(highest):
        y = axis.place(math.sqrt(tick))
        if last - y < 18:
            continue
        last = y
        sheet.line((LEFT - 4, y), (RIGHT, y), colour=GRID, z=0.5)
        said = numbers.number(tick, sheet.language)
        sheet.middle(LEFT - 10, y, said, size=SMALL, ha="right", colour=GREY)


def _ticks(highest: int) -> list[int]:
    """Return 0 and round numbers up to the highest, roughly as far apart as their roots."""
    unit = 10 ** math.floor(math.log10(max(highest, 1)))
    if highest / unit < 2:
        unit //= 10
    steps = [0.1, 0.5, 1, 2, 4, 6, 9, 12, 16]
    return [0, *sorted({round(unit * by) for by in steps if 1 <= unit * by <= highest})]


def _grid(
    sheet: Sheet, y: float, overlapping: Overlapping, names: Sequence[str]
) -> dict[str, float]:
    """Draw a row for each list with its size at the left; return the middles of the rows."""
    sizes, places = dict(overlapping.sizes), {}
    start = LEFT - 24 - min(max(text_width(name, SMALL) for name in names), NAMES)
    said = told("sets_list", sheet.language)
    sheet.write(max(start - LONGEST, MARGIN), y - 20, said, size=SMALL, colour=GREY)
    longest = max(math.sqrt(max(sizes.values())), 1.0)
    widest = text_width(numbers.number(max(sizes.values()), sheet.language), SMALL)
    room = min(start - MARGIN - 10 - widest, LONGEST)
    for turn, name in enumerate(names):
        high = max(ROW, block_height(name, NAMES, SMALL) + 8)
        if turn % 2 == 0:
            sheet.rectangle(Box(MARGIN, y, RIGHT - MARGIN, high), fill=PALE, z=0.2)
        middle = y + high / 2
        places[name] = middle
        sheet.middle(LEFT - 10, middle, name, width=NAMES, size=SMALL, ha="right")
        wide = max(room * math.sqrt(sizes[name]) / longest, 1.0)
        sheet.rectangle(Box(start - wide, middle - 6, wide, 12), fill=GREY, z=1)
        size = numbers.number(sizes[name], sheet.language)
        sheet.middle(start - wide - 6, middle, size, size=SMALL, ha="right")
        y += high
    return places


def _columns(
    sheet: Sheet,
    axis: LinearAxis,
    part: Part,
    places: dict[str, float],
    colour: str,
    ink: str,
) -> None:
    wide, foot = part.thick(sheet.language), axis.place(0.0)
    tops, said = [], []
    for turn, one in enumerate(part.columns):
        x = part.middle(turn)
        top = min(axis.place(math.sqrt(one.count)), foot - 1.5) if one.count else foot
        sheet.rectangle(Box(x - wide / 2, top, wide, foot - top), fill=colour, z=2)
        tops.append(top - LIFT)
        said.append(numbers.number(one.count, sheet.language))
        _dots(sheet, x, one, places, colour)
    for turn, (top, count) in enumerate(zip(_lifted(part, tops, said), said, strict=True)):
        x = part.middle(turn)
        sheet.write(x, top, count, size=SMALL, ha="center", colour=ink, halo=True)


def _lifted(part: Part, tops: Sequence[float], said: Sequence[str]) -> list[float]:
    """Lift a number above its left neighbour's where both would not stand side by side."""
    found: list[float] = []
    for turn, (top, count) in enumerate(zip(tops, said, strict=True)):
        if turn:
            room = part.step - (text_width(said[turn - 1], SMALL) + text_width(count, SMALL)) / 2
            if room < 4 and abs(top - found[-1]) < LIFT - 2:
                top = found[-1] - LIFT + 2
        found.append(top)
    return found


def _dots(sheet: Sheet, x: float, one: Overlap, places: dict[str, float], colour: str) -> None:
    on = sorted(places[name] for name in one.lists)
    for y in places.values():
        if y not in on:
            sheet.mark(x, y, "o", colour=EMPTY, size=4)
    for upper, lower in pairwise(on):
        sheet.line((x, upper), (x, lower), colour=colour, width=2.2, z=5.1)
    for y in on:
        sheet.mark(x, y, "o", colour=colour, size=8)


def _notes(
    sheet: Sheet,
    y: float,
    overlapping: Overlapping,
    several: Sequence[Overlap],
    shown: Sequence[Overlap],
) -> float:
    language, rest = sheet.language, several[len(shown) :]
    lines = [rest_words(rest, language)] if rest else []
    lines.append(apart_words(overlapping, several, language))
    for said in lines:
        y = sheet.write(MARGIN, y, said, width=WIDTH - 2 * MARGIN, size=SMALL, colour=INK) + 2
    return y + 4
