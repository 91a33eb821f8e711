"""A latent-class model in, several independent populations of draws from its posterior out.

One chain of Gibbs sampling can sit for a hundred thousand sweeps where it began. Here
populations of draws begin in the prior, where everything can be reached, and the table is
let in by degrees: at each degree draws that explain it badly give way to those that explain
it well, and all move by Hamiltonian steps. The populations never exchange draws, so how far
they end apart tells how well the posterior was found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.methods.checked import Floats, Ints
from analysis.methods.population_size.mixture_density import (
    FARTHEST,
    Mixture,
    Places,
    evaluate,
    from_prior,
)

KEPT = 0.5
"""Effective share of the draws that a degree leaves (of those before it)."""
LEAPS = 16
SPREAD = 0.7
"""Step lengths differ by a factor e^0.7 either way: parameters differ in scale."""
WANTED = 0.65
"""Share of moves accepted that the step length is steered to."""
_STEERED = 0.3
_FIRST_STEP, _LONGEST_STEP = 0.3, 1.0
MOST_DEGREES = 1000


@dataclass(slots=True)
class _Walk:
    """Where all populations stand, population by population, and how far they step."""

    table: Mixture
    places: Places
    heat: float
    step: float
    rng: np.random.Generator

    def move(self) -> None:
        """Move each draw along its slope with a random push, or leave it where it is."""
        places, reach = self.places, np.exp(self.rng.uniform(-SPREAD, SPREAD, len(self)))
        reach *= self.step
        push = self.rng.standard_normal(places.at.shape)
        before = self._level(places, push)
        push += reach / 2 * places.slope
        there, out = places, np.zeros(len(self), dtype=bool)
        for leap in range(LEAPS):
            at = there.at + reach * push
            inside = np.clip(at, -FARTHEST, FARTHEST)
            out |= (at != inside).any(axis=0)
            there = evaluate(self.table, inside, self.heat)
            push += (reach if leap < LEAPS - 1 else reach / 2) * there.slope
        gain = np.where(out, -np.inf, self._level(there, push) - before)
        taken = np.log(self.rng.random(len(self))) < np.where(np.isfinite(gain), gain, -np.inf)
        self.places = _chosen(taken, there, places)
        steered = self.step * np.exp(_STEERED * (taken.mean() - WANTED))
        self.step = float(min(steered, _LONGEST_STEP))

    def __len__(self) -> int:
        return int(self.places.at.shape[1])

    def _level(self, places: Places, push: Floats) -> Floats:
        level = self.heat * places.likelihood + places.prior - (push * push).sum(axis=0) / 2
        return np.asarray(level)


def annealed(
    table: Mixture, populations: int, draws: int, moves: int, rng: np.random.Generator
) -> Floats:
    """Draw parameters from their posterior, in independent populations.

    Parameters
    ----------
    table : Mixture
    populations, draws : int
        Populations, and draws that each carries along.
    moves : int
        Moves of each draw at each degree.

    Returns
    -------
    array (parameters, populations * draws)
        Population by population.
    """
    start = evaluate(table, from_prior(table, populations * draws, rng), 0.0)
    walk = _Walk(table, start, 0.0, _FIRST_STEP, rng)
    for _ in range(MOST_DEGREES):
        if walk.heat >= 1:
            break
        likelihood = walk.places.likelihood.reshape(populations, draws)
        heat = _next_heat(likelihood, walk.heat)
        chosen = _survivors(likelihood * (heat - walk.heat), rng)
        walk.heat = heat
        walk.places = evaluate(table, walk.places.at[:, chosen], heat)
        for _ in range(moves):
            walk.move()
    return walk.places.at


def _next_heat(likelihood: Floats, heat: float) -> float:
    """Return how far the table can be let in before too few draws speak for it."""

    def kept(further: float) -> float:
        weight = np.exp((further - heat) * (likelihood - likelihood.max(axis=1, keepdims=True)))
        effective = weight.sum(axis=1) ** 2 / (weight * weight).sum(axis=1)
        return float(effective.mean() / likelihood.shape[1])

    low, high = heat, 1.0
    if kept(high) >= KEPT:
        return 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if kept(middle) >= KEPT else (low, middle)
    return float(high)


def _survivors(gain: Floats, rng: np.random.Generator) -> Ints:
    """Return which draws go on, each population for itself (systematic resampling)."""
    populations, draws = gain.shape
    weight = np.exp(gain - gain.max(axis=1, keepdims=True))
    upto = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    upto[:, -1] = 1.0
    wanted = (rng.random((populations, 1)) + np.arange(draws)) / draws
    chosen = (wanted[:, :, None] > upto[:, None, :]).sum(axis=2)
    return np.asarray((chosen + draws * np.arange(populations)[:, None]).ravel())


def _chosen(taken: npt.NDArray[np.bool_], there: Places, here: Places) -> Places:
    return Places(
        at=np.where(taken, there.at, here.at),
        likelihood=np.where(taken, there.likelihood, here.likelihood),
        prior=np.where(taken, there.prior, here.prior),
        slope=np.where(taken, there.slope, here.slope),
        unseen=np.where(taken, there.unseen, here.unseen),
    )
