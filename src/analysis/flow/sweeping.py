"""A notebook and a grid in, every run and one table of all their findings out.

The engine makes runs and knows nothing of findings; here each executed notebook is
read once, when its run ends, and what it recorded becomes lines of the table.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis.contracts.findings import Finding, from_json
from analysis.engine import store
from analysis.engine.events import Listener, ignore
from analysis.engine.notebook import named_files
from analysis.engine.reuse.cache import Cache
from analysis.engine.reuse.recorder import RUN_VARIABLE
from analysis.engine.running.run import Executed, Job
from analysis.engine.sweeping import grid_tables, sweep
from analysis.engine.sweeping.grid import Grid
from analysis.engine.sweeping.grid_tables import Kind
from analysis.engine.sweeping.sweep import Into, Runner
from analysis.errors import AnalysisError
from analysis.findings import register
from analysis.flow.compared import compared
from analysis.flow.named import notebook as notebook_named
from analysis.places import HOME_VARIABLE, Places, find_places

MARK = "sweep.json"
"""Says of a folder that a sweep wrote it, and what was swept."""

RUN_COLUMNS: Mapping[str, Kind] = dict.fromkeys(("run", "status", "error", "notebook"), "str")
FINDING_COLUMNS: Mapping[str, Kind] = {
    **dict.fromkeys(("run", "finding", "indicator", "estimate_kind"), "str"),
    **dict.fromkeys(("estimate", "estimate_low", "estimate_high"), "float"),
    **dict.fromkeys(("low", "high", "level"), "float"),
    **dict.fromkeys(("unit", "verdict", "grade", "basis"), "str"),
    **dict.fromkeys(("sentence_da", "sentence_en", "short_da", "short_en"), "str"),
    "fingerprint": "str",
}
"""``estimate`` is a single number, or empty where it is an interval or not known; ``low``
and ``high`` are its headline limits at confidence ``level``."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that failed: its name, its swept values, and why."""

    run: str
    parameters: Mapping[str, object]
    error: str


@dataclass(frozen=True, slots=True)
class Swept:
    """A finished sweep: its folder, how many runs it has and how many were reused."""

    folder: Path
    runs: int
    reused: int
    findings: int
    failed: tuple[Failed, ...]
    seconds: float


def notebook_of(name: str) -> Path:
    """Find a notebook: by its path, or by its name in the notebooks of this workbench."""
    path = Path(name)
    if path.is_file() or len(path.parts) > 1:
        return path.resolve()
    return notebook_named(find_places(), name)


def run(
    notebook: Path,
    grid: Grid,
    *,
    into: Path | None = None,
    workers: int | None = None,
    cold: bool = False,
    scheduler: str | None = None,
    on_event: Listener = ignore,
) -> Swept:
    """Run a notebook with every combination of a grid; runs that fail lose no others.

    Parameters
    ----------
    notebook : Path
        As `notebook_of` finds it; it need not lie in a workbench.
    grid : Grid
        As `grid.combine` makes it.
    into : Path, optional
        Default: ``outputs/sweeps/<notebook>+<hash of the grid>``.
    workers : int, optional
        Runs at a time on this machine; default: one a core.
    cold : bool
        Whether every kernel starts anew.
    scheduler : str, optional
        Address of a Dask scheduler, on whose cluster the runs are made.

    Raises
    ------
    AnalysisError
        If the sweep could not be made at all. What is done is kept, and reused next time.
    """
    began = time.monotonic()
    places = Places(named_files.home_of(notebook))
    jobs = _jobs(places, notebook, grid, cold=cold)
    final = into or places.outputs / "sweeps" / f"{notebook.stem}+{grid.short_hash()}"
    _refuse_other_content(final)
    with _runner(places, jobs, workers, scheduler, cold) as runner, store.staging(final) as stage:
        folders = Into(stage / "notebooks", stage / "failed")
        collected = _Collected(notebook, grid, folders)
        sweep.run_each(
            jobs,
            folders,
            runner=runner,
            cache=Cache(places.cache, places.home),
            on_event=on_event,
            on_end=collected.end,
        )
        collected.write(stage)
    return Swept(
        folder=final,
        runs=len(jobs),
        reused=collected.reused,
        findings=sum(map(len, collected.lines.values())),
        failed=tuple(collected.failed(final)),
        seconds=time.monotonic() - began,
    )


def _runner(
    places: Places, jobs: Sequence[Job], workers: int | None, scheduler: str | None, cold: bool
) -> AbstractContextManager[Runner]:
    if scheduler is None:
        return nullcontext(sweep.Here(workers and min(workers, len(jobs)), cold=cold))
    from analysis.engine.cluster.runs import cluster

    return cluster(scheduler, places.home, jobs)


