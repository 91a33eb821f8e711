"""UNODC's export on trafficking in persons in, its rows in the record's own shape out.

UNODC prints small counts as ``<5`` and spells categories as each country wrote them.
Where it prints several rows under one heading, each keeps an id of its own and is
marked ``repeated``: nobody here adds them or picks one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.published.shape import Line, Printed

_DIMENSIONS = {
    "by form of exploitation": "form",
    "by citizenship": "citizenship",
    "by country of repatriation": "repatriation",
}
_FORMS = {
    "Sexual exploitation": "sexual",
    "Forced labour": "forced_labour",
    "Other forms of exploitation": "other",
}
_AGES = {"0 to 17 years": "minor", "18 years or over": "adult", "Unknown": "unknown"}
_ALL = "Total"


def rows(mine: Iterable[Line], iso3: str, indicators: Mapping[str, str]) -> tuple[Printed, ...]:
    """Return what UNODC prints of one country.

    Parameters
    ----------
    mine : iterable of Line
        The country's lines of the file as obtained; those without a code belong to none.
    iso3 : str
        The country.
    indicators : Mapping of str to str
        UNODC's name of an indicator to ours; others are left out.
    """
    told = [
        _told(line, cells, indicators) for line, cells in mine if cells["Indicator"] in indicators
    ]
    _number(told, iso3)
    return tuple(told)


def reporting(export: pd.DataFrame, name: str, first: int, last: int) -> tuple[str, ...]:
    """Return the countries for which UNODC prints a total of ``name`` in every year."""
    years = [str(year) for year in range(first, last + 1)]
    total = export[
        (export["Indicator"] == name)
        & (export["Dimension"] == _ALL)
        & (export["Sex"] == _ALL)
        & (export["Age"] == _ALL)
        & (export["Iso3_code"] != "")
        & export["Year"].isin(years)
    ]
    printed = total.groupby("Iso3_code")["Year"].nunique()
    return tuple(sorted(str(iso3) for iso3 in printed.index[printed == len(years)]))


def _told(line: int, cells: Mapping[str, str], indicators: Mapping[str, str]) -> Printed:
    return {
        "row_id": "",
        "line": line,
        "indicator": indicators[cells["Indicator"]],
        "breakdown": _breakdown(cells),
        "category": cells["Category"],
        "year": int(cells["Year"]),
        "printed": cells["txtVALUE"],
        "quote": _quote(cells),
        "repeated": False,
    }


def _breakdown(cells: Mapping[str, str]) -> str:
    keys = {}
    if dimension := _DIMENSIONS.get(cells["Dimension"]):
        keys[dimension] = _FORMS.get(cells["Category"]) or _plain(cells["Category"])
    if cells["Sex"] != _ALL:
        keys["sex"] = cells["Sex"].lower()
    if cells["Age"] != _ALL:
        keys["age"] = _AGES.get(cells["Age"]) or _plain(cells["Age"])
    return ";".join(f"{key}={keys[key]}" for key in sorted(keys)) or "total"


def _plain(category: str) -> str:
    return re.sub(r"[^\w]+", "_", category.casefold()).strip("_")


def _quote(cells: Mapping[str, str]) -> str:
    said = [cells["Country"], cells["Indicator"]]
    for name in ("Dimension", "Category", "Sex", "Age"):
        # "Total; Total; Total; Total" says no more than one of them.
        if cells[name] != said[-1]:
            said.append(cells[name])
    return "; ".join([*said, f"{cells['Year']}: {cells['txtVALUE']}"])


def _number(told: Sequence[Printed], iso3: str) -> None:
    """Give each row its id, with a number of its own where a heading stands twice."""
    stems = [
        f"UNODC-{iso3}-{row['indicator']}-{row['breakdown'].replace(';', '+')}-{row['year']}"
        for row in told
    ]
    many, met = Counter(stems), Counter[str]()
    for row, stem in zip(told, stems, strict=True):
        met[stem] += 1
        row["repeated"] = many[stem] > 1
        row["row_id"] = f"{stem}.{met[stem]}" if row["repeated"] else stem
