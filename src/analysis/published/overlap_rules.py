"""The three files of overlapping lists in, the rows that contradict each other out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.contracts.tables import OVERLAP_COUNTS, OVERLAP_ESTIMATES, OVERLAP_TABLES
from analysis.published.cells import Fault
from analysis.published.grid import Found, Grid
from analysis.published.overlaps import JOIN

_FEWEST = 2
"""Lists that can overlap."""


def broken(grids: Mapping[str, Grid]) -> Iterator[tuple[str, Found]]:
    """Find what no row shows by itself, with the name of the file that it stands in.

    Lists that a table does not name, combinations that stand twice, lists without a case,
    totals outside their own limits, and rows of a table that nobody describes.
    """
    about = {line["table"]: line for _, line in grids[OVERLAP_TABLES.name].lines}
    rules = {
        OVERLAP_TABLES.name: _tables(grids),
        OVERLAP_COUNTS.name: _counts(grids[OVERLAP_COUNTS.name], about),
        OVERLAP_ESTIMATES.name: _estimates(grids[OVERLAP_ESTIMATES.name], about),
    }
    for name, faults in rules.items():
        yield from ((name, found) for found in faults)


def _tables(grids: Mapping[str, Grid]) -> Iterator[Found]:
    on: dict[str, set[str]] = {}
    for _, line in grids[OVERLAP_COUNTS.name].lines:
        if line["count"].strip("0"):
            on.setdefault(line["table"], set()).update(line["lists"].split(JOIN))
    grid = grids[OVERLAP_TABLES.name]
    known = {line["table"] for _, line in grid.lines}
    for row, line in grid.lines:
        names = line["lists"].split(JOIN)
        if len(set(names)) < max(len(names), _FEWEST) or not all(names):
            what = "fewer than two lists, or one list twice"
            yield row, "lists", Fault(what, f"Name each list once, joined by {JOIN}.")
        elif set(names) - on.get(line["table"], set()):
            what = "a list that nobody is on"
            yield row, "lists", Fault(what, "Add its counts, or take the list out.")
        if line["merged_from"] and line["merged_from"] not in known - {line["table"]}:
            what = "a merged_from that is not another table of this file"
            yield row, "merged_from", Fault(what, "Correct it, or leave the cell empty.")


def _counts(grid: Grid, about: Mapping[str, Mapping[str, str]]) -> Iterator[Found]:
    seen: set[tuple[str, frozenset[str]]] = set()
    for row, line in grid.lines:
        if line["table"] not in about:
            yield row, "table", _NO_TABLE
            continue
        names = line["lists"].split(JOIN)
        if not set(names) <= set(about[line["table"]]["lists"].split(JOIN)):
            what = "a list that its table does not name"
            yield row, "lists", Fault(what, "Correct it, or name the list in tables.csv.")
        combination = (line["table"], frozenset(names))
        if combination in seen or len(set(names)) < len(names):
            what = "a combination of lists that stands twice, or a list twice in one"
            yield row, "lists", Fault(what, "Take one out, or add the counts up.")
        seen.add(combination)


def _estimates(grid: Grid, about: Mapping[str, Mapping[str, str]]) -> Iterator[Found]:
    for row, line in grid.lines:
        if line["table"] not in about:
            yield row, "table", _NO_TABLE
        ends = [line[name] for name in ("low", "estimate", "high") if line[name].isdecimal()]
        numbers = [int(end) for end in ends]
        if numbers != sorted(numbers):
            what = "an estimate that is not between its limits"
            yield row, "estimate", Fault(what, "Correct the three as the source prints them.")
        if not ends:
            what = "neither an estimate nor limits"
            yield row, "estimate", Fault(what, "Fill in what the source prints.")
        if line["level"] and not _is_level(line["level"]):
            what = "a level that is not between 0 and 1"
            yield row, "level", Fault(what, "Write 0.95 for 95 percent.")


_NO_TABLE = Fault("a table that tables.csv does not hold", "Correct it, or add the table there.")


def _is_level(cell: str) -> bool:
    try:
        return 0 < float(cell) < 1
    except ValueError:
        return False
