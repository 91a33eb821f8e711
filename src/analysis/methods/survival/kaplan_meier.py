"""Spells in; the share still without the event, by day, with log-log limits out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate, Floats, Ints
from analysis.methods.scalars import real
from analysis.methods.survival.spells import (
    Spells,
    at_risk,
    events_on,
    fewest_watched,
    observed_spells,
    require_lasting,
)

_HALF = math.sqrt(np.finfo(np.float64).eps)
"""Distance at which a curve counts as level with the share asked for, as in R's survfit."""


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Share without the event from each day of ``times`` on (days with an event, ascending).

    ``error`` is Greenwood's, None where the share is 0 and it has no value. ``low`` and
    ``high`` are log-log limits at confidence ``level``, day by day, not for the curve as
    a whole. ``fewest_before`` is the fewest spells watched at any moment before the first
    event; ``followed_to`` the last day anyone was watched; ``total_time`` days at risk.
    """

    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    survival: tuple[float, ...]
    error: tuple[float | None, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    level: float
    spells: int
    fewest_before: int
    followed_to: float
    total_time: float


@dataclass(frozen=True, slots=True)
class RiskRow:
    """Spells at risk on day ``time``; events and ends of watching before it; entries still due."""

    time: float
    at_risk: int
    events_before: int
    open_before: int
    not_entered: int


def kaplan_meier(
    times: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> SurvivalCurve:
    """Estimate the share still without the event, day by day.

    Watching must end for reasons that say nothing of the event (independent censoring);
    what ends a spell otherwise, such as departure, is a competing risk: use
    `cumulative_incidence`. With delayed entry the early curve rests on few: look at
    ``at_risk``.

    Parameters
    ----------
    times : array_like, shape (n,)
        Days (any unit) from the start of the clock to event or end of watching, 0 or more.
    observed : array_like, shape (n,)
        1 or true where the event was seen, 0 or false where the spell is still open.
    entry : array_like, shape (n,), optional
        Day on which watching began; 0 for those watched from the start.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    SurvivalCurve
        Where the share is 0 the limits are 0 and the upper limit of the day before (a
        share cannot rise), or that of 0 among n where there was no day before.

    Raises
    ------
    MethodError
        If there is no event; if a spell ends before it is entered; if all at risk end on a
        day while others enter later; or for input that `checked` refuses.

    References
    ----------
    Kaplan & Meier (1958), JASA 53, 457-481; Kalbfleisch & Prentice (2002), The Statistical
    Analysis of Failure Time Data, section 1.4 (log-log limits).

    Examples
    --------
    >>> curve = kaplan_meier([6, 6, 7, 10], [1, 0, 1, 0])
    >>> [round(share, 3) for share in curve.survival]
    [0.75, 0.375]
    """
    tail = confidence.tail("kaplan_meier", level)
    spells = observed_spells("kaplan_meier", times, observed, entry)
    days = np.unique(spells.time[spells.cause > 0])
    risk, events = at_risk(spells, days), events_on(spells, days)
    require_lasting("kaplan_meier", spells, days[risk == events])
    share = np.cumprod(1 - events / risk).astype(np.float64)
    error, low, high = _limits(share, risk, events, tail)
    return SurvivalCurve(
        times=tuple(days.tolist()),
        at_risk=tuple(risk.tolist()),
        events=tuple(events.tolist()),
        survival=tuple(share.tolist()),
        error=error,
        low=low,
        high=high,
        level=level,
        spells=len(spells),
        fewest_before=fewest_watched(spells, float(days[0])),
        followed_to=float(spells.time.max()),
        total_time=float((spells.time - np.maximum(spells.entry, 0)).sum()),
    )


def survival_at(curve: SurvivalCurve, at: npt.ArrayLike) -> tuple[Estimate, ...]:
    """Read the share without the event on given days, with its limits.

    Before the first event the share is 1, and its lower limit that of no event among the
    fewest watched until then (Clopper & Pearson): nobody having had the event shows little
    where few were watched.

    Raises
    ------
    MethodError
        If a day is negative, or later than the last day anyone was watched (unless the
        share had fallen to 0).

    Examples
    --------
    >>> round(survival_at(kaplan_meier([6, 6, 7, 10], [1, 0, 1, 0]), [6])[0].value, 3)
    0.75
    """
    days = checked.numbers("survival_at", "days", at)
    require_watched("survival_at", curve, days)
    first = (1 - curve.level) / 2
    alone = first ** (1 / curve.fewest_before) if curve.fewest_before else 0.0
    steps = np.searchsorted(np.array(curve.times), days, side="right") - 1
    return tuple(
        Estimate(curve.survival[step], curve.low[step], curve.high[step], curve.level)
        if step >= 0
        else Estimate(1.0, alone, 1.0, curve.level)
        for step in steps.tolist()
    )


def quantile(curve: SurvivalCurve, gone: float = 0.5) -> Estimate:
    """Return the day by which the share ``gone`` has had the event; 0.5 gives the median.

    The first day on which the curve is at or below 1 - ``gone``; where it runs exactly
    level, the middle of that stretch. Limits are the same reading of the curve's limits
    (Brookmeyer & Crowley with log-log limits, as R's survfit).

    Returns
    -------
    Estimate
        In days. Infinite (value or limit) where the curve never falls so far: not reached.

    Raises
    ------
    MethodError
        If ``gone`` is no share between 0 and 1.

    References
    ----------
    Brookmeyer & Crowley (1982), Biometrics 38, 29-41.

    Examples
    --------
    >>> quantile(kaplan_meier([6, 6, 7, 10], [1, 0, 1, 0])).value
    7.0
    """
    if not 0 < real(gone) < 1:
        raise MethodError("quantile: gone is no share between 0 and 1. Give 0.5 for the median.")
    value, low, high = (
        _first_day(curve.times, shares, 1 - gone)
        for shares in (curve.survival, curve.low, curve.high)
    )
    return Estimate(value, low, high, curve.level)


def risk_table(
    times: npt.ArrayLike,
    observed: npt.ArrayLike,
    at: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
) -> tuple[RiskRow, ...]:
    """Count who is at risk on given days: the row of numbers under a survival curve.

    Raises
    ------
    MethodError
        As `kaplan_meier`.

    Examples
    --------
    >>> [row.at_risk for row in risk_table([6, 6, 7, 10], [1, 0, 1, 0], [0, 7])]
    [4, 2]
    """
    spells = observed_spells("risk_table", times, observed, entry)
    days = checked.numbers("risk_table", "days", at)
    risk = at_risk(spells, days)
    return tuple(
        RiskRow(
            time=float(day),
            at_risk=int(number),
            events_before=int(np.count_nonzero((spells.time < day) & (spells.cause > 0))),
            open_before=int(np.count_nonzero((spells.time < day) & (spells.cause == 0))),
            not_entered=int(np.count_nonzero(spells.entry >= day)),
        )
        for day, number in zip(days, risk, strict=True)
    )


def require_watched(method: str, curve: SurvivalCurve, days: Floats) -> None:
    """Refuse days on which nothing is known.

    Raises
    ------
    MethodError
        If a day is negative or after the last day watched, the curve being above 0 there.
    """
    early = int(np.count_nonzero(days < 0))
    if early:
        raise MethodError(f"{method}: {early} of {len(days)} days are negative. Give 0 or later.")
    late = int(np.count_nonzero(days > curve.followed_to)) if curve.survival[-1] > 0 else 0
    if late:
        raise MethodError(
            f"{method}: {late} of {len(days)} days lie after the last day anyone was watched. "
            "Choose earlier days, or watch longer."
        )


def left_continuous(spells: Spells, days: Floats) -> Floats:
    """Return the share without an event just before each of ``days`` (all days with one)."""
    share = np.cumprod(1 - events_on(spells, days) / at_risk(spells, days))
    return np.concatenate(([1.0], share[:-1]))


def _limits(
    share: Floats, risk: Ints, events: Ints, tail: float
) -> tuple[tuple[float | None, ...], tuple[float, ...], tuple[float, ...]]:
    """Return Greenwood's error and log-log limits; where the share is 0, see `kaplan_meier`."""
    from scipy.stats import norm

    some = share > 0
    here, n, d = share[some], risk[some], events[some]
    scatter = np.sqrt(np.cumsum(d / (n * (n - d))))
    reach = float(norm.isf(tail)) * scatter / -np.log(here)
    error: list[float | None] = (here * scatter).tolist()
    low: list[float] = (here ** np.exp(reach)).tolist()
    high: list[float] = (here ** np.exp(-reach)).tolist()
    if not some.all():
        error.append(None)
        low.append(0.0)
        high.append(high[-1] if high else float(1 - tail ** (1 / risk[-1])))
    return tuple(error), tuple(low), tuple(high)


def _first_day(days: tuple[float, ...], shares: tuple[float, ...], level: float) -> float:
    below = [i for i, share in enumerate(shares) if share < level + _HALF]
    if not below:
        return math.inf
    first = below[0]
    further = [i for i in below if shares[i] < shares[first]]
    if abs(shares[first] - level) < _HALF and further:
        return (days[first] + days[further[0]]) / 2
    return days[first]
