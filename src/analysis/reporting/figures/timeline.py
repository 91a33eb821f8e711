"""Plans, dated events and breaks in, one timeline out: each date as exact as its source."""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.contracts.published import Break, Language, Plan
from analysis.language import numbers, words
from analysis.reporting.figures.breaks import DOTTED, break_words, by_date, draw_flag_key
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.sources import publisher_names, publishers_of
from analysis.reporting.figures.strip import Years, moment
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    ORANGE,
    SMALL,
    WIDTH,
    line_height,
    look,
    main_plans,
    text_width,
)
from analysis.reporting.frames import Frame, Line, ids, lines, said
from analysis.reporting.shown import Shown

DATES, LEFT, RIGHT, WORDS, FLAG = MARGIN, 170.0, 552.0, 576.0, 28.0
WORDS_WIDTH = WIDTH - MARGIN - WORDS


def plan_timeline(
    id: str,
    plans: Sequence[Plan],
    events: Frame,
    breaks: Sequence[Break],
    *,
    language: Language,
    conflicts: Frame = (),
    publishers: Frame = (),
    source: str = "",
) -> Shown:
    """Draw plans as bars, events as marks as wide as their date is vague, breaks as lines.

    Parameters
    ----------
    plans : sequence of Plan
        Plans compared and their amendments (drawn thinner, below their plan).
    events : DataFrame
        ``events.csv``.
    conflicts : DataFrame
        ``conflicts.csv``; an event whose row it names is drawn hollow, *sources disagree*.
    publishers : DataFrame
        Code list ``publishers.csv``, for the source line.
    """
    listed = sorted(lines(events), key=lambda line: line["date"])
    ordered = sorted(breaks, key=lambda brk: (brk.date, brk.id))
    disputed = {row for line in lines(conflicts) for row in ids(line.get("rows", ""))}
    title = _title(plans, ordered, language)
    sheet = Sheet(id, language, title, words.say("figures.timeline_subtitle", language))
    if not plans:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
        return sheet.finish(
            y, alt=[sheet.say("not_submitted")], columns=_columns(sheet), data=(), rows=()
        )
    years = _years(plans, listed, ordered)
    top = _draw_scale(sheet, sheet.top, years)
    y = _draw_plans(sheet, top + 6, plans, years)
    y = _draw_events(sheet, y + 10, listed, disputed, years)
    y = _draw_breaks(sheet, y + 10, top, ordered, years)
    _draw_grid(sheet, top, y, years)
    data = _data(sheet, plans, listed, ordered)
    rows = [
        *(row for plan in plans for row in plan.rows),
        *(line["row_id"] for line in listed),
        *(brk.id for brk in ordered if brk.sourced),
    ]
    return sheet.finish(
        y + 6,
        alt=[f"{first}: {what}" for first, what, _ in data],
        columns=_columns(sheet),
        data=data,
        rows=rows,
        source=source,
        publishers=publishers_of(listed),
        names=publisher_names(publishers, language),
    )


def _title(plans: Sequence[Plan], breaks: Sequence[Break], language: Language) -> str:
    named = [
        words.say(
            "figures.timeline_plan",
            language,
            plan=plan.short.said_in(language),
            years=numbers.years(plan.first_year, plan.last_year, language),
        )
        for plan in main_plans(plans)
    ]
    if not named:
        return words.say("figures.plans_none", language)
    # Those before or after the years compared are drawn, but make nothing compared harder.
    first = min(plan.first_year for plan in plans)
    last = max(plan.last_year for plan in plans)
    inside = sum(first <= brk.year <= last for brk in breaks)
    key = {0: "timeline_none", 1: "timeline_one"}.get(inside, "timeline_many")
    plans_words = words.capital(words.joined(named, language))
    return words.say(f"figures.{key}", language, plans=plans_words, n=inside)


def _columns(sheet: Sheet) -> list[str]:
    return [sheet.say(f"column.{name}") for name in ("date", "what", "row")]


def _years(plans: Sequence[Plan], events: Sequence[Line], breaks: Sequence[Break]) -> Years:
    stamps = [
        *(stamp for plan in plans for stamp in plan.period if stamp),
        *(line["date"] for line in events),
        *(brk.date for brk in breaks),
    ]
    found = [int(stamp[:4]) for stamp in stamps]
    found += [year for plan in main_plans(plans) for year in (plan.first_year, plan.last_year)]
    return Years(min(found), max(found), LEFT, RIGHT)


def _draw_scale(sheet: Sheet, y: float, years: Years) -> float:
    step = math.ceil(38 / years.band)
    for year in years.span():
        if (year - years.first) % step == 0:
            sheet.write(years.middle(year), y, str(year), size=SMALL, ha="center", colour=GREY)
    return y + 20


def _draw_grid(sheet: Sheet, top: float, bottom: float, years: Years) -> None:
    for year in (*years.span(), years.last + 1):
        sheet.line((years.start(year), top), (years.start(year), bottom), colour=GRID, z=0.4)


def _draw_plans(sheet: Sheet, y: float, plans: Sequence[Plan], years: Years) -> float:
    for plan in plans:
        style, thin = look(plans, plan.id), plan.amends is not None
        height = 14.0 if thin else 24.0
        name = plan.short.said_in(sheet.language)
        named = block_height(name, LEFT - DATES - 10, weight="bold")
        row = max(height, named, block_height(_plan_words(sheet, plan), WORDS_WIDTH)) + 6
        start, end = _bounds(plan.period, years)
        bar = Box(start, y + (row - height) / 2, end - start, height)
        sheet.rectangle(bar, fill=style.shade, edge=style.colour, width=1.3, z=2)
        if not thin:
            left, right = years.start(plan.first_year), years.start(plan.last_year + 1)
            inner = Box(left, bar.top, right - left, bar.height)
            sheet.rectangle(inner, fill=style.colour, z=2.1)
        sheet.middle(
            DATES, y + row / 2, name, width=LEFT - DATES - 10, weight="bold", colour=style.words
        )
        sheet.middle(WORDS, y + row / 2, _plan_words(sheet, plan), width=WORDS_WIDTH)
        y += row
    return y


