"""Episodes in, the day on which each organisation found the person out."""

from __future__ import annotations

from datetime import date

import numpy as np

from analysis.synthetic.chance import NEVER, Days, Generator, Whole, day, happens
from analysis.synthetic.course import HOW, Course
from analysis.synthetic.laws import Laws
from analysis.synthetic.people import YEAR_DAYS, reach


def detect(course: Course) -> None:
    """Let each organisation find people at its rate while they are exploited."""
    person = course.episodes["person"].to_numpy()
    for column, name in enumerate(course.organisations):
        times, total = _cumulative(course, name)
        on = _found(course, times, total, reach(course.laws, name, course.people)[person])
        if name == "syn_police":
            on = _raids(course, on)
        course.met[:, column] = on
        course.how[:, column] = np.where(on < NEVER, HOW.index("found"), 0)


def police_effort(laws: Laws, year: int) -> float:
    """Return the factor of a year; of other years than those given, the nearest."""
    given = {int(name): value for name, value in laws.police_effort.items()}
    return given[min(given, key=lambda known: (abs(known - year), known))]


def _cumulative(course: Course, name: str) -> tuple[Whole, Whole]:
    """Return days, and how often an ever-present person would have been found until each."""
    laws, profile = course.laws, course.world.profiles[name]
    law = laws.detection[name]
    opens, begins = day(laws.centre_opens), day(profile.agreement.first)
    years = range(date.fromordinal(_ORDINAL + course.first).year, _year(course.last) + 1)
    edges = {day(date(year, 1, 1)) for year in years} | {course.first, opens, begins}
    times = np.array(sorted(at for at in edges if course.first <= at <= course.last))
    effort = [police_effort(laws, _year(at)) if name == "syn_police" else 1.0 for at in times]
    rate = law.rate / YEAR_DAYS * np.where(times >= opens, law.after, 1.0) * effort
    rate[times < begins] = 0.0
    times = np.append(times, course.last + 1)
    return times, np.append(0.0, np.cumsum(rate * np.diff(times)))


def _found(course: Course, times: Whole, total: Whole, reached: Whole) -> Days:
    """Draw the first find of each: the waiting time of a rate that changes with the calendar."""
    entered = course.episodes["entered"].to_numpy()
    left = np.minimum(course.episodes["left"].to_numpy(), course.last)
    with np.errstate(divide="ignore"):
        needed = course.rng.exponential(size=len(course)) / reached
    until = np.interp(entered, times, total) + needed
    on = np.ceil(np.interp(until, total, times))
    seen = (until < total[-1]) & (on <= left) & (on >= entered)
    return np.where(seen, on, NEVER).astype(np.int32)


def _raids(course: Course, on: Days) -> Days:
    """Find the others of a complex on the day on which the police find the first of it."""
    complexes = course.of_person("complex")
    first = np.full(max(complexes.max(initial=0) + 1, 1), NEVER, np.int64)
    inside = (complexes >= 0) & (course.episodes["number"].to_numpy() == 1)
    np.minimum.at(first, complexes[inside], on[inside])
    if (course.episodes["raid"].to_numpy() < NEVER).any():
        first[0] = day(course.laws.complexes.large.on)
    raid = np.where(inside, first[np.maximum(complexes, 0)], NEVER)
    there = (course.episodes["entered"].to_numpy() <= raid) & (
        raid <= course.episodes["left"].to_numpy()
    )
    certain = complexes == 0
    caught = inside & there & (certain | _others(course, len(on)))
    later = np.where(inside & certain, NEVER, on)
    return np.where(caught, np.minimum(raid, later), later).astype(np.int32)


def _others(course: Course, size: int) -> Whole:
    rng: Generator = course.rng
    return happens(rng, course.laws.complexes.raid, size)


_ORDINAL = date(1970, 1, 1).toordinal()


def _year(at: int) -> int:
    return date.fromordinal(_ORDINAL + int(at)).year
