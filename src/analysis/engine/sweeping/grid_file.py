"""A grid as somebody wrote it in, blocks of values out: YAML, JSON, CSV or NAME=a,b,c.

YAML and JSON hold ``name: [values]``, and the sweep is their product. In CSV each line
is one run. A parameter that is itself a list is given lists: ``years: [[2002, 2003]]``,
``-g years=[2002,2003],[2004]``, or in CSV a quoted cell ``"2002,2003"``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Any

from analysis.engine.sweeping.grid import Block, axis
from analysis.errors import ParameterError

_HOW = "Write lines such as `level: [0.9, 0.95]`."


def read(path: Path) -> tuple[Block, ...]:
    """Read a grid file by its ending: ``.yml``, ``.yaml``, ``.json`` or ``.csv``.

    Values keep the type that the file gives them; cells of CSV are texts.

    Raises
    ------
    ParameterError
        If the file is missing or unreadable, of another kind, names a parameter twice,
        or holds anything but lists of values (CSV: lines of one length).
    """
    kinds: dict[str, Callable[[Path, str], tuple[Block, ...]]] = {
        ".yml": _of_yaml,
        ".yaml": _of_yaml,
        ".json": _of_json,
        ".csv": _of_csv,
    }
    if path.suffix.lower() not in kinds:
        raise ParameterError(
            f"{path.name}: a grid file ends in .yml, .yaml, .json or .csv. Rename it."
        )
    return kinds[path.suffix.lower()](path, _text(path))


def assigned(text: str) -> Block:
    """Read ``NAME=a,b,c``; commas inside ``[...]`` belong to one value.

    Raises
    ------
    ParameterError
        If there is no name, no value, or a bracket is left open.
    """
    name, equals, values = text.partition("=")
    if not (equals and name.strip() and values.strip()):
        raise ParameterError("-g: is not NAME=VALUE,VALUE. Write it so, as level=0.9,0.95.")
    return axis(name.strip(), _split(name.strip(), values), "-g")


def _split(name: str, values: str) -> list[str]:
    pieces, depth = [""], 0
    for sign in values:
        depth += {"[": 1, "]": -1}.get(sign, 0)
        if depth < 0:
            break
        if sign == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += sign
    if depth != 0:
        raise ParameterError(f"-g {name}: brackets do not match. Close each that is opened.")
    return [piece.strip() for piece in pieces]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ParameterError(
            f"{path.name}: the grid cannot be read ({error.strerror}). See where it lies."
        ) from error
    except ValueError as error:
        raise ParameterError(f"{path.name}: is not UTF-8. Save it as UTF-8.") from error


def _of_json(path: Path, text: str) -> tuple[Block, ...]:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        _refuse_twice(path, [name for name, _ in pairs])
        return dict(pairs)

    try:
        loaded = json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ParameterError(f"{path.name}: is not valid JSON{line}. Correct it.") from error
    return _axes(path, loaded)


def _of_yaml(path: Path, text: str) -> tuple[Block, ...]:
    import yaml

    class Strict(yaml.SafeLoader):
        """Refuses what YAML would let one line overwrite in silence."""

    def unique(loader: Strict, node: yaml.MappingNode) -> dict[Hashable, Any]:
        _refuse_twice(path, [str(key.value) for key, _ in node.value])
        return loader.construct_mapping(node, deep=True)

    Strict.add_constructor("tag:yaml.org,2002:map", unique)
    try:
        loaded = yaml.load(text, Loader=Strict)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise ParameterError(f"{path.name}: is not valid YAML{line}. {_HOW}") from error
    return _axes(path, loaded)


def _axes(path: Path, loaded: object) -> tuple[Block, ...]:
    if not isinstance(loaded, dict) or not loaded:
        raise ParameterError(f"{path.name}: holds no parameters with values. {_HOW}")
    wrong = [str(name) for name, values in loaded.items() if not isinstance(values, list)]
    wrong += [str(name) for name in loaded if not isinstance(name, str)]
    if wrong:
        raise ParameterError(
            f"{path.name}: {len(wrong)} of {len(loaded)} parameters have no list of values "
            f"({', '.join(wrong)}). {_HOW}"
        )
    return tuple(axis(name, values, path.name) for name, values in loaded.items())


def _of_csv(path: Path, text: str) -> tuple[Block, ...]:
    try:
        lines = [(place, line) for place, line in _lines(text) if line]
    except csv.Error as error:
        raise ParameterError(f"{path.name}: is not valid CSV. Save it as CSV anew.") from error
    names = tuple(name.strip() for name in lines[0][1]) if lines else ()
    if not all(names) or not names:
        raise ParameterError(
            f"{path.name}: the first line must name a parameter for each column. Add the names."
        )
    _refuse_twice(path, names)
    uneven = [str(place) for place, line in lines[1:] if len(line) != len(names)]
    if uneven:
        raise ParameterError(
            f"{path.name}: {len(uneven)} lines have not {len(names)} cells "
            f"(lines {', '.join(uneven[:10])}). Give each run one value a parameter."
        )
    points = tuple(tuple(cell.strip() for cell in line) for _, line in lines[1:])
    return (Block(names, points, path.name),)


def _lines(text: str) -> Iterable[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for line in reader:
        yield reader.line_num, line


def _refuse_twice(path: Path, names: Iterable[str]) -> None:
    listed = list(names)
    if twice := sorted({name for name in listed if listed.count(name) > 1}):
        raise ParameterError(
            f"{path.name}: stands twice: {', '.join(twice)}. Keep one list of values each."
        )
