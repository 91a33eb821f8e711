"""Rows of one file in, the same rows with bad ones among them, and where they stand, out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.periods import Period
from analysis.contracts.partner.profiles import Profile
from analysis.synthetic.chance import Generator
from analysis.synthetic.files import Content
from analysis.synthetic.referring import SERVICES
from analysis.synthetic.telling import ArrowTable

ASKED = ("over_occupied", "no_act_means_purpose", "over_long", "child_mismatch")
"""Faults in a row that stands: it is asked about, and enters. Others are in rows of their own
that tell of nothing: they hold the file, and are lost on nobody when they are set aside."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planted:
    """One bad row: ``row`` as a spreadsheet numbers it (the header is row 1).

    ``double_of`` is the row that a duplicate repeats: who finds the one names both.
    """

    form: str
    row: int
    field: str
    fault: str
    holds: bool
    double_of: int | None = None


@dataclass(frozen=True, slots=True)
class Bad:
    """A row to be planted: after which row it stands, or which row it is; what is in it.

    ``raw`` are cells that no typed value can be.
    """

    at: int
    field: str
    row: Row
    raw: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Site:
    """Where faults are planted."""

    form: str
    period: Period
    profile: Profile
    forms: Forms
    rows: list[Row]

    def keys(self) -> set[tuple[Any, ...]]:
        return {self.key(row) for row in self.rows}

    def key(self, row: Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in self.forms.forms[self.form].key)


def plant(
    content: Content, fault: str, count: int, period: Period, profile: Profile, forms: Forms,
    rng: Generator,
) -> tuple[Content, list[Planted]]:  # fmt: skip
    """Plant ``count`` rows with one fault, or as many as the file has room for.

    The file must not have been planted before: rows are numbered as they stand in the end.
    """
    table: ArrowTable = content.table
    site = _Site(content.form, period, profile, forms, table.to_pylist())
    found: list[Bad] = []
    known = site.keys()
    for at in rng.permutation(len(site.rows)).tolist():
        if len(found) == count:
            break
        bad = _FAULTS[fault](site, at)
        new = bad is not None and (
            fault in (*ASKED, "duplicate_id") or site.key(bad.row) not in known
        )
        if bad is not None and new:
            known.add(site.key(bad.row))
            found.append(bad)
    return _planted(content, site, fault, sorted(found, key=lambda one: one.at))


def _planted(
    content: Content, site: _Site, fault: str, found: list[Bad]
) -> tuple[Content, list[Planted]]:
    rows, raw, told = list(site.rows), {}, []
    for number, bad in enumerate(found):
        if fault in ASKED:
            place = bad.at
            rows[place] = bad.row
        else:
            place = bad.at + 1 + number
            rows.insert(place, bad.row)
        raw.update({(place, field): cell for field, cell in bad.raw.items()})
        # A duplicate stands straight after the row that it repeats.
        double = place + 1 if fault == "duplicate_id" else None
        told.append(Planted(content.form, place + 2, bad.field, fault, fault not in ASKED, double))
    table = pa.Table.from_pylist(rows, schema=content.table.schema)
    return replace(content, table=table, raw=raw), told


def _other(row: Row, **changed: Any) -> Row:
    return {**row, **changed}


_FIRST = {"services": "offered_on", "assessments": "decided_on"}


def _impossible_date(site: _Site, at: int) -> Bad | None:
    field, row = _FIRST[site.form], site.rows[at]
    year = site.period.first.year
    cell = {"dmy": f"31-02-{year}", "ymd": f"{year}-02-31", "mdy": f"02-31-{year}"}
    # Another day than any of the person's, so that the row is no second one of the same.
    changed = _other(row, **{field: None})
    return Bad(at, field, changed, {field: cell[site.profile.dialect.dates]})


