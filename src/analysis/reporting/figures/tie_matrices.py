"""Referrals between the same bodies before and after in, two matrices side by side out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from matplotlib.colors import to_hex, to_rgb

from analysis.contracts.partner.pictures import TieMatrices, Ties
from analysis.contracts.published import Language
from analysis.contracts.values import Value
from analysis.language import numbers
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.partner_told import LOOK, count, fitting, told
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import GREY, GRID, INK, LINE, MARGIN, PALE, SMALL, WIDTH
from analysis.reporting.shown import Shown

NAMES, GAP, HEAD = 216.0, 40.0, 22.0
MOST = 46.0
"""Pixels of a field, at most."""


def tie_matrices(id: str, ties: TieMatrices, *, smallest: int, language: Language) -> Shown:
    """Draw who referred how many to whom, before and after, bodies in the same places.

    A row that is hatched is a body that has not reported its referrals: that is not known, and
    no zero. Darker is more, on a scale that both matrices share; every number is printed.

    Parameters
    ----------
    smallest : int
        Fewest persons that a number stands for; fewer are printed as a span.
    """
    synthetic, known = ties.synthetic, bool(ties.matrices)
    sheet = Sheet(
        id,
        language,
        labelled_title(_title(ties, language), language, synthetic=synthetic),
        told("ties_subtitle", language, span=_below(smallest, language)) if known else "",
    )
    silence = told("nothing", language)
    y = _draw(sheet, ties) if known else sheet.silence(sheet.top, silence)
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=[_alt(ties, one, language) for one in ties.matrices] or [silence],
        columns=[told(f"ties_column_{one}", language) for one in ("span", "from", "to", "count")],
        data=[line for one in ties.matrices for line in _data(ties, one, language)],
        rows=(),
        source=ties.source.said_in(language),
    )


def _below(smallest: int, language: Language) -> str:
    return numbers.span("1", str(smallest - 1), language)


def _title(ties: TieMatrices, language: Language) -> str:
    if not ties.matrices:
        return told("nothing", language)
    counted = {
        one.side: sum(cell.known and cell.bounds[1] > 0 for line in one.counts for cell in line)
        for one in ties.matrices
    }
    return told("ties_title", language, **counted)


def _draw(sheet: Sheet, ties: TieMatrices) -> float:
    size, many = len(ties.bodies), len(ties.matrices)
    room = WIDTH - 2 * MARGIN - NAMES - GAP * (many - 1)
    field = min(room / many / size, MOST)
    most = max(
        (cell.bounds[1] for one in ties.matrices for line in one.counts for cell in line
         if cell.known),
        default=1.0,
    )  # fmt: skip
    bottom = sheet.top
    for turn, one in enumerate(ties.matrices):
        x = MARGIN + NAMES + turn * (field * size + GAP)
        name = one.name.said_in(sheet.language)
        wide = field * size + GAP - 12
        y = sheet.write(x, sheet.top, name, weight="bold", colour=LOOK[one.side].words, width=wide)
        y = max(y, sheet.top + 18) + 4
        for place in range(size):
            middle = x + field * (place + 0.5)
            sheet.middle(middle, y + HEAD / 2, str(place + 1), size=SMALL, ha="center", colour=GREY)
        top = y + HEAD
        for row, line in enumerate(one.counts):
            if turn == 0:
                middle = top + field * (row + 0.5)
                label = ties.bodies[row].said_in(sheet.language)
                sheet.middle(x - 30, middle, label, width=NAMES - 34, ha="right")
                sheet.middle(x - 10, middle, str(row + 1), ha="right", colour=GREY)
            for column, cell in enumerate(line if row not in one.silent else ()):
                box = Box(x + field * column, top + field * row, field, field)
                _field(sheet, box, cell, LOOK[one.side].colour, most, own=row == column)
            if row in one.silent:
                _silent(sheet, Box(x, top + field * row, field * size, field))
        said = one.told.said_in(sheet.language)
        low = sheet.write(x, top + field * size + 8, said, width=wide, size=SMALL)
        bottom = max(bottom, low)
    return bottom + 6


def _field(sheet: Sheet, box: Box, cell: Value, colour: str, most: float, *, own: bool) -> None:
    inner = Box(box.left + 1, box.top + 1, box.width - 2, box.height - 2)
    if own or not cell.known:
        sheet.rectangle(inner, fill=PALE, z=0.6)
        return
    high = cell.bounds[1]
    depth = math.sqrt(high / most) if most else 0.0
    sheet.rectangle(inner, fill=_mixed(colour, 0.9 * depth), edge=GRID, z=0.6)
    if high > 0:
        ink = "white" if depth > 0.72 else INK
        said = count(cell, sheet.language)
        fitting(sheet, *box.centre, said, box.width - 5, ink)


def _silent(sheet: Sheet, box: Box) -> None:
    sheet.rectangle(box, fill="white", hatched=True, edge=LINE, z=1)
    plate = Box(box.left + box.width / 2 - 56, box.centre[1] - 8, 112, 16)
    sheet.rectangle(plate, fill="white", z=1.5)
    said = told("ties_not_submitted", sheet.language)
    sheet.middle(*box.centre, said, size=SMALL, ha="center")


def _mixed(colour: str, depth: float) -> str:
    """Mix a colour with white; ``depth`` 0 is white, 1 the colour itself."""
    red, green, blue = to_rgb(colour)
    mixed = [1 - depth * (1 - part) for part in (red, green, blue)]
    return to_hex((mixed[0], mixed[1], mixed[2]))


def _alt(ties: TieMatrices, one: Ties, language: Language) -> str:
    said = [
        told("ties_tie", language, sender=line[1], receiver=line[2], count=line[3])
        for line in _data(ties, one, language)
    ]
    return told(
        "ties_alt",
        language,
        span=one.name.said_in(language),
        told=one.told.said_in(language),
        ties="; ".join(said),
    )


def _data(ties: TieMatrices, one: Ties, language: Language) -> Iterator[tuple[str, ...]]:
    for row, line in enumerate(one.counts):
        for column, cell in enumerate(line):
            silent = row in one.silent
            if row == column or (not silent and cell.known and cell.bounds[1] == 0):
                continue
            yield (
                one.name.said_in(language),
                ties.bodies[row].said_in(language),
                ties.bodies[column].said_in(language),
                told("ties_not_submitted", language) if silent else count(cell, language),
            )
