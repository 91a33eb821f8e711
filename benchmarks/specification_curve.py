"""Time a specification curve of 1,000 Poisson models, and its permutation test.

Run: python benchmarks/specification_curve.py. The peer of the curve is statsmodels' GLM,
one model after the other; that of the test is a loop of numpy over orders of the data.
Prints medians of interleaved runs and their ratio; only the ratio means anything on
another machine. Both must agree, or it stops.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import numpy.typing as npt
import statsmodels.api as sm

from analysis.methods.counts import Yearly
from analysis.methods.multiverse import Choice, CountSeries, Grid, count_curve, joint_test

ROUNDS = 5
DRAWS = 100_000
YEARS = 31
START = 16

Floats = npt.NDArray[np.float64]


def main() -> None:
    """Compare curve and test with their peers, on a series as long as UNODC's."""
    generator = np.random.default_rng(1)
    events = np.concatenate([generator.poisson(14, START), generator.poisson(20, YEARS - START)])
    people = np.linspace(5.1, 5.9, YEARS)
    series = CountSeries(
        tuple(range(YEARS)),
        Yearly(tuple(map(int, events)), tuple(map(int, events))),
        {"people": tuple(people)},
    )
    curve(series, events.astype(np.float64), people)
    test(series, events.astype(np.float64))
    wide(series)


def curve(series: CountSeries, events: Floats, people: Floats) -> None:
    """Time 1,008 models: windows, models, excluded years, exposures and dispersion."""
    grid = Grid(
        (
            Choice.of("window", [9, 10, 11, 12, 13, 14, 15]),
            Choice.of("model", ["before_after", "trend", "interrupted"]),
            Choice.of("excluded", [(), (15,), (16,), (17,), (14, 15), (16, 17), (15, 16), (20,)]),
            Choice.of("exposure", ["none", "people"]),
            Choice.of("dispersion", ["poisson", "quasi", "floored"]),
        )
    )

    def ours() -> Floats:
        found = count_curve(grid, series, fixed={"start": START}, fewest=7)
        values = {point.options: point.estimate for point in found.points}
        rows = [values[one.options] for one in grid.specifications()]
        return np.array([(one.value, one.low, one.high) for one in rows])

    compare(
        f"curve of {grid.combinations} models, statsmodels one by one",
        ours,
        lambda: one_by_one(grid, events, people),
    )


def test(series: CountSeries, events: Floats) -> None:
    """Time the permutation test of one specification with 100,000 draws."""
    grid = Grid((Choice.of("dispersion", ["poisson"]),))

    def ours() -> Floats:
        found = joint_test(grid, series, fixed={"start": START}, draws=DRAWS, rng=1)
        return np.array([found.median.p])

    def loop() -> Floats:
        generator, beyond = np.random.default_rng(1), 0
        observed = abs(np.log(events[START:].mean() / events[:START].mean()))
        for _ in range(DRAWS):
            drawn = generator.permutation(events)
            log = np.log(drawn[START:].mean() / drawn[:START].mean())
            beyond += bool(abs(log) >= observed * (1 - 1e-9))
        return np.array([(1 + beyond) / (1 + DRAWS)])

    # Other draws of the same law: p agrees to its error.
    compare(f"one model, {DRAWS} draws, a loop", ours, loop, absolute=0.01)


def wide(series: CountSeries) -> None:
    """Time the joint test of a curve of 12 models with 100,000 draws; it has no peer here."""
    grid = Grid(
        (
            Choice.of("window", [8, 10, 12]),
            Choice.of("exposure", ["none", "people"]),
            Choice.of("dispersion", ["poisson", "floored"]),
        )
    )
    spent = [
        _seconds(lambda: joint_test(grid, series, fixed={"start": START}, draws=DRAWS, rng=1))
        for _ in range(ROUNDS)
    ]
    print(f"12 models, {DRAWS} draws: ours {median(spent):.2f} s")


def one_by_one(grid: Grid, events: Floats, people: Floats) -> Floats:
    """Fit each specification by itself."""
    years = np.arange(YEARS)
    after, time_since = (years >= START).astype(np.float64), years - float(START)
    every = np.stack([np.ones(YEARS), after, time_since, after * time_since], axis=1)
    columns = {"before_after": 2, "trend": 3, "interrupted": 4}
    found = []
    for one in grid.specifications():
        taken = one.by_choice()
        keep = (np.abs(years - START + 0.5) < taken["window"]) & ~np.isin(
            years, np.array(taken["excluded"])
        )
        model = sm.GLM(
            events[keep],
            every[keep, : columns[str(taken["model"])]],
            family=sm.families.Poisson(),
            exposure=people[keep] if taken["exposure"] == "people" else None,
        )
        fitted = model.fit(scale="X2", use_t=True, tol=1e-12)
        if taken["dispersion"] == "poisson":
            fitted = model.fit(scale=1.0, tol=1e-12)
        elif taken["dispersion"] == "floored" and fitted.scale < 1:
            fitted = model.fit(scale=1.0, use_t=True, tol=1e-12)
        found.append([fitted.params[1], *fitted.conf_int()[1]])
    return np.exp(np.array(found))


def compare(
    what: str,
    ours: Callable[[], Floats],
    peer: Callable[[], Floats],
    *,
    absolute: float = 0.0,
) -> None:
    """Time the two in turn, so that a busy moment hits both, and print medians."""
    if not np.allclose(ours(), peer(), rtol=1e-8, atol=absolute):
        raise SystemExit(f"{what}: the two disagree, so their times compare nothing.")
    fast, slow = [], []
    for _ in range(ROUNDS):
        fast.append(_seconds(ours))
        slow.append(_seconds(peer))
    print(
        f"{what}: ours {median(fast):.2f} s, peer {median(slow):.2f} s, "
        f"peer / ours {median(slow) / median(fast):.1f}"
    )


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
