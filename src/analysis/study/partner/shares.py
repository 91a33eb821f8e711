"""Persons and what happened to them in, how many of how many before and after out.

Each takes `Frames` and `Eras`, so that the same is asked of what partners sent and of the
truth of invented persons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.contracts.partner.pictures import Side
from analysis.study.partner.eras import SIDES, Eras
from analysis.study.partner.frames import Frame, Frames
from analysis.study.partner.small import Counted

OF = Callable[[Frames, Eras], "Shares"]


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of how many, before and after the centre."""

    before: Counted
    after: Counted

    def of(self, side: Side) -> Counted:
        """Return one side."""
        return self.before if side == "before" else self.after


FUNNEL = ("presumed", "identified", "offered", "accepted", "started", "completed")
"""Stages of a course, each held by those before it."""


def funnel(frames: Frames, eras: Eras) -> dict[Side, tuple[int, ...]]:
    """Count how far persons got, by the day on which they were first assessed."""
    persons = frames.persons
    assessed = persons[["presumed_on", "identified_on"]].min(axis=1)
    offers = frames.services
    reached = {
        "presumed": assessed.notna(),
        "identified": persons["identified_on"].notna(),
        "offered": _among(persons, offers),
        "accepted": _among(persons, offers[offers["accepted"].fillna(False)]),
        "started": _among(persons, offers[offers["started_on"].notna()]),
        "completed": _among(persons, offers[offers["outcome"].isin(["completed", "moved_on"])]),
    }
    found: dict[Side, tuple[int, ...]] = {}
    for side in SIDES:
        still = eras.within(assessed, side)
        counts = []
        for stage in FUNNEL:
            still = still & reached[stage]
            counts.append(int(still.sum()))
        found[side] = tuple(counts)
    return found


def helped(frames: Frames, eras: Eras) -> Shares:
    """Of those identified, those for whom any help began."""
    begun = frames.services[frames.services["started_on"].notna()]
    return _of_persons(frames, eras, lambda persons: _among(persons, begun))


def reflection_kept(frames: Frames, eras: Eras) -> Shares:
    """Of the reflection periods that began and ended, those that ran their full length."""
    rights = _reflection(frames)
    over = rights[
        rights["granted"].fillna(False)
        & rights["accepted"].fillna(False)
        & rights["end"].isin(["kept", "replaced", "left_early", "revoked"])
    ]
    return _of_rows(over["decided_on"], over["end"].isin(["kept", "replaced"]), eras)


def referrals_accepted(frames: Frames, eras: Eras) -> Shares:
    """Of the referrals sent, those that were accepted."""
    sent = frames.referrals
    return _of_rows(sent["referred_on"], sent["answer"] == "accepted", eras)


def dead_ends(frames: Frames, eras: Eras) -> Shares:
    """Of the referrals sent, those never answered, or accepted and followed by nothing.

    An accepted referral is followed if the receiver later reports anything of the person.
    """
    sent = frames.referrals
    seen = _seen_by(frames)
    at = pd.MultiIndex.from_frame(sent[["pseudonym", "to_organisation"]])
    follows = seen.reindex(at).to_numpy()
    day = sent["referred_on"].to_numpy()
    nothing = pd.isna(follows) | (follows < day)
    dead = (sent["answer"] != "accepted") & (sent["answer"] != "declined")
    dead |= (sent["answer"] == "accepted") & nothing
    return _of_rows(sent["referred_on"], dead, eras)


def duplicated(frames: Frames, eras: Eras) -> Shares:
    """Of persons offered a kind of support, those offered the same by two senders."""
    offers = frames.services
    if offers.empty:
        return Shares((0, 0), (0, 0))
    both = offers.groupby(["pseudonym", "service"]).agg(
        on=("offered_on", "min"), by=("organisation", "nunique")
    )
    return _of_rows(both["on"], both["by"] > 1, eras)


def prepared(frames: Frames, eras: Eras) -> Shares:
    """Of those who returned, those whose return was prepared."""
    returns = frames.returns
    return _of_rows(returns["returned_on"], returns["prepared"].fillna(False), eras)


ALL: Mapping[str, OF] = {
    "helped": helped,
    "reflection_kept": reflection_kept,
    "prepared": prepared,
    "accepted": referrals_accepted,
    "dead_ends": dead_ends,
    "duplicated": duplicated,
}


def _reflection(frames: Frames) -> Frame:
    rights = frames.rights
    return rights[rights["right"] == "reflection_period"]


def _among(persons: Frame, rows: Frame) -> Any:
    return persons["pseudonym"].isin(rows["pseudonym"])


def _of_persons(frames: Frames, eras: Eras, has: Callable[[Frame], Any]) -> Shares:
    known = frames.persons[frames.persons["identified_on"].notna()]
    return _of_rows(known["identified_on"], has(known), eras)


def _of_rows(on: Any, holds: Any, eras: Eras) -> Shares:
    """Count the rows whose day lies on each side, and those of them for which it holds."""

    def count(side: Side) -> Counted:
        inside = eras.within(on, side)
        return int((inside & holds).sum()), int(inside.sum())

    return Shares(count("before"), count("after"))


def _seen_by(frames: Frames) -> Any:
    """Return the last day on which each sender reports anything of each person."""
    days = [
        frames.services[["pseudonym", "organisation", "offered_on"]],
        frames.rights[["pseudonym", "organisation", "decided_on"]],
        frames.returns[["pseudonym", "organisation", "returned_on"]],
        frames.assessments[["pseudonym", "organisation", "decided_on"]],
        frames.referrals[["pseudonym", "organisation", "referred_on"]],
    ]
    names = ["pseudonym", "to_organisation", "day"]
    every = pd.concat([one.set_axis(names, axis=1) for one in days], ignore_index=True)
    return every.groupby(["pseudonym", "to_organisation"])["day"].max()
