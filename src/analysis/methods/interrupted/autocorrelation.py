"""Whether residuals follow each other; and how strongly they must, for so few points to show it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.interrupted.design import design_of
from analysis.methods.interrupted.fits import require_settled
from analysis.methods.interrupted.regression import fit_means
from analysis.methods.interrupted.series import METHOD, Model, Series
from analysis.methods.scalars import require_draws

GRID = tuple(step / 20 for step in range(1, 20))
POWER, ALARM = 0.8, 0.05


@dataclass(frozen=True, slots=True)
class Autocorrelation:
    """Correlation of residuals with their predecessors, and what it is worth.

    ``lag1`` is from Pearson residuals of ``pairs`` neighbouring periods. ``unrelated`` is
    its mean if periods are independent (below 0: fitting the terms pushes it down).
    ``p`` is one-sided: how often independent periods give so high a value. ``detectable``
    is the smallest AR(1) correlation that is found (p up to 0.05) with 80 percent power;
    None if not even 0.95 is. A large p with a large ``detectable`` says nothing.
    """

    lag1: float
    unrelated: float
    p: float
    detectable: float | None
    pairs: int


def autocorrelation(
    series: Series, model: Model, *, rng: np.random.Generator | int, draws: int = 10_000
) -> Autocorrelation:
    """Check the residuals of the Poisson fit for AR(1), by simulation.

    The Durbin-Watson bounds are useless in short series (Turner et al. 2021), and the
    textbook limit 1.96 / sqrt(n) ignores that residuals are tied by the fitted terms.
    Here normal errors are put through the same weighted projection as the counts, once
    independent (p), once with each correlation of a grid (power).

    Parameters
    ----------
    series, model
        As for `level_and_slope`.
    rng : Generator or int
    draws : int
        Simulated series, at least 1,000.

    Raises
    ------
    MethodError
        As `level_and_slope`; fewer draws.

    References
    ----------
    Turner et al. (2021), BMC Med Res Methodol 21, 181.

    Examples
    --------
    >>> from analysis.methods.interrupted_series import Break
    >>> counts = [9, 12, 10, 14, 11, 9, 13, 12, 20, 25, 22, 19, 24, 21, 26, 23]
    >>> series, model = Series.of(range(16), counts), Model((Break("plan", 8),))
    >>> print(autocorrelation(series, model, rng=1).detectable)  # 16 points show nothing
    None
    """
    generator = checked.generator(METHOD, rng)
    require_draws(METHOD, draws, 1_000)
    design = design_of(series, model)
    means = fit_means(design.x, design.counts[None], design.offset)
    require_settled(means, design)
    mean = means.mean[0]
    apart = np.abs(np.subtract.outer(design.periods, design.periods))
    apart /= np.diff(design.periods).min()
    neighbours = np.isclose(np.diff(design.periods), np.diff(design.periods).min())
    root = np.sqrt(mean)[:, None] * design.x
    q, _ = np.linalg.qr(root)
    left = np.eye(len(mean)) - q @ q.T
    noise = generator.standard_normal((draws, len(mean)))

    def simulated(correlation: float) -> Floats:
        return _lag1(noise @ (np.linalg.cholesky(correlation**apart).T @ left), neighbours)

    independent = simulated(0.0)
    found = float(_lag1(((design.counts - mean) / np.sqrt(mean))[None], neighbours)[0])
    critical = float(np.quantile(independent, 1 - ALARM))
    shown = (c for c in GRID if np.mean(simulated(c) > critical) >= POWER)
    return Autocorrelation(
        lag1=found,
        unrelated=float(independent.mean()),
        p=(1 + int(np.sum(independent >= found))) / (1 + draws),
        detectable=next(shown, None),
        pairs=int(neighbours.sum()),
    )


def _lag1(residuals: Floats, neighbours: npt.NDArray[np.bool_]) -> Floats:
    """Return the lag-1 correlation of each row, over periods that follow without a gap."""
    products = residuals[:, :-1] * residuals[:, 1:]
    found: Floats = products @ neighbours.astype(float) / np.sum(residuals**2, axis=1)
    return found
