"""The command: exit codes, streams, speed, completion, and what it does outside a workbench."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from analysis import __version__
from analysis.cli.main import workbench
from analysis.errors import CellError
from analysis.places import HOME_VARIABLE, Places

HEAVY = ("pandas", "numpy", "matplotlib", "rich", "papermill", "jsonschema", "yaml", "nbformat")
SECONDS_FOR_HELP = 0.15  # a person notices a tenth of a second; measured about 0.07


def _python(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, **settings
    )


def test_version_is_the_package_version(call: Callable[..., Any]) -> None:
    """A report is quoted with the version that made it."""
    assert call("--version").out == f"workbench {__version__}\n"


def test_module_is_the_same_command() -> None:
    """Where scripts are not on the path, `python -m analysis` still works."""
    assert _python("-m", "analysis", "--version").stdout == f"workbench {__version__}\n"


def test_help_loads_nothing_heavy() -> None:
    """Help and completion answer while somebody types."""
    told = _python("-X", "importtime", "-m", "analysis", "--help").stderr
    loaded = {line.split("|")[-1].strip() for line in told.splitlines()}
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_help_takes_little_time() -> None:
    """Processor time, best of five, so that a busy machine does not fail it."""
    taken = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _python("-m", "analysis", "--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(taken) < SECONDS_FOR_HELP


def test_failure_of_a_user_has_its_exit_code_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[..., Any]
) -> None:
    """Scripts read the code, people the message; neither reads a traceback."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    said = call("data", "list")
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("workbench: no folder from here upwards holds evaluations/")
    assert "Traceback" not in said.err


@pytest.fixture
def verb_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | type], None]:
    """Add a verb called `fail` that ends in the given way."""

    def add(failure: Any) -> None:
        @click.command("fail")
        def fail() -> None:
            raise failure

        monkeypatch.setitem(workbench.commands, "fail", fail)

    return add


def test_failing_cell_exits_with_3(
    verb_that: Callable[[Any], None], call: Callable[..., Any]
) -> None:
    """A notebook's own failure is told apart from bad input."""
    verb_that(CellError("x.ipynb: cell 3 failed. Mend it."))
    said = call("fail")
    assert (said.code, said.err) == (3, "x.ipynb: cell 3 failed. Mend it.\n")


def test_interrupt_exits_with_130(
    verb_that: Callable[[Any], None], call: Callable[..., Any]
) -> None:
    """A shell script around the command must stop as well."""
    verb_that(KeyboardInterrupt())
    said = call("fail")
    assert said.code == 130
    assert "Interrupted." in said.err
    assert "Traceback" not in said.err


def test_bug_keeps_its_traceback(
    verb_that: Callable[[Any], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug is for us to mend, and we need to see where it is."""
    from analysis.cli import main

    verb_that(ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError):
        main(["fail"])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_names_the_command(shell: str, call: Callable[..., Any]) -> None:
    """The script must call back the command that people type."""
    said = call("completion", shell)
    assert said.code == 0
    assert "_WORKBENCH_COMPLETE" in said.out


def _completed(words: str, home: Path) -> list[str]:
    count = len(words.split(" ")) - 1
    asked = {"_WORKBENCH_COMPLETE": "zsh_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    done = _python(
        "-c",
        "from analysis.cli import main; main()",
        env={**os.environ, **asked, HOME_VARIABLE: str(home)},
    )
    return done.stdout.splitlines()[1::3]


def test_completion_offers_verbs_evaluations_and_notebooks(places: Places) -> None:
    """Nobody remembers `denmark-2002-2007`."""
    assert _completed("workbench fin", places.home) == ["findings"]
    assert _completed("workbench build den", places.home) == ["denmark-2002-2007"]
    assert "prosecution" in _completed("workbench run ", places.home)


def test_completion_is_silent_outside_a_workbench(tmp_path: Path) -> None:
    """A message in the middle of a typed line would be worse than no completion."""
    assert _completed("workbench build ", tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_no_bug() -> None:
    """Whoever runs out of room is told so, wherever that is met."""
    with Path("/dev/full").open("w") as full:
        script = [sys.executable, "-m", "analysis", "completion", "bash"]
        done = subprocess.run(script, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "(No space left on device)" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_pipe_is_no_failure() -> None:
    """`workbench ... | head` closes the pipe early; that is not a bug."""
    script = f"{sys.executable} -m analysis --help | true"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


SLOW = {
    "cells": [
        {
            "cell_type": "code",
            "id": "parameters",
            "metadata": {"tags": ["parameters"]},
            "execution_count": None,
            "outputs": [],
            "source": 'baseline = ""\ncurrent = ""\ncountry = ""\nlanguage = "en"',
        },
        {
            "cell_type": "code",
            "id": "slow",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": (
                "import os, pathlib, time\n"
                'pathlib.Path(os.environ["STARTED"]).touch()\ntime.sleep(120)'
            ),
        },
    ],
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_interrupted_build_leaves_the_last_one(places: Places, tmp_path: Path) -> None:
    """Ctrl-C in the middle must not cost the report that was there."""
    (places.notebooks / "slow.ipynb").write_text(json.dumps(SLOW), encoding="utf-8")
    source = places.evaluations / "denmark-2002-2007.yml"
    lines = source.read_text(encoding="utf-8").splitlines()
    start, end = (
        next(n for n, line in enumerate(lines) if line.startswith(key))
        for key in ("notebooks:", "front_page:")
    )
    slow = [*lines[:start], "notebooks: [{name: slow}]", *lines[end:]]
    source.write_text("\n".join(slow) + "\n", encoding="utf-8")
    last = places.outputs / "denmark-2002-2007" / "report" / "index.html"
    last.parent.mkdir(parents=True)
    last.write_text("the last report", encoding="utf-8")
    started = tmp_path / "started"
    build = subprocess.Popen(
        [sys.executable, "-m", "analysis", "build"],
        env={**os.environ, "STARTED": str(started)},
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for(started, build)
    build.send_signal(signal.SIGINT)
    _, told = build.communicate(timeout=30)
    assert build.returncode == 130, told
    assert "Traceback" not in told
    assert last.read_text(encoding="utf-8") == "the last report"
    assert [path.name for path in places.outputs.iterdir()] == ["denmark-2002-2007"]


def _wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < deadline
        time.sleep(0.1)
