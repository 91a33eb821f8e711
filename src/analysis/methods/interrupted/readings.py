"""Counts that are intervals in; a yearly factor or a change of level over their readings out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.counts import Yearly
from analysis.methods.interrupted.design import POINTS_A_TERM, columns, design_of
from analysis.methods.interrupted.fits import bounded_exp, pearson
from analysis.methods.interrupted.regression import fit_means
from analysis.methods.interrupted.series import METHOD, Break, Model, Series
from analysis.methods.scalars import require_draws

MOST_READINGS = 20_000
"""Readings that are all fitted (half a second); of more, the extremes and some at random."""

MOST_INTERVALS = 12
"""Intervals whose extremes are all combined: 4,096 readings."""


@dataclass(frozen=True, slots=True)
class TermOverReadings:
    """The ratio of one term at its smallest and largest, and limits that hold every one fitted.

    ``possible`` readings do the intervals allow, of which ``fitted`` were: all, or every
    combination of lowest and highest counts and some drawn from between. ``dispersion``
    is Pearson's X² over the degrees of freedom, before the floor of 1.
    """

    low_estimate: float
    high_estimate: float
    low: float
    high: float
    dispersion_low: float
    dispersion_high: float
    degrees_of_freedom: int
    fitted: int
    possible: int
    level: float


def yearly_factor(
    periods: npt.ArrayLike,
    counts: Yearly,
    *,
    level: float = 0.95,
    rng: np.random.Generator | int = 0,
    draws: int = 2_000,
) -> TermOverReadings:
    """Estimate by what factor counts grow from one period to the next, over all readings.

    The quasi-Poisson model of `rate_model` with the period as its one predictor: log mean =
    intercept + slope times period, variances times the dispersion (never less than 1),
    limits by t. It describes; it knows of no break.

    Parameters
    ----------
    periods : array_like, shape (n_periods,)
        Ascending numbers; gaps are allowed.
    counts : Yearly
        Lower and upper bound of each count.
    level : float
        Confidence level, between 0 and 1.
    rng, draws
        Readings drawn from between the extremes where not all are fitted.

    Raises
    ------
    MethodError
        Fewer than 4 periods; nothing counted; too many intervals; a reading without a
        finite fit.

    Examples
    --------
    >>> found = yearly_factor(range(6), Yearly((8, 10, 0, 13, 14, 16), (8, 10, 4, 13, 14, 16)))
    >>> found.fitted, round(found.low_estimate, 2), round(found.high_estimate, 2)
    (5, 1.18, 1.21)
    """
    when = checked.periods(METHOD, periods)
    _require_counts(when, counts)
    if len(when) < 2 * POINTS_A_TERM:
        raise MethodError(
            f"{METHOD}: {len(when)} points for 2 terms, {2 * POINTS_A_TERM} are needed. "
            "Show the counts by themselves."
        )
    x = np.column_stack([np.ones(len(when)), when])
    return _over(x, 1, counts, level=level, generator=checked.generator(METHOD, rng), draws=draws)


def level_over_readings(
    periods: npt.ArrayLike,
    counts: Yearly,
    start: float,
    *,
    level: float = 0.95,
    rng: np.random.Generator | int = 0,
    draws: int = 2_000,
) -> TermOverReadings:
    """Estimate the change of level at ``start`` of `level_and_slope`, over all readings.

    Parameters
    ----------
    periods, counts, level, rng, draws
        As in `yearly_factor`.
    start : float
        First period after the break.

    Raises
    ------
    MethodError
        As `yearly_factor`, and as `level_and_slope` on the number of points.
    """
    when = checked.periods(METHOD, periods)
    _require_counts(when, counts)
    model = Model((Break("break", start),))
    design_of(Series.of(when, counts.high), model)
    names, x = columns(when, model)
    place = names.index("break: level")
    generator = checked.generator(METHOD, rng)
    return _over(x, place, counts, level=level, generator=generator, draws=draws)


def _require_counts(when: Floats, counts: Yearly) -> None:
    checked.require_length(METHOD, "counts", np.array(counts.high), len(when))
    if not any(counts.high):
        raise MethodError(
            f"{METHOD}: all {len(when)} counts are 0, so that nothing can be compared. "
            "Report that none were counted."
        )


def _over(
    x: Floats,
    place: int,
    counts: Yearly,
    *,
    level: float,
    generator: np.random.Generator,
    draws: int,
) -> TermOverReadings:
    from scipy.special import stdtrit

    tail = confidence.tail(METHOD, level)
    require_draws(METHOD, draws, 1)
    read, possible = _readings(counts, generator, draws)
    means = fit_means(x, read, np.zeros(len(x)))
    if not means.settled.all():
        raise MethodError(
            f"{METHOD}: {int(np.sum(~means.settled))} of {len(read)} readings have no finite fit: "
            "too many of the counts may be 0. Compare two totals (rates), or use longer periods."
        )
    freedom = x.shape[0] - x.shape[1]
    dispersion = pearson(read, means.mean) / freedom
    logs = means.terms[:, place]
    error = np.sqrt(means.covariance[:, place, place] * np.maximum(1.0, dispersion))
    reach = -float(stdtrit(freedom, tail)) * error
    return TermOverReadings(
        low_estimate=bounded_exp(float(logs.min())),
        high_estimate=bounded_exp(float(logs.max())),
        low=bounded_exp(float((logs - reach).min())),
        high=bounded_exp(float((logs + reach).max())),
        dispersion_low=float(dispersion.min()),
        dispersion_high=float(dispersion.max()),
        degrees_of_freedom=freedom,
        fitted=len(read),
        possible=possible,
        level=level,
    )


def _readings(counts: Yearly, generator: np.random.Generator, draws: int) -> tuple[Floats, int]:
    """Return the readings to fit, shape (n_readings, n_periods), and how many there are."""
    low, high = np.array(counts.low), np.array(counts.high)
    possible = math.prod((high - low + 1).tolist())
    if possible <= MOST_READINGS:
        spans = [range(a, b + 1) for a, b in zip(counts.low, counts.high, strict=True)]
        return np.array(list(product(*spans)), dtype=float), possible
    open_ones = int(np.sum(high > low))
    if open_ones > MOST_INTERVALS:
        raise MethodError(
            f"{METHOD}: {open_ones} of {len(low)} counts are intervals, of which at most "
            f"{MOST_INTERVALS} can be read in every way. Use longer periods."
        )
    ends = [(a,) if a == b else (a, b) for a, b in zip(counts.low, counts.high, strict=True)]
    between = generator.integers(low, high + 1, size=(draws, len(low)))
    return np.vstack([np.array(list(product(*ends))), between]).astype(float), possible
