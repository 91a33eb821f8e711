"""Shares by day with their limits in, panels of curves before and after out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from analysis.contracts.partner.pictures import Curve, Curves, Panel
from analysis.contracts.published import Language, Text
from analysis.language import numbers
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.partner_told import LOOK, count, percent, told
from analysis.reporting.figures.sheet import Dashes, Sheet, block_height
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
)
from analysis.reporting.shown import Shown

ACROSS = 3
HIGH, GAP, LEFT = 190.0, 34.0, 44.0
"""Pixels: height of a panel, gap between panels, room for the numbers at its left."""


def incidence_curves(
    id: str,
    title: Text,
    curves: Curves,
    *,
    level: float,
    smallest: int,
    language: Language,
) -> Shown:
    """Draw to how many something had happened by each day, before and after, panel by panel.

    All panels share one scale. A curve ends where too few are left to show; one that may not
    be shown at all is told in words. Of invented persons the true share is dashed.

    Parameters
    ----------
    title : Text
        What the curves say together, made from their numbers.
    level : float
        Confidence level of the bands.
    smallest : int
        Fewest persons that a number stands for.
    """
    synthetic, known = curves.synthetic, bool(curves.panels)
    said = title.said_in(language) if known else told("nothing", language)
    sheet = Sheet(
        id,
        language,
        labelled_title(said, language, synthetic=synthetic),
        _subtitle(level, smallest, language, curves) if known else "",
    )
    silence = told("nothing", language)
    y = _draw(sheet, curves) if known else sheet.silence(sheet.top, silence)
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=list(_alt(curves, language)) or [silence],
        columns=[
            told(f"curves_column_{one}", language)
            for one in ("panel", "side", "day", "share", "low", "high", "truth")
        ],
        data=list(_data(curves, language)),
        rows=(),
        source=curves.source.said_in(language),
    )


def _subtitle(level: float, smallest: int, language: Language, curves: Curves) -> str:
    said = told("curves_subtitle", language, level=percent(level, language), smallest=smallest)
    truth = any(curve.truth for panel in curves.panels for curve in panel.curves)
    return f"{said} {told('curves_truth', language)}" if truth else said


def _draw(sheet: Sheet, curves: Curves) -> float:
    wide = (WIDTH - 2 * MARGIN - (ACROSS - 1) * GAP) / ACROSS
    y = sheet.top
    for start in range(0, len(curves.panels), ACROSS):
        row = curves.panels[start : start + ACROSS]
        lines = [_under(curves, panel, sheet.language) for panel in row]
        names = max(
            block_height(panel.name.said_in(sheet.language), wide, weight="bold") for panel in row
        )
        low = y
        for turn, (panel, under) in enumerate(zip(row, lines, strict=True)):
            x = MARGIN + turn * (wide + GAP)
            sheet.write(x, y, panel.name.said_in(sheet.language), width=wide, weight="bold")
            box = Box(x + LEFT, y + names + 8, wide - LEFT, HIGH)
            _panel(sheet, box, curves, panel)
            low = max(low, _words(sheet, box, under))
        y = low + 18
    return y


def _panel(sheet: Sheet, box: Box, curves: Curves, panel: Panel) -> None:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(box, share)
        sheet.line((box.left, y), (box.right, y), colour=LINE if share == 0 else GRID, z=0.5)
        said = percent(share, sheet.language)
        sheet.middle(box.left - 6, y, said, size=SMALL - 1, ha="right", colour=GREY)
    for day in _days(curves.last):
        x = _x(box, day, curves.last)
        sheet.line((x, box.bottom), (x, box.bottom + 4), colour=LINE, z=0.5)
        said = numbers.number(day, sheet.language)
        if day == _days(curves.last)[-1]:
            said = f"{said} {told('curves_days', sheet.language)}"
        side = "right" if day == curves.last else "center" if day else "left"
        sheet.write(x, box.bottom + 4, said, size=SMALL - 1, ha=side, colour=GREY)
    for curve in panel.curves:
        _curve(sheet, box, curve, curves.last)


def _days(last: int) -> list[int]:
    step = next(step for step in (30, 60, 90, 180, 365, 730, 1460) if last / step <= 4.2)
    return list(range(0, last + 1, step))


def _x(box: Box, day: float, last: int) -> float:
    return box.left + box.width * day / last


def _y(box: Box, share: float) -> float:
    return box.bottom - box.height * share


def _curve(sheet: Sheet, box: Box, curve: Curve, last: int) -> None:
    look = LOOK[curve.side]
    places = [_x(box, day, last) for day in curve.days]
    for (left, right), low, high in zip(pairwise(places), curve.low, curve.high, strict=False):
        band = Box(left, _y(box, high), right - left, max(_y(box, low) - _y(box, high), 0.5))
        sheet.rectangle(band, fill=look.shade, z=0.8 if curve.side == "before" else 0.7)
    _steps(sheet, box, places, curve.share, look.colour, 2.0)
    if curve.truth:
        at = [_x(box, day, last) for day in curve.days]
        _steps(sheet, box, at, curve.truth, INK, 1.2, dashed=True)
    if places:
        marker = look.marker
        sheet.mark(places[-1], _y(box, curve.share[-1]), marker, colour=look.colour, size=6)


def _steps(
    sheet: Sheet,
    box: Box,
    places: Sequence[float],
    shares: Sequence[float],
    colour: str,
    width: float,
    *,
    dashed: bool = False,
) -> None:
    """Draw straight from grid day to grid day: steps would show single persons' days."""
    points = list(zip(places, (_y(box, share) for share in shares), strict=False))
    for start, end in pairwise(points):
        dashes: Dashes = (0.0, (3.0, 2.0)) if dashed else "solid"
        sheet.line(start, end, colour=colour, width=width, dashes=dashes, z=3.4 if dashed else 3)


