"""A table of lists and an estimator in; its estimate, or in words why there is none, out.

One of many re-fits without an estimate is a finding, not an end: it becomes a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from analysis.errors import MethodError
from analysis.methods.population_size.result import (
    Group,
    Method,
    NoEstimateError,
    PopulationEstimate,
)
from analysis.methods.population_size.tables import Lists

Estimator = Method | Callable[[Lists], PopulationEstimate]
"""Name of a method (then without a bootstrap: the limits are those of `estimate` with
``bootstrap=0``; "average", which has no others, takes 200 resamples), or a function that raises
`NoEstimateError` where no honest number exists."""

_RESAMPLES = {"average": 200}

_SEED = 1
"""For methods that draw: the same call gives the same result."""


@dataclass(frozen=True, slots=True)
class Refit:
    """An estimate from a part of a table, or why there is none.

    Attributes
    ----------
    lists : group
        Names of the lists that it rests on.
    n : int
        Cases on at least one of them.
    total, low, high : float or None
        As of `PopulationEstimate`; ``None``: no estimate. ``high`` is infinite where the data
        set no upper limit.
    model : tuple of groups
        Lists that depend on each other.
    existence : int or None
        Code of the model; ``None`` where the table was refused before any model was looked at.
    reason : str or None
        Why there is no estimate.
    """

    lists: Group
    n: int
    total: float | None
    low: float | None
    high: float | None
    model: tuple[Group, ...]
    existence: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A re-fit after one change to the lists.

    ``lists`` are the lists left out, or merged into one; ``ratio`` is the new total over that of
    all lists, ``None`` where either has no estimate.
    """

    lists: Group
    refit: Refit
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Refits:
    """The whole table's estimate, and how it changes.

    ``furthest`` is the largest factor between the whole table's total and a re-fit's, at least
    1; ``None`` without two estimates to compare. ``without_estimate`` counts the re-fits that
    have none.
    """

    whole: Refit
    changed: tuple[Changed, ...]
    furthest: float | None
    without_estimate: int


def refit(lists: Lists, estimator: Estimator) -> Refit:
    """Estimate from a table, and put a refusal in words in place of a number.

    Examples
    --------
    >>> def refuses(lists: Lists) -> PopulationEstimate:
    ...     raise NoEstimateError("estimate: no case is on two lists. Show the counts.", 1)
    >>> import numpy as np
    >>> refit(Lists(("police", "shelter"), np.array([0, 3, 4, 0])), refuses).reason
    'estimate: no case is on two lists. Show the counts.'
    """
    by_estimator = named_estimator(estimator)
    try:
        found = by_estimator(lists)
    except NoEstimateError as error:
        return refused(lists, str(error), error.existence)
    except MethodError as error:
        return refused(lists, str(error), None)
    return Refit(
        lists.names,
        lists.n,
        found.estimate,
        found.low,
        found.high,
        found.model,
        found.existence,
        None,
    )


def refused(lists: Lists, reason: str, existence: int | None) -> Refit:
    """Return a row that has no estimate."""
    return Refit(lists.names, lists.n, None, None, None, (), existence, reason)


def compared(whole: Refit, parts: Sequence[tuple[Group, Refit]]) -> Refits:
    """Set re-fits beside the whole table's."""
    changed = tuple(Changed(lists, part, _ratio(part, whole)) for lists, part in parts)
    factors = [max(one.ratio, 1 / one.ratio) for one in changed if one.ratio is not None]
    return Refits(
        whole,
        changed,
        max(factors, default=None),
        sum(part.total is None for _, part in parts),
    )


def named_estimator(estimator: Estimator) -> Callable[[Lists], PopulationEstimate]:
    """Return the function that a method's name stands for.

    Raises
    ------
    MethodError
        If it is no method: no row of refusals may hide that.
    """
    if callable(estimator):
        return estimator
    if estimator not in get_args(Method):
        raise MethodError(
            f"population_size: there is no such method. Choose of {', '.join(get_args(Method))}."
        )
    from analysis.methods.population_size.estimating import estimate

    def by_name(lists: Lists) -> PopulationEstimate:
        resamples = _RESAMPLES.get(estimator, 0)
        return estimate(lists, method=estimator, bootstrap=resamples, rng=_SEED)

    return by_name


def _ratio(part: Refit, whole: Refit) -> float | None:
    if part.total is None or whole.total is None:
        return None
    return part.total / whole.total
