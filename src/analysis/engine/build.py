"""Jobs in, executed notebooks out: in parallel, each once what it waits for is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from analysis import errors
from analysis.engine.events import Event, Listener, ignore
from analysis.engine.graph import bound, order
from analysis.engine.reuse.cache import Cache
from analysis.engine.reuse.traces import Asked
from analysis.engine.running.run import Executed, Job
from analysis.engine.workers.packages import named_by
from analysis.engine.workers.pool import Pool, cores, executed, pool
from analysis.errors import AnalysisError, CellError


def run_all(
    jobs: Sequence[Job],
    into: Path,
    *,
    workers: int | None = None,
    aside: Path | None = None,
    on_event: Listener = ignore,
    cache: Cache | None = None,
    page: bool = False,
    rerun: bool = False,
    started: Pool | None = None,
) -> tuple[Executed, ...]:
    """Run notebooks in parallel and write them to ``into``; reuse what ran before.

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
    cache : Cache, optional
        Where runs are looked for and kept, each as soon as it has ended, so that a build
        that was killed goes on where it was. It is closed when all is done.
    page : bool
        Whether each notebook's page is written too, ``<name>.html``.
    rerun : bool
        Whether everything is run, whatever the cache holds; it keeps what is new.
    started : Pool, optional
        A pool that loads while the caller does; it is used, and the caller closes it.

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
    checked = {job.name: bound(job) for job in jobs}
    size = max(1, min(workers or cores(), len(jobs)))
    with ExitStack() as opened:
        if cache is not None:
            opened.callback(cache.close)
        # Each worker begins with what makes pages where it will make several.
        many = rerun or cache is None or sum(not cache.records(job) for job in jobs) > size
        open_pool = _opener(opened, started, size, jobs, pages=page and many)
        state = _Build(
            checked, sorter, into, aside, open_pool, on_event, cache, page=page, rerun=rerun
        )
        state.run()
    state.raise_failures()
    return tuple(state.done[job.name] for job in jobs)


def _opener(
    opened: ExitStack, started: Pool | None, size: int, jobs: Sequence[Job], *, pages: bool
) -> Callable[[], Pool]:
    """Say how a pool is had once the first job really has to run: it is many processes."""
    if started is not None:
        started.size = size
        return lambda: started

    def open_now() -> Pool:
        packages = named_by(job.notebook for job in jobs)
        return opened.enter_context(
            pool(size, pages=pages, cold=_all_cold(jobs), packages=packages)
        )

    return open_now


def _all_cold(jobs: Sequence[Job]) -> bool:
    return all(job.cold for job in jobs)


@dataclass(slots=True)
class _Build:
    jobs: dict[str, Job]
    sorter: TopologicalSorter[str]
    into: Path
    aside: Path | None
    open_pool: Callable[[], Pool]
    on_event: Listener
    cache: Cache | None
    page: bool
    rerun: bool
    pool: Pool | None = None
    done: dict[str, Executed] = field(default_factory=dict)
    failed: dict[str, AnalysisError] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    running: dict[int, str] = field(default_factory=dict)
    ready: list[str] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        self._collect_ready()
        while self.ready or self.running:
            workers = self._opened()
            while self.ready and workers.free:
                self._hand_over(workers, self.ready.pop(0))
            heard = workers.listen()
            if heard.worker in self.running:
                self._hear(heard.worker, heard.answer)

    def _opened(self) -> Pool:
        if self.pool is None:
            self.pool = self.open_pool()
        return self.pool

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
                    if not self._reuse(name):
                        self.ready.append(name)
                    continue
                self.skipped.append(name)
                self.on_event(Event("skipped", name))
                self.sorter.done(name)

    def _reuse(self, name: str) -> bool:
        """Whether an earlier run stands for this one; it is then done."""
        if self.cache is None:
            return False
        job = self.jobs[name]
        if self.rerun or not self.cache.records(job):
            # It will have to run: workers begin to import while we look what it is made of.
            self._opened()
        asked = self.cache.ask(job, {other: self.outputs[other] for other in job.after})
        self.asked[name] = asked
        found = None if self.rerun else self.cache.reuse(job, asked, self.into, page=self.page)
        if found is None:
            self._opened()
            return False
        self.done[name], self.outputs[name] = found
        self.on_event(Event("reused", name, seconds=self.done[name].seconds))
        self.sorter.done(name)
        return True

    def _hand_over(self, to: Pool, name: str) -> None:
        self.began[name] = time.monotonic()
        worker = to.hand_over(self.jobs[name], self.into, self.aside, page=self.page)
        self.running[worker] = name

    def _hear(self, worker: int, answer: dict[str, Any] | None) -> None:
        name = self.running[worker]
        if answer is None:
            self._end(worker, _worker_died(name))
        elif "event" in answer:
            self.on_event(Event(**answer["event"]))
        elif "error" in answer:
            self._end(worker, _error(name, answer))
        elif "path" in answer:
            self._end(worker, executed(name, answer))

    def _end(self, worker: int, result: Executed | AnalysisError) -> None:
        name = self.running.pop(worker)
        if isinstance(result, Executed):
            self.done[name] = result
            if self.cache is not None:
                job, asked = self.jobs[name], self.asked[name]
                self.outputs[name] = self.cache.keep(job, asked, result)
        else:
            self._fail(name, result)
        self.sorter.done(name)
        self._collect_ready()

    def _fail(self, name: str, error: AnalysisError) -> None:
        self.failed[name] = error
        if self.cache is not None:
            seconds = time.monotonic() - self.began[name]
            self.cache.keep_failure(self.jobs[name], self.asked[name], str(error), seconds)
        # A cell that fails is told of by its run; what ends a run otherwise is not.
        if not isinstance(error, CellError):
            self.on_event(Event("failed", name))


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
