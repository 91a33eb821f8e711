"""Small cases written out row by row, to be counted with a pencil."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from analysis.contracts.partner.cases import PERSON_COLUMNS, Cases
from analysis.indicators import Definitions, read_definitions
from analysis.indicators.reading import definition

HOME = Path(__file__).parents[2]
DEFINITIONS = read_definitions(HOME / "data" / "indicators")
FORMS = ("persons", "assessments", "services", "referrals", "stays", "rights", "returns",
         "contacts", "places", "charges", "cases", "trainings")  # fmt: skip
_ARROW = {"string": pa.string(), "int32": pa.int32(), "bool": pa.bool_(), "date32": pa.date32()}
_PEOPLE = pa.schema([(name, _ARROW[kind]) for name, kind in PERSON_COLUMNS.items()])


def day(text: str) -> date:
    """Return a date written as 2008-01-31."""
    return date.fromisoformat(text)


def cases(
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    owed: Iterable[tuple[str, str, str]] | None = None,
    came: Iterable[tuple[str, str, str]] | None = None,
    as_of: str = "2020-12-31",
    draws: int = 0,
) -> Cases:
    """Return cases with these rows.

    ``owed`` and ``came`` are (organisation, form, period); left out, organisation ``a`` owed
    and sent every form for 2000 to 2019.
    """
    everything = [("a", form, str(year)) for form in FORMS for year in range(2000, 2020)]
    due = everything if owed is None else list(owed)
    sent = due if came is None else list(came)
    arrow = {
        name: pa.Table.from_pylist([_dated(row) for row in rows])
        for name, rows in tables.items()
        if name != "persons" and rows
    }
    people = [_dated(row) for row in tables.get("persons", ())]
    arrow["persons"] = pa.Table.from_pylist(people, _PEOPLE)
    return Cases(
        "synthetic",
        day(as_of),
        arrow,
        pa.Table.from_pylist(
            [_head(one) | {"due_on": _due(one[2])} for one in due], _schema("due_on")
        ),
        pa.Table.from_pylist(
            [
                _head(one)
                | {
                    "received_on": _due(one[2]),
                    "version": 1,
                    "state": "accepted",
                    "rows": 1,
                    "set_aside": 0,
                    "questions": 0,
                }
                for one in sent
            ],
            _schema("received_on"),
        ),
        draws,
        "by hand",
    )


def alone(**plain: Any) -> Definitions:
    """Return one definition written in a test, with the forms and groups of this workbench."""
    full = {
        "id": "made.up", "version": 1, "valid_from": "2000-01-01", "goal": "support",
        "shows": "output", "name": {"da": "x", "en": "x"}, "about": {"da": "x", "en": "x"},
        "needs": [], **plain,
    }  # fmt: skip
    return Definitions((definition(full),), DEFINITIONS.known, DEFINITIONS.groups)


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """Read days; a text that looks like one is one."""
    return {
        name: day(value)
        if isinstance(value, str) and name.endswith(("_on", "month", "held_on"))
        else value
        for name, value in row.items()
    }


def _head(one: tuple[str, str, str]) -> dict[str, Any]:
    return dict(zip(("organisation", "form", "period"), one, strict=True))


def _due(period: str) -> date:
    return date(int(period[:4]) + 1, 3, 1)


def _schema(day_column: str) -> Any:
    text, number = pa.string(), pa.int64()
    head = [("organisation", text), ("form", text), ("period", text), (day_column, pa.date32())]
    tail = [("version", number), ("state", text), ("rows", number), ("set_aside", number),
            ("questions", number)]  # fmt: skip
    return pa.schema(head + (tail if day_column == "received_on" else []))
