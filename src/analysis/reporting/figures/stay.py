"""Rules on days of stay in, steps over time out, with the dates that sources dispute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.published import Language, Plan
from analysis.contracts.values import Value, interval, parse
from analysis.language import numbers, words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.sources import publisher_names, publishers_of
from analysis.reporting.figures.strip import (
    Years,
    draw_axis,
    draw_plan_names,
    draw_years,
    draw_zones,
    highest,
    moment,
    nice_ticks,
)
from analysis.reporting.figures.style import (
    BLUE,
    BLUE_TEXT,
    BODY,
    GREY,
    MARGIN,
    SMALL,
    WIDTH,
    main_plans,
    text_width,
    wrap,
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
    publishers: Frame = (),
    source: str = "",
) -> Shown:
    """Draw the longest stay or reflection period that rules allow, as steps.

    Parameters
    ----------
    figures : DataFrame
        Rows of ``figures.csv`` on one rule: ``value`` in days, ``period_start`` the
        first day or the year in which a source saw it; an indicator ending in
        ``_min`` is the shortest stay of the rule with the same start. Rows of one
        value with different starts are a conflict: a hatched zone, through which the
        earlier rule runs on as a dotted line. Years before the first are hatched.
    plans : sequence of Plan
        Their compared years are shaded.
    publishers : DataFrame
        Code list ``publishers.csv``, for the source line.
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
        publishers=publishers_of(lines(figures)),
        names=publisher_names(publishers, language),
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
    draw_plan_names(sheet, sheet.top, plans, years)
    box = Box(LEFT, sheet.top + 24, RIGHT - LEFT, HEIGHT)
    tallest = highest([rule.value for rule in rules])

    def place(amount: float) -> float:
        return box.bottom - amount / tallest * (box.height - 48)

    draw_zones(sheet, box, years, plans)
    draw_axis(sheet, box, nice_ticks(tallest * 1.15), place)
    _draw_before(sheet, box, years, rules[0])
    for turn, rule in enumerate(rules):
        following = [moment(stamp) for stamp in rules[turn + 1].starts] if rules[turn + 1 :] else []
        ends = (
            [years.start(stamp) for stamp in (min(following), max(following))] if following else []
        )
        heights = [place(bound) for bound in rule.value.bounds]
        _step(sheet, box, rule, _first(rule, years), ends or [box.right] * 2, heights)
    return draw_years(sheet, box.bottom + 4, years)


def _first(rule: Rule, years: Years) -> float:
    """Return from where on no source disputes the rule."""
    return years.start(max(moment(stamp) for stamp in rule.starts))


def _draw_before(sheet: Sheet, box: Box, years: Years, rule: Rule) -> None:
    """Hatch what lies before the first source, so that it is not read as no rule."""
    start = years.start(min(moment(stamp) for stamp in rule.starts))
    if start - box.left > 2:
        zone = Box(box.left + 2, box.top, start - box.left - 4, box.height)
        told = sheet.say("stay_before", year=min(rule.starts)[:4])
        _hatch(sheet, zone, told, zone.centre[1])


def _hatch(sheet: Sheet, zone: Box, told: str, y: float) -> None:
    sheet.rectangle(zone, hatched=True, fill="white", z=1.5)
    parts = wrap(told, zone.width - 8, SMALL)
    wide = max(text_width(part, SMALL) for part in parts) + 8
    high = block_height(told, zone.width - 8, SMALL) + 4
    x = zone.centre[0]
    sheet.rectangle(Box(x - wide / 2, y - high / 2, wide, high), fill="white", z=1.7)
    sheet.middle(x, y, told, width=zone.width - 8, size=SMALL, ha="center", colour=GREY)


def _step(
    sheet: Sheet,
    box: Box,
    rule: Rule,
    start: float,
    ends: Sequence[float],
    heights: Sequence[float],
) -> None:
    """Draw a rule from ``start``; from the first to the second end it is dotted: disputed."""
    (low, high), (end, latest) = heights, ends
    if latest > end:
        zone = Box(end, box.top, latest - end, box.height)
        _hatch(sheet, zone, sheet.say("stay_unclear"), box.top + 60)
        sheet.rectangle(Box(end, high - 5, latest - end, 10), fill="white", z=1.8)
        sheet.line((end, high), (latest, high), colour=BLUE, width=3, dashes=(0.0, (1, 1.2)), z=3)
    if low > high:
        sheet.rectangle(Box(start, high, end - start, low - high), fill="#A3CBE6", z=1.6)
        sheet.line((start, low), (end, low), colour=BLUE, width=1.6, dashes="dashed", z=3)
    sheet.line((start, high), (end, high), colour=BLUE, width=3, z=3)
    sheet.line((start, high), (start, box.bottom), colour=BLUE, width=1.2, z=3)
    days = sheet.say("stay_days", value=numbers.value(rule.value, sheet.language))
    sheet.write(start + 8, high - 23, days, weight="bold", colour=BLUE_TEXT)
    after = start + 8 + text_width(days, BODY, "bold") + 8
    sheet.write(after, high - 22.4, f"({_when(sheet, rule)})", size=SMALL, colour=GREY, halo=True)


def _when(sheet: Sheet, rule: Rule) -> str:
    dates = [numbers.day(stamp, sheet.language) for stamp in distinct(rule.starts)]
    if len(dates) == 1:
        # A bare year says when a source saw the rule, not when it began.
        return sheet.say("stay_seen" if dates[0].isdigit() else "stay_when", date=dates[0])
    return sheet.say("stay_dates", dates=f" {sheet.say('or')} ".join(dates))