def _refuse_other_content(final: Path) -> None:
    """Refuse to replace a folder that no sweep wrote."""
    if final.is_dir() and any(final.iterdir()) and not (final / MARK).is_file():
        raise AnalysisError(
            f"{final.name}: holds files, and not those of a sweep, which would be replaced. "
            "Name a new folder, or empty this one."
        )


def _jobs(places: Places, notebook: Path, grid: Grid, *, cold: bool) -> list[Job]:
    of_study = notebook.parent == places.notebooks and places.evaluations.is_dir()
    like = Job("", notebook, folders={HOME_VARIABLE: places.home}, cold=cold)
    jobs = sweep.jobs_of(like, grid)
    if not of_study:
        return list(jobs)

    from analysis.published.check import require_sound

    require_sound(places)
    return list(_of_study(places, jobs))


def _of_study(places: Places, jobs: Sequence[Job]) -> Iterator[Job]:
    """Give each run the last build of its comparison; refuse one that cannot be opened."""
    for job, chosen in zip(jobs, compared(places, (job.parameters for job in jobs)), strict=True):
        built = places.outputs / chosen.id / "notebooks"
        yield replace(job, folders={**job.folders, RUN_VARIABLE: built})


@dataclass(slots=True)
class _Collected:
    """What each run gave, by its name: lines of findings, or why it failed."""

    notebook: Path
    grid: Grid
    into: Into
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    reused: int = 0

    def end(self, job: Job, ended: Executed | AnalysisError) -> None:
        """Read what a run recorded; its notebook is not kept in memory."""
        if isinstance(ended, Executed):
            self.reused += ended.reused
            try:
                self.lines[job.name] = self._findings(ended.path)
            except AnalysisError as error:
                ended = error
        if isinstance(ended, AnalysisError):
            told = str(ended).removeprefix(f"{sweep.named(job)}: ")
            self.errors[job.name] = told.replace(str(self.into.failed), "failed")

    def failed(self, final: Path) -> Iterator[Failed]:
        for run, values in self.grid.runs().items():
            if run in self.errors:
                yield Failed(run, values, self.errors[run].replace("failed/", f"{final}/failed/"))

    def write(self, folder: Path) -> None:
        """Write the tables, sorted by run, and what was swept."""
        findings = [
            self._swept(FINDING_COLUMNS, values) | {"run": run} | line
            for run, values in self.grid.runs().items()
            for line in self.lines.get(run, ())
        ]
        runs = [
            self._swept(RUN_COLUMNS, values) | self._told(folder, run)
            for run, values in self.grid.runs().items()
        ]
        columns = grid_tables.column_types(self.grid, FINDING_COLUMNS)
        grid_tables.write_parquet(folder / "findings.parquet", columns, findings)
        columns = grid_tables.column_types(self.grid, RUN_COLUMNS)
        grid_tables.write_parquet(folder / "runs.parquet", columns, runs)
        grid_tables.write_csv(folder / "runs.csv", columns, runs)
        told = {
            "notebook": self.notebook.name,
            "swept": dict(zip(self.grid.names, self.grid.types, strict=True)),
            "fixed": dict(self.grid.fixed),
            "runs": len(self.grid),
        }
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        (folder / MARK).write_text(text, encoding="utf-8", newline="\n")

    def _findings(self, executed: Path) -> list[dict[str, Any]]:
        notebook = json.loads(executed.read_text(encoding="utf-8"))
        found = register.collect({(self.notebook.stem, "en"): notebook})
        return [_line(from_json(one)) for one in found]

    def _swept(self, others: Mapping[str, Kind], values: Mapping[str, object]) -> dict[str, Any]:
        names = grid_tables.parameter_columns(self.grid, others)
        return {names[name]: value for name, value in values.items()}

    def _told(self, folder: Path, run: str) -> dict[str, str]:
        executed, part = Path("notebooks", f"{run}.ipynb"), Path("failed", f"{run}.ipynb")
        lies = next((str(path) for path in (executed, part) if (folder / path).exists()), "")
        status = "failed" if run in self.errors else "ok"
        return {"run": run, "status": status, "error": self.errors.get(run, ""), "notebook": lies}


def _line(finding: Finding) -> dict[str, Any]:
    """Lay a finding out as one line of `FINDING_COLUMNS`; what is not known is None."""
    value, limits = finding.estimate, finding.limits
    return {
        "finding": finding.id,
        **{
            name: getattr(finding, name)
            for name in ("indicator", "unit", "verdict", "grade", "basis", "fingerprint")
        },
        "estimate_kind": value.kind,
        "estimate": value.low if value.exact else None,
        "estimate_low": value.low,
        "estimate_high": value.high,
        **{name: getattr(limits, name, None) for name in ("low", "high", "level")},
        **{
            f"{name}_{language}": getattr(finding, name).said_in(language)
            for name in ("sentence", "short")
            for language in ("da", "en")
        },
    }