def _wrong_order(site: _Site, at: int) -> Bad | None:
    row = site.rows[at]
    if site.form == "services":
        offered = row["offered_on"]
        changed = _other(
            row, service=_unused_service(site, row), accepted=True, outcome="ongoing",
            started_on=offered - timedelta(days=2), ended_on=None,
        )  # fmt: skip
        return Bad(at, "started_on", changed, {})
    if site.form == "stays":
        if row["left_on"] is None or row["left_on"] >= site.period.last - timedelta(days=5):
            return None
        left = row["left_on"]
        later = [one["arrived_on"] for one in site.rows if one["person"] == row["person"]]
        if any(one >= left for one in later):
            return None
        arrived = left + timedelta(days=3)
        changed = _other(row, arrived_on=arrived, left_on=left + timedelta(days=2))
        return Bad(at, "left_on", changed, {})
    article = "other" if row["article"] != "other" else "228"
    decided = row["charged_on"] - timedelta(days=3)
    changed = _other(
        row, article=article, decided_on=decided, outcome="withdrawn", sentence_months=None
    )
    return Bad(at, "decided_on", changed, {})


def _unused_service(site: _Site, row: Row) -> str:
    used = {one["service"] for one in site.rows if one["person"] == row["person"]}
    return next((one for one in SERVICES[:9] if one not in used), "guardian")


def _unknown_code(site: _Site, at: int) -> Bad | None:
    row = site.rows[at]
    if site.form == "services":
        changed = _other(row, service=_unused_service(site, row), accepted=False)
        changed.update(started_on=None, ended_on=None, outcome=None)
        return Bad(at, "service", changed, {"service": "Z9"})
    changed = _referral_of_its_own(row)
    return Bad(at, "service", changed, {"service": "Z9"})


def _referral_of_its_own(row: Row) -> Row:
    day: date = row["referred_on"] + timedelta(days=1)
    return _other(row, referred_on=day, answer="waiting", answered_on=None)


def _duplicate_id(site: _Site, at: int) -> Bad | None:
    key = site.forms.forms[site.form].key
    return Bad(at, key[0], dict(site.rows[at]), {})


def _not_a_number(site: _Site, at: int) -> Bad | None:
    changed = _other(site.rows[at], place_kind="workplace", persons=None)
    return Bad(at, "contacts", changed, {"contacts": "ca. 12"})


def _missing_required(site: _Site, at: int) -> Bad | None:
    return Bad(at, "answer", _other(_referral_of_its_own(site.rows[at]), answer=None), {})


def _referred_to_self(site: _Site, at: int) -> Bad | None:
    changed = _other(_referral_of_its_own(site.rows[at]), to_organisation=site.profile.organisation)
    return Bad(at, "to_organisation", changed, {})


def _contacts_as_persons(site: _Site, at: int) -> Bad | None:
    row = site.rows[at]
    if row["persons"] is None or row["persons"] >= row["contacts"]:
        return None
    changed = _other(row, place_kind="prison", contacts=row["persons"], persons=row["contacts"])
    return Bad(at, "persons", changed, {})


def _over_occupied(site: _Site, at: int) -> Bad | None:
    row = site.rows[at]
    return Bad(at, "bed_nights", _other(row, bed_nights=row["places"] * 31 + 4), {})


def _no_act_means_purpose(site: _Site, at: int) -> Bad | None:
    row = site.rows[at]
    if row["status"] != "identified":
        return None
    return Bad(at, "acts", _other(row, acts=None), {})


def _over_long(site: _Site, at: int) -> Bad | None:
    row = site.rows[at]
    if row["right"] != "reflection_period" or not row["granted"]:
        return None
    return Bad(at, "days", _other(row, days=row["days"] + 20), {})


def _child_mismatch(site: _Site, at: int) -> Bad | None:
    row = site.rows[at]
    if row["birth_date"] is None:
        return None
    age = (row["first_contact_on"] - row["birth_date"]).days / 365.25
    if 16 < age < 20:
        return None
    return Bad(at, "child", _other(row, child=not row["child"]), {})


_FAULTS: dict[str, Callable[[_Site, int], Bad | None]] = {
    "impossible_date": _impossible_date,
    "wrong_order": _wrong_order,
    "unknown_code": _unknown_code,
    "duplicate_id": _duplicate_id,
    "not_a_number": _not_a_number,
    "missing_required": _missing_required,
    "referred_to_self": _referred_to_self,
    "contacts_as_persons": _contacts_as_persons,
    "over_occupied": _over_occupied,
    "no_act_means_purpose": _no_act_means_purpose,
    "over_long": _over_long,
    "child_mismatch": _child_mismatch,
}
