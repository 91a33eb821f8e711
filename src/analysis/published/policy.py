"""The 3P policy index in, its rows in the record's own shape out.

Its country codes are not ISO and one of them serves two countries, so a country is
found by code and name together (``countries.csv``).
"""

from __future__ import annotations

from collections.abc import Iterable

from analysis.published.shape import Line, Printed

AREAS = ("prosecution", "protection", "prevention")
TIERS = {"1.0": "1", "2.0": "2", "2.5": "2WL", "3.0": "3", "666.0": "special_case"}
"""Tiers of the US reports; 2WL is the Tier 2 Watch List. 555 (not in the report) is no tier."""


def rows(mine: Iterable[Line], iso3: str) -> tuple[Printed, ...]:
    """Return the scores of one country: the sum as ``total``, each area as ``area=...``.

    Areas without a score are left out, and so is the sum of a year that lacks one: the
    file prints a partial sum at least once. All rows of a year share one id, as they
    stand in one line of the file. ``category`` holds the tier.
    """
    return tuple(
        Printed(
            row_id=f"3P-{iso3}-{cells['year']}",
            line=line,
            indicator="policy_index",
            breakdown="total" if area == "p" else f"area={area}",
            category=TIERS.get(cells["tierupdated"], ""),
            year=int(cells["year"]),
            printed=cells[area],
            quote=_quote(cells),
            repeated=False,
        )
        for line, cells in mine
        for area in (*(("p",) if all(cells[each] for each in AREAS) else ()), *AREAS)
        if cells[area]
    )


def _quote(cells: dict[str, str]) -> str:
    scores = "; ".join(f"{area} {cells[area]}" for area in (*AREAS, "p"))
    return f"{cells['name']}; {cells['year']}: {scores}; tier {cells['tierupdated']}"
