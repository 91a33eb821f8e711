"""A DuckDB that holds records in memory alone, and says so when they do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from analysis.errors import LinkageError
from analysis.vault import duck

MEMORY = "8GiB"
"""Most memory of a run. A million records need less (``benchmarks/linkage.py``)."""


@contextmanager
def in_memory(threads: int | None = None) -> Iterator[Any]:
    """Open `vault.duck` for one run, and close it after.

    Raises
    ------
    LinkageError
        If the run needs more memory than `MEMORY`: nothing spills to a disk, as what is
        spilled would be tokens in plain text.
    """
    import duckdb
    from splink.internals.exceptions import SplinkException

    connection = duck.connect({}, memory=MEMORY, threads=threads)
    try:
        yield connection
    except (duckdb.OutOfMemoryException, SplinkException) as error:
        if not isinstance(error.__cause__ or error, duckdb.OutOfMemoryException):
            raise
        raise LinkageError(
            f"link: the records need more than {MEMORY} of memory. Use narrower rules for "
            "blocking in data/linkage.yml, or splink's Spark backend (docs/partner-data.md)."
        ) from None
    finally:
        connection.close()
