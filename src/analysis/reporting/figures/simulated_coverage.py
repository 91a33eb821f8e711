"""How often limits held the truth in invented worlds in, a picture labelled synthetic out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.contracts.published import Language, Text
from analysis.language import numbers
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.simulated import (
    HEAD,
    LEFT,
    RIGHT,
    ROW,
    invented,
    of_100,
    say,
    silent,
)
from analysis.reporting.figures.style import (
    BLUE,
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    PALE_BLUE,
    SMALL,
    text_width,
)
from analysis.reporting.figures.watermark import watermark
from analysis.reporting.shown import Shown

Kind = Literal["exact", "headline", "other"]

LOWEST = 0.5
"""Where the axis begins; a smaller share is drawn as an arrow there, and printed."""

SHAPES: dict[Kind, str] = {"headline": "D", "exact": "s", "other": "o"}
COLOURS: dict[Kind, str] = {"headline": INK, "exact": BLUE, "other": INK}
DOWN: dict[Kind, float] = {"exact": -6.0, "headline": 5.0, "other": 0.0}
"""Pixels below the middle of the row, so that two marks of a row can be told apart."""


@dataclass(frozen=True, slots=True)
class Dot:
    """How often the limits of one method held the truth in one world."""

    group: Text
    world: Text
    kind: Kind
    share: float
    error: float
    claim: Literal["about", "at_least", "none"]


@dataclass(frozen=True, slots=True)
class Covered:
    """Dots in the order of rows; ``band`` is what 95 percent limits are to reach."""

    dots: tuple[Dot, ...]
    draws: int
    band: tuple[float, float]


def simulated_coverage(id: str, covered: Covered, *, language: Language) -> Shown:
    """Draw how often 95 percent limits held the right ratio in each invented world.

    The exact and the wider limits of a world share a row. Filled marks are of methods
    that claim something there; lines reach two Monte Carlo errors either way.
    """
    subtitle = say("coverage_subtitle", language, draws=numbers.number(covered.draws, language))
    sheet = Sheet(id, language, _title(covered, language), subtitle)
    if not covered.dots:
        return silent(sheet)
    top = _keys(sheet, sheet.top)
    y = _rows(sheet, top, covered.dots)
    _grid(sheet, top, y, covered.band)
    watermark(sheet, say("watermark", language), y)
    return sheet.finish(
        invented(sheet, y + 48),
        alt=[subtitle, *(_alt(dot, language) for dot in covered.dots)],
        columns=[
            say(f"column_{name}", language)
            for name in ("basis", "method", "world", "share", "error", "claims")
        ],
        data=[(say("basis", language), *_line(dot, language)) for dot in covered.dots],
        rows=(),
    )


def _title(covered: Covered, language: Language) -> str:
    if not covered.dots:
        return say("label", language)
    claimed = [dot.share for dot in covered.dots if dot.claim != "none"] or [0.0]
    exact = [dot.share for dot in covered.dots if dot.kind == "exact"] or [0.0]
    return say(
        "coverage_title",
        language,
        low=_whole(min(claimed), language),
        high=_whole(max(claimed), language),
        worst=_whole(min(exact), language),
    )


def _whole(share: float, language: Language) -> str:
    return numbers.number(100 * share, language)


def _keys(sheet: Sheet, y: float) -> float:
    x = LEFT
    for kind in ("headline", "exact", "other"):
        told = say(f"coverage_{kind}", sheet.language)
        sheet.mark(x + 5, y + 8, SHAPES[kind], colour=COLOURS[kind], size=8)
        sheet.write(x + 16, y, told, size=SMALL, colour=GREY)
        x += 40 + text_width(told, SMALL)
    return y + 22


def _rows(sheet: Sheet, y: float, dots: Sequence[Dot]) -> float:
    group, world = "", ""
    for dot in dots:
        if dot.group.said_in(sheet.language) != group:
            group, world = dot.group.said_in(sheet.language), ""
            sheet.write(MARGIN, y + 8, group, weight="bold")
            y += HEAD
        if dot.world.said_in(sheet.language) != world:
            world = dot.world.said_in(sheet.language)
            sheet.middle(LEFT - 16, y + ROW / 2, world, ha="right")
            y += ROW
        _mark(sheet, y - ROW / 2, dot)
    return y


def _place(share: float) -> float:
    kept = min(max(share, LOWEST), 1.0)
    return LEFT + (kept - LOWEST) / (1 - LOWEST) * (RIGHT - LEFT)


def _mark(sheet: Sheet, middle: float, dot: Dot) -> None:
    y, colour = middle + DOWN[dot.kind], COLOURS[dot.kind]
    low, high = (_place(dot.share + turn * 2 * dot.error) for turn in (-1, 1))
    sheet.line((low, y), (high, y), colour=colour, width=1.4, z=3)
    shape = SHAPES[dot.kind] if dot.share >= LOWEST else "<"
    hollow = dot.claim == "none"
    sheet.mark(_place(dot.share), y, shape, colour=colour, size=7, hollow=hollow)
    exact = dot.kind == "exact"
    sheet.middle(
        RIGHT + (90.0 if exact else 16.0),
        middle,
        of_100(dot.share, sheet.language),
        size=SMALL,
        weight="normal" if exact else "bold",
        colour=colour,
    )


def _grid(sheet: Sheet, top: float, y: float, band: tuple[float, float]) -> None:
    low, high = (_place(bound) for bound in band)
    sheet.rectangle(Box(low, top, high - low, y - top), fill=PALE_BLUE, z=0.4)
    for percent in range(round(100 * LOWEST), 101, 10):
        x = _place(percent / 100)
        sheet.line((x, top), (x, y), colour=GRID, z=0.5)
        told = numbers.number(percent, sheet.language)
        sheet.write(x, y + 4, told, size=SMALL, ha="center", colour=GREY)
    sheet.line((LEFT, y), (RIGHT, y), colour=LINE)
    told = say("coverage_axis", sheet.language)
    sheet.write((LEFT + RIGHT) / 2, y + 22, told, size=SMALL, ha="center", colour=GREY)


def _alt(dot: Dot, language: Language) -> str:
    method, world, share, error, claim = _line(dot, language)
    parts = {"world": world, "method": method, "share": share, "error": error, "claim": claim}
    return say("coverage_alt", language, **parts)


def _line(dot: Dot, language: Language) -> tuple[str, str, str, str, str]:
    other = dot.kind == "other"
    return (
        dot.group.said_in(language) if other else say(f"coverage_{dot.kind}", language),
        dot.world.said_in(language),
        of_100(dot.share, language),
        of_100(dot.error, language),
        say(f"claim_{dot.claim}", language),
    )
