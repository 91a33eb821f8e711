"""One job in, one executed notebook out: strict, isolated, the same bytes each time."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engine.events import Event, Listener, ignore
from analysis.engine.notebook import parameters, prepare
from analysis.engine.reuse import recorder
from analysis.engine.running import left, watched
from analysis.engine.running.left import Left
from analysis.engine.running.normalise import normalise
from analysis.engine.running.rooms import HERE, environment, room_in
from analysis.errors import AnalysisError, CellError, NotebookError
from analysis.places import HOME_VARIABLE, find_places

if TYPE_CHECKING:
    from analysis.engine.running.kernels import Outcome


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
    with the SHA-256 of what was read (``absent`` where there was none). ``files`` are
    what it left in its working folder, kept in ``<name>.files`` beside the notebook;
    ``page`` is its page of HTML, if one was wanted. ``reused``: an earlier run with the
    same fingerprint gave it.
    """

    name: str
    path: Path
    seconds: float
    reads: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    page: Path | None = None
    reused: bool = False


def run_job(
    job: Job,
    into: Path,
    work: Path,
    *,
    aside: Path | None = None,
    page: bool = False,
    on_event: Listener = ignore,
    on_kernel: Callable[[int], None] = lambda pid: None,
) -> Executed:
    """Run one notebook in a fresh kernel and write it to ``into/<name>.ipynb``.

    The kernel is this interpreter, talks over sockets in a private folder (no
    ports), works in an empty folder below ``work`` that is removed afterwards, and
    sees one thread, one time zone, one locale and one hash seed. What it leaves in
    the folder it works in is kept in ``into/<name>.files``.

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
    page : bool
        Whether ``into/<name>.html`` is written too.
    on_event, on_kernel : callable, optional
        Told of each cell, and of the kernel's process id once it runs.

    Raises
    ------
    ParameterError, NotebookError
        Before a kernel starts: parameters do not fit, the notebook is not runnable.
        After: the executed notebook cannot be written.
    CellError
        If a cell fails, the kernel dies or a limit is passed.
    """
    values = parameters.bind(job.notebook, job.parameters)
    source = prepare.source(job.notebook, values)
    began = time.monotonic()
    on_event(Event("started", job.name, cells=len(source["cells"])))
    with room_in(work, job.name) as room:
        watched.prepare(room)
        outcome = _execute(job, values, source, room, on_event, on_kernel)
        done = _Done(job, outcome.notebook, room, began, outcome.failure)
        done.finish(values)
        if done.failure is not None:
            on_event(Event("failed", job.name, seconds=done.seconds))
            raise CellError(f"{_named(job)}: {done.failure} {done.keep(aside or into / 'failed')}")
        executed = done.write(into, page=page)
    on_event(Event("finished", job.name, seconds=executed.seconds))
    return executed


def _execute(
    job: Job,
    values: dict[str, object],
    source: dict[str, Any],
    room: Path,
    on_event: Listener,
    on_kernel: Callable[[int], None],
) -> Outcome:
    # papermill takes long to import: whoever only builds the graph never pays it.
    from analysis.engine.running import kernels

    return kernels.execute(
        source,
        values,
        room=room,
        environment=environment(room, _home(job))
        | {name: str(folder) for name, folder in job.folders.items()}
        | dict(job.environment),
        limits=job.limits,
        cold=job.cold,
        on_cell=lambda cell, cells: on_event(Event("cell", job.name, cell, cells)),
        on_kernel=on_kernel,
        named=_named(job),
    )


def _named(job: Job) -> str:
    return f"{job.notebook.name} (run as {job.name})"


@dataclass(slots=True)
class _Done:
    """A run whose kernel has ended, on its way to be written."""

    job: Job
    notebook: dict[str, Any]
    room: Path
    began: float
    failure: str | None
    reads: dict[str, str] = field(default_factory=dict)
    left: Left = field(default_factory=Left)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def finish(self, values: dict[str, object]) -> None:
        """Take out what differs from run to run, and say what the run was given and left."""
        home = _home(self.job)
        self.reads = recorder.read_back(self.room / "reads", home)
        self.reads |= watched.past_python(self.notebook["cells"])
        self._find_left()
        normalise(self.notebook, _neutral_names(self.room, home), host=socket.gethostname())
        told = {
            "notebook": self.job.notebook.name,
            "parameters": values,
            "reads": recorder.files_in(self.reads),
        }
        if self.left.files:
            told["files"] = [file.as_posix() for file in self.left.files]
        if self.left.dropped:
            told["files_not_kept"] = list(self.left.dropped)
        self.notebook["metadata"]["workbench"] = told

    def _find_left(self) -> None:
        found = left.find(self.room / HERE)
        most_mb = self.job.limits.output_mb * left.LIMIT_PER_OUTPUT
        if found.size_bytes <= most_mb << 20:
            self.left = found
        elif self.failure is None:
            self.failure = (
                f"{len(found.files)} files with {found.size_bytes >> 20} MB were left in the "
                f"folder it worked in, more than the {most_mb} MB allowed for the notebook."
            )

    def keep(self, aside: Path) -> str:
        """Keep the executed part of a failed run; say where, or that it could not be kept."""
        path = aside / f"{self.job.name}.ipynb"
        try:
            left.write(path, self._text(), page=None, left=self.left, here=self.room / HERE)
        except OSError as error:
            return f"The executed part cannot be kept in {path} ({error.strerror})."
        return f"The executed part lies in {path}."

    def write(self, into: Path, *, page: bool) -> Executed:
        path = into / f"{self.job.name}.ipynb"
        html = self._html() if page else None
        try:
            files = left.write(path, self._text(), page=html, left=self.left, here=self.room / HERE)
        except OSError as error:
            raise NotebookError(
                f"{path.name}: the executed notebook cannot be written ({error.strerror}). "
                "Make room or allow writing, and run again."
            ) from error
        written = path.with_suffix(".html") if page else None
        return Executed(self.job.name, path, self.seconds, self.reads, files, written)

    def _text(self) -> str:
        import nbformat

        node = nbformat.from_dict(self.notebook)  # type: ignore[no-untyped-call]
        return str(nbformat.writes(node)).rstrip("\n") + "\n"  # type: ignore[no-untyped-call]

    def _html(self) -> str:
        from analysis.engine.running.page import page_of

        return page_of(self.notebook, self.job.notebook.stem)


def _neutral_names(room: Path, home: Path) -> dict[str, str]:
    return {
        str(room): "[run]",
        str(home): "[workbench]",
        sys.prefix: "[python]",
        sys.base_prefix: "[python]",
        str(Path.home()): "~",
    }


def _home(job: Job) -> Path:
    if named := job.folders.get(HOME_VARIABLE):
        return named.resolve()
    try:
        return find_places(job.notebook.resolve().parent).home
    except AnalysisError:
        return job.notebook.resolve().parent
