"""An executed notebook and the folder its kernel worked in, in; both written whole, out.

Everything is written beside and then moved into place. Archives hold dates and
the order of a run; they are rewritten without.
"""

from __future__ import annotations

import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from analysis.errors import AnalysisError

SUFFIX = ".files"
"""What the folder beside ``<name>.ipynb`` is called: ``<name>.files``."""

LIMIT_PER_OUTPUT = 16
"""A run may leave this many times what its cells may show: 1 GB with the default limit."""

ARCHIVES = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".zip", ".epub"})

# Compiled modules name the time of their source and are made anew when needed.
_NOT_KEPT = frozenset({"__pycache__"})


@dataclass(frozen=True, slots=True)
class Left:
    """Regular files below the folder that was worked in, relative to it, and their size.

    ``dropped`` are those that cannot be kept: sockets, pipes, links that lead out of
    the folder, names that are not UTF-8.
    """

    files: tuple[Path, ...] = ()
    size_bytes: int = 0
    dropped: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    root: Path
    files: list[Path] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    size_bytes: int = 0

    def search(self, folder: Path) -> None:
        for entry in sorted(folder.iterdir()):
            told = entry.relative_to(self.root)
            name = str(told).encode("utf-8", "replace").decode("utf-8")
            linked = entry.is_symlink()
            if linked and not _leads_to_a_file_within(entry, self.root):
                self.dropped.append(name)
            elif entry.is_dir():
                if entry.name not in _NOT_KEPT:
                    self.search(entry)
            elif not stat.S_ISREG(entry.stat().st_mode) or name != str(told):
                self.dropped.append(name)
            else:
                self.files.append(told)
                self.size_bytes += entry.stat().st_size


def find(here: Path) -> Left:
    """List what a run left in ``here``; its kernel must have ended."""
    found = _Found(here.resolve())
    found.search(found.root)
    return Left(tuple(found.files), found.size_bytes, tuple(found.dropped))


def _leads_to_a_file_within(link: Path, root: Path) -> bool:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # leads nowhere, or in a circle
        return False
    return target.is_file() and target.is_relative_to(root)


def write(
    path: Path, notebook: str, *, page: str | None, left: Left, here: Path
) -> tuple[Path, ...]:
    """Write an executed notebook, its page and its files, beside first, then into place.

    The page is ``<name>.html``, the files lie in ``<name>.files``, both beside the
    notebook, which comes last: where it is new, the others are.

    Returns
    -------
    tuple of Path
        The files kept, sorted.

    Raises
    ------
    OSError
        If something cannot be written. What lay there before is then still there.
    """
    folder = path.with_name(path.stem + SUFFIX)
    texts = {path.with_suffix(".html"): page, path: notebook}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy(left, here, _beside(folder))
        for target, text in texts.items():
            if text is not None:
                _beside(target).write_text(text, encoding="utf-8")
        for target in (folder, *texts):
            _move(_beside(target), target)
    except OSError:
        for target in (folder, *texts):
            _remove(_beside(target))
        raise
    return tuple(folder / file for file in left.files)


def _copy(left: Left, here: Path, into: Path) -> None:
    _remove(into)
    for file in left.files:
        copy = into / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(here / file, copy)
        if copy.suffix.lower() in ARCHIVES:
            _normalise(copy)


def _normalise(archive: Path) -> None:
    from analysis.engine.running.archives import normalise_archive

    # Encrypted, signed or no archive at all: kept as the notebook wrote it.
    with suppress(AnalysisError):
        normalise_archive(archive)


def _move(new: Path, target: Path) -> None:
    """Replace a file, or a folder even by none: files of an earlier run are not this one's."""
    if target.suffix != SUFFIX:
        if new.exists():
            new.replace(target)
        return
    old = target.with_name(f".{target.name}.old")
    if target.exists():
        target.rename(old)
    if new.exists():
        new.rename(target)
    _remove(old)


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.new")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
