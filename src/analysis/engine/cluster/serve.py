"""The clean process beside a Dask worker, from the inside: orders in, runs out, one at a time.

It has the code that travelled with the sweep, and runs orders as a build does, with
kernels that are warm. When its channel closes, for whatever reason, it ends all that
it started and leaves.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from analysis.engine.running.run import Job, Limits
from analysis.engine.workers.pool import Pool, pool


def main() -> None:
    """Serve orders that come over the socket whose descriptor is the one argument."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    orders: queue.Queue[dict[str, Any]] = queue.Queue()
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_listen, args=(channel, orders), daemon=True).start()
    first = orders.get()
    with pool(1, cold=first["job"]["cold"]) as opened:
        _run(first, opened, channel)
        while True:
            _run(orders.get(), opened, channel)


def _listen(channel: socket.socket, orders: queue.Queue[dict[str, Any]]) -> None:
    # A Dask worker that was killed may reset the channel instead of closing it.
    with contextlib.suppress(OSError), channel.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            orders.put(json.loads(line))
    # A signal, as nothing else wakes the main thread from whatever it waits for.
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(number: int, frame: FrameType | None) -> None:
    """Unwind the main thread, so that it ends all that it started; only once."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit


def _run(order: dict[str, Any], opened: Pool, channel: socket.socket) -> None:
    opened.hand_over(_job(order["job"]), Path(order["into"]), Path(order["aside"]))
    while True:
        answer = opened.listen().answer or {
            "error": "NotebookError",
            "message": f"{order['job']['name']}: the process that ran it ended unexpectedly "
            "(most often for want of memory). Run again with fewer at a time.",
        }
        if "kernel" in answer:
            continue
        with contextlib.suppress(OSError):
            channel.sendall(json.dumps(answer).encode() + b"\n")
        if "event" not in answer:
            return


def _job(told: dict[str, Any]) -> Job:
    return Job(
        **told
        | {
            "notebook": Path(told["notebook"]),
            "after": (),
            "folders": {name: Path(folder) for name, folder in told["folders"].items()},
            "limits": Limits(**told["limits"]),
        }
    )


if __name__ == "__main__":
    main()
