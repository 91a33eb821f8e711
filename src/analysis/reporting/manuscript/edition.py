"""A report put in order: chapters by language, and every published row used, numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.contracts.outputs import Picture, Table
from analysis.contracts.published import Language, SourceRow
from analysis.errors import ReportError
from analysis.reporting.manuscript import code, parts, prose, report_input
from analysis.reporting.manuscript.parts import Part, Prose
from analysis.reporting.manuscript.report_input import ReportInput

_SHOWN = 5  # ids named in one message


@dataclass(frozen=True, slots=True)
class Chapter:
    """One notebook in one language: its question, and what a reader sees, cell by cell."""

    name: str
    language: Language
    title: str
    cells: tuple[tuple[Part, ...], ...]

    @property
    def parts(self) -> Iterator[Part]:
        """Everything shown, in order."""
        return (part for cell in self.cells for part in cell)

    @property
    def findings(self) -> tuple[str, ...]:
        """Ids of the findings shown, in order."""
        return tuple(
            str(part.finding["id"]) for part in self.parts if isinstance(part, parts.Recorded)
        )


@dataclass(frozen=True, slots=True)
class Edition:
    """The report in order. ``numbers`` gives each row used its number in the source list."""

    report: ReportInput
    chapters: Mapping[Language, tuple[Chapter, ...]]
    rows: tuple[SourceRow, ...]
    numbers: Mapping[str, int]


def prepare(report: ReportInput) -> Edition:
    """Put a report in order.

    Rows are numbered 1, 2, ... by id, so that a number names the same row in both
    languages, on pages and in the document.

    Raises
    ------
    ReportError
        If the report is refused (`report_input.check`), a notebook cannot be
        shown, or a row, break or finding that is used was not handed over.
    """
    report_input.check(report)
    chapters = {
        language: tuple(_chapter(report, name, language) for name in report.names)
        for language in report.languages
    }
    used = sorted(set(_rows_used(report, chapters)))
    _refuse_unknown(report.id, "published rows", used, report.sources)
    shown = {id for several in chapters.values() for chapter in several for id in chapter.findings}
    _refuse_unknown(report.id, "findings", sorted(shown), report.by_id)
    crossed = sorted({brk for finding in report.findings for brk in finding["breaks"]})
    _refuse_unknown(report.id, "breaks", crossed, report.breaks)
    rows = tuple(report.sources[row] for row in used)
    return Edition(report, chapters, rows, {row: place for place, row in enumerate(used, 1)})


def _chapter(report: ReportInput, name: str, language: Language) -> Chapter:
    raw = report.notebooks[name, language]["cells"]
    own = [cell for cell in raw if parts.in_language(cell, language)]
    kept = code.with_values(parts.without_empty_sections(own))
    cells = code.drawn_together([parts.of_cell(cell) for cell in kept])
    texts = [part.markdown for cell in cells for part in cell if isinstance(part, Prose)]
    titles = (prose.take_title(prose.parse(text))[0] for text in texts)
    title = next(filter(None, titles), "")
    if not title:
        raise ReportError(
            f"{name}.ipynb: no title in {language}. Begin a text cell tagged lang-{language} "
            "with a line that starts with '# '."
        )
    return Chapter(name, language, title, cells)


def _rows_used(
    report: ReportInput, chapters: Mapping[Language, Sequence[Chapter]]
) -> Iterator[str]:
    for finding in report.findings:
        yield from rows_of(finding)
    for chapter in (chapter for several in chapters.values() for chapter in several):
        for part in chapter.parts:
            if isinstance(part, Picture):
                yield from part.rows
            elif isinstance(part, Table):
                yield from (row for rows in part.rows_of for row in rows)
            elif isinstance(part, parts.Recorded):
                yield from rows_of(part.finding)


def rows_of(finding: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the rows of a finding and of what speaks against it, each once, sorted."""
    contrary = (row for said in finding["contrary"] for row in said["rows"])
    return tuple(sorted({*finding["rows"], *contrary}))


def _refuse_unknown(
    report: str, what: str, used: Iterable[str], known: Mapping[str, object]
) -> None:
    unknown = [name for name in used if name not in known]
    if unknown:
        raise ReportError(
            f"{report}: {len(unknown)} {what} are used but were not handed over "
            f"({', '.join(unknown[:_SHOWN])}). Run `workbench data check`, then build again."
        )


@dataclass(frozen=True, slots=True)
class Reference:
    """A run of consecutive source numbers: ``12`` or ``12-15``, leading to the first row."""

    row: str
    first: int
    last: int


def references(edition: Edition, rows: Iterable[str]) -> tuple[Reference, ...]:
    """Give rows their numbers, consecutive ones drawn together."""
    found: list[Reference] = []
    for number, row in sorted((edition.numbers[row], row) for row in set(rows)):
        if found and found[-1].last == number - 1:
            found[-1] = replace(found[-1], last=number)
        else:
            found.append(Reference(row, number, number))
    return tuple(found)
