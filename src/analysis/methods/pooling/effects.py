"""Estimates of several studies with their variances in; a random-effects mean out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate
from analysis.methods.pooling import heterogeneity
from analysis.methods.pooling.heterogeneity import Estimator

FEWEST = 2
"""Studies, so that there is anything between them."""

FEWEST_FOR_PREDICTION = 3
"""Studies; the prediction interval has two degrees of freedom less than that."""


SMALLEST = 1e-100
"""Variance; the inverse of a smaller one can no longer be squared."""


@dataclass(frozen=True, slots=True)
class RandomEffects:
    """The mean of true effects over studies, on the scale of the estimates.

    ``effect`` is the wider of two pairs of limits: ``normal`` takes tau2 as known,
    ``hartung_knapp`` does not (and is spuriously narrow where studies happen to agree).
    ``prediction`` holds the true effect of one more such study; None with fewer than 3.
    ``tau2`` is the variance of true effects with its Q-profile limits (for REML, DL and PM
    alike, so that an estimate may lie outside). ``i2`` is the share of the variance that is
    between studies, ``q`` Cochran's Q with its p-value. Weights are shares, in the order
    given.
    """

    effect: Estimate
    normal: Estimate
    hartung_knapp: Estimate
    standard_error: float
    standard_error_hartung_knapp: float
    prediction: Estimate | None
    tau2: Estimate
    i2: float
    h2: float
    q: float
    q_p: float
    studies: int
    weights: tuple[float, ...]
    estimator: Estimator


def random_effects(
    estimates: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    estimator: Estimator = "REML",
    level: float = 0.95,
) -> RandomEffects:
    """Pool estimates of studies (or countries) whose true effects may differ.

    Estimates must be roughly normal: pool log ratios, not ratios. With fewer than five or
    so studies tau2 is hardly known, which only the Hartung-Knapp limits admit.

    Parameters
    ----------
    estimates : array_like, shape (k,)
        One a study, independent of each other.
    variances : array_like, shape (k,)
        Their squared standard errors, above 0, taken as known.
    estimator : {"REML", "DL", "PM"}
        How the variance between studies is estimated.
    level : float
        Confidence level of all limits.

    Raises
    ------
    MethodError
        If there are fewer than 2 studies, a variance is not above 0, or the search for tau2
        does not end.

    References
    ----------
    DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188; Viechtbauer (2005),
    J. Educ. Behav. Stat. 30, 261-293 (REML); Paule & Mandel (1982); Hartung & Knapp (2001),
    Statistics in Medicine 20, 3875-3889; Higgins, Thompson & Spiegelhalter (2009), J. R.
    Stat. Soc. A 172, 137-159 (prediction).

    Examples
    --------
    >>> found = random_effects([0.1, 0.5, 0.9], [0.04, 0.04, 0.04])
    >>> round(found.effect.value, 3), round(found.tau2.value, 3)
    (0.5, 0.12)
    """
    tail = confidence.tail("random_effects", level)
    y, v = _studies(estimates, variances)
    between = heterogeneity.tau2(y, v, estimator)
    w = 1 / (v + between)
    mean, k = float(np.sum(w * y) / np.sum(w)), len(y)
    error = math.sqrt(1 / float(np.sum(w)))
    scatter = math.sqrt(heterogeneity.q_at(y, v, between) / (k - 1)) * error
    normal = _limits(mean, error, _quantile(tail, None), level)
    hartung_knapp = _limits(mean, scatter, _quantile(tail, k - 1), level)
    q = heterogeneity.q_at(y, v, 0.0)
    typical = _typical(v)
    return RandomEffects(
        effect=max(normal, hartung_knapp, key=lambda pair: pair.high - pair.low),
        normal=normal,
        hartung_knapp=hartung_knapp,
        standard_error=error,
        standard_error_hartung_knapp=scatter,
        prediction=_prediction(mean, math.hypot(error, math.sqrt(between)), k, tail, level),
        tau2=Estimate(between, *heterogeneity.limits(y, v, tail), level),
        i2=between / (between + typical),
        h2=1 + between / typical,
        q=q,
        q_p=_beyond(q, k - 1),
        studies=k,
        weights=tuple(float(one) for one in w / np.sum(w)),
        estimator=estimator,
    )


def _studies(
    estimates: npt.ArrayLike, variances: npt.ArrayLike
) -> tuple[checked.Floats, checked.Floats]:
    y = checked.numbers("random_effects", "estimates", estimates, fewest=FEWEST)
    v = checked.numbers("random_effects", "variances", variances)
    checked.require_length("random_effects", "variances", v, len(y))
    wrong = int(np.count_nonzero(v < SMALLEST))
    if wrong:
        raise MethodError(
            f"random_effects: {wrong} of {len(v)} variances are 0 or less, or nearly 0. "
            "Give squared standard errors; a study without one cannot be weighed."
        )
    return y, v


def _typical(v: checked.Floats) -> float:
    """Return the typical variance within a study (Higgins & Thompson 2002, formula 9)."""
    w = 1 / v
    return float((len(v) - 1) * np.sum(w) / (np.sum(w) ** 2 - np.sum(w**2)))


def _limits(mean: float, error: float, quantile: float, level: float) -> Estimate:
    return Estimate(mean, mean - quantile * error, mean + quantile * error, level)


def _prediction(mean: float, error: float, k: int, tail: float, level: float) -> Estimate | None:
    if k < FEWEST_FOR_PREDICTION:
        return None
    return _limits(mean, error, _quantile(tail, k - 2), level)


def _quantile(tail: float, freedom: int | None) -> float:
    from scipy.special import ndtri, stdtrit

    return float(-ndtri(tail) if freedom is None else -stdtrit(freedom, tail))


def _beyond(q: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, q))
