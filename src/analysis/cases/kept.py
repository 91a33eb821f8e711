"""What a run of linkage gave in, the named blobs of the store out; and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any

from analysis.cases.pseudonyms import Alias, Founded
from analysis.contracts.partner.store import ArrowTable
from analysis.vault.encoding.arrow import arrow
from analysis.vault.tokens import TOKEN_COLUMNS

LINKS, DRAWS, PAIRS = "links", "link_draws", "link_pairs"
REVIEWS, PSEUDONYMS, ALIASES, RUN = "link_reviews", "pseudonyms", "aliases", "link_run"
NAMES = (LINKS, DRAWS, PAIRS, REVIEWS, PSEUDONYMS, ALIASES, RUN)
"""Every named blob of linkage."""

_HOLDING_TOKENS = ("record", "record_l", "record_r", "founder")


def packed(table: ArrowTable) -> bytes:
    """Return a table as zstd Parquet, which says which of its columns hold tokens.

    So rotation can put a layer over them without knowing what they are for.
    """
    parquet = arrow().parquet
    tokens = [name for name in table.column_names if name in _HOLDING_TOKENS]
    table = table.replace_schema_metadata({TOKEN_COLUMNS: " ".join(tokens).encode()})
    out = BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def unpacked(content: bytes | None) -> ArrowTable | None:
    """Return a table from its bytes; None where there are none."""
    parquet = arrow().parquet
    return None if content is None else parquet.read_table(BytesIO(content))


def founded(store: Any) -> tuple[Founded, ...]:
    """Return all pseudonyms that earlier runs gave."""
    table = unpacked(store.named(PSEUDONYMS))
    return () if table is None else tuple(Founded(**row) for row in table.to_pylist())


def put_founded(store: Any, every: Sequence[Founded]) -> None:
    """Keep all pseudonyms."""
    store.put_named(PSEUDONYMS, packed(_table(every, ("pseudonym", "founder", "since"))))


def aliases(store: Any) -> tuple[Alias, ...]:
    """Return every change of a pseudonym so far, oldest first."""
    table = unpacked(store.named(ALIASES))
    return () if table is None else tuple(Alias(**row) for row in table.to_pylist())


def put_aliases(store: Any, every: Sequence[Alias]) -> None:
    """Keep all changes."""
    store.put_named(ALIASES, packed(_table(every, ("old", "new", "why", "on"))))


def _table(rows: Sequence[Founded | Alias], names: Sequence[str]) -> ArrowTable:
    pa = arrow()
    days = {"since", "on"}
    plain = [asdict(row) for row in rows]
    return pa.table(
        {
            name: pa.array(
                [row[name] for row in plain], pa.date32() if name in days else pa.string()
            )
            for name in names
        }
    )
