"""Lists in; the total that each pair of them alone would give out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.errors import MethodError
from analysis.methods.population_size.tables import Lists, lists_of
from analysis.methods.scalars import real

if TYPE_CHECKING:
    import pandas as pd


_NEXT_TO_NOBODY = 0.25
"""Persons expected on neither list: with fewer, their logarithm is far from normal."""


@dataclass(frozen=True, slots=True)
class PairEstimate:
    """What two lists say of the total, taken as independent (persons).

    Attributes
    ----------
    lists : tuple of str
    first, second, both : int
        Cases on the one, on the other, on both.
    lincoln_petersen : float or None
        first * second / both; ``None`` without a case on both.
    lincoln_petersen_error : float or None
        Its standard error.
    chapman : float
        (first + 1)(second + 1) / (both + 1) - 1. Finite without a case on both, but then made
        of the one that was added, and no estimate: see ``refusal``.
    chapman_error : float
        Its standard error.
    low, high : float
        Limits at ``level``; ``high`` is infinite without a case on both.
    level : float
    refusal : str or None
        Why the pair says nothing of the total.
    """

    lists: tuple[str, str]
    first: int
    second: int
    both: int
    lincoln_petersen: float | None
    lincoln_petersen_error: float | None
    chapman: float
    chapman_error: float
    low: float
    high: float
    level: float
    refusal: str | None


def pair_estimates(given: pd.DataFrame | Lists, *, level: float = 0.95) -> tuple[PairEstimate, ...]:
    """Estimate the total from every pair of lists.

    Pairs that share more cases than chance would have it give too small a total, pairs that
    avoid each other too large a one. Totals that lie far apart show that not all pairs are
    independent; totals that agree do not show that they are.

    Parameters
    ----------
    given : DataFrame or Lists
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    tuple of PairEstimate
        In the order of the lists. Standard errors by Seber (Chapman) and by Sekar and Deming;
        limits by Sadinle, which keep their level with a handful of cases on both lists, where
        those from the standard errors do not. Where next to nobody is expected on neither, they
        are beyond all bounds (10^30 for two copies of a list with 400 cases): there, the upper
        limit is the larger list over the least share that it can hold of the smaller one
        (Clopper and Pearson).

    Raises
    ------
    MethodError
        If it is no table of lists, or the level is not between 0 and 1.

    References
    ----------
    Chapman (1951), University of California Publications in Statistics 1, 131-160; Seber (1970),
    Biometrics 26, 313-318; Sekar & Deming (1949), Journal of the American Statistical Association
    44, 101-115; Clopper & Pearson (1934), Biometrika 26, 404-413; Sadinle (2009), Communications
    in Statistics - Simulation and Computation 38, 1909-1924.

    Examples
    --------
    >>> import numpy as np
    >>> (found,) = pair_estimates(Lists(("police", "shelter"), np.array([0, 30, 15, 5])))
    >>> found.lincoln_petersen, found.chapman
    (140.0, 125.0)
    """
    lists = lists_of(given, method="pair_estimates")
    if not 0 < real(level) < 1:
        raise MethodError("pair_estimates: the level is not between 0 and 1. Give 0.95, or 0.8.")
    sizes = lists.sizes
    return tuple(
        _estimated(
            (lists.names[a], lists.names[b]),
            (sizes[a], sizes[b], lists.overlap((1 << a) | (1 << b))),
            level,
        )
        for a, b in combinations(range(len(lists.names)), 2)
    )


def _estimated(names: tuple[str, str], counts: tuple[int, int, int], level: float) -> PairEstimate:
    first, second, both = counts
    apart = (first - both) * (second - both)
    added = (first + 1) * (second + 1)
    low, high = _limits(first - both, second - both, both, level)
    return PairEstimate(
        lists=names,
        first=first,
        second=second,
        both=both,
        lincoln_petersen=first * second / both if both else None,
        lincoln_petersen_error=math.sqrt(first * second * apart / both**3) if both else None,
        chapman=added / (both + 1) - 1,
        chapman_error=math.sqrt(added * apart / ((both + 1) ** 2 * (both + 2))),
        low=low,
        high=high,
        level=level,
        refusal=None if both else _NO_OVERLAP,
    )


def _limits(first_only: int, second_only: int, both: int, level: float) -> tuple[float, float]:
    """Return limits that are normal for the logarithm of the odds of being on neither."""
    from scipy.special import betaincinv, ndtri

    one, other, shared = first_only + 0.5, second_only + 0.5, both + 0.5
    if one * other < _NEXT_TO_NOBODY * shared:
        missed, more = sorted((first_only, second_only))
        held = float(betaincinv(both, missed + 1, (1 - level) / 2))
        return float(missed + more + both), max(missed + more + both, (more + both) / held)
    width = math.sqrt(1 / one + 1 / other + 1 / shared + shared / (one * other))
    factor = math.exp(float(ndtri((1 + level) / 2)) * width)
    seen = first_only + second_only + both
    neither = one * other / shared
    low = max(float(seen), seen - 0.5 + neither / factor)
    return low, seen - 0.5 + neither * factor if both else math.inf


_NO_OVERLAP = (
    "no case is on both lists: any total, however large, is compatible with that. "
    "Chapman's number is finite only because one is added to the overlap."
)
