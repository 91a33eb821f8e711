"""A kernel and what its run may use in, the kernel stopped when it uses more.

Memory is watched from a thread, output is counted as it arrives. Whichever passes its
limit first ends the kernel with all its processes, and says so.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

# As `ulimit` and `systemd` count memory.
_MB = 1 << 20
_LOOK_SECONDS = 0.1
# Processes in sessions of their own are only found by reading the whole process table.
_LOOKS_A_SEARCH = 10
_SHOWN = ("stream", "display_data", "execute_result", "update_display_data", "error", "comm_msg")


class Watch:
    """What one run uses, against what it may use.

    Parameters
    ----------
    memory_mb : int
        Most resident memory of the kernel with all its children, in megabytes (2^20
        bytes). What several of them share counts once.
    output_mb : int
        Most that its cells may print and show together, in megabytes.
    """

    def __init__(self, memory_mb: int, output_mb: int) -> None:
        self.over: str | None = None
        self._memory_mb = memory_mb
        self._output_mb = output_mb
        self._shown = 0
        self._kernel: int | None = None
        self._family = _Family()
        self._done = threading.Event()

    @contextmanager
    def over_kernel(self) -> Iterator[None]:
        """Watch the kernel told to `kernel_runs` while the block runs; then end what is left."""
        thread = threading.Thread(target=self._look, name="watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()
            if self._kernel is not None:
                end_all(self._kernel)
                self._family.end_apart()

    def kernel_runs(self, pid: int) -> None:
        """Name the process to watch: the kernel, which leads a session of its own."""
        self._kernel = pid

    def takes(self, message: Mapping[str, Any]) -> bool:
        """Count what a kernel shows; false from the message on that passes the limit."""
        if message["msg_type"] in _SHOWN:
            self._shown += size_of(message["content"])
            if self._shown > self._output_mb * _MB:
                self._stop(f"printed and showed more than the {self._output_mb} MB")
        return self.over is None

    def _look(self) -> None:
        while not self._done.wait(_LOOK_SECONDS):
            if self._kernel is None:
                continue
            limit = self._memory_mb * _MB
            if self._family.resident_bytes(self._kernel, limit) > limit:
                self._stop(f"used more than the {self._memory_mb} MB")
                return

    def _stop(self, what: str) -> None:
        if self.over is None:
            self.over = f"{what} allowed for the notebook"
            if self._kernel is not None:
                end_all(self._kernel)


class _Family:
    """A kernel with its session and with children that left it."""

    def __init__(self) -> None:
        self._looks = 0
        self._apart: list[psutil.Process] = []

    def resident_bytes(self, kernel: int, limit: int) -> int:
        """Return what the family keeps in memory, exactly only where it may pass ``limit``."""
        if self._looks % _LOOKS_A_SEARCH == 0:
            self._apart = _descendants(kernel)
        self._looks += 1
        pids = {*session_of(kernel), *(process.pid for process in self._apart)}
        counted = sum(_resident(pid) for pid in pids)
        if counted <= limit or len(pids) == 1:
            return counted
        return sum(_proportional(pid) for pid in pids)

    def end_apart(self) -> None:
        """Kill children in sessions of their own, as far as they were seen."""
        _end(self._apart)


def end_all(leader: int) -> None:
    """Kill the session that ``leader`` began, and its descendants in other sessions."""
    # Once the leader is gone its number may be another's: nothing is known of descendants then.
    apart = _descendants(leader) if _session(leader) == leader else []
    for pid in session_of(leader):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    _end(apart)


def _end(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        # `psutil` sees to it that each is still the same process.
        with contextlib.suppress(psutil.Error):
            process.kill()


def session_of(leader: int) -> list[int]:
    """Return the processes of the session that ``leader`` began, also dead ones not yet buried."""
    return [pid for pid in _pids() if _session(pid) == leader]


def size_of(content: object) -> int:
    """Return about how many bytes the texts of a message hold."""
    if isinstance(content, str):
        return len(content) if content.isascii() else len(content.encode("utf-8", "replace"))
    if isinstance(content, Mapping):
        return sum(size_of(key) + size_of(value) for key, value in content.items())
    if isinstance(content, Sequence):
        return sum(size_of(value) for value in content)
    return 1


def _pids() -> list[int]:
    table = Path("/proc")
    # Reading the names alone is twenty times as fast as what `psutil` does.
    if table.is_dir():
        return [int(name) for name in os.listdir(table) if name.isdigit()]  # noqa: PTH208
    return psutil.pids()


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _proportional(pid: int) -> int:
    """Return what a process keeps in memory, with its part of what it shares."""
    try:
        told = psutil.Process(pid).memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(told, "pss", told.uss))
