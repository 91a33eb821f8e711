"""A known truth in; how often limits hold it and how often they cry wolf, measured, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.interrupted.design import Design, design_of
from analysis.methods.interrupted.fits import pearson
from analysis.methods.interrupted.regression import Means, fit_means
from analysis.methods.interrupted.series import METHOD, Model, Series
from analysis.methods.scalars import MOST_DRAWS, is_whole, real, require_one_of

LARGEST_TRUTH = 1e6
"""Largest mean, ratio and dispersion that are simulated; such counts need no small-count law."""

How = Literal["quasi-poisson t", "hac z"]


@dataclass(frozen=True, slots=True)
class Performance:
    """Shares of simulated series with a fit; Monte Carlo error sqrt(share (1 - share) / draws).

    ``covered``: limits of the first break's level hold the true ratio. ``said_more`` and
    ``said_fewer``: limits lie above or below 1; where the true ratio is 1, their sum is
    the false-alarm rate. ``bias``: mean log ratio less the true one. ``width``: median of
    upper over lower limit. ``refused``: share without a fit, of ``draws``.
    """

    covered: float
    said_more: float
    said_fewer: float
    bias: float
    width: float
    refused: float
    draws: int


def performance(
    periods: npt.ArrayLike,
    model: Model,
    *,
    mean: npt.ArrayLike,
    ratio: float = 1.0,
    dispersion: float = 1.0,
    correlation: float = 0.0,
    rng: np.random.Generator | int,
    draws: int = 2_000,
    how: How = "quasi-poisson t",
    lags: int = 3,
    level: float = 0.95,
) -> Performance:
    """Simulate series with a known change of level, and read them as `level_and_slope` does.

    Counts are Poisson around means that vary by a log-normal AR(1) process, so that
    the variance of a count is ``dispersion`` times its mean, and the logs of neighbouring
    means correlate by ``correlation``.

    Parameters
    ----------
    periods : array_like, shape (n_periods,)
    model : Model
        Its first break must change the level.
    mean : float or array_like, shape (n_periods,)
        Events expected without the break.
    ratio : float
        True ratio of the level at the first break, above 0.
    dispersion : float
        Variance over mean, 1 or more.
    correlation : float
        AR(1) of the log means, from 0 to below 1; of no effect where dispersion is 1.
    rng : Generator or int
    draws : int
    how : {"quasi-poisson t", "hac z"}
        The second only shows why it is not the default.
    lags : int
        Of the HAC error.
    level : float
        Confidence level, between 0 and 1.

    Raises
    ------
    MethodError
        As `level_and_slope`; a truth outside the ranges above; no series with a fit.

    Examples
    --------
    >>> from analysis.methods.interrupted_series import Break
    >>> found = performance(range(20), Model((Break("plan", 10),)), mean=20, rng=1, draws=500)
    >>> found.covered > 0.9
    True
    """
    tail, generator = confidence.tail(METHOD, level), checked.generator(METHOD, rng)
    when = checked.periods(METHOD, periods)
    means = np.full(len(when), mean) if isinstance(mean, int | float) else mean
    expected = checked.exposures(METHOD, "mean", means, length=len(when))
    require_one_of(METHOD, "way to read a series", how, get_args(How))
    _require_truth(model, expected, ratio, dispersion, correlation, draws, lags)
    design = design_of(Series.of(when, np.ones(len(when), dtype=int)), model)
    held = np.isin(when, design.periods)
    after = design.periods >= model.breaks[0].start
    truth = expected[held] * np.where(after, ratio, 1.0)
    counts = _counts(truth, design.periods, dispersion, correlation, draws, generator)
    fitted = fit_means(design.x, counts, design.offset)
    place = design.names.index(f"{model.breaks[0].name}: level")
    reach = _reach(how, design, fitted, counts, lags, tail)[:, place]
    return _judge(fitted.terms[:, place], reach, fitted.settled, math.log(ratio))


def _require_truth(
    model: Model,
    expected: Floats,
    ratio: float,
    dispersion: float,
    correlation: float,
    draws: int,
    lags: int,
) -> None:
    right = 0 < real(ratio) <= LARGEST_TRUTH and 1 <= real(dispersion) <= LARGEST_TRUTH
    right = right and 0 <= real(correlation) < 1 and expected.max() <= LARGEST_TRUTH
    right = right and is_whole(draws, 1, MOST_DRAWS) and is_whole(lags, 0, len(expected) - 1)
    if not right or model.breaks[0].change == "slope":
        raise MethodError(
            f"{METHOD}: a truth that cannot be simulated. Give a break of level, a ratio above "
            "0, a dispersion of 1 or more, a correlation from 0 to below 1, and some draws; means "
            f"of at most {LARGEST_TRUTH:,.0f}."
        )


def _counts(
    truth: Floats,
    periods: Floats,
    dispersion: float,
    correlation: float,
    draws: int,
    generator: np.random.Generator,
) -> Floats:
    apart = np.abs(np.subtract.outer(periods, periods)) / np.diff(periods).min()
    root = np.linalg.cholesky(correlation**apart)
    # Poisson around mean * exp(z): variance mean + mean² (exp(s²) - 1) is dispersion * mean.
    spread = np.sqrt(np.log1p((dispersion - 1) / truth))
    logs = (generator.standard_normal((draws, len(truth))) @ root.T) * spread - spread**2 / 2
    return generator.poisson(truth * np.exp(logs)).astype(np.float64)


def _reach(
    how: How, design: Design, means: Means, counts: Floats, lags: int, tail: float
) -> Floats:
    """Return how far limits reach on the log scale, shape (draws, terms)."""
    from scipy.special import ndtri, stdtrit

    if how == "hac z":
        return -float(ndtri(tail)) * np.sqrt(_hac_variances(design, means, counts, lags))
    scale = np.maximum(1.0, pearson(counts, means.mean) / design.freedom)
    variances = np.diagonal(means.covariance, axis1=1, axis2=2) * scale[:, None]
    found: Floats = -float(stdtrit(design.freedom, tail)) * np.sqrt(variances)
    return found


def _hac_variances(design: Design, means: Means, counts: Floats, lags: int) -> Floats:
    scores = (counts - means.mean)[:, :, None] * design.x
    meat = np.swapaxes(scores, 1, 2) @ scores
    for lag in range(1, lags + 1):
        cross = np.swapaxes(scores[:, lag:], 1, 2) @ scores[:, :-lag]
        meat += (1 - lag / (lags + 1)) * (cross + np.swapaxes(cross, 1, 2))
    found = np.diagonal(means.covariance @ meat @ means.covariance, axis1=1, axis2=2)
    return np.maximum(found, 0.0)  # Positive but for rounding: Bartlett weights.


def _judge(
    logs: Floats, reach: Floats, settled: npt.NDArray[np.bool_], true_log: float
) -> Performance:
    if not settled.any():
        raise MethodError(
            f"{METHOD}: none of {len(logs)} simulated series has a fit. Give a larger mean."
        )
    log, far = logs[settled], reach[settled]
    return Performance(
        covered=float(np.mean(np.abs(log - true_log) <= far)),
        said_more=float(np.mean(log - far > 0)),
        said_fewer=float(np.mean(log + far < 0)),
        bias=float(np.mean(log) - true_log),
        width=float(np.exp(2 * np.median(far))),
        refused=float(1 - settled.mean()),
        draws=len(logs),
    )
