"""workbench run: one notebook by itself, for any country, in a folder of its own."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import AnalysisError, CellError, FindingError
from analysis.flow import alone, built
from analysis.places import Places

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """A workbench of its own; its record is the one that is shipped."""
    home = tmp_path_factory.mktemp("alone")
    for name in ("evaluations", "notebooks"):
        shutil.copytree(HOME / name, home / name)
    (home / "data").symlink_to(HOME / "data")
    (home / "outputs").mkdir()
    return Places(home)


@pytest.fixture(scope="module")
def swedish(places: Places) -> Path:
    """The notebook most about one country, run for another: its executed file."""
    _give_a_parameter(places.notebooks / "plans.ipynb", 'note = ""  # not used')
    return alone.run(places, "plans", {"country": "SWE", "language": "da", "note": "../../x"})


def _give_a_parameter(path: Path, line: str) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = (
        cell for cell in notebook["cells"] if "parameters" in cell["metadata"].get("tags", ())
    )
    cell["source"] = [*cell["source"], "\n", line]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _words_of_one_country() -> Iterator[str]:
    """What is true of the country in the record alone: its bodies, plans and money."""
    folder = HOME / "data" / "published" / "countries" / "DNK"
    wanted = {
        "plans": ("title", "scope", "lead_body", "short"),
        "organisations": ("name",),
        "statements": ("statement", "short"),
        "measures": ("measure",),
        "events": ("event",),
    }
    for table, stems in wanted.items():
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from (row[f"{stem}_da"] for stem in stems)
    yield from ("Danmark", "dansk ", "kroner", "§ 262", "Rigspolitiet")


def test_nothing_of_one_country_stands_in_anothers_report(swedish: Path) -> None:
    """The plans lend their years; titles, bodies and statements would be false of Sweden."""
    (page,) = (swedish.parent / "report").rglob("plans.html")
    said = page.read_text(encoding="utf-8")
    assert "Sverige" in said
    assert "ikke indsendt" in said
    found = {
        words
        for words in _words_of_one_country()
        if len(words) > 8 and words in said.replace("DK-2002", "")
    }
    assert found == set()


def test_report_is_named_by_what_was_asked_for(swedish: Path) -> None:
    """The default evaluation's title on Swedish figures would be quoted as Denmark's."""
    (page,) = (swedish.parent / "report").rglob("plans.html")
    assert "Sverige: 2003-2006 og 2007-2010" in page.read_text(encoding="utf-8")


def test_folder_is_named_by_its_parameters_and_lies_in_runs(swedish: Path, places: Places) -> None:
    """Two runs never overwrite each other, and a value cannot name a folder elsewhere."""
    assert swedish.parent.parent == places.outputs / "runs"
    assert swedish.parent.name == "plans+country=SWE+language=da+note=.._.._x"
    assert [path.name for path in places.outputs.iterdir() if path.name != "runs"] == []


def test_synthesis_of_nothing_is_refused(places: Places) -> None:
    """An empty board would read as: nothing was found."""
    with pytest.raises(CellError, match="holds no notebook that ran before it"):
        alone.run(places, "synthesis", {})
    assert not (places.outputs / "runs" / "synthesis").exists()


def test_synthesis_of_another_country_does_not_read_the_default_build(
    real_build: Any, places: Places
) -> None:
    """Danish findings under a Swedish heading would be the worst page of all."""
    folder = places.outputs / "denmark-2002-2007"
    folder.symlink_to(real_build.folder)
    try:
        with pytest.raises(CellError, match="holds no notebook that ran before it"):
            alone.run(places, "synthesis", {"country": "SWE"})
    finally:
        folder.unlink()


def test_findings_of_what_is_not_built_name_the_command(places: Places) -> None:
    """Which command, with which parameters: the folder's name says it."""
    with pytest.raises(FindingError, match=r"workbench build denmark-2002-2007 -p country=SWE$"):
        built.findings(places, "denmark-2002-2007+country=SWE")


def test_removing_what_is_not_there_is_refused(places: Places) -> None:
    """A mistyped name must not look like a cleaned folder."""
    with pytest.raises(AnalysisError, match="outputs: sweden is unknown among 0"):
        built.clean(places, "sweden")
