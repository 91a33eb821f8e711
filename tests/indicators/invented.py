"""Invented cases of any size: every form filled from its own fields and code lists by chance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.contracts.partner.cases import PERSON_COLUMNS, Cases
from analysis.contracts.partner.forms import Field, Forms
from analysis.contracts.partner.periods import periods
from analysis.contracts.partner.reading import read_forms

HOME = Path(__file__).parents[2]
ORGANISATIONS = ("org_a", "org_b", "org_c", "org_d")
FIRST, LAST, AS_OF = date(2003, 1, 1), date(2012, 12, 31), date(2016, 12, 31)
_ORDINAL = (FIRST - date(1970, 1, 1)).days
_SPAN = (LAST - FIRST).days
_UNKNOWN = 0.08
_ARROW = {"string": pa.string(), "int32": pa.int32(), "bool": pa.bool_(), "date32": pa.date32()}


def forms() -> Forms:
    """Return the forms of this workbench."""
    return read_forms(HOME / "data" / "forms", HOME / "data" / "codelists" / "partner")


def cases(
    sizes: Mapping[str, int], *, people: int, seed: int, draws: int = 0, moved: float = 0.02
) -> Cases:
    """Draw persons, rows of every form in ``sizes`` and everything owed as received in time.

    Each person has one record in each of one to three organisations; with several draws, a
    share ``moved`` of the records goes to another person in each further draw.
    """
    rng, known = np.random.default_rng(seed), forms()
    record_person = np.repeat(np.arange(people), rng.integers(1, 4, people))
    of = np.array(ORGANISATIONS, dtype=object)[
        (record_person + _within(record_person)) % len(ORGANISATIONS)
    ]
    names = _tokens("person", people)
    records = _tokens("record", len(record_person))
    tables: dict[str, Any] = {}
    for form, size in sizes.items():
        at = rng.integers(0, len(records), size) if len(records) else np.zeros(0, int)
        tables[form] = _rows(known, form, size, rng, names[record_person[at]], records[at], of[at])
    tables["persons"] = _persons(known, rng, names, record_person, people)
    tables["links"] = _links(rng, names, records, of, record_person, draws, moved)
    owed, came = _owed(known)
    return Cases("synthetic", AS_OF, tables, owed, came, draws, "invented")


def _tokens(what: str, size: int) -> Any:
    """Return texts of 32 hexadecimal digits, as pseudonyms and tokens are."""
    return np.array(
        [md5(f"{what}{number}".encode()).hexdigest() for number in range(size)], dtype=object
    )


def _within(groups: Any) -> Any:
    """Number the records of each person 0, 1, 2 (``groups`` is sorted)."""
    first = np.searchsorted(groups, groups, side="left")
    return np.arange(len(groups)) - first


def _days(rng: np.random.Generator, size: int) -> Any:
    return _ORDINAL + rng.integers(0, _SPAN + 1, size)


def _holes(rng: np.random.Generator, size: int, share: float = _UNKNOWN) -> Any:
    return rng.random(size) < share


def _rows(
    known: Forms, form: str, size: int, rng: np.random.Generator, names: Any, records: Any, of: Any
) -> Any:
    shape = known.forms[form]
    found: dict[str, Any] = {
        "submission": pa.array(["S-000000000000"] * size),
        "organisation": pa.array(of, pa.string()),
        "period": pa.array(["2003"] * size),
        "source_row": pa.array(np.arange(size, dtype=np.int32) + 2),
    }
    after = _days(rng, size)
    for field in shape.fields:
        if field.of == "person" and field.kind == "reference":
            found["pseudonym"] = pa.array(names, pa.string())
            found["record"] = pa.array(records, pa.string())
            continue
        holes = None if field.required else _holes(rng, size)
        if field.kind == "date":
            after = after + rng.integers(0, 60, size)
            found[field.name] = _date(after, holes)
        else:
            found[field.name] = _field(field, size, rng, known, holes)
    return pa.table(found)


def _date(days: Any, holes: Any) -> Any:
    return pa.array(days.astype(np.int32), pa.int32(), mask=holes).cast(pa.date32())


def _field(field: Field, size: int, rng: np.random.Generator, known: Forms, holes: Any) -> Any:
    if field.kind == "month":
        months = np.datetime64("2003-01") + rng.integers(0, 120, size)
        return pa.array(months.astype("datetime64[D]"), pa.date32())
    if field.kind == "yesno":
        return pa.array(rng.random(size) < 0.6, pa.bool_(), mask=holes)
    if field.kind == "count":
        return pa.array(rng.integers(0, 60, size), pa.int64(), mask=holes)
    if field.kind == "amount":
        return pa.array(rng.integers(0, 40, size) / 4, pa.float64(), mask=holes)
    words = {
        "reference": [f"{field.of}{number}" for number in range(max(1, size // 3))],
        "organisation": list(ORGANISATIONS),
        "country": ["DNK", "NGA", "ROU", "THA", "POL"],
        "place": ["house_1", "house_2"],
    }.get(field.kind) or [one.code for one in known.codes[field.of]]
    chosen = np.array(words, dtype=object)[rng.integers(0, len(words), size)]
    if field.kind == "codes":
        second = np.array(words, dtype=object)[rng.integers(0, len(words), size)]
        both = np.array([";".join(sorted({a, b})) for a, b in zip(chosen, second, strict=True)])
        chosen = np.where(rng.random(size) < 0.2, both, chosen)
    return pa.array(chosen, pa.string(), mask=holes)


def _persons(known: Forms, rng: np.random.Generator, names: Any, of: Any, people: int) -> Any:
    presumed = _days(rng, people)
    identified = presumed + rng.integers(0, 400, people)
    codes = {name: [one.code for one in known.codes[name]] for name in known.codes}

    def pick(words: list[str], share: float = _UNKNOWN) -> Any:
        chosen = np.array(words, dtype=object)[rng.integers(0, len(words), people)]
        return pa.array(chosen, pa.string(), mask=_holes(rng, people, share))

    found: dict[str, Any] = {
        "pseudonym": pa.array(names, pa.string()),
        "sex": pick(codes["sexes"][:2]),
        "citizenship": pick(["DNK", "NGA", "ROU", "THA", "POL"]),
        "birth_year": pa.array(rng.integers(1960, 1995, people), pa.int32()),
        "child": pa.array(rng.random(people) < 0.2, pa.bool_(), mask=_holes(rng, people)),
        "first_contact_on": _date(presumed - rng.integers(0, 90, people), None),
        "presumed_on": _date(presumed, _holes(rng, people, 0.2)),
        "presumed_by": pick(list(ORGANISATIONS)),
        "identified_on": _date(identified, _holes(rng, people, 0.5)),
        "identified_by": pick(list(ORGANISATIONS)),
        "identified_body": pick(codes["bodies"]),
        "not_victim_on": _date(identified + 10, _holes(rng, people, 0.9)),
        "purposes": pick(["sexual", "forced_labour", "begging;sexual", "other"]),
        "case_group": pick([f"case{number}" for number in range(max(1, people // 20))], 0.5),
        "organisations": pa.array(np.bincount(of, minlength=people).astype(np.int32)),
        "records": pa.array(np.bincount(of, minlength=people).astype(np.int32)),
        "conflicts": pa.array(rng.integers(0, 2, people), pa.int32()),
        "linkable": pa.array(rng.random(people) < 0.9, pa.bool_()),
    }
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in PERSON_COLUMNS.items()])
    return pa.table(found).select(schema.names).cast(schema)


def _links(
    rng: np.random.Generator, names: Any, records: Any, of: Any, person: Any, draws: int, moved: Any
) -> Any:
    parts = []
    for draw in range(draws + 1):
        owner = person.copy()
        if draw:
            at = np.flatnonzero(rng.random(len(owner)) < moved)
            owner[at] = owner[(at + 1) % max(1, len(owner))]
        parts.append(
            pa.table(
                {
                    "record": pa.array(records, pa.string()),
                    "organisation": pa.array(of, pa.string()),
                    "pseudonym": pa.array(names[owner], pa.string()),
                    "draw": pa.array(np.full(len(owner), draw), pa.int32()),
                }
            )
        )
    return pa.concat_tables(parts)


def _owed(known: Forms) -> tuple[Any, Any]:
    owed, came = [], []
    for form in known.forms:
        for one in periods(FIRST, LAST, "year"):
            due = date(one.last.year + 1, 3, 1)
            for organisation in ORGANISATIONS:
                key = {"organisation": organisation, "form": form, "period": str(one)}
                owed.append({**key, "due_on": due})
                came.append({**key, "received_on": due, "version": 1, "state": "accepted",
                             "rows": 1, "set_aside": 0, "questions": 0})  # fmt: skip
    return pa.Table.from_pylist(owed), pa.Table.from_pylist(came)
