"""Spells that end for one of several causes in; the share each cause has ended by a day out.

Leaving the country or getting asylum ends a spell as surely as support does. Taking
such ends for open spells (one minus Kaplan-Meier) overstates every cause.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate, Floats, Ints
from analysis.methods.scalars import is_whole
from analysis.methods.survival.permutation import (
    PermutedTest,
    by_group,
    group_events,
    permute,
    require_groups,
)
from analysis.methods.survival.spells import (
    Groups,
    Spells,
    at_risk,
    caused_spells,
    events_on,
    fewest_watched,
    group_labels,
    require_lasting,
)


@dataclass(frozen=True, slots=True)
class Incidence:
    """Share ended by ``cause`` from each day of ``times`` on (days on which it ended some).

    ``error`` by the delta method (multinomial steps), ``low`` and ``high`` log-log limits
    at confidence ``level``. ``fewest_before`` and ``followed_to`` as in `SurvivalCurve`.
    """

    cause: int
    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    incidence: tuple[float, ...]
    error: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    level: float
    fewest_before: int
    followed_to: float


def cumulative_incidence(
    times: npt.ArrayLike,
    causes: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> tuple[Incidence, ...]:
    """Estimate, for each cause, the share of spells it has ended by each day (Aalen-Johansen).

    Parameters
    ----------
    times : array_like, shape (n,)
        Days from the start of the clock to the end of the spell or of watching.
    causes : array_like, shape (n,)
        0 where the spell is open, else the code (1, 2, ...) of what ended it.
    entry : array_like, shape (n,), optional
        Day on which watching began; 0 for those watched from the start.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    tuple of Incidence
        One a cause, by ascending code. On any day the shares and the share still open add
        up to 1. A share of 1 keeps the lower limit of the day before.

    Raises
    ------
    MethodError
        As `kaplan_meier`.

    References
    ----------
    Aalen & Johansen (1978), Scandinavian Journal of Statistics 5, 141-150; Marubini &
    Valsecchi (1995), Analysing Survival Data, chapter 10 (variance).

    Examples
    --------
    >>> first, second = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0])
    >>> first.incidence, second.incidence
    ((0.25, 0.5), (0.25,))
    """
    tail = confidence.tail("cumulative_incidence", level)
    spells = caused_spells("cumulative_incidence", times, causes, entry)
    days = np.unique(spells.time[spells.cause > 0])
    risk, events = at_risk(spells, days), events_on(spells, days)
    require_lasting("cumulative_incidence", spells, days[risk == events])
    return tuple(
        _incidence(spells, int(cause), days, risk, events, tail, level)
        for cause in np.unique(spells.cause[spells.cause > 0])
    )


def incidence_at(curve: Incidence, at: npt.ArrayLike) -> tuple[Estimate, ...]:
    """Read the share ended by the cause on given days, with its limits.

    Before the cause's first event the share is 0, and its upper limit that of no event
    among the fewest watched until then (Clopper & Pearson).

    Raises
    ------
    MethodError
        If a day is negative or later than the last day anyone was watched.

    Examples
    --------
    >>> incidence_at(cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0])[0], [2])[0].value
    0.25
    """
    days = checked.numbers("incidence_at", "days", at)
    wrong = int(np.count_nonzero((days < 0) | (days > curve.followed_to)))
    if wrong:
        raise MethodError(
            f"incidence_at: {wrong} of {len(days)} days are negative or lie after the last day "
            "anyone was watched. Choose other days, or watch longer."
        )
    tail = (1 - curve.level) / 2
    none = 1 - tail ** (1 / curve.fewest_before) if curve.fewest_before else 1.0
    steps = np.searchsorted(np.array(curve.times), days, side="right") - 1
    return tuple(
        Estimate(curve.incidence[step], curve.low[step], curve.high[step], curve.level)
        if step >= 0
        else Estimate(0.0, 0.0, none, curve.level)
        for step in steps.tolist()
    )


def permuted_incidence_test(
    times: npt.ArrayLike,
    causes: npt.ArrayLike,
    groups: Iterable[object],
    *,
    cause: int,
    rng: np.random.Generator | int,
    draws: int = 100_000,
) -> PermutedTest:
    """Test that groups share one incidence curve of ``cause``, by shuffling labels.

    The statistic is the score of Fine & Gray: spells that another cause has ended stay in
    the risk set, weighted by the chance of still being watched (estimated over all groups
    together). This is *not* Gray's test, whose weights and variance are taken group by
    group; it asks the same question and refers to shuffled labels instead of chi-square.
    Groups must be watched alike.

    Parameters
    ----------
    times, causes : array_like, shape (n,)
        As for `cumulative_incidence`; delayed entry is not provided for.
    groups : sequence, shape (n,)
        Label of each spell's group.
    cause : int
        Code of the cause that is compared.
    rng : Generator or int
        Source of the draws, or its seed.
    draws : int
        Shuffles, 99 or more.

    Returns
    -------
    PermutedTest
        ``observed`` counts the cause's events, ``expected`` those under one curve.

    Raises
    ------
    MethodError
        If the cause ends no spell, or there are fewer than two groups.

    References
    ----------
    Fine & Gray (1999), JASA 94, 496-509; Gray (1988), Annals of Statistics 16, 1141-1154.

    Examples
    --------
    >>> found = permuted_incidence_test(
    ...     [1, 2, 3, 4, 5, 6], [1, 1, 2, 2, 1, 0], list("aaabbb"), cause=1, rng=1, draws=999)
    >>> 0 < found.p <= 1
    True
    """
    method = "permuted_incidence_test"
    spells = caused_spells(method, times, causes, None)
    labels = group_labels(method, "groups", groups, len(spells))
    require_groups(method, labels)
    if not is_whole(cause, 1) or not np.any(spells.cause == cause):
        raise MethodError(f"{method}: the cause ends none of {len(spells)} spells. Give another.")
    residual = _subdistribution_residuals(spells, cause)
    own = spells.cause == cause
    counts = group_events(labels, own, by_group(labels, own - residual))
    everyone = Groups(("all",), np.zeros(len(spells), dtype=np.int64))
    return permute(method, residual, labels, everyone, rng, draws, counts)


def _incidence(
    spells: Spells, cause: int, days: Floats, risk: Ints, events: Ints, tail: float, level: float
) -> Incidence:
    own = events_on(spells, days, cause)
    share, error = _aalen_johansen(risk.astype(float), events.astype(float), own.astype(float))
    here = own > 0
    low, high = _limits(share[here], error[here], int(risk[here][0]), tail)
    return Incidence(
        cause=cause,
        times=tuple(days[here].tolist()),
        at_risk=tuple(risk[here].tolist()),
        events=tuple(own[here].tolist()),
        incidence=tuple(share[here].tolist()),
        error=tuple(error[here].tolist()),
        low=low,
        high=high,
        level=level,
        fewest_before=fewest_watched(spells, float(days[here][0])),
        followed_to=float(spells.time.max()),
    )


def _aalen_johansen(risk: Floats, events: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Return the incidence of one cause and its standard error, shape (n_days,).

    Each day multiplies by a multinomial step; the variances of the share still open and of
    the incidence, and their covariance, are carried along (delta method).
    """
    still, ended, var_still, var_ended, between = 1.0, 0.0, 0.0, 0.0, 0.0
    shares, errors = np.empty(len(risk)), np.empty(len(risk))
    for day, (n, d, k) in enumerate(zip(risk, events, own, strict=True)):
        q, p = d / n, k / n
        var_ended += 2 * p * between + p**2 * var_still + still**2 * p * (1 - p) / n
        between = (1 - q) * (between + p * var_still) - still**2 * p * (1 - q) / n
        var_still = (1 - q) ** 2 * var_still + still**2 * q * (1 - q) / n
        ended, still = ended + still * p, still * (1 - q)
        shares[day], errors[day] = min(1.0, ended), np.sqrt(max(0.0, var_ended))
    return shares, errors


