"""workbench data: every table listed, every row shown with its source, every break named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.places import Places

PLANS = "countries/DNK/plans.csv"
FIGURES = "countries/DNK/figures.csv"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _change(path: Path, change: Callable[[list[dict[str, str]]], object]) -> None:
    """Change the rows of a table and write it as it was."""
    rows = _rows(path)
    columns = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def test_every_table_is_listed(places: Places, call: Callable[..., Any]) -> None:
    """A table that the list leaves out is found by nobody."""
    listed = json.loads(call("data", "list", "--json").out)
    files = {Path(entry["file"]).name for entry in listed if entry["country"] == "DNK"}
    assert files >= {path.name for path in (places.published / "countries/DNK").glob("*.csv")}
    plain = call("data", "list").out
    assert all(entry["table"] in plain for entry in listed)


def test_row_is_shown_with_its_source(places: Places, call: Callable[..., Any]) -> None:
    """Every number of the report ends here: publisher, address, words seen."""
    first = _rows(places.published / FIGURES)[0]
    said = call("data", "show", first["row_id"])
    assert said.code == 0
    assert first["source_url"] in said.out
    assert first["publisher"] in said.out
    assert (
        json.loads(call("data", "show", first["row_id"], "--json").out)["quote"] == first["quote"]
    )


def test_row_is_worded_in_the_language_asked_for(places: Places, call: Callable[..., Any]) -> None:
    """Danish readers follow a number to Danish words."""
    row = "UNODC-DNK-persons_prosecuted-total-2007"
    danish, english = (call("data", "show", row, "-l", language).out for language in ("da", "en"))
    assert danish != english
    assert "22" in danish


def test_table_as_csv_is_the_file(places: Places, call: Callable[..., Any]) -> None:
    """Whoever pipes the table elsewhere gets every row and column."""
    said = call("data", "show", "figures", "--country", "DNK", "--csv")
    written = list(csv.DictReader(io.StringIO(said.out)))
    stored = _rows(places.published / FIGURES)
    assert [row["row_id"] for row in written] == [row["row_id"] for row in stored]
    assert written[0].keys() >= stored[0].keys()


def test_record_that_is_shipped_is_sound(places: Places, call: Callable[..., Any]) -> None:
    """A record with an error stops every build; what is odd in the sources is named."""
    said = call("data", "check")
    assert said.code == 0, said.out
    assert "Errors: 0." in said.out
    odd = json.loads(call("data", "check", "--json").out)
    assert odd
    assert {problem["severity"] for problem in odd} == {"odd"}


def _reverse(rows: list[dict[str, str]]) -> None:
    rows[0]["first_year"], rows[0]["last_year"] = "2007", "2002"


BROKEN: dict[str, tuple[str, Callable[[list[dict[str, str]]], object]]] = {
    "decimal-comma": (FIGURES, lambda rows: rows[0].update(value="7,5")),
    "duplicate-key": (FIGURES, lambda rows: rows[1].update(row_id=rows[0]["row_id"])),
    "negative-count": (FIGURES, lambda rows: rows[0].update(value="-7")),
    "figure-without-source": (FIGURES, lambda rows: rows[0].update(source_url="")),
    "plan-reversed": (PLANS, _reverse),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_table_is_named_with_file_and_remedy(
    case: str, places: Places, call: Callable[..., Any]
) -> None:
    """The one who mends it needs file, row and remedy, and no cell's content in the e-mail."""
    file, change = BROKEN[case]
    path = places.published / file
    _change(path, change)
    said = call("data", "check")
    assert said.code == 2
    assert "Traceback" not in said.err
    named = [line for line in said.out.splitlines() if line.startswith("error: ")]
    assert any(path.name in line for line in named)
    problems = json.loads(call("data", "check", "--json").out)
    assert all(problem["remedy"] for problem in problems)


def test_misspelt_column_is_named(places: Places, call: Callable[..., Any]) -> None:
    """Under a wrong heading a whole column would count as empty."""
    path = places.published / FIGURES
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",quote,", ",qoute,", 1), encoding="utf-8")
    said = call("data", "check")
    assert said.code == 2
    assert path.name in said.out
    assert "quote" in said.out


def test_wrong_encoding_is_named(places: Places, call: Callable[..., Any]) -> None:
    """A spreadsheet saved on an old system turns æøå into single bytes."""
    path = places.published / FIGURES
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1", errors="replace"))
    said = call("data", "check")
    assert said.code == 2
    assert path.name in said.out + said.err
    assert "UTF-8" in said.out + said.err


@pytest.mark.parametrize("case", ["negative-count", "plan-reversed"])
def test_broken_record_stops_a_build_and_leaves_the_last_one(
    case: str, places: Places, call: Callable[..., Any]
) -> None:
    """A report from a broken record would be worse than none."""
    last = places.outputs / "denmark-2002-2007" / "report.txt"
    last.parent.mkdir()
    last.write_text("the last report", encoding="utf-8")
    file, change = BROKEN[case]
    _change(places.published / file, change)
    said = call("build")
    assert said.code == 2
    assert "Traceback" not in said.err
    assert [path for path in places.outputs.rglob("*") if path.is_file()] == [last]
