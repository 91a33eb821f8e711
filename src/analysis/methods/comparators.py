"""One country's counts or scores and others' in; the rank of its change among theirs out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.errors import MethodError
from analysis.methods.counts import Count, require_events
from analysis.methods.scalars import real


@dataclass(frozen=True, slots=True)
class RankedRatio:
    """Rate ratio of one comparator: smallest and largest over its readings."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RatioRank:
    """Rank of the focal ratio among itself and ``n`` comparators (1: the largest).

    Ranks and p-values run from the reading that favours the focal country most to
    the one that favours it least. ``smallest_p`` is 1 / (n + 1): however large the
    ratio, so few comparators allow no smaller p. ``ratios`` are the comparators'.
    """

    rank_low: int
    rank_high: int
    n: int
    p_low: float
    p_high: float
    smallest_p: float
    focal: RankedRatio
    ratios: tuple[RankedRatio, ...]


def ratio_rank(focal: tuple[Count, Count], others: Mapping[str, tuple[Count, Count]]) -> RatioRank:
    """Rank one country's rate ratio among those of others (placebo in space).

    If the country's plan had changed nothing and countries were exchangeable,
    every rank would be equally likely; p is the share of countries, the focal one
    included, with a ratio at least as large. Countries that changed their own laws
    at the time, or count by other rules, are no placebos.

    Parameters
    ----------
    focal : tuple of Count
        Events and exposure before and after.
    others : mapping of str to tuple of Count
        The same for each comparator, by name.

    Returns
    -------
    RatioRank
        One-sided (large ratios). Ties count against the focal country. A
        comparator that may have 0 events in both periods can take any rank.

    Raises
    ------
    MethodError
        If there is no comparator, or the focal country may have 0 events in both
        periods.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105, 493-505 (placebo in space).

    Examples
    --------
    >>> exact = lambda before, after: (Count(before, before, 4.0), Count(after, after, 4.0))
    >>> ratio_rank(exact(5, 20), {"A": exact(10, 12), "B": exact(8, 4)}).rank_high
    1
    """
    if not others:
        raise MethodError(
            "ratio_rank: 0 comparators, so there is nothing to rank among. "
            "Give countries with complete series, or report the ratio alone."
        )
    require_events("ratio_rank", *focal)
    mine = _readings("", *focal)
    ratios = tuple(_readings(name, *counts) for name, counts in others.items())
    best = 1 + sum(other.low >= mine.high for other in ratios)
    worst = 1 + sum(other.high >= mine.low for other in ratios)
    countries = len(ratios) + 1
    return RatioRank(
        rank_low=best,
        rank_high=worst,
        n=len(ratios),
        p_low=best / countries,
        p_high=worst / countries,
        smallest_p=1 / countries,
        focal=mine,
        ratios=tuple(sorted(ratios, key=lambda one: (-one.high, -one.low, one.name))),
    )


@dataclass(frozen=True, slots=True)
class ChangeRank:
    """Rank of the focal change among itself and ``n`` comparators (1: the largest).

    ``rank`` counts ties against the focal country, ``best`` for it; ``p`` is rank over
    number of countries and cannot be below ``smallest_p``. ``changes`` are the
    comparators', the largest first.
    """

    rank: int
    best: int
    n: int
    p: float
    smallest_p: float
    focal: float
    changes: tuple[tuple[str, float], ...]

    @property
    def rank_low(self) -> int:
        """Best rank, as `RatioRank` names it."""
        return self.best

    @property
    def rank_high(self) -> int:
        """Worst rank, as `RatioRank` names it."""
        return self.rank

    @property
    def p_low(self) -> float:
        """Rank over number of countries: scores have one reading."""
        return self.p

    @property
    def p_high(self) -> float:
        """Rank over number of countries: scores have one reading."""
        return self.p


def change_rank(focal: float, others: Mapping[str, float]) -> ChangeRank:
    """Rank one country's change of a score among those of others (placebo in space).

    For scores, which have no ratio: a step from 1 to 2 is not twice a step from 4 to 5.
    Otherwise as `ratio_rank`, with exact values.

    Parameters
    ----------
    focal : float
        Mean score after less mean score before.
    others : mapping of str to float
        The same for each comparator, by name.

    Returns
    -------
    ChangeRank
        One-sided (large changes). Scores have a ceiling: who stands there before can
        only fall, and ranks low whatever the plan did.

    Raises
    ------
    MethodError
        If there is no comparator, or a change is not a finite number.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105, 493-505 (placebo in space).

    Examples
    --------
    >>> found = change_rank(0.5, {"A": 1.0, "B": 0.5, "C": -1.0})
    >>> found.best, found.rank, found.p
    (2, 3, 0.75)
    """
    if not others:
        raise MethodError(
            "change_rank: 0 comparators, so there is nothing to rank among. "
            "Give countries with complete series, or report the change alone."
        )
    wrong = sum(not math.isfinite(real(change)) for change in (focal, *others.values()))
    if wrong:
        raise MethodError(
            f"change_rank: {wrong} of {len(others) + 1} changes are missing or infinite. "
            "Give countries with complete series only."
        )
    # Means over different numbers of years differ in the last digits, and a tie must stay one.
    near = 1e-9 * max(1.0, abs(focal))
    best = 1 + sum(change > focal + near for change in others.values())
    rank = 1 + sum(change >= focal - near for change in others.values())
    countries = len(others) + 1
    ordered = tuple(sorted(others.items(), key=lambda pair: (-pair[1], pair[0])))
    return ChangeRank(rank, best, len(others), rank / countries, 1 / countries, focal, ordered)


def _readings(name: str, before: Count, after: Count) -> RankedRatio:
    if before.low == 0 and after.low == 0:
        return RankedRatio(name, 0.0, math.inf)
    low = _divide(after.low / after.exposure, before.high / before.exposure)
    high = _divide(after.high / after.exposure, before.low / before.exposure)
    return RankedRatio(name, low, high)


def _divide(after: float, before: float) -> float:
    return after / before if before else math.inf
