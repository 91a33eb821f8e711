"""Persons, their chances and what ties lists together in; lists with a known truth out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, Ints, generator
from analysis.methods.population_size.subsets import without_empty
from analysis.methods.population_size.tables import MOST_LISTS, Lists

_MOST_SWEEPS = 10_000
_CLOSE = 1e-13
"""Largest distance of a list's share from what was asked for."""


@dataclass(frozen=True, slots=True)
class LatentClass:
    """Persons who are alike in how they are found.

    ``share`` is their share of the population; ``found`` the chance of being on each list, both
    between 0 and 1.
    """

    share: float
    found: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Shock:
    """A time, or a place, in which some lists find more (an operation) or fewer (a closure).

    Attributes
    ----------
    lists : tuple of str
        Hit together. One list alone stays independent of the others; two become dependent.
    share : float
        Share of the persons whom it touches, between 0 and 1.
    ratio : float
        What it multiplies the odds of being on these lists by, above 0.
    """

    lists: tuple[str, ...]
    share: float
    ratio: float


@dataclass(frozen=True, slots=True)
class SimulatedLists:
    """Lists drawn many times over from one population.

    Attributes
    ----------
    names : tuple of str
    persons : int
        The truth: how many there are.
    chances : array (cells,)
        Chance of each combination of lists; of none at 0.
    counts : array (replicates, cells)
        Cases by combination; cell 0 is 0, as in `Lists`.
    """

    names: tuple[str, ...]
    persons: int
    chances: Floats
    counts: Ints

    @property
    def hidden(self) -> Ints:
        """Persons on no list, for each replicate."""
        return np.asarray(self.persons - self.counts.sum(axis=1))

    def lists(self, replicate: int = 0) -> Lists:
        """Return one replicate as a table; a list that found nobody is left out."""
        return without_empty(Lists(self.names, self.counts[replicate]))


def simulate_lists(
    names: Sequence[str],
    persons: int,
    classes: Sequence[LatentClass],
    *,
    dependences: Mapping[tuple[str, str], float] | None = None,
    shocks: Sequence[Shock] = (),
    replicates: int = 1,
    rng: np.random.Generator | int,
) -> SimulatedLists:
    """Draw lists from a population whose size is known.

    Parameters
    ----------
    names : sequence of str
        The lists, two to ten.
    persons : int
        Size of the population, 1 or more.
    classes : sequence of LatentClass
        Shares sum to 1. One class: all persons are alike.
    dependences : mapping, optional
        Odds ratio of a pair of lists within a class, whatever the other lists say; above 1: who
        is on the one is more often on the other. The chances of `LatentClass.found` hold all the
        same.
    shocks : sequence of Shock
        Each touches its share of every class, independently of the others.
    replicates : int
        How often the lists are drawn.
    rng : Generator or int

    Returns
    -------
    SimulatedLists

    Raises
    ------
    MethodError
        If a chance, share or ratio is out of its range, the shares do not sum to 1, a name is
        unknown or stands twice, or there is nothing to draw or no seed.

    Examples
    --------
    >>> drawn = simulate_lists(
    ...     ("police", "shelter"), 1000, [LatentClass(1.0, (0.5, 0.2))], replicates=3, rng=1
    ... )
    >>> drawn.counts.shape, float(drawn.chances[0])
    ((3, 4), 0.4)
    """
    chances = cell_chances(names, classes, dependences=dependences, shocks=shocks)
    if persons < 1 or replicates < 1:
        raise MethodError("simulate_lists: no persons or no replicates. Give 1 or more of each.")
    draws = generator("simulate_lists", rng).multinomial(persons, chances, size=replicates)
    draws[:, 0] = 0
    return SimulatedLists(tuple(names), persons, chances, draws.astype(np.int64))


