"""What happens to people while it is drawn: episodes, and who has met whom since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.contracts.partner.profiles import Profile
from analysis.synthetic.chance import NEVER, Days, Generator, Whole, day
from analysis.synthetic.laws import Laws
from analysis.synthetic.people import CHILDREN
from analysis.synthetic.world import World

HOW = ("", "found", "assessed", "referred", "helped_to_return", "decided_on")
"""How an organisation came to know a person."""

BODIES = {"police": "police", "immigration": "immigration", "centre": "centre"}
"""Kind of deciding body by kind of sender; others are NGOs."""


@dataclass(slots=True)
class Course:
    """One round of episodes, in which functions fill in what follows from what.

    ``met`` (episodes by organisations) is the day on which each organisation first met the
    person of the episode, ``how`` a position in `HOW`. ``last`` is the last day of the years
    drawn: nobody is found later, what was begun may end later.
    """

    world: World
    rng: Generator
    people: pd.DataFrame
    episodes: pd.DataFrame
    met: Days
    how: npt.NDArray[np.int8]
    first: int
    last: int

    @property
    def laws(self) -> Laws:
        """The laws of the country."""
        return self.world.laws

    @property
    def organisations(self) -> tuple[str, ...]:
        """Order of the columns of ``met``."""
        return organisations(self.world)

    def __len__(self) -> int:
        return len(self.episodes)

    def of_person(self, column: str) -> Whole:
        """Return an attribute of the person of each episode."""
        return np.asarray(self.people[column].to_numpy()[self.episodes["person"].to_numpy()])

    def group(self) -> Whole:
        """Return the group of each episode: a child that came of age counts as an adult."""
        group, born = self.of_person("group"), self.of_person("born")
        grown = self.episodes["entered"].to_numpy() - born >= _ADULT_DAYS
        adult = np.where(self.of_person("female"), 0, 1)
        return np.where((group == CHILDREN) & grown, adult, group).astype(np.int8)

    def after(self, on: Any) -> Whole:
        """Return 1 where a day lies after the opening of the centre, else 0."""
        return (np.asarray(on) >= day(self.laws.centre_opens)).astype(np.int8)

    def meet(self, at: Whole, organisation: Any, on: Any, how: str) -> None:
        """Let an organisation know the person of each episode from ``on`` at the latest."""
        known = self.met[at, organisation]
        self.how[at, organisation] = np.where(
            known == NEVER, HOW.index(how), self.how[at, organisation]
        )
        self.met[at, organisation] = np.minimum(known, on)


_ADULT_DAYS = 18 * 365.25


def organisations(world: World) -> tuple[str, ...]:
    """Return the senders in the order in which arrays hold them."""
    return tuple(world.laws.senders)


def sending(world: World, form: str) -> list[int]:
    """Return the positions of those that send a form."""
    return [
        at for at, name in enumerate(organisations(world)) if form in world.profiles[name].forms
    ]


def body(profile: Profile) -> str:
    """Return the code of the kind of deciding body that a sender is."""
    return BODIES.get(profile.kind, "ngo")
