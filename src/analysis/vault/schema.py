"""The tables of the store, and the steps that bring an older store up to them.

A step is never changed once a store was written with it: a new need is a new step. The
file itself says how many were taken (``user_version``).
"""

from __future__ import annotations

from secrets import token_hex

from analysis.errors import VaultError
from analysis.vault.database import Connection

_FIRST = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    """CREATE TABLE submissions (
        id TEXT PRIMARY KEY, organisation TEXT NOT NULL, form TEXT NOT NULL,
        period TEXT NOT NULL, received_on TEXT NOT NULL, file TEXT NOT NULL,
        sha256 TEXT NOT NULL, version INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('held', 'accepted', 'superseded', 'deleted')),
        row_count INTEGER NOT NULL, set_aside TEXT NOT NULL, questions TEXT NOT NULL,
        purpose TEXT NOT NULL, agreement TEXT NOT NULL, delete_after TEXT NOT NULL,
        schema_version INTEGER NOT NULL, synthetic INTEGER NOT NULL, supersedes TEXT NOT NULL,
        key_id TEXT NOT NULL) STRICT""",
    """CREATE TABLE blobs (
        submission TEXT NOT NULL REFERENCES submissions (id),
        kind TEXT NOT NULL CHECK (kind IN ('rows', 'original', 'aside')),
        sealed BLOB NOT NULL, sealed_sha256 TEXT NOT NULL, plain_sha256 TEXT NOT NULL,
        PRIMARY KEY (submission, kind)) STRICT""",
    """CREATE TABLE named (
        name TEXT NOT NULL, version INTEGER NOT NULL, put_at TEXT NOT NULL, sealed BLOB,
        sealed_sha256 TEXT NOT NULL, plain_sha256 TEXT NOT NULL, key_id TEXT NOT NULL,
        PRIMARY KEY (name, version)) STRICT""",
    """CREATE TABLE log (
        entry INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL, facts TEXT NOT NULL,
        mac BLOB NOT NULL) STRICT""",
)
_SECOND = (
    # Two accepted versions of one form and period would count every person twice.
    """CREATE UNIQUE INDEX one_accepted ON submissions (organisation, form, period)
        WHERE state = 'accepted'""",
    """CREATE TABLE deletions (
        submission TEXT PRIMARY KEY REFERENCES submissions (id), deleted_on TEXT NOT NULL,
        row_count INTEGER NOT NULL, bytes INTEGER NOT NULL, blobs TEXT NOT NULL,
        proved_at TEXT NOT NULL) STRICT""",
    "ALTER TABLE named ADD COLUMN removed_on TEXT NOT NULL DEFAULT ''",
)
STEPS = (_FIRST, _SECOND)
VERSION = len(STEPS)


def version(connection: Connection) -> int:
    """Return the version of a store's tables; 0 where there are none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def require_known(connection: Connection, name: str) -> None:
    """Refuse a store that a newer workbench wrote, and a file that is none.

    Raises
    ------
    VaultError
        If its version is above ours, or it has no tables: SQLite takes an emptied file for a
        new one.
    """
    found = version(connection)
    if found < 1:
        raise VaultError(
            f"{name}: the file is damaged: it holds no tables. Keep a copy of it, and restore a "
            "backup: workbench store restore DIR."
        )
    if found > VERSION:
        raise VaultError(
            f"{name}: its tables are of version {found}, and this workbench knows up to "
            f"{VERSION}. Update the workbench; nothing was changed."
        )


def bring_up(connection: Connection) -> tuple[int, int]:
    """Take the steps that are missing, inside the transaction that is open.

    Returns
    -------
    tuple of int
        The version before and after.
    """
    before = version(connection)
    for step in STEPS[before:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    return before, VERSION


def fill_new(connection: Connection, *, made_on: str) -> None:
    """Make all tables of a new store, and give it the name by which its keys know it."""
    bring_up(connection)
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [("store", token_hex(8)), ("made_on", made_on), ("layers", "")],
    )


def meta(connection: Connection, name: str) -> str:
    """Return one of the store's own facts."""
    return str(connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0])


def set_meta(connection: Connection, name: str, value: str) -> None:
    """Change one of the store's own facts."""
    connection.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))
