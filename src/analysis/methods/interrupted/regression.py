"""Counts of many series and one set of columns in; log-linear fits out, all at once.

statsmodels fits one series in some milliseconds. Coverage, placebo dates and power need
thousands, which is the one reason for the few lines here; the tests hold them to
statsmodels and R.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.interrupted.series import METHOD

MOST_STEPS = 60
STEP = 1e-9
"""Largest move of a fitted log mean in the last step. Where no finite fit exists (a stretch
without events), it keeps moving by about 1."""

REACH = 30.0
"""Largest log mean, either way: exp(30) events a period are out of reach, exp(-30) are none."""

COLLINEAR = 1e-8


@dataclass(frozen=True, slots=True)
class Means:
    """Fits of ``n_series`` series: terms (s, p), their unscaled covariance (s, p, p), means (s, n).

    ``settled`` (s,) is False where no finite fit was reached.
    """

    terms: Floats
    covariance: Floats
    mean: Floats
    settled: npt.NDArray[np.bool_]


def fit_means(x: Floats, counts: Floats, offset: Floats, *, theta: float = math.inf) -> Means:
    """Fit log means by iterated weighted least squares.

    Steps are Newton's (at a known size the likelihood is concave, where Fisher scoring may
    swing for ever); the covariance is from the expected information, as R's.

    Parameters
    ----------
    x : ndarray, shape (n_periods, n_terms)
    counts : ndarray, shape (n_series, n_periods)
    offset : ndarray, shape (n_periods,)
        Log exposure.
    theta : float
        Size of the negative binomial (variance mean + mean² / theta); infinite for Poisson.

    Raises
    ------
    MethodError
        If a column is a sum of others.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., section 2.5.
    """
    # Orthonormal columns: a year such as 2007 beside its square would cost all digits.
    norms = np.linalg.norm(x, axis=0)
    q, r = np.linalg.qr(x / np.where(norms > 0, norms, 1.0))
    if np.abs(np.diag(r)).min() < COLLINEAR:
        raise MethodError(
            f"{METHOD}: a term of the model repeats others at these periods. "
            "Leave out waves or breaks."
        )
    start = np.log(counts + 0.1)
    found, log_mean, settled = _iterate(q, counts, offset, math.inf, start)
    if theta < math.inf:
        found, log_mean, settled = _iterate(q, counts, offset, theta, log_mean)
    information = _information(q, np.exp(log_mean) / (1 + np.exp(log_mean) / theta))
    back = np.linalg.inv(r) / norms[:, None]
    return Means(
        terms=found @ back.T,
        covariance=back @ _inverse(information) @ back.T,
        mean=np.exp(log_mean),
        settled=settled,
    )


def _iterate(
    q: Floats, counts: Floats, offset: Floats, theta: float, log_mean: Floats
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    for _ in range(MOST_STEPS):
        mean = np.exp(log_mean)
        weight = mean * (1 + counts / theta) / (1 + mean / theta) ** 2
        working = weight * (log_mean - offset) + (counts - mean) / (1 + mean / theta)
        found = (_inverse(_information(q, weight)) @ (working @ q)[:, :, None])[:, :, 0]
        moved = np.clip(found @ q.T + offset, log_mean - 5, log_mean + 5).clip(-REACH, REACH)
        change = np.abs(moved - log_mean).max(axis=1)
        log_mean = moved
        if change.max() < STEP:
            break
    return found, log_mean, (change < STEP) & (np.abs(log_mean).max(axis=1) < REACH)


def _information(q: Floats, weight: Floats) -> Floats:
    products = (q[:, :, None] * q[:, None, :]).reshape(len(q), -1)
    found: Floats = (weight @ products).reshape(len(weight), q.shape[1], q.shape[1])
    return found


def _inverse(information: Floats) -> Floats:
    # A fit without events in a stretch loses its information step by step; the ridge
    # (1e-14 of the trace) only keeps it from stopping the others of the batch.
    size = np.trace(information, axis1=1, axis2=2)[:, None, None]
    inverse: Floats = np.linalg.inv(information + 1e-14 * size * np.eye(information.shape[1]))
    return inverse
