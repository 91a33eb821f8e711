"""A folder that is the old state or the new one, never something between.

A build fills a folder beside the final one and moves it into place whole. One build
at a time may do so: a lock that the system takes back when its holder dies. What a
killed build left behind is cleared by the next one. POSIX only.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from analysis.errors import AnalysisError

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})
"""How the system says that a disk, or one's share of it, is full or not to be written."""

# linux/fcntl.h and linux/fs.h
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def aside(final: Path) -> Path:
    """Where a build that fails keeps what it has; cleared when the next one begins."""
    return final.with_name(f"{final.name}.failed")


@contextmanager
def staging(final: Path) -> Iterator[Path]:
    """Give an empty folder that becomes ``final`` when the block ends without an error.

    On an error or a kill ``final`` is exactly as it was.

    Raises
    ------
    AnalysisError
        If another build is writing ``final``, or its parent cannot be written.
    """
    new, old = _beside(final, "new"), _beside(final, "old")
    with _locked(final):
        with _told_clearly(final):
            _recover(final, new, old)
            new.mkdir()
        try:
            with _told_clearly(final, only=NO_ROOM):
                yield new
            with _told_clearly(final):
                _into_place(new, final, old)
        finally:
            shutil.rmtree(new, ignore_errors=True)
            if final.exists():
                shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _told_clearly(final: Path, only: frozenset[int] | None = None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if only is not None and error.errno not in only:
            raise
        raise AnalysisError(
            f"{final.name}: cannot be written in {final.parent} ({error.strerror}). "
            "Make room or allow writing there; nothing was changed."
        ) from error


def _beside(final: Path, what: str) -> Path:
    return final.with_name(f".{final.name}.{what}")


def _recover(final: Path, new: Path, old: Path) -> None:
    """Clear what a killed build left; a move that it was in the middle of is undone."""
    if final.exists() and not final.is_dir():
        raise AnalysisError(f"{final.name}: is a file, and a build writes a folder. Move it away.")
    if old.exists() and not final.exists():
        old.rename(final)
    for left in (new, old, aside(final)):
        if left.exists():
            shutil.rmtree(left)


def _into_place(new: Path, final: Path, old: Path) -> None:
    if not final.exists():
        new.rename(final)
        return
    if _exchange(new, final):
        # The old state now bears the name of the new one, which is removed.
        return
    final.rename(old)
    try:
        new.rename(final)
    except BaseException:
        old.rename(final)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, where the system can (Linux, most file systems)."""
    try:
        swap = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    names = (os.fsencode(one), os.fsencode(other))
    done: int = swap(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    return done == 0


@contextmanager
def _locked(final: Path) -> Iterator[None]:
    path = _beside(final, "lock")
    with _held(final, path):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _held(final: Path, path: Path) -> IO[str]:
    """Open and lock the file ``path``; closing it, or dying, gives the lock back."""
    while True:
        with _told_clearly(final):
            final.parent.mkdir(parents=True, exist_ok=True)
            lock = path.open("w", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise AnalysisError(
                f"{final.name}: another build is writing this folder. "
                "Wait until it ends, or stop it; nothing was changed."
            ) from error
        if _is_still(lock.fileno(), path):
            return lock
        lock.close()


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the locked file still bears its name: its holder removes it when done."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
