"""Support in, who returned, who was lost and who was trafficked again out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.chance import NEVER, Whole, chosen, happens, spans
from analysis.synthetic.course import Course
from analysis.synthetic.laws import ERAS
from analysis.synthetic.people import YEAR_DAYS
from analysis.synthetic.supporting import OUTCOMES

FATES = ("prepared_return", "unprepared_return", "lost_contact", "stays")
_GAP = 3  # days between the last offer and leaving
_BEFORE_AGAIN = 30  # days from leaving to being trafficked again, at least


def leave(course: Course, services: pd.DataFrame) -> None:
    """Draw what becomes of those identified; support ends when they leave.

    Fills ``fate`` (a position in `FATES`, -1: not identified), ``left_on`` (NEVER for those
    who stay) and ``again_on`` (entered a next episode). ``services`` is changed in place.
    """
    law, rng, episodes, size = course.laws.leaving, course.rng, course.episodes, len(course)
    identified = episodes["identified_on"].to_numpy()
    era = course.after(identified)
    drawn = np.where(
        era == 1, chosen(rng, law.fates["after"], size), chosen(rng, law.fates["before"], size)
    )
    home = at_home(course)
    fate = np.where(home & (drawn < 2), FATES.index("stays"), drawn)
    fate = np.where(identified < NEVER, fate, -1)
    medians = np.array([[law.days[one].get(name, 1.0) for name in FATES] for one in ERAS])
    days = spans(rng, medians[era, np.maximum(fate, 0)], law.spread, size)
    goes = (fate >= 0) & (fate < FATES.index("stays"))
    latest = np.zeros(size, np.int64)
    np.maximum.at(latest, services["episode"].to_numpy(), services["offered_on"].to_numpy() + _GAP)
    left = np.where(goes, np.maximum(np.where(goes, identified, 0) + 1 + days, latest), NEVER)
    episodes["fate"], episodes["left_on"] = fate.astype(np.int8), left.astype(np.int32)
    _end_support(episodes, services)
    _again(course)
    _stop_when_trafficked_again(episodes, services)


def at_home(course: Course) -> Whole:
    """Return who is a citizen of the country itself, and so has nowhere to be returned to."""
    law = course.laws.people
    countries = list(law.citizenships)
    home = countries.index(law.home) if law.home in countries else -1
    return np.asarray(course.of_person("citizenship") == home)


def _end_support(episodes: pd.DataFrame, services: pd.DataFrame) -> None:
    """End what runs when the person leaves; the support that lasted longest shows how."""
    at = services["episode"].to_numpy()
    left, fate = episodes["left_on"].to_numpy()[at], episodes["fate"].to_numpy()[at]
    started, ended = services["started_on"].to_numpy(), services["ended_on"].to_numpy()
    late = started >= left
    services["started_on"] = np.where(late, NEVER, started).astype(np.int32)
    begun = (started < NEVER) & ~late
    longest = _last_of_each(at, np.where(begun, ended, -1))
    cut = begun & (left < NEVER) & ((ended >= left) | longest)
    services["ended_on"] = np.where(cut, left, np.where(begun, ended, NEVER)).astype(np.int32)
    shown = np.where(
        fate == FATES.index("lost_contact"),
        OUTCOMES.index("lost_contact"),
        OUTCOMES.index("returned"),
    )
    outcome = np.where(cut, shown, services["outcome"].to_numpy())
    services["outcome"] = np.where(begun, outcome, -1).astype(np.int8)


def _last_of_each(at: Whole, on: Whole) -> Whole:
    """Return which row of each episode has the latest day."""
    order = np.lexsort((on, at))
    found = np.zeros(len(at), bool)
    last = np.ones(len(at), bool)
    last[:-1] = at[order][1:] != at[order][:-1]
    found[order[last]] = True
    return found


def _stop_when_trafficked_again(episodes: pd.DataFrame, services: pd.DataFrame) -> None:
    again = episodes["again_on"].to_numpy()[services["episode"].to_numpy()]
    begun = services["started_on"].to_numpy() < again
    running = begun & (services["ended_on"].to_numpy() > again)
    lost = np.where(running, OUTCOMES.index("lost_contact"), services["outcome"].to_numpy())
    services["outcome"] = np.where(begun, lost, -1).astype(np.int8)
    ended = np.minimum(services["ended_on"].to_numpy(), again)
    services["ended_on"] = np.where(begun, ended, NEVER).astype(np.int32)
    services["started_on"] = np.where(begun, services["started_on"], NEVER).astype(np.int32)


def _again(course: Course) -> None:
    law, episodes, size = course.laws.leaving, course.episodes, len(course)
    fate = episodes["fate"].to_numpy()
    hazard = np.array([law.trafficked_again[name] for name in FATES]) / YEAR_DAYS
    wait = course.rng.exponential(size=size) / hazard[np.maximum(fate, 0)]
    gone, identified = episodes["left_on"].to_numpy(), episodes["identified_on"].to_numpy()
    since = np.where(gone < NEVER, gone, identified).astype(np.float64)
    on = np.ceil(since + _BEFORE_AGAIN + wait)
    again = (fate >= 0) & (on <= course.last)
    episodes["again_on"] = np.where(again, on, NEVER).astype(np.int32)


def returns(course: Course) -> pd.DataFrame:
    """Return one row a return, made known by the body that followed it."""
    law, rng, episodes = course.laws.leaving, course.rng, course.episodes
    fate = episodes["fate"].to_numpy()
    at = np.flatnonzero((fate == 0) | (fate == 1))
    on, size = episodes["left_on"].to_numpy()[at], len(at)
    by = np.zeros(size, np.int8)
    for number, era in enumerate(ERAS):
        named = law.return_body[era]
        order = np.array([course.organisations.index(name) for name in named], np.int8)
        by = np.where(course.after(on) == number, order[chosen(rng, named, size)], by)
    earliest = episodes["identified_on"].to_numpy()[at]
    course.meet(at, by, np.maximum(earliest, on - law.known_days), "helped_to_return")
    followed, outcome = _followed(course, at, on)
    return pd.DataFrame(
        {
            "episode": at.astype(np.int32),
            "organisation": by.astype(np.int8),
            "prepared": fate[at] == 0,
            "returned_on": on,
            "followed_up_on": followed,
            "outcome": outcome,
        }
    )


def _followed(course: Course, at: Whole, on: Whole) -> tuple[Whole, Whole]:
    law, rng, size = course.laws.leaving, course.rng, len(at)
    share = np.array([law.followed[era] for era in ERAS])[course.after(on)]
    does = happens(rng, share, size)
    followed = np.where(
        does, on + 1 + spans(rng, law.followed_days, law.followed_spread, size), NEVER
    )
    again = course.episodes["again_on"].to_numpy()[at] <= followed
    contact = np.where(happens(rng, law.followed_in_contact, size), "in_contact", "lost_contact")
    outcome = np.where(does, np.where(again, "trafficked_again", contact), "not_followed")
    return followed.astype(np.int32), outcome.astype(object)
