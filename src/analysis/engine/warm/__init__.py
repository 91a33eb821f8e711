"""Kernels that are forked from a process which has the large packages loaded already.

``serving``      starts that process, the server, and ends it with all its kernels
``server``       requests in, forked kernels out, one thread, nothing of ours imported
``address``      where the server is found
``loading``      which packages it loads, and why a kernel would still have to start cold
``refusing``     when a fork would not be the kernel that is asked for
``sameness``     in what a forked kernel must equal one that was started cold
``kernel``       a forked process in, an IPython kernel out
``asking``       the other end of the socket: ask for a kernel, then hold it like a process
``manager``      a kernel manager with that provisioner
``provisioner``  what jupyter_client starts, stops and signals kernels with
``engine``       what papermill runs notebooks with

Linux only. Whenever anything is not right, a kernel starts cold and the reason is logged.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from analysis.engine.warm.address import ADDRESS_VARIABLE, WAITING_REQUESTS, by_short_name
from analysis.engine.warm.sameness import same_for_all

__all__ = ["ADDRESS_VARIABLE", "serving"]

_END_SECONDS = 5

_log = logging.getLogger("analysis.engine")


@contextmanager
def serving(
    environment: Mapping[str, str],
    folder: Path,
    *,
    options: Sequence[str] = (),
    packages: Sequence[str] | None = None,
) -> Iterator[Path]:
    """Start a server of warm kernels and give its address; end it and them afterwards.

    Returns at once: its socket listens before the packages are loaded, so that early
    requests wait. It ends when this process does, in whatever way. Where it cannot be
    started, nothing listens at the address, and kernels start cold.

    Parameters
    ----------
    environment : mapping
        Complete environment, as kernels will have it. Names that belong to one run
        (`sameness`) do not matter.
    folder : Path
        Where the socket may lie, in a folder of its own; of any depth.
    options : sequence of str
        Options of the interpreter that the kernels are started with, such as ``-O``.
    packages : sequence of str, optional
        What to load beside what every kernel needs; default: `loading.OF_NOTEBOOKS`.
    """
    owner, private, process = os.getpid(), None, None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        private = Path(tempfile.mkdtemp(prefix="warm-", dir=folder))
        if sys.platform == "linux":
            process = _start(private, environment, options, packages)
    except OSError as error:
        _log.info("no server of warm kernels could be started (%s)", error.strerror)
    try:
        yield _address(private or folder)
    finally:
        # A fork of this process that ends must not end what is not its own.
        if os.getpid() == owner:
            if process is not None:
                _end(process)
            if private is not None:
                shutil.rmtree(private, ignore_errors=True)


def _address(private: Path) -> Path:
    return private / "kernels"


def _start(
    private: Path,
    environment: Mapping[str, str],
    options: Sequence[str],
    packages: Sequence[str] | None,
) -> subprocess.Popen[bytes]:
    address = _address(private)
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)) as listener:
        with by_short_name(address) as name:
            listener.bind(name)
        listener.listen(WAITING_REQUESTS)
        descriptor = listener.fileno()
        # Its standard input is how the server learns that its owner is gone.
        return subprocess.Popen(
            [
                *(sys.executable, *options, "-m", "analysis.engine.warm.server"),
                *(str(address), str(descriptor), str(os.getpid())),
                *([] if packages is None else [",".join(packages)]),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=private,
            env=same_for_all(environment) | {"TMPDIR": str(private)},
            start_new_session=True,
            pass_fds=(descriptor,),
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if process.stdin is not None:
        process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
        return
    process.kill()
    process.wait()
