"""Where a kernel works and what it sees: a folder and an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.engine.reuse import recorder
from analysis.engine.warm.address import ADDRESS_VARIABLE
from analysis.errors import NotebookError
from analysis.places import HOME_VARIABLE

HERE = "here"
"""Folder of a room in which the kernel works; what it leaves there is kept."""

# A socket's path has at most 107 bytes on Linux and 103 on macOS. The names of a run's
# folder and of a kernel's sockets need 35 of them: /abcdefghijkl-12345678/kernel-ipc-5
_LONGEST_WORK = 68
# A build's own folder and a worker's need 24 more: /workbench-12345678/1234
_LONGEST_TEMPORARY = _LONGEST_WORK - 24
_SHORT = Path("/tmp")


@contextmanager
def room_in(work: Path, name: str) -> Iterator[Path]:
    """Make the private folder of one run in ``work`` and remove it afterwards.

    It lies in the system's temporary folder where the path of ``work`` is too long
    to hold sockets.
    """
    slug = re.sub(r"[^A-Za-z0-9]+", "-", name)[:12]
    folders = (work.resolve(), Path(tempfile.gettempdir()), _SHORT)
    within = _first_short(folders, _LONGEST_WORK)
    room: Path | None = None
    try:
        room = _furnished(within, slug)
        yield room
    finally:
        if room is not None:
            shutil.rmtree(room, ignore_errors=True)


def _furnished(within: Path, slug: str) -> Path:
    try:
        within.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f"{slug}-", dir=within))
        for folder in (HERE, "tmp", "ipython"):
            (room / folder).mkdir()
    except OSError as error:
        raise _no_room(within, error) from error
    return room


def temporary_folder() -> Path:
    """Make a temporary folder so short that the runs of a build find room in it.

    Raises
    ------
    NotebookError
        If none can be made there.
    """
    within = _first_short((Path(tempfile.gettempdir()), _SHORT), _LONGEST_TEMPORARY)
    try:
        return Path(tempfile.mkdtemp(prefix="workbench-", dir=within))
    except OSError as error:
        raise _no_room(within, error) from error


def _no_room(within: Path, error: OSError) -> NotebookError:
    return NotebookError(
        f"{within}: no folder to work in can be made there ({error.strerror}). "
        "Make room or allow writing, or name another folder in TMPDIR."
    )


def _first_short(folders: tuple[Path, ...], longest: int) -> Path:
    return next(folder for folder in folders if len(os.fsencode(folder)) <= longest)


def environment(room: Path, home: Path) -> dict[str, str]:
    """Return the environment of a kernel: ours, less what would let two runs differ.

    ``home`` is where the workbench lies, as none is found upwards from ``room``.
    """
    return common_environment() | {
        HOME_VARIABLE: str(home),
        "TMPDIR": str(room / "tmp"),
        "IPYTHONDIR": str(room / "ipython"),
        recorder.READS_VARIABLE: str(room / "reads"),
    }


def common_environment() -> dict[str, str]:
    """Return what the environments of all kernels share, however many runs there are.

    A warm process imports libraries in it, so that they read there what they would
    read in a kernel of their own.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    return inherited | ONE_THREAD | _FIXED


# PYTHONSTARTUP would run a user's own file in every kernel, and whether a kernel is warm is
# not for a notebook to see; the rest depends on the terminal.
_LEFT_OUT = ("PYTHONSTARTUP", ADDRESS_VARIABLE, "COLUMNS", "LINES", "FORCE_COLOR", "LANGUAGE")

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
"""Jobs run side by side, so numerical libraries get one thread each."""

# What would let two runs differ.
_FIXED = {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MATPLOTLIBRC": str(Path(__file__).with_name("matplotlibrc")),
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "NO_COLOR": "1",
    # 1 January 1980: the earliest date that every format we write can hold.
    "SOURCE_DATE_EPOCH": "315532800",
}
