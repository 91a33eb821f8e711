"""Executed notebooks in, the report out: findings, pages, documents, figures, tables."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.contracts.outputs import FIGURE, TABLE, of_kind
from analysis.contracts.published import Language, Plan, Text
from analysis.evaluations import Evaluation
from analysis.findings import register
from analysis.flow import report_kept
from analysis.flow.report_kept import Kept
from analysis.language import numbers, words
from analysis.published.load import Record
from analysis.reporting.manuscript import edition
from analysis.reporting.manuscript.edition import Edition
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
    collected = register.collect(notebooks, rehearsal=chosen.rehearsal)
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
        documents={
            language: f"{'synthetic-' if chosen.rehearsal else ''}report-{language}.pdf"
            for language in chosen.languages
        },
        labels=_labels(record),
        rehearsal=chosen.rehearsal,
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


def write(
    report: ReportInput, stage: Path, *, kept: Kept | None = None, threads: int | None = None
) -> None:
    """Write findings, pages, documents, figures and tables below ``stage``.

    Parameters
    ----------
    report : ReportInput
        As `make` hands it over; its executed notebooks lie in ``stage / "notebooks"``.
    stage : Path
        The folder that becomes the evaluation's.
    kept : Kept, optional
        What the last build wrote; what would come out the same is taken from there.
    threads : int, optional
        How many threads may set a document; default: one a core.
    """
    writing = _Writing(report, stage, kept or Kept(stage, stage, taken_over=False), threads)
    with ExitStack() as being_set:
        # Documents take longest, and are set elsewhere while the rest is written here.
        finish = [writing.document(language, being_set) for language in report.documents]
        writing.findings()
        writing.pages()
        for each in finish:
            each()
    for name in ("figures", "tables"):
        # A report without figures has no such folder; its copy is empty all the same.
        (stage / "report" / name).mkdir(exist_ok=True)
        shutil.copytree(stage / "report" / name, stage / name)


class _Writing:
    """One report on its way into ``stage``; each part is made, or taken over."""

    def __init__(self, report: ReportInput, stage: Path, kept: Kept, threads: int | None) -> None:
        self.report = report
        self.stage = stage
        self.kept = kept
        self.threads = threads
        self.of_findings = report_kept.of_findings(report)
        executed = sorted((stage / "notebooks").glob("*/*.ipynb"))
        self.of_all = report_kept.of_all(self.of_findings, executed)

    @cached_property
    def printed(self) -> Edition:
        """The report put in order, once for pages and documents."""
        return edition.prepare(self.report)

    def findings(self) -> None:
        if self.kept.take("findings", self.of_findings, self.stage):
            return
        # What a part that is taken over does not need is not imported.
        from analysis.findings import export

        found = [dict(one) for one in self.report.findings]
        folder = self.stage / "findings"
        export.write(found, folder, self.report.sources, rehearsal=self.report.rehearsal)
        self.kept.note("findings", [self.of_findings], self.stage)

    def pages(self) -> None:
        if self.kept.take("report", self.of_all, self.stage):
            return
        from analysis.reporting import pages

        pages.write(self.report, self.stage / "report", self.printed)
        documents = [f"report/{name}" for name in self.report.documents.values()]
        self.kept.note("report", [self.of_all], self.stage, besides=documents)

    def document(self, language: Language, being_set: ExitStack) -> Callable[[], None]:
        """Begin to set a document; return what ends it."""
        name = f"report/{self.report.documents[language]}"
        if self.kept.take(name, self.of_all, self.stage):
            return _done
        from analysis.reporting import document

        content = document.content(self.report, language, self.printed)
        # A notebook may have changed in what no document shows: its code, or the other language.
        made_from = [self.of_all, document.fingerprint(content)]
        if self.kept.take(name, made_from[1], self.stage):
            self.kept.note(name, made_from, self.stage)
            return _done
        write = being_set.enter_context(
            document.being_set(content, language, self.stage / name, threads=self.threads)
        )

        def finish() -> None:
            write()
            self.kept.note(name, made_from, self.stage)

        return finish


def _done() -> None:
    """End what was taken over."""