def _limits(
    share: Floats, error: Floats, at_first: int, tail: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    from scipy.stats import norm

    inside = share < 1 - 1e-12
    here = share[inside]
    reach = float(norm.isf(tail)) * error[inside] / (here * -np.log(here))
    low, high = (here ** np.exp(reach)).tolist(), (here ** np.exp(-reach)).tolist()
    if not inside.all():
        low.append(low[-1] if low else float(tail ** (1 / at_first)))
        high.append(1.0)
    return tuple(low), tuple(high)


def _subdistribution_residuals(spells: Spells, cause: int) -> Floats:
    """Return event less expected, each spell under one pooled subdistribution hazard."""
    days = np.unique(spells.time[spells.cause == cause])
    watched, own_watched = _still_watched(spells, days), _still_watched(spells, spells.time)
    other = (spells.cause > 0) & (spells.cause != cause)
    waiting = days[:, None] > spells.time
    weight = np.where(waiting, np.where(other, watched[:, None] / own_watched, 0.0), 1.0)
    hazard = events_on(spells, days, cause) / weight.sum(axis=1)
    left: Floats = (spells.cause == cause) - hazard @ weight
    return left


def _still_watched(spells: Spells, days: Floats) -> Floats:
    """Return the share not yet lost from sight just before each day (Kaplan-Meier, reversed).

    Ends of watching come after the events of their day, so these no longer are at risk.
    """
    ends = np.unique(spells.time[spells.cause == 0])
    lost = events_on(Spells(spells.entry, spells.time, (spells.cause == 0).astype(np.int64)), ends)
    share = np.cumprod(1 - lost / (at_risk(spells, ends) - events_on(spells, ends)))
    kept: Floats = np.concatenate(([1.0], share))[np.searchsorted(ends, days, side="left")]
    return kept
