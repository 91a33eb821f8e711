"""Time our union over the readings of "<5" against a loop that goes through each of them.

Run: python benchmarks/rates.py. Prints the median of interleaved runs and their ratio;
only the ratio means anything on another machine. Both must agree, or it stops.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from itertools import product
from statistics import median

import numpy as np
from scipy.stats import beta, t

from analysis.methods.dispersion import DispersedRange, Yearly, dispersed_ratio
from analysis.methods.rates import Count, RatioRange, rate_ratio

ROUNDS = 15
LOOPS = 20
"""Calls of ours in one timing: one alone is too short for the clock."""

Limits = tuple[float, float]


def main() -> None:
    """Compare both methods with their loops, on counts the size of the record's."""
    before, after = Count(7, 19, 4.0), Count(81, 93, 4.0)
    compare(
        "rate_ratio, 169 readings",
        lambda: _limits(rate_ratio(before, after)),
        lambda: every_ratio(before, after),
    )
    years = Yearly((7, 0, 0, 0), (7, 4, 4, 4)), Yearly((22, 25, 29, 17), (22, 25, 29, 21))
    compare(
        "dispersed_ratio, 625 readings",
        lambda: _limits(dispersed_ratio(*years)),
        lambda: every_dispersed(*years),
    )


def compare(what: str, ours: Callable[[], Limits], naive: Callable[[], Limits]) -> None:
    """Time the two in turn, so that a busy moment hits both, and print medians."""
    if not np.allclose(ours(), naive(), rtol=1e-9):
        raise SystemExit(f"{what}: the two disagree, so their times compare nothing.")
    fast, slow = [], []
    for _ in range(ROUNDS):
        fast.append(_seconds(ours, LOOPS))
        slow.append(_seconds(naive, 1))
    print(
        f"{what}: ours {1e3 * median(fast):.3f} ms, loop {1e3 * median(slow):.1f} ms, "
        f"loop / ours {median(slow) / median(fast):.0f}"
    )


def every_ratio(before: Count, after: Count) -> Limits:
    """Clopper-Pearson limits of each reading in turn."""
    scale = before.exposure / after.exposure
    found = []
    for b, a in product(range(before.low, before.high + 1), range(after.low, after.high + 1)):
        low, high = beta.ppf(0.025, a, b + 1), beta.ppf(0.975, a + 1, b)
        found.append((scale * low / (1 - low), scale * high / (1 - high)))
    return min(low for low, _ in found), max(high for _, high in found)


def every_dispersed(before: Yearly, after: Yearly) -> Limits:
    """Quasi-Poisson limits of each reading in turn."""
    freedom = len(before.low) + len(after.low) - 2
    spans = [range(low, high + 1) for low, high in zip(before.low, before.high, strict=True)]
    spans += [range(low, high + 1) for low, high in zip(after.low, after.high, strict=True)]
    found = []
    for reading in product(*spans):
        sides = reading[: len(before.low)], reading[len(before.low) :]
        means = [sum(side) / len(side) for side in sides]
        pearson = sum(
            (events - mean) ** 2 / mean
            for side, mean in zip(sides, means, strict=True)
            for events in side
        )
        error = math.sqrt(max(1, pearson / freedom) * sum(1 / sum(side) for side in sides))
        log, reach = math.log(means[1] / means[0]), t.ppf(0.975, freedom) * error
        found.append((math.exp(log - reach), math.exp(log + reach)))
    return min(low for low, _ in found), max(high for _, high in found)


def _limits(result: RatioRange | DispersedRange) -> Limits:
    return result.low, result.high


def _seconds(call: Callable[[], Limits], loops: int) -> float:
    start = time.perf_counter()
    for _ in range(loops):
        call()
    return (time.perf_counter() - start) / loops


if __name__ == "__main__":
    main()
