"""Survival curves in; mean days without the event up to a chosen day, and differences out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.checked import Estimate, Floats
from analysis.methods.scalars import real
from analysis.methods.survival.kaplan_meier import SurvivalCurve, require_watched


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean days without the event among the first ``until`` days, with its standard error."""

    days: Estimate
    error: float
    until: float


@dataclass(frozen=True, slots=True)
class RestrictedDifference:
    """Restricted mean after minus before, in days, its standard error and two-sided p."""

    days: Estimate
    error: float
    p: float
    until: float


def restricted_mean(curve: SurvivalCurve, *, until: float) -> RestrictedMean:
    """Return the mean time without the event during the first ``until`` days.

    The area under the curve; unlike a median it always exists, and unlike a hazard ratio
    it needs no proportionality. ``until`` must be chosen without looking at the curves.

    Parameters
    ----------
    curve : SurvivalCurve
        Of `kaplan_meier`; its level holds for the limits.
    until : float
        Horizon in the curve's unit, above 0 and no later than the last day watched.

    Returns
    -------
    RestrictedMean
        Limits from the normal law, cut at 0 and ``until``; too narrow with few events.

    Raises
    ------
    MethodError
        If the horizon lies beyond the last day watched, or no event before it leaves an
        error to be computed.

    References
    ----------
    Royston & Parmar (2013), BMC Medical Research Methodology 13:152; Klein & Moeschberger
    (2003), Survival Analysis, section 4.5.

    Examples
    --------
    >>> from analysis.methods.survival.kaplan_meier import kaplan_meier
    >>> round(restricted_mean(kaplan_meier([6, 6, 7, 10], [1, 0, 1, 0]), until=8).days.value, 3)
    7.125
    """
    from scipy.stats import norm

    z = float(norm.isf(confidence.tail("restricted_mean", curve.level)))
    mean, error = _area("restricted_mean", curve, until)
    low, high = max(0.0, mean - z * error), min(float(until), mean + z * error)
    return RestrictedMean(Estimate(mean, low, high, curve.level), error, float(until))


def restricted_mean_difference(
    before: SurvivalCurve, after: SurvivalCurve, *, until: float
) -> RestrictedDifference:
    """Compare two independent groups: days without the event, after minus before.

    Raises
    ------
    MethodError
        As `restricted_mean` for either curve; if the curves have different levels.

    References
    ----------
    Royston & Parmar (2013), BMC Medical Research Methodology 13:152.

    Examples
    --------
    >>> from analysis.methods.survival.kaplan_meier import kaplan_meier
    >>> before, after = (kaplan_meier(days, [1, 1, 1, 0]) for days in ([1, 2, 3, 9], [2, 4, 6, 9]))
    >>> round(restricted_mean_difference(before, after, until=8).days.value, 3)
    1.5
    """
    from scipy.stats import norm

    method = "restricted_mean_difference"
    if before.level != after.level:
        raise MethodError(
            f"{method}: the two curves have different confidence levels. Use one level for both."
        )
    z = float(norm.isf(confidence.tail(method, before.level)))
    (first, first_error), (later, later_error) = (
        _area(method, curve, until) for curve in (before, after)
    )
    change, error = later - first, math.hypot(first_error, later_error)
    days = Estimate(change, change - z * error, change + z * error, before.level)
    return RestrictedDifference(days, error, float(2 * norm.sf(abs(change) / error)), float(until))


def _area(method: str, curve: SurvivalCurve, until: float) -> tuple[float, float]:
    if not 0 < real(until) < math.inf:
        raise MethodError(f"{method}: the horizon is no number above 0. Give until in days.")
    require_watched(method, curve, np.array([float(until)]))
    days = np.array(curve.times)
    inside = days < until
    edges = np.concatenate(([0.0], days[inside], [float(until)]))
    pieces = np.concatenate(([1.0], np.array(curve.survival)[inside])) * np.diff(edges)
    n, d = np.array(curve.at_risk)[inside], np.array(curve.events)[inside]
    error = math.sqrt(float(_variance(pieces[1:], n.astype(float), d.astype(float))))
    # Rounding leaves a trace where all have the event on one day.
    if error <= 1e-12 * until:
        raise MethodError(
            f"{method}: the events before the horizon leave no error to compute. "
            "Report the numbers at risk and with the event, or choose a later horizon."
        )
    return float(pieces.sum()), error


def _variance(pieces: Floats, at_risk: Floats, events: Floats) -> float:
    """Add up squared areas right of each event, each times Greenwood's term.

    Where all at risk have the event, no area is left: that term is 0.
    """
    right = np.cumsum(pieces[::-1])[::-1]
    left = at_risk > events
    terms = right[left] ** 2 * events[left] / (at_risk[left] * (at_risk[left] - events[left]))
    return float(terms.sum())
