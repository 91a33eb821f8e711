"""How processes for workers are started: forked from one that is ready, or one by one.

This is the build's side; what runs in those processes is `worker`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from analysis.engine.running.rooms import ONE_THREAD
from analysis.engine.warm.address import ADDRESS_VARIABLE
from analysis.engine.workers.worker import NURSERY

_LEAVING_SECONDS = 10


def can_fork() -> bool:
    """Say whether forks of a process with large libraries are safe on this system."""
    return sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Settings:
    """What all workers of a pool begin with."""

    pages: bool
    warm: Path | None

    @property
    def environment(self) -> dict[str, str]:
        """Environment of the workers: ours, and where warm kernels are to be had."""
        ours = os.environ | ONE_THREAD
        ours.pop(ADDRESS_VARIABLE, None)
        return ours | ({ADDRESS_VARIABLE: str(self.warm)} if self.warm else {})


def spawn(
    kind: str, channel: socket.socket, folder: Path, settings: Settings
) -> subprocess.Popen[bytes]:
    """Start a process at the other end of ``channel``: a worker in ``folder``, or a nursery."""
    return subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "analysis.engine.workers.worker"),
            *(kind, str(channel.fileno()), str(folder), *(["pages"] if settings.pages else [])),
        ],
        stdin=subprocess.DEVNULL,
        # Whatever prints must not end up between the results of whoever builds.
        stdout=2,
        pass_fds=[channel.fileno()],
        env=settings.environment,
        # Ctrl-C reaches the build alone, which then ends its workers in order.
        start_new_session=True,
    )


class Nursery:
    """The process that forks workers, as the build sees it."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process = process
        self._control = control

    @classmethod
    def start(cls, work: Path, settings: Settings) -> Nursery:
        """Start it and return at once, while it still imports."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            return cls(spawn(NURSERY, theirs, work, settings), ours)

    def fork(self, channel: socket.socket, work: Path) -> bool:
        """Ask for a worker at the other end of ``channel``; false if there is no nursery."""
        try:
            socket.send_fds(self._control, [os.fsencode(work)], [channel.fileno()])
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Tell it that the build is over, and wait until it has seen its workers leave."""
        self._control.close()
        try:
            self._process.wait(timeout=_LEAVING_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self._control.close()
        self._process.kill()
        self._process.wait()
