"""A coefficient of a linear regression in; what an omitted variable would have to explain out.

Strength is measured as partial R2, a share from 0 to 1: of the variance of the treatment
that the covariates leave, and of that of the outcome that covariates and treatment leave.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.checked import Estimate
from analysis.methods.scalars import LARGEST, is_whole, real


@dataclass(frozen=True, slots=True)
class Robustness:
    """How much an omitted variable must explain of both treatment and outcome (shares, 0 to 1).

    ``value`` takes away ``share`` of the estimate, ``value_at_level`` makes the limits at
    ``level`` touch what is then left (0 where they do already). ``partial_r2`` is the share
    of the outcome that the treatment explains: an omitted variable that explains all of the
    rest of the outcome must explain as much of the treatment to take all away.
    """

    value: float
    value_at_level: float
    partial_r2: float
    share: float
    level: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The strength of an omitted variable ``times`` as strong as a covariate that was measured."""

    r2_treatment: float
    r2_outcome: float
    times: float
    times_outcome: float


@dataclass(frozen=True, slots=True)
class Confounded:
    """The estimate as it would be with an omitted variable of given strength (its worst sign)."""

    estimate: Estimate
    standard_error: float
    t: float
    bias: float


def partial_r2(t: float, degrees_of_freedom: int) -> float:
    """Return the share of the outcome's remaining variance that a coefficient explains.

    Parameters
    ----------
    t : float
        The coefficient's t value.
    degrees_of_freedom : int
        Residual degrees of freedom of the regression.

    Raises
    ------
    MethodError
        If t is not finite, or there are fewer than 1 degrees of freedom.

    References
    ----------
    Cinelli & Hazlett (2020), J. R. Stat. Soc. B 82, 39-67, section 4.

    Examples
    --------
    >>> round(partial_r2(4.18445, 783), 4)
    0.0219
    """
    _require("partial_r2", (t,), degrees_of_freedom, fewest=1)
    return t**2 / (t**2 + degrees_of_freedom)


def robustness_value(
    t: float, degrees_of_freedom: int, *, share: float = 1.0, level: float = 0.95
) -> Robustness:
    """Say how much an omitted variable must explain to take (a share of) an effect away.

    For least squares with the usual standard errors; with few units or clustered errors
    the second value is too kind.

    Parameters
    ----------
    t : float
        The coefficient's t value.
    degrees_of_freedom : int
        Residual degrees of freedom, 2 or more.
    share : float
        Share of the estimate to be taken away, above 0; 1 takes all, 2 reverses it.
    level : float
        Confidence level.

    Raises
    ------
    MethodError
        If an argument is out of range.

    References
    ----------
    Cinelli & Hazlett (2020), J. R. Stat. Soc. B 82, 39-67, sections 4.2-4.3.

    Examples
    --------
    >>> found = robustness_value(4.18445, 783)
    >>> round(found.value, 4), round(found.value_at_level, 4)
    (0.1388, 0.0763)
    """
    tail = confidence.tail("robustness_value", level)
    _require("robustness_value", (t, share), degrees_of_freedom, fewest=2)
    if not share > 0:
        raise MethodError("robustness_value: the share to take away must be above 0. 1 is all.")
    f = share * abs(t) / math.sqrt(degrees_of_freedom)
    # One degree of freedom goes to the omitted variable.
    critical = _critical(tail, degrees_of_freedom) / math.sqrt(degrees_of_freedom - 1)
    at_level = _equal_strength(f - critical)
    if f - critical > 0 and f * critical > 1:
        # The limits give way before the outcome is explained as far as the treatment.
        at_level = (f**2 - critical**2) / (1 + f**2)
    return Robustness(
        value=_equal_strength(f),
        value_at_level=at_level,
        partial_r2=partial_r2(t, degrees_of_freedom),
        share=share,
        level=level,
    )


