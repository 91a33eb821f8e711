"""One term under other standard errors, side by side; one model against a larger one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.checked import Estimate, Floats
from analysis.methods.interrupted.design import Design, design_of
from analysis.methods.interrupted.fits import bounded_exp, fit_design, theta_of
from analysis.methods.interrupted.regression import fit_means
from analysis.methods.interrupted.series import METHOD, Model, Series
from analysis.methods.scalars import is_whole

WARNING_HAC = "too narrow in short series: for comparison only"
WARNING_Z = "as if the dispersion were known: for comparison only"
WARNING_POISSON = "as if counts varied by chance alone: for comparison only"


@dataclass(frozen=True, slots=True)
class Limits:
    """One way to give a term limits: its standard error, the ratio, and a warning or ""."""

    how: str
    error: float
    ratio: Estimate
    warning: str


@dataclass(frozen=True, slots=True)
class ModelTest:
    """F of the terms that the larger model adds, its degrees of freedom, and p."""

    f: float
    added: int
    degrees_of_freedom: int
    p: float


def compare_errors(
    series: Series, model: Model, term: str, *, lags: int, level: float = 0.95
) -> tuple[Limits, ...]:
    """Put the default limits of a term beside those that papers print.

    The default (quasi-Poisson, t) stands first; the rest carry a warning each and are
    for comparison with published figures. HAC (Newey-West with Bartlett weights, the
    sandwich of R's ``NeweyWest(prewhite = FALSE)`` without small-sample factor) is often
    *smaller* than the quasi-Poisson error in short series, where it is biased downwards.

    Parameters
    ----------
    series, model
        As for `level_and_slope`.
    term : str
        Such as "NAME: level".
    lags : int
        Lags of the HAC error, 0 or more and fewer than there are points.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    tuple of Limits
        Quasi-Poisson by t and by z, Poisson by z, HAC by z, and where counts are
        overdispersed the negative binomial (unscaled, as R's ``glm.nb``) by z.

    Raises
    ------
    MethodError
        As `level_and_slope`, or if ``lags`` does not fit.

    References
    ----------
    Newey & West (1987), Econometrica 55, 703-708.

    Examples
    --------
    >>> from analysis.methods.interrupted_series import Break
    >>> counts = [9, 12, 10, 14, 11, 9, 13, 12, 20, 25, 22, 19, 24, 21, 26, 23]
    >>> series, model = Series.of(range(16), counts), Model((Break("plan", 8),))
    >>> [each.how for each in compare_errors(series, model, "plan: level", lags=2)][:2]
    ['quasi-Poisson, t', 'quasi-Poisson, z']
    """
    from scipy.special import ndtri

    design = design_of(series, model)
    if not is_whole(lags, 0, len(design.counts) - 1):
        raise MethodError(
            f"{METHOD}: the lags do not fit {len(design.counts)} points. "
            "Give 0 or more, and fewer than there are points."
        )
    fit = fit_design(design, level=level)
    known = fit.term(term)
    place = design.names.index(term)
    reach = -float(ndtri(confidence.tail(METHOD, level)))
    poisson = known.error / math.sqrt(fit.scale)
    quasi = poisson * math.sqrt(fit.dispersion)
    hac = math.sqrt(hac_covariance(design, int(lags))[place, place])

    def by_z(how: str, log: float, error: float, warning: str) -> Limits:
        value, low, high = (bounded_exp(log + side * reach * error) for side in (0, -1, 1))
        return Limits(how, error, Estimate(value, low, high, level), warning)

    found = [
        Limits("quasi-Poisson, t", known.error, known.ratio, ""),
        by_z("quasi-Poisson, z", known.log, quasi, WARNING_Z),
        by_z("Poisson, z", known.log, poisson, WARNING_POISSON),
        by_z(f"HAC with {lags} lags, z", known.log, hac, WARNING_HAC),
    ]
    if (theta := theta_of(design)) < math.inf:
        other = fit_design(design, theta=theta, level=level)
        error = other.term(term).error / math.sqrt(other.scale)
        found.append(by_z("negative binomial, z", other.term(term).log, error, WARNING_Z))
    return tuple(found)


def compare_models(series: Series, smaller: Model, larger: Model) -> ModelTest:
    """Test whether the larger model's further terms are needed, by quasi-likelihood F.

    Parameters
    ----------
    series : Series
    smaller, larger : Model
        Every term of the smaller must stand in the larger, and both must fit the same
        periods (the same donuts).

    Raises
    ------
    MethodError
        As `level_and_slope`; if the models are not nested, or fit different periods.

    References
    ----------
    McCullagh & Nelder (1989), chapter 9; Venables & Ripley (2002), section 7.5.

    Examples
    --------
    >>> from analysis.methods.interrupted_series import Break
    >>> counts = [9, 12, 10, 14, 11, 9, 13, 12, 20, 25, 22, 19, 24, 21, 26, 23] * 2
    >>> series, flat = Series.of(range(32), counts), Model((Break("plan", 16),))
    >>> compare_models(series, flat, Model((Break("plan", 16, "both"),))).added
    1
    """
    from scipy.special import fdtrc

    few, many = design_of(series, smaller), design_of(series, larger)
    nested = set(few.names) < set(many.names) and few.periods.tolist() == many.periods.tolist()
    if not nested:
        raise MethodError(
            f"{METHOD}: the larger model lacks terms of the smaller, or leaves out other "
            "periods. Give two models of which one adds terms to the other."
        )
    short, full = fit_design(few), fit_design(many)
    added = many.x.shape[1] - few.x.shape[1]
    # Rounding may leave a fall of -1e-13 where the added term is worth nothing.
    f = max(0.0, (short.deviance - full.deviance) / added / full.scale)
    return ModelTest(f, added, many.freedom, float(fdtrc(added, many.freedom, f)))


def hac_covariance(design: Design, lags: int) -> Floats:
    """Return the Newey-West covariance of the Poisson terms, without small-sample factor."""
    from statsmodels.stats.sandwich_covariance import S_hac_simple

    means = fit_means(design.x, design.counts[None], design.offset)
    scores = design.x * (design.counts - means.mean[0])[:, None]
    bread = means.covariance[0]
    return np.asarray(bread @ S_hac_simple(scores, nlags=lags) @ bread, dtype=np.float64)
