"""Lists in; how the total moves as lists are added out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING

from analysis.errors import MethodError
from analysis.methods.population_size.refits import Estimator, Refit, refit
from analysis.methods.population_size.subsets import only
from analysis.methods.population_size.tables import Lists, lists_of

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 3
"""Lists to begin with: two cannot tell dependence from a large hidden part."""


@dataclass(frozen=True, slots=True)
class AtLists:
    """Totals by all choices of so many lists.

    ``lowest``, ``middle`` (median) and ``highest`` are of those that have an estimate, ``None``
    without any; ``without_estimate`` counts the others of ``choices``.
    """

    lists: int
    choices: int
    without_estimate: int
    lowest: float | None
    middle: float | None
    highest: float | None


def trajectory(
    given: pd.DataFrame | Lists,
    estimator: Estimator = "stepwise",
    *,
    order: Sequence[str] | None = None,
    fewest: int = FEWEST,
) -> tuple[Refit, ...]:
    """Estimate from the first few lists, then with one more each time.

    A total that goes on rising as lists are added has not been found yet.

    Parameters
    ----------
    given : DataFrame or Lists
    estimator : method name or function
        Chooses its model anew at every step.
    order : sequence of str, optional
        All names, in the order in which lists are added (say, by when each began), declared
        before looking; otherwise the order of the table.
    fewest : int
        Lists to begin with, 2 or more.

    Returns
    -------
    tuple of Refit
        The last rests on all lists.

    Raises
    ------
    MethodError
        If it is no table of lists, the order is not of all lists once, or ``fewest`` is below
        2 or more than there are.

    References
    ----------
    Binette & Steorts (2022), Journal of the Royal Statistical Society A 185, 640-676.
    """
    lists = lists_of(given, method="trajectory")
    chosen = tuple(lists.names if order is None else order)
    _require_fewest("trajectory", lists, fewest)
    _require_order("trajectory", lists.names, chosen)
    return tuple(
        refit(only(lists, chosen[:several]), estimator)
        for several in range(fewest, len(chosen) + 1)
    )


def every_trajectory(
    given: pd.DataFrame | Lists, estimator: Estimator = "stepwise", *, fewest: int = FEWEST
) -> tuple[Refit, ...]:
    """Estimate from every choice of lists: all orders in which they could be added, at once.

    Five lists make 16 choices of three or more, ten make 968.

    Returns
    -------
    tuple of Refit
        The fewest lists first, then in the order of the table; the last rests on all lists.
        `along` picks the steps of one order, `by_number` sums them up.

    Raises
    ------
    MethodError
        If it is no table of lists, or ``fewest`` is below 2 or more than there are.
    """
    lists = lists_of(given, method="every_trajectory")
    _require_fewest("every_trajectory", lists, fewest)
    return tuple(
        refit(only(lists, chosen), estimator)
        for several in range(fewest, len(lists.names) + 1)
        for chosen in combinations(lists.names, several)
    )


def along(choices: Sequence[Refit], order: Sequence[str]) -> tuple[Refit, ...]:
    """Return, of every choice of lists, the steps that an order goes through.

    Raises
    ------
    MethodError
        If there are no choices, or the order is not of all lists once.
    """
    names = _whole("along", choices)
    _require_order("along", names, tuple(order))
    by_lists = {frozenset(choice.lists): choice for choice in choices}
    steps = (frozenset(order[:several]) for several in range(1, len(order) + 1))
    return tuple(by_lists[step] for step in steps if step in by_lists)


def by_number(choices: Sequence[Refit]) -> tuple[AtLists, ...]:
    """Return the range of totals by the number of lists that they rest on.

    Raises
    ------
    MethodError
        If there are no choices.
    """
    _whole("by_number", choices)
    rows = []
    for several in sorted({len(choice.lists) for choice in choices}):
        here = [choice for choice in choices if len(choice.lists) == several]
        totals = [choice.total for choice in here if choice.total is not None]
        rows.append(
            AtLists(
                several,
                len(here),
                len(here) - len(totals),
                min(totals, default=None),
                median(totals) if totals else None,
                max(totals, default=None),
            )
        )
    return tuple(rows)


def _whole(method: str, choices: Sequence[Refit]) -> tuple[str, ...]:
    if not choices:
        raise MethodError(f"{method}: no choices of lists. Give what every_trajectory returns.")
    return max((choice.lists for choice in choices), key=len)


def _require_fewest(method: str, lists: Lists, fewest: int) -> None:
    if not 2 <= fewest <= len(lists.names):
        raise MethodError(
            f"{method}: {len(lists.names)} lists cannot begin with {fewest}. "
            "Begin with 2 or more, at most as many as there are."
        )


def _require_order(method: str, names: tuple[str, ...], order: tuple[str, ...]) -> None:
    if sorted(order) != sorted(names):
        raise MethodError(
            f"{method}: the order does not name each of the {len(names)} lists once. "
            "Name all of them."
        )
