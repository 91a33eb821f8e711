"""The international sets in, one country's rows in one shape out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.contracts import tables
from analysis.contracts.published import SourceRow
from analysis.contracts.tables import TableContract
from analysis.errors import DataError
from analysis.published import glotip, people, policy
from analysis.published.codes import Codes
from analysis.published.files import Shelf, records
from analysis.published.rows import of_set
from analysis.published.shape import Line, Printed

GLOTIP, POLICY, PEOPLE = "unodc_glotip", "policy_3p", "population"
SET_OF_PREFIX = {"UNODC": GLOTIP, "3P": POLICY, "WB": PEOPLE}
"""How an id of an international row begins, and which set it stands in."""


class Sets:
    """The international sets of one record, each file read when first asked for."""

    def __init__(self, shelf: Shelf, codes: Codes) -> None:
        self._shelf = shelf
        self._codes = codes
        self._rows: dict[tuple[str, str], tuple[Printed, ...]] = {}
        self._headed: dict[tuple[str, str], dict[tuple[str, str], list[Printed]]] = {}
        self._places: dict[str, Mapping[str, npt.NDArray[np.intp]]] = {}

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

    def rows(self, name: str, country: str) -> tuple[Printed, ...]:
        """Return what a set prints of one country, in the order of its file."""
        if (name, country) not in self._rows:
            self._rows[name, country] = self._read_set(name, country)
        return self._rows[name, country]

    def printed(self, name: str, country: str, indicator: str, breakdown: str) -> Sequence[Printed]:
        """Return the rows that a set prints under one indicator and breakdown."""
        if (name, country) not in self._headed:
            headed: dict[tuple[str, str], list[Printed]] = {}
            for row in self.rows(name, country):
                headed.setdefault((row["indicator"], row["breakdown"]), []).append(row)
            self._headed[name, country] = headed
        return self._headed[name, country].get((indicator, breakdown), [])

    def export(self, name: str) -> pd.DataFrame:
        """Return a set's file as obtained, all cells text."""
        folder = self._shelf.places.published / "international" / name
        return self._shelf.read(folder / self.about(name)["file"], _contract(name))

    def lines(self, name: str, country: str) -> list[Line]:
        """Return the lines of a set's file on one country, their cells as they stand."""
        if name == PEOPLE:
            return self._under(name, "Country Code", country)
        if name == GLOTIP:
            return self._under(name, "Iso3_code", country)
        # A code of the policy index may serve two countries, so the name must fit as well.
        found = self._codes.country(country)
        under = self._under(name, "code", found.code_3p)
        return [(line, cells) for line, cells in under if cells["name"] == found.name_3p]

    def row(self, name: str, country: str, row_id: str) -> SourceRow | None:
        """Return one row of a set by its id, or ``None`` where the set has none."""
        found = next((row for row in self.rows(name, country) if row["row_id"] == row_id), None)
        if found is None:
            return None
        label = self._codes.indicator(found["indicator"]).label
        return of_set(found, self.about(name), label=label)

    def _read_set(self, name: str, country: str) -> tuple[Printed, ...]:
        mine = self.lines(name, country)
        if name == GLOTIP:
            return glotip.rows(mine, country, self._codes.unodc_names)
        return policy.rows(mine, country) if name == POLICY else people.rows(mine, country)

    def _under(self, name: str, column: str, code: str) -> list[Line]:
        """Return the lines with ``code`` in ``column``; an empty code is nobody's."""
        export = self.export(name)[list(_contract(name).columns)]
        if name not in self._places:
            found = export.groupby(column, sort=False).indices
            self._places[name] = {str(key): np.asarray(places) for key, places in found.items()}
        if not code or code not in self._places[name]:
            return []
        places = self._places[name][code]
        return list(zip((places + 2).tolist(), records(export.take(places)), strict=True))

    @cached_property
    def _about_sets(self) -> list[dict[str, str]]:
        path = self._shelf.places.published / "international" / "sets.csv"
        return records(self._shelf.read(path, tables.SETS))


def _contract(name: str) -> TableContract:
    return next(entry for entry in tables.INTERNATIONAL if entry.name == name)
