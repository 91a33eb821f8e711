"""A series and two plans in, the years and counts that can be compared out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from analysis.contracts.published import Break, Plan, Series
from analysis.methods.dispersion import Yearly
from analysis.methods.rates import Count


@dataclass(frozen=True, slots=True)
class Window:
    """The years of one plan that a series covers without a gap.

    ``first`` to ``last`` is the longest run of consecutive known years inside the
    plan's years; ``missing`` the plan's years outside it.
    """

    plan: Plan
    series: Series
    first: int
    last: int
    missing: tuple[int, ...]

    @property
    def span(self) -> tuple[int, int]:
        """First and last year."""
        return self.first, self.last

    @property
    def count(self) -> Count:
        """Events over calendar years, with the bounds that the cells allow."""
        bounds = self.series.total(self.first, self.last).bounds
        return Count.of(bounds, float(self.last - self.first + 1))

    @property
    def yearly(self) -> Yearly:
        """Bounds of the events of each year."""
        years = range(self.first, self.last + 1)
        return Yearly.of(self.series.value(year).bounds for year in years)

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows of these years."""
        return self.series.within(self.first, self.last).rows

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Breaks inside these years."""
        return self.series.within(self.first, self.last).breaks

    @property
    def bounded(self) -> bool:
        """Whether every year has a finite upper bound, as rates need."""
        return math.isfinite(self.series.total(self.first, self.last).bounds[1])

    def after(self, year: int) -> Window | None:
        """Return the part of the window after a year; ``None`` where nothing is left."""
        if self.last <= year:
            return None
        left_out = tuple(range(self.first, year + 1))
        return replace(
            self, first=max(self.first, year + 1), missing=tuple(sorted({*self.missing, *left_out}))
        )


def window(series: Series, plan: Plan) -> Window | None:
    """Return the longest gapless run of ``series`` inside the years of ``plan``.

    ``None`` where the series has no year of the plan: there is nothing to compare
    with. The earliest run wins among equally long ones.
    """
    runs: list[list[int]] = []
    for year in plan.years:
        if year not in series.years:
            continue
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    if not runs:
        return None
    longest = max(runs, key=len)
    missing = tuple(year for year in plan.years if year not in longest)
    return Window(plan, series, longest[0], longest[-1], missing)
