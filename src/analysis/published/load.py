"""A workbench's places in, its published record out: read only when asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

import pandas as pd

from analysis.contracts import tables
from analysis.contracts.published import Break, Flag, Plan, SourceRow, Text
from analysis.contracts.tables import TableContract
from analysis.errors import DataError, ParameterError
from analysis.places import Places
from analysis.published.codes import Codes, Country, Indicator, text_of, unknown
from analysis.published.files import Shelf, records
from analysis.published.overlaps import Overlaps
from analysis.published.rows import ids_in, of_table
from analysis.published.sets import SET_OF_PREFIX, Sets

_Line = tuple[int, dict[str, str]]
"""A line as a spreadsheet numbers it, and its cells."""


def open_record(places: Places, on_read: Callable[[Path], None] | None = None) -> Record:
    """Open the record of a workbench; every file read is announced to ``on_read``."""
    return Record(Shelf(places, on_read))


class Record:
    """The published record. Reading never changes it, and a missing table is empty, not wrong."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.codes = Codes(shelf)
        self.sets = Sets(shelf, self.codes)
        self.overlaps = Overlaps(shelf, self.codes)
        self._empty: dict[str, pd.DataFrame] = {}
        self._figures: dict[str, tuple[dict[str, str], ...]] = {}
        self._breaks: dict[str, tuple[Break, ...]] = {}
        self._plans: dict[str, tuple[Plan, ...]] = {}
        self._rows: dict[str, SourceRow] = {}
        self._lines: dict[tuple[str, str], dict[str, _Line]] = {}

    @property
    def countries(self) -> tuple[str, ...]:
        """ISO codes of the countries that submitted tables."""
        return self._shelf.countries()

    # Plans, tables, breaks

    def plan(self, plan_id: str) -> Plan:
        """Return a plan; `ParameterError` with the nearest known ids if there is none."""
        known = {plan.id: plan for country in self.countries for plan in self.plans(country)}
        if plan_id not in known:
            raise ParameterError(unknown("plan", plan_id, known))
        return known[plan_id]

    def plans(self, country: str) -> tuple[Plan, ...]:
        """Return the plans of a country by first year; none where none is submitted."""
        if country not in self._plans:
            table = self.table("plans", country)
            ids = dict.fromkeys(table["plan_id"])
            plans = [_plan(country, table[table["plan_id"] == plan_id]) for plan_id in ids]
            self._plans[country] = tuple(sorted(plans, key=lambda plan: (plan.first_year, plan.id)))
        return self._plans[country]

    def submitted(self, name: str, country: str) -> bool:
        """Whether the country has submitted a table of this name with at least one row."""
        return not self.table(name, country).empty

    def table(self, name: str, country: str) -> pd.DataFrame:
        """Return a country's table, all cells text.

        A table that was not submitted is empty and has its columns all the same.
        """
        contract = tables.country_table(name)
        if contract is None:
            known = [entry.name for entry in tables.COUNTRY_TABLES]
            raise ParameterError(unknown("table", name, known))
        path = self._shelf.country_file(name, country)
        if not path.is_file():
            self._shelf.announce(path)
            self.country(country)
            return self._nothing(contract).copy(deep=False)
        return self._shelf.read(path, contract)[list(contract.columns)]

    def _nothing(self, contract: TableContract) -> pd.DataFrame:
        # An empty table takes a millisecond to make, and most countries submit none.
        if contract.name not in self._empty:
            self._empty[contract.name] = pd.DataFrame(columns=list(contract.columns), dtype=str)
        return self._empty[contract.name]

    def breaks(self, country: str) -> tuple[Break, ...]:
        """Return what makes the country's figures hard to compare, by date."""
        if country not in self._breaks:
            found = [_break(country, cells) for cells in records(self.table("breaks", country))]
            self._breaks[country] = tuple(sorted(found, key=lambda brk: (brk.date, brk.id)))
        return self._breaks[country]

    def figures(self, country: str) -> tuple[dict[str, str], ...]:
        """Return the lines of ``figures.csv`` of a country, in order, one dictionary each."""
        if country not in self._figures:
            self._figures[country] = tuple(records(self.table("figures", country)))
        return self._figures[country]

    # Codes

    @property
    def known_countries(self) -> tuple[str, ...]:
        """ISO codes of every country in the crosswalk."""
        return self.codes.known_countries

    def country(self, iso3: str) -> Country:
        """Return a country; `ParameterError` with the nearest known codes if there is none."""
        return self.codes.country(iso3)

    def indicator(self, code: str) -> Indicator:
        """Return an indicator; `ParameterError` with the nearest known codes if there is none."""
        return self.codes.indicator(code)

    def label(self, codelist: str, code: str) -> Text:
        """Return what a code is called: ``label("publishers", "unodc")``."""
        return self.codes.label(codelist, code)

    # Rows

    def row(self, row_id: str) -> SourceRow:
        """Return any row by its id, of a country's table, an international set or the overlaps.

        Raises
        ------
        ParameterError
            If no table holds the row.
        """
        if row_id not in self._rows:
            self._rows[row_id] = self._found(row_id)
        return self._rows[row_id]

    def rows(self, ids: Iterable[str]) -> tuple[SourceRow, ...]:
        """Return rows by their ids, in the order given."""
        return tuple(self.row(row_id) for row_id in ids)

    def _found(self, row_id: str) -> SourceRow:
        international = re.match(r"(UNODC|3P|WB)-([A-Z]{3})-", row_id)
        found = (
            self.sets.row(SET_OF_PREFIX[international[1]], international[2], row_id)
            if international
            else self.overlaps.row(row_id) or self._table_row(row_id)
        )
        if found is None:
            raise ParameterError(
                f"row: {row_id} is in no table of the record. Correct the id, or see "
                "which references dangle: workbench data check"
            )
        return found

    def _table_row(self, row_id: str) -> SourceRow | None:
        # What was read already comes first, so that a look-up reads no more files than it must.
        held = [
            (self._shelf.country_file(contract.name, country), country, contract)
            for country in self.countries
            for contract in tables.COUNTRY_TABLES
        ]
        held.sort(key=lambda entry: not self._shelf.was_read(entry[0]))
        for path, country, contract in held:
            self._shelf.announce(path)
            if path.is_file() and row_id in (lines := self._line_of(country, contract)):
                return self._told(path, contract, lines[row_id])
        return None

    def _line_of(self, country: str, contract: TableContract) -> dict[str, _Line]:
        key = (country, contract.name)
        if key not in self._lines:
            lines = enumerate(records(self.table(contract.name, country)), start=2)
            self._lines[key] = {cells["row_id"]: (line, cells) for line, cells in lines}
        return self._lines[key]

    def _told(self, path: Path, contract: TableContract, found: _Line) -> SourceRow:
        line, cells = found
        figure = "indicator" in contract.columns
        return of_table(
            cells,
            contract,
            file=path.relative_to(self._shelf.places.published).as_posix(),
            line=line,
            label=self.indicator(cells["indicator"]).label if figure else None,
            licence=self.codes.licences.get(cells.get("publisher", ""), ""),
        )


