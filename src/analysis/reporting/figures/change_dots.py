"""Changes of one country and of others in, a row of dots for each outcome out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language, Series
from analysis.language import numbers, words
from analysis.reporting.countries import country_name
from analysis.reporting.figures.axes import LinearAxis, tick_words
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.rank_strips import silent_row, title
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    ORANGE,
    SMALL,
    WIDTH,
)
from analysis.reporting.shown import Shown

LEFT, RIGHT, ROW, SILENT = 200.0, 800.0, 92.0, 42.0
STEP, REACH = 6.0, 26.0
TOLD = RIGHT + 28
Bounds = tuple[float, float]


class Outcome(Protocol):
    """An outcome of a country, compared or not."""

    @property
    def series(self) -> Series:
        """The country's own series."""


@runtime_checkable
class Changed(Protocol):
    """Bounds of the change of each country, the focal one first, and the others' mean."""

    @property
    def changes(self) -> tuple[tuple[str, Bounds], ...]:
        """Bounds by country."""

    @property
    def mean(self) -> Bounds:
        """Bounds of the mean change of the others."""

    @property
    def scale(self) -> str:
        """Unit: ``points`` or ``per_million``."""


def change_dots(
    id: str, results: Mapping[str, Outcome], findings: Sequence[Finding], *, language: Language
) -> Shown:
    """Draw how much each country changed, each outcome on a scale of its own.

    Parameters
    ----------
    results : mapping of str to Outcome
        By outcome, in the order drawn; one that is no `Changed` is said to be silent.
    findings : sequence of Finding
        The finding of each, in the same order.
    """
    pairs = list(zip(results.values(), findings, strict=True))
    sheet = Sheet(
        id, language, title("changes_title", findings, language), _say("changes_subtitle", language)
    )
    y = sheet.top
    for result, finding in pairs:
        y = _row(sheet, y, result, finding)
    data = [line for result, finding in pairs for line in _data(result, finding, language)]
    return sheet.finish(
        y + 4,
        alt=[_told(result, finding, language) for result, finding in pairs],
        columns=[_say(f"column_{name}", language) for name in ("outcome", "group", "effect")],
        data=data,
        rows=[row for finding in findings for row in finding.rows],
        publishers=("unodc", "cho"),
    )


def _row(sheet: Sheet, y: float, result: Outcome, finding: Finding) -> float:
    high = ROW if isinstance(result, Changed) else SILENT
    label = result.series.label.said_in(sheet.language)
    middle = y + 32 if isinstance(result, Changed) else y + high / 2
    sheet.middle(LEFT - 16, middle, label, width=LEFT - MARGIN - 20, ha="right")
    if isinstance(result, Changed):
        _dots(sheet, y + 32, result)
        told = finding.short.said_in(sheet.language).removeprefix(f"{label}: ")
        sheet.write(TOLD, y + 14, told, width=WIDTH - MARGIN - TOLD, size=SMALL)
    else:
        silent_row(sheet, Box(LEFT, y + 6, WIDTH - MARGIN - LEFT, high - 12), finding)
    sheet.line((MARGIN, y + high), (WIDTH - MARGIN, y + high), colour=GRID, z=0.5)
    return y + high


def _dots(sheet: Sheet, middle: float, result: Changed) -> None:
    (_, own), *others = result.changes
    bounds = [bound for _, pair in result.changes for bound in pair]
    axis = LinearAxis.around(bounds, LEFT, RIGHT)
    ticks = axis.ticks()
    base = middle + 32
    sheet.line((LEFT, base), (RIGHT, base), colour=LINE)
    for tick in ticks:
        x = axis.place(tick)
        sheet.line((x, middle - 28), (x, base), colour=INK if tick == 0 else GRID, z=1)
        told = tick_words(tick, ticks, sheet.language)
        sheet.write(x, base + 2, told, size=SMALL, ha="center", colour=GREY)
    low, high = (axis.place(bound) for bound in result.mean)
    mean = Box(low - 1.5, middle - 28, max(high - low, 3.0), 56)
    sheet.rectangle(mean, fill="#BFBFBF", z=1.5)
    met: Counter[Bounds] = Counter()
    for _, pair in others:
        # Scores often coincide: each further dot stands a step above or below the last.
        step = met[pair]
        met[pair] += 1
        shift = (step + 1) // 2 * STEP * (1 if step % 2 else -1)
        _mark(sheet, axis, middle + max(-REACH, min(REACH, shift)), pair, "#7A7A7A", "o", 5)
    _mark(sheet, axis, middle, own, ORANGE, "D", 9)


def _mark(
    sheet: Sheet, axis: LinearAxis, y: float, pair: Bounds, colour: str, shape: str, size: float
) -> None:
    low, high = (axis.place(bound) for bound in pair)
    if high > low:
        sheet.line((low, y), (high, y), colour=colour, width=2.0, z=3)
    for x in {low, high}:
        sheet.mark(x, y, shape, colour=colour, size=size, hollow=shape == "o")


def _data(result: Outcome, finding: Finding, language: Language) -> list[tuple[str, str, str]]:
    label = result.series.label.said_in(language)
    if not isinstance(result, Changed):
        return [(label, "", finding.short.said_in(language))]
    return [
        (label, country_name(country, language), _range(pair, language))
        for country, pair in result.changes
    ]


def _told(result: Outcome, finding: Finding, language: Language) -> str:
    said = finding.short.said_in(language)
    label = result.series.label.said_in(language)
    return said if said.startswith(label) else f"{label}: {said}"


def _range(pair: Bounds, language: Language) -> str:
    low, high = (numbers.signed(bound, language) for bound in pair)
    return low if low == high else _say("range", language, low=low, high=high)


def _say(key: str, language: Language, **parts: str | int) -> str:
    return words.say(f"comparators.{key}", language, **parts)
