"""limits: a run that takes too much is stopped, told which limit, and harms nobody else."""

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from analysis.engine.running import limits
from analysis.engine.running.rooms import temporary_folder
from analysis.engine.running.run import Job, Limits, run_job
from analysis.errors import CellError, NotebookError

FIRST = "n = 1  # number"
EATS = "held = []\nwhile True: held.append(bytearray(10_000_000))"
# A child that eats, in a session of its own; the kernel itself takes nothing.
CHILD_EATS = f"""\
import subprocess, sys
subprocess.run([sys.executable, "-c", {EATS!r}], start_new_session=True)
"""
DEAF = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
# Holds the interpreter's lock in C, so that no signal handler of Python ever runs.
HANGS_IN_C = "import ctypes; ctypes.PyDLL(None).pause()"
FLOODS = "from IPython.display import display\nwhile True: display(1)"


@pytest.fixture
def kernels() -> Iterator[list[int]]:
    """Collect the kernels of a test; none, and nothing that one started, may outlive it."""
    known: list[int] = []
    yield known
    left = [pid for kernel in known for pid in limits.session_of(kernel)]
    _until(lambda: not any(map(_lives, left)))


def _until(held: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < end
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def _stopped(
    tmp_path: Path,
    write_notebook: Callable[..., Path],
    kernels: list[int],
    source: str,
    most: Limits,
) -> tuple[str, list[dict[str, Any]]]:
    """Run what must be stopped; return what is said and the outputs of the last cell kept."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, "print('before')", source, "1")
    job = Job("a", notebook, limits=most)
    with pytest.raises(CellError) as failed:
        run_job(job, tmp_path / "out", tmp_path / "work", on_kernel=kernels.append)
    kept = tmp_path / "out" / "failed" / "a.ipynb"
    said = str(failed.value).removesuffix(f". The executed part lies in {kept}.")
    cells = json.loads(kept.read_text(encoding="utf-8"))["cells"]
    assert cells[2]["outputs"][0]["text"] == ["before\n"]
    assert not (tmp_path / "out" / "a.ipynb").exists()
    return said.removeprefix("a.ipynb (run as a): "), cells[3]["outputs"]


@pytest.mark.parametrize("source", [EATS, CHILD_EATS])
def test_a_notebook_that_eats_memory_is_stopped_at_its_limit(
    tmp_path: Path, write_notebook: Callable[..., Path], kernels: list[int], source: str
) -> None:
    """Else the system ends whatever it likes, most often the user's desktop."""
    told, _ = _stopped(tmp_path, write_notebook, kernels, source, Limits(memory_mb=400))
    assert told == "cell 3 used more than the 400 MB allowed for the notebook"


def test_what_forked_children_share_counts_once() -> None:
    """A notebook that forks over one large table holds it once, whatever their sum says."""
    script = (
        "import os, sys\nheld = bytearray(b'1' * 200_000_000)\n"
        "for _ in range(2):\n"
        "    if os.fork() == 0:\n"
        "        sys.stdin.read(); os._exit(0)\n"
        "print(flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    shared = limits._Family().resident_bytes(process.pid, limit=300_000_000)
    summed = sum(psutil.Process(pid).memory_info().rss for pid in limits.session_of(process.pid))
    limits.end_all(process.pid)
    process.wait()
    assert summed > 600_000_000
    assert 200_000_000 < shared < 300_000_000


@pytest.mark.parametrize(
    "source", ["for _ in range(100): print('x' * 1_000_000)", "while True: print('x' * 1_000)"]
)
def test_a_notebook_that_prints_without_end_is_stopped_at_its_limit(
    tmp_path: Path, write_notebook: Callable[..., Path], kernels: list[int], source: str
) -> None:
    """A hundred megabytes of print make a report that nobody can open."""
    told, shown = _stopped(tmp_path, write_notebook, kernels, source, Limits(output_mb=2))
    assert told == "cell 3 printed and showed more than the 2 MB allowed for the notebook"
    assert sum(len("".join(output["text"])) for output in shown) <= 2 << 20


@pytest.mark.parametrize("source", [DEAF, HANGS_IN_C, FLOODS])
def test_a_cell_that_listens_to_nothing_ends_when_time_is_up(
    tmp_path: Path, write_notebook: Callable[..., Path], kernels: list[int], source: str
) -> None:
    """A build over night must not find in the morning that it still waits."""
    told, _ = _stopped(tmp_path, write_notebook, kernels, source, Limits(seconds=1))
    assert told == "cell 3 did not end within the 1 seconds allowed for the notebook"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import os; os._exit(3)", "it left with exit code 3, as os._exit does"),
        ("import os; os.kill(os.getpid(), 9)", "it was killed, most often for want of memory"),
        (
            "import ctypes; ctypes.string_at(0)",
            "SIGSEGV, most often a crash in compiled code",
        ),
    ],
)
def test_a_kernel_that_dies_is_told_with_how_it_died(
    tmp_path: Path, write_notebook: Callable[..., Path], kernels: list[int], source: str, why: str
) -> None:
    """Whoever mends it looks in different places for a crash and for want of memory."""
    told, _ = _stopped(tmp_path, write_notebook, kernels, source, Limits())
    assert told == f"cell 3 ended its kernel ({why})"


