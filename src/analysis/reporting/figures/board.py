"""Measures by pillar and plan in, a board out: status as reported, nothing counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.contracts.published import Language, Plan
from analysis.language import words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.sources import publisher_names, publishers_of
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    look,
    main_plans,
)
from analysis.reporting.frames import Frame, Line, by_id, lines, said
from analysis.reporting.shown import Shown

PILLAR = 136.0
INDENT = 24.0
# Marker and fill of each status; the word stands beside it, so neither carries meaning alone.
SIGNS: Mapping[str, tuple[str, str]] = {
    "done": ("s", "full"),
    "in_force": ("o", "full"),
    "running": ("o", "half"),
    "agreed": ("D", "hollow"),
    "announced": ("^", "hollow"),
    "planned": ("o", "hollow"),
}


def measure_board(
    id: str,
    measures: Frame,
    pillars: Frame,
    plans: Sequence[Plan],
    *,
    language: Language,
    publishers: Frame = (),
    source: str = "",
) -> Shown:
    """Draw the measures of two plans side by side, pillar by pillar.

    Numbers of measures are never shown or compared: what was read differs from
    plan to plan. Pillar headings and duplicates are left out; measures of an
    amendment stand with the plan it amends.

    Parameters
    ----------
    measures : DataFrame
        ``measures.csv``.
    pillars : DataFrame
        Code list: ``code``, ``label_da``, ``label_en``, in the order drawn; a part of
        the list draws a part of the board.
    publishers : DataFrame
        Code list ``publishers.csv``, for the source line.
    """
    owner = {plan.id: plan.amends or plan.id for plan in plans}
    kept = [
        line
        for line in lines(measures)
        if line.get("kind") == "measure" and line.get("plan_id") in owner
    ]
    names = _pillars(pillars, kept, language)
    sheet = Sheet(
        id,
        language,
        _title(kept, names, owner, plans, language),
        words.say("figures.board_subtitle", language),
    )
    if not names:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        y = _draw(sheet, kept, names, owner, plans)
    data = [
        _data(sheet, line, names, plans)
        for code in names
        for line in kept
        if line["pillar"] == code
    ]
    return sheet.finish(
        y,
        alt=[f"{pillar}, {plan}: {what} ({status})" for pillar, plan, what, status, _ in data]
        or [sheet.say("not_submitted")],
        columns=[sheet.say(f"column.{n}") for n in ("pillar", "plan", "measure", "status", "row")],
        data=data,
        rows=[line[-1] for line in data],
        source=source,
        publishers=publishers_of(kept),
        names=publisher_names(publishers, language),
    )


def status_words(line: Line, language: Language) -> str:
    """Word a status: the code's word, then what the source reports."""
    code = words.say(f"figures.status.{line['status']}", language)
    reported = said(line, "status", language)
    if line["status"] == "not_reported" or not reported:
        return code
    reported = _small(reported)
    return reported if reported.startswith(code) else f"{code}: {reported}"


def _small(told: str) -> str:
    """Begin with a small letter, but leave an abbreviation as it is."""
    return told[:1].lower() + told[1:] if told[1:2].islower() or told[1:2] == " " else told


def _pillars(pillars: Frame, kept: Sequence[Line], language: Language) -> dict[str, str]:
    """Return label by code of the pillars that have a measure, in the list's order."""
    used = {line["pillar"] for line in kept}
    return {
        code: said(line, "label", language)
        for code, line in by_id(pillars, "code").items()
        if code in used
    }


def _title(
    kept: Sequence[Line],
    names: Mapping[str, str],
    owner: Mapping[str, str],
    plans: Sequence[Plan],
    language: Language,
) -> str:
    """Name the pillars on which documents of every plan were found, and claim no more."""
    if not names:
        return words.say("figures.board_none", language)
    main = {plan.id for plan in main_plans(plans)}
    shared = [
        label[:1].lower() + label[1:]
        for code, label in names.items()
        if main <= {owner[line["plan_id"]] for line in kept if line["pillar"] == code}
    ]
    if not shared:
        return words.say("figures.board_apart", language)
    return words.say("figures.board_title", language, pillars=_listed(shared, language))


