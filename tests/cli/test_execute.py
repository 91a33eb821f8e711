"""execute: any notebooks, in a workbench or not, each with the parameters it has."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from analysis.cli.execute import verb
from analysis.cli.main import workbench
from analysis.engine.running.run import Limits
from analysis.errors import AnalysisError, CellError, NotebookError, ParameterError
from analysis.places import HOME_VARIABLE, Places

Execute = Callable[..., list[str]]


def _notebook(path: Path, *sources: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"c{place}",
            "metadata": {"tags": ["parameters"]} if place == 0 else {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for place, source in enumerate(sources)
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder that is in no workbench."""
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def execute(capsys: pytest.CaptureFixture[str]) -> Execute:
    """Call the verb and return the lines of standard output."""

    def run(*arguments: object) -> list[str]:
        capsys.readouterr()
        workbench.main(["execute", *map(str, arguments)], standalone_mode=False)
        return capsys.readouterr().out.splitlines()

    return run


def _printed(path: str) -> str:
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    return "".join("".join(out.get("text", "")) for cell in cells for out in cell["outputs"])


def test_each_notebook_is_given_what_it_knows(outside: Path, execute: Execute) -> None:
    """A year for all and a country for one: nobody should have to run them one by one."""
    one = _notebook(outside / "books" / "one.ipynb", "year = 2007  # year", "print(year)")
    shown = "import os\nprint(year, country, os.path.basename(os.environ['WORKBENCH_HOME']))"
    _notebook(outside / "books" / "two.ipynb", "year = 2007  # year\ncountry = 'DNK'", shown)
    told = execute("books", one, "-p", "year=2002", "-p", "country=SWE", "--html")
    assert told == [str(outside / "executed" / f"{name}.ipynb") for name in ("one", "two")]
    assert [_printed(path) for path in told] == ["2002\n", "2002 SWE books\n"]
    assert "<pre>2002 SWE books" in Path(told[1]).with_suffix(".html").read_text()


def test_machines_are_told_all_that_was_written(outside: Path, execute: Execute) -> None:
    """A script that goes on with the results must not have to search for them."""
    book = _notebook(outside / "a.ipynb", "n = 1", "open('t.csv', 'w').write(str(n));")
    told = json.loads("\n".join(execute(book, "--json", "--into", "out", "--cold")))
    (run,) = told
    assert run.pop("seconds") > 0
    assert run == {
        "name": "a",
        "notebook": str(outside / "out" / "a.ipynb"),
        "page": None,
        "files": [str(outside / "out" / "a.files" / "t.csv")],
        "reused": False,
    }


def test_a_name_is_looked_up_in_the_workbench(
    places: Places, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a notebook has a name, as it has for all other verbs."""
    monkeypatch.chdir(places.home)
    _notebook(places.notebooks / "tiny.ipynb", "n = 1", "print(n)")
    (told,) = execute("tiny")
    assert told == str(places.outputs / "executed" / "tiny.ipynb")


def test_notebooks_of_one_name_are_told_apart_by_their_folders(
    outside: Path, execute: Execute
) -> None:
    """Two countries, each with its `main.ipynb`: the second must not overwrite the first."""
    books = [_notebook(outside / c / "main one.ipynb", "n = 1", f"print({c!r})") for c in "ab"]
    told = execute(*books)
    assert told == [str(outside / "executed" / c / "main-one.ipynb") for c in "ab"]
    assert [_printed(path) for path in told] == ["a\n", "b\n"]


@pytest.mark.parametrize(
    ("arguments", "kind", "told"),
    [
        (
            ["a.ipynb", "-p", "yaer=2"],
            ParameterError,
            "execute: none of 1 notebooks has the parameter yaer. Did you mean year? "
            "They take: year.",
        ),
        (["a.ipynb", "-p", "year=soon"], ParameterError, "a.ipynb: parameter year is int"),
        (["b.ipynb"], NotebookError, "b.ipynb: no such notebook here. Did you mean a.ipynb?"),
        (["empty"], NotebookError, "empty: there is no notebook in this folder."),
        (["a.ipynb", "--into", "."], NotebookError, "1 of 1 notebooks would be overwritten by"),
        (["bare.ipynb"], NotebookError, "bare.ipynb: "),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_runs(
    outside: Path,
    execute: Execute,
    arguments: list[str],
    kind: type[AnalysisError],
    told: str,
) -> None:
    """A slip costs a second and writes nothing."""
    _notebook(outside / "a.ipynb", "year = 2007")
    bare = json.loads(_notebook(outside / "bare.ipynb", "1").read_text())
    bare["cells"][0]["metadata"] = {}
    (outside / "bare.ipynb").write_text(json.dumps(bare))
    (outside / "empty").mkdir()
    before = sorted(outside.rglob("*"))
    with pytest.raises(kind) as refused:
        execute(*arguments)
    assert str(refused.value).startswith(told) or told in str(refused.value)
    assert refused.value.exit_code == 2
    assert sorted(outside.rglob("*")) == before


def test_limits_are_those_that_were_given(outside: Path, execute: Execute) -> None:
    """A model may need an hour, a check should not."""
    book = _notebook(outside / "a.ipynb", "n = 1", "while True: pass")
    with pytest.raises(CellError, match="did not end within the 1 seconds allowed"):
        execute(book, "--timeout", 1)
    book = _notebook(outside / "a.ipynb", "n = 1", "print('x' * 2_000_000)")
    with pytest.raises(CellError, match="printed and showed more than the 1 MB allowed"):
        execute(book, "--output-mb", 1)
    book = _notebook(
        outside / "a.ipynb", "n = 1", "held = []\nwhile True: held.append(bytearray(10**7))"
    )
    with pytest.raises(CellError, match="used more than the 500 MB allowed"):
        execute(book, "--memory-mb", 500)


def test_the_help_states_the_limits_of_the_engine() -> None:
    """The help must not import the engine, so it repeats what is set there."""
    shown: dict[str, Any] = {
        option.name: option.default for option in verb.params if isinstance(option, click.Option)
    }
    assert Limits() == Limits(shown["seconds"], shown["memory_mb"], shown["output_mb"])


def test_a_run_is_made_again_only_if_something_changed(outside: Path, execute: Execute) -> None:
    """Nobody waits for what is known, and nobody gets yesterday's answer to today's data."""
    data = outside / "d.csv"
    data.write_text("1")
    reading = _notebook(outside / "a.ipynb", "n = 1", f"print(open({str(data)!r}).read())")
    asking = _notebook(outside / "b.ipynb", "n = 1", "!true")

    def reused() -> dict[str, bool]:
        told = json.loads("\n".join(execute(reading, asking, "--into", "out", "--json")))
        return {run["name"]: run["reused"] for run in told}

    assert reused() == {"a": False, "b": False}
    assert reused() == {"a": True, "b": False}
    data.write_text("2")
    assert reused() == {"a": False, "b": False}
    assert "2" in (outside / "out" / "a.ipynb").read_text()
