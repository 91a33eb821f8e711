"""An effect and that on an outcome the plan cannot have moved in; what is left of it out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from analysis.errors import MethodError
from analysis.methods.checked import Estimate
from analysis.methods.scalars import real, require_one_of


@dataclass(frozen=True, slots=True)
class NegativeControl:
    """The control's own verdict, and the effect measured against it.

    ``control_moved``: the control's limits leave out the null, so something other than the
    plan moved it, and may have moved the outcome. ``against_control`` is the effect less
    (or divided by) that of the control: what is left if the same thing moved both equally.
    ``says_more`` is whether its limits leave out the null.
    """

    control_moved: bool
    against_control: Estimate
    says_more: bool


def negative_control(
    effect: Estimate, control: Estimate, *, scale: Literal["ratio", "difference"] = "ratio"
) -> NegativeControl:
    """Hold an effect against that on an outcome the plan cannot have moved.

    A control that did not move is weak comfort where its limits are wide: look at them.
    Limits of the comparison follow from those of the two (MOVER), which need not be
    symmetric; effect and control must be independent (no case in both).

    Parameters
    ----------
    effect, control : Estimate
        Ratios (above 0), or differences, with finite limits at one level.
    scale : {"ratio", "difference"}
        Whether the null is 1 and they are divided, or 0 and they are subtracted.

    Raises
    ------
    MethodError
        If levels differ, limits do not hold their estimate or are not finite, or a ratio is
        not above 0.

    References
    ----------
    Lipsitch, Tchetgen Tchetgen & Cohen (2010), Epidemiology 21, 383-388; limits: Zou &
    Donner (2008), Statistics in Medicine 27, 1693-1702.

    Examples
    --------
    >>> found = negative_control(Estimate(2.0, 1.5, 2.7, 0.95), Estimate(1.1, 0.8, 1.5, 0.95))
    >>> found.control_moved, found.says_more
    (False, True)
    """
    if effect.level != control.level:
        raise MethodError("negative_control: different confidence levels. Compute both at one.")
    require_one_of("negative_control", "scale", scale, ("ratio", "difference"))
    one, two = (_plain(name, scale) for name in (effect, control))
    value = one.value - two.value
    low = value - math.hypot(one.value - one.low, two.high - two.value)
    high = value + math.hypot(one.high - one.value, two.value - two.low)
    if scale == "ratio":
        value, low, high = math.exp(value), math.exp(low), math.exp(high)
    null = 1.0 if scale == "ratio" else 0.0
    return NegativeControl(
        control_moved=control.low > null or control.high < null,
        against_control=Estimate(value, low, high, effect.level),
        says_more=low > null or high < null,
    )


def _plain(estimate: Estimate, scale: str) -> Estimate:
    """Return the estimate on the scale on which effects are subtracted."""
    numbers = [real(one) for one in (estimate.low, estimate.value, estimate.high)]
    if not all(math.isfinite(number) for number in numbers) or numbers != sorted(numbers):
        raise MethodError(
            "negative_control: limits are not finite or do not hold their estimate. "
            "An open limit allows no comparison: report both side by side."
        )
    if scale == "difference":
        return estimate
    if estimate.low <= 0:
        raise MethodError(
            "negative_control: a ratio or its limit is not above 0. Report both side by side."
        )
    low, value, high = (math.log(number) for number in numbers)
    return Estimate(value, low, high, estimate.level)
