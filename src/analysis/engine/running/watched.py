"""Announces what a kernel reads, whether or not its notebook does: Python's audit events.

A study says which data it opens, but a cell may open more, and a notebook of no study says
nothing. So files opened and folders listed are announced; system files, installed packages,
this package and the run's own folder are left out, as are the notebooks of the build that
a run is part of (what they gave counts by itself). Whatever could bring in something that
nobody can look up later (another process, a network, a database, a file written elsewhere,
a library that reads past Python) is announced as `recorder.UNTRACEABLE`, and such a run is
never reused.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.engine.reuse import recorder
from analysis.places import HOME_VARIABLE

_STARTUP = "from analysis.engine.running.watched import watch as _\n_()\ndel _\n"
"""What IPython runs in a kernel that is to be watched, before the first cell."""

_PROCESSES = frozenset(
    {
        "subprocess.Popen",
        "os.system",
        "os.posix_spawn",
        "os.spawn",
        "os.exec",
        "os.fork",
        "pty.spawn",
    }
)
_NETWORKS = frozenset({"socket.connect", "socket.bind", "socket.sendto"})
_CHANGES = frozenset({"os.remove", "os.rename", "os.link", "os.symlink", "os.truncate"})
_LISTINGS = frozenset({"os.listdir", "os.scandir"})
_HEARD = _PROCESSES | _NETWORKS | _CHANGES | _LISTINGS | {"open", "sqlite3.connect"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_READ_PAST_PYTHON = re.compile(
    r"(duckdb|fastparquet|h5py|netCDF4|polars|rasterio|pyarrow\.(parquet|dataset|csv|fs|json|orc))"
    r"(\..*)?"
)
"""Modules that open files in compiled code, where no audit event tells of it."""

_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr/lib", "/usr/share", "/lib", "/lib64")


def prepare(room: Path) -> None:
    """Have the kernel that will work in ``room`` watched from its start."""
    folder = room / "ipython" / "profile_default" / "startup"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "00-watched.py").write_text(_STARTUP, encoding="utf-8")


def past_python(cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Announce as untraceable what a notebook's own imports may read past Python."""
    # Asked by the runner; a kernel that is watched does without.
    from analysis.engine.notebook.file import source_of
    from analysis.engine.reuse.imported import imports_in

    sources = [source_of(cell) for cell in cells if cell["cell_type"] == "code"]
    if any(_READ_PAST_PYTHON.fullmatch(name) for name in imports_in(sources)):
        return {"(a library that reads files by itself)": recorder.UNTRACEABLE}
    return {}


def watch() -> None:
    """Watch this process from now on; asked for by the runner, and for good."""
    kept_in = os.environ.get(recorder.READS_VARIABLE)
    if kept_in:
        sys.addaudithook(_Watch(Path(kept_in).parent))


class _Watch:
    """Hears every audit event of the process; most are none of its business."""

    def __init__(self, room: Path) -> None:
        self._left_out = tuple(
            f"{os.path.realpath(folder)}{os.sep}"
            for folder in (*_SYSTEM, str(room), *_counted_otherwise(), *_caches())
        )
        self._local = _roots_of_local_modules()
        self._busy = threading.local()

    def __call__(self, event: str, told: tuple[Any, ...]) -> None:
        # Python tells of every import and attribute too: nearly all of it ends here.
        if event not in _HEARD or getattr(self._busy, "now", False):
            return
        if recorder.is_answered_for():
            return
        self._busy.now = True
        try:
            self._hear(event, told)
        finally:
            self._busy.now = False

    def _hear(self, event: str, told: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(told[0], told[2])
        elif event in _LISTINGS:
            self._listed(told[0])
        elif event in _PROCESSES:
            recorder.note_untraceable("a process that it started")
        elif event in _NETWORKS and not isinstance(told[1], (str, bytes)):
            recorder.note_untraceable("a network that it spoke to")
        elif event == "sqlite3.connect":
            self._changed(told[0], "a database that it opened")
        elif event in _CHANGES:
            self._changed(told[0], "a file that it changed elsewhere")

    def _opened(self, named: object, flags: object) -> None:
        path = self._concerned(named)
        if path is None:
            return
        if isinstance(flags, int) and flags & _WRITING:
            recorder.note_untraceable("a file that it changed elsewhere")
            return
        if path.parent.name == "__pycache__":
            # Compiled from the module beside it, which is what counts.
            path = path.parent.parent / f"{path.name.partition('.')[0]}.py"
        if not self._is_counted_module(path):
            recorder.note(path)

    def _listed(self, named: object) -> None:
        path = self._concerned(named)
        # Python lists the folders that it looks for modules in; those are known by import.
        if path is None or str(path) in sys.path or (path / "__init__.py").is_file():
            return
        recorder.note(path)

    def _is_counted_module(self, path: Path) -> bool:
        """Whether a module is being imported that counts by the closure of imports."""
        if path.suffix != ".py" or not str(path).startswith(self._local):
            return False
        opener = sys._getframe(4).f_code.co_filename  # whoever called `open`
        return opener.startswith("<frozen importlib")

    def _changed(self, named: object, what: str) -> None:
        if named != ":memory:" and self._concerned(named) is not None:
            recorder.note_untraceable(what)

    def _concerned(self, named: object) -> Path | None:
        """Return the path of a file that may count; a descriptor or one left out does not."""
        if not isinstance(named, (str, bytes, os.PathLike)):
            return None
        path = os.path.realpath(os.fsdecode(named))
        if path.startswith(self._left_out) or f"{path}{os.sep}" in self._left_out:
            return None
        return Path(path)


def _counted_otherwise() -> tuple[str, ...]:
    """Installed packages, this one, and the results that a run of a build waits for."""
    build = os.environ.get(recorder.RUN_VARIABLE) if recorder.AFTER_VARIABLE in os.environ else ""
    own = str(Path(__file__).parents[2])
    return (sys.prefix, sys.base_prefix, own, *filter(None, [build]))


def _roots_of_local_modules() -> tuple[str, ...]:
    """Folders whose packages count as local (`reuse.closure`), each ending with a separator."""
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    home = os.environ.get(HOME_VARIABLE)
    roots = filter(None, (*named, os.path.join(home, "src") if home else ""))  # noqa: PTH118
    return tuple(f"{os.path.realpath(root)}{os.sep}" for root in roots)


def _caches() -> tuple[str, ...]:
    """Where libraries keep what they can make again, such as lists of fonts, and our settings."""
    home = os.path.expanduser("~")  # noqa: PTH111 - no home at all is no failure here
    named = (os.environ.get(name) for name in ("XDG_CACHE_HOME", "MPLCONFIGDIR", "MATPLOTLIBRC"))
    return (*filter(None, named), f"{home}/.cache", f"{home}/.config/matplotlib")
