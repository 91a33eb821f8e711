"""cluster: runs made by Dask workers are those made here, to the byte, whatever befalls them."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from analysis.engine.cluster import archive as cluster_archive
from analysis.engine.cluster import client as cluster_client
from analysis.engine.cluster import folder as cluster_folder
from analysis.engine.cluster import runs as on_cluster
from analysis.engine.events import Event
from analysis.engine.reuse.cache import Cache
from analysis.engine.running.run import Executed, Job, Limits
from analysis.engine.sweeping import grid, sweep
from analysis.engine.sweeping.sweep import Here, Into
from analysis.errors import AnalysisError, NotebookError
from analysis.places import HOME_VARIABLE

distributed = pytest.importorskip("distributed")

Write = Callable[..., Path]
Outcomes = dict[str, Executed | AnalysisError]
HOME = Path(__file__).parents[2]
GONE_SECONDS = 20.0
"""So long may the processes of a sweep outlive it on a busy machine."""

READS = """\
from analysis.engine.notebook.named_files import located
print(located("data/factor.txt").read_text(), n * n)"""
FAILS_AT_TWO = "assert n != 2"


@pytest.fixture(scope="module")
def short_folder() -> Iterator[Path]:
    """A temporary folder of Dask workers, to see what they leave in it."""
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def dask(short_folder: Path) -> Iterator[Any]:
    """Two Dask workers in processes of their own."""
    kept = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(short_folder)
    try:
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            yield cluster
    finally:
        os.environ.pop("TMPDIR")
        if kept is not None:
            os.environ["TMPDIR"] = kept


@pytest.fixture
def book(tmp_path: Path, write_notebook: Write) -> Path:
    """A notebook that reads a file, and fails for one value."""
    (tmp_path / "home/data").mkdir(parents=True)
    (tmp_path / "home/data/factor.txt").write_text("seven", encoding="utf-8")
    return write_notebook(tmp_path / "home/book.ipynb", "n = 0", READS, FAILS_AT_TWO)


def _jobs(book: Path, count: int, *, cold: bool = True, seconds: int = 900) -> tuple[Job, ...]:
    made = grid.combine(book, [grid.axis("n", list(range(count)))])
    like = Job(
        *("", book),
        folders={HOME_VARIABLE: book.parent},
        limits=Limits(seconds=seconds),
        cold=cold,
    )
    return sweep.jobs_of(like, made)


def _on(
    address: str,
    jobs: tuple[Job, ...],
    folder: Path,
    *,
    cache: Cache | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
) -> Outcomes:
    outcomes: Outcomes = {}
    with on_cluster.cluster(address, jobs[0].notebook.parent, jobs) as runner:
        sweep.run_each(
            jobs,
            Into(folder / "notebooks", folder / "failed"),
            runner=runner,
            cache=cache,
            on_event=on_event,
            on_end=lambda job, ended: outcomes.__setitem__(job.name, ended),
        )
    return outcomes


def _here(jobs: tuple[Job, ...], folder: Path) -> Outcomes:
    outcomes: Outcomes = {}
    sweep.run_each(
        jobs,
        Into(folder / "notebooks", folder / "failed"),
        runner=Here(2, cold=True),
        cache=None,
        on_event=lambda event: None,
        on_end=lambda job, ended: outcomes.__setitem__(job.name, ended),
    )
    return outcomes


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _worker_pids(dask: Any) -> list[int]:
    return [worker.pid for worker in dask.workers.values() if worker.pid]


def _await_nothing_left(short_folder: Path) -> None:
    """See that no process of a sweep lives any more, whoever started it, and no file lies."""
    end = time.monotonic() + GONE_SECONDS
    left: list[str] = []
    while time.monotonic() < end:
        left = [*_of_sweeps(short_folder), *map(str, short_folder.glob("workbench-*"))]
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError(f"left: {left}")


def _of_sweeps(short_folder: Path) -> Iterator[str]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            ours = "analysis.engine" in command or str(short_folder) in command
            if ours and process.environ().get("TMPDIR", "").startswith(str(short_folder)):
                yield f"{process.pid} {command[:60]}"


def test_a_cluster_gives_what_this_machine_gives(
    tmp_path: Path, dask: Any, short_folder: Path, book: Path
) -> None:
    """Where a run was made must not be seen in what it gave; warm there, cold here."""
    events: list[Event] = []
    there = _on(
        *(dask.scheduler_address, _jobs(book, 5, cold=False), tmp_path / "there"),
        on_event=events.append,
    )
    here = _here(_jobs(book, 5), tmp_path / "here")
    assert _files(tmp_path / "there") == _files(tmp_path / "here")
    assert len(_files(tmp_path / "there/notebooks")) == 4
    assert str(there["0003"]).replace("/there/", "/here/") == str(here["0003"])
    for name, ended in here.items():
        if isinstance(ended, Executed):
            assert there[name].reads == ended.reads  # type: ignore[union-attr]
            assert "data/factor.txt" in ended.reads
    assert {"started", "cell", "finished", "failed"} == {event.kind for event in events}
    _await_nothing_left(short_folder)


@pytest.mark.soak
def test_runs_of_a_lost_worker_are_made_again(
    tmp_path: Path, dask: Any, short_folder: Path, book: Path
) -> None:
    """Machines of a cluster are taken away; a table with holes would be the worst answer."""
    killed: list[int] = []

    def kill_one(event: Event) -> None:
        if event.kind == "finished" and not killed:
            killed.append(_worker_pids(dask)[0])
            os.kill(killed[0], signal.SIGKILL)

    _on(dask.scheduler_address, _jobs(book, 8), tmp_path / "there", on_event=kill_one)
    _here(_jobs(book, 8), tmp_path / "here")
    assert killed
    assert _files(tmp_path / "there") == _files(tmp_path / "here")
    _await_nothing_left(short_folder)


def test_what_a_cluster_gave_is_reused_here(tmp_path: Path, dask: Any, book: Path) -> None:
    """A sweep may begin on a laptop and end on a cluster, or the other way round."""
    cache = tmp_path / "cache"
    _on(
        *(dask.scheduler_address, _jobs(book, 2), tmp_path / "there"),
        cache=Cache(cache, book.parent),
    )
    events: list[Event] = []
    sweep.run_each(
        _jobs(book, 2),
        Into(tmp_path / "here/notebooks", tmp_path / "here/failed"),
        runner=Here(1, cold=True),
        cache=Cache(cache, book.parent),
        on_event=events.append,
        on_end=lambda job, ended: None,
    )
    assert [event.kind for event in events] == ["reused", "reused"]
    assert _files(tmp_path / "there") == _files(tmp_path / "here")


def test_an_interrupted_sweep_leaves_nothing_on_the_workers(
    tmp_path: Path, dask: Any, short_folder: Path, write_notebook: Write
) -> None:
    """A cluster is shared: what nobody waits for must not hold its workers."""
    sleeps = write_notebook(tmp_path / "home/book.ipynb", "n = 0", "import time; time.sleep(600)")

    def interrupt(event: Event) -> None:
        if event.kind == "cell" and event.cell == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _on(
            *(dask.scheduler_address, _jobs(sleeps, 3), tmp_path / "there"),
            on_event=interrupt,
        )
    _await_nothing_left(short_folder)


def test_reading_outside_the_workbench_fails_the_run(
    tmp_path: Path, dask: Any, write_notebook: Write
) -> None:
    """On one machine the file is there, on another it is not, or is another one."""
    outside = tmp_path / "outside.txt"
    outside.write_text("here", encoding="utf-8")
    reads = (
        "from pathlib import Path\nfrom analysis.engine.reuse import recorder\n"
        f"recorder.note(Path({str(outside)!r}))"
    )
    book = write_notebook(tmp_path / "home/book.ipynb", "n = 0", reads)
    (ended,) = _on(dask.scheduler_address, _jobs(book, 1), tmp_path / "there").values()
    assert isinstance(ended, NotebookError)
    assert "it read 1 file outside the workbench" in str(ended)
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["failed"]


BARE_WORKER = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "analysis":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from distributed.cli.dask_worker import main
main()
"""


