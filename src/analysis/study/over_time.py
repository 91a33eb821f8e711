"""What a study asks of one series over time: its course since the plan, odd years, lasting shifts.

Results are recorded by `Study.record_over_time`.
"""

from __future__ import annotations

from analysis.contracts.control import ControlChart
from analysis.contracts.findings import Finding
from analysis.contracts.published import Break, Series
from analysis.contracts.values import parse
from analysis.published.files import records
from analysis.study import trend_shown, trends, watched
from analysis.study.comparison import Refused, Silent
from analysis.study.reading import Reading
from analysis.study.watched import LargeCase, Shift, Watched

CASE = "case"
"""Key of the breakdown that tells of one case."""


class OverTime(Reading):
    """One series, year by year, from the current plan's first year on."""

    def factors(self, *series: Series) -> dict[str, trends.FactorResult]:
        """Estimate, for each series, by what factor it changed from year to year."""
        first = self.current.first_year
        return {one.indicator: trends.factor(one, first) for one in series}

    def levels(self, *series: Series) -> dict[str, trends.LevelResult]:
        """Estimate, for each series, the change of level when the current plan began."""
        start = self.current.first_year
        return {one.indicator: trends.level_change(one, start) for one in series}

    def large_cases(self, series: Series) -> tuple[LargeCase, ...]:
        """Return the cases that the record says held several of a year's persons."""
        found = []
        for row in records(self.figures(series.indicator)):
            keys = dict(part.split("=") for part in row["breakdown"].split(";") if "=" in part)
            year = row["period_start"]
            if set(keys) == {CASE} and year == row["period_end"] and len(year) == 4:
                low, high = self._size(row["value"])
                found.append(LargeCase(keys[CASE], int(year), low, high, (row["row_id"],)))
        return tuple(sorted(found, key=lambda case: (case.year, case.name)))

    def efforts(self, series: Series) -> tuple[Break, ...]:
        """Return the breaks in how the series' persons are found (F2)."""
        return tuple(brk for brk in series.breaks if brk.flag == "F2")

    def watch(
        self, series: Series, *, baseline: int, draws: int, seed: int
    ) -> Watched | Refused | Silent:
        """Chart a series from the current plan's first whole year on, in several ways."""
        return watched.watch(
            trends.course(series, self.current.first_year),
            self.large_cases(series),
            self.efforts(series),
            baseline=baseline,
            draws=draws,
            seed=seed,
        )

    def shift(
        self,
        result: Watched | Refused | Silent,
        *,
        ratio: float,
        run_length: float,
        within: int,
    ) -> Shift | Refused | Silent:
        """Add up small deviations of what was charted."""
        if isinstance(result, Watched):
            return watched.shift(result, ratio=ratio, run_length=run_length, within=within)
        return result

    def charts(self, result: Watched | Refused | Silent, finding: Finding) -> ControlChart:
        """Lay a chart out as `figures.control_charts` draws it, under the finding's wording."""
        return trend_shown.chart(self, result, finding.short)

    def never_alone(self, result: Watched | Refused | Silent) -> bool:
        """Whether a year with a known large case stands out on no chart that counts it once."""
        if not isinstance(result, Watched):
            return True
        even = result.replay("even") or result.headline
        return all(
            even.judges(case.year) != "always" and result.headline.judges(case.year) == "never"
            for case in result.cases
        )

    def effort_is_no_trend(self, result: Watched | Refused | Silent) -> bool:
        """Whether no run that signals begins in a year of a known effort."""
        if not isinstance(result, Watched):
            return True
        years = {brk.year for brk in result.efforts}
        return not any(
            first in years
            for replay in result.replays
            for direction in watched.DIRECTIONS
            for first, _ in replay.runs(direction)
        )

    @staticmethod
    def _size(cell: str) -> tuple[int, int]:
        low, high = parse(cell).bounds
        return int(low), int(high)
