"""Parameters that name a file: there before a kernel starts, found in it, the same everywhere."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.engine.notebook import parameters
from analysis.engine.running.run import Job, run_job
from analysis.errors import NotebookError, ParameterError
from analysis.places import HOME_VARIABLE

CELL = 'lists: "file" = "data/lists.csv"\nmore: list["file"] = []'
READS = (
    "from analysis.engine.notebook.named_files import located\nprint(located(lists).read_text())"
)


@pytest.fixture
def workbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a workbench with two files of data, and name it nowhere."""
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    home = tmp_path / "workbench"
    for part in ("evaluations", "data/published", "notebooks"):
        (home / part).mkdir(parents=True)
    (home / "data" / "lists.csv").write_text("n\n3\n", encoding="utf-8")
    (home / "data" / "other.csv").write_text("n\n4\n", encoding="utf-8")
    return home


@pytest.fixture
def notebook(workbench: Path, write_notebook: Callable[..., Path]) -> Path:
    """Write a notebook that prints the file it is given."""
    return write_notebook(workbench / "notebooks" / "a.ipynb", CELL, READS)


def test_a_path_is_relative_to_the_workbench(workbench: Path, notebook: Path) -> None:
    """The notebook's folder and the user's differ from machine to machine, the workbench's not."""
    bound = parameters.bind(notebook, {"more": "data/other.csv,data/../data/lists.csv"})
    assert bound == {"lists": "data/lists.csv", "more": ["data/other.csv", "data/lists.csv"]}
    assert parameters.bind(notebook, bound) == bound
    assert parameters.files(notebook, bound) == (
        workbench / "data" / "lists.csv",
        workbench / "data" / "other.csv",
        workbench / "data" / "lists.csv",
    )


def test_an_absolute_path_is_stated_relative(workbench: Path, notebook: Path) -> None:
    """The executed notebook must not name a folder of this machine."""
    given = {"lists": str(workbench / "data" / "other.csv")}
    assert parameters.bind(notebook, given)["lists"] == "data/other.csv"


def test_where_there_is_no_workbench_the_notebook_s_folder_stands_for_it(
    tmp_path: Path, write_notebook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine runs notebooks of others, who have no workbench."""
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    alone = write_notebook(tmp_path / "a.ipynb", 'lists: "file" = "lists.csv"')
    (tmp_path / "lists.csv").touch()
    bound = parameters.bind(alone, {})
    assert parameters.files(alone, bound) == (tmp_path / "lists.csv",)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("data/list.csv", "a path at which nothing is. Did you mean lists.csv? Give a file of"),
        ("data", "a path that is a folder, or otherwise no file"),
        ("../elsewhere.csv", "a path that leads out of workbench/ (copy the file into it)"),
        ("", "an empty path"),
        ("a\0b", "a text that cannot be read so"),
        ("x" * 5000, "a path that cannot be looked up"),
        (3, "a whole number"),
    ],
)
def test_what_is_no_file_of_the_workbench_is_refused(
    workbench: Path, notebook: Path, given: object, told: str
) -> None:
    """A run that needs a file from elsewhere cannot be repeated by anybody else."""
    (workbench.parent / "elsewhere.csv").touch()
    with pytest.raises(ParameterError, match=re.escape(f"lists is file and was given {told}")):
        parameters.bind(notebook, {"lists": given})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused(workbench: Path, notebook: Path) -> None:
    """Better said now than by a kernel in a minute."""
    (workbench / "data" / "lists.csv").chmod(0)
    with pytest.raises(ParameterError, match="a file that cannot be read"):
        parameters.bind(notebook, {})


def test_a_default_that_is_not_there_is_refused_by_a_run_alone(
    workbench: Path, notebook: Path
) -> None:
    """Who only asks what a notebook takes must be told, file or no file."""
    (workbench / "data" / "lists.csv").unlink()
    assert [parameter.name for parameter in parameters.read(notebook)] == ["lists", "more"]
    with pytest.raises(ParameterError, match="the default of parameter lists is a path at which"):
        parameters.bind(notebook, {})
    given = {"lists": "data/other.csv"}
    assert parameters.bind(notebook, given)["lists"] == "data/other.csv"


def test_the_command_line_is_read_from_where_the_user_is(workbench: Path, notebook: Path) -> None:
    """Shells complete paths from there."""
    seen = parameters.seen_from(
        workbench / "data",
        notebook,
        {"lists": "other.csv", "more": "other.csv,data/lists.csv", "unknown": "other.csv"},
    )
    assert seen == {
        "lists": "data/other.csv",
        "more": "data/other.csv,data/lists.csv",
        "unknown": "other.csv",
    }


def test_a_file_of_the_user_outside_the_workbench_is_refused(
    workbench: Path, notebook: Path
) -> None:
    """It must not silently become the file of the same name in the workbench."""
    away = workbench.parent / "data"
    away.mkdir()
    (away / "lists.csv").touch()
    seen = parameters.seen_from(workbench.parent, notebook, {"lists": "data/lists.csv"})
    with pytest.raises(ParameterError, match="leads out of workbench/"):
        parameters.bind(notebook, seen)


def test_a_link_in_the_workbench_may_lead_out_of_it(workbench: Path, notebook: Path) -> None:
    """Large data often lies on another disk."""
    away = workbench.parent / "disk.csv"
    away.write_text("n\n5\n", encoding="utf-8")
    (workbench / "data" / "linked.csv").symlink_to(away)
    given = {"lists": "data/linked.csv"}
    assert parameters.bind(notebook, given)["lists"] == "data/linked.csv"


def test_a_kernel_finds_the_file_and_the_record_names_no_folder(
    workbench: Path, notebook: Path, tmp_path: Path
) -> None:
    """A kernel works in an empty folder; two workbenches must give the same bytes."""
    job = Job("a", notebook, {"lists": str(workbench / "data" / "other.csv")})
    executed = run_job(job, tmp_path / "into", tmp_path / "work")
    text = executed.path.read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    cells = json.loads(text)["cells"]
    assert "lists = 'data/other.csv'" in "".join(cells[1]["source"])
    assert "".join(cells[2]["outputs"][0]["text"]) == "n\n4\n\n"
    assert list(json.loads(text)["metadata"]["workbench"]["reads"]) == ["data/other.csv"]


def test_no_kernel_starts_for_a_file_that_is_not_there(
    workbench: Path, notebook: Path, tmp_path: Path
) -> None:
    """A wrong path should cost nothing."""
    started: list[int] = []
    with pytest.raises((ParameterError, NotebookError), match="at which nothing is"):
        run_job(
            Job("a", notebook, {"lists": "nowhere.csv"}),
            tmp_path / "into",
            tmp_path / "work",
            on_kernel=started.append,
        )
    assert started == []
