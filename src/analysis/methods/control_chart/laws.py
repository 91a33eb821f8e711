"""A mean and a dispersion in; exact tails, limits and probabilities of a count out.

The variance is ``dispersion`` times the mean: Poisson at 1, negative binomial above
(size mean / (dispersion - 1)). A sum of cases that come by chance and bring several
persons each has such a variance, with the mean size of the case that a random person
belongs to as its dispersion.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats
from analysis.methods.scalars import real

METHOD = "control_chart"
LARGEST_MEAN = 10_000.0
"""Events a period. Above, a chart for large counts serves, and exact tables grow long."""

LARGEST_DISPERSION = 1_000.0
"""Variance over mean. The largest known case held fewer persons than this."""

REST = 1e-13
"""Probability beyond the end of a table."""


def at_most(count: npt.ArrayLike, mean: npt.ArrayLike, dispersion: npt.ArrayLike) -> Floats:
    """Return P(Y <= count) for means above 0; arrays broadcast."""
    from scipy.special import betainc, gammaincc

    y, m, phi = _arrays(count, mean, dispersion)
    found = np.zeros(y.shape)
    for one_by_one in (True, False):
        here = (y >= 0) & ((phi <= 1) == one_by_one)
        if one_by_one:
            found[here] = gammaincc(y[here] + 1, m[here])
        else:
            size = m[here] / (phi[here] - 1)
            found[here] = betainc(size, y[here] + 1, 1 / phi[here])
    return found


def at_least(count: npt.ArrayLike, mean: npt.ArrayLike, dispersion: npt.ArrayLike) -> Floats:
    """Return P(Y >= count), without the loss of digits of 1 - P(Y < count)."""
    from scipy.special import betainc, gammainc

    y, m, phi = _arrays(count, mean, dispersion)
    found = np.ones(y.shape)
    for one_by_one in (True, False):
        here = (y > 0) & ((phi <= 1) == one_by_one)
        if one_by_one:
            found[here] = gammainc(y[here], m[here])
        else:
            size = m[here] / (phi[here] - 1)
            found[here] = betainc(y[here], size, 1 - 1 / phi[here])
    return found


def _arrays(*given: npt.ArrayLike) -> list[Floats]:
    return list(np.broadcast_arrays(*(np.asarray(each, dtype=np.float64) for each in given)))


def probability_limits(
    mean: float, *, each_side: float, dispersion: float = 1.0
) -> tuple[int, int]:
    """Return the lowest and the highest count that is no signal.

    Parameters
    ----------
    mean : float
        Events expected, above 0 and at most ``LARGEST_MEAN``.
    each_side : float
        Largest probability of a count beyond each limit, between 0 and 0.5.
    dispersion : float
        Variance over mean, 1 or more.

    Returns
    -------
    tuple of int
        P(below the first) and P(above the second) are both at most ``each_side``. The
        first is 0 where even 0 events is no signal, as with means below 3.7 at 0.025.

    Raises
    ------
    MethodError
        If an argument lies outside its range.

    Examples
    --------
    >>> probability_limits(10.0, each_side=0.025)
    (4, 17)
    """
    require_law(real(mean), dispersion)
    if not 0 < real(each_side) < 0.5:
        raise MethodError(
            f"{METHOD}: the probability of a side must lie between 0 and 0.5. Give such as 0.01."
        )
    counts = np.arange(len(table(mean, dispersion)) + 1)
    low = int(np.argmax(at_most(counts, mean, dispersion) > each_side))
    high = int(np.argmax(at_least(counts + 1, mean, dispersion) <= each_side))
    return low, high


def table(mean: float, dispersion: float) -> Floats:
    """Return P(Y = 0), P(Y = 1), ...; the last place holds all beyond (at most ``REST``)."""
    size = 64
    while at_least(size, mean, dispersion) > REST:
        size *= 2
    upper = at_least(np.arange(size + 1), mean, dispersion)
    size = int(np.argmax(upper <= REST))
    return np.append(upper[:size] - upper[1 : size + 1], upper[size])


def draw(mean: Floats, dispersion: float, draws: int, generator: np.random.Generator) -> Floats:
    """Draw counts, shape (draws, n_periods)."""
    shape = (draws, len(mean))
    if dispersion > 1:
        spread = dispersion - 1
        mean = generator.gamma(np.broadcast_to(mean / spread, shape)) * spread
    drawn: Floats = generator.poisson(mean, size=shape).astype(np.float64)
    return drawn


def require_law(mean: npt.ArrayLike, dispersion: float) -> None:
    """Refuse means and dispersions that no law here has.

    Raises
    ------
    MethodError
        If a mean is not above 0 or above ``LARGEST_MEAN``, or a dispersion below 1.
    """
    means = np.atleast_1d(np.asarray(mean, dtype=float))
    wrong = int(np.count_nonzero(~((means > 0) & (means <= LARGEST_MEAN))))
    if wrong:
        raise MethodError(
            f"{METHOD}: {wrong} of {len(means)} periods expect 0 events or more than "
            f"{LARGEST_MEAN:.0f}. Give exposures and a rate that expect some, or chart large "
            "counts by other means."
        )
    if not 1 <= real(dispersion) <= LARGEST_DISPERSION:
        raise MethodError(
            f"{METHOD}: the dispersion must be a finite number of 1 or more, at most "
            f"{LARGEST_DISPERSION:.0f}. "
            "Give 1 for events that come one by one."
        )


def observed_dispersion(counts: Floats, expected: Floats) -> Floats:
    """Return Pearson's X² over periods less one, never below 1; over the last axis."""
    squares = (counts - expected) ** 2 / np.where(expected > 0, expected, 1.0)
    found: Floats = np.maximum(1.0, squares.sum(axis=-1) / (counts.shape[-1] - 1))
    return found


def checked_mean(
    counts: npt.NDArray[np.int64], exposure: npt.ArrayLike | None
) -> tuple[Floats, Floats]:
    """Return counts as floats and exposures, 1 a period if none are given.

    Raises
    ------
    MethodError
        If the exposures do not fit the counts.
    """
    over = np.ones(len(counts)) if exposure is None else exposure
    return counts.astype(float), checked.exposures(METHOD, "exposure", over, length=len(counts))
