"""Files in, files out again by the hash of what they hold: whole, or not at all.

Everything is written beside and renamed, so that several builds may use one folder.
Everything is checked against its hash when it is used, as what is kept for weeks on a
disk that fills up may be cut short.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

_PIECE = 1 << 20  # bytes copied at a time
_LEFT_BEHIND_SECONDS = 86_400


class Damaged(Exception):  # noqa: N818 - says what a file is
    """A kept file is not what its hash says; it has been removed."""


class Objects:
    """A folder of kept files, ``objects/``, and of small JSON texts by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, path: Path) -> str:
        """Keep a copy of ``path``; return its SHA-256."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            target = self._object(digest)
            if target.is_file() and target.stat().st_size == os.fstat(file.fileno()).st_size:
                os.utime(target)
                return digest
            file.seek(0)
            with self._new(target) as new:
                while piece := file.read(_PIECE):
                    new.write(piece)
        return digest

    def has(self, digest: str) -> bool:
        """Whether a file of this hash is kept, unless it is damaged."""
        return self._object(digest).is_file()

    def fetch(self, digest: str, to: Path) -> None:
        """Copy a kept file to ``to``, checked on the way.

        It is a copy, never a link: an editor that writes in place would change both.

        Raises
        ------
        FileNotFoundError
            If it is no longer kept.
        Damaged
            If it does not hold what it did.
        """
        kept = self._object(digest)
        found = hashlib.sha256()
        with kept.open("rb") as file:
            to.parent.mkdir(parents=True, exist_ok=True)
            with to.open("wb") as copy:
                while piece := file.read(_PIECE):
                    found.update(piece)
                    copy.write(piece)
        if found.hexdigest() != digest:
            to.unlink()
            _remove(kept)
            raise Damaged
        with suppress(OSError):
            os.utime(kept)

    def write(self, name: str, value: object) -> None:
        """Keep a JSON value under a name, with its hash in front."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        raw = text.encode("utf-8", "surrogatepass")
        with self._new(self.folder / name) as new:
            new.write(hashlib.sha256(raw).hexdigest().encode() + b"\n" + raw)

    def read(self, name: str) -> Any:
        """Return a JSON value by its name, ``None`` where there is none.

        Raises
        ------
        Damaged
            If it does not hold what it did.
        """
        path = self.folder / name
        try:
            digest, _, raw = path.read_bytes().partition(b"\n")
        except (FileNotFoundError, NotADirectoryError):
            return None
        if hashlib.sha256(raw).hexdigest().encode() != digest:
            _remove(path)
            raise Damaged
        return json.loads(raw.decode("utf-8", "surrogatepass"))

    def touch(self, name: str) -> None:
        """Count a JSON value as used now."""
        with suppress(OSError):
            os.utime(self.folder / name)

    def trim(self, limit_bytes: int, folders: tuple[str, ...]) -> int:
        """Remove what was longest not used until ``limit_bytes`` are left; count it."""
        self._clear_left_behind()
        found = [
            (stat.st_mtime_ns, stat.st_size, path)
            for folder in ("objects", *folders)
            for path, stat in _files(self.folder / folder)
        ]
        total, removed = sum(size for _, size, _ in found), 0
        for _, size, path in sorted(found):
            if total <= limit_bytes:
                break
            _remove(path)
            total -= size
            removed += 1
        return removed

    def _object(self, digest: str) -> Path:
        return self.folder / "objects" / digest[:2] / digest

    @contextmanager
    def _new(self, target: Path) -> Iterator[IO[bytes]]:
        """Give a file that becomes ``target`` once it is written whole."""
        within = self.folder / "new"
        within.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=within)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
            target.parent.mkdir(parents=True, exist_ok=True)
            Path(name).replace(target)
        except BaseException:
            _remove(Path(name))
            raise

    def _clear_left_behind(self) -> None:
        """Remove what builds that were killed, or found the disk full, began to write."""
        for path, stat in _files(self.folder / "new"):
            if stat.st_mtime < time.time() - _LEFT_BEHIND_SECONDS:
                _remove(path)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another build may be trimming too
            stat = path.stat()
            if path.is_file():
                yield path, stat


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
