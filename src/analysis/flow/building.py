"""An evaluation in, its notebooks run and its report written: whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis import evaluations
from analysis.engine import build as engine
from analysis.engine import store
from analysis.engine.events import Listener, ignore
from analysis.engine.run import Job
from analysis.errors import EvaluationError
from analysis.evaluations import Evaluation
from analysis.flow import reports
from analysis.flow.named import notebook
from analysis.places import HOME_VARIABLE, Places
from analysis.published.check import require_sound
from analysis.published.load import open_record
from analysis.study.opened import ORDER_VARIABLE, RUN_VARIABLE
from analysis.study.plans import plans_for

LEVEL = 0.95
"""Confidence level at which the study computes every interval."""


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build: its folder, the report's first page, and what it holds."""

    folder: Path
    report: Path
    findings: int
    seconds: float
    notebooks: int


def build(
    places: Places,
    evaluation: Evaluation,
    *,
    overrides: Mapping[str, str] | None = None,
    jobs: int | None = None,
    on_event: Listener = ignore,
) -> Built:
    """Run an evaluation and write its report; the old one stays if anything fails.

    Raises
    ------
    AnalysisError
        Before anything runs: an unknown plan or country, a record with errors.
        After: a notebook that failed, languages that disagree, a page too long.
    """
    began = time.monotonic()
    chosen = evaluations.with_overrides(evaluation, overrides or {})
    _refuse_unheeded(chosen)
    record = open_record(places)
    record.country(chosen.country)
    plans = plans_for(record, chosen.baseline, chosen.current, chosen.country)
    require_sound(places)
    final = places.outputs / chosen.id
    with store.staging(final) as stage:
        executed = stage / "notebooks"
        engine.run_all(
            _jobs(places, chosen, executed),
            executed,
            workers=jobs,
            aside=store.aside(final),
            on_event=on_event,
        )
        notebooks = reports.read(chosen, executed)
        report = reports.make(record, chosen, plans, notebooks)
        reports.write(report, stage)
    return Built(
        folder=final,
        report=final / "report" / "index.html",
        findings=len(report.findings),
        seconds=time.monotonic() - began,
        notebooks=len(notebooks),
    )


def _refuse_unheeded(chosen: Evaluation) -> None:
    """Refuse what the file may say and this version does not do: it would be ignored in silence."""
    only = {
        "protocol.level": (chosen.protocol.level, LEVEL),
        "disclosure.basis": (chosen.disclosure.basis, "published"),
        "disclosure.smallest_count": (chosen.disclosure.smallest_count, 0),
    }
    wrong = [(place, one) for place, (asked, one) in only.items() if asked != one]
    if wrong:
        raise EvaluationError(
            "\n".join(
                f"{chosen.path.name}: at {place}: this version knows one value only. Write {one}."
                for place, one in wrong
            )
        )


def _jobs(places: Places, chosen: Evaluation, executed: Path) -> list[Job]:
    """One job a notebook and language; those of one language wait for each other."""
    return [
        Job(
            name=f"{language}/{entry.name}",
            notebook=notebook(places, entry.name),
            parameters={
                **entry.parameters,
                "baseline": chosen.baseline,
                "current": chosen.current,
                "country": chosen.country,
                "language": language,
            },
            after=tuple(f"{language}/{name}" for name in entry.after),
            environment={ORDER_VARIABLE: ",".join(each.name for each in chosen.notebooks)},
            folders={HOME_VARIABLE: places.home, RUN_VARIABLE: executed},
        )
        for entry in chosen.notebooks
        for language in chosen.languages
    ]
