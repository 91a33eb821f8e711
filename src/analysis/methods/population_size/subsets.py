"""A table of lists in; the tables that some of its lists, or some of its cases, make out.

All return `Lists` in the order of the lists given. A case that is on none of the lists left
is no longer seen, so the number of cases goes down; the population stays the same, except
in `conditioned`, where it becomes the cases of one list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Ints
from analysis.methods.population_size.tables import COUNT, FEWEST_LISTS, Lists

_JOINED = " + "


def only(lists: Lists, names: Collection[str]) -> Lists:
    """Return the table of some of the lists.

    Raises
    ------
    MethodError
        If a name is no list of the table, stands twice, or no list is named.
    """
    places = _places("only", lists, names)
    cells = _moved(len(lists.counts), places, lambda at, _: at)
    return Lists(tuple(lists.names[place] for place in places), _counted(lists, cells, len(places)))


def without(lists: Lists, left_out: Collection[str]) -> Lists:
    """Return the table without some of the lists.

    Raises
    ------
    MethodError
        If a name is no list of the table or stands twice, or no list remains.
    """
    gone = {lists.names[place] for place in _places("without", lists, left_out)}
    return only(lists, [name for name in lists.names if name not in gone])


def merge_lists(lists: Lists, groups: Sequence[Collection[str]]) -> Lists:
    """Return the table in which each group of lists is one list: on any of them.

    The new list stands where the first of its group stood, and is called by all their names.

    Parameters
    ----------
    lists : Lists
    groups : sequence of groups
        Names of two or more lists; no list in two groups.

    Raises
    ------
    MethodError
        If a group has fewer than two lists, a name is no list, or a list is in two groups.

    Examples
    --------
    >>> police = Lists(("police", "border", "shelter"), np.array([0, 5, 4, 1, 6, 2, 1, 0]))
    >>> merged = merge_lists(police, [("police", "border")])
    >>> merged.names, merged.counts.tolist()
    (('police + border', 'shelter'), [0, 10, 6, 3])
    """
    _places("merge_lists", lists, [name for group in groups for name in group])
    if any(len(group) < FEWEST_LISTS for group in groups):
        raise MethodError("merge_lists: a group has fewer than two lists. Name those to merge.")
    home = list(range(len(lists.names)))
    for group in groups:
        places = _places("merge_lists", lists, group)
        for place in places:
            home[place] = places[0]
    kept = sorted(set(home))
    names = tuple(
        _JOINED.join(lists.names[at] for at in range(len(home)) if home[at] == place)
        for place in kept
    )
    aim = [kept.index(place) for place in home]
    cells = _moved(len(lists.counts), range(len(home)), lambda _, place: aim[place])
    return Lists(names, _counted(lists, cells, len(kept)))


def conditioned(lists: Lists, on: str) -> Lists:
    """Return the other lists' table among the cases of one list.

    The population of this table is known: it is the size of the list ``on``; those on that
    list alone are what its table does not see. Lists without a case in common with it stay
    in, empty: `without_empty` takes them out.

    Raises
    ------
    MethodError
        If ``on`` is no list of the table.
    """
    (place,) = _places("conditioned", lists, [on])
    every = np.arange(len(lists.counts))
    counts = np.where((every >> place) & 1 == 1, lists.counts, 0)
    return only(Lists(lists.names, counts), [name for name in lists.names if name != on])


def without_empty(lists: Lists) -> Lists:
    """Return the table without the lists that have no case; a table may have no list then."""
    named = [name for name, size in zip(lists.names, lists.sizes, strict=True) if size]
    return only(lists, named) if named else Lists((), np.zeros(1, dtype=np.int64))


def _places(method: str, lists: Lists, names: Collection[str]) -> list[int]:
    """Return where the named lists stand, in the order of the table."""
    if isinstance(names, str):
        raise MethodError(f"{method}: one text where names of lists are needed. Put it in a tuple.")
    unknown = [name for name in names if name not in lists.names]
    if unknown or not names:
        raise MethodError(
            f"{method}: {len(unknown)} of {len(names)} names are no list of this table. "
            f"Its lists are {', '.join(name for name in lists.names if name != COUNT)}."
        )
    if len(set(names)) < len(names):
        raise MethodError(f"{method}: a list is named twice. Name each once.")
    return sorted(lists.names.index(name) for name in names)


def _moved(cells: int, places: Sequence[int], aim: Callable[[int, int], int]) -> Ints:
    """Return the cell that each cell becomes; ``aim(at, place)``: the new place of a list."""
    every = np.arange(cells)
    moved = np.zeros(cells, dtype=np.int64)
    for at, place in enumerate(places):
        moved |= ((every >> place) & 1) << aim(at, place)
    return moved


def _counted(lists: Lists, cells: Ints, left: int) -> Ints:
    counts = np.zeros(1 << left, dtype=np.int64)
    np.add.at(counts, cells, lists.counts)
    counts[0] = 0
    return counts
