"""Cases of which some are not known in; shares if their odds differ from the known, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Estimate
from analysis.methods.missing.delta import Sensitivity, Shifted, rising, scan
from analysis.methods.scalars import is_whole, number, require_one_of


@dataclass(frozen=True, slots=True)
class Partly:
    """Cases: ``yes`` among the ``known``, and ``missing`` ones of which it is not known."""

    yes: int
    known: int
    missing: int

    def __post_init__(self) -> None:
        whole = all(map(is_whole, (self.yes, self.known, self.missing)))
        if not whole or self.yes > self.known:
            raise MethodError(
                "Partly: a number of cases is negative or not whole, or more are yes than known. "
                "Give the yes among the known, all known, and the missing."
            )


def odds_adjusted(
    after: Partly,
    before: Partly | None = None,
    *,
    odds_ratios: npt.ArrayLike,
    applies_to: Literal["after", "before", "both"] = "after",
    null: float | None = None,
    level: float = 0.95,
) -> Sensitivity:
    """Let the odds of "yes" among the missing be so many times those among the known.

    Pattern-mixture model for a share (informative missingness odds ratio). At 1 the missing
    are like the known; towards 0 all are "no", towards infinity all are "yes", which
    `share_bounds` gives. Normal limits: both the share and how many are missing vary.

    Parameters
    ----------
    after, before : Partly
        Cases of each period. With both, the estimate is the difference of the shares, after
        less before; without ``before``, the share itself.
    odds_ratios : array_like, shape (k,)
        Above 0, rising, with 1 inside.
    applies_to : {"after", "before", "both"}
        In which period the missing differ from the known; elsewhere they are like them.
    null : float, optional
        Value that the limits must leave out for a conclusion; 0 for a difference.
    level : float
        Confidence level.

    Raises
    ------
    MethodError
        If nothing is missing where the odds ratio applies, all or none of the known are
        "yes", or the odds ratios are not as above.

    References
    ----------
    White, Higgins & Wood (2008), Statistics in Medicine 27, 711-727; Higgins, White & Wood
    (2008), Clinical Trials 5, 225-239.

    Examples
    --------
    >>> found = odds_adjusted(Partly(30, 40, 10), odds_ratios=[0.5, 1, 2])
    >>> [round(one.estimate.value, 3) for one in found.shifted]
    [0.72, 0.75, 0.771]
    """
    tail = confidence.tail("odds_adjusted", level)
    require_one_of("odds_adjusted", "period to apply to", applies_to, ("after", "before", "both"))
    if before is None and applies_to != "after":
        raise MethodError("odds_adjusted: there is no period before. Apply it to the one after.")
    if null is not None:
        number("odds_adjusted", "the null", null)
    found = checked.numbers("odds_adjusted", "odds ratios", odds_ratios)
    if not (found > 0).all():
        raise MethodError(
            "odds_adjusted: odds ratios must be above 0. share_bounds gives the ends."
        )
    rising("odds_adjusted", found, origin=1.0)
    _require_informative(after, applies_to != "before")
    if before is not None:
        _require_informative(before, applies_to != "after")
        null = 0.0 if null is None else null

    def at(odds_ratio: float) -> Estimate:
        # Halving happens on the log scale, where 1/2 is as far from 1 as 2 is.
        ratio = math.exp(odds_ratio)
        share, variance = _mixed(after, ratio if applies_to != "before" else 1.0)
        if before is not None:
            earlier, other = _mixed(before, ratio if applies_to != "after" else 1.0)
            share, variance = share - earlier, variance + other
        return _normal(share, variance, tail, level)

    return _exponentiated(scan(at, np.log(found), origin=0.0, null=null))


def _require_informative(cases: Partly, moved: bool) -> None:
    if not 0 < cases.yes < cases.known:
        raise MethodError(
            "odds_adjusted: all or none of the known cases are yes, so their odds are not finite. "
            "Report bounds instead (share_bounds)."
        )
    if moved and cases.missing == 0:
        raise MethodError(
            "odds_adjusted: no case is missing where the odds ratio is to apply. "
            "Apply it to the other period, or leave it out."
        )


def _mixed(cases: Partly, odds_ratio: float) -> tuple[float, float]:
    """Return the share over known and missing, and its variance by the delta method."""
    p, total = cases.yes / cases.known, cases.known + cases.missing
    gone = cases.missing / total
    among_missing = odds_ratio * p / (1 - p + odds_ratio * p)
    # d logit(p*) = d logit(p), hence this slope of p* on p.
    slope = among_missing * (1 - among_missing) / (p * (1 - p))
    share = (1 - gone) * p + gone * among_missing
    by_share = (1 - gone + gone * slope) ** 2 * p * (1 - p) / cases.known
    by_missing = (among_missing - p) ** 2 * gone * (1 - gone) / total
    return share, by_share + by_missing


def _normal(value: float, variance: float, tail: float, level: float) -> Estimate:
    from scipy.special import ndtri

    reach = float(-ndtri(tail)) * math.sqrt(variance)
    return Estimate(value, value - reach, value + reach, level)


def _exponentiated(found: Sensitivity) -> Sensitivity:
    return Sensitivity(
        tuple(Shifted(math.exp(one.delta), one.estimate) for one in found.shifted),
        found.null,
        None if found.tipping_below is None else math.exp(found.tipping_below),
        None if found.tipping_above is None else math.exp(found.tipping_above),
    )
