"""Every notebook of the workbench, run warm and run cold: the same bytes."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from analysis.engine.reuse.recorder import RUN_VARIABLE
from analysis.engine.running.rooms import common_environment
from analysis.engine.running.run import Job, run_job
from analysis.engine.warm import ADDRESS_VARIABLE, serving
from analysis.places import HOME_VARIABLE, find_places

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

PLACES = find_places(Path(__file__).parent)


@pytest.fixture
def _server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start a server that `run_job` finds."""
    with serving(common_environment(), tmp_path / "server") as address:
        monkeypatch.setenv(ADDRESS_VARIABLE, str(address))
        yield


def run_all(into: Path, work: Path, *, cold: bool) -> set[int]:
    """Run all notebooks, the one that reads the others last; return the kernels' parents."""
    parents: set[int] = set()

    def note(kernel: int) -> None:
        parents.add(psutil.Process(kernel).ppid())

    for notebook in sorted(PLACES.notebooks.glob("*.ipynb"), key=lambda one: one.stem):
        folders = {HOME_VARIABLE: PLACES.home, RUN_VARIABLE: into}
        job = Job(f"en/{notebook.stem}", notebook, folders=folders, cold=cold)
        run_job(job, into, work, on_kernel=note)
    return parents


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.usefixtures("_server")
def test_every_notebook_gives_the_same_bytes_warm_and_cold(tmp_path: Path) -> None:
    """How fast a kernel starts must not change a byte of a report, figures included."""
    into = tmp_path / "run"
    servers = run_all(into, tmp_path / "work", cold=False)
    assert len(servers) == 1
    assert os.getpid() not in servers
    warm = digests(into)
    into.rename(tmp_path / "warm")
    assert run_all(into, tmp_path / "work", cold=True) == {os.getpid()}
    assert len(warm) >= len(list(PLACES.notebooks.glob("*.ipynb")))
    assert digests(into) == warm
