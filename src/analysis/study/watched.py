"""A yearly series and its known large cases in; what a chart and a CUSUM would have said, out.

Charted as a monitor would have: the first years that were counted in full are the baseline,
and the years after are held against them. What is not known (an interval, the size of a case)
is read at its ends, and a chart is made of each reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from analysis.contracts.published import Break
from analysis.errors import MethodError
from analysis.methods.control_chart import Chart, Cusum, control_chart, count_cases, cusum
from analysis.methods.control_chart.chart import FEWEST_IN_BASELINE, Direction
from analysis.study.comparison import Refused, Silent
from analysis.study.trends import Course

LARGEST_FOR_CUSUM = 1_000
"""Events a year beyond which a CUSUM is not made (`methods.control_chart.cusum`)."""

Way = Literal["independent", "even", "left_in", "observed"]
"""Persons as if each came alone; cases, scattering as chance does; cases, scattering as in the
baseline; the same with years of a known effort set aside."""

DIRECTIONS: tuple[Direction, ...] = ("more", "fewer")

SHIFTS = (1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0)
"""Shifts of which the smallest that is found in time is looked for: up and, as 1 over, down."""


@dataclass(frozen=True, slots=True)
class LargeCase:
    """A case known to hold several of a year's persons, between ``low`` and ``high`` of them."""

    name: str
    year: int
    low: int
    high: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """One way of charting, at every reading.

    ``counts`` are what each chart was made of. A year or run signals *always* if it does at
    every reading, *sometimes* if at one only.
    """

    way: Way
    counts: tuple[tuple[int, ...], ...]
    charts: tuple[Chart, ...]

    def years(self, direction: Direction, *, always: bool = True) -> tuple[int, ...]:
        """Return the single years that signal at every reading, or at one at least."""
        found = [
            {
                int(one.first)
                for one in chart.signals
                if one.kind == "one period" and one.direction == direction
            }
            for chart in self.charts
        ]
        return tuple(sorted(set.intersection(*found) if always else set.union(*found)))

    def runs(self, direction: Direction) -> tuple[tuple[int, int], ...]:
        """Return the runs that signal at one reading at least: the longest of each start."""
        every = {
            (int(one.first), int(one.last))
            for chart in self.charts
            for one in chart.signals
            if one.kind == "sustained" and one.direction == direction
        }
        starts = {first for first, _ in every}
        return tuple((start, max(b for a, b in every if a == start)) for start in sorted(starts))

    @property
    def sustained(self) -> int:
        """Number of readings with a run that signals."""
        return sum(chart.sustained for chart in self.charts)

    def judges(self, year: int) -> Literal["always", "sometimes", "never"]:
        """Whether a single year signals at every reading, at some, or at none."""
        if any(year in self.years(way) for way in DIRECTIONS):
            return "always"
        some = any(year in self.years(way, always=False) for way in DIRECTIONS)
        return "sometimes" if some else "never"


@dataclass(frozen=True, slots=True)
class Watched:
    """A series charted in several ways; the last of ``replays`` is the headline."""

    course: Course
    cases: tuple[LargeCase, ...]
    efforts: tuple[Break, ...]
    replays: tuple[Replay, ...]
    baseline: int

    @property
    def headline(self) -> Replay:
        """Cases, scattering as in the baseline, years of a known effort set aside."""
        return self.replays[-1]

    def replay(self, way: Way) -> Replay | None:
        """Return one way of charting; None where it was not made."""
        return next((one for one in self.replays if one.way == way), None)

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of all rows used."""
        return (*self.course.rows, *(row for case in self.cases for row in case.rows))


@dataclass(frozen=True, slots=True)
class Shift:
    """What a CUSUM of each reading said, and the smallest shift that it finds in time.

    ``left_in`` are the CUSUMs with years of a known effort left in, none where there are none.
    ``more`` and ``fewer`` are ratios, over the readings from the smallest to the largest; None
    where no shift tried is found within ``years``.
    """

    watched: Watched
    sums: tuple[Cusum, ...]
    left_in: tuple[Cusum, ...]
    years: int
    more: tuple[float, float] | None
    fewer: tuple[float, float] | None


def watch(
    own: Course,
    cases: Sequence[LargeCase],
    efforts: Sequence[Break],
    *,
    baseline: int,
    draws: int,
    seed: int,
) -> Watched | Refused | Silent:
    """Chart a series in each way; say why where it cannot be done.

    Parameters
    ----------
    cases : sequence of LargeCase
        Only those of charted years are used.
    efforts : sequence of Break
        Breaks of detection: the headline sets their years aside, but for the first charted,
        which everything after follows.
    baseline : int
        First years that the rest is held against, at least 8.
    draws, seed : int
        Unchanged series drawn to calibrate each chart, and what draws them.
    """
    series = own.series
    if not own.years:
        return Silent(series, (), "control_chart")
    used = tuple(case for case in cases if case.year in own.years)
    marked = tuple(brk for brk in efforts if brk.year in own.years[1:])
    aside = sorted({float(brk.year) for brk in marked})
    judged = len(own.years) - len(aside)
    if judged <= max(baseline, FEWEST_IN_BASELINE):
        return Refused(series, "control_chart", "few_to_chart", judged, baseline + 1)
    if own.silent:
        return Refused(series, "control_chart", "gap", len(own.silent))
    try:
        persons, counted = _read(own, ()), _read(own, used)
        replays = [_replay("independent", own, persons, 1.0, (), baseline, draws, seed)]
        if used:
            replays.append(_replay("even", own, counted, 1.0, (), baseline, draws, seed))
        if aside:
            replays.append(_replay("left_in", own, counted, None, (), baseline, draws, seed))
        replays.append(_replay("observed", own, counted, None, aside, baseline, draws, seed))
    except MethodError:
        return Refused(series, "control_chart", "no_chart", len(own.years))
    return Watched(own, used, marked, tuple(replays), baseline)


def _read(own: Course, cases: Sequence[LargeCase]) -> tuple[tuple[int, ...], ...]:
    """Count cases at each combination of ends: of the counts, and of each case's size."""
    found = []
    ends = [(case.low, case.high) for case in cases]
    for persons in dict.fromkeys((own.counts.low, own.counts.high)):
        for sizes in product(*ends):
            held: list[list[int]] = [[] for _ in own.years]
            for case, size in zip(cases, sizes, strict=True):
                held[own.years.index(case.year)].append(size)
            found.append(count_cases(persons, held).counts)
    return tuple(dict.fromkeys(found))


