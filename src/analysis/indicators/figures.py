"""Sums of one cell in each draw and its status in; value, range, limits and flag out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from analysis.indicators.compiling import Compiled
from analysis.indicators.model import Status
from analysis.indicators.queries import Spells, Sums
from analysis.indicators.status import State
from analysis.methods import proportions

LEVEL = 0.95
_NOTHING: tuple[Status, ...] = ("not_submitted", "not_applicable")
Limits = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """The columns `analysis.indicators.model.FIGURES` of one cell; None where nothing is known."""

    status: Status
    missing: tuple[str, ...] = ()
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    limit_low: float | None = None
    limit_high: float | None = None
    n: int | None = None
    flag: str = ""


def figures(one: Compiled, by_draw: Mapping[int, Sums], draws: int, state: State) -> Figures:
    """Give the figures of one cell.

    Parameters
    ----------
    one : Compiled
        The definition.
    by_draw : mapping of int to Sums
        Draw 0 in full; further draws as what they add to it.
    draws : int
        How many draws of the linkage there are besides draw 0.
    state : State
        What the submissions allow to be known.
    """
    base = by_draw.get(0, Sums())
    status = state.status
    if status in _NOTHING:
        return Figures(status, state.missing)
    rule = one.definition.rule
    if rule == "median_days":
        return _median(by_draw, base, draws, state)
    if rule == "mean" and not base.whole:
        # Rows without the figure are no result: their senders still owe it.
        return Figures("not_submitted" if base.rows else "not_applicable", state.missing)
    if status == "too_early":
        counted = int(base.whole) if rule != "count" else None
        return Figures(status, state.missing, denominator=counted, n=counted)
    if rule != "count" and not base.whole:
        nothing: Status = "not_applicable" if status == "known" else status
        return Figures(nothing, state.missing, numerator=0.0, denominator=0.0, n=0)
    values = [_value(rule, sums) for sums in _each_draw(by_draw, base)]
    low, high = _range(values, draws)
    value = values[0]
    limit_low, limit_high = _limits(one, base)
    return Figures(
        status,
        state.missing,
        numerator=base.part,
        denominator=base.whole if rule != "count" else None,
        value=value,
        low=low,
        high=high,
        limit_low=limit_low,
        limit_high=limit_high,
        n=round(base.part if rule == "count" else base.whole),
        flag="above_whole" if rule == "share" and value is not None and value > 1 else "",
    )


def _each_draw(by_draw: Mapping[int, Sums], base: Sums) -> list[Sums]:
    """Return the sums of draw 0, then of each draw that differs."""
    return [
        base,
        *(
            Sums(base.part + more.part, base.whole + more.whole)
            for draw, more in sorted(by_draw.items())
            if draw
        ),
    ]


def _value(rule: str, sums: Sums) -> float | None:
    if rule == "count":
        return float(sums.part)
    return sums.part / sums.whole if sums.whole else None


def _range(values: Iterable[float | None], draws: int) -> Limits:
    known = [value for value in values if value is not None]
    return (min(known), max(known)) if draws and known else (None, None)


def _limits(one: Compiled, sums: Sums) -> Limits:
    if one.definition.rule != "share" or one.definition.count.sum:
        return None, None
    return _exact(int(sums.part), int(sums.whole))


@lru_cache(maxsize=65536)
def _exact(part: int, whole: int) -> tuple[float, float]:
    found = proportions.share(
        proportions.Part(part, part, whole), level=LEVEL, limits="clopper_pearson"
    )
    return found.low, found.high


def _median(by_draw: Mapping[int, Sums], base: Sums, draws: int, state: State) -> Figures:
    spells = base.spells
    number = 0 if spells is None else len(spells.days)
    if state.status == "too_early":
        return Figures("too_early", state.missing, denominator=number, n=number)
    if spells is None or not number:
        nothing: Status = "not_applicable" if state.status == "known" else state.status
        return Figures(nothing, state.missing, numerator=0.0, denominator=0.0, n=0)
    value, limit_low, limit_high = _quantile(spells)
    others = [
        _quantile(_moved(spells, more.spells))[0]
        for draw, more in sorted(by_draw.items())
        if draw and more.spells is not None
    ]
    low, high = _range([value, *others], draws)
    finite = [one if one is not None and math.isfinite(one) else None
              for one in (value, low, high, limit_low, limit_high)]  # fmt: skip
    return Figures(
        state.status,
        state.missing,
        numerator=int(spells.ended.sum()),
        denominator=number,
        value=finite[0],
        low=finite[1],
        high=finite[2],
        limit_low=finite[3],
        limit_high=finite[4],
        n=number,
        flag="" if finite[0] is not None else "not_reached",
    )


def _moved(base: Spells, more: Spells) -> Spells:
    """Return the spells of another draw: those of draw 0, less some, and some more."""
    import numpy as np

    mark = np.concatenate([base.days, more.days]) * 2 + np.concatenate([base.ended, more.ended])
    adds = np.concatenate([base.adds, more.adds])
    marks, place = np.unique(mark, return_inverse=True)
    kept = np.repeat(marks, np.maximum(np.bincount(place, weights=adds).astype(np.int64), 0))
    return Spells(kept // 2, kept % 2 == 1, np.ones_like(kept))


def _quantile(spells: Spells) -> tuple[float | None, float | None, float | None]:
    """Return the median and its limits; infinite where fewer than half were seen to end."""
    from analysis.methods import survival

    if not len(spells.days):
        return None, None, None
    if not spells.ended.any():
        return math.inf, None, None
    found = survival.quantile(survival.kaplan_meier(spells.days, spells.ended, level=LEVEL))
    return found.value, found.low, found.high
