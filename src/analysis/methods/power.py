"""Expected events before in, the smallest rise or fall that they could have shown out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.counts import Count
from analysis.methods.scalars import real

__all__ = ["Count", "Detectable", "detectable", "largest_detectable_fall",
           "smallest_detectable_ratio"]  # fmt: skip

MOST_READINGS = 1_000
"""Numbers of events before that `detectable` will go through (seconds)."""

_LEFT_OUT = 1e-12
"""Probability of the numbers of events before that are not gone through."""

_MOST_UNEQUAL = 1e9
"""Ratio of two exposures; beyond it one of them has another unit."""

_MOST_EXPECTED = 100_000.0
"""Expected events before; with more, chance is not what limits a comparison."""

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Detectable:
    """Smallest ratio that shows a rise and largest that shows a fall, over all readings.

    A fall is ``None`` where some reading (or, for ``fall_high``, every reading) has so few
    events that not even none after would show one with the power asked for. A rise from a
    reading of 0 has no ratio: ``rise_high`` is then infinite.
    """

    rise_low: float
    rise_high: float
    fall_low: float | None
    fall_high: float | None
    power: float
    level: float


def detectable(
    before: Count, exposure_after: float, *, level: float = 0.95, power: float = 0.8
) -> Detectable:
    """Say which rise and which fall a count before could have shown, over every reading.

    Each whole number inside the interval is taken for the events expected before.

    Parameters
    ----------
    before : Count
        Events and exposure of the period before.
    exposure_after : float
        Exposure of the period after, in the same unit.
    level, power : float
        As in `smallest_detectable_ratio`.

    Raises
    ------
    MethodError
        If only 0 events are possible, or there are more than ``MOST_READINGS`` readings;
        else as `smallest_detectable_ratio`.

    Examples
    --------
    >>> found = detectable(Count(7, 19, 4.0), 4.0)
    >>> round(found.rise_low, 1), round(found.rise_high, 1)
    (2.1, 3.1)
    >>> round(found.fall_high, 2)
    0.29
    """
    if before.high - before.low >= MOST_READINGS:
        raise MethodError(
            f"detectable: the interval allows {before.high - before.low + 1} readings, of which "
            f"at most {MOST_READINGS} are gone through. Narrow it."
        )
    lengths = before.exposure, exposure_after
    readings = range(max(before.low, 1), max(before.high, 1) + 1)
    if before.high == 0:
        raise MethodError(
            "detectable: 0 events before, so no ratio can be shown. Widen the window."
        )
    rises = [smallest_detectable_ratio(b, *lengths, level=level, power=power) for b in readings]
    falls = [largest_detectable_fall(b, *lengths, level=level, power=power) for b in readings]
    seen = [fall for fall in falls if fall is not None]
    return Detectable(
        rise_low=min(rises),
        rise_high=max(rises) if before.low else math.inf,
        fall_low=min(seen) if len(seen) == len(falls) and before.low else None,
        fall_high=max(seen, default=None),
        power=power,
        level=level,
    )


def smallest_detectable_ratio(
    before: float,
    exposure_before: float,
    exposure_after: float,
    *,
    level: float = 0.95,
    power: float = 0.8,
) -> float:
    """Find the smallest rise that the doubled mid-p test would show with given power.

    Both counts are Poisson. A rise is shown when the upper mid-p tail of the
    conditional binomial is at most ``(1 - level) / 2``. The answer speaks of
    rises only; it rests on the expected count, not on what was observed after.
    Counts that scatter more than a Poisson law need larger ratios.

    Parameters
    ----------
    before : float
        Events expected in the period before (> 0, at most 100,000).
    exposure_before, exposure_after : float
        Lengths of the periods, in one unit.
    level : float
        Confidence level, between 0 and 1.
    power : float
        Probability of showing the rise, above ``(1 - level) / 2`` and below 1.

    Returns
    -------
    float
        Ratio of rates, above 1.

    Raises
    ------
    MethodError
        If an argument is out of range.

    Examples
    --------
    >>> round(smallest_detectable_ratio(10, 4.0, 4.0), 1)
    2.7
    """
    from scipy.optimize import brentq
    from scipy.stats import poisson

    asked = _asked(
        "smallest_detectable_ratio", before, exposure_before, exposure_after, level, power
    )
    needed = _fewest_after(asked.events, asked.share, asked.tail)

    def short_of(ratio: float) -> float:
        return float(asked.chance @ poisson.sf(needed - 1, asked.expected * ratio)) - power

    enough = 2.0
    while short_of(enough) < 0:
        enough *= 2
    return float(brentq(short_of, 1.0, enough, xtol=1e-9))


def largest_detectable_fall(
    before: float,
    exposure_before: float,
    exposure_after: float,
    *,
    level: float = 0.95,
    power: float = 0.8,
) -> float | None:
    """Find the largest ratio below 1 that the doubled mid-p test would show with given power.

    The counterpart of `smallest_detectable_ratio` for a fall.

    Parameters
    ----------
    before, exposure_before, exposure_after, level, power : float
        As in `smallest_detectable_ratio`.

    Returns
    -------
    float or None
        Ratio of rates, below 1. ``None`` where not even a fall to nothing would show: so
        few events cannot tell a success from chance.

    Raises
    ------
    MethodError
        If an argument is out of range.

    Examples
    --------
    >>> round(largest_detectable_fall(28, 4.0, 4.0), 2)
    0.39
    >>> largest_detectable_fall(3, 4.0, 4.0) is None
    True
    """
    from scipy.optimize import brentq
    from scipy.stats import poisson

    asked = _asked("largest_detectable_fall", before, exposure_before, exposure_after, level, power)
    allowed = _most_after(asked.events, asked.share, asked.tail)

    def over(ratio: float) -> float:
        return float(asked.chance @ poisson.cdf(allowed, asked.expected * ratio)) - power

    if over(0.0) < 0:
        return None
    return float(brentq(over, 0.0, 1.0, xtol=1e-9))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A checked question: ``events`` that may happen before, with their ``chance``.

    ``expected`` is after, at a ratio of 1; ``share`` that of exposure after.
    """

    events: _Ints
    chance: _Floats
    expected: float
    share: float
    tail: float


