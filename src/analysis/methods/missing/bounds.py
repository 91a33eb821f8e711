"""What is known and how much is missing in; what could be true in the worst and best case out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.counts import Count
from analysis.methods.rates import RatioRange, rate_ratio
from analysis.methods.scalars import LARGEST, real, whole


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a figure could be, whatever the missing values are.

    ``known`` is the figure among the known alone (None where nothing is known). The figure
    of all lies between ``low`` and ``high`` for certain; ``limit_low`` and ``limit_high``
    are the union of the limits at confidence ``level`` over every value of the missing.
    """

    known: float | None
    low: float
    high: float
    limit_low: float
    limit_high: float
    level: float


def share_bounds(yes: int, known: int, missing: int, *, level: float = 0.95) -> Bounds:
    """Bound a share: all of the missing are "no", or all are "yes".

    Parameters
    ----------
    yes : int
        Cases known to be "yes".
    known : int
        Cases known to be "yes" or "no".
    missing : int
        Cases of which it is not known.
    level : float
        Confidence level of the exact (Clopper-Pearson) limits.

    Returns
    -------
    Bounds
        Shares, 0 to 1.

    Raises
    ------
    MethodError
        If there is no case, a number is negative or not whole, or more are "yes" than known.

    References
    ----------
    Manski (1989), Journal of Human Resources 24, 343-360; Clopper & Pearson (1934),
    Biometrika 26, 404-413.

    Examples
    --------
    >>> found = share_bounds(yes=12, known=20, missing=5)
    >>> found.known, found.low, found.high
    (0.6, 0.48, 0.68)
    """
    tail = confidence.tail("share_bounds", level)
    yes, known, missing = (
        whole("share_bounds", f"the number {what}", cases)
        for what, cases in (("of yes", yes), ("known", known), ("missing", missing))
    )
    total = known + missing
    if yes > known or total == 0:
        raise MethodError(
            "share_bounds: more cases are yes than known, or there is no case. "
            "Give the yes among the known, all known, and the missing."
        )
    return Bounds(
        known=yes / known if known else None,
        low=yes / total,
        high=(yes + missing) / total,
        limit_low=_exact_low(yes, total, tail),
        limit_high=1 - _exact_low(total - yes - missing, total, tail),
        level=level,
    )


def rate_ratio_bounds(
    before: Count,
    after: Count,
    *,
    missing_before: int = 0,
    missing_after: int = 0,
    level: float = 0.95,
) -> RatioRange:
    """Bound a rate ratio when some events may not have been counted.

    Parameters
    ----------
    before, after : Count
        Events counted (exact or as intervals) and their exposure.
    missing_before, missing_after : int
        At most so many more events of each period are not counted: records without a
        date, or cases whose outcome is not known.
    level : float
        Confidence level, of every reading.

    Returns
    -------
    RatioRange
        The least favourable reading counts all that is missing before and none after,
        the most favourable the reverse.

    Raises
    ------
    MethodError
        If a number is negative or not whole, or a reading has 0 events in both periods.

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, Springer, chapter 1.

    Examples
    --------
    >>> found = rate_ratio_bounds(Count(17, 17, 1.0), Count(28, 28, 1.0), missing_before=11)
    >>> found.least.estimate, round(found.most.estimate, 2)
    (1.0, 1.65)
    """
    widened = [
        Count(one.low, one.high + whole("rate_ratio_bounds", "missing", more), one.exposure)
        for one, more in ((before, missing_before), (after, missing_after))
    ]
    return rate_ratio(widened[0], widened[1], level=level)


def mean_bounds(
    values: npt.ArrayLike, missing: int, *, lowest: float, highest: float, level: float = 0.95
) -> Bounds:
    """Bound a mean when the missing values are known to lie in a range.

    The t limits are widest where some of the missing lie at one end and some at the other,
    so every split is tried: the limits printed hold for all values in the range.

    Parameters
    ----------
    values : array_like, shape (n,)
        Known values, in the range.
    missing : int
        How many are missing.
    lowest, highest : float
        Smallest and largest value possible (days of a plan, ages).
    level : float
        Confidence level of the t limits.

    Raises
    ------
    MethodError
        If a known value lies outside the range, there are fewer than 2 values in all, or
        all known values are equal and none is missing (no spread to judge by).

    References
    ----------
    Manski (1989), Journal of Human Resources 24, 343-360.

    Examples
    --------
    >>> found = mean_bounds([10, 20, 30], 1, lowest=0, highest=100)
    >>> found.low, found.high
    (15.0, 40.0)
    """
    tail = confidence.tail("mean_bounds", level)
    known = checked.numbers("mean_bounds", "values", values)
    extra = whole("mean_bounds", "missing", missing)
    _require_range(known, lowest, highest)
    n = len(known) + extra
    spread = np.ptp(known) > 0 or (extra > 0 and highest > lowest)
    if n < 2 or not spread:
        raise MethodError(
            f"mean_bounds: {n} values without any spread, so limits cannot be told. "
            "Show the values by themselves."
        )
    mean, reach = _every_split(known, extra, lowest, highest, tail)
    return Bounds(
        known=float(known.mean()),
        low=float(mean.min()),
        high=float(mean.max()),
        limit_low=float((mean - reach).min()),
        limit_high=float((mean + reach).max()),
        level=level,
    )


def _exact_low(events: int, total: int, tail: float) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(events, total - events + 1, tail)) if events else 0.0


def _require_range(known: checked.Floats, lowest: float, highest: float) -> None:
    if not (-LARGEST <= real(lowest) <= real(highest) <= LARGEST):
        raise MethodError(
            "mean_bounds: the range is not finite or the wrong way round. "
            "Without one there are no bounds."
        )
    wrong = int(np.count_nonzero((known < lowest) | (known > highest)))
    if wrong:
        raise MethodError(
            f"mean_bounds: {wrong} of {len(known)} known values lie outside the range. "
            "Widen it, or correct them."
        )


def _every_split(
    known: checked.Floats, extra: int, lowest: float, highest: float, tail: float
) -> tuple[checked.Floats, checked.Floats]:
    """Return mean and t reach with 0, 1, ... ``extra`` of the missing at the highest value.

    The standard deviation is a convex function of the missing values, so mean minus reach
    is concave and smallest at a corner of the box; the corners differ only in how many are
    high.
    """
    from scipy.special import stdtrit

    n, centre = len(known) + extra, float(known.mean())
    high = np.arange(extra + 1)
    low = extra - high
    mean = centre + (high * (highest - centre) + low * (lowest - centre)) / n
    squares = (
        np.sum((known - centre) ** 2)
        + len(known) * (centre - mean) ** 2
        + high * (highest - mean) ** 2
        + low * (lowest - mean) ** 2
    )
    reach = -float(stdtrit(n - 1, tail)) * np.sqrt(squares / (n - 1) / n)
    return mean, reach
