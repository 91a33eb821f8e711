"""The code lists in, countries, indicators, labels and picks out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import takewhile

import pandas as pd

from analysis.contracts import tables
from analysis.contracts.published import Text
from analysis.errors import ParameterError
from analysis.published.files import Shelf, records
from analysis.published.named import territory
from analysis.published.rows import ids_in


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ISO codes, name, code and name in the 3P index, whom it is shown beside."""

    iso3: str
    iso2: str
    name: Text
    code_3p: str
    name_3p: str
    neighbours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is counted: ``label`` for headings, ``noun`` for sentences, ``unit`` a code."""

    code: str
    label: Text
    noun: Text
    unit: str
    unodc_name: str


@dataclass(frozen=True, slots=True)
class Pick:
    """The publisher, and its way of counting, that a declared rule picks for a series."""

    publisher: str
    rule: str
    why: Text


class Codes:
    """The code lists of one record, read when first asked for."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def country(self, iso3: str) -> Country:
        """Return a country; `ParameterError` with the nearest known codes if there is none."""
        if iso3 not in self._countries:
            # Only codes are suggested: a spoiled crosswalk may hold anything.
            codes = [code for code in self._countries if re.fullmatch(r"[A-Z]{3}", code)]
            raise ParameterError(unknown("country", iso3, codes))
        cells = self._countries[iso3]
        return Country(
            iso3=iso3,
            iso2=cells["iso2"],
            name=territory(cells["iso2"]),
            code_3p=cells["code_3p"],
            name_3p=cells["name_3p"],
            neighbours=ids_in(cells["neighbours"]),
        )

    @property
    def known_countries(self) -> tuple[str, ...]:
        """ISO codes of every country in the crosswalk."""
        return tuple(self._countries)

    def indicator(self, code: str) -> Indicator:
        """Return an indicator; `ParameterError` with the nearest known codes if there is none."""
        if code not in self._indicators:
            raise ParameterError(unknown("indicator", code, self._indicators))
        return self._indicators[code]

    def codelist(self, name: str) -> pd.DataFrame:
        """Return a code list by its name, all cells text."""
        contract = next(entry for entry in tables.CODELISTS if entry.name == name)
        return self._shelf.read(self._shelf.places.codelists / f"{name}.csv", contract)

    def label(self, codelist: str, code: str) -> Text:
        """Return what a code is called: ``label("publishers", "unodc")``."""
        table = self.codelist(codelist)
        found = records(table[table["code"] == code])
        if not found:
            raise ParameterError(unknown(codelist, code, table["code"]))
        stem = "name" if codelist == "publishers" else "label"
        return Text(da=found[0][f"{stem}_da"], en=found[0][f"{stem}_en"])

    def picks(self, indicator: str) -> tuple[Pick, ...]:
        """Return the publishers of an indicator's series, the preferred one first."""
        return self._picks.get(indicator, ())

    @property
    def unodc_names(self) -> dict[str, str]:
        """UNODC's name of an indicator to our code."""
        return {each.unodc_name: code for code, each in self._indicators.items() if each.unodc_name}

    @cached_property
    def _picks(self) -> dict[str, tuple[Pick, ...]]:
        picks: dict[str, tuple[Pick, ...]] = {}
        for cells in records(self.codelist("series_rules")):
            pick = Pick(cells["publisher"], cells["counting_rule"], text_of(cells, "why"))
            picks[cells["indicator"]] = (*picks.get(cells["indicator"], ()), pick)
        return picks

    @cached_property
    def _countries(self) -> dict[str, dict[str, str]]:
        return {cells["iso3"]: cells for cells in records(self.codelist("countries"))}

    @cached_property
    def licences(self) -> dict[str, str]:
        """Licence of each publisher's words and figures."""
        return {cells["code"]: cells["licence"] for cells in records(self.codelist("publishers"))}

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return {
            cells["code"]: Indicator(
                code=cells["code"],
                label=text_of(cells, "label"),
                noun=text_of(cells, "noun"),
                unit=cells["counting_unit"],
                unodc_name=cells["unodc_indicator"],
            )
            for cells in records(self.codelist("indicators"))
        }


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, with the nearest known ones."""
    near = sorted(known, key=lambda each: (-_likeness(name, each), each))[:3]
    see = _ALL.get(what, "workbench data list")
    return f"{what}: {name} is unknown. Nearest: {', '.join(near) or 'none'}. All: {see}"


_ALL = {
    "plan": "workbench data show plans",
    "country": "data/codelists/countries.csv",
    "indicator": "data/codelists/indicators.csv",
}
"""Where every known name of a kind stands."""


def _likeness(name: str, other: str) -> float:
    # The beginning counts twice: people mistype the end of a code.
    pairs = zip(name.casefold(), other.casefold(), strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    return SequenceMatcher(None, name.casefold(), other.casefold()).ratio() + shared / 10


def text_of(cells: Mapping[str, str], stem: str) -> Text:
    """Read the two languages of a column."""
    return Text(da=cells[f"{stem}_da"], en=cells[f"{stem}_en"])
