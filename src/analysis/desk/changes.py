"""Two notebooks in, what changed between their sources out.

Cells are matched by nbdime: by id, then by how alike they are. Outputs, counts and what
a run leaves in the metadata are no changes.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.engine.notebook.file import source_of, tags_of

_CONTEXT = 2  # lines shown on either side of a change


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one cell.

    ``cell`` counts from 1, in the later notebook; where the cell was removed, in the
    earlier one. Each of ``lines`` begins with ``+``, ``-``, a blank, or ``@@`` and the
    lines of the cell that follow.
    """

    kind: Literal["added", "removed", "changed"]
    cell: int
    cell_type: str
    lines: tuple[str, ...]


def between(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what changed, in the order of the later notebook."""
    from nbdime.diffing.notebooks import diff_notebooks

    old, new = _sources(earlier), _sources(later)
    found = diff_notebooks({"cells": old}, {"cells": new})  # type: ignore[no-untyped-call]
    operations = [step for entry in found for step in entry.diff]
    return tuple(_changes(operations, old, new))


def _sources(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return cells with what their author wrote, and what nbdime matches them by."""
    return [
        {
            "cell_type": cell["cell_type"],
            "source": source_of(cell),
            "metadata": {"tags": tags_of(cell)},
            "attachments": cell.get("attachments", {}),
        }
        | ({"id": cell["id"]} if "id" in cell else {})
        | ({"outputs": []} if cell["cell_type"] == "code" else {})
        for cell in notebook["cells"]
    ]


def _changes(
    operations: list[Any], old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> Iterator[Change]:
    shift = 0  # what was added, less what was removed, before a cell of the earlier notebook
    for step in operations:
        if step.op == "addrange":
            for cell in step.valuelist:
                yield _change("added", step.key + shift, {}, cell)
                shift += 1
        elif step.op == "removerange":
            for place in range(step.key, step.key + step.length):
                yield _change("removed", place, old[place], {})
            shift -= step.length
        else:
            change = _change("changed", step.key + shift, old[step.key], new[step.key + shift])
            # A cell that was only given another id reads as before.
            if change.lines:
                yield change


def _change(
    kind: Literal["added", "removed", "changed"],
    place: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Change:
    lines = [*_facts("-", before, after), *_facts("+", after, before), *_unified(before, after)]
    return Change(kind, place + 1, str((after or before)["cell_type"]), tuple(lines))


def _facts(sign: str, of: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Say what the one cell is besides its source and the other is not."""
    if of and other and of["cell_type"] != other["cell_type"]:
        yield f"{sign}type: {of['cell_type']}"
    for name, facts in _told(of).items():
        if facts and facts != _told(other).get(name):
            yield f"{sign}{name}: {facts}"


def _told(cell: Mapping[str, Any]) -> dict[str, str]:
    if not cell:
        return {}
    return {
        "tags": ", ".join(cell["metadata"]["tags"]),
        "attachments": ", ".join(
            f"{name} ({_mark(held)})" for name, held in sorted(cell["attachments"].items())
        ),
    }


def _mark(attachment: object) -> str:
    """Name what an attachment holds, so that another picture of the same name is a change."""
    return hashlib.sha256(repr(attachment).encode()).hexdigest()[:8]


def _unified(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    was, now = (str(cell.get("source", "")).splitlines() for cell in (before, after))
    told = list(difflib.unified_diff(was, now, n=_CONTEXT, lineterm=""))
    # The first two lines name files; all of one side needs no place in the cell either.
    return told[2:] if before and after else told[3:]