def test_a_worker_needs_no_analysis_of_its_own(tmp_path: Path, write_notebook: Write) -> None:
    """Clusters are kept by others; the code that made a table is the code that was sent."""
    where = "import analysis.engine.running.run\nprint(analysis.engine.running.run.__file__)"
    book = write_notebook(tmp_path / "home/book.ipynb", "n = 0", where)
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as bare:
        worker = subprocess.Popen(
            [
                *(sys.executable, "-P", "-c", BARE_WORKER, bare.scheduler_address),
                *("--no-nanny", "--no-dashboard", "--nthreads", "1"),
                *("--local-directory", str(tmp_path / "dask")),
            ],
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            stderr=subprocess.DEVNULL,
        )
        try:
            (ended,) = _on(bare.scheduler_address, _jobs(book, 1), tmp_path / "there").values()
        finally:
            worker.terminate()
            worker.wait()
    assert isinstance(ended, Executed), str(ended)
    told = json.loads(ended.path.read_text(encoding="utf-8"))["cells"][2]["outputs"][0]["text"]
    assert "/src/analysis/engine/running/run.py" in "".join(told)
    assert str(HOME) not in "".join(told)


def test_a_run_that_kills_every_worker_is_its_own_failure(
    tmp_path: Path, short_folder: Path, write_notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One combination that eats all memory must not take the others with it."""
    import dask

    monkeypatch.setenv("TMPDIR", str(short_folder))
    kills = """\
import os, signal, psutil
if n == 1:
    above = psutil.Process().parents()
    serving = next(p for p in above if "cluster.serve" in " ".join(p.cmdline()))
    os.kill(serving.ppid(), signal.SIGKILL)"""
    book = write_notebook(tmp_path / "home/book.ipynb", "n = 0", kills)
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
        ) as frail,
    ):
        outcomes = _on(frail.scheduler_address, _jobs(book, 3), tmp_path / "there")
    _await_nothing_left(short_folder)
    assert "every worker that ran it died" in str(outcomes["0002"])
    assert isinstance(outcomes["0001"], Executed)
    assert isinstance(outcomes["0003"], Executed)


@pytest.mark.soak
def test_a_cluster_without_workers_ends_the_sweep_and_keeps_what_is_done(
    tmp_path: Path, short_folder: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting for workers that nobody starts would be a hang; a second try goes on."""
    monkeypatch.setenv("TMPDIR", str(short_folder))
    monkeypatch.setattr(on_cluster, "NO_WORKER_SECONDS", 2)
    monkeypatch.setattr(cluster_client, "NO_WORKER_SECONDS", 2)
    cache = tmp_path / "cache"
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as shrinking:

        def take_workers(event: Event) -> None:
            if event.kind == "finished":
                shrinking.scale(0)

        with pytest.raises(AnalysisError, match="no worker for 2 seconds") as refused:
            _on(
                *(shrinking.scheduler_address, _jobs(book, 30), tmp_path / "there"),
                cache=Cache(cache, book.parent),
                on_event=take_workers,
            )
        assert refused.value.exit_code == 2
        with pytest.raises(AnalysisError, match="no worker for 2 seconds"):
            _on(shrinking.scheduler_address, _jobs(book, 1), tmp_path / "again")
    _await_nothing_left(short_folder)
    kept = Cache(cache, book.parent)
    # Which of them a scheduler runs first is its own affair.
    assert any(kept.trace(kept.ask(job, {})) is not None for job in _jobs(book, 30))


def test_an_unreachable_scheduler_is_refused(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong address is told of in seconds, before anything is written."""
    monkeypatch.setattr(cluster_client, "CONNECTING_SECONDS", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://here:1", "tcp://:"):
        with pytest.raises(AnalysisError, match="no Dask scheduler answered") as refused:
            _on(address, _jobs(book, 1), tmp_path / "there")
        assert refused.value.exit_code == 2
    assert not (tmp_path / "there").exists()


def test_without_dask_the_extra_is_named(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask is an optional extra; who lacks it must learn its name."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(AnalysisError, match="the extra `cluster`"):
        _on("tcp://127.0.0.1:9", _jobs(book, 1), tmp_path / "there")


def test_a_worker_with_other_packages_is_refused(tmp_path: Path) -> None:
    """What a run gives is kept under the packages of this machine."""
    here = cluster_folder.versions()
    (tmp_path / cluster_folder.VERSIONS).write_text(json.dumps(here), encoding="utf-8")
    cluster_folder.refuse_other_versions(tmp_path)
    other = here | {"pandas": "0.1", "not-installed-there": "1"}
    (tmp_path / cluster_folder.VERSIONS).write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(cluster_folder.Refused, match=f"has pandas {here['pandas']} instead of 0.1"):
        cluster_folder.refuse_other_versions(tmp_path)


def _members(archive: cluster_archive.Archive) -> set[str]:
    import io
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(archive.content), mode="r:gz") as packed:
        return set(packed.getnames())


def test_what_is_private_or_made_here_does_not_travel(
    tmp_path: Path, write_notebook: Write
) -> None:
    """A cluster belongs to others: submissions, secrets and outputs stay on this machine."""
    home = tmp_path / "home"
    for name in (
        *("data/published/a.csv", "data/submissions/case.csv", "evaluations/e.yml", ".env"),
        *("outputs/built/notebooks/x.ipynb", "outputs/other/x.ipynb", "docs/page.md"),
        *("notebooks/.ipynb_checkpoints/b.ipynb",),
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name, encoding="utf-8")
    book = write_notebook(home / "notebooks/book.ipynb", "n = 0")
    built = {"WORKBENCH_RUN": home / "outputs/built/notebooks"}
    archive = cluster_archive.pack([Job("a", book, folders=built)], home)
    members = _members(archive)
    assert {name for name in members if name.startswith("home/")} == {
        "home/data/published/a.csv",
        "home/evaluations/e.yml",
        "home/notebooks/book.ipynb",
        "home/outputs/built/notebooks/x.ipynb",
    }
    assert {"src/analysis/engine/running/run.py", cluster_folder.VERSIONS} <= members
    assert archive.content == cluster_archive.pack([Job("b", book, folders=built)], home).content


def test_what_git_ignores_does_not_travel(tmp_path: Path, write_notebook: Write) -> None:
    """Ignored files are large, private or made anew: none of it is what was asked to be run."""
    book = write_notebook(tmp_path / "book.ipynb", "n = 0")
    (tmp_path / "kept.csv").write_text("a", encoding="utf-8")
    (tmp_path / "ignored.csv").write_text("a", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("ignored.csv\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    members = _members(cluster_archive.pack([Job("a", book)], tmp_path))
    assert {"home/kept.csv", "home/book.ipynb"} <= members
    assert "home/ignored.csv" not in members


def test_files_that_lie_elsewhere_are_refused(tmp_path: Path, write_notebook: Write) -> None:
    """A link leads somewhere on one machine only."""
    book = write_notebook(tmp_path / "home/book.ipynb", "n = 0")
    (tmp_path / "far.csv").write_text("a", encoding="utf-8")
    (tmp_path / "home/near.csv").symlink_to(tmp_path / "far.csv")
    with pytest.raises(NotebookError, match=r"1 files lie elsewhere .* \(near.csv\)"):
        cluster_archive.pack([Job("a", book)], tmp_path / "home")
    (tmp_path / "home/near.csv").unlink()
    far = Job("a", book, folders={"X": tmp_path / "elsewhere"})
    with pytest.raises(NotebookError, match=r"1 folders .* lie outside it \(elsewhere\)"):
        cluster_archive.pack([far], tmp_path / "home")


def test_a_folder_too_large_to_travel_is_refused(
    tmp_path: Path, write_notebook: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook in a home folder would otherwise send all of it."""
    monkeypatch.setattr(cluster_archive, "LARGEST_MB", 3)
    book = write_notebook(tmp_path / "book.ipynb", "n = 0")
    with (tmp_path / "large.bin").open("wb") as large:
        large.truncate(5 << 20)
    with pytest.raises(NotebookError, match="at most 3 MB travel"):
        cluster_archive.pack([Job("a", book)], tmp_path)
