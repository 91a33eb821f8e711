"""Rows of the form ``persons`` in, one record for each person of each sender out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.cases.columns import BIRTH_YEAR, FULL_NAME, PLAIN, RECORD
from analysis.cases.planes import with_planes
from analysis.contracts.partner.forms import IDENTITIES
from analysis.contracts.partner.periods import period
from analysis.contracts.partner.store import ArrowTable, Submission
from analysis.vault.encoding.arrow import arrow
from analysis.vault.encoding.columns import Which, names

NOT_STATED = "unknown"
"""The code of a sex that is not stated: nothing to compare."""


def prepared(connection: Any, persons: ArrowTable, submissions: Iterable[Submission]) -> ArrowTable:
    """Return one row a record: `columns.RECORD`, ``full_name``, ``linkable``, its latest row.

    A record is one person of one sender: the same token in several submissions. The latest
    row wins, field by field, and an empty cell does not undo what an earlier row knew. All
    columns of one identity come from one row. Sketches become numbers (see `planes`).

    Parameters
    ----------
    connection
        From `memory.in_memory`.
    persons : pyarrow.Table
        From `Store.rows`; identities that no sender sends may be absent.
    submissions : iterable of Submission
        They say in which order rows came.
    """
    connection.register("came", turns(submissions))
    connection.register("rows", _complete(persons))
    kept = ", ".join(_latest(which) for which in IDENTITIES)
    plain = ", ".join(f"arg_max({name}, turn) as {name}" for name in PLAIN)
    unpacked = ", ".join(f"{which}.{name}" for which in IDENTITIES for name in names(which))
    known = " or ".join(f"{names(which)[0]} is not null" for which in IDENTITIES)
    found = connection.sql(f"""
        with turned as (
            select rows.* replace (nullif(sex, '{NOT_STATED}') as sex),
                row_number() over (order by came.turn, source_row) as turn
            from rows left join came using (submission)
            where person is not null
        ), latest as (
            select person as record, organisation, {kept}, {plain},
                arg_max(submission, turn) as submission, arg_max(source_row, turn) as source_row
            from turned group by person, organisation
        ), flat as (
            select record, organisation, {unpacked}, {", ".join(PLAIN)}, submission, source_row
            from latest
        )
        select {", ".join(RECORD)},
            case when given_name_words is not null and family_name_words is not null then
                array_to_string(list_sort(list_concat(
                    string_split(given_name_words, ' '), string_split(family_name_words, ' ')
                )), ' ') end as {FULL_NAME},
            {known} as linkable, submission, source_row
        from flat order by record
    """).to_arrow_table()
    for name in ("came", "rows"):
        connection.unregister(name)
    return with_planes(found)


def _latest(which: Which) -> str:
    packed = ", ".join(f"{name} := {name}" for name in names(which))
    return (
        f"arg_max(struct_pack({packed}), turn) filter "
        f"(where {names(which)[0]} is not null) as {which}"
    )


def turns(submissions: Iterable[Submission]) -> ArrowTable:
    """Return the turn of each submission: by the period that it is for, then by its day."""
    pa = arrow()
    ordered = sorted(
        submissions, key=lambda one: (period(one.period).last, one.received_on, one.id)
    )
    turns = list(range(len(ordered)))
    return pa.table(
        {
            "submission": pa.array([one.id for one in ordered], pa.string()),
            "turn": pa.array(turns, pa.int64()),
        }
    )


def _complete(persons: ArrowTable) -> ArrowTable:
    """Add, empty, the columns that nobody sent."""
    pa = arrow()
    wanted = {"person": pa.string(), **{name: pa.string() for name in RECORD[1:]}}
    wanted[BIRTH_YEAR] = pa.int32()
    for name, kind in wanted.items():
        if name not in persons.column_names:
            persons = persons.append_column(name, pa.nulls(persons.num_rows, kind))
    return persons
