"""The table of countries in, their names in Danish and English out."""

from __future__ import annotations

import csv
from pathlib import Path

from babel import Locale

from analysis.contracts.published import Text


def country_names(path: Path) -> dict[str, Text]:
    """Return each country's name by ISO 3166-1 alpha-3, in the order of the table.

    Names are those of Unicode's CLDR, where it has the country; else the table's own.
    """
    danish, english = Locale("da").territories, Locale("en").territories
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["iso3"]: Text(
                danish.get(row["iso2"], row["name_unodc"] or row["iso3"]),
                english.get(row["iso2"], row["name_unodc"] or row["iso3"]),
            )
            for row in csv.DictReader(file)
        }