def benchmark(
    covariate_with_treatment: float,
    covariate_with_outcome: float,
    *,
    times: float = 1.0,
    times_outcome: float | None = None,
) -> Benchmark:
    """Bound an omitted variable by a measured covariate it is at most so many times as strong as.

    Parameters
    ----------
    covariate_with_treatment : float
        Partial R2 of the covariate in the regression of the treatment on all covariates.
    covariate_with_outcome : float
        Partial R2 of the covariate in the regression of the outcome on treatment and
        covariates.
    times, times_outcome : float
        How many times as strong, above 0, with the treatment and (the same if left out)
        with the outcome.

    Raises
    ------
    MethodError
        If a partial R2 lies outside 0 to 1, or nothing can be so many times as strong (it
        would explain more than all).

    References
    ----------
    Cinelli & Hazlett (2020), J. R. Stat. Soc. B 82, 39-67, section 4.4 and supplement.

    Examples
    --------
    >>> found = benchmark(0.00908106, 0.10903, times=2)
    >>> round(found.r2_treatment, 4), round(found.r2_outcome, 4)
    (0.0183, 0.2493)
    """
    on_outcome = times if times_outcome is None else times_outcome
    d, y = covariate_with_treatment, covariate_with_outcome
    shares = all(0 <= real(one) < 1 for one in (d, y))
    if not (shares and all(0 < real(one) < math.inf for one in (times, on_outcome))):
        raise MethodError(
            "benchmark: a partial R2 lies outside 0 to 1, or a multiple is not above 0. "
            "Give shares, and how many times as strong."
        )
    treatment = times * d / (1 - d)
    joint = times * d**2 / ((1 - times * d) * (1 - d)) if times * d < 1 else math.inf
    outcome = math.inf
    if joint < 1:
        outcome = ((math.sqrt(on_outcome) + math.sqrt(joint)) ** 2 / (1 - joint)) * (y / (1 - y))
    if treatment >= 1 or outcome >= 1:
        raise MethodError(
            "benchmark: nothing can be so many times as strong as this covariate, as it would "
            "explain more than all. Take fewer times."
        )
    return Benchmark(treatment, outcome, times, on_outcome)


def confounded(
    estimate: float,
    standard_error: float,
    degrees_of_freedom: int,
    *,
    r2_treatment: float,
    r2_outcome: float,
    level: float = 0.95,
) -> Confounded:
    """Give the estimate as it would be if a variable of given strength had been left out.

    Parameters
    ----------
    estimate, standard_error : float
        Coefficient of the treatment and its standard error (> 0).
    degrees_of_freedom : int
        Residual degrees of freedom, 2 or more.
    r2_treatment, r2_outcome : float
        Partial R2 of the omitted variable, from 0 to below 1; see `benchmark`.
    level : float
        Confidence level.

    Returns
    -------
    Confounded
        The bias is taken towards 0 (and past it), the sign that hurts.

    Raises
    ------
    MethodError
        If an argument is out of range.

    References
    ----------
    Cinelli & Hazlett (2020), J. R. Stat. Soc. B 82, 39-67, section 3.

    Examples
    --------
    >>> found = confounded(0.0973, 0.02326, 783, r2_treatment=0.0183, r2_outcome=0.2493)
    >>> round(found.estimate.value, 3)
    0.053
    """
    tail = confidence.tail("confounded", level)
    _require("confounded", (estimate, standard_error), degrees_of_freedom, fewest=2)
    if not (standard_error > 0 and all(0 <= real(one) < 1 for one in (r2_treatment, r2_outcome))):
        raise MethodError(
            "confounded: the standard error is not above 0, or a partial R2 outside 0 to 1. "
            "Give shares below 1."
        )
    n = degrees_of_freedom
    bias = standard_error * math.sqrt(n * r2_outcome * r2_treatment / (1 - r2_treatment))
    value = math.copysign(1, estimate) * (abs(estimate) - bias)
    error = standard_error * math.sqrt((1 - r2_outcome) / (1 - r2_treatment) * n / (n - 1))
    reach = _critical(tail, n) * error
    return Confounded(
        Estimate(value, value - reach, value + reach, level), error, value / error, bias
    )


def _require(method: str, values: tuple[float, ...], freedom: int, *, fewest: int) -> None:
    if not all(abs(real(value)) <= LARGEST for value in values) or not is_whole(freedom, fewest):
        raise MethodError(
            f"{method}: a number is not finite, or the degrees of freedom are no whole number of "
            f"at least {fewest}. Give the values of the fitted regression."
        )


def _critical(tail: float, degrees_of_freedom: int) -> float:
    from scipy.special import stdtrit

    return float(-stdtrit(degrees_of_freedom - 1, tail))


def _equal_strength(f: float) -> float:
    # (sqrt(f^4 + 4 f^2) - f^2) / 2, in a form that keeps its digits for small f.
    return 2 / (1 + math.sqrt(1 + 4 / f**2)) if f > 0 and f**2 > 0 else 0.0
