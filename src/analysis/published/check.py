"""A record in, everything that breaks its contract and everything odd in it out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.contracts import tables
from analysis.contracts.tables import TableContract
from analysis.errors import DataError
from analysis.places import Places
from analysis.published import overlap_rules, overlaps
from analysis.published.cells import Fault, Known, fault
from analysis.published.files import Shelf
from analysis.published.grid import Grid, open_grid
from analysis.published.load import Record
from analysis.published.oddities import oddities
from analysis.published.problems import Problem, grouped
from analysis.published.rules import broken, held_by, unheld
from analysis.published.sets import SET_OF_PREFIX


def check_record(places: Places, country: str | None = None) -> tuple[Problem, ...]:
    """Check every table of the record, or those of one country, and look for oddities.

    Errors first. Oddities are looked for only where no file has an error, as they are
    computed from the series that the files give.
    """
    shelf = Shelf(places)
    errors = tuple(_errors(shelf, country))
    if errors:
        return errors
    record = Record(shelf)
    chosen = (country,) if country else shelf.countries()
    return tuple(odd for each in chosen for odd in oddities(record, each))


def require_sound(places: Places) -> None:
    """Stop with all errors, grouped, if the record has any; oddities do not stop.

    Raises
    ------
    DataError
        With one line a kind of error: file, how many, which rows, what to do.
    """
    if errors := list(_errors(Shelf(places), None)):
        raise DataError("\n".join(grouped(errors)))


def _errors(shelf: Shelf, country: str | None) -> Iterator[Problem]:
    held = [*_world(shelf), *_countries(shelf, country)]
    grids = {}
    for home, path, contract in held:
        grid = open_grid(path, contract)
        grids[path] = (home, contract, grid)
        yield from _problems(shelf, path, grid.faults)
    known = _known(shelf, grids)
    for path, (home, contract, grid) in grids.items():
        if grid.whole:
            yield from _problems(shelf, path, _cells(grid, contract, known[home]))
            yield from _problems(shelf, path, broken(contract, grid))
            if contract is tables.SETS:
                yield from _problems(shelf, path, unheld(grid, path.parent))
    yield from _overlaps(shelf, grids)
    yield from _shared_ids(shelf, grids)


def _world(shelf: Shelf) -> Iterator[tuple[str, Path, TableContract]]:
    for contract in tables.CODELISTS:
        yield "", shelf.places.codelists / f"{contract.name}.csv", contract
    folder = shelf.places.published / "international"
    yield "", folder / "sets.csv", tables.SETS
    about = open_grid(folder / "sets.csv", tables.SETS)
    for contract in tables.INTERNATIONAL:
        for _, line in about.lines:
            if line["set"] == contract.name and line["file"] in held_by(folder / contract.name):
                yield "", folder / contract.name / line["file"], contract
                break
    # A workbench without any published lists is whole; one with some has all three files.
    if os.path.lexists(overlaps.path_of(shelf.places, tables.OVERLAP_TABLES).parent):
        for contract in tables.OVERLAPS:
            yield "", overlaps.path_of(shelf.places, contract), contract


def _countries(shelf: Shelf, country: str | None) -> Iterator[tuple[str, Path, TableContract]]:
    for each in (country,) if country else shelf.countries():
        for contract in tables.COUNTRY_TABLES:
            path = shelf.country_file(contract.name, each)
            if os.path.lexists(path):
                yield each, path, contract


_Held = dict[Path, tuple[str, TableContract, Grid]]


def _known(shelf: Shelf, grids: _Held) -> dict[str, Known]:
    """Say, for each country (``""``: for none), what its cells may refer to."""
    codes = {
        contract.name: frozenset(line[contract.key[0]] for _, line in grid.lines)
        for _, contract, grid in grids.values()
        if contract.home == "codelist" and grid.whole
    }
    rows = {line["row_id"] for _, _, grid in grids.values() for _, line in grid.lines_with_ids}
    world = _WorldRows(shelf)
    # While a file cannot be read, a row may stand in it: only the file itself is then wrong.
    readable = all(grid.whole for _, _, grid in grids.values())

    def column(home: str, table: str, name: str) -> frozenset[str]:
        return frozenset(
            line[name]
            for held, contract, grid in grids.values()
            if held == home and contract.name == table and grid.whole
            for _, line in grid.lines
        )

    return {
        home: Known(
            codes=codes,
            plans=column(home, "plans", "plan_id"),
            orgs=column(home, "organisations", "org_id"),
            is_row=lambda row_id: not readable or row_id in rows or row_id in world,
        )
        for home in {held for held, _, _ in grids.values()}
    }


class _WorldRows:
    """The ids of international rows, read country by country as they are asked for."""

    def __init__(self, shelf: Shelf) -> None:
        self._record = Record(shelf)
        self._ids: dict[tuple[str, str], frozenset[str]] = {}

    def __contains__(self, row_id: object) -> bool:
        prefix, country, *_ = [*str(row_id).split("-"), "", ""]
        if prefix not in SET_OF_PREFIX:
            return False
        if (prefix, country) not in self._ids:
            self._ids[prefix, country] = self._read(SET_OF_PREFIX[prefix], country)
        return row_id in self._ids[prefix, country]

    def _read(self, name: str, country: str) -> frozenset[str]:
        try:
            return frozenset(row["row_id"] for row in self._record.sets.rows(name, country))
        except DataError:
            # The broken file has a problem of its own; its rows are not called dangling too.
            return frozenset()


def _cells(grid: Grid, contract: TableContract, known: Known) -> Iterator[tuple[int, str, Fault]]:
    for field in contract.fields:
        if field.kind == "text" and not field.required:
            continue
        seen: dict[str, Fault | None] = {}
        for row, line in grid.lines:
            cell = line[field.name]
            if cell not in seen:
                seen[cell] = fault(field, cell, known)
            if (found := seen[cell]) is not None:
                yield row, field.name, found


def _shared_ids(shelf: Shelf, grids: _Held) -> Iterator[Problem]:
    owner: dict[str, Path] = {}
    for path, (_, _, grid) in grids.items():
        for row, line in grid.lines_with_ids:
            first = owner.setdefault(line["row_id"], path)
            if first != path:
                what = f"a row_id that {shelf.shown(first)} also has"
                yield Problem("error", shelf.shown(path), row, "row_id", what, "Give it its own.")


def _overlaps(shelf: Shelf, grids: _Held) -> Iterator[Problem]:
    held = {
        contract.name: (path, grid)
        for path, (_, contract, grid) in grids.items()
        if contract.home == "overlaps" and grid.whole
    }
    if len(held) == len(tables.OVERLAPS):
        whole = {name: grid for name, (_, grid) in held.items()}
        for name, found in overlap_rules.broken(whole):
            yield from _problems(shelf, held[name][0], [found])


def _problems(
    shelf: Shelf, path: Path, faults: Iterable[tuple[int | None, str, Fault]]
) -> Iterator[Problem]:
    for row, column, found in faults:
        yield Problem("error", shelf.shown(path), row, column, found.what, found.remedy)
