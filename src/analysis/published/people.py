"""World Bank population in, its rows in the record's own shape out."""

from __future__ import annotations

import pandas as pd

from analysis.published.files import records
from analysis.published.shape import SHAPE


def rows(people: pd.DataFrame, iso3: str) -> pd.DataFrame:
    """Return the mid-year population of one country, a row a year; empty where not covered."""
    mine = people[people["Country Code"] == iso3]
    told = [
        {
            "row_id": f"WB-{iso3}-{cells['Year']}",
            "line": line,
            "indicator": "population",
            "breakdown": "total",
            "category": "",
            "year": int(cells["Year"]),
            "printed": cells["Value"],
            "quote": f"{cells['Country Name']}; {cells['Year']}: {cells['Value']}",
            "repeated": False,
        }
        for line, cells in zip(mine.index + 2, records(mine), strict=True)
    ]
    return pd.DataFrame(told, columns=list(SHAPE))
