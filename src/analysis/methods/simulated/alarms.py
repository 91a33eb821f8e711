"""Series of counts in; how often a control chart and a CUSUM signal in them out.

A chart of known dispersion over equal periods is the same for every series of one total:
it is set up once for each (`control_chart`), and all of them are read by it. A CUSUM with
a known rate is the same for all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.control_chart import Chart, control_chart, cusum
from analysis.methods.control_chart.cusum import ONE_PERIOD
from analysis.methods.simulated.judged import Share
from analysis.methods.simulated.laws import Ints
from analysis.methods.simulated.ratios import Bools

CALIBRATION = 1_000
"""Series by which each chart is calibrated: the fewest that `control_chart` takes."""


@dataclass(frozen=True, slots=True)
class Alarmed:
    """Shares of series with any signal of a chart, and with a sustained one."""

    any_signal: Share
    sustained: Share


def charted(counts: Ints, rng: np.random.Generator, *, dispersion: float = 1.0) -> Alarmed:
    """Chart every series against its own mean; shape of ``counts``: (series, periods).

    Series without any event raise no alarm: the method refuses them.

    Raises
    ------
    MethodError
        As `control_chart`.

    Examples
    --------
    >>> calm = np.random.default_rng(1).poisson(9.0, (200, 12))
    >>> charted(calm, np.random.default_rng(2)).any_signal.value < 0.1
    True
    """
    odd, long = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool)
    totals = counts.sum(axis=1)
    runs = longest_runs(counts)
    for total in np.unique(totals[totals > 0]).tolist():
        own = np.flatnonzero(totals == total)
        chart = control_chart(
            np.arange(counts.shape[1]),
            counts[own[0]],
            dispersion=dispersion,
            rng=rng,
            draws=CALIBRATION,
        )
        odd[own], long[own] = signals(chart, counts[own], runs[own])
    return Alarmed(Share.of(odd | long), Share.of(long))


def signals(chart: Chart, counts: Ints, runs: Ints) -> tuple[Bools, Bools]:
    """Read series of the chart's total by its limits and runs: one period, sustained."""
    beyond = (counts < np.array(chart.low)) | (counts > np.array(chart.high))
    # Where no run is rare enough to signal, none of any length is.
    length = counts.shape[1] + 1 if chart.run_length is None else chart.run_length
    return np.asarray(beyond.any(axis=1)), np.asarray(runs >= length)


def longest_runs(counts: Ints) -> Ints:
    """Return each series' longest run on one side of its median, passing over ties."""
    sides = np.sign(counts - np.median(counts, axis=1, keepdims=True))
    longest = np.zeros(len(counts), dtype=np.int64)
    for side in (1.0, -1.0):
        run = np.zeros(len(counts), dtype=np.int64)
        for column in sides.T:
            run = np.where(column == side, run + 1, np.where(column == 0, run, 0))
            longest = np.maximum(longest, run)
    return longest


@dataclass(frozen=True, slots=True)
class Summed:
    """Share of series in which a CUSUM alarms, either side; ``promised`` periods to a false one.

    ``promised`` is the mean number of periods that the method computes for a rate that
    does not change.
    """

    alarmed: Share
    promised: float


def summed(counts: Ints, *, rate: float, dispersion: float = 1.0, ratio: float = 1.5) -> Summed:
    """Add up every series' deviations from a known rate, as `cusum` does.

    Examples
    --------
    >>> calm = np.random.default_rng(1).poisson(9.0, (200, 12))
    >>> summed(calm, rate=9.0).alarmed.value < 0.3
    True
    """
    if counts.ndim != 2 or not counts.shape[1]:
        raise MethodError("simulated: series without a period. Give some, a row a series.")
    first = cusum(
        np.arange(counts.shape[1]), counts[0], dispersion=dispersion, rate=rate, ratio=ratio
    )
    cut = first.steps_an_event
    alarm = np.zeros(len(counts), dtype=bool)
    for sign, shift, side in ((1, ratio, first.more), (-1, 1 / ratio, first.fewer)):
        height = round(side.threshold * cut)
        reference = round(cut * rate * (shift - 1) / math.log(shift))
        alarm |= highest(counts, sign, cut, reference, height) >= height
    return Summed(Share.of(alarm), first.run_length)


def highest(counts: Ints, sign: int, cut: int, reference: int, height: int) -> Floats:
    """Return the highest sum of each series, in steps."""
    most = max(1, math.floor(ONE_PERIOD * height))
    sums = np.zeros(len(counts))
    top = np.zeros(len(counts))
    for column in counts.T:
        added = np.minimum(sign * (cut * column - reference), most)
        sums = np.maximum(0, sums + added)
        top = np.maximum(top, sums)
    return top
