"""Rows as they were sent in, each row as its sender last told it out."""

from __future__ import annotations

from typing import Any

from analysis.contracts.partner.forms import Form
from analysis.contracts.partner.periods import period
from analysis.contracts.partner.store import ArrowTable
from analysis.vault.encoding.arrow import arrow


def newest(connection: Any, table: ArrowTable, form: Form) -> ArrowTable:
    """Keep, of the rows of one sender that share the form's key, the last one told.

    A sender sends a row again, whole, for each later period in which something in it
    changed (a stay that ended, an answer that came). It is one stay, told twice: counted as
    two, every count of rows would grow with the number of reports.

    Parameters
    ----------
    connection
        From `memory.in_memory`.
    table : pyarrow.Table
        Rows of all periods with `contracts.partner.store.META`; ``record`` stands in the
        place of ``person``.
    form : Form
        Whose ``key`` says which rows are the same; without one, all rows are kept.

    Returns
    -------
    pyarrow.Table
        The rows that are kept, in the order in which they stood.
    """
    columns = ("record" if name == "person" else name for name in form.key)
    key = ["organisation", *(name for name in columns if name in table.column_names)]
    if not form.key or table.num_rows == 0:
        return table
    pa = arrow()
    told = set(table["period"].to_pylist())
    ends = pa.table({"period": list(told), "ends": [period(text).last for text in told]})
    numbered = table.select([*key, "period", "source_row"])
    numbered = numbered.append_column("number", pa.array(range(table.num_rows), pa.int64()))
    connection.register("told", numbered)
    connection.register("ends", ends)
    named = ", ".join(f'told."{name}"' for name in key)
    kept = connection.sql(
        f"select arg_max(number, (ends, source_row)) as number from told join ends using (period) "
        f"group by {named} order by number"
    ).to_arrow_table()["number"]
    for name in ("told", "ends"):
        connection.unregister(name)
    return table.take(kept)
