"""What was owed and what came in; one row a submission owed, and a scorecard, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.contracts.partner.cases import Basis, Cases
from analysis.contracts.partner.periods import period
from analysis.contracts.partner.profiles import Profile, expected
from analysis.errors import IndicatorError
from analysis.methods import quality

if TYPE_CHECKING:
    from pandas import DataFrame

CAME = ("accepted", "superseded", "deleted")
"""States of a submission whose rows entered at some time; a held one has not come."""

COLUMNS = (
    "organisation", "form", "period", "period_first", "period_last", "due_on", "received_on",
    "state", "superseded", "rows", "set_aside", "questions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """How one organisation reports, by its parts: shares are 0 to 1, None where nothing was due.

    ``complete``: of what was due, the share that came; ``on_time``: that came by its day;
    ``median_delay_days`` is infinite where half or more never came.
    """

    organisation: str
    due: int
    came: int
    complete: float | None
    on_time: float | None
    median_delay_days: float | None
    held: int
    superseded: int
    rows: int
    set_aside: int


def matrix(cases: Cases) -> DataFrame:
    """Lay what came beside what was owed: one row a submission owed, in the order owed.

    ``state``: *on_time*, *late*, *held* (it came, but has questions), *not_submitted*,
    *not_due* (neither came nor is it due), *deleted* (it came; retention removed its rows).
    What counts is the day on which the first version that entered was received; a
    submission for a longer period stands for those within it. ``superseded`` counts versions
    that a correction replaced; ``rows`` and ``questions`` are those of the newest version.
    """
    import pandas as pd

    came = _by_sender(cases.received.to_pylist())
    rows = [_row(owed, came, cases.as_of) for owed in cases.expected.to_pylist()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def scorecard(cases: Cases, *, found: DataFrame | None = None) -> tuple[Score, ...]:
    """Give each organisation's completeness and timeliness, computed by `methods.quality`.

    Parameters
    ----------
    cases : Cases
        What was owed and what came.
    found : DataFrame, optional
        `matrix` of the same cases, if it is there already.
    """
    table = matrix(cases) if found is None else found
    return tuple(
        _score(str(name), rows, cases.as_of)
        for name, rows in table.groupby("organisation", sort=True)
    )


def nothing_submitted(
    profiles: Mapping[str, Profile], *, first: date, as_of: date, basis: Basis = "submitted"
) -> Cases:
    """Return cases without a row: what every sender owed from ``first``, and that none came.

    So indicators can be computed before anybody has sent anything: they are *not submitted*,
    and name who owes them.
    """
    import pyarrow as pa

    owed = [
        {"organisation": one.organisation, "form": one.form, "period": str(one.period),
         "due_on": one.due_on}
        for profile in profiles.values()
        for one in expected(profile, first, as_of)
    ]  # fmt: skip
    text, day, number = pa.string(), pa.date32(), pa.int64()
    head = [("organisation", text), ("form", text), ("period", text)]
    tail = [("received_on", day), ("version", number), ("state", text), ("rows", number),
            ("set_aside", number), ("questions", number)]  # fmt: skip
    return Cases(
        basis=basis,
        as_of=as_of,
        tables={},
        expected=pa.Table.from_pylist(owed, pa.schema([*head, ("due_on", day)])),
        received=pa.schema([*head, *tail]).empty_table(),
        draws=1,
        fingerprint="",
    )


def _by_sender(received: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in received:
        span = period(one["period"])
        entry = {**one, "first": span.first, "last": span.last}
        found.setdefault((one["organisation"], one["form"]), []).append(entry)
    return found


def _row(
    owed: dict[str, Any], came: dict[tuple[str, str], list[dict[str, Any]]], as_of: date
) -> dict[str, Any]:
    span = period(owed["period"])
    versions = [
        one
        for one in came.get((owed["organisation"], owed["form"]), [])
        if one["first"] <= span.first and one["last"] >= span.last and one["received_on"] <= as_of
    ]
    entered = [one["received_on"] for one in versions if one["state"] in CAME]
    newest = max(versions, key=lambda one: (one["version"], one["received_on"]), default={})
    return {
        **{name: owed[name] for name in ("organisation", "form", "period", "due_on")},
        "period_first": span.first,
        "period_last": span.last,
        "received_on": min(entered, default=None),
        "state": _state(owed["due_on"], versions, entered, as_of),
        "superseded": sum(one["state"] == "superseded" for one in versions),
        **{name: _total(newest.get(name)) for name in ("rows", "set_aside", "questions")},
    }


def _state(due: date, versions: list[dict[str, Any]], entered: list[date], as_of: date) -> str:
    if entered:
        if all(one["state"] == "deleted" for one in versions if one["state"] in CAME):
            return "deleted"
        return "on_time" if min(entered) <= due else "late"
    if versions:
        return "held"
    return "not_due" if due > as_of else "not_submitted"


def _total(value: Any) -> int:
    """Count rows or questions, which may be given as a number or as a list of them."""
    if value is None:
        return 0
    if isinstance(value, list | tuple):
        return len(value)
    if isinstance(value, int):
        return value
    raise IndicatorError(
        "received: rows, set_aside or questions are neither numbers nor lists. "
        "Read the submissions again."
    )


def _score(name: str, rows: DataFrame, as_of: date) -> Score:
    due = rows[[day <= as_of for day in rows["due_on"]]]
    pairs = list(zip(due["form"] + " " + due["period"], due["organisation"], strict=True))
    entered = [day if isinstance(day, date) and day == day else None for day in due["received_on"]]
    complete = on_time = delay = None
    came = 0
    if pairs:
        there = [pair for pair, day in zip(pairs, entered, strict=True) if day]
        shares = quality.submissions([(b, a) for a, b in pairs], [(b, a) for a, b in there])
        times = quality.timeliness(list(due["due_on"]), entered, as_of=as_of, within=(0,))
        complete, came = shares.overall.share, shares.overall.came
        on_time, delay = times.within[0].low, times.median_days
    return Score(
        organisation=name,
        due=len(pairs),
        came=came,
        complete=complete,
        on_time=on_time,
        median_delay_days=delay,
        held=int((rows["state"] == "held").sum()),
        superseded=int(rows["superseded"].sum()),
        rows=int(rows["rows"].sum()),
        set_aside=int(rows["set_aside"].sum()),
    )
