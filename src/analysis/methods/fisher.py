"""Two parts of two wholes in; Fisher's exact p-values and the odds ratio with exact limits out.

Given both totals and the sum of the parts, the first part is hypergeometric. Each
further member of the first part moves every one-sided result one way, each of the
second the other (Efron 1965: binomial counts given their sum), so the two extreme
readings bound all others; a two-sided p has no such order, and all readings are
gone through.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.proportions import Part

__all__ = ["Bounds", "FisherTest", "OddsRatio", "Part", "fisher_test", "odds_ratio"]

MOST_TABLES = 5_000_000
"""Readings times the tables behind each that `fisher_test` will go through (seconds)."""

MOST_MEMBERS = 1_000_000
"""Largest whole; beyond it an exact test says no more than a comparison of shares."""

_AS_LIKELY = 1 + 1e-7
"""Tables this much more likely than the observed count as equally likely, as in R."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Smallest and largest value over all readings."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FisherTest:
    """P-values of equal odds, each with its bounds over all readings.

    ``greater``: the first share is larger; ``less``: it is smaller; ``two_sided``: all
    tables no more likely than the observed are added up (as R does); ``doubled``: the
    smaller one-sided value doubled, cut at 1. The ``mid_`` values count half of the
    observed table's probability.
    """

    two_sided: Bounds
    mid_two_sided: Bounds
    doubled: Bounds
    mid_doubled: Bounds
    greater: Bounds
    mid_greater: Bounds
    less: Bounds
    mid_less: Bounds
    readings: int


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """Odds of the first share over odds of the second: both extreme readings, limits over all."""

    low_estimate: float
    high_estimate: float
    low: float
    high: float
    level: float
    mid_p: bool


def fisher_test(first: Part, second: Part) -> FisherTest:
    """Test that two shares are equal, whatever they are, over every reading.

    Parameters
    ----------
    first, second : Part
        Two independent groups.

    Returns
    -------
    FisherTest
        ``doubled`` and ``mid_doubled`` agree with the limits of `odds_ratio`: 1 lies
        outside the 95 percent limits when they are below 0.05. ``two_sided`` need not.

    Raises
    ------
    MethodError
        If there are more than ``MOST_TABLES`` tables or ``MOST_MEMBERS`` members.

    References
    ----------
    Fisher (1935), The Design of Experiments, chapter 2; mid-p: Lydersen, Fagerland &
    Laake (2009), Statistics in Medicine 28, 1159-1175.

    Examples
    --------
    >>> found = fisher_test(Part(3, 3, 4), Part(1, 1, 4))
    >>> round(found.two_sided.low, 4), round(found.greater.low, 4)
    (0.4857, 0.2429)
    """
    _require_size("fisher_test", first, second)
    readings = (first.high - first.low + 1) * (second.high - second.low + 1)
    tables = readings * (min(first.total, second.total) + 1)
    if tables > MOST_TABLES:
        raise MethodError(
            f"fisher_test: the {readings} readings have {tables} tables, of which at most "
            f"{MOST_TABLES} are gone through. Narrow them, or report odds_ratio alone."
        )
    found = np.array([
        _p_values(a, first.total, b, second.total)
        for a in range(first.low, first.high + 1)
        for b in range(second.low, second.high + 1)
    ])  # fmt: skip
    names = [field.name for field in fields(FisherTest)][:-1]
    return FisherTest(
        **{
            name: Bounds(float(row.min()), float(row.max()))
            for name, row in zip(names, found.T, strict=True)
        },
        readings=readings,
    )


