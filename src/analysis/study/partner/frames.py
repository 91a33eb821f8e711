"""Cases in, one frame a form out: each row as its sender last reported it, days as days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.contracts.partner.cases import PERSON_COLUMNS, Cases
from analysis.contracts.partner.forms import Form, Forms

READ = ("services", "rights", "returns", "referrals", "assessments")
"""Forms that the questions on persons need."""

_DAYS = ("date", "month")
Frame = pd.DataFrame


@dataclass(frozen=True, slots=True)
class Frames:
    """What is known of persons up to ``as_of``.

    ``persons`` has one row a person; the others one row as the form says, with ``pseudonym``
    in the place of the sender's number. Missing days are NaT, missing answers NA.
    """

    persons: Frame
    services: Frame
    rights: Frame
    returns: Frame
    referrals: Frame
    assessments: Frame
    as_of: date


def frames(cases: Cases, forms: Forms) -> Frames:
    """Lay cases out as frames; a form that nobody sends is empty."""
    read = {name: _form(cases.tables.get(name), forms.forms[name]) for name in READ}
    return Frames(persons=_persons(cases.tables), as_of=cases.as_of, **read)


def _persons(tables: Mapping[str, Any]) -> Frame:
    table = tables.get("persons")
    found = _frame(table, list(PERSON_COLUMNS))
    for name in (column for column, kind in PERSON_COLUMNS.items() if kind == "date32"):
        found[name] = pd.to_datetime(found[name])
    return found


def _form(table: Any, form: Form) -> Frame:
    columns = ["pseudonym", "record", "organisation", "period", "source_row"]
    found = _frame(table, [*columns, *(name for name in form.columns if name != "person")])
    for field in form.fields:
        if field.kind in _DAYS and field.name in found.columns:
            found[field.name] = pd.to_datetime(found[field.name])
        if field.kind == "yesno" and field.name in found.columns:
            found[field.name] = found[field.name].astype("boolean")
    return found


def _frame(table: Any, columns: list[str]) -> Frame:
    """Return a table with all of these columns; those that nobody sends are empty."""
    found = table.to_pandas() if table is not None else pd.DataFrame()
    return found.reindex(columns=list(dict.fromkeys([*found.columns, *columns])))
