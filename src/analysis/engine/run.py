"""One job in, one executed notebook out: strict, isolated, the same bytes each time."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engine import parameters, prepare, recorder
from analysis.engine.events import Event, Listener, ignore
from analysis.engine.rooms import environment, room_in
from analysis.errors import AnalysisError, CellError, NotebookError
from analysis.places import HOME_VARIABLE, find_places

if TYPE_CHECKING:
    from analysis.engine.kernels import Outcome


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use at most.

    ``seconds`` bounds what all cells take together; the start of a kernel has a limit
    of its own. ``memory_mb`` bounds the resident memory of the kernel with all its
    children, ``output_mb`` what its cells print and show together.
    """

    seconds: int = 900
    memory_mb: int = 4096
    output_mb: int = 64


@dataclass(frozen=True, slots=True)
class Job:
    """A notebook to run with its parameters, as ``name``, once the jobs ``after`` are done.

    ``name`` becomes the path of the executed notebook, so ``da/support`` lies in a
    folder. ``environment`` and ``folders`` are added to the kernel's environment: of
    ``environment`` the values count for what the run gives, ``folders`` only say where
    things lie. ``cold`` starts a kernel of its own, never a fork of a warm process.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, object] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)
    limits: Limits = Limits()
    cold: bool = False


@dataclass(frozen=True, slots=True)
class Executed:
    """An executed notebook: whose, where it lies, how many seconds its run took.

    ``reads`` are the files it announced while it ran, relative to the workbench, each
    with the SHA-256 of what was read (``absent`` where there was none). ``reused``: an
    earlier run with the same fingerprint gave it.
    """

    name: str
    path: Path
    seconds: float
    reads: Mapping[str, str] = field(default_factory=dict)
    reused: bool = False


def run_job(
    job: Job,
    into: Path,
    work: Path,
    *,
    aside: Path | None = None,
    on_event: Listener = ignore,
    on_kernel: Callable[[int], None] = lambda pid: None,
) -> Executed:
    """Run one notebook in a fresh kernel and write it to ``into/<name>.ipynb``.

    The kernel is this interpreter, talks over sockets in a private folder (no
    ports), works in an empty folder below ``work`` that is removed afterwards, and
    sees one thread, one time zone, one locale and one hash seed.

    Parameters
    ----------
    job : Job
        What to run; its ``after`` is for `build.run_all`.
    into : Path
        Where the executed notebook is written, whole or not at all.
    work : Path
        Where the run may leave files while it lasts.
    aside : Path, optional
        Where the executed part of a failed run is kept; default ``into/failed``.
    on_event, on_kernel : callable, optional
        Told of each cell, and of the kernel's process id once it runs.

    Raises
    ------
    ParameterError, NotebookError
        Before a kernel starts: parameters do not fit, the notebook is not runnable.
    CellError
        If a cell fails, the kernel dies or the time is up.
    """
    values = parameters.bind(job.notebook, job.parameters)
    source = prepare.source(job.notebook, values)
    began = time.monotonic()
    on_event(Event("started", job.name, cells=len(source["cells"])))
    with room_in(work, job.name) as room:
        outcome = _execute(job, values, source, room, on_event, on_kernel)
        _finish(outcome.notebook, job, values, room)
    seconds = time.monotonic() - began
    if outcome.failure is not None:
        kept = (aside or into / "failed") / f"{job.name}.ipynb"
        _write(outcome.notebook, kept)
        on_event(Event("failed", job.name, seconds=seconds))
        raise CellError(f"{_named(job)}: {outcome.failure} The executed part lies in {kept}.")
    path = into / f"{job.name}.ipynb"
    _write(outcome.notebook, path)
    on_event(Event("finished", job.name, seconds=seconds))
    return Executed(job.name, path, seconds)


def _execute(
    job: Job,
    values: dict[str, object],
    source: dict[str, Any],
    room: Path,
    on_event: Listener,
    on_kernel: Callable[[int], None],
) -> Outcome:
    # papermill takes two seconds to import: whoever only builds the graph never pays it.
    from analysis.engine import kernels

    return kernels.execute(
        source,
        values,
        room=room,
        environment=environment(room, _home(job))
        | {name: str(folder) for name, folder in job.folders.items()}
        | dict(job.environment),
        timeout_seconds=job.limits.seconds,
        on_cell=lambda cell, cells: on_event(Event("cell", job.name, cell, cells)),
        on_kernel=on_kernel,
        named=_named(job),
    )


def _named(job: Job) -> str:
    return f"{job.notebook.name} (run as {job.name})"


def _finish(notebook: dict[str, Any], job: Job, values: dict[str, object], room: Path) -> None:
    from analysis.engine.normalise import normalise

    home = _home(job)
    normalise(
        notebook,
        {
            str(room): "[run]",
            str(home): "[workbench]",
            sys.prefix: "[python]",
            sys.base_prefix: "[python]",
            str(Path.home()): "~",
        },
        host=socket.gethostname(),
    )
    notebook["metadata"]["workbench"] = {
        "notebook": job.notebook.name,
        "parameters": values,
        "reads": list(recorder.read_back(room / "reads", home)),
    }


def _home(job: Job) -> Path:
    if named := job.folders.get(HOME_VARIABLE):
        return named.resolve()
    try:
        return find_places(job.notebook.resolve().parent).home
    except AnalysisError:
        return job.notebook.resolve().parent


def _write(notebook: dict[str, Any], path: Path) -> None:
    import nbformat

    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
        text = str(nbformat.writes(node))  # type: ignore[no-untyped-call]
        beside.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise NotebookError(
            f"{path.name}: the executed notebook cannot be written ({error.strerror}). "
            "Make room or allow writing, and run again."
        ) from error
