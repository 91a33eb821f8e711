"""A model and a table in, whether a finite and single estimate exists out.

The likelihood has a finite maximum exactly if some table with a positive count in every
open cell has the sums that the model fits (Fienberg & Rinaldo 2012). Which cells have cases
decides that, not how many: so answers are kept by model and set of cells with cases.
A converged fit is such a table itself; the linear programme is for the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.fits import (
    CLOSE,
    NO_TERM,
    Fits,
    carry_on,
    fit_all,
    identifiable,
    open_cells,
)
from analysis.methods.population_size.result import EXISTS, NOT_FINITE, NOT_IDENTIFIABLE, Group
from analysis.methods.population_size.tables import Lists, at_least, by_size, lists_of

if TYPE_CHECKING:
    import pandas as pd

_WEIGHT = 1000.0
"""Stands for the count of each cell with cases: any positive number leads to the same answer."""
_POSITIVE = 1e-5
"""The programme's least count above this is positive; its own tolerance is 1e-7."""


def existence(
    lists: pd.DataFrame | Lists, groups: Iterable[Iterable[str]] = (), *, programme: bool = False
) -> int:
    """Say whether a model has a finite estimate for a table, and a single one.

    Parameters
    ----------
    lists : DataFrame or Lists
    groups : iterable of iterables of names
        Groups of two or more lists that depend on each other; with a group, all groups
        within it. None: the lists are independent.
    programme : bool
        Solve the linear programme even where a converged fit already proves existence.

    Returns
    -------
    int
        0: yes; 1: no finite maximum; 2: parameters cannot be told apart; 3: neither.
        A combination in the model that nobody is on has its parameter at minus infinity,
        which counts as an answer: it is left out, with the cells that contain it.

    Raises
    ------
    MethodError
        If a group names no list, one list, or a list twice.

    References
    ----------
    Fienberg & Rinaldo (2012), Ann. Stat. 40, 996-1023; Chan, Silverman & Vincent (2021),
    J. Am. Stat. Assoc. 116, 1297-1306.

    Examples
    --------
    >>> from analysis.methods.population_size.tables import Lists
    >>> three = Lists(("A", "B", "C"), np.array([0, 40, 30, 6, 20, 0, 0, 0]))
    >>> existence(three), existence(three, [("A", "B")]), existence(three, [("A", "C")])
    (0, 1, 0)
    """
    table = lists_of(lists, method="existence")
    terms = np.array([terms_of(table.names, groups, method="existence")])
    if not programme and fit_all(table.counts[None], terms).converged[0]:
        return EXISTS
    return code(table.counts, terms[0])


def code(counts: Ints, terms: Ints) -> int:
    """Return the code of one model for one table, from the linear programme and the rank.

    Parameters
    ----------
    counts : array (cells,)
    terms : array (terms,)
        As `fits.fit_all` takes them.
    """
    cells = tuple(np.flatnonzero(counts[1:] > 0) + 1)
    return _code(len(counts), cells, tuple(int(term) for term in terms if term != NO_TERM))


def fit_or_code(
    counts: Ints, terms: Ints, *, start: Floats | None = None, close: float = CLOSE
) -> tuple[Fits, Ints]:
    """Fit one model to each table, and say of each whether it has an estimate.

    Parameters
    ----------
    counts, terms, start, close
        As for `fits.fit_all`.

    Returns
    -------
    Fits, array (fits,)
        The fits, and their codes; where a code is 0 the fit has settled.

    Raises
    ------
    MethodError
        If an estimate exists that is not found.
    """
    terms = np.broadcast_to(terms, (len(counts), terms.shape[1]))
    fits = fit_all(counts, terms, start=start, close=close)
    codes = np.zeros(len(counts), dtype=np.int64)
    for row in map(int, np.flatnonzero(~fits.converged)):
        codes[row] = code(counts[row], terms[row])
        if (
            codes[row] == EXISTS
            and not fits.settled[row]
            and not _settled(fits, counts, terms, row)
        ):
            raise MethodError(
                f"estimate: a model with {int((terms[row] != NO_TERM).sum())} parameters has an "
                "estimate, but its fit does not settle. Take a smaller model, or merge lists."
            )
    return fits, codes


