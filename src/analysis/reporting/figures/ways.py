"""A headline under every way of counting in, a curve of ratios above a grid of choices out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language
from analysis.contracts.ways import ChoiceLabel, OptionLabel, Pair, Way, WayCurve
from analysis.language import numbers, words
from analysis.reporting.figures.forest import LogAxis
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    ORANGE,
    ORANGE_TEXT,
    SMALL,
    WIDTH,
    text_width,
)
from analysis.reporting.figures.verdicts import FLAGGED, verdict_words
from analysis.reporting.shown import Shown

LEFT, RIGHT = 410.0, 1010.0
PANEL, ROW, TICK = 270.0, 19.0, 11.0
BAR, LONGEST = RIGHT + 22, 96.0
PALE, DARK = "#D3D3D3", "#707070"
REACH = 2.0
"""The axis reaches so many times beyond the ratios; limits beyond it are cut off."""

Segment = tuple[tuple[float, float], tuple[float, float]]


def specification_curve(
    id: str, finding: Finding, curve: WayCurve | None, *, language: Language, source: str = ""
) -> Shown:
    """Draw every way of counting one headline, the lowest ratio first, with its choices below.

    The registered analysis is orange, hollow where the headline's verdict is flagged. An
    option without a ratio says why, in words. Nothing is coloured by significance.

    Parameters
    ----------
    finding : Finding
        What is told of the curve: its short wording is the title.
    curve : WayCurve or None
        None where there is none: the picture then says so in words.
    """
    title = finding.short.said_in(language)
    if curve is None:
        sheet = Sheet(id, language, title, words.say("robustness.subtitle_none", language))
        told = words.say("robustness.no_curve", language)
        y = sheet.silence(sheet.top, f"{verdict_words(finding.verdict, language)}: {told}")
        return sheet.finish(
            y, alt=[told], columns=_columns(language), data=(), rows=finding.rows, source=source
        )
    sheet = Sheet(id, language, title, _subtitle(curve, language))
    data = _data(curve, language)
    return sheet.finish(
        _draw(sheet, curve),
        alt=[sheet.subtitle, _headline(curve, language), *(_told(line) for line in data)],
        columns=_columns(language),
        data=data,
        rows=finding.rows,
        source=source,
    )


def _subtitle(curve: WayCurve, language: Language) -> str:
    share = numbers.percent(curve.level, language)
    return words.say("robustness.subtitle", language, n=len(curve.ways), level=share)


def _headline(curve: WayCurve, language: Language) -> str:
    marked = {numbers.ratio(way.ratio, language): None for way in curve.ways if way.headline}
    if not marked:
        return ""
    key = "headline_hollow" if curve.verdict in FLAGGED else "headline_marked"
    return words.say(
        f"robustness.{key}",
        language,
        ratios=words.joined(list(marked), language),
        verdict=verdict_words(curve.verdict, language),
    )


def _draw(sheet: Sheet, curve: WayCurve) -> float:
    panel = Box(LEFT, sheet.top + 22, RIGHT - LEFT, PANEL)
    axis = _axis(curve.ways, panel)
    _draw_axis(sheet, panel, axis, curve)
    xs = _across(curve.ways)
    _limits(sheet, axis, xs, [way.varied for way in curve.ways], PALE, 2.4)
    _limits(sheet, axis, xs, [way.plain for way in curve.ways], DARK, 1.2)
    _dots(sheet, axis, xs, curve)
    y = panel.bottom + 20
    sheet.write(BAR, y - 8, words.say("robustness.share_head", sheet.language), size=SMALL)
    y += 14
    for place, choice in enumerate(curve.choices):
        y = _choice(sheet, y, place, choice, xs, curve)
    return _notes(sheet, y + 4, axis, curve)


def _axis(ways: Sequence[Way], panel: Box) -> LogAxis:
    ratios = [1.0, *(way.ratio for way in ways if 0 < way.ratio < math.inf)]
    low = 2.0 ** math.floor(math.log2(min(ratios) / REACH))
    high = 2.0 ** math.ceil(math.log2(max(ratios) * REACH))
    # Pixels run downwards, so the axis begins at the foot of the panel.
    return LogAxis(low, high, panel.bottom, panel.top)


def _across(ways: Sequence[Way]) -> list[float]:
    step = (RIGHT - LEFT - 12) / len(ways)
    return [LEFT + 6 + (place + 0.5) * step for place in range(len(ways))]


def _draw_axis(sheet: Sheet, panel: Box, axis: LogAxis, curve: WayCurve) -> None:
    for tick in axis.ticks():
        y, one = axis.place(tick), tick == 1
        # The line of no change stands above the limits, so that each can be held against it.
        sheet.line((LEFT, y), (RIGHT, y), colour=INK if one else GRID, z=3.6 if one else 1)
        told = numbers.number(tick, sheet.language) if tick >= 1 else f"1/{round(1 / tick)}"
        sheet.middle(LEFT - 10, y, told, size=SMALL, ha="right", colour=GREY)
    y = axis.place(curve.median)
    sheet.line((LEFT, y), (RIGHT, y), colour=LINE, dashes="dashed", z=3.5)
    middle = numbers.ratio(curve.median, sheet.language)
    told = words.say("robustness.middle", sheet.language, ratio=middle)
    sheet.middle(RIGHT + 8, y, told, size=SMALL, colour=GREY)
    if named := _headline(curve, sheet.language):
        hollow = curve.verdict in FLAGGED
        sheet.mark(LEFT + 8, panel.top - 12, "D", colour=ORANGE, size=7, hollow=hollow)
        sheet.middle(LEFT + 20, panel.top - 12, named, size=SMALL, colour=ORANGE_TEXT)


def _limits(
    sheet: Sheet,
    axis: LogAxis,
    xs: Sequence[float],
    pairs: Iterable[Pair | None],
    colour: str,
    width: float,
) -> None:
    drawn: list[Segment] = [
        ((x, axis.place(pair[0])), (x, axis.place(pair[1])))
        for x, pair in zip(xs, pairs, strict=True)
        if pair
    ]
    _strokes(sheet, drawn, colour, min(width, 0.8 * width * _step(xs)), 2)


def _step(xs: Sequence[float]) -> float:
    return (RIGHT - LEFT - 12) / len(xs) / 2


def _strokes(
    sheet: Sheet, segments: Sequence[Segment], colour: str, width: float, z: float
) -> None:
    """Draw many lines as one: a picture of a thousand artists takes seconds."""
    lines = LineCollection(list(segments), colors=colour, linewidths=width, zorder=z)
    lines.set_capstyle("butt")
    sheet.figure.axes[0].add_collection(lines, autolim=False)


def _dots(sheet: Sheet, axis: LogAxis, xs: Sequence[float], curve: WayCurve) -> None:
    ys = [axis.place(way.ratio) for way in curve.ways]
    size = max(1.6, min(5.0, 2.4 * _step(xs)))
    dots = Line2D(
        list(xs), ys, marker="o", markersize=size, color=INK, markeredgewidth=0, linestyle="none"
    )
    dots.set_zorder(4)
    sheet.figure.axes[0].add_line(dots)
    for x, y, way in zip(xs, ys, curve.ways, strict=True):
        if way.headline:
            sheet.mark(x, y, "D", colour=ORANGE, size=7, hollow=curve.verdict in FLAGGED)


def _choice(
    sheet: Sheet, y: float, place: int, choice: ChoiceLabel, xs: Sequence[float], curve: WayCurve
) -> float:
    language, top = sheet.language, y
    sheet.middle(MARGIN, y + ROW / 2, choice.label.said_in(language), weight="bold")
    for option in choice.options:
        own = [
            (x, way.headline)
            for x, way in zip(xs, curve.ways, strict=True)
            if way.options[place] == option.option
        ]
        _option(sheet, y, option, own, _step(xs))
        y += ROW
    if choice.share is not None:
        _share(sheet, (top + y) / 2, choice.share)
    y += 3
    sheet.line((MARGIN, y), (WIDTH - MARGIN, y), colour=GRID)
    return y + 3


def _option(
    sheet: Sheet, y: float, option: OptionLabel, own: Sequence[tuple[float, bool]], step: float
) -> None:
    middle = y + ROW / 2
    label = option.label.said_in(sheet.language)
    ink = GREY if option.silence else INK
    sheet.middle(LEFT - 12, middle, label, size=SMALL, ha="right", colour=ink)
    if option.silence:
        _silent(sheet, middle, option.silence.said_in(sheet.language))
    for headline, colour in ((False, INK), (True, ORANGE)):
        ticks: list[Segment] = [
            ((x, middle - TICK / 2), (x, middle + TICK / 2)) for x, own_ in own if own_ is headline
        ]
        if ticks:
            _strokes(sheet, ticks, colour, max(0.7, min(2.4, step)) + headline, 3 + headline)


def _silent(sheet: Sheet, middle: float, told: str) -> None:
    """Hatch the line of an option that has no ratio, and say why."""
    high = ROW - 4
    sheet.rectangle(
        Box(LEFT + 6, middle - high / 2, RIGHT - LEFT - 12, high), fill="white", hatched=True, z=2
    )
    wide = text_width(told, SMALL) + 16
    plate = Box((LEFT + RIGHT - wide) / 2, middle - high / 2, wide, high)
    sheet.rectangle(plate, fill="white", z=3)
    sheet.middle(plate.centre[0], middle, told, size=SMALL, ha="center", colour=GREY)


def _share(sheet: Sheet, middle: float, share: float) -> None:
    bar = Box(BAR, middle - 6, max(1.0, share * LONGEST), 12)
    sheet.rectangle(bar, fill=DARK, z=3)
    told = numbers.percent(share, sheet.language)
    sheet.middle(bar.right + 8, middle, told, size=SMALL)


def _notes(sheet: Sheet, y: float, axis: LogAxis, curve: WayCurve) -> float:
    language = sheet.language
    if curve.together is not None:
        share = numbers.percent(max(0.0, curve.together), language)
        told = words.say("robustness.share_joint", language, share=share)
        sheet.write(BAR, y, told, size=SMALL, colour=GREY, width=WIDTH - MARGIN - BAR)
    pairs = [[one for one in (way.varied, way.plain) if one] for way in curve.ways]
    cut = sum(any(a < axis.low or b > axis.high for a, b in own) for own in pairs)
    if cut:
        told = words.say("robustness.cut", language, n=cut)
        sheet.write(LEFT, y, told, size=SMALL, colour=GREY, width=RIGHT - LEFT)
    return y + 34


def _columns(language: Language) -> list[str]:
    names = ("choice", "option", "ways", "lowest", "middle", "highest", "share")
    return [words.say(f"robustness.pic_{name}", language) for name in names]


def _data(curve: WayCurve, language: Language) -> list[tuple[str, ...]]:
    """Sum up the ways of each option; a share stands with the first option of its choice."""
    having = curve.having()
    lines = []
    for choice in curve.choices:
        for option in choice.options:
            own = [way.ratio for way in having[choice.choice, option.option]]
            first = option is choice.options[0] and choice.share is not None
            share = numbers.percent(choice.share or 0.0, language) if first else ""
            summed = [numbers.ratio(one, language) for one in _summed(own)]
            named = choice.label.said_in(language), option.label.said_in(language)
            told = summed or [option.silence.said_in(language) if option.silence else "", "", ""]
            lines.append((*named, numbers.number(len(own), language), *told, share))
    return lines


def _summed(own: Sequence[float]) -> tuple[float, ...]:
    """Return the lowest, middle (of logarithms) and highest of sorted ratios."""
    if not own:
        return ()
    low, high = own[(len(own) - 1) // 2], own[len(own) // 2]
    return own[0], math.sqrt(low * high), own[-1]


def _told(line: Sequence[str]) -> str:
    choice, option, ways, *rest = line
    return f"{choice}, {option}: {ways}; {', '.join(part for part in rest if part)}"
