"""What was answered in invented worlds in, a picture labelled synthetic out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.contracts.findings import Verdict
from analysis.contracts.published import Language, Text
from analysis.language import numbers, words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import (
    BLUE,
    GREY,
    INK,
    LINE,
    MARGIN,
    ORANGE,
    PALE_BLUE,
    SMALL,
    TINT,
    text_width,
)
from analysis.reporting.figures.watermark import watermark
from analysis.reporting.shown import Shown

LEFT, RIGHT = 424.0, 1036.0
ROW, BAR, HEAD = 30.0, 20.0, 30.0
FILLS: dict[str, tuple[str, bool]] = {
    "lower": (BLUE, False),
    "recorded_fewer": (PALE_BLUE, False),
    "undecided": ("#D9D9D9", False),
    "refused": ("white", True),
    "recorded_more": (TINT, False),
    "higher": (ORANGE, False),
}
"""Fill of a verdict, and whether it is hatched (our sign for *not known*)."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the comparison said in each world, and the two numbers of the title.

    ``worlds`` are (group, world, share of each of ``verdicts``, share that is wrong, its
    error). ``most_wrong`` is the largest share in which a change was seen where nothing
    changed; ``higher_across_break`` that of *more* or *fewer* across a break.
    """

    worlds: tuple[tuple[Text, Text, tuple[float, ...], float, float], ...]
    verdicts: tuple[Verdict, ...]
    most_wrong: float
    higher_across_break: float
    draws: int


def simulated_verdicts(id: str, answers: Answers, *, language: Language) -> Shown:
    """Draw which verdict the comparison gave in each invented world, of 100 repetitions."""
    sheet = Sheet(id, language, _answers_title(answers, language), _subtitle(answers, language))
    if not answers.worlds:
        return silent(sheet)
    y = _legend(sheet, sheet.top, answers.verdicts)
    group = ""
    for heading, world, shares, wrong, error in answers.worlds:
        if heading.said_in(language) != group:
            group = heading.said_in(language)
            sheet.write(MARGIN, y + 8, group, weight="bold")
            y += HEAD
        _bar(sheet, y, world.said_in(language), answers.verdicts, shares)
        sheet.middle(RIGHT + 16, y + ROW / 2, _plus_minus(wrong, error, language))
        y += ROW
    sheet.line((LEFT, y + 4), (RIGHT, y + 4), colour=LINE)
    watermark(sheet, say("watermark", language), y)
    data = [_answers_line(line, language) for line in answers.worlds]
    basis = say("basis", language)
    return sheet.finish(
        invented(sheet, y + 16),
        alt=[_subtitle(answers, language), *_answers_alt(answers, language)],
        columns=[
            say("column_basis", language),
            say("column_world", language),
            *(say(f"said_{name}", language) for name in answers.verdicts),
            say("column_wrong", language),
            say("column_error", language),
        ],
        data=[(basis, *line) for line in data],
        rows=(),
    )


def silent(sheet: Sheet) -> Shown:
    """Say in words that no world was drawn."""
    told = sheet.say("not_submitted")
    bottom = invented(sheet, sheet.silence(sheet.top, told))
    return sheet.finish(bottom, alt=[told], columns=(), data=(), rows=())


def _answers_title(answers: Answers, language: Language) -> str:
    if not answers.worlds:
        return say("label", language)
    across = answers.higher_across_break
    told = (
        say("detector_failed", language, share=of_100(across, language))
        if across
        else say("detector_never", language)
    )
    most = of_100(answers.most_wrong, language)
    return say("verdicts_title", language, most=most, detector=told)


def _subtitle(answers: Answers, language: Language) -> str:
    draws = numbers.number(answers.draws, language)
    return say("verdicts_subtitle", language, draws=draws)


def _legend(sheet: Sheet, y: float, verdicts: Sequence[Verdict]) -> float:
    x = LEFT
    for name in verdicts:
        fill, hatched = FILLS[name]
        sheet.rectangle(Box(x, y + 2, 14, 14), fill=fill, edge=LINE, hatched=hatched)
        told = say(f"said_{name}", sheet.language)
        sheet.write(x + 20, y, told, size=SMALL, colour=GREY)
        x += 34 + text_width(told, SMALL)
    told = say("verdicts_wrong", sheet.language)
    sheet.write(RIGHT + 16, y, told, size=SMALL, colour=GREY)
    return y + 22


def _bar(
    sheet: Sheet, y: float, world: str, verdicts: Sequence[Verdict], shares: Sequence[float]
) -> None:
    sheet.middle(LEFT - 16, y + ROW / 2, world, ha="right")
    x, top = LEFT, y + (ROW - BAR) / 2
    for name, share in zip(verdicts, shares, strict=True):
        fill, hatched = FILLS[name]
        wide = share * (RIGHT - LEFT)
        if wide:
            edge = LINE if hatched else "white"
            sheet.rectangle(Box(x, top, wide, BAR), fill=fill, edge=edge, hatched=hatched, z=3)
            _inside(sheet, x + wide / 2, y + ROW / 2, wide, share, name)
        x += wide


def _inside(sheet: Sheet, x: float, y: float, wide: float, share: float, name: Verdict) -> None:
    told = of_100(share, sheet.language)
    if text_width(told, SMALL) + 10 > wide:
        return
    if FILLS[name][1]:
        plate = text_width(told, SMALL) + 8
        sheet.rectangle(Box(x - plate / 2, y - 8, plate, 16), fill="white", z=4)
    colour = "white" if name in ("lower", "higher") else INK
    sheet.middle(x, y, told, size=SMALL, ha="center", colour=colour)


def _answers_line(
    line: tuple[Text, Text, tuple[float, ...], float, float], language: Language
) -> tuple[str, ...]:
    _, world, shares, wrong, error = line
    return (
        world.said_in(language),
        *(of_100(share, language) for share in (*shares, wrong, error)),
    )


def _answers_alt(answers: Answers, language: Language) -> Iterator[str]:
    for _, world, shares, wrong, _ in answers.worlds:
        said = [
            say(
                "verdicts_said",
                language,
                answer=say(f"said_{name}", language),
                share=of_100(share, language),
            )
            for name, share in zip(answers.verdicts, shares, strict=True)
            if share
        ]
        yield say(
            "verdicts_alt",
            language,
            world=world.said_in(language),
            said=", ".join(said),
            wrong=of_100(wrong, language),
        )


def _plus_minus(share: float, error: float, language: Language) -> str:
    return say("plus_minus", language, share=of_100(share, language), error=of_100(error, language))


def of_100(share: float, language: Language) -> str:
    """Write a share as so many of 100 repetitions."""
    return numbers.number(100 * share, language, 1)


def invented(sheet: Sheet, y: float) -> float:
    """Say below the picture that nobody counted what it shows."""
    told = say("note", sheet.language)
    return sheet.write(MARGIN, y, told, size=SMALL, colour=GREY) - 6


def say(key: str, language: Language, **parts: str) -> str:
    """Word a key of the simulation's catalogue."""
    return words.say(f"simulation.{key}", language, **parts)
