"""The key of each submission, in a small encrypted file beside the rings, apart from the store.

A submission's rows and original are encrypted to a key of their own. That key is in no
backup of the store, so destroying it here makes every copy of them unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from secrets import token_hex

from analysis.errors import VaultError
from analysis.vault import database, guard, lock, sealing
from analysis.vault.keys import StoreKey, derived

FILE = "submission_keys.db"
_USE = "submission keys"
_SCHEMA = 1
_TABLES = (
    "CREATE TABLE keys (id TEXT PRIMARY KEY, identity TEXT, made_on TEXT NOT NULL, "
    "shredded_on TEXT) STRICT",
    "CREATE TABLE anchors (store TEXT PRIMARY KEY, entries INTEGER NOT NULL, mac BLOB NOT NULL) "
    "STRICT",
    f"PRAGMA user_version = {_SCHEMA}",
)


class SubmissionKeys:
    """Keys by their id; made and destroyed by the store alone."""

    def __init__(self, connection: database.Connection) -> None:
        self._connection = connection
        self._made: dict[str, tuple[str, date]] = {}

    def make(self, on: date) -> tuple[str, str]:
        """Make a key, to be kept by `keep`; return its id and its public recipient."""
        id_, identity = token_hex(8), sealing.new_identity()
        self._made[id_] = (identity, on)
        return id_, sealing.recipient(identity)

    def keep(self) -> None:
        """Write the keys that were made. A key that nothing needs in the end does no harm."""
        with transaction(self._connection):
            self._connection.executemany(
                "INSERT INTO keys VALUES (?, ?, ?, NULL)",
                [(id_, identity, on.isoformat()) for id_, (identity, on) in self._made.items()],
            )
        self._made.clear()

    def identity(self, id_: str, what: str) -> sealing.Identity:
        """Return the identity of a key.

        Raises
        ------
        VaultError
            If it was destroyed, or is not here.
        """
        if id_ in self._made:
            return sealing.to_identity(self._made[id_][0])
        found = self._connection.execute("SELECT * FROM keys WHERE id = ?", (id_,)).fetchone()
        if found is None:
            raise VaultError(
                f"{what}: its key is not in {FILE}. Restore the newest copy of the folder of keys: "
                "docs/keys.md, When a key is lost."
            )
        if found[1] is None:
            raise VaultError(f"{what}: its key was destroyed on {found[3]}. It cannot be read.")
        return sealing.to_identity(found[1])

    def recipient(self, id_: str, what: str) -> str:
        """Return the public recipient of a key; raises as `identity` does."""
        return str(self.identity(id_, what).to_public())

    def identities(self) -> list[sealing.Identity]:
        """Return every key that is left."""
        found = self._connection.execute("SELECT identity FROM keys WHERE identity NOT NULL")
        return [sealing.to_identity(text) for (text,) in found]

    def shredded(self) -> set[str]:
        """Return the ids of keys that were destroyed."""
        found = self._connection.execute("SELECT id FROM keys WHERE identity IS NULL")
        return {id_ for (id_,) in found}

    def known(self) -> set[str]:
        """Return the ids of keys that are left."""
        found = self._connection.execute("SELECT id FROM keys WHERE identity NOT NULL")
        return {id_ for (id_,) in found}

    def shred(self, ids: Sequence[str], on: date) -> None:
        """Destroy keys, and rewrite the file so that no page of it holds them."""
        with transaction(self._connection):
            self._connection.executemany(
                "UPDATE keys SET identity = NULL, shredded_on = ? WHERE id = ?",
                [(on.isoformat(), id_) for id_ in ids],
            )
        self._connection.execute("VACUUM")

    def anchor(self, store: str) -> tuple[int, bytes] | None:
        """Return how many entries the log of a store had at least, and the last one's mark."""
        found = self._connection.execute(
            "SELECT entries, mac FROM anchors WHERE store = ?", (store,)
        ).fetchone()
        return None if found is None else (int(found[0]), bytes(found[1]))

    def set_anchor(self, store: str, entries: int, mac: bytes) -> None:
        """Note how far the log of a store goes, so that an older copy is noticed."""
        self._connection.execute(
            "INSERT OR REPLACE INTO anchors VALUES (?, ?, ?)", (store, entries, mac)
        )


@contextmanager
def opened(key: StoreKey) -> Iterator[SubmissionKeys]:
    """Open the keys of all submissions.

    Raises
    ------
    VaultError
        If the file is missing, not private, damaged or of a newer version.
    """
    path = key.folder / FILE
    if not path.is_file():
        raise VaultError(
            f"keys: {FILE} is missing, and without it no submission can be read. Restore the "
            "newest copy of the folder of keys: docs/keys.md, When a key is lost."
        )
    guard.require_private(path)
    with database.opened(path, file_secrets(key)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > _SCHEMA:
            raise VaultError(
                f"{FILE}: a newer version of the workbench wrote it. Update the workbench."
            )
        yield SubmissionKeys(connection)


def create(key: StoreKey) -> None:
    """Make the file if it is not there; whole or not at all."""
    path = key.folder / FILE
    if path.exists():
        return
    with (
        lock.writer(key.folder),
        database.made_whole(path) as new,
        database.opened(new, file_secrets(key)[:1]) as connection,
    ):
        for statement in _TABLES:
            connection.execute(statement)


def file_secrets(key: StoreKey) -> list[bytes]:
    """Return what opens the file: made from the store's key, and not that key."""
    return [derived(secret, _USE) for secret in key.secrets]


@contextmanager
def transaction(connection: database.Connection) -> Iterator[None]:
    """Keep all statements of the block, or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
