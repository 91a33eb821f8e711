"""A grid and the data in; how surprising its whole curve would be without a change, out.

Estimates of one curve share their data, so that their p-values cannot be counted. Here
the data are put in other orders, the whole grid is estimated on each, and the curve as
a whole is compared with those curves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats, Ints
from analysis.methods.multiverse.comparisons import FEWEST, planned
from analysis.methods.multiverse.count_series import CountSeries
from analysis.methods.multiverse.estimating import (
    OK,
    ZERO,
    Data,
    Effects,
    Plan,
    chosen,
    effects,
)
from analysis.methods.multiverse.grid import Grid, Value
from analysis.methods.multiverse.orders import ASSUMED, Permuted, other_orders
from analysis.methods.scalars import is_one_of, is_whole

AT_ONCE = 400_000
"""Estimates held in memory at a time."""
MOST_ORDERS = 100_000
"""Orders; each is fitted under every specification."""

FEWEST_DRAWS = 19
"""With fewer, no p-value could reach 0.05."""
_TIE = 1e-9
_LARGEST_Z = 37.0
"""Beyond it the normal law leaves no probability that a float could hold."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic of the observed curve, and the share of curves at least as extreme."""

    observed: float
    p: float


@dataclass(frozen=True, slots=True)
class JointTest:
    """A curve against the curves of reordered data; all statistics are two-sided.

    ``median`` is the median estimate (of logarithms, where estimates are ratios).
    ``significant_share`` (0-1) is the share of specifications whose limits exclude no
    change on the side where more do. ``mean_z`` is the mean of the normal scores of the
    p-values (Stouffer's, signed). Each ``p`` is (1 + k) / (1 + draws), where k counts curves at
    least as extreme, and those that could not be estimated (``without``): they count
    against us. ``exhaustive``: every distinct order was gone through once, so that p is
    exact. ``smallest_p`` is the least that so many orders allow.
    """

    median: Statistic
    significant_share: Statistic
    mean_z: Statistic
    permuted: str
    assumed: str
    draws: int
    exhaustive: bool
    smallest_p: float
    specifications: int
    without: int


def joint_test(
    grid: Grid,
    series: CountSeries,
    *,
    comparators: Mapping[str, CountSeries] | None = None,
    fixed: Mapping[str, Value] | None = None,
    level: float = 0.95,
    fewest: int = FEWEST,
    permuted: Permuted = "periods",
    draws: int = 9_999,
    rng: np.random.Generator | int,
) -> JointTest:
    """Test jointly whether the curve of `count_curve` could have come without a change.

    The data of a period (counts, exposures, and those of comparators) move together;
    starts, windows and excluded periods stay on the calendar. Each order is used for
    every specification. Where there are no more distinct orders than ``draws``, all are
    gone through, and nothing is drawn.

    Parameters
    ----------
    grid, series, comparators, fixed, fewest
        As for `count_curve`.
    level : float
        A specification is significant where its limits at this level exclude 1.
    permuted : {"periods", "shifts"}
        What is reordered; `ASSUMED` says what must then hold.
    draws : int
        Orders to draw, at least 19.
    rng : Generator or int
        What draws, or a seed.

    Returns
    -------
    JointTest
        Over the specifications that can be estimated as the data stand.

    Raises
    ------
    MethodError
        As `count_curve`; if there are fewer than ``FEWEST_DRAWS`` draws, or no other order.

    References
    ----------
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, 1208-1214; Phipson &
    Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9, 39.

    Examples
    --------
    >>> from analysis.methods.counts import Yearly
    >>> from analysis.methods.multiverse.grid import Choice
    >>> series = CountSeries((1, 2, 3, 4, 5, 6), Yearly((4, 6, 5, 8, 11, 11), (4, 6, 5, 8, 11, 11)))
    >>> found = joint_test(
    ...     Grid((Choice.of("dispersion", ["poisson", "floored"]),)),
    ...     series, fixed={"start": 4}, rng=1,
    ... )
    >>> found.draws, found.exhaustive, found.median.p
    (19, True, 0.1)
    """
    generator = checked.generator("multiverse", rng)
    if not is_one_of(permuted, ASSUMED) or not is_whole(draws, FEWEST_DRAWS, MOST_ORDERS):
        raise MethodError(
            f"multiverse: an unknown way to reorder, fewer than {FEWEST_DRAWS} draws or more than "
            f"{MOST_ORDERS:,}. Take "
            "'periods' or 'shifts', and 9,999 draws."
        )
    critical = _critical(confidence.tail("multiverse", level))
    plan, data = planned(grid, series, comparators or {}, fixed or {}, fewest)
    calendar = np.arange(len(series.periods))[None]
    plan = _estimable(plan, data, calendar)
    orders, exhaustive = other_orders(plan, permuted, draws, generator)
    observed = _statistics(effects(plan, data, calendar), critical)
    drawn = np.concatenate(
        [_statistics(effects(plan, data, some), critical) for some in _chunks(plan, orders)]
    )
    return _tested(observed, drawn, permuted, ASSUMED[permuted], len(plan.model), exhaustive)


