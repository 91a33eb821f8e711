"""A manifest and a state in, what is not as the manifest says out: of inputs, then of outputs.

Nothing that is told holds a cell's content or a value: a path, what became of it, and in
a notebook the number and kind of the first cell that is not the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from analysis.engine.manifest import state as manifest_state
from analysis.engine.manifest.crate import Crate, Output, Platform
from analysis.engine.reuse import recorder

Kind = Literal["changed", "missing", "new", "altered", "gone"]
"""Of an output: rebuilt otherwise, not rebuilt, rebuilt though not named; or not as named
in the folder that the manifest lies in: altered after the build, or gone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as the manifest names it; ``where`` says more, where more is known."""

    path: str
    kind: Kind
    where: str = ""


def inputs_that_differ(crate: Crate, home: Path, program: str, now: Platform) -> list[str]:
    """Name each thing that decides the bytes and is not what it was, in words.

    ``program`` is the hash of the program as it is here, ``now`` what it runs on.
    """
    return [
        *_files_that_differ(crate, home),
        *(["program: its code is not that of the build"] if program != crate.code.sha256 else []),
        *_platform_that_differs(crate.platform, now),
    ]


def _files_that_differ(crate: Crate, home: Path) -> Iterator[str]:
    for named in crate.inputs:
        state = recorder.state_of(home / named.path)
        if state == named.state:
            continue
        if state == recorder.ABSENT:
            yield f"{named.path}: is not there"
        elif named.state == recorder.ABSENT:
            yield f"{named.path}: is there, and was not"
        elif not recorder.is_file(named.state):
            yield f"{named.path}: holds other files, or cannot be read"
        else:
            yield f"{named.path}: is not what was read"


def _platform_that_differs(then: Platform, now: Platform) -> Iterator[str]:
    if then.lock != now.lock:
        yield "requirements.lock: is not that of the build"
    for what, was, is_ in (
        ("Python", then.python, now.python),
        ("system", then.system, now.system),
    ):
        if was != is_:
            yield f"{what}: {is_}, was {was}"
    for name in sorted({*then.packages, *now.packages}):
        was, is_ = (of.packages.get(name, "not installed") for of in (then, now))
        if was != is_:
            yield f"{name}: {is_}, was {was}"


def outputs_that_differ(crate: Crate, built: Path, beside: Path) -> tuple[Difference, ...]:
    """Compare what was rebuilt in ``built`` with what the manifest names, byte for byte.

    ``beside`` is the folder that the manifest lies in. Where the build's outputs still lie
    there they are compared too, and of a notebook the first cell that differs is named.
    """
    named = {one.path: one for one in crate.outputs}
    rebuilt = {one.path: one for one in manifest_state.outputs(built)}
    found = [
        *(Difference(path, "missing") for path in named if path not in rebuilt),
        *(Difference(path, "new") for path in rebuilt if path not in named),
        *(
            Difference(path, "changed", _where(one, beside / path, built / path))
            for path, one in named.items()
            if path in rebuilt and rebuilt[path].sha256 != one.sha256
        ),
        *_not_kept(crate.outputs, beside),
    ]
    return tuple(sorted(found, key=lambda one: (one.path, one.kind)))


def _not_kept(named: Sequence[Output], beside: Path) -> list[Difference]:
    """Compare what lies beside the manifest; one that was handed on alone has nothing beside it."""
    states = {one.path: recorder.state_of(beside / one.path) for one in named}
    if all(state == recorder.ABSENT for state in states.values()):
        return []
    return [
        Difference(one.path, "gone" if states[one.path] == recorder.ABSENT else "altered")
        for one in named
        if states[one.path] != one.sha256
    ]


def _where(named: Output, old: Path, new: Path) -> str:
    """Say where two notebooks part, if the old one is still the one that the manifest names."""
    if old.suffix != ".ipynb" or recorder.state_of(old) != named.sha256:
        return ""
    try:
        before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (old, new))
        return first_cell_that_differs(before, after)
    except (ValueError, KeyError, TypeError, OSError):
        return ""


def first_cell_that_differs(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Name the first cell of two notebooks that differs, counted from 1, and what differs in it."""
    old, new = before["cells"], after["cells"]
    for number, (one, other) in enumerate(zip(old, new, strict=False), start=1):
        if one != other:
            return f"cell {number} ({one['cell_type']}): {_what(one, other)}"
    if len(old) != len(new):
        return f"cell {min(len(old), len(new)) + 1}: there are {len(new)} cells, were {len(old)}"
    return "no cell, only what the notebook says of its run"


def _what(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    if one["cell_type"] != other["cell_type"]:
        return f"is now {other['cell_type']}"
    if one["source"] != other["source"]:
        return "its source"
    old, new = one.get("outputs", []), other.get("outputs", [])
    for number, (before, after) in enumerate(zip(old, new, strict=False), start=1):
        if before != after:
            return f"output {number} ({_kind_of(before, after)})"
    if len(old) != len(new):
        return f"there are {len(new)} outputs, were {len(old)}"
    return "its id, tags or number"


def _kind_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Name an output's type and the formats that differ in it, never what they hold."""
    if before["output_type"] != after["output_type"]:
        return f"{before['output_type']}, is now {after['output_type']}"
    shown, now = before.get("data", {}), after.get("data", {})
    formats = sorted(name for name in {*shown, *now} if shown.get(name) != now.get(name))
    return ", ".join([str(before["output_type"]), *formats])
