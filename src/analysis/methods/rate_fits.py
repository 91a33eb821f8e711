"""Counts and a design in; a fitted log-linear model of statsmodels out, or a refusal in words.

statsmodels warns where a fit is worthless (no convergence, separation, a variance at
the end of its range) and returns it all the same; here each such fit is refused.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.design import Design


def fit_counts(
    method: str, counts: Floats, exposures: Floats, columns: Design, *, extra_variance: bool
) -> tuple[Any, float]:
    """Fit a Poisson law, or a negative binomial one where ``extra_variance`` is asked for.

    Returns
    -------
    GLMResults, float
        The fit of statsmodels with scale 1, and the alpha of the variance
        mean + alpha mean² (0 for Poisson).

    Raises
    ------
    MethodError
        If no finite estimate exists or is found, or there is no extra variance.
    """
    _require_estimates(method, counts, columns)
    fit = _converged(method, lambda: _glm(counts, exposures, columns.columns))
    if not extra_variance:
        return fit, 0.0
    extra = _extra_variance(method, counts, exposures, columns, fit)
    return _converged(method, lambda: _glm(counts, exposures, columns.columns, extra)), extra


def _glm(counts: Floats, exposures: Floats, columns: Floats, extra: float = 0.0) -> Any:
    from statsmodels.genmod.families import NegativeBinomial, Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    family = NegativeBinomial(alpha=extra) if extra else Poisson()
    model = GLM(counts, columns, family=family, offset=np.log(exposures))
    return model.fit(scale=1.0, tol=1e-12, maxiter=200)


def _extra_variance(
    method: str, counts: Floats, exposures: Floats, columns: Design, poisson: Any
) -> float:
    """Return the alpha of greatest likelihood; 0 lies at the end of its range, and is refused."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    # The slope of the likelihood at alpha = 0, with the means fitted there.
    excess = float(np.sum((counts - poisson.mu) ** 2 - counts))
    if excess <= 0:
        raise MethodError(
            f"{method}: the counts scatter no more than a Poisson law, so a negative binomial "
            "has no variance to estimate. Use poisson or quasi_poisson."
        )
    # Any basis of the same columns has the same alpha; this one is well scaled, so that
    # Newton's steps from the Poisson fit do not go astray.
    basis = np.linalg.qr(columns.columns)[0] * math.sqrt(len(counts))
    start = np.linalg.lstsq(basis, np.log(poisson.mu / exposures), rcond=None)[0]
    alpha = max(excess / float(np.sum(poisson.mu**2)), 1e-3)
    model = NegativeBinomial(counts, basis, offset=np.log(exposures))
    steps = {"method": "newton", "maxiter": 500, "tol": 1e-10, "disp": 0}
    fit = _converged(method, lambda: model.fit(start_params=[*start, alpha], **steps))
    if not fit.params[-1] > 0:
        raise _unfitted(method)
    return float(fit.params[-1])


def _converged(method: str, fitted: Callable[[], Any]) -> Any:
    """Return a fit, or refuse where the library would only warn."""
    from statsmodels.tools.sm_exceptions import ModelWarning, PerfectSeparationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ModelWarning)
        warnings.simplefilter("error", RuntimeWarning)
        # Means that equal the counts (a steady series) are no separation; that is checked.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        try:
            found = fitted()
        except (Warning, ValueError, np.linalg.LinAlgError) as error:
            raise _unfitted(method) from error
    done = getattr(found, "converged", None)
    done = found.mle_retvals["converged"] if done is None else done
    if not done or not np.isfinite(found.params).all():
        raise _unfitted(method)
    return found


def _unfitted(method: str) -> MethodError:
    return MethodError(
        f"{method}: the fit does not converge. Use fewer predictors, centre them, or take "
        "another law."
    )


def _require_estimates(method: str, counts: Floats, columns: Design) -> None:
    """Refuse counts for which no finite estimate exists.

    None does if some combination of the columns is 0 wherever there are events, and
    of one sign (not all 0) wherever there are none: its coefficient then runs away.
    """
    from scipy.optimize import linprog

    none = counts == 0
    if none.all():
        raise MethodError(
            f"{method}: all {len(counts)} counts are 0, so no rate can be compared. "
            "Report the exposure and the upper limit of rate."
        )
    scaled = columns.columns / np.abs(columns.columns).max(axis=0)
    quiet, busy = scaled[none], scaled[~none]
    if np.linalg.matrix_rank(busy) == scaled.shape[1]:
        return
    found = linprog(
        quiet.sum(axis=0),
        A_ub=np.vstack([quiet, -quiet]),
        b_ub=np.concatenate([np.zeros(len(quiet)), np.ones(len(quiet))]),
        A_eq=busy,
        b_eq=np.zeros(len(busy)),
        bounds=(None, None),
    )
    if found.status != 0 or float(found.fun or 0.0) < -1e-7:
        raise MethodError(
            f"{method}: a predictor singles out some of the {int(none.sum())} points with 0 "
            "events, so that its ratio is 0 or infinite. Leave it out, or compare the totals "
            "with rate_ratio."
        )
