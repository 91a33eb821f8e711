"""What is kept of a run: the trace that lets it be reused, the record that lets it be told.

Also how the files of an executed notebook are named from the job's name on:
``.ipynb``, ``.html`` and ``.files/...``.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from analysis.engine.reuse.fingerprint import Fingerprint
from analysis.engine.reuse.objects import Objects
from analysis.engine.running.run import Executed
from analysis.errors import NotebookError

NOTEBOOK = ".ipynb"
PAGE = ".html"
FILES = ".files"


@dataclass(frozen=True, slots=True)
class Asked:
    """A job as the cache is asked for it: its fingerprint, and the outputs it waits for."""

    fingerprint: Fingerprint
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trace:
    """One run that went well: what it read and waited for, and what it gave.

    ``reads`` and ``outputs`` map paths and job names to hashes, ``files`` what follows
    the job's name (``.ipynb``, ``.files/table.csv``) to the hash of a kept file.
    ``output`` is `fingerprint.output_of` what it gave.
    """

    reads: Mapping[str, str]
    outputs: Mapping[str, str]
    files: Mapping[str, str]
    output: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of a run, to say later what changed since.

    ``clause`` says why it failed, and is empty where it went well; ``at`` is when it
    ended or was reused, in seconds since 1970.
    """

    parts: Mapping[str, str]
    reads: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    at: float = 0.0
    clause: str = ""

    @property
    def failed(self) -> bool:
        """Whether the run failed."""
        return bool(self.clause)

    def is_same(self, other: Record) -> bool:
        """Whether both are of one state, and ended alike."""
        return (self.parts, self.reads, self.outputs, self.failed) == (
            other.parts,
            other.reads,
            other.outputs,
            other.failed,
        )


def record_of(asked: Asked, trace: Trace) -> Record:
    """Return the record of a run that went well, or was reused, just now."""
    parts = asked.fingerprint.parts
    return Record(parts, trace.reads, asked.outputs, trace.seconds, time.time())


def failure_of(asked: Asked, clause: str, seconds: float) -> Record:
    """Return the record of a run that failed just now."""
    parts = asked.fingerprint.parts
    return Record(parts, {}, asked.outputs, seconds, time.time(), clause or "it failed")


def plain(kept: Trace | Record) -> dict[str, Any]:
    """Return plain JSON values, which the class takes again as keywords."""
    return asdict(kept)


def given(executed: Executed) -> dict[str, Path]:
    """Return the files of an executed notebook by what follows the job's name."""
    folder = executed.path.with_suffix(FILES)
    files = {f"{FILES}/{path.relative_to(folder).as_posix()}": path for path in executed.files}
    page = {PAGE: executed.page} if executed.page else {}
    return {NOTEBOOK: executed.path, **page, **files}


def place(objects: Objects, trace: Trace, into: Path, name: str, *, page: bool) -> Executed:
    """Copy what a run gave to where a run of ``name`` would write it, whole or not at all.

    Raises
    ------
    FileNotFoundError, Damaged
        If a file is no longer kept, or does not hold what it did.
    NotebookError
        If ``into`` cannot be written.
    """
    target = into / f"{name}{NOTEBOOK}"
    beside = target.with_name(f".{target.stem}.reused")
    wanted = {end: one for end, one in trace.files.items() if page or end != PAGE}
    try:
        for end, digest in wanted.items():
            objects.fetch(digest, beside / f"it{end}")
        _move(beside, target)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NotebookError(
            f"{target.name}: the executed notebook cannot be written ({error.strerror}). "
            "Make room or allow writing, and run again."
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Executed(
        name,
        target,
        trace.seconds,
        reads=trace.reads,
        files=tuple(into / f"{name}{end}" for end in wanted if end.startswith(f"{FILES}/")),
        page=target.with_suffix(PAGE) if page else None,
        reused=True,
    )


def _move(beside: Path, target: Path) -> None:
    """Move what was copied, the notebook last: where it is new, the others are."""
    folder = target.with_suffix(FILES)
    if folder.exists():
        shutil.rmtree(folder)
    for end in (FILES, PAGE, NOTEBOOK):
        new = beside / f"it{end}"
        if new.exists():
            new.replace(target.with_suffix(end))
