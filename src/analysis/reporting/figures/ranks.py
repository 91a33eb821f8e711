"""Rate ratios of one country and its comparators in, ranked dots with their ranges out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from analysis.contracts.published import Language, Text
from analysis.language import numbers, words
from analysis.reporting.countries import country_name
from analysis.reporting.figures.forest import LogAxis, two_decimals
from analysis.reporting.figures.geometry import Box
from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import (
    GREY,
    GRID,
    INK,
    LINE,
    MARGIN,
    ORANGE,
    ORANGE_TEXT,
    SMALL,
    TINT,
    WIDTH,
)
from analysis.reporting.shown import Shown

LEFT, RIGHT, ROW = 220.0, 960.0, 27.0


class Ratio(Protocol):
    """A country's rate ratio: smallest and largest over the readings of its counts."""

    @property
    def name(self) -> str:
        """Country, as the caller names it."""

    @property
    def low(self) -> float:
        """Least favourable reading."""

    @property
    def high(self) -> float:
        """Most favourable reading; may be infinite."""


class Place(Protocol):
    """A place among ``n`` comparators (1: the largest), and the smallest p that allows."""

    @property
    def rank_low(self) -> int:
        """Best rank that the readings allow."""

    @property
    def rank_high(self) -> int:
        """Worst rank that the readings allow."""

    @property
    def n(self) -> int:
        """Number of comparators."""

    @property
    def smallest_p(self) -> float:
        """Smallest p that so few comparators allow."""


class Rank(Place, Protocol):
    """Where the focal ratio stands among its own and the comparators'."""

    @property
    def focal(self) -> Ratio:
        """The focal country's own ratio."""


def comparator_ranks(
    id: str,
    focal: str | Text,
    ratios: Sequence[Ratio],
    rank: Rank | None,
    *,
    language: Language,
    what: Text | None = None,
    rows: Sequence[str] = (),
    source: str = "",
) -> Shown:
    """Draw the focal country's ratio among its comparators'.

    Parameters
    ----------
    focal : str or Text
        The country ranked: its ISO 3166 three-letter code, or its name.
    ratios : sequence of Ratio
        Those of the comparators; ``name`` is an ISO code or a name.
    rank : Rank
        As `methods.comparators.ratio_rank` gives it; ``None`` where no rank could be
        given: the picture then says so.
    what : Text
        What is ranked, for the title (*Prosecuted*); default: the rate ratio.
    rows : sequence of str
        Published rows behind the counts.
    """
    subject = (what or words.text("figures.ranks_what")).said_in(language)
    if rank is None:
        title = words.say("figures.ranks_none", language, what=subject)
        sheet = Sheet(id, language, title, words.say("figures.ranks_plain", language))
        told = sheet.say("ranks_refused")
        y = sheet.silence(sheet.top, told)
        return sheet.finish(y, alt=[told], columns=_columns(sheet), data=(), rows=rows)
    name = focal.said_in(language) if isinstance(focal, Text) else country_name(focal, language)
    sheet = Sheet(id, language, _title(name, rank, subject, language), _subtitle(rank, language))
    named = [(country_name(one.name, language), one) for one in ratios] + [(name, rank.focal)]
    every = sorted(named, key=lambda pair: (-pair[1].high, -pair[1].low, pair[0]))
    y = _draw(sheet, every, rank.focal)
    data = [(label, _span(one, language)) for label, one in every]
    return sheet.finish(
        y,
        alt=[sheet.subtitle, *(f"{label}: {span}" for label, span in data)],
        columns=_columns(sheet),
        data=data,
        rows=rows,
        source=source,
    )


def _title(name: str, rank: Rank, subject: str, language: Language) -> str:
    said: dict[str, str | int] = {"what": subject, "country": name, "n": rank.n + 1}
    if rank.rank_low == rank.rank_high:
        return words.say("figures.ranks_title", language, place=rank.rank_low, **said)
    between = {"best": rank.rank_low, "worst": rank.rank_high}
    return words.say("figures.ranks_between", language, **between, **said)


def _subtitle(rank: Rank, language: Language) -> str:
    p = numbers.number(rank.smallest_p, language, 2 if rank.smallest_p >= 0.01 else 3)
    return words.say("figures.ranks_subtitle", language, n=rank.n, p=p)


def _columns(sheet: Sheet) -> list[str]:
    return [sheet.say("column.country"), sheet.say("column.ratio")]


def _draw(sheet: Sheet, every: Sequence[tuple[str, Ratio]], focal: Ratio) -> float:
    axis = _axis([one for _, one in every])
    sheet.write(RIGHT + 40, sheet.top, sheet.say("column.ratio"), size=SMALL, colour=GREY)
    top = y = sheet.top + 20
    for label, one in every:
        mine = one is focal
        middle = y + ROW / 2
        if mine:
            band = Box(MARGIN, y, WIDTH - 2 * MARGIN, ROW)
            sheet.rectangle(band, fill=TINT, z=0.3)
        colour = ORANGE if mine else "#555555"
        low, high = axis.place(max(one.low, axis.low)), axis.place(one.high)
        if high > low:
            sheet.line((low, middle), (high, middle), colour=colour, width=2.4, z=3)
        for x, bound, open_end in ((low, one.low, "<"), (high, one.high, ">")):
            known = 0 < bound < math.inf
            marker = ("D" if mine else "o") if known else open_end
            sheet.mark(x, middle, marker, colour=colour, size=8 if mine else 7)
        weight, ink = ("bold", ORANGE_TEXT) if mine else ("normal", INK)
        sheet.middle(LEFT - 16, middle, label, ha="right", weight=weight, colour=ink)
        told = _span(one, sheet.language)
        sheet.middle(RIGHT + 40, middle, told, weight=weight, colour=ink)
        y += ROW
    for tick in axis.ticks():
        x = axis.place(tick)
        sheet.line((x, top), (x, y), colour=INK if tick == 1 else GRID, z=1)
        told = numbers.number(tick, sheet.language) if tick >= 1 else f"1/{round(1 / tick)}"
        sheet.write(x, y + 4, told, size=SMALL, ha="center", colour=GREY)
    sheet.line((LEFT, y), (RIGHT, y), colour=LINE)
    sheet.write((LEFT + RIGHT) / 2, y + 22, sheet.say("ranks_axis"), size=SMALL, ha="center")
    return y + 42


def _axis(every: Sequence[Ratio]) -> LogAxis:
    bounds = [bound for one in every for bound in (one.low, one.high) if 0 < bound < math.inf]
    kept = [1.0, *bounds]
    return LogAxis(
        min(2.0 ** math.floor(math.log2(min(kept)) - 0.2), 0.5),
        max(2.0 ** math.ceil(math.log2(max(kept)) + 0.2), 2.0),
        LEFT,
        RIGHT,
    )


def _span(one: Ratio, language: Language) -> str:
    if math.isinf(one.high) and one.low == 0:
        return words.say("figures.ranks_any", language)
    low, high = two_decimals(one.low, language), two_decimals(one.high, language)
    if math.isinf(one.high):
        return words.say("values.at_least", language, low=low)
    if one.low == 0 < one.high:
        return words.say("figures.ranks_at_most", language, high=high)
    return numbers.span(low, high, language)
