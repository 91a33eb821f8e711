"""A series and its comparators in; what it would have been after the plan, with a band, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate, Floats
from analysis.methods.counterfactual import local_level
from analysis.methods.scalars import number, require_draws

_METHOD = "structural series"
FEWEST_BEFORE = 12
"""Periods before the plan; our convention. Below, level and slopes cannot be told apart."""
PERIODS_A_CONTROL = 4
"""Periods before the plan for each control: our convention against fitting by chance."""
FEWEST_DRAWS = 1_000
_HELD_OUT = 0.25
"""Share of the periods before that are held out to see how well the model foretells."""
_FEWEST_HELD_OUT = 3


@dataclass(frozen=True, slots=True)
class Structural:
    """The series after the plan beside what it would have been, with simulated limits.

    ``effect`` (observed less expected) and ``cumulative`` have one entry a period
    after; ``mean`` and ``total`` sum them up. ``beyond`` is the share of simulated
    totals that lie at least as far on the observed side (never 0: the observation
    counts as one), a one-sided tail probability. ``slopes`` belong to the controls,
    ``level_share`` is the level's variance over level plus noise (0: the level stands
    still), averaged over what the series allows. ``held_out_error`` is the mean absolute
    error relative to the observed values (MAPE, a share) in the last ``held_out``
    periods before, foretold from those before them; None where one of these is 0.
    """

    periods: tuple[float, ...]
    observed: tuple[float, ...]
    expected: tuple[Estimate, ...]
    effect: tuple[Estimate, ...]
    cumulative: tuple[Estimate, ...]
    mean: Estimate
    total: Estimate
    beyond: float
    slopes: tuple[float, ...]
    level_share: float
    held_out: int
    held_out_error: float | None
    draws: int
    level: float


def structural_series(
    series: npt.ArrayLike,
    controls: npt.ArrayLike,
    *,
    periods: npt.ArrayLike,
    first_after: float,
    level: float = 0.95,
    draws: int = 10_000,
    rng: np.random.Generator | int,
) -> Structural:
    """Foretell the series after a plan from its own level and from controls.

    A local level (random walk) plus a regression on the controls plus noise, fitted to
    the periods before and run on with the controls' later values (`local_level`).
    Controls must move with the series before, and must not be touched by the plan.

    Parameters
    ----------
    series : array_like, shape (n_periods,)
        The outcome; on the log scale if effects are thought to multiply.
    controls : array_like, shape (n_periods, n_controls)
        Comparator series over the same periods.
    periods : array_like, shape (n_periods,)
        Ascending and evenly spaced, as a random walk's steps are.
    first_after : float
        First period that counts as after.
    level : float
        Confidence level, between 0 and 1.
    draws : int
        Simulated futures, at least ``FEWEST_DRAWS``.
    rng : Generator or int
        What draws.

    Returns
    -------
    Structural
        Limits hold chance in the noise, the level and the slopes, and that neither
        variance is known.

    Raises
    ------
    MethodError
        If there are fewer than ``FEWEST_BEFORE`` periods before or
        ``PERIODS_A_CONTROL`` a control, no period after, gaps, a series that does not
        move, controls that repeat each other, or controls that fit without error.

    References
    ----------
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter;
    Brodersen et al. (2015), Annals of Applied Statistics 9, 247-274 (there with a
    prior over many controls; here all are kept).
    """
    confidence.tail(_METHOD, level)
    generator = checked.generator(_METHOD, rng)
    y, x, when, before = _read(series, controls, periods, first_after, draws)
    _require_moving(y[:before], x[:before])
    model = local_level.fit(_METHOD, y[:before], x)
    gone = max(_FEWEST_HELD_OUT, round(_HELD_OUT * before))
    return Structural(
        periods=tuple(when[before:].tolist()),
        held_out=gone,
        held_out_error=_foretold_error(y[:before], x[:before], before - gone),
        **_summed(y[before:], model.draw(draws, generator), model, level),
    )


def _read(
    series: npt.ArrayLike,
    controls: npt.ArrayLike,
    periods: npt.ArrayLike,
    first_after: float,
    draws: int,
) -> tuple[Floats, Floats, Floats, int]:
    y = checked.numbers(_METHOD, "series", series)
    x = checked.table(_METHOD, "controls", controls, rows=len(y))
    when = checked.periods(_METHOD, periods)
    checked.require_length(_METHOD, "periods", when, len(y))
    steps = np.diff(when)
    if len(steps) and not np.allclose(steps, steps[0]):
        raise MethodError(
            f"{_METHOD}: the {len(when)} periods are not evenly spaced. "
            "Give every period between the first and the last, or a shorter run."
        )
    require_draws(_METHOD, draws, FEWEST_DRAWS)
    before = int(np.count_nonzero(when < number(_METHOD, "first_after", first_after)))
    _require_periods(before, len(y) - before, x.shape[1])
    return y, x, when, before


def _require_periods(before: int, after: int, controls: int) -> None:
    needed = max(FEWEST_BEFORE, PERIODS_A_CONTROL * controls)
    if before < needed:
        raise MethodError(
            f"{_METHOD}: {before} periods before the plan, {needed} are needed with "
            f"{controls} controls. Show the series beside them, or use fewer controls."
        )
    if after == 0:
        raise MethodError(
            f"{_METHOD}: no period after the plan began. Give at least one, or an earlier date."
        )


def _require_moving(y: Floats, x: Floats) -> None:
    still = int(np.count_nonzero(np.ptp(x, axis=0) == 0)) + int(np.ptp(y) == 0)
    if still:
        raise MethodError(
            f"{_METHOD}: {still} of {1 + x.shape[1]} series do not move before the plan. "
            "Leave such controls out; a series that stands still needs no model."
        )
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    if np.linalg.matrix_rank(standard, tol=1e-7 * np.sqrt(standard.size)) < x.shape[1]:
        raise MethodError(
            f"{_METHOD}: of {x.shape[1]} controls, some are sums or copies of others before "
            "the plan. Leave them out."
        )


def _foretold_error(y: Floats, x: Floats, before: int) -> float | None:
    """Foretell the last periods before the plan from those before them."""
    early, late = y[:before], y[before:]
    if np.any(late == 0) or np.ptp(early) == 0 or np.any(np.ptp(x[:before], axis=0) == 0):
        return None
    foretold = local_level.fit(_METHOD, early, x).expected
    return float(np.mean(np.abs((late - foretold) / late)))


def _summed(
    observed: Floats, futures: Floats, model: local_level.LocalLevel, level: float
) -> dict[str, Any]:
    tail = (1 - level) / 2
    apart = observed[:, None] - futures
    running = apart.cumsum(axis=0)
    n, draws = apart.shape
    total = _estimate(running[-1:], tail, level)[0]
    above, below = (int(np.count_nonzero(running[-1] * sign >= 0)) for sign in (1, -1))
    return {
        "observed": tuple(observed.tolist()),
        "expected": _estimate(futures, tail, level),
        "effect": _estimate(apart, tail, level),
        "cumulative": _estimate(running, tail, level),
        "mean": Estimate(total.value / n, total.low / n, total.high / n, level),
        "total": total,
        "beyond": (1 + min(above, below)) / (draws + 1),
        "slopes": tuple(model.slopes.tolist()),
        "level_share": model.level_share,
        "draws": draws,
        "level": level,
    }


def _estimate(drawn: Floats, tail: float, level: float) -> tuple[Estimate, ...]:
    """Mean and limits of each row of draws."""
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=1)
    rows = zip(drawn.mean(axis=1).tolist(), low.tolist(), high.tolist(), strict=True)
    return tuple(Estimate(value, least, most, level) for value, least, most in rows)
