"""Counts by period, some of them intervals, in; the readings that specifications ask for, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.counts import Yearly
from analysis.methods.multiverse.estimating import Data
from analysis.methods.multiverse.grid import Value

NONE = "none"
"""The option of no exposure and of no comparator."""
READINGS: Mapping[str, tuple[str, str]] = {
    "low": ("low", "low"),
    "high": ("high", "high"),
    "least": ("high", "low"),
    "most": ("low", "high"),
    "printed": ("printed", "printed"),
}
"""How counts are read before and after the start."""


@dataclass(frozen=True, slots=True)
class CountSeries:
    """Events by period, each in ``events.low[i]``..``events.high[i]``, with named exposures.

    Periods are numbers, each later than the one before. Exposures (> 0) have one value a
    period; a comparator needs those of the series it is compared with, by the same names.
    """

    periods: tuple[float, ...]
    events: Yearly
    exposures: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = checked.periods("multiverse", self.periods)
        checked.require_length("multiverse", "events", np.array(self.events.low), len(found))
        for values in self.exposures.values():
            checked.exposures("multiverse", "an exposure", values, length=len(found))


class Readings:
    """Readings of all series by what they are of, numbered as they are first asked for."""

    def __init__(self, series: CountSeries, comparators: Mapping[str, CountSeries]) -> None:
        wrong = sum(one.periods != series.periods for one in comparators.values())
        if wrong:
            raise MethodError(
                f"multiverse: {wrong} of {len(comparators)} comparators have other periods. Give "
                "all series the same, and leave out what one lacks."
            )
        self.series: dict[str, CountSeries] = {NONE: series}
        if NONE in comparators:
            raise MethodError("multiverse: a comparator is called 'none'. Give it another name.")
        self.series |= comparators
        self.known: dict[tuple[str, str, str], int] = {}

    def rows(self, taken: Mapping[str, Value]) -> tuple[int, int, int, int]:
        """Return the rows of a specification: before, after, and those of its comparator."""
        compared = among("comparator", taken["comparator"], self.series)
        exposure = among("exposure", taken["exposure"], (NONE, *self.series[NONE].exposures))
        before, after = READINGS[among("reading", self._reading(taken), READINGS)]
        mine = self._row(NONE, before, exposure), self._row(NONE, after, exposure)
        if compared == NONE:
            return (*mine, -1, -1)
        # What favours a rise here is the reading that favours none over there.
        if before != after:
            before, after = after, before
        return (*mine, self._row(compared, before, exposure), self._row(compared, after, exposure))

    def data(self) -> Data:
        """Return every reading that was asked for, a row each."""
        rows = [self._values(*key) for key in self.known]
        return Data(*(np.array(part) for part in zip(*rows, strict=True)))

    def _reading(self, taken: Mapping[str, Value]) -> Value:
        if "reading" in taken:
            return taken["reading"]
        if all(one.events.low == one.events.high for one in self.series.values()):
            return "low"
        raise MethodError(
            "multiverse: some counts are intervals, and no reading is chosen. Add a choice "
            "'reading', or fix it."
        )

    def _row(self, name: str, reading: str, exposure: str) -> int:
        if exposure != NONE and exposure not in self.series[name].exposures:
            raise MethodError(
                "multiverse: a comparator lacks an exposure that the grid asks for. Give it, or "
                "exclude the combination."
            )
        return self.known.setdefault((name, reading, exposure), len(self.known))

    def _values(
        self, name: str, reading: str, exposure: str
    ) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        series = self.series[name]
        low = np.array(series.events.low, dtype=np.float64)
        high = np.array(series.events.high, dtype=np.float64)
        ones = np.ones_like(low)
        given = ones if exposure == NONE else np.array(series.exposures[exposure], dtype=np.float64)
        present = low == high if reading == "printed" else ones.astype(bool)
        return (high if reading == "high" else low), given, present


def among(choice: str, value: Value, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return a value that is one of those known.

    Raises
    ------
    MethodError
        If it is not.
    """
    if not isinstance(value, str) or value not in known:
        raise MethodError(
            f"multiverse: an option of '{choice}' stands for none of the {len(known)} values that "
            "are known. Correct the grid."
        )
    return value
