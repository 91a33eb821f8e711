"""A series and two plans in, what can be compared out: a ratio, a rank, or the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from analysis.contracts.published import Plan, Series
from analysis.errors import MethodError
from analysis.findings.documented import Method
from analysis.methods import comparators, dispersion, power, rates
from analysis.study.windows import Window, window

NEEDED_FOR_SPREAD = 3
"""Years in both periods together that a dispersion needs: two means, one degree of freedom."""


NEEDED_BEFORE = 8
"""Years before the plan that a synthetic control must have: our convention (docs/methods.md)."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Both periods counted: ratios with exact limits, and with the observed dispersion.

    ``smallest_ratio`` is the smallest that so few events would show in four of five
    repetitions, computed from the lower reading of the earlier period.
    """

    series: Series
    before: Window
    after: Window
    exact: rates.RatioRange
    dispersed: dispersion.DispersedRange | None
    smallest_ratio: float | None


@dataclass(frozen=True, slots=True)
class Counted:
    """One period counted. ``against_baseline`` says whether the other one was looked for."""

    series: Series
    window: Window
    mean: rates.Rate | None
    against_baseline: bool


class Unranked:
    """A result without a rank, drawn in words where a rank would stand."""

    series: Series
    rank: ClassVar[None] = None
    ratios: ClassVar[tuple[comparators.RankedRatio, ...]] = ()
    rows: ClassVar[tuple[str, ...]] = ()

    @property
    def country(self) -> str:
        """The country that would be ranked."""
        return self.series.country


@dataclass(frozen=True)
class Silent(Unranked):
    """No figure in the years of either plan, or only before the later one."""

    series: Series
    missing: tuple[int, ...]
    method: Method | Literal["count"] = "rate_ratio"


@dataclass(frozen=True)
class Refused(Unranked):
    """A method that refuses: which one, the reason by name, and what it needed."""

    series: Series
    method: Method
    reason: str
    found: int = 0
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where the country's ratio stands among others with a complete series."""

    series: Series
    others: tuple[Series, ...]
    before: Window
    after: Window
    rank: comparators.RatioRank

    @property
    def country(self) -> str:
        """The country ranked."""
        return self.series.country

    @property
    def ratios(self) -> tuple[comparators.RankedRatio, ...]:
        """The ratios of the others."""
        return self.rank.ratios

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows behind every count."""
        return tuple(
            row
            for series in (self.series, *self.others)
            for window in (self.before, self.after)
            for row in series.within(*window.span).rows
        )


Comparison = Compared | Counted | Silent | Refused


def compare(series: Series, plans: tuple[Plan, Plan], *, level: float = 0.95) -> Comparison:
    """Compare the yearly rate of a series under two plans, or say why it cannot be done.

    The gapless years of each plan are taken, per calendar year. Interval-valued
    counts are carried through: the ratio and its limits cover every reading.
    """
    before, after = (window(series, plan) for plan in plans)
    if after is None:
        return Silent(series, tuple(plans[1].years))
    if not after.bounded or (before and not before.bounded):
        return Refused(series, "rate_ratio", "no_upper_bound")
    if before is None:
        return Counted(series, after, rates.rate(after.count, level=level), True)
    try:
        exact = rates.rate_ratio(before.count, after.count, level=level)
    except MethodError:
        return Refused(series, "rate_ratio", "no_events")
    return Compared(
        series, before, after, exact, _dispersed(before, after, level), _smallest(before, after)
    )


def later(series: Series, plan: Plan, *, level: float = 0.95) -> Counted | Silent:
    """Count the years that follow a plan, as many as the plan had.

    A year without a figure is told as *not known*; then there is no mean.
    """
    first, last = plan.last_year + 1, plan.last_year + len(plan.years)
    missing = series.missing(first, last)
    if len(missing) == len(plan.years):
        return Silent(series, missing, "count")
    after = Window(plan, series, first, last, missing)
    mean = None if missing or not after.bounded else rates.rate(after.count, level=level)
    return Counted(series, after, mean, False)


def rank(
    series: Series, others: Sequence[Series], plans: tuple[Plan, Plan]
) -> Ranked | Silent | Refused:
    """Rank the country's ratio among those of countries that cover the same years."""
    before, after = (window(series, plan) for plan in plans)
    if before is None or after is None:
        missing = plans[0].years if before is None else plans[1].years
        return Silent(series, tuple(missing), "ratio_rank")
    counts = {
        other.country: (_count(other, before.span), _count(other, after.span)) for other in others
    }
    if not counts:
        return Refused(series, "ratio_rank", "no_comparators")
    try:
        ranked = comparators.ratio_rank((before.count, after.count), counts)
    except MethodError:
        return Refused(series, "ratio_rank", "no_events")
    return Ranked(series, tuple(others), before, after, ranked)


def _count(series: Series, span: tuple[int, int]) -> rates.Count:
    return rates.Count.of(series.total(*span).bounds, float(span[1] - span[0] + 1))


def _dispersed(before: Window, after: Window, level: float) -> dispersion.DispersedRange | None:
    """Compute the dispersed limits; ``None`` where too few years or no event allow none."""
    years = len(before.yearly.low) + len(after.yearly.low)
    silent = before.count.high == 0 or after.count.high == 0
    if years < NEEDED_FOR_SPREAD or silent:
        return None
    return dispersion.dispersed_ratio(before.yearly, after.yearly, level=level)


def _smallest(before: Window, after: Window) -> float | None:
    expected = before.count.low or before.count.high
    if not expected:
        return None
    return power.smallest_detectable_ratio(
        float(expected), before.count.exposure, after.count.exposure
    )
