"""Comparability breaks in, dotted lines lettered by date and the list of what they are out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from analysis.contracts.published import Break, Language
from analysis.language import numbers
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.strip import Years, moment, runs
from analysis.reporting.figures.style import GREY, SMALL, text_width

DOTTED = (0.0, (1.5, 2.5))
INDENT, BETWEEN = 22.0, 30.0


def by_date(breaks: Iterable[Break]) -> list[tuple[str, list[Break]]]:
    """Group breaks by the date their source gives, in order."""
    ordered = sorted(breaks, key=lambda brk: (brk.date, brk.id))
    return [(date, list(same)) for date, same in groupby(ordered, key=lambda brk: brk.date)]


def letters_of(breaks: Iterable[Break]) -> dict[str, str]:
    """Letter the dates of breaks: a, b ... z, aa, bb ..."""
    return {
        date: chr(ord("a") + place % 26) * (place // 26 + 1)
        for place, (date, _) in enumerate(by_date(breaks))
    }


def draw_breaks(
    sheet: Sheet,
    top: float,
    bottom: float,
    years: Years,
    breaks: Sequence[Break],
    listed: Sequence[Break],
) -> None:
    """Draw a dotted line at each date, with its letter in the list of all breaks above it."""
    letters = letters_of(listed)
    order = list(letters.values())
    marks: list[tuple[float, list[str]]] = []
    for date, same in by_date(breaks):
        if not years.first <= same[0].year <= years.last:
            continue
        x = years.start(moment(date))
        sheet.line((x, top), (x, bottom), colour="#444444", width=1.1, dashes=DOTTED, z=3)
        marks.append((x, [letters[date]]))
    for x, named in _apart(marks, order):
        told = _short(named, order, sheet.language)
        sheet.write(x, top - 18, told, size=SMALL, weight="bold", ha="center")


def draw_break_list(
    sheet: Sheet, y: float, breaks: Sequence[Break], left: float, right: float
) -> float:
    """Write what happened at each lettered date, in two columns; return the lower edge."""
    if not breaks:
        return y
    y = sheet.write(left, y, sheet.say("breaks_head"), size=SMALL, weight="bold")
    letters = letters_of(breaks)
    wide = (right - left - BETWEEN) / 2
    entries = [(letters[date], _entry(sheet, date, same)) for date, same in by_date(breaks)]
    heights = [block_height(told, wide - INDENT, SMALL) for _, told in entries]
    low = y
    for column, part in enumerate(_halves(entries, heights)):
        x, line = left + column * (wide + BETWEEN), y
        for letter, told in part:
            sheet.write(x, line, letter, size=SMALL, weight="bold")
            line = sheet.write(x + INDENT, line, told, width=wide - INDENT, size=SMALL)
        low = max(low, line)
    return draw_flag_key(sheet, low + 4, breaks, left, right)


def draw_flag_key(
    sheet: Sheet, y: float, breaks: Iterable[Break], left: float, right: float
) -> float:
    """Write what each flag that occurs stands for; return the lower edge."""
    flags = sorted({brk.flag for brk in breaks})
    told = [sheet.say("flag_key", flag=flag, kind=sheet.say(f"flag.{flag}")) for flag in flags]
    return sheet.write(left, y, " · ".join(told), width=right - left, size=SMALL, colour=GREY)


def break_words(sheet: Sheet, brk: Break) -> str:
    """Word what changed, with *unsourced* where no row backs it."""
    what = brk.what.said_in(sheet.language).rstrip(".")
    return what if brk.sourced else f"{what} [{sheet.say('unsourced')}]"


def _entry(sheet: Sheet, date: str, same: Sequence[Break]) -> str:
    told = [sheet.say("break_flagged", what=break_words(sheet, b), flag=b.flag) for b in same]
    day = numbers.day(date, sheet.language)
    return sheet.say("break_line", date=day, what="; ".join(told))


def _halves(
    entries: Sequence[tuple[str, str]], heights: Sequence[float]
) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """Split a list where both halves are about equally high."""
    used, half = 0.0, sum(heights) / 2
    for turn, height in enumerate(heights):
        if turn and used + height / 2 > half:
            return entries[:turn], entries[turn:]
        used += height
    return entries, []


def _apart(
    marks: Sequence[tuple[float, list[str]]], order: Sequence[str]
) -> list[tuple[float, list[str]]]:
    """Join neighbours whose letters would cover each other."""
    joined: list[tuple[float, list[str]]] = []
    for mark in marks:
        joined.append(mark)
        while len(joined) > 1 and _touch(joined[-2], joined[-1], order):
            (x1, first), (x2, second) = joined[-2:]
            share = len(second) / (len(first) + len(second))
            joined[-2:] = [(x1 + (x2 - x1) * share, first + second)]
    return joined


def _touch(
    one: tuple[float, list[str]], other: tuple[float, list[str]], order: Sequence[str]
) -> bool:
    wide = sum(text_width(_short(named, order), SMALL, "bold") for _, named in (one, other))
    return other[0] - one[0] < wide / 2 + 5


def _short(named: Sequence[str], order: Sequence[str], language: Language = "en") -> str:
    """Write letters, three and more neighbours as a range: ``c e–h``."""
    parts: list[str] = []
    for first, last in runs([order.index(letter) for letter in named]):
        if last - first < 2:
            parts += order[first : last + 1]
        else:
            parts.append(numbers.span(order[first], order[last], language))
    return " ".join(parts)
