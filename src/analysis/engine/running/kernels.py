"""A prepared notebook in, the same notebook executed by papermill in a kernel of ours out.

The kernel is the interpreter that runs us, whatever kernelspecs are installed. It
is reached over sockets in the run's own folder: no ports, so no race for one, and
no network, not even the loopback.
"""

from __future__ import annotations

import copy
import logging
import math
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from analysis.engine.notebook import prepare
from analysis.engine.running import failures
from analysis.engine.running.client import LOOK_SECONDS, PromptClient, WatchedClient
from analysis.engine.running.limits import Watch, end_all
from analysis.engine.running.rooms import HERE
from analysis.engine.warm.address import ADDRESS_VARIABLE
from analysis.engine.warm.provisioner import WarmProvisioner
from analysis.errors import NotebookError

if TYPE_CHECKING:
    from analysis.engine.running.run import Limits

KERNEL = "python3"
# A kernel throws away what it shows faster than we take it in (ZeroMQ holds 1,000 messages
# a side and says nothing); with this it waits. Its socket belongs to a thread of its own.
_NO_LOSS = (
    "--IPKernelApp.exec_lines="
    "(lambda thread, zmq: thread.schedule(lambda: thread.socket.set(zmq.XPUB_NODROP, 1)))"
    "(get_ipython().kernel.iopub_thread, __import__('zmq'))"
)
ENGINE = "workbench"
_STARTUP_SECONDS = 120
# A loaded machine may deliver a cell's last output long after its reply.
_LATE_OUTPUT_SECONDS = 60

# Held while a kernel is born, so that whoever ends this process knows every kernel.
birth = threading.Lock()

_log = logging.getLogger("analysis.engine")
_log.addHandler(logging.NullHandler())
_log.propagate = False


@dataclass(slots=True)
class Outcome:
    """The notebook as far as it was executed, and what stopped it (``None``: nothing)."""

    notebook: dict[str, Any]
    failure: str | None = None


@dataclass(slots=True)
class _Run:
    """What our papermill engine is told, and what it keeps for us when papermill raises."""

    values: Mapping[str, object]
    room: Path
    environment: Mapping[str, str]
    limits: Limits
    watch: Watch
    cold: bool
    on_cell: Callable[[int, int], None]
    on_kernel: Callable[[int], None]
    kernel: _KnownKernel | None = None
    notebook: Any = None
    cell: int = 0
    stopped: failures.Stopped | None = None
    ready: bool = False
    deadline: float = 0.0


def execute(
    source: dict[str, Any],
    values: Mapping[str, object],
    *,
    room: Path,
    environment: Mapping[str, str],
    limits: Limits,
    cold: bool,
    on_cell: Callable[[int, int], None],
    on_kernel: Callable[[int], None],
    named: str,
) -> Outcome:
    """Execute a prepared notebook; a failure of its own code is part of the outcome.

    Raises
    ------
    NotebookError
        If no kernel could be started.
    """
    watch = Watch(limits.memory_mb, limits.output_mb)
    run = _Run(values, room, environment, limits, watch, cold, on_cell, on_kernel)
    papermill_engines.register(ENGINE, _OwnEngine)  # type: ignore[no-untyped-call]
    try:
        execute_notebook(  # type: ignore[no-untyped-call]
            nbformat.from_dict(source),  # type: ignore[no-untyped-call]
            None,
            parameters=dict(values),
            engine_name=ENGINE,
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            run=run,
        )
    except PapermillExecutionError:
        pass  # `run` holds the notebook and what stopped it: papermill has put both into a text
    except (DeadKernelError, CellTimeoutError, RuntimeError) as error:
        if not run.ready:
            raise _not_started(named, room) from error
        run.stopped = failures.Stopped(_lost(error, run))
    if run.watch.over is not None and run.stopped is None:
        run.stopped = failures.Stopped(run.watch.over)
    return Outcome(run.notebook, _said(run))


def _lost(error: Exception, run: _Run) -> str:
    if run.watch.over is not None:
        return run.watch.over
    if isinstance(error, CellTimeoutError):
        return f"did not end within the {run.limits.seconds} seconds allowed for the notebook"
    if isinstance(error, DeadKernelError):
        return f"ended its kernel ({failures.end_of(run.kernel.ended if run.kernel else None)})"
    raise error


def _said(run: _Run) -> str | None:
    if run.stopped is None:
        return None
    reached = run.notebook["cells"][: max(run.cell, 1)]
    return failures.describe(run.stopped, _of_source(reached), reached[-1]["source"])


