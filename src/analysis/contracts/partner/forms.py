"""Which fields a row of each form has, what a cell may hold, in which unit a row counts.

A *form* is one kind of row that partners send: a sheet of the template, a file. Forms
are data (``data/forms/*.yml``); this module is the shape they are read into.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.contracts.published import Text

Kind = Literal[
    "reference", "identity", "date", "month", "code", "codes", "yesno", "count", "amount",
    "organisation", "country", "place",
]  # fmt: skip
"""How a cell is read.

*reference*: a number of the sender's own (a person, a case, an accused), which becomes a
token; *identity*: a name, birth date or civil registration number, which becomes tokens;
*date*: a day; *month*: a month; *code*, *codes*: one or several of the code list ``of``;
*yesno*; *count*: a whole number from 0; *amount*: a number with decimals from 0;
*organisation*: an organisation's id; *country*: ISO 3166-1 alpha-3; *place*: one of the
places that the profile names. There is no kind for free text.
"""

Unit = Literal[
    "person", "assessment", "service", "stay", "bed_night", "referral", "decision", "contact",
    "case", "charge", "participant",
]  # fmt: skip
"""What one row counts. Counts in different units never add up, nor stand for each other."""

Sensitivity = Literal["identifying", "pseudonymous", "aggregate", "cleared"]

Identity = Literal["given_name", "family_name", "birth_date", "cpr"]
IDENTITIES: tuple[Identity, ...] = ("given_name", "family_name", "birth_date", "cpr")
"""The only identity fields that any form may ask for; all become tokens at the door."""

SEVERAL = ";"
"""Between the codes of a cell that holds several (a space does too, in Kobo exports)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    ``of`` names what the kind needs: the code list of *code* and *codes*, the namespace of a
    *reference* (``person``, ``case``, ``accused``, ``event``), which `Identity` an *identity*
    is. ``label`` heads the column of the template, ``help`` stands in its field guide.
    """

    name: str
    kind: Kind
    label: Text
    help: Text
    required: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold between fields of one row (see `analysis.intake` for each ``check``).

    ``says`` is the question put to the sender, without any cell's content.
    ``query``: a row that breaks it is asked about but enters (True), or holds the file.
    """

    name: str
    check: str
    fields: tuple[str, ...]
    says: Text
    query: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of row. ``key``: the fields that no two rows of a submission may share.

    ``repeats``: whether the same person can be counted in several rows although no person
    is named, so that the counts never add to unique persons.
    """

    id: str
    unit: Unit
    label: Text
    about: Text
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    repeats: bool = False
    sensitivity: Sensitivity = "pseudonymous"

    def field(self, name: str) -> Field:
        """Return the field of that name; KeyError where there is none."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the fields, in order."""
        return tuple(one.name for one in self.fields)


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code list; ``classification`` says of which standard and version."""

    code: str
    label: Text
    classification: str
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True, slots=True)
class LegalLength:
    """Most days that a right could be given for when decided from ``first`` to ``last``.

    ``source`` is the id of the row of the published record that says so.
    """

    right: str
    first: date
    last: date
    max_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Forms:
    """All forms and code lists of a workbench, by id, and the lengths that the law set."""

    forms: dict[str, Form]
    codes: dict[str, tuple[Code, ...]]
    legal_lengths: tuple[LegalLength, ...] = ()
