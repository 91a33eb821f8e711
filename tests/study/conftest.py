"""What the tests of the study share: small series and plans, the real record, and one to change."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from analysis.contracts.published import Break, Plan, Point, Series, Text
from analysis.contracts.values import parse
from analysis.places import Places
from analysis.study import Study, open_study

HOME = Path(__file__).parents[2]
NOTHING = Text("", "")

Rows = list[dict[str, str]]
Edit = Callable[[str, Callable[[Rows], object]], None]
MakeSeries = Callable[..., Series]


def make_plan(id: str, first: int, last: int, country: str = "DNK") -> Plan:
    """Make a plan of some whole calendar years."""
    return Plan(
        id=id,
        country=country,
        title=Text(f"Plan {id}", f"Plan {id}"),
        short=Text(f"{id}-planen", f"{id} plan"),
        scope=NOTHING,
        lead_body=NOTHING,
        adopted=str(first),
        period=(str(first), str(last)),
        first_year=first,
        last_year=last,
        years_rule=NOTHING,
        amends=None,
        rows=(f"P-{id}",),
    )


@pytest.fixture(scope="session")
def plans() -> tuple[Plan, Plan]:
    """Two plans of four years each."""
    return make_plan("one", 2003, 2006), make_plan("two", 2007, 2010)


@pytest.fixture(scope="session")
def series() -> MakeSeries:
    """Make a series from years and cells as a source prints them."""

    def make(
        cells: Mapping[int, str], *, country: str = "DNK", breaks: tuple[Break, ...] = ()
    ) -> Series:
        return Series(
            indicator="persons_prosecuted",
            country=country,
            breakdown="total",
            label=Text("Tiltalte", "Prosecuted"),
            unit="persons",
            rule="persons",
            publisher="unodc",
            points=tuple(
                Point(year, parse(cell), cell, f"U-{country}-{year}")
                for year, cell in sorted(cells.items())
            ),
            breaks=breaks,
            conflicts=(),
            picked_by=NOTHING,
        )

    return make


@pytest.fixture(scope="session")
def danish() -> Study:
    """The comparison that this workbench was made for, on the record that is shipped."""
    return open_study("DK-2002", "DK-2007", country="DNK", language="en", places=Places(HOME))


@pytest.fixture(scope="session")
def next_pair() -> Study:
    """The same country, one plan later."""
    return open_study("DK-2007", "DK-2011", country="DNK", language="en", places=Places(HOME))


@pytest.fixture(scope="session")
def bulgarian() -> Study:
    """The same years with the figures of a country that submitted nothing."""
    return open_study("DK-2002", "DK-2007", country="BGR", language="en", places=Places(HOME))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A workbench whose country tables and code lists may be changed."""
    for name in ("data/published/countries", "data/codelists", "evaluations"):
        shutil.copytree(HOME / name, tmp_path / name)
    (tmp_path / "data/published/international").symlink_to(HOME / "data/published/international")
    return Places(tmp_path)


@pytest.fixture
def edit(places: Places) -> Edit:
    """Change the rows of one of the country's tables."""

    def change(table: str, how: Callable[[Rows], object]) -> None:
        path = places.published / "countries" / "DNK" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or ()), list(reader)
        how(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return change
