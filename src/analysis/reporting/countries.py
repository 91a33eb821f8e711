"""An ISO 3166 three-letter code in, the country's name in Danish or English out."""

from __future__ import annotations

from babel import Locale
from babel.core import get_global

from analysis.contracts.published import Language


def country_name(iso3: str, language: Language) -> str:
    """Return the name of a country; a code that CLDR does not know stays as it is."""
    short = get_global("territory_aliases").get(iso3, [iso3])[0]
    return str(Locale(language).territories.get(short, iso3))
