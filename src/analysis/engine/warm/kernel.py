"""A forked process in, the kernel that was asked for out, as if it had been started cold."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import random
import runpy
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LAUNCHER = "ipykernel_launcher"
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_OURS = __name__.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Birth:
    """A kernel that was asked for.

    ``descriptors`` are its standard input, output and error, and one on which its holder
    says that it may begin, over ``connection``. ``variables`` are those that imports set.
    """

    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    descriptors: tuple[int, int, int, int]
    variables: Mapping[str, str]
    server: int
    connection: socket.socket


def become(birth: Birth) -> None:
    """Turn this process, just forked and with all signals blocked, into the kernel.

    Returns when the kernel has ended.
    """
    os.setsid()
    _end_with(birth.server)
    # Only a process that leads its session can be stopped with all that it starts.
    with birth.connection as connection:
        connection.send(json.dumps({"pid": os.getpid()}).encode())
    _take(birth.descriptors)
    _reset_signals()
    _settle_in(birth)
    _reseed()
    _forget_the_server()
    # As `python -m` does; the launcher takes the folder away again before it imports.
    if not sys.flags.safe_path:
        sys.path.insert(0, birth.folder)
    start = birth.argv.index(LAUNCHER) + 1
    sys.orig_argv = list(birth.argv)
    sys.argv = [LAUNCHER, *birth.argv[start:]]
    runpy.run_module(LAUNCHER, run_name="__main__", alter_sys=True)


def _end_with(server: int) -> None:
    """Be killed when the server dies, also by a signal that it cannot handle."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != server:
        os._exit(1)


def _take(descriptors: tuple[int, int, int, int]) -> None:
    *streams, go = descriptors
    if not os.read(go, 1):
        os._exit(0)  # who asked has given up, and may have started another kernel
    for target, descriptor in enumerate(streams):
        os.dup2(descriptor, target)
    for descriptor in descriptors:
        os.close(descriptor)


def _reset_signals() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _settle_in(birth: Birth) -> None:
    os.environ.clear()
    os.environ.update(birth.environment)
    # Imports would set their variables later, and find others set.
    os.environ.update(birth.variables)
    os.environ["JPY_PARENT_PID"] = str(birth.server)
    os.chdir(birth.folder)
    time.tzset()
    tempfile.tempdir = None
    importlib.invalidate_caches()


def _reseed() -> None:
    """Give the process its own chance: what drew on it at import must not draw the same."""
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _forget_the_server() -> None:
    """Leave nothing of ours loaded, so that a notebook imports what lies on the disk now."""
    for name in [name for name in sys.modules if name.partition(".")[0] == _OURS]:
        del sys.modules[name]
