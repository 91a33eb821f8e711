"""Time a synthetic control with 38 donors, 31 years and all 38 placebos against kept libraries.

Run on one core: OPENBLAS_NUM_THREADS=1 python benchmarks/synthetic_control.py. The panel
is made up: 39 units that follow three common factors with loads of their own, 19 years
before and 12 after, and 7 predictors. Peers are interleaved with ours: diff-diff's nested
fit of the treated unit alone, and scipy's general solver on the weights alone. Only the
ratios mean anything on another machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd
from diff_diff import SyntheticControl
from scipy.optimize import Bounds, LinearConstraint, minimize

from analysis.methods.checked import Floats
from analysis.methods.counterfactual.importance import outcome_weights
from analysis.methods.counterfactual.panel import Panel
from analysis.methods.counterfactual.placebos import placebos_in_space
from analysis.methods.counterfactual.synthetic import synthetic_control

UNITS, YEARS, BEFORE, PREDICTORS = 39, 31, 19, 7
ROUNDS = 3


def main() -> None:
    """Time the whole, one fit against diff-diff, and the weights alone against scipy."""
    panel = made_up(seed=1)
    whole = [_seconds(lambda: placebos_in_space(panel, "u0")) for _ in range(ROUNDS)]
    print(f"fit and 38 placebos, 9 starts each: {median(whole):.2f} s of processor time")
    slow = [_seconds(lambda: placebos_in_space(panel, "u0", search="nelder_mead"))]
    print(f"the same by Nelder-Mead from 2 starts: {slow[0]:.2f} s, {slow[0] / median(whole):.1f}x")
    against_diff_diff(panel)
    against_scipy(panel)


def made_up(seed: int) -> Panel:
    """Make the panel: smooth factors, loads between 0 and 1, a little noise."""
    rng = np.random.default_rng(seed)
    loads = rng.uniform(0, 1, (3, UNITS))
    factors = rng.normal(0.3, 1, (YEARS, 3)).cumsum(axis=0)
    outcomes = 50 + factors @ loads + 0.3 * rng.normal(size=(YEARS, UNITS))
    means = [outcomes[[5, 11, 18]], rng.normal(size=(2, UNITS)), loads[:2]]
    return Panel.of(
        outcomes,
        periods=range(YEARS),
        units=[f"u{unit}" for unit in range(UNITS)],
        first_after=BEFORE,
        predictors=np.vstack(means),
    )


def against_diff_diff(panel: Panel) -> None:
    """Fit the treated unit in turn with both, and compare how close they come."""
    table = _long(panel)
    names = [f"x{row}" for row in range(PREDICTORS)]
    theirs_gap: list[float] = []

    def theirs() -> None:
        fit = SyntheticControl(seed=1).fit(
            table, "y", "d", "unit", "year", predictors=names, predictor_window=[0]
        )
        theirs_gap.append(float(fit.pre_rmspe))

    ours, peer = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: synthetic_control(panel, "u0")))
        peer.append(_seconds(theirs))
    close = synthetic_control(panel, "u0").rmspe_before
    print(
        f"one fit: ours {median(ours):.3f} s (RMSPE before {close:.4f}), diff-diff "
        f"{median(peer):.2f} s ({min(theirs_gap):.4f}), diff-diff / ours "
        f"{median(peer) / median(ours):.0f}"
    )


def against_scipy(panel: Panel) -> None:
    """Solve for the weights of every unit by its outcomes alone, in turn with both."""
    rows = panel.outcomes[:BEFORE]
    ours, peer, worse = [], [], 0.0
    for unit in range(UNITS):
        others = np.delete(rows, unit, axis=1) - rows[:, [unit]]
        ours.append(_seconds(lambda unit=unit: outcome_weights(rows, unit)))  # type: ignore[misc]
        peer.append(_seconds(lambda others=others: _general(others)))  # type: ignore[misc]
        mine = float(np.sum((others @ outcome_weights(rows, unit)) ** 2))
        worse = max(worse, mine / float(np.sum((others @ _general(others)) ** 2)))
    if worse > 1 + 1e-6:
        raise SystemExit("weights: ours are further than scipy's, so the times compare nothing.")
    print(
        f"weights alone: ours {1e3 * median(ours):.2f} ms, scipy SLSQP {1e3 * median(peer):.1f} ms,"
        f" SLSQP / ours {median(peer) / median(ours):.0f}; our sum of squares is at most "
        f"{worse:.6f} of theirs"
    )


def _general(others: Floats) -> Floats:
    n = others.shape[1]
    gram = others.T @ others

    def loss(weights: Floats) -> tuple[float, Floats]:
        slope = gram @ weights
        return float(weights @ slope), 2 * slope

    found = minimize(
        loss,
        np.full(n, 1 / n),
        jac=True,
        method="SLSQP",
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.ones((1, n)), 1, 1),
        options={"ftol": 1e-12, "maxiter": 500},
    ).x
    found = np.maximum(found, 0)
    return np.asarray(found / found.sum())


def _long(panel: Panel) -> pd.DataFrame:
    assert panel.predictors is not None
    units = len(panel.units)
    columns = {
        "y": panel.outcomes.ravel(),
        "year": np.repeat(np.arange(YEARS), units),
        "unit": np.tile(panel.units, YEARS),
    }
    columns |= {f"x{row}": np.tile(known, YEARS) for row, known in enumerate(panel.predictors)}
    table = pd.DataFrame(columns)
    table["d"] = ((table["unit"] == "u0") & (table["year"] >= BEFORE)).astype(int)
    return table


def _seconds(call: Callable[[], object]) -> float:
    # Processor time: what others do on the machine meanwhile is not ours.
    start = time.process_time()
    call()
    return time.process_time() - start


if __name__ == "__main__":
    main()
