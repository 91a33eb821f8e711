"""Counts by period and a registered grid in; the curve of before-after rate ratios out.

The choices that this module knows, with their options' values:

``start``       the first period that counts as after
``window``      how far from the start periods are used, in the unit of the periods: one
                length, two (before, after), or None for all
``model``       ``before_after`` (two means), ``trend`` (a change of level on one trend),
                ``interrupted`` (a change of level and of trend; the ratio is that at the start)
``reading``     of counts printed as intervals: ``low``, ``high``, ``least`` favourable to a
                rise, ``most`` favourable, ``printed`` (periods printed as intervals are left out)
``excluded``    periods that are left out
``exposure``    ``none`` (periods are equally long) or the name of an exposure
``comparator``  ``none`` or the name of the series whose ratio is divided by
``dispersion``  ``poisson``, ``quasi`` or ``floored`` (quasi-Poisson, never below 1)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.checked import Estimate, Floats
from analysis.methods.multiverse import curve
from analysis.methods.multiverse.count_series import NONE, CountSeries, Readings, among
from analysis.methods.multiverse.curve import Curve, Outcome
from analysis.methods.multiverse.estimating import (
    OK,
    REASONS,
    Data,
    Dispersion,
    Effects,
    Model,
    Plan,
    effects,
)
from analysis.methods.multiverse.grid import Grid, Value
from analysis.methods.scalars import LARGEST, real, whole

FEWEST = 8
"""Periods needed on each side where a trend is fitted: the rule of this study's protocol."""
_DEFAULTS: Mapping[str, Value] = {
    "window": None,
    "model": "before_after",
    "excluded": (),
    "exposure": NONE,
    "comparator": NONE,
    "dispersion": "floored",
}
_KNOWN = ("start", "reading", *_DEFAULTS)


def count_curve(
    grid: Grid,
    series: CountSeries,
    *,
    comparators: Mapping[str, CountSeries] | None = None,
    fixed: Mapping[str, Value] | None = None,
    level: float = 0.95,
    fewest: int = FEWEST,
) -> Curve:
    """Estimate the rate ratio, after over before, under every specification of a grid.

    Log-linear models, fitted all at once. Limits come from the normal law where
    dispersion is ``poisson``, else from Student's t on periods less coefficients.

    Parameters
    ----------
    grid : Grid
        Over choices named in the module's first lines.
    series : CountSeries
        What is compared.
    comparators : mapping of CountSeries, optional
        By name, with the same periods. Both series get coefficients of their own; the
        estimate is the ratio of their ratios, and their scatter is pooled.
    fixed : mapping, optional
        Values of choices that the grid does not vary; ``start`` has no default.
    level : float
        Confidence level, between 0 and 1.
    fewest : int
        Periods needed on each side for ``trend`` and ``interrupted``.

    Raises
    ------
    MethodError
        If a choice or value is unknown, counts are intervals and no ``reading`` is chosen,
        or no specification can be estimated. Those that cannot are `Curve.refusals`.

    References
    ----------
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, 1208-1214; McCullagh &
    Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6; Lopez Bernal, Cummins &
    Gasparrini (2018), International Journal of Epidemiology 47, 2082-2093 (comparators).

    Examples
    --------
    >>> from analysis.methods.counts import Yearly
    >>> from analysis.methods.multiverse.grid import Choice
    >>> series = CountSeries((1, 2, 3, 4, 5, 6), Yearly((4, 6, 5, 8, 11, 11), (4, 6, 5, 8, 11, 11)))
    >>> grid = Grid((Choice.of("window", [2, 3]),))
    >>> found = count_curve(grid, series, fixed={"start": 4})
    >>> [round(point.estimate.value, 3) for point in found.points]
    [1.727, 2.0]
    """
    tail = confidence.tail("multiverse", level)
    plan, data = planned(grid, series, comparators or {}, fixed or {}, fewest)
    found = effects(plan, data, np.arange(len(series.periods))[None])
    low, high = _limits(found, tail)
    outcomes = []
    for place, specification in enumerate(grid.specifications()):
        status = int(found.status[0, place])
        estimate = None
        if status == OK:
            value = math.exp(found.log[0, place])
            estimate = Estimate(value, float(low[place]), float(high[place]), level)
        outcomes.append(Outcome(specification.options, estimate, REASONS[status]))
    return curve.assembled(grid.names, outcomes, "ratio", grid)


