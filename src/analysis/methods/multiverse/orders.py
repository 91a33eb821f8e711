"""Specifications on a calendar in; other orders of the data that would have been as likely, out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Literal

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Ints
from analysis.methods.multiverse.estimating import Plan

Permuted = Literal["periods", "shifts"]
Exchangeable = Literal["no_change_no_trend", "no_change_stationary"]
ASSUMED: Mapping[Permuted, Exchangeable] = {
    "periods": "no_change_no_trend",
    "shifts": "no_change_stationary",
}
"""What must hold without a change: ``periods``: every order of the periods is as likely
(no trend, no dependence); ``shifts``: the series only looks the same from wherever it
begins (dependence allowed, no trend; its ends are joined)."""


def other_orders(
    plan: Plan, permuted: Permuted, draws: int, generator: np.random.Generator
) -> tuple[Ints, bool]:
    """Return orders of the data besides the one that stands, and whether these are all.

    Only periods that some specification uses change places.

    Returns
    -------
    orders : array of int, shape (b, n)
        For every period the period whose data stand there.
    exhaustive : bool
        Whether each order that can give another curve is there exactly once.

    Raises
    ------
    MethodError
        If there is no other order.
    """
    used = np.flatnonzero(plan.inside.any(axis=0))
    if permuted == "shifts":
        moved, exhaustive = np.array([np.roll(used, by) for by in range(1, len(used))]), True
    else:
        groups = _alike(plan, used)
        distinct = math.factorial(len(used)) // math.prod(math.factorial(len(g)) for g in groups)
        exhaustive = distinct - 1 <= draws
        if exhaustive:
            moved = _distinct_orders(used, groups)
        else:
            moved = generator.permuted(np.tile(used, (draws, 1)), axis=1)
    if not len(moved):
        raise MethodError(
            "multiverse: no other order of the periods gives another curve. Report the curve alone."
        )
    orders = np.tile(np.arange(plan.inside.shape[1]), (len(moved), 1))
    orders[:, used] = moved
    return orders, exhaustive


def _alike(plan: Plan, used: Ints) -> list[Ints]:
    """Group periods that every specification treats alike: orders among them change nothing."""
    trend = plan.model != "before_after"
    role = np.where(plan.inside, 1.0 + plan.after, 0.0)
    moment = np.where(plan.inside & trend[:, None], plan.time, 0.0)
    _, group = np.unique(np.vstack([role, moment])[:, used], axis=1, return_inverse=True)
    group = group.ravel()
    return [np.flatnonzero(group == one) for one in range(int(group.max()) + 1)]


def _distinct_orders(used: Ints, groups: list[Ints]) -> Ints:
    """Share the data out over the groups in every way but the one that stands."""
    found: list[Ints] = []

    def fill(left: tuple[int, ...], groups_left: list[Ints], order: Ints) -> None:
        if not groups_left:
            found.append(order)
            return
        for taken in combinations(left, len(groups_left[0])):
            placed = order.copy()
            placed[groups_left[0]] = used[list(taken)]
            fill(tuple(sorted(set(left) - set(taken))), groups_left[1:], placed)

    fill(tuple(range(len(used))), groups, used.copy())
    orders = np.array(found)
    stands = np.ones(len(orders), dtype=bool)
    for group in groups:
        stands &= (orders[:, group] == used[group]).all(axis=1)
    return orders[~stands]
