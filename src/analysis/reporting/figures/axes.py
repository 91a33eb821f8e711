"""Numbers of either sign in, pixels out: a straight axis with round ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.contracts.published import Language
from analysis.language import numbers

MOST_TICKS = 6
_ROOM = 0.06
"""Share of the span left free at either end, so that no mark is cut."""


@dataclass(frozen=True, slots=True)
class LinearAxis:
    """Numbers from ``low`` to ``high`` laid out from ``start`` to ``end`` pixels.

    ``start`` may lie below or right of ``end``: upright axes grow upwards.
    """

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def around(cls, values: Iterable[float], start: float, end: float) -> LinearAxis:
        """Make an axis that holds all finite values and 0, with room at its ends."""
        kept = [0.0, *(value for value in values if math.isfinite(value))]
        low, high = min(kept), max(kept)
        room = (high - low or 1.0) * _ROOM
        return cls(low - room, high + room, start, end)

    def place(self, value: float) -> float:
        """Return the pixel of a number, kept on the axis."""
        kept = min(max(value, self.low), self.high)
        return self.start + (kept - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return round numbers inside the axis, at most six."""
        span = self.high - self.low
        step = 10.0 ** math.floor(math.log10(span / MOST_TICKS))
        step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= MOST_TICKS)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [turn * step for turn in range(first, last + 1)]


def tick_words(tick: float, ticks: Iterable[float], language: Language) -> str:
    """Write a tick with its sign and as many decimals as its neighbours need."""
    digits = next(
        (more for more in range(4) if all(math.isclose(one, round(one, more)) for one in ticks)), 4
    )
    return numbers.signed(tick, language, digits) if tick else numbers.number(0, language)
