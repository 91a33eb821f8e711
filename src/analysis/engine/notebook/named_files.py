"""A path that a parameter names in, the file of the workbench that it means out.

A path is relative to the workbench, or to the notebook's folder where there is no
workbench, and stays below it: what a run needs must travel with the workbench. The
executed notebook holds the path as it was stated, so that it names no folder of one
machine. A kernel works in an empty folder, JupyterLab in the notebook's: in both
`located` says where the file lies.
"""

from __future__ import annotations

import os
from pathlib import Path

from analysis.engine.notebook.nearest import nearest
from analysis.engine.notebook.scalars import Misfit
from analysis.engine.reuse import recorder
from analysis.errors import AnalysisError
from analysis.places import HOME_VARIABLE, find_places


def located(path: str) -> Path:
    """Return where the file lies that a parameter of type ``file`` names.

    For notebooks: ``pandas.read_csv(located(lists))``. The file is announced as read.
    """
    whole = _home_here() / path
    recorder.note(whole)
    return whole


def home_of(notebook: Path) -> Path:
    """Return the folder that the paths of a notebook's parameters are relative to."""
    folder = notebook.resolve().parent
    try:
        return find_places(folder).home
    except AnalysisError:
        return folder


def stated(path: str, home: Path) -> str:
    """Return a path, relative to ``home`` or absolute, in the one form it is kept in.

    Raises
    ------
    Misfit
        If it lies outside ``home``, or is no file that can be read.
    """
    within = _within(path, home)
    whole = home / within
    try:
        there, is_file = whole.exists(), whole.is_file()
    except OSError as error:
        raise Misfit("a path that cannot be looked up") from error
    if not there:
        raise Misfit(f"a path at which nothing is.{_near(whole)}")
    if not is_file:
        raise Misfit("a path that is a folder, or otherwise no file")
    if not os.access(whole, os.R_OK):
        raise Misfit("a file that cannot be read")
    return within


def seen_from(folder: Path, path: str, home: Path) -> str:
    """Return a path that a user in ``folder`` gave, relative to ``home`` where it can be.

    What is in ``folder`` wins, as shells complete from there; what is not may be
    relative to ``home`` already.
    """
    try:
        if not (folder / path).exists():
            return path
        return _within(str(folder / path), home)
    except (OSError, ValueError, Misfit):
        return path if Path(path).is_absolute() else str(folder / path)


def _home_here() -> Path:
    try:
        return find_places().home
    except AnalysisError:
        return Path(os.environ.get(HOME_VARIABLE) or Path.cwd())


def _within(path: str, home: Path) -> str:
    root = home.resolve()
    whole = Path(os.path.normpath(root / path))
    # A link in the workbench may lead out of it; a way to the workbench may have links.
    for candidate in (whole, whole.parent.resolve() / whole.name):
        if candidate.is_relative_to(root):
            return candidate.relative_to(root).as_posix()
    raise Misfit(f"a path that leads out of {root.name}/ (copy the file into it)")


def _near(whole: Path) -> str:
    try:
        beside = [entry.name for entry in whole.parent.iterdir()]
    except OSError:
        return ""
    return nearest(whole.name, beside)
