"""The simulation in the real build: labelled in every export, and in no register."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from analysis.contracts.outputs import FIGURE, FINDING, TABLE, of_kind

LABELS = {"da": ("Syntetisk", "syntetisk"), "en": ("Synthetic", "synthetic")}
each_language = pytest.mark.parametrize("language", LABELS)


def _lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@each_language
def test_no_finding_comes_out_of_invented_worlds(real_build: Any, language: str) -> None:
    """What the synthesis, the front page and the workbook read must not hold any."""
    assert of_kind(real_build.notebook(language, "simulation"), FINDING) == []
    assert not [one for one in real_build.findings if one["notebook"] == "simulation"]
    assert not [one for one in real_build.findings if one["basis"] == "synthetic"]


@each_language
def test_every_table_and_figure_is_titled_synthetic(real_build: Any, language: str) -> None:
    """On the page, in the contents and for a screen reader."""
    label, _ = LABELS[language]
    notebook = real_build.notebook(language, "simulation")
    shown = [*of_kind(notebook, TABLE), *of_kind(notebook, FIGURE)]
    assert len(shown) == 6
    assert all(one["title"].startswith(f"{label}: ") for one in shown)
    assert not any(one["rows"] for one in of_kind(notebook, FIGURE))


@each_language
def test_every_line_of_every_export_says_so(real_build: Any, language: str) -> None:
    """A spreadsheet is passed on without the page it came from."""
    files = [
        path
        for kind in ("tables", "figures")
        for path in (real_build.folder / kind).glob(f"simulation.*.{language}.csv")
    ]
    assert len(files) == 6
    for path in files:
        lines = _lines(path)
        assert lines
        assert all(LABELS[language][1] in line for line in lines), path.name


@each_language
def test_no_page_of_findings_or_front_page_holds_an_invented_number(
    real_build: Any, language: str
) -> None:
    """The first page is what a committee reads."""
    page = (real_build.folder / "report" / "index.html").read_text(encoding="utf-8")
    (edition,) = re.findall(rf'<div id="{language}".*?<main>(.*?)</main>', page, re.DOTALL)
    assert LABELS[language][1] not in edition.lower()
