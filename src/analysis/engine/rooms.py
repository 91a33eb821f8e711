"""Where a kernel works and what it sees: a folder and an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.engine import recorder
from analysis.places import HOME_VARIABLE

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
    within.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f"{slug}-", dir=within))
    try:
        for folder in ("here", "tmp", "ipython"):
            (room / folder).mkdir()
        # Element ids in SVG are random unless salted.
        (room / "matplotlibrc").write_text("svg.hashsalt: workbench\n", encoding="utf-8")
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def temporary_folder() -> Path:
    """Make a temporary folder so short that the runs of a build find room in it."""
    within = _first_short((Path(tempfile.gettempdir()), _SHORT), _LONGEST_TEMPORARY)
    return Path(tempfile.mkdtemp(prefix="workbench-", dir=within))


def _first_short(folders: tuple[Path, ...], longest: int) -> Path:
    return next(folder for folder in folders if len(os.fsencode(folder)) <= longest)


def environment(room: Path, home: Path) -> dict[str, str]:
    """Return the environment of a kernel: ours, less what would let two runs differ.

    ``home`` is where the workbench lies, as none is found upwards from ``room``.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    return (
        inherited
        | _FIXED
        | {
            HOME_VARIABLE: str(home),
            "TMPDIR": str(room / "tmp"),
            "IPYTHONDIR": str(room / "ipython"),
            "MATPLOTLIBRC": str(room / "matplotlibrc"),
            recorder.READS_VARIABLE: str(room / "reads"),
        }
    )


# PYTHONSTARTUP would run a user's own file in every kernel; the rest depends on the terminal.
_LEFT_OUT = ("PYTHONSTARTUP", "COLUMNS", "LINES", "FORCE_COLOR", "LANGUAGE")

# Jobs run side by side, so each has one thread; the rest is what would let two runs differ.
_FIXED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "NO_COLOR": "1",
    # 1 January 1980: the earliest date that every format we write can hold.
    "SOURCE_DATE_EPOCH": "315532800",
}
