"""Links of several draws in; persons that only some draws have, with their weights, out.

Which records belong to one person is not certain. Each draw of the linkage is one way in
which they may, and most persons are the same in all of them: only those that a draw makes
otherwise are made here, so that ten draws cost little more than one. The persons that a draw
takes apart or puts together count -1 in it, and those that it makes of their records 1.

Status, dates, deciding body, purposes and case of a person made here come from the assessments
of its records, by the rules that `analysis.cases` goes by; sex, citizenship and the like from
the person of draw 0 with the most records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.contracts.partner.cases import PERSON_COLUMNS, Cases

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KEPT = ("sex", "citizenship", "birth_year", "child")
_DECIDED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("presumed", "presumed_on", {"presumed_by": "organisation"}),
    ("identified", "identified_on",
     {"identified_by": "organisation", "identified_body": "deciding_body"}),
    ("not_a_victim", "not_victim_on", {}),
)  # fmt: skip
_FROM_ASSESSMENTS = ("presumed_on", "presumed_by", "identified_on", "identified_by",
                     "identified_body", "not_victim_on", "purposes", "case_group")  # fmt: skip
_CHILD = (
    "CASE WHEN year(coalesce(d.identified_on, k.first_contact_on)) - k.birth_year < 18 THEN TRUE "
    "WHEN year(coalesce(d.identified_on, k.first_contact_on)) - k.birth_year > 18 THEN FALSE "
    "ELSE k.child END"
)


def add_draws(con: DuckDBPyConnection, cases: Cases, forms: Mapping[str, bool]) -> bool:
    """Add the persons of further draws to ``people`` and ``weights``; make every ``g_FORM``.

    Returns
    -------
    bool
        Whether a draw differs from draw 0; if none does, nothing is added.
    """
    if not further_draws(cases):
        return False
    con.register("raw_links", cases.tables["links"])
    if "assessments" in cases.tables:
        con.register("raw_decided", cases.tables["assessments"])
    _members(con)
    if not (con.execute("SELECT count(*) FROM members").fetchone() or (0,))[0]:
        return False
    _people(con, cases)
    con.execute(
        "INSERT INTO weights SELECT DISTINCT entity, draw, 1 FROM members "
        "UNION ALL SELECT DISTINCT p.entity, m.draw, -1 "
        "FROM members m JOIN people p ON p.pseudonym = m.before"
    )
    for form, by_person in forms.items():
        more = ""
        if by_person:
            con.execute(
                f'CREATE TABLE "x_{form}" AS SELECT m.entity, x.* EXCLUDE (entity) '
                f'FROM "f_{form}" x JOIN members m '
                "ON m.record = x._record AND m.organisation = x._organisation"
            )
            more = f'UNION ALL SELECT * FROM "x_{form}"'
        con.execute(f'CREATE VIEW "g_{form}" AS SELECT * FROM "f_{form}" {more}')
    return True


def further_draws(cases: Cases) -> int:
    """Return how many draws of the linkage there are besides the best one, draw 0."""
    links = cases.tables.get("links")
    if links is None or not links.num_rows:
        return 0
    import pyarrow.compute as pc

    return int(pc.max(links["draw"]).as_py())


def _members(con: DuckDBPyConnection) -> None:
    """Number the persons of each further draw whose records no person of draw 0 has alone.

    A person can differ only where a record was given to it or taken from it; what is merely
    called otherwise is found by what it is made of.
    """
    for statement in _MEMBERS:
        con.execute(statement)


_MADE_OF = "hash(count(*), bit_xor(hash(organisation, record))) AS made_of"
_MEMBERS = (
    "CREATE TABLE best AS SELECT record, organisation, pseudonym FROM raw_links WHERE draw = 0",
    "CREATE TABLE moved AS SELECT l.draw, l.pseudonym AS now, b.pseudonym AS before "
    "FROM raw_links l JOIN best b ON b.record = l.record AND b.organisation = l.organisation "
    "WHERE l.draw > 0 AND l.pseudonym <> b.pseudonym",
    "CREATE TABLE touched AS SELECT draw, now AS pseudonym FROM moved "
    "UNION SELECT draw, before FROM moved",
    "CREATE TABLE link AS SELECT l.draw, l.record, l.organisation, l.pseudonym, "
    "b.pseudonym AS before FROM raw_links l SEMI JOIN touched t "
    "ON t.draw = l.draw AND t.pseudonym = l.pseudonym "
    "JOIN best b ON b.record = l.record AND b.organisation = l.organisation WHERE l.draw > 0",
    f"CREATE TABLE as_before AS SELECT pseudonym, {_MADE_OF} FROM best b "
    "SEMI JOIN link ON link.before = b.pseudonym GROUP BY pseudonym",
    f"CREATE TABLE as_drawn AS SELECT draw, pseudonym, any_value(before) AS before, {_MADE_OF} "
    "FROM link GROUP BY draw, pseudonym",
    "CREATE TABLE made AS SELECT d.draw, d.pseudonym, ((SELECT count(*) FROM people) "
    "+ row_number() OVER (ORDER BY d.draw, d.pseudonym))::INTEGER AS entity FROM as_drawn d "
    "JOIN as_before o ON o.pseudonym = d.before WHERE o.made_of <> d.made_of",
    "CREATE TABLE members AS SELECT made.entity, made.draw, link.record, link.organisation, "
    "link.before FROM made JOIN link ON link.draw = made.draw AND link.pseudonym = made.pseudonym",
)


def _people(con: DuckDBPyConnection, cases: Cases) -> None:
    biggest = "(-p.records, m.before)"
    kept = ", ".join(f'arg_min(p."{name}", {biggest}) AS "{name}"' for name in _KEPT)
    con.execute(
        f"CREATE TABLE kept AS SELECT m.entity, {kept}, "
        "min(p.first_contact_on) AS first_contact_on, "
        "count(DISTINCT m.organisation) AS organisations, count(*) AS records, 0 AS conflicts, "
        "bool_or(p.linkable) AS linkable "
        "FROM members m JOIN people p ON p.pseudonym = m.before GROUP BY m.entity"
    )
    con.execute(_decided(cases))
    from_kept = {*_KEPT, "first_contact_on", "organisations", "records", "conflicts", "linkable"}
    special = {"pseudonym": "NULL", "child": _CHILD}
    chosen = ", ".join(
        special.get(name) or f'{"k" if name in from_kept else "d"}."{name}"'
        for name in PERSON_COLUMNS
    )
    con.execute(
        f"INSERT INTO people SELECT k.entity, {chosen} FROM kept k "
        "LEFT JOIN decided d ON d.entity = k.entity"
    )


def _decided(cases: Cases) -> str:
    """Return SQL for the first day, organisation and body of each status, purposes and case."""
    table = cases.tables.get("assessments")
    there = set() if table is None else set(table.column_names)
    if not {"record", "organisation", "status", "decided_on"} <= there:
        nothing = ", ".join(f"NULL AS {name}" for name in _FROM_ASSESSMENTS)
        return f"CREATE TABLE decided AS SELECT NULL::INTEGER AS entity, {nothing} WHERE FALSE"
    order, parts = "(x.decided_on, x.organisation)", []
    for status, day, beside in _DECIDED:
        which = f"FILTER (WHERE x.status = '{status}')"
        parts.append(f'min(x.decided_on) {which} AS "{day}"')
        parts += [
            f'arg_min({_or_null(column, there)}, {order}) {which} AS "{name}"'
            for name, column in beside.items()
        ]
    purposes, case = _or_null("purposes", there), _or_null("case_group", there)
    parts.append(
        f"array_to_string(list_sort(list_distinct(flatten(list(string_split({purposes}, ';')) "
        f"FILTER (WHERE {purposes} IS NOT NULL AND x.status <> 'not_a_victim')))), ';') "
        "AS purposes"
    )
    parts.append(f"arg_min({case}, (x.status <> 'identified', x.decided_on, {case})) AS case_group")
    return (
        f"CREATE TABLE decided AS SELECT m.entity, {', '.join(parts)} FROM raw_decided x "
        "JOIN members m ON m.record = x.record AND m.organisation = x.organisation "
        "GROUP BY m.entity"
    )


def _or_null(column: str, there: set[str]) -> str:
    return f"x.{column}" if column in there else "NULL::VARCHAR"
