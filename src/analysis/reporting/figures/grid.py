"""Worded cells in rows and columns in, a drawn grid out; row heights follow the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.style import (
    BODY,
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    SMALL,
    text_width,
    wrap,
)

PAD = 7.0


@dataclass(frozen=True, slots=True)
class Head:
    """A column: width in pixels, heading, colour of the heading."""

    width: float
    words: str
    colour: str = INK


@dataclass(frozen=True, slots=True)
class Cell:
    """Words with a smaller note below; hatched where not known, dotted where nothing was."""

    words: str = ""
    note: str = ""
    weight: str = "normal"
    colour: str = INK
    fill: str = "none"
    hatched: bool = False
    dotted: bool = False
    centred: bool = False


def draw_grid(
    sheet: Sheet, y: float, heads: Sequence[Head], rows: Sequence[Sequence[Cell]]
) -> float:
    """Draw headings and rows from ``y`` on; return the lower edge."""
    x, low = MARGIN, y
    deepest = max(_head_height(head) for head in heads)
    for head in heads:
        top = y + deepest - _head_height(head)
        low = max(low, _write_head(sheet, x, top, head))
        x += head.width
    y = low + 5
    sheet.line((MARGIN, y), (x, y), colour=LINE)
    for row in rows:
        height = max(_cell_height(cell, head) for cell, head in zip(row, heads, strict=True))
        x = MARGIN
        for cell, head in zip(row, heads, strict=True):
            _draw_cell(sheet, Box(x, y, head.width, height), cell)
            x += head.width
        y += height
        sheet.line((MARGIN, y), (x, y), colour=GRID)
    return y


def _head_height(head: Head) -> float:
    return block_height(head.words, head.width - 2 * PAD, BODY, "bold")


def _write_head(sheet: Sheet, x: float, y: float, head: Head) -> float:
    return sheet.write(
        x + PAD, y, head.words, width=head.width - 2 * PAD, weight="bold", colour=head.colour
    )


def _cell_height(cell: Cell, head: Head) -> float:
    inner = head.width - 2 * PAD - (2 * PAD if cell.hatched else 0)
    words = block_height(cell.words, inner, BODY, cell.weight)
    note = block_height(cell.note, inner, SMALL)
    return max(words + note + 2 * PAD + (10 if cell.hatched else 0), 30)


def _draw_cell(sheet: Sheet, box: Box, cell: Cell) -> None:
    frame = Box(box.left + 2, box.top + 2, box.width - 4, box.height - 4)
    if cell.hatched:
        sheet.rectangle(frame, fill="white", hatched=True)
    elif cell.dotted:
        sheet.rectangle(frame, edge=LINE, dashes="dotted")
    elif cell.fill != "none":
        sheet.rectangle(frame, fill=cell.fill)
    inner = box.width - 2 * PAD - (2 * PAD if cell.hatched else 0)
    left = box.left + PAD + (PAD if cell.hatched else 0)
    words = block_height(cell.words, inner, BODY, cell.weight)
    note = block_height(cell.note, inner, SMALL)
    y = box.top + (box.height - words - note) / 2
    if cell.hatched and (cell.words or cell.note):
        _plate(sheet, Box(left, y, inner, words + note), cell)
    x, ha = (box.centre[0], "center") if cell.centred else (left, "left")
    y = sheet.write(x, y, cell.words, width=inner, weight=cell.weight, colour=cell.colour, ha=ha)
    sheet.write(x, y, cell.note, width=inner, size=SMALL, colour=GREY, ha=ha)


def _plate(sheet: Sheet, box: Box, cell: Cell) -> None:
    """Lay white behind words that stand on hatching."""
    widths = [text_width(line, BODY, cell.weight) for line in _lines(cell.words, box.width, BODY)]
    widths += [text_width(line, SMALL) for line in _lines(cell.note, box.width, SMALL)]
    wide = max(widths)
    left = box.centre[0] - wide / 2 if cell.centred else box.left
    sheet.rectangle(Box(left - 4, box.top - 2, wide + 8, box.height + 4), fill="white", z=2)


def _lines(words: str, width: float, size: float) -> list[str]:
    return wrap(words, width, size) if words else []
