"""Counts with exposures and predictors in; rate ratios of a log-linear model out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.counts import Yearly
from analysis.methods.design import Design, design
from analysis.methods.rate_fits import fit_counts
from analysis.methods.scalars import is_one_of

__all__ = [
    "Law", "ModelRange", "RateModel", "RatioTerm", "TermRange", "Yearly", "rate_model",
    "rate_model_range",
]  # fmt: skip

MOST_READINGS = 1_000
"""Readings that `rate_model_range` will fit (seconds; negative binomial: half a minute)."""

FEWEST_FREEDOM = {"poisson": 1, "quasi_poisson": 2, "negative_binomial": 10}
"""Points beyond the columns that each law needs; see docs/methods.md for coverage below."""

Law = Literal["poisson", "quasi_poisson", "negative_binomial"]


@dataclass(frozen=True, slots=True)
class RatioTerm:
    """What one step of a predictor multiplies the rate by, with limits and two-sided p.

    ``log_ratio`` and ``error`` are the coefficient and its standard error. For the
    intercept, ``ratio`` is the rate itself where all predictors are 0; with calendar years
    that is an extrapolation of 2,000 years, and it or its limits may be 0 or infinite.
    """

    name: str
    ratio: float
    low: float
    high: float
    log_ratio: float
    error: float
    p: float


@dataclass(frozen=True, slots=True)
class RateModel:
    """A fitted model; ``terms`` begin with the intercept.

    ``dispersion`` is Pearson's X² over ``freedom`` before the floor of 1, ``extra`` the
    alpha of the negative binomial variance mean + alpha mean² (0 for the other laws; R's
    theta is its inverse). ``expected`` are the fitted counts.
    """

    law: Law
    terms: tuple[RatioTerm, ...]
    dispersion: float
    extra: float
    deviance: float
    freedom: int
    expected: tuple[float, ...]
    level: float

    def term(self, name: str) -> RatioTerm:
        """Return the term of one predictor.

        Raises
        ------
        MethodError
            If the model has no such term.
        """
        for term in self.terms:
            if term.name == name:
                return term
        raise MethodError(f"rate_model: no such term among {len(self.terms)}. Name a predictor.")


@dataclass(frozen=True, slots=True)
class TermRange:
    """A term over all readings: smallest and largest ratio, and limits that cover every one."""

    name: str
    low_estimate: float
    high_estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ModelRange:
    """The terms of a model over all readings of counts that are intervals."""

    law: Law
    terms: tuple[TermRange, ...]
    dispersion_low: float
    dispersion_high: float
    freedom: int
    readings: int
    level: float


def rate_model(
    events: npt.ArrayLike,
    exposures: npt.ArrayLike,
    predictors: Mapping[str, npt.ArrayLike],
    *,
    law: Law = "quasi_poisson",
    level: float = 0.95,
) -> RateModel:
    """Fit events = exposure times a product of ratios, one for each predictor.

    ``poisson`` takes events to be independent. ``quasi_poisson`` multiplies the variance
    by the dispersion, never by less than 1, and takes limits from Student's t.
    ``negative_binomial`` lets the rate itself vary, with limits from Student's t too: by
    the normal law, which R's summary uses, 95 percent limits hold only 89 to 93 (see
    docs/methods.md). The points must be independent given the predictors.

    Parameters
    ----------
    events, exposures : array_like, shape (n_points,)
        Whole counts, and what each was taken from (> 0).
    predictors : mapping of name to array_like, shape (n_points,)
        Numbers; code a category as 0 and 1. An intercept is added.
    law : {"poisson", "quasi_poisson", "negative_binomial"}
        How counts scatter around what the model expects.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    RateModel
        Standard errors as R's glm and MASS::glm.nb give them (but for the floor).

    Raises
    ------
    MethodError
        If there are too few points, no event, or predictors that follow from each other;
        if a predictor singles out points without events, so that its ratio is 0 or
        infinite; if the counts scatter no more than a Poisson law and a negative binomial
        is asked for; if the fit does not converge.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6; Venables &
    Ripley (2002), Modern Applied Statistics with S, section 7.4; existence of estimates:
    Correia, Guimaraes & Zylkin (2019), arXiv 1903.01633.

    Examples
    --------
    >>> found = rate_model([7, 5, 9, 22, 25, 29], [1.0] * 6, {"after": [0, 0, 0, 1, 1, 1]})
    >>> round(found.term("after").ratio, 2), found.freedom
    (3.62, 4)
    """
    counts = checked.whole_counts("rate_model", "the events", events)
    lengths = checked.exposures("rate_model", "the exposures", exposures, length=len(counts))
    columns = _design("rate_model", predictors, len(counts), law)
    return _fitted("rate_model", counts.astype(np.float64), lengths, columns, law, level)


def rate_model_range(
    events: Yearly,
    exposures: npt.ArrayLike,
    predictors: Mapping[str, npt.ArrayLike],
    *,
    law: Law = "quasi_poisson",
    level: float = 0.95,
) -> ModelRange:
    """Fit the model of `rate_model` to every reading of counts that are intervals.

    A coefficient can be largest between the bounds of a count, so that no reading is
    left out.

    Parameters
    ----------
    events : Yearly
        Lower and upper bound of each point's count.
    exposures, predictors, law, level
        As in `rate_model`.

    Raises
    ------
    MethodError
        If there are more than ``MOST_READINGS`` readings, or one of them has no fit (the
        message says how many); else as `rate_model`.

    Examples
    --------
    >>> events = Yearly((7, 0, 9, 22, 25, 29), (7, 4, 9, 22, 25, 29))
    >>> found = rate_model_range(events, [1.0] * 6, {"after": [0, 0, 0, 1, 1, 1]})
    >>> found.readings, round(found.terms[1].low_estimate, 2)
    (5, 3.8)
    """
    method = "rate_model_range"
    spans = [range(low, high + 1) for low, high in zip(events.low, events.high, strict=True)]
    readings = math.prod(map(len, spans))
    if readings > MOST_READINGS:
        raise MethodError(
            f"{method}: the intervals allow {readings} readings, of which at most "
            f"{MOST_READINGS} are fitted. Add up periods, or narrow the intervals."
        )
    lengths = checked.exposures(method, "the exposures", exposures, length=len(spans))
    columns = _design(method, predictors, len(spans), law)
    models, refusals = [], []
    for reading in product(*spans):
        counts = np.array(reading, dtype=np.float64)
        try:
            models.append(_fitted(method, counts, lengths, columns, law, level))
        except MethodError as error:
            refusals.append(error)
    if refusals:
        raise MethodError(
            f"{method}: {len(refusals)} of {readings} readings have no fit. The first: "
            f"{refusals[0]}"
        )
    return _union(models)


def _union(models: list[RateModel]) -> ModelRange:
    first = models[0]
    terms = tuple(
        TermRange(
            name=same[0].name,
            low_estimate=min(term.ratio for term in same),
            high_estimate=max(term.ratio for term in same),
            low=min(term.low for term in same),
            high=max(term.high for term in same),
        )
        for same in zip(*(model.terms for model in models), strict=True)
    )
    dispersions = [model.dispersion for model in models]
    return ModelRange(
        first.law, terms, min(dispersions), max(dispersions), first.freedom, len(models),
        first.level,
    )  # fmt: skip


def _design(method: str, predictors: Mapping[str, npt.ArrayLike], points: int, law: str) -> Design:
    if not is_one_of(law, get_args(Law)):
        raise MethodError(f"{method}: no such law. Choose one of {', '.join(get_args(Law))}.")
    return design(method, predictors, points=points, fewest_freedom=FEWEST_FREEDOM[law])


def _fitted(
    method: str, counts: Floats, exposures: Floats, columns: Design, law: Law, level: float
) -> RateModel:
    tail = confidence.tail(method, level)
    fit, extra = fit_counts(
        method, counts, exposures, columns, extra_variance=law == "negative_binomial"
    )
    dispersion = float(fit.pearson_chi2) / columns.freedom
    quasi = law == "quasi_poisson"
    errors = np.asarray(fit.bse, dtype=np.float64)
    errors = errors * math.sqrt(max(1.0, dispersion)) if quasi else errors
    logs = np.asarray(fit.params, dtype=np.float64)
    freedom = None if law == "poisson" else columns.freedom
    return RateModel(
        law=law,
        terms=_terms(method, columns.names, logs, errors, freedom, tail),
        dispersion=dispersion,
        extra=extra,
        deviance=float(fit.deviance),
        freedom=columns.freedom,
        expected=tuple(map(float, fit.mu)),
        level=level,
    )


def _terms(
    method: str,
    names: tuple[str, ...],
    logs: Floats,
    errors: Floats,
    freedom: int | None,
    tail: float,
) -> tuple[RatioTerm, ...]:
    from scipy.stats import norm, t

    law = norm() if freedom is None else t(freedom)
    reach = float(law.isf(tail)) * errors
    with np.errstate(over="ignore"):
        ratios = np.exp([logs, logs - reach, logs + reach])
    # The intercept may pass any number where no predictor is near 0; the others may not.
    if not np.isfinite(ratios[:, 1:]).all() or np.any(ratios[0, 1:] == 0):
        raise MethodError(
            f"{method}: a ratio is too large or small to be a number. Centre the predictors "
            "(years since the first), or use larger units."
        )
    p = 2 * law.sf(np.abs(logs) / errors)
    rows = zip(names, *ratios.tolist(), logs.tolist(), errors.tolist(), p.tolist(), strict=True)
    return tuple(RatioTerm(*row) for row in rows)
