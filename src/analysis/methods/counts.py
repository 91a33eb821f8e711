"""Bounds as a source prints them in, counts that a method may use out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from analysis.errors import MethodError
from analysis.methods.scalars import real


@dataclass(frozen=True, slots=True)
class Count:
    """Whole number of events, known to lie in ``low``..``high``, over an exposure (> 0).

    ``low == high`` is an exact count. The exposure's unit is the caller's
    (calendar years, person-years): both counts of a comparison must share it.
    """

    low: int
    high: int
    exposure: float

    def __post_init__(self) -> None:
        if not 0 <= _whole("Count", self.low) <= _whole("Count", self.high):
            raise MethodError(
                "Count: the bounds are negative or the wrong way round. Give the lower one first."
            )
        if not 0 < real(self.exposure) < math.inf:
            raise MethodError(
                "Count: the exposure must be a finite number above 0. "
                "Give the length of the period, such as 4.0 calendar years."
            )

    @classmethod
    def of(cls, bounds: tuple[float, float], exposure: float) -> Self:
        """Make a count of the bounds of a value of the record.

        Raises
        ------
        MethodError
            If a bound is infinite (the source says only "more than") or not whole.
        """
        low, high = _pair("Count", bounds)
        return cls(_whole("Count", low), _whole("Count", high), exposure)


@dataclass(frozen=True, slots=True)
class Yearly:
    """Events by calendar year, each known to lie in ``low[i]``..``high[i]`` (whole, >= 0)."""

    low: tuple[int, ...]
    high: tuple[int, ...]

    def __post_init__(self) -> None:
        if not len(self.low) or len(self.low) != len(self.high):
            raise MethodError(
                f"Yearly: {len(self.low)} lower and {len(self.high)} upper bounds. "
                "Give one of each a year, and at least one year."
            )
        wrong = sum(
            not 0 <= _whole("Yearly", low) <= _whole("Yearly", high)
            for low, high in zip(self.low, self.high, strict=True)
        )
        if wrong:
            raise MethodError(
                f"Yearly: {wrong} of {len(self.low)} years have bounds that are negative or the "
                "wrong way round. Give the lower one first."
            )

    @classmethod
    def of(cls, years: Iterable[tuple[float, float]]) -> Self:
        """Make yearly counts of the bounds of a series' values, a pair a year.

        Raises
        ------
        MethodError
            If there is no year, or a bound is infinite or not whole.
        """
        read = [_pair("Yearly", one) for one in years]
        pairs = [(_whole("Yearly", low), _whole("Yearly", high)) for low, high in read]
        return cls(tuple(low for low, _ in pairs), tuple(high for _, high in pairs))


def require_events(method: str, before: Count, after: Count) -> None:
    """Refuse where a reading has no event in either period, as 0 / 0 is no ratio.

    Raises
    ------
    MethodError
        If both lower bounds are 0.
    """
    if before.low == 0 and after.low == 0:
        exactly = before.high == 0 and after.high == 0
        raise MethodError(
            f"{method}: both periods {'have' if exactly else 'may have'} 0 events, "
            "so no ratio exists. Report the two counts, or widen the window."
        )


def _pair(what: str, bounds: tuple[float, float]) -> tuple[float, float]:
    if not isinstance(bounds, tuple | list | np.ndarray) or len(bounds) != 2:
        raise MethodError(
            f"{what}: the bounds of a count are no pair. Give the lower and the upper one, the "
            "same number twice where the count is exact."
        )
    return bounds[0], bounds[1]


def _whole(what: str, amount: float) -> int:
    number = real(amount)
    if math.isnan(number):
        raise MethodError(
            f"{what}: a bound is missing or no number. Give the bounds that the source's "
            "value allows, or leave the period out and say so."
        )
    if math.isinf(number):
        raise MethodError(
            f"{what}: a bound is not finite, so nothing limits the events on that side. "
            "Report the other bound alone, or find the figure."
        )
    if number != int(number):
        raise MethodError(f"{what}: a bound is no whole number. Count events, not rates.")
    return int(amount)
