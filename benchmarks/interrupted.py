"""Time 1,000 interrupted series fitted at once against statsmodels, one after the other.

Run: python benchmarks/interrupted.py. Prints the median of interleaved runs and their ratio;
only the ratio means anything on another machine. Both must agree, or it stops.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np
import statsmodels.api as sm

from analysis.methods.interrupted.regression import fit_means

ROUNDS = 5
SERIES, POINTS = 1_000, 24


def main() -> None:
    """Fit the same series both ways, in turn, so that a busy moment hits both."""
    periods = np.arange(POINTS, dtype=float)
    x = np.column_stack([np.ones(POINTS), periods, periods >= POINTS // 2]).astype(float)
    counts = np.random.default_rng(1).poisson(10.0, size=(SERIES, POINTS)).astype(float)
    family = sm.families.Poisson()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        at_once = fit_means(x, counts, np.zeros(POINTS)).terms
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        singly = np.array([sm.GLM(row, x, family=family).fit(tol=1e-12).params for row in counts])
        theirs.append(time.perf_counter() - start)
        if not np.allclose(at_once, singly, rtol=1e-6, atol=1e-9):
            raise SystemExit("The two disagree, so their times compare nothing.")
    print(
        f"{SERIES} series of {POINTS} points: ours {1e3 * median(ours):.0f} ms, "
        f"statsmodels {1e3 * median(theirs):.0f} ms, ratio {median(theirs) / median(ours):.0f}"
    )


if __name__ == "__main__":
    main()
