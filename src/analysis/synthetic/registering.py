"""Records in, each organisation's own register out: its numbers, and names as it wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analysis.synthetic import names as naming
from analysis.synthetic.chance import NEVER, Days, Generator, Whole, happens
from analysis.synthetic.course import organisations
from analysis.synthetic.drawing import Drawn

NOISE = (
    "misspelt", "swapped", "no_given", "no_family", "transliterated", "nickname", "no_birth",
    "january", "day_month", "wrong_year", "no_citizenship", "wrong_citizenship", "no_sex",
)  # fmt: skip
SEXES = ("female", "male", "unknown")


@dataclass(frozen=True, slots=True)
class Registered:
    """Everybody in every register.

    ``entries``: one row a person in one register: organisation, person (true id), number,
    given, family, born, cpr, sex, citizenship (-1: missing), child, met_on, and a flag for
    each kind of noise. ``entry``: episodes by organisations, the row of ``entries`` (-1).
    ``identity``: true given and family name and civil registration number of each person.
    """

    entries: pd.DataFrame
    entry: Whole
    identity: pd.DataFrame


def register(drawn: Drawn) -> Registered:
    """Write everybody into the registers of those who met them, with the errors of each."""
    identity = _identity(drawn)
    entries, entry = _numbered(drawn)
    person = entries["person"].to_numpy()
    for column in ("given", "family", "cpr"):
        entries[column] = identity[column].to_numpy()[person]
    people = drawn.tables["people"]
    entries["born"] = people["born"].to_numpy()[person]
    entries["sex"] = np.where(people["female"].to_numpy()[person], 0, 1).astype(np.int8)
    entries["citizenship"] = people["citizenship"].to_numpy()[person]
    _noise(drawn, entries)
    entries["child"] = _under_18(drawn, entries)
    return Registered(entries, entry, identity)


def _identity(drawn: Drawn) -> pd.DataFrame:
    people, rng = drawn.tables["people"], drawn.generator("names")
    total = len(people)
    pool = people["citizenship"].to_numpy() % naming.POOLS
    female = people["female"].to_numpy()
    given = np.where(
        female,
        naming.names(rng, "given_female", pool, total),
        naming.names(rng, "given_male", pool, total),
    )
    family = naming.names(rng, "family", pool, total)
    return pd.DataFrame({"given": given, "family": family, "cpr": _cpr(people)}, dtype=object)


_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def _cpr(people: pd.DataFrame) -> Whole:
    """Return numbers of the right form that nobody has: their check digit is wrong.

    Denmark has given such numbers only for some first days of January; who was born on one
    gets none here.
    """
    found = np.full(len(people), None, object)
    born = people["born"].to_numpy().astype("datetime64[D]").astype(object)
    female = people["female"].to_numpy()
    for at in np.flatnonzero(people["cpr"].to_numpy()).tolist():
        if (born[at].month, born[at].day) != (1, 1):
            found[at] = _wrong_number(born[at], at, bool(female[at]))
    return found


def _wrong_number(born: date, serial: int, female: bool) -> str:
    """Return birth date, a digit for the century, a serial, and a last digit by sex."""
    century = serial % 4 if born.year < 2000 else 4
    start = f"{born:%d%m%y}{century}{serial // 4 % 100:02d}"
    total = sum(w * int(sign) for w, sign in zip(_WEIGHTS, start, strict=False))
    last = next(one for one in range(0 if female else 1, 10, 2) if (total + one) % 11)
    return f"{start}{last}"


def _numbered(drawn: Drawn) -> tuple[pd.DataFrame, Whole]:
    """Give each person a number with each organisation; some get a new one the next time."""
    records, episodes = drawn.tables["records"], drawn.tables["episodes"]
    rng, names = drawn.generator("numbers"), organisations(drawn.world)
    at = records["episode"].to_numpy()
    person = episodes["person"].to_numpy()[at]
    same = happens(rng, drawn.world.laws.leaving.same_number, len(records))
    number = np.where(same, 1, episodes["number"].to_numpy()[at])
    whole = records.assign(person=person, number=number)
    keys = ["organisation", "person", "number"]
    entries = whole.groupby(keys, sort=True)["met_on"].min().reset_index()
    entries = entries.sort_values(["organisation", "met_on", "person"], kind="stable")
    entries = entries.reset_index(drop=True)
    index = pd.MultiIndex.from_frame(entries[keys])
    entry = np.full((len(episodes), len(names)), -1, np.int32)
    entry[at, records["organisation"].to_numpy()] = index.get_indexer(
        pd.MultiIndex.from_frame(whole[keys])
    )
    rank = entries.groupby("organisation").cumcount().to_numpy() + 1
    patterns = [drawn.world.laws.senders[name].number for name in names]
    organisation = entries["organisation"].tolist()
    written = [patterns[o].format(n) for o, n in zip(organisation, rank.tolist(), strict=True)]
    entries["number"] = np.array(written, object)
    return entries, entry


def _noise(drawn: Drawn, entries: pd.DataFrame) -> None:
    rng = drawn.generator("noise")
    for kind in NOISE:
        entries[kind] = happens(rng, _shares(drawn, entries, kind), len(entries))
    given, family = entries["given"].to_numpy().copy(), entries["family"].to_numpy().copy()
    naming.rewritten(rng, given, entries["nickname"].to_numpy(), naming.nickname)
    for how in ("transliterated", "misspelt"):
        chosen = entries[how].to_numpy()
        first = happens(rng, 0.5, len(entries))
        naming.rewritten(rng, given, chosen & first, getattr(naming, how))
        naming.rewritten(rng, family, chosen & ~first, getattr(naming, how))
    given[entries["no_given"].to_numpy()] = None
    family[entries["no_family"].to_numpy()] = None
    swapped = entries["swapped"].to_numpy()
    entries["given"] = np.where(swapped, family, given)
    entries["family"] = np.where(swapped, given, family)
    entries["born"] = _dates(rng, entries)
    # A number that contradicts the birth date beside it would have been noticed.
    wrong = entries[["january", "day_month", "wrong_year"]].any(axis=1).to_numpy()
    entries["cpr"] = entries["cpr"].astype(object).mask(wrong, None)
    _codes(drawn, rng, entries)


def _shares(drawn: Drawn, entries: pd.DataFrame, kind: str) -> Whole:
    laws = drawn.world.laws
    by_sender = [
        laws.quality[laws.senders[name].quality][kind] for name in organisations(drawn.world)
    ]
    return np.asarray(np.array(by_sender)[entries["organisation"].to_numpy()])


def _dates(rng: Generator, entries: pd.DataFrame) -> Days:
    born = entries["born"].to_numpy().astype("datetime64[D]")
    months = born.astype("datetime64[M]")
    years = born.astype("datetime64[Y]")
    day, month = (born - months).astype(int), (months - years).astype(int)
    swap = entries["day_month"].to_numpy() & (day < 12)
    exchanged = (years.astype("datetime64[M]") + day).astype("datetime64[D]") + month
    shift = np.where(happens(rng, 0.5, len(born)), 1, -1)
    # The 29th of February of another year is the day before.
    moved = ((years + shift).astype("datetime64[M]") + month).astype("datetime64[D]") + np.minimum(
        day, 27
    )
    found = np.where(swap, exchanged, born)
    found = np.where(entries["wrong_year"].to_numpy(), moved, found)
    found = np.where(entries["january"].to_numpy(), years.astype("datetime64[D]"), found)
    written = found.astype("datetime64[D]").astype(np.int64)
    return np.where(entries["no_birth"].to_numpy(), NEVER, written).astype(np.int32)


def _codes(drawn: Drawn, rng: Generator, entries: pd.DataFrame) -> None:
    size = len(drawn.world.laws.people.citizenships)
    own = entries["citizenship"].to_numpy()
    other = (own + 1 + rng.integers(0, size - 1, len(own))) % size if size > 1 else own
    wrong = np.where(entries["wrong_citizenship"].to_numpy(), other, own)
    missing = entries["no_citizenship"].to_numpy()
    entries["citizenship"] = np.where(missing, -1, wrong).astype(np.int8)
    entries["sex"] = np.where(entries["no_sex"], 2, entries["sex"]).astype(np.int8)


def _under_18(drawn: Drawn, entries: pd.DataFrame) -> Whole:
    """Return whether the person was a child when met, by the birth date in the register."""
    people = drawn.tables["people"]
    true = people["born"].to_numpy()[entries["person"].to_numpy()]
    written = entries["born"].to_numpy()
    return under_18(np.where(written < NEVER, written, true), entries["met_on"].to_numpy())


def under_18(born: Whole, on: Whole) -> Whole:
    """Return whether somebody born then was under 18 on a day, by the calendar."""
    birth, day = born.astype("datetime64[D]"), on.astype("datetime64[D]")
    years, now = birth.astype("datetime64[Y]"), day.astype("datetime64[Y]")
    age = (now - years).astype(int)
    since, until = _in_year(birth), _in_year(day)
    return np.asarray(age - (until < since) < 18)


def _in_year(days: Whole) -> Whole:
    """Return month and day of the month as one number that sorts."""
    months = days.astype("datetime64[M]")
    month = (months - days.astype("datetime64[Y]").astype("datetime64[M]")).astype(int)
    return np.asarray(month * 32 + (days - months).astype(int))
