"""Expected counts by year in, drawn counts out: by one of three laws of how events come about."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.scalars import is_whole

Ints = npt.NDArray[np.int64]
Law = Literal["Poisson", "varying years", "persons in cases"]
LAWS: tuple[Law, ...] = get_args(Law)

MEAN_CASE = 4.0
"""Mean persons a case where cases hold 1 to 12 persons: a third hold one (own assumption)."""

LARGEST_CASE = 12
GAMMA_SHAPE = 5.0
"""Years whose rates vary by 1 / sqrt(5) = 45 percent around their mean (own assumption)."""


def _case_sizes() -> Floats:
    """Shares of cases by size: falling geometrically from one person, with mean `MEAN_CASE`."""
    sizes = np.arange(1, LARGEST_CASE + 1)
    low, high = 0.01, 0.999
    shares: Floats = np.ones(LARGEST_CASE) / LARGEST_CASE
    for _ in range(60):
        base = (low + high) / 2
        shares = base**sizes / (base**sizes).sum()
        low, high = (base, high) if (shares * sizes).sum() < MEAN_CASE else (low, base)
    return shares


CASE_SIZES = _case_sizes()
INFLATION = float((CASE_SIZES * np.arange(1, LARGEST_CASE + 1) ** 2).sum() / MEAN_CASE)
"""Size of the case that a random person belongs to: variance over mean of persons in cases."""


def are_years(years: tuple[int, int]) -> bool:
    """Say whether two numbers of years are whole and above 0."""
    return len(years) == 2 and all(is_whole(one, 1) for one in years)


def draw(law: Law, means: Floats, rng: np.random.Generator, *, found: Floats | float = 1.0) -> Ints:
    """Draw counts with the given means, each thing then found with a probability.

    Parameters
    ----------
    law : {"Poisson", "varying years", "persons in cases"}
        Events independent of each other; years that differ by more than chance; cases
        that come one by one and bring 1 to 12 persons each.
    means : ndarray
        Expected number that happens, above 0.
    found : ndarray or float
        Probability that an event (in cases: a whole case) is found, of a shape that
        broadcasts with ``means``.

    Returns
    -------
    ndarray
        Whole numbers, of the shape of ``means``.

    Raises
    ------
    MethodError
        If the law is unknown, or a mean or probability lies out of range.

    Examples
    --------
    >>> draw("Poisson", np.full((2, 3), 9.0), np.random.default_rng(1)).shape
    (2, 3)
    """
    chance = np.broadcast_to(np.asarray(found, dtype=float), means.shape)
    if law not in LAWS or not np.all(means > 0) or not np.all((chance > 0) & (chance <= 1)):
        raise MethodError(
            f"simulated: an unknown law, a mean of 0 or less, or a probability outside 0 to 1. "
            f"Give one of {', '.join(LAWS)}, means above 0 and probabilities above 0."
        )
    if law == "persons in cases":
        return _persons(_found(rng.poisson(means / MEAN_CASE), chance, rng), rng)
    if law == "varying years":
        means = means * rng.gamma(GAMMA_SHAPE, 1 / GAMMA_SHAPE, means.shape)
    return _found(rng.poisson(means), chance, rng)


def _found(happened: Ints, chance: Floats, rng: np.random.Generator) -> Ints:
    return happened if np.all(chance == 1) else rng.binomial(happened, chance)


def _persons(cases: Ints, rng: np.random.Generator) -> Ints:
    """Give every case its persons, and add them up where the case fell."""
    sizes = rng.choice(np.arange(1, LARGEST_CASE + 1), size=int(cases.sum()), p=CASE_SIZES)
    place = np.repeat(np.arange(cases.size), cases.ravel())
    summed = np.bincount(place, weights=sizes, minlength=cases.size)
    return summed.astype(np.int64).reshape(cases.shape)