def _plan_words(sheet: Sheet, plan: Plan) -> str:
    period = sheet.say(
        "timeline_period",
        period=_period(plan, sheet.language),
        scope=plan.scope.said_in(sheet.language) or words.say("values.not_known", sheet.language),
    )
    if plan.amends:
        return period
    compared = numbers.years(plan.first_year, plan.last_year, sheet.language)
    return f"{period} {sheet.say('timeline_compared', years=compared)}"


def _period(plan: Plan, language: Language) -> str:
    start, end = (numbers.day(stamp, language) if stamp else "" for stamp in plan.period)
    if not start and not end:
        return words.say("values.not_known", language)
    if (start.isdigit() and end.isdigit()) or start == end:
        return numbers.span(start, end, language)
    return words.say("figures.timeline_to", language, start=start, end=end)


def _bounds(period: tuple[str, str], years: Years) -> tuple[float, float]:
    start = years.start(moment(period[0])) if period[0] else years.left
    return start, (_after(period[1], years) if period[1] else years.right)


def _after(stamp: str, years: Years) -> float:
    """Return where a vague date ends: the end of its year, month or day."""
    length = {1: 1.0, 2: 1 / 12}.get(stamp.count("-") + 1, 1 / 365)
    return years.start(moment(stamp) + length)


def _draw_events(
    sheet: Sheet, y: float, events: Sequence[Line], disputed: set[str], years: Years
) -> float:
    y = _section(sheet, y, sheet.say("timeline_events"))
    if not events:
        return sheet.write(DATES, y, words.say("values.not_submitted", sheet.language)) + 6
    for line in events:
        unclear = line["row_id"] in disputed
        told = said(line, "event", sheet.language)
        if unclear:
            told = sheet.say("timeline_disputed", event=told)
        y = _dated(sheet, y, line["date"], told, years, hollow=unclear)
    return y


def _draw_breaks(
    sheet: Sheet, y: float, top: float, breaks: Sequence[Break], years: Years
) -> float:
    if not breaks:
        return y
    y = _section(sheet, y, sheet.say("timeline_breaks"))
    for date, same in by_date(breaks):
        x, low = years.start(moment(date)), y
        for brk in same:
            sheet.write(WORDS, low + 0.6, brk.flag, size=SMALL, colour=GREY)
            low = sheet.write(WORDS + FLAG, low, break_words(sheet, brk), width=WORDS_WIDTH - FLAG)
        middle = (y + low) / 2
        _when(sheet, middle, date, x)
        sheet.mark(x, middle, "x", colour=INK, size=7)
        sheet.line((x, top), (x, middle), colour="#666666", dashes=DOTTED, z=1.2)
        y = low + (5 if len(same) > 1 else 2)
    return draw_flag_key(sheet, y + 4, breaks, MARGIN, WIDTH - MARGIN)


def _section(sheet: Sheet, y: float, words_of_it: str) -> float:
    plate = Box(DATES, y, text_width(words_of_it, weight="bold") + 6, 17)
    sheet.rectangle(plate, fill="white", z=2)
    y = sheet.write(DATES, y, words_of_it, weight="bold")
    sheet.line((DATES, y + 1), (WIDTH - MARGIN, y + 1), colour=LINE)
    return y + 4


def _dated(
    sheet: Sheet, y: float, stamp: str, told: str, years: Years, *, hollow: bool = False
) -> float:
    row = max(block_height(told, WORDS_WIDTH), line_height(SMALL)) + 2
    middle = y + row / 2
    start, end = years.start(moment(stamp)), _after(stamp, years)
    _when(sheet, middle, stamp, end)
    if end - start > 10:
        bar = Box(start + 1, middle - 4, end - start - 2, 8)
        sheet.rectangle(bar, fill="white" if hollow else "#777777", edge="#555555", z=3)
    else:
        sheet.mark(
            (start + end) / 2, middle, "o", colour=ORANGE if hollow else INK, hollow=hollow, size=8
        )
    sheet.middle(WORDS, middle, told, width=WORDS_WIDTH)
    return y + row


def _when(sheet: Sheet, y: float, stamp: str, x: float) -> None:
    """Write a date, and lead from its mark at ``x`` to its words."""
    when = numbers.day(stamp, sheet.language)
    sheet.middle(DATES, y, when, size=SMALL, colour=GREY, width=LEFT - DATES - 8)
    sheet.line((x + 7, y), (WORDS - 8, y), colour=GRID, z=0.5)


def _data(
    sheet: Sheet, plans: Sequence[Plan], events: Sequence[Line], breaks: Sequence[Break]
) -> list[tuple[str, str, str]]:
    language = sheet.language
    found = [
        (
            _period(plan, language),
            f"{plan.title.said_in(language)}: {_plan_words(sheet, plan)}",
            ";".join(plan.rows),
        )
        for plan in plans
    ]
    found += [
        (numbers.day(line["date"], language), said(line, "event", language), line["row_id"])
        for line in events
    ]
    found += [
        (
            numbers.day(brk.date, language),
            f"{brk.flag} {brk.what.said_in(language)}",
            brk.id if brk.sourced else sheet.say("unsourced"),
        )
        for brk in breaks
    ]
    return found
