"""One comparison in, how large invented worlds must be to look like the country out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.contracts.published import Language, Series, Text
from analysis.language import numbers, words
from analysis.published import series as published_series
from analysis.study.reading import Reading
from analysis.study.windows import Window, window

LARGEST_HIDDEN = 4.0
"""Events a year in worlds that hide small counts: the largest that "<5" hides."""

FEWEST = 1.0
"""Events a year below which nothing could be said of any world."""

YEARS_OTHERWISE = (4, 4)
"""Years of the two periods where the record has no series to take them from."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How many years and how large counts the record has; no count of it is used as data.

    ``usual`` is counted a year over both periods, at the upper reading of intervals, and
    ``small`` where small counts are hidden. ``peers`` are the same means of countries
    with a complete series, ``points`` the years of the series before and from the later
    plan on. ``told`` says in words where all this comes from.
    """

    years: tuple[int, int]
    usual: float
    small: float
    peers: tuple[float, ...]
    points: tuple[int, int]
    told: Text


def scale_of(study: Reading, indicators: Sequence[str], *, otherwise: float) -> Scale:
    """Take the scale of the first series that has figures under both plans.

    Parameters
    ----------
    otherwise : float
        Events a year where the record has no such series.
    """
    for indicator in indicators:
        series = study.series(indicator)
        before, after = (window(series, plan) for plan in study.compared)
        if before and after and _usable(before, after):
            return _of_windows(study, series, before, after)
    told = words.text(
        "simulation.scale_none",
        usual=numbers.both(_size, otherwise),
        before=YEARS_OTHERWISE[0],
        after=YEARS_OTHERWISE[1],
    )
    small = min(otherwise, LARGEST_HIDDEN)
    return Scale(YEARS_OTHERWISE, otherwise, small, (), (0, 0), told)


def _usable(before: Window, after: Window) -> bool:
    if not (before.bounded and after.bounded):
        return False
    return min(before.count.high, after.count.high) > 0


def _of_windows(study: Reading, series: Series, before: Window, after: Window) -> Scale:
    others = published_series.comparators(
        study.record_of, series.indicator, before.first, after.last, study.country.iso3
    )
    spans = (before.span, after.span)
    usual = max(_mean(series, spans), FEWEST)
    least = min(_mean(series, (span,)) for span in spans)
    start = study.current.first_year
    return Scale(
        years=(before.last - before.first + 1, after.last - after.first + 1),
        usual=usual,
        small=min(max(least, FEWEST), LARGEST_HIDDEN),
        peers=tuple(mean for each in others if (mean := _mean(each, spans)) > 0),
        points=(
            sum(year < start for year in series.years),
            sum(year >= start for year in series.years),
        ),
        told=words.text(
            "simulation.scale",
            label=series.label,
            before=numbers.both(numbers.years, *before.span),
            after=numbers.both(numbers.years, *after.span),
            usual=numbers.both(_size, usual),
            publisher=study.record_of.label("publishers", series.publisher),
        ),
    )


def _mean(series: Series, spans: Sequence[tuple[int, int]]) -> float:
    """Mean a year at the upper reading, over some spans of years."""
    totals = sum(series.total(*span).bounds[1] for span in spans)
    return totals / sum(last - first + 1 for first, last in spans)


def _size(amount: float, language: Language) -> str:
    return numbers.number(amount, language, 0 if amount >= 20 else 1)
