"""`workbench reproduce`: what it says and how it ends, on a small report really built."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.places import HOME_VARIABLE, Places

HOME = Path(__file__).parents[2]
ID = "small"
CELLS = {
    "parameters": """\
baseline = "DK-2002"  # the earlier plan
current = "DK-2007"  # the later plan
country = "DNK"  # whose figures
language = "en"  # da or en""",
    "open": """\
from analysis.reporting import tables
from analysis.study import open_study

study = open_study(baseline, current, country=country, language=language)""",
    "links": """\
study.record_links("plans.links")
tables.rows_table("plans.links", study.listing("links"), language=language)""",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbench of one notebook, and the report that the command built of it."""
    home = tmp_path_factory.mktemp("again")
    shutil.copytree(HOME / "data", home / "data")
    for name in ("notebooks", "evaluations"):
        (home / name).mkdir()
    titles = [
        {"id": tag, "cell_type": "markdown", "metadata": {"tags": [tag]}, "source": "# A"}
        for tag in ("lang-da", "lang-en")
    ]
    code = [
        {
            **{"id": name, "cell_type": "code", "metadata": {"tags": [name]}, "source": source},
            **{"outputs": [], "execution_count": None},
        }
        for name, source in CELLS.items()
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [*titles, *code]}
    (home / "notebooks" / "plans.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    text = (HOME / "evaluations" / "denmark-2002-2007.yml").read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    content["protocol"]["written"] = str(content["protocol"]["written"])
    content["protocol"]["primary"] = ["plans.links"]
    content["protocol"].pop("questions", None)
    groups = ("answer", "outcomes", "changed", "counted", "missing")
    front: dict[str, list[str]] = {name: [] for name in groups}
    content |= {
        "languages": ["en"],
        "notebooks": [{"name": "plans"}],
        "front_page": front | {"answer": ["plans.links"]},
    }
    path = home / "evaluations" / f"{ID}.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "build", "-j1"],
        env={**os.environ, HOME_VARIABLE: str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def built(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the report; the command finds its workbench."""
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    return Places(home).outputs / ID


def test_a_report_that_is_what_its_inputs_give_is_called_identical(
    built: Path, call: Callable[..., Any]
) -> None:
    """One word, and the code that scripts ask for."""
    files = sum(path.is_file() for path in built.rglob("*")) - 1
    said = call("reproduce", str(built))
    assert said.code == 0, said.err
    assert said.out.startswith(f"identical: all {files} files, from ")


def test_a_report_that_was_altered_is_told_file_by_file(
    built: Path, call: Callable[..., Any]
) -> None:
    """What somebody edited by hand is not what the data say, however well it was built."""
    page = built / "report" / "index.html"
    before = page.read_bytes()
    page.write_bytes(before + b"<!-- altered -->")
    try:
        said = call("reproduce", str(built / "ro-crate-metadata.json"), "--json")
    finally:
        page.write_bytes(before)
    assert said.code == 1, said.err
    told = json.loads(said.out)
    assert told["identical"] is False
    assert told["differences"] == [{"path": "report/index.html", "kind": "altered", "where": ""}]
    assert told["inputs_that_differ"] == []


def test_inputs_that_differ_end_it_before_anything_runs(
    home: Path, built: Path, call: Callable[..., Any]
) -> None:
    """The state is not that of the report: whatever came of it would prove nothing."""
    path = home / "data" / "published" / "countries" / "DNK" / "plans.csv"
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    try:
        said = call("reproduce", str(built))
    finally:
        path.write_bytes(before)
    assert said.code == 2
    assert said.out == ""
    assert "1 things are not what the manifest names, so nothing was built:" in said.err
    assert "  data/published/countries/DNK/plans.csv: is not what was read" in said.err
    assert "--anyway" in said.err


def test_what_is_no_manifest_is_told(built: Path, tmp_path: Path, call: Callable[..., Any]) -> None:
    """The slip of the finger, and the file of another program."""
    said = call("reproduce", str(tmp_path))
    assert said.code == 2
    assert "there is no run manifest" in said.err
    (tmp_path / "ro-crate-metadata.json").write_text('{"@graph": []}')
    said = call("reproduce", str(tmp_path))
    assert said.code == 2
    assert "is no run manifest of a workbench" in said.err
