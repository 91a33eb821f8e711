"""A total and its parts by year in, small multiples out; years that do not add up are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.contracts.published import Language, Plan, Series
from analysis.language import numbers, words
from analysis.reporting.countries import spelled_country
from analysis.reporting.figures.catalogue import worded
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.strip import (
    Years,
    draw_gaps,
    draw_points,
    draw_years,
    highest,
    runs,
)
from analysis.reporting.figures.style import (
    GREY,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    main_plans,
    text_width,
)
from analysis.reporting.frames import distinct
from analysis.reporting.shown import Shown

States = Mapping[int, str | bool]
STRIP, GROUND = 66.0, 10.0
FIRST = ("female", "male", "minor", "adult")
LAST = ("other", "unknown")
LEFT, RIGHT = 250.0, WIDTH - MARGIN


def parts_by_year(
    id: str,
    total: Series,
    parts: Sequence[Series],
    adding_up: States | Mapping[str, States],
    *,
    language: Language,
    plans: Sequence[Plan] = (),
    source: str = "",
) -> Shown:
    """Draw the total above its parts, one strip each.

    Parameters
    ----------
    total : Series
        The whole; drawn as the first strip.
    parts : sequence of Series
        Told apart by ``breakdown`` (``sex=female``); grouped by its first key.
    adding_up : mapping
        For each year *adds up*, *contradicts* or *cannot tell* (or a truth value), of
        the one dimension drawn, or such a mapping for each dimension by its name. A
        year that contradicts is hatched as *refused*.
    plans : sequence of Plan
        Colours and marks the years of each plan. A part without a figure in any of
        those years is named below the picture instead of drawn.
    """
    years = _years(total, parts)
    parts = sorted((part for part in parts if part.years), key=_turn)
    shown, dropped = _in_plan_years(parts, plans)
    dimensions = distinct(_dimension(part, parts) for part in parts)
    states = _states(adding_up, dimensions)
    refused = {
        name: [year for year, state in states[name].items() if is_refused(state)]
        for name in dimensions
    }
    of_part = {part.breakdown: _dimension(part, parts) for part in parts}
    by_part = {breakdown: refused[name] for breakdown, name in of_part.items()}
    title = _title(total, states, refused, language)
    sheet = Sheet(id, language, title, words.say("figures.parts_subtitle", language))
    if not total.years:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        y = _strip(sheet, sheet.top, total.label.said_in(language), total, years, [], plans)
        for name in dimensions:
            own = [part for part in shown if of_part[part.breakdown] == name]
            y = _dimension_strips(sheet, y, name, own, years, refused[name], plans)
        y = draw_years(sheet, y - GROUND + 4, years)
        y = _say_dropped(sheet, y, dropped)
    drawn = [total, *parts] if total.years else []
    data = [
        (
            _label(series, total, language),
            str(point.year),
            _cell(series, point.year, by_part, language),
            point.row,
        )
        for series in drawn
        for point in series.points
    ]
    return sheet.finish(
        y,
        alt=[_told(series, total, years, by_part, language) for series in drawn]
        or [words.say("figures.not_submitted", language)],
        columns=[sheet.say(f"column.{name}") for name in ("part", "year", "value", "row")],
        data=data,
        rows=[row for series in drawn for row in series.rows],
        source=source,
        publishers=[series.publisher for series in drawn for _ in series.points],
    )


def part_label(breakdown: str, language: Language) -> str:
    """Word a breakdown: ``sex=female;age=adult`` is *women*-like words from the catalogue."""
    pairs = [pair.partition("=") for pair in breakdown.split(";")]
    return ", ".join(distinct(_code_label(key, code or key, language) for key, _, code in pairs))


def _code_label(key: str, code: str, language: Language) -> str:
    plain = spelled_country(code, language) if key == "citizenship" else code.replace("_", " ")
    return worded(f"part.{code}", language, plain)


def is_refused(state: str | bool) -> bool:
    """Whether a year's parts contradict its total."""
    return state in (False, "contradicts")


def _turn(part: Series) -> int:
    """Order parts as a reader looks for them; what is not told apart comes last."""
    codes = [pair.partition("=")[2] for pair in part.breakdown.split(";")]
    last = next((LAST.index(code) for code in reversed(LAST) if code in codes), -1)
    first = next((FIRST.index(code) for code in FIRST if code in codes), len(FIRST))
    return len(FIRST) + 1 + last if last >= 0 else first


def _in_plan_years(
    parts: Sequence[Series], plans: Sequence[Plan]
) -> tuple[list[Series], list[Series]]:
    """Tell parts with a figure in a plan's years from those without."""
    wanted = {year for plan in main_plans(plans) for year in plan.years}
    silent = [part for part in parts if wanted and not wanted & set(part.years)]
    return [part for part in parts if part not in silent], silent


def _say_dropped(sheet: Sheet, y: float, dropped: Sequence[Series]) -> float:
    if not dropped:
        return y
    named = [part_label(part.breakdown, sheet.language) for part in dropped]
    told = sheet.say("parts_dropped", parts=words.joined(named, sheet.language))
    return sheet.write(MARGIN, y + 6, told, size=SMALL, width=WIDTH - 2 * MARGIN)


