"""Worker processes as the build sees them: hand over a job, hear what becomes of it.

On Linux workers are forked from one process, the nursery, that has imported what
they need; elsewhere, and where the nursery failed, each is a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.engine.running.rooms import common_environment, temporary_folder
from analysis.engine.running.run import Executed, Job
from analysis.engine.workers.nursery import Nursery, Settings, can_fork, spawn
from analysis.engine.workers.worker import WORKER

_LEAVING_SECONDS = 10
_PIECE = 1 << 16  # bytes read at a time


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer of worker ``worker``; ``None``: its process has ended."""

    worker: int
    answer: dict[str, Any] | None


def executed(name: str, answer: Mapping[str, Any]) -> Executed:
    """Return what the answer to a job that went well tells of the run ``name``."""
    return Executed(
        name,
        Path(answer["path"]),
        answer["seconds"],
        reads=answer["reads"],
        files=tuple(Path(file) for file in answer["files"]),
        page=Path(answer["page"]) if answer["page"] else None,
    )


@dataclass(slots=True)
class _Worker:
    """One worker process; ``process`` where it is a child of ours, not of the nursery."""

    channel: socket.socket
    process: subprocess.Popen[bytes] | None = None
    pid: int | None = None
    kernel: int | None = None
    order: bytes = b""
    partial: bytes = b""


class Pool:
    """At most ``size`` worker processes, each started when first needed.

    Parameters
    ----------
    size : int
        Number of workers; may be changed while none has been started.
    work : Path
        Folder for what workers leave while they work.
    pages : bool
        Whether workers are to begin with what a page of HTML needs. For one run it is
        sooner done while its kernel computes.
    warm : Path, optional
        Where a server of warm kernels listens; without it every kernel starts cold.
    """

    def __init__(
        self, size: int, work: Path, *, pages: bool = False, warm: Path | None = None
    ) -> None:
        self.size = size
        self.work = work
        self._settings = Settings(pages, warm)
        self._selector = selectors.DefaultSelector()
        self._heard: deque[Heard] = deque()
        self._workers: dict[int, _Worker] = {}
        self._idle: list[int] = []
        self._started = 0
        self._nursery = Nursery.start(work, self._settings) if can_fork() else None

    @property
    def free(self) -> bool:
        """Whether a job can be handed over now."""
        return bool(self._idle) or len(self._workers) < self.size

    def hand_over(self, job: Job, into: Path, aside: Path | None, *, page: bool = False) -> int:
        """Give ``job`` to an idle worker or a new one; return which."""
        number = self._idle.pop() if self._idle else self._start()
        worker = self._workers[number]
        worker.order = json.dumps(
            {"job": _told(job), "into": str(into), "aside": str(aside or ""), "page": page}
        ).encode()
        _send(worker)
        return number

    def listen(self) -> Heard:
        """Wait for the next answer and keep account of kernels and idle workers."""
        while not self._heard:
            for key, _ in self._selector.select():
                self._receive(key.data)
        heard = self._heard.popleft()
        answer = heard.answer
        if answer is None:
            self._bury(heard.worker)
        elif "kernel" in answer:
            self._workers[heard.worker].kernel = answer["kernel"]
        elif "event" not in answer:
            self._workers[heard.worker].kernel = None
            self._idle.append(heard.worker)
        return heard

    def close(self) -> None:
        """End every worker and kernel and wait until they are gone."""
        if self._nursery is not None and all(each.pid is None for each in self._workers.values()):
            self._nursery.kill()  # it is still importing, for nobody
        for worker in self._workers.values():
            with contextlib.suppress(OSError):
                worker.channel.shutdown(socket.SHUT_WR)
        end = time.monotonic() + _LEAVING_SECONDS
        for number, worker in list(self._workers.items()):
            if not _has_left(worker, end):
                _kill(worker)
            self._bury(number)
        if self._nursery is not None:
            self._nursery.close()
        self._selector.close()

    def _start(self) -> int:
        self._started += 1
        self._begin(self._started)
        return self._started

    def _begin(self, number: int) -> None:
        """Start worker ``number``: a fork of the nursery, or a process of its own."""
        ours, theirs = socket.socketpair()
        worker = self._workers[number] = _Worker(ours)
        folder = self.work / str(number)
        with theirs:
            if self._nursery is None or not self._nursery.fork(theirs, folder):
                worker.process = spawn(WORKER, theirs, folder, self._settings)
        self._selector.register(ours, selectors.EVENT_READ, number)

    def _receive(self, number: int) -> None:
        worker = self._workers[number]
        try:
            piece = worker.channel.recv(_PIECE)
        except OSError:
            piece = b""
        if not piece:
            self._selector.unregister(worker.channel)
            self._lose(number)
            return
        *lines, worker.partial = (worker.partial + piece).split(b"\n")
        for line in lines:
            answer = json.loads(line)
            if "pid" in answer:
                worker.pid = answer["pid"]
            else:
                self._heard.append(Heard(number, answer))

    def _lose(self, number: int) -> None:
        worker = self._workers[number]
        if worker.pid is not None or worker.process is not None:
            self._heard.append(Heard(number, None))
            return
        # The nursery died, or did not dare to fork, before this worker lived.
        if self._nursery is not None:
            self._nursery.kill()
            self._nursery = None
        worker.channel.close()
        self._begin(number)
        self._workers[number].order = worker.order
        _send(self._workers[number])

    def _bury(self, number: int) -> None:
        worker = self._workers.pop(number)
        with contextlib.suppress(KeyError):
            self._selector.unregister(worker.channel)
        worker.channel.close()
        if worker.process is not None:
            worker.process.wait()
        if worker.kernel is not None:
            from analysis.engine.running.limits import end_all

            end_all(worker.kernel)
        if number in self._idle:
            self._idle.remove(number)
        shutil.rmtree(self.work / str(number), ignore_errors=True)


