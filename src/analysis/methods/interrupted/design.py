"""A series and a model in; columns of the regression out, with and without the breaks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.interrupted.series import METHOD, Break, Model, Series, kept, require_points

POINTS_A_TERM = 2
"""Fitted points that each term of the model needs: with fewer, the scatter is a guess."""


@dataclass(frozen=True, slots=True)
class Design:
    """Fitted periods only: columns ``x`` (n, p) named by ``names``, log exposure, counts."""

    names: tuple[str, ...]
    x: Floats
    offset: Floats
    counts: Floats
    periods: Floats
    points: tuple[int, ...]

    @property
    def freedom(self) -> int:
        """Points less terms."""
        points, terms = self.x.shape
        return int(points - terms)

    def without(self, names: tuple[str, ...]) -> Floats:
        """Return the columns with those of the named breaks at 0."""
        gone = [
            any(term in (f"{name}: level", f"{name}: slope") for name in names)
            for term in self.names
        ]
        return np.where(gone, 0.0, self.x)


def design_of(series: Series, model: Model) -> Design:
    """Return the regression's columns.

    Raises
    ------
    MethodError
        If a break has too few points, there are fewer than two points a term, or one
        term repeats others (a break outside the series, too many waves).
    """
    points = require_points(series, model)
    held = kept(series, model)
    periods = np.array(series.periods)[held]
    names, x = columns(periods, model)
    if len(periods) < POINTS_A_TERM * len(names):
        raise MethodError(
            f"{METHOD}: {len(periods)} points for {len(names)} terms, "
            f"{POINTS_A_TERM * len(names)} are needed. Leave out waves or breaks."
        )
    return Design(
        names=names,
        x=x,
        offset=np.log(np.array(series.exposure)[held]),
        counts=np.array(series.counts, dtype=float)[held],
        periods=periods,
        points=points,
    )


def columns(periods: Floats, model: Model) -> tuple[tuple[str, ...], Floats]:
    """Return names and columns: level, trend, breaks, waves."""
    found = {"intercept": np.ones(len(periods))}
    if model.trend:
        found["trend"] = periods
    for one in model.breaks:
        found |= _break_columns(periods, one)
    for wave in range(1, model.season.pairs + 1 if model.season else 1):
        assert model.season is not None
        angle = 2 * np.pi * wave * periods / model.season.period
        found |= {f"sin {wave}": _clean(np.sin(angle)), f"cos {wave}": _clean(np.cos(angle))}
    return tuple(found), np.column_stack(list(found.values()))


def _clean(wave: Floats) -> Floats:
    """Return 0 where the wave is 0: rounding must not pass for a season of two periods."""
    return np.where(np.abs(wave) < 1e-9, 0.0, wave)


def _break_columns(periods: Floats, one: Break) -> dict[str, Floats]:
    after = (periods >= one.start).astype(float)
    found = {}
    if one.change != "slope":
        found[f"{one.name}: level"] = after
    if one.change != "level":
        zero = one.start if one.slope_from is None else one.slope_from
        found[f"{one.name}: slope"] = after * (periods - zero)
    return found
