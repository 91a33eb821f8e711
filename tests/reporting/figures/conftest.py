"""Material that every picture is drawn from: the published record, read plainly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.contracts.published import Break, Plan, Point, Series, Text
from analysis.contracts.values import parse
from analysis.reporting import frames

DATA = Path(__file__).parents[3] / "data"
COUNTRY = DATA / "published" / "countries" / "DNK"
UNODC = next((DATA / "published" / "international" / "unodc_glotip").glob("*.csv"))
INDEX = next((DATA / "published" / "international" / "policy_3p").glob("*.csv"))
NAMES = {
    "Detected trafficking victims": "victims_identified",
    "Persons prosecuted": "persons_prosecuted",
    "Persons convicted": "persons_convicted",
}


@cache
def table(name: str) -> pd.DataFrame:
    """Read one table of the country's record as words."""
    return pd.read_csv(COUNTRY / f"{name}.csv", dtype=str, keep_default_na=False)


@cache
def codes(name: str) -> pd.DataFrame:
    """Read one code list as words."""
    return pd.read_csv(DATA / "codelists" / f"{name}.csv", dtype=str, keep_default_na=False)


def plans(*ids: str) -> list[Plan]:
    """Return plans by id, with their amendments after them."""
    picked = [line for line in frames.lines(table("plans")) if line["pick"] == "1"]
    found = []
    for wanted in ids:
        found += [_plan(line) for line in picked if line["plan_id"] == wanted]
        found += [_plan(line) for line in picked if line["amends"] == wanted]
    return found


def _plan(line: Mapping[str, str]) -> Plan:
    return Plan(
        id=line["plan_id"],
        country="DNK",
        title=frames.text(line, "title"),
        short=frames.text(line, "short"),
        scope=frames.text(line, "scope"),
        lead_body=frames.text(line, "lead_body"),
        adopted=line["adopted"],
        period=(line["period_start"], line["period_end"]),
        first_year=int(line["first_year"]),
        last_year=int(line["last_year"]),
        years_rule=frames.text(line, "years_rule"),
        amends=line["amends"] or None,
        rows=(line["row_id"],),
    )


def breaks(*indicators: str) -> list[Break]:
    """Return the breaks that touch one of the indicators (all without one)."""
    found = [
        Break(
            id=line["row_id"],
            flag=line["flag"],  # type: ignore[arg-type]
            country="DNK",
            date=line["date"],
            indicators=frames.ids(line["indicators"]),
            what=frames.text(line, "what"),
            effect=frames.text(line, "effect"),
            source_url=line["source_url"],
            quote=line["quote"],
        )
        for line in frames.lines(table("breaks"))
    ]
    return [b for b in found if not indicators or any(b.touches(name) for name in indicators)]


@cache
def unodc() -> pd.DataFrame:
    """Read UNODC's file."""
    return pd.read_csv(UNODC, dtype=str, keep_default_na=False)


def series(indicator: str, breakdown: str = "total", last: int = 2014) -> Series:
    """Build one of UNODC's series."""
    frame = unodc()
    name = next(key for key, code in NAMES.items() if code == indicator)
    rows = frame[(frame["Iso3_code"] == "DNK") & (frame["Indicator"] == name)]
    rows = rows[_cut(rows, breakdown) & (rows["Year"].astype(int) <= last)].sort_values("Year")
    points = [
        Point(
            int(str(year)),
            parse(str(cell)),
            str(cell),
            f"UNODC-DNK-{indicator}-{breakdown}-{year}",
        )
        for year, cell in zip(rows["Year"], rows["txtVALUE"], strict=True)
    ]
    label = next(line for line in frames.lines(codes("indicators")) if line["code"] == indicator)
    return Series(
        indicator=indicator,
        country="DNK",
        breakdown=breakdown,
        label=frames.text(label, "label"),
        unit="persons",
        rule="formally_identified",
        publisher="UNODC",
        points=tuple(points),
        breaks=(),
        conflicts=(),
        picked_by=Text(da="UNODC dækker flest år.", en="UNODC covers most years."),
    )


def _cut(rows: pd.DataFrame, breakdown: str) -> pd.Series:
    wanted = {"Dimension": "Total", "Category": "Total", "Sex": "Total", "Age": "Total"}
    words = {"female": "Female", "male": "Male", "child": "0 to 17 years"}
    words |= {"adult": "18 years or over", "sexual": "Sexual exploitation"}
    words |= {"forced_labour": "Forced labour", "total": "Total"}
    for pair in breakdown.split(";"):
        key, _, code = pair.partition("=")
        if key == "form":
            wanted |= {"Dimension": "by form of exploitation", "Category": words[code]}
        elif key in ("sex", "age"):
            wanted[key.capitalize()] = words[code]
    kept = pd.Series(True, index=rows.index)
    for name, word in wanted.items():
        kept &= rows[name] == word
    return kept
