"""Identified foreigners in, decisions on reflection periods, permits, asylum, compensation out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.synthetic.chance import NEVER, Whole, day, happens, spans
from analysis.synthetic.course import Course
from analysis.synthetic.laws import ERAS, Shares
from analysis.synthetic.leaving import FATES, at_home

AUTHORITY = "syn_immigration"


@dataclass(frozen=True, slots=True)
class _Law:
    """Whether each decision falls before (0) or after (1) the change of the law."""

    after: Whole

    def of(self, table: Shares) -> Whole:
        return np.array([table[era] for era in ERAS], float)[self.after]


def entitle(course: Course) -> pd.DataFrame:
    """Draw decisions on rights; the authority knows the person from the first of them.

    Returns
    -------
    pandas.DataFrame
        One row a decision: episode, organisation, right, decided_on, granted, accepted,
        starts_on, days (-1: none set), ended_on, end.
    """
    identified = course.episodes["identified_on"].to_numpy()
    left = course.episodes["left_on"].to_numpy()
    at = np.flatnonzero((identified < NEVER) & ~at_home(course))
    periods = _reflection(course, at, identified[at])
    rows = [*periods, *_later(course, at, identified[at])]
    found = _until(pd.concat(rows, ignore_index=True), left)
    organisation = course.organisations.index(AUTHORITY)
    found.insert(1, "organisation", np.full(len(found), organisation, np.int8))
    first = found.groupby("episode")["decided_on"].min()
    course.meet(first.index.to_numpy(), organisation, first.to_numpy(), "decided_on")
    return found.sort_values(["episode", "decided_on"], kind="stable", ignore_index=True)


def _until(found: pd.DataFrame, left: Whole) -> pd.DataFrame:
    """Drop what would be decided after the person left, and end what then still runs."""
    gone = left[found["episode"].to_numpy()]
    found, gone = found[found["decided_on"] < gone], gone[found["decided_on"] < gone]
    early = (found["accepted"] & (found["ended_on"] > gone)).to_numpy()
    found["ended_on"] = np.where(early, gone, found["ended_on"]).astype(np.int32)
    found["end"] = np.where(early, "left_early", found["end"])
    return found


def _reflection(course: Course, at: Whole, identified: Whole) -> list[pd.DataFrame]:
    law, rng, size = course.laws.rights, course.rng, len(at)
    median = np.array([law.decided_days[era] for era in ERAS])[course.after(identified)]
    decided = identified + spans(rng, median, law.decided_spread, size)
    rule = _Law((decided >= day(law.law_changes)).astype(np.int8))
    granted = happens(rng, rule.of(law.granted), size)
    accepted = granted & happens(rng, rule.of(law.accepted), size)
    days = np.array([law.days[era] for era in ERAS])[rule.after]
    kept = accepted & happens(rng, rule.of(law.kept), size)
    extended = kept & (rule.after == 1) & happens(rng, law.extended, size)
    early = 1 + (rng.random(size) * (days - 1)).astype(int)
    ended = np.where(kept, decided + days, decided + early)
    end = np.where(kept, np.where(extended, "replaced", "kept"), "left_early")
    first = _rows(at, "reflection_period", decided, granted, accepted, days, ended, end)
    low, high = law.extended_days
    more = rng.integers(low, high + 1, size)
    stayed = happens(rng, law.extended_kept, size)
    gone = ended + np.where(stayed, more, 1 + (rng.random(size) * (more - 1)).astype(int))
    all_ = np.ones(size, bool)
    second = _rows(
        at, "extended_period", ended, all_, all_, more, gone, np.where(stayed, "kept", "left_early")
    )
    return [first, second[extended]]


def _later(course: Course, at: Whole, identified: Whole) -> list[pd.DataFrame]:
    law, rng, size = course.laws.rights, course.rng, len(at)
    era = _Law(course.after(identified))
    stays = course.episodes["fate"].to_numpy()[at] == FATES.index("stays")
    rows = []
    for right, share, granted in (
        ("residence_permit", law.permit, 1.0),
        ("asylum", law.asylum, law.asylum_granted),
        ("compensation", law.compensation, 1.0),
    ):
        decided = identified + spans(rng, law.later_days, law.later_spread, size)
        asked = happens(rng, era.of(share), size) & (stays | (right == "compensation"))
        given = happens(rng, granted, size)
        lasts = np.full(size, law.permit_days if right == "residence_permit" else -1)
        ended = np.where(lasts > 0, decided + lasts, NEVER)
        end = np.where(lasts > 0, "kept", "")
        rows.append(_rows(at, right, decided, given, given, lasts, ended, end)[asked])
    return rows


def _rows(
    at: Whole, right: str, decided: Whole, granted: Whole, accepted: Whole, days: Whole,
    ended: Whole, end: Whole,
) -> pd.DataFrame:  # fmt: skip
    return pd.DataFrame(
        {
            "episode": at.astype(np.int32),
            "right": right,
            "decided_on": decided.astype(np.int32),
            "granted": granted,
            "accepted": accepted,
            "starts_on": np.where(accepted, decided, NEVER).astype(np.int32),
            "days": np.where(granted, days, -1).astype(np.int32),
            "ended_on": np.where(accepted, ended, NEVER).astype(np.int32),
            "end": np.where(accepted, end, "").astype(object),
        }
    )
