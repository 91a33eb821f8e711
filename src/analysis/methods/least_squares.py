"""A series and its predictors in; least-squares coefficients with Newey-West errors out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.design import Design, design
from analysis.methods.scalars import is_whole

__all__ = ["LinearTerm", "NeweyWest", "newey_west"]


@dataclass(frozen=True, slots=True)
class LinearTerm:
    """A coefficient (units of the outcome a step), its two standard errors, limits and p.

    ``plain_error`` takes the residuals to be independent, ``error`` allows them to depend
    on those of up to ``lags`` periods before; limits and p are from ``error``.
    """

    name: str
    value: float
    low: float
    high: float
    error: float
    plain_error: float
    p: float


@dataclass(frozen=True, slots=True)
class NeweyWest:
    """A linear model; ``terms`` begin with the intercept. ``durbin_watson``: 2 if independent."""

    terms: tuple[LinearTerm, ...]
    durbin_watson: float
    lags: int
    corrected: bool
    freedom: int
    level: float


def newey_west(
    periods: npt.ArrayLike,
    outcome: npt.ArrayLike,
    predictors: Mapping[str, npt.ArrayLike],
    *,
    lags: int | None = None,
    corrected: bool = False,
    level: float = 0.95,
) -> NeweyWest:
    """Fit a straight line or plane to a series whose residuals may depend on each other.

    For long series of measured values. Not for small counts, and not for short series:
    with 10 to 40 points these errors are too small, and a change is then seen too often
    (32 to 34 of 100 in our own simulation, where 5 were due). Use an interrupted series
    with a quasi-Poisson law there.

    Parameters
    ----------
    periods : array_like, shape (n_points,)
        Years or quarters as numbers, ascending and equally far apart.
    outcome : array_like, shape (n_points,)
        One value a period.
    predictors : mapping of name to array_like, shape (n_points,)
        Numbers; an intercept is added.
    lags : int, optional
        Periods back that residuals may depend on; if left out, 4 (n / 100)^(2/9).
    corrected : bool
        Multiply the variance by n / (n - columns).
    level : float
        Confidence level, between 0 and 1; limits are from Student's t.

    Raises
    ------
    MethodError
        If periods are missing, doubled, unsorted or unevenly spaced; if there are too few
        points; if predictors follow from each other or fit the outcome exactly; if
        ``lags`` is negative or not below the number of points.

    References
    ----------
    Newey & West (1987), Econometrica 55, 703-708; lags: Newey & West (1994), Review of
    Economic Studies 61, 631-653.

    Examples
    --------
    >>> found = newey_west([1, 2, 3, 4, 5], [1.0, 2.2, 2.8, 4.1, 5.0], {"year": [1, 2, 3, 4, 5]})
    >>> round(found.terms[1].value, 2), found.lags
    (0.99, 2)
    """
    method = "newey_west"
    tail = confidence.tail(method, level)
    values = checked.numbers(method, "the outcome", outcome)
    _require_even(checked.periods(method, periods), len(values))
    columns = design(method, predictors, points=len(values))
    reach = _lags(len(values)) if lags is None else lags
    if not is_whole(reach, 0, len(values) - 1):
        raise MethodError(
            f"{method}: the lags are negative, not whole, or not below the {len(values)} points. "
            "Give a few periods."
        )
    return _fitted(values, columns, int(reach), corrected, tail, level)


def _fitted(
    values: Floats, columns: Design, lags: int, corrected: bool, tail: float, level: float
) -> NeweyWest:
    from scipy.stats import t
    from statsmodels.regression.linear_model import OLS
    from statsmodels.stats.stattools import durbin_watson

    plain = OLS(values, columns.columns).fit()
    residual = np.asarray(plain.resid, dtype=np.float64)
    if np.abs(residual).max() <= 1e-10 * max(1.0, float(np.abs(values).max())):
        raise MethodError(
            "newey_west: the predictors give the outcome exactly, so that no error is left to "
            "measure. Check that none of them is the outcome."
        )
    robust = plain.get_robustcov_results(
        cov_type="HAC", maxlags=lags, use_correction=bool(corrected), use_t=True
    )
    value, error = np.asarray(plain.params), np.asarray(robust.bse)
    law = t(columns.freedom)
    reach, p = float(law.isf(tail)) * error, 2 * law.sf(np.abs(value) / error)
    numbers = (value, value - reach, value + reach, error, np.asarray(plain.bse), p)
    rows = zip(columns.names, *(column.tolist() for column in numbers), strict=True)
    return NeweyWest(
        terms=tuple(LinearTerm(*row) for row in rows),
        durbin_watson=float(durbin_watson(residual)),
        lags=lags,
        corrected=corrected,
        freedom=columns.freedom,
        level=level,
    )


def _lags(points: int) -> int:
    return int(4 * (points / 100) ** (2 / 9))


def _require_even(periods: Floats, points: int) -> None:
    checked.require_length("newey_west", "periods", periods, points)
    steps = np.diff(periods)
    if len(steps) and not np.allclose(steps, steps[0], rtol=1e-6):
        uneven = int(np.count_nonzero(~np.isclose(steps, np.median(steps), rtol=1e-6)))
        raise MethodError(
            f"newey_west: {uneven} of {len(steps)} steps between periods differ from the others, "
            "so that a lag has no fixed length. Fill the gaps, or use the longest even stretch."
        )
