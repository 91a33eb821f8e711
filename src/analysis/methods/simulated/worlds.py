"""A world with a known change in, counts of two periods as a source would print them out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import Floats
from analysis.methods.scalars import is_whole, real, require_draws, require_one_of
from analysis.methods.simulated import laws
from analysis.methods.simulated.laws import Ints, Law

HIDDEN_BELOW = 5
"""A count of fewer persons is printed as "<5" (UNODC's export, txtVALUE)."""

FOUND_BEFORE = 0.3
"""Share found in the earlier period of a world whose detector changes (own assumption)."""

MOST_DETECTION = 1 / FOUND_BEFORE


@dataclass(frozen=True, slots=True)
class World:
    """What truly happens in two periods, and what of it is recorded.

    ``mean`` is recorded a year, in the first year. ``incidence`` multiplies what happens
    from the later period on, ``detection`` the share of it that is found; every year has
    ``growth`` times as much as the one before. ``large_case`` persons come on top in one
    year of the later period. ``hidden`` prints counts below 5 as "<5".
    """

    law: Law
    mean: float
    years: tuple[int, int]
    incidence: float = 1.0
    detection: float = 1.0
    growth: float = 1.0
    large_case: int = 0
    hidden: bool = False

    def __post_init__(self) -> None:
        ratios = (self.mean, self.incidence, self.detection, self.growth)
        positive = all(0 < real(one) < math.inf for one in ratios)
        require_one_of("simulated", "law", self.law, laws.LAWS)
        whole = laws.are_years(self.years) and is_whole(self.large_case)
        if not positive or not whole or self.detection > MOST_DETECTION:
            raise MethodError(
                "simulated: a world with a mean or ratio of 0 or less, a period without a year, "
                f"or detection that rises more than {MOST_DETECTION:.2f} times. Correct it."
            )

    @property
    def happened(self) -> float:
        """True ratio of what happens in a year, later period over earlier; no large case."""
        before, after = self._profile()
        return float(after.mean() / before.mean()) * self.incidence

    @property
    def recorded(self) -> float:
        """True ratio of what is recorded in a year: the one that counts can show."""
        return self.happened * self.detection

    def _profile(self) -> tuple[Floats, Floats]:
        grown = self.growth ** np.arange(sum(self.years), dtype=float)
        return grown[: self.years[0]], grown[self.years[0] :]

    def means(self) -> Floats:
        """Return what is recorded in each year on average, without the large case."""
        before, after = self._profile()
        later = after * self.incidence * self.detection
        found: Floats = self.mean * np.concatenate([before, later])
        return found


@dataclass(frozen=True, slots=True)
class Drawn:
    """Bounds of the counts by year, shape (draws, years), of both periods.

    ``exact`` says that no count is an interval: lower and upper bounds are then equal.
    """

    before_low: Ints
    before_high: Ints
    after_low: Ints
    after_high: Ints
    exact: bool


def drawn(world: World, rng: np.random.Generator, draws: int) -> Drawn:
    """Draw both periods of a world ``draws`` times.

    Examples
    --------
    >>> world = World("Poisson", 3.0, (4, 4), hidden=True)
    >>> found = drawn(world, np.random.default_rng(1), 10)
    >>> found.before_low.shape, int(found.before_high.min())
    ((10, 4), 4)
    """
    require_draws("simulated", draws, 1)
    first = world.years[0]
    means, found = world.means(), np.ones(sum(world.years))
    if world.detection != 1:
        found[:first], found[first:] = FOUND_BEFORE, FOUND_BEFORE * world.detection
    happen = np.broadcast_to(means / found, (draws, len(means)))
    counts = laws.draw(world.law, happen, rng, found=found)
    if world.large_case:
        struck = rng.integers(first, len(means), draws)
        counts[np.arange(draws), struck] += world.large_case
    low, high = _printed(counts, world.hidden)
    return Drawn(low[:, :first], high[:, :first], low[:, first:], high[:, first:], not world.hidden)


def _printed(counts: Ints, hidden: bool) -> tuple[Ints, Ints]:
    """Print counts as a source does: small ones as the interval that "<5" is read as."""
    if not hidden:
        return counts, counts
    small = counts < HIDDEN_BELOW
    return np.where(small, 0, counts), np.where(small, HIDDEN_BELOW - 1, counts)
