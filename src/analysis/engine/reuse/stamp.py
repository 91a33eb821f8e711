"""Whether nothing changed since a build, answered before anything heavy is imported.

Before a build reads anything, `Stamp.of` notes the state of all that it may read; when
it has ended well, `Stamp.seal` adds what it wrote and what it said. `holds` then asks
the file system alone: a file of the same size, times and inode is the same, any other
is compared by its SHA-256. A file so young that it could have changed within one tick
of the file system's clock is compared by its SHA-256 too, as git does.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = 1
YOUNG_NS = 2_000_000_000
"""A file changed less than this before it was looked at may change unseen."""

_PASSED_OVER = ("__pycache__", ".ipynb_checkpoints")

_Seen = dict[str, list[Any]]
"""Path to ``[size, mtime_ns, ctime_ns, inode, sha256]``; an absent path has ``[]``."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a build is about to read, as it was at ``looked_ns``."""

    request: str
    inputs: tuple[str, ...]
    seen: _Seen
    looked_ns: int

    @classmethod
    def of(cls, request: str, inputs: Iterable[Path]) -> Stamp:
        """Look at what a build may read; call it before anything is read.

        Parameters
        ----------
        request : str
            All that was asked for and lies in no file: the evaluation, what ``-p``
            replaces, which pages are wanted.
        inputs : iterable of Path
            Files, and folders with all below them. One that is absent counts as absent.
        """
        looked_ns = time.time_ns()
        roots = tuple(str(path.absolute()) for path in inputs)
        return cls(request, roots, _look(roots), looked_ns)

    def seal(self, cache_folder: Path, outputs: Path, said: Mapping[str, Any]) -> None:
        """Keep the stamp of a build that ended well.

        Parameters
        ----------
        cache_folder : Path
            `Places.cache`; a folder that cannot be written keeps no stamp.
        outputs : Path
            The folder that the build wrote, in its final place.
        said : mapping
            What the build said, of plain JSON values; `holds` gives it back.
        """
        root = str(outputs.absolute())
        kept = {
            "version": VERSION,
            "request": self.request,
            "python": python(),
            "installed": installed(),
            "inputs": [list(self.inputs), self.looked_ns, self.seen],
            "outputs": [[root], time.time_ns(), _look((root,))],
            "said": dict(said),
        }
        with suppress(OSError):
            _write(_file(cache_folder, self.request), kept)


def holds(cache_folder: Path, request: str) -> dict[str, Any] | None:
    """Return what the last build of ``request`` said, if a build now would write the same.

    ``None`` where there was none, or any input, output, installed package or Python
    itself is not as it was. A stamp that is broken does not hold.
    """
    file = _file(cache_folder, request)
    now_ns = time.time_ns()
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if [kept["version"], kept["request"]] != [VERSION, request]:
            return None
        if [kept["python"], kept["installed"]] != [python(), installed()]:
            return None
        hashed = [_compare(*kept[side]) for side in ("inputs", "outputs")]
        if None in hashed:
            return None
        if any(hashed):
            _refresh(file, kept, now_ns)
        said: dict[str, Any] = kept["said"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return said


def python() -> str:
    """Name the Python that runs us and the machine it is built for."""
    return f"{sys.implementation.cache_tag} {sys.version} {sys.platform} {os.uname().machine}"


def installed() -> list[str]:
    """List installed distributions with their versions (``pandas-3.1.1``), sorted.

    The names of their ``.dist-info`` folders are read and nothing else: a package that
    is developed in place is told by its files, not by its version.
    """
    found: set[str] = set()
    for folder in sys.path:
        with suppress(OSError):
            for name in os.listdir(folder or "."):  # noqa: PTH208 - Path.iterdir is slower
                stem, dot, ending = name.rpartition(".")
                if dot and ending in ("dist-info", "egg-info"):
                    found.add(stem)
    return sorted(found)


def _look(roots: Iterable[str]) -> _Seen:
    return {path: _hashed(path, stat) for path, stat in _files(roots)}


def _compare(roots: list[str], looked_ns: int, seen: _Seen) -> int | None:
    """Count the files that had to be hashed to find all unchanged; ``None``: some changed."""
    hashed = 0
    left = dict(seen)
    for path, stat in _files(roots):
        before = left.pop(path, None)
        if before is None:
            return None
        if _is_trusted(before, stat, looked_ns):
            continue
        hashed += 1
        now = _hashed(path, stat)
        if now[4:] != before[4:]:
            return None
        seen[path] = now
    return None if left else hashed


def _is_trusted(before: list[Any], stat: os.stat_result | None, looked_ns: int) -> bool:
    if stat is None:
        return before == []
    if before[:4] != _times(stat):
        return False
    return max(stat.st_mtime_ns, stat.st_ctime_ns) < looked_ns - YOUNG_NS


def _refresh(file: Path, kept: dict[str, Any], now_ns: int) -> None:
    """Keep what hashing found, so that the next look need not hash again."""
    kept["inputs"][1] = kept["outputs"][1] = now_ns
    with suppress(OSError):
        _write(file, kept)


def _files(roots: Iterable[str]) -> Iterator[tuple[str, os.stat_result | None]]:
    """Give every file at or below the roots; ``None`` stands for one that is absent."""
    for root in roots:
        if os.path.isdir(root):  # noqa: PTH112 - as fast as can be, here and below
            yield from _below(root)
        else:
            yield root, _stat(root)


def _below(folder: str) -> Iterator[tuple[str, os.stat_result | None]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in _PASSED_OVER:
                continue
            if entry.is_dir():
                yield from _below(entry.path)
            else:
                yield entry.path, _stat(entry.path)


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None


def _hashed(path: str, stat: os.stat_result | None) -> list[Any]:
    if stat is None:
        return []
    with open(path, "rb") as file:  # noqa: PTH123
        return [*_times(stat), hashlib.file_digest(file, "sha256").hexdigest()]


def _times(stat: os.stat_result) -> list[int]:
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _file(cache_folder: Path, request: str) -> Path:
    return cache_folder / "stamps" / f"{hashlib.sha256(request.encode()).hexdigest()[:32]}.json"


def _write(file: Path, kept: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(json.dumps(kept, separators=(",", ":")), encoding="utf-8")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
