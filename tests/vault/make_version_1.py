"""Makes the store of version 1 that test_migration.py brings up: tests/vault/version_1/.

Run once, when version 1 was the newest: ``python tests/vault/make_version_1.py``. The
tables are written out here, so that a change of the program cannot change what version 1
was. Everything in it is invented; its holder's identity opens nothing else.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

from analysis.vault import audit, database, keys, sealing, submission_keys

TABLES = (
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
    "PRAGMA user_version = 1",
)
FOLDER = Path(__file__).parent / "version_1"
ID = "S-000000000001"
ORIGINAL = b"person;sex\n7;female\n8;\n"


def make(folder: Path) -> None:
    """Write keys and store below ``folder``."""
    keys.create(folder / "keys", holders=None, on=date(2026, 11, 24))
    key = keys.open_store_key(folder / "keys")
    submission_keys.create(key)
    (folder / "store").mkdir(mode=0o700)
    with (
        database.made_whole(folder / "store" / "store.db") as new,
        submission_keys.opened(key) as made,
        database.opened(new, key.secrets) as connection,
    ):
        with submission_keys.transaction(connection):
            for statement in TABLES:
                connection.execute(statement)
            _fill(connection, key, made)
        made.keep()
        made.set_anchor("5ec1a55e5e5e5e5e", *audit.head(connection))
        connection.execute("PRAGMA journal_mode = WAL")


def _fill(
    connection: database.Connection, key: keys.StoreKey, made: submission_keys.SubmissionKeys
) -> None:
    rows = pa.table(
        {
            "source_row": pa.array([2, 3], pa.int32()),
            "person": ["0" * 31 + "7", "0" * 31 + "8"],
            "sex": ["female", None],
        }
    )
    today = date(2026, 11, 24)
    key_id, own = made.make(today)
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [("store", "5ec1a55e5e5e5e5e"), ("made_on", "2026-11-24"), ("layers", "1")],
    )
    sha256 = hashlib.sha256(ORIGINAL).hexdigest()
    connection.execute(
        f"INSERT INTO submissions VALUES ({', '.join('?' * 19)})",
        (
            ID, "syn_a", "persons", "2008H1", "2008-08-01", "synthetic-persons.csv", sha256, 1,
            "accepted", 2, json.dumps([4]), "[]", "evaluation", "SYN-A", "2013-08-01", 1, 1, "",
            key_id,
        ),
    )  # fmt: skip
    _put(connection, "rows", sealing.to_parquet(rows), own)
    _put(connection, "original", ORIGINAL, key.originals, own)
    named_key, recipient = made.make(today)
    content = json.dumps({"records": 2}).encode()
    sealed = sealing.seal(content, recipient)
    connection.execute(
        "INSERT INTO named VALUES (?, 1, ?, ?, ?, ?, ?)",
        ("link_run", "2026-11-24T12:00:00+00:00", sealed, *_digests(sealed, content), named_key),
    )
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    audit.append(connection, key.audit, at, "accepted", {"submission": ID, "rows": 2})


def _put(connection: database.Connection, kind: str, content: bytes, *to: str) -> None:
    sealed = sealing.seal(content, *to)
    connection.execute(
        "INSERT INTO blobs VALUES (?, ?, ?, ?, ?)", (ID, kind, sealed, *_digests(sealed, content))
    )


def _digests(sealed: bytes, content: bytes) -> tuple[str, str]:
    return sealing.digest(sealed), sealing.digest(content)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_in:
        make(Path(made_in) / "version_1")
        shutil.rmtree(FOLDER, ignore_errors=True)
        shutil.copytree(
            Path(made_in) / "version_1", FOLDER, ignore=shutil.ignore_patterns("*.lock")
        )
    sys.stdout.write(f"{FOLDER.name}\n")
