"""One clean process beside a Dask worker: an order in, what its run wrote out.

Sent to Dask workers by value: the standard library is all it needs. A Dask worker
has threads, and what is forked from one hangs; so runs are made by a process that was
started, not forked, and every wait for it has an end.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.engine.cluster.folder import Refused

LEAVING_SECONDS = 10.0


class Runner:
    """One clean process that runs an order at a time; see `analysis.engine.cluster.serve`."""

    def __init__(self, folder: Path, lock: int) -> None:
        own = Path(tempfile.mkdtemp(prefix="own-", dir=folder))
        self.folder, self.own = folder, own
        self.busy = False
        self.answered = False
        self.channel, theirs = socket.socketpair()
        paths = [str(folder / "src"), os.environ.get("PYTHONPATH", "")]
        command = [sys.executable, "-P", "-m", "analysis.engine.cluster.serve"]
        with theirs, (own / "stderr").open("wb") as stderr:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                cwd=own,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
                start_new_session=True,
                # The folder is in use as long as this process lives.
                pass_fds=(lock, theirs.fileno()),
            )
        self.heard: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def run(self, order: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Run one order; a process that does not answer in time is ended."""
        into, aside = self.own / "into", self.own / "aside"
        job = order["job"] | {
            "notebook": str(self.folder / order["job"]["notebook"]),
            "folders": {k: str(self.folder / v) for k, v in order["job"]["folders"].items()},
        }
        self._send(order | {"job": job, "into": str(into), "aside": str(aside)})
        answer = self._answer(order["seconds"], tell)
        folder = into if "path" in answer else aside
        files = {
            str(file.relative_to(folder)): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }
        for used in (into, aside):
            shutil.rmtree(used, ignore_errors=True)
        self.busy = False
        return {"answer": answer, "files": files, "folder": str(folder)}

    def dismiss(self) -> None:
        """Close the channel: the process ends what it started and leaves."""
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """End the process, should it not leave by itself."""
        self.dismiss()
        try:
            self.process.wait(timeout=LEAVING_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.channel.close()
        shutil.rmtree(self.own, ignore_errors=True)

    def _send(self, order: dict[str, Any]) -> None:
        line = (json.dumps(order) + "\n").encode()

        def write() -> None:
            with contextlib.suppress(OSError):
                self.channel.sendall(line)

        # A process that hangs does not read, and a full socket would hold this thread too.
        threading.Thread(target=write, daemon=True).start()

    def _answer(self, seconds: float, tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while True:
            try:
                answer = self.heard.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                self.end()
                return _failed(f"its process did not answer within {seconds:.0f} seconds")
            if answer is None:
                return self._died()
            self.answered = True
            if "event" not in answer:
                return answer
            if answer["event"]["kind"] in ("started", "cell"):
                tell(answer["event"])

    def _died(self) -> dict[str, Any]:
        said = (self.own / "stderr").read_text(encoding="utf-8", errors="replace").split("\n")
        self.end()
        if self.answered:
            return _failed("the process that ran it ended unexpectedly (want of memory?)")
        # Nothing has run yet, so these are the interpreter's own words.
        last = next((line.strip() for line in reversed(said) if line.strip()), "nothing")
        raise Refused(f"could start no process for runs; it said: {last}")

    def _listen(self) -> None:
        with contextlib.suppress(OSError), self.channel.makefile("rb") as lines:
            for line in lines:
                self.heard.put(json.loads(line))
        self.heard.put(None)


def _failed(clause: str) -> dict[str, Any]:
    return {"error": "NotebookError", "message": f"{clause}. Run again with fewer at a time."}
