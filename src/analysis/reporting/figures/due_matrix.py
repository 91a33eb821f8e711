"""What senders owed and sent in, a matrix of senders by half-years out."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.contracts.partner.pictures import Due, DueMatrix, DueState
from analysis.contracts.published import Language, Text
from analysis.language import numbers, words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.partner_told import fitting, told
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.style import (
    GREY,
    INK,
    LINE,
    MARGIN,
    ORANGE,
    ORANGE_TEXT,
    PALE_BLUE,
    SMALL,
    TINT,
    WIDTH,
    text_width,
)
from analysis.reporting.shown import Shown

NAMES, TOTAL = 226.0, 84.0
"""Pixels for names at the left, and for totals at the right."""

ROW, HEAD, SWATCH = 34.0, 22.0, 14.0
STATES: tuple[DueState, ...] = ("in_time", "late", "part", "none", "not_due")


def due_matrix(id: str, matrix: DueMatrix, *, language: Language) -> Shown:
    """Draw how many of the reports that each sender owed came, half-year by half-year.

    A field in which nothing came is hatched, our sign for *not known*: it is not a zero. A
    field without a frame is one in which nothing was owed.
    """
    synthetic, known = matrix.synthetic, bool(matrix.lines)
    sheet = Sheet(
        id,
        language,
        labelled_title(_title(matrix, language), language, synthetic=synthetic),
        told("due_subtitle", language) if known else "",
    )
    silence = told("nothing", language)
    y = _draw(sheet, matrix) if known else sheet.silence(sheet.top, silence)
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=[_alt(line, language) for line in matrix.lines] or [silence],
        columns=[
            told(f"due_column_{one}", language)
            for one in ("sender", "period", "state", "received", "expected")
        ],
        data=_data(matrix, language),
        rows=(),
        source=matrix.source.said_in(language),
    )


def _title(matrix: DueMatrix, language: Language) -> str:
    if not matrix.lines:
        return told("nothing", language)
    every = [due for _, dues in matrix.lines for due in dues]
    received, expected = _sums(every)
    parts = {
        "received": numbers.number(received, language),
        "expected": numbers.number(expected, language),
        "late": numbers.number(matrix.late, language),
    }
    silent = [
        name.said_in(language)
        for name, dues in matrix.lines
        if not _sums(dues)[0] and any(due.expected for due in dues)
    ]
    if not silent:
        return told("due_title", language, **parts)
    return told("due_title_silent", language, names=words.joined(silent, language), **parts)


def _sums(dues: Sequence[Due]) -> tuple[int, int]:
    return sum(due.received for due in dues), sum(due.expected for due in dues)


def _draw(sheet: Sheet, matrix: DueMatrix) -> float:
    y = _legend(sheet, sheet.top)
    left = MARGIN + NAMES
    step = (WIDTH - MARGIN - TOTAL - left) / len(matrix.periods)
    for turn, period in enumerate(matrix.periods):
        fitting(sheet, left + step * (turn + 0.5), y + HEAD / 2, period, step - 3, GREY)
    total = told("due_total", sheet.language)
    sheet.middle(WIDTH - MARGIN, y + HEAD / 2, total, size=SMALL, ha="right", colour=GREY)
    y += HEAD
    for name, dues in matrix.lines:
        label = name.said_in(sheet.language)
        high = max(ROW, block_height(label, NAMES - 12) + 8)
        sheet.middle(left - 10, y + high / 2, label, width=NAMES - 12, ha="right")
        for turn, due in enumerate(dues):
            _field(sheet, Box(left + step * turn + 1.5, y + 2, step - 3, high - 4), due)
        received, expected = (numbers.number(one, sheet.language) for one in _sums(dues))
        said = f"{received}/{expected}"
        sheet.middle(WIDTH - MARGIN, y + high / 2, said, ha="right", weight="bold")
        y += high
    return y + 6


def _legend(sheet: Sheet, y: float) -> float:
    x = MARGIN + NAMES
    for state in STATES[:-1]:
        _swatch(sheet, Box(x, y + 2, SWATCH + 8, SWATCH), state)
        said = told(f"due_{state}", sheet.language)
        sheet.write(x + SWATCH + 14, y, said, size=SMALL, colour=GREY)
        x += SWATCH + 34 + text_width(said, SMALL)
    return y + 26


def _swatch(sheet: Sheet, box: Box, state: DueState) -> None:
    if state == "none":
        sheet.rectangle(box, fill="white", hatched=True, edge=LINE)
        return
    fill = {"in_time": PALE_BLUE, "late": TINT, "part": "white"}[state]
    edge = ORANGE if state == "part" else LINE
    sheet.rectangle(box, fill=fill, edge=edge, width=1.6 if state == "part" else 0.8)
    if state == "late":
        # A corner, so that late is told from in time without colour.
        sheet.rectangle(Box(box.right - 6, box.top, 6, 6), fill=ORANGE, z=2)


def _field(sheet: Sheet, box: Box, due: Due) -> None:
    if due.state == "not_due":
        return
    _swatch(sheet, box, due.state)
    said = f"{due.received}/{due.expected}"
    middle = box.centre
    if due.state == "none":
        wide = min(text_width(said, SMALL) + 8, box.width - 4)
        sheet.rectangle(Box(middle[0] - wide / 2, middle[1] - 8, wide, 16), fill="white", z=2)
    colour = ORANGE_TEXT if due.state in ("part", "none") else INK
    fitting(sheet, middle[0], middle[1], said, box.width - 4, colour)


def _alt(line: tuple[Text, Sequence[Due]], language: Language) -> str:
    name, dues = line
    received, expected = _sums(dues)
    return told(
        "due_alt",
        language,
        name=name.said_in(language),
        received=received,
        expected=expected,
        late=sum(due.state == "late" for due in dues),
        none=sum(due.state == "none" for due in dues),
    )


def _data(matrix: DueMatrix, language: Language) -> list[tuple[str, ...]]:
    return [
        (
            name.said_in(language),
            period,
            told(f"due_{due.state}", language),
            str(due.received),
            str(due.expected),
        )
        for name, dues in matrix.lines
        for period, due in zip(matrix.periods, dues, strict=True)
    ]
