"""Cohorts of persons and how far each got in, bars side by side out."""

from __future__ import annotations

from analysis.contracts.partner.pictures import Cohort, Funnel, Stage
from analysis.contracts.published import Language
from analysis.contracts.values import Value
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.labelled import finish_labelled, labelled_title
from analysis.reporting.figures.partner_told import LOOK, count, percents, told
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    INK,
    MARGIN,
    SMALL,
    WIDTH,
)
from analysis.reporting.shown import Shown

NAMES, NUMBERS, GAP = 178.0, 150.0, 30.0
ROW, BAR = 38.0, 24.0

BEGUN = 4
"""Place of the stage that the title is about: help that began."""


def case_funnel(id: str, funnel: Funnel, *, smallest: int, language: Language) -> Shown:
    """Draw how far each cohort got, stage by stage, in percent of its first stage.

    A count that may not be shown is a bar with an open end: as far as it may reach at most.
    Of invented persons the true number stands as an upright line.

    Parameters
    ----------
    smallest : int
        Fewest persons that a number stands for; said below the title.
    """
    synthetic, known = funnel.synthetic, bool(funnel.cohorts)
    sheet = Sheet(
        id,
        language,
        labelled_title(_title(funnel, language), language, synthetic=synthetic),
        told("funnel_subtitle", language, smallest=smallest) if known else "",
    )
    silence = told("nothing", language)
    y = _draw(sheet, funnel) if known else sheet.silence(sheet.top, silence)
    return finish_labelled(
        sheet,
        y,
        synthetic=synthetic,
        alt=[_alt(one, language) for one in funnel.cohorts] or [silence],
        columns=[
            told(f"funnel_column_{one}", language)
            for one in ("cohort", "stage", "persons", "share", "truth")
        ],
        data=[
            _line(cohort, stage, language) for cohort in funnel.cohorts for stage in cohort.stages
        ],
        rows=(),
        source=funnel.source.said_in(language),
    )


def _title(funnel: Funnel, language: Language) -> str:
    if not funnel.cohorts:
        return told("nothing", language)
    begun = {
        cohort.side: _shares(cohort, cohort.stages[BEGUN].persons)
        for cohort in funnel.cohorts
        if len(cohort.stages) > BEGUN
    }
    if any(begun.get(side) is None for side in ("before", "after")):
        return told("funnel_title_plain", language)
    said = {
        side: percents(*shares, language).removesuffix("%").rstrip()
        for side, shares in begun.items()
        if shares is not None
    }
    return told("funnel_title", language, before=said["before"], after=said["after"])


def _shares(cohort: Cohort, persons: Value) -> tuple[float, float] | None:
    first = cohort.stages[0].persons
    if not (first.exact and persons.known):
        return None
    low, high = persons.bounds
    return low / first.bounds[0], high / first.bounds[0]


def _draw(sheet: Sheet, funnel: Funnel) -> float:
    wide = (WIDTH - 2 * MARGIN - NAMES - GAP * (len(funnel.cohorts) - 1)) / len(funnel.cohorts)
    bar = wide - NUMBERS
    top = sheet.top
    for turn, cohort in enumerate(funnel.cohorts):
        x = MARGIN + NAMES + turn * (wide + GAP)
        look = LOOK[cohort.side]
        name = cohort.name.said_in(sheet.language)
        sheet.write(x, top, name, weight="bold", colour=look.words, width=wide)
        y = top + 26
        for stage in cohort.stages:
            if turn == 0:
                label = stage.name.said_in(sheet.language)
                sheet.middle(x - 12, y + ROW / 2, label, width=NAMES - 16, ha="right")
            _stage(sheet, cohort, stage, Box(x, y + (ROW - BAR) / 2, bar, BAR))
            y += ROW
    return y + 8


def _stage(sheet: Sheet, cohort: Cohort, stage: Stage, box: Box) -> None:
    look, shares = LOOK[cohort.side], _shares(cohort, stage.persons)
    sheet.line((box.left, box.bottom + 6), (box.right, box.bottom + 6), colour=GRID, z=0.4)
    said = count(stage.persons, sheet.language)
    if shares is None:
        sheet.rectangle(box, fill="white", hatched=True)
    else:
        low, high = (box.width * min(one, 1.0) for one in shares)
        sheet.rectangle(Box(box.left, box.top, low, box.height), fill=look.colour, z=2)
        if high > low:
            rest = Box(box.left + low, box.top, high - low, box.height)
            sheet.rectangle(rest, fill="white", edge=look.colour, dashes="dashed", z=2)
        said = f"{said} ({percents(*shares, sheet.language)})"
    _truth(sheet, cohort, stage, box)
    lifted = 0 if stage.true_persons is None else 6
    sheet.middle(box.right + 10, box.centre[1] - lifted, said, colour=INK)


def _truth(sheet: Sheet, cohort: Cohort, stage: Stage, box: Box) -> None:
    first = cohort.stages[0].true_persons
    if stage.true_persons is None or not first:
        return
    x = box.left + box.width * min(stage.true_persons / first, 1.0)
    sheet.line((x, box.top - 4), (x, box.bottom + 4), colour="white", width=4, z=5)
    sheet.line((x, box.top - 4), (x, box.bottom + 4), colour=INK, width=1.8, z=5.2)
    said = told("funnel_truth", sheet.language, persons=stage.true_persons)
    sheet.write(box.right + 10, box.bottom - 5, said, size=SMALL - 1, colour=GREY)


def _alt(cohort: Cohort, language: Language) -> str:
    stages = [
        told(
            "funnel_stage",
            language,
            name=stage.name.said_in(language),
            persons=_line(cohort, stage, language)[2],
        )
        for stage in cohort.stages
    ]
    name = cohort.name.said_in(language)
    return told("funnel_alt", language, cohort=name, stages=", ".join(stages))


def _line(cohort: Cohort, stage: Stage, language: Language) -> tuple[str, ...]:
    shares = _shares(cohort, stage.persons)
    return (
        cohort.name.said_in(language),
        stage.name.said_in(language),
        count(stage.persons, language),
        percents(*shares, language) if shares else "",
        "" if stage.true_persons is None else str(stage.true_persons),
    )
