"""A store in, what is wrong with it out: pages, log, blobs, keys and counts."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

import sqlcipher3

from analysis.contracts.partner.store import Submission
from analysis.errors import VaultError
from analysis.vault import (
    audit,
    database,
    lock,
    schema,
    sealing,
    store,
    submission_keys,
    submissions,
)
from analysis.vault.keys import StoreKey
from analysis.vault.session import Session


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was checked, and each thing that is wrong, in words."""

    submissions: int
    blobs: int
    entries: int
    bytes: int
    wrong: tuple[str, ...]


def check(folder: Path, key: StoreKey) -> Checked:
    """Check a store: every page, the log, every blob and its key.

    Raises
    ------
    VaultError
        If the file cannot be opened at all.
    """
    store.require_here(folder, key)
    with lock.reader(folder):
        return check_file(folder / store.FILE, key)


def check_file(path: Path, key: StoreKey, *, is_copy: bool = False) -> Checked:
    """Check a file; a copy may lag behind what its keys have seen, and be under an earlier one."""
    if not path.is_file():
        raise VaultError(f"{path.name}: there is no such store. Name the file of a backup.")
    with (
        database.opened(path, key.secrets + key.earlier * is_copy) as connection,
        submission_keys.opened(key) as keys,
    ):
        schema.require_known(connection, path.name)
        found = Session(connection, keys, key)
        wrong = tuple(_wrong(found, is_copy=is_copy))
        return Checked(*_counts(found), path.stat().st_size, wrong)


def require_sound(checked: Checked, what: str) -> None:
    """Refuse what is not sound.

    Raises
    ------
    VaultError
        With everything that is wrong.
    """
    if checked.wrong:
        raise VaultError(
            f"{what}: {len(checked.wrong)} things are wrong.\n"
            + "\n".join(checked.wrong)
            + "\nKeep a copy of it, and restore a backup that passes: workbench store restore DIR."
        )


def _wrong(found: Session, *, is_copy: bool) -> Iterator[str]:
    pages = list(_pages(found))
    yield from pages
    if pages:
        return  # what damaged pages hold says nothing
    anchor = None
    if not is_copy:
        anchor = found.keys.anchor(schema.meta(found.connection, "store"))
    yield from audit.broken(found.connection, found.key.audit, anchor)
    # A copy may hold what retention has since made unreadable.
    shredded = found.keys.shredded() if is_copy else set()
    for one in submissions.every(found):
        if submissions.key_id(found, one.id) not in shredded:
            yield from _wrong_in(found, one)
    yield from _wrong_in_named(found, shredded)


def _pages(found: Session) -> Iterator[str]:
    try:
        for (said,) in found.connection.execute("PRAGMA cipher_integrity_check"):
            yield f"pages: {said}"
        for (said,) in found.connection.execute("PRAGMA integrity_check"):
            if said != "ok":
                yield f"pages: {said}"
    except (sqlcipher3.DatabaseError, MemoryError) as error:
        yield f"pages: {str(error) or 'one does not fit its HMAC'}"


def _wrong_in(found: Session, one: Submission) -> Iterator[str]:
    blobs = found.connection.execute(
        "SELECT kind, sealed, sealed_sha256, plain_sha256 FROM blobs WHERE submission = ?",
        (one.id,),
    ).fetchall()
    kinds = {kind for kind, *_ in blobs}
    if one.state == "deleted":
        if blobs:
            yield f"{one.id}: it is deleted, and {len(blobs)} blobs of it are here"
        return
    needed = {"accepted": {"rows", "original"}, "held": {"original"}}.get(one.state, set())
    for kind in sorted(needed - kinds):
        yield f"{one.id}: it is {one.state}, and its {kind} is missing"
    for kind, sealed, sealed_sha256, plain_sha256 in blobs:
        if sealing.digest(sealed) != sealed_sha256:
            yield f"{one.id}: its {kind} was changed"
        elif kind == "rows":
            yield from _wrong_rows(found, one, plain_sha256)
    if one.state != "accepted":
        return
    if one.sha256 and submissions.find_blob(found, one.id, "original") != one.sha256:
        yield f"{one.id}: its original is not the file that was received"


def _wrong_rows(found: Session, one: Submission, plain_sha256: str) -> Iterator[str]:
    try:
        content = submissions.opened(found, one.id, "rows")
    except VaultError as error:
        yield f"{one.id}: {error}"
        return
    if sealing.digest(content) != plain_sha256:
        yield f"{one.id}: its rows are not those that were put"
    counted = sealing.from_parquet(content).num_rows
    if counted != one.rows:
        yield f"{one.id}: it has {counted} rows, and {one.rows} are counted"


def _wrong_in_named(found: Session, shredded: Set[str]) -> Iterator[str]:
    rows = found.connection.execute(
        "SELECT name, version, sealed, sealed_sha256, key_id FROM named WHERE removed_on = ''"
    )
    known = found.keys.known() | shredded
    for name, version, sealed, sealed_sha256, key_id in rows:
        if sealing.digest(sealed) != sealed_sha256:
            yield f"{name}, version {version}: it was changed"
        if key_id not in known:
            yield f"{name}, version {version}: its key is missing"


def _counts(found: Session) -> tuple[int, int, int]:
    try:
        return tuple(
            int(found.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in ("submissions", "blobs", "log")
        )  # type: ignore[return-value]
    except (sqlcipher3.DatabaseError, MemoryError):
        return 0, 0, 0
