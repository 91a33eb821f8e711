"""A number a spell and group labels in; how often shuffled labels part the numbers as far, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats, Ints
from analysis.methods.scalars import require_draws
from analysis.methods.survival.spells import Groups

MOST_CELLS = 4_000_000
"""Shuffled numbers held at once (32 MB)."""


@dataclass(frozen=True, slots=True)
class GroupEvents:
    """Spells of one group, its events, and those expected if all groups shared one curve."""

    group: str
    spells: int
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class PermutedTest:
    """Statistic, p = (1 + k) / (1 + draws), where k draws were as extreme, and its inputs."""

    statistic: float
    p: float
    as_extreme: int
    draws: int
    groups: tuple[GroupEvents, ...]


def permute(
    method: str,
    residual: Floats,
    labels: Groups,
    layers: Groups,
    rng: np.random.Generator | int,
    draws: int,
    counts: tuple[GroupEvents, ...],
) -> PermutedTest:
    """Compare sums of residuals by group with those under shuffled labels.

    Raises
    ------
    MethodError
        If fewer than 99 draws are asked for: p could not fall to 0.01.
    """
    require_draws(method, draws, 99)
    chance = checked.generator(method, rng)
    blocks = [_block(residual, labels, layers.code == i) for i in range(len(layers.names))]
    sizes = np.bincount(labels.code, minlength=len(labels.names))

    def statistic(sums: Floats) -> Floats:
        spread: Floats = (sums**2 / sizes).sum(axis=-1)
        return spread

    seen = float(statistic(by_group(labels, residual)))
    # Sums in another order differ in the last digits: they are no less extreme.
    edge, extreme, left = seen * (1 - 1e-9) - 1e-12, 0, int(draws)
    while left:
        now = min(left, max(1, MOST_CELLS // len(residual)))
        sums = np.zeros((now, len(sizes)))
        for values, present, starts in blocks:
            shuffled = chance.permuted(np.broadcast_to(values, (now, len(values))), axis=1)
            sums[:, present] += np.add.reduceat(shuffled, starts, axis=1)
        extreme += int(np.count_nonzero(statistic(sums) >= edge))
        left -= now
    return PermutedTest(seen, (1 + extreme) / (1 + int(draws)), extreme, int(draws), counts)


def require_groups(method: str, labels: Groups) -> None:
    """Refuse a comparison with nothing.

    Raises
    ------
    MethodError
        If there is only one group.
    """
    if len(labels.names) < 2:
        raise MethodError(f"{method}: 1 group, 2 are needed to compare. Give kaplan_meier alone.")


def by_group(labels: Groups, values: npt.NDArray[np.generic]) -> Floats:
    """Add up ``values`` by group, in the order of their names."""
    return np.bincount(labels.code, values, len(labels.names)).astype(np.float64)


def group_events(
    labels: Groups, observed: npt.NDArray[np.bool_], expected: Floats
) -> tuple[GroupEvents, ...]:
    """Count spells and events of each group beside those expected, shape (n_groups,)."""
    sizes = np.bincount(labels.code, minlength=len(labels.names))
    seen = by_group(labels, observed)
    return tuple(
        GroupEvents(name, int(sizes[i]), int(seen[i]), float(expected[i]))
        for i, name in enumerate(labels.names)
    )


def _block(
    residual: Floats, labels: Groups, here: npt.NDArray[np.bool_]
) -> tuple[Floats, Ints, Ints]:
    """Return one stratum's residuals, the groups present, and where each group's share starts."""
    present, sizes = np.unique(labels.code[here], return_counts=True)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    return residual[here], present, starts
