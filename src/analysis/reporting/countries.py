"""A country's code, or its English name as a code, in; its Danish or English name out."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from babel import Locale
from babel.core import get_global

from analysis.contracts.published import Language


def country_name(iso3: str, language: Language) -> str:
    """Return the name of a country by ISO 3166 code; a code CLDR does not know stays."""
    short = get_global("territory_aliases").get(iso3, [iso3])[0]
    return str(Locale(language).territories.get(short, iso3))


def spelled_country(code: str, language: Language) -> str:
    """Return the name of a country that a source spells out (``viet_nam``).

    Official additions are passed over (``iran_islamic_republic_of``). What is no
    country's name stays as the source has it: it is not ours to guess.
    """
    codes = _codes()
    parts = code.split("_")
    for length in range(len(parts), 0, -1):
        short = codes.get("_".join(parts[:length]))
        if short and (length == len(parts) or parts[-1] == "of"):
            return str(Locale(language).territories[short])
    return code.replace("_", " ").capitalize()


@cache
def _codes() -> dict[str, str]:
    names = Locale("en").territories
    found = {_slug(name): code for code, name in names.items() if len(code) == 2}
    # Names that UNODC writes otherwise than CLDR.
    return found | {"viet_nam": "VN", "cote_d_ivoire": "CI", "myanmar": "MM", "turkey": "TR"}


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", "_", plain.lower()).strip("_")
