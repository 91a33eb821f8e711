"""Resampled tables and the total of each in, bias-corrected and accelerated limits out.

Cases are drawn again with replacement (multinomial over the combinations seen), and the
estimator chooses its model again in every resample. Rules where the textbook is silent:

* A resample without a finite estimate counts as infinite: the table could have come out
  that way, and then nothing would have bounded the total from above.
* A resample that gives the estimate again counts half as below it (``ties="half"``), since
  rounding would otherwise decide; ``"below"`` counts only smaller ones, as R does.
* If all or none are below, half a resample is taken as missing, so that the correction is finite.
* Where leaving out one case leaves no estimate, the acceleration is its limit as those
  estimates grow beyond all bounds together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, Ints, generator
from analysis.methods.confidence import tail
from analysis.methods.population_size.result import NOT_FINITE, NoEstimateError

Ties = Literal["half", "below"]
TotalsOf = Callable[[Ints], Floats]
"""Counts (tables, cells) in, the total of each (tables,) out; infinite where none exists."""

FEWEST_RESAMPLES = 20
MOST_RESAMPLES = 100_000
_EQUAL = 1e-9
"""Relative: estimates this close are one estimate, rounded differently."""
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Bca:
    """Limits for a total.

    Attributes
    ----------
    low, high : float
        ``high`` is infinite where the resamples set no upper limit.
    bias_correction, acceleration : float
        z0 and a.
    resamples, without_estimate : int
        Resamples drawn, and how many of them had no finite estimate.
    """

    low: float
    high: float
    bias_correction: float
    acceleration: float
    resamples: int
    without_estimate: int


def bca(
    counts: Ints,
    totals_of: TotalsOf,
    *,
    bootstrap: int = 1000,
    level: float = 0.95,
    rng: np.random.Generator | int,
    ties: Ties = "half",
) -> Bca:
    """Resample a table, estimate each resample afresh, and take limits from them.

    Parameters
    ----------
    counts : array (cells,)
        Cases by cell; cell 0 is 0.
    totals_of : callable
        The whole estimator, choice of model included. Called once, with the table itself
        first, then the table with one case less for each cell that has cases (in the order
        of the cells), then the resamples.
    bootstrap : int
        Number of resamples, from 20 on.
    ties : {"half", "below"}
        How resamples that give the estimate again count.

    Returns
    -------
    Bca

    Raises
    ------
    MethodError
        If ``bootstrap``, ``level`` or ``rng`` is not usable.
    NoEstimateError
        If the table has no estimate, or so many resamples have none that even the lower
        limit would be infinite or that more than half of them say nothing.

    References
    ----------
    DiCiccio & Efron (1996), Stat. Sci. 11, 189-228; Chan, Silverman & Vincent (2021),
    J. Am. Stat. Assoc. 116, 1297-1306, section 3.3.
    """
    tables = resampled(counts, bootstrap=bootstrap, rng=rng)
    return limits(counts, totals_of(tables), level=level, ties=ties)


def resampled(counts: Ints, *, bootstrap: int, rng: np.random.Generator | int) -> Ints:
    """Return the tables that `bca` looks at, (1 + cells with cases + bootstrap, cells)."""
    chance = generator("estimate", rng)
    seen = np.flatnonzero(counts)
    n = int(counts.sum())
    tables = np.zeros((1 + len(seen) + require_bootstrap(bootstrap), len(counts)), dtype=np.int64)
    tables[: 1 + len(seen)] = counts
    tables[1 + np.arange(len(seen)), seen] -= 1
    tables[1 + len(seen) :, seen] = chance.multinomial(n, counts[seen] / n, size=bootstrap)
    return tables


def require_bootstrap(bootstrap: int) -> int:
    """Return a number of resamples that limits can be taken from.

    Raises
    ------
    MethodError
        If it is no whole number between 20 and 100,000.
    """
    whole = isinstance(bootstrap, int | np.integer) and not isinstance(bootstrap, bool)
    if not whole or not FEWEST_RESAMPLES <= bootstrap <= MOST_RESAMPLES:
        raise MethodError(
            f"estimate: bootstrap must be a whole number from {FEWEST_RESAMPLES} to "
            f"{MOST_RESAMPLES}. Take 1000; or 0 for limits that take the model as known."
        )
    return int(bootstrap)


def limits(counts: Ints, totals: Floats, *, level: float, ties: Ties = "half") -> Bca:
    """Take limits from the totals of the tables of `resampled`, in their order."""
    alpha = tail("estimate", level)
    seen = np.flatnonzero(counts)
    estimate, left_out, drawn = totals[0], totals[1 : 1 + len(seen)], totals[1 + len(seen) :]
    without = int(np.isinf(drawn).sum())
    if not math.isfinite(estimate):
        raise NoEstimateError(
            "estimate: the table has no finite estimate. Compare pairs of lists.", NOT_FINITE
        )
    z0 = bias_correction(drawn, estimate, ties=ties)
    a = acceleration(left_out, counts[seen])
    low, high = (quantile(drawn, adjusted(p, z0, a)) for p in (alpha, 1 - alpha))
    if 2 * without > len(drawn) or math.isinf(low):
        raise NoEstimateError(
            f"estimate: {without} of {len(drawn)} resamples have no finite estimate, so the "
            "data set no limits: the total hangs on very few cases on two lists. Compare pairs "
            "of lists, or merge lists; bootstrap=0 shows how narrow the limits would look if "
            "the model were known.",
            NOT_FINITE,
        )
    return Bca(low, high, z0, a, len(drawn), without)


def bias_correction(drawn: Floats, estimate: float, *, ties: Ties = "half") -> float:
    """Return z0: how far the resamples lie to one side of the estimate, as a normal score."""
    equal = np.isclose(drawn, estimate, rtol=_EQUAL, atol=0.0)
    if ties == "below":
        below = float((drawn < estimate).sum())
    else:
        below = float((drawn[~equal] < estimate).sum() + 0.5 * equal.sum())
    share = min(max(below, 0.5), len(drawn) - 0.5) / len(drawn)
    return _NORMAL.inv_cdf(share)


def acceleration(left_out: Floats, weights: Ints) -> float:
    """Return a: how the spread of the estimate changes with its size.

    Parameters
    ----------
    left_out : array
        Totals with one case less in each cell; infinite where none exists.
    weights : array
        Cases in those cells: as often each total would occur.
    """
    infinite = np.isinf(left_out)
    if infinite.any():
        left_out = infinite.astype(np.float64)
    gaps = float(weights @ left_out) / float(weights.sum()) - left_out
    spread = float(weights @ gaps**2)
    if spread <= (_EQUAL * float(np.abs(left_out).max())) ** 2 * float(weights.sum()):
        return 0.0
    return float(weights @ gaps**3 / (6.0 * spread**1.5))


def adjusted(probability: float, z0: float, a: float) -> float:
    """Return the share of the resamples to cut off in place of ``probability``."""
    shifted = z0 + _NORMAL.inv_cdf(probability)
    room = 1.0 - a * shifted
    if room <= 0:  # beyond the pole of the correction: everything, or nothing
        return 1.0 if shifted > 0 else 0.0
    return _NORMAL.cdf(z0 + shifted / room)


def quantile(values: Floats, probability: float) -> float:
    """Return the type-8 quantile (Hyndman & Fan 1996); infinite values are largest ones."""
    ordered = np.sort(values)
    place = (len(ordered) + 1 / 3) * probability + 1 / 3
    below = math.floor(place + 4 * np.finfo(float).eps)
    rest = place - below
    first, second = (float(ordered[min(max(at, 1), len(ordered)) - 1]) for at in (below, below + 1))
    if abs(rest) < 4 * np.finfo(float).eps or first == second:
        return first
    return second if math.isinf(second) else first + rest * (second - first)