def _replay(
    way: Way,
    own: Course,
    readings: Iterable[tuple[int, ...]],
    dispersion: float | None,
    aside: Sequence[float],
    baseline: int,
    draws: int,
    seed: int,
) -> Replay:
    counts = tuple(readings)
    charts = tuple(
        control_chart(
            own.years,
            one,
            dispersion=dispersion,
            baseline=baseline,
            set_aside=aside,
            draws=draws,
            rng=seed,
        )
        for one in counts
    )
    return Replay(way, counts, charts)


def shift(watched: Watched, *, ratio: float, run_length: float, within: int) -> Shift | Refused:
    """Add up small deviations, and say which shift would have been found in time.

    Parameters
    ----------
    ratio : float
        Shift that the sums are tuned to.
    run_length : float
        Years between false alarms that the threshold is set for.
    within : int
        Years in which a shift is to be found, on average.
    """
    series, headline = watched.course.series, watched.headline
    if any(chart.rate > LARGEST_FOR_CUSUM for chart in headline.charts):
        return Refused(series, "cusum", "too_many_events", LARGEST_FOR_CUSUM)
    try:
        sums = _sums(watched, headline, ratio, run_length)
        before = watched.replay("left_in")
        left_in = _sums(watched, before, ratio, run_length) if before else ()
        smallest = [_smallest(watched, n, run_length, within) for n in range(len(headline.counts))]
    except MethodError:
        return Refused(series, "cusum", "too_scattered")
    more, fewer = (_over([found[side] for found in smallest]) for side in (0, 1))
    return Shift(watched, sums, left_in, within, more, fewer)


def _sums(watched: Watched, replay: Replay, ratio: float, run_length: float) -> tuple[Cusum, ...]:
    return tuple(_cusum(watched, replay, n, ratio, run_length) for n in range(len(replay.counts)))


def _cusum(watched: Watched, replay: Replay, n: int, ratio: float, run_length: float) -> Cusum:
    chart = replay.charts[n]
    kept = [
        (year, count)
        for year, count in zip(watched.course.years, replay.counts[n], strict=True)
        if year not in chart.set_aside
    ]
    years, counts = zip(*kept, strict=True)
    return cusum(
        years,
        counts,
        dispersion=chart.dispersion,
        baseline=watched.baseline,
        ratio=ratio,
        run_length=run_length,
    )


def _smallest(
    watched: Watched, n: int, run_length: float, within: int
) -> tuple[float | None, float | None]:
    """Return the smallest rise and fall, of those tried, found within so many years on average."""
    found: list[float | None] = []
    tried: dict[float, Cusum] = {}
    for side in ("more", "fewer"):
        low, high = 0, len(SHIFTS)
        while low < high:
            middle = (low + high) // 2
            size = SHIFTS[middle]
            if size not in tried:
                tried[size] = _cusum(watched, watched.headline, n, size, run_length)
            if getattr(tried[size], side).shifted <= within:
                high = middle
            else:
                low = middle + 1
        found.append(SHIFTS[low] if low < len(SHIFTS) else None)
    return found[0], found[1]


def _over(found: Sequence[float | None]) -> tuple[float, float] | None:
    known = [one for one in found if one is not None]
    return (min(known), max(known)) if len(known) == len(found) else None
