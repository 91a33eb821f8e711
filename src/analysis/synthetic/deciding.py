"""Who met whom in, who presumed, who identified and who said no out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.chance import NEVER, Days, Whole, chosen, happens, spans
from analysis.synthetic.course import Course, sending
from analysis.synthetic.laws import ERAS


def presume(course: Course) -> Days:
    """Let bodies presume; return the day by episode and organisation.

    Fills ``presumed_on`` and ``presumed_by`` (the first of them; -1: none).
    """
    law, rng, size = course.laws.deciding, course.rng, len(course)
    bodies = sending(course.world, "assessments")
    met = np.full_like(course.met, NEVER)
    met[:, bodies] = course.met[:, bodies]
    first = met.argmin(axis=1)
    presumed = np.full_like(met, NEVER)
    for at in bodies:
        share = np.where(first == at, law.presumed, law.presumed_again)
        does = (met[:, at] < NEVER) & happens(rng, share, size)
        days = spans(rng, law.presumed_days, law.presumed_spread, size)
        presumed[:, at] = np.where(does, met[:, at] + np.where(does, days, 0), NEVER)
    course.episodes["presumed_on"] = presumed.min(axis=1)
    someone = course.episodes["presumed_on"].to_numpy() < NEVER
    course.episodes["presumed_by"] = np.where(someone, presumed.argmin(axis=1), -1).astype(np.int8)
    return presumed


def decide(course: Course) -> None:
    """Identify victims, and find that others are none.

    Fills ``identified_on``, ``identified_by``, ``not_victim_on`` and ``not_victim_by``.
    Whoever decides knows the person from then on.
    """
    law, rng, size = course.laws.deciding, course.rng, len(course)
    presumed_on = course.episodes["presumed_on"].to_numpy()
    presumed, after = presumed_on < NEVER, course.after(presumed_on)
    victim = course.of_person("victim")
    share = np.array([law.identified[era] for era in ERAS])[after]
    identified = presumed & victim & happens(rng, share, size)
    days = spans(rng, _of(law.identified_days)[after], law.identified_spread, size)
    on = np.where(identified, np.where(presumed, presumed_on, 0) + days, NEVER)
    _decided(course, "identified", on.astype(np.int32))
    denied = np.where(victim, law.wrongly_not, law.not_victim)
    refused = presumed & ~identified & happens(rng, denied, size)
    days = spans(rng, _of(law.identified_days)[after], law.identified_spread, size)
    on = np.where(refused, np.where(presumed, presumed_on, 0) + days, NEVER)
    _decided(course, "not_victim", on.astype(np.int32))


def _decided(course: Course, what: str, on: Days) -> None:
    """Draw who decided, by the era of the decision, and let that body know the person."""
    law, rng = course.laws.deciding, course.rng
    after = course.after(on)
    by = np.full(len(on), -1, np.int8)
    for number, era in enumerate(ERAS):
        named = law.identified_by[era]
        order = np.array([course.organisations.index(name) for name in named], np.int8)
        drawn = order[chosen(rng, named, len(on))]
        by = np.where((on < NEVER) & (after == number), drawn, by)
    course.episodes[f"{what}_on"], course.episodes[f"{what}_by"] = on, by.astype(np.int8)
    some = np.flatnonzero(on < NEVER)
    course.meet(some, by[some], on[some], "assessed")


def assessments(course: Course, presumed: Days) -> pd.DataFrame:
    """Return one row for each assessment that a body made, or was told of and reports."""
    episodes, rng = course.episodes, course.rng
    decided = np.minimum(episodes["identified_on"].to_numpy(), episodes["not_victim_on"].to_numpy())
    rows = []
    bodies = sending(course.world, "assessments")
    for at in bodies:
        # Nobody presumes what is already decided.
        made = np.flatnonzero((presumed[:, at] < NEVER) & (presumed[:, at] < decided))
        rows.append(_rows(made, at, "presumed", at, presumed[made, at]))
    for what, status in (("identified", "identified"), ("not_victim", "not_a_victim")):
        on, by = episodes[f"{what}_on"].to_numpy(), episodes[f"{what}_by"].to_numpy()
        for at in bodies:
            told = (
                (by != at)
                & (course.met[:, at] <= on)
                & happens(rng, course.laws.deciding.told, len(on))
            )
            some = np.flatnonzero((on < NEVER) & ((by == at) | told))
            rows.append(_rows(some, at, status, by[some], on[some]))
    return pd.concat(rows, ignore_index=True)


def _rows(episode: Whole, organisation: int, status: str, by: object, on: Whole) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "episode": episode.astype(np.int32),
            "organisation": np.full(len(episode), organisation, np.int8),
            "status": status,
            "decided_by": np.broadcast_to(np.asarray(by, np.int8), len(episode)),
            "decided_on": on.astype(np.int32),
        }
    )


def _of(table: dict[str, float]) -> Whole:
    return np.array([table[era] for era in ERAS], float)
