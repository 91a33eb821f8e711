"""Two coders' codes of the same items in; Cohen's kappa with its interval out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.scalars import is_one_of, is_there

__all__ = ["Kappa", "Weights", "cohens_kappa", "kappa_of_table"]

Weights = Literal["none", "linear", "quadratic"]
"""How much of the disagreement a pair of codes makes: all, by steps apart, by their square."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance (1: complete, 0: as by chance), with limits.

    ``agreed`` is the (weighted) share of agreement seen, ``by_chance`` the share that the
    two coders' own frequencies would bring. ``error`` is the standard error for large
    numbers, 0 where the coders agree on every item: the limits then come from
    Clopper-Pearson.
    """

    value: float
    low: float
    high: float
    error: float
    agreed: float
    by_chance: float
    items: int
    weights: Weights
    level: float


def cohens_kappa(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    *,
    categories: Sequence[Hashable] | None = None,
    weights: Weights = "none",
    level: float = 0.95,
) -> Kappa:
    """Measure how far two coders agree beyond what their frequencies alone would bring.

    Parameters
    ----------
    first, second : sequence of codes, length n
        The codes of the same items in the same order; "unknown" is a code like others.
    categories : sequence of codes, optional
        All codes, in order. Needed for weights; without them order means nothing.
    weights : {"none", "linear", "quadratic"}
        For ordered codes: count a disagreement by the steps between, or their square.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Kappa
        Limits are for large numbers, cut at -1 and 1; below about 30 items they are
        rough. Where the coders agree on every item the lower limit is that which
        Clopper-Pearson leaves for the share of agreement.

    Raises
    ------
    MethodError
        If the codes are not one for one, missing, or none of the categories; if weights
        come without categories; if a coder used one code only, so that kappa says nothing.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37-46; Cohen (1968),
    Psychological Bulletin 70, 213-220; Fleiss, Cohen & Everitt (1969), Psychological
    Bulletin 72, 323-327.

    Examples
    --------
    >>> first, second = ["done", "done", "partly", "none"], ["done", "partly", "partly", "none"]
    >>> found = cohens_kappa(first, second)
    >>> round(found.value, 3), found.agreed
    (0.636, 0.75)
    """
    method = "cohens_kappa"
    _require_codes(method, first, second)
    if categories is None and weights != "none":
        raise MethodError(
            f"{method}: weights need the order of the codes. Give categories, lowest first."
        )
    known = list(dict.fromkeys((*first, *second) if categories is None else categories))
    places = {code: place for place, code in enumerate(known)}
    strange = sum(code not in places for code in (*first, *second))
    if strange:
        raise MethodError(
            f"{method}: {strange} codes are none of the {len(known)} categories. Add them."
        )
    table = np.zeros((len(known), len(known)))
    np.add.at(table, ([places[code] for code in first], [places[code] for code in second]), 1)
    return _measured(method, table, weights, level)


def kappa_of_table(
    table: npt.ArrayLike, *, weights: Weights = "none", level: float = 0.95
) -> Kappa:
    """Do the same as `cohens_kappa` from a table of counts.

    Parameters
    ----------
    table : array_like, shape (n_codes, n_codes)
        Items by the first coder's code (rows) and the second's (columns), both in order.
    weights : {"none", "linear", "quadratic"}
        As in `cohens_kappa`; the order is the table's.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    MethodError
        If the table is not square or holds no whole counts; else as `cohens_kappa`.

    Examples
    --------
    >>> round(kappa_of_table([[20, 5], [10, 15]]).value, 3)
    0.4
    """
    method = "kappa_of_table"
    counts = checked.table(method, "the table", table)
    if counts.shape[0] != counts.shape[1]:
        raise MethodError(f"{method}: the table is not square. Give each code a row and a column.")
    checked.whole_counts(method, "the table", counts.ravel())
    return _measured(method, counts, weights, level)


def _require_codes(method: str, first: Sequence[Hashable], second: Sequence[Hashable]) -> None:
    if len(first) != len(second) or not len(first):
        raise MethodError(
            f"{method}: {len(first)} codes beside {len(second)}. Give one of each coder an item."
        )
    missing = sum(not is_there(code) for code in (*first, *second))
    if missing:
        raise MethodError(
            f"{method}: {missing} codes are missing. Leave out items that one coder did not "
            'code, and say how many, or give "unknown" a code of its own.'
        )


def _measured(method: str, table: _Floats, weights: Weights, level: float) -> Kappa:
    from scipy.special import betaincinv, ndtri
    from statsmodels.stats.inter_rater import cohens_kappa as measure

    tail = confidence.tail(method, level)
    _require_variety(method, table, weights)
    items, steps = table.sum(), len(table)
    found = measure(table, wt=None if weights == "none" else weights)
    # statsmodels holds the weights of disagreement.
    agreement = np.eye(steps) if weights == "none" else 1 - np.asarray(found.weights)
    agreed = float((agreement * table).sum() / items)
    by_chance = float((agreement * np.outer(table.sum(1), table.sum(0))).sum() / items**2)
    value, error = float(found.kappa), float(np.sqrt(max(0.0, found.var_kappa)))
    reach = -float(ndtri(tail)) * error
    low, high = max(-1.0, value - reach), min(1.0, value + reach)
    if np.trace(table) == items:
        # The large-sample error is 0 here, yet a few items prove little.
        value, error, high = 1.0, 0.0, 1.0
        least = float(betaincinv(items, 1, tail))
        low = (least - by_chance) / (1 - by_chance)
    return Kappa(value, low, high, error, agreed, by_chance, int(items), weights, level)


def _require_variety(method: str, table: _Floats, weights: str) -> None:
    if not is_one_of(weights, ("none", "linear", "quadratic")):
        raise MethodError(f"{method}: no such weights. Choose none, linear or quadratic.")
    if not table.sum() > 0:
        raise MethodError(f"{method}: the table has no item. Give the items both coders coded.")
    used = [int(np.count_nonzero(table.sum(axis))) for axis in (1, 0)]
    if 1 in used:
        who = "both coders" if used == [1, 1] else "one coder"
        raise MethodError(
            f"{method}: {who} used a single code, so that chance alone explains every "
            "agreement and kappa is undefined or 0 by construction. Report the share agreed."
        )
