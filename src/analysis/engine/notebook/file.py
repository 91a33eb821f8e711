"""A notebook file in, its JSON out, as far as it must be right for a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.engine.notebook.nearest import nearest
from analysis.errors import NotebookError

_SET_TAGS = "in JupyterLab (property inspector, Cell Tags)"


def load(notebook: Path) -> dict[str, Any]:
    """Read a notebook file as JSON, as far as it must be right for a run.

    Raises
    ------
    NotebookError
        If it is missing (the nearest name is suggested), unreadable, not a notebook of
        format 4, or has a cell that carries a tag twice.
    """
    try:
        loaded = json.loads(notebook.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotebookError(_missing(notebook)) from error
    except OSError as error:
        raise NotebookError(f"{notebook.name}: cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise NotebookError(
            f"{notebook.name}: is not valid notebook JSON{_at_line(error)}. "
            "Restore it from git, or save it again in JupyterLab."
        ) from error
    return checked(loaded, notebook.name)


def checked(loaded: object, named: str) -> dict[str, Any]:
    """Return loaded JSON as the notebook that it is; ``named`` begins the message if it is none.

    Raises
    ------
    NotebookError
        If it is no notebook of format 4, or has a cell that carries a tag twice.
    """
    if not _is_notebook(loaded):
        raise NotebookError(
            f"{named}: is JSON, but not a notebook of format 4. Save it in JupyterLab."
        )
    notebook: dict[str, Any] = loaded  # type: ignore[assignment]
    _refuse_double_tags(notebook, named)
    return notebook


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's source as one text, however the file splits it."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def source_tagged(notebook: Path, tag: str) -> str:
    """Read the source of the one code cell of a notebook that carries ``tag``.

    Raises
    ------
    NotebookError
        As `load` raises it; if no cell carries the tag, two do, or one that holds text.
    """
    places = [
        (place, cell)
        for place, cell in enumerate(load(notebook)["cells"], start=1)
        if tag in tags_of(cell)
    ]
    # papermill injects below the first tagged cell of any kind, code or not.
    texts = [place for place, cell in places if cell["cell_type"] != "code"]
    if texts:
        raise NotebookError(
            f"{notebook.name}: {_cells(texts)} tagged `{tag}` and not code. "
            f"Tag the code cell that sets them, and only it, {_SET_TAGS}."
        )
    if len(places) != 1:
        what = "no code cell is" if not places else f"{len(places)} code cells are"
        which = f" ({_numbers(place for place, _ in places)})" if places else ""
        raise NotebookError(
            f"{notebook.name}: {what} tagged `{tag}`{which}, and a run needs exactly one. "
            f"Set the tag {_SET_TAGS}."
        )
    return source_of(places[0][1])


def tags_of(cell: Mapping[str, Any]) -> list[str]:
    """Return the tags of a cell, in its own order."""
    tags: list[str] = cell.get("metadata", {}).get("tags", [])
    return tags


def _refuse_double_tags(notebook: Mapping[str, Any], named: str) -> None:
    twice = [
        place
        for place, cell in enumerate(notebook["cells"], start=1)
        if len(set(tags_of(cell))) < len(tags_of(cell))
    ]
    if twice:
        raise NotebookError(
            f"{named}: {_cells(twice)} carrying a tag twice. Keep one of each {_SET_TAGS}."
        )


def _cells(places: list[int]) -> str:
    return f"cell {places[0]} is" if len(places) == 1 else f"cells {_numbers(places)} are"


def _numbers(places: Iterable[int]) -> str:
    return ", ".join(map(str, places))


def _missing(notebook: Path) -> str:
    beside = [entry.name for entry in notebook.parent.glob("*.ipynb")]
    return (
        f"{notebook.name}: no such notebook in {notebook.parent.name or '.'}/."
        f"{nearest(notebook.name, beside) or ' See which there are, or make it.'}"
    )


def _at_line(error: Exception) -> str:
    return f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""


def _is_notebook(loaded: object) -> bool:
    return (
        isinstance(loaded, dict)
        and loaded.get("nbformat") == 4
        and isinstance(loaded.get("cells"), list)
        and all(_is_cell(cell) for cell in loaded["cells"])
    )


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return False
    source, metadata = cell.get("source", ""), cell.get("metadata", {})
    lines = [source] if isinstance(source, str) else source
    return isinstance(metadata, dict) and _are_texts(metadata.get("tags", [])) and _are_texts(lines)


def _are_texts(items: object) -> bool:
    return isinstance(items, list) and all(isinstance(item, str) for item in items)
