"""Persons in, how long until something happened to each, before and after, and curves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.contracts.partner.pictures import Curve, Side
from analysis.errors import MethodError
from analysis.language import words
from analysis.methods.checked import Estimate
from analysis.methods.survival.competing import Incidence, cumulative_incidence, incidence_at
from analysis.methods.survival.kaplan_meier import kaplan_meier, quantile
from analysis.study.partner.eras import SIDES, Eras
from analysis.study.partner.frames import Frame, Frames
from analysis.study.partner.small import whole

LEVEL = 0.95
STEP = 30
"""Days from one point of a curve to the next: a step on each day would show single persons."""

WAITED = ("shelter", "health", "psychological", "legal", "social", "return_help")
"""Kinds of support whose waiting times are drawn."""

WAIT_DAYS, LEFT_DAYS = 180, 720

Days = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spells:
    """Days from identification to what came first, and what it was (0: nothing yet)."""

    days: Days
    cause: npt.NDArray[np.int64]


BySide = Mapping[Side, Spells]
OF = Callable[[Frames, Eras], BySide]


def wait_for(service: str) -> OF:
    """Return what asks for the wait until a kind of support began (cause 1) or the person left."""

    def ask(frames: Frames, eras: Eras) -> BySide:
        rows = frames.services
        begun = rows[(rows["service"] == service) & rows["started_on"].notna()]
        return _spells(frames, eras, [_first(begun, "started_on"), _left(frames)])

    return ask


def first_help(frames: Frames, eras: Eras) -> BySide:
    """Return the wait until any help began (cause 1) or the person left."""
    begun = frames.services[frames.services["started_on"].notna()]
    return _spells(frames, eras, [_first(begun, "started_on"), _left(frames)])


WAYS = ("prepared_return", "unprepared_return", "lost_contact")
"""How somebody leaves the help, in the order of the causes of `leaving`."""


def leaving(frames: Frames, eras: Eras) -> BySide:
    """Return the days until a person left, by the first of `WAYS`."""
    returns, support = frames.returns, frames.services
    ready = returns["prepared"].fillna(False)
    lost = support[support["outcome"] == "lost_contact"]
    firsts = [
        _first(returns[ready], "returned_on"),
        _first(returns[~ready], "returned_on"),
        _first(lost, "ended_on"),
    ]
    return _spells(frames, eras, firsts)


def trafficked_again(frames: Frames, eras: Eras) -> BySide:
    """Return the days until somebody learned that a person had been trafficked again.

    Learned from following up a return, or from an assessment after the person had left.
    """
    returns = frames.returns
    told = returns[returns["outcome"] == "trafficked_again"]
    left = _left(frames)
    later = frames.assessments[frames.assessments["status"].isin(["presumed", "identified"])]
    gone = later["pseudonym"].map(left)
    again = later[gone.notna() & (later["decided_on"] > gone)]
    first = pd.concat([_first(told, "followed_up_on"), _first(again, "decided_on")])
    return _spells(frames, eras, [first.groupby(level=0).min()])


def curve(spells: Spells, cause: int, side: Side, *, smallest: int, last: int) -> Curve:
    """Return the curve of one cause, on days that are `STEP` apart, as far as it may be shown.

    It needs twice the smallest count of persons and the smallest count of events, and ends
    where fewer than the smallest count are still watched.
    """
    persons = whole(len(spells.days), smallest)
    events = int((spells.cause == cause).sum())
    if len(spells.days) < 2 * smallest:
        return Curve(side, persons, refused=words.text("partner.few_persons", n=2 * smallest))
    if events < smallest:
        return Curve(side, persons, refused=words.text("partner.few_events", n=smallest))
    days = [day for day in range(0, last + 1, STEP) if (spells.days >= day).sum() >= smallest]
    found = _of_cause(spells, cause)
    read = incidence_at(found, days)
    return Curve(
        side,
        persons,
        days=tuple(days),
        share=tuple(one.value for one in read),
        low=tuple(one.low for one in read),
        high=tuple(one.high for one in read),
    )


def shares_on(spells: Spells, cause: int, days: tuple[int, ...]) -> tuple[float, ...]:
    """Return the share of one cause on given days, 0 where it never came."""
    if not len(spells.days) or not (spells.cause == cause).any():
        return ()
    found = _of_cause(spells, cause)
    reach = [min(day, found.followed_to) for day in days]
    return tuple(one.value for one in incidence_at(found, reach))


def median(spells: Spells) -> Estimate | None:
    """Return the median days to cause 1, leaving taken as still waiting; None without events."""
    observed = spells.cause == 1
    if not observed.any():
        return None
    try:
        return quantile(kaplan_meier(spells.days, observed, level=LEVEL))
    except MethodError:
        return None


def _of_cause(spells: Spells, cause: int) -> Incidence:
    found = cumulative_incidence(spells.days, spells.cause, level=LEVEL)
    return next(one for one in found if one.cause == cause)


def _first(rows: Frame, column: str) -> Any:
    return rows.dropna(subset=[column]).groupby("pseudonym")[column].min()


def _left(frames: Frames) -> Any:
    """Return the day on which each person returned home, or contact was lost."""
    lost = frames.services[frames.services["outcome"] == "lost_contact"]
    both = pd.concat([_first(frames.returns, "returned_on"), _first(lost, "ended_on")])
    return both.groupby(level=0).min()


def _spells(frames: Frames, eras: Eras, firsts: list[Any]) -> BySide:
    """Give each identified person the days until the first of several things, and which it was.

    What came before identification came on day 0; who had left by then is not watched.
    """
    known = frames.persons[frames.persons["identified_on"].notna()]
    start = known["identified_on"]
    ends = np.full((len(known), len(firsts) + 1), np.inf)
    ends[:, -1] = np.maximum((pd.Timestamp(frames.as_of) - start).dt.days.to_numpy(float), 0)
    for place, first in enumerate(firsts):
        days = (known["pseudonym"].map(first) - start).dt.days.to_numpy(float)
        ends[:, place] = np.where(np.isnan(days), np.inf, np.maximum(days, 0))
    which = ends.argmin(axis=1)
    cause = np.where(which == len(firsts), 0, which + 1)
    days = ends[np.arange(len(known)), which]
    sides: dict[Side, Spells] = {}
    for side in SIDES:
        inside = eras.within(start, side).to_numpy()
        sides[side] = Spells(days[inside], cause[inside].astype(np.int64))
    return sides
