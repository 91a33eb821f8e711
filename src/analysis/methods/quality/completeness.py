"""What was expected and what came in; the shares that came, and the names of what did not, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.scalars import is_one_of, is_there

Label = str | int
"""Name of a sender, or a period as its sender writes it (2009, "2009-Q3")."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the expected came; ``name`` is a sender, a period, a field or "all"."""

    name: Label
    came: int
    expected: int

    @property
    def share(self) -> float:
        """The share that came, 0 to 1."""
        return self.came / self.expected


@dataclass(frozen=True, slots=True, order=True)
class Submission:
    """What one sender sends for one period."""

    sender: Label
    period: Label


@dataclass(frozen=True, slots=True)
class Completeness:
    """Shares of submissions that came, and which did not.

    ``missing`` and ``unexpected`` are named in the order they were given;
    ``repeated`` counts those received more than once, each of which counts once.
    """

    overall: Share
    by_sender: tuple[Share, ...]
    by_period: tuple[Share, ...]
    missing: tuple[Submission, ...]
    unexpected: tuple[Submission, ...]
    repeated: int


@dataclass(frozen=True, slots=True)
class Reported:
    """Share of periods with a figure; ``missing`` are the places (0 first) without one."""

    overall: Share
    missing: tuple[int, ...]


def submissions(
    expected: Iterable[tuple[Label, Label]], received: Iterable[tuple[Label, Label]]
) -> Completeness:
    """Compare the submissions that came with those that were agreed on.

    Parameters
    ----------
    expected : iterable of (sender, period)
        Each submission agreed on, once.
    received : iterable of (sender, period)
        Each that came; a correction sent later counts once.

    Returns
    -------
    Completeness
        Submissions that nobody expected are named, and are not counted as having come.

    Raises
    ------
    MethodError
        If nothing was expected, something was expected twice, or a name is missing.

    References
    ----------
    World Health Organization (2017), Data Quality Review, module 1: completeness.

    Examples
    --------
    >>> found = submissions([("north", 2008), ("north", 2009)], [("north", 2009)])
    >>> found.overall.share, found.missing[0].period
    (0.5, 2008)
    """
    due, came = _submissions("expected", expected), _submissions("received", received)
    if not due:
        raise MethodError("submissions: nothing was expected. List who was to send what.")
    if len(due) > len(set(due)):
        raise MethodError(
            f"submissions: {len(due) - len(set(due))} of {len(due)} expected submissions stand "
            "more than once. List each once."
        )
    there = set(came)

    def shares(label: Callable[[Submission], Label]) -> tuple[Share, ...]:
        groups: dict[Label, list[bool]] = {}
        for one in due:
            groups.setdefault(label(one), []).append(one in there)
        return tuple(Share(name, sum(came), len(came)) for name, came in groups.items())

    return Completeness(
        overall=Share("all", sum(one in there for one in due), len(due)),
        by_sender=shares(lambda one: one.sender),
        by_period=shares(lambda one: one.period),
        missing=tuple(one for one in due if one not in there),
        unexpected=tuple(one for one in dict.fromkeys(came) if one not in set(due)),
        repeated=len(came) - len(there),
    )


def reported(
    values: Sequence[float | None] | Any, *, zero: Literal["count", "not reported"] = "count"
) -> Reported:
    """Count the periods of one series that have a figure.

    Parameters
    ----------
    values : sequence of float or None, shape (n_periods,)
        One a period. Here, and only here, a missing value (None or NaN) is what is counted.
    zero : {"count", "not reported"}
        What a 0 means. Some systems write 0 where nobody answered: then it is no figure.

    Raises
    ------
    MethodError
        If there is no period, or a value is infinite or no number.

    References
    ----------
    World Health Organization (2017), Data Quality Review, module 1: completeness.

    Examples
    --------
    >>> reported([12, 0, 14, 11], zero="not reported").overall.share
    0.75
    """
    if not is_one_of(zero, ("count", "not reported")):
        raise MethodError('reported: zero must be "count" or "not reported". Say what a 0 means.')
    listed = list(values)
    there = np.array([is_there(value) for value in listed], dtype=bool)
    if there.any():
        known = [one for one in listed if one is not None and is_there(one)]
        figures = checked.numbers("reported", "values", known)
        if zero == "not reported":
            there[there] = figures != 0
    if not len(there):
        raise MethodError("reported: there is no period. Give one value a period, or None.")
    gone = tuple(int(place) for place in np.flatnonzero(~there))
    return Reported(Share("all", int(there.sum()), len(there)), gone)


def _submissions(name: str, pairs: Iterable[tuple[Label, Label]]) -> list[Submission]:
    try:
        found = [Submission(sender, period) for sender, period in pairs]
    except (TypeError, ValueError) as error:
        raise MethodError(
            f"submissions: one of those {name} is no pair. Give its sender and its period."
        ) from error
    nameless = sum(not (is_there(one.sender) and is_there(one.period)) for one in found)
    if nameless:
        raise MethodError(
            f"submissions: {nameless} of {len(found)} {name} have no sender or no period. "
            "Name both."
        )
    return found
