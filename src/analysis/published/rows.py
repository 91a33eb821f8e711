"""A line of a table in, the sourced row that a reader is led to out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from analysis.contracts.published import SourceRow, Text, Trust
from analysis.contracts.tables import LIST_MARK, TRUST, TableContract
from analysis.published.named import told
from analysis.published.shape import Printed

UNTOLD_TRUST: Trust = "medium"
"""Trust of rows that nobody but us wrote (links, statements): they rest on other rows."""


def ids_in(cell: str) -> tuple[str, ...]:
    """Split a list cell into its ids."""
    return tuple(part.strip() for part in cell.split(LIST_MARK) if part.strip())


def period_of(cells: Mapping[str, str], contract: TableContract) -> str:
    """Write when a row is about: one date, or two joined by ``/`` as ISO 8601 does.

    An open beginning or end stays empty: ``2007-08-01/``.
    """
    dates = [cells[name] for name in contract.when]
    if not any(dates):
        return ""
    return dates[0] if len(set(dates)) == 1 else "/".join(dates)


def of_table(
    cells: Mapping[str, str],
    contract: TableContract,
    *,
    file: str,
    line: int,
    label: Text | None,
    licence: str,
) -> SourceRow:
    """Make the sourced row of one line of a country's table.

    ``label`` names the indicator of a figure; other tables say themselves what they are
    about. ``line`` is the line as a spreadsheet numbers it.
    """
    what = (
        told(label, cells["breakdown"])
        if label is not None
        else Text(da=cells[f"{contract.says}_da"], en=cells[f"{contract.says}_en"])
    )
    trust = cells.get("trust", "")
    return SourceRow(
        id=cells["row_id"],
        file=file,
        line=line,
        what=what,
        as_printed=cells.get("value", ""),
        period=period_of(cells, contract),
        publisher=cells.get("publisher", ""),
        source_url=cells.get("source_url", ""),
        quote=cells.get("quote", ""),
        trust=cast(Trust, trust) if trust in TRUST else UNTOLD_TRUST,
        licence=licence,
        conflicts_with=ids_in(cells.get("conflicts_with", "")),
        note=cells.get("note", ""),
        published=published_on(cells),
    )


def published_on(cells: Mapping[str, str]) -> str:
    """Return the date on which a row's source came out; empty where the row gives none."""
    dates = (cells.get(name, "") for name in ("source_published", "date_answered", "year"))
    return next((date for date in dates if date), "")


def of_set(row: Printed, about: Mapping[str, str], *, label: Text) -> SourceRow:
    """Make the sourced row of one line of an international set.

    ``about`` is the set's own line in ``sets.csv``: publisher, address, trust, licence.
    """
    return SourceRow(
        id=row["row_id"],
        file=f"international/{about['set']}/{about['file']}",
        line=row["line"],
        what=told(label, row["breakdown"], row["category"]),
        as_printed=row["printed"],
        period=str(row["year"]),
        publisher=about["publisher"],
        source_url=about["source_url"],
        quote=row["quote"],
        trust=cast(Trust, about["trust"]),
        licence=about["licence"],
        published=about.get("source_published", ""),
    )
