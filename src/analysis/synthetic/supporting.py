"""Those identified or presumed in, what was offered, accepted, begun and ended out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.chance import NEVER, Whole, by_two, chosen, happens, spans
from analysis.synthetic.course import Course, sending
from analysis.synthetic.laws import ERAS, GROUPS
from analysis.synthetic.referring import SERVICES

OUTCOMES = (
    "completed", "moved_on", "ended_by_person", "other", "returned", "lost_contact",
)  # fmt: skip
"""How support ends; the first four in the order of the laws."""


def support(course: Course) -> pd.DataFrame:
    """Draw what bodies offer those in touch with them.

    Fills ``anchor`` (day of identification, else of presumption), ``touched`` (known to a
    body that gives support by some days later) and ``group`` of each episode.

    Returns
    -------
    pandas.DataFrame
        One row for each kind of support offered by one body: episode, organisation, service,
        offered_on, accepted, started_on, ended_on, outcome (a position in `OUTCOMES`), twice
        (a second body offered the same).
    """
    law, episodes = course.laws.support, course.episodes
    identified = episodes["identified_on"].to_numpy()
    anchor = np.where(identified < NEVER, identified, episodes["presumed_on"].to_numpy())
    bodies = sending(course.world, "services")
    nearest = course.met[:, bodies].min(axis=1).astype(np.int64)
    episodes["anchor"] = anchor
    episodes["touched"] = (anchor < NEVER) & (nearest <= anchor.astype(np.int64) + law.touch_days)
    episodes["group"] = course.group()
    episodes["era"] = course.after(anchor)
    touched = np.flatnonzero(episodes["touched"].to_numpy())
    rows = [_offers(course, kind, touched, bodies) for kind in range(len(SERVICES))]
    return pd.concat(rows, ignore_index=True).sort_values(
        ["episode", "offered_on"], kind="stable", ignore_index=True
    )


def _offers(course: Course, kind: int, touched: Whole, bodies: list[int]) -> pd.DataFrame:
    law, rng, episodes = course.laws.support, course.rng, course.episodes
    era, group = episodes["era"].to_numpy()[touched], episodes["group"].to_numpy()[touched]
    name = SERVICES[kind]
    share = np.array([[law.offered[one][other][name] for other in GROUPS] for one in ERAS])
    identified = episodes["identified_on"].to_numpy()[touched] < NEVER
    factor = np.where(identified, 1.0, law.presumed_only)
    at = touched[happens(rng, share[era, group] * factor, len(touched))]
    era = episodes["era"].to_numpy()[at]
    days = spans(
        rng, by_two(law.offered_days, ERAS, SERVICES)[era, kind], law.offered_spread, len(at)
    )
    due = episodes["anchor"].to_numpy()[at] + days
    first, second = _providers(course, name, at, bodies)
    twice = happens(rng, np.array([law.twice[one] for one in ERAS])[era], len(at)) & (second >= 0)
    later = spans(
        rng, by_two(law.offered_days, ERAS, SERVICES)[era, kind], law.offered_spread, len(at)
    )
    both = np.concatenate([np.arange(len(at)), np.flatnonzero(twice)])
    again = np.arange(len(both)) >= len(at)
    by = np.where(again, second[both], first[both])
    wished = np.where(again, due[both] + later[both], due[both])
    offered = np.maximum(wished, course.met[at[both], by])
    return _begun(course, kind, at[both], by, offered, again)


def _providers(course: Course, name: str, at: Whole, bodies: list[int]) -> tuple[Whole, Whole]:
    """Draw two different bodies in touch with each: by weight, else any; -1: no second."""
    law = course.laws.support
    given = law.providers.get(name, {})
    weights = np.array([given.get(course.organisations[body], 1.0) for body in bodies])
    limit = course.episodes["anchor"].to_numpy()[at].astype(np.int64) + law.touch_days
    knows = course.met[at][:, bodies] <= limit[:, None]
    with np.errstate(divide="ignore"):
        # A body without weight is drawn only where no other knows the person.
        score = np.log(np.maximum(weights, 1e-9)) + course.rng.gumbel(size=knows.shape)
    score = np.where(knows, score, -np.inf)
    order = np.argsort(-score, axis=1, kind="stable")
    named = np.asarray(bodies)
    has_second = (knows.sum(axis=1) > 1) & (weights[order[:, 1]] > 0)
    return named[order[:, 0]], np.where(has_second, named[order[:, 1]], -1)


def _begun(
    course: Course, kind: int, at: Whole, by: Whole, offered: Whole, twice: Whole
) -> pd.DataFrame:
    law, rng, size = course.laws.support, course.rng, len(at)
    group = course.episodes["group"].to_numpy()[at]
    accepted = happens(rng, np.array([law.accepted[one] for one in GROUPS])[group], size)
    begun = accepted & happens(rng, law.started, size)
    started = offered + spans(rng, law.started_days, law.started_spread, size)
    lasts = spans(rng, law.lasts_days[SERVICES[kind]], law.lasts_spread, size)
    return pd.DataFrame(
        {
            "episode": at.astype(np.int32),
            "organisation": by.astype(np.int8),
            "service": np.full(size, kind, np.int8),
            "offered_on": offered.astype(np.int32),
            "accepted": accepted,
            "started_on": np.where(begun, started, NEVER).astype(np.int32),
            "ended_on": np.where(begun, started + 1 + lasts, NEVER).astype(np.int32),
            "outcome": np.where(begun, chosen(rng, law.ends, size), -1).astype(np.int8),
            "twice": twice,
        }
    )
