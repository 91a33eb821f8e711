"""What was owed, what came and what it holds in, how good each sender's data are out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.contracts.partner.cases import Cases
from analysis.contracts.partner.periods import period
from analysis.contracts.partner.pictures import Due, DueState
from analysis.contracts.partner.profiles import Profile
from analysis.methods.quality.score import Score, score

PARTS = ("complete", "on_time", "valid", "filled", "consistent", "linkable")
"""Parts of quality, all shares: reports that came; that came in time; rows that nobody had to
ask about; fields of persons that are filled; persons on whom senders agree; persons who can be
recognised elsewhere."""

FILLED = ("sex", "citizenship", "birth_year", "child")
NOT_STATED = "unknown"


@dataclass(frozen=True, slots=True)
class Card:
    """One sender: its parts (None: nothing to judge by), their mean, rows and what was asked."""

    organisation: str
    parts: Mapping[str, float | None]
    score: Score | None
    due: int
    came: int
    rows: int
    set_aside: int
    questioned: int
    median_delay_days: float | None


def cards(cases: Cases, profiles: Mapping[str, Profile], smallest: int) -> tuple[Card, ...]:
    """Score each sender. Shares of fewer than ``smallest`` persons are left out."""
    from analysis.indicators import matrix, scorecard

    table = matrix(cases)
    persons = _persons(cases)
    found = []
    for one in scorecard(cases, found=table):
        own = table[table["organisation"] == one.organisation]
        rows, aside = int(own["rows"].sum()), int(own["set_aside"].sum())
        asked = int(own["questions"].sum())
        profile = profiles[one.organisation]
        parts: dict[str, float | None] = {
            "complete": one.complete,
            "on_time": one.on_time,
            "valid": 1 - min(max(asked, aside) / rows, 1.0) if rows else None,
            **_of_persons(persons, profile, smallest),
        }
        known = {name: share for name, share in parts.items() if share is not None}
        # Of a sender of whom nothing came, only that can be said.
        scored = score(known) if one.came and len(known) > 1 else None
        found.append(
            Card(
                organisation=one.organisation,
                parts=parts,
                score=scored,
                due=one.due,
                came=one.came,
                rows=rows,
                set_aside=aside,
                questioned=asked,
                median_delay_days=one.median_delay_days,
            )
        )
    return tuple(found)


def _persons(cases: Cases) -> pd.DataFrame:
    """Return the row of each record with what linkage knows of its person."""
    table = cases.tables.get("person_rows")
    if table is None:
        return pd.DataFrame(columns=["organisation", "pseudonym", *FILLED])
    rows: pd.DataFrame = table.to_pandas()
    resolved = cases.tables["persons"].to_pandas().set_index("pseudonym")
    for name in ("organisations", "conflicts", "linkable"):
        if name in resolved.columns:
            rows[f"_{name}"] = rows["pseudonym"].map(resolved[name])
    return rows


def _of_persons(persons: pd.DataFrame, profile: Profile, smallest: int) -> dict[str, float | None]:
    own = persons[persons["organisation"] == profile.organisation]
    parts: dict[str, float | None] = dict.fromkeys(("filled", "consistent", "linkable"))
    if len(own) < smallest:
        return parts
    sent = _sent(profile)
    filled = [own[name].notna() & (own[name].astype(object) != NOT_STATED) for name in sent]
    parts["filled"] = float(sum(one.mean() for one in filled) / len(filled)) if filled else None
    shared = own[own.get("_organisations", pd.Series(0, index=own.index)) > 1]
    if len(shared) >= smallest:
        parts["consistent"] = float((shared["_conflicts"] == 0).mean())
    if "_linkable" in own.columns:
        parts["linkable"] = float(own["_linkable"].fillna(False).astype(bool).mean())
    return parts


def _sent(profile: Profile) -> list[str]:
    """Return the fields of persons that a sender may fill; a year of birth comes of the date."""
    fields = profile.forms.get("persons", ())
    names = {"birth_year": "birth_date"}
    return [name for name in FILLED if names.get(name, name) in fields]


def half_years(cases: Cases) -> tuple[tuple[str, ...], dict[str, tuple[Due, ...]], int]:
    """Lay what was owed out by half-years, a line a sender; and count what came late.

    A report for a longer period stands in the half-year in which it ends, one for a shorter
    in the half-year that holds it.
    """
    from analysis.indicators import matrix

    table = matrix(cases)
    table = table[table["state"] != "not_due"]
    spans = [f"{day.year}H{1 if day.month <= 6 else 2}" for day in table["period_last"]]
    table = table.assign(half=spans)
    names = tuple(sorted(set(spans), key=lambda name: period(name).first))
    lines = {
        str(sender): tuple(_due(rows[rows["half"] == name]) for name in names)
        for sender, rows in table.groupby("organisation", sort=True)
    }
    return names, lines, int((table["state"] == "late").sum())


def _due(rows: pd.DataFrame) -> Due:
    if rows.empty:
        return Due("not_due")
    came = rows["state"].isin(["on_time", "late", "deleted"])
    state: DueState = "part"
    if came.all():
        state = "late" if (rows["state"] == "late").any() else "in_time"
    elif not came.any():
        state = "none"
    return Due(state, int(came.sum()), len(rows))