def compare_curves(
    estimates: npt.ArrayLike,
    z: npt.ArrayLike,
    drawn_estimates: npt.ArrayLike,
    drawn_z: npt.ArrayLike,
    *,
    permuted: str,
    assumed: str,
    level: float = 0.95,
) -> JointTest:
    """Compare any curve with curves of reordered data that the caller estimated.

    Parameters
    ----------
    estimates, z : array_like, shape (s,)
        Effects with 0 for no change (logarithms of ratios), and the signed normal scores
        of their two-sided p-values.
    drawn_estimates, drawn_z : array_like, shape (b, s)
        The same on ``b`` reordered data sets, a row each. All have to be finite.
    permuted, assumed : str
        What was reordered, and what makes the orders exchangeable without an effect.
    level : float
        A specification is significant where its p-value is below 1 less this.

    Raises
    ------
    MethodError
        If shapes differ, a value is missing, or ``permuted`` or ``assumed`` is empty.

    Examples
    --------
    >>> drawn = [[0.1, -0.2], [0.3, 0.0], [-0.1, -0.4]]
    >>> found = compare_curves(
    ...     [0.9, 1.1], [2.5, 3.0], drawn, drawn, permuted="countries", assumed="same law"
    ... )
    >>> found.median.p
    0.25
    """
    if not all(isinstance(one, str) and one.strip() for one in (permuted, assumed)):
        raise MethodError(
            "multiverse: a permutation test says what is reordered and why the orders are "
            "exchangeable. Name both."
        )
    critical = _critical(confidence.tail("multiverse", level))
    value = checked.numbers("multiverse", "estimates", estimates)
    score = checked.numbers("multiverse", "z", z)
    values = checked.table("multiverse", "drawn estimates", drawn_estimates)
    scores = checked.table("multiverse", "drawn z", drawn_z, rows=len(values))
    if {len(value), len(score), values.shape[1]} != {scores.shape[1]}:
        raise MethodError(
            "multiverse: estimates and their z, as they stand and as drawn, have different shapes. "
            "Give a column a specification and a row a draw."
        )
    observed = _summed(value[None], score[None], critical)
    drawn = _summed(values, scores, critical)
    return _tested(observed, drawn, permuted, assumed, len(value), exhaustive=False)


def _estimable(plan: Plan, data: Data, calendar: Ints) -> Plan:
    found = np.flatnonzero(effects(plan, data, calendar).status[0] == OK)
    if not len(found):
        raise MethodError(
            f"multiverse: none of {len(plan.model)} specifications can be estimated, so there is "
            "no curve to test. See count_curve for the reasons."
        )
    return chosen(plan, found)


def _chunks(plan: Plan, orders: Ints) -> Iterator[Ints]:
    # A trend needs a row of its design for each period; two means need none.
    wide = plan.inside.shape[1] * 4 if np.any(plan.model != "before_after") else 1
    size = max(1, AT_ONCE // (len(plan.model) * wide))
    for first in range(0, len(orders), size):
        yield orders[first : first + size]


def _statistics(found: Effects, critical: float) -> Floats:
    """Return median, significant share and mean z of each curve, shape (b, 3)."""
    from scipy.special import ndtri, stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(found.log / found.error)
        by_t = np.isfinite(found.freedom) & (found.status == OK)
        tails = stdtr(found.freedom[by_t], -size[by_t])
        size[by_t] = -ndtri(np.maximum(tails, 1e-300))
        score = np.copysign(np.minimum(size, _LARGEST_Z), found.log)
    # None on one side: the log is infinite and the sign known, unless both series have none.
    endless = (found.status == ZERO) & np.isinf(found.log)
    known = (found.status == OK) | endless
    log = np.where(known, found.log, np.nan)
    return _summed(log, np.where(endless, found.log, np.where(known, score, np.nan)), critical)


def _summed(log: Floats, score: Floats, critical: float) -> Floats:
    with np.errstate(invalid="ignore"):
        share = np.maximum((score > critical).mean(axis=1), (score < -critical).mean(axis=1))
        share = np.where(np.isnan(score).any(axis=1), np.nan, share)
        return np.stack([_medians(log), share, score.mean(axis=1)], axis=1)


def _medians(log: Floats) -> Floats:
    if log.shape[1] == 1:
        return log[:, 0]
    return np.asarray(np.median(log, axis=1), dtype=np.float64)


def _tested(
    observed: Floats,
    drawn: Floats,
    permuted: str,
    assumed: str,
    specifications: int,
    exhaustive: bool,
) -> JointTest:
    size = np.abs(observed[0])
    # What cannot be compared is not below, and so counts as extreme.
    below = np.abs(drawn) < size - _TIE * (1 + size)
    p = (1 + (~below).sum(axis=0)) / (1 + len(drawn))
    statistics = [Statistic(float(one), float(q)) for one, q in zip(observed[0], p, strict=True)]
    return JointTest(
        median=statistics[0],
        significant_share=statistics[1],
        mean_z=statistics[2],
        permuted=permuted,
        assumed=assumed,
        draws=len(drawn),
        exhaustive=exhaustive,
        smallest_p=1 / (1 + len(drawn)),
        specifications=specifications,
        without=int((~np.isfinite(drawn)).any(axis=1).sum()),
    )


def _critical(tail: float) -> float:
    from scipy.special import ndtri

    return -float(ndtri(tail))
