"""Number of lists and an order in, all hierarchical log-linear models out.

A model is the set of interactions (combinations of two lists or more) that it has beside
the constant and the lists themselves. It is hierarchical if, with a combination, it has
every smaller one within it. It is written as a whole number whose bit *i* stands for
interaction *i*, and named by its largest groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.result import Group
from analysis.methods.population_size.tables import by_size

MOST_MODELS = 40_000
"""All models of six lists up to pairs are 32,768; the next step is 2,097,152."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Terms:
    """Every term that a model may have: the constant, the lists, then the interactions.

    Attributes
    ----------
    lists : int
    cells : array (terms,)
        Each term as a combination of lists; the constant is 0.
    within : array (terms, cells)
        1 where the cell contains the term.
    """

    lists: int
    cells: Ints
    within: Floats

    @property
    def interactions(self) -> Ints:
        """Return the combinations of two lists or more."""
        return self.cells[self.always :]

    @property
    def always(self) -> int:
        """Return how many terms every model has: the constant and the lists."""
        return self.lists + 1


@dataclass(frozen=True, slots=True)
class Models:
    """Models on the same lists, in ascending order of their numbers.

    Attributes
    ----------
    terms : Terms
    numbers : array (models,)
        Bit *i* says whether the model has interaction *i*.
    holds : array (models, interactions)
        The same as truth values.
    tops : array (models, interactions)
        Interactions that no larger one in the model contains: taking one out leaves a model.
    """

    terms: Terms
    numbers: Ints
    holds: Flags
    tops: Flags

    def places(self, numbers: Ints) -> Ints:
        """Return where models with these numbers, all of them among these, stand."""
        return np.searchsorted(self.numbers, numbers)


@lru_cache(maxsize=16)
def terms_up_to(lists: int, max_order: int) -> Terms:
    """Return the terms of models on so many lists, up to groups of ``max_order`` lists.

    A group of all lists would explain every count and leave nothing to tell the unseen by,
    so groups end at all lists but one.
    """
    largest = min(max_order, lists - 1)
    cells = np.array([0, *(one for one in by_size(lists) if one.bit_count() <= max(largest, 1))])
    every = np.arange(1 << lists)
    within = (every[None, :] & cells[:, None]) == cells[:, None]
    return Terms(lists, _kept(cells), _kept(within.astype(np.float64)))


@lru_cache(maxsize=8)
def all_models(lists: int, max_order: int) -> Models | None:
    """Return all hierarchical models, or nothing where they are more than `MOST_MODELS`."""
    terms = terms_up_to(lists, max_order)
    numbers = np.zeros(1, dtype=np.int64)
    for place, cell in enumerate(terms.interactions):
        # Smaller interactions come first, so what this one needs has been decided.
        needed = _parts(terms, int(cell))
        able = numbers[(numbers & needed) == needed]
        if len(numbers) + len(able) > MOST_MODELS:
            return None
        numbers = np.concatenate([numbers, able | (1 << place)])
    found = models_of(terms, np.sort(numbers))
    for array in (found.numbers, found.holds, found.tops):
        _kept(array)
    return found


def models_of(terms: Terms, numbers: Ints) -> Models:
    """Return models with their numbers spelt out; ``numbers`` ascending."""
    every = np.arange(len(terms.interactions))
    holds = (numbers[:, None] >> every[None, :]) & 1 == 1
    return Models(terms, numbers, holds, tops_of(terms, holds))


def tops_of(terms: Terms, holds: Flags) -> Flags:
    """Return which interactions of each model no larger one in it contains."""
    tops = holds.copy()
    cells = terms.interactions
    for place, cell in enumerate(cells):
        above = ((cells & cell) == cell) & (cells != cell)
        if above.any():
            tops[:, place] &= ~holds[:, above].any(axis=1)
    return tops


def neighbours(terms: Terms, holds: Flags) -> tuple[Flags, Ints]:
    """Return all models one interaction away from some, and from which each comes.

    Returns
    -------
    array (neighbours, interactions), array (neighbours,)
        A model that is a neighbour of two stands twice.
    """
    cells = terms.interactions
    removable = tops_of(terms, holds)
    needs = ((cells[:, None] & cells[None, :]) == cells[None, :]) & (cells[:, None] != cells)
    lacks = (~holds).astype(np.float64) @ needs.T.astype(np.float64)
    addable = ~holds & (lacks == 0)
    rows, places = np.nonzero(removable | addable)
    changed = holds[rows]
    changed[np.arange(len(rows)), places] ^= True
    return changed, rows


def groups(names: Sequence[str], terms: Terms, holds: Flags) -> tuple[Group, ...]:
    """Return the largest groups of two or more lists in one model, as names; none: independent.

    Parameters
    ----------
    names : sequence of str
    holds : array (interactions,)
    """
    tops = tops_of(terms, holds[None])[0]
    return tuple(
        tuple(name for place, name in enumerate(names) if int(cell) >> place & 1)
        for cell in sorted(terms.interactions[tops], key=lambda cell: -int(cell).bit_count())
    )


def notation(names: Sequence[str], model: Sequence[Group]) -> str:
    """Write a model by the places of the lists in its largest groups, as log-linear texts do.

    Examples
    --------
    >>> notation(("police", "shelter", "embassy"), [("police", "embassy")])
    '[13,2]'
    """
    places = [tuple(sorted(names.index(name) + 1 for name in group)) for group in model]
    alone = [(one,) for one in range(1, len(names) + 1) if not any(one in some for some in places)]
    ordered = sorted([*places, *alone], key=lambda group: (-len(group), group))
    between = "." if len(names) > 9 else ""
    return "[" + ",".join(between.join(map(str, group)) for group in ordered) + "]"


def _kept(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array that the next call gets too, so that nobody can change it."""
    array.flags.writeable = False
    return array


def _parts(terms: Terms, cell: int) -> int:
    """Return, as bits, the interactions with one list less that an interaction contains."""
    size = cell.bit_count()
    return sum(
        1 << place
        for place, other in enumerate(map(int, terms.interactions))
        if other & cell == other and other.bit_count() == size - 1
    )
