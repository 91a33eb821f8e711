"""pool: workers forked from one process that is ready; whatever dies, the rest goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from analysis.engine.running.run import Job
from analysis.engine.workers.pool import Pool, executed, pool
from analysis.errors import CellError

FIRST = "n = 1  # number"
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


def _answer(workers: Pool) -> dict[str, Any] | None:
    """Wait until a worker says how its job ended, or ends itself."""
    while True:
        heard = workers.listen()
        if heard.answer is None or not {"event", "kernel"} & set(heard.answer):
            return heard.answer


def _children(name: str) -> list[psutil.Process]:
    """Return the processes of ours that run a module of the engine."""
    ours = psutil.Process().children(recursive=True)
    return [each for each in ours if name in " ".join(each.cmdline()[:6])]


def _until(held: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < end
        time.sleep(0.02)


@linux
def test_workers_are_forked_from_one_process_with_one_thread(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A fork of a process with threads may hang for ever; an import each costs seconds."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST)
    with pool(2, cold=True) as workers:
        for name in ("a", "b"):
            workers.hand_over(Job(name, notebook), tmp_path / "out", None, page=True)
        for _ in range(2):
            assert "path" in (_answer(workers) or {})
        (nursery,) = (each for each in psutil.Process().children() if "nursery" in each.cmdline())
        assert nursery.num_threads() == 1
        assert len(nursery.children()) == 2
        assert {os.getsid(each.pid) for each in nursery.children()} == {
            each.pid for each in nursery.children()
        }
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a.html",
        "a.ipynb",
        "b.html",
        "b.ipynb",
    ]


@linux
@pytest.mark.parametrize("early", [True, False])
def test_without_the_nursery_work_goes_on(
    tmp_path: Path, write_notebook: Callable[..., Path], early: bool
) -> None:
    """It may be killed like any process, before or after it forked a worker."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST)
    with pool(2, cold=True) as workers:
        # A process bears its own name only once it has been given its program.
        while not (found := _children("analysis.engine.workers.worker")):
            time.sleep(0.01)
        (nursery,) = found
        if early:
            nursery.send_signal(signal.SIGSTOP)  # so that it has forked nothing when it dies
        for name in ("a", "b"):
            workers.hand_over(Job(name, notebook), tmp_path / "out", None)
        if not early:
            assert workers.listen().answer is not None
        nursery.kill()
        for _ in range(2):
            assert "path" in (_answer(workers) or {})
        workers.hand_over(Job("c", notebook), tmp_path / "out", None)
        assert "path" in (_answer(workers) or {})
    assert sorted(each.stem for each in (tmp_path / "out").iterdir()) == ["a", "b", "c"]
    assert _children("analysis") == []


def test_a_pool_that_is_not_used_leaves_nothing() -> None:
    """Where all is fresh nothing runs, and what was started early must go at once."""
    with pool(2) as workers:
        assert workers.work.is_dir()
    assert not workers.work.exists()
    assert _children("analysis") == []


def test_an_answer_tells_all_that_is_known_of_a_run(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The cache keeps what the build hears: a file forgotten here is lost on the next build."""
    (tmp_path / "evaluations").mkdir()
    (tmp_path / "data" / "published").mkdir(parents=True)
    source = (
        "from pathlib import Path\nfrom analysis.engine.reuse.recorder import note\n"
        "from analysis.places import find_places\nnote(find_places().home / 'gone.csv')\n"
        "Path('left.txt').write_text('x')"
    )
    notebook = write_notebook(tmp_path / "notebooks" / "a.ipynb", FIRST, source)
    with pool(1) as workers:
        workers.hand_over(Job("en/a", notebook), tmp_path / "out", None, page=True)
        answer = _answer(workers)
    assert answer is not None
    run = executed("en/a", answer)
    assert run.path == tmp_path / "out" / "en" / "a.ipynb"
    assert run.page == tmp_path / "out" / "en" / "a.html"
    assert run.files == (tmp_path / "out" / "en" / "a.files" / "left.txt",)
    assert run.reads == {"gone.csv": "absent"}
    assert run.seconds > 0


def test_many_runs_in_one_pool_do_not_grow_it(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A sweep makes a thousand runs in the same workers."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, "print('x' * 100_000)")
    sizes: list[tuple[int, int, int]] = []
    with pool(1) as workers:
        for turn in range(12):
            workers.hand_over(Job(f"a{turn}", notebook), tmp_path / "out", None)
            assert "path" in (_answer(workers) or {})
            everyone = [psutil.Process(), *psutil.Process().children(recursive=True)]
            sizes.append(
                (
                    sum(each.num_fds() for each in everyone if each.is_running()),
                    len(everyone),
                    len(list(workers.work.rglob("*"))),
                )
            )
    # The first runs still load what is loaded when first needed.
    assert max(sizes[3:]) <= max(sizes[:3])


def test_a_worker_whose_build_was_killed_ends_its_kernel_and_leaves(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A cold kernel lives in a session of its own: nobody else would end it."""
    write_notebook(tmp_path / "a.ipynb", FIRST, "import time; time.sleep(300)")
    script = (
        "import sys, os\nfrom pathlib import Path\nfrom analysis.engine.workers.pool import pool\n"
        "from analysis.engine.running.run import Job\nbase = Path(sys.argv[1])\n"
        "with pool(1) as workers:\n"
        "    workers.hand_over(Job('a', base / 'a.ipynb', cold=True), base / 'out', None)\n"
        "    while True:\n"
        "        answer = workers.listen().answer\n"
        "        if answer and answer.get('event', {}).get('cell') == 2:\n"
        "            print(workers.work, flush=True)\n"
    )
    build = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert build.stdout is not None
    work = Path(build.stdout.readline().strip())
    family = psutil.Process(build.pid).children(recursive=True)
    assert len(family) >= 2
    build.kill()
    build.wait()
    _until(lambda: not any(_lives(each) for each in family))
    _until(lambda: not work.exists())


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_failure_and_its_words_come_through(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The build raises the error of the run as if it had run here."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, "1 / 0")
    with pool(1) as workers:
        workers.hand_over(Job("a", notebook), tmp_path / "out", tmp_path / "aside")
        answer = _answer(workers)
    assert answer is not None
    assert answer["error"] == CellError.__name__
    assert "ZeroDivisionError" in answer["message"]
    assert (tmp_path / "aside" / "a.ipynb").exists()
