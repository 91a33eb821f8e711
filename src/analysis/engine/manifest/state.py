"""A workbench, its program and a built folder in, what a manifest says of them out."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analysis.engine.manifest.crate import Input, Output, Platform
from analysis.engine.manifest.graph import NAME
from analysis.engine.reuse import recorder, stamp

FIXED_DATE = "1980-01-01"
"""The date of what no commit dates: that of `rooms`, the earliest every format can hold."""

PACKAGES = (
    *("ipykernel", "jinja2", "markdown-it-py", "matplotlib", "nbclient", "nbconvert", "nbformat"),
    *("numpy", "pandas", "papermill", "pyarrow", "pygments", "scipy", "typst", "xlsxwriter"),
)
"""Packages whose version can show in what is built; the lock file names all others."""

_LOCK = "requirements.lock"
_LEFT_OUT = ("__pycache__", ".ipynb_checkpoints")
_GIT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Commit:
    """Where git has a folder: commit, its day (UTC), whether what counts differs from it."""

    id: str
    day: str
    changed: bool


def outputs(folder: Path) -> tuple[Output, ...]:
    """Return every file below a folder but its manifest, each hashed once, in order of path."""
    names = sorted(name for name in _files_below(folder) if name != NAME)
    paths = [folder / name for name in names]
    return tuple(
        Output(name, recorder.state_of(path), path.stat().st_size)
        for name, path in zip(names, paths, strict=True)
    )


def _files_below(folder: Path) -> Iterator[str]:
    for root, _, files in os.walk(folder):
        within = os.path.relpath(root, folder)
        yield from (os.path.normpath(f"{within}/{file}") for file in files)


def read_now(home: Path, path: str) -> Input:
    """Return what lies now at a path from the workbench."""
    whole = home / path
    state = recorder.state_of(whole)
    return Input(path, state, whole.stat().st_size if recorder.is_file(state) else 0)


def program_sha256(package: Path) -> str:
    """Hash every file of a package with its path; what Python compiles does not count."""
    whole = hashlib.sha256()
    for name in sorted(_files_below(package)):
        if not any(part in _LEFT_OUT for part in name.split("/")):
            whole.update(f"{name}\0{recorder.state_of(package / name)}\n".encode())
    return whole.hexdigest()


def commit(folder: Path, counting: Iterable[Path]) -> Commit | None:
    """Return the commit that a folder stands at, or ``None`` where git or its history is missing.

    ``changed`` looks at ``counting`` alone, new files there included: a note beside the
    data changes no report.
    """
    known = _git(folder, "show", "--no-patch", "--no-show-signature", "--format=%H %ct", "HEAD")
    if not known:
        return None
    id_, seconds = known.split()
    root = _root(folder)
    within = [path for each in counting if (path := each.resolve()).is_relative_to(root)]
    asked = ("status", "--porcelain", "--untracked-files=all", "--", *map(os.fspath, within))
    status = _git(folder, *asked) if within else ""
    day = datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    return Commit(id_, day, changed=status != "")


def _root(folder: Path) -> Path:
    return Path((_git(folder, "rev-parse", "--show-toplevel") or os.fspath(folder)).strip())


def _git(folder: Path, *arguments: str) -> str | None:
    # A hook of git names the repository that it runs for; we ask about this folder's.
    inherited = {name: it for name, it in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            env=inherited | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def running_platform(home: Path, packages: Sequence[str] = PACKAGES) -> Platform:
    """Return what this process runs on; names no machine and nobody."""
    # `importlib.metadata` parses each package's page: a hundred times slower.
    parted = (each.rpartition("-") for each in stamp.installed())
    versions = {name.lower().replace("_", "-"): version for name, _, version in parted}
    found = {name: versions[name] for name in packages if name in versions}
    return Platform(
        python=f"{platform.python_version()} ({sys.implementation.name})",
        system=f"{platform.system()} {platform.machine()}",
        packages=dict(sorted({**found, "zlib": zlib.ZLIB_RUNTIME_VERSION}.items())),
        lock=recorder.state_of(home / _LOCK),
    )
