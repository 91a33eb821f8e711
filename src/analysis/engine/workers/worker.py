"""A process that runs jobs one after another, and the nursery that forks such processes.

A worker has one channel to the build. Jobs come as JSON lines, events and results
leave as JSON lines. When the channel closes (the build is over, was stopped, or its
process died in any way) the worker kills the kernel it has and leaves: no kernel
outlives the build that wanted it.

The nursery imports once what every worker needs, then forks a worker for each
channel it is sent. It has one thread, holds no ZeroMQ context and runs no job.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from analysis.engine.running.run import Job

NURSERY = "nursery"
_PAGE = "analysis.engine.running.page"
WORKER = "worker"
_BIRTH_SECONDS = 5
_LEAVING_SECONDS = 10
_LONGEST_MESSAGE = 4096  # bytes; a folder's path

# Imports that only cost time, made to fail where they would be tried. Of jsonschema
# `rfc3987_syntax` builds a grammar of addresses (1.3 s) and `isoduration` brings a calendar,
# for checks of formats that no notebook's schema asks for; of papermill `pyarrow` reads
# from Hadoop and brings numpy, whose threads would forbid to fork.
_NEVER_NEEDED = ("rfc3987_syntax", "isoduration", "pyarrow")


class _Worker:
    def __init__(self, channel: socket.socket, work: Path) -> None:
        self.work = work
        self.kernel: int | None = None
        self._channel = channel
        self._orders: queue.Queue[dict[str, Any]] = queue.Queue()

    def serve(self) -> None:
        self._tell({"pid": os.getpid()})
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            order = self._orders.get()
            self._tell(_answer(order, self))
            self.kernel = None

    def tell_event(self, event: Any) -> None:
        self._tell({"event": asdict(event)})

    def tell_kernel(self, pid: int) -> None:
        self.kernel = pid
        self._tell({"kernel": pid})

    def _listen(self) -> None:
        # A build that was killed may reset the channel instead of closing it.
        with contextlib.suppress(OSError), self._channel.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                self._orders.put(json.loads(line))
        self._leave()

    def _leave(self) -> None:
        from analysis.engine.running import kernels, limits

        with contextlib.ExitStack() as stack:
            if kernels.birth.acquire(timeout=_BIRTH_SECONDS):
                stack.callback(kernels.birth.release)
            if self.kernel is not None:
                limits.end_all(self.kernel)
            shutil.rmtree(self.work, ignore_errors=True)
            # The last worker of a build that died also removes what held them all.
            with contextlib.suppress(OSError):
                self.work.parent.rmdir()
            os._exit(0)

    def _tell(self, answer: dict[str, Any]) -> None:
        # A closed channel means that the build is gone; `_leave` is already on its way.
        with contextlib.suppress(OSError):
            self._channel.sendall(json.dumps(answer).encode() + b"\n")


def _answer(order: dict[str, Any], worker: _Worker) -> dict[str, Any]:
    from analysis.engine.running.run import run_job

    if order["page"] and _PAGE not in sys.modules:
        # Of few runs, what makes pages loads while the kernel computes.
        threading.Thread(target=_prepare_pages, daemon=True).start()
    try:
        executed = run_job(
            _job(order["job"]),
            Path(order["into"]),
            worker.work,
            aside=Path(order["aside"]) if order["aside"] else None,
            page=order["page"],
            on_event=worker.tell_event,
            on_kernel=worker.tell_kernel,
        )
    except AnalysisError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except Exception:  # noqa: BLE001 - a bug, which the build raises with this traceback
        return {"error": "", "message": traceback.format_exc()}
    return {
        "path": str(executed.path),
        "seconds": executed.seconds,
        "reads": dict(executed.reads),
        "files": [str(file) for file in executed.files],
        "page": str(executed.page) if executed.page else "",
    }


def _job(told: dict[str, Any]) -> Job:
    from analysis.engine.running.run import Job, Limits

    return Job(
        **told
        | {
            "notebook": Path(told["notebook"]),
            "after": tuple(told["after"]),
            "folders": {name: Path(folder) for name, folder in told["folders"].items()},
            "limits": Limits(**told["limits"]),
        }
    )


def _prepare(*, pages: bool) -> None:
    """Import what running a job needs, so that workers begin with it."""
    for name in _NEVER_NEEDED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    from analysis.engine.running import kernels, run  # noqa: F401

    # Python writes a file to find out where the temporary folder is. A worker whose build
    # is gone may leave at any moment, and would leave that file behind.
    tempfile.gettempdir()
    if pages:
        _prepare_pages()


def _prepare_pages() -> None:
    from analysis.engine.running import page

    page.warm()


class _Nursery:
    """Forks workers for as long as the build's end of ``control`` is open."""

    def __init__(self, control: socket.socket, work: Path) -> None:
        self._control = control
        self._work = work
        self._workers: set[int] = set()

    def serve(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: self._bury())
        while True:
            told, descriptors, _, _ = socket.recv_fds(self._control, _LONGEST_MESSAGE, 1)
            if not told:
                break
            for descriptor in descriptors:
                with socket.socket(fileno=descriptor) as channel:
                    self._fork(channel, Path(os.fsdecode(told)))
        self._wait()
        shutil.rmtree(self._work, ignore_errors=True)

    def _fork(self, channel: socket.socket, work: Path) -> None:
        channel.set_inheritable(False)
        if not _may_fork():
            return  # the channel closes, and the build starts a process of its own
        pid = os.fork()
        if pid:
            self._workers.add(pid)
            return
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            self._control.close()
            _Worker(channel, work).serve()
        except BaseException:  # noqa: BLE001 - must not go on as a second nursery
            traceback.print_exc()
        finally:
            os._exit(1)

    def _bury(self) -> None:
        for pid in tuple(self._workers):
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    continue
            self._workers.discard(pid)

    def _wait(self) -> None:
        """See every worker leave, as their channels are closed too; kill one that does not."""
        end = time.monotonic() + _LEAVING_SECONDS
        while self._workers and time.monotonic() < end:
            time.sleep(0.01)
            self._bury()
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)


def _may_fork() -> bool:
    """Whether this process has one thread and no ZeroMQ context: a fork would break both."""
    zmq = sys.modules.get("zmq")
    context = getattr(getattr(zmq, "Context", None), "_instance", None)
    return context is None and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208


def main() -> None:
    """Serve on the socket with the descriptor given, as a worker or as their nursery.

    Arguments: ``worker|nursery DESCRIPTOR FOLDER [pages]``; the folder is a worker's own,
    or the one that holds those of all workers.
    """
    kind, descriptor, folder, *wanted = sys.argv[1:]
    channel = socket.socket(fileno=int(descriptor))
    channel.set_inheritable(False)
    # What imports make stays; the collector would look through it again and again.
    gc.disable()
    _prepare(pages="pages" in wanted)
    gc.freeze()
    gc.enable()
    serving = _Nursery if kind == NURSERY else _Worker
    serving(channel, Path(folder)).serve()


if __name__ == "__main__":
    main()
