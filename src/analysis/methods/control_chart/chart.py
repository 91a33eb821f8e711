"""Counts by period in; limits, odd periods and runs, at a false-alarm rate that is computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.control_chart import laws
from analysis.methods.control_chart.laws import METHOD
from analysis.methods.scalars import is_whole, real

FEWEST_IN_BASELINE = 8
"""Periods that the rate is estimated from, as before a break in `interrupted_series`."""

FEWEST_DRAWS = 1_000

Kind = Literal["one period", "sustained"]
Direction = Literal["more", "fewer"]


@dataclass(frozen=True, slots=True)
class Signal:
    """Periods ``first`` to ``last`` that chance alone explains badly.

    "one period": beyond a limit by itself; something happened then, and no trend
    follows from it. "sustained": a run on one side of the middle.
    """

    kind: Kind
    direction: Direction
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts, what was expected, the lowest and highest count that is no signal, signals.

    ``each_side`` is the probability beyond a limit below which a period signals, and
    ``run_length`` the periods in a row that do (None: no run in so short a series is
    rare enough). ``false_alarm`` is the computed share of series with any signal if
    nothing changed, ``false_sustained`` with a sustained one, both over ``draws``.
    """

    periods: tuple[float, ...]
    counts: tuple[int, ...]
    expected: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    signals: tuple[Signal, ...]
    set_aside: tuple[float, ...]
    rate: float
    dispersion: float
    each_side: float
    run_length: int | None
    false_alarm: float
    false_sustained: float
    draws: int

    @property
    def sustained(self) -> bool:
        """Whether any signal speaks of more than single periods."""
        return any(signal.kind == "sustained" for signal in self.signals)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a chart is set up, the same for the real series and for each simulated one.

    Holds judged periods only: those not set aside.
    """

    periods: Floats
    exposure: Floats
    baseline: npt.NDArray[np.bool_]
    rate: float | None
    dispersion: float | None


@dataclass(frozen=True, slots=True)
class _Rules:
    """What signals, and how often it does where nothing changed."""

    each_side: float
    run_length: int | None
    false_alarm: float
    false_sustained: float
    draws: int


def control_chart(
    periods: npt.ArrayLike,
    counts: npt.ArrayLike,
    *,
    dispersion: float | None,
    rng: np.random.Generator | int,
    exposure: npt.ArrayLike | None = None,
    baseline: int | None = None,
    rate: float | None = None,
    set_aside: Sequence[float] = (),
    false_alarm: float = 0.05,
    draws: int = 10_000,
) -> Chart:
    """Chart small counts against a constant rate, at a false-alarm rate per series.

    Limits are exact tails of the Poisson or negative binomial law around the mean rate;
    runs are counted on either side of the median rate (which one large count does not
    move), passing over periods that lie on it. How far out they lie,
    and how long a run must be, is calibrated on ``draws`` series in which nothing
    changes, each charted as the real one is, with its own estimated rate: an estimated
    rate is not a known one. Half of ``false_alarm`` goes to limits, half to runs; since
    counts are whole, less is used, and the share used is computed.

    Persons who come in cases are not independent: chart cases (`count_cases`), or
    persons with ``dispersion`` set to the inflation. One large case then is one case.

    Parameters
    ----------
    periods, counts : array_like, shape (n_periods,)
    dispersion : float or None
        Variance over mean: 1 for events that come one by one (cases), more for persons;
        None estimates it from the baseline. There is no default: persons charted as if
        independent raise a false alarm in nearly every series.
    rng : Generator or int
    exposure : array_like, shape (n_periods,), optional
        Time or population; any expected profile serves (a fitted trend).
    baseline : int, optional
        First periods from which the rate is estimated; all if not given.
    rate : float, optional
        Events per exposure, if known from elsewhere; nothing is then estimated.
    set_aside : sequence of float
        Periods with a known cause of their own (a police effort): shown, and neither in
        the baseline nor judged; a run passes over them. The report must name the cause.
    false_alarm : float
        Largest share of unchanged series with any signal, between 0 and 0.5.
    draws : int
        At least 1,000.

    Raises
    ------
    MethodError
        Fewer than 8 periods in the baseline; no event there; an argument out of range.

    References
    ----------
    Montgomery (2013), Introduction to Statistical Quality Control, 7th ed., chapter 7;
    Gandy & Kvaloy (2013), Scand J Stat 40, 647-668 (calibration with estimated rates);
    Anhoj & Olesen (2014), PLoS ONE 9, e113825 (runs about the median).

    Examples
    --------
    >>> counts = [9, 12, 10, 8, 11, 9, 13, 30, 10, 12]
    >>> found = control_chart(range(2007, 2017), counts, dispersion=1, rng=1, draws=2_000)
    >>> [(signal.kind, signal.first) for signal in found.signals], found.sustained
    ([('one period', 2014.0)], False)
    """
    when = checked.periods(METHOD, periods)
    whole = checked.whole_counts(METHOD, "counts", counts)
    checked.require_length(METHOD, "counts", whole, len(when))
    events, over = laws.checked_mean(whole, exposure)
    judged = _judged(when, set_aside)
    plan = _plan(when[judged], over[judged], baseline, rate, dispersion)
    _require_events(plan, events[judged])
    _require_share(false_alarm, draws)
    expected, phi = _expected(plan, events[judged][None])
    laws.require_law(expected[0], float(phi[0]))
    calm = laws.draw(expected[0], float(phi[0]), draws, checked.generator(METHOD, rng))
    rules = _calibrated(plan, calm, false_alarm)
    profile = over * float(expected[0, 0] / plan.exposure[0])
    each = {m: _limits(m, float(phi[0]), rules.each_side) for m in set(profile.tolist())}
    limits = [each[mean] for mean in profile.tolist()]
    return Chart(
        periods=tuple(when.tolist()),
        counts=tuple(whole.tolist()),
        expected=tuple(profile.tolist()),
        low=tuple(low for low, _ in limits),
        high=tuple(high for _, high in limits),
        signals=_signals(plan, events[judged], rules),
        set_aside=tuple(when[~judged].tolist()),
        rate=float(expected[0, 0] / plan.exposure[0]),
        dispersion=float(phi[0]),
        each_side=rules.each_side,
        run_length=rules.run_length,
        false_alarm=rules.false_alarm,
        false_sustained=rules.false_sustained,
        draws=draws,
    )


def _judged(when: Floats, set_aside: Sequence[float]) -> npt.NDArray[np.bool_]:
    named = checked.numbers(METHOD, "periods set aside", set_aside, fewest=0)
    judged = ~np.isin(when, named)
    if int(np.sum(~judged)) != len(set_aside):
        raise MethodError(
            f"{METHOD}: {len(set_aside) - int(np.sum(~judged))} of {len(set_aside)} periods set "
            "aside are not in the series, or stand twice. Name periods of the series."
        )
    return judged


def _plan(
    when: Floats, over: Floats, baseline: int | None, rate: float | None, dispersion: float | None
) -> _Plan:
    if rate is not None and (baseline is not None or not 0 < real(rate) < math.inf):
        raise MethodError(
            f"{METHOD}: a rate that is no finite number above 0, or a rate beside a baseline. "
            "Give the one or the other."
        )
    if dispersion is not None:
        laws.require_law(1.0, dispersion)
    first = len(when) if baseline is None else baseline
    fewest = 1 if rate is not None else FEWEST_IN_BASELINE
    if not is_whole(first, fewest, len(when)):
        raise MethodError(
            f"{METHOD}: {min(first, len(when)) if is_whole(first) else 'no number of'} periods "
            f"of at least {fewest} needed for a baseline, of {len(when)} judged. Show the counts "
            "by themselves, or collect more."
        )
    return _Plan(when, over, np.arange(len(when)) < first, rate, dispersion)


def _require_events(plan: _Plan, events: Floats) -> None:
    if plan.rate is None and not events[plan.baseline].any():
        raise MethodError(
            f"{METHOD}: all counts of the baseline's {int(plan.baseline.sum())} periods are 0, "
            "so that no rate is known. Report that none were counted."
        )


def _require_share(false_alarm: float, draws: int) -> None:
    if not 0 < real(false_alarm) < 0.5 or not is_whole(draws, FEWEST_DRAWS):
        raise MethodError(
            f"{METHOD}: a false-alarm rate outside 0 to 0.5, or fewer than {FEWEST_DRAWS} draws. "
            "Give such as 0.05 and 10000."
        )


def _expected(plan: _Plan, counts: Floats) -> tuple[Floats, Floats]:
    """Return expected counts (series, periods) and dispersions (series,) as the chart sees them."""
    base = counts[:, plan.baseline]
    over = plan.exposure[plan.baseline]
    rates = base.sum(axis=1) / over.sum() if plan.rate is None else np.full(len(base), plan.rate)
    if plan.dispersion is not None:
        phi = np.full(len(base), plan.dispersion)
    elif len(over) > 1:
        phi = laws.observed_dispersion(base, rates[:, None] * over)
    else:
        raise MethodError(f"{METHOD}: 1 period shows no dispersion. Give it, or more periods.")
    return rates[:, None] * plan.exposure, phi


def _calibrated(plan: _Plan, calm: Floats, false_alarm: float) -> _Rules:
    """Set limits and runs so that at most half of the rate goes to each."""
    least, longest = _least_tail(plan, calm), _longest_run(plan, calm)
    allowed = math.floor(false_alarm / 2 * len(calm))
    each_side = min(float(np.sort(least)[allowed]), 0.49)
    length = int(np.sort(longest)[::-1][allowed]) + 1
    odd, long = least < each_side, longest >= length
    return _Rules(
        each_side=each_side,
        run_length=length if length <= calm.shape[1] else None,
        false_alarm=float(np.mean(odd | long)),
        false_sustained=float(np.mean(long)),
        draws=len(calm),
    )


def _tails(plan: _Plan, counts: Floats) -> tuple[Floats, Floats]:
    """Return the probabilities of so few and so many, each (series, periods)."""
    expected, phi = _expected(plan, counts)
    # A simulated baseline without events would be refused; it raises no alarm here.
    known = expected > 0
    mean = np.where(known, expected, 1.0)
    few = laws.at_most(counts, mean, phi[:, None])
    many = laws.at_least(counts, mean, phi[:, None])
    return np.where(known, few, 1.0), np.where(known, many, 1.0)


def _least_tail(plan: _Plan, counts: Floats) -> Floats:
    few, many = _tails(plan, counts)
    least: Floats = np.minimum(few, many).min(axis=1)
    return least


def _longest_run(plan: _Plan, counts: Floats) -> Floats:
    sides = _sides(plan, counts)
    longest = np.zeros(len(counts))
    for side in (1.0, -1.0):
        run = np.zeros(len(counts))
        for column in sides.T:
            run = np.where(column == side, run + 1, np.where(column == 0, run, 0))
            longest = np.maximum(longest, run)
    return longest


def _sides(plan: _Plan, counts: Floats) -> Floats:
    """Return 1 above the middle, -1 below, 0 on it; shape (series, periods).

    The middle is the median rate of the baseline: one large count moves the mean, and
    would put all other periods on one side of it.
    """
    if plan.rate is None:
        rates = counts[:, plan.baseline] / plan.exposure[plan.baseline]
        middle = np.median(rates, axis=1)[:, None] * plan.exposure
    else:
        middle = np.broadcast_to(plan.rate * plan.exposure, counts.shape)
    apart = counts - middle
    # A rate times its exposure may miss its own count by rounding.
    found: Floats = np.where(np.abs(apart) < 1e-9 * (1 + middle), 0.0, np.sign(apart))
    return found


def _signals(plan: _Plan, events: Floats, rules: _Rules) -> tuple[Signal, ...]:
    few, many = (tail[0] for tail in _tails(plan, events[None]))
    sides = _sides(plan, events[None])[0]
    off = np.flatnonzero(sides)
    found = []
    ways: tuple[tuple[Direction, Floats, float], ...] = (("more", many, 1.0), ("fewer", few, -1.0))
    for direction, tail, side in ways:
        for when in plan.periods[tail < rules.each_side].tolist():
            found.append(Signal("one period", direction, when, when))
        for first, last in _runs(sides[off] == side, rules.run_length):
            ends = float(plan.periods[off[first]]), float(plan.periods[off[last]])
            found.append(Signal("sustained", direction, *ends))
    return tuple(sorted(found, key=lambda signal: (signal.first, signal.last)))


def _runs(on_side: npt.NDArray[np.bool_], length: int | None) -> list[tuple[int, int]]:
    """Return first and last place of each unbroken stretch that is long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], on_side.astype(int), [0]))))
    pairs = zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True)
    return [(a, b) for a, b in pairs if length is not None and b - a + 1 >= length]


def _limits(mean: float, dispersion: float, each_side: float) -> tuple[int, int]:
    counts = np.arange(len(laws.table(mean, dispersion)) + 1)
    low = int(np.argmax(laws.at_most(counts, mean, dispersion) >= each_side))
    high = int(np.argmax(laws.at_least(counts + 1, mean, dispersion) < each_side))
    return low, high