def odds_ratio(first: Part, second: Part, *, level: float = 0.95, mid_p: bool = False) -> OddsRatio:
    """Give the odds ratio of two shares (conditional maximum likelihood) with exact limits.

    The estimate is not the cross-product ratio, which is further from 1. Limits are
    solved to full precision: R's own stop early, and are about 1 percent off where the
    ratio is large.

    Parameters
    ----------
    first, second : Part
        Two independent groups.
    level : float
        Confidence level, between 0 and 1.
    mid_p : bool
        Count only half of the probability of the observed table: narrower limits.

    Returns
    -------
    OddsRatio
        Above 1: the first share is larger. ``inf`` where the first part is its whole, or
        the second is empty; the upper limit is then infinite.

    Raises
    ------
    MethodError
        If some reading leaves both parts empty or both whole: no ratio exists then. If a
        whole has more than ``MOST_MEMBERS``, or ``level`` is no share.

    References
    ----------
    Cornfield (1956), Proceedings of the Third Berkeley Symposium IV, 135-148; order of
    the readings: Efron (1965), Annals of Mathematical Statistics 36, 272-279.

    Examples
    --------
    >>> found = odds_ratio(Part(3, 3, 4), Part(1, 1, 4))
    >>> round(found.low_estimate, 2), round(found.low, 2), round(found.high, 1)
    (6.41, 0.21, 626.2)
    """
    tail = confidence.tail("odds_ratio", level)
    _require_size("odds_ratio", first, second)
    _require_odds(first, second)
    counted = 0.5 if mid_p else 1.0
    least = _Table(first.low, first.total, second.high, second.total)
    most = _Table(first.high, first.total, second.low, second.total)
    return OddsRatio(
        low_estimate=least.estimate(),
        high_estimate=most.estimate(),
        low=least.lowest(tail, counted),
        high=most.highest(tail, counted),
        level=level,
        mid_p=mid_p,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """One reading: the first part and all it could have been at the same margins."""

    first: int
    first_total: int
    second: int
    second_total: int

    def possible(self) -> _Floats:
        both = self.first + self.second
        lowest, highest = max(0, both - self.second_total), min(both, self.first_total)
        return np.arange(lowest, highest + 1, dtype=np.float64)

    def chances(self, log_odds: float) -> _Floats:
        """Return the probability of each possible first part (noncentral hypergeometric)."""
        from scipy.special import gammaln

        n, m, x = self.first_total, self.second_total, self.possible()
        y = self.first + self.second - x
        logs = -gammaln(x + 1) - gammaln(n - x + 1) - gammaln(y + 1) - gammaln(m - y + 1)
        logs += x * log_odds
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum(), dtype=np.float64)

    def estimate(self) -> float:
        x = self.possible()
        if self.first == x[0]:
            return 0.0
        if self.first == x[-1]:
            return math.inf
        return _rising(lambda log: float(self.chances(log) @ x) - self.first)

    def lowest(self, tail: float, counted: float) -> float:
        x = self.possible()
        if self.first == x[0]:
            return 0.0
        return _rising(lambda log: self._beyond(log, x > self.first, counted) - tail)

    def highest(self, tail: float, counted: float) -> float:
        x = self.possible()
        if self.first == x[-1]:
            return math.inf
        return _rising(lambda log: tail - self._beyond(log, x < self.first, counted))

    def _beyond(self, log_odds: float, beyond: npt.NDArray[np.bool_], counted: float) -> float:
        chances = self.chances(log_odds)
        return float(chances[beyond].sum() + counted * chances[self.possible() == self.first][0])


def _p_values(first: int, first_total: int, second: int, second_total: int) -> list[float]:
    """Return the eight p-values of one reading, in the order of `FisherTest`."""
    table = _Table(first, first_total, second, second_total)
    chances, x = table.chances(0.0), table.possible()
    here = float(chances[x == first][0])
    two_sided = min(1.0, float(chances[chances <= here * _AS_LIKELY].sum()))
    above, below = float(chances[x > first].sum()), float(chances[x < first].sum())
    greater, less = min(1.0, above + here), min(1.0, below + here)
    doubled = min(1.0, 2 * min(greater, less))
    mid_greater, mid_less = above + here / 2, below + here / 2
    mid_doubled = min(1.0, 2 * min(mid_greater, mid_less))
    mids = mid_greater, less, mid_less
    return [two_sided, two_sided - here / 2, doubled, mid_doubled, greater, *mids]


def _rising(excess: Callable[[float], float]) -> float:
    """Return the odds at which a function that rises with their logarithm is 0."""
    from scipy.optimize import brentq

    low, high = -1.0, 1.0
    while excess(low) > 0:
        low *= 2
    while excess(high) < 0:
        high *= 2
    return math.exp(float(brentq(excess, low, high, xtol=1e-14, rtol=1e-14)))


def _require_size(method: str, first: Part, second: Part) -> None:
    if max(first.total, second.total) > MOST_MEMBERS:
        raise MethodError(
            f"{method}: a whole has more than {MOST_MEMBERS:,} members. "
            "Use share_difference: so many leave nothing to chance that it would miss."
        )


def _require_odds(first: Part, second: Part) -> None:
    empty = first.low == second.low == 0
    whole = first.high == first.total and second.high == second.total
    if empty or whole:
        raise MethodError(
            f"odds_ratio: both parts may be {'empty' if empty else 'the whole'}, so no ratio "
            "exists. Report the two shares with share."
        )
