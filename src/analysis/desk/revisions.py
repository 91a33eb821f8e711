"""A notebook file and a revision in, the notebook as git has it out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from analysis.engine.notebook.file import checked
from analysis.engine.notebook.nearest import nearest
from analysis.errors import NotebookError

NOTHING: dict[str, Any] = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}


def at(notebook: Path, revision: str) -> dict[str, Any]:
    """Read a notebook as it was in ``revision``; where that has none, an empty one.

    Raises
    ------
    NotebookError
        If there is no git, the notebook lies in no repository, the revision is unknown
        (the nearest branch or tag is suggested), or what it has is no notebook.
    """
    folder = notebook.resolve().parent
    _require_repository(notebook, folder)
    commit = _commit(notebook, folder, revision)
    path = f"./{notebook.resolve().name}"
    if _git(folder, "cat-file", "-e", f"{commit}:{path}") is None:
        return NOTHING
    text = _git(folder, "cat-file", "blob", f"{commit}:{path}") or b""
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotebookError(
            f"{notebook.name}: is not valid notebook JSON in {revision}. Name another revision."
        ) from error
    return checked(loaded, f"{notebook.name} in {revision}")


def _require_repository(notebook: Path, folder: Path) -> None:
    if _git(folder, "rev-parse", "--show-prefix") is None:
        raise NotebookError(
            f"{notebook.name}: git has no repository here that it trusts, so there is nothing to "
            "compare with. Name two notebooks: workbench diff EARLIER.ipynb LATER.ipynb"
        )


def _commit(notebook: Path, folder: Path, revision: str) -> str:
    found = _git(
        folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if found is not None:
        return found.decode().strip()
    if revision == "HEAD":
        raise NotebookError(f"{notebook.name}: the repository has no commit yet. Make one first.")
    refs = _git(folder, "for-each-ref", "--format=%(refname:short)") or b""
    near = nearest(revision, ["HEAD", *refs.decode(errors="replace").split()])
    raise NotebookError(
        f"{notebook.name}: git knows no revision {revision}.{near} See: git log --oneline"
    )


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git says; ``None`` where it says no."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise NotebookError(
            "diff: there is no git on the PATH. Install it, or name two notebooks: "
            "workbench diff EARLIER.ipynb LATER.ipynb"
        ) from error
    return done.stdout if done.returncode == 0 else None
