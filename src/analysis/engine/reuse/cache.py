"""What runs gave, kept by fingerprint: the same need not be run again.

The key is what is known before a run. Below it lie up to ``TRACES`` traces, one for each
state that the files which the run reads, and the outputs that it waits for, were in: so
going back to an earlier state runs nothing. A trace names the executed notebook, its page
and its files by their hashes; each is checked when used.

What cannot be kept is no failure: the build says so once and goes on.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.engine.reuse.fingerprint import Hashes, Surroundings, hash_of, output_of
from analysis.engine.reuse.objects import Damaged, Objects
from analysis.engine.reuse.traces import (
    PAGE,
    Asked,
    Record,
    Trace,
    failure_of,
    given,
    place,
    plain,
    record_of,
)
from analysis.engine.running.run import Executed, Job
from analysis.errors import AnalysisError

LIMIT_VARIABLE = "WORKBENCH_CACHE_MB"
LIMIT_MB = 2048
TRACES = 16
RECORDS = 8
_MB = 1 << 20


def to_stderr(line: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{line}\n")


class Cache:
    """What runs gave, in a folder that several builds may use at once.

    Parameters
    ----------
    folder : Path
        `Places.cache`; made when first written to.
    home : Path
        The workbench: paths of files read are relative to it, its modules in ``src``.
    limit_mb : int, optional
        Most megabytes (2^20 bytes) that are kept when a build ends; what was longest
        not used goes first. Default: ``WORKBENCH_CACHE_MB``, or 2048.
    on_remark : callable
        Told what a user should know: a damaged entry, a folder that cannot be written.

    Raises
    ------
    AnalysisError
        If ``WORKBENCH_CACHE_MB`` is no whole number.
    """

    def __init__(
        self,
        folder: Path,
        home: Path,
        limit_mb: int | None = None,
        on_remark: Callable[[str], None] = to_stderr,
    ) -> None:
        self.folder = folder
        self.limit_mb = _limit_mb() if limit_mb is None else limit_mb
        self.hashes = Hashes(folder / "hashes.json")
        self.surroundings = Surroundings(home, self.hashes)
        self._on_remark = on_remark
        self._objects = Objects(folder)
        self._writes = True

    def ask(self, job: Job, outputs: Mapping[str, str]) -> Asked:
        """Look at all that counts for a job with bound parameters, as it is now."""
        return Asked(self.surroundings.fingerprint(job), dict(outputs))

    def trace(self, asked: Asked) -> Trace | None:
        """Find a run of the same fingerprint whose reads and outputs are as they are now."""
        for trace in self._traces(asked.fingerprint.key):
            if (
                trace.outputs == asked.outputs
                and all(self._objects.has(digest) for digest in trace.files.values())
                and self.surroundings.states(trace.reads) == trace.reads
            ):
                return trace
        return None

    def reuse(
        self, job: Job, asked: Asked, into: Path, *, page: bool = False
    ) -> tuple[Executed, str] | None:
        """Put what an earlier run gave into ``into``; ``None`` where there was none.

        Returns
        -------
        tuple of Executed and str
            The run, and the hash of its outputs.

        Raises
        ------
        NotebookError
            If ``into`` cannot be written.
        """
        trace = self.trace(asked)
        if trace is None or (page and PAGE not in trace.files):
            return None
        try:
            executed = place(self._objects, trace, into, job.name, page=page)
        except FileNotFoundError:
            return None
        except Damaged:
            self._say_damaged(job.name)
            return None
        self._objects.touch(_trace_file(asked.fingerprint.key))
        with self._forgiving():
            self._remember(job, record_of(asked, trace))
        return executed, trace.output

    def keep(self, job: Job, asked: Asked, executed: Executed) -> str:
        """Keep what a run gave; return the hash of its outputs.

        A run during which something changed that it is made of is not kept: nobody
        knows which state it saw.
        """
        output = output_of(executed.path)
        if not self._changed_meanwhile(job, asked, executed):
            with self._forgiving():
                self._add(job, asked, executed, output)
        return output

    def keep_failure(self, job: Job, asked: Asked, clause: str, seconds: float = 0.0) -> None:
        """Remember that a run failed; it is run again all the same."""
        with self._forgiving():
            self._remember(job, failure_of(asked, clause, seconds))

    def records(self, job: Job) -> tuple[Record, ...]:
        """Return what is remembered of runs of a job, newest first."""
        return tuple(Record(**one) for one in self._read(self._record_file(job), job.name))

    def installed(self, part: str) -> list[str]:
        """Return the distributions behind the hash of an installation, as far as known."""
        return self._read(_installed_file(part), "installed")

    def close(self) -> None:
        """Keep hashes for the next build, and keep below the limit."""
        with self._forgiving():
            if self._writes and self.folder.is_dir():
                self.hashes.save()
                with self._locked():
                    self._objects.trim(self.limit_mb * _MB, ("traces", "runs"))

    def _traces(self, key: str) -> list[Trace]:
        return [Trace(**one) for one in self._read(_trace_file(key), "what runs read")]

    def _add(self, job: Job, asked: Asked, executed: Executed, output: str) -> None:
        if not self._writes:
            return
        key = asked.fingerprint.key
        files = {end: self._objects.put(path) for end, path in given(executed).items()}
        trace = Trace(dict(executed.reads), asked.outputs, files, output, executed.seconds)
        with self._locked():
            others = [
                one
                for one in self._traces(key)
                if (one.reads, one.outputs) != (trace.reads, trace.outputs)
            ]
            kept = [plain(one) for one in (trace, *others)][:TRACES]
            self._objects.write(_trace_file(key), kept)
        self._remember(job, record_of(asked, trace))

    def _remember(self, job: Job, record: Record) -> None:
        if not self._writes:
            return
        installed = _installed_file(record.parts["installed:"])
        if not (self.folder / installed).exists():
            self._objects.write(installed, self.surroundings.installed)
        with self._locked():
            known = self.records(job)
            if known and known[0].is_same(record) and not record.failed:
                self._objects.touch(self._record_file(job))
                return
            others = [one for one in known if not one.is_same(record)]
            kept = [plain(one) for one in (record, *others)][:RECORDS]
            self._objects.write(self._record_file(job), kept)

    def _record_file(self, job: Job) -> str:
        notebook = os.path.relpath(job.notebook.resolve(), self.surroundings.home)
        return f"runs/{hash_of([job.name, Path(notebook).as_posix()])[:32]}.json"

    def _changed_meanwhile(self, job: Job, asked: Asked, executed: Executed) -> bool:
        try:
            now = self.surroundings.fingerprint(job)
        except AnalysisError:  # the notebook is just being written
            return True
        reads = self.surroundings.states(executed.reads)
        return now.key != asked.fingerprint.key or reads != executed.reads

    def _read(self, name: str, what: str) -> list[Any]:
        try:
            return list(self._objects.read(name) or [])
        except Damaged:
            self._say_damaged(what)
        except OSError as error:
            self._give_up(error)
        return []

    def _say_damaged(self, what: str) -> None:
        self._on_remark(f"cache: 1 entry was damaged and is rebuilt ({what}).")

    @contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Say once that the folder cannot be used; nothing more is written to it."""
        if self._writes:
            self._on_remark(
                f"cache: {self.folder.name} cannot be used ({error.strerror}), so what runs "
                "give is not kept. Make room or allow writing there."
            )
        self._writes = False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one build at a time change what all of them may have read."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _trace_file(key: str) -> str:
    return f"traces/{key[:2]}/{key}.json"


def _installed_file(part: str) -> str:
    return f"installed/{part[:32]}.json"


def _limit_mb() -> int:
    stated = os.environ.get(LIMIT_VARIABLE, "").strip()
    if not stated:
        return LIMIT_MB
    if not stated.isdecimal():
        raise AnalysisError(
            f"{LIMIT_VARIABLE}: is not a whole number of megabytes. Write one, such as {LIMIT_MB}."
        )
    return int(stated)
