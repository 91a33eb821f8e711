"""Typed rows in, the text that a sender writes in its cells out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analysis.contracts.partner.forms import SEVERAL, Field, Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import Language
from analysis.language import words
from analysis.synthetic.telling import ArrowArray, ArrowTable

_ORDERS = {"dmy": "%d-%m-%Y", "ymd": "%Y-%m-%d", "mdy": "%m-%d-%Y"}
_MONTHS = {"dmy": "%m-%Y", "ymd": "%Y-%m", "mdy": "%m-%Y"}


@dataclass(frozen=True, slots=True)
class Hand:
    """How cells are written: dates by order, decimals by mark, words or codes."""

    forms: Forms
    profiles: Mapping[str, Profile]
    profile: Profile
    labels: bool
    dates: str
    decimal: str
    export: bool = False

    @property
    def language(self) -> Language:
        """The sender's language."""
        return self.profile.language


def as_text(table: ArrowTable, form: str, hand: Hand) -> ArrowTable:
    """Return the same rows as text; null stays null."""
    fields = [hand.forms.forms[form].field(name) for name in table.column_names]
    columns = [
        table.column(one.name)
        if _is_text(one)
        else _mapped(table.column(one.name), writer(one, hand))
        for one in fields
    ]
    return pa.table(columns, names=table.column_names)


def headers(table: ArrowTable, form: str, hand: Hand) -> list[str]:
    """Return the sender's own column titles: those of its profile, else the form's labels."""
    if hand.export:
        return list(table.column_names)
    own = {field: title for title, field in hand.profile.headers.items()}
    fields = hand.forms.forms[form]
    return [
        own.get(name, fields.field(name).label.said_in(hand.language))
        for name in table.column_names
    ]


def writer(field: Field, hand: Hand) -> Callable[[Any], str]:
    """Return what turns one typed value of a field into text."""
    if field.kind == "date" or field.of == "birth_date":
        return lambda day: _dated(day, _ORDERS[hand.dates])
    if field.kind == "month":
        form = "%Y-%m-%d" if hand.export else _MONTHS[hand.dates]
        return lambda day: _dated(day, form)
    if field.kind == "amount":
        return lambda value: f"{value:g}".replace(".", hand.decimal)
    return lambda value: worded(field, hand, value)


def worded(field: Field, hand: Hand, value: Any) -> str:
    """Return a code or an answer as the sender says it."""
    own = {code: word for word, code in hand.profile.values.get(field.name, {}).items()}
    if field.kind == "yesno":
        key = "yes" if value else "no"
        return words.say(f"synthetic.{key}", hand.language) if hand.labels else key
    if field.kind in ("code", "codes"):
        said = own or (
            {one.code: one.label.said_in(hand.language) for one in hand.forms.codes[field.of]}
            if hand.labels
            else {}
        )
        # An export from Kobo separates several answers by a space.
        return (" " if hand.export else SEVERAL).join(
            said.get(one, one) for one in value.split(SEVERAL)
        )
    if field.kind == "organisation" and hand.labels:
        return hand.profiles[value].name.said_in(hand.language)
    return str(value)


def _is_text(field: Field) -> bool:
    return field.kind in ("reference", "place") or field.of in ("given_name", "family_name", "cpr")


def _dated(day: date, form: str) -> str:
    return day.strftime(form)


def _mapped(column: ArrowArray, write: Callable[[Any], str]) -> ArrowArray:
    """Write each different value once."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = column.dictionary_encode()
    known = pa.array([write(one) for one in coded.dictionary.to_pylist()], pa.string())
    return pc.take(known, coded.indices)
