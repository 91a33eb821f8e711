"""Values per parameter in, every combination of them out, typed and in stated order.

Nothing runs before each value fits what the notebook declares: the thousandth run
must not fail on a slip that was known at the start.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from analysis.engine.notebook import parameters
from analysis.errors import ParameterError

MOST = 10_000
"""So many runs are taken for meant; more may be a slip of the finger."""

_SHOWN = 5
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Block:
    """Points that belong together: ``points[i]`` holds one value for each of ``names``.

    A parameter with its values is a block of one name; the lines of a CSV file are a
    block of several. ``origin`` says where they were written, for messages.
    """

    names: tuple[str, ...]
    points: tuple[tuple[object, ...], ...]
    origin: str = "grid"


@dataclass(frozen=True, slots=True)
class Grid:
    """Combinations to run, typed as the notebook declares.

    ``types`` has the type of each of ``names``, ``points`` one value for each of them
    and in the order in which they were stated (the last parameter turns fastest).
    ``fixed`` are values that every run shares.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    points: tuple[tuple[object, ...], ...]
    fixed: Mapping[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.points)

    def runs(self) -> dict[str, dict[str, object]]:
        """Return the swept values of each run by its name: ``0001``, ``0002`` ..."""
        width = max(4, len(str(len(self.points))))
        return {
            f"{place:0{width}}": dict(zip(self.names, point, strict=True))
            for place, point in enumerate(self.points, start=1)
        }

    def short_hash(self) -> str:
        """Return eight hexadecimal digits that change with any name, value or their order."""
        told = _canonical([self.names, self.points, dict(sorted(self.fixed.items()))])
        return hashlib.sha256(told.encode()).hexdigest()[:8]


def axis(name: str, values: Sequence[object], origin: str = "grid") -> Block:
    """Make a block of one parameter and its values."""
    return Block((name,), tuple((value,) for value in values), origin)


def combine(
    notebook: Path,
    blocks: Sequence[Block],
    fixed: Mapping[str, object] | None = None,
    *,
    most: int = MOST,
) -> Grid:
    """Multiply blocks into the grid of a notebook's runs.

    Parameters
    ----------
    notebook : Path
        Its `parameters` cell says which names there are and of which type.
    blocks : sequence of Block
        Multiplied in this order, the last turning fastest.
    fixed : mapping, optional
        Values that every run shares.
    most : int
        More combinations than this are refused.

    Raises
    ------
    ParameterError
        If a name is unknown or stands twice, a value does not fit, a parameter has no
        value, two combinations are the same, or there are more than ``most``.
    NotebookError
        If the notebook is missing or declares no parameters.
    """
    shared = dict(fixed or {})
    _refuse_unclear_names(notebook, blocks, shared)
    declared = {one.name: one.type for one in parameters.read(notebook)}
    shared = _bound(notebook, shared)
    _refuse_too_many(notebook, math.prod(len(block.points) for block in blocks), most)
    typed = [_typed(notebook, block) for block in blocks]
    names = tuple(name for block in blocks for name in block.names)
    points = tuple(tuple(v for part in parts for v in part) for parts in product(*typed))
    _refuse_repeated(notebook, points)
    return Grid(names, tuple(declared[name] for name in names), points, shared)


def _refuse_unclear_names(
    notebook: Path, blocks: Sequence[Block], fixed: Mapping[str, object]
) -> None:
    names = [name for block in blocks for name in block.names]
    if not names:
        raise ParameterError(
            f"{notebook.name}: a sweep varies at least one parameter, and none was named. "
            "Give -g NAME=VALUE,VALUE or --grid FILE."
        )
    counted = Counter([*names, *fixed])
    if twice := [name for name, count in counted.items() if count > 1]:
        raise ParameterError(
            f"{notebook.name}: given in two places: {', '.join(twice)}. "
            "Name each parameter once: in the grid, or as fixed."
        )
    empty = [name for block in blocks if not block.points for name in block.names]
    if empty:
        raise ParameterError(
            f"{notebook.name}: no values for {', '.join(empty)}, so there is nothing to run. "
            "Give one at least, or leave the parameter out."
        )


def _bound(notebook: Path, given: Mapping[str, object]) -> dict[str, object]:
    bound = parameters.bind(notebook, given)
    return {name: bound[name] for name in given}


def _typed(notebook: Path, block: Block) -> list[tuple[object, ...]]:
    """Bind each point of a block; what a value is does not depend on other blocks."""
    made = []
    for place, point in enumerate(block.points, start=1):
        try:
            bound = _bound(notebook, dict(zip(block.names, point, strict=True)))
        except ParameterError as error:
            raise ParameterError(f"{block.origin}, {_place(block, place)}: {error}") from error
        _refuse_immense(block, place, bound.values())
        made.append(tuple(bound.values()))
    return made


def _refuse_immense(block: Block, place: int, values: Iterable[object]) -> None:
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    if any(isinstance(item, int) and abs(item) > _LARGEST for item in items):
        raise ParameterError(
            f"{block.origin}, {_place(block, place)}: a whole number beyond 64 bits cannot stand "
            "in a table. Give it as a text."
        )


def _place(block: Block, place: int) -> str:
    what = "value" if len(block.names) == 1 else "run"
    return f"{what} {place} of {len(block.points)}"


def _refuse_too_many(notebook: Path, count: int, most: int) -> None:
    if count > most:
        raise ParameterError(
            f"{notebook.name}: the grid has {count} combinations, and {most} is the most. "
            f"Take values away, or allow them: --most {count}."
        )


def _refuse_repeated(notebook: Path, points: Sequence[tuple[object, ...]]) -> None:
    first: dict[str, int] = {}
    again = []
    for place, point in enumerate(points, start=1):
        if (before := first.setdefault(_canonical(point), place)) != place:
            again.append(f"{place} is {before}")
    if again:
        more = f" and {len(again) - _SHOWN} more" if len(again) > _SHOWN else ""
        raise ParameterError(
            f"{notebook.name}: {len(again)} of {len(points)} combinations stand twice "
            f"({', '.join(again[:_SHOWN])}{more}). Name each value once."
        )


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
