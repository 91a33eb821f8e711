"""A job in, its fingerprint out: all that counts for what its run gives, part by part.

Each part has a name and a hash of its own, so that a difference can be told in words.
What is known before a run makes the key; the files that it reads and the outputs of the
runs that it waits for are compared one by one (see `cache`).
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.engine.notebook import parameters, prepare
from analysis.engine.reuse import recorder, stamp
from analysis.engine.reuse.closure import Closure, Imports
from analysis.engine.reuse.imported import imports_in
from analysis.engine.running.run import Job

VERSION = 1
"""Counts for every key: raise it when the meaning of a part changes."""

LOCK = "requirements.lock"
_ENGINE = "analysis.engine.running.run"
_KEPT_HASHES = 20_000


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a run is made of, as far as it is known before it runs.

    ``parts`` maps ``kind:name`` to a hash: ``cell:<id>``, ``parameter:country``,
    ``environment:WORKBENCH_ORDER``, ``module:analysis.study.windows`` ... The order of
    its entries is that of the notebook, and does not count. ``imported_by`` tells of a
    module which one leads to it; it does not count either.
    """

    parts: Mapping[str, str]
    imported_by: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """One hash of all parts, whatever their order."""
        return hash_of([VERSION, sorted(self.parts.items())])


class Surroundings:
    """What all runs of one workbench share: its local modules, lock file and installation."""

    def __init__(self, home: Path, hashes: Hashes) -> None:
        self.home = home.resolve()
        self.hashes = hashes
        self.installed = stamp.installed()
        self._imports = Imports(self.home)

    def fingerprint(self, job: Job) -> Fingerprint:
        """Take the fingerprint of a job whose parameters are bound.

        Raises
        ------
        NotebookError
            If the notebook is missing or unreadable.
        """
        source = prepare.source(job.notebook, job.parameters)
        cells = [cell["source"] for cell in source["cells"] if cell["cell_type"] == "code"]
        closure, engine = self._imports.closures(imports_in(cells), [_ENGINE])
        parts = dict(
            [
                *_of_notebook(job.notebook.name, source),
                *((f"parameter:{name}", _shown(value)) for name, value in job.parameters.items()),
                *((f"environment:{name}", hash_of(it)) for name, it in job.environment.items()),
                *self._of_files(job),
                *self._of_modules("module", closure),
                *self._of_modules("engine", engine),
                ("lock:", self.hashes.state(self.home / LOCK)),
                ("installed:", hash_of(self.installed)),
                ("python:", stamp.python()),
            ]
        )
        return Fingerprint(parts, {**engine.imported_by, **closure.imported_by})

    def states(self, paths: Mapping[str, str]) -> dict[str, str]:
        """Return what lies now at the paths that a run read, relative to the workbench."""
        return {path: self.hashes.state(self.home / path) for path in paths}

    def _of_files(self, job: Job) -> Iterator[tuple[str, str]]:
        for path in parameters.files(job.notebook, job.parameters, home=self.home):
            name = Path(os.path.relpath(path, self.home)).as_posix()
            yield f"file:{name}", self.hashes.state(path)

    def _of_modules(self, kind: str, closure: Closure) -> Iterator[tuple[str, str]]:
        for name, path in closure.files.items():
            yield f"{kind}:{name}", self.hashes.state(path)


class Hashes:
    """States of files, remembered as long as size, times and inode stay the same.

    A file changed within two seconds of being hashed is hashed again the next time: a
    second change within one tick of the file system's clock would not show (git does
    the same with its index).
    """

    def __init__(self, kept_in: Path | None = None) -> None:
        self._kept_in = kept_in
        self._known: dict[str, list[Any]] = {}
        self._is_new = False
        if kept_in is not None:
            with suppress(OSError, ValueError):
                known = json.loads(kept_in.read_text(encoding="utf-8"))
                self._known = known if isinstance(known, dict) else {}

    def state(self, path: Path) -> str:
        """Return what lies at ``path``, as `recorder.state_of`."""
        name = str(path)
        try:
            before = os.stat(path)  # noqa: PTH116 - a thousand a build
        except OSError:
            return recorder.state_of(path)
        look = [before.st_size, before.st_mtime_ns, before.st_ctime_ns, before.st_ino]
        known = self._known.get(name)
        if known is not None and known[:4] == look:
            return str(known[4])
        looked_ns = time.time_ns()
        state = recorder.state_of(path)
        old = max(before.st_mtime_ns, before.st_ctime_ns) < looked_ns - stamp.YOUNG_NS
        if old and recorder.is_file(state):
            self._known[name] = [*look, state]
            self._is_new = True
        return state

    def save(self) -> None:
        """Keep what is known for the next process.

        Raises
        ------
        OSError
            If it cannot be written; nothing is lost but time.
        """
        if self._kept_in is None or not self._is_new:
            return
        newest = list(self._known.items())[-_KEPT_HASHES:]
        beside = self._kept_in.with_name(f"{self._kept_in.name}.{os.getpid()}")
        beside.write_text(json.dumps(dict(newest)), encoding="utf-8")
        beside.replace(self._kept_in)
        self._is_new = False


def hash_of(value: object) -> str:
    """Return a hash of plain values that does not depend on the order of keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def output_of(executed: Path) -> str:
    """Return a hash of what an executed notebook shows and the files it left.

    Its prose and code do not count: who waits for it reads its outputs.
    """
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    shown = [cell["outputs"] for cell in notebook["cells"] if cell.get("outputs")]
    folder = executed.with_name(f"{executed.stem}.files")
    left = {
        path.relative_to(folder).as_posix(): recorder.state_of(path)
        for path in folder.rglob("*")
        if path.is_file()
    }
    return hash_of([shown, left])


def _of_notebook(name: str, source: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "notebook:name", name
    yield "notebook:metadata", hash_of({k: v for k, v in source.items() if k != "cells"})
    # The order is a part of its own, so that a cell that moved differs from one that changed.
    yield "notebook:order", hash_of([cell["id"] for cell in source["cells"]])
    for cell in source["cells"]:
        yield f"cell:{cell['id']}", hash_of(cell)


def _shown(value: object) -> str:
    """Return a parameter's value as JSON; a long one as its hash."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= _LONGEST_SHOWN else hash_of(value)


_LONGEST_SHOWN = 60
