"""Two hundred runs here and on a cluster that loses a worker: the same tables, nothing left."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from analysis.engine.events import Event
from analysis.engine.sweeping import grid
from analysis.flow import sweeping

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.soak

RUNS = 200
GROWTH_MB = 40
"""So much memory more after two hundred runs is a leak: a run is a few hundred kilobytes."""

Tell = Callable[[str], None]


def _book(folder: Path) -> Path:
    folder.mkdir()
    sources = ["n = 0  # number", "print(n * n)", "assert n % 50 != 7"]
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"c{place}",
            "metadata": {} if place else {"tags": ["parameters"]},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for place, source in enumerate(sources)
    ]
    path = folder / "book.ipynb"
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def _grid(book: Path) -> grid.Grid:
    return grid.combine(book, [grid.axis("n", list(range(RUNS)))])


def _tables(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_two_hundred_runs_are_the_same_here_and_on_a_cluster_that_loses_a_worker(
    tmp_path: Path, tell: Tell
) -> None:
    """What a long sweep gives must not depend on where it ran or on what broke meanwhile."""
    here, there = _book(tmp_path / "here"), _book(tmp_path / "there")
    me = psutil.Process()
    seen: list[tuple[int, int, int]] = []

    def look(event: Event) -> None:
        if event.kind in ("finished", "failed"):
            seen.append((me.memory_info().rss >> 20, me.num_fds(), len(me.children(True))))

    local = sweeping.run(here, _grid(here), on_event=look)
    early, late = seen[RUNS // 10], seen[-1]
    tell(f"{RUNS} runs here in {local.seconds:.0f} s; MB, descriptors, processes {early} {late}")
    assert late[0] - early[0] < GROWTH_MB
    assert late[1] <= early[1] + 2
    assert late[2] <= early[2] + 1
    assert len(local.failed) == RUNS // 50
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        ended: list[str] = []

        def kill_one(event: Event) -> None:
            if event.kind in ("finished", "failed"):
                ended.append(event.job)
                if len(ended) == RUNS // 4:
                    worker = next(worker.pid for worker in cluster.workers.values() if worker.pid)
                    os.kill(worker, signal.SIGKILL)

        remote = sweeping.run(
            there, _grid(there), scheduler=cluster.scheduler_address, on_event=kill_one
        )
    tell(f"{RUNS} runs on two Dask workers, one killed, in {remote.seconds:.0f} s")
    assert len(ended) == RUNS
    assert _tables(local.folder) == _tables(remote.folder)
