"""Counts by period in; whether a sustained shift adds up, at a run length that is exact, out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.control_chart import laws
from analysis.methods.control_chart.chart import FEWEST_IN_BASELINE
from analysis.methods.control_chart.laws import METHOD
from analysis.methods.rates import Count
from analysis.methods.rates import rate as rate_of
from analysis.methods.scalars import is_whole, real

ROUNDING = 0.1
"""Largest error of a rounded reference, as a part of its distance from the expected count."""

MOST_STATES = 2_000
"""Sums that the chain can tell apart (a second or so for a threshold)."""

LONGEST = 100_000.0
MOST_MEAN = 1_000.0
"""Events a period; above, the chain has more states than is worth a table."""

ONE_PERIOD = 0.5
"""Largest part of the threshold that one period may add, so that none alarms alone."""


@dataclass(frozen=True, slots=True)
class Side:
    """Sums after each period (in events), the threshold, and where it was first reached.

    ``began`` is the first period of the stretch that led to the alarm. ``run_length`` is
    the mean number of periods to a false alarm of this side, ``shifted`` to the alarm
    after a shift by the ratio asked for, both exact for the rate given.
    """

    sums: tuple[float, ...]
    threshold: float
    alarm: float | None
    began: float | None
    run_length: float
    shifted: float


@dataclass(frozen=True, slots=True)
class Cusum:
    """Sums for more and for fewer events than expected.

    ``run_length`` is that of both sides together (at least; the inverses add up).
    ``run_length_low`` is the same if the true rate lies at the less favourable of its
    exact 95 percent limits: what the estimate from few events is worth. None if the rate
    was given. Sums count in events cut into ``steps_an_event``.
    """

    periods: tuple[float, ...]
    more: Side
    fewer: Side
    rate: float
    run_length: float
    run_length_low: float | None
    steps_an_event: int


@dataclass(frozen=True, slots=True)
class _Steps:
    """What a period adds to a sum: counts times ``sign * cut`` less ``reference`` (n_periods,)."""

    sign: int
    cut: int
    reference: npt.NDArray[np.int64]

    def added(self, counts: npt.NDArray[np.int64], place: int, most: int) -> npt.NDArray[np.int64]:
        whole = self.sign * (self.cut * counts - self.reference[place])
        found: npt.NDArray[np.int64] = np.minimum(whole, most)
        return found


def cusum(
    periods: npt.ArrayLike,
    counts: npt.ArrayLike,
    *,
    dispersion: float,
    exposure: npt.ArrayLike | None = None,
    baseline: int | None = None,
    rate: float | None = None,
    ratio: float = 1.5,
    run_length: float = 100.0,
) -> Cusum:
    """Add up deviations from a constant rate, to find shifts that last.

    Each period adds its count less a reference between the expected count and ``ratio``
    times it (mean (ratio - 1) / log(ratio), the best for a Poisson shift of that size),
    never below 0; the other side mirrors this for 1 / ``ratio``. One period adds at most
    half of the threshold, so that none, and no single large case, alarms by itself.

    Thresholds are the smallest that give ``run_length`` in the exact Markov chain of the
    sums (in parts of an event, small enough that rounding moves a reference by at most a
    tenth of its distance from the expected count; exposures taken to repeat in
    order). Sums start at 0 and go on after an alarm.

    Parameters
    ----------
    periods, counts : array_like, shape (n_periods,)
    dispersion : float
        Variance over mean: 1 for cases, the inflation of `count_cases` for persons.
    exposure : array_like, shape (n_periods,), optional
    baseline : int, optional
        First periods from which the rate is estimated. Give this or ``rate``.
    rate : float, optional
        Events per exposure where nothing changed.
    ratio : float
        Shift to find, above 1 and at most 10.
    run_length : float
        Mean number of periods to a false alarm of either side, 10 to 100,000.

    Raises
    ------
    MethodError
        Neither or both of baseline and rate; fewer than 8 periods or no event in the
        baseline; an argument out of range; events too few or too scattered for the
        run length.

    References
    ----------
    Lucas (1985), Technometrics 27, 129-144; Brook & Evans (1972), Biometrika 59, 539-549
    (chain); Lucas & Crosier (1982), Commun Stat Theor Meth 11, 2669-2687 (robust).

    Examples
    --------
    >>> counts = [10, 8, 12, 9, 11, 10, 16, 18, 15, 19, 17, 16]
    >>> found = cusum(range(12), counts, dispersion=1, rate=10.0)
    >>> found.more.alarm, found.more.began, found.fewer.alarm
    (8.0, 6.0, None)
    """
    when = checked.periods(METHOD, periods)
    whole = checked.whole_counts(METHOD, "counts", counts)
    checked.require_length(METHOD, "counts", whole, len(when))
    events, over = laws.checked_mean(whole, exposure)
    known, doubtful = _rates(events, over, baseline, rate)
    _require_range(ratio, run_length, known * over, dispersion)
    cut = _cut(float(known * over.mean()), ratio)
    sides = []
    for sign, shift in ((1, ratio), (-1, 1 / ratio)):
        reference = np.rint(cut * known * over * (shift - 1) / math.log(shift)).astype(np.int64)
        steps = _Steps(sign, cut, reference)
        height = _threshold(steps, known * over, dispersion, 2 * run_length)
        sides.append(
            (steps, height, _side(steps, height, when, whole, known * over, dispersion, shift))
        )
    lows = [
        1
        / sum(1 / _run_length(steps, end * over, dispersion, height) for steps, height, _ in sides)
        for end in doubtful
    ]
    more, fewer = sides[0][2], sides[1][2]
    return Cusum(
        periods=tuple(when.tolist()),
        more=more,
        fewer=fewer,
        rate=known,
        run_length=1 / (1 / more.run_length + 1 / fewer.run_length),
        run_length_low=min(lows) if lows else None,
        steps_an_event=cut,
    )


def _rates(
    events: Floats, over: Floats, baseline: int | None, rate: float | None
) -> tuple[float, tuple[float, ...]]:
    """Return the rate, and its exact limits if it was estimated."""
    if (baseline is None) == (rate is None):
        raise MethodError(
            f"{METHOD}: a CUSUM needs either a baseline or a rate. A baseline that includes the "
            "shift would hide it, so none is assumed."
        )
    if rate is not None:
        return real(rate), ()
    assert baseline is not None
    if not is_whole(baseline, FEWEST_IN_BASELINE, len(events)) or not events[:baseline].any():
        raise MethodError(
            f"{METHOD}: a baseline of fewer than {FEWEST_IN_BASELINE} or more than {len(events)} "
            "periods, or without an event. Collect more, or give a rate."
        )
    total = int(events[:baseline].sum())
    found = rate_of(Count(total, total, float(over[:baseline].sum())))
    return found.low_estimate, (found.low, found.high)


def _require_range(ratio: float, run_length: float, means: Floats, dispersion: float) -> None:
    laws.require_law(means, dispersion)
    if not (
        1 < real(ratio) <= 10 and 10 <= real(run_length) <= LONGEST and means.max() <= MOST_MEAN
    ):
        raise MethodError(
            f"{METHOD}: a ratio of at most 1 or above 10, a run length outside 10 to 100000, or "
            f"more than {MOST_MEAN:.0f} events expected. Give such as 1.5 and 100."
        )


def _cut(mean: float, ratio: float) -> int:
    """Return the parts of an event that keep both references near where they belong."""
    shifts = np.array([ratio, 1 / ratio])
    apart = mean * float(np.abs((shifts - 1) / np.log(shifts) - 1).min())
    return max(1, math.ceil(0.5 / (ROUNDING * apart)))


def _threshold(steps: _Steps, means: Floats, dispersion: float, wanted: float) -> int:
    """Return the smallest height, in steps, at which false alarms are rare enough."""
    low, high = 1, 2 * steps.cut
    # Tables of more states are not made, only counted.
    while high > MOST_STATES or _run_length(steps, means, dispersion, high) < wanted:
        low, high = high, 2 * high
        if low >= MOST_STATES:
            raise MethodError(
                f"{METHOD}: events are too few or too scattered for that run length: more than "
                f"{MOST_STATES} states. Ask for a larger ratio or a shorter run, or join periods."
            )
    while high - low > 1:
        middle = (low + high) // 2
        if _run_length(steps, means, dispersion, middle) < wanted:
            low = middle
        else:
            high = middle
    return high


def _run_length(steps: _Steps, means: Floats, dispersion: float, height: int) -> float:
    """Return the mean number of periods until a sum that starts at 0 reaches the height.

    Through one round of the exposures the survivors are counted after each period; then
    the rounds repeat, which is a geometric series of matrices.
    """
    same = len(set(zip(means.tolist(), steps.reference.tolist(), strict=True))) == 1
    survive, lasted = np.eye(height), np.zeros((height, 1))
    for place in range(1 if same else len(means)):
        lasted += survive.sum(axis=1, keepdims=True)
        survive = survive @ _moves(steps, place, float(means[place]), dispersion, height)
    return float(np.linalg.solve(np.eye(height) - survive, lasted)[0, 0])


def _moves(steps: _Steps, place: int, mean: float, dispersion: float, height: int) -> Floats:
    """Return the probabilities of each sum below the height after each sum before."""
    chance = laws.table(mean, dispersion)
    added = steps.added(np.arange(len(chance)), place, _most(height))
    after = np.clip(np.arange(height)[:, None] + added[None, :], 0, height)
    found = np.zeros((height, height + 1))
    np.add.at(found, (np.arange(height)[:, None], after), chance[None, :])
    return found[:, :height]


def _most(height: int) -> int:
    return max(1, math.floor(ONE_PERIOD * height))


def _side(
    steps: _Steps,
    height: int,
    when: Floats,
    counts: npt.NDArray[np.int64],
    means: Floats,
    dispersion: float,
    shift: float,
) -> Side:
    sums: list[int] = []
    for place in range(len(counts)):
        before = sums[-1] if sums else 0
        added = int(steps.added(counts[place : place + 1], place, _most(height))[0])
        sums.append(max(0, before + added))
    over = [place for place, value in enumerate(sums) if value >= height]
    began = None
    if over:
        empty = [place for place in range(over[0]) if sums[place] == 0]
        began = float(when[empty[-1] + 1 if empty else 0])
    return Side(
        sums=tuple(value / steps.cut for value in sums),
        threshold=height / steps.cut,
        alarm=float(when[over[0]]) if over else None,
        began=began,
        run_length=_run_length(steps, means, dispersion, height),
        shifted=_run_length(steps, means * shift, dispersion, height),
    )
