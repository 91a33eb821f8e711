"""Sentences of evaluators in, a grid of criterion by plan out, contradictions marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from analysis.contracts.published import Language, Plan
from analysis.language import words
from analysis.reporting.figures.grid import Cell, Head, draw_grid
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.sources import publisher_names, publishers_of
from analysis.reporting.figures.style import GREY, MARGIN, TINT, WIDTH, look, main_plans
from analysis.reporting.frames import Frame, Line, by_id, lines, said
from analysis.reporting.shown import Shown

DIRECTIONS = ("positive", "mixed", "negative", "recommendation", "descriptive")
NAME = 230.0


def criteria_grid(
    id: str,
    evaluation_findings: Frame,
    criteria: Frame,
    plans: Sequence[Plan],
    *,
    language: Language,
    publishers: Frame = (),
    source: str = "",
) -> Shown:
    """Draw how many sentences on each criterion are positive, mixed or negative.

    Sentences are counted, not weighed: the numbers say what was written, not how
    good a plan was. A cell with a positive and a negative sentence is marked.

    Parameters
    ----------
    evaluation_findings : DataFrame
        ``evaluation_findings.csv``; sentences on an amendment count for its plan.
    criteria : DataFrame
        Code list: ``code``, ``label_da``, ``label_en``, in the order drawn.
    publishers : DataFrame
        Code list ``publishers.csv``, for the source line.
    """
    owner = {plan.id: plan.amends or plan.id for plan in plans}
    kept = [line for line in lines(evaluation_findings) if line.get("plan_id") in owner]
    main = main_plans(plans)
    used = {line["criterion"] for line in kept}
    names = {
        code: said(line, "label", language)
        for code, line in by_id(criteria, "code").items()
        if code in used
    }
    found = {
        (code, plan.id): [
            line for line in kept if line["criterion"] == code and owner[line["plan_id"]] == plan.id
        ]
        for code in names
        for plan in main
    }
    title = _title(found, names, main, language)
    sheet = Sheet(id, language, title, words.say("figures.criteria_subtitle", language))
    if not names:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        cells = [
            [Cell(label, weight="bold"), *(_cell(sheet, found[code, p.id]) for p in main)]
            for code, label in names.items()
        ]
        y = draw_grid(sheet, sheet.top, _heads(sheet, plans), cells)
    data = [
        (label, *(_words(found[code, plan.id], language) for plan in main))
        for code, label in names.items()
    ]
    return sheet.finish(
        y,
        alt=[_alt(line, main, language) for line in data] or [sheet.say("not_submitted")],
        columns=[sheet.say("column.criterion"), *(plan.short.said_in(language) for plan in main)],
        data=data,
        rows=[line["row_id"] for group in found.values() for line in group],
        source=source,
        publishers=publishers_of(line for group in found.values() for line in group),
        names=publisher_names(publishers, language),
    )


def contradicts(group: Sequence[Line]) -> bool:
    """Whether one source praises what another faults."""
    kinds = {line["direction"] for line in group}
    return {"positive", "negative"} <= kinds


def _title(
    found: Mapping[tuple[str, str], Sequence[Line]],
    names: Mapping[str, str],
    main: Sequence[Plan],
    language: Language,
) -> str:
    if not names:
        return words.say("figures.criteria_none", language)
    parts = []
    for plan in main:
        split = [
            label[:1].lower() + label[1:]
            for code, label in names.items()
            if contradicts(found[code, plan.id])
        ]
        key = "criteria_split" if split else "criteria_agree"
        parts.append(
            words.say(
                f"figures.{key}",
                language,
                plan=plan.short.said_in(language),
                criteria=words.joined(split, language),
            )
        )
    return words.say("figures.criteria_title", language, parts="; ".join(parts))


def _heads(sheet: Sheet, plans: Sequence[Plan]) -> list[Head]:
    main = main_plans(plans)
    wide = (WIDTH - 2 * MARGIN - NAME) / len(main)
    return [
        Head(NAME, sheet.say("column.criterion")),
        *(Head(wide, p.short.said_in(sheet.language), look(plans, p.id).words) for p in main),
    ]


def _cell(sheet: Sheet, group: Sequence[Line]) -> Cell:
    if not group:
        return Cell(sheet.say("criteria_nothing"), hatched=True, colour=GREY)
    split = contradicts(group)
    note = sheet.say("criteria_contradiction") if split else ""
    return Cell(_words(group, sheet.language), note=note, fill=TINT if split else "none")


def _words(group: Sequence[Line], language: Language) -> str:
    """Count sentences by direction: ``2 positive, 1 negative``."""
    if not group:
        return words.say("figures.criteria_nothing", language)
    tally = Counter(line["direction"] for line in group)
    parts = [
        words.say(
            f"figures.direction.{kind}{'_many' if tally[kind] > 1 else ''}", language, n=tally[kind]
        )
        for kind in DIRECTIONS
        if tally[kind]
    ]
    return "   ".join(parts)


def _alt(line: Sequence[str], main: Sequence[Plan], language: Language) -> str:
    parts = [
        f"{plan.short.said_in(language)}: {', '.join(cell.split('   '))}"
        for plan, cell in zip(main, line[1:], strict=True)
    ]
    return f"{line[0]} – {'; '.join(parts)}"