def _settled(fits: Fits, counts: Ints, terms: Ints, row: int) -> bool:
    """Carry on a fit that exists but is lopsided: millions of cases here, one there."""
    used = np.flatnonzero(np.isfinite(fits.parameters[row]) & (terms[row] != NO_TERM))
    opened = open_cells(counts.shape[1], terms[row : row + 1], np.isneginf(fits.parameters[[row]]))
    cells = np.flatnonzero(opened[0])
    within = (cells[:, None] & terms[row, used]) == terms[row, used]
    theta, settled = carry_on(
        within.astype(np.float64), counts[row, cells].astype(np.float64), fits.parameters[row, used]
    )
    fits.parameters[row, used], fits.settled[row] = theta, settled
    fits.expected[row, cells] = np.exp(np.minimum(within @ theta, 700.0))
    fits.expected[row, 0] = np.exp(theta[0])
    return settled


def terms_of(
    names: Sequence[str], groups: Iterable[Iterable[str]], *, method: str
) -> tuple[int, ...]:
    """Return the terms of a model: the constant, each list, and all groups within a group.

    Raises
    ------
    MethodError
        If a group names no list, one list, or a list twice.
    """
    tops = [_combination(names, tuple(group), method) for group in groups]
    within = [
        cell
        for cell in by_size(len(names))
        if cell.bit_count() == 1 or any(cell & top == cell for top in tops)
    ]
    return (0, *within)


def groups_of(names: Sequence[str], terms: Iterable[int]) -> tuple[Group, ...]:
    """Return the groups of two or more lists among terms, the smaller first."""
    order = {cell: place for place, cell in enumerate(by_size(len(names)))}
    chosen = sorted((int(term) for term in terms if _many(int(term))), key=order.__getitem__)
    return tuple(group_of(names, term) for term in chosen)


def group_of(names: Sequence[str], combination: int) -> Group:
    """Return the names of the lists in a combination."""
    return tuple(name for place, name in enumerate(names) if combination >> place & 1)


def _many(term: int) -> bool:
    return term > 0 and term.bit_count() > 1


def _combination(names: Sequence[str], group: tuple[str, ...], method: str) -> int:
    unknown = [name for name in group if name not in names]
    if unknown:
        raise MethodError(
            f"{method}: {len(unknown)} of {len(group)} names in a group are no list. "
            f"The lists are: {', '.join(names)}."
        )
    if len(group) < 2 or len(set(group)) < len(group):
        raise MethodError(
            f"{method}: a group of {len(group)} names with {len(set(group))} different ones. "
            "Give two or more different lists; each list by itself is in every model."
        )
    return sum(1 << names.index(name) for name in group)


@lru_cache(maxsize=200_000)
def _code(cells: int, seen: tuple[int, ...], terms: tuple[int, ...]) -> int:
    """Answer from which cells have cases."""
    support = np.zeros(cells)
    support[list(seen)] = _WEIGHT
    model = np.array([terms])
    empty = at_least(support)[model] == 0
    empty[:, 0] = False
    opened = open_cells(cells, model, empty)[0]
    kept = model[0][~empty[0]]
    lacking = not identifiable(np.array(len(kept)), np.array(opened.sum()))
    finite = _least_count(support, kept, np.flatnonzero(opened)) > _POSITIVE
    return (EXISTS if finite else NOT_FINITE) + (NOT_IDENTIFIABLE if lacking else 0)


def _least_count(support: Floats, kept: Ints, opened: Ints) -> float:
    """Return the largest least count of a table on open cells with the sums of the model."""
    from scipy.optimize import linprog

    contains = ((opened[None, :] & kept[:, None]) == kept[:, None]).astype(np.float64)
    # Every count is what it has beyond the least one, and the least one: both 0 or more.
    sums = np.hstack([contains, contains.sum(axis=1, keepdims=True)])
    aim = np.zeros(len(opened) + 1)
    aim[-1] = -1.0
    found = linprog(aim, A_eq=sums, b_eq=contains @ support[opened], method="highs")
    return float(np.asarray(found.x)[-1]) if found.status == 0 else 0.0
