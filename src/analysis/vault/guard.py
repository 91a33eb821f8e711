"""A folder of keys in, nothing out; refused where others can read it, or data lies beside it."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path

from analysis.errors import VaultError

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_POSIX = os.name == "posix"  # elsewhere the bits say nothing; docs/keys.md tells what to do


def require_private(path: Path) -> None:
    """Refuse a file or folder that anyone but its owner may read or change.

    Raises
    ------
    VaultError
        If group or others have any right, or another user owns it.
    """
    if not _POSIX:
        return
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise VaultError(
            f"{path.name}: it belongs to another user. Keys are read by their owner alone: "
            "copy them to a folder of your own."
        )
    if found.st_mode & _OTHERS:
        wanted = FOLDER_MODE if path.is_dir() else FILE_MODE
        raise VaultError(
            f"{path.name}: others than its owner may read or change it "
            f"(rights {stat.S_IMODE(found.st_mode):03o}). Run chmod {wanted:o} {path.name}, and "
            "think about who may have read it: see docs/keys.md, When a key was seen."
        )


def require_outside_data(folder: Path) -> None:
    """Refuse a folder of keys inside data/ or outputs/ of a workbench, or in git.

    Raises
    ------
    VaultError
        If it lies there, or in a git work tree that does not ignore it.
    """
    real = folder.resolve()
    for parent in (real, *real.parents):
        if not (parent / "evaluations").is_dir() or not (parent / "data" / "published").is_dir():
            continue
        for name in ("data", "outputs"):
            if real.is_relative_to(parent / name):
                raise VaultError(
                    f"{folder.name}: this folder of keys lies inside {name}/. A key beside what "
                    "it opens protects nothing. Name another in WORKBENCH_KEYS."
                )
    _require_no_git(real)


def require_apart(keys: Path, store: Path) -> None:
    """Refuse keys and a store of which one lies in the other.

    Raises
    ------
    VaultError
        If one folder is, or is inside, the other.
    """
    one, other = keys.resolve(), store.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise VaultError(
            f"{store.name}: store and keys lie in one another. Whoever copies the one gets the "
            "other. Name another folder of keys in WORKBENCH_KEYS."
        )


def make_private(folder: Path) -> None:
    """Make a folder that its owner alone can enter; refuse one that others can.

    Raises
    ------
    VaultError
        If it is there and not private, or cannot be made.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise VaultError(
            f"{folder.name}: the folder cannot be made ({error.strerror}). Name another, or "
            "make the one that it lies in."
        ) from error
    require_private(folder)


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner from its first byte on."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, so that a power cut cannot undo them."""
    if not _POSIX:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_all_private(folder: Path, files: Iterable[Path]) -> None:
    """Refuse a folder of keys that is not private, not apart from data, or with an open file."""
    require_private(folder)
    require_outside_data(folder)
    for path in files:
        if path.exists():
            require_private(path)


def _require_no_git(folder: Path) -> None:
    above = [parent for parent in (folder, *folder.parents) if parent.is_dir()]
    if not any((parent / ".git").exists() for parent in above):
        return
    try:
        ignored = subprocess.run(
            ["git", "-C", str(above[0]), "check-ignore", "--quiet", str(folder / "store.age")],
            capture_output=True,
            check=False,
        ).returncode
    except FileNotFoundError:
        ignored = 1
    if ignored != 0:
        raise VaultError(
            f"{folder.name}: this folder of keys lies in a git work tree that does not ignore it, "
            "so one `git add` would publish it. Name another in WORKBENCH_KEYS."
        )
