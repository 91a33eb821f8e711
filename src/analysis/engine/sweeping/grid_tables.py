"""Lines of a sweep in, tables whose bytes follow from the lines alone out.

Swept parameters come first, as typed columns. No date, no machine and no order of
runs gets in; the writer names the library that wrote and its version.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from analysis.engine.sweeping.grid import Grid

Kind = Literal["str", "int", "float", "bool", "date"]


def parameter_columns(grid: Grid, others: Iterable[str]) -> dict[str, str]:
    """Name a column for each swept parameter: its own name, unless another column has it.

    Then it is ``parameter_<name>``, as with a parameter called ``estimate``.
    """
    taken = {*others}
    return {name: f"parameter_{name}" if name in taken else name for name in grid.names}


def column_types(grid: Grid, others: Mapping[str, Kind]) -> dict[str, str]:
    """Return the type of every column, swept parameters first."""
    names = parameter_columns(grid, others)
    swept = {names[name]: kind for name, kind in zip(grid.names, grid.types, strict=True)}
    return {**swept, **others}


def write_parquet(
    path: Path, columns: Mapping[str, str], lines: Sequence[Mapping[str, Any]]
) -> None:
    """Write lines as Parquet; types are those of parameters, a list or range becomes a list."""
    pyarrow = _arrow()
    schema = pyarrow.schema([(name, _arrow_type(kind)) for name, kind in columns.items()])
    arrays = [
        pyarrow.array([_stored(line[name], kind) for line in lines], type=schema.field(name).type)
        for name, kind in columns.items()
    ]
    table = pyarrow.Table.from_arrays(arrays, schema=schema)
    pyarrow.parquet.write_table(table, path, compression="zstd")


def write_csv(path: Path, columns: Iterable[str], lines: Iterable[Mapping[str, Any]]) -> None:
    """Write lines as CSV: what is not known is empty, a list is written as in JSON."""
    names = list(columns)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_cell(line[name]) for name in names] for line in lines)


def _arrow_type(kind: str) -> Any:
    if "[" in kind:
        return _arrow().list_(_arrow_type(kind[kind.index("[") + 1 : -1]))
    names = {"int": "int64", "float": "float64", "bool": "bool_", "date": "date32"}
    return getattr(_arrow(), names.get(kind, "string"))()


def _arrow() -> Any:
    """Return pyarrow, which comes without types and takes long to import."""
    import pyarrow
    import pyarrow.parquet

    return pyarrow


def _stored(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if "[" in kind:
        return [_stored(item, kind[kind.index("[") + 1 : -1]) for item in value]
    if kind == "date":
        return date.fromisoformat(value)
    return float(value) if kind == "float" else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple, bool)):
        return json.dumps(value, ensure_ascii=False)
    return repr(value) if isinstance(value, float) else str(value)
