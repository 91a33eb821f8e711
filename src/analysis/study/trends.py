"""A yearly series and the plan's first year in: its yearly factor, its change of level, out."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.contracts.published import Break, Series
from analysis.errors import MethodError
from analysis.methods import interrupted_series
from analysis.methods.counts import Yearly
from analysis.methods.interrupted.readings import (
    TermOverReadings,
    level_over_readings,
    yearly_factor,
)
from analysis.methods.interrupted.series import FEWEST_FOR_A_LEVEL
from analysis.study.comparison import Refused, Silent

FEWEST_FOR_A_FACTOR = 4
"""Years that a yearly factor takes: two a term (`methods.interrupted.design`)."""

SEED = 2007
"""Of the readings drawn from between the extremes: the same seed gives the same numbers."""


@dataclass(frozen=True, slots=True)
class Course:
    """The years of a series that can be set beside each other, from some year on.

    ``partial`` are years that the source may have counted in part, and the known years before
    them; ``silent`` those without a figure between the first and the last.
    """

    series: Series
    years: tuple[int, ...]
    partial: tuple[int, ...]
    silent: tuple[int, ...]

    @property
    def counts(self) -> Yearly:
        """Bounds of the count of each year."""
        return Yearly.of(self.series.value(year).bounds for year in self.years)

    @property
    def exact(self) -> bool:
        """Whether every count is one number."""
        return all(self.series.value(year).exact for year in self.years)

    @property
    def span(self) -> tuple[int, int]:
        """First and last year."""
        return self.years[0], self.years[-1]

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows of these years."""
        return tuple(point.row for point in self.series.points if point.year in self.years)

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Breaks from the first year to the last."""
        return self.series.within(*self.span).breaks


@dataclass(frozen=True, slots=True)
class Factor:
    """By what factor a number changed from year to year."""

    course: Course
    found: TermOverReadings


@dataclass(frozen=True, slots=True)
class Level:
    """By what ratio the level of a number changed in the plan's first year, beside its trend.

    ``other`` is the same by the negative binomial, where counts are exact and scatter so much
    that it was fitted: its ratio and limits.
    """

    course: Course
    start: int
    before: int
    after: int
    found: TermOverReadings
    other: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Short:
    """Too few years on a side of the plan's start for a change of level to be told."""

    course: Course
    start: int
    before: int
    after: int
    needed: int = FEWEST_FOR_A_LEVEL


FactorResult = Factor | Refused | Silent
LevelResult = Level | Short | Refused | Silent


def course(series: Series, first: int) -> Course:
    """Return the years from ``first`` on that were counted in full.

    A break of rule or length inside a year leaves that year out, and those before it: they
    are not one count with the rest.
    """
    cut = [brk.year for brk in series.breaks if brk.splits_a_year and brk.year >= first]
    known = [year for year in series.years if year >= first]
    start = max(cut, default=first - 1)
    years = tuple(year for year in known if year > start)
    silent = series.missing(years[0], years[-1]) if years else ()
    return Course(series, years, tuple(year for year in known if year <= start), silent)


def factor(series: Series, first: int, *, level: float = 0.95) -> FactorResult:
    """Estimate by what factor the number changed from year to year, from ``first`` on."""
    own = course(series, first)
    if not own.years:
        return Silent(series, (first,), "yearly_factor")
    if len(own.years) < FEWEST_FOR_A_FACTOR:
        found = len(own.years)
        return Refused(series, "yearly_factor", "few_years", found, FEWEST_FOR_A_FACTOR)
    try:
        return Factor(own, yearly_factor(own.years, own.counts, level=level, rng=SEED))
    except MethodError:
        return Refused(series, "yearly_factor", "no_fit", len(own.years))


def level_change(series: Series, start: int, *, level: float = 0.95) -> LevelResult:
    """Estimate the change of level in the plan's first year; say why where it cannot be done."""
    if not series.years:
        return Silent(series, (start,), "level_change")
    own = course(series, series.years[0])
    before = sum(year < start for year in own.years)
    after = len(own.years) - before
    if min(before, after) < FEWEST_FOR_A_LEVEL:
        return Short(own, start, before, after)
    try:
        found = level_over_readings(own.years, own.counts, start, level=level, rng=SEED)
        return Level(own, start, before, after, found, _other(own, start, level))
    except MethodError:
        return Refused(series, "level_change", "no_fit", len(own.years))


def _other(own: Course, start: int, level: float) -> tuple[float, float, float] | None:
    """Return ratio and limits by the negative binomial, where it is fitted."""
    if not own.exact:
        return None
    counted = interrupted_series.Series.of(own.years, own.counts.low)
    model = interrupted_series.Model((interrupted_series.Break("plan", start),))
    fitted = interrupted_series.level_and_slope(counted, model, level=level)
    if fitted.negative_binomial is None:
        return None
    ratio = fitted.negative_binomial.term("plan: level").ratio
    return ratio.value, ratio.low, ratio.high
