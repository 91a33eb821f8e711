"""Specifications as arrays and orders of the data in; effects with their errors out, all at once.

An effect is a difference of logarithms. Two means a series have a closed form; a trend
needs iteration. A comparator is fitted by itself and its effect is taken off, which is
what one model of both with every interaction would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.multiverse import poisson
from analysis.methods.multiverse.poisson import Flags

Model = Literal["before_after", "trend", "interrupted"]
Dispersion = Literal["poisson", "quasi", "floored"]
COEFFICIENTS: dict[Model, int] = {"before_after": 2, "trend": 3, "interrupted": 4}
"""How many coefficients a series takes: level, change of level, trend, change of trend."""

REASONS = (
    "",
    "no period before the start is left",
    "no period from the start on is left",
    "too few periods on a side for a trend",
    "0 events on one side, so the ratio is 0 or infinite",
    "the trend cannot be told from the change",
    "zero counts lie so that the estimate is infinite",
    "no more periods than coefficients, so no scatter can be seen",
    "the periods do not scatter at all, so quasi-Poisson limits would have no width",
)
OK, NO_BEFORE, NO_AFTER, FEW, ZERO, ALIKE, INFINITE, NO_SCATTER, NO_WIDTH = range(len(REASONS))


@dataclass(frozen=True, slots=True)
class Data:
    """Distinct readings of all series, a row each, shape (k, n_periods).

    ``present`` is False where a reading leaves a period out.
    """

    events: Floats
    exposure: Floats
    present: Flags


@dataclass(frozen=True, slots=True)
class Plan:
    """Specifications as arrays; ``s`` of them over ``n`` periods.

    ``inside`` and ``after`` (s, n) say which periods count and which come after,
    ``time`` (s, n) is 0 at the start. ``rows`` (s, 4) are the rows of `Data` to read before
    and after, of the series and of its comparator (-1: none). ``fewest`` periods are
    needed on each side where there is a trend.
    """

    model: npt.NDArray[np.str_]
    dispersion: npt.NDArray[np.str_]
    inside: Flags
    after: Flags
    time: Floats
    rows: Ints
    fewest: int


@dataclass(frozen=True, slots=True)
class Effects:
    """Log ratios with standard errors, shape (b, s) for ``b`` orders of the data.

    ``freedom`` is that of Student's t, infinite where the normal law is used.
    ``status`` is a place in `REASONS`. Where it is ``ZERO`` the log is infinite, with its
    sign, if it has one.
    """

    log: Floats
    error: Floats
    freedom: Floats
    status: Ints


@dataclass(frozen=True, slots=True)
class _Parts:
    log: Floats
    variance: Floats
    pearson: Floats
    freedom: Floats
    status: Ints


def effects(plan: Plan, data: Data, orders: Ints) -> Effects:
    """Estimate every specification on every order of the data.

    Parameters
    ----------
    plan : Plan
        What is estimated.
    data : Data
        The readings in calendar order.
    orders : array of int, shape (b, n)
        ``orders[i, j]`` is the period whose data stands at period ``j``; the calendar
        itself is ``arange(n)``.
    """
    found = _one_series(plan, data, orders, 0)
    compared = np.flatnonzero(plan.rows[:, 2] >= 0)
    if len(compared):
        _take_off(found, _one_series(chosen(plan, compared), data, orders, 2), compared)
    return _with_dispersion(plan.dispersion, found)


def chosen(plan: Plan, places: Ints) -> Plan:
    """Return the plan of some of the specifications."""
    return Plan(
        plan.model[places],
        plan.dispersion[places],
        plan.inside[places],
        plan.after[places],
        plan.time[places],
        plan.rows[places],
        plan.fewest,
    )


def _take_off(found: _Parts, other: _Parts, places: Ints) -> None:
    with np.errstate(invalid="ignore"):
        found.log[:, places] -= other.log
    found.variance[:, places] += other.variance
    found.pearson[:, places] += other.pearson
    found.freedom[:, places] += other.freedom
    mine = found.status[:, places]
    found.status[:, places] = np.where(mine == OK, other.status, mine)


def _one_series(plan: Plan, data: Data, orders: Ints, column: int) -> _Parts:
    shape = len(orders), len(plan.model)
    log, variance, pearson, freedom = np.full((4, *shape), np.nan)
    parts = _Parts(log, variance, pearson, freedom, np.zeros(shape, dtype=np.int64))
    for model in COEFFICIENTS:
        places = np.flatnonzero(plan.model == model)
        if not len(places):
            continue
        solver = _two_means if model == "before_after" else _with_trend
        found = solver(chosen(plan, places), data, orders, column)
        for name in ("log", "variance", "pearson", "freedom", "status"):
            getattr(parts, name)[:, places] = getattr(found, name)
    return parts


def _two_means(plan: Plan, data: Data, orders: Ints, column: int) -> _Parts:
    """Compare mean rates: all that is needed are sums over each side."""
    places = np.empty_like(orders)
    np.put_along_axis(places, orders, np.arange(orders.shape[1])[None], axis=1)
    before = _sums(plan.inside & ~plan.after, data, places, plan.rows[:, column])
    after = _sums(plan.inside & plan.after, data, places, plan.rows[:, column + 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(after[0] / after[1]) - np.log(before[0] / before[1])
        variance = 1 / before[0] + 1 / after[0]
        pearson = np.zeros_like(log)
        for events, exposure, squares, _ in (before, after):
            pearson += np.maximum(0, squares * exposure / events - events)
    status = np.select(
        [before[3] == 0, after[3] == 0, (before[0] == 0) | (after[0] == 0)],
        [NO_BEFORE, NO_AFTER, ZERO],
        OK,
    )
    return _Parts(log, variance, pearson, before[3] + after[3] - 2, status)


def _sums(sides: Flags, data: Data, places: Ints, rows: Ints) -> Floats:
    """Sum events, exposure, events squared over exposure, and periods; shape (4, b, s).

    ``places[i, j]`` is where the data of period ``j`` stand in order ``i``: whether they
    are on a side is looked up once a side, and all sums are one product.
    """
    values = np.stack(
        [data.events, data.exposure, data.events**2 / data.exposure, np.ones_like(data.events)]
    )
    values = values * data.present
    sums = np.empty((4, len(places), len(rows)))
    distinct, which = np.unique(sides, axis=0, return_inverse=True)
    for number, side in enumerate(distinct):
        here = np.flatnonzero(which.ravel() == number)
        needed, row = np.unique(rows[here], return_inverse=True)
        chosen_values = values[:, needed].reshape(-1, values.shape[2])
        found = side.astype(np.float64)[places] @ chosen_values.T
        sums[:, :, here] = found.T.reshape(4, len(needed), -1)[:, row].transpose(0, 2, 1)
    return sums


def _with_trend(plan: Plan, data: Data, orders: Ints, column: int) -> _Parts:
    """Fit the models with a trend, a row for each order and specification."""
    rows = np.where(plan.after, plan.rows[:, column + 1, None], plan.rows[:, column, None])
    picked = rows[None], orders[:, None, :]
    inside = data.present[picked] & plan.inside
    status = _sides(plan, inside, data.events[picked])
    design = _design(plan)
    fitted = status == OK
    found = poisson.fit(
        np.broadcast_to(design, (len(orders), *design.shape))[fitted],
        data.events[picked][fitted],
        data.exposure[picked][fitted],
        inside[fitted],
        focal=1,
    )
    log, variance, pearson = np.full((3, *status.shape), np.nan)
    log[fitted] = np.where(found.settled, found.coefficients[:, 1], np.nan)
    variance[fitted], pearson[fitted] = found.variance, found.pearson
    status[fitted] = np.select([~found.distinct, ~found.settled], [ALIKE, INFINITE], OK)
    freedom = inside.sum(axis=2, dtype=np.float64) - design.shape[2]
    return _Parts(log, variance, pearson, freedom, status)


def _design(plan: Plan) -> Floats:
    """Level, change of level at the start, trend and (interrupted) its change."""
    after = plan.after.astype(np.float64)
    columns = [np.ones_like(after), after, plan.time]
    if plan.model[0] == "interrupted":
        columns.append(after * plan.time)
    return np.stack(columns, axis=-1)


def _sides(plan: Plan, inside: Flags, events: Floats) -> Ints:
    sides = inside & ~plan.after, inside & plan.after
    before, after = (side.sum(axis=2) for side in sides)
    zero = [(events * side).sum(axis=2) == 0 for side in sides]
    few = (before < plan.fewest) | (after < plan.fewest)
    return np.asarray(
        np.select(
            [before == 0, after == 0, few, zero[0] | zero[1]], [NO_BEFORE, NO_AFTER, FEW, ZERO], OK
        ),
        dtype=np.int64,
    )


def _with_dispersion(rule: npt.NDArray[np.str_], parts: _Parts) -> Effects:
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = parts.pearson / parts.freedom
    factor = np.where(rule == "floored", np.maximum(1, scatter), scatter)
    factor = np.where(rule == "poisson", 1.0, factor)
    by_scatter = (parts.status == OK) & (rule != "poisson")
    # Rounding leaves about 1e-16 an event where every year is equal.
    status = np.where(
        by_scatter & (parts.freedom <= 0),
        NO_SCATTER,
        np.where(by_scatter & (factor < 1e-12), NO_WIDTH, parts.status),
    )
    with np.errstate(invalid="ignore"):
        error = np.sqrt(parts.variance * factor)
    freedom = np.where(rule == "poisson", np.inf, parts.freedom)
    return Effects(parts.log, error, freedom, status)
