"""One estimate of each imputed data set in; one estimate that knows what was imputed out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate
from analysis.methods.scalars import is_whole, real

FEWEST_FREEDOM = 0.01
"""Fewer, and limits at 95 percent reach beyond any number."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """Estimate over imputations by Rubin's rules, with t limits.

    ``within`` and ``between`` are the mean variance and the variance of the estimates,
    ``total`` that of the pooled one. ``degrees_of_freedom`` follow Barnard and Rubin
    (infinite where the data set is taken as large and all estimates are equal).
    ``lam`` is the share of the variance that comes from what is missing, ``riv`` the
    relative increase of the variance, ``fmi`` the fraction of missing information.
    """

    estimate: Estimate
    standard_error: float
    within: float
    between: float
    total: float
    degrees_of_freedom: float
    riv: float
    lam: float
    fmi: float
    imputations: int


def rubin(
    estimates: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    observations: int | None = None,
    parameters: int = 1,
    level: float = 0.95,
) -> Pooled:
    """Pool estimates of imputed data sets by Rubin's rules.

    Estimates must be roughly normal: pool log ratios and logits, not ratios and shares.

    Parameters
    ----------
    estimates : array_like, shape (m,)
        One of each imputed data set.
    variances : array_like, shape (m,)
        Their squared standard errors.
    observations : int, optional
        Records of the complete data set. None takes it as large (degrees of freedom of
        Rubin 1987), which is too narrow in small ones.
    parameters : int
        Parameters that the model of the complete data estimates.
    level : float
        Confidence level of the t limits.

    Raises
    ------
    MethodError
        If there are fewer than 2 imputations, a variance is not above 0, or no more
        observations than parameters.

    References
    ----------
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, Wiley; Barnard & Rubin
    (1999), Biometrika 86, 948-955; van Buuren (2018), Flexible Imputation of Missing Data,
    sections 2.3-2.4 (the names riv, lambda, fmi).

    Examples
    --------
    >>> found = rubin([0.42, 0.51, 0.38], [0.02, 0.02, 0.02], observations=60, parameters=2)
    >>> round(found.estimate.value, 4), round(found.degrees_of_freedom, 1)
    (0.4367, 20.4)
    """
    tail = confidence.tail("rubin", level)
    q, u = _estimates(estimates, variances)
    m, centre, within = len(q), float(q.mean()), float(u.mean())
    between = float(q.var(ddof=1))
    extra = (1 + 1 / m) * between
    total = within + extra
    lam, riv = extra / total, extra / within
    freedom = _barnard_rubin(lam, within / total, m, _complete_freedom(observations, parameters))
    _require_freedom(freedom)
    reach = _t(freedom, tail) * math.sqrt(total)
    return Pooled(
        estimate=Estimate(centre, centre - reach, centre + reach, level),
        standard_error=math.sqrt(total),
        within=within,
        between=between,
        total=total,
        degrees_of_freedom=freedom,
        riv=riv,
        lam=lam,
        fmi=(riv + 2 / (freedom + 3)) / (1 + riv),
        imputations=m,
    )


def _estimates(
    estimates: npt.ArrayLike, variances: npt.ArrayLike
) -> tuple[checked.Floats, checked.Floats]:
    q = checked.numbers("rubin", "estimates", estimates, fewest=2)
    u = checked.numbers("rubin", "variances", variances)
    checked.require_length("rubin", "variances", u, len(q))
    wrong = int(np.count_nonzero(u <= 0))
    if wrong:
        raise MethodError(
            f"rubin: {wrong} of {len(u)} variances are 0 or less. Give squared standard errors."
        )
    return q, u


def _complete_freedom(observations: int | None, parameters: int) -> float:
    if observations is None:
        return math.inf
    if not is_whole(parameters) or not is_whole(observations, int(real(parameters)) + 1):
        raise MethodError(
            "rubin: the observations leave no degrees of freedom beside the parameters, or are no "
            "whole number. Estimate less, or collect more."
        )
    return float(observations - parameters)


def _require_freedom(freedom: float) -> None:
    if freedom < FEWEST_FREEDOM:
        raise MethodError(
            "rubin: the imputations differ so much beside their variances that no degrees of "
            "freedom are left. Check the variances' unit, or draw many more imputations."
        )


def _barnard_rubin(lam: float, rest: float, m: int, complete: float) -> float:
    """Return the degrees of freedom; with nothing between imputations, those observed."""
    observed = math.inf
    if math.isfinite(complete):
        observed = (complete + 1) / (complete + 3) * complete * rest
    # lam may be so small that its square is 0, and imputation then costs nothing.
    by_imputation = (m - 1) / lam**2 if lam**2 > 0 else math.inf
    if math.isinf(by_imputation):
        return observed
    if math.isinf(observed):
        return by_imputation
    return by_imputation * observed / (by_imputation + observed)


def _t(freedom: float, tail: float) -> float:
    from scipy.special import ndtri, stdtrit

    return float(-ndtri(tail) if math.isinf(freedom) else -stdtrit(freedom, tail))
