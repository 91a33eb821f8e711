"""What a study asks of a number that changed: which parts of the change rows tell apart.

Results are recorded by `Study.record_changes`.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.contracts.changes import PartedChanges
from analysis.contracts.published import Series
from analysis.contracts.values import parse
from analysis.published.files import records
from analysis.study import change_shown, changed
from analysis.study.change_told import Releases, Steps
from analysis.study.changed import InCharges, Known, Step
from analysis.study.over_time import CASE, OverTime
from analysis.study.releases import releases
from analysis.study.watched import LargeCase

WHOLE_CASE = "victims_in_case"
"""Indicator of rows on a case in all, and the series whose persons they are."""
IN_CASE = "victims_identified"
CHARGES_OF = {"persons_suspected": "charges_raised"}
"""Series of persons that a publisher may have filled with charges, and those charges."""


class Explaining(OverTime):
    """Why a number changed, as far as the record gives a part of it."""

    def changes_during(self, *series: Series) -> dict[str, Steps]:
        """Split the changes up to the last year of the later plan."""
        first, last = self.baseline.first_year, self.current.last_year
        return {one.indicator: self._steps(one, first, last) for one in series}

    def changes_since(self, *series: Series) -> dict[str, Steps]:
        """Split the changes after the last year of the later plan."""
        first = self.current.last_year + 1
        return {
            one.indicator: self._steps(one, first, max(one.years, default=first)) for one in series
        }

    def releases(self, *series: Series) -> dict[str, Releases]:
        """Hold figures that were published more than once against each other."""
        return {
            one.indicator: releases(one, records(self.figures(one.indicator))) for one in series
        }

    def parted(self, results: Mapping[str, Steps]) -> PartedChanges:
        """Lay changes out as `figures.change_parts` draws them."""
        return change_shown.parted(self, results)

    def parts_are_sourced(self, results: Mapping[str, Steps]) -> bool:
        """Whether every change that is split has a part that a row bounds, and parts that fit."""
        found = [step for each in results.values() if isinstance(each, tuple) for step in each]
        return all(_fits(step) for step in found)

    def _steps(self, series: Series, first: int, last: int) -> Steps:
        return changed.steps(series, self._known(series), first, last)

    def _known(self, series: Series) -> Known:
        wholes = self._cases_in_all() if series.indicator == IN_CASE else ()
        return Known(
            cases=changed.with_whole(self.large_cases(series), wholes),
            efforts=self.efforts(series),
            recounted=tuple(brk for brk in series.breaks if brk.flag in ("F1", "F3", "F6")),
            charges=self._in_charges(series),
        )

    def _cases_in_all(self) -> tuple[LargeCase, ...]:
        found = []
        for row in records(self.figures(WHOLE_CASE)):
            key, _, name = row["breakdown"].partition("=")
            if key == CASE and row["period_start"] == row["period_end"]:
                low, high = self._size(row["value"])
                year = int(row["period_start"][:4])
                found.append(LargeCase(name, year, low, high, (row["row_id"],)))
        return tuple(found)

    def _in_charges(self, series: Series) -> dict[int, InCharges]:
        """Return the years whose figure of persons is somebody's number of charges."""
        found: dict[int, InCharges] = {}
        if series.indicator not in CHARGES_OF:
            return found
        charges = records(self.figures(CHARGES_OF[series.indicator]))
        persons = records(self.figures(series.indicator))
        for row in charges:
            same = [
                one
                for one in persons
                if one["breakdown"] == row["breakdown"] == "total"
                and one["publisher"] == row["publisher"]
                and one["period_start"] == one["period_end"] == row["period_start"]
                and parse(one["value"]).exact
            ]
            year = int(row["period_start"][:4])
            if same and series.value(year) == parse(row["value"]) != parse(same[-1]["value"]):
                found[year] = InCharges(
                    year,
                    int(parse(row["value"]).bounds[0]),
                    int(parse(same[-1]["value"]).bounds[0]),
                    row["publisher"],
                    (row["row_id"], same[-1]["row_id"]),
                )
        return found


def _fits(step: Step) -> bool:
    split = step.split
    sourced = any(bound.points for bound in step.bounds)
    low, high = sum(one.low for one in split.parts), sum(one.high for one in split.parts)
    return sourced and low <= split.change_low and split.change_high <= high
