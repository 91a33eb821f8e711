"""Totals and their limits in, marks on a logarithmic axis of persons and words out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.contracts.published import Language
from analysis.language import numbers, words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Dashes, Sheet
from analysis.reporting.figures.style import (
    BODY,
    GREY,
    GRID,
    INK,
    LINE,
    SMALL,
    line_height,
    text_width,
)

LEFT, RIGHT = 268.0, 728.0
TOTAL, LIMITS = 826.0, 844.0
"""Right edge of printed totals; left edge of printed limits."""

REACH = 4.0
"""The axis reaches so many times beyond the largest total; limits beyond it are arrows."""

ROOM = 1.06
"""Factor left free beyond the outermost mark, so that none is cut."""

ARROW = 0.05
"""Share of the axis that an arrow at its end is given."""

APART = 16.0
"""Pixels between the numbers of two ticks, at least."""

Limit = float | None


@dataclass(frozen=True, slots=True)
class TotalAxis:
    """Numbers of persons laid out on a logarithmic scale from `LEFT` to `RIGHT`."""

    low: float
    high: float

    @classmethod
    def over(cls, seen: float, totals: Iterable[Limit], highs: Iterable[Limit]) -> TotalAxis:
        """Begin at those who were seen and hold every total; upper limits as far as `REACH`."""
        kept = [one for one in totals if one is not None and 0 < one < math.inf]
        least, most = min([seen, *kept]), max([seen, *kept])
        given = [one for one in highs if one is not None]
        ends = [one for one in given if one <= REACH * most]
        # Without anything to draw, the axis still shows what the line of the seen stands on.
        high = max([most, *ends]) if kept or ends else 10 * seen
        low, high = least / ROOM, max(high, 1.5 * least) * ROOM
        # An arrow needs room of its own beyond the last mark.
        return cls(low, high * (high / low) ** ARROW if len(ends) < len(given) else high)

    def place(self, persons: float) -> float:
        """Return the pixel of a number, kept on the axis."""
        kept = min(max(persons, self.low), self.high)
        return LEFT + math.log(kept / self.low) / math.log(self.high / self.low) * (RIGHT - LEFT)

    def ticks(self, language: Language) -> list[int]:
        """Return round numbers on the axis, as many as their words have room for."""
        return next(
            (found for found in self._choices() if self._fits(found, language)),
            [round(self.low * ROOM)],
        )

    def _choices(self) -> Iterable[list[int]]:
        """Yield ever fewer round numbers: steps of 1, 2, 5 a decade, then decades alone."""
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        if self.high / self.low < 4:
            steps = [10.0**power * by for power in decades for by in (0.1, 0.2, 0.5, 1, 2, 5)]
            for step in filter(lambda one: one >= 1, steps):
                first, last = math.ceil(self.low / step), math.floor(self.high / step)
                if last - first <= 12:
                    yield [round(turn * step) for turn in range(first, last + 1)]
        for kinds in ((1, 2, 5), (1, 3), (1,)):
            numbered = [by * 10.0**power for power in decades for by in kinds]
            yield [round(one) for one in numbered if self.low <= one <= self.high and one >= 1]
        for jump in range(2, 12):
            numbered = [10.0**power for power in decades if power >= 0 and power % jump == 0]
            yield [round(one) for one in numbered if self.low <= one <= self.high]

    def _fits(self, ticks: Sequence[int], language: Language) -> bool:
        wide = [text_width(numbers.number(one, language), SMALL) for one in ticks]
        places = [self.place(one) for one in ticks]
        gaps = [
            right - left - (a + b) / 2
            for left, right, a, b in zip(places, places[1:], wide, wide[1:], strict=False)
        ]
        return bool(ticks) and all(gap >= APART for gap in gaps)


def told(key: str, language: Language, **parts: str | int) -> str:
    """Word a key of these pictures' catalogue."""
    return words.say(f"population_figures.{key}", language, **parts)


def persons(count: float, language: Language) -> str:
    """Write a number of persons with its unit."""
    if round(count) == 1:
        return told("person", language)
    return told("persons", language, n=numbers.number(count, language))


def lines_words(level: float | None, language: Language, *, ours: bool) -> str:
    """Say what the lines are: limits, and their level; that of ours where others' stand by."""
    if level is None:
        return told("lines", language)
    key = "lines_ours" if ours else "lines_level"
    return told(key, language, level=numbers.percent(level, language))


def limits_words(low: Limit, high: Limit, language: Language) -> str:
    """Write limits; *no upper limit* where the data set none."""
    if low is None and (high is None or math.isinf(high)):
        return told("no_limits", language)
    if high is None or low is None:
        key, bound = ("limits_from", low) if high is None else ("limits_to", high)
        written = numbers.number(bound or 0.0, language)
        return told(key, language, **{"low" if high is None else "high": written})
    lower = numbers.number(low, language)
    if math.isinf(high):
        return told("limits_open", language, low=lower)
    return told("limits", language, low=lower, high=numbers.number(high, language))


