"""Everything a report is made of, as flow hands it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.contracts.front_page import FrontPageLayout
from analysis.contracts.invented import refuse_invented
from analysis.contracts.published import Break, Language, Plan, SourceRow, Text
from analysis.errors import ReportError

FindingJson = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportInput:
    """One evaluation, run and collected.

    ``notebooks`` maps (name, language) to the executed notebook (nbformat 4 JSON)
    in reading order. ``findings`` are plain JSON as `contracts.findings.to_json`
    gives them, ``sources`` and ``breaks`` the published rows and breaks by id,
    ``grades`` what each evidence grade means, ``front`` which findings the front page
    shows. ``documents`` gives, by language, the address of the PDF relative to
    ``index.html``; empty where there is none.
    ``labels`` words the codes of the code lists, by list and code: ``("units",
    "persons")``, ``("publishers", ...)``, ``("indicators", ...)``.
    The first language is the one the front page opens in. ``rehearsal``: it rests on invented
    cases, and every page, document and file says so.
    """

    id: str
    name: Text
    country: Text
    plans: tuple[Plan, Plan]
    languages: tuple[Language, ...]
    front: FrontPageLayout
    notebooks: Mapping[tuple[str, Language], Mapping[str, Any]]
    findings: Sequence[FindingJson]
    sources: Mapping[str, SourceRow]
    breaks: Mapping[str, Break]
    grades: Mapping[str, Text]
    documents: Mapping[Language, str] = field(default_factory=dict)
    labels: Mapping[tuple[str, str], Text] = field(default_factory=dict)
    rehearsal: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the notebooks, each once, in reading order."""
        return tuple(dict.fromkeys(name for name, _ in self.notebooks))

    @property
    def by_id(self) -> dict[str, FindingJson]:
        """The findings by their id."""
        return {str(finding["id"]): finding for finding in self.findings}


def check(report: ReportInput) -> None:
    """Refuse a report that would hold invented data or gaps.

    Raises
    ------
    ReportError
        If a finding rests on synthetic data and the report is no rehearsal, two findings
        share an id, there is no language, or a notebook is missing in one.
    """
    if not report.languages:
        raise ReportError(f"{report.id}: the report has no language. Name da, en or both.")
    refuse_invented(report.findings, report.id, rehearsal=report.rehearsal, error=ReportError)
    if len(report.by_id) != len(report.findings):
        raise ReportError(
            f"{report.id}: {len(report.findings) - len(report.by_id)} findings share an id with "
            "another. Give each finding an id of its own."
        )
    lacking = [
        f"{name} in {language}"
        for name in report.names
        for language in report.languages
        if (name, language) not in report.notebooks
    ]
    if lacking:
        raise ReportError(
            f"{report.id}: {len(lacking)} executed notebooks are missing ({_some(lacking)}). "
            "Run every notebook in every language."
        )


def _some(names: Sequence[str], shown: int = 5) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
