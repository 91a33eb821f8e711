"""The 3P policy index in, its rows in the record's own shape out.

Its country codes are not ISO and one of them serves two countries, so a country is
found by code and name together (``countries.csv``).
"""

from __future__ import annotations

import pandas as pd

from analysis.published.files import records
from analysis.published.shape import SHAPE

AREAS = ("prosecution", "protection", "prevention")
TIERS = {"1.0": "1", "2.0": "2", "2.5": "2WL", "3.0": "3", "666.0": "special_case"}
"""Tiers of the US reports; 2WL is the Tier 2 Watch List. 555 (not in the report) is no tier."""


def rows(scores: pd.DataFrame, iso3: str, code: str, name: str) -> pd.DataFrame:
    """Return the scores of one country: the sum as ``total``, each area as ``area=...``.

    Areas without a score are left out, and so is the sum of a year that lacks one: the
    file prints a partial sum at least once. All rows of a year share one id, as they
    stand in one line of the file. ``category`` holds the tier.
    """
    mine = of_country(scores, code, name)
    told = [
        {
            "row_id": f"3P-{iso3}-{cells['year']}",
            "line": line,
            "indicator": "policy_index",
            "breakdown": "total" if area == "p" else f"area={area}",
            "category": TIERS.get(cells["tierupdated"], ""),
            "year": int(cells["year"]),
            "printed": cells[area],
            "quote": _quote(cells),
            "repeated": False,
        }
        for line, cells in zip(mine.index + 2, records(mine), strict=True)
        for area in (*(("p",) if all(cells[each] for each in AREAS) else ()), *AREAS)
        if cells[area]
    ]
    return pd.DataFrame(told, columns=list(SHAPE))


def of_country(scores: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    """Return the lines of one country, by code and name together; none for an empty code."""
    return scores[(scores["code"] == code) & (scores["name"] == name) & (code != "")]


def _quote(cells: dict[str, str]) -> str:
    scores = "; ".join(f"{area} {cells[area]}" for area in (*AREAS, "p"))
    return f"{cells['name']}; {cells['year']}: {scores}; tier {cells['tierupdated']}"
