"""What is true of invented persons in, laid out as what partners report of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.engine.reuse import recorder
from analysis.study.partner.frames import Frame, Frames

TABLES = ("persons", "episodes", "assessments", "services", "rights", "returns", "referrals")
OF_FILES = ("faults", "expected")
"""Tables that tell of files, not of what happened."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The true tables by name, of which `frames` are what a partner with perfect sight reports."""

    tables: Mapping[str, Frame]

    def frames(self, as_of: date) -> Frames:
        """Lay out what had truly happened by a day, whether or not anybody reported it."""
        day = pd.Timestamp(as_of)
        known = {name: _until(self.tables[name], day) for name in TABLES}
        events = {name: _event(known[name]) for name in ("services", "rights", "returns")}
        referrals = _event(known["referrals"]).rename(columns={"to": "to_organisation"})
        unanswered = referrals["answered_on"].isna()
        referrals["answer"] = referrals["answer"].mask(unanswered, "waiting")
        return Frames(
            persons=_persons(known["persons"], known["episodes"]),
            referrals=referrals[referrals["referred_on"].notna()],
            assessments=_event(known["assessments"]),
            as_of=as_of,
            **{
                name: table[table[_BEGINS[name]].notna()].reset_index(drop=True)
                for name, table in events.items()
            },
        )


_BEGINS = {"services": "offered_on", "rights": "decided_on", "returns": "returned_on"}


def read_truth(folder: Path) -> Truth:
    """Read the true tables beside the files of a draw, each announced."""
    tables = {}
    for name in (*TABLES, *OF_FILES):
        path = folder / "truth" / f"{name}.csv"
        recorder.note(path)
        table = pd.read_csv(path)
        for column in table.columns:
            if column.endswith("_on"):
                table[column] = pd.to_datetime(table[column])
        tables[name] = table
    return Truth(tables)


def _until(table: Frame, day: pd.Timestamp) -> Frame:
    """Leave out the days that had not come."""
    found = table.copy()
    for column in found.columns:
        if column.endswith("_on"):
            found[column] = found[column].where(found[column] <= day)
    return found


def _event(table: Frame) -> Frame:
    found = table.rename(columns={"true_id": "pseudonym"})
    for name in ("accepted", "granted", "prepared"):
        if name in found.columns:
            found[name] = found[name].astype("boolean")
    ended = "ended_on" in found.columns
    for name in ("outcome", "end"):
        if name in found.columns and ended:
            found[name] = found[name].where(found["ended_on"].notna())
    return found


def _persons(people: Frame, episodes: Frame) -> Frame:
    first = episodes.groupby("true_id")[["presumed_on", "identified_on", "not_victim_on"]].min()
    found = people.set_index("true_id")[["sex", "citizenship", "group"]].join(first)
    found["child"] = (found["group"] == "children").astype("boolean")
    return found.rename_axis("pseudonym").reset_index()
