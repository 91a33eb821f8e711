"""Time estimates of a hidden population against a plain statsmodels loop.

Run from the root: OPENBLAS_NUM_THREADS=1 python benchmarks/population_size.py. Prints
medians of CPU seconds over interleaved rounds, imports and first calls left out, and their ratio;
only the ratio means anything on another machine. The loop does a part of the work (its first
resamples, some of the models) and is scaled up. Both must agree, or it stops.
"""

from __future__ import annotations

import csv
import os
import time
import warnings
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import statsmodels.api as sm
from scipy.optimize import linprog
from scipy.stats import poisson

from analysis.methods.population_size.bca import bca, resampled
from analysis.methods.population_size.criterion import bic, rank
from analysis.methods.population_size.estimating import estimate
from analysis.methods.population_size.hierarchical import groups
from analysis.methods.population_size.stepwise import choose_all
from analysis.methods.population_size.tables import Lists

TABLES = Path(__file__).parents[1] / "tests" / "reference" / "population_size" / "tables.csv"
RESAMPLES, ROUNDS, THRESHOLD = 1000, 5, 0.02
LOOPED_RESAMPLES, LOOPED_MODELS = 6, 150
MANY = 1000
"""Times as many cases: the cost must not grow with them."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pair = tuple[int, int]


def main() -> None:
    """Time limits that choose again, and all models of five and of six lists."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        raise SystemExit("Set OPENBLAS_NUM_THREADS=1: one thread is what is compared.")
    five, six = published("UKdat_5"), published("UKdat_6")
    time_limits(five)
    time_models("all 1,024 models of five lists by BIC", five)
    time_models("all 32,768 models of six lists by BIC", six)
    more = Lists(five.names, five.counts * MANY)
    alone("the same with 1,000 times as many cases", lambda: estimate(more))
    alone("stepwise, 1,000 resamples, six lists", lambda: estimate(six))
    alone("BIC, 1,000 resamples, five lists", lambda: bic(five, rng=1))
    alone("stepwise, 1,000 resamples, eight lists", lambda: estimate(published("NewOrl_8_v2019")))


def time_limits(lists: Lists) -> None:
    """Compare BCa limits from 1,000 resamples, the model chosen again in each."""
    tables = resampled(lists.counts, bootstrap=RESAMPLES, rng=1)
    few = tables[-LOOPED_RESAMPLES:]
    agree(choose_all(few, THRESHOLD).totals, [chosen_by_loop(row) for row in few])
    compare(
        "stepwise, BCa limits from 1,000 resamples of five lists",
        lambda: bca(lists.counts, lambda drawn: choose_all(drawn, THRESHOLD).totals, rng=1),
        lambda: [chosen_by_loop(row) for row in few],
        len(tables) / LOOPED_RESAMPLES,
    )


def time_models(what: str, lists: Lists) -> None:
    """Compare the fits of all models with pairs of lists."""
    found = rank(lists)
    some = np.random.default_rng(1).choice(len(found.bic), LOOPED_MODELS, replace=False)
    models = [
        [
            (lists.names.index(one), lists.names.index(other))
            for one, other in groups(lists.names, found.terms, found.holds[row])
        ]
        for row in some
    ]
    agree(found.totals[some], [fitted(lists.counts, model)[0] for model in models])
    compare(
        what,
        lambda: rank(lists),
        lambda: [fitted(lists.counts, model) for model in models],
        len(found.holds) / LOOPED_MODELS,
    )


def chosen_by_loop(counts: Ints) -> float:
    """Add pairs one by one; existence is checked for candidates below the threshold only."""
    lists = [i for i in range(len(counts).bit_length() - 1) if overlap(counts, 1 << i)]
    model: list[Pair] = []
    while True:
        total, expected = fitted(counts, model)
        chances = []
        for i, j in combinations(lists, 2):
            cases = overlap(counts, 1 << i | 1 << j)
            mean = sum(mu for cell, mu in expected.items() if cell >> i & cell >> j & 1)
            p = min(poisson.cdf(cases, mean), poisson.sf(cases - 1, mean))
            if (i, j) not in model and p < THRESHOLD:
                chances.append((float(p), (i, j)))
        added = next((pair for _, pair in sorted(chances) if exists(counts, [*model, pair])), None)
        if added is None:
            return total
        model.append(added)


