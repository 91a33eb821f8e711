"""Data files announced while a notebook runs, each with what it held when it was read.

A kernel started by `analysis.engine.running.run` finds the name of a file in
``WORKBENCH_READS``; whoever opens data calls `note`, and the runner reads the
list back. Without that variable (a notebook open in JupyterLab) the list is kept
in memory only. What is *not* there is announced too: a run that found no table
must run again once there is one.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from analysis.places import HOME_VARIABLE

READS_VARIABLE = "WORKBENCH_READS"
"""File in which a run's announcements are kept, one a line: state, tab, path as JSON."""

RUN_VARIABLE = "WORKBENCH_RUN"
"""Folder of the executed notebooks of the build that a notebook runs in."""

ORDER_VARIABLE = "WORKBENCH_ORDER"
"""Names of the build's notebooks in reading order, with commas between."""

AFTER_VARIABLE = "WORKBENCH_AFTER"
"""Names of the runs that a run waited for, with commas between."""

ABSENT = "absent"
"""State of a path at which nothing lies."""

UNREADABLE = "unreadable"
"""State of a path that may not be read, or is neither file nor folder."""

UNTRACEABLE = "untraceable"
"""State of what a run took in and nobody can look up again; it never holds again."""

_FOLDER = "names:"

_noted: dict[Path, str] = {}
_answered = threading.local()


def note(path: Path) -> None:
    """Announce that ``path`` is read: a file, a folder whose names are listed, or nothing.

    Call it before reading, whether or not something lies there. A path announced twice
    is kept once, as it was the first time.
    """
    # A link keeps its own name, so that one that is led elsewhere counts as changed.
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve follows links
    if whole in _noted:
        return
    # Looking at it is a reading too, of which the watch need not tell.
    _noted[whole] = UNREADABLE
    _announce(whole, state_of(whole))


def note_untraceable(what: str) -> None:
    """Announce that a run takes in something that leaves no trace, such as an answer.

    ``what`` is a noun in plain words; it stands where the path of a file would.
    """
    whole = Path(os.environ.get(HOME_VARIABLE, os.sep)) / f"({what})"
    if whole not in _noted:
        _announce(whole, UNTRACEABLE)


@contextmanager
def answered_for() -> Iterator[None]:
    """Let the watch of a kernel pass over what is done in the block.

    For whoever opens something through locks and keys, which decide nothing of what it holds,
    and has announced by `note` the one file that does. A hash of a key is never written down.
    """
    before = is_answered_for()
    _answered.now = True
    try:
        yield
    finally:
        _answered.now = before


def is_answered_for() -> bool:
    """Whether this thread is in such a block."""
    return bool(getattr(_answered, "now", False))


def _announce(whole: Path, state: str) -> None:
    _noted[whole] = state
    if kept_in := os.environ.get(READS_VARIABLE):
        line = f"{state}\t{json.dumps(str(whole))}\n"
        with Path(kept_in).open("a", encoding="ascii") as list_:
            list_.write(line)


def recorded() -> tuple[Path, ...]:
    """Return the paths announced in this process, in the order they were first read."""
    return tuple(_noted)


def read_back(kept_in: Path, home: Path) -> dict[str, str]:
    """Return what a run announced: path to state, sorted, with ``/``, relative to ``home``.

    A file outside ``home`` keeps its way there (``../elsewhere/figures.csv``), so
    that the list is the same wherever the workbench lies. See `state_of` for states.
    """
    if not kept_in.exists():
        return {}
    found: dict[str, str] = {}
    for line in kept_in.read_text(encoding="ascii").split("\n"):
        state, tab, path = line.partition("\t")
        if tab:
            # Of a process and its children, the first to read it had it as the run began.
            found.setdefault(_seen_from(home, Path(json.loads(path))), state)
    return dict(sorted(found.items()))


def _seen_from(home: Path, path: Path) -> str:
    for root in (home.resolve(), home.absolute()):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return Path(os.path.relpath(path, home.resolve())).as_posix()


def files_in(reads: Mapping[str, str]) -> list[str]:
    """Return the files among ``reads``: no folders, nothing that was absent."""
    return [path for path, state in reads.items() if is_file(state)]


def is_file(state: str) -> bool:
    """Whether a state is that of a file, and so its SHA-256."""
    return state not in (ABSENT, UNREADABLE, UNTRACEABLE) and not state.startswith(_FOLDER)


def state_of(path: Path) -> str:
    """Return what is at ``path``: a file's SHA-256, ``names:`` and a hash, or ``absent``.

    The hash of a folder is of the sorted names in it, hidden ones left out.
    """
    try:
        if path.is_dir():
            names = sorted(entry.name for entry in path.iterdir())
            shown = "\n".join(name for name in names if not name.startswith("."))
            return _FOLDER + hashlib.sha256(os.fsencode(shown)).hexdigest()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except OSError:
        return UNREADABLE
