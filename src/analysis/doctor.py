"""A workbench in, what a build needs and whether it is here out."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

from analysis import evaluations
from analysis.errors import AnalysisError, NotebookError
from analysis.places import Places
from analysis.published.check import require_sound

_PYTHON = (3, 11)
_PACKAGES = ("jupyterlab", "matplotlib", "nbconvert", "pandas", "papermill", "typst")
_ROOM = 500_000_000  # bytes; a report of the default evaluation takes about a tenth


def doctor(places: Places) -> list[dict[str, Any]]:
    """Check interpreter, packages, kernel, disk, record, evaluations and their notebooks.

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
    kernel = importlib.util.find_spec("ipykernel") is not None
    yield "kernel", kernel, "ipykernel, in this interpreter", "Run: make install"
    free = shutil.disk_usage(places.home).free
    yield "disk", free > _ROOM, f"{free // 10**6} MB free", "Make room."
    yield _tried("record", "sound", lambda: require_sound(places))
    ids = evaluations.available(places)
    yield _tried("evaluations", ", ".join(ids), lambda: _read_all(places))
    held = len(list(places.notebooks.glob("*.ipynb")))
    yield _tried("notebooks", f"{held} in notebooks/", lambda: _find_notebooks(places))


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
