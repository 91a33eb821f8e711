"""Units whose plans begin in different periods in; effects by group and period out.

Comparing every treated unit with every other, as two-way fixed effects do, takes
already treated units for controls. Here each group of units that began together is
compared only with units that had not begun (Callaway & Sant'Anna 2021).

Without covariates the estimates and their influence functions are differences of means;
they are written out here because the kept library (diff-diff) gives neither calendar
averages nor the errors of the overall averages, which need the influence functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.counterfactual import aggregates
from analysis.methods.counterfactual.aggregates import (
    Average,
    Effect,
    EventStudy,
    GroupTimes,
    effect,
)
from analysis.methods.scalars import real, require_one_of

Controls = Literal["never", "not_yet"]
Base = Literal["varying", "universal"]
FEWEST_IN_GROUP = 5
"""Units that begin together, and controls: fewer have no spread to speak of (R's did
warns below 5)."""


@dataclass(frozen=True, slots=True)
class GroupTime:
    """Effect in ``period`` on the ``units`` units whose plan began in ``group``.

    Before ``group`` it is a placebo: what parallel trends say should be 0.
    """

    group: float
    period: float
    units: int
    controls: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class Staggered:
    """Effects by group and period, and their averages, in the outcome's unit.

    ``simple`` averages all effects after a plan began over units and periods;
    ``by_group``, ``by_event`` (time since the plan) and ``by_calendar`` average them
    by one feature, and overall. Limits are pointwise at ``level`` (bell curve, errors
    clustered by unit); the event study has simultaneous bands too.
    """

    group_times: tuple[GroupTime, ...]
    simple: Effect
    by_group: Average
    by_event: EventStudy
    by_calendar: Average
    level: float


def staggered(
    outcomes: npt.ArrayLike,
    *,
    periods: npt.ArrayLike,
    begins: Sequence[float | None],
    controls: Controls = "never",
    base: Base = "varying",
    level: float = 0.95,
    draws: int = 10_000,
    rng: np.random.Generator | int,
) -> Staggered:
    """Estimate the effect of plans that begin in different periods.

    Without its plan, each group must have moved like its controls (parallel trends),
    and units must not act on a plan before it begins.

    Parameters
    ----------
    outcomes : array_like, shape (n_periods, n_units)
        A balanced panel.
    periods : array_like, shape (n_periods,)
        Ascending and evenly spaced.
    begins : sequence of float or None, shape (n_units,)
        First period with the plan; None for never. A later one than the last period
        counts as never.
    controls : {"never", "not_yet"}
        Units without a plan at all, or all that have not begun in either period.
    base : {"varying", "universal"}
        Placebos before the plan compare with the period before each, or all with the
        last period before the plan, as `parallel_trends` needs.
    level, draws, rng
        Level of all limits; draws and seed of the simultaneous band.

    Returns
    -------
    Staggered
        Effects after the plan do not depend on ``base``.

    Raises
    ------
    MethodError
        If a cell is missing, no unit or all units are treated, a group or the
        controls have fewer than ``FEWEST_IN_GROUP`` units, a plan begins in the first
        period or between two, or values do not vary inside groups.

    References
    ----------
    Callaway & Sant'Anna (2021), Journal of Econometrics 225, 200-230.
    """
    tail = confidence.tail("staggered", level)
    generator = checked.generator("staggered", rng)
    require_one_of("staggered", "controls", controls, get_args(Controls))
    require_one_of("staggered", "base", base, get_args(Base))
    y = checked.table("staggered", "outcomes", outcomes)
    when = checked.periods("staggered", periods)
    checked.require_length("staggered", "periods", when, len(y))
    start = _starts(begins, when, y.shape[1])
    found = _group_times(y, when, start, controls, base)
    _require_spread(found, float(np.abs(y).max()))
    return Staggered(
        group_times=_listed(found, start, tail),
        simple=aggregates.simple(found, tail),
        by_group=aggregates.by_group(found, tail),
        by_event=aggregates.by_event(found, tail, level, draws, generator),
        by_calendar=aggregates.by_calendar(found, tail),
        level=level,
    )


def _starts(begins: Sequence[float | None], when: Floats, units: int) -> Floats:
    """Return the position of each unit's first period with the plan, ``inf`` for never."""
    first = np.array([np.inf if start is None else real(start) for start in begins])
    unknown = int(np.count_nonzero(np.isnan(first)))
    if unknown:
        raise MethodError(
            f"staggered: of {unknown} units it is not known when the plan begins. Give None for "
            "those that never have it, and leave out those of which it is not known."
        )
    checked.require_length("staggered", "begins", first, units)
    if len(when) < 2 or not np.allclose(np.diff(when), when[1] - when[0]):
        raise MethodError(
            f"staggered: the {len(when)} periods are not 2 or more, evenly spaced. "
            "Give every period between the first and the last."
        )
    first = np.where(first > when[-1], np.inf, first)
    between = int(np.count_nonzero(np.isfinite(first) & ~np.isin(first, when)))
    early = int(np.count_nonzero(first <= when[0]))
    if early or between:
        raise MethodError(
            f"staggered: the plans of {early} units begin in or before the first period, of "
            f"{between} at no given period. Leave out units that are never seen without the "
            "plan, and give beginnings as periods."
        )
    place = np.searchsorted(when, first).astype(np.float64)
    return np.where(np.isfinite(first), place, np.inf)


