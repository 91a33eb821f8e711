"""`workbench run NOTEBOOK --help-notebook`: what a notebook takes, without running anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.places import HOME_VARIABLE, Places

CELL = """\
years = "2002..2006"  # the plan's years [1995..2030]
level = 0.95  # confidence level [0.5..0.999]
clustered = True
kinds = ["all", "women"]  # who is counted [all|women|men]
lists: "file" = "data/lists.csv"
"""
TOLD = """\
name       type        default         allowed        comment
years      range[int]  2002..2006      1995..2030     the plan's years
level      float       0.95            0.5..0.999     confidence level
clustered  bool        true
kinds      list[str]   all,women       all|women|men  who is counted
lists      file        data/lists.csv
"""


@pytest.fixture
def workbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Make a workbench of one notebook, of which the file it takes is not there."""
    places = Places(tmp_path)
    for part in (places.evaluations, places.published, places.notebooks):
        part.mkdir(parents=True)
    _write(places, "asked", CELL)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    return places


def _write(places: Places, name: str, source: str) -> None:
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "p",
        "metadata": {"tags": ["parameters"]},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (places.notebooks / f"{name}.ipynb").write_text(json.dumps(made), encoding="utf-8")


def test_it_shows_what_can_be_given(workbench: Places, call: Callable[..., Any]) -> None:
    """Nobody should have to open a notebook to learn how to run it."""
    said = call("run", "asked", "--help-notebook")
    assert (said.code, said.out, said.err) == (0, TOLD, "")
    assert not workbench.outputs.exists()


def test_defaults_are_as_they_would_be_typed(workbench: Places, call: Callable[..., Any]) -> None:
    """What the table shows must be what `-p` takes."""
    from analysis.engine.notebook import literals, parameters

    for parameter in parameters.read(workbench.notebooks / "asked.ipynb"):
        shown = next(line for line in TOLD.splitlines() if line.startswith(f"{parameter.name} "))
        assert literals.fit(shown.split()[2], parameter.type) == parameter.default


def test_a_machine_gets_the_defaults_as_they_are(
    workbench: Places, call: Callable[..., Any]
) -> None:
    """A form is made from it; `true` must not arrive as a text."""
    told = json.loads(call("run", "asked", "--help-notebook", "--json").out)
    assert told[2:4] == [
        {"name": "clustered", "type": "bool", "default": True, "allowed": "", "comment": ""},
        {
            "name": "kinds",
            "type": "list[str]",
            "default": ["all", "women"],
            "allowed": "all|women|men",
            "comment": "who is counted",
        },
    ]


def test_a_notebook_that_takes_nothing_says_so(workbench: Places, call: Callable[..., Any]) -> None:
    """An empty table looks like a fault."""
    _write(workbench, "bare", "")
    assert call("run", "bare", "--help-notebook").out == "bare: takes no parameters.\n"


def test_a_notebook_without_the_cell_is_refused(
    workbench: Places, call: Callable[..., Any]
) -> None:
    """It cannot be run either."""
    path = workbench.notebooks / "asked.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"parameters"', '"other"'), "utf-8")
    said = call("run", "asked", "--help-notebook")
    assert said.code == 2
    assert said.err.startswith("asked.ipynb: no code cell is tagged `parameters`")


HEAVY = {"papermill", "nbformat", "nbclient", "jupyter_client", "pandas", "numpy", "yaml", "rich"}


def test_it_loads_nothing_heavy(workbench: Places) -> None:
    """Help that takes seconds is not asked twice."""
    source = (
        "import sys\n"
        "from analysis.cli.main import workbench\n"
        "workbench.main(['run', 'asked', '--help-notebook'], standalone_mode=False)\n"
        "print('loaded', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    told = subprocess.run(
        [sys.executable, "-c", source], env=os.environ, capture_output=True, text=True, check=True
    ).stdout
    table, _, loaded = told.partition("loaded ")
    assert table == TOLD
    assert HEAVY.isdisjoint(loaded.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "asked", "-p", "l"), ["level=", "lists="]),
        (("run", "asked", "-p", "level=1", "-p", "k"), ["kinds="]),
        (
            ("run", "asked", "--parameter", ""),
            ["years=", "level=", "clustered=", "kinds=", "lists="],
        ),
        (("run", "-p", "l"), []),
        (("run", "unknown", "-p", "l"), []),
    ],
)
def test_a_shell_completes_the_names(
    workbench: Places, words: tuple[str, ...], told: list[str]
) -> None:
    """Names are long, and a slip of the finger is refused."""
    done = subprocess.run(
        [sys.executable, "-c", "from analysis.cli import main; main()"],
        env={
            **os.environ,
            "_WORKBENCH_COMPLETE": "bash_complete",
            "COMP_WORDS": "\n".join(("workbench", *words[:-1], words[-1] or "''")),
            "COMP_CWORD": str(len(words)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.removeprefix("plain,") for line in done.stdout.split()] == told


def test_a_file_is_seen_from_where_the_user_is(
    workbench: Places, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell completes it from there; what lies elsewhere must not be taken for it."""
    away = workbench.home.parent / f"{workbench.home.name}-away"
    away.mkdir()
    (away / "lists.csv").touch()
    monkeypatch.chdir(away)
    said = call("run", "asked", "-p", "lists=lists.csv")
    assert said.code == 2
    assert f"a path that leads out of {workbench.home.name}/" in said.err