def _of_source(cells: list[Any]) -> int:
    """Count cells as their author does: the injected one is not in the source."""
    return sum(prepare.INJECTED not in cell["metadata"].get("tags", []) for cell in cells)


def _not_started(named: str, room: Path) -> NotebookError:
    # No cell has run yet, so the log holds nothing but the interpreter's own words.
    lines = _log_of(room).read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    reason = f" It said: {last}" if last else ""
    return NotebookError(
        f"{named}: no kernel could be started with this Python.{reason} "
        "See whether `python -m ipykernel_launcher --version` works."
    )


def _log_of(room: Path) -> Path:
    return room / "kernel.log"


class _OwnEngine(Engine):
    """The papermill engine that runs a notebook in a kernel of ours."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **told: Any) -> None:
        run: _Run = told["run"]
        for cell in nb_man.nb.cells:
            if prepare.INJECTED in cell.metadata.tags:
                prepare.settle_injected(cell, run.values)
        client = _client(nb_man, run)
        try:
            with _log_of(run.room).open("wb") as log, run.watch.over_kernel():
                client.execute(
                    cleanup_kc=True,
                    cwd=str(run.room / HERE),
                    env=dict(run.environment),
                    stdout=log,
                    stderr=log,
                )
        finally:
            # A copy, as papermill adds cells of its own to a notebook that failed.
            run.notebook = copy.deepcopy(nb_man.nb)


def _client(nb_man: Any, run: _Run) -> Any:
    async def on_cell_error(cell: Any, cell_index: int, execute_reply: Any) -> None:
        run.stopped = await failures.ask(client.kc, cell, execute_reply["content"])

    def on_notebook_start(notebook: Any) -> None:
        run.ready = True
        run.deadline = time.monotonic() + run.limits.seconds

    def on_cell_start(cell: Any, cell_index: int) -> None:
        run.cell = cell_index + 1
        cells = nb_man.nb.cells
        # What a cell showed arrives in order, but may take as long as the cell itself.
        client.iopub_timeout = max(_LATE_OUTPUT_SECONDS, _seconds_left(run))
        run.on_cell(_of_source(cells[: run.cell]), _of_source(cells))

    client = WatchedClient(
        nb_man,
        watch=run.watch,
        km=_kernel_manager(run),
        timeout_func=lambda _cell: _seconds_left(run),
        startup_timeout=_STARTUP_SECONDS,
        iopub_timeout=_LATE_OUTPUT_SECONDS,
        shell_timeout_interval=LOOK_SECONDS,
        shutdown_kernel="immediate",
        record_timing=False,
        kernel_name=KERNEL,
        extra_arguments=["--InteractiveShell.colors=nocolor", _NO_LOSS],
        on_notebook_start=on_notebook_start,
        on_cell_start=on_cell_start,
        on_cell_error=on_cell_error,
        log=_log,
    )
    return client


def _seconds_left(run: _Run) -> int:
    return max(1, math.ceil(run.deadline - time.monotonic()))


def _kernel_manager(run: _Run) -> AsyncKernelManager:
    manager = AsyncKernelManager(
        kernel_name=KERNEL,
        transport="ipc" if os.name == "posix" else "tcp",
        connection_file=str(run.room / "kernel.json"),
        kernel_spec_manager=_ThisPython(),
        log=_log,
    )
    manager.client_factory = PromptClient
    manager.kernel_id = uuid.uuid4().hex
    kernel = _KnownKernel(
        kernel_id=manager.kernel_id,
        kernel_spec=manager.kernel_spec,
        parent=manager,
        # One run by itself is not worth a server of its own.
        cold=run.cold or ADDRESS_VARIABLE not in os.environ,
        log=_log,
    )
    kernel.run = run
    run.kernel = kernel
    manager.provisioner = kernel
    return manager


class _ThisPython(KernelSpecManager):
    """Knows one kernel, the interpreter that runs us; nothing need be installed for it."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
        )


class _KnownKernel(WarmProvisioner):
    """Starts a kernel and says which process it is before anything can go wrong."""

    run: _Run | None = None
    ended: int | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        with birth:
            connection = await super().launch_kernel(cmd, **kwargs)
            if self.run is not None and self.pid is not None:
                self.run.watch.kernel_runs(self.pid)
                self.run.on_kernel(self.pid)
        return connection

    async def poll(self) -> int | None:
        code = await super().poll()
        if code is not None and self.process is not None:
            self.ended = code
        return code

    async def kill(self, restart: bool = False) -> None:
        # What the notebook started goes first, while it can still be found.
        if self.pid is not None:
            end_all(self.pid)
        await super().kill(restart)