def _under(curves: Curves, panel: Panel, language: Language) -> list[tuple[str, str]]:
    """Word what stands below a panel: each curve's end, or why it is not there."""
    names = dict(curves.sides)
    found = []
    for curve in panel.curves:
        name = names[curve.side].said_in(language)
        if curve.refused is not None:
            why = curve.refused.said_in(language)
            said = told("curves_refused", language, name=name, why=why)
        else:
            said = told(
                "curves_end",
                language,
                name=name,
                persons=count(curve.persons, language),
                share=percent(curve.share[-1], language),
            )
        found.append((said, LOOK[curve.side].words))
    return found


def _words(sheet: Sheet, box: Box, under: Sequence[tuple[str, str]]) -> float:
    y = box.bottom + 24
    for said, colour in under:
        y = sheet.write(
            box.left, y, said, width=box.width, size=SMALL, colour=colour, weight="bold"
        )
    return y


def _alt(curves: Curves, language: Language) -> Iterator[str]:
    names = dict(curves.sides)
    for panel in curves.panels:
        for curve in panel.curves:
            parts = {
                "panel": panel.name.said_in(language),
                "name": names[curve.side].said_in(language),
            }
            if curve.refused is not None:
                why = curve.refused.said_in(language)
                yield told("curves_alt_refused", language, why=why, **parts)
                continue
            yield told(
                "curves_alt",
                language,
                share=percent(curve.share[-1], language),
                days=numbers.number(curve.days[-1], language),
                low=percent(curve.low[-1], language),
                high=percent(curve.high[-1], language),
                **parts,
            )


def _data(curves: Curves, language: Language) -> Iterator[tuple[str, ...]]:
    names = dict(curves.sides)
    for panel in curves.panels:
        for curve in panel.curves:
            truths = curve.truth or ("",) * len(curve.days)
            for day, share, low, high, truth in zip(
                curve.days, curve.share, curve.low, curve.high, truths, strict=True
            ):
                yield (
                    panel.name.said_in(language),
                    names[curve.side].said_in(language),
                    str(day),
                    *(percent(one, language) for one in (share, low, high)),
                    percent(truth, language) if isinstance(truth, float) else "",
                )
