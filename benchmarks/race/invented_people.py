"""A number of records in, invented persons as several senders wrote them down out.

Names follow a Zipf law, so some are very common; a share of birth dates is unknown and
written as 1 January. Spelling, dates and fields go wrong in the ways that are known from
records written by hand. Nobody is real.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_ONSET = [*"bdfghjklmnprstv", "ch", "sh", "st", "kr", "br", "gr", "tr"]
_VOWEL = ["a", "e", "i", "o", "u", "y", "æ", "ø", "å", "ia", "ei", "au"]
_CODA = ["", "", "", "n", "r", "s", "l", "m", "t", "nd", "ck", "v"]
COUNTRIES = ["NGA", "ROU", "THA", "DNK", "UGA", "LVA", "GHA", "UKR", "RUS", "VNM"]


@dataclass(frozen=True, slots=True)
class People:
    """Columns of one record each, and the person that it is in truth."""

    person: npt.NDArray[np.int64]
    organisation: npt.NDArray[np.str_]
    given_name: list[str]
    family_name: list[str]
    birth_date: list[str]
    cpr: list[str]
    sex: list[str]
    citizenship: list[str]


def invent(records: int, *, seed: int, organisations: int = 8) -> People:
    """Return that many records of about half as many persons (1 to 8 records each)."""
    rng = np.random.default_rng(seed)
    sizes = np.minimum(rng.geometric(0.5, size=records), organisations)
    person = np.repeat(np.arange(records), sizes)[:records]
    persons = int(person[-1]) + 1
    given = _names(rng, persons, pool=max(200, persons // 60), spread=1.05)
    family = _names(rng, persons, pool=max(400, persons // 12), spread=0.9)
    born = np.datetime64("1955-01-01") + rng.integers(0, 365 * 42, persons)
    born = np.where(rng.random(persons) < 0.06, born.astype("M8[Y]").astype("M8[D]"), born)
    sex = np.where(rng.random(persons) < 0.85, "female", "male")
    country = rng.choice(COUNTRIES, persons, p=[0.3, 0.2, 0.12, 0.08, 0.08, 0.07, 0.05, 0.04,
                                               0.03, 0.03])  # fmt: skip
    has_cpr = rng.random(persons) < 0.35
    row = np.arange(len(person))
    noisy = _Noise(rng)
    return People(
        person,
        np.array([f"org_{at}" for at in _senders(rng, sizes, organisations)[:records]]),
        [noisy.name(given[one]) for one in person],
        [noisy.name(family[one]) for one in person],
        [noisy.date(str(born[one])) for one in person],
        [f"{one:010d}" if has_cpr[one] and rng.random() < 0.5 else "" for one in person],
        ["" if rng.random() < 0.03 else noisy.other(sex[one], ["female", "male"], 0.005) for one
         in person],
        ["" if rng.random() < 0.05 else noisy.other(country[one], COUNTRIES, 0.03) for one
         in person],
    ) if len(row) else People(person, *([] for _ in range(7)))  # fmt: skip


def _senders(
    rng: np.random.Generator, sizes: npt.NDArray[np.int64], organisations: int
) -> npt.NDArray[np.int64]:
    """Return senders, each person at most once with each."""
    start = np.repeat(rng.integers(0, organisations, len(sizes)), sizes)
    step = np.concatenate([np.arange(size) for size in sizes])
    return (start + step) % organisations


def _names(rng: np.random.Generator, count: int, *, pool: int, spread: float) -> list[str]:
    def one() -> str:
        parts = [rng.choice(_ONSET) + rng.choice(_VOWEL) + rng.choice(_CODA) for _ in
                 range(rng.integers(1, 4))]  # fmt: skip
        return "".join(parts).capitalize()

    made = sorted({one() for _ in range(pool * 2)})
    rng.shuffle(made)
    made = made[:pool]
    weights = 1 / np.arange(1, len(made) + 1) ** spread
    return [made[at] for at in rng.choice(len(made), count, p=weights / weights.sum())]


class _Noise:
    """Writes things down as tired people do."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def name(self, name: str) -> str:
        chance = self._rng.random()
        if chance < 0.04:
            return ""
        if chance < 0.18:
            return self._misspelt(name)
        if chance < 0.22:
            return name.replace("æ", "ae").replace("ø", "o").replace("å", "aa").replace("ch", "k")
        return name.upper() if chance < 0.26 else name

    def date(self, day: str) -> str:
        chance = self._rng.random()
        year, month, number = day.split("-")
        if chance < 0.08:
            return ""
        if chance < 0.11 and int(number) <= 12:
            return f"{year}-{number}-{month}"
        if chance < 0.15:
            return (
                f"{int(year) + int(self._rng.integers(-1, 2))}-{month}-{min(int(number), 28):02d}"
            )
        if chance < 0.18:
            return f"{year}-{month}-{int(self._rng.integers(1, 29)):02d}"
        return f"{year}-01-01" if chance < 0.21 else day

    def other(self, value: str, among: list[str], chance: float) -> str:
        return str(self._rng.choice(among)) if self._rng.random() < chance else str(value)

    def _misspelt(self, name: str) -> str:
        at = int(self._rng.integers(1, max(len(name), 2)))
        letter = str(self._rng.choice(list("abdefghiklmnoprstuvy")))
        kinds = (
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[: at - 1] + name[at : at + 1] + name[at - 1 : at] + name[at + 1 :],
        )
        return kinds[int(self._rng.integers(0, len(kinds)))]
