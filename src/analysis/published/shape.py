"""The one shape in which every international set hands over its rows."""

from __future__ import annotations

from typing import TypedDict

Line = tuple[int, dict[str, str]]
"""A line of a file as a spreadsheet numbers it, and its cells as they stand."""


class Printed(TypedDict):
    """One figure that a set prints of one country.

    ``line`` as a spreadsheet numbers it, ``year`` whole, ``printed`` the cell as it stands.
    ``category`` is the source's own heading, ``repeated`` marks rows that share indicator,
    breakdown and year with another row, so that neither can be taken for *the* figure.
    """

    row_id: str
    line: int
    indicator: str
    breakdown: str
    category: str
    year: int
    printed: str
    quote: str
    repeated: bool
