"""The international sets in, what they say of countries beside their figures out.

UNODC places each country in a region; the 3P file holds the year in which a country's law
came to prohibit all trafficking (Kelley 2017). No set holds the years in which countries
adopted their plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.published.files import records
from analysis.published.load import Record
from analysis.published.sets import GLOTIP, POLICY

FULL = 2
"""Level of criminalisation that prohibits all trafficking; 1 is a law that covers a part."""


@dataclass(frozen=True, slots=True)
class Law:
    """When a country's law came to prohibit all trafficking, as far as the 3P file knows.

    ``since`` is the year of the law (``crim``), None where there is none by ``known_until``,
    the last year whose level (``crimlevel``) is known.
    """

    country: str
    since: int | None
    known_until: int


def regions(record: Record) -> Mapping[str, str]:
    """Return the region in which UNODC places each country, by ISO code."""
    export = record.sets.export(GLOTIP)
    placed = export[export["Iso3_code"] != ""].drop_duplicates("Iso3_code")
    return dict(zip(placed["Iso3_code"], placed["Region"], strict=True))


def laws(record: Record) -> tuple[Law, ...]:
    """Return every country's law as the 3P file has it; those it does not cover are left out.

    A country whose level is full in the first year of the file has ``since`` that year:
    its law may be older.
    """
    export = record.sets.export(POLICY)
    lines: dict[tuple[str, str], list[dict[str, str]]] = {}
    for cells in records(export[["name", "code", "year", "crimlevel", "crim"]]):
        lines.setdefault((cells["name"], cells["code"]), []).append(cells)
    found = []
    for iso3 in record.known_countries:
        country = record.country(iso3)
        own = lines.get((country.name_3p, country.code_3p), [])
        if law := _law(iso3, own):
            found.append(law)
    return tuple(found)


def _law(iso3: str, own: list[dict[str, str]]) -> Law | None:
    known = {int(cells["year"]): float(cells["crimlevel"]) for cells in own if cells["crimlevel"]}
    enacted = [int(cells["year"]) for cells in own if cells["crim"] and float(cells["crim"]) == 1]
    full = [year for year, level in known.items() if level == FULL]
    if not known and not enacted:
        return None
    return Law(iso3, min([*enacted, *full], default=None), max([*known, *enacted]))