def test_processes_that_a_notebook_left_running_end_with_it(
    tmp_path: Path, write_notebook: Callable[..., Path], kernels: list[int]
) -> None:
    """A server started for a figure would otherwise stay until the next restart."""
    source = (
        "import subprocess\n"
        "pids = [subprocess.Popen(['sleep', '300'], start_new_session=own).pid\n"
        "        for own in (True, False)]\nprint(*pids)"
    )
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, source)
    done = run_job(Job("a", notebook), tmp_path, tmp_path / "work", on_kernel=kernels.append)
    told = json.loads(done.path.read_text())["cells"][-1]["outputs"][0]["text"][0]
    _until(lambda: not any(_lives(int(pid)) for pid in told.split()))


def test_nothing_shown_is_lost_however_fast(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """ZeroMQ drops what is not fetched in time, and says nothing: figures would be missing."""
    source = "from IPython.display import display\nfor i in range(2500): display(i)"
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, source)
    done = run_job(Job("a", notebook), tmp_path, tmp_path / "work")
    outputs = json.loads(done.path.read_text())["cells"][-1]["outputs"]
    shown = [int(output["data"]["text/plain"][0]) for output in outputs]
    assert shown == list(range(2500))


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """Let every file that this process writes fail beyond ``size`` bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_while_writing_leaves_the_old_notebook(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """Nothing half written: neither a truncated notebook nor a file of ours beside it."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, "print('x' * 200_000)")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.ipynb").write_text("old")
    with (
        _files_of_at_most(100_000),
        pytest.raises(NotebookError, match=r"cannot be written \(File too large\)\. Make room"),
    ):
        run_job(Job("a", notebook), tmp_path / "out", tmp_path / "work")
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["a.ipynb"]
    assert (tmp_path / "out" / "a.ipynb").read_text() == "old"


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 kB, where this system lets us."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this system does not let us mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_told_and_left_as_it_was(
    full_disk: Path, tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The same on a real disk without room, with what the notebook left in its folder."""
    source = "open('big.csv', 'w').write('1' * 200_000); print(n)"
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, source)
    with pytest.raises(NotebookError, match=r"cannot be written \(No space left on device\)"):
        run_job(Job("a", notebook), full_disk / "out", tmp_path / "work")
    assert [each for each in full_disk.rglob("*") if not each.is_dir()] == []


def test_a_failure_is_told_even_where_its_executed_part_cannot_be_kept(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A full disk must not hide which cell failed."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, "1 / 0")
    (tmp_path / "aside").write_text("a file where a folder should be")
    with pytest.raises(CellError, match=r"ZeroDivisionError.*The executed part cannot be kept in"):
        run_job(Job("a", notebook), tmp_path, tmp_path / "work", aside=tmp_path / "aside")


def test_no_folder_to_work_in_is_told(tmp_path: Path, write_notebook: Callable[..., Path]) -> None:
    """A full temporary folder is the user's to mend: no traceback."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST)
    short = temporary_folder()
    (short / "w").write_text("a file where a folder should be")
    with pytest.raises(NotebookError, match="w: no folder to work in can be made there"):
        run_job(Job("a", notebook), tmp_path / "out", short / "w")
    shutil.rmtree(short)
