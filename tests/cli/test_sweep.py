"""workbench sweep: one table of what every run found, whole, whatever fails on the way."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from analysis.contracts.findings import Contrary, Finding, Limits, to_json
from analysis.contracts.outputs import FINDING
from analysis.contracts.published import Text
from analysis.contracts.values import NOT_KNOWN, Value
from analysis.places import Places

Call = Callable[..., Any]
_arrow: Any = pyarrow
"""pyarrow comes without types."""

PARAMETERS = 'n = 1  # number\nword = "a"\nlevel = 0.95\nyears = [2002, 2003]'
PLAIN = "print(n)"
TEXT = Text("Der var flere.", "There were more.")
SAMPLE = Finding(
    id="square",
    question=TEXT,
    indicator="persons_prosecuted",
    country="DNK",
    baseline="DK-2002",
    current="DK-2007",
    estimate=Value("number", 1.0, 1.0),
    unit="persons",
    limits=Limits(0.5, 2.0, 0.95, "exact"),
    other_limits=(),
    sides=(),
    method="count",
    assumptions=(),
    basis="published",
    grade="B",
    verdict="described",
    breaks=(),
    contrary=(Contrary(TEXT, ("R-1",)),),
    rows=("R-1",),
    fingerprint="0" * 64,
    sentence=TEXT,
    short=TEXT,
    caveats=(TEXT,),
    limitations=(TEXT,),
)
UNKNOWN = replace(SAMPLE, id="silent", estimate=NOT_KNOWN, limits=None)
RECORDS = f"""\
import json
from IPython.display import display
for text in ({json.dumps(to_json(SAMPLE))!r}, {json.dumps(to_json(UNKNOWN))!r}):
    found = json.loads(text)
    if found["estimate"]["kind"] == "number":
        found["estimate"] |= {{"low": float(n * n), "high": float(n * n)}}
    display({{{FINDING!r}: found, "text/plain": found["id"]}}, raw=True)"""
FAILS_AT_TWO = "assert n != 2"


def _book(folder: Path, *sources: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"c{place}",
            "metadata": {} if place else {"tags": ["parameters"]},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for place, source in enumerate((PARAMETERS, *sources))
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path = folder / "book.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _table(path: Path) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = _arrow.parquet.read_table(path).to_pylist()
    return lines


def test_a_sweep_gives_one_table_of_findings(call: Call, tmp_path: Path) -> None:
    """The table is what a sweep is for: parameters beside what was found with them."""
    book = _book(tmp_path, RECORDS, FAILS_AT_TWO)
    said = call("sweep", str(book), "-g", "n=1,2,3", "-g", "word=b", "--cold")
    assert said.code == 3
    folder = Path(said.out.splitlines()[-1])
    assert folder.parent == tmp_path / "outputs/sweeps"
    assert folder.name.startswith("book+")
    findings = _table(folder / "findings.parquet")

    assert [(one["n"], one["run"], one["finding"], one["estimate"]) for one in findings] == [
        (1, "0001", "square", 1.0),
        (1, "0001", "silent", None),
        (3, "0003", "square", 9.0),
        (3, "0003", "silent", None),
    ]
    assert list(findings[0])[:4] == ["n", "word", "run", "finding"]
    shown = {"low": 0.5, "high": 2.0, "unit": "persons", "grade": "B", "verdict": "described"}
    assert shown.items() <= findings[0].items()
    assert findings[0]["sentence_da"] == TEXT.da
    assert findings[1]["low"] is None
    runs = _table(folder / "runs.parquet")
    assert [(one["n"], one["status"], one["notebook"]) for one in runs] == [
        (1, "ok", "notebooks/0001.ipynb"),
        (2, "failed", "failed/0002.ipynb"),
        (3, "ok", "notebooks/0003.ipynb"),
    ]
    assert all((folder / one["notebook"]).is_file() for one in runs)
    with (folder / "runs.csv").open(encoding="utf-8", newline="") as file:
        assert [line["error"] == "" for line in csv.DictReader(file)] == [True, False, True]
    assert said.err.splitlines()[-2] == "1 of 3 runs failed:"
    assert said.err.splitlines()[-1].startswith("0002 (n=2, word=b): cell 3, line 1")
    assert f"{folder}/failed/0002.ipynb" in said.err


def test_two_sweeps_give_the_same_bytes(call: Call, tmp_path: Path) -> None:
    """Neither the folder, nor how many ran at a time, nor who ended first may be seen."""
    grid = ("-g", "n=3,2,1", "--cold", "--into")
    for name, workers in (("one", "1"), ("two", "2")):
        book = _book(tmp_path / name, RECORDS, FAILS_AT_TWO)
        call("sweep", str(book), *grid, str(tmp_path / f"{name}-out"), "-j", workers)
    assert _files(tmp_path / "one-out") == _files(tmp_path / "two-out")
    assert [line["n"] for line in _table(tmp_path / "one-out/runs.parquet")] == [3, 2, 1]


def test_a_sweep_again_reuses_what_went_well(call: Call, tmp_path: Path) -> None:
    """Asking again must be cheap, and give the same folder."""
    book = _book(tmp_path, PLAIN, FAILS_AT_TWO)
    first = json.loads(call("sweep", str(book), "-g", "n=1,2", "--cold", "--json").out)
    before = _files(Path(first["folder"]))
    again = json.loads(call("sweep", str(book), "-g", "n=1,2", "--cold", "--json").out)
    assert (first["reused"], again["reused"]) == (0, 1)
    assert (first["runs"], first["findings"]) == (2, 0)
    assert [(one["run"], one["parameters"]) for one in again["failed"]] == [("0002", {"n": 2})]
    assert _files(Path(again["folder"])) == before


def test_a_sweep_without_findings_says_so(call: Call, tmp_path: Path) -> None:
    """An empty table with no word would look like a mistake of the machine."""
    said = call("sweep", str(_book(tmp_path, PLAIN)), "-g", "n=1", "--cold")
    assert said.code == 0
    assert "1 runs, the notebook recorded no findings" in said.out
    folder = Path(said.out.splitlines()[-1])
    assert _table(folder / "findings.parquet") == []
    assert len(_table(folder / "runs.parquet")) == 1


def test_findings_that_break_the_schema_fail_their_run(call: Call, tmp_path: Path) -> None:
    """What is not a finding must not stand in a table of findings."""
    broken = RECORDS.replace('"persons"', '"persons", "invented": 1')
    said = call("sweep", str(_book(tmp_path, broken)), "-g", "n=1", "--cold")
    assert said.code == 3
    assert "finding.schema.json" in said.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-g", "m=1"), "has no parameter m"),
        (("-g", "n=x"), "parameter n is int"),
        (("-g", "n=1,1"), "1 of 2 combinations stand twice"),
        (("-g", "n=1", "-p", "n=2"), "given in two places: n"),
        ((), "a sweep varies at least one parameter"),
        (("-g", "n=1,2,3", "--most", "2"), "3 combinations, and 2 is the most"),
        (("--grid", "none.yml"), "none.yml: the grid cannot be read"),
        (("-g", "n=1", "--scheduler", "nonsense"), "no Dask scheduler answered"),
        (("-g", "n=1", "--scheduler", "tcp://a:1", "-j", "2"), "-j is for this machine"),
    ],
)
def test_bad_input_ends_with_2_and_writes_nothing(
    call: Call, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    """Whatever is known to be wrong is said before a kernel starts."""
    book = _book(tmp_path, PLAIN)
    said = call("sweep", str(book), *arguments)
    assert said.code == 2
    assert says in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["book.ipynb"]


def test_a_folder_that_no_sweep_wrote_is_not_replaced(call: Call, tmp_path: Path) -> None:
    """`--into .` must not cost a user what lies there."""
    book = _book(tmp_path / "books", PLAIN)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("all of it", encoding="utf-8")
    said = call("sweep", str(book), "-g", "n=1", "--into", str(tmp_path / "mine"))
    assert said.code == 2
    assert "mine: holds files, and not those of a sweep" in said.err
    assert (tmp_path / "mine/thesis.txt").read_text(encoding="utf-8") == "all of it"


@pytest.mark.soak
def test_at_most_ten_failures_are_listed(call: Call, tmp_path: Path) -> None:
    """A thousand lines push what went well off the screen."""
    numbers = ",".join(map(str, range(12)))
    said = call("sweep", str(_book(tmp_path, "1 / 0")), "-g", f"n={numbers}", "--cold")
    assert said.code == 3
    listed = said.err.split("12 of 12 runs failed:\n")[1].splitlines()
    assert len(listed) == 11
    assert listed[-1] == "and 2 more: see `status` in runs.csv."


def test_a_notebook_of_the_workbench_is_swept_by_its_name(call: Call, places: Places) -> None:
    """The usual question: the same finding for other countries."""
    said = call("sweep", "prosecution", "-g", "country=DNK,SWE", "-p", "language=da", "-j", "2")
    assert said.code == 0, said.err
    folder = Path(said.out.splitlines()[-1])
    assert folder.parent == places.outputs / "sweeps"
    findings = _table(folder / "findings.parquet")
    assert {one["country"] for one in findings} == {"DNK", "SWE"}
    assert len({one["sentence_da"] for one in findings}) > 2


def test_a_country_that_is_not_in_the_record_is_refused_at_once(call: Call, places: Places) -> None:
    """The last of a hundred countries is as easily misspelt as the first."""
    said = call("sweep", "prosecution", "-g", "country=DNK,ZZZ")
    assert said.code == 2
    assert not (places.outputs / "sweeps").exists()
