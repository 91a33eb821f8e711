"""Exports: every form says the same, byte for byte the same when built again."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from analysis.contracts.findings import Finding, from_json, to_json
from analysis.contracts.published import SourceRow, Text
from analysis.errors import FindingError
from analysis.findings import export, register

Plain = dict[str, Any]

SOURCE = SourceRow(
    id="U-victims_identified-2007",
    file="international/unodc/data.csv",
    line=2,
    what=Text("Ofre", "Victims"),
    as_printed="17",
    period="2007",
    publisher="unodc",
    source_url="https://dataunodc.un.org",
    quote="=1+1",
    trust="high",
    licence="",
)


@pytest.fixture
def findings(cases: Mapping[str, Finding]) -> list[Plain]:
    """Every known case as it comes out of notebooks."""
    unique = {finding.id: finding for finding in cases.values()}
    dumped = json.dumps([to_json(finding) for finding in unique.values()])
    return json.loads(dumped)  # type: ignore[no-any-return]


@pytest.fixture
def folder(findings: list[Plain], tmp_path: Path) -> Path:
    """A written register."""
    export.write(findings, tmp_path, {SOURCE.id: SOURCE})
    return tmp_path


def test_two_exports_are_the_same_bytes(findings: list[Plain], tmp_path: Path) -> None:
    """A build that changes nothing must change no file."""
    first = export.write(findings, tmp_path / "a", {SOURCE.id: SOURCE})
    second = export.write(findings, tmp_path / "b", {SOURCE.id: SOURCE})
    assert len(first) == 5
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_json_is_valid_by_the_schema_beside_it(folder: Path) -> None:
    """Whoever gets the two files needs nothing else to check the one with the other."""
    schema = json.loads((folder / "finding.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    told = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(told)) == []


def test_what_is_loaded_is_what_was_written(folder: Path, findings: list[Plain]) -> None:
    """The command line reads the register that the build wrote."""
    assert list(register.load(folder)) == findings


def test_csv_and_parquet_hold_the_same_numbers(folder: Path, findings: list[Plain]) -> None:
    """Two files with two truths would be worse than one file."""
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    table = pd.read_parquet(folder / "findings.parquet")
    assert list(table.columns) == list(lines[0]) == list(export.COLUMNS)
    assert [line["id"] for line in lines] == list(table["id"]) == [one["id"] for one in findings]
    for name in ("estimate_low", "limits_high", "before_count_high"):
        from_csv = [float(line[name]) if line[name] else None for line in lines]
        from_parquet = [None if pd.isna(cell) else float(cell) for cell in table[name]]
        assert from_csv == from_parquet


def test_missing_stays_empty_and_infinite_stays_infinite(folder: Path) -> None:
    """An empty cell is *not known*; no upper limit is something else."""
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        lines = {line["id"]: line for line in csv.DictReader(file)}
    assert lines["none"]["limits_high"] == "inf"
    assert lines["owed.shelter"]["estimate_low"] == ""
    assert lines["victims"]["before_count_kind"] == "not_known"
    assert lines["victims"]["after_count_low"] == "145.0"


def test_the_workbook_has_values_with_units_and_sources(folder: Path) -> None:
    """People who work in spreadsheets must not have to copy numbers out of sentences."""
    book = openpyxl.load_workbook(folder / "findings.xlsx")
    assert book.sheetnames == ["Fund - Findings", "Tal - Values", "Kilder - Sources"]
    counts = [
        [cell.value for cell in line]
        for line in book["Tal - Values"].iter_rows(min_row=2)
        if line[0].value == "victims"
    ]
    total = next(line for line in counts if line[1] == "antal / count" and line[2] == "DK-2007")
    assert total[3:9] == [2007, 2010, "number", 145, 145, "persons"]
    assert SOURCE.id in total[9]


def test_the_workbook_holds_no_formula(findings: list[Plain], tmp_path: Path) -> None:
    """A quote that begins with "=" must not run on the reader's machine."""
    for start, one in zip("=+-@", findings, strict=False):
        one["question"]["en"] = f"{start}1+1"
    export.write(findings, tmp_path, {SOURCE.id: SOURCE})
    book = openpyxl.load_workbook(tmp_path / "findings.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert {"=1+1", "+1+1", "-1+1", "@1+1"} <= {cell.value for cell in cells}
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells if cell.hyperlink]


def test_nothing_is_written_when_a_finding_is_refused(
    findings: list[Plain], tmp_path: Path
) -> None:
    """Half an export would look like a whole one."""
    findings[-1]["basis"] = "synthetic"
    with pytest.raises(FindingError, match="synthetic"):
        export.write(findings, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_empty_register_can_be_written(tmp_path: Path) -> None:
    """An evaluation whose notebooks find nothing still has a register that says so."""
    export.write([], tmp_path)
    assert register.load(tmp_path) == ()
    assert len(pd.read_parquet(tmp_path / "findings.parquet")) == 0


def test_a_line_without_sides_keeps_every_column(cases: Mapping[str, Finding]) -> None:
    """A finding of words has no counts: its cells are empty, not gone."""
    line = export.line(replace(cases["documented"], sides=()))
    assert set(line) == set(export.COLUMNS)
    assert from_json(to_json(cases["documented"])).sides == ()