def _told(job: Job) -> dict[str, Any]:
    return {
        "name": job.name,
        "notebook": str(job.notebook.resolve()),
        "parameters": dict(job.parameters),
        "after": list(job.after),
        "environment": dict(job.environment),
        "folders": {name: str(folder) for name, folder in job.folders.items()},
        "limits": asdict(job.limits),
        "cold": job.cold,
    }


def _send(worker: _Worker) -> None:
    # A worker that died meanwhile is heard of through its channel.
    with contextlib.suppress(OSError):
        worker.channel.sendall(worker.order + b"\n")


def _has_left(worker: _Worker, end: float) -> bool:
    """Wait until the worker's end of the channel closes, as it does when its process ends."""
    try:
        while True:
            worker.channel.settimeout(max(end - time.monotonic(), 0.01))
            if not worker.channel.recv(_PIECE):
                return True
    except TimeoutError:
        return False
    except OSError:
        return True


def _kill(worker: _Worker) -> None:
    # Its channel is open, so it lives, and its number is still its own.
    if worker.pid is not None:
        with contextlib.suppress(OSError):
            os.kill(worker.pid, signal.SIGKILL)
    elif worker.process is not None:
        worker.process.kill()


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def pool(
    size: int = 1,
    *,
    pages: bool = False,
    cold: bool = False,
    packages: Sequence[str] | None = None,
) -> Iterator[Pool]:
    """Open a pool in a temporary folder; leave neither process nor file behind.

    Returns at once, while the processes that it starts are still importing: open it as
    early as possible, set its ``size`` once that is known.

    Parameters
    ----------
    size, pages : int, bool
        As of `Pool`.
    cold : bool
        Whether no run will want a warm kernel.
    packages : sequence of str, optional
        What warm kernels find loaded, as `packages.named_by` says; default: all.
    """
    work = temporary_folder()
    with ExitStack() as opened:
        opened.callback(shutil.rmtree, work, ignore_errors=True)
        # Its imports take longest, so it comes first. It removes its own folder even when
        # this process is killed, so that must not lie where workers remove theirs.
        warm = None if cold else opened.enter_context(_warm_kernels(work.parent, packages))
        workers = Pool(size, work, pages=pages, warm=warm)
        opened.callback(workers.close)
        yield workers


def _warm_kernels(within: Path, packages: Sequence[str] | None) -> AbstractContextManager[Path]:
    from analysis.engine.warm import serving

    return serving(common_environment(), within, packages=packages)