def fitted(counts: Ints, model: list[Pair]) -> tuple[float, dict[int, float]]:
    """Fit one model with statsmodels."""
    columns, cells = design(counts, model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sm.GLM(counts[cells], columns, family=sm.families.Poisson()).fit(tol=1e-12)
    expected = np.exp(columns @ found.params)
    total = float(counts.sum() + np.exp(found.params[0]))
    return total, dict(zip(cells, expected.tolist(), strict=True))


def exists(counts: Ints, model: list[Pair]) -> bool:
    """Solve the linear programme of Fienberg and Rinaldo."""
    columns, cells = design(counts, model)
    found = linprog(
        [0.0] * len(cells) + [-1.0],
        A_eq=np.hstack([columns.T, np.zeros((columns.shape[1], 1))]),
        b_eq=columns.T @ counts[cells],
        A_ub=np.hstack([-np.eye(len(cells)), np.ones((len(cells), 1))]),
        b_ub=np.zeros(len(cells)),
    )
    full = np.linalg.matrix_rank(columns) == columns.shape[1]
    return bool(np.asarray(found.x)[-1] > 1e-7 and full)


def design(counts: Ints, model: list[Pair]) -> tuple[Floats, list[int]]:
    """Return the columns of a model, and the cells that its empty pairs leave open."""
    several = len(counts).bit_length() - 1
    lists = [i for i in range(several) if overlap(counts, 1 << i)]
    empty = [1 << i | 1 << j for i, j in model if not overlap(counts, 1 << i | 1 << j)]
    empty += [1 << i for i in range(several) if i not in lists]
    cells = [c for c in range(1, len(counts)) if not any(c & e == e for e in empty)]
    columns = [[1.0] * len(cells)] + [[float(c >> i & 1) for c in cells] for i in lists]
    columns += [
        [float(c >> i & c >> j & 1) for c in cells]
        for i, j in model
        if 1 << i | 1 << j not in empty
    ]
    return np.array(columns).T, cells


def overlap(counts: Ints, combination: int) -> int:
    """Count the cases on all lists of a combination."""
    cells = np.arange(len(counts))
    return int(counts[cells & combination == combination].sum())


def published(name: str) -> Lists:
    """Return one of the published tables, its lists in the order they come in."""
    with TABLES.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == name]
    names = tuple(dict.fromkeys(one for row in rows for one in row["lists"].split()))
    counts = np.zeros(1 << len(names), dtype=np.int64)
    for row in rows:
        counts[sum(1 << names.index(one) for one in row["lists"].split())] = int(row["count"])
    return Lists(names, counts)


def agree(ours: Floats, loop: Iterable[float]) -> None:
    """Stop unless both give the same totals."""
    if not np.allclose(ours, list(loop), rtol=1e-6):
        raise SystemExit("The two disagree, so their times compare nothing.")


def compare(
    what: str, ours: Callable[[], object], loop: Callable[[], object], scale: float
) -> None:
    """Time the two in turn, so that a busy moment hits both, and print medians."""
    ours()
    fast, slow = [], []
    for _ in range(ROUNDS):
        fast.append(_seconds(ours))
        slow.append(_seconds(loop) * scale)
    print(
        f"{what}: ours {median(fast):.3f} s, loop {median(slow):.1f} s, "
        f"loop / ours {median(slow) / median(fast):.0f}"
    )


def alone(what: str, ours: Callable[[], object]) -> None:
    """Time what has no loop here."""
    ours()
    print(f"{what}: ours {median(_seconds(ours) for _ in range(ROUNDS)):.3f} s")


def _seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


if __name__ == "__main__":
    main()
