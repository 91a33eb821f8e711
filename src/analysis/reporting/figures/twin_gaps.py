"""A country's synthetic control in, its course and its gap over grey placebos out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol, runtime_checkable

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language, Plan, Series
from analysis.language import numbers, words
from analysis.reporting.countries import country_name
from analysis.reporting.figures.axes import LinearAxis
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.panel import draw_ticks, draw_years
from analysis.reporting.figures.rank_strips import p_words
from analysis.reporting.figures.sheet import Dashes, Sheet
from analysis.reporting.figures.strip import Years, draw_plan_names, draw_zones
from analysis.reporting.figures.style import (
    BLUE,
    BLUE_TEXT,
    GREY,
    MARGIN,
    SMALL,
    WIDTH,
    text_width,
)
from analysis.reporting.shown import Shown

HEIGHT, GAP, AXIS = 300.0, 40.0, 44.0
_PLACEBO = "#BDBDBD"
Drawn = tuple[Sequence[float], str, Dashes]
"""A line's values, colour and dashes."""


class Fit(Protocol):
    """A unit beside its mixture of donors, period by period."""

    @property
    def periods(self) -> tuple[float, ...]:
        """Years, ascending."""

    @property
    def before(self) -> int:
        """How many of them lie before the plan."""

    @property
    def observed(self) -> tuple[float, ...]:
        """The unit."""

    @property
    def synthetic(self) -> tuple[float, ...]:
        """The mixture."""

    @property
    def gap(self) -> tuple[float, ...]:
        """The unit less the mixture."""

    @property
    def rmspe_before(self) -> float:
        """Typical gap before the plan."""

    @property
    def mean_gap_after(self) -> float:
        """Mean gap from the plan on."""


class Placebo(Protocol):
    """A donor's gap, as if the plan were its own."""

    @property
    def gap(self) -> tuple[float, ...]:
        """Period by period."""


class Placebos(Protocol):
    """The donors' gaps and how the unit ranks among them."""

    @property
    def placebos(self) -> Sequence[Placebo]:
        """One a donor."""

    @property
    def rank(self) -> int:
        """1: the distance grew most."""

    @property
    def p(self) -> float:
        """Rank over number of units."""

    @property
    def smallest_p(self) -> float:
        """Smallest p that so many donors allow."""


class Outcome(Protocol):
    """A country's series, with a twin or without."""

    @property
    def series(self) -> Series:
        """The country's own series."""


@runtime_checkable
class Twinned(Protocol):
    """A country's synthetic control with its placebos."""

    @property
    def fit(self) -> Fit:
        """The country beside its twin."""

    @property
    def placebos(self) -> Placebos:
        """The other countries'."""

    @property
    def scale(self) -> str:
        """Unit: ``points`` or ``per_million``."""


def twin_gaps(
    id: str, result: Outcome, finding: Finding, plans: Sequence[Plan], *, language: Language
) -> Shown:
    """Draw a country and its twin, and the distance between them over those of all donors.

    Parameters
    ----------
    result : Outcome
        A synthetic control; where there is none the picture says why.
    finding : Finding
        Its finding: the reason, and the rows behind it.
    """
    label = result.series.label.said_in(language)
    country = country_name(finding.country, language)
    if not isinstance(result, Twinned):
        title = _say("gap_none", language, label=label, country=country)
        sheet = Sheet(id, language, title, _say("gap_plain", language))
        told = finding.short.said_in(language)
        y = sheet.silence(sheet.top, told)
        return sheet.finish(y, alt=[told], columns=_columns(language), data=(), rows=finding.rows)
    title, subtitle = _title(result, label, country, language), _subtitle(result, language)
    sheet = Sheet(id, language, title, subtitle)
    y = _draw(sheet, result, label, country, plans)
    data = [_line(result.fit, turn, language) for turn in range(len(result.fit.periods))]
    return sheet.finish(
        y,
        alt=[subtitle, *(_told(line, language) for line in data)],
        columns=_columns(language),
        data=data,
        rows=finding.rows,
        publishers=(result.series.publisher,),
    )


def _title(result: Twinned, label: str, country: str, language: Language) -> str:
    fit = result.fit
    first, last = fit.periods[fit.before], fit.periods[-1]
    return _say(
        "gap_title",
        language,
        label=label,
        country=country,
        gap=numbers.signed(fit.mean_gap_after, language),
        unit=_unit(result, language),
        years=numbers.years(int(first), int(last), language),
        rank=result.placebos.rank,
        all=len(result.placebos.placebos) + 1,
    )


