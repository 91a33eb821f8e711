"""A request to a server of warm kernels in, a kernel to hold like a process out."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from analysis.engine.warm.address import LONGEST_MESSAGE, by_short_name
from analysis.engine.warm.sameness import standing


class ColdError(Exception):
    """No warm kernel is to be had, for the reason that this says."""


class SilentError(ColdError):
    """The server did not answer in time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A kernel as a process would be started: its command, environment, folder, output."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    stdout: int
    stderr: int


async def ask(address: Path, wanted: Wanted, *, seconds: float) -> WarmKernel:
    """Ask the server at ``address`` for a kernel, and let it go on once it is held.

    Raises
    ------
    ColdError
        If there is no server, it refuses, or it does not answer within ``seconds``. Then
        no kernel was left behind.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.setblocking(False)
    go_read, go_write = os.pipe()
    stdin_read, stdin_write = os.pipe()
    try:
        try:
            with by_short_name(address) as name:
                connection.connect(name)
            given = [stdin_read, wanted.stdout, wanted.stderr, go_read]
            socket.send_fds(connection, [_message(wanted)], given)
        finally:
            os.close(go_read)
            os.close(stdin_read)
        kernel = WarmKernel(await _pid(connection, seconds), connection, open(stdin_write, "wb"))  # noqa: PTH123, SIM115
        # A kernel begins only now, so that one nobody waits for any more never does.
        os.write(go_write, b"!")
    except BaseException as error:
        connection.close()
        os.close(stdin_write)
        if isinstance(error, OSError):
            raise ColdError(f"no server answers ({error.strerror or error})") from error
        raise
    finally:
        os.close(go_write)
    return kernel


def _message(wanted: Wanted) -> bytes:
    return json.dumps(
        {
            "argv": list(wanted.argv),
            "environment": dict(wanted.environment),
            "folder": str(wanted.folder),
            "standing": standing(),
        }
    ).encode()


async def _pid(connection: socket.socket, seconds: float) -> int:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            told = await loop.sock_recv(connection, LONGEST_MESSAGE)
    except TimeoutError as error:
        raise SilentError(f"the server did not answer within {seconds:g} seconds") from error
    if not told:
        raise ColdError("the server ended")
    answer: dict[str, Any] = json.loads(told)
    if "pid" not in answer:
        raise ColdError(str(answer.get("cold", "the kernel ended before it began")))
    return int(answer["pid"])


class WarmKernel:
    """A kernel that the server reports on; to its holder it is a `subprocess.Popen`.

    Its process id is given to no other process before `wait` has returned or the holder
    has hung up with `close`, which also kills the kernel.
    """

    stdout = None
    stderr = None

    def __init__(self, pid: int, connection: socket.socket, stdin: IO[bytes]) -> None:
        self.pid = pid
        self.stdin = stdin
        self.returncode: int | None = None
        self._connection = connection

    def poll(self) -> int | None:
        """Return the exit status, ``None`` while the kernel runs, -N after signal N."""
        if self.returncode is None:
            with suppress(BlockingIOError):
                self.returncode = self._status()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the kernel has ended, let go of it and return its exit status.

        Raises
        ------
        TimeoutError
            If it has not ended after ``timeout`` seconds.
        """
        if self.poll() is None:
            ready, _, _ = select.select([self._connection], [], [], timeout)
            if not ready:
                raise TimeoutError(f"kernel {self.pid} has not ended after {timeout} seconds")
            self.poll()
        self.close()
        return self.returncode if self.returncode is not None else -signal.SIGKILL

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel alone, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Hang up: a kernel that still runs is killed, with its whole process group."""
        self._connection.close()
        self.stdin.close()
        if self.returncode is None:
            self.returncode = -signal.SIGKILL

    def _status(self) -> int:
        try:
            told = self._connection.recv(LONGEST_MESSAGE)
        except ConnectionError:
            told = b""
        # A server that dies takes its kernels with it.
        return int(json.loads(told)["status"]) if told else -signal.SIGKILL
