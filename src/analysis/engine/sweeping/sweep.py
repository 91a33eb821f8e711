"""A grid in, its runs made and told of one by one: here, or wherever the runner makes them.

A run that fails loses nothing of the others. What was run before comes from the cache,
so a sweep that was stopped goes on where it was. Jobs are looked at one by one and
forgotten when they end: a thousand take no more memory than ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from analysis import errors
from analysis.engine.events import Event, Listener
from analysis.engine.notebook import parameters
from analysis.engine.reuse.cache import Cache
from analysis.engine.reuse.traces import Asked
from analysis.engine.running.run import Executed, Job
from analysis.engine.sweeping.grid import Grid
from analysis.engine.workers.packages import named_by
from analysis.engine.workers.pool import Pool, cores, executed, pool
from analysis.errors import AnalysisError, CellError, NotebookError

Ended = Callable[[Job, Executed | AnalysisError], None]
"""Told how each run ended, once, in whatever order they end."""


@dataclass(frozen=True, slots=True)
class Into:
    """Folders for executed notebooks, and for the executed parts of runs that failed."""

    notebooks: Path
    failed: Path


class Runner(Protocol):
    """Makes runs: takes jobs when there is room for them, and tells how each ended."""

    def run(self, jobs: Iterator[Job], into: Into, on_event: Listener, on_end: Ended) -> None:
        """Run all jobs; raise only what ends the whole sweep."""


def jobs_of(like: Job, grid: Grid) -> tuple[Job, ...]:
    """Return one bound job a combination, named ``0001``, ``0002`` ..., else as ``like``."""
    runs = grid.runs()
    # What is not swept is the same in all, so it is bound once.
    shared = parameters.bind(like.notebook, {**grid.fixed, **next(iter(runs.values()), {})})
    return tuple(
        replace(like, name=name, parameters=shared | values) for name, values in runs.items()
    )


def run_each(
    jobs: Sequence[Job],
    into: Into,
    *,
    runner: Runner,
    cache: Cache | None,
    on_event: Listener,
    on_end: Ended,
) -> None:
    """Run independent jobs, reuse those whose fingerprint was run before, lose none.

    Parameters
    ----------
    jobs : sequence of Job
        Bound; names differ, and none waits for another.
    into : Into
        Where executed notebooks and parts of them are written, ``<name>.ipynb``.
    runner : Runner
        `Here`, or `cluster.Cluster`.
    cache : Cache, optional
        Asked before each run and given what it gave; without it nothing is reused.
    on_event, on_end : callable
        Told of every step and of how each run ended, in this thread.
    """
    state = _Sweep(into, cache, on_event, on_end)
    try:
        runner.run(state.to_run(jobs), into, on_event, state.end)
    finally:
        if cache is not None:
            cache.close()


@dataclass(slots=True)
class _Sweep:
    into: Into
    cache: Cache | None
    on_event: Listener
    on_end: Ended
    asked: dict[str, Asked] = field(default_factory=dict)

    def to_run(self, jobs: Sequence[Job]) -> Iterator[Job]:
        """Give those jobs that no earlier run stands for, each when it is asked for."""
        for job in jobs:
            found = self._reused(job)
            if found is None:
                yield job
                continue
            self.on_event(Event("reused", job.name, seconds=found.seconds))
            self.on_end(job, found)

    def end(self, job: Job, ended: Executed | AnalysisError) -> None:
        asked = self.asked.pop(job.name, None)
        if self.cache is not None and asked is not None:
            if isinstance(ended, Executed):
                self.cache.keep(job, asked, ended)
            else:
                self.cache.keep_failure(job, asked, str(ended), 0.0)
        self.on_end(job, ended)

    def _reused(self, job: Job) -> Executed | None:
        if self.cache is None:
            return None
        asked = self.cache.ask(job, {})
        found = self.cache.reuse(job, asked, self.into.notebooks)
        if found is None:
            self.asked[job.name] = asked
            return None
        return found[0]


@dataclass(frozen=True, slots=True)
class Here:
    """Makes runs in processes of this machine, ``workers`` at a time (default: one a core)."""

    workers: int | None = None
    cold: bool = False

    def run(self, jobs: Iterator[Job], into: Into, on_event: Listener, on_end: Ended) -> None:
        """Run all jobs; nothing is started where there is none."""
        first = next(jobs, None)
        if first is None:
            return
        # One notebook, run many times.
        packages = named_by([first.notebook])
        with pool(self.workers or cores(), cold=self.cold, packages=packages) as opened:
            _Local(opened, chain([first], jobs), into, on_event, on_end).run()


@dataclass(slots=True)
class _Local:
    pool: Pool
    jobs: Iterator[Job]
    into: Into
    on_event: Listener
    on_end: Ended
    running: dict[int, Job] = field(default_factory=dict)

    def run(self) -> None:
        job = next(self.jobs, None)
        while job is not None or self.running:
            while job is not None and self.pool.free:
                worker = self.pool.hand_over(job, self.into.notebooks, self.into.failed)
                self.running[worker] = job
                job = next(self.jobs, None)
            heard = self.pool.listen()
            if heard.worker in self.running:
                self._hear(heard.worker, heard.answer)

    def _hear(self, worker: int, answer: Mapping[str, Any] | None) -> None:
        if answer is not None and "event" in answer:
            self.on_event(Event(**answer["event"]))
        elif answer is None or "path" in answer or "error" in answer:
            job = self.running.pop(worker)
            ended = executed(job.name, answer) if answer and "path" in answer else None
            if ended is not None:
                self.on_end(job, ended)
                return
            error = failure(job, answer)
            # A cell that fails is told of by its run; what ends a run otherwise is not.
            if not isinstance(error, CellError):
                self.on_event(Event("failed", job.name))
            self.on_end(job, error)


def failure(job: Job, answer: Mapping[str, Any] | None) -> AnalysisError:
    """Return the error that a worker told of; ``None``: its process has ended.

    Raises
    ------
    RuntimeError
        If it is a bug of the engine.
    """
    if answer is None:
        return NotebookError(
            f"{named(job)}: the process that ran it ended unexpectedly (most often for want "
            "of memory). Run again with fewer at a time."
        )
    kind = getattr(errors, answer["error"], None) if answer["error"] else None
    if kind is None:
        raise RuntimeError(f"{job.name}: a bug in the engine ended the run.\n{answer['message']}")
    error: AnalysisError = kind(answer["message"])
    return error


def named(job: Job) -> str:
    """Name a run in a message."""
    return f"{job.notebook.name} (run as {job.name})"
