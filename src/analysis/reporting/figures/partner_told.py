"""Words, shares and names that pictures of partner data have in common."""

from __future__ import annotations

from analysis.contracts.partner.pictures import Side
from analysis.contracts.published import Language
from analysis.contracts.values import Value
from analysis.language import numbers, words
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import LOOKS, SMALL, Look, text_width

LOOK: dict[Side, Look] = {"before": LOOKS[0], "after": LOOKS[1]}
"""Before and after the centre look as the earlier and the later plan do."""


def told(key: str, language: Language, **parts: str | int) -> str:
    """Word a key of these pictures' catalogue."""
    return words.say(f"partner_figures.{key}", language, **parts)


def percent(share: float, language: Language) -> str:
    """Write a share as a whole percentage."""
    return numbers.percent(share, language)


def percents(low: float, high: float, language: Language) -> str:
    """Write a span of shares as whole percentages, the sign once."""
    first, last = (numbers.number(100 * end, language) for end in (low, high))
    return f"{numbers.span(first, last, language)}{numbers.SPACE}%"


def count(value: Value, language: Language) -> str:
    """Write a count, or the bounds that may be shown of it."""
    return numbers.value(value, language)


def fitting(sheet: Sheet, x: float, y: float, said: str, width: float, colour: str) -> None:
    """Write a small label in the middle of a cell, smaller where it would not fit."""
    size = next(
        (size for size in (SMALL, 8.0, 7.0) if text_width(said, size) <= width),
        7.0,
    )
    sheet.middle(x, y, said, size=size, ha="center", colour=colour)
