"""A specification curve in; the share of its spread that each choice explains, out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats, Ints
from analysis.methods.multiverse.curve import Curve, on_line

_NOTHING = 1e-24
"""Spread, relative to the size of the estimates, that rounding alone makes."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part (0-1) of the spread that one choice explains by itself, and its options in use."""

    choice: str
    share: float
    options: int


@dataclass(frozen=True, slots=True)
class SpreadShares:
    """Where the spread of a curve comes from: parts that add up to 1.

    ``choices`` stand largest first. ``interactions`` is what no sum over choices explains:
    the effect of an option depends on others. ``confounded`` is what exclusions and
    refusals have tied to several choices at once, so that it belongs to none: 0 on a full
    grid; below 0 where choices hide each other. ``spread`` is the standard deviation of
    the estimates (of their logarithms, for ratios), over ``specifications``.
    """

    choices: tuple[Share, ...]
    confounded: float
    interactions: float
    spread: float
    specifications: int


def spread_shares(curve: Curve) -> SpreadShares:
    """Split the spread of a specification curve over its choices.

    Analysis of variance with a main effect for each choice, sums of squares of type II
    (each choice given all others), over the total: eta squared. There is no chance in
    it, as each specification is estimated once: what remains are interactions.

    Parameters
    ----------
    curve : Curve
        Ratios are taken as logarithms.

    Raises
    ------
    MethodError
        If there are fewer than two estimates, all are equal, or a ratio is 0.

    References
    ----------
    Fox (2016), Applied Regression Analysis and Generalized Linear Models, 3rd ed., section
    8.2.5 (sums of squares); Cohen (1973), Educational and Psychological Measurement 33,
    107-112 (eta squared).

    Examples
    --------
    >>> from analysis.methods.checked import Estimate
    >>> from analysis.methods.multiverse.curve import run
    >>> from analysis.methods.multiverse.grid import Choice, Grid
    >>> grid = Grid((Choice.of("a", [0, 3]), Choice.of("b", [0, 4])))
    >>> found = run(
    ...     grid, lambda taken: Estimate(sum(taken.values()), -9, 9, 0.95), scale="difference"
    ... )
    >>> [(one.choice, round(one.share, 2)) for one in spread_shares(found).choices]
    [('b', 0.64), ('a', 0.36)]
    """
    line = on_line(np.array([point.estimate.value for point in curve.points]), curve.scale)
    total = _total(line)
    codes = [
        _codes([point.options[place] for point in curve.points])
        for place in range(len(curve.choices))
    ]
    left_over = _residual(line, codes)
    found = [
        Share(
            name,
            max(0.0, _residual(line, codes[:place] + codes[place + 1 :]) - left_over) / total,
            int(codes[place].max()) + 1,
        )
        for place, name in enumerate(curve.choices)
    ]
    interactions = left_over / total
    # What is left to 1, so that the parts add up however the sums are rounded.
    confounded = 1 - interactions - math.fsum(one.share for one in found)
    return SpreadShares(
        choices=tuple(sorted(found, key=lambda one: (-one.share, one.choice))),
        confounded=confounded,
        interactions=interactions,
        spread=math.sqrt(total / (len(line) - 1)),
        specifications=len(line),
    )


def _total(line: Floats) -> float:
    endless = int(np.count_nonzero(~np.isfinite(line)))
    if endless:
        raise MethodError(
            f"multiverse: {endless} of {len(line)} ratios are 0, and have no logarithm. Leave the "
            "specifications out by an exclusion with its reason."
        )
    total = float(np.sum((line - line.mean()) ** 2))
    if len(line) < 2 or total <= _NOTHING * float(np.sum(line**2) + 1):
        raise MethodError(
            f"multiverse: {len(line)} estimates that do not differ, so there is no spread to "
            "explain. Report the estimate alone."
        )
    return total


def _codes(options: list[str]) -> Ints:
    return np.unique(np.array(options), return_inverse=True)[1].ravel()


def _residual(line: Floats, codes: list[Ints]) -> float:
    """Return the sum of squares that main effects of these choices leave."""
    columns = [np.ones((len(line), 1))]
    columns += [np.eye(int(one.max()) + 1)[one][:, 1:] for one in codes]
    design = np.hstack(columns)
    fitted = design @ np.linalg.lstsq(design, line, rcond=None)[0]
    return float(np.sum((line - fitted) ** 2))