def _listed(labels: Sequence[str], language: Language) -> str:
    """Join labels, with a weightier *and* where a label holds one itself."""
    plain = words.joined(["", ""], language)
    if len(labels) < 2 or not any(plain in label for label in labels):
        return words.joined(labels, language)
    return ", ".join(labels[:-1]) + words.say("figures.also", language) + labels[-1]


def _draw(
    sheet: Sheet,
    kept: Sequence[Line],
    names: Mapping[str, str],
    owner: Mapping[str, str],
    plans: Sequence[Plan],
) -> float:
    main = main_plans(plans)
    wide = (WIDTH - 2 * MARGIN - PILLAR) / max(len(main), 1)
    y = sheet.top
    for turn, plan in enumerate(main):
        x = MARGIN + PILLAR + turn * wide
        colour = look(plans, plan.id).words
        sheet.write(x, y, plan.short.said_in(sheet.language), weight="bold", colour=colour)
    y += 20
    sheet.line((MARGIN, y), (WIDTH - MARGIN, y), colour=LINE)
    for code, label in names.items():
        low = sheet.write(MARGIN, y + 8, label, width=PILLAR - 14, weight="bold")
        for turn, plan in enumerate(main):
            x = MARGIN + PILLAR + turn * wide
            own = [
                line
                for line in kept
                if line["pillar"] == code and owner[line["plan_id"]] == plan.id
            ]
            low = max(low, _column(sheet, x, y + 8, wide - 24, own, plans))
        y = low + 6
        sheet.line((MARGIN, y), (WIDTH - MARGIN, y), colour=GRID)
    return y + 4


def _column(
    sheet: Sheet, x: float, y: float, width: float, own: Sequence[Line], plans: Sequence[Plan]
) -> float:
    if not own:
        nothing = sheet.say("board_nothing")
        high = block_height(nothing, width - 20, SMALL) + 8
        sheet.rectangle(Box(x, y, width, high + 4), hatched=True, fill="white")
        sheet.rectangle(Box(x + 5, y + 4, width - 10, high - 4), fill="white", z=2)
        return sheet.write(x + 10, y + 5, nothing, size=SMALL, width=width - 20, colour=GREY) + 8
    for line in own:
        y = _measure(sheet, x, y, width, line, plans) + 4
    return y


def _measure(
    sheet: Sheet, x: float, y: float, width: float, line: Line, plans: Sequence[Plan]
) -> float:
    colour = look(plans, line["plan_id"]).colour
    _sign(sheet, x + 8, y + 9, line["status"], colour)
    named, status = _named(line, plans, sheet.language), status_words(line, sheet.language)
    low = sheet.write_pair(x + INDENT, y, named, status, width=width - INDENT)
    if line.get("tie") == "period_only":
        sheet.line((x - 6, y + 2), (x - 6, low), colour=colour, width=1.6, dashes=(0.0, (2.0, 1.6)))
    return low


def _named(line: Line, plans: Sequence[Plan], language: Language) -> str:
    """Name a measure; one of an amendment begins with the amendment's name."""
    told = said(line, "measure", language)
    amendment = next((plan for plan in plans if plan.id == line["plan_id"] and plan.amends), None)
    return f"{amendment.short.said_in(language)}: {told}" if amendment else told


def _sign(sheet: Sheet, x: float, y: float, status: str, colour: str) -> None:
    if status not in SIGNS:
        sheet.rectangle(Box(x - 6, y - 6, 12, 12), hatched=True, fill="white", z=4)
        return
    marker, fill = SIGNS[status]
    sheet.mark(x, y, marker, colour=colour, hollow=fill == "hollow", half=fill == "half")


def _data(
    sheet: Sheet, line: Line, names: Mapping[str, str], plans: Sequence[Plan]
) -> tuple[str, str, str, str, str]:
    plan = next(plan for plan in plans if plan.id == line["plan_id"])
    status = status_words(line, sheet.language)
    if line.get("tie") == "period_only":
        status = f"{status}; {sheet.say('period_only')}"
    return (
        names[line["pillar"]],
        plan.short.said_in(sheet.language),
        said(line, "measure", sheet.language),
        status,
        line["row_id"],
    )
