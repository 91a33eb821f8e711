"""sweep: every run told of once, none lost to another's failure, nothing run twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.engine.events import Event
from analysis.engine.reuse.cache import Cache
from analysis.engine.running.run import Executed, Job
from analysis.engine.sweeping import grid, sweep
from analysis.engine.sweeping.sweep import Here, Into
from analysis.errors import AnalysisError, CellError

Write = Callable[..., Path]
Outcomes = dict[str, Executed | AnalysisError]

SQUARE = "print(n * n)"
FAILS_AT_TWO = "assert n != 2"


def _jobs(book: Path, count: int) -> tuple[Job, ...]:
    made = grid.combine(book, [grid.axis("n", list(range(count)))])
    return sweep.jobs_of(Job("", book, cold=True), made)


def _sweep(
    jobs: tuple[Job, ...], folder: Path, *, workers: int = 2, cache: Cache | None = None
) -> tuple[Outcomes, list[Event]]:
    outcomes: Outcomes = {}
    events: list[Event] = []

    def end(job: Job, ended: Executed | AnalysisError) -> None:
        assert job.name not in outcomes
        outcomes[job.name] = ended

    into = Into(folder / "notebooks", folder / "failed")
    runner = Here(workers, cold=True)
    sweep.run_each(jobs, into, runner=runner, cache=cache, on_event=events.append, on_end=end)
    return outcomes, events


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_failing_run_loses_nothing_of_the_others(tmp_path: Path, write_notebook: Write) -> None:
    """One impossible combination is a result too; it must not cost the other hundred."""
    book = write_notebook(tmp_path / "book.ipynb", "n = 0", SQUARE, FAILS_AT_TWO)
    outcomes, events = _sweep(_jobs(book, 4), tmp_path / "out")
    assert sorted(outcomes) == ["0001", "0002", "0003", "0004"]
    failed = outcomes["0003"]
    assert isinstance(failed, CellError)
    assert "book.ipynb (run as 0003): cell 3" in str(failed)
    assert sorted(path.stem for path in (tmp_path / "out/notebooks").iterdir()) == [
        *("0001", "0002", "0004")
    ]
    part = json.loads((tmp_path / "out/failed/0003.ipynb").read_text(encoding="utf-8"))
    assert part["cells"][2]["outputs"][0]["text"] == ["4\n"]
    assert sorted(event.job for event in events if event.kind in ("finished", "failed")) == [
        *("0001", "0002", "0003", "0004")
    ]


def test_a_kernel_that_dies_is_a_failure_of_its_run(tmp_path: Path, write_notebook: Write) -> None:
    """Want of memory strikes single runs; the table says which."""
    dies = "import os\nif n == 1: os._exit(1)"
    book = write_notebook(tmp_path / "book.ipynb", "n = 0", dies)
    outcomes, _ = _sweep(_jobs(book, 3), tmp_path / "out")
    assert isinstance(outcomes["0002"], AnalysisError)
    assert isinstance(outcomes["0001"], Executed)
    assert isinstance(outcomes["0003"], Executed)


def test_how_many_run_at_a_time_changes_no_byte(tmp_path: Path, write_notebook: Write) -> None:
    """A table made on two cores must be the one that a reviewer makes on one."""
    for name in ("one", "two"):
        write_notebook(tmp_path / name / "book.ipynb", "n = 0", SQUARE, FAILS_AT_TWO)
        book = tmp_path / name / "book.ipynb"
        _sweep(_jobs(book, 4), tmp_path / name / "out", workers=len(name) - 1)
    assert _files(tmp_path / "one/out") == _files(tmp_path / "two/out")


def test_what_was_run_is_reused_and_what_failed_is_run_again(
    tmp_path: Path, write_notebook: Write
) -> None:
    """A sweep over one more value must cost one more run."""
    book = write_notebook(tmp_path / "book.ipynb", "n = 0", SQUARE, FAILS_AT_TWO)
    first, _ = _sweep(_jobs(book, 4), tmp_path / "a", cache=Cache(tmp_path / "c", tmp_path))
    again, events = _sweep(_jobs(book, 5), tmp_path / "b", cache=Cache(tmp_path / "c", tmp_path))
    kinds = {event.job: event.kind for event in events if event.kind != "cell"}
    assert kinds == {
        "0001": "reused",
        "0002": "reused",
        "0003": "failed",
        "0004": "reused",
        "0005": "finished",
    }
    assert str(first["0003"]).replace("/a/", "/b/") == str(again["0003"])
    before, after = _files(tmp_path / "a"), _files(tmp_path / "b")
    assert before.items() <= after.items()


def test_nothing_is_started_when_everything_is_reused(
    tmp_path: Path, write_notebook: Write
) -> None:
    """Asking again for what is there must not cost the start of a kernel."""
    book = write_notebook(tmp_path / "book.ipynb", "n = 0", SQUARE)
    _sweep(_jobs(book, 2), tmp_path / "a", cache=Cache(tmp_path / "c", tmp_path))
    before = _children()
    seen: list[set[int]] = []
    into = Into(tmp_path / "b", tmp_path / "b/failed")
    sweep.run_each(
        _jobs(book, 2),
        into,
        runner=Here(2),
        cache=Cache(tmp_path / "c", tmp_path),
        on_event=lambda event: seen.append(_children()),
        on_end=lambda job, ended: None,
    )
    assert seen == [before, before]


RESUMED = """
import sys
from pathlib import Path
from analysis.engine.sweeping import grid
from analysis.engine.sweeping import sweep
from analysis.engine.reuse.cache import Cache
from analysis.engine.running.run import Job

