"""Worker processes as the build sees them: hand over a job, hear what becomes of it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.engine.rooms import temporary_folder
from analysis.engine.run import Job

_LEAVING_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer of worker ``worker``; ``None``: its process has ended."""

    worker: int
    answer: dict[str, Any] | None


class Pool:
    """At most ``size`` worker processes, each started when first needed."""

    def __init__(self, size: int, work: Path) -> None:
        self.size = size
        self.work = work
        self.heard: queue.Queue[Heard] = queue.Queue()
        self._processes: dict[int, subprocess.Popen[str]] = {}
        self._kernels: dict[int, int] = {}
        self._idle: list[int] = []
        self._started = 0

    @property
    def free(self) -> bool:
        """Whether a job can be handed over now."""
        return bool(self._idle) or len(self._processes) < self.size

    def hand_over(self, job: Job, into: Path, aside: Path | None) -> int:
        """Give ``job`` to an idle worker or a new one; return which."""
        worker = self._idle.pop() if self._idle else self._start()
        order = {
            "job": {
                "name": job.name,
                "notebook": str(job.notebook.resolve()),
                "parameters": dict(job.parameters),
                "environment": dict(job.environment),
                "folders": {name: str(folder) for name, folder in job.folders.items()},
                "limits": asdict(job.limits),
                "cold": job.cold,
            },
            "into": str(into),
            "aside": str(aside) if aside else "",
        }
        pipe = self._processes[worker].stdin
        # A worker that died meanwhile is heard of through `heard`.
        with contextlib.suppress(BrokenPipeError):
            if pipe is not None:
                pipe.write(json.dumps(order) + "\n")
                pipe.flush()
        return worker

    def listen(self) -> Heard:
        """Wait for the next answer and keep account of kernels and idle workers."""
        heard = self.heard.get()
        answer = heard.answer
        if answer is None:
            self._bury(heard.worker)
        elif "kernel" in answer:
            self._kernels[heard.worker] = answer["kernel"]
        elif "event" not in answer:
            self._kernels.pop(heard.worker, None)
            self._idle.append(heard.worker)
        return heard

    def close(self) -> None:
        """End every worker and kernel and wait until they are gone."""
        for process in self._processes.values():
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        for worker, process in list(self._processes.items()):
            try:
                process.wait(timeout=_LEAVING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._bury(worker)

    def _start(self) -> int:
        self._started += 1
        worker = self._started
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "analysis.engine.worker", str(self.work / str(worker))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # Ctrl-C reaches the build alone, which then ends its workers in order.
            start_new_session=True,
        )
        self._processes[worker] = process
        threading.Thread(target=self._forward, args=(worker, process), daemon=True).start()
        return worker

    def _forward(self, worker: int, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            for line in process.stdout:
                self.heard.put(Heard(worker, json.loads(line)))
        self.heard.put(Heard(worker, None))

    def _bury(self, worker: int) -> None:
        process = self._processes.pop(worker, None)
        if process is None:
            return
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        kernel = self._kernels.pop(worker, None)
        if kernel is not None:
            with contextlib.suppress(OSError):
                os.killpg(kernel, signal.SIGKILL)
        if worker in self._idle:
            self._idle.remove(worker)
        shutil.rmtree(self.work / str(worker), ignore_errors=True)


@contextmanager
def pool(size: int) -> Iterator[Pool]:
    """Open a pool in a temporary folder; leave neither process nor file behind."""
    work = temporary_folder()
    workers = Pool(size, work)
    try:
        yield workers
    finally:
        workers.close()
        shutil.rmtree(work, ignore_errors=True)
