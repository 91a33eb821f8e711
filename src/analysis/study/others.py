"""A country's series and those of others in, what sets it apart out: rank, change, synthetic twin.

Comparators are countries with a complete series over the same years. Where at least
``FEWEST_ALIKE`` of them lie in the region in which UNODC places the country, only those are
taken; otherwise all. No set holds the years of other countries' plans, so that none is
known to be without one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.contracts.published import Plan, Series
from analysis.errors import MethodError
from analysis.methods import comparators
from analysis.methods.counterfactual.one_treated_range import OneTreatedRange, one_treated_range
from analysis.methods.counterfactual.one_treated_trends import one_treated_trends
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.parallel_trends import Sensitivity, relative_magnitudes
from analysis.study.comparison import Refused, Silent
from analysis.study.windows import Window, window

FEWEST_ALIKE = 19
"""Countries of the same region that are taken alone: 95 percent limits need 19 others."""

PER = 1_000_000
"""Inhabitants that a yearly count is given for, so that countries of unlike size compare."""

Scale = Literal["points", "per_million"]
Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pool:
    """Countries that one is set beside.

    ``region`` is the one in which UNODC places them all; empty where too few lie in the
    country's own, so that every country with a complete series is taken.
    """

    series: tuple[Series, ...]
    region: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A series on the scale on which countries compare, and who lives there where that counts."""

    series: Series
    people: Series | None

    @property
    def scale(self) -> Scale:
        """Scores as they are, counts per million inhabitants."""
        return "points" if self.people is None else "per_million"

    def bounds(self, first: int, last: int) -> Bounds:
        """Return the yearly mean over some years, at the least and the largest reading."""
        low, high = self.series.total(first, last).bounds
        over = float(last - first + 1)
        if self.people is not None:
            over = self.people.total(first, last).bounds[0] / PER
        return low / over, high / over

    def exact(self, first: int, last: int) -> bool:
        """Whether every year is one number."""
        return all(self.series.value(year).exact for year in range(first, last + 1))

    def rows(self, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        """Ids of the rows of some years, those of the inhabitants among them."""
        held = (self.series, *([self.people] if self.people else ()))
        return tuple(row for one in held for span in spans for row in one.within(*span).rows)


@dataclass(frozen=True, slots=True)
class ScoreRanked:
    """Where the change of a country's mean score stands among others'."""

    series: Series
    pool: Pool
    before: Window
    after: Window
    rank: comparators.ChangeRank
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differed:
    """A country's change less the mean change of others, with what a permutation says of it.

    ``changes`` are bounds by country, the country's own first; ``sensitivity`` is None where
    it cannot be computed, for the reason in ``unsure``.
    """

    series: Series
    pool: Pool
    before: Window
    after: Window
    scale: Scale
    changes: tuple[tuple[str, Bounds], ...]
    found: OneTreatedRange
    sensitivity: Sensitivity | None
    unsure: str
    rows: tuple[str, ...]

    @property
    def own(self) -> Bounds:
        """The country's own change."""
        return self.changes[0][1]

    @property
    def mean(self) -> Bounds:
        """Mean change of the others."""
        lows, highs = zip(*(bounds for _, bounds in self.changes[1:]), strict=True)
        return sum(lows) / len(lows), sum(highs) / len(highs)


def rank_scores(
    series: Series, pool: Pool, plans: tuple[Plan, Plan]
) -> ScoreRanked | Silent | Refused:
    """Rank the change of a country's mean score among others'."""
    spans = _windows(series, plans, "ratio_rank")
    if not isinstance(spans, tuple):
        return spans
    if not pool.series:
        return Refused(series, "ratio_rank", "no_comparators")
    held = [Measured(one, None) for one in (series, *pool.series)]
    own, *others = (_change(one, spans)[0] for one in held)
    named = dict(zip((one.country for one in pool.series), others, strict=True))
    rank = comparators.change_rank(own, named)
    return ScoreRanked(series, pool, *spans, rank, _rows(held, spans))


def differ(
    own: Measured, pool: Pool, people: Mapping[str, Series], plans: tuple[Plan, Plan]
) -> Differed | Silent | Refused:
    """Set a country's change beside the mean change of others, every reading covered.

    Parameters
    ----------
    own : Measured
        The country's series, with its population where persons are counted.
    pool : Pool
        Comparators; those whose counts have no upper bound are left out.
    people : mapping of str to Series
        Population by country, empty for scores. A country without one is left out.
    """
    series = own.series
    spans = _windows(series, plans, "difference")
    if not isinstance(spans, tuple):
        return spans
    first, last = spans[0].first, spans[1].last
    others = beside(own, pool, people, first, last)
    if not all(window.bounded for window in spans):
        return Refused(series, "difference", "no_upper_bound")
    if own.people is not None and own.people.missing(first, last):
        return Refused(series, "difference", "no_population")
    if len(others) < 2:
        return Refused(series, "difference", "few_countries", len(others), 2)
    held = [own, *others]
    changes = [_change(one, spans) for one in held]
    try:
        found = one_treated_range(changes[0], changes[1:])
    except MethodError:
        return Refused(series, "difference", "same_change", len(others))
    sensitivity, unsure = _sensitivity(held, spans)
    return Differed(
        series,
        Pool(tuple(one.series for one in others), pool.region),
        *spans,
        own.scale,
        tuple((one.series.country, change) for one, change in zip(held, changes, strict=True)),
        found,
        sensitivity,
        unsure,
        _rows(held, spans),
    )


def beside(
    own: Measured, pool: Pool, people: Mapping[str, Series], first: int, last: int
) -> list[Measured]:
    """Put the pool on the scale of the country; who cannot be is left out."""
    found = []
    for one in pool.series:
        inhabitants = people.get(one.country)
        if own.people is None:
            found.append(Measured(one, None))
        elif inhabitants is not None and not inhabitants.missing(first, last):
            found.append(Measured(one, inhabitants))
    return [one for one in found if math.isfinite(one.series.total(first, last).bounds[1])]


def panel_of(held: Sequence[Measured], years: Sequence[int], first_after: int) -> Panel:
    """Lay exact series side by side, a row a year."""
    outcomes = np.array([[one.bounds(year, year)[0] for one in held] for year in years])
    units = [one.series.country for one in held]
    return Panel.of(outcomes, periods=years, units=units, first_after=first_after)


def _windows(
    series: Series, plans: tuple[Plan, Plan], method: Literal["ratio_rank", "difference"]
) -> tuple[Window, Window] | Silent:
    before, after = (window(series, plan) for plan in plans)
    if before is None or after is None:
        missing = plans[0].years if before is None else plans[1].years
        return Silent(series, tuple(missing), method)
    return before, after


def _change(one: Measured, spans: tuple[Window, Window]) -> Bounds:
    (low, high), (later_low, later_high) = (one.bounds(*window.span) for window in spans)
    return later_low - high, later_high - low


def _rows(held: Sequence[Measured], spans: tuple[Window, Window]) -> tuple[str, ...]:
    years = [window.span for window in spans]
    return tuple(row for one in held for row in one.rows(years))


def _sensitivity(
    held: Sequence[Measured], spans: tuple[Window, Window]
) -> tuple[Sensitivity | None, str]:
    """Ask how far parallel trends may fail; a reason where that cannot be asked."""
    before, after = spans
    if not all(one.exact(before.first, after.last) for one in held):
        return None, "intervals"
    if before.last - before.first < 2:
        return None, "years"
    years = [*range(before.first, before.last + 1), *range(after.first, after.last + 1)]
    try:
        trends = one_treated_trends(panel_of(held, years, after.first), held[0].series.country)
        return relative_magnitudes(trends), ""
    except MethodError:
        return None, "countries"
