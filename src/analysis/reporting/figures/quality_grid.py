"""Senders and the parts of their data's quality in, a grid of bars with their numbers out."""

from __future__ import annotations

from analysis.contracts.partner.pictures import Scorecard, Scored
from analysis.contracts.published import Language
from analysis.language import numbers
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.partner_told import percents, told
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.style import (
    BLUE,
    GREY,
    GRID,
    INK,
    MARGIN,
    PALE,
    PALE_BLUE,
    SMALL,
    WIDTH,
)
from analysis.reporting.shown import Shown

NAMES, MEAN = 226.0, 178.0
"""Pixels for names at the left, and for the mean with its range at the right."""

ROW, BAR = 34.0, 18.0


def quality_grid(id: str, card: Scorecard, *, language: Language) -> Shown:
    """Draw each part of each sender's quality as a bar with its number, and their mean.

    The range in brackets is what other weights would make of the mean, so that nobody reads
    a ranking into differences that the weights make.
    """
    synthetic, known = card.synthetic, bool(card.lines)
    sheet = Sheet(
        id,
        language,
        labelled_title(_title(card, language), language, synthetic=synthetic),
        told("score_subtitle", language) if known else "",
    )
    silence = told("nothing", language)
    y = _draw(sheet, card) if known else sheet.silence(sheet.top, silence)
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=[_alt(card, line, language) for line in card.lines] or [silence],
        columns=[
            told("due_column_sender", language),
            *(part.said_in(language) for part in card.parts),
            told("score_mean", language),
        ],
        data=[
            (
                line.name.said_in(language),
                *(_share(one, language) for one in line.parts),
                _mean(line, language),
            )
            for line in card.lines
        ],
        rows=(),
        source=card.source.said_in(language),
    )


def _title(card: Scorecard, language: Language) -> str:
    if not card.lines:
        return told("nothing", language)
    judged = [line for line in card.lines if line.score is not None]
    if len({line.score for line in judged}) < 2:
        return told("score_title_one", language)
    best, worst = (pick(judged, key=lambda line: line.score or 0.0) for pick in (max, min))
    names = (one.name.said_in(language) for one in (best, worst))
    return told("score_title", language, **dict(zip(("best", "worst"), names, strict=True)))


def _draw(sheet: Sheet, card: Scorecard) -> float:
    left = MARGIN + NAMES
    step = (WIDTH - MARGIN - MEAN - left) / len(card.parts)
    heads = [part.said_in(sheet.language) for part in card.parts]
    high = max(block_height(head, step - 14, SMALL) for head in heads)
    for turn, head in enumerate(heads):
        x = left + step * turn + 4
        sheet.write(x, sheet.top, head, width=step - 14, size=SMALL, colour=GREY)
    said = told("score_mean", sheet.language)
    sheet.write(WIDTH - MARGIN, sheet.top, said, size=SMALL, ha="right", colour=GREY)
    y = sheet.top + high + 6
    for turn, line in enumerate(card.lines):
        y = _row(sheet, y, line, left, step, shaded=turn % 2 == 0)
    return y + 6


def _row(sheet: Sheet, y: float, line: Scored, left: float, step: float, *, shaded: bool) -> float:
    label = line.name.said_in(sheet.language)
    high = max(ROW, block_height(label, NAMES - 12) + 8)
    if shaded:
        sheet.rectangle(Box(MARGIN, y, WIDTH - 2 * MARGIN, high), fill=PALE, z=0.2)
    sheet.middle(left - 10, y + high / 2, label, width=NAMES - 12, ha="right")
    for turn, share in enumerate(line.parts):
        box = Box(left + step * turn + 4, y + (high - BAR) / 2, step - 14, BAR)
        _part(sheet, box, share)
    mean = _mean(line, sheet.language)
    sheet.middle(WIDTH - MARGIN, y + high / 2, mean, ha="right", weight="bold")
    return y + high


def _part(sheet: Sheet, box: Box, share: float | None) -> None:
    if share is None:
        sheet.rectangle(box, fill="white", hatched=True, z=1)
        return
    sheet.rectangle(box, fill="white", edge=GRID, z=1)
    sheet.rectangle(Box(box.left, box.top, box.width * share, box.height), fill=PALE_BLUE, z=1.5)
    end = box.left + box.width * share
    sheet.line((end, box.top), (end, box.bottom), colour=BLUE, width=2, z=2)
    said = numbers.number(100 * share, sheet.language)
    sheet.middle(box.left + 6, box.centre[1], said, size=SMALL, colour=INK)


def _mean(line: Scored, language: Language) -> str:
    if line.score is None:
        return told("score_none", language)
    said = numbers.number(100 * line.score, language)
    if line.low is None or line.high is None:
        return said
    return f"{said} ({percents(line.low, line.high, language).split(numbers.SPACE)[0]})"


def _share(share: float | None, language: Language) -> str:
    return numbers.number(100 * share, language) if share is not None else ""


def _alt(card: Scorecard, line: Scored, language: Language) -> str:
    parts = [
        told(
            "score_part",
            language,
            part=part.said_in(language),
            share=_share(share, language) or told("score_none", language),
        )
        for part, share in zip(card.parts, line.parts, strict=True)
    ]
    return told(
        "score_alt",
        language,
        name=line.name.said_in(language),
        parts=", ".join(parts),
        score=_mean(line, language),
    )
