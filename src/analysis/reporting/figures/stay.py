"""Rules on days of stay in, steps over time out, with the dates that sources dispute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.published import Language, Plan
from analysis.contracts.values import Value, interval, parse
from analysis.language import numbers, words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.strip import (
    Years,
    draw_axis,
    draw_years,
    draw_zones,
    highest,
    moment,
    nice_ticks,
)
from analysis.reporting.figures.style import (
    BLUE,
    BLUE_TEXT,
    GREY,
    MARGIN,
    SMALL,
    WIDTH,
    main_plans,
    text_width,
)
from analysis.reporting.frames import Frame, Line, distinct, lines
from analysis.reporting.shown import Shown

HEIGHT, LEFT, RIGHT = 280.0, 78.0, WIDTH - MARGIN


@dataclass(frozen=True, slots=True)
class Rule:
    """A number of days, the dates that sources give for its start, and the rows behind them."""

    value: Value
    starts: tuple[str, ...]
    rows: tuple[str, ...]


def stay_days(
    id: str,
    figures: Frame,
    plans: Sequence[Plan] = (),
    *,
    language: Language,
    source: str = "",
) -> Shown:
    """Draw the longest stay or reflection period that rules allow, as steps.

    Parameters
    ----------
    figures : DataFrame
        Rows of ``figures.csv`` on one rule: ``value`` in days, ``period_start`` the
        first day or the year in which a source saw it; an indicator ending in
        ``_min`` is the shortest stay of the rule with the same start. Rows of one
        value with different starts are a conflict, drawn as a hatched zone.
    plans : sequence of Plan
        Their compared years are shaded.
    """
    rules = _rules(figures)
    title = _title(rules, language)
    sheet = Sheet(id, language, title, words.say("figures.stay_subtitle", language))
    y = (
        _draw(sheet, rules, plans)
        if rules
        else sheet.silence(sheet.top, sheet.say("not_submitted"))
    )
    data = [
        (numbers.day(start, language), numbers.value(rule.value, language), row)
        for rule in rules
        for start, row in zip(rule.starts, rule.rows, strict=True)
    ]
    return sheet.finish(
        y + 4,
        alt=[sheet.say("stay_from", start=start, value=value) for start, value, _ in data]
        or [sheet.say("not_submitted")],
        columns=[sheet.say(f"column.{name}") for name in ("date", "days", "row")],
        data=data,
        rows=[row for rule in rules for row in rule.rows],
        source=source,
    )


def _rules(figures: Frame) -> list[Rule]:
    """Join rows of one number of days; a ``..._min`` row gives the lower bound."""
    dated = [line for line in lines(figures) if line.get("period_start")]
    shortest = {line["period_start"]: line for line in dated if line["indicator"].endswith("_min")}
    found: dict[float, list[Line]] = {}
    for line in dated:
        value = parse(line.get("value", ""))
        if value.known and not line["indicator"].endswith("_min"):
            found.setdefault(value.bounds[1], []).append(line)
    rules = [_rule(longest, listed, shortest) for longest, listed in found.items()]
    return sorted(rules, key=lambda rule: moment(rule.starts[0]))


def _rule(longest: float, listed: Sequence[Line], shortest: Mapping[str, Line]) -> Rule:
    ordered = sorted(listed, key=lambda line: (line["period_start"], line["row_id"]))
    lows = [parse(line["value"]).bounds[0] for line in ordered]
    starts = [line["period_start"] for line in ordered]
    rows = [line["row_id"] for line in ordered]
    for start in distinct(starts):
        if start in shortest:
            lows.append(parse(shortest[start]["value"]).bounds[0])
            starts.append(start)
            rows.append(shortest[start]["row_id"])
    return Rule(interval(min(lows), longest), tuple(starts), tuple(rows))


def _title(rules: Sequence[Rule], language: Language) -> str:
    if not rules:
        return words.say("figures.stay_none", language)
    steps = " → ".join(numbers.value(rule.value, language) for rule in rules)
    disputed = any(len(set(rule.starts)) > 1 for rule in rules)
    key = "stay_disputed" if disputed else "stay_title"
    return words.say(f"figures.{key}", language, steps=steps)


def _draw(sheet: Sheet, rules: Sequence[Rule], plans: Sequence[Plan]) -> float:
    compared = [year for plan in main_plans(plans) for year in plan.years]
    starts = [int(start[:4]) for rule in rules for start in rule.starts]
    years = Years(
        min([*starts, *compared]), max([*(s + 1 for s in starts), *compared]), LEFT, RIGHT
    )
    box = Box(LEFT, sheet.top + 8, RIGHT - LEFT, HEIGHT)
    tallest = highest([rule.value for rule in rules])

    def place(amount: float) -> float:
        return box.bottom - amount / tallest * (box.height - 48)

    draw_zones(sheet, box, years, plans)
    draw_axis(sheet, box, nice_ticks(tallest * 1.15), place)
    for turn, rule in enumerate(rules):
        following = rules[turn + 1].starts if turn + 1 < len(rules) else ()
        end = years.start(min(moment(stamp) for stamp in following)) if following else box.right
        _step(
            sheet, box, rule, years, end, place(rule.value.bounds[0]), place(rule.value.bounds[1])
        )
    return draw_years(sheet, box.bottom + 4, years)


def _step(
    sheet: Sheet, box: Box, rule: Rule, years: Years, end: float, low: float, high: float
) -> None:
    ordered = sorted(rule.starts, key=moment)
    first, sure = years.start(moment(ordered[0])), years.start(moment(ordered[-1]))
    if sure > first:
        zone = Box(first, box.top, sure - first, box.height)
        sheet.rectangle(zone, hatched=True, fill="white", z=1.5)
    if low > high:
        sheet.rectangle(Box(sure, high, end - sure, low - high), fill="#BBD9EC", z=1.6)
        sheet.line((sure, low), (end, low), colour=BLUE, width=1.6, dashes="dashed", z=3)
    sheet.line((sure, high), (end, high), colour=BLUE, width=3, z=3)
    sheet.line((sure, high), (sure, box.bottom), colour=BLUE, width=1.2, z=3)
    days = sheet.say("stay_days", value=numbers.value(rule.value, sheet.language))
    sheet.write(sure + 8, high - 23, days, weight="bold", colour=BLUE_TEXT)
    when = _when(sheet, rule)
    wide = min(end - sure - 16, 230)
    if text_width(when, SMALL) > wide:
        wide = max(wide, 96)
    sheet.write(sure + 8, high + 5, when, size=SMALL, width=wide, colour=GREY)


def _when(sheet: Sheet, rule: Rule) -> str:
    dates = [numbers.day(stamp, sheet.language) for stamp in distinct(rule.starts)]
    if len(dates) == 1:
        # A bare year says when a source saw the rule, not when it began.
        return sheet.say("stay_seen" if dates[0].isdigit() else "stay_when", date=dates[0])
    return sheet.say("stay_dates", dates=f" {sheet.say('or')} ".join(dates))
