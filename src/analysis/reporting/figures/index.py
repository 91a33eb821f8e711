"""Yearly index scores by country in, a panel a dimension out: one country dark, neighbours grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analysis.contracts.published import Language, Plan
from analysis.language import numbers, words
from analysis.reporting.countries import country_name
from analysis.reporting.figures.catalogue import worded
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.panel import draw_years
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.strip import Years, draw_zones
from analysis.reporting.figures.style import (
    BLUE,
    BLUE_TEXT,
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    SMALL,
    WIDTH,
    look,
    main_plans,
    text_width,
)
from analysis.reporting.frames import Frame, lines
from analysis.reporting.shown import Shown

HEIGHT, GAP, AXIS, NAME = 250.0, 26.0, 22.0, 17.0
LOWEST, CEILING = 1, 5
AREAS = ("prosecution", "protection", "prevention")
GREYS = (("#8A8A8A", "s"), ("#A0A0A0", "^"), ("#757575", "v"), ("#969696", "P"), ("#808080", "X"))


@dataclass(frozen=True, slots=True)
class Scores:
    """One country in one area of the index: score and row by year."""

    country: str
    area: str
    by_year: Mapping[int, float]
    rows: Mapping[int, str]

    @property
    def years(self) -> list[int]:
        """Years with a score, ascending."""
        return sorted(self.by_year)


def index_panels(
    id: str,
    index_by_country: Mapping[str, Frame],
    plans: Sequence[Plan],
    *,
    language: Language,
    focal: str = "",
    source: str = "",
) -> Shown:
    """Draw an index of 1 to 5 by year, a panel for each area.

    The title states the focal country's first and last score in each area; a score
    at the ceiling cannot show an improvement, so the ceiling is drawn.

    Parameters
    ----------
    index_by_country : mapping of str to DataFrame
        By ISO 3166 three-letter code: ``year``, ``area``, ``score``, ``row_id``.
    focal : str
        Country drawn dark; default: the first.
    """
    focal = focal or next(iter(index_by_country), "")
    every = [s for code, frame in index_by_country.items() for s in _scores(code, frame)]
    mine = [scores for scores in every if scores.country == focal]
    title = _title(mine, focal, language)
    sheet = Sheet(id, language, title, words.say("figures.index_subtitle", language))
    shown = every if mine else []
    if not mine:
        y = sheet.silence(sheet.top, sheet.say("not_submitted"))
    else:
        y = _draw(sheet, mine, every, plans)
    data = [
        (
            country_name(scores.country, language),
            _area(scores.area, language),
            str(year),
            numbers.number(scores.by_year[year], language),
            scores.rows[year],
        )
        for scores in shown
        for year in scores.years
    ]
    return sheet.finish(
        y,
        alt=[_told(scores, language) for scores in mine] or [sheet.say("not_submitted")],
        columns=[
            sheet.say(f"column.{n}") for n in ("country", "dimension", "year", "value", "row")
        ],
        data=data,
        rows=[scores.rows[year] for scores in shown for year in scores.years],
        source=source,
        publishers=("cho",) if shown else (),
    )


def _scores(code: str, frame: Frame) -> list[Scores]:
    listed = lines(frame)
    found = []
    for area in sorted({line["area"] for line in listed}, key=_turn):
        own = [line for line in listed if line["area"] == area]
        by_year = {int(line["year"]): float(line["score"]) for line in own}
        rows = {int(line["year"]): line["row_id"] for line in own}
        found.append(Scores(code, area, by_year, rows))
    return found


def _turn(area: str) -> tuple[int, str]:
    """Order the areas as the index names them; any other comes after, by name."""
    return (AREAS.index(area) if area in AREAS else len(AREAS), area)


def _area(area: str, language: Language) -> str:
    return worded(f"area.{area}", language, area)


def _title(mine: Sequence[Scores], focal: str, language: Language) -> str:
    if not mine:
        return words.say("figures.index_none", language)
    parts = []
    for scores in mine:
        first, last = (scores.by_year[scores.years[turn]] for turn in (0, -1))
        label = _area(scores.area, language)
        between = sorted({*scores.by_year.values()} - {first, last})
        same = "index_between" if between else "index_same"
        parts.append(
            words.say(
                f"figures.{same if first == last else 'index_change'}",
                language,
                between=words.joined([numbers.number(one, language) for one in between], language),
                dimension=label[:1].lower() + label[1:],
                first=numbers.number(first, language),
                last=numbers.number(last, language),
            )
        )
    return words.say(
        "figures.index_title",
        language,
        country=country_name(focal, language),
        years=numbers.years(mine[0].years[0], mine[0].years[-1], language),
        parts=words.joined(parts, language),
    )


def _draw(
    sheet: Sheet, mine: Sequence[Scores], every: Sequence[Scores], plans: Sequence[Plan]
) -> float:
    wide = (WIDTH - 2 * MARGIN - GAP * (len(mine) - 1)) / len(mine)
    names = {country_name(scores.country, sheet.language) for scores in every}
    labels = max(text_width(name, SMALL, "bold") for name in names)
    known = [year for scores in every for year in scores.years]
    low = sheet.top
    for turn, scores in enumerate(mine):
        left = MARGIN + turn * (wide + GAP)
        head = sheet.write(left, sheet.top, _area(scores.area, sheet.language), weight="bold")
        head = _plan_marks(sheet, head, left, plans)
        box = Box(left + AXIS, head + 8, wide - AXIS - labels - 14, HEIGHT)
        years = Years(min(known), max(known), box.left, box.right)
        _frame(sheet, box, years, plans)
        others = [
            other
            for other in every
            if other.area == scores.area and other.country != scores.country
        ]
        _lines(sheet, box, years, scores, others)
        low = max(low, box.bottom + 24)
    return low + 4


def _plan_marks(sheet: Sheet, y: float, x: float, plans: Sequence[Plan]) -> float:
    for plan in main_plans(plans):
        told = plan.short.said_in(sheet.language)
        style = look(plans, plan.id)
        sheet.rectangle(Box(x, y + 4, 12, 10), fill=style.shade, edge=style.colour, z=2)
        sheet.write(x + 17, y, told, size=SMALL, colour=style.words)
        x += text_width(told, SMALL) + 34
    return y + 18


def _frame(sheet: Sheet, box: Box, years: Years, plans: Sequence[Plan]) -> None:
    draw_zones(sheet, box, years, plans)
    for score in range(LOWEST, CEILING + 1):
        y = _place(box, score)
        ceiling = score == CEILING
        sheet.line(
            (box.left, y),
            (box.right, y),
            colour=INK if ceiling else GRID,
            width=1.2 if ceiling else 1,
            dashes="dashed" if ceiling else "solid",
            z=1,
        )
        sheet.middle(box.left - 7, y, str(score), size=SMALL, ha="right", colour=GREY)
    draw_years(sheet, box, years, apart=10)


def _place(box: Box, score: float) -> float:
    return box.bottom - 16 - (score - LOWEST) / (CEILING - LOWEST) * (box.height - 34)


def _lines(sheet: Sheet, box: Box, years: Years, mine: Scores, others: Sequence[Scores]) -> None:
    ends: list[tuple[float, str, bool]] = []
    for turn, scores in enumerate([*others, mine]):
        own = scores is mine
        colour, marker = (BLUE, "o") if own else GREYS[turn % len(GREYS)]
        # Countries often share a score: a small shift keeps each line to be seen.
        shift = 0.0 if own else (turn + 1) // 2 * 4.0 * (1 if turn % 2 else -1) - 2.0
        points = [
            (years.middle(year), _place(box, scores.by_year[year]) + shift) for year in scores.years
        ]
        for start, end in pairwise(points):
            sheet.line(start, end, colour=colour, width=2.6 if own else 1.1, z=3 if own else 2)
        for x, y in points if own else points[-1:]:
            sheet.mark(x, y, marker, colour=colour, size=6)
        ends.append((points[-1][1], country_name(scores.country, sheet.language), own))
    _end_labels(sheet, box, ends)


def _end_labels(sheet: Sheet, box: Box, ends: Sequence[tuple[float, str, bool]]) -> None:
    """Write names beside the last points, pushed apart so that none covers another."""
    ordered = sorted(ends)
    places = _spread([wanted for wanted, _, _ in ordered], box.bottom - 4)
    for (wanted, told, own), place in zip(ordered, places, strict=True):
        sheet.line((box.right - 4, wanted), (box.right + 7, place), colour=LINE, width=0.7, z=1)
        sheet.middle(
            box.right + 10,
            place,
            told,
            size=SMALL,
            weight="bold" if own else "normal",
            colour=BLUE_TEXT if own else GREY,
        )


def _spread(wanted: Sequence[float], bottom: float) -> list[float]:
    """Place labels a step apart, each group of crowded ones around the middle it wants."""
    groups: list[list[float]] = []
    for place in wanted:
        groups.append([place])
        while len(groups) > 1 and _lowest(groups[-2]) + NAME > _highest(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    places = [_highest(group) + turn * NAME for group in groups for turn in range(len(group))]
    over = max(0.0, places[-1] - bottom) if places else 0.0
    return [place - over for place in places]


def _highest(group: Sequence[float]) -> float:
    return sum(group) / len(group) - (len(group) - 1) * NAME / 2


def _lowest(group: Sequence[float]) -> float:
    return _highest(group) + (len(group) - 1) * NAME


def _told(scores: Scores, language: Language) -> str:
    parts = [f"{year}: {numbers.number(scores.by_year[year], language)}" for year in scores.years]
    return f"{_area(scores.area, language)} – {'; '.join(parts)}"