def _asked(
    method: str,
    before: float,
    exposure_before: float,
    exposure_after: float,
    level: float,
    power: float,
) -> _Asked:
    tail = confidence.tail(method, level)
    _require_sense(method, before, exposure_before, exposure_after, power, tail)
    return _Asked(
        *_readings(before),
        expected=before * exposure_after / exposure_before,
        share=exposure_after / (exposure_before + exposure_after),
        tail=tail,
    )


def _readings(expected: float) -> tuple[_Ints, _Floats]:
    """Return the numbers of events that can happen, and how probable each is."""
    from scipy.stats import poisson

    span = poisson.ppf(_LEFT_OUT / 2, expected), poisson.isf(_LEFT_OUT / 2, expected)
    events = np.arange(int(span[0]), int(span[1]) + 1)
    return events, np.asarray(poisson.pmf(events, expected), dtype=np.float64)


def _require_sense(
    method: str,
    before: float,
    exposure_before: float,
    exposure_after: float,
    power: float,
    tail: float,
) -> None:
    if not 0 < real(before) <= _MOST_EXPECTED:
        raise MethodError(
            f"{method}: the events expected before must be above 0 and at most "
            f"{_MOST_EXPECTED:,.0f}. With none expected, no ratio can be shown."
        )
    lengths = [real(exposure) for exposure in (exposure_before, exposure_after)]
    usable = all(0 < length < math.inf for length in lengths)
    if not usable or max(lengths) > _MOST_UNEQUAL * min(lengths):
        raise MethodError(
            f"{method}: both exposures must be finite numbers above 0 and of like size. "
            "Give the lengths of the periods, such as 4.0 calendar years."
        )
    if not tail < real(power) < 1:
        raise MethodError(
            f"{method}: the power must be below 1 and above the tail of the test. "
            "Give a share, such as 0.8 for 80 percent."
        )


def _fewest_after(before: _Ints, share: float, tail: float) -> _Ints:
    """Return, for each count before, the fewest events after that show a rise (bisection)."""
    short, enough = np.full_like(before, -1), before + 1
    while (wanting := _upper_mid_p(before, enough, share) > tail).any():
        short, enough = np.where(wanting, enough, short), np.where(wanting, 2 * enough, enough)
    while (enough - short > 1).any():
        middle = (short + enough) // 2
        shows = _upper_mid_p(before, middle, share) <= tail
        short, enough = np.where(shows, short, middle), np.where(shows, middle, enough)
    return enough


def _most_after(before: _Ints, share: float, tail: float) -> _Ints:
    """Return, for each count before, the most events after that show a fall; -1: none do."""
    shows, short = np.full_like(before, -1), before + 1
    while (still := _lower_mid_p(before, short, share) <= tail).any():
        shows, short = np.where(still, short, shows), np.where(still, 2 * short, short)
    while (short - shows > 1).any():
        middle = (shows + short) // 2
        falls = _lower_mid_p(before, middle, share) <= tail
        shows, short = np.where(falls, middle, shows), np.where(falls, short, middle)
    return shows


def _lower_mid_p(before: _Ints, after: _Ints, share: float) -> _Floats:
    from scipy.stats import binom

    total = before + after
    half = binom.pmf(after, total, share) / 2
    return np.asarray(binom.cdf(after - 1, total, share) + half, dtype=np.float64)


def _upper_mid_p(before: _Ints, after: _Ints, share: float) -> _Floats:
    from scipy.stats import binom

    total = before + after
    half = binom.pmf(after, total, share) / 2
    return np.asarray(binom.sf(after, total, share) + half, dtype=np.float64)
