"""Jobs in, executed notebooks out: in parallel, each once what it waits for is done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from analysis import errors
from analysis.engine import parameters
from analysis.engine.events import Event, Listener, ignore
from analysis.engine.graph import order
from analysis.engine.pool import Pool, pool
from analysis.engine.run import Executed, Job
from analysis.errors import AnalysisError, CellError


def run_all(
    jobs: Sequence[Job],
    into: Path,
    *,
    workers: int | None = None,
    aside: Path | None = None,
    on_event: Listener = ignore,
) -> tuple[Executed, ...]:
    """Run notebooks in parallel and write them to ``into``.

    Everything that can be checked is checked before a process starts. When a run
    fails, those that wait for it are skipped and all others still run; then the
    failures are raised together.

    Parameters
    ----------
    jobs : sequence of Job
        What to run; names must differ.
    into : Path
        Folder for the executed notebooks, ``<name>.ipynb``.
    workers : int, optional
        Number of runs at a time; default: one for each core this process may use.
    aside : Path, optional
        Folder for the executed part of failed runs; default ``into/failed``.
    on_event : callable
        Told of every step, in this thread.

    Returns
    -------
    tuple of Executed
        In the order of ``jobs``.

    Raises
    ------
    NotebookError, ParameterError
        Before anything runs: a missing notebook, a cycle, a wrong parameter.
    CellError
        After all others have run: a notebook's own code failed.
    """
    sorter = order(jobs)
    checked = [
        replace(job, parameters=parameters.bind(job.notebook, job.parameters)) for job in jobs
    ]
    size = max(1, min(workers or _cores(), len(jobs)))
    with pool(size) as open_pool:
        state = _Build({job.name: job for job in checked}, sorter, into, aside, open_pool, on_event)
        state.run()
    state.raise_failures()
    return tuple(state.done[job.name] for job in jobs)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True)
class _Build:
    jobs: dict[str, Job]
    sorter: TopologicalSorter[str]
    into: Path
    aside: Path | None
    pool: Pool
    on_event: Listener
    done: dict[str, Executed] = field(default_factory=dict)
    failed: dict[str, AnalysisError] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    running: dict[int, str] = field(default_factory=dict)
    ready: list[str] = field(default_factory=list)

    def run(self) -> None:
        self._collect_ready()
        while self.ready or self.running:
            while self.ready and self.pool.free:
                name = self.ready.pop(0)
                worker = self.pool.hand_over(self.jobs[name], self.into, self.aside)
                self.running[worker] = name
            heard = self.pool.listen()
            if heard.worker in self.running:
                self._hear(heard.worker, heard.answer)

    def raise_failures(self) -> None:
        """Raise what failed: alone as it was, several as one error that names each."""
        if not self.failed:
            return
        told = [str(error) for error in self.failed.values()]
        if self.skipped:
            told.append(f"Not run, as what they wait for failed: {', '.join(self.skipped)}.")
        if len(self.failed) > 1:
            told.insert(0, f"{len(self.failed)} of {len(self.jobs)} notebooks failed:")
        kinds = [type(error) for error in self.failed.values()]
        kind = CellError if CellError in kinds else kinds[0]
        raise kind("\n".join(told)) from next(iter(self.failed.values()))

    def _collect_ready(self) -> None:
        """Move jobs that wait for nothing any more to ``ready``, in the order given."""
        while names := self.sorter.get_ready():
            for name in sorted(names, key=list(self.jobs).index):
                lost = {*self.failed, *self.skipped}
                if lost.isdisjoint(self.jobs[name].after):
                    self.ready.append(name)
                    continue
                self.skipped.append(name)
                self.on_event(Event("skipped", name))
                self.sorter.done(name)

    def _hear(self, worker: int, answer: dict[str, Any] | None) -> None:
        name = self.running[worker]
        if answer is None:
            self._end(worker, _worker_died(name))
        elif "event" in answer:
            self.on_event(Event(**answer["event"]))
        elif "error" in answer:
            self._end(worker, _error(name, answer))
        elif "path" in answer:
            self._end(worker, Executed(name, Path(answer["path"]), answer["seconds"]))

    def _end(self, worker: int, result: Executed | AnalysisError) -> None:
        name = self.running.pop(worker)
        if isinstance(result, Executed):
            self.done[name] = result
        else:
            self.failed[name] = result
            # A cell that fails is told of by its run; what ends a run otherwise is not.
            if not isinstance(result, CellError):
                self.on_event(Event("failed", name))
        self.sorter.done(name)
        self._collect_ready()


def _worker_died(name: str) -> AnalysisError:
    return errors.NotebookError(
        f"{name}: the process that ran it ended unexpectedly (most often for want of memory). "
        "Run again with fewer at a time."
    )


def _error(name: str, answer: dict[str, Any]) -> AnalysisError:
    kind = getattr(errors, answer["error"], None) if answer["error"] else None
    if kind is None:
        raise RuntimeError(f"{name}: a bug in the engine ended the run.\n{answer['message']}")
    error: AnalysisError = kind(answer["message"])
    return error
