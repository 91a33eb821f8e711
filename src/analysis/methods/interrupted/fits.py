"""A design in; terms with limits out, by quasi-Poisson and by the negative binomial."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.checked import Estimate, Floats
from analysis.methods.interrupted.design import Design
from analysis.methods.interrupted.regression import Means, fit_means
from analysis.methods.interrupted.series import METHOD

Family = Literal["quasi-poisson", "negative binomial"]


@dataclass(frozen=True, slots=True)
class Term:
    """One coefficient: ``log`` and its standard error, the ratio exp(log) with limits.

    The ratio of "trend" and of a slope is that of one period to the one before. ``p``
    is two-sided, from the same t law as the limits.
    """

    name: str
    log: float
    error: float
    ratio: Estimate
    p: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Terms in the order of the columns, and what their limits rest on.

    ``dispersion`` is Pearson's X² over the degrees of freedom, ``scale`` the same but
    never below 1: variances are multiplied by it. ``theta`` is the size of the negative
    binomial (variance mean + mean² / theta), None for quasi-Poisson. ``expected`` are
    the fitted counts of the periods in ``periods``, ``covariance`` that of the log terms.
    """

    family: Family
    terms: tuple[Term, ...]
    covariance: tuple[tuple[float, ...], ...]
    dispersion: float
    scale: float
    theta: float | None
    deviance: float
    degrees_of_freedom: int
    periods: tuple[float, ...]
    expected: tuple[float, ...]
    level: float

    def term(self, name: str) -> Term:
        """Return the term called so.

        Raises
        ------
        MethodError
            If there is none.
        """
        for one in self.terms:
            if one.name == name:
                return one
        raise MethodError(
            f"{METHOD}: none of the {len(self.terms)} terms has that name. "
            "They are called 'intercept', 'trend', 'NAME: level', 'NAME: slope', 'sin 1', 'cos 1'."
        )


def fit_design(design: Design, *, theta: float = math.inf, level: float = 0.95) -> Fit:
    """Fit one series: Poisson means (or negative binomial of size ``theta``), t limits.

    Raises
    ------
    MethodError
        If no finite fit exists, or ``level`` is no share.
    """
    tail = confidence.tail(METHOD, level)
    means = fit_means(design.x, design.counts[None], design.offset, theta=theta)
    require_settled(means, design)
    mean = means.mean[0]
    dispersion = float(pearson(design.counts, mean, theta)) / design.freedom
    scale = max(1.0, dispersion)
    covariance = means.covariance[0] * scale
    return Fit(
        family="quasi-poisson" if theta == math.inf else "negative binomial",
        terms=_terms(design, means.terms[0], covariance, tail, level),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
        dispersion=dispersion,
        scale=scale,
        theta=None if theta == math.inf else theta,
        deviance=_deviance(design.counts, mean, theta),
        degrees_of_freedom=design.freedom,
        periods=tuple(design.periods.tolist()),
        expected=tuple(mean.tolist()),
        level=level,
    )


def require_settled(means: Means, design: Design) -> None:
    """Refuse a fit whose terms run away.

    Raises
    ------
    MethodError
        If it is one: a ratio of 0 or infinity is what the counts would allow.
    """
    if not means.settled.all():
        raise MethodError(
            f"{METHOD}: no finite fit exists for {len(design.counts)} points and "
            f"{len(design.names)} terms: too many of the counts are 0. Leave out waves or the "
            "slope, use longer periods, or compare two totals (rates)."
        )


def pearson(counts: Floats, mean: Floats, theta: float = math.inf) -> Floats:
    """Return Pearson's X², over the last axis."""
    found: Floats = np.sum((counts - mean) ** 2 / (mean * (1 + mean / theta)), axis=-1)
    return found


def theta_of(design: Design) -> float:
    """Return the most likely size of the negative binomial; infinite if none is finite.

    statsmodels warns and may not settle where dispersion is small, so the profile score
    is bracketed and solved: at its root, terms and size are jointly most likely.

    References
    ----------
    Venables & Ripley (2002), Modern Applied Statistics with S, 4th ed., section 7.4.
    """
    from scipy.optimize import brentq

    counts = design.counts
    poisson = fit_means(design.x, counts[None], design.offset)
    require_settled(poisson, design)
    excess = float(np.sum((counts - poisson.mean[0]) ** 2 - counts))
    if excess <= 0:
        return math.inf

    def score(log_theta: float) -> float:
        theta = math.exp(log_theta)
        means = fit_means(design.x, counts[None], design.offset, theta=theta)
        require_settled(means, design)
        return _theta_score(counts, means.mean[0], theta)

    low = high = math.log(float(np.sum(poisson.mean[0] ** 2)) / excess)
    while score(low) < 0:
        low -= 1
    while score(high) > 0:
        high += 1
        if high > math.log(1e8):  # Beyond, the variance is Poisson's to eight digits.
            return math.inf
    return math.exp(float(brentq(score, low, high, xtol=1e-10)))


def _theta_score(counts: Floats, mean: Floats, theta: float) -> float:
    from scipy.special import digamma

    rest = np.log1p(mean / theta) - 1 + (counts + theta) / (mean + theta)
    return float(np.sum(digamma(theta + counts) - digamma(theta) - rest))


def _terms(
    design: Design, logs: Floats, covariance: Floats, tail: float, level: float
) -> tuple[Term, ...]:
    from scipy.special import stdtr, stdtrit

    reach = -float(stdtrit(design.freedom, tail))
    found = []
    for name, log, error in zip(
        design.names, logs.tolist(), np.sqrt(np.diag(covariance)).tolist(), strict=True
    ):
        ratio = Estimate(
            value=bounded_exp(log),
            low=bounded_exp(log - reach * error),
            high=bounded_exp(log + reach * error),
            level=level,
        )
        p = 2 * float(stdtr(design.freedom, -abs(log / error)))
        found.append(Term(name=name, log=log, error=error, ratio=ratio, p=p))
    return tuple(found)


def bounded_exp(log: float) -> float:
    """Return exp, infinite beyond the largest number: an intercept may lie 2,000 years back."""
    return math.exp(log) if log < 709 else math.inf


def _deviance(counts: Floats, mean: Floats, theta: float) -> float:
    from scipy.special import xlogy

    if theta == math.inf:
        return 2 * float(np.sum(xlogy(counts, counts / mean) - (counts - mean)))
    shared = (counts + theta) * np.log((counts + theta) / (mean + theta))
    return 2 * float(np.sum(xlogy(counts, counts / mean) - shared))
