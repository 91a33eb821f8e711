"""Estimates of many specifications in; the specification curve and what it leaves out, out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.checked import Estimate, Floats
from analysis.methods.multiverse.grid import Grid, Value

Scale = Literal["ratio", "difference"]
NULL: Mapping[Scale, float] = {"ratio": 1.0, "difference": 0.0}
"""The value of no change on each scale."""

NOT_FINITE = "the estimate is not finite"


@dataclass(frozen=True, slots=True)
class Point:
    """One specification's estimate; ``options[i]`` is the option taken of ``Curve.choices[i]``."""

    estimate: Estimate
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A specification without an estimate, and why."""

    options: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Specifications from the lowest estimate to the highest, and those without one.

    ``median`` is that of the estimates, on a ratio scale that of their logarithms. The
    shares are 0-1, of ``points``: ``above`` and ``below`` the value of no change,
    ``same_sign`` the larger of the two, ``excludes_null`` those whose limits exclude no
    change; ``levels`` are the confidence levels of these limits, more than one where the
    level is itself a choice. ``refusals`` names every specification that could not be estimated,
    ``excluded`` counts the combinations that the grid rules out, by reason, and
    ``grid_sha256`` says which registered grid was run (empty: none).
    """

    choices: tuple[str, ...]
    points: tuple[Point, ...]
    scale: Scale
    median: float
    above: float
    below: float
    same_sign: float
    excludes_null: float
    levels: tuple[float, ...]
    refusals: tuple[Refused, ...] = ()
    excluded: tuple[tuple[str, int], ...] = ()
    grid_sha256: str = ""

    def place_of(self, options: tuple[str, ...]) -> int | None:
        """Return where a specification stands, 1 for the lowest; None: it has no estimate.

        The registered analysis is one of the specifications: this says whether it is an
        ordinary one.
        """
        listed = [point.options for point in self.points]
        return 1 + listed.index(options) if options in listed else None

    def refused_by_reason(self) -> tuple[tuple[str, int], ...]:
        """Return each reason with the number of specifications refused for it, most first."""
        counted = Counter(refusal.reason for refusal in self.refusals)
        return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one specification gave: an estimate, or the reason why there is none."""

    options: tuple[str, ...]
    estimate: Estimate | None
    reason: str = ""


def run(
    grid: Grid,
    estimator: Callable[[Mapping[str, Value]], Estimate],
    *,
    scale: Scale = "ratio",
) -> Curve:
    """Estimate every specification of a registered grid.

    Parameters
    ----------
    grid : Grid
        All of it is run, in its order.
    estimator : callable
        Takes the value of each choice by name. Raises `MethodError` where a
        specification cannot be estimated: it is counted and named, not dropped.
    scale : {"ratio", "difference"}
        What the estimates are; no change is 1 or 0.

    Raises
    ------
    MethodError
        If no specification can be estimated, an estimate lies outside its own limits, or a
        ratio is negative.

    References
    ----------
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, 1208-1214.

    Examples
    --------
    >>> from analysis.methods.multiverse.grid import Choice
    >>> grid = Grid((Choice.of("trim", [0, 1, 2]),))
    >>> run(grid, lambda taken: Estimate(2.0 + taken["trim"], 1.0, 9.0, 0.95)).median
    3.0
    """
    outcomes = []
    for specification in grid.specifications():
        try:
            found = estimator(specification.by_choice())
            outcomes.append(Outcome(specification.options, found))
        except MethodError as error:
            outcomes.append(Outcome(specification.options, None, str(error)))
    return assembled(grid.names, outcomes, scale, grid)


def assembled(
    choices: tuple[str, ...],
    outcomes: Sequence[Outcome],
    scale: Scale,
    grid: Grid | None = None,
) -> Curve:
    """Sort outcomes into a curve; what every way to run a grid ends with.

    Raises
    ------
    MethodError
        As `run`.
    """
    if scale not in NULL:
        raise MethodError("multiverse: unknown scale. Take 'ratio' or 'difference'.")
    points, refusals = [], []
    for one in outcomes:
        if one.estimate is not None and math.isfinite(one.estimate.value):
            points.append(Point(one.estimate, one.options))
        else:
            refusals.append(Refused(one.options, one.reason or NOT_FINITE))
    _require_points(points, refusals)
    levels = _levels(points)
    points.sort(key=lambda point: (point.estimate.value, point.options))
    columns = np.array([(p.estimate.value, p.estimate.low, p.estimate.high) for p in points])
    _require_order(columns, scale)
    return _summed(choices, points, refusals, columns.T, scale, levels, grid)


def on_line(values: Floats, scale: Scale) -> Floats:
    """Put estimates on a scale where no change is 0 and halving undoes doubling."""
    with np.errstate(divide="ignore"):
        return np.log(values) if scale == "ratio" else values


def median_of(values: Floats, scale: Scale) -> float:
    """Return the median of sorted estimates; on a ratio scale that of their logarithms."""
    low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
    # For an odd number no arithmetic, so that the median is one of the estimates.
    if low == high:
        return float(low)
    return float(np.sqrt(low * high) if scale == "ratio" else (low + high) / 2)


def _summed(
    choices: tuple[str, ...],
    points: list[Point],
    refusals: list[Refused],
    columns: Floats,
    scale: Scale,
    levels: tuple[float, ...],
    grid: Grid | None,
) -> Curve:
    value, low, high = columns
    null = NULL[scale]
    above, below = float(np.mean(value > null)), float(np.mean(value < null))
    return Curve(
        choices=choices,
        points=tuple(points),
        scale=scale,
        median=median_of(value, scale),
        above=above,
        below=below,
        same_sign=max(above, below),
        excludes_null=float(np.mean((low > null) | (high < null))),
        levels=levels,
        refusals=tuple(refusals),
        excluded=grid.excluded() if grid else (),
        grid_sha256=grid.sha256() if grid else "",
    )


def _require_points(points: list[Point], refusals: list[Refused]) -> None:
    if not points:
        reasons = len({refusal.reason for refusal in refusals})
        raise MethodError(
            f"multiverse: none of {len(refusals)} specifications could be estimated, for {reasons} "
            "reasons. Try one of them by itself to see why."
        )


def _levels(points: list[Point]) -> tuple[float, ...]:
    levels = sorted({point.estimate.level for point in points})
    for level in levels:
        confidence.tail("multiverse", level)
    return tuple(levels)


def _require_order(columns: Floats, scale: Scale) -> None:
    value, low, high = columns.T
    wrong = int(np.count_nonzero(~((low <= value) & (value <= high))))
    if wrong:
        raise MethodError(
            f"multiverse: {wrong} of {len(value)} estimates have no limits, or lie outside them. "
            "Give the lower limit first; an open limit is infinite."
        )
    if scale == "ratio" and np.any(low < 0):
        raise MethodError(
            "multiverse: a ratio has a limit below 0. Give ratios, or scale='difference'."
        )
