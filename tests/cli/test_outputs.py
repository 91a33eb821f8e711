"""build, run, findings, clean, new, doctor: on a workbench of its own, really run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis import evaluations
from analysis.places import HOME_VARIABLE, Places

ID = "denmark-2002-2007"


@pytest.fixture
def there(real_build: Any, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Go to the workbench of the one real build; nothing here may change it."""
    monkeypatch.setenv(HOME_VARIABLE, str(real_build.places.home))
    found: Places = real_build.places
    return found


def test_build_tells_a_machine_where_the_report_lies(real_build: Any) -> None:
    """A script opens what --json names."""
    told = real_build.told
    assert Path(told["folder"]) == real_build.places.outputs / ID
    assert Path(told["report"]).is_file()
    assert Path(told["report"]).is_relative_to(told["folder"])
    assert told["findings"] == len(real_build.findings) > 0
    notebooks = list(real_build.places.notebooks.glob("*.ipynb"))
    assert told["notebooks"] == 2 * len(notebooks)
    assert told["seconds"] > 0


def test_findings_are_listed_in_either_language(there: Places, call: Callable[..., Any]) -> None:
    """A finding that the list leaves out is quoted by nobody."""
    found = json.loads(call("findings", "list", "--json").out)
    assert found
    for language in ("da", "en"):
        said = call("findings", "list", "-l", language)
        assert said.code == 0
        assert all(finding["id"] in said.out for finding in found)


def test_a_row_of_every_finding_can_be_followed(there: Places, call: Callable[..., Any]) -> None:
    """A number whose source cannot be opened is an assertion; all rows: tests/flow."""
    found = json.loads(call("findings", "list", "--json").out)
    rows = {finding["rows"][0] for finding in found if finding["rows"]}
    assert len(rows) > 10
    for row in sorted(rows):
        said = call("data", "show", row)
        assert said.code == 0, said.err


def test_finding_is_shown_with_all_that_belongs_to_it(
    there: Places, call: Callable[..., Any]
) -> None:
    """A sentence without grade and breaks would be quoted without them."""
    finding = json.loads(call("findings", "list", "--json").out)[0]
    said = call("findings", "show", finding["id"], "-l", "da")
    shown = {line.split()[0] for line in said.out.splitlines()}
    assert shown >= {"id", "grade", "verdict", "sentence", "rows", "method"}
    assert " ".join(finding["sentence"]["da"].split()) in said.out
    assert json.loads(call("findings", "show", finding["id"], "--json").out) == finding


def test_citation_carries_sentence_and_grade(there: Places, call: Callable[..., Any]) -> None:
    """What is pasted into a letter must bring its caveats along."""
    finding = json.loads(call("findings", "list", "--json").out)[0]
    said = call("findings", "cite", finding["id"], "-l", "da")
    assert said.code == 0
    assert finding["sentence"]["da"] in said.out


def test_unknown_finding_is_refused_with_the_nearest(
    there: Places, call: Callable[..., Any]
) -> None:
    """Ids are typed from paper."""
    known = json.loads(call("findings", "list", "--json").out)[0]["id"]
    for verb in ("show", "cite"):
        said = call("findings", verb, known[:-1])
        assert (said.code, said.out) == (2, "")
        assert re.search(rf"(?:Did you mean|Nearest:) {re.escape(known)}\b", said.err)


def test_clean_removes_one_folder_and_nothing_else(
    places: Places, call: Callable[..., Any]
) -> None:
    """Cleaning up must not cost the report one wanted to keep, nor this place's page."""
    (places.outputs / "README.md").write_text("page", encoding="utf-8")
    for name in (ID, f"{ID}+country=SWE"):
        (places.outputs / name).mkdir()
        (places.outputs / name / "file.txt").write_text("x", encoding="utf-8")
    said = call("clean", f"{ID}+country=SWE")
    assert said.code == 0
    assert sorted(path.name for path in places.outputs.iterdir()) == ["README.md", ID]
    assert call("clean").code == 0
    assert [path.name for path in places.outputs.iterdir()] == ["README.md"]
    assert places.published.is_dir()


def test_new_evaluation_can_be_read_and_checked_at_once(
    places: Places, call: Callable[..., Any]
) -> None:
    """A scaffold that must be mended before it runs teaches nobody."""
    said = call("new", "evaluation", "nld", "--country", "NLD", "--name", "The Dutch plans")
    assert said.code == 0, said.err
    written = [Path(line) for line in said.out.splitlines()]
    assert places.evaluations / "nld.yml" in written
    assert all(path.is_file() for path in written)
    found = evaluations.read(places, "nld")
    assert (found.country, found.is_default) == ("NLD", False)
    assert evaluations.default(places) == ID
    assert call("data", "check", "--country", "NLD").code == 0


def test_new_never_overwrites(places: Places, call: Callable[..., Any]) -> None:
    """A day's work in a plan file must survive a repeated command."""
    call("new", "evaluation", "nld", "-c", "NLD", "-n", "The Dutch plans")
    before = {path: path.read_bytes() for path in places.home.rglob("*") if path.is_file()}
    said = call("new", "evaluation", "nld", "-c", "NLD", "-n", "Other")
    assert said.code == 2
    assert before == {path: path.read_bytes() for path in places.home.rglob("*") if path.is_file()}


def test_new_notebook_is_a_notebook_of_the_house(places: Places, call: Callable[..., Any]) -> None:
    """It begins with both titles, a parameters cell and no outputs."""
    said = call("new", "notebook", "shelter", "--title-en", "Who?", "--title-da", "Hvem?")
    assert said.code == 0, said.err
    cells = json.loads(Path(said.out.strip()).read_text(encoding="utf-8"))["cells"]
    tagged = {tag: cell for cell in cells for tag in cell["metadata"].get("tags", [])}
    assert "".join(tagged["parameters"]["source"]).count("=") >= 4
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    assert any("# Hvem?" in text for text in prose)
    assert any("# Who?" in text for text in prose)


def test_run_leaves_an_executed_notebook_and_its_page(
    places: Places, call: Callable[..., Any]
) -> None:
    """One question can be looked at without building everything."""
    said = call("run", "prosecution", "-p", "language=da")
    assert said.code == 0, said.err
    path = Path(said.out.strip())
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert any(cell.get("outputs") for cell in cells)
    assert list((path.parent / "report").rglob(f"{path.stem}.html"))


def test_doctor_finds_a_sound_workbench(places: Places, call: Callable[..., Any]) -> None:
    """The first thing one asks when something does not work."""
    said = call("doctor", "--json")
    checks = json.loads(said.out)
    assert [check["check"] for check in checks if not check["ok"]] == []
    assert said.code == 0


def test_doctor_names_what_is_missing(places: Places, call: Callable[..., Any]) -> None:
    """It must not report a workbench without notebooks as sound."""
    shutil.rmtree(places.notebooks)
    said = call("doctor")
    assert said.code == 2
    assert "missing" in said.out
    assert "Traceback" not in said.err
