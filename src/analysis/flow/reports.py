"""Executed notebooks in, the report out: findings, pages, documents, figures, tables."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.contracts.outputs import FIGURE, TABLE, of_kind
from analysis.contracts.published import Language, Plan, Text
from analysis.evaluations import Evaluation
from analysis.findings import export, register
from analysis.language import numbers, words
from analysis.published.load import Record
from analysis.reporting import document, pages
from analysis.reporting.manuscript.report_input import ReportInput
from analysis.study.reading import breaks_of

GRADES = "ABCDE"

Notebooks = dict[tuple[str, Language], dict[str, Any]]


def read(chosen: Evaluation, executed: Path) -> Notebooks:
    """Read the executed notebooks in the order in which a reader meets them."""
    return {
        (entry.name, language): json.loads(
            (executed / language / f"{entry.name}.ipynb").read_text(encoding="utf-8")
        )
        for entry in chosen.notebooks
        for language in chosen.languages
    }


def make(
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


def write(report: ReportInput, stage: Path) -> None:
    """Write findings, pages, documents, figures and tables below ``stage``."""
    export.write([dict(one) for one in report.findings], stage / "findings", report.sources)
    pages.write(report, stage / "report")
    for language, name in report.documents.items():
        document.write_pdf(report, language, stage / "report" / name)
    for name in ("figures", "tables"):
        shutil.copytree(stage / "report" / name, stage / name)
