"""Forms in, the tables and columns that a definition may name, with units, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analysis.contracts.partner.forms import Forms

PERSONS = "persons"
PERSON_ROWS = "person_rows"
"""The rows of the form ``persons`` as they were sent: several of them can be one person."""
SUBMISSIONS = "submissions"
"""What is owed, one row a submission: `analysis.indicators.matrix`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``kind`` as in the forms; ``unit``: what its sum counts, "" for no sum.

    ``sql`` makes it of other columns of the same table; "" where it stands there.
    ``only``: a sum needs this condition, as values in other rows are of another kind.
    """

    kind: str
    of: str = ""
    unit: str = ""
    sql: str = ""
    only: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``by_person``: its rows belong to persons; ``repeats``: as in the form."""

    id: str
    unit: str
    columns: Mapping[str, Column]
    by_person: bool = False
    by_case: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All tables by id, and the codes that each code list knows."""

    tables: Mapping[str, Table]
    codes: Mapping[str, tuple[str, ...]]
    legal: tuple[tuple[str, str, str, int], ...] = field(default=())


_GROUPS = {
    "group": ("women", "men", "children"),
    "age_group": ("adult", "child"),
    "citizenship_group": ("national", "eu", "other"),
    "purpose_group": ("sexual", "labour", "other", "several"),
}

PERSON_STRATA = ("sex", "group", "age_group", "citizenship_group", "purpose_group",
                 "identified_body")  # fmt: skip
"""Strata that belong to a person, so that one person is in one of them."""

_PERSONS: dict[str, Column] = {
    "sex": Column("code", "sexes"),
    "citizenship": Column("country"),
    "birth_year": Column("number"),
    "child": Column("yesno"),
    "first_contact_on": Column("date"),
    "presumed_on": Column("date"),
    "presumed_by": Column("organisation"),
    "identified_on": Column("date"),
    "identified_by": Column("organisation"),
    "identified_body": Column("code", "bodies"),
    "not_victim_on": Column("date"),
    "purposes": Column("codes", "purposes"),
    "case_group": Column("reference", "case"),
    "organisations": Column("number"),
    "records": Column("number"),
    "conflicts": Column("number"),
    "linkable": Column("yesno"),
    "registered_on": Column("date", sql="least(presumed_on, identified_on)"),
    "group": Column("code", "group", sql=(
        "CASE WHEN child THEN 'children' WHEN child IS NULL THEN NULL "
        "WHEN sex = 'female' THEN 'women' WHEN sex = 'male' THEN 'men' END")),
    "age_group": Column("code", "age_group", sql=(
        "CASE WHEN child THEN 'child' WHEN NOT child THEN 'adult' END")),
    "citizenship_group": Column("code", "citizenship_group", sql=(
        "CASE WHEN citizenship IS NULL THEN NULL WHEN citizenship = national THEN 'national' "
        "WHEN least(presumed_on, identified_on, first_contact_on) BETWEEN eu_first AND eu_last "
        "THEN 'eu' ELSE 'other' END")),
    "purpose_group": Column("code", "purpose_group", sql=(
        "CASE WHEN coalesce(purposes, '') = '' THEN NULL "
        "WHEN contains(purposes, ';') THEN 'several' "
        "WHEN purposes = 'sexual' THEN 'sexual' "
        "WHEN purposes IN ('forced_labour', 'slavery', 'servitude') THEN 'labour' "
        "ELSE 'other' END")),
}  # fmt: skip

_DERIVED: dict[str, dict[str, Column]] = {
    "assessments": {"assessed_as": Column("code", "statuses", sql="status")},
    "places": {"capacity": Column("count", unit="bed_night",
                                  sql="places * day(last_day(month))")},
    "trainings": {"score_change": Column("change", sql="score_after - score_before")},
    "rights": {"legal_days": Column("count", sql="legal_max")},
}  # fmt: skip

_SUMS: dict[tuple[str, str], str] = {
    ("contacts", "contacts"): "contact",
    ("contacts", "persons"): "person_month",
    ("places", "bed_nights"): "bed_night",
    ("trainings", "participants"): "participant",
}
"""What adding up a field counts. Persons of outreach are unique within a month and a kind of
place at most, so their sum counts person-months and never persons."""

_ONLY = {("contacts", "persons"): ("counted_as", "unique")}

_SUBMISSIONS: dict[str, Column] = {
    "organisation": Column("organisation"),
    "form": Column("code", "forms"),
    "period_first": Column("date"),
    "period_last": Column("date"),
    "due_on": Column("date"),
    "received_on": Column("date"),
    "state": Column("code", "states"),
}

STATES = ("on_time", "late", "held", "not_submitted", "not_due", "deleted")


def catalogue(forms: Forms) -> Catalogue:
    """Return what definitions may name: persons, every other form, and what is owed."""
    tables = {
        form.id: Table(
            form.id,
            form.unit,
            {**_columns(forms, form.id), **_DERIVED.get(form.id, {})},
            by_person=any(one.of == "person" for one in form.fields if one.kind == "reference"),
            by_case="case" in form.columns,
            repeats=form.repeats,
        )
        for form in forms.forms.values()
    }
    sent = tables.pop(PERSONS)
    tables[PERSON_ROWS] = replace(sent, id=PERSON_ROWS, unit="record")
    tables[PERSONS] = Table(PERSONS, "person", _PERSONS, by_person=True)
    tables[SUBMISSIONS] = Table(SUBMISSIONS, "submission", _SUBMISSIONS)
    codes = {name: tuple(one.code for one in listed) for name, listed in forms.codes.items()}
    legal = tuple(
        (one.right, one.first.isoformat(), one.last.isoformat(), one.max_days)
        for one in forms.legal_lengths
    )
    own = {"forms": tuple(forms.forms), "states": STATES}
    return Catalogue(tables, {**codes, **_GROUPS, **own}, legal)


def _columns(forms: Forms, form: str) -> dict[str, Column]:
    found = {"organisation": Column("organisation"), "period": Column("text")}
    for one in forms.forms[form].fields:
        if one.kind == "identity" or (one.kind == "reference" and one.of == "person"):
            continue
        key = (form, one.name)
        found[one.name] = Column(
            "date" if one.kind == "month" else one.kind,
            one.of,
            _SUMS.get(key, ""),
            only=_ONLY.get(key, ("", "")),
        )
    return found