def _plan(country: str, rows: pd.DataFrame) -> Plan:
    picked = [cells for cells in records(rows) if cells["pick"] == "1"]
    if len(picked) != 1 or not (picked[0]["first_year"] and picked[0]["last_year"]):
        raise DataError(
            f"{country}/plans.csv: a plan needs one row with pick 1 that gives first_year and "
            "last_year. See which plan: workbench data check"
        )
    cells = picked[0]
    return Plan(
        id=cells["plan_id"],
        country=country,
        title=text_of(cells, "title"),
        short=text_of(cells, "short"),
        scope=text_of(cells, "scope"),
        lead_body=text_of(cells, "lead_body"),
        adopted=cells["adopted"],
        period=(cells["period_start"], cells["period_end"]),
        first_year=int(cells["first_year"]),
        last_year=int(cells["last_year"]),
        years_rule=text_of(cells, "years_rule"),
        amends=cells["amends"] or None,
        rows=tuple(str(row_id) for row_id in rows["row_id"]),
    )


def _break(country: str, cells: dict[str, str]) -> Break:
    return Break(
        id=cells["row_id"],
        flag=cast(Flag, cells["flag"]),
        country=country,
        date=cells["date"],
        indicators=ids_in(cells["indicators"]),
        what=text_of(cells, "what"),
        effect=text_of(cells, "effect"),
        source_url=cells["source_url"],
        quote=cells["quote"],
    )
