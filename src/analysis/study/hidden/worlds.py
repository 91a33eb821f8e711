"""Invented persons and lists in, how often each method's limits hold the truth out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np

from analysis.errors import MethodError
from analysis.methods.population_size.estimating import estimate
from analysis.methods.population_size.latent_class import latent_class
from analysis.methods.population_size.result import Method, PopulationEstimate
from analysis.methods.population_size.simulated_lists import (
    LatentClass,
    SimulatedLists,
    simulate_lists,
)
from analysis.methods.population_size.tables import Lists
from analysis.methods.simulated.judged import Share
from analysis.study.hidden.estimating import METHODS, Hidden, Options, of_lists

NAMES = ("A", "B", "C", "D")
"""Invented lists: say police, a shelter, immigration authorities, a municipality."""

PERSONS = 1000
"""The truth in every world."""

LEVEL = 0.95
RESAMPLES = 100
"""Of each drawn table: fewer than for a published one, as a thousand times as many are drawn."""

ERRORS = 3.0
"""Monte Carlo errors by which a share may lie below what its limits claim."""

SLOW: tuple[Method, ...] = ("latent_class",)
SLOWER = 5
"""Methods that take a hundred times as long are tried on so many times fewer tables."""
CHAINS, DRAWS, CLASSES = 4, 24, 4
"""Of latent classes: less than for a published table. The worlds have one or two classes, and
limits come out as with ten (docs/methods/population.md)."""

ALIKE = LatentClass(1.0, (0.25, 0.20, 0.15, 0.10))


@dataclass(frozen=True, slots=True)
class World:
    """Persons whose number is known: how they are found, and what ties lists together."""

    id: str
    classes: tuple[LatentClass, ...]
    ties: Mapping[tuple[str, str], float] = field(default_factory=dict)


WORLDS = (
    World("alike", (ALIKE,)),
    World("referred", (ALIKE,), {("A", "B"): 4.0}),
    World(
        "hard",
        (LatentClass(0.5, (0.35, 0.30, 0.25, 0.15)), LatentClass(0.5, (0.10, 0.08, 0.05, 0.05))),
    ),
)
"""All found alike, lists independent; two lists that refer to each other; half hard to find."""


@dataclass(frozen=True, slots=True)
class Held:
    """One method in one world: how many drawn tables its limits held the truth in.

    ``drawn`` tables were tried, in ``refused`` of them the method gave no estimate; ``middle``
    is the median total of the others, None without any.
    """

    world: World
    method: Method
    drawn: int
    held: int
    refused: int
    middle: float | None

    @property
    def answered(self) -> int:
        """Tables in which the method gave an estimate."""
        return self.drawn - self.refused

    @property
    def share(self) -> Share | None:
        """Share of answers whose limits hold the truth, with its Monte Carlo error."""
        return Share(self.held / self.answered, self.answered) if self.answered else None


@dataclass(frozen=True, slots=True)
class Covering:
    """Every method in every world, and one drawn table of the hardest world."""

    held: tuple[Held, ...]
    shown: Hidden


def cover(options: Options, *, draws: int) -> Covering:
    """Draw every world ``draws`` times, and let every method read it.

    The same seed gives the same tables. All methods of a world read the same ones.
    """
    options = replace(options, bootstrap=min(options.bootstrap, RESAMPLES))
    drawn = [
        (world, draw(world, draws, np.random.default_rng([options.seed, number])))
        for number, world in enumerate(WORLDS)
    ]
    return Covering(
        held=tuple(
            held(world, tables, method, options, _tables(method, draws))
            for world, tables in drawn
            for method in METHODS
        ),
        shown=of_lists(drawn[-1][1].lists(0), options),
    )


def draw(world: World, draws: int, rng: np.random.Generator) -> SimulatedLists:
    """Draw the lists of one world over and over."""
    return simulate_lists(
        NAMES, PERSONS, world.classes, dependences=world.ties, replicates=draws, rng=rng
    )


def held(
    world: World, tables: SimulatedLists, method: Method, options: Options, tried: int
) -> Held:
    """Let one method read the first ``tried`` tables of a world."""
    found = [_read(tables.lists(one), method, options) for one in range(tried)]
    answers = [one for one in found if one is not None]
    return Held(
        world=world,
        method=method,
        drawn=tried,
        held=sum(one.low <= PERSONS <= one.high for one in answers),
        refused=tried - len(answers),
        middle=median(one.estimate for one in answers) if answers else None,
    )


def _tables(method: Method, draws: int) -> int:
    return max(draws // SLOWER, 1) if method in SLOW else draws


def _read(lists: Lists, method: Method, options: Options) -> PopulationEstimate | None:
    try:
        if method in SLOW:
            return latent_class(
                lists,
                level=LEVEL,
                rng=options.seed,
                chains=CHAINS,
                draws=DRAWS,
                classes=CLASSES,
            )
        return estimate(
            lists,
            method=method,
            threshold=options.threshold,
            bootstrap=options.resamples(method),
            level=LEVEL,
            rng=options.seed,
        )
    except MethodError:
        return None


def _alike(found: Covering) -> bool:
    """Whether all methods' limits hold the truth as often as they claim where all are alike."""
    return all(
        share is None or share.reaches(LEVEL, errors=ERRORS)
        for one in found.held
        if one.world.id == "alike"
        for share in (one.share,)
    )


def _referred(found: Covering) -> bool:
    """Whether taking tied lists for independent holds the truth less often than a search does."""
    shares = {
        one.method: one.share.value
        for one in found.held
        if one.world.id == "referred" and one.share is not None
    }
    return shares.get("main", 0.0) < min(shares.get("stepwise", 0.0), shares.get("bic", 0.0))


def _hard(found: Covering) -> bool:
    """Whether methods give too few where half are hard to find, and most limits miss the truth.

    Of methods tried on a handful of tables nothing is claimed.
    """
    here = [
        one
        for one in found.held
        if one.world.id == "hard" and one.middle is not None and one.method not in SLOW
    ]
    missed = sum(one.held for one in here) < sum(one.answered for one in here) / 2
    return missed and all((one.middle or PERSONS) < PERSONS for one in here)


CLAIMS: Mapping[str, Callable[[Covering], bool]] = {
    "alike": _alike,
    "referred": _referred,
    "hard": _hard,
}