book, folder = Path(sys.argv[1]), Path(sys.argv[2])
made = grid.combine(book, [grid.axis("n", list(range(6)))])
sweep.run_each(
    sweep.jobs_of(Job("", book, cold=True), made),
    sweep.Into(folder / "notebooks", folder / "failed"),
    runner=sweep.Here(2, cold=True),
    cache=Cache(book.parent / "cache", book.parent),
    on_event=lambda event: None,
    on_end=lambda job, ended: print(job.name, flush=True),
)
"""


def _started(book: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RESUMED, str(book), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    with process.stdout:
        yield from process.stdout


def test_a_sweep_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, write_notebook: Write
) -> None:
    """Long sweeps meet power cuts, and what is done must not be done again."""
    book = write_notebook(tmp_path / "book.ipynb", "n = 0", SQUARE)
    killed = _started(book, tmp_path / "killed")
    done = []
    for line in _lines(killed):
        done.append(line.strip())
        if len(done) == 2:
            killed.send_signal(signal.SIGKILL)
            break
    killed.wait()
    outcomes, _ = _sweep(
        _jobs(book, 6), tmp_path / "resumed", cache=Cache(tmp_path / "cache", tmp_path)
    )
    reused = [name for name, one in outcomes.items() if isinstance(one, Executed) and one.reused]
    assert set(done) <= set(reused)
    assert len(outcomes) == 6
    _sweep(_jobs(book, 6), tmp_path / "undisturbed")
    assert _files(tmp_path / "resumed") == _files(tmp_path / "undisturbed")


def test_an_interrupted_sweep_leaves_no_process(tmp_path: Path, write_notebook: Write) -> None:
    """Ctrl-C means now; a kernel that computes on takes the machine from the next try."""
    before = _children()
    book = write_notebook(tmp_path / "book.ipynb", "n = 0", "import time; time.sleep(60)")

    def interrupt(event: Event) -> None:
        if event.kind == "cell":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.run_each(
            _jobs(book, 3),
            Into(tmp_path / "out", tmp_path / "failed"),
            runner=Here(2, cold=True),
            cache=None,
            on_event=interrupt,
            on_end=lambda job, ended: None,
        )
    end = time.monotonic() + 10
    while _children() - before and time.monotonic() < end:
        time.sleep(0.05)
    assert _children() <= before


def _children() -> set[int]:
    """Processes that carry this test's mark in their environment, however deep."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if MARK.encode() in environment:
                found.add(int(entry.name))
    return found


MARK = f"WORKBENCH_TEST_SWEEP={os.getpid()}"


@pytest.fixture(autouse=True)
def _marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that a test starts carry its mark."""
    name, value = MARK.split("=")
    monkeypatch.setenv(name, value)
