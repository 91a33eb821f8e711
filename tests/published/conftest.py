"""The real record, and a small workbench that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.contracts.tables import FIGURES, PLANS
from analysis.places import Places
from analysis.published.load import Record, open_record

ROOT = Path(__file__).parents[2]

SETS = """set,publisher,file,source_url,source_published,trust,licence
unodc_glotip,unodc,export.csv,https://example.org/unodc,2025-04-14,high,unconfirmed
policy_3p,cho,scores.csv,https://example.org/scores,2017,high,MIT
population,wb,people.csv,https://example.org/people,2026,high,ODC-PDDL-1.0
"""
EXPORT = """Iso3_code,Country,Indicator,Dimension,Category,Sex,Age,Year,txtVALUE
SWE,Sweden,Persons prosecuted,Total,Total,Total,Total,2007,7
SWE,Sweden,Persons prosecuted,Total,Total,Total,Total,2008,<5
"""
SCORES = "name,year,code,tierupdated,prosecution,protection,prevention,p\n"
PEOPLE = "Country Name,Country Code,Year,Value\nSweden,SWE,2007,9148092\n"

FIGURE = {
    "row_id": "SE-F-1",
    "period_start": "2007",
    "period_end": "2007",
    "indicator": "victims_identified",
    "breakdown": "total",
    "value": "7",
    "counting_unit": "persons",
    "counting_rule": "authorities_identified",
    "publisher": "press",
    "source_url": "https://example.org/report",
    "quote": "seven were identified",
    "trust": "medium",
}
PLAN = {
    "row_id": "SE-P-1",
    "plan_id": "SE-2007",
    "pick": "1",
    "period_start": "2007",
    "period_end": "2010",
    "first_year": "2007",
    "last_year": "2010",
}


@pytest.fixture(scope="session")
def places() -> Places:
    """The workbench that this test file lies in."""
    return Places(ROOT)


@pytest.fixture(scope="session")
def record(places: Places) -> Record:
    """The record as published."""
    return open_record(places)


@pytest.fixture
def small(tmp_path: Path, places: Places) -> Places:
    """A sound workbench with the real code lists and one country of two rows."""
    home = Places(tmp_path)
    shutil.copytree(places.codelists, home.codelists)
    world = home.published / "international"
    for name, file, text in (
        ("", "sets.csv", SETS),
        ("unodc_glotip", "export.csv", EXPORT),
        ("policy_3p", "scores.csv", SCORES),
        ("population", "people.csv", PEOPLE),
    ):
        (world / name).mkdir(parents=True, exist_ok=True)
        (world / name / file).write_text(text, encoding="utf-8")
    _write(home, "figures", FIGURES.columns, [FIGURE])
    _write(home, "plans", PLANS.columns, [PLAN])
    return home


@pytest.fixture
def figures(small: Places) -> Callable[..., Path]:
    """Write ``figures.csv`` anew: one row for each set of changed cells."""
    return lambda *changes: _write(
        small, "figures", FIGURES.columns, [{**FIGURE, **change} for change in changes]
    )


@pytest.fixture
def plans(small: Places) -> Callable[..., Path]:
    """Write ``plans.csv`` anew: one row for each set of changed cells."""
    return lambda *changes: _write(
        small, "plans", PLANS.columns, [{**PLAN, **change} for change in changes]
    )


def _write(
    places: Places, name: str, columns: tuple[str, ...], lines: list[dict[str, str]]
) -> Path:
    path = places.published / "countries" / "SWE" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [",".join(f'"{line.get(column, "")}"' for column in columns) for line in lines]
    path.write_text("\n".join([",".join(columns), *told]) + "\n", encoding="utf-8")
    return path
