"""A path and a key in, a connection to a SQLCipher file out; its failures become words."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3

from analysis.errors import VaultError
from analysis.vault import guard

Connection = Any
"""A `sqlcipher3.Connection`, which has no type stubs."""

PAGE_BYTES = 16384
"""Blobs of megabytes are a fifth faster than with SQLCipher's 4096 (docs/decisions/0027)."""
WAIT_MILLISECONDS = 30_000
"""So long a connection waits for another one's commit."""
_SETTINGS = (
    "PRAGMA temp_store = MEMORY",  # what does not fit a page never meets a disk
    "PRAGMA secure_delete = ON",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    f"PRAGMA busy_timeout = {WAIT_MILLISECONDS}",
)


def connect(path: Path, secrets: Sequence[bytes]) -> Connection:
    """Open a file by the first of ``secrets`` that opens it.

    There are several only while a key is being changed.

    Raises
    ------
    VaultError
        If none opens it: the key is wrong, or the file damaged.
    """
    for secret in secrets:
        connection = sqlcipher3.connect(str(path), isolation_level=None, check_same_thread=False)
        try:
            unlock(connection, secret)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except (sqlcipher3.DatabaseError, MemoryError) as error:
            damaged = isinstance(error, MemoryError) and _is_damaged(connection)
            connection.close()
            if damaged or (isinstance(error, sqlcipher3.Error) and not _is_no_database(error)):
                raise _worded(path.name, error) from error
            if isinstance(error, MemoryError):
                raise
            continue
        for setting in _SETTINGS:
            connection.execute(setting)
        return connection
    raise VaultError(
        f"{path.name}: this key does not open it, or the file is damaged. Check WORKBENCH_KEYS; "
        "if the keys are right, restore a backup: workbench store restore DIR."
    )


def unlock(connection: Connection, secret: bytes) -> None:
    """Give a fresh connection its key: 256 random bits, so no password is stretched."""
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to standard error
    connection.execute(f"PRAGMA key = {quoted(secret)}")
    connection.execute(f"PRAGMA cipher_page_size = {PAGE_BYTES}")


def quoted(secret: bytes) -> str:
    """Write a raw key as SQLCipher reads it."""
    return f"\"x'{secret.hex()}'\""


@contextmanager
def opened(path: Path, secrets: Sequence[bytes]) -> Iterator[Connection]:
    """Open a file for a while; what goes wrong with the file becomes a `VaultError`."""
    connection = connect(path, secrets)
    try:
        with worded(path.name, connection):
            yield connection
    finally:
        connection.close()


@contextmanager
def worded(name: str, connection: Connection) -> Iterator[None]:
    """Turn failures of the file, not of our statements, into a `VaultError`."""
    try:
        yield
    except MemoryError as error:
        # So SQLCipher reports a page whose HMAC does not fit.
        if _is_damaged(connection):
            raise _worded(name, error) from error
        raise
    except sqlcipher3.DatabaseError as error:
        if type(error) in (sqlcipher3.DatabaseError, sqlcipher3.OperationalError):
            raise _worded(name, error) from error
        raise


@contextmanager
def made_whole(path: Path) -> Iterator[Path]:
    """Give a name beside ``path`` to fill; it takes its place when all went well."""
    new = beside(path)
    clear(new)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, guard.FILE_MODE))
    try:
        yield new
    except BaseException:
        clear(new)
        raise
    sync(new)
    new.replace(path)
    guard.settle(path.parent)


def beside(path: Path) -> Path:
    """Return the name that a file has until it is whole."""
    return path.with_name(f".{path.name}.new")


def copy(path: Path, secrets: Sequence[bytes], to: Path) -> None:
    """Write a consistent copy to an empty file, under the first key, while others use the file."""
    with opened(path, secrets) as connection, opened(to, secrets[:1]) as target:
        connection.backup(target)


def clear(path: Path) -> None:
    """Remove a database and what SQLite keeps beside it."""
    for tail in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + tail).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _is_damaged(connection: Connection) -> bool:
    """Say whether a page of the file is not as it was written."""
    try:
        return connection.execute("PRAGMA cipher_integrity_check").fetchone() is not None
    except (sqlcipher3.DatabaseError, MemoryError):
        return True


def _is_no_database(error: Exception) -> bool:
    return "not a database" in str(error)


def _worded(name: str, error: Exception) -> VaultError:
    said = str(error) or "a page does not fit its HMAC"
    if "locked" in said or "busy" in said:
        return VaultError(
            f"{name}: another process holds it for longer than "
            f"{WAIT_MILLISECONDS // 1000} seconds. Wait until it ends, and run again."
        )
    if "full" in said:
        return VaultError(
            f"{name}: the disk is full. Make room and run again; the store is as it was."
        )
    if "readonly" in said or "unable to open" in said:
        return VaultError(
            f"{name}: it, or its folder, cannot be written. Give its owner the right to write."
        )
    return VaultError(
        f"{name}: the file is damaged or was changed by another program ({said}). Keep a copy of "
        "it, and restore a backup: workbench store restore DIR."
    )
