"""A table's lines in, the rows that break a rule across cells out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from analysis.contracts.tables import INTERNATIONAL, TableContract
from analysis.published.cells import Fault
from analysis.published.grid import Found, Grid

_PERIODS = (("period_start", "period_end"), ("first_year", "last_year"))
_LAST = "9999-12-31"


def broken(contract: TableContract, grid: Grid) -> Iterator[Found]:
    """Find duplicate keys, reversed periods, plans without one pick, unsorted breakdowns."""
    yield from _duplicates(contract, grid)
    for start, end in _PERIODS:
        if start in contract.columns and end in contract.columns:
            yield from _reversed(grid, start, end)
    if contract.name == "plans":
        yield from _picks(grid)
    if "breakdown" in contract.columns:
        yield from _breakdowns(grid)


def unheld(grid: Grid, folder: Path) -> Iterator[Found]:
    """Find sets that ``sets.csv`` does not describe, or whose file is not in the set's folder."""
    names = [contract.name for contract in INTERNATIONAL]
    for row, line in grid.lines:
        known = line["set"] in names and line["file"]
        if known and line["file"] not in held_by(folder / line["set"]):
            what = "a file that the folder of its set does not hold"
            yield row, "file", Fault(what, "Correct the name, or restore the file.")
    described = {line["set"] for _, line in grid.lines}
    for name in names:
        if name not in described:
            yield None, "set", Fault(f"no row for {name}", "Add one with its file and licence.")


def held_by(folder: Path) -> frozenset[str]:
    """Return the names of what a folder holds; nothing where there is no such folder."""
    try:
        return frozenset(entry.name for entry in folder.iterdir())
    except (OSError, ValueError):
        return frozenset()


def _duplicates(contract: TableContract, grid: Grid) -> Iterator[Found]:
    keys = [("row_id",)] if "row_id" in contract.columns else []
    for key in [*keys, contract.key] if contract.key else keys:
        first: dict[tuple[str, ...], int] = {}
        for row, line in grid.lines:
            values = tuple(line[name] for name in key)
            if first.setdefault(values, row) != row and any(values):
                named = ", ".join(key)
                found = Fault(f"the same {named} as an earlier row", "Take one of them out.")
                yield row, key[0], found


def _reversed(grid: Grid, start: str, end: str) -> Iterator[Found]:
    for row, line in grid.lines:
        # "2007" ends after "2007-08" begins: an open date is read as far as it reaches.
        if line[start] and line[end] and line[start] > line[end] + _LAST[len(line[end]) :]:
            yield row, end, Fault(f"a {end} before its {start}", "Swap the two, or correct them.")


def _picks(grid: Grid) -> Iterator[Found]:
    plans: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for row, line in grid.lines:
        plans.setdefault(line["plan_id"], []).append((row, line))
    for lines in plans.values():
        picked = [(row, line) for row, line in lines if line["pick"] == "1"]
        if len(picked) != 1:
            found = Fault("a plan that has not exactly one row with pick 1", "Pick one.")
            yield lines[0][0], "pick", found
        for row, line in picked:
            if not (line["first_year"] and line["last_year"]):
                what = "a picked plan without first_year and last_year"
                yield row, "first_year", Fault(what, "Give the whole calendar years compared.")


def _breakdowns(grid: Grid) -> Iterator[Found]:
    for row, line in grid.lines:
        parts = line["breakdown"].split(";")
        plain = parts == ["total"]
        if not plain and (sorted(parts) != parts or not all("=" in part for part in parts)):
            remedy = "Write total, or key=value pairs sorted by key: form=sexual;sex=female."
            yield row, "breakdown", Fault("an unreadable breakdown", remedy)
