"""Rows of one submission in, the table that is kept of them out; and back with `META`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow
import pyarrow.compute

from analysis.contracts.partner.store import META, ArrowTable, Submission

pa: Any = pyarrow  # it comes without types
SAME = META[:3]
"""Columns that are the same in all rows of a submission, so they are not kept in it."""
_TYPES = (pa.string(), pa.string(), pa.string(), pa.int32())
EMPTY = pa.schema(list(zip(META, _TYPES, strict=True)))
"""Columns of a form that nobody has sent."""


def kept(table: ArrowTable, one: Submission) -> ArrowTable:
    """Return what is kept: ``source_row`` and the form's columns, in plain types.

    Raises
    ------
    ValueError
        If the rows are not those of the submission. It is a fault of the program.
    """
    if "source_row" not in table.column_names:
        raise ValueError(f"rows of {one.id} have no column source_row")
    if table.num_rows != one.rows:
        raise ValueError(f"rows of {one.id}: {table.num_rows} came, {one.rows} are counted")
    for name, wanted in _same(one):
        if name in table.column_names and pa.compute.unique(table[name]).to_pylist() not in (
            [],
            [wanted],
        ):
            raise ValueError(f"rows of {one.id}: column {name} is not that of the submission")
    columns = ["source_row", *(name for name in table.column_names if name not in META)]
    return table.select(columns).cast(pa.schema([_plain(table.schema.field(n)) for n in columns]))


def with_meta(table: ArrowTable, one: Submission) -> ArrowTable:
    """Put the columns of `META` before the form's own."""
    for place, (name, value) in enumerate(_same(one)):
        column = pa.repeat(pa.scalar(value, pa.string()), table.num_rows)
        table = table.add_column(place, name, column)
    return table


def united(tables: Iterable[ArrowTable]) -> ArrowTable:
    """Return all rows; a field that a submission did not hold is null in its rows."""
    return pa.concat_tables([EMPTY.empty_table(), *tables], promote_options="permissive")


def _same(one: Submission) -> list[tuple[str, str]]:
    return list(zip(SAME, (one.id, one.organisation, one.period), strict=True))


def _plain(field: Any) -> Any:
    kind = pa.int32() if field.name == "source_row" else field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        kind = pa.string()
    return pa.field(field.name, kind)
