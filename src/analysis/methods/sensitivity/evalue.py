"""A ratio or difference with limits in; the confounding that would explain it away out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analysis.errors import MethodError
from analysis.methods.checked import Estimate
from analysis.methods.scalars import is_one_of, real

Scale = Literal[
    "risk ratio",
    "odds ratio, rare",
    "odds ratio, common",
    "hazard ratio, rare",
    "hazard ratio, common",
    "standardised difference",
]
"""What the estimate is; rare: the outcome befalls fewer than about 15 percent."""

_SCALES = (
    "risk ratio",
    "odds ratio, rare",
    "odds ratio, common",
    "hazard ratio, rare",
    "hazard ratio, common",
    "standardised difference",
)

LARGEST_RATIO = 1e12
"""Ratio; no association between a plan and an outcome is so strong."""

LARGEST_DIFFERENCE = 30.0
"""Standard deviations; a larger difference was not divided by one."""

_PER_DEVIATION = 0.91
"""Log risk ratio per standard deviation (VanderWeele & Ding 2017, after Chinn 2000)."""


@dataclass(frozen=True, slots=True)
class EValue:
    """Smallest strength of confounding (a risk ratio, 1 or more) that would explain it away.

    ``point`` moves the estimate to the null, ``limit`` the nearer confidence limit (1 where
    the limits already hold the null, None where none were given). ``risk_ratio`` and
    ``risk_ratio_limit`` are the estimate and that limit as risk ratios relative to the null.
    """

    point: float
    limit: float | None
    risk_ratio: float
    risk_ratio_limit: float | None
    scale: Scale


def e_value(
    estimate: Estimate | float, *, scale: Scale = "risk ratio", null: float | None = None
) -> EValue:
    """Say how strong an unmeasured cause would have to be to explain an association away.

    It would have to be associated with both exposure and outcome by a risk ratio of the
    E-value each, beyond what was measured; a weaker one could not. A rate ratio is taken as
    a risk ratio. For common outcomes the square root of an odds ratio, and a formula for a
    hazard ratio, stand in for the risk ratio; a standardised difference d becomes
    exp(0.91 d).

    Parameters
    ----------
    estimate : Estimate or float
        Ratio above 0, or standardised difference; with limits if given as an Estimate. A
        limit may be 0 or infinite, if it is not the one nearer to the null.
    scale : Scale
        What the estimate is.
    null : float, optional
        Value to be moved to, on the same scale: 1, or 0 for a difference, if left out.

    Raises
    ------
    MethodError
        If the estimate or the null is not finite (and above 0 for a ratio), limits do not
        hold the estimate, or the scale is not known.

    References
    ----------
    VanderWeele & Ding (2017), Annals of Internal Medicine 167, 268-274.

    Examples
    --------
    >>> found = e_value(Estimate(3.9, 1.8, 8.7, 0.95))
    >>> round(found.point, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    if not is_one_of(scale, _SCALES):
        raise MethodError(f"e_value: no such scale. Take one of: {'; '.join(_SCALES)}.")
    ratio = scale != "standardised difference"
    origin = (1.0 if ratio else 0.0) if null is None else real(null)
    value = real(estimate.value if isinstance(estimate, Estimate) else estimate)
    _require_usable(value, origin, ratio)
    reference = _risk_ratio(origin, scale)
    point = _risk_ratio(value, scale) / reference
    if not isinstance(estimate, Estimate):
        return EValue(_strength(point), None, point, None, scale)
    if not real(estimate.low) <= value <= real(estimate.high):
        raise MethodError("e_value: the limits do not hold the estimate. Give low, then high.")
    nearer = estimate.low if value > origin else estimate.high
    holds = value == origin or estimate.low <= origin <= estimate.high
    limit = 1.0 if holds else _risk_ratio(nearer, scale) / reference
    return EValue(_strength(point), _strength(limit), point, limit, scale)


def _require_usable(value: float, null: float, ratio: bool) -> None:
    both = (value, null)
    if ratio and not all(1 / LARGEST_RATIO <= one <= LARGEST_RATIO for one in both):
        raise MethodError(
            "e_value: the estimate or the null is 0, infinite or no usable ratio. Where a period "
            "has no event, take the closed limit as the estimate, and say so."
        )
    if not ratio and not all(abs(one) <= LARGEST_DIFFERENCE for one in both):
        raise MethodError(
            f"e_value: a standardised difference is missing or beyond {LARGEST_DIFFERENCE:g}. "
            "Divide the difference by its standard deviation."
        )


def _risk_ratio(value: float, scale: Scale) -> float:
    if scale == "standardised difference":
        return math.exp(_PER_DEVIATION * value)
    if scale == "odds ratio, common":
        return math.sqrt(value)
    if scale == "hazard ratio, common":
        root = math.sqrt(value)
        return float((1 - 0.5**root) / (1 - 0.5 ** (1 / root)))
    return value


def _strength(ratio: float) -> float:
    away = max(ratio, 1 / ratio)
    return away + math.sqrt(away * (away - 1))
