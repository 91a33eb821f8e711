"""Stays and laws in, what is counted by month and never by person out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.chance import Generator, Whole, day
from analysis.synthetic.course import organisations
from analysis.synthetic.staying import places
from analysis.synthetic.world import World


def months(first: int, last: int) -> tuple[Whole, Whole]:
    """Return the first days of all months of the years, and of the months after them."""
    begin = np.datetime64(first, "D").astype("datetime64[M]")
    end = np.datetime64(last, "D").astype("datetime64[M]") + 1
    starts = np.arange(begin, end + 1).astype("datetime64[D]").astype(np.int64)
    return starts[:-1].astype(np.int32), starts[1:].astype(np.int32)


def contacts(world: World, rng: Generator, first: int, last: int, people: int) -> pd.DataFrame:
    """Draw contacts of outreach by month and kind of place, many with the same persons."""
    law, names = world.laws.counts, organisations(world)
    starts, _ = months(first, last)
    factor = np.where(starts >= day(world.laws.centre_opens), law.contacts_after, 1.0)
    rows = []
    for name, by_place in law.contacts.items():
        for place, rate in by_place.items():
            drawn = 1 + rng.poisson(rate * factor * people / world.laws.people.default)
            persons = 1 + rng.binomial(drawn - 1, law.persons_of_contacts)
            # Whoever cannot tell the same person from another says nothing of persons.
            told = persons if law.counted_as[name] == "unique" else np.full(len(starts), -1)
            rows.append(
                pd.DataFrame(
                    {
                        "organisation": np.full(len(starts), names.index(name), np.int8),
                        "month": starts,
                        "place_kind": place,
                        "contacts": drawn,
                        "persons": told,
                        "counted_as": law.counted_as[name],
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def bed_nights(
    world: World, stays: pd.DataFrame, first: int, last: int, people: int
) -> pd.DataFrame:
    """Count the nights of each house and month in which a bed was taken."""
    starts, ends = months(first, last)
    names, rows = organisations(world), []
    for house, beds in places(world, people).items():
        here = stays[stays["place"] == house]
        arrived, left = np.sort(here["arrived_on"].to_numpy()), np.sort(here["left_on"].to_numpy())
        taken = _nights(arrived, starts, ends) - _nights(left, starts, ends)
        sender = next(at for at, one in enumerate(names) if house in world.profiles[one].places)
        rows.append(
            pd.DataFrame(
                {
                    "organisation": np.full(len(starts), sender, np.int8),
                    "place": house,
                    "month": starts,
                    "places": beds,
                    "bed_nights": taken,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _nights(since: Whole, starts: Whole, ends: Whole) -> Whole:
    """Return, by month, nights from each day of ``since`` to the month's end."""
    total = np.append(0, np.cumsum(since.astype(np.int64)))

    def until(edge: Whole) -> Whole:
        known = np.searchsorted(since, edge, side="left")
        return np.asarray(known * edge.astype(np.int64) - total[known])

    return until(ends) - until(starts)


def trainings(world: World, rng: Generator, first: int, last: int) -> pd.DataFrame:
    """Draw the courses of the centre, with what was known before and after them."""
    law = world.laws.counts
    begin = max(first, day(world.laws.centre_opens))
    years = max(last - begin + 1, 0) / 365.25
    size = rng.poisson(law.trainings * 2 * years) if years else 0
    before = rng.normal(law.score_before, law.score_spread, size)
    gain = rng.normal(law.score_gain, law.score_spread / 2, size)
    return pd.DataFrame(
        {
            "organisation": np.full(size, organisations(world).index("syn_centre"), np.int8),
            "event": np.arange(size),
            "held_on": np.sort(rng.integers(begin, max(last, begin) + 1, size)).astype(np.int32),
            "participants": 4 + rng.poisson(law.participants - 4, size),
            "score_before": np.clip(before, 0, 100).round(1),
            "score_after": np.clip(before + gain, 0, 100).round(1),
        }
    )
