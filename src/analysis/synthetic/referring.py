"""Who knows whom in, referrals and their answers out; whoever accepts knows the person too."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.synthetic.chance import NEVER, Whole, chosen, day, happens, spans
from analysis.synthetic.course import Course
from analysis.synthetic.laws import ERAS, Shares

ANSWERS = ("accepted", "declined", "waiting")
SERVICES = (
    "shelter", "health", "psychological", "legal", "social", "education", "livelihood",
    "interpreting", "return_help", "guardian",
)  # fmt: skip


def refer(course: Course) -> pd.DataFrame:
    """Draw one round of referrals among those who know the person.

    Returns
    -------
    pandas.DataFrame
        One row a referral: episode, organisation, to, referred_on, answer (a position in
        `ANSWERS`), answered_on, service (in `SERVICES`), known (the other knew the person
        already: duplicated effort).
    """
    met = course.met.copy()
    names = course.organisations
    rows = [
        _between(course, met, sender, target)
        for sender in range(len(names))
        for target in range(len(names))
        if _shares(course, names[sender], names[target]).any()
    ]
    found = pd.concat(rows, ignore_index=True)
    found = found.sort_values(["episode", "referred_on"], kind="stable", ignore_index=True)
    accepted = found[found["answer"] == ANSWERS.index("accepted")]
    first = accepted.sort_values("answered_on", kind="stable").drop_duplicates(["episode", "to"])
    at, to = first["episode"].to_numpy(), first["to"].to_numpy()
    course.meet(at, to, first["answered_on"].to_numpy(), "referred")
    return found


def _shares(course: Course, sender: str, target: str) -> Whole:
    sent = course.laws.referrals.sent
    return np.array([sent[era].get(sender, {}).get(target, 0.0) for era in ERAS])


def _between(course: Course, met: Whole, sender: int, target: int) -> pd.DataFrame:
    law, rng, names = course.laws.referrals, course.rng, course.organisations
    knows = np.flatnonzero(met[:, sender] <= course.last)
    on = met[knows, sender]
    does = happens(rng, _shares(course, names[sender], names[target])[course.after(on)], len(on))
    episode, on = knows[does], on[does]
    size = len(episode)
    referred = on + spans(rng, _of(law.sent_days)[course.after(on)], law.spread, size)
    if names[target] == "syn_centre":
        referred = np.maximum(referred, day(course.laws.centre_opens))
    after = course.after(referred)
    drawn = rng.random(size)
    accepted, declined = _of(law.accepted)[after], _of(law.declined)[after]
    answer = np.where(drawn < accepted, 0, np.where(drawn < accepted + declined, 1, 2))
    days = spans(rng, _of(law.answer_days)[after], law.spread, size)
    return pd.DataFrame(
        {
            "episode": episode.astype(np.int32),
            "organisation": np.full(size, sender, np.int8),
            "to": np.full(size, target, np.int8),
            "referred_on": referred.astype(np.int32),
            "answer": answer.astype(np.int8),
            "answered_on": np.where(answer < 2, referred + days, NEVER).astype(np.int32),
            "service": chosen(rng, dict.fromkeys(SERVICES[:9], 1.0), size),
            "known": met[episode, target] <= referred,
        }
    )


def _of(table: Shares) -> Whole:
    return np.array([table[era] for era in ERAS], float)
