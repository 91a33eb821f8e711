"""Effects by group and period in; averages by group, calendar period and time since out.

Groups are weighted by their share of all units. The shares are estimated too, and that
error is carried along with the effects' own (as in R's did).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.scalars import require_draws

_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effect:
    """An average effect with its standard error and pointwise limits."""

    value: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Part:
    """The average effect of one group or one period (``at``)."""

    at: float
    effect: Effect


@dataclass(frozen=True, slots=True)
class Average:
    """Average effects by one feature, and the average over its values."""

    overall: Effect
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Effect ``since`` so many periods after the plan began (negative: a placebo).

    ``band_low`` to ``band_high`` holds all events at once at the study's level.
    """

    since: int
    effect: Effect
    band_low: float
    band_high: float


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Effects by time since the plan, ascending, with their covariance.

    ``overall`` averages the effects from 0 on. ``reference`` is the event that all
    others are compared with and that has no entry, None where each placebo has its
    own. ``critical`` is the multiple of the standard error behind the bands.
    """

    overall: Effect
    events: tuple[Event, ...]
    covariance: tuple[tuple[float, ...], ...]
    reference: int | None
    critical: float
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class GroupTimes:
    """Effects by group and period (positions in ``when``), one row a comparison.

    ``influence`` is ``(n_comparisons, n_units)``: a row's mean square over n is the
    squared standard error. ``start`` is each unit's group, ``inf`` for none.
    """

    group: Ints
    period: Ints
    value: Floats
    influence: Floats
    controls: Ints
    start: Floats
    when: Floats
    reference: float | None


def effect(value: float, influence: Floats, tail: float) -> Effect:
    """Put a standard error and limits to a value from its influence function, (n_units,)."""
    from scipy.special import ndtri

    error = float(np.sqrt(influence @ influence)) / len(influence)
    reach = -float(ndtri(tail)) * error
    return Effect(value, error, value - reach, value + reach)


def simple(found: GroupTimes, tail: float) -> Effect:
    """Average all effects after a plan began, groups weighted by size."""
    return effect(*_weighted(found, found.period >= found.group), tail)


def by_group(found: GroupTimes, tail: float) -> Average:
    """Average over the periods after for each group; overall, groups weighted by size."""
    groups = np.unique(found.group[found.period >= found.group])
    rows = [(found.group == group) & (found.period >= group) for group in groups]
    # All of a group's periods have the same weight, whatever its share.
    parts = [(float(found.value[row].mean()), found.influence[row].mean(axis=0)) for row in rows]
    values, influences = np.array([v for v, _ in parts]), np.array([i for _, i in parts])
    overall = _mixed(values, influences, groups, found.start)
    return _average(overall, parts, found.when[groups], tail)


def by_calendar(found: GroupTimes, tail: float) -> Average:
    """Average over the groups already begun in each period; overall, periods alike."""
    after = found.period >= found.group
    periods = np.unique(found.period[after])
    parts = [_weighted(found, after & (found.period == period)) for period in periods]
    return _average(_even(parts), parts, found.when[periods], tail)


def by_event(
    found: GroupTimes, tail: float, level: float, draws: int, generator: np.random.Generator
) -> EventStudy:
    """Average over groups at each time since the plan; overall, times from 0 on alike.

    The simultaneous band multiplies every standard error by the ``level`` quantile of
    the largest of so many normal deviates, correlated as the effects are.
    """
    since = found.period - found.group
    times = np.unique(since)
    parts = [_weighted(found, since == time) for time in times]
    after = [part for time, part in zip(times, parts, strict=True) if time >= 0]
    influence = np.array([part[1] for part in parts])
    covariance = influence @ influence.T / influence.shape[1] ** 2
    critical = simultaneous(covariance, level, draws, generator)
    effects = [effect(*part, tail) for part in parts]
    return EventStudy(
        overall=effect(*_even(after), tail),
        events=tuple(_event(int(t), e, critical) for t, e in zip(times, effects, strict=True)),
        covariance=tuple(map(tuple, covariance.tolist())),
        reference=None if found.reference is None else int(found.reference),
        critical=critical,
        level=level,
    )


def simultaneous(
    covariance: Floats, level: float, draws: int, generator: np.random.Generator
) -> float:
    """Return how many standard errors hold all estimates at once with probability ``level``.

    Parameters
    ----------
    covariance : ndarray, shape (n, n)
        Covariance of the estimates, jointly normal; no variance 0.
    level, draws, generator
        Probability, and the draws (at least 1,000) that find it.

    Raises
    ------
    MethodError
        If there are fewer than 1,000 draws.

    References
    ----------
    Montiel Olea & Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1-17.
    """
    require_draws("simultaneous band", draws, 1_000)
    error = np.sqrt(np.diag(covariance))
    alike = covariance / np.outer(error, error)
    drawn = generator.multivariate_normal(np.zeros(len(error)), alike, size=draws, method="eigh")
    return float(np.quantile(np.abs(drawn).max(axis=1), level))


def _weighted(found: GroupTimes, rows: _Mask) -> tuple[float, Floats]:
    return _mixed(found.value[rows], found.influence[rows], found.group[rows], found.start)


def _mixed(values: Floats, influences: Floats, groups: Ints, start: Floats) -> tuple[float, Floats]:
    """Average with weights in proportion to the groups' sizes, and its influence."""
    member = start[None, :] == groups[:, None]
    share = member.mean(axis=1)
    weights = share / share.sum()
    apart = member - share[:, None]
    of_weights = apart / share.sum() - np.outer(weights, apart.sum(axis=0) / share.sum())
    return float(weights @ values), np.asarray(weights @ influences + values @ of_weights)


def _even(parts: list[tuple[float, Floats]]) -> tuple[float, Floats]:
    value = float(np.mean([value for value, _ in parts]))
    return value, np.asarray(np.mean([influence for _, influence in parts], axis=0))


def _average(
    overall: tuple[float, Floats], parts: list[tuple[float, Floats]], at: Floats, tail: float
) -> Average:
    listed = tuple(
        Part(float(where), effect(*part, tail)) for where, part in zip(at, parts, strict=True)
    )
    return Average(effect(*overall, tail), listed)


def _event(since: int, one: Effect, critical: float) -> Event:
    reach = critical * one.error
    return Event(since, one, one.value - reach, one.value + reach)
