"""Accepted housing in, stays in houses with so many beds out."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pandas as pd

from analysis.synthetic.chance import NEVER, Whole
from analysis.synthetic.course import organisations
from analysis.synthetic.referring import SERVICES
from analysis.synthetic.world import World


def places(world: World, people: int) -> dict[str, int]:
    """Return the beds of each house, in proportion to the number of people."""
    law = world.laws
    return {
        name: max(1, math.ceil(beds * people / law.people.default))
        for name, beds in law.support.houses.items()
    }


def stay(world: World, services: pd.DataFrame, people: int) -> pd.DataFrame:
    """Give beds in the order in which they are wished for.

    Whoever would wait too long gets none: in ``services`` (changed in place) the support
    then did not start.

    Returns
    -------
    pandas.DataFrame
        One row a stay: service (row of ``services``), episode, organisation, place,
        arrived_on, left_on, outcome.
    """
    beds = places(world, people)
    shelter = services["service"].to_numpy() == SERVICES.index("shelter")
    wished = shelter & (services["started_on"].to_numpy() < NEVER)
    rows, housing = [], []
    for at, name in enumerate(organisations(world)):
        houses = {house: beds[house] for house in world.profiles[name].places if house in beds}
        if houses:
            housing.append(at)
            own = wished & (services["organisation"].to_numpy() == at)
            rows += _beds(world, services, np.flatnonzero(own), houses)
    found = pd.DataFrame(rows, columns=["service", "place", "arrived_on"])
    found = found.astype({"service": np.int64, "arrived_on": np.int32})
    _as_it_went(services, shelter, found, housing)
    taken = services.iloc[found["service"]]
    for column, source in (("left_on", "ended_on"), ("outcome", "outcome")):
        found[column] = taken[source].to_numpy()
    found.insert(1, "episode", taken["episode"].to_numpy())
    found.insert(2, "organisation", taken["organisation"].to_numpy())
    return found.sort_values(["organisation", "arrived_on", "service"], ignore_index=True)


def _beds(
    world: World, services: pd.DataFrame, wished: Whole, beds: dict[str, int]
) -> list[tuple[int, str, int]]:
    """Return service, house and day of arrival of each who got a bed."""
    start, end = services["started_on"].to_numpy(), services["ended_on"].to_numpy()
    free = [(0, house, number) for house, count in beds.items() for number in range(count)]
    heapq.heapify(free)
    found = []
    for row in wished[np.argsort(start[wished], kind="stable")].tolist():
        day, house, number = free[0]
        arrived = max(int(start[row]), day)
        if arrived - start[row] > world.laws.support.bed_wait_days or arrived >= end[row]:
            continue
        heapq.heapreplace(free, (int(end[row]), house, number))
        found.append((row, house, arrived))
    return found


def _as_it_went(
    services: pd.DataFrame, shelter: Whole, found: pd.DataFrame, housing: list[int]
) -> None:
    """Let housing start on arrival, and not at all where there was no bed."""
    housed = shelter & np.isin(services["organisation"].to_numpy(), housing)
    started = services["started_on"].to_numpy().copy()
    given = np.full(len(services), NEVER, np.int32)
    given[found["service"].to_numpy(dtype=np.int64)] = found["arrived_on"].to_numpy()
    started[housed] = given[housed]
    services["started_on"] = started
    none = housed & (started == NEVER)
    services.loc[none, "ended_on"] = NEVER
    services.loc[none, "outcome"] = -1
