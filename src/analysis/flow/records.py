"""Questions about the published record, answered without running anything."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.contracts import tables
from analysis.contracts.published import SourceRow
from analysis.places import Places
from analysis.published.check import check_record
from analysis.published.load import open_record
from analysis.published.problems import Problem


def check_data(places: Places, country: str | None = None) -> tuple[Problem, ...]:
    """Return errors and oddities of the record."""
    if country:
        open_record(places).country(country)
    return check_record(places, country)


def list_data(places: Places) -> list[dict[str, Any]]:
    """List the tables of the record: where each lies, how many rows, whose they are."""
    record = open_record(places)
    return [
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


def show_row(places: Places, row_id: str) -> SourceRow:
    """Return one published row by its id."""
    return open_record(places).row(row_id)


def show_table(places: Places, table: str, country: str | None) -> pd.DataFrame:
    """Return a table of one country, or of every country that submitted it, all cells text."""
    record = open_record(places)
    countries = [country] if country else record.countries
    return pd.concat([record.table(table, each) for each in countries], ignore_index=True)
