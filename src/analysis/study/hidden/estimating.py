"""A published table of lists in, every method's total, or why there is none, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.contracts.published import Text
from analysis.errors import MethodError
from analysis.language import words
from analysis.methods.population_size.bounds import ChaoBounds, chao_bounds
from analysis.methods.population_size.estimating import estimate
from analysis.methods.population_size.result import Method, NoEstimateError, PopulationEstimate
from analysis.methods.population_size.spread import Spread, spread
from analysis.methods.population_size.tables import Lists
from analysis.published.overlaps import ListedTable

METHODS: tuple[Method, ...] = (
    "main", "stepwise", "bic", "average", "decomposable", "latent_class",
)  # fmt: skip
"""Every method that is compared, declared before any table was looked at."""

HEADLINE: Method = "stepwise"
"""Whose total is the one number where the methods agree: what the field publishes most."""

WITHOUT_RESAMPLES: tuple[Method, ...] = ("average",)
"""Limits from the limits of every model by its weight: resampling each of them is slow."""

MOST_GRAPHS = 6
"""Lists that the average over graphs can take."""


@dataclass(frozen=True, slots=True)
class Options:
    """How totals are worked out; ``factor`` is up to where methods are said to agree."""

    threshold: float
    bootstrap: int
    seed: int
    factor: float

    def resamples(self, method: Method) -> int:
        """Bootstrap resamples of a method."""
        return 0 if method in WITHOUT_RESAMPLES else self.bootstrap


@dataclass(frozen=True, slots=True)
class Tried:
    """One method's estimate of a table; or why it has none."""

    method: Method
    found: PopulationEstimate | None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A table of lists with every method's total; ``spread`` is None with fewer than two.

    ``table`` is None for invented lists.
    """

    table: ListedTable | None
    lists: Lists
    options: Options
    tried: tuple[Tried, ...]
    spread: Spread | None
    bounds: ChaoBounds | None

    @property
    def estimates(self) -> tuple[PopulationEstimate, ...]:
        """Those that exist, in the order of the methods."""
        return tuple(one.found for one in self.tried if one.found is not None)

    def by(self, method: str) -> PopulationEstimate | None:
        """Return a method's estimate; None where it has none."""
        return next((one for one in self.estimates if one.method == method), None)

    @property
    def headline(self) -> PopulationEstimate | None:
        """The declared method's estimate, else the first there is."""
        return self.by(HEADLINE) or next(iter(self.estimates), None)


@dataclass(frozen=True, slots=True)
class NoTable:
    """A country for which nobody has published, or handed in, overlapping lists."""

    country: str

    @property
    def rows(self) -> tuple[str, ...]:
        """No row says anything of it."""
        return ()


def hidden(table: ListedTable, options: Options) -> Hidden:
    """Estimate how many there are in all by every method."""
    return of_lists(lists_of(table), options, table)


def of_lists(lists: Lists, options: Options, table: ListedTable | None = None) -> Hidden:
    """Estimate by every method from lists, published or invented."""
    tried = tuple(by_method(lists, method, options) for method in METHODS)
    found = [one.found for one in tried if one.found is not None]
    return Hidden(
        table=table,
        lists=lists,
        options=options,
        tried=tried,
        spread=spread(found, factor=options.factor) if len(found) > 1 else None,
        bounds=_bounds(lists),
    )


def lists_of(table: ListedTable) -> Lists:
    """Lay a published table out by combination of lists."""
    place = {name: number for number, name in enumerate(table.names)}
    counts = np.zeros(1 << len(table.names), dtype=np.int64)
    for one in table.counts:
        counts[sum(1 << place[name] for name in one.lists)] += one.count
    return Lists(table.names, counts)


def by_method(lists: Lists, method: Method, options: Options) -> Tried:
    """Estimate by one method, or say in words why it has no number."""
    try:
        found = estimate(
            lists,
            method=method,
            threshold=options.threshold,
            bootstrap=options.resamples(method),
            rng=options.seed,
        )
    except NoEstimateError as error:
        return Tried(method, None, words.text(f"hidden_population.refused_{error.existence}"))
    except MethodError:
        return Tried(method, None, words.text(f"hidden_population.{_refused(lists, method)}"))
    return Tried(method, found)


def _refused(lists: Lists, method: Method) -> str:
    """Name why a method takes no such table: it speaks of it in English only."""
    if len(lists.names) < 3:
        return "refused_lists"
    if method == "decomposable" and len(lists.names) > MOST_GRAPHS:
        return "refused_graphs"
    return "refused_chains" if method == "latent_class" else "refused_other"


def _bounds(lists: Lists) -> ChaoBounds | None:
    try:
        return chao_bounds(lists)
    except NoEstimateError:
        return None
