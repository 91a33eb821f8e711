"""Jobs and the cache in, how each stands and why out: fresh, stale, failed, never run.

Nothing runs and nothing heavy is imported: a job is compared, part by part, with the
last run of the same parameters, or with the last of any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.engine.graph import bound, order
from analysis.engine.reuse.cache import Cache
from analysis.engine.reuse.fingerprint import Fingerprint
from analysis.engine.reuse.recorder import ABSENT
from analysis.engine.reuse.traces import Asked, Record
from analysis.engine.running.run import Job

State = Literal["fresh", "stale", "failed", "never run"]
FRESH = "nothing: it is fresh"

_SHOWN = 3  # packages named in one reason


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands: ``reasons`` for running it, ``seconds`` of its last run, if any.

    A job that is fresh has no reasons.
    """

    job: str
    state: State
    reasons: tuple[str, ...]
    seconds: float | None = None


def standings(jobs: Sequence[Job], cache: Cache) -> tuple[Standing, ...]:
    """Tell how jobs stand, in the order given.

    Raises
    ------
    NotebookError, ParameterError
        If they could not be run at all: see `build.run_all`.
    """
    sorter = order(jobs)
    checked = {job.name: bound(job) for job in jobs}
    outputs: dict[str, str] = {}
    found: dict[str, Standing] = {}
    while names := sorter.get_ready():
        for name in names:
            found[name] = _standing(checked[name], cache, outputs)
            sorter.done(name)
    return tuple(found[job.name] for job in jobs)


def _standing(job: Job, cache: Cache, outputs: dict[str, str]) -> Standing:
    """Tell how one job stands; where it is fresh, add the hash of what it gave to ``outputs``."""
    known = {name: outputs[name] for name in job.after if name in outputs}
    waits = [name for name in job.after if name not in outputs]
    asked = cache.ask(job, known)
    records = cache.records(job)
    if not records:
        return Standing(job.name, "never run", ("never run", *map(_runs_first, waits)))
    last = _nearest(records, asked.fingerprint)
    trace = None if waits else cache.trace(asked)
    if trace is not None:
        outputs[job.name] = trace.output
        return Standing(job.name, "fresh", (), trace.seconds)
    changes = (*_changes(last, asked, cache), *map(_runs_first, waits))
    if last.failed:
        reasons = (f"its last run failed: {last.clause}", *changes)
        return Standing(job.name, "failed", reasons, last.seconds)
    reasons = changes or ("what it gave is no longer in the cache",)
    return Standing(job.name, "stale", reasons, last.seconds)


def _runs_first(name: str) -> str:
    return f"{name} must run first (output may change)"


def _nearest(records: Sequence[Record], now: Fingerprint) -> Record:
    """Choose the last run of the same parameters, else the last of any."""
    same = (one for one in records if _given(one.parts) == _given(now.parts))
    return next(same, records[0])


def _given(parts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in parts.items() if name.startswith("parameter:")}


def _changes(last: Record, asked: Asked, cache: Cache) -> Iterator[str]:
    now = asked.fingerprint.parts
    yield from _of_cells(last.parts, now)
    for name in dict.fromkeys([*now, *last.parts]):
        kind, _, what = name.partition(":")
        before, after = last.parts.get(name), now.get(name)
        told_already = kind == "cell" or (kind == "engine" and f"module:{what}" in now)
        if before != after and not told_already:
            yield from _of_part(kind, what, before, after, asked, cache)
    states = cache.surroundings.states(last.reads)
    for path, state in last.reads.items():
        if states[path] != state:
            yield f"{path} {_how(state, states[path], absent=ABSENT)}"
    for name in asked.outputs:
        if last.outputs.get(name) not in (None, asked.outputs[name]):
            yield f"output of {name} changed"


def _of_cells(last: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Tell of cells by their number: in the notebook now, or then for one that is gone."""
    before, after = _cells(last), _cells(now)
    for number, name in enumerate(after, start=1):
        if name not in before:
            yield f"cell {number} is new"
        elif last[name] != now[name]:
            yield f"cell {number} changed"
    for number, name in enumerate(before, start=1):
        if name not in after:
            yield f"cell {number} was removed"
    if set(before) == set(after) and before != after:
        yield "cells were moved"


def _cells(parts: Mapping[str, str]) -> list[str]:
    return [name for name in parts if name.startswith("cell:")]


def _of_part(
    kind: str, what: str, before: str | None, after: str | None, asked: Asked, cache: Cache
) -> Iterator[str]:
    how = _how(before, after)
    if kind == "module" and before is None:
        yield f"{what} is imported now{_by(what, asked)}"
    elif kind == "module" and after is None:
        yield f"{what} is no longer imported"
    elif kind in ("module", "engine"):
        by = " (it belongs to the engine)" if kind == "engine" else _by(what, asked)
        yield f"{what} {how}{by}"
    elif kind == "parameter":
        yield f"parameter {what}: {before or 'not there'} became {after or 'not there'}"
    elif kind == "environment":
        yield f"environment variable {what} {how}"
    elif kind == "file":
        yield f"{what} {how}"
    elif kind == "lock":
        yield f"requirements.lock {_how(before, after, absent=ABSENT)}"
    elif kind == "installed":
        yield f"installed packages changed{_packages(cache, before)}"
    elif kind == "python":
        yield "Python changed"
    elif what in ("name", "metadata"):
        yield f"notebook {what} changed"


def _by(module: str, asked: Asked) -> str:
    importer = asked.fingerprint.imported_by.get(module)
    return f" (imported by {importer})" if importer else ""


def _how(before: str | None, after: str | None, absent: str | None = None) -> str:
    if before in (None, absent):
        return "is new"
    return "was removed" if after in (None, absent) else "changed"


def _packages(cache: Cache, before: str | None) -> str:
    """Name the packages that came or went, as far as it is known what was installed."""
    then = set(cache.installed(before or ""))
    now = set(cache.surroundings.installed)
    if not then:
        return ""
    names = sorted(then ^ now, key=str.lower)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    marked = [f"{'+' if name in now else '-'}{name}" for name in names[:_SHOWN]]
    return f" ({', '.join(marked)}{more})"
