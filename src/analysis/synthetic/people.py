"""Laws and a number in, everybody who is trafficked and what happens until they are found out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.chance import (
    NEVER,
    Generator,
    Whole,
    by_position,
    chosen,
    day,
    happens,
    spans,
)
from analysis.synthetic.laws import GROUPS, Laws, People

PLACES = ("street", "clinic", "brothel", "workplace", "asylum_centre", "other")
PURPOSES = (
    "sexual", "forced_labour", "servitude", "crime", "begging", "forced_marriage",
)  # fmt: skip
ADULT = 18
YEAR_DAYS = 365.25
WOMEN, MEN, CHILDREN = range(3)


def people(laws: Laws, rng: Generator, count: int, first: int, last: int) -> pd.DataFrame:
    """Draw ``count`` victims who enter from ``first`` to ``last``, and others taken for victims.

    Returns
    -------
    pandas.DataFrame
        One row a person, by day of entry; the row's number is the true id. Days are days
        since 1970-01-01, codes are positions in `PLACES`, `PURPOSES`, `GROUPS` and the
        countries of the laws.
    """
    law = laws.people
    total = count + round(count * law.not_victims)
    found = pd.DataFrame({"entered": _entries(law, rng, total, first, last)})
    found["victim"] = rng.permutation(np.arange(total) < count)
    found["complex"] = _complexes(laws, rng, found)
    found = _large(laws, rng, found, count, first, last)
    child = happens(rng, law.child, total)
    female = happens(rng, np.where(child, law.female_child, law.female), total)
    found["female"] = female
    found["group"] = np.where(child, CHILDREN, np.where(female, WOMEN, MEN)).astype(np.int8)
    found["born"] = found["entered"] - _age_days(law, rng, child)
    found["citizenship"] = chosen(rng, law.citizenships, total)
    _exploitation(law, rng, found)
    found["hardness"] = law.hardness * rng.standard_normal(total)
    found["cpr"] = happens(rng, law.cpr, total)
    left = found["entered"] + 1 + spans(rng, law.exploited_days, law.exploited_spread, total)
    found["left"] = np.maximum(left, found.pop("until")).astype(np.int32)
    _share_in_complex(found)
    return found.sort_values("entered", kind="stable", ignore_index=True)


def _entries(law: People, rng: Generator, total: int, first: int, last: int) -> Whole:
    years = np.arange(first, last + 1)
    weights = (1 + law.growth) ** np.arange(len(years))
    year = rng.choice(years, total, p=weights / weights.sum())
    start = (year.astype("U4").astype("datetime64[Y]")).astype("datetime64[D]").astype(np.int64)
    end = ((year + 1).astype("U4").astype("datetime64[Y]")).astype("datetime64[D]").astype(np.int64)
    return np.asarray(np.sort(start + (rng.random(total) * (end - start)).astype(int)), np.int32)


def _complexes(laws: Laws, rng: Generator, found: pd.DataFrame) -> Whole:
    """Number the shared cases, neighbours in time together; -1: none."""
    law = laws.complexes
    inside = np.flatnonzero(found["victim"] & happens(rng, law.share, len(found)))
    sizes = 1 + rng.geometric(law.more, len(inside) // 2 + 1)
    number = np.repeat(np.arange(1, len(sizes) + 1), sizes)[: len(inside)]
    complexes = np.full(len(found), -1, np.int32)
    complexes[inside] = number
    return complexes


def _large(
    laws: Laws, rng: Generator, found: pd.DataFrame, count: int, first: int, last: int
) -> pd.DataFrame:
    """Bring a share of all victims into complex 0, entering in the year before it is found."""
    law = laws.complexes.large
    found["until"] = 0
    if not first < law.on.year <= last:
        return found
    members = rng.choice(np.flatnonzero(found["victim"]), round(law.share * count), replace=False)
    inside = np.isin(np.arange(len(found)), members)
    entered = day(law.on) - rng.integers(30, 300, len(found))
    found["complex"] = np.where(inside, 0, found["complex"]).astype(np.int32)
    found["entered"] = np.where(inside, entered, found["entered"]).astype(np.int32)
    found["until"] = np.where(inside, day(law.on) + 1, 0)
    return found


def _age_days(law: People, rng: Generator, child: Whole) -> Whole:
    total = len(child)
    youngest, oldest = law.child_ages
    young = rng.integers(youngest, oldest + 1, total) + rng.random(total) * 0.99
    adult = ADULT + law.adult_years * np.exp(law.adult_spread * rng.standard_normal(total))
    return np.ceil(np.where(child, young, np.minimum(adult, 75.0)) * YEAR_DAYS).astype(np.int32)


def _exploitation(law: People, rng: Generator, found: pd.DataFrame) -> None:
    """Draw purposes and the place of exploitation, by group."""
    total = len(found)
    purpose = np.zeros(total, np.int8)
    for number, group in enumerate(GROUPS):
        named = law.purposes[group]
        drawn = chosen(rng, named, total)
        places = np.array([PURPOSES.index(name) for name in named], np.int8)[drawn]
        purpose = np.where(found["group"] == number, places, purpose)
    sexual = chosen(rng, law.places["sexual"], total)
    other = chosen(rng, law.places["other"], total)
    found["purpose"] = purpose.astype(np.int8)
    second = (purpose + 1 + rng.integers(0, len(PURPOSES) - 1, total)) % len(PURPOSES)
    found["second"] = np.where(happens(rng, law.second_purpose, total), second, -1).astype(np.int8)
    found["place"] = np.where(
        purpose == PURPOSES.index("sexual"),
        _positions(law.places["sexual"])[sexual],
        _positions(law.places["other"])[other],
    ).astype(np.int8)


def _positions(named: dict[str, float]) -> Whole:
    return np.array([PLACES.index(name) for name in named], np.int8)


def _share_in_complex(found: pd.DataFrame) -> None:
    """Give all of a complex the first member's citizenship, purpose and place.

    The purpose is not shared between groups that are not exploited for it.
    """
    inside = found["complex"].to_numpy() >= 0
    leader = found[inside].groupby("complex")[["citizenship", "place", "purpose", "group"]].first()
    shared = leader.loc[found.loc[inside, "complex"]]
    same = shared["group"].to_numpy() == found.loc[inside, "group"].to_numpy()
    found.loc[inside, "citizenship"] = shared["citizenship"].to_numpy()
    for column in ("place", "purpose"):
        own = found.loc[inside, column].to_numpy()
        found.loc[inside, column] = np.where(same, shared[column].to_numpy(), own)


def reach(laws: Laws, organisation: str, found: pd.DataFrame) -> Whole:
    """Return how well an organisation reaches each person; 1 is middling."""
    law = laws.detection[organisation]
    return np.asarray(
        np.exp(-law.load * found["hardness"].to_numpy())
        * by_position(law.groups, GROUPS)[found["group"].to_numpy()]
        * by_position(law.places, PLACES)[found["place"].to_numpy()]
    )


def episodes(found: pd.DataFrame) -> pd.DataFrame:
    """Begin the first episode of everybody: what is detected, decided and supported."""
    return pd.DataFrame(
        {
            "person": np.arange(len(found), dtype=np.int32),
            "number": np.ones(len(found), np.int8),
            "entered": found["entered"].to_numpy(),
            "left": found["left"].to_numpy(),
            "raid": np.where(found["complex"] == 0, 0, NEVER).astype(np.int32),
        }
    )
