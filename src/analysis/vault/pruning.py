"""Tokens in what lies beside the rows: found, refused where nobody could find them, and pruned.

Named blobs hold tokens only in Parquet columns that the file's own metadata names
(`tokens.TOKEN_COLUMNS`), so rotation and retention reach them without knowing their use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pyarrow
import pyarrow.compute

from analysis.contracts.partner.store import ArrowTable
from analysis.vault import sealing
from analysis.vault.tokens import TOKEN_COLUMNS

pa: Any = pyarrow  # it comes without types
_PARQUET = b"PAR1"
_TOKEN = r"(?:^|[^0-9a-f])[0-9a-f]{32}(?:[^0-9a-f]|$)"
_BARE = re.compile(_TOKEN.encode())


def require_declared(name: str, content: bytes) -> None:
    """Refuse a named blob with tokens where rotation and retention would not find them.

    Raises
    ------
    ValueError
        Naming the blob and the column. It is a fault of the program.
    """
    if not content.startswith(_PARQUET):
        if _BARE.search(content):
            raise ValueError(f"{name}: it holds tokens, and is no Parquet file that says where")
        return
    table = sealing.from_parquet(content)
    declared = _declared(table)
    for column in table.column_names:
        if column not in declared and pa.types.is_string(table.schema.field(column).type):
            found = pa.compute.match_substring_regex(table[column], _TOKEN)
            if pa.compute.any(found).as_py():
                raise ValueError(f"{name}: column {column} holds tokens, and metadata says not so")


def known(tables: Iterable[ArrowTable]) -> ArrowTable:
    """Return every token that stands alone in a cell of the rows that are left."""
    found = [
        pa.compute.unique(table[column]).drop_null().cast(pa.string())
        for table in tables
        for column in table.column_names
        if pa.types.is_string(table.schema.field(column).type)
    ]
    every = pa.chunked_array(found, pa.string()).unique() if found else pa.array([], pa.string())
    return every.filter(pa.compute.match_substring_regex(every, "^[0-9a-f]{32}$"))


def pruned(content: bytes, left: ArrowTable) -> bytes:
    """Return a named blob without the lines that name a token that is not ``left``."""
    if not content.startswith(_PARQUET):
        return content
    table = sealing.from_parquet(content)
    stays = table
    for column in _declared(table):
        here = stays[column]
        keep = pa.compute.or_(pa.compute.is_null(here), pa.compute.is_in(here, value_set=left))
        stays = stays.filter(keep)
    return content if stays.num_rows == table.num_rows else sealing.to_parquet(stays)


def _declared(table: ArrowTable) -> list[str]:
    metadata: dict[bytes, bytes] = table.schema.metadata or {}
    return metadata.get(TOKEN_COLUMNS, b"").decode().split()
