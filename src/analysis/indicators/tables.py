"""Cases in; the tables that compiled definitions query, in DuckDB's memory, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from analysis.contracts.partner.cases import PERSON_COLUMNS, Cases
from analysis.indicators.catalogue import PERSONS, SUBMISSIONS, Catalogue, Column, Table
from analysis.indicators.compiling import Compiled
from analysis.indicators.draws import add_draws, further_draws
from analysis.indicators.model import Groups, Window
from analysis.vault import duck

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame

_TYPES = {
    "date": "DATE", "yesno": "BOOLEAN", "count": "BIGINT", "number": "BIGINT", "amount": "DOUBLE",
    "change": "DOUBLE",
}  # fmt: skip
_ARROW = {"string": "VARCHAR", "int32": "BIGINT", "bool": "BOOLEAN", "date32": "DATE"}


def open_tables(
    cases: Cases,
    compiled: Sequence[Compiled],
    known: Catalogue,
    groups: Groups,
    windows: Sequence[Window],
    owed: DataFrame,
    linked: Iterable[str],
) -> DuckDBPyConnection:
    """Lay out what the definitions read.

    ``entities``: persons with their groups, numbered, and further persons that other draws of
    the linkage would make; ``weights``: what each adds in which draw (draw 0: 1; draw d: -1
    where that draw has no such person, 1 where only it has); ``f_FORM``: rows of a form with
    their person's number; ``g_FORM``: the same and those of the further persons; ``days``:
    which windows a day falls in; ``f_submissions``: what is owed.

    Persons are sought for the rows of the forms ``linked`` alone: it is what costs most.
    """
    con: DuckDBPyConnection = duck.connect({})
    used = _used(compiled)
    _calendar(con, windows)
    _register(con, "raw_people", cases.tables.get(PERSONS))
    _people(con, cases)
    forms = sorted(set(used) - {PERSONS, SUBMISSIONS})
    by_person = {form: form in linked and known.tables[form].by_person for form in forms}
    for form in forms:
        _form(con, cases, known, known.tables[form], used[form], by_person=by_person[form])
    moved = add_draws(con, cases, by_person)
    _entities(con, known, groups)
    if not moved:
        for form in forms:
            con.execute(f'CREATE VIEW "g_{form}" AS SELECT * FROM "f_{form}"')
    if SUBMISSIONS in used:
        con.register("raw_owed", _owed(owed))
        con.execute('CREATE TABLE "f_submissions" AS SELECT * FROM raw_owed')
    return con


def _used(compiled: Iterable[Compiled]) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {}
    for one in compiled:
        for table in (one.table.id, *one.asked):
            used.setdefault(table, set())
        for table, columns in one.used.items():
            used.setdefault(table, set()).update(columns)
    return used


def _calendar(con: DuckDBPyConnection, windows: Sequence[Window]) -> None:
    import pyarrow as pa

    place, day = [], []
    for number, window in enumerate(windows):
        length = (window.last - window.first).days + 1
        place += [number] * length
        day += [window.first + timedelta(days=step) for step in range(length)]
    con.register("raw_days", pa.table({"place": pa.array(place, pa.int32()),
                                       "day": pa.array(day, pa.date32())}))  # fmt: skip
    con.execute("CREATE TABLE days AS SELECT * FROM raw_days")


def _register(con: DuckDBPyConnection, name: str, table: Any) -> None:
    import pyarrow as pa

    con.register(name, pa.table({"pseudonym": pa.array([], pa.string())}) if table is None
                 else table)  # fmt: skip


def _people(con: DuckDBPyConnection, cases: Cases) -> None:
    """Number the persons of draw 0; a column that is not there is not known."""
    there = _columns(cases.tables.get(PERSONS))
    chosen = ", ".join(
        f'"{name}"::{_ARROW[kind]} AS "{name}"' if name in there
        else f'NULL::{_ARROW[kind]} AS "{name}"'
        for name, kind in PERSON_COLUMNS.items()
    )  # fmt: skip
    con.execute(
        "CREATE TABLE people AS SELECT (row_number() OVER ())::INTEGER AS entity, "
        f"{chosen} FROM raw_people"
    )
    con.execute(
        "CREATE TABLE weights AS "
        "SELECT entity, 0::INTEGER AS in_draw, 1::INTEGER AS adds FROM people"
    )


def _form(
    con: DuckDBPyConnection,
    cases: Cases,
    known: Catalogue,
    table: Table,
    used: Iterable[str],
    *,
    by_person: bool,
) -> None:
    raw = cases.tables.get(table.id)
    _register(con, f"raw_{table.id}", raw)
    drawn = by_person and further_draws(cases) > 0
    chosen = _select(table, sorted(used), _columns(raw), drawn=drawn)
    person = "p.entity" if by_person else "NULL::INTEGER"
    join = "LEFT JOIN people p ON p.pseudonym = r.pseudonym" if by_person else ""
    law = ""
    if "legal_max" in chosen:
        law = 'LEFT JOIN legal l ON l."right" = r."right" AND r.decided_on BETWEEN l.f AND l.t'
        con.execute('CREATE TABLE legal ("right" VARCHAR, f DATE, t DATE, legal_max BIGINT)')
        con.executemany("INSERT INTO legal VALUES (?, ?, ?, ?)", [list(one) for one in known.legal])
    con.execute(
        f'CREATE {"TABLE" if by_person else "VIEW"} "f_{table.id}" AS '
        f"SELECT {person} AS entity, {chosen} "
        f'FROM (SELECT * FROM "raw_{table.id}") r {join} {law}'
    )


def _select(table: Table, used: Sequence[str], there: set[str], *, drawn: bool) -> str:
    """Return the columns in SQL: as they stand, made of others, or not known."""
    wanted = [*used, *(["case"] if table.by_case and "case" not in used else [])]
    parts = []
    for name in wanted:
        column = table.columns[name]
        parts.append(f'({_expression(table, name, column, there)})::{_type(column)} AS "{name}"')
    if drawn:
        parts += [
            f'{"r." + name if name in there else "NULL::VARCHAR"} AS "_{name}"'
            for name in ("record", "organisation")
        ]
    return ", ".join(parts) or "TRUE AS nothing"


def _expression(table: Table, name: str, column: Column, there: set[str]) -> str:
    if not column.sql:
        return f'r."{name}"' if name in there else "NULL"
    if column.sql == "legal_max":
        return "l.legal_max" if {"right", "decided_on"} <= there else "NULL"
    sources = [other for other in table.columns if other in column.sql and other != name]
    return column.sql if all(other in there for other in sources) else "NULL"


def _type(column: Column) -> str:
    return _TYPES.get(column.kind, "VARCHAR")


def _columns(table: Any) -> set[str]:
    return set() if table is None else set(table.column_names)


def _entities(con: DuckDBPyConnection, known: Catalogue, groups: Groups) -> None:
    con.execute("CREATE TABLE eu (country VARCHAR, eu_first DATE, eu_last DATE)")
    con.executemany(
        "INSERT INTO eu VALUES (?, ?, ?)",
        [[country, *span] for country, span in groups.eu.items()],
    )
    made = ", ".join(
        f'({column.sql}) AS "{name}"'
        for name, column in known.tables[PERSONS].columns.items()
        if column.sql
    )
    con.execute(
        f"CREATE TABLE entities AS SELECT people.*, {made} FROM people "
        "LEFT JOIN eu ON eu.country = people.citizenship "
        "CROSS JOIN (SELECT $national::VARCHAR AS national)",
        {"national": groups.national},
    )


def _owed(owed: DataFrame) -> Any:
    import pyarrow as pa

    day, text = pa.date32(), pa.string()
    kinds = {"organisation": text, "form": text, "period_first": day, "period_last": day,
             "due_on": day, "received_on": day, "state": text}  # fmt: skip
    return pa.table(
        {
            name: pa.array([one if one == one else None for one in owed[name]], kind)
            for name, kind in kinds.items()
        }
    )
