"""Arrow tables in, a DuckDB connection that can write nothing to a disk out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from analysis.contracts.partner.store import ArrowTable

Connection = Any
"""A `duckdb.DuckDBPyConnection`."""

_CLOSED: Mapping[str, str | bool] = {
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
MEMORY = "3GiB"
THREADS = 2


def connect(
    tables: Mapping[str, ArrowTable], *, memory: str = MEMORY, threads: int | None = None
) -> Connection:
    """Open DuckDB in memory over tables, each by its name.

    Nothing spills to a disk: a query that needs more than ``memory`` raises
    `duckdb.OutOfMemoryException`. No file can be read or written, no extension loaded, and
    none of this can be changed in SQL.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        Pseudonymous rows, as `Store.rows` gives them.
    memory : str
        Most memory, as DuckDB writes it.
    threads : int or None
        None: two, or one where the machine has one.

    Examples
    --------
    >>> import pyarrow
    >>> one = connect({"rows": pyarrow.table({"n": [1, 2]})})
    >>> one.sql("SELECT sum(n) FROM rows").fetchone()
    (3,)
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    for name, value in {
        **_CLOSED,
        "memory_limit": memory,
        "threads": threads or _threads(),
    }.items():
        connection.execute(f"SET {name} = {value!r}")
    for last in ("enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"SET {last}")
    for name, table in tables.items():
        connection.register(name, table)
    return connection


def _threads() -> int:
    return min(THREADS, os.cpu_count() or 1)
