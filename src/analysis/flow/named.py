"""A name in, the thing it names out, or what is near to it."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from analysis.errors import NotebookError
from analysis.places import Places


def notebook(places: Places, name: str) -> Path:
    """Find a notebook of the workbench by its name, with or without ``.ipynb``."""
    known = {path.stem: path for path in sorted(places.notebooks.glob("*.ipynb"))}
    stem = Path(name).stem if name.endswith(".ipynb") else name
    if stem not in known:
        raise NotebookError(unknown("notebook", stem, known, "ls notebooks"))
    return known[stem]


def unknown(what: str, name: str, known: Collection[str], see: str) -> str:
    """Say that ``name`` is unknown, which names are near, and where all are listed."""
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    return f"{what}: {name} is unknown among {len(known)}.{nearest} All: {see}"
