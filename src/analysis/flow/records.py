"""Questions about the published record, answered without running anything."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.contracts import tables
from analysis.contracts.published import SourceRow
from analysis.places import Places
from analysis.published.check import check_record
from analysis.published.load import Record, open_record
from analysis.published.overlaps import path_of
from analysis.published.problems import Problem


def check_data(places: Places, country: str | None = None) -> tuple[Problem, ...]:
    """Return errors and oddities of the record."""
    if country:
        open_record(places).country(country)
    return check_record(places, country)


def list_data(places: Places) -> list[dict[str, Any]]:
    """List the tables of the record: where each lies, how many rows, whose they are."""
    record = open_record(places)
    overlapping = [
        {
            "table": contract.name,
            "country": "",
            "rows": len(record.overlaps.frame(contract)),
            "file": path_of(places, contract).relative_to(places.published).as_posix(),
            "publishers": sorted({*record.overlaps.frame(contract).get("publisher", ())}),
        }
        for contract in tables.OVERLAPS
        if len(record.overlaps.frame(contract))
    ]
    of_countries = [
        {
            "table": contract.name,
            "country": country,
            "rows": len(table),
            "file": f"countries/{country}/{contract.name}.csv",
            "publishers": sorted({*table.get("publisher", ())} - {""}),
        }
        for country in record.countries
        for contract in tables.COUNTRY_TABLES
        if len(table := record.table(contract.name, country))
    ]
    return of_countries + overlapping


def show_row(places: Places, row_id: str) -> SourceRow:
    """Return one published row by its id."""
    return open_record(places).row(row_id)


def show_table(places: Places, table: str, country: str | None) -> pd.DataFrame:
    """Return a table of one country, or of every country that submitted it, all cells text.

    Overlapping lists are kept in files of their own, and those of a country are its tables.
    """
    record = open_record(places)
    for contract in tables.OVERLAPS:
        if contract.name == table:
            return _of_country(record, record.overlaps.frame(contract), country)
    countries = [country] if country else record.countries
    return pd.concat([record.table(table, each) for each in countries], ignore_index=True)


def _of_country(record: Record, table: pd.DataFrame, country: str | None) -> pd.DataFrame:
    if country is None:
        return table
    about = record.overlaps.frame(tables.OVERLAP_TABLES)
    own = about[about["country"] == record.country(country).iso3]["table"]
    return table[table["table"].isin(own)].reset_index(drop=True)
