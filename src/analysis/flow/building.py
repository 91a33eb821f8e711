"""An evaluation in, its notebooks run and its report written: whole or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import evaluations
from analysis.engine import build as engine
from analysis.engine import store
from analysis.engine.events import Listener, ignore
from analysis.engine.reuse.cache import Cache
from analysis.engine.reuse.stamp import Stamp
from analysis.engine.workers.pool import pool
from analysis.errors import EvaluationError
from analysis.evaluations import Evaluation
from analysis.flow import proving, report_stamp
from analysis.flow.report_jobs import jobs as jobs_of
from analysis.flow.report_kept import Kept
from analysis.places import Places

if TYPE_CHECKING:
    from analysis.contracts.published import Plan
    from analysis.published.load import Record

LEVEL = 0.95
"""Confidence level at which the study computes every interval."""

POWER = 0.8
"""Power at which the study computes every smallest detectable ratio."""

_WANTED_LATER = ("analysis.flow.reports", "analysis.reporting.document", "analysis.reporting.pages")


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build: its folder, the report's first page, and what it holds.

    ``reused`` counts the notebooks for which an earlier run stood.
    """

    folder: Path
    report: Path
    findings: int
    seconds: float
    notebooks: int
    reused: int


def build(
    places: Places,
    evaluation: Evaluation,
    *,
    overrides: Mapping[str, str] | None = None,
    jobs: int | None = None,
    cold: bool = False,
    rerun: bool = False,
    looked: Stamp | None = None,
    on_event: Listener = ignore,
) -> Built:
    """Run an evaluation and write its report; the old one stays if anything fails.

    Parameters
    ----------
    places, evaluation : Places, Evaluation
        The workbench, and what is to be built.
    overrides : mapping, optional
        Other values for baseline, current or country.
    jobs : int, optional
        Notebooks run at a time; default: one for each core.
    cold, rerun : bool
        ``rerun`` runs and writes everything anew, ``cold`` too and with kernels started
        anew. What is new is kept all the same.
    looked : Stamp, optional
        What lay there before the evaluation was read. If the build ends well, the next
        one can tell from it that nothing changed.
    on_event : callable
        Told of every step.

    Raises
    ------
    AnalysisError
        Before anything runs: an unknown plan or country, a record with errors, outputs
        that cannot be written. After: a notebook that failed, languages that disagree,
        a page too long.
    """
    began = time.monotonic()
    chosen = evaluations.with_overrides(evaluation, overrides or {})
    final = places.outputs / chosen.id
    with ExitStack() as staged, ExitStack() as loading:
        # Its processes load packages while this one does.
        started = loading.enter_context(pool(cold=cold))
        checked = _check(places, chosen)
        stage = staged.enter_context(store.staging(final))
        with _importing_meanwhile():
            runs = engine.run_all(
                jobs_of(places, chosen, stage / "notebooks", cold=cold),
                stage / "notebooks",
                workers=jobs,
                aside=store.aside(final),
                on_event=on_event,
                cache=Cache(places.cache, places.home),
                rerun=cold or rerun,
                started=started,
            )
        loading.close()
        kept = Kept(final, places.cache / "reports" / final.name, taken_over=not (cold or rerun))
        findings = _report(checked, stage, kept, jobs)
        proving.write(places, chosen, overrides or {}, runs, stage)
    built = Built(
        folder=final,
        report=final / "report" / "index.html",
        findings=findings,
        seconds=time.monotonic() - began,
        notebooks=len(runs),
        reused=sum(run.reused for run in runs),
    )
    if looked is not None and all(report_stamp.covers(places, run.reads) for run in runs):
        looked.seal(places.cache, final, said(built))
    return built


def said(built: Built) -> dict[str, object]:
    """Return what a build says of itself, as plain JSON."""
    return {
        "folder": str(built.folder),
        "report": str(built.report),
        "notebooks": built.notebooks,
        "reused": built.reused,
        "findings": built.findings,
        "seconds": built.seconds,
    }


def _refuse_unheeded(chosen: Evaluation) -> None:
    """Refuse what the file may say and this version does not do: it would be ignored in silence."""
    only = {
        "protocol.level": (chosen.protocol.level, LEVEL),
        "protocol.power": (chosen.protocol.power, POWER),
        "protocol.dispersion": (chosen.protocol.dispersion, "wider"),
    }
    if chosen.cases == "none":
        only["disclosure.smallest_count"] = (chosen.disclosure.smallest_count, 0)
    wrong = [(place, one) for place, (asked, one) in only.items() if asked != one]
    if wrong:
        raise EvaluationError(
            "\n".join(
                f"{chosen.path.name}: at {place}: this version knows one value only. Write {one}."
                for place, one in wrong
            )
        )


@dataclass(frozen=True, slots=True)
class _Checked:
    """An evaluation that can be built, with the record that it is built from."""

    evaluation: Evaluation
    record: Record
    plans: tuple[Plan, Plan]


def _check(places: Places, chosen: Evaluation) -> _Checked:
    """Refuse what cannot be built before anything runs."""
    _refuse_unheeded(chosen)
    _require_cases(places, chosen)

    from analysis.published.load import open_record
    from analysis.study.plans import plans_for

    record = open_record(places)
    record.country(chosen.country)
    plans = plans_for(record, chosen.baseline, chosen.current, chosen.country)
    report_stamp.require_sound(places)
    return _Checked(chosen, record, plans)


def _require_cases(places: Places, chosen: Evaluation) -> None:
    """Refuse cases that cannot be opened, before a notebook fails on them.

    Submissions that nobody sent are no fault: their pages say who owes them.
    """
    folder = {"synthetic": places.rehearsal / "store", "submitted": places.submissions}
    store = folder.get(chosen.cases, places.submissions) / "store.db"
    if chosen.cases == "synthetic" and not store.is_file():
        raise EvaluationError(
            f"{chosen.path.name}: there are no invented cases yet. Make them, and this report: "
            "workbench rehearse"
        )
    if chosen.cases == "submitted" and store.is_file():
        from analysis.vault.keys import default_folder, open_store_key

        open_store_key(default_folder())


@contextmanager
def _importing_meanwhile() -> Iterator[None]:
    """Import what the report needs while notebooks run: this process only waits for them."""
    importing = threading.Thread(target=_import_all, daemon=True)
    importing.start()
    try:
        yield
    finally:
        importing.join()


def _import_all() -> None:
    for module in _WANTED_LATER:
        import_module(module)


def _report(checked: _Checked, stage: Path, kept: Kept, threads: int | None) -> int:
    """Write the report of what was run into ``stage``; return how many findings it holds."""
    from analysis.flow import reports

    notebooks = reports.read(checked.evaluation, stage / "notebooks")
    report = reports.make(checked.record, checked.evaluation, checked.plans, notebooks)
    reports.write(report, stage, kept=kept, threads=threads)
    return len(report.findings)
