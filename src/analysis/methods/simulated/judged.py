"""What methods said and the truth in; bias, coverage and shares with Monte Carlo error out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.simulated.ratios import Bools


@dataclass(frozen=True, slots=True)
class Share:
    """Share of ``draws`` of which something holds; ``error`` is its Monte Carlo error."""

    value: float
    draws: int

    @classmethod
    def of(cls, holds: Bools) -> Share:
        """Count how often something holds.

        Raises
        ------
        MethodError
            If there is no draw.

        Examples
        --------
        >>> Share.of(np.array([True, False]))
        Share(value=0.5, draws=2)
        """
        if not len(holds):
            raise MethodError("simulated: a share of 0 draws. Draw more, or report the refusals.")
        return cls(float(np.mean(holds)), len(holds))

    @property
    def error(self) -> float:
        """Standard error from so few draws, never below that of one draw in all."""
        return math.sqrt(max(self.value * (1 - self.value), 1 / self.draws) / self.draws)

    def reaches(self, least: float, *, errors: float) -> bool:
        """Whether the share is not below ``least`` by more than so many errors."""
        return self.value >= least - errors * self._error_at(least)

    def keeps_to(self, most: float, *, errors: float) -> bool:
        """Whether the share is not above ``most`` by more than so many errors."""
        return self.value <= most + errors * self._error_at(most)

    def _error_at(self, share: float) -> float:
        return math.sqrt(share * (1 - share) / self.draws)


@dataclass(frozen=True, slots=True)
class Held:
    """How limits did: share that holds the truth; median of upper over lower limit.

    The median is of the limits that are closed on both sides; infinite where none is.
    """

    covered: Share
    width: float


def held(low: Floats, high: Floats, truth: float) -> Held | None:
    """Judge the limits that exist; None where there are none at all."""
    exist = ~np.isnan(low)
    if not exist.any():
        return None
    lows, highs = low[exist], high[exist]
    closed = (lows > 0) & np.isfinite(highs)
    width = float(np.median(highs[closed] / lows[closed])) if closed.any() else math.inf
    return Held(Share.of((lows <= truth) & (truth <= highs)), width)


def bias(least: Floats, most: Floats, truth: float) -> tuple[float, float]:
    """Return how far estimates lie from the truth on the log scale, on average.

    Two numbers: for the least and for the most favourable reading, equal for exact
    counts. Draws whose estimate is 0, infinite or refused are left out of each.

    Examples
    --------
    >>> bias(np.array([1.0, 4.0]), np.array([1.0, 4.0]), 2.0)
    (0.0, 0.0)
    """
    return _bias(least, truth), _bias(most, truth)


def _bias(estimates: Floats, truth: float) -> float:
    some = estimates[np.isfinite(estimates) & (estimates > 0)]
    return float(np.mean(np.log(some)) - math.log(truth)) if len(some) else math.nan
