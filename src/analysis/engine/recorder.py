"""Data files announced while a notebook runs, kept for the executed notebook.

A kernel started by `analysis.engine.run` finds the name of a file in
``WORKBENCH_READS``; whoever opens data calls `note`, and the runner writes the
list into the executed notebook. Without that variable (a notebook open in
JupyterLab) the list is kept in memory only.
"""

from __future__ import annotations

import os
from pathlib import Path

READS_VARIABLE = "WORKBENCH_READS"

_noted: dict[Path, None] = {}


def note(path: Path) -> None:
    """Announce that ``path`` is read; a file announced twice is kept once."""
    whole = path.resolve()
    if whole in _noted:
        return
    _noted[whole] = None
    if kept_in := os.environ.get(READS_VARIABLE):
        with Path(kept_in).open("a", encoding="utf-8") as list_:
            list_.write(f"{whole}\n")


def recorded() -> tuple[Path, ...]:
    """Return the files announced in this process, in the order they were first read."""
    return tuple(_noted)


def read_back(kept_in: Path, home: Path) -> tuple[str, ...]:
    """Return what a run announced: sorted, with ``/``, relative to ``home``.

    A file outside ``home`` keeps its way there (``../elsewhere/figures.csv``), so
    that the list is the same wherever the workbench lies.
    """
    if not kept_in.exists():
        return ()
    lines = set(kept_in.read_text(encoding="utf-8").splitlines())
    root = home.resolve()
    return tuple(sorted(Path(os.path.relpath(line, root)).as_posix() for line in lines))
