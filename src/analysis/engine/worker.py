"""A process that runs jobs one after another, so that papermill is imported once.

Jobs come as JSON lines on standard input, events and results leave as JSON lines on
standard output. When the input ends (the build is over, was stopped, or its process
died in any way) the worker kills the kernel it has and leaves: no kernel outlives
the build that wanted it.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from analysis.engine import kernels
from analysis.engine.run import Job, Limits, run_job
from analysis.errors import AnalysisError

_BIRTH_SECONDS = 5


class _Worker:
    def __init__(self, work: Path, answers: TextIO) -> None:
        self.work = work
        self.answers = answers
        self.kernel: int | None = None

    def serve(self, orders: queue.Queue[dict[str, Any]]) -> None:
        while True:
            order = orders.get()
            self._tell(_answer(order, self))
            self.kernel = None

    def tell_event(self, event: Any) -> None:
        self._tell({"event": asdict(event)})

    def tell_kernel(self, pid: int) -> None:
        self.kernel = pid
        self._tell({"kernel": pid})

    def leave(self) -> None:
        with contextlib.ExitStack() as stack:
            if kernels.birth.acquire(timeout=_BIRTH_SECONDS):
                stack.callback(kernels.birth.release)
            if self.kernel is not None:
                with contextlib.suppress(OSError):
                    os.killpg(self.kernel, signal.SIGKILL)
            shutil.rmtree(self.work, ignore_errors=True)
            # The last worker of a build that died also removes what held them all.
            with contextlib.suppress(OSError):
                self.work.parent.rmdir()
            os._exit(0)

    def _tell(self, answer: dict[str, Any]) -> None:
        # A closed pipe means that the build is gone; `leave` is already on its way.
        with contextlib.suppress(BrokenPipeError):
            self.answers.write(json.dumps(answer) + "\n")
            self.answers.flush()


def _answer(order: dict[str, Any], worker: _Worker) -> dict[str, Any]:
    job = _job(order["job"])
    try:
        executed = run_job(
            job,
            Path(order["into"]),
            worker.work,
            aside=Path(order["aside"]) if order["aside"] else None,
            on_event=worker.tell_event,
            on_kernel=worker.tell_kernel,
        )
    except AnalysisError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except Exception:  # noqa: BLE001 - a bug, which the build raises with this traceback
        return {"error": "", "message": traceback.format_exc()}
    return {"path": str(executed.path), "seconds": executed.seconds}


def _job(told: dict[str, Any]) -> Job:
    return Job(
        **told
        | {
            "notebook": Path(told["notebook"]),
            "folders": {name: Path(folder) for name, folder in told["folders"].items()},
            "limits": Limits(**told["limits"]),
        }
    )


def _listen(orders: queue.Queue[dict[str, Any]], worker: _Worker) -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
    worker.leave()


def main() -> None:
    """Serve jobs until standard input ends; the argument is the folder to work in."""
    # Whatever prints must not end up between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker = _Worker(Path(sys.argv[1]), answers)
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(orders, worker), daemon=True).start()
    worker.serve(orders)


if __name__ == "__main__":
    main()