def planned(
    grid: Grid,
    series: CountSeries,
    comparators: Mapping[str, CountSeries],
    fixed: Mapping[str, Value],
    fewest: int,
) -> tuple[Plan, Data]:
    """Lay a grid out as arrays.

    Raises
    ------
    MethodError
        As `count_curve`.
    """
    _require_known(grid, fixed)
    whole("multiverse", "fewest", fewest, fewest=1)
    shared = {**_DEFAULTS, **fixed}
    taken = [shared | one.by_choice() for one in grid.specifications()]
    table = Readings(series, comparators)
    periods = np.array(series.periods, dtype=np.float64)
    calendar = {_place(one): _calendar(periods, one) for one in taken}
    placed = [calendar[_place(one)] for one in taken]
    inside, after, time = (np.array(part) for part in zip(*placed, strict=True))
    plan = Plan(
        model=np.array([among("model", one["model"], get_args(Model)) for one in taken]),
        dispersion=np.array(
            [among("dispersion", one["dispersion"], get_args(Dispersion)) for one in taken]
        ),
        inside=inside,
        after=after,
        time=time,
        rows=np.array([table.rows(one) for one in taken]),
        fewest=fewest,
    )
    return plan, table.data()


def _require_known(grid: Grid, fixed: Mapping[str, Value]) -> None:
    names = [*grid.names, *fixed]
    unknown = len(set(names) - set(_KNOWN))
    if unknown or len(set(names)) < len(names):
        raise MethodError(
            f"multiverse: {unknown} choices are unknown here, or one is both varied and fixed. "
            f"Known are {', '.join(_KNOWN)}; for others write an estimator and use run."
        )
    if "start" not in names:
        raise MethodError(
            "multiverse: no start. Say which period is the first that counts as after."
        )


def _place(taken: Mapping[str, Value]) -> tuple[Value, ...]:
    return taken["start"], taken["window"], taken["excluded"]


def _calendar(
    periods: Floats, taken: Mapping[str, Value]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], Floats]:
    start = float(_numbers("start", taken["start"])[0])
    lengths = [math.inf] if taken["window"] is None else _numbers("window", taken["window"])
    excluded = _numbers("excluded", taken["excluded"])
    if len(lengths) > 2 or min(lengths) <= 0:
        raise MethodError(
            "multiverse: a window is one length above 0, two of them, or None. Correct the grid."
        )
    unknown = len(set(excluded) - set(periods.tolist()))
    if unknown:
        raise MethodError(
            f"multiverse: {unknown} excluded periods are not among the {len(periods)} of the "
            "series. Correct the grid."
        )
    inside = (periods >= start - lengths[0]) & (periods < start + lengths[-1])
    inside &= ~np.isin(periods, excluded)
    time = periods - start
    # The scale of time changes no ratio, and long calendars would blunt the fit.
    return inside, periods >= start, time / max(1.0, float(np.abs(time).max()))


def _numbers(choice: str, value: Value) -> list[float]:
    listed = value if isinstance(value, tuple) else (value,)
    if any(not abs(real(one)) <= LARGEST for one in listed):
        raise MethodError(
            f"multiverse: an option of '{choice}' is no number where one is needed. "
            "Correct the grid."
        )
    if not listed and choice != "excluded":
        raise MethodError(f"multiverse: an option of '{choice}' is empty. Correct the grid.")
    return list(map(real, listed))


def _limits(found: Effects, tail: float) -> tuple[Floats, Floats]:
    from scipy.special import ndtri, stdtrit

    freedom = found.freedom[0]
    # Where there is no freedom there is a refusal, and no limit is read.
    safe = np.where((freedom > 0) & np.isfinite(freedom), freedom, 1.0)
    reach = np.where(np.isinf(freedom), -ndtri(tail), -stdtrit(safe, tail)) * found.error[0]
    # A side without an event has an infinite logarithm; it is refused, and no limit is read.
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(found.log[0] - reach), np.exp(found.log[0] + reach)