def cell_chances(
    names: Sequence[str],
    classes: Sequence[LatentClass],
    *,
    dependences: Mapping[tuple[str, str], float] | None = None,
    shocks: Sequence[Shock] = (),
) -> Floats:
    """Return the chance of each combination of lists, shape (cells,); of none at 0.

    Parameters and errors are those of `simulate_lists`.
    """
    places = {name: place for place, name in enumerate(names)}
    ties = dict(dependences or {})
    _require_names(names, [*ties, *(shock.lists for shock in shocks)])
    _require_classes(len(names), classes)
    _require_ratios([*ties.values(), *(shock.ratio for shock in shocks)])
    if any(not 0 <= shock.share <= 1 for shock in shocks):
        raise MethodError("simulate_lists: a shock's share is not between 0 and 1.")
    tied = _tied(places, ties)
    mixed = np.zeros(1 << len(names))
    for one in classes:
        for share, found in _touched(one, shocks, places):
            if share > 0:
                mixed += share * _raked(tied, found)
    return np.asarray(mixed / mixed.sum())


def _touched(
    one: LatentClass, shocks: Sequence[Shock], places: Mapping[str, int]
) -> list[tuple[float, Floats]]:
    """Split a class into those whom each shock touches and those whom it does not."""
    parts = [(one.share, np.array(one.found, dtype=np.float64))]
    for shock in shocks:
        hit = [places[name] for name in shock.lists]
        split = []
        for share, found in parts:
            shifted = found.copy()
            odds = shock.ratio * found[hit]
            shifted[hit] = odds / (1 - found[hit] + odds)
            split += [(share * (1 - shock.share), found), (share * shock.share, shifted)]
        parts = split
    return parts


def _tied(places: Mapping[str, int], ties: Mapping[tuple[str, str], float]) -> Floats:
    """Return weights of the cells that have the odds ratios, whatever the lists' shares."""
    cells = np.arange(1 << len(places))
    logs = np.zeros(len(cells))
    for (one, other), ratio in ties.items():
        both = (cells >> places[one]) & (cells >> places[other]) & 1
        logs += both * math.log(ratio)
    return np.asarray(np.exp(logs - logs.max()))


def _raked(tied: Floats, found: Floats) -> Floats:
    """Scale cells until each list has its share; scaling leaves odds ratios as they are."""
    cells = np.arange(len(tied))
    on = (cells[None, :] >> np.arange(len(found))[:, None]) & 1 == 1
    chances = tied / tied.sum()
    for _ in range(_MOST_SWEEPS):
        for place, share in enumerate(found):
            within = chances[on[place]].sum()
            chances[on[place]] *= share / within if share else 0.0
            chances[~on[place]] *= (1 - share) / (1 - within) if share < 1 else 0.0
        if np.abs(on @ chances - found).max() < _CLOSE:
            break
    return np.asarray(chances)


def _require_names(names: Sequence[str], groups: Sequence[tuple[str, ...]]) -> None:
    if len(set(names)) < len(names) or not 2 <= len(names) <= MOST_LISTS:
        raise MethodError(
            f"simulate_lists: {len(names)} lists, or a name twice. Give two to {MOST_LISTS} names."
        )
    wrong = [one for one in groups if len(set(one)) < len(one) or not set(one) <= set(names)]
    if wrong:
        raise MethodError(
            f"simulate_lists: {len(wrong)} dependences or shocks name a list that is not there, "
            "or one list twice. Use the names given."
        )


def _require_classes(lists: int, classes: Sequence[LatentClass]) -> None:
    if any(len(one.found) != lists for one in classes):
        raise MethodError(
            f"simulate_lists: a class has not as many chances as there are lists ({lists}). "
            "Give one for each list."
        )
    # "not between" as a negation, so that a NaN is refused too.
    if any(not 0 <= chance <= 1 for one in classes for chance in (one.share, *one.found)):
        raise MethodError("simulate_lists: a chance or a share is not between 0 and 1.")
    if not math.isclose(math.fsum(one.share for one in classes), 1.0, rel_tol=1e-9):
        raise MethodError("simulate_lists: the shares of the classes do not sum to 1.")


def _require_ratios(ratios: Sequence[float]) -> None:
    wrong = sum(not 0 < ratio < math.inf for ratio in ratios)
    if wrong:
        raise MethodError(
            f"simulate_lists: {wrong} of {len(ratios)} odds ratios are not above 0 and finite. "
            "Give 1 for independence."
        )
