"""A workbench in, what a build needs and whether it is here out."""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from analysis import evaluations
from analysis.engine.reuse import cache
from analysis.engine.running import rooms
from analysis.errors import AnalysisError, NotebookError
from analysis.places import Places
from analysis.published.check import require_sound

_PYTHON = (3, 11)
_PACKAGES = ("jupyterlab", "matplotlib", "nbconvert", "pandas", "papermill", "typst")
_ROOM = 500_000_000  # bytes; a report of the default evaluation takes about a tenth
_MB = 1 << 20
_STARTUP_SECONDS = 60


def doctor(places: Places) -> list[dict[str, Any]]:
    """Check interpreter, packages, kernel, disk, record, evaluations and their notebooks.

    A kernel is really started. What only some verbs need (git, Dask) is told, and is no
    fault where it is missing.

    Returns
    -------
    list of dict
        ``check``, ``ok``, ``detail`` and, where something is missing, ``remedy``.
    """
    return [
        {"check": name, "ok": ok, "detail": detail, "remedy": "" if ok else remedy}
        for name, ok, detail, remedy in _checks(places)
    ]


def _checks(places: Places) -> Iterator[tuple[str, bool, str, str]]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield "python", sys.version_info >= _PYTHON, version, "Install Python 3.11 or newer."
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    found = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES if name not in missing)
    yield "packages", not missing, found, f"Missing: {', '.join(missing)}. Run: make install"
    yield _kernel(places)
    free = shutil.disk_usage(places.home).free
    yield "disk", free > _ROOM, f"{free // 10**6} MB free", "Make room."
    yield "cache", True, _kept(places), ""
    git = shutil.which("git") or "not here; workbench diff needs it"
    yield "git", True, git, ""
    dask = "distributed " + _version("distributed") if _is_there("distributed") else _NO_DASK
    yield "cluster", True, dask, ""
    yield _tried("record", "sound", lambda: require_sound(places))
    ids = evaluations.available(places)
    yield _tried("evaluations", ", ".join(ids), lambda: _read_all(places))
    held = len(list(places.notebooks.glob("*.ipynb")))
    yield _tried("notebooks", f"{held} in notebooks/", lambda: _find_notebooks(places))


_NO_DASK = "not here; workbench sweep --scheduler needs the extra `cluster`"


def _is_there(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _kept(places: Places) -> str:
    """Say how much earlier runs take, and how much they may."""
    files = [path for path in places.cache.rglob("*") if path.is_file()]
    held = sum(path.stat().st_size for path in files)
    limit = cache.Cache(places.cache, places.home).limit_mb
    return f"{held / _MB:.0f} of at most {limit} MB in {places.cache.name}/"


def _kernel(places: Places) -> tuple[str, bool, str, str]:
    try:
        with rooms.room_in(Path(tempfile.gettempdir()), "doctor") as room:
            started, reason = asyncio.run(_started(room, places))
    except (AnalysisError, RuntimeError, OSError) as error:
        return "kernel", False, f"none could be started ({type(error).__name__})", _SEE
    why = f"({reason})" if reason else "(forked from a process that has packages loaded)"
    return "kernel", True, f"starts {started} {why}", ""


_SEE = "See whether this works: python -m ipykernel_launcher --version"


async def _started(room: Path, places: Places) -> tuple[str, str]:
    """Start a kernel as a build does, end it once it answers; return how, and why cold."""
    from jupyter_client.kernelspec import KernelSpecManager

    from analysis.engine.warm import serving
    from analysis.engine.warm.manager import WarmKernelManager

    with serving(rooms.common_environment(), room) as address:
        manager = WarmKernelManager(
            # Of no folder: this Python, whatever else is installed under its name.
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            connection_file=str(room / "kernel.json"),
            transport="ipc",
        )
        kernel: Any = manager.provisioner
        kernel.address = str(address)
        await manager.start_kernel(env=rooms.environment(room, places.home), cwd=str(room))
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=_STARTUP_SECONDS)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
    return str(kernel.started), str(kernel.reason)


def _tried(name: str, detail: str, attempt: Callable[[], None]) -> tuple[str, bool, str, str]:
    try:
        attempt()
    except AnalysisError as error:
        return name, False, str(error), "Correct what is named."
    return name, True, detail, ""


def _read_all(places: Places) -> None:
    evaluations.default(places)
    for id in evaluations.available(places):
        evaluations.read(places, id)


def _find_notebooks(places: Places) -> None:
    named = {
        entry.name
        for id in evaluations.available(places)
        for entry in evaluations.read(places, id).notebooks
    }
    missing = sorted(name for name in named if not (places.notebooks / f"{name}.ipynb").is_file())
    if missing:
        raise NotebookError(
            f"notebooks: {len(missing)} that evaluations name are not there ({', '.join(missing)})."
        )


def _version(name: str) -> str:
    return importlib.metadata.version(name)
