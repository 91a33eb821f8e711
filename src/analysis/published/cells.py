"""A cell and its contract in, what is wrong with it out - without the cell's content.

Every fault is a pair: what a row *has* ("a decimal comma in value") and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from analysis.contracts.tables import Field
from analysis.contracts.values import parse
from analysis.errors import DataError
from analysis.published.rows import ids_in

ANY = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a row has that it must not have, and what to do about it."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Known:
    """What cells may refer to: codes by list, plans, organisations, and rows by their id."""

    codes: Mapping[str, frozenset[str]]
    plans: frozenset[str] = frozenset()
    orgs: frozenset[str] = frozenset()
    is_row: Callable[[str], bool] = bool


def fault(field: Field, cell: str, known: Known) -> Fault | None:
    """Return what is wrong with a cell, or ``None``."""
    if not cell.strip():
        return _empty(field) if field.required else None
    if field.kind in ("code", "codes", "plan", "plans", "org", "rows"):
        return _reference(field, cell, known)
    return _FORMS[field.kind](field, cell)


def _empty(field: Field) -> Fault:
    remedy = {
        "source_url": "Add the address at which it was read, or take the row out.",
        "quote": "Add the words of the source, unchanged, or take the row out.",
    }
    return Fault(f"no {field.name}", remedy.get(field.name, "Fill the cell in."))


def _reference(field: Field, cell: str, known: Known) -> Fault | None:
    parts = ids_in(cell) if field.kind in ("codes", "plans", "rows") else (cell,)
    if field.kind in ("plan", "plans"):
        return None if known.plans.issuperset(parts) else _dangling(field, "a plan of plans.csv")
    if field.kind == "org":
        return None if cell in known.orgs else _dangling(field, "an org_id of organisations.csv")
    if field.kind == "rows":
        return None if all(map(known.is_row, parts)) else _dangling(field, "a row of the record")
    codes = known.codes.get(field.of)
    # A list that could not be read has a fault of its own; its codes are not all called wrong.
    if codes is None or all(
        part in codes or (part == ANY and field.kind == "codes") for part in parts
    ):
        return None
    return Fault(
        f"a code in {field.name} that codelists/{field.of}.csv does not hold",
        "Use a code of the list, or add it there with its Danish and English label.",
    )


def _dangling(field: Field, target: str) -> Fault:
    return Fault(f"a {field.name} that is not {target}", "Correct the id, or add what it names.")


def _text(field: Field, cell: str) -> Fault | None:
    return None


def _choice(field: Field, cell: str) -> Fault | None:
    if cell in field.choices:
        return None
    return Fault(
        f"a word in {field.name} that is not allowed", f"Write one of: {', '.join(field.choices)}."
    )


def _value(field: Field, cell: str) -> Fault | None:
    if re.match(r"\s*[-\u2212]\s*\d", cell):
        return Fault(
            f"a negative number in {field.name}",
            "Write what was counted, or leave the cell empty if it is not known.",
        )
    try:
        parse(cell)
    except DataError as error:
        if re.search(r"\d,\d", cell):
            return Fault(f"a decimal comma in {field.name}", "Write a decimal point: 0.5.")
        return Fault(f"an unreadable {field.name}", str(error).partition(". ")[2])
    return None


def _date(field: Field, cell: str) -> Fault | None:
    try:
        whole = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", cell)
        if whole is None:
            raise ValueError
        date(int(whole[1]), int(whole[2] or 1), int(whole[3] or 1))
    except ValueError:
        return Fault(f"an invalid date in {field.name}", "Write 2007, 2007-08 or 2007-08-01.")
    return None


def _year(field: Field, cell: str) -> Fault | None:
    if re.fullmatch(r"(19|20)\d\d", cell):
        return None
    return Fault(f"an invalid year in {field.name}", "Write four digits: 2007.")


def _int(field: Field, cell: str) -> Fault | None:
    if re.fullmatch(r"\d+", cell):
        return None
    return Fault(f"no whole number in {field.name}", "Write digits only.")


def _address(field: Field, cell: str) -> Fault | None:
    # A paper without an address is named by its file and what it is: seed.txt (answer to ...).
    if re.match(r"https?://\S+$|[\w.-]+\.(txt|pdf|html?)\b", cell):
        return None
    return Fault(
        f"no address in {field.name}", "Give the http(s) address, or the name of the document."
    )


_FORMS: dict[str, Callable[[Field, str], Fault | None]] = {
    "text": _text,
    "id": _text,
    "choice": _choice,
    "value": _value,
    "date": _date,
    "year": _year,
    "int": _int,
    "address": _address,
}
