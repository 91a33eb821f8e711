"""Countries, years and choices in; counts as the method reads them, none counted twice, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import cast

from analysis.contracts.published import Series
from analysis.methods.counts import Yearly
from analysis.methods.multiverse import Choice, CountSeries, Exclusion, Grid
from analysis.methods.multiverse.count_series import READINGS
from analysis.methods.multiverse.grid import Value

Pool = tuple[Series, ...]
Population = Callable[[str], Series]

SAME_COUNTS = "same_counts"
"""Why a combination is left out that counts what another already counts."""

COUNTING = ("start", "window", "excluded", "reading", "comparator")
"""Choices that decide which numbers are counted."""


def all_peopled(years: Sequence[int], pools: Sequence[Pool], population: Population) -> bool:
    """Whether the population of every country is known in every year."""
    countries = {series.country for pool in pools for series in pool}
    return all(set(years) <= set(population(country).years) for country in countries)


def counted(pool: Pool, years: Sequence[int], population: Population | None) -> CountSeries:
    """Add the counts of some countries, and their inhabitants, year by year."""
    bounds = [[series.value(year).bounds for series in pool] for year in years]
    exposures = {}
    if population:
        people = [population(series.country) for series in pool]
        exposures["population"] = tuple(
            sum(one.value(year).bounds[0] for one in people) for year in years
        )
    return CountSeries(
        tuple(map(float, years)),
        Yearly.of((sum(a for a, _ in each), sum(b for _, b in each)) for each in bounds),
        exposures,
    )


def rows(
    pools: Sequence[Pool], years: Sequence[int], population: Population | None
) -> tuple[str, ...]:
    """Return the ids of the rows of every number that is counted or divided by."""
    every = list(dict.fromkeys(series for pool in pools for series in pool))
    if population:
        every += [population(country) for country in dict.fromkeys(one.country for one in every)]
    return tuple(
        dict.fromkeys(point.row for one in every for point in one.points if point.year in years)
    )


def without_repetitions(
    choices: tuple[Choice, ...], series: CountSeries, comparators: Mapping[str, CountSeries]
) -> Grid:
    """Leave out combinations that count, year by year, what an earlier one counts."""
    counting = [choice for choice in choices if choice.name in COUNTING]
    names = [choice.name for choice in counting]
    seen: set[object] = set()
    exclusions = []
    for picks in product(*(zip(one.options, one.values, strict=True) for one in counting)):
        taken = dict(zip(names, (value for _, value in picks), strict=True))
        counts = tuple(_counts(taken, series, comparators))
        if counts in seen:
            together = zip(names, (option for option, _ in picks), strict=True)
            exclusions.append(Exclusion(tuple(together), SAME_COUNTS))
        seen.add(counts)
    return Grid(choices, tuple(exclusions))


def _counts(
    taken: Mapping[str, Value], series: CountSeries, comparators: Mapping[str, CountSeries]
) -> Iterator[object]:
    """List what is counted: which series, year, side and number."""
    start = cast(int, taken["start"])
    before, after = cast(tuple[int, int], taken["window"])
    excluded = cast(tuple[int, ...], taken["excluded"])
    reading = READINGS[cast(str, taken["reading"])]
    compared = comparators.get(cast(str, taken["comparator"]))
    lines = [(series, reading)]
    # As the method reads them: what favours a rise here favours none over there.
    lines += [(compared, reading if len(set(reading)) == 1 else reading[::-1])] if compared else []
    for number, (one, sides) in enumerate(lines):
        for place, year in enumerate(series.periods):
            if start - before <= year < start + after and year not in excluded:
                events = one.events.high if sides[year >= start] == "high" else one.events.low
                yield number, year, year >= start, events[place]