def cell(bound: Limit, language: Language) -> str:
    """Write a total or limit for the table; nothing where nobody gave one."""
    if bound is None:
        return ""
    return told("infinite", language) if math.isinf(bound) else numbers.number(bound, language)


def draw_axis(sheet: Sheet, axis: TotalAxis, top: float, bottom: float) -> float:
    """Draw the ticks and what they count; return where the next line of words may begin."""
    language = sheet.language
    sheet.line((LEFT, bottom), (RIGHT, bottom), colour=LINE)
    for tick in axis.ticks(language):
        x = axis.place(tick)
        sheet.line((x, top), (x, bottom), colour=GRID, z=0.6)
        told_ = numbers.number(tick, language)
        sheet.write(x, bottom + 4, told_, size=SMALL, ha="center", colour=GREY)
    low = sheet.write(
        (LEFT + RIGHT) / 2,
        bottom + 22,
        told("tree_axis", language),
        size=SMALL,
        ha="center",
        colour=GREY,
    )
    return low + 4


def draw_limits(
    sheet: Sheet, y: float, axis: TotalAxis, low: float, high: float, colour: str, dashes: Dashes
) -> bool:
    """Draw limits as a line, with an open arrow where it leaves the axis; tell whether it does."""
    left, right = axis.place(low), axis.place(high)
    sheet.line((left, y), (right, y), colour=colour, width=1.8, dashes=dashes, z=3)
    for x, bound, arrow, beyond in (
        (left, low, "<", low < axis.low),
        (right, high, ">", high > axis.high),
    ):
        if beyond:
            sheet.mark(x, y, arrow, colour=colour, size=7, hollow=True)
        elif bound:
            sheet.line((x, y - 5), (x, y + 5), colour=colour, width=1.8, z=3)
    return low < axis.low or high > axis.high


def draw_refusal(sheet: Sheet, y: float, high: float) -> None:
    """Hatch the row of an estimate that does not exist, with its words on a plate."""
    box = Box(LEFT + 8, y - high / 2, RIGHT - LEFT - 16, high)
    sheet.rectangle(box, fill="white", hatched=True, z=2)
    said = words.capital(told("no_estimate", sheet.language))
    wide = text_width(said, BODY, "bold") + 18
    plate = Box(box.centre[0] - wide / 2, y - 10, wide, 20)
    sheet.rectangle(plate, fill="white", z=3)
    sheet.middle(box.centre[0], y, said, weight="bold", ha="center")


def column_heads(sheet: Sheet, limits: str) -> float:
    """Name the printed totals and limits; return the lower edge."""
    said = told("tree_total", sheet.language)
    sheet.write(TOTAL, sheet.top, said, size=SMALL, ha="right", colour=GREY)
    return sheet.write(LIMITS, sheet.top, told(limits, sheet.language), size=SMALL, colour=GREY)


def draw_truth(sheet: Sheet, axis: TotalAxis, truth: float, top: float, bottom: float) -> None:
    """Draw what is known of invented data only: a dark dashed line down all rows."""
    x = axis.place(truth)
    sheet.line((x, top), (x, bottom), colour=INK, width=1.6, dashes=(0.0, (5.0, 2.5)), z=2.6)


@dataclass(frozen=True, slots=True)
class Over:
    """Words above the panel that belong to the place ``x`` on its axis, and on which side of it."""

    x: float
    words: str
    side: Literal["left", "middle", "right"]
    colour: str = INK

    @property
    def left(self) -> float:
        """Where the words begin; words that would leave the panel at the right change sides."""
        wide = text_width(self.words, SMALL)
        if self.side == "middle":
            return min(max(self.x - wide / 2, LEFT), RIGHT - wide)
        if self.side == "left" or self.x + wide > RIGHT:
            return self.x - wide - 5
        return self.x + 5


def truth_label(axis: TotalAxis, truth: float, language: Language) -> Over:
    """Word the line of the truth."""
    total = numbers.number(truth, language)
    return Over(axis.place(truth), told("tree_truth", language, total=total), "right")


def draw_over(sheet: Sheet, y: float, labels: Sequence[Over]) -> tuple[float, list[float]]:
    """Write words above their places, in as few lines as they need without covering each other.

    The first stand lowest, nearest to the panel. Return the top of the panel, and the upper
    edge of each label.
    """
    lanes: list[list[tuple[float, float]]] = []
    chosen = []
    for label in labels:
        left, right = label.left, label.left + text_width(label.words, SMALL)
        lane = next((n for n, own in enumerate(lanes) if _free(own, left, right)), len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append((left, right))
        chosen.append(lane)
    step = line_height(SMALL) + 2
    bottom = y + len(lanes) * step + 3
    tops = [bottom - 3 - (lane + 1) * step for lane in chosen]
    for label, top in zip(labels, tops, strict=True):
        sheet.write(label.left, top, label.words, size=SMALL, colour=label.colour, halo=True)
    return bottom, tops


def _free(taken: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    return all(right + APART <= start or end + APART <= left for start, end in taken)
