"""Jobs in, the same runs made on a Dask cluster out.

Files travel once, as an archive, and what a worker runs travels by value. A lost
worker's runs are made again by Dask; what cannot go on ends with a clear error, and
what is done is kept.
"""

from __future__ import annotations

import contextlib
import operator
import pickle
import queue
import time
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from analysis.engine.cluster import archive as cluster_archive
from analysis.engine.cluster import task as cluster_task
from analysis.engine.cluster.archive import Archive
from analysis.engine.cluster.client import (
    NO_WORKER_SECONDS,
    SHORT_SECONDS,
    ByValue,
    by_value,
    connected,
    require_workers,
    without_workers,
)
from analysis.engine.cluster.results import failed, receive
from analysis.engine.events import Event, Kind, Listener
from analysis.engine.running.run import Executed, Job
from analysis.engine.sweeping.sweep import Ended, Into
from analysis.errors import AnalysisError
from analysis.places import HOME_VARIABLE

MARGIN_SECONDS = 300
"""What a run may take beyond its own limit: a kernel's start, packing, the way back."""

_ATTEMPTS = 3
_RETRIES = 2


@contextmanager
def cluster(address: str, home: Path, sweep: Sequence[Job]) -> Iterator[Cluster]:
    """Connect to the Dask cluster whose scheduler is at ``address``, as ``tcp://host:8786``.

    Parameters
    ----------
    address : str
        Of the scheduler.
    home : Path
        Folder whose files travel; what runs read must lie in it.
    sweep : sequence of Job
        All jobs there may be: the notebooks, files and folders that they name travel too.

    Raises
    ------
    AnalysisError
        If there is no Dask here, no scheduler there, it has no workers of this Python, or
        files cannot travel.
    """
    with connected(address) as client:
        require_workers(client, address)
        yield Cluster(client, address, cluster_archive.pack(sweep, home))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Makes runs on a Dask cluster; a `sweep.Runner`."""

    client: Any
    address: str
    archive: Archive

    def run(self, jobs: Iterator[Job], into: Into, on_event: Listener, on_end: Ended) -> None:
        """Run all jobs on the cluster; nothing is sent where there is none.

        Raises
        ------
        AnalysisError
            If the scheduler or all workers are gone for too long, a worker has other
            packages, or nothing can be written. Runs that ended before were told of.
        """
        first = next(jobs, None)
        if first is None:
            return
        campaign = _Campaign(
            self.client, self.address, self.archive, chain([first], jobs), into, on_event, on_end
        )
        try:
            campaign.run()
        finally:
            campaign.leave()


@dataclass(frozen=True, slots=True)
class _Try:
    """One try to make a run: the how many-th, and whether nothing else of ours runs."""

    job: Job
    attempt: int = 1
    alone: bool = False


@dataclass(slots=True)
class _Campaign:
    client: Any
    address: str
    archive: Archive
    jobs: Iterator[Job]
    into: Into
    on_event: Listener
    on_end: Ended
    again: deque[_Try] = field(default_factory=deque)
    suspects: deque[_Try] = field(default_factory=deque)
    next: Job | None = None
    running: dict[str, tuple[_Try, Any]] = field(default_factory=dict)
    heard: queue.Queue[tuple[str, Any]] = field(default_factory=queue.Queue)
    sweep: str = field(default_factory=lambda: f"workbench-{uuid.uuid4().hex}")
    sent: Any = None
    function: Any = None
    slots: int = 0
    last_counted: float = 0.0
    last_worker: float = field(default_factory=time.monotonic)
    last_heard: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        self.client.subscribe_topic(self.sweep, lambda event: self.heard.put(("", event[1])))
        self.next = next(self.jobs, None)
        while self.next or self.again or self.suspects or self.running:
            self._count_slots()
            self._send_next()
            self._hear()

    def leave(self) -> None:
        """Cancel what runs and end every process on the workers; never wait for long."""
        with contextlib.suppress(Exception):
            self.client.unsubscribe_topic(self.sweep)
        with contextlib.suppress(Exception):
            futures = [future for _, future in self.running.values()]
            self.client.sync(self.client._cancel, futures, callback_timeout=SHORT_SECONDS)
        with contextlib.suppress(Exception):
            self.client.sync(
                self.client._run,
                ByValue(cluster_task.leave),
                self.sweep,
                on_error="ignore",
                callback_timeout=2 * SHORT_SECONDS,
            )

    def _count_slots(self) -> None:
        """See how many runs the cluster takes at a time; give up when it is gone."""
        now = time.monotonic()
        if self.client.status == "closed":
            raise AnalysisError(
                f"--scheduler {self.address}: the scheduler is gone. Start it and sweep again; "
                "what is done is kept."
            )
        if now - self.last_counted < 1:
            return
        self.last_counted = now
        with contextlib.suppress(OSError, TimeoutError, AttributeError):
            cores = self.client.sync(self.client.scheduler.ncores, callback_timeout=SHORT_SECONDS)
            self.slots = sum(cores.values())
        if self.slots:
            self.last_worker = now
        if now - self.last_worker > NO_WORKER_SECONDS:
            raise without_workers(self.address)

    def _send_next(self) -> None:
        # So many that no worker waits for us, so few that results do not pile up there.
        while self.slots and len(self.running) < 2 * self.slots + 2:
            taken = self._take() if self._archive_is_there() else None
            if taken is None:
                return
            key = f"{self.sweep}-{taken.job.name}-{taken.attempt}"
            future = self.client.submit(
                *(operator.call, self.function, self.sent, self._order(taken.job)),
                key=key,
                retries=_RETRIES,
                pure=False,
            )
            self.running[key] = (taken, future)
            future.add_done_callback(lambda future: self.heard.put((future.key, None)))

    def _archive_is_there(self) -> bool:
        """Send archive and code, once; false while no worker is there to take them."""
        if self.sent is None:
            # Workers may go at any moment, so this is tried again until there are some.
            with contextlib.suppress(OSError, TimeoutError):
                self.sent = self.client.scatter(
                    self.archive.content, broadcast=True, direct=False, hash=False
                )
                # Unpickled by a worker, not by the scheduler: one that knows `analysis`
                # would pass it on by its name.
                self.function = self.client.submit(
                    pickle.loads, by_value(cluster_task.run_task), pure=False
                )
        return self.sent is not None

    def _take(self) -> _Try | None:
        if self.again:
            return self.again.popleft()
        if self.next is not None:
            job, self.next = self.next, next(self.jobs, None)
            return _Try(job)
        # Alone on the cluster, so that the guilty is told from who was beside it.
        return self.suspects.popleft() if self.suspects and not self.running else None

    def _order(self, job: Job) -> dict[str, Any]:
        return {
            "sweep": self.sweep,
            "topic": self.sweep,
            "sha256": self.archive.sha256,
            "seconds": job.limits.seconds + MARGIN_SECONDS,
            "job": {
                "name": job.name,
                "notebook": self.archive.place_of(job.notebook),
                "parameters": dict(job.parameters),
                "environment": dict(job.environment),
                "folders": {
                    name: self.archive.place_of(folder)
                    for name, folder in {HOME_VARIABLE: self.archive.home, **job.folders}.items()
                },
                "limits": asdict(job.limits),
                "cold": job.cold,
            },
        }

    def _hear(self) -> None:
        try:
            key, event = self.heard.get(timeout=1)
        except queue.Empty:
            self._refuse_silence()
            return
        self.last_heard = time.monotonic()
        if event is not None:
            self.on_event(Event(**event["event"]))
        elif key in self.running:
            self._end(key)

    def _refuse_silence(self) -> None:
        longest = max((one.job.limits.seconds for one, _ in self.running.values()), default=0)
        silent = time.monotonic() - self.last_heard
        if silent > longest + 2 * MARGIN_SECONDS:
            raise AnalysisError(
                f"--scheduler {self.address}: nothing was heard of {len(self.running)} runs for "
                f"{silent:.0f} seconds. See what the cluster does; what is done is kept."
            )

    def _end(self, key: str) -> None:
        tried, future = self.running.pop(key)
        more = replace(tried, attempt=tried.attempt + 1)
        if future.status in ("cancelled", "lost") and tried.attempt < _ATTEMPTS:
            # The archive went with the last worker that had it, or the scheduler began anew.
            self.sent = None
            self.again.append(more)
            return
        if not tried.alone and _lost_its_workers(future):
            self.suspects.append(replace(more, alone=True))
            return
        job = tried.job
        ended = self._outcome(job, future)
        kind: Kind = "finished" if isinstance(ended, Executed) else "failed"
        seconds = ended.seconds if isinstance(ended, Executed) else 0.0
        self.on_event(Event(kind, job.name, seconds=seconds))
        self.on_end(job, ended)

    def _outcome(self, job: Job, future: Any) -> Executed | AnalysisError:
        from distributed import KilledWorker

        try:
            told = future.result(timeout=job.limits.seconds + MARGIN_SECONDS)
        except KilledWorker:
            return failed(job, "every worker that ran it died (most often for want of memory)")
        except Exception as error:  # noqa: BLE001 - what a cluster may raise has no end
            return failed(job, f"the cluster could not run it ({type(error).__name__})")
        if "refused" in told:
            raise AnalysisError(
                f"--scheduler {self.address}: a worker {told['refused']}. Install there what "
                "requirements.lock names, and sweep again; what is done is kept."
            )
        return receive(job, told, self.into)


def _lost_its_workers(future: Any) -> bool:
    from distributed import KilledWorker

    return future.status == "error" and isinstance(future.exception(SHORT_SECONDS), KilledWorker)
