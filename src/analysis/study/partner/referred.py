"""Referrals in, the network of who referred to whom before and after out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.contracts.partner.pictures import Side
from analysis.errors import MethodError
from analysis.methods.networks.change import NetworkChange, change_test
from analysis.methods.networks.network import Network, network
from analysis.methods.networks.structure import centralisation, density, reciprocity
from analysis.study.partner.eras import SIDES, Eras
from analysis.study.partner.frames import Frames

Counts = npt.NDArray[np.int64]
SEED, DRAWS = 1, 20_000


@dataclass(frozen=True, slots=True)
class Referred:
    """Referrals between bodies in one span: ``counts`` from rows to columns."""

    bodies: tuple[str, ...]
    counts: Counts

    @property
    def network(self) -> Network:
        """The network of these bodies."""
        pairs = zip(*np.nonzero(self.counts), strict=True)
        ties = [
            (self.bodies[row], self.bodies[column], int(self.counts[row, column]))
            for row, column in pairs
        ]
        return network(self.bodies, ties)


@dataclass(frozen=True, slots=True)
class Figures:
    """How dense, returned and centred a network is; None where it has no value."""

    ties: int
    density: float
    reciprocity: float | None
    centralisation: float


def referred(frames: Frames, eras: Eras, bodies: Sequence[str]) -> dict[Side, Referred]:
    """Count referrals between bodies, before and after; those to nobody listed are left out."""
    place = {name: number for number, name in enumerate(bodies)}
    found: dict[Side, Referred] = {}
    sent = frames.referrals
    for side in SIDES:
        counts = np.zeros((len(bodies), len(bodies)), np.int64)
        inside = sent[eras.within(sent["referred_on"], side)]
        for sender, receiver in zip(inside["organisation"], inside["to_organisation"], strict=True):
            if sender in place and receiver in place and sender != receiver:
                counts[place[sender], place[receiver]] += 1
        found[side] = Referred(tuple(bodies), counts)
    return found


def figures(one: Referred) -> Figures:
    """Sum a network up."""
    given = one.network
    returned = reciprocity(given).edgewise if given.ties else None
    return Figures(len(given.ties), density(given), returned, centralisation(given, "in_degree"))


def changed(both: dict[Side, Referred]) -> NetworkChange | None:
    """Test whether the density changed; None where bodies are too few for the test."""
    before, after = (both[side].network for side in SIDES)
    try:
        return change_test(before, after, "density", rng=SEED, draws=DRAWS)
    except MethodError:
        return None