def _states(
    adding_up: States | Mapping[str, States], dimensions: Sequence[str]
) -> dict[str, States]:
    """Return the states of each dimension; those given without a name are of all."""
    unnamed: dict[int, str | bool] = {}
    named: dict[str, States] = {}
    for key, state in adding_up.items():
        if isinstance(state, Mapping):
            named[str(key)] = state
        else:
            unnamed[int(key)] = state
    return {name: named.get(name, unnamed) for name in dimensions}


def _title(
    total: Series,
    states: Mapping[str, States],
    refused: Mapping[str, Sequence[int]],
    language: Language,
) -> str:
    label = total.label.said_in(language)
    if not total.years:
        return words.say("figures.clause_none", language, label=label)
    if not states:
        return words.say("figures.parts_none", language, label=label)
    clauses = [_clause(name, states[name], refused[name], language) for name in states]
    return words.say("figures.parts_title", language, label=label, clauses="; ".join(clauses))


def _clause(name: str, states: States, refused: Sequence[int], language: Language) -> str:
    dimension = worded(f"split.{name}", language, worded(f"dimension.{name}", language, name))
    listed = [numbers.years(*run, language) for run in runs(sorted(refused))]
    if listed:
        joined = words.joined(listed, language)
        return words.say("figures.parts_refused", language, dimension=dimension, years=joined)
    if not states:
        return words.say("figures.parts_unchecked", language, dimension=dimension)
    whole = all(state in (True, "adds up") for state in states.values())
    key = "parts_whole" if whole else "parts_shown"
    return words.say(f"figures.{key}", language, dimension=dimension)


def _dimension(series: Series, among: Sequence[Series]) -> str:
    """Return what a part is a part by: the key all parts share, else its first."""
    keys = [[pair.partition("=")[0] for pair in one.breakdown.split(";")] for one in among]
    shared = [key for key in (keys[0] if keys else []) if all(key in one for one in keys)]
    own = [pair.partition("=")[0] for pair in series.breakdown.split(";")]
    return shared[0] if len(shared) == 1 else own[0]


def _years(total: Series, parts: Sequence[Series]) -> Years:
    known = [year for series in (total, *parts) for year in series.years] or [2000]
    return Years(min(known), max(known), LEFT, RIGHT)


def _dimension_strips(
    sheet: Sheet,
    y: float,
    name: str,
    parts: Sequence[Series],
    years: Years,
    refused: Sequence[int],
    plans: Sequence[Plan],
) -> float:
    head = words.capital(worded(f"dimension.{name}", sheet.language, name))
    top = y = sheet.write(MARGIN, y + 8, head, weight="bold")
    for part in parts:
        label = part_label(part.breakdown, sheet.language)
        y = _strip(sheet, y, label, part, years, refused, plans)
    for first, last in runs(sorted(refused)):
        left, right = years.start(first), years.start(last + 1)
        zone = Box(left + 2, top, right - left - 4, y - top - GROUND)
        sheet.rectangle(zone, fill="white", hatched=True, z=2.2)
        for year in range(first, last + 1):
            middle, told = years.middle(year), sheet.say("refused")
            wide = text_width(told, SMALL) + 6
            sheet.rectangle(Box(middle - wide / 2, top + 6, wide, 17), fill="white", z=3)
            sheet.middle(middle, top + 14, told, size=SMALL, ha="center", colour=GREY)
    return y


def _strip(
    sheet: Sheet,
    y: float,
    label: str,
    series: Series,
    years: Years,
    refused: Sequence[int],
    plans: Sequence[Plan],
) -> float:
    box = Box(LEFT, y, RIGHT - LEFT, STRIP - GROUND)
    tallest = highest([point.value for point in series.points])

    def place(amount: float) -> float:
        return box.bottom - 8 - amount / tallest * (box.height - 36)

    sheet.middle(LEFT - 12, box.centre[1], label, width=LEFT - MARGIN - 20, ha="right")
    silent = [year for year in series.missing(years.first, years.last) if year not in refused]
    draw_gaps(sheet, box, years, silent)
    sheet.line((box.left, box.bottom), (box.right, box.bottom), colour=LINE)
    shown = tuple(point for point in series.points if point.year not in refused)
    draw_points(sheet, replace(series, points=shown), years, plans, place)
    return y + STRIP


def _label(series: Series, total: Series, language: Language) -> str:
    if series is total:
        return total.label.said_in(language)
    return part_label(series.breakdown, language)


def _cell(
    series: Series, year: int, refused: Mapping[str, Sequence[int]], language: Language
) -> str:
    value = numbers.value(series.value(year), language)
    if year in refused.get(series.breakdown, ()):
        return words.say("figures.refused_value", language, value=value)
    return value


def _told(
    series: Series,
    total: Series,
    years: Years,
    refused: Mapping[str, Sequence[int]],
    language: Language,
) -> str:
    parts = [f"{year}: {_cell(series, year, refused, language)}" for year in years.span()]
    return f"{_label(series, total, language)} – {'; '.join(parts)}"
