"""One country beside others in; how often it is set apart, by rank and by difference, out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.errors import MethodError
from analysis.methods import confidence
from analysis.methods.checked import Floats
from analysis.methods.scalars import real, require_one_of
from analysis.methods.simulated import laws
from analysis.methods.simulated.judged import Held, Share, held
from analysis.methods.simulated.laws import Ints, Law

HALF = 0.5
"""Added to every count before logs are taken, so that a period without events has one."""


@dataclass(frozen=True, slots=True)
class PeerWorld:
    """A country and others over two periods; ``mean`` and ``others`` are counted a year.

    ``common`` multiplies what every country counts later, ``own`` what the one counts on
    top of that.
    """

    law: Law
    mean: float
    others: tuple[float, ...]
    years: tuple[int, int]
    own: float = 1.0
    common: float = 1.0

    def __post_init__(self) -> None:
        require_one_of("simulated", "law", self.law, laws.LAWS)
        ratios = (self.mean, self.own, self.common, *self.others)
        if not all(0 < real(one) < math.inf for one in ratios):
            raise MethodError("simulated: a mean or ratio of 0 or less. Give one above 0.")
        if len(self.others) < 2 or not laws.are_years(self.years):
            raise MethodError(
                f"simulated: {len(self.others)} other countries, or a period without a year. "
                "Give two countries or more, and a year at least on either side."
            )


@dataclass(frozen=True, slots=True)
class SetApart:
    """What the two methods did in a world.

    ``rank`` is the share in which the rank test gives a p of at most 1 - level,
    ``difference`` the same of the permutation of changes (`one_treated`), ``rose`` the
    share of these in which the country rose more. ``limits`` are None where so few
    countries allow none; ``bias`` is that of the difference, on the log scale.
    """

    rank: Share
    difference: Share
    rose: Share
    limits: Held | None
    bias: float
    smallest_p: float


@dataclass(frozen=True, slots=True)
class Counted:
    """Events of each unit (the country first) in either period, shape (draws, units)."""

    before: Ints
    after: Ints


def counted(world: PeerWorld, rng: np.random.Generator, draws: int) -> Counted:
    """Draw the counts of a world, added up over the years of each period."""
    means = np.array([world.mean, *world.others])
    later = means * world.common
    later[0] *= world.own
    before, after = (
        laws.draw(world.law, np.broadcast_to(unit, (draws, years, len(means))), rng).sum(axis=1)
        for unit, years in zip((means, later), world.years, strict=True)
    )
    return Counted(before, after)


def set_apart(
    world: PeerWorld, rng: np.random.Generator, draws: int, *, level: float = 0.95
) -> SetApart:
    """Simulate a world, and read it as `ratio_rank` and `one_treated` do.

    The changes compared are those of the log of the yearly mean, half an event added.

    Examples
    --------
    >>> world = PeerWorld("Poisson", 50.0, (50.0,) * 19, (4, 4))
    >>> found = set_apart(world, np.random.default_rng(1), 500)
    >>> found.rank.value < 0.1, found.smallest_p
    (True, 0.05)
    """
    alpha = 2 * confidence.tail("simulated", level)
    drawn = counted(world, rng, draws)
    change = changes(drawn, world.years)
    p = permutation_p(change)
    low, high = limits(change, alpha)
    apart = p <= alpha * (1 + 1e-12)
    open_ended = np.isinf(low).all()
    difference = change[:, 0] - change[:, 1:].mean(axis=1)
    return SetApart(
        rank=Share.of(rank_p(drawn, world.years) <= alpha * (1 + 1e-12)),
        difference=Share.of(apart),
        rose=Share.of(apart & (difference > 0)),
        limits=None if open_ended else held(np.exp(low), np.exp(high), world.own),
        bias=float(difference.mean()) - math.log(world.own),
        smallest_p=1 / change.shape[1],
    )


def rank_p(drawn: Counted, years: tuple[int, int]) -> Floats:
    """Return the rank p of the least favourable reading, as `ratio_rank` has it; (draws,).

    1 where the country has no event at all: the method then refuses.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (drawn.after / years[1]) / (drawn.before / years[0])
    silent = (drawn.before == 0) & (drawn.after == 0)
    # A comparator without any event can take any rank.
    ratio = np.where(silent, np.inf, ratio)
    worst = 1 + (ratio[:, 1:] >= ratio[:, :1]).sum(axis=1)
    p: Floats = np.where(silent[:, 0], 1.0, worst / ratio.shape[1])
    return p


def changes(drawn: Counted, years: tuple[int, int]) -> Floats:
    """Return each unit's change of the log yearly mean, shape (draws, units)."""
    before, after = (drawn.before + HALF) / years[0], (drawn.after + HALF) / years[1]
    found: Floats = np.log(after) - np.log(before)
    return found


def permutation_p(change: Floats) -> Floats:
    """Return the p of `one_treated` for each draw; the treated unit is the first."""
    middle = change.mean(axis=1, keepdims=True)
    reach = np.abs(change[:, :1] - middle) * (1 - 1e-12)
    as_far = (np.abs(change[:, 1:] - middle) >= reach).sum(axis=1)
    found: Floats = (1 + as_far) / change.shape[1]
    return found


def limits(change: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Return the limits of `one_treated` for each draw; infinite where units are too few."""
    own, others = change[:, 0], change[:, 1:]
    n = others.shape[1]
    needed = math.floor(alpha * (n + 1) * (1 + 1e-12))
    if needed == 0:
        reach = np.full(len(own), np.inf)
        return -reach, reach
    mirrored = (2 * others.sum(axis=1, keepdims=True) - (n + 1) * others) / (n - 1)
    lowest = np.sort(np.minimum(others, mirrored), axis=1)[:, needed - 1]
    highest = np.sort(np.maximum(others, mirrored), axis=1)[:, n - needed]
    return own - highest, own - lowest
