"""What jupyter_client starts, stops and signals kernels with: warm where it can be, else cold."""

from __future__ import annotations

import asyncio
import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Unicode

from analysis.engine.warm import serving
from analysis.engine.warm.address import ADDRESS_VARIABLE
from analysis.engine.warm.asking import ColdError, SilentError, Wanted, WarmKernel, ask
from analysis.engine.warm.kernel import LAUNCHER

# A server loads packages before its first answer; later ones take it some milliseconds.
_FIRST_ANSWER_SECONDS = 20.0
_ANSWER_SECONDS = 5.0
_KILL_SECONDS = 1.0
_LOOK_SECONDS = 0.002


class WarmProvisioner(LocalProvisioner):
    """Has a kernel forked from a process with the large packages loaded, or starts it cold.

    The server is the one at ``address``, else at ``WORKBENCH_WARM_KERNELS``, else one that
    this process starts and owns. After a launch, ``started`` tells how the kernel was
    started and ``reason`` why it is cold.
    """

    address = Unicode("", config=True, help="Socket of a server of warm kernels.")
    cold = Bool(False, config=True, help="Start a kernel of its own, never a fork.")

    started: Literal["warm", "cold"] | None = None
    reason: str = ""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel and return how to connect to it."""
        try:
            kernel = await self._forked(cmd, kwargs)
        except ColdError as error:
            self.started, self.reason = "cold", str(error)
            self.log.info("The kernel starts cold: %s.", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.started, self.reason = "warm", ""
        self.process: Any = kernel
        self.pid = self.pgid = kernel.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel, and see it dead: who waits then need not look every 0.1 s."""
        await super().kill(restart)
        for _ in range(int(_KILL_SECONDS / _LOOK_SECONDS)):
            if await self.poll() is not None:
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel."""
        if isinstance(self.process, WarmKernel):
            self.process.close()
        await super().cleanup(restart)

    def refusal(self, command: Sequence[str], told: Mapping[str, Any]) -> str:
        """Say what of a launch no fork could give, before a server is asked; nothing: all."""
        if self.cold:
            return "asked for"
        if sys.platform != "linux":
            return "only Linux forks kernels"
        if command[0] != sys.executable or _launched(command) != LAUNCHER:
            return "it is not this Python's ipykernel"
        unknown = sorted(name for name in told if name not in _UNDERSTOOD and told[name])
        return f"it is to be started with {', '.join(unknown)}" if unknown else ""

    async def _forked(self, command: Sequence[str], told: Mapping[str, Any]) -> WarmKernel:
        if against := self.refusal(command, told):
            raise ColdError(against)
        environment: Mapping[str, str] = told["env"]
        named = self.address or os.environ.get(ADDRESS_VARIABLE)
        address = Path(named) if named else _own.address(environment, _options(command))
        if address in _silent:
            raise ColdError("the server did not answer before")
        with ExitStack() as opened:
            wanted = Wanted(
                [os.path.expanduser(part) for part in command],  # noqa: PTH111 - as a cold start
                environment,
                Path(told.get("cwd") or Path.cwd()).absolute(),
                _descriptor(told.get("stdout"), 1, opened),
                _descriptor(told.get("stderr"), 2, opened),
            )
            try:
                seconds = _ANSWER_SECONDS if address in _heard else _FIRST_ANSWER_SECONDS
                kernel = await ask(address, wanted, seconds=seconds)
            except SilentError:
                _silent.add(address)
                raise
        _heard.add(address)
        return kernel


_heard: set[Path] = set()
_silent: set[Path] = set()


# What jupyter_client and nbclient give along; the rest of `Popen` only a process of its own has.
_UNDERSTOOD = frozenset({"env", "cwd", "stdout", "stderr", "extra_arguments", "kernel_id"})


def _options(command: Sequence[str]) -> Sequence[str]:
    """Return the options of the interpreter in a command."""
    return command[1 : command.index("-m")]


def _launched(command: Sequence[str]) -> str:
    """Return the module that a command runs."""
    return [*command, "-m", ""][[*command, "-m"].index("-m") + 1]


def _descriptor(stream: Any, inherited: int, opened: ExitStack) -> int:
    """Return the descriptor that `Popen` would give the kernel for ``stream``."""
    if stream is None:
        return inherited
    if stream == subprocess.DEVNULL:
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        opened.callback(os.close, null)
        return null
    if stream in (subprocess.PIPE, subprocess.STDOUT):
        raise ColdError("its output goes to a pipe")
    return int(stream) if isinstance(stream, int) else int(stream.fileno())


class _Own:
    """The server that this process starts when no other is named, at first use."""

    def __init__(self) -> None:
        self._owner = 0
        self._address = Path()

    def address(self, environment: Mapping[str, str], options: Sequence[str]) -> Path:
        # What a fork of this process has inherited belongs to the process it comes from.
        if self._owner != os.getpid():
            self._owner = os.getpid()
            server = serving(environment, Path(tempfile.gettempdir()), options=options)
            self._address = server.__enter__()
            atexit.register(server.__exit__, None, None, None)
        return self._address


_own = _Own()
