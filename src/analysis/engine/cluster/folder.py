"""An archive in, one folder a machine out, kept while somebody uses it and removed afterwards.

Sent to Dask workers by value: the standard library is all it needs.
"""

from __future__ import annotations

import fcntl
import importlib.metadata
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

UNPACKING_SECONDS = 120.0
CLEARING_SECONDS = 20.0
VERSIONS = "versions.json"
_SHOWN = 5

# Waits until the worker is gone, however it went, and clears the folder when no one uses it.
_KEEPER = """
import contextlib, fcntl, os, shutil, sys, time
folder, lock, seconds = sys.argv[1:]
sys.stdin.read()
until = time.monotonic() + float(seconds)
while time.monotonic() < until:
    try:
        held = os.open(lock, os.O_RDWR)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        break
    except BlockingIOError:
        os.close(held)
        time.sleep(0.05)
        continue
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(held), os.stat(lock)):
            shutil.rmtree(folder, ignore_errors=True)
            os.unlink(lock)
    with contextlib.suppress(OSError):
        os.rmdir(os.path.dirname(lock))
    break
"""


class Refused(Exception):  # noqa: N818 - a reason, told to the sweep as a clause
    """A worker cannot run anything of the sweep; the message is a clause about it."""


def occupy(archive: bytes, sha256: str) -> tuple[Path, int]:
    """Unpack an archive once on this machine; return the folder and a lock that keeps it.

    Whoever uses the folder holds the lock shared; whoever unpacks or clears it, alone.
    """
    root = _private(Path(tempfile.gettempdir()) / f"workbench-{os.getuid()}")
    folder, path = root / sha256[:16], root / f"{sha256[:16]}.lock"
    until = time.monotonic() + UNPACKING_SECONDS
    while time.monotonic() < until:
        root.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if _flock(lock, fcntl.LOCK_EX):
            if _is_still(lock, path) and not folder.is_dir():
                _unpack(archive, folder)
            # To share a lock is to give it back first: what was true is asked again below.
            _flock(lock, fcntl.LOCK_SH)
        elif not _flock(lock, fcntl.LOCK_SH):
            os.close(lock)
            time.sleep(0.05)
            continue
        if _is_still(lock, path) and folder.is_dir():
            return folder, lock
        os.close(lock)
    raise Refused(f"found {folder} taken by another process for {UNPACKING_SECONDS:.0f} seconds")


def _private(root: Path) -> Path:
    root.mkdir(mode=0o700, exist_ok=True)
    found = root.lstat()
    if root.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise Refused(f"found {root} open to other users; remove it there")
    return root


def _flock(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(lock: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def _unpack(archive: bytes, folder: Path) -> None:
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
            packed.extractall(new, filter="data")
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        raise Refused(f"cannot unpack the files of the sweep ({error.strerror})") from error
    new.rename(folder)


def keeper_of(folder: Path) -> subprocess.Popen[bytes]:
    """Start what clears the folder once this process has ended, even by a kill."""
    lock = folder.with_suffix(".lock")
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _KEEPER, str(folder), str(lock), str(CLEARING_SECONDS)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def refuse_other_versions(folder: Path) -> None:
    """Refuse a worker whose Python or packages are not those of the sweep's own machine.

    What a run gives is kept under the packages that are installed there.
    """
    wanted: dict[str, str] = json.loads((folder / VERSIONS).read_text(encoding="utf-8"))
    here = versions()
    other = [
        f"{name} {here[name]} instead of {version}"
        for name, version in wanted.items()
        if here.get(name, version) != version
    ]
    if other:
        more = f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
        raise Refused(f"has {', '.join(other[:_SHOWN])}{more}")


def versions() -> dict[str, str]:
    """Return the version of Python and of each installed distribution, sorted by name."""
    found = {"Python": platform.python_version()}
    for one in importlib.metadata.distributions():
        # The first on the path is the one that is imported.
        found.setdefault(str(one.metadata["Name"]).lower().replace("_", "-"), one.version)
    return dict(sorted(found.items()))
