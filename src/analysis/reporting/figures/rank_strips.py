"""Ranks of one country in several outcomes in, a strip of places for each out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from analysis.contracts.findings import Finding
from analysis.contracts.published import Language, Series
from analysis.language import numbers, words
from analysis.reporting.countries import country_name
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.ranks import Place
from analysis.reporting.figures.sheet import Sheet, block_height
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    INK,
    MARGIN,
    ORANGE,
    ORANGE_TEXT,
    SMALL,
    WIDTH,
    text_width,
)
from analysis.reporting.shown import Shown

LEFT, RIGHT, ROW = 200.0, 800.0, 42.0
TOLD = RIGHT + 28
_FINE = 0.01


class Rank(Place, Protocol):
    """A place with its p."""

    @property
    def p_low(self) -> float:
        """Share of countries placed as high, at the best reading."""

    @property
    def p_high(self) -> float:
        """The same at the worst reading."""


class Placed(Protocol):
    """An outcome, and the country's rank in it; None where there is none."""

    @property
    def series(self) -> Series:
        """The country's own series."""

    @property
    def rank(self) -> Rank | None:
        """Its rank."""


def rank_strips(
    id: str, results: Mapping[str, Placed], findings: Sequence[Finding], *, language: Language
) -> Shown:
    """Draw the country's place in each outcome, all on one width whatever the number of countries.

    Parameters
    ----------
    results : mapping of str to Placed
        By outcome, in the order drawn.
    findings : sequence of Finding
        The finding of each, in the same order: where there is no rank it says why.
    """
    pairs = list(zip(results.values(), findings, strict=True))
    sheet = Sheet(
        id, language, title("ranks_title", findings, language), _say("ranks_subtitle", language)
    )
    y = sheet.top
    for key, x, ha in (("ranks_first", LEFT, "left"), ("ranks_last", RIGHT, "right")):
        sheet.write(x, y, _say(key, language), size=SMALL, colour=GREY, ha=ha)
    y += 22
    for result, finding in pairs:
        y = _row(sheet, y, result, finding)
    data = [_data(result, finding, language) for result, finding in pairs]
    return sheet.finish(
        y + 4,
        alt=[f"{line[0]}: {'; '.join(part for part in line[1:] if part)}" for line in data],
        columns=[_say(f"column_{name}", language) for name in ("outcome", "rank", "p")],
        data=data,
        rows=[row for finding in findings for row in finding.rows],
        publishers=("unodc", "cho"),
    )


def title(key: str, findings: Sequence[Finding], language: Language) -> str:
    """Word a title from the verdicts: how many set the country apart, are undecided, are silent."""
    kinds = Counter(_kind(finding) for finding in findings)
    parts = [
        _say("ranks_part", language, verdict=_say(kind, language), n=kinds[kind])
        for kind in ("apart", "undecided", "not_compared_word")
        if kinds[kind]
    ]
    country = country_name(findings[0].country, language) if findings else ""
    return _say(key, language, country=country, parts="; ".join(parts))


def _kind(finding: Finding) -> str:
    if finding.verdict == "undecided":
        return "undecided"
    return "apart" if finding.verdict == "described" else "not_compared_word"


def _row(sheet: Sheet, y: float, result: Placed, finding: Finding) -> float:
    middle = y + ROW / 2
    label = result.series.label.said_in(sheet.language)
    sheet.middle(LEFT - 16, middle, label, width=LEFT - MARGIN - 20, ha="right")
    if result.rank is None:
        silent_row(sheet, Box(LEFT, y + 6, WIDTH - MARGIN - LEFT, ROW - 12), finding)
    else:
        _strip(sheet, middle, result.rank)
        place, p = rank_words(result.rank, sheet.language)
        sheet.write(TOLD, middle - 17, place, weight="bold", colour=ORANGE_TEXT)
        sheet.write(TOLD, middle + 1, p, size=SMALL)
    sheet.line((MARGIN, y + ROW), (WIDTH - MARGIN, y + ROW), colour=GRID, z=0.5)
    return y + ROW


def _strip(sheet: Sheet, middle: float, rank: Rank) -> None:
    places = rank.n + 1
    band = (RIGHT - LEFT) / places
    sheet.line((LEFT, middle), (RIGHT, middle), colour=GRID, z=1)
    for place in range(places):
        x = LEFT + (place + 0.5) * band
        sheet.line((x, middle - 6), (x, middle + 6), colour="#A0A0A0", width=1.4, z=2)
    left = LEFT + (rank.rank_low - 1) * band
    width = max((rank.rank_high - rank.rank_low + 1) * band, 6.0)
    sheet.rectangle(Box(left, middle - 9, width, 18), fill="#F6C9A8", edge=ORANGE, width=1.6, z=3)
    sheet.line((left, middle), (left + width, middle), colour=INK, width=1.4, z=4)


def silent_row(sheet: Sheet, box: Box, finding: Finding) -> None:
    """Hatch the place of a row without a result, and say there why."""
    sheet.rectangle(box, hatched=True, fill="white", z=1)
    told = finding.short.said_in(sheet.language)
    wide = min(text_width(told, SMALL) + 16, box.width - 20)
    high = block_height(told, wide - 12, SMALL) + 4
    top = box.centre[1] - high / 2
    sheet.rectangle(Box(box.left + 10, top, wide, high), fill="white", z=2)
    sheet.middle(box.left + 18, box.centre[1], told, width=wide - 12, size=SMALL)


def rank_words(rank: Rank, language: Language) -> tuple[str, str]:
    """Write a place and its p, with the smallest that p could be."""
    between = numbers.years(rank.rank_low, rank.rank_high, language)
    place = _say("place", language, rank=between, all=rank.n + 1)
    p = numbers.span(p_words(rank.p_low, language), p_words(rank.p_high, language), language)
    return place, _say("p_smallest", language, p=p, smallest=p_words(rank.smallest_p, language))


def p_words(p: float, language: Language) -> str:
    """Write a p-value with as many decimals as its size needs."""
    return numbers.number(p, language, 3 if p < _FINE else 2)


def _data(result: Placed, finding: Finding, language: Language) -> tuple[str, str, str]:
    label = result.series.label.said_in(language)
    if result.rank is None:
        return label, finding.short.said_in(language), ""
    place, p = rank_words(result.rank, language)
    return label, place, p


def _say(key: str, language: Language, **parts: str | int) -> str:
    return words.say(f"comparators.{key}", language, **parts)
