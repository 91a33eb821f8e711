"""A world, a seed, a number and years in, everything that happened out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from analysis.errors import ParameterError
from analysis.synthetic import people as persons
from analysis.synthetic.chance import NEVER, Generator, day
from analysis.synthetic.counting import bed_nights, contacts, trainings
from analysis.synthetic.course import Course, organisations
from analysis.synthetic.deciding import assessments, decide, presume
from analysis.synthetic.detecting import detect
from analysis.synthetic.entitling import entitle
from analysis.synthetic.leaving import leave, returns
from analysis.synthetic.prosecuting import prosecute
from analysis.synthetic.referring import refer
from analysis.synthetic.staying import stay
from analysis.synthetic.supporting import support
from analysis.synthetic.world import World

ROUNDS = 3  # a person is trafficked at most so often
FIRST_YEAR, LAST_YEAR = 1990, 2049
FEWEST, MOST = 50, 20_000_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """All that is true. ``tables`` by name; days are days since 1970-01-01, `NEVER`: not.

    ``people`` (row number: true id), ``episodes`` (a person once, or again), ``records``
    (who met whom since when), ``assessments``, ``referrals``, ``services``, ``stays``,
    ``rights``, ``returns``, ``cases``, ``charges``, ``contacts``, ``places``, ``trainings``.
    """

    world: World
    seed: int
    count: int
    years: tuple[int, int]
    tables: Mapping[str, pd.DataFrame]

    @property
    def first(self) -> int:
        """First day drawn."""
        return day(date(self.years[0], 1, 1))

    @property
    def last(self) -> int:
        """Last day drawn."""
        return day(date(self.years[1], 12, 31))

    def generator(self, stage: str) -> Generator:
        """Return the generator of a stage; stages do not move each other's draws."""
        return np.random.default_rng([self.seed, *stage.encode()])


def draw(world: World, *, seed: int, people: int, years: tuple[int, int]) -> Drawn:
    """Draw an invented country: the same arguments, the same people.

    Parameters
    ----------
    world : World
        Its laws and senders.
    seed : int
        Not negative.
    people : int
        True victims who enter in these years.
    years : tuple of int
        First and last year.

    Raises
    ------
    ParameterError
        If the number or the years lie outside what can be drawn.
    """
    _check(world, seed, people, years)
    drawn = Drawn(world, seed, people, years, {})
    rng = drawn.generator("people")
    everybody = persons.people(world.laws, rng, people, *years)
    tables = _rounds(drawn, everybody)
    tables["people"] = everybody
    rng = drawn.generator("counts")
    tables["stays"] = stay(world, tables["services"], people)
    tables["places"] = bed_nights(world, tables["stays"], drawn.first, drawn.last, people)
    tables["contacts"] = contacts(world, rng, drawn.first, drawn.last, people)
    tables["trainings"] = trainings(world, rng, drawn.first, drawn.last)
    return replace(drawn, tables=tables)


def _check(world: World, seed: int, people: int, years: tuple[int, int]) -> None:
    if seed < 0:
        raise ParameterError("seed: it is negative. Give 0 or more.")
    if not FEWEST <= people <= MOST:
        raise ParameterError(
            f"people: {people:,} is outside {FEWEST} to {MOST:,}. Give another number."
        )
    if not FIRST_YEAR <= years[0] <= years[1] <= LAST_YEAR:
        raise ParameterError(
            f"years: {years[0]} to {years[1]} is no span within {FIRST_YEAR} to {LAST_YEAR}. "
            "Write it as 2003-2012."
        )
    begins = min(profile.agreement.first.year for profile in world.profiles.values())
    if years[1] < begins:
        raise ParameterError(
            f"years: no sender has an agreement before {begins}. Let them end later."
        )


def _rounds(drawn: Drawn, everybody: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Draw first episodes, then those of the people trafficked again."""
    parts: list[dict[str, pd.DataFrame]] = []
    begun = persons.episodes(everybody)
    offsets = {"episode": 0, "case": 0, "accused": 0}
    for number in range(1, ROUNDS + 1):
        if begun.empty:
            break
        part = _episode(drawn, everybody, begun, drawn.generator(f"round {number}"))
        begun = _again(drawn, everybody, part["episodes"], number + 1)
        _renumber(part, offsets)
        parts.append(part)
    return {name: pd.concat([one[name] for one in parts], ignore_index=True) for name in parts[0]}


def _again(
    drawn: Drawn, everybody: pd.DataFrame, episodes: pd.DataFrame, number: int
) -> pd.DataFrame:
    some = episodes[episodes["again_on"] < NEVER]
    rng = drawn.generator(f"again {number}")
    law = drawn.world.laws.people
    lasts = law.exploited_days * np.exp(law.exploited_spread * rng.standard_normal(len(some)))
    entered = some["again_on"].to_numpy()
    if number > ROUNDS:
        episodes["again_on"] = NEVER
        some, entered, lasts = some[:0], entered[:0], lasts[:0]
    return pd.DataFrame(
        {
            "person": some["person"].to_numpy(),
            "number": np.full(len(some), number, np.int8),
            "entered": entered.astype(np.int32),
            "left": (entered + 1 + np.minimum(lasts, 20_000)).astype(np.int32),
            "raid": np.full(len(some), NEVER, np.int32),
        }
    )


def _episode(
    drawn: Drawn, everybody: pd.DataFrame, begun: pd.DataFrame, rng: Generator
) -> dict[str, pd.DataFrame]:
    """Draw all that follows from episodes having begun, in the order in which it follows."""
    shape = (len(begun), len(organisations(drawn.world)))
    met, how = np.full(shape, NEVER, np.int32), np.zeros(shape, np.int8)
    course = Course(drawn.world, rng, everybody, begun.copy(), met, how, drawn.first, drawn.last)
    detect(course)
    course.episodes["found_on"] = course.met.min(axis=1)
    presumed = presume(course)
    decide(course)
    assessed = assessments(course, presumed)
    referred = refer(course)
    services = support(course)
    leave(course, services)
    rights = entitle(course)
    returned = returns(course)
    cases, charges = prosecute(course)
    return {
        "episodes": course.episodes,
        "records": _records(course),
        "assessments": assessed,
        "referrals": referred,
        "services": services,
        "rights": rights,
        "returns": returned,
        "cases": cases,
        "charges": charges,
    }


def _records(course: Course) -> pd.DataFrame:
    episode, organisation = np.nonzero(course.met < NEVER)
    return pd.DataFrame(
        {
            "episode": episode.astype(np.int32),
            "organisation": organisation.astype(np.int8),
            "met_on": course.met[episode, organisation],
            "how": course.how[episode, organisation],
        }
    )


def _renumber(part: dict[str, pd.DataFrame], offsets: dict[str, int]) -> None:
    """Make the numbers of a round differ from those of the rounds before it."""
    sizes = {
        "episode": len(part["episodes"]),
        "case": len(part["cases"]),
        "accused": int(part["charges"]["accused"].max()) + 1 if len(part["charges"]) else 0,
    }
    for table in part.values():
        for column, offset in offsets.items():
            if column in table.columns:
                here = table[column].to_numpy()
                table[column] = np.where(here >= 0, here + offset, here).astype(np.int32)
    for column, size in sizes.items():
        offsets[column] += size
