"""What a file is judged against: who sends it, for which period, when, and what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analysis.contracts.partner.forms import Field, Form, Forms
from analysis.contracts.partner.periods import Period
from analysis.contracts.partner.profiles import Profile

ArrowArray = Any
"""A `pyarrow.Array`, which has no type stubs."""

FIRST_DAY = date(1900, 1, 1)
"""No person served, and no event that is counted, is older."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a sender has registered so far of one kind: tokens, and the period of each."""

    tokens: ArrowArray
    periods: ArrowArray


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What the rows of one file are judged against.

    Parameters
    ----------
    profile, forms
        The sender, and all forms with their code lists.
    period : Period
        What the file is for.
    received_on : date
        No event can lie after it.
    countries : Mapping
        ISO 3166-1 alpha-3 by every word for a country, as `countries.read_countries` gives it.
    organisations : Mapping
        Ids of organisations by every word for them, as `by_word` gives it.
    known : Mapping
        By namespace (``person``, ``case``): what the sender's accepted registers hold.
    registered : frozenset of str
        Forms of which something is accepted for this period, or arrives with this file.
    """

    profile: Profile
    forms: Forms
    period: Period
    received_on: date
    countries: Mapping[str, str] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Known] = field(default_factory=dict)
    registered: frozenset[str] = frozenset()


def main_date(form: Form) -> Field | None:
    """Return the field that says when a row happened: its first required date or month."""
    return next(
        (one for one in form.fields if one.kind in ("date", "month") and one.required), None
    )


def register_of(namespace: str, forms: Forms) -> Form | None:
    """Return the form that lists what a namespace numbers: its key is that number alone."""
    for form in forms.forms.values():
        field = form.field(form.key[0]) if len(form.key) == 1 else None
        if field and (field.kind, field.of) == ("reference", namespace):
            return form
    return None


def by_word(profiles: Iterable[Profile]) -> dict[str, str]:
    """Return the ids of organisations by id and by name in either language."""
    found: dict[str, str] = {}
    for one in profiles:
        for word in (one.organisation, one.name.da, one.name.en):
            found[folded(word)] = one.organisation
    return found


def folded(word: str) -> str:
    """Return a word as lists are searched: no case, single spaces."""
    return " ".join(word.casefold().split())
