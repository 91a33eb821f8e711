"""A notebook as JupyterLab saves it in, its source alone out.

What a run leaves is dropped: outputs, counts, the metadata that run and view leave, and
what the kernel said of itself. What `nbstripout --keep-id` drops is part of it, so that
a notebook that was saved passes the check that no notebook carries outputs.
"""

from __future__ import annotations

from typing import Any

# Left by a run or by how the notebook was looked at.
_OF_CELLS = (
    "collapsed",
    "ExecuteTime",
    "execution",
    "heading_collapsed",
    "hidden",
    "scrolled",
    "papermill",
)
_OF_NOTEBOOKS = ("signature", "widgets", "papermill")
# Whatever ran it, another may be had elsewhere: a name that only one server knows is none.
_ANY_PYTHON = {"display_name": "Python 3", "language": "python", "name": "python3"}


def strip(notebook: dict[str, Any], *, own_kernels: frozenset[str] = frozenset()) -> None:
    """Drop what a run left in a notebook of format 4, in place; sources, ids and tags stay.

    Parameters
    ----------
    notebook : dict
        As the contents API has it.
    own_kernels : frozenset of str
        Kernels that only this server knows; ``python3`` is written in their place.
    """
    metadata = notebook["metadata"]
    _drop(metadata, _OF_NOTEBOOKS)
    if "language_info" in metadata:
        # The rest of it, such as the version, differs from machine to machine.
        metadata["language_info"] = {"name": metadata["language_info"].get("name", "python")}
    if metadata.get("kernelspec", {}).get("name") in own_kernels:
        metadata["kernelspec"] = dict(_ANY_PYTHON)
    for cell in notebook["cells"]:
        _strip_cell(cell)


def _strip_cell(cell: dict[str, Any]) -> None:
    _drop(cell["metadata"], _OF_CELLS)
    view = cell["metadata"].get("jupyter")
    if isinstance(view, dict):
        _drop(view, ("outputs_hidden",))
        if not view:
            del cell["metadata"]["jupyter"]
    if cell["cell_type"] == "code":
        cell["outputs"] = []
        cell["execution_count"] = None


def _drop(metadata: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        metadata.pop(name, None)
