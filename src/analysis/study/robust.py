"""A series and registered choices in, what the headline ratio would be under each of them out."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.contracts import protocol as protocols
from analysis.contracts.protocol import Protocol
from analysis.contracts.published import Series
from analysis.errors import MethodError
from analysis.methods import dispersion, multiverse
from analysis.methods.checked import Estimate
from analysis.methods.multiverse import Choice, Curve, Grid, JointTest, SpreadShares
from analysis.methods.multiverse.grid import Value
from analysis.methods.sensitivity import EValue, e_value
from analysis.published import series as published_series
from analysis.study import comparison
from analysis.study.comparison import Compared, Comparison
from analysis.study.reading import Reading
from analysis.study.ways import (
    ENDS,
    REGISTERED,
    Dropped,
    Options,
    Others,
    Ways,
    checked,
    lay_out,
    period,
)

ALL = "all"
"""What a notebook's parameter says where it takes no single option."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """How strong something unmeasured would have to be; ``ratio`` is the one explained away."""

    ratio: float
    needed: EValue


@dataclass(frozen=True, slots=True)
class WithoutYear:
    """The headline ratio without one year: over every reading, with the limits of both ends.

    Where a side may be left without an event, an end is 0 or infinite; None: no side is left.
    """

    year: int
    rows: tuple[str, ...]
    ratio: tuple[float, float] | None
    limits: tuple[float, float] | None

    @property
    def open(self) -> bool:
        """Whether one of the ratio's ends is 0 or infinite."""
        return self.ratio is not None and not (self.ratio[0] > 0 and self.ratio[1] < math.inf)


@dataclass(frozen=True, slots=True)
class Robust:
    """One headline under every registered choice; ``test`` and ``shares`` need several ways."""

    headline: Compared
    ways: Ways
    curve: Curve
    shares: SpreadShares | None
    test: JointTest | None
    unseen: Unseen | None
    without: tuple[WithoutYear, ...]

    @property
    def series(self) -> Series:
        """What is counted."""
        return self.headline.series


@dataclass(frozen=True, slots=True)
class Untold:
    """A headline without a curve, as nothing is compared, an option is lost or no way works."""

    series: Series
    headline: Comparison
    lost: Dropped | None = None


def registered(reading: Reading) -> Options:
    """Return the choices that the evaluation registered for this comparison, else our own."""
    laid_down = protocol_of(reading)
    return checked(laid_down.grid) if laid_down else REGISTERED


def protocol_of(reading: Reading) -> Protocol | None:
    """Return the protocol of the run, if it lays down a grid for this very comparison.

    A protocol on another country or other plans says nothing of this one.
    """
    laid_down = protocols.read(os.environ.get(protocols.VARIABLE, ""))
    if laid_down is None or not laid_down.grid:
        return None
    named = (laid_down.country, laid_down.baseline, laid_down.current)
    own = (reading.country.iso3, reading.baseline.id, reading.current.id)
    return laid_down if named == own else None


def robust(
    reading: Reading, series: Series, only: Mapping[str, str], *, draws: int, seed: int
) -> Robust | Untold:
    """Estimate one headline under every registered choice, or say why that cannot be done.

    Parameters
    ----------
    only : mapping
        The one option to take of some choices; ``all`` takes every one.
    draws, seed : int
        Orders of the years that the joint test draws, and what draws them.
    """
    headline = comparison.compare(series, reading.compared)
    if not isinstance(headline, Compared):
        return Untold(series, headline)
    asked = {name: option for name, option in only.items() if option != ALL}
    ways = _ways(reading, headline)
    if lost := ways.lost(asked):
        return Untold(series, headline, lost)
    ways = ways.narrowed(asked) if asked else ways
    try:
        curve = multiverse.count_curve(ways.grid, ways.series, comparators=ways.comparators)
    except MethodError:
        return Untold(series, headline)
    return Robust(
        headline=headline,
        ways=ways,
        curve=curve,
        shares=_shares(curve),
        test=_test(ways, curve, draws, seed),
        unseen=_unseen(headline),
        without=_without(headline, ways),
    )


def _ways(reading: Reading, headline: Compared) -> Ways:
    options = registered(reading)
    years = period(headline, options)
    complete = published_series.comparators(
        reading.record_of, headline.series.indicator, years[0], years[-1], reading.country.iso3
    )
    # A source that says "more than" bounds nothing, and cannot be added up.
    bounded = tuple(
        one for one in complete if all(one.value(year).bounds[1] < math.inf for year in years)
    )
    near = tuple(one for one in bounded if one.country in reading.country.neighbours)
    return lay_out(headline, options, Others(bounded, near, reading.population_of))


def _shares(curve: Curve) -> SpreadShares | None:
    try:
        return multiverse.spread_shares(curve)
    except MethodError:
        return None


def _test(ways: Ways, curve: Curve, draws: int, seed: int) -> JointTest | None:
    """Test the whole curve; a single way is no curve."""
    if len(curve.points) < 2:
        return None
    try:
        return multiverse.joint_test(
            ways.grid, ways.series, comparators=ways.comparators, draws=draws, rng=seed
        )
    except MethodError:
        return None


def _unseen(headline: Compared) -> Unseen | None:
    """Take the reading nearest to no change, with the limits that lead the finding."""
    low, high = headline.exact.least.estimate, headline.exact.most.estimate
    pair = headline.exact
    limits = (pair.low, pair.high)
    spread = headline.dispersed
    if spread is not None and dispersion.wider(pair, spread) == "dispersed":
        limits = (spread.low, spread.high)
    nearest = min(max(1.0, low), high)
    try:
        return Unseen(nearest, e_value(Estimate(nearest, *limits, pair.level)))
    except MethodError:
        return None


def _without(headline: Compared, ways: Ways) -> tuple[WithoutYear, ...]:
    """Leave out one compared year at a time."""
    years = [*range(headline.before.first, headline.before.last + 1)]
    years += range(headline.after.first, headline.after.last + 1)
    left_out = Choice.of("excluded", {str(year): (year,) for year in years})
    grid = Grid((left_out, Choice.of("reading", list(ENDS))))
    start, last = headline.after.first, headline.after.last
    fixed: dict[str, Value] = {
        "start": start,
        "window": (start - headline.before.first, last - start + 1),
    }
    try:
        curve = multiverse.count_curve(grid, ways.series, fixed=fixed)
    except MethodError:
        return ()
    found = {point.options: point.estimate for point in curve.points}
    return tuple(_of_year(headline, year, found) for year in years)


def _of_year(
    headline: Compared, year: int, found: Mapping[tuple[str, ...], Estimate]
) -> WithoutYear:
    rows = headline.series.within(year, year).rows
    least, most = (found.get((str(year), end)) for end in ENDS)
    alone = (headline.before.span, headline.after.span)
    if (least is None and most is None) or (year, year) in alone:
        return WithoutYear(year, rows, None, None)
    # Without an event before the ratio is infinite at its most, without one after 0 at its least.
    low, lowest = (least.value, least.low) if least else (0.0, 0.0)
    high, highest = (most.value, most.high) if most else (math.inf, math.inf)
    return WithoutYear(year, rows, (low, high), (lowest, highest))
