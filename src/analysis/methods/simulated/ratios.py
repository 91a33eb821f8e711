"""Counts of thousands of comparisons in; their rate ratios and both pairs of limits out.

One table takes `rates.rate_ratio` and `dispersion.dispersed_ratio` some tenths of a
millisecond; thousands are computed here at once, by the same formulas. Where counts are
intervals, `dispersed_ratio` itself is called, once for each table that differs.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods import confidence
from analysis.methods.checked import Floats
from analysis.methods.counts import Yearly
from analysis.methods.dispersion import dispersed_ratio
from analysis.methods.simulated.laws import Ints
from analysis.methods.simulated.worlds import Drawn

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ratios:
    """Ratios of many comparisons, each array of shape (draws,).

    ``least`` and ``most`` are the estimates of the two extreme readings. Limits are NaN
    where the method refuses: all of them where ``refused`` (a reading with 0 events in
    both periods), the dispersed ones also where a period has no event.
    """

    least: Floats
    most: Floats
    exact_low: Floats
    exact_high: Floats
    dispersed_low: Floats
    dispersed_high: Floats
    refused: Bools

    @property
    def paired(self) -> Bools:
        """Where both pairs of limits exist."""
        return ~np.isnan(self.dispersed_low)

    @property
    def dispersed_leads(self) -> Bools:
        """Where the dispersed pair is the wider one, as `dispersion.wider` has it."""
        with np.errstate(invalid="ignore"):
            apart = _span(self.dispersed_low, self.dispersed_high)
            found: Bools = self.paired & (apart > _span(self.exact_low, self.exact_high))
        return found

    @property
    def headline(self) -> tuple[Floats, Floats]:
        """The wider pair; NaN where there is one pair only."""
        leads, paired = self.dispersed_leads, self.paired
        low = np.where(leads, self.dispersed_low, self.exact_low)
        high = np.where(leads, self.dispersed_high, self.exact_high)
        return np.where(paired, low, np.nan), np.where(paired, high, np.nan)


def ratios(drawn: Drawn, *, level: float = 0.95) -> Ratios:
    """Compare both periods of every draw.

    Raises
    ------
    MethodError
        If ``level`` is no share between 0 and 1.
    """
    tail = confidence.tail("simulated", level)
    totals = [
        period.sum(axis=1)
        for period in (drawn.before_low, drawn.before_high, drawn.after_low, drawn.after_high)
    ]
    refused = (totals[0] == 0) & (totals[2] == 0)
    scale = drawn.before_low.shape[1] / drawn.after_low.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        least, low, _ = _exact(totals[1], totals[2], scale, tail)
        most, _, high = _exact(totals[0], totals[3], scale, tail)
    spread_low, spread_high = _dispersed(drawn, refused, level, tail)
    blank = np.where(refused, np.nan, 0.0)
    return Ratios(
        least + blank, most + blank, low + blank, high + blank, spread_low, spread_high, refused
    )


def _exact(before: Ints, after: Ints, scale: float, tail: float) -> tuple[Floats, Floats, Floats]:
    estimate = np.where(before > 0, after / before * scale, np.inf)
    low, inverse = _lowest(before, after, tail), _lowest(after, before, tail)
    return estimate, low * scale, np.where(before > 0, scale / inverse, np.inf)


def _lowest(before: Ints, after: Ints, tail: float) -> Floats:
    """Return Clopper-Pearson lower limits of the odds of the events after."""
    from scipy.special import betainccinv, betaincinv

    some = np.maximum(after, 1)
    odds = betaincinv(some, before + 1, tail) / betainccinv(before + 1, some, tail)
    found: Floats = np.where(after > 0, odds, 0.0)
    return found


def _dispersed(drawn: Drawn, refused: Bools, level: float, tail: float) -> tuple[Floats, Floats]:
    years = drawn.before_low.shape[1] + drawn.after_low.shape[1]
    if years < 3:
        nothing = np.full(len(refused), np.nan)
        return nothing, nothing
    if drawn.exact:
        return _spread(drawn.before_low, drawn.after_low, years - 2, tail)
    return _spread_of_intervals(drawn, refused, level)


def _spread(before: Ints, after: Ints, freedom: int, tail: float) -> tuple[Floats, Floats]:
    from scipy.special import stdtrit

    first, later = before.sum(axis=1), after.sum(axis=1)
    known = (first > 0) & (later > 0)
    first, later = np.where(known, first, 1), np.where(known, later, 1)
    chi = sum(
        (period**2).sum(axis=1) / (total / period.shape[1]) - total
        for period, total in ((before, first), (after, later))
    )
    error = np.sqrt(np.maximum(1, chi / freedom) * (1 / first + 1 / later))
    logs = np.log(later / after.shape[1]) - np.log(first / before.shape[1])
    reach = -float(stdtrit(freedom, tail)) * error
    with np.errstate(over="ignore"):
        low, high = np.exp(logs - reach), np.exp(logs + reach)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _spread_of_intervals(drawn: Drawn, refused: Bools, level: float) -> tuple[Floats, Floats]:
    """Call the method once for each table that differs; the order of years is no matter."""
    sides = [
        np.sort(low * 10_000_000 + high, axis=1)
        for low, high in (
            (drawn.before_low, drawn.before_high),
            (drawn.after_low, drawn.after_high),
        )
    ]
    tables, which = np.unique(np.hstack(sides), axis=0, return_inverse=True)
    empty = (drawn.before_high.sum(axis=1) == 0) | (drawn.after_high.sum(axis=1) == 0)
    wanted = np.unique(which[~(refused | empty)])
    found = np.full((len(tables), 2), np.nan)
    first = drawn.before_low.shape[1]
    for number in wanted.tolist():
        pairs = [divmod(code, 10_000_000) for code in tables[number].tolist()]
        spread = dispersed_ratio(Yearly.of(pairs[:first]), Yearly.of(pairs[first:]), level=level)
        found[number] = spread.low, spread.high
    limits = np.where((refused | empty)[:, None], np.nan, found[which])
    return limits[:, 0], limits[:, 1]


def _span(low: Floats, high: Floats) -> Floats:
    smallest, largest = sys.float_info.min, sys.float_info.max
    found: Floats = np.log(np.minimum(high, largest)) - np.log(np.maximum(low, smallest))
    return found
