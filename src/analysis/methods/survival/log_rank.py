"""Spells of several groups in; tests that all share one curve out.

Observed less expected events of a group are the sum, over its spells, of event minus
pooled cumulative hazard. Shuffling labels only regroups these residuals, so that the
permutation test needs one pass over the data and then sums of shuffled numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods.checked import Floats, Ints
from analysis.methods.scalars import require_one_of
from analysis.methods.survival.kaplan_meier import left_continuous
from analysis.methods.survival.permutation import (
    GroupEvents,
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
    events_on,
    group_labels,
    observed_spells,
)

FEWEST_EVENTS = 10
"""Fewest events for the chi-square law; below, labels are permuted (our rule)."""

Weighting = Literal["equal", "survival"]


@dataclass(frozen=True, slots=True)
class LogRank:
    """Chi-square of equal curves with its degrees of freedom and p."""

    chi_square: float
    degrees_of_freedom: int
    p: float
    groups: tuple[GroupEvents, ...]
    weighting: Weighting


def log_rank(
    times: npt.ArrayLike,
    observed: npt.ArrayLike,
    groups: Iterable[object],
    *,
    entry: npt.ArrayLike | None = None,
    strata: Iterable[object] | None = None,
    weighting: Weighting = "equal",
) -> LogRank:
    """Test that groups share one survival curve (Mantel-Haenszel log-rank test).

    Parameters
    ----------
    times, observed, entry : array_like, shape (n,)
        As for `kaplan_meier`.
    groups : sequence, shape (n,)
        Label of each spell's group, two groups or more.
    strata : sequence, shape (n,), optional
        Compare within these only, and add up.
    weighting : {"equal", "survival"}
        "survival" gives each event the weight of the pooled curve just before it (Peto &
        Peto, rho 1 in R): early differences count more. Choose before looking.

    Returns
    -------
    LogRank
        ``expected`` is weighted as the events are; ``observed`` is the plain number.

    Raises
    ------
    MethodError
        If there are fewer than ``FEWEST_EVENTS`` events (use `permuted_log_rank`), fewer
        than two groups, or a group that no event is compared with.

    References
    ----------
    Mantel (1966), Cancer Chemotherapy Reports 50, 163-170; Harrington & Fleming (1982),
    Biometrika 69, 553-566.

    Examples
    --------
    >>> found = log_rank(range(1, 13), [1] * 12, ["a", "b"] * 6)
    >>> round(found.chi_square, 3), found.degrees_of_freedom
    (0.326, 1)
    """
    from scipy.stats import chi2

    require_one_of("log_rank", "weighting", weighting, get_args(Weighting))
    spells, labels, layers = _input("log_rank", times, observed, groups, entry, strata)
    events = int(spells.cause.sum())
    if events < FEWEST_EVENTS:
        raise MethodError(
            f"log_rank: {events} events, {FEWEST_EVENTS} are needed for the chi-square law. "
            "Use permuted_log_rank."
        )
    size = len(labels.names)
    excess, expected, variance = np.zeros(size), np.zeros(size), np.zeros((size, size))
    for layer in range(len(layers.names)):
        here = layers.code == layer
        found = _excess(spells.take(here), labels.code[here], size, weighting)
        excess, expected, variance = excess + found[0], expected + found[1], variance + found[2]
    chi_square = _quadratic(excess, variance)
    return LogRank(
        chi_square=chi_square,
        degrees_of_freedom=size - 1,
        p=float(chi2.sf(chi_square, size - 1)),
        groups=group_events(labels, spells.cause > 0, expected),
        weighting=weighting,
    )


def permuted_log_rank(
    times: npt.ArrayLike,
    observed: npt.ArrayLike,
    groups: Iterable[object],
    *,
    rng: np.random.Generator | int,
    draws: int = 100_000,
    entry: npt.ArrayLike | None = None,
    strata: Iterable[object] | None = None,
) -> PermutedTest:
    """Test the same by shuffling the labels: for few events, or groups of uneven size.

    The statistic adds up (observed - expected)^2 / spells over groups and strata. Labels
    are shuffled within strata. Groups must also be watched alike: where watching ended
    (or began) by other rules in one group, shuffling tests that as well.

    Parameters
    ----------
    times, observed, groups, entry, strata
        As for `log_rank`.
    rng : Generator or int
        Source of the draws, or its seed.
    draws : int
        Shuffles, 99 or more.

    Raises
    ------
    MethodError
        If there are fewer than two groups or too few draws.

    References
    ----------
    Heinze, Gnant & Schemper (2003), Biometrics 59, 1151-1157; Phipson & Smyth (2010),
    Statistical Applications in Genetics and Molecular Biology 9:39 (the 1 in the p).

    Examples
    --------
    >>> found = permuted_log_rank([1, 2, 3, 4, 5, 6], [1] * 6, list("aaabbb"), rng=1, draws=999)
    >>> 0.05 < found.p < 0.15
    True
    """
    method = "permuted_log_rank"
    spells, labels, layers = _input(method, times, observed, groups, entry, strata)
    residual = np.zeros(len(spells))
    for layer in range(len(layers.names)):
        here = layers.code == layer
        if spells.cause[here].any():
            residual[here] = _residuals(spells.take(here))
    expected = by_group(labels, spells.cause - residual)
    counts = group_events(labels, spells.cause > 0, expected)
    return permute(method, residual, labels, layers, rng, draws, counts)


def _input(
    method: str,
    times: npt.ArrayLike,
    observed: npt.ArrayLike,
    groups: Iterable[object],
    entry: npt.ArrayLike | None,
    strata: Iterable[object] | None,
) -> tuple[Spells, Groups, Groups]:
    spells = observed_spells(method, times, observed, entry)
    labels = group_labels(method, "groups", groups, len(spells))
    require_groups(method, labels)
    layers = group_labels(
        method, "strata", _one_layer(spells) if strata is None else strata, len(spells)
    )
    return spells, labels, layers


def _one_layer(spells: Spells) -> tuple[str, ...]:
    return ("all",) * len(spells)


def _excess(
    spells: Spells, code: Ints, size: int, weighting: Weighting
) -> tuple[Floats, Floats, Floats]:
    """Return weighted observed less expected, expected, and their covariance, of one stratum."""
    if not spells.cause.any():
        return np.zeros(size), np.zeros(size), np.zeros((size, size))
    days = np.unique(spells.time[spells.cause > 0])
    risk, events = at_risk(spells, days), events_on(spells, days)
    own = [spells.take(code == group) for group in range(size)]
    own_risk = np.array([at_risk(group, days) for group in own])
    own_events = np.array([events_on(group, days) for group in own])
    weight = np.ones(len(days)) if weighting == "equal" else left_continuous(spells, days)
    share = own_risk / risk
    expected = (weight * events * share).sum(axis=1)
    # One spell at risk has no spread; max(1, .) only avoids 0 / 0 there.
    spread = weight**2 * events * (risk - events) / np.maximum(1, risk - 1)
    variance = np.diag((spread * share).sum(axis=1)) - (spread * share) @ share.T
    return (weight * own_events).sum(axis=1) - expected, expected, variance


def _quadratic(excess: Floats, variance: Floats) -> float:
    """Return the chi-square, dropping the last group, as all excesses add up to 0."""
    alone = int(np.count_nonzero(np.diag(variance) <= 1e-12))
    inner = variance[:-1, :-1]
    if alone or np.linalg.matrix_rank(inner) < len(inner):
        raise MethodError(
            "log_rank: a group is never at risk together with the others on a day with an event. "
            "Leave it out, or compare over a common period."
        )
    return float(excess[:-1] @ np.linalg.solve(inner, excess[:-1]))


def _residuals(spells: Spells) -> Floats:
    days = np.unique(spells.time[spells.cause > 0])
    hazard = np.concatenate(([0.0], np.cumsum(events_on(spells, days) / at_risk(spells, days))))
    ended = hazard[np.searchsorted(days, spells.time, side="right")]
    entered = hazard[np.searchsorted(days, spells.entry, side="right")]
    left: Floats = spells.cause - (ended - entered)
    return left
