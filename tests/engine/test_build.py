"""build: many runs, in the order they wait for each other, nothing left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.engine.build import run_all
from analysis.engine.events import Event
from analysis.engine.running.run import Job
from analysis.errors import CellError, NotebookError, ParameterError

FIRST = "n = 1  # number"


def _refused(jobs: list[Job], into: Path, kind: type[Exception]) -> str:
    events: list[Event] = []
    with pytest.raises(kind) as refused:
        run_all(jobs, into, on_event=events.append)
    assert events == []
    assert not into.exists()
    return str(refused.value)


def test_a_cycle_is_refused_before_anything_runs(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """Two notebooks that wait for each other would wait for ever."""
    book = write_notebook(tmp_path / "a.ipynb", FIRST)
    jobs = [Job("a", book, after=("b",)), Job("b", book, after=("a",)), Job("c", book)]
    told = _refused(jobs, tmp_path / "out", NotebookError)
    assert "2 notebooks wait for each other" in told
    assert "a after b" in told


def test_waiting_for_a_notebook_that_is_not_run_is_refused(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A misspelt `after` would otherwise order nothing."""
    book = write_notebook(tmp_path / "a.ipynb", FIRST)
    jobs = [Job("plans", book), Job("synthesis", book, after=("plan",))]
    assert _refused(jobs, tmp_path / "out", NotebookError) == (
        "synthesis: waits for plan, which is not among the 2 notebooks to run. Did you mean plans?"
    )


@pytest.mark.parametrize("names", [("a", "a"), ("a", "A")])
def test_two_runs_of_one_name_are_refused(
    tmp_path: Path, write_notebook: Callable[..., Path], names: tuple[str, ...]
) -> None:
    """The second would overwrite the first; letter case is nothing to some file systems."""
    book = write_notebook(tmp_path / "a.ipynb", FIRST)
    told = _refused([Job(name, book) for name in names], tmp_path / "out", NotebookError)
    assert "2 notebooks would be written to one file" in told


@pytest.mark.parametrize("name", ["../a", "/a", "", "a//b", ".hidden"])
def test_a_name_that_leaves_the_folder_is_refused(
    tmp_path: Path, write_notebook: Callable[..., Path], name: str
) -> None:
    """A name is a path below the outputs, never out of them."""
    book = write_notebook(tmp_path / "a.ipynb", FIRST)
    assert "no relative path" in _refused([Job(name, book)], tmp_path / "out", NotebookError)


def test_every_parameter_is_checked_before_the_first_kernel(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The last of sixteen runs must not fail on a slip known from the start."""
    book = write_notebook(tmp_path / "a.ipynb", FIRST)
    jobs = [Job("a", book), Job("b", book, {"n": "one"})]
    assert "n is int" in _refused(jobs, tmp_path / "out", ParameterError)


def test_nothing_to_run_is_no_error(tmp_path: Path) -> None:
    """A build in which everything is fresh runs nothing."""
    assert run_all([], tmp_path / "out") == ()


def test_runs_wait_fail_and_finish_as_they_depend_on_each_other(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """One broken notebook must not cost the results of those that have nothing to do with it."""
    good = write_notebook(
        tmp_path / "good.ipynb", FIRST, "import os\nprint(os.getppid(), os.getcwd())"
    )
    bad = write_notebook(tmp_path / "bad.ipynb", FIRST, "1 / 0")
    jobs = [
        Job("last", good, after=("plans", "support")),
        Job("support", bad),
        Job("plans", good, {"n": "2"}),
        Job("da/policy", good, after=("plans",)),
        Job("other", bad),
    ]
    events: list[Event] = []
    out = tmp_path / "out"
    with pytest.raises(CellError) as failed:
        run_all(jobs, out, workers=2, aside=tmp_path / "aside", on_event=events.append)
    told = str(failed.value).splitlines()
    assert told[0] == "2 of 5 notebooks failed:"
    assert (
        "bad.ipynb (run as support): cell 2, line 1 (`1 / 0`) raised ZeroDivisionError" in told[1]
    )
    assert "run as other" in told[2]
    assert told[3] == "Not run, as what they wait for failed: last."
    assert failed.value.exit_code == 3

    ended = {event.job: event.kind for event in events if event.kind != "cell"}
    assert ended == {
        "support": "failed",
        "other": "failed",
        "plans": "finished",
        "da/policy": "finished",
        "last": "skipped",
    }
    order = [(event.kind, event.job) for event in events]
    assert order.index(("finished", "plans")) < order.index(("started", "da/policy"))
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.ipynb")) == [
        "aside/other.ipynb",
        "aside/support.ipynb",
        "bad.ipynb",
        "good.ipynb",
        "out/da/policy.ipynb",
        "out/plans.ipynb",
    ]


SLEEPERS = """\
import sys
from pathlib import Path
from analysis.engine.build import run_all
from analysis.engine.running.run import Job
base = Path(sys.argv[1])
jobs = [Job(name, base / "a.ipynb") for name in ("a", "b")]
run_all(jobs, base / "out", workers=2)
"""
# A notebook that says it runs, then neither ends nor listens.
DEAF = """\
import os, pathlib, signal, subprocess, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
subprocess.Popen(["sleep", "300"])
pathlib.Path(os.environ["SIGNS"], str(os.getpid())).touch()
time.sleep(300)
"""


def _marked(mark: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().decode())
        except OSError:
            continue
    return found


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Give a temporary folder with a path short enough for sockets, as real ones have."""
    with tempfile.TemporaryDirectory(prefix="wb-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_build_leaves_no_process_and_no_file(
    tmp_path: Path, temporary: Path, write_notebook: Callable[..., Path], stop: signal.Signals
) -> None:
    """Kernels that live on eat the machine of whoever pressed Ctrl-C."""
    write_notebook(tmp_path / "a.ipynb", FIRST, DEAF)
    signs = tmp_path / "signs"
    signs.mkdir()
    environment = os.environ | {"SIGNS": str(signs), "TMPDIR": str(temporary)}
    build = subprocess.Popen(
        [sys.executable, "-c", SLEEPERS, str(tmp_path)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    _until(lambda: len(list(signs.iterdir())) == 2)
    # The build, what its workers and kernels are forked from, two of each, two of the kernels'.
    assert len(_marked(str(signs))) == (9 if sys.platform == "linux" else 7)
    build.send_signal(stop)
    _, told = build.communicate(timeout=60)
    assert build.returncode != 0
    assert ("KeyboardInterrupt" in told) == (stop == signal.SIGINT)
    _until(lambda: _marked(str(signs)) == [])
    _until(lambda: list(temporary.iterdir()) == [])
    assert not (tmp_path / "out").exists()


def _until(held: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_worker_that_dies_fails_its_run_alone(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The system kills what eats memory; the other runs are still wanted."""
    deadly = write_notebook(
        tmp_path / "deadly.ipynb", FIRST, "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
    )
    good = write_notebook(tmp_path / "good.ipynb", FIRST)
    # Only of a kernel that was started cold the worker is the parent.
    jobs = [Job("deadly", deadly, cold=True), Job("good", good)]
    with pytest.raises(NotebookError, match="deadly: the process that ran it ended unexpectedly"):
        run_all(jobs, tmp_path / "out", workers=1)
    assert (tmp_path / "out" / "good.ipynb").exists()
