"""A table's totals in; what becomes of them when lists are changed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import MethodError
from analysis.methods.population_size.consistency import Consistency, internal_consistency
from analysis.methods.population_size.estimating import estimate
from analysis.methods.population_size.left_out import leave_one_out
from analysis.methods.population_size.merged import merge_and_refit
from analysis.methods.population_size.refits import Refit, Refits, refused
from analysis.methods.population_size.remaining import Remaining, remaining_by_pair
from analysis.methods.population_size.result import (
    EXISTS,
    NOT_FINITE,
    NoEstimateError,
    PopulationEstimate,
)
from analysis.methods.population_size.subsets import only
from analysis.methods.population_size.tables import Lists
from analysis.methods.population_size.trajectory import FEWEST, trajectory
from analysis.methods.population_size.two_lists import PairEstimate, pair_estimates
from analysis.study.hidden.estimating import HEADLINE, Hidden

TIE = 2.0
"""Odds ratio of a dependence that is assumed: not large beside those that tables show."""


@dataclass(frozen=True, slots=True)
class Tied:
    """The total if two lists that the model takes to be independent were tied, or avoided."""

    lists: tuple[str, ...]
    tied: float
    avoiding: float


@dataclass(frozen=True, slots=True)
class Checked:
    """The headline method's total again, lists changed.

    ``merged`` is empty for three lists, of which merging leaves two. ``tied`` is the pair of
    lists whose assumed dependence moves the total most; None where the model has every pair or
    no estimate. ``path`` adds one list at a time in the order of the table, the first two by
    Chapman's formula.
    """

    left_out: Refits
    merged: Refits | None
    consistency: Consistency
    tied: Tied | None
    pairs: tuple[PairEstimate, ...]
    path: tuple[Refit, ...]


def checked(found: Hidden) -> Checked:
    """Hold a table's total to every change of its lists; no limits but those of the path."""
    options, lists = found.options, found.lists

    def plain(some: Lists) -> PopulationEstimate:
        return estimate(some, method=HEADLINE, threshold=options.threshold, bootstrap=0)

    def resampled(some: Lists) -> PopulationEstimate:
        return estimate(
            some,
            method=HEADLINE,
            threshold=options.threshold,
            bootstrap=options.bootstrap,
            rng=options.seed,
        )

    pairs = pair_estimates(lists)
    steps = trajectory(lists, resampled) if len(lists.names) >= FEWEST else ()
    return Checked(
        left_out=leave_one_out(lists, plain),
        merged=merge_and_refit(lists, plain) if len(lists.names) > FEWEST else None,
        consistency=internal_consistency(lists, plain),
        tied=_tied(found),
        pairs=pairs,
        path=(_two(lists, pairs), *steps),
    )


def _two(lists: Lists, pairs: Sequence[PairEstimate]) -> Refit:
    """Return Chapman's total of the first two lists: no model can be told from two."""
    pair, both = pairs[0], only(lists, lists.names[:2])
    if pair.refusal:
        return refused(both, pair.refusal, NOT_FINITE)
    return Refit(both.names, both.n, pair.chapman, pair.low, pair.high, (), EXISTS, None)


def _tied(found: Hidden) -> Tied | None:
    headline = found.headline
    if headline is None or headline.method != HEADLINE:
        return None
    try:
        every = remaining_by_pair(found.lists, model=headline.model, ratios=(1 / TIE, TIE))
    except (NoEstimateError, MethodError):
        return None
    if not every:
        return None
    most = max(every, key=_moved)
    avoiding, tied = (step.total for step in most.course)
    return Tied(most.between[0], tied, avoiding)


def _moved(one: Remaining) -> float:
    return max(max(step.total / one.total, one.total / step.total) for step in one.course)
