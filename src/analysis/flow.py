"""The whole study on one page: an evaluation in, notebooks run, findings and report out.

Rooms never import each other; here the one is handed what the other makes.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import __version__, evaluations
from analysis.contracts import tables
from analysis.contracts.findings import from_json
from analysis.contracts.front_page import FrontPageLayout
from analysis.contracts.outputs import FIGURE, TABLE, of_kind
from analysis.contracts.published import LANGUAGES, Language, Plan, SourceRow, Text
from analysis.engine import build as engine
from analysis.engine import parameters as engine_parameters
from analysis.engine import store
from analysis.engine.events import Listener, ignore
from analysis.engine.run import Job
from analysis.errors import (
    AnalysisError,
    EvaluationError,
    FindingError,
    NotebookError,
    ParameterError,
)
from analysis.evaluations import Evaluation
from analysis.findings import cite as citing
from analysis.findings import export, register
from analysis.language import numbers, words
from analysis.places import HOME_VARIABLE, Places
from analysis.published.check import check_record, require_sound
from analysis.published.load import Record, open_record
from analysis.published.problems import Problem
from analysis.reporting import document, pages
from analysis.reporting.manuscript.report_input import ReportInput
from analysis.study.opened import ORDER_VARIABLE, RUN_VARIABLE
from analysis.study.plans import choose_plans, plans_for
from analysis.study.reading import breaks_of

GRADES = "ABCDE"
LEVEL = 0.95
"""Confidence level at which the study computes every interval."""

REPLACED = ("baseline", "country", "current")

Notebooks = dict[tuple[str, Language], dict[str, Any]]


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
        notebooks = _read(chosen, executed)
        report = _report(record, chosen, plans, notebooks)
        _write(report, stage)
    return Built(
        folder=final,
        report=final / "report" / "index.html",
        findings=len(report.findings),
        seconds=time.monotonic() - began,
        notebooks=len(notebooks),
    )


def run(
    places: Places,
    notebook: str,
    parameters: Mapping[str, str],
    *,
    on_event: Listener = ignore,
) -> Path:
    """Run one notebook by itself; its pages are written beside it, in ``report/``.

    Values come as text and are converted to the type of the notebook's parameter.
    """
    source = _notebook(places, notebook)
    values = engine_parameters.bind(source, dict(parameters))
    chosen = _chosen_by(places, values)
    require_sound(places)
    final = places.outputs / "runs" / _folder(source.stem, parameters)
    with store.staging(final) as stage:
        job = Job(
            name=source.stem,
            notebook=source,
            parameters=values,
            environment={
                HOME_VARIABLE: str(places.home),
                RUN_VARIABLE: str(places.outputs / chosen.id / "notebooks"),
            },
        )
        (executed,) = engine.run_all([job], stage, aside=store.aside(final), on_event=on_event)
        pages.write(_alone(places, executed.path, chosen), stage / "report")
    return final / f"{source.stem}.ipynb"


def check_data(places: Places, country: str | None = None) -> tuple[Problem, ...]:
    """Return errors and oddities of the record."""
    if country:
        open_record(places).country(country)
    return check_record(places, country)


def list_data(places: Places) -> list[dict[str, Any]]:
    """List the tables of the record: where each lies, how many rows, whose they are."""
    record = open_record(places)
    return [
        {
            "table": contract.name,
            "country": country,
            "rows": len(table),
            "file": f"countries/{country}/{contract.name}.csv",
            "publishers": sorted({*table.get("publisher", ())} - {""}),
        }
        for country in record.countries
        for contract in tables.COUNTRY_TABLES
        if len(table := record.table(contract.name, country))
    ]


def show_row(places: Places, row_id: str) -> SourceRow:
    """Return one published row by its id."""
    return open_record(places).row(row_id)


def show_table(places: Places, table: str, country: str | None) -> pd.DataFrame:
    """Return a table of one country, or of every country that submitted it, all cells text."""
    record = open_record(places)
    countries = [country] if country else record.countries
    return pd.concat([record.table(table, each) for each in countries], ignore_index=True)


def findings(places: Places, evaluation_id: str) -> list[dict[str, Any]]:
    """Return the register of the last build of an evaluation.

    Raises
    ------
    FindingError
        If nothing is built under that name.
    """
    built = _built(places)
    if evaluation_id not in built:
        raise FindingError(_not_built(places, evaluation_id, built))
    return list(register.load(places.outputs / evaluation_id / "findings"))


def cite(places: Places, evaluation_id: str, finding_id: str, language: Language) -> str:
    """Return the paragraph that cites a finding of the last build."""
    found = {one["id"]: one for one in findings(places, evaluation_id)}
    if finding_id not in found:
        raise AnalysisError(_unknown("finding", finding_id, found, "workbench findings list"))
    return citing.cite(
        from_json(found[finding_id]), language, evaluation=evaluation_id, version=__version__
    )


def clean(places: Places, evaluation_id: str | None = None) -> list[Path]:
    """Remove what was built, of one evaluation or of all; return what was removed."""
    built = sorted(path for path in places.outputs.glob("*") if path.is_dir())
    chosen = [path for path in built if evaluation_id in (None, path.name)]
    if evaluation_id is not None and not chosen:
        raise AnalysisError(_unknown("outputs", evaluation_id, _built(places), "ls outputs"))
    for path in chosen:
        shutil.rmtree(path)
    return chosen


def _built(places: Places) -> list[str]:
    """Names of what was built, without what a failed or running build keeps."""
    folders = (path for path in places.outputs.glob("*") if (path / "findings").is_dir())
    return sorted(path.name for path in folders if not path.name.startswith("."))


def _jobs(places: Places, chosen: Evaluation, executed: Path) -> list[Job]:
    """One job a notebook and language; those of one language wait for each other."""
    return [
        Job(
            name=f"{language}/{entry.name}",
            notebook=_notebook(places, entry.name),
            parameters={
                **entry.parameters,
                "baseline": chosen.baseline,
                "current": chosen.current,
                "country": chosen.country,
                "language": language,
            },
            after=tuple(f"{language}/{name}" for name in entry.after),
            environment={
                HOME_VARIABLE: str(places.home),
                RUN_VARIABLE: str(executed),
                ORDER_VARIABLE: ",".join(each.name for each in chosen.notebooks),
            },
        )
        for entry in chosen.notebooks
        for language in chosen.languages
    ]


def _notebook(places: Places, name: str) -> Path:
    known = {path.stem: path for path in sorted(places.notebooks.glob("*.ipynb"))}
    stem = Path(name).stem if name.endswith(".ipynb") else name
    if stem not in known:
        raise NotebookError(_unknown("notebook", stem, known, "ls notebooks"))
    return known[stem]


def _read(chosen: Evaluation, executed: Path) -> Notebooks:
    """Read the executed notebooks in the order in which a reader meets them."""
    return {
        (entry.name, language): json.loads(
            (executed / language / f"{entry.name}.ipynb").read_text(encoding="utf-8")
        )
        for entry in chosen.notebooks
        for language in chosen.languages
    }


def _report(
    record: Record, chosen: Evaluation, plans: tuple[Plan, Plan], notebooks: Notebooks
) -> ReportInput:
    """Hand the report what it is made of: findings, and every row and break they lead to."""
    collected = register.collect(notebooks)
    return ReportInput(
        id=chosen.id,
        name=_name(chosen, plans, record.country(chosen.country).name),
        country=record.country(chosen.country).name,
        plans=plans,
        languages=chosen.languages,
        front=chosen.front_page,
        notebooks=notebooks,
        findings=collected,
        sources={row_id: record.row(row_id) for row_id in _row_ids(collected, notebooks)},
        breaks={brk.id: brk for brk in breaks_of(record, chosen.country, plans)},
        grades={grade: words.text(f"findings.grade_{grade}") for grade in GRADES},
        documents={language: f"report-{language}.pdf" for language in chosen.languages},
        labels=_labels(record),
    )


def _name(chosen: Evaluation, plans: tuple[Plan, Plan], country: Text) -> Text:
    """Name a comparison: as its file does, or anew where other plans or figures were asked for."""
    if chosen.id == chosen.path.stem:
        return chosen.name
    before, after = (
        plan.short
        if plan.country == chosen.country
        else numbers.both(numbers.years, plan.first_year, plan.last_year)
        for plan in plans
    )
    return words.text("study.name_country", country=country, before=before, after=after)


def _alone(places: Places, executed: Path, chosen: Evaluation) -> ReportInput:
    """Make the report of one notebook: its pages and sources, no front page lists, no PDF."""
    record = open_record(places)
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    plans = plans_for(record, chosen.baseline, chosen.current, chosen.country)
    (language,) = chosen.languages
    report = _report(record, chosen, plans, {(executed.stem, language): notebook})
    return replace(report, documents={})


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


def _chosen_by(places: Places, values: Mapping[str, Any]) -> Evaluation:
    """Change the default evaluation by a notebook's parameters; refuse what it cannot open.

    Asked before a kernel starts, so that a slip of the finger costs nothing.
    """
    usual = evaluations.read(places, evaluations.default(places))
    named = {name: str(values[name]) for name in REPLACED if name in values}
    language = values.get("language", "en")
    if language not in LANGUAGES:
        raise ParameterError("parameters: the value of language is unknown. Write da or en.")
    chosen = evaluations.with_overrides(usual, named)
    record = open_record(places)
    record.country(chosen.country)
    choose_plans(record, chosen.baseline, chosen.current)
    return replace(chosen, languages=(language,), front_page=FrontPageLayout())


def _folder(stem: str, parameters: Mapping[str, str]) -> str:
    """Name the folder of a run by what was changed; a value cannot name another folder."""
    changed = (f"{name}={value}" for name, value in sorted(parameters.items()))
    return "+".join((stem, *(re.sub(r"[^\w.,=+-]", "_", each) for each in changed)))


def _labels(record: Record) -> dict[tuple[str, str], Text]:
    """What codes are called, which a page would otherwise print as they are."""
    labels = {}
    for codelist, stem in (("units", "label"), ("publishers", "name"), ("indicators", "label")):
        for row in record.codes.codelist(codelist).itertuples():
            named = Text(getattr(row, f"{stem}_da"), getattr(row, f"{stem}_en"))
            labels[codelist, str(row.code)] = named
    return labels


def _row_ids(collected: Sequence[Mapping[str, Any]], notebooks: Notebooks) -> list[str]:
    """Ids of every published row that a finding, table or figure leads to, each once."""
    ids: dict[str, None] = {}
    for finding in collected:
        ids |= dict.fromkeys(finding["rows"])
        for contrary in finding["contrary"]:
            ids |= dict.fromkeys(contrary["rows"])
    for notebook in notebooks.values():
        for table in of_kind(notebook, TABLE):
            ids |= dict.fromkeys(row for line in table["rows_of"] for row in line)
        for figure in of_kind(notebook, FIGURE):
            ids |= dict.fromkeys(figure["rows"])
    return sorted(ids)


def _write(report: ReportInput, stage: Path) -> None:
    export.write([dict(one) for one in report.findings], stage / "findings", report.sources)
    pages.write(report, stage / "report")
    for language, name in report.documents.items():
        document.write_pdf(report, language, stage / "report" / name)
    for name in ("figures", "tables"):
        shutil.copytree(stage / "report" / name, stage / name)


def _not_built(places: Places, id: str, built: Collection[str]) -> str:
    name, *changed = id.split("+")
    if name not in evaluations.available(places):
        return _unknown("findings", id, built, "ls outputs")
    command = " -p ".join((f"workbench build {name}", *changed))
    return f"findings: {id} is not among the {len(built)} that are built. Build it: {command}"


def _unknown(what: str, name: str, known: Collection[str], see: str) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    nearest = f" Nearest: {', '.join(near)}." if near else ""
    return f"{what}: {name} is unknown among {len(known)}.{nearest} All: {see}"