def _group_times(
    y: Floats, when: Floats, start: Floats, controls: Controls, base: Base
) -> GroupTimes:
    groups = np.unique(start[np.isfinite(start)])
    _require_groups(groups, start, controls)
    cells = [
        (int(group), period, before)
        for group in groups
        for period, before in _comparisons(int(group), len(when), base)
    ]
    kept = [(cell, mask) for cell in cells if (mask := _controls(start, cell, controls)).any()]
    few = sum(int(mask.sum()) < FEWEST_IN_GROUP for _, mask in kept)
    if few or not any(period >= group for (group, period, _), _ in kept):
        raise MethodError(
            f"staggered: {few} of {len(cells)} comparisons have fewer than {FEWEST_IN_GROUP} "
            "controls, or none after a plan has any. Cut the last periods, or find more "
            "units without a plan."
        )
    pairs = [_compared(y, start, cell, mask) for cell, mask in kept]
    return GroupTimes(
        group=np.array([cell[0] for cell, _ in kept]),
        period=np.array([cell[1] for cell, _ in kept]),
        value=np.array([value for value, _ in pairs]),
        influence=np.array([influence for _, influence in pairs]),
        controls=np.array([int(mask.sum()) for _, mask in kept]),
        start=start,
        when=when,
        reference=-1.0 if base == "universal" else None,
    )


def _require_groups(groups: Floats, start: Floats, controls: Controls) -> None:
    never = int(np.count_nonzero(np.isinf(start)))
    small = sum(int(np.count_nonzero(start == group)) < FEWEST_IN_GROUP for group in groups)
    if len(groups) == 0 or small:
        raise MethodError(
            f"staggered: {small} of {len(groups)} groups that begin together have fewer than "
            f"{FEWEST_IN_GROUP} units, which have no error to estimate. Test single treated "
            "units by permutation (one_treated), or leave small groups out."
        )
    if never < FEWEST_IN_GROUP and controls == "never":
        raise MethodError(
            f"staggered: {never} units never have the plan, {FEWEST_IN_GROUP} are needed. "
            'Compare with controls="not_yet", or find units without a plan.'
        )


def _comparisons(group: int, periods: int, base: Base) -> list[tuple[int, int]]:
    """Return the period compared and the one before the plan that it is compared with."""
    if base == "universal":
        return [(period, group - 1) for period in range(periods) if period != group - 1]
    return [(period, min(period, group) - 1) for period in range(1, periods)]


def _controls(
    start: Floats, cell: tuple[int, int, int], controls: Controls
) -> npt.NDArray[np.bool_]:
    group, period, before = cell
    if controls == "never":
        return np.isinf(start)
    return np.asarray((start > max(period, before)) & (start != group))


def _compared(
    y: Floats, start: Floats, cell: tuple[int, int, int], others: npt.NDArray[np.bool_]
) -> tuple[float, Floats]:
    """Return the difference of mean changes, and what each unit moves it by (times n)."""
    group, period, before = cell
    change = y[period] - y[before]
    own = start == group
    n = len(start)
    means = change[own].mean(), change[others].mean()
    influence = n / own.sum() * own * (change - means[0])
    influence -= n / others.sum() * others * (change - means[1])
    return float(means[0] - means[1]), np.asarray(influence)


def _require_spread(found: GroupTimes, scale: float) -> None:
    still = int(np.count_nonzero(np.abs(found.influence).max(axis=1) <= 1e-12 * scale))
    if still:
        raise MethodError(
            f"staggered: in {still} of {len(found.value)} comparisons the units' changes do not "
            "differ, so that chance cannot be measured. Show the means by themselves."
        )


def _listed(found: GroupTimes, start: Floats, tail: float) -> tuple[GroupTime, ...]:
    return tuple(
        GroupTime(
            group=float(found.when[group]),
            period=float(found.when[period]),
            units=int(np.count_nonzero(start == group)),
            controls=int(controls),
            effect=effect(float(value), influence, tail),
        )
        for group, period, controls, value, influence in zip(
            found.group, found.period, found.controls, found.value, found.influence, strict=True
        )
    )
