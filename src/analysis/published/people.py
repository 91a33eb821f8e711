"""World Bank population in, its rows in the record's own shape out."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.published.shape import Line, Printed


def rows(mine: Iterable[Line], iso3: str) -> tuple[Printed, ...]:
    """Return the mid-year population of one country, a row a year, from its lines of the file."""
    return tuple(
        Printed(
            row_id=f"WB-{iso3}-{cells['Year']}",
            line=line,
            indicator="population",
            breakdown="total",
            category="",
            year=int(cells["Year"]),
            printed=cells["Value"],
            quote=f"{cells['Country Name']}; {cells['Year']}: {cells['Value']}",
            repeated=False,
        )
        for line, cells in mine
    )
