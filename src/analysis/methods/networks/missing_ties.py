"""A network in; how far its figures move if ties were missed or wrongly counted, out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked, confidence
from analysis.methods.checked import Floats
from analysis.methods.networks.network import Network, adjacency
from analysis.methods.networks.structure import (
    Statistic,
    fitting,
    require_ties,
    statistic,
    statistics,
)
from analysis.methods.scalars import real, require_draws

MOST_CELLS = 4_000_000
"""Cells of networks held at once."""

Edit = Literal["drop", "add"]


@dataclass(frozen=True, slots=True)
class TieSensitivity:
    """One figure of the network, and its spread when a share of ties is dropped or added.

    ``low`` and ``high`` hold ``level`` of the draws between them. ``ties`` were dropped or
    added each time; in ``undefined`` draws the figure had no value, and they are left out.
    """

    statistic: Statistic
    edit: Edit
    share: float
    ties: int
    observed: float
    low: float
    median: float
    high: float
    level: float
    draws: int
    undefined: int


def missing_ties(
    given: Network,
    *,
    rng: np.random.Generator | int,
    shares: Iterable[float] = (0.1, 0.2, 0.3),
    draws: int = 1_000,
    names: Iterable[Statistic] | None = None,
    level: float = 0.95,
) -> tuple[TieSensitivity, ...]:
    """Drop, and add, a share of the ties at random, and show how far each figure moves.

    Not a confidence interval: it answers *what if as many ties were wrong*, each tie as
    likely as any other. Ties that were missed because of who was asked are another matter:
    take that node's ties out and compute anew.

    Parameters
    ----------
    given : Network
        Any size; this describes.
    rng : Generator or int
        Source of the draws, or its seed.
    shares : iterable of float
        Shares of the present ties to drop, and to add to empty cells (above 0, below 1).
    draws : int
        Networks drawn for each share, 99 or more.
    names : iterable of Statistic, optional
        The figures; all that have a value for this network if left out.
    level : float
        Share of draws between ``low`` and ``high``.

    Raises
    ------
    MethodError
        If there are fewer than three ties, a share is none, rounds to no tie, leaves none
        or finds too few empty cells; if a figure does not fit.

    References
    ----------
    Borgatti, Carley & Krackhardt (2006), Social Networks 28, 124-136.

    Examples
    --------
    >>> from analysis.methods.networks.network import network
    >>> ring = network(range(15), [(i, (i + 1) % 15) for i in range(15)])
    >>> found = missing_ties(ring, rng=1, shares=(0.2,), names=("density",))
    >>> [round(one.median / one.observed, 2) for one in found]
    [0.8, 1.2]
    """
    confidence.tail("missing_ties", level)
    require_ties("missing_ties", given)
    require_draws("missing_ties", draws, 99)
    chance = checked.generator("missing_ties", rng)
    chosen = fitting(given) if names is None else tuple(names)
    wanted = tuple(shares)
    if not wanted:
        raise MethodError("missing_ties: no share of ties. Give some, such as (0.1, 0.2, 0.3).")
    observed = {name: statistic(given, name) for name in chosen}
    found = []
    for share in wanted:
        for edit in ("drop", "add"):
            number = _number(given, share, edit)
            drawn = _drawn(given, edit, number, draws, chosen, chance)
            found += [
                _spread(name, edit, float(share), number, observed[name], drawn[name], level)
                for name in chosen
            ]
    return tuple(found)


def _number(given: Network, share: float, edit: Edit) -> int:
    if not 0 < real(share) < 1:
        raise MethodError("missing_ties: a share does not lie between 0 and 1. Give 0.1 or so.")
    present = len(given.ties)
    number = round(share * present)
    room = present - 1 if edit == "drop" else _cells(given) - present
    if not 1 <= number <= room:
        raise MethodError(
            f"missing_ties: a share of {present} ties is {number}, and {room} can be changed. "
            "Choose another share, or describe the network as it is."
        )
    return number


def _cells(given: Network) -> int:
    return len(given) * (len(given) - 1) // (1 if given.directed else 2)


def _drawn(
    given: Network,
    edit: Edit,
    number: int,
    draws: int,
    names: tuple[Statistic, ...],
    chance: np.random.Generator,
) -> dict[Statistic, Floats]:
    """Return each figure of every draw, shape (draws,)."""
    ties = adjacency(given).astype(np.float32)
    possible = ~np.eye(len(given), dtype=bool)
    if not given.directed:
        possible = np.triu(possible)
    cells = np.flatnonzero(possible & ((ties > 0) if edit == "drop" else (ties == 0)))
    size = max(1, MOST_CELLS // ties.size)
    found: dict[Statistic, list[Floats]] = {name: [] for name in names}
    for start in range(0, draws, size):
        edited = _edited(ties, cells, number, min(size, draws - start), given.directed, chance)
        for name in names:
            found[name].append(statistics(edited, name))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _edited(
    ties: npt.NDArray[np.float32],
    cells: npt.NDArray[np.int64],
    number: int,
    draws: int,
    directed: bool,
    chance: np.random.Generator,
) -> npt.NDArray[np.float32]:
    order = np.argpartition(chance.random((draws, len(cells))), number - 1, axis=1)
    chosen = cells[order[:, :number]]
    senders, receivers = np.divmod(chosen, len(ties))
    edited = np.repeat(ties[None], draws, axis=0)
    row = np.arange(draws)[:, None]
    edited[row, senders, receivers] = 1 - edited[row, senders, receivers]
    if not directed:
        edited[row, receivers, senders] = edited[row, senders, receivers]
    return edited


def _spread(
    name: Statistic,
    edit: Edit,
    share: float,
    number: int,
    observed: float,
    drawn: Floats,
    level: float,
) -> TieSensitivity:
    kept = drawn[~np.isnan(drawn)]
    if not len(kept):
        raise MethodError(
            f"missing_ties: {name} has no value in any of {len(drawn)} draws. Leave it out."
        )
    tail = (1 - level) / 2
    low, median, high = np.quantile(kept, [tail, 0.5, 1 - tail]).tolist()
    return TieSensitivity(
        name, edit, share, number, observed, low, median, high, level,
        len(drawn), len(drawn) - len(kept),
    )  # fmt: skip
