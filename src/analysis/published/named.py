"""An indicator and its breakdown in, what a reader calls it in Danish and English out."""

from __future__ import annotations

from functools import cache

from babel import Locale

from analysis.contracts.published import Text
from analysis.errors import DataError
from analysis.language import words

_CATALOGUE = "published"
_COUNTRIES = ("citizenship", "repatriation")


def breakdown_keys(breakdown: str) -> dict[str, str]:
    """Split ``form=sexual;sex=female`` into its keys; ``total`` has none."""
    if breakdown == "total":
        return {}
    return dict(part.partition("=")[::2] for part in breakdown.split(";"))


def told(label: Text, breakdown: str, category: str = "") -> Text:
    """Name an indicator with its breakdown: *Identified victims: women*.

    ``category`` is the source's own spelling, used where a breakdown names a country.
    """
    parts = [_part(key, value, category) for key, value in breakdown_keys(breakdown).items()]
    if not parts:
        return label
    return words.text(
        f"{_CATALOGUE}.broken_down",
        label=label,
        parts=Text(da=", ".join(p.da for p in parts), en=", ".join(p.en for p in parts)),
    )


def territory(iso2: str) -> Text:
    """Name a country as CLDR does; `DataError` where the crosswalk's code is none."""
    if iso2 not in _territories("da"):
        raise DataError(
            "codelists/countries.csv: a row has an iso2 that is no country code. "
            "Correct it to ISO 3166-1 alpha-2."
        )
    return Text(da=_territories("da")[iso2], en=_territories("en")[iso2])


def _part(key: str, value: str, category: str) -> Text:
    if whole := _worded(f"{key}_{value}"):
        return whole
    spelled = _country_spelled(category or value) if key in _COUNTRIES else None
    name = spelled or category or value.replace("_", " ")
    if key in _COUNTRIES and spelled is None:
        # The source spells some as peoples ("Gambian"): quoted, as no country is named.
        return words.text(f"{_CATALOGUE}.{key}_as_spelled", name=name)
    return _worded(key, name=name) or Text(da=value, en=value)


def _worded(key: str, **parts: str | Text) -> Text | None:
    # A source may break figures down by what nobody has worded yet: then it speaks for itself.
    try:
        return words.text(f"{_CATALOGUE}.{key}", **parts)
    except KeyError:
        return None


def _country_spelled(name: str) -> Text | None:
    code = _by_english_name().get(name.casefold())
    return territory(code) if code else None


@cache
def _by_english_name() -> dict[str, str]:
    danish = _territories("da")
    return {name.casefold(): code for code, name in _territories("en").items() if code in danish}


@cache
def _territories(language: str) -> dict[str, str]:
    return {str(code): str(name) for code, name in Locale(language).territories.items()}
