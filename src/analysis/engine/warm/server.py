"""Requests over a socket in, kernels forked from this process out; it ends with its owner.

``python -m analysis.engine.warm.server SOCKET [DESCRIPTOR OWNER]``: the socket to make,
or the descriptor of one that listens already and the process that the server belongs to.
It ends when its standard input does. One thread, so that a fork is safe, and no file is
left behind.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from analysis.engine.warm import loading
from analysis.engine.warm.address import LONGEST_MESSAGE, WAITING_REQUESTS, by_short_name
from analysis.engine.warm.kernel import Birth, become
from analysis.engine.warm.refusing import refusal
from analysis.engine.warm.sameness import same_for_all

_OWNER_INPUT = 0
_BREATH_SECONDS = 0.05
_CUT = socket.MSG_TRUNC | socket.MSG_CTRUNC


@dataclass(slots=True)
class _Kernel:
    """A kernel, who holds it (``None``: hung up), and whether it has ended (not yet reaped)."""

    pid: int
    ending: int
    connection: socket.socket | None
    ended: bool = False


class Server:
    """Waits for requests, for kernels to end and for its owner, all in one thread."""

    def __init__(self, listener: socket.socket, owner: int | None) -> None:
        self.pid = os.getpid()
        self.environment = same_for_all(os.environ)
        self.loaded = loading.Loaded()
        self.kernels: dict[int, _Kernel] = {}
        self.selector = selectors.PollSelector()
        self.listener = listener
        self._watch(_OWNER_INPUT, self._owner_spoke)
        if owner is not None:
            if os.getppid() != owner:
                sys.exit()
            self._watch(os.pidfd_open(owner), self._owner_ended)

    def load(self, packages: Sequence[str]) -> None:
        """Load the packages; leaves as soon as the owner has."""

        def owner_is_there() -> None:
            for key, _ in self.selector.select(0):
                key.data()

        self.loaded = loading.load(notebooks=packages, before_each=owner_is_there)
        self._watch(self.listener, self._accept)

    def serve(self) -> Birth:
        """Serve; returns in each forked kernel, and never in the server.

        One event at a time, as hearing one may make the next one void.
        """
        while True:
            key, _ = self.selector.select()[0]
            if birth := key.data():
                kept: Birth = birth
                return kept

    def leave(self) -> None:
        """Kill all kernels."""
        for kernel in self.kernels.values():
            _kill(kernel.pid)
        for pid in self.kernels:
            os.waitpid(pid, 0)
        self.kernels.clear()

    def _watch(self, source: int | socket.socket, hear: Callable[[], Birth | None]) -> None:
        self.selector.register(source, selectors.EVENT_READ, hear)

    def _owner_spoke(self) -> None:
        if not os.read(_OWNER_INPUT, LONGEST_MESSAGE):
            self._owner_ended()

    def _owner_ended(self) -> Never:
        sys.exit()

    def _accept(self) -> None:
        try:
            connection, _ = self.listener.accept()
        except OSError:  # too many open files: some will be closed when a kernel ends
            time.sleep(_BREATH_SECONDS)
            return
        connection.setblocking(False)
        self._watch(connection, lambda: self._receive(connection))

    def _receive(self, connection: socket.socket) -> Birth | None:
        self.selector.unregister(connection)
        descriptors: list[int] = []
        try:
            told, descriptors, flags, _ = socket.recv_fds(connection, LONGEST_MESSAGE, 4)
            asked = json.loads(told)
            against = _against(connection, flags) or refusal(asked, self.loaded, self.environment)
            stdin, stdout, stderr, go = descriptors
        except (OSError, ValueError, TypeError, LookupError) as error:
            against = f"the request cannot be met ({type(error).__name__})"
        if not against:
            pid, against = _forked()
            if pid == 0:
                self._let_go()
                environment, folder = asked["environment"], asked["folder"]
                inherited = (stdin, stdout, stderr, go)
                variables = self.loaded.variables
                return Birth(
                    asked["argv"], environment, folder, inherited, variables, self.pid, connection
                )
        for descriptor in descriptors:
            os.close(descriptor)
        if against:
            _tell(connection, {"cold": against})
            connection.close()
        else:
            self._keep(pid, connection)
        return None

    def _keep(self, pid: int, connection: socket.socket) -> None:
        """Watch a kernel from now on; it tells its holder by itself that it is there."""
        try:
            kernel = _Kernel(pid, os.pidfd_open(pid), connection)
        except OSError:
            _kill(pid)
            os.waitpid(pid, 0)
            connection.close()
            return
        self.kernels[pid] = kernel
        self._watch(kernel.ending, lambda: self._ended(kernel))
        self._watch(connection, lambda: self._hung_up(kernel))

    def _let_go(self) -> None:
        """Close, in a kernel, all that belongs to the server but the connection to its holder."""
        for key in self.selector.get_map().values():
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
            elif key.fd != _OWNER_INPUT:
                os.close(key.fd)

    def _ended(self, kernel: _Kernel) -> None:
        """Tell the holder; the process id stays taken until it has hung up."""
        self.selector.unregister(kernel.ending)
        os.close(kernel.ending)
        kernel.ended = True
        if kernel.connection is None:
            self._reap(kernel)
            return
        end = os.waitid(os.P_PID, kernel.pid, os.WEXITED | os.WNOWAIT)
        if end is not None:
            status = end.si_status if end.si_code == os.CLD_EXITED else -end.si_status
            _tell(kernel.connection, {"status": status})

    def _hung_up(self, kernel: _Kernel) -> None:
        if kernel.connection is not None:
            self.selector.unregister(kernel.connection)
            kernel.connection.close()
            kernel.connection = None
        _kill(kernel.pid)
        if kernel.ended:
            self._reap(kernel)

    def _reap(self, kernel: _Kernel) -> None:
        os.waitpid(kernel.pid, 0)
        del self.kernels[kernel.pid]


def _forked() -> tuple[int, str]:
    """Fork; return the child's process id, 0 in the child, and why there is none.

    In the child all signals stay blocked, until it has handlers of its own.
    """
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    pid, against = -1, ""
    try:
        pid = os.fork()
    except OSError as error:
        against = f"no process could be made ({error.strerror})"
    if pid != 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
    return pid, against


def _kill(pid: int) -> None:
    """Kill a kernel with all that it started in its session's first group."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _tell(connection: socket.socket, answer: dict[str, object]) -> None:
    with suppress(OSError):  # who asked has hung up
        connection.send(json.dumps(answer).encode())


