"""Submissions resolved to persons, as indicators and notebooks read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.contracts.partner.store import ArrowTable

Basis = Literal["submitted", "synthetic"]

PERSON_COLUMNS: dict[str, str] = {
    "pseudonym": "string",
    "sex": "string",
    "citizenship": "string",
    "birth_year": "int32",
    "child": "bool",
    "first_contact_on": "date32",
    "presumed_on": "date32",
    "presumed_by": "string",
    "identified_on": "date32",
    "identified_by": "string",
    "identified_body": "string",
    "not_victim_on": "date32",
    "purposes": "string",
    "case_group": "string",
    "organisations": "int32",
    "records": "int32",
    "conflicts": "int32",
    "linkable": "bool",
}
"""The table ``persons``: one row a person, after linkage.

``presumed_by`` and ``identified_by`` are organisations, ``identified_body`` the kind of
deciding body; ``child``: under 18 at identification, else at first contact; ``conflicts``:
fields in which the records of one person contradicted each other; ``linkable``: some
identity is known, so that records of other senders could meet it. Persons who are not
linkable may be counted elsewhere too: they are never added to the others unsaid."""

LINK_COLUMNS: tuple[str, ...] = ("record", "organisation", "pseudonym", "draw")
"""The table ``links``: which person each record belongs to, in draw 0 (the best) and in
further draws that carry the uncertainty of linkage into results."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Everything case-level that a notebook may read; pseudonymous, never written out.

    ``tables`` holds ``persons`` (one row a person), ``person_rows`` (the rows of the form of
    that name), ``links`` and every other form by its id; each row as its sender last told
    it, once, however many periods it was sent for. In these, ``person`` is
    replaced by ``pseudonym`` (draw 0) and ``record`` keeps the token; the columns of
    `contracts.partner.store.META` stand before. ``expected`` lists what each sender owed and
    ``received`` what came: one row a submission, with columns organisation, form, period,
    due_on / received_on, version, state, rows, set_aside, questions.
    """

    basis: Basis
    as_of: date
    tables: Mapping[str, ArrowTable]
    expected: ArrowTable
    received: ArrowTable
    draws: int
    fingerprint: str
