"""What a study asks of other countries over the same years: ranks, changes, twins, laws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analysis.contracts.findings import Finding
from analysis.contracts.published import Series
from analysis.language import words
from analysis.published import beyond
from analysis.published import series as published_series
from analysis.study import comparison
from analysis.study.laws import LawStudy, law_study
from analysis.study.listings import AREAS
from analysis.study.others import (
    FEWEST_ALIKE,
    Differed,
    Measured,
    Pool,
    ScoreRanked,
    differ,
    rank_scores,
)
from analysis.study.reading import Reading
from analysis.study.twin import Twin, twin, years_before
from analysis.study.windows import window

COUNTS = ("victims_identified", "persons_suspected", "persons_prosecuted", "persons_convicted")
"""Counts of persons that UNODC keeps for many countries."""

INDEX = "policy_index"

LAW_YEARS = (2002, 2011)
"""The first year in which the 3P index scores more than a hundred countries, and the last for
which its file holds the level of criminalisation of those without a law."""

Silence = comparison.Silent | comparison.Refused
RankResult = comparison.Ranked | ScoreRanked | Silence


class AmongOthers(Reading):
    """A comparison among countries. Results are recorded by `Study.record_each`."""

    def outcomes(self) -> dict[str, Series]:
        """Return the outcomes that many countries have: four counts, three areas of 3P."""
        counts = {name: self.series(name) for name in COUNTS}
        return counts | {area: self._score(f"area={area}") for area in AREAS}

    def rank(self, series: Series) -> comparison.Ranked | Silence:
        """Rank the country's ratio among countries with a complete series of the same years."""
        return comparison.rank(series, self._complete(series), self.compared)

    def ranks(self) -> dict[str, RankResult]:
        """Rank the country's change in each outcome among countries with complete series."""
        return {name: self._ranked(series) for name, series in self.outcomes().items()}

    def differences(self) -> dict[str, Differed | Silence]:
        """Set the country's change in each outcome beside the mean change of others."""
        return {name: self._differed(series) for name, series in self.outcomes().items()}

    def synthetic_control(self, series: Series) -> Twin | Silence:
        """Weigh other countries into a twin of the country before the later plan."""
        years = years_before(series, self.current)
        after = window(series, self.current)
        pool = self._pool(series, years[0], after.last) if years and after else Pool((), "")
        return twin(self._measured(series), pool, self._people(series, pool), self.current)

    def synthetic_controls(self) -> dict[str, Twin | Silence]:
        """Ask for a twin of the sum of the 3P index and of each count."""
        asked = {INDEX: self.index_sum()} | {name: self.series(name) for name in COUNTS}
        return {name: self.synthetic_control(series) for name, series in asked.items()}

    def index_sum(self) -> Series:
        """Return the sum of the three areas of the 3P index by year."""
        return self._score("total")

    def adoption(self) -> comparison.Refused:
        """Say why there is no event study of the adoption of plans."""
        return comparison.Refused(self.index_sum(), "event_study", "no_plan_years")

    def laws(self) -> LawStudy | comparison.Refused:
        """Study the prosecution score around the year of a full law, in all countries."""
        area = f"area={AREAS[0]}"
        every = (
            published_series.series(self.record_of, INDEX, iso3, breakdown=area)
            for iso3 in self.record_of.known_countries
        )
        scores = [one for one in every if not one.missing(*LAW_YEARS)]
        return law_study(self._score(area), scores, beyond.laws(self.record_of), LAW_YEARS)

    # What the notebook's checks ask

    def respects_smallest_p(
        self,
        ranks: Mapping[str, RankResult],
        differences: Mapping[str, Differed | Silence],
        twins: Mapping[str, Twin | Silence],
    ) -> bool:
        """Whether no p is below the smallest that its number of countries allows."""
        found = [(one.rank.p_low, one.rank.smallest_p) for one in ranks.values() if one.rank]
        for one in differences.values():
            if isinstance(one, Differed):
                found.append((one.found.p_low, one.found.smallest_p))
        for other in twins.values():
            if isinstance(other, Twin):
                found.append((other.placebos.p, other.placebos.smallest_p))
        return all(p >= smallest for p, smallest in found)

    def covers_readings(self, differences: Mapping[str, Differed | Silence]) -> bool:
        """Whether a difference of interval-valued counts is an interval."""
        compared = [one for one in differences.values() if isinstance(one, Differed)]
        hidden = [
            one
            for one in compared
            if not all(one.series.total(*span).exact for span in (one.before.span, one.after.span))
        ]
        return all(one.found.value_low < one.found.value_high for one in hidden)

    def none_above_c(self, *findings: Finding) -> bool:
        """Whether no finding claims a series without a plan, as grades A and B would."""
        return not {finding.grade for finding in findings} & {"A", "B"}

    def _score(self, breakdown: str) -> Series:
        name = breakdown.removeprefix("area=")
        label = words.text(f"comparators.score_{name}")
        return replace(self.series(INDEX, breakdown), label=label)

    def _ranked(self, series: Series) -> RankResult:
        if series.indicator == INDEX:
            return rank_scores(series, self._pool_between(series), self.compared)
        # Counts have few comparators: all are taken, wherever they lie.
        return self.rank(series)

    def _differed(self, series: Series) -> Differed | Silence:
        pool = self._pool_between(series)
        return differ(self._measured(series), pool, self._people(series, pool), self.compared)

    def _complete(self, series: Series) -> tuple[Series, ...]:
        before, after = (window(series, plan) for plan in self.compared)
        if before is None or after is None:
            return ()
        return self._others(series, before.first, after.last)

    def _pool_between(self, series: Series) -> Pool:
        return self._chosen(series, self._complete(series))

    def _pool(self, series: Series, first: int, last: int) -> Pool:
        return self._chosen(series, self._others(series, first, last))

    def _chosen(self, series: Series, others: tuple[Series, ...]) -> Pool:
        placed = beyond.regions(self.record_of)
        region = placed.get(series.country, "")
        near = tuple(one for one in others if placed.get(one.country) == region)
        return Pool(near, region) if len(near) >= FEWEST_ALIKE else Pool(others, "")

    def _others(self, series: Series, first: int, last: int) -> tuple[Series, ...]:
        if series.breakdown == "total":
            return published_series.comparators(
                self.record_of, series.indicator, first, last, self.country.iso3
            )
        found = (
            published_series.series(
                self.record_of, series.indicator, iso3, breakdown=series.breakdown
            )
            for iso3 in self.record_of.known_countries
            if iso3 != self.country.iso3
        )
        return tuple(one for one in found if not one.missing(first, last))

    def _measured(self, series: Series) -> Measured:
        scored = series.indicator == INDEX
        return Measured(series, None if scored else self.population_of(series.country))

    def _people(self, series: Series, pool: Pool) -> Mapping[str, Series]:
        if series.indicator == INDEX:
            return {}
        return {one.country: self.population_of(one.country) for one in pool.series}
