"""The international sets in, one country's rows in one shape out."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from analysis.contracts import tables
from analysis.contracts.published import SourceRow
from analysis.errors import DataError
from analysis.published import glotip, people, policy
from analysis.published.codes import Codes
from analysis.published.files import Shelf, records
from analysis.published.rows import of_set

GLOTIP, POLICY, PEOPLE = "unodc_glotip", "policy_3p", "population"
SET_OF_PREFIX = {"UNODC": GLOTIP, "3P": POLICY, "WB": PEOPLE}
"""How an id of an international row begins, and which set it stands in."""


class Sets:
    """The international sets of one record, each file read when first asked for."""

    def __init__(self, shelf: Shelf, codes: Codes) -> None:
        self._shelf = shelf
        self._codes = codes
        self._rows: dict[tuple[str, str], pd.DataFrame] = {}
        self._headed: dict[tuple[str, str], dict[tuple[str, str], list[dict[str, str]]]] = {}

    def about(self, name: str) -> dict[str, str]:
        """Return a set's own line in ``sets.csv``: publisher, file, address, trust, licence."""
        found = [cells for cells in self._about_sets if cells["set"] == name]
        if not found:
            raise DataError(
                f"international/sets.csv: no row describes {name}. Add one with file and licence."
            )
        return found[0]

    def of_publisher(self, publisher: str) -> str | None:
        """Return the international set that a publisher's series come from, if any."""
        return next(
            (cells["set"] for cells in self._about_sets if cells["publisher"] == publisher), None
        )

    def rows(self, name: str, country: str) -> pd.DataFrame:
        """Return what a set prints of one country (columns of `shape.SHAPE`)."""
        if (name, country) not in self._rows:
            self._rows[name, country] = self._read_set(name, country)
        return self._rows[name, country].copy(deep=False)

    def printed(
        self, name: str, country: str, indicator: str, breakdown: str
    ) -> list[dict[str, str]]:
        """Return the rows that a set prints under one indicator and breakdown."""
        if (name, country) not in self._headed:
            headed: dict[tuple[str, str], list[dict[str, str]]] = {}
            for cells in records(self.rows(name, country)):
                headed.setdefault((cells["indicator"], cells["breakdown"]), []).append(cells)
            self._headed[name, country] = headed
        return self._headed[name, country].get((indicator, breakdown), [])

    def export(self, name: str) -> pd.DataFrame:
        """Return a set's file as obtained, all cells text."""
        contract = next(entry for entry in tables.INTERNATIONAL if entry.name == name)
        folder = self._shelf.places.published / "international" / name
        return self._shelf.read(folder / self.about(name)["file"], contract)

    def _read_set(self, name: str, country: str) -> pd.DataFrame:
        export = self.export(name)
        if name == GLOTIP:
            return glotip.rows(export, country, self._codes.unodc_names)
        if name == POLICY:
            found = self._codes.country(country)
            return policy.rows(export, country, found.code_3p, found.name_3p)
        return people.rows(export, country)

    def row(self, name: str, country: str, row_id: str) -> SourceRow | None:
        """Return one row of a set by its id, or ``None`` where the set has none."""
        table = self.rows(name, country)
        found = table[table["row_id"] == row_id]
        if found.empty:
            return None
        cells = {str(key): value for key, value in found.iloc[0].items()}
        label = self._codes.indicator(str(cells["indicator"])).label
        return of_set(cells, self.about(name), label=label)

    @cached_property
    def _about_sets(self) -> list[dict[str, str]]:
        path = self._shelf.places.published / "international" / "sets.csv"
        return records(self._shelf.read(path, tables.SETS))