def _against(connection: socket.socket, flags: int) -> str:
    """Say what speaks against a request before it is read; nothing: nothing does."""
    if flags & _CUT:
        return "the request is too long"
    form = "3i"  # process, user, group
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize(form))
    return "" if struct.unpack(form, told)[1] == os.getuid() else "another user asks"


def _listener(address: Path, descriptor: str | None) -> socket.socket:
    if descriptor is not None:
        listener = socket.socket(fileno=int(descriptor))
        listener.set_inheritable(False)
    else:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with by_short_name(address) as name:
            listener.bind(name)
        listener.listen(WAITING_REQUESTS)
    listener.setblocking(False)
    return listener


def _clear(address: Path) -> None:
    with suppress(OSError):
        address.unlink()
    # Of a folder made for it, the socket was the last that was left.
    with suppress(OSError):
        if address.parent.name.startswith("warm-"):
            address.parent.rmdir()


def _leave_quietly(*_: object) -> Never:
    sys.exit()


def main() -> None:
    """Serve until standard input ends or the owner is gone."""
    given: list[str | None] = [*sys.argv[1:], None, None, None, None]
    address, descriptor, owner, named = given[:4]
    if address is None or sys.platform != "linux":
        sys.exit("Linux only; usage: python -m analysis.engine.warm.server SOCKET")
    # `python -m` puts the working folder first; a kernel has its own.
    if sys.path and not sys.flags.safe_path:
        del sys.path[0]
    path = Path(address).resolve()
    signal.signal(signal.SIGTERM, _leave_quietly)
    signal.signal(signal.SIGINT, _leave_quietly)
    atexit.register(_clear, path)
    server = Server(_listener(path, descriptor), int(owner) if owner else None)
    try:
        packages = loading.OF_NOTEBOOKS if named is None else tuple(filter(None, named.split(",")))
        server.load(packages)
        birth = server.serve()
    except SystemExit:
        if os.getpid() == server.pid:
            server.leave()
            _clear(path)
            # Taking all packages down in order takes a second, and whoever ends us waits.
            os._exit(0)
        raise
    finally:
        if os.getpid() == server.pid:
            server.leave()
    atexit.unregister(_clear)
    become(birth)


if __name__ == "__main__":
    main()
