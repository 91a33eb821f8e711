"""A notebook file and values in, the notebook that a kernel is given out.

Cell ids are made stable here: format 4.4 has none and nbformat invents random
ones, which would let two runs differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.engine.notebook import parameters

INJECTED = "injected-parameters"


def source(notebook: Path, values: Mapping[str, object]) -> dict[str, Any]:
    """Load a notebook without outputs, in format 4.5, every cell with an id of its own.

    A cell that papermill injected in an earlier run is dropped, so that an executed
    notebook can be run again. ``values`` only decide whether there will be one.
    """
    loaded = parameters.load(notebook)
    kept = [cell for cell in loaded["cells"] if INJECTED not in _tags(cell)]
    taken: set[str] = set()
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        },
        "cells": [_cell(cell, place, taken) for place, cell in enumerate(kept, start=1)],
    }


def settle_injected(cell: dict[str, Any], values: Mapping[str, object]) -> None:
    """Give the cell papermill injected a fixed id and plain literals.

    papermill numbers it at random, escapes every letter beyond ASCII and formats it
    only where black happens to be installed.
    """
    cell["id"] = INJECTED
    cell["source"] = "\n".join(
        ["# Parameters", *(f"{name} = {value!r}" for name, value in values.items())]
    )


def _cell(cell: Mapping[str, Any], place: int, taken: set[str]) -> dict[str, Any]:
    own = cell.get("id")
    id_ = own if isinstance(own, str) and own and own not in taken else f"cell-{place}"
    taken.add(id_)
    metadata = {k: v for k, v in cell.get("metadata", {}).items() if k not in _OF_A_RUN}
    made = {
        "id": id_,
        "cell_type": cell["cell_type"],
        "metadata": metadata | {"tags": list(_tags(cell))},
        "source": parameters.source_of(cell),
    }
    if cell["cell_type"] == "code":
        return made | {"outputs": [], "execution_count": None}
    return made | ({"attachments": cell["attachments"]} if "attachments" in cell else {})


# Left by an earlier run of papermill, nbclient or JupyterLab.
_OF_A_RUN = ("papermill", "execution", "ExecuteTime")


def _tags(cell: Mapping[str, Any]) -> list[str]:
    tags: list[str] = cell.get("metadata", {}).get("tags", [])
    return tags