def _subtitle(result: Twinned, language: Language) -> str:
    placebos = result.placebos
    return _say(
        "gap_subtitle",
        language,
        n=len(placebos.placebos),
        p=p_words(placebos.p, language),
        smallest=p_words(placebos.smallest_p, language),
        fit=numbers.number(result.fit.rmspe_before, language, 2),
    )


def _unit(result: Twinned, language: Language) -> str:
    return _say(f"unit_{result.scale}", language)


def _draw(sheet: Sheet, result: Twinned, label: str, country: str, plans: Sequence[Plan]) -> float:
    fit, unit = result.fit, _unit(result, sheet.language)
    names = (country, _say("gap_twin", sheet.language), _say("gap_others", sheet.language))
    room = max(text_width(name, SMALL, "bold") for name in names) + 16
    wide = (WIDTH - 2 * MARGIN - GAP) / 2
    heads = (
        _say("gap_levels", sheet.language, label=label, unit=unit),
        _say("gap_distance", sheet.language, unit=unit),
    )
    low = sheet.top
    for turn, head in enumerate(heads):
        left = MARGIN + turn * (wide + GAP)
        top = sheet.write(left, sheet.top, head, weight="bold") + 22
        box = Box(left + AXIS, top, wide - AXIS - room, HEIGHT)
        years = Years(int(fit.periods[0]), int(fit.periods[-1]), box.left, box.right)
        draw_plan_names(sheet, top - 18, plans, years)
        draw_zones(sheet, box, years, plans)
        if turn == 0:
            lines: list[Drawn] = [(fit.synthetic, GREY, "dashed"), (fit.observed, BLUE, "solid")]
        else:
            lines = [(one.gap, _PLACEBO, "solid") for one in result.placebos.placebos]
            lines.append((fit.gap, BLUE, "solid"))
        _panel(sheet, box, years, lines, from_zero=turn == 1, names=names)
        low = max(low, box.bottom + 26)
    return low


def _panel(
    sheet: Sheet,
    box: Box,
    years: Years,
    lines: Sequence[Drawn],
    *,
    from_zero: bool,
    names: tuple[str, str, str],
) -> None:
    values = [value for line, _, _ in lines for value in line]
    axis = LinearAxis.around(values, box.bottom, box.top)
    if not from_zero:
        room = (max(values) - min(values) or 1.0) * 0.25
        axis = LinearAxis(min(values) - room, max(values) + room, box.bottom, box.top)
    draw_ticks(sheet, box, axis, signed=from_zero)
    draw_years(sheet, box, years, apart=8)
    for line, colour, dashes in lines:
        own = colour == BLUE
        points = [
            (years.middle(year), axis.place(value))
            for year, value in zip(years.span(), line, strict=True)
        ]
        for start, end in pairwise(points):
            width = 2.8 if own else 2.0 if dashes == "dashed" else 0.9
            sheet.line(start, end, colour=colour, width=width, dashes=dashes, z=4 if own else 2)
    country, twin, others = names
    ends = [
        (axis.place(lines[-1][0][-1]), country, BLUE_TEXT, "bold"),
        (axis.place(lines[0][0][-1]), others if from_zero else twin, GREY, "normal"),
    ]
    _names(sheet, box.right + 10, ends)


def _names(sheet: Sheet, x: float, ends: Sequence[tuple[float, str, str, str]]) -> None:
    """Write names beside the last points, pushed apart so that none covers another."""
    (upper, *_), (lower, *_) = sorted(ends)
    push = max(0.0, 18 - (lower - upper)) / 2
    for (y, told, colour, weight), turn in zip(sorted(ends), (-1, 1), strict=True):
        sheet.middle(x, y + turn * push, told, size=SMALL, colour=colour, weight=weight)


def _line(fit: Fit, turn: int, language: Language) -> tuple[str, str, str, str]:
    return (
        str(int(fit.periods[turn])),
        numbers.number(fit.observed[turn], language, 2),
        numbers.number(fit.synthetic[turn], language, 2),
        numbers.signed(fit.gap[turn], language),
    )


def _told(line: tuple[str, str, str, str], language: Language) -> str:
    year, observed, twin, gap = line
    return _say("gap_alt", language, year=year, observed=observed, twin=twin, gap=gap)


def _columns(language: Language) -> list[str]:
    return [_say(f"column_{name}", language) for name in ("year", "own", "twin", "gap")]


def _say(key: str, language: Language, **parts: str | int) -> str:
    return words.say(f"comparators.{key}", language, **parts)
