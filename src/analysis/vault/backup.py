"""A store copied while it is used, and put back; its keys copied to another place.

A copy of the store holds no key. A copy of the keys holds no data, and there is only
ever one, so that a key that retention destroyed is not kept alive by an old copy.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from analysis.errors import VaultError
from analysis.vault import (
    checking,
    database,
    guard,
    lock,
    reconciling,
    rings,
    schema,
    store,
    submission_keys,
)
from analysis.vault.audit import Clock, utc_now
from analysis.vault.checking import Checked
from analysis.vault.keys import StoreKey

_STAMP = "%Y%m%dT%H%M%SZ"
KEPT = "replaced-"
"""Begins the name of the folder that keeps what a restore put another store in place of."""


@dataclass(frozen=True, slots=True)
class Written:
    """A backup, and what was found when it was read back."""

    path: Path
    checked: Checked


def write(folder: Path, key: StoreKey, to: Path, *, clock: Clock = utc_now) -> Written:
    """Write a consistent copy of the store into a folder, and read it back.

    Others may read and write meanwhile. The copy is encrypted by the same key.

    Raises
    ------
    VaultError
        If there is no store, the folder is that of the store or of the keys, or the copy is
        not sound.
    """
    _require_store(folder)
    guard.require_apart(to, folder)
    guard.require_apart(key.folder, to)
    guard.make_private(to)
    with store.writing(folder, key, clock=clock) as found:
        found.log("backed_up")
    path = _free(to / f"store-{_stamp(clock)}.db")
    with database.made_whole(path) as new:
        with lock.reader(folder):
            database.copy(folder / store.FILE, key.secrets, new)
        checked = checking.check_file(new, key, is_copy=True)
        checking.require_sound(checked, "backup")
    return Written(path, checked)


def newest(folder: Path) -> Path:
    """Return the newest backup of a folder.

    Raises
    ------
    VaultError
        If it holds none.
    """
    found = sorted(folder.glob("store-*.db"))
    if not found:
        raise VaultError(f"{folder.name}: it holds no backup (store-….db). Name another folder.")
    return found[-1]


def restore(
    folder: Path, key: StoreKey, source: Path, *, replace: bool = False, clock: Clock = utc_now
) -> Path | None:
    """Put a backup in the store's place.

    What retention destroyed since the backup was made stays destroyed.

    Returns
    -------
    Path or None
        The folder in which the store that was there is kept.

    Raises
    ------
    VaultError
        If a store is there and ``replace`` is not set, someone uses it, or the backup is not
        sound. The store that was there is then as it was.
    """
    guard.require_apart(key.folder, folder)
    if store.exists(folder) and not replace:
        raise VaultError(
            f"{folder.name}: there is a store here. To put the backup in its place, add "
            "--replace; the store that is here is kept beside it."
        )
    checking.require_sound(checking.check_file(source, key, is_copy=True), source.name)
    with lock.alone(folder):
        kept = None
        with database.made_whole(folder / store.FILE) as new:
            database.copy(source, key.secrets + key.earlier, new)
            with database.opened(new, key.secrets) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
            if store.exists(folder):
                kept = _keep(folder, key, _stamp(clock))
        with store.session(folder, key, clock) as found:
            with store.transaction(found):
                found.log("restored", {"tables": schema.VERSION})
            reconciling.reconcile(found)
    return kept


def require_separate(store_to: Path, keys_to: Path) -> None:
    """Refuse copies of store and keys of which one lies in the other."""
    guard.require_apart(keys_to, store_to)


def write_keys(key: StoreKey, to: Path) -> None:
    """Copy both rings and the keys of submissions to a folder, in place of an earlier copy.

    Raises
    ------
    VaultError
        If the folder is that of the keys, others can read it, or it lies beside the data.
    """
    guard.require_apart(key.folder, to)
    if any(to.glob("store-*.db")) or store.exists(to):
        raise VaultError(
            f"{to.name}: a store or its backup lies here. Whoever copies the one gets the other: "
            "name another folder for the keys."
        )
    guard.require_outside_data(to)
    guard.make_private(to)
    submission_keys.create(key)
    with lock.writer(key.folder):
        _copy_keys(key, to)


def restore_keys(source: Path, folder: Path) -> None:
    """Put a copy of the keys into a folder that has none.

    Raises
    ------
    VaultError
        If there are keys already, or the copy is not whole.
    """
    names = (rings.INTAKE, rings.STORE, submission_keys.FILE)
    missing = [name for name in names if not (source / name).is_file()]
    if missing:
        raise VaultError(f"{source.name}: {', '.join(missing)} is missing. Name another copy.")
    there = [name for name in names if (folder / name).exists()]
    if there:
        raise VaultError(
            f"{folder.name}: {', '.join(there)} is here already. Move it away first, and keep it "
            "until the store has opened."
        )
    guard.require_outside_data(folder)
    guard.make_private(folder)
    for name in reversed(names):  # the intake ring last: with it the folder is whole
        guard.write_private(folder / name, (source / name).read_bytes())


def _copy_keys(key: StoreKey, to: Path) -> None:
    with database.made_whole(to / submission_keys.FILE) as new:
        secrets = submission_keys.file_secrets(key)
        database.copy(key.folder / submission_keys.FILE, secrets, new)
    for name in (rings.STORE, rings.INTAKE):
        if (key.folder / name).exists():
            guard.write_private(to / name, (key.folder / name).read_bytes())


def _keep(folder: Path, key: StoreKey, stamp: str) -> Path:
    """Keep the store that is here under another name; its place stays filled meanwhile."""
    path = folder / store.FILE
    with (
        contextlib.suppress(VaultError),  # damaged ones are kept as they are
        database.opened(path, key.secrets) as connection,
    ):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = _free(folder / f"{KEPT}{stamp}")
    kept.mkdir(mode=guard.FOLDER_MODE)
    for tail in ("", "-wal", "-shm"):
        part = path.with_name(path.name + tail)
        if part.exists():
            (kept / part.name).hardlink_to(part)
            if tail:
                part.unlink()
    guard.settle(folder)
    return kept


def _require_store(folder: Path) -> None:
    if not store.exists(folder):
        raise VaultError(f"{folder.name}: there is no store here, so there is nothing to copy.")


def _stamp(clock: Clock) -> str:
    when: datetime = clock()
    return when.strftime(_STAMP)


def _free(path: Path) -> Path:
    if path.exists():
        raise VaultError(f"{path.name}: it is there already. Wait a second, and run again.")
    return path
