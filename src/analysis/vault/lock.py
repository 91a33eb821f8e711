"""One writer, many readers, and now and then one who needs the store for itself.

The operating system gives a lock back when its holder dies, however it dies; the number
of the process in the file only tells whom to ask.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import VaultError
from analysis.vault import guard

WRITER, READERS = "writer.lock", "readers.lock"


@contextmanager
def writer(folder: Path) -> Iterator[None]:
    """Hold the lock of the one writer.

    Raises
    ------
    VaultError
        If another process holds it, with that process's number.
    """
    guard.make_private(folder)
    with _opened(folder / WRITER) as held:
        if not _taken(held, fcntl.LOCK_EX):
            raise VaultError(
                f"{folder.name}: process {_holder(folder / WRITER)} is writing to the store. "
                "Wait until it ends; nothing was changed."
            )
        os.ftruncate(held, 0)
        os.pwrite(held, f"{os.getpid()}\n".encode(), 0)
        yield


@contextmanager
def reader(folder: Path) -> Iterator[None]:
    """Say that someone reads, so that nobody replaces the file beneath.

    Raises
    ------
    VaultError
        If the store is being restored, re-keyed or cleared of what is due.
    """
    with _opened(folder / READERS) as held:
        if not _taken(held, fcntl.LOCK_SH):
            raise VaultError(
                f"{folder.name}: the store is being restored, re-keyed or cleared of what is due. "
                "Wait until that ends, and run again."
            )
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the store with no reader, as writer.

    Raises
    ------
    VaultError
        If anyone reads or writes.
    """
    with writer(folder), _opened(folder / READERS) as held:
        if not _taken(held, fcntl.LOCK_EX):
            raise VaultError(
                f"{folder.name}: someone is reading the store, and this needs it alone. Close "
                "notebooks and builds that have it open, and run again; nothing was changed."
            )
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, guard.FILE_MODE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _taken(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    found = path.read_text(encoding="ascii", errors="replace").strip()
    return found if found.isdigit() else "unknown"
