"""A share by its name in, how many of how many, what may be shown of it, and what is true, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.contracts.partner.pictures import Side
from analysis.contracts.values import Value
from analysis.study.partner import covered, shares
from analysis.study.partner.eras import SIDES
from analysis.study.partner.opened import Opened
from analysis.study.partner.shares import Shares
from analysis.study.partner.small import Counted, part

GRANTED = "reflection_granted"
"""The one share that is a promise too: it is counted, and hidden, as the promise is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A share before and after: counted, as it may be shown, and of invented persons the truth.

    ``drawn`` is the difference over the draws of the linkage, where it may be shown.
    """

    counted: Shares
    shown: Mapping[Side, Value]
    truth: Shares | None
    drawn: tuple[float, float] | None = None


def answer(asked: Opened, name: str) -> Answer:
    """Count one of `shares.ALL`, or `GRANTED`."""
    if name == GRANTED:
        return offered(asked, covered.REFLECTION_KEY)
    found = shares.ALL[name](asked.frames, asked.eras)
    truth = shares.ALL[name](asked.true_frames, asked.eras) if asked.true_frames else None
    shown = {side: part(*found.of(side), asked.smallest) for side in SIDES}
    return Answer(found, shown, truth)


def offered(asked: Opened, key: str) -> Answer:
    """Count those who were offered one thing, as the groups shown beside it allow."""
    both = covered.by_key(asked.offers)[key]
    groups = covered.groups(both, asked.smallest)
    shown = {side: covered.everybody(both[side], groups, asked.smallest) for side in SIDES}
    exact = all(one.exact for one in shown.values())
    return Answer(
        Shares(*(both[side].counted[covered.EVERYBODY] for side in SIDES)),
        shown,
        _true(asked, key),
        _over_draws(both) if exact else None,
    )


def true_groups(asked: Opened, key: str) -> dict[Side, dict[str, Counted]] | None:
    """Count the same of what is true of invented persons, group by group."""
    if asked.true_frames is None:
        return None
    return {
        side: covered.by_hand(asked.true_frames, asked.eras, key, side, asked.national)
        for side in SIDES
    }


def _true(asked: Opened, key: str) -> Shares | None:
    known = true_groups(asked, key)
    return Shares(*(known[side][covered.EVERYBODY] for side in SIDES)) if known else None


def _over_draws(both: Mapping[Side, covered.Offer]) -> tuple[float, float] | None:
    before, after = both["before"].drawn, both["after"].drawn
    if before is None or after is None:
        return None
    low, high = after[0] - before[1], after[1] - before[0]
    return round(100 * low, 1), round(100 * high, 1)
