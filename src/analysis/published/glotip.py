"""UNODC's export on trafficking in persons in, its rows in the record's own shape out.

UNODC prints small counts as ``<5`` and spells categories as each country wrote them.
Where it prints several rows under one heading, each keeps an id of its own and is
marked ``repeated``: nobody here adds them or picks one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from analysis.published.files import records
from analysis.published.shape import SHAPE

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


def rows(export: pd.DataFrame, iso3: str, indicators: Mapping[str, str]) -> pd.DataFrame:
    """Return what UNODC prints of one country.

    Parameters
    ----------
    export : DataFrame
        The file as obtained, all text.
    iso3 : str
        The country; rows without a code belong to none.
    indicators : Mapping of str to str
        UNODC's name of an indicator to ours; others are left out.

    Returns
    -------
    DataFrame
        One line a printed row, with the columns of `SHAPE`.
    """
    mine = export[export["Iso3_code"] == iso3]
    mine = mine[mine["Indicator"].isin(list(indicators))]
    told = [
        _told(line, cells, indicators)
        for line, cells in zip(mine.index + 2, records(mine), strict=True)
    ]
    frame = pd.DataFrame(
        told, columns=[name for name in SHAPE if name not in ("row_id", "repeated")]
    )
    return _with_ids(frame, iso3)


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


def _told(line: int, cells: Mapping[str, str], indicators: Mapping[str, str]) -> dict[str, object]:
    return {
        "line": line,
        "indicator": indicators[cells["Indicator"]],
        "breakdown": _breakdown(cells),
        "category": cells["Category"],
        "year": int(cells["Year"]),
        "printed": cells["txtVALUE"],
        "quote": _quote(cells),
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


def _with_ids(frame: pd.DataFrame, iso3: str) -> pd.DataFrame:
    head = [frame["indicator"], frame["breakdown"], frame["year"]]
    number = frame.groupby(["indicator", "breakdown", "year"]).cumcount() + 1
    repeated = frame.duplicated(["indicator", "breakdown", "year"], keep=False)
    ids = [
        f"UNODC-{iso3}-{indicator}-{breakdown.replace(';', '+')}-{year}"
        + (f".{nth}" if many else "")
        for indicator, breakdown, year, nth, many in zip(*head, number, repeated, strict=True)
    ]
    return frame.assign(row_id=ids, repeated=repeated)[list(SHAPE)]
