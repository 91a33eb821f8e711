"""The one shape in which every international set hands over its rows."""

from __future__ import annotations

SHAPE = (
    "row_id", "line", "indicator", "breakdown", "category", "year", "printed", "quote", "repeated",
)  # fmt: skip
"""``line`` as a spreadsheet numbers it, ``year`` whole, ``printed`` the cell as it stands.

``category`` is the source's own heading, ``repeated`` marks rows that share indicator,
breakdown and year with another row, so that neither can be taken for *the* figure.
"""
