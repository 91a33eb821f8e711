"""The table of countries in, the alpha-3 code of every word for a country out."""

from __future__ import annotations

import csv
from pathlib import Path

from babel import Locale

from analysis.intake.validating.setting import folded


def read_countries(path: Path) -> dict[str, str]:
    """Return ISO 3166-1 alpha-3 by alpha-3, alpha-2, and the name in Danish and English.

    Names are those of the table and of Unicode's CLDR. Codes win over names.
    """
    names = [Locale(language).territories for language in ("da", "en")]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, str] = {}
    for row in rows:
        for word in (row["name_unodc"], *(each.get(row["iso2"], "") for each in names)):
            if word:
                found.setdefault(folded(word), row["iso3"])
    for row in rows:
        found.update({folded(row[code]): row["iso3"] for code in ("iso2", "iso3") if row[code]})
    return found
