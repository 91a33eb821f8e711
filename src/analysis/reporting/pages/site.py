"""A report in, a folder of pages out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from analysis.reporting import front_page
from analysis.reporting.manuscript import edition
from analysis.reporting.manuscript.edition import Chapter, Edition
from analysis.reporting.manuscript.report_input import ReportInput
from analysis.reporting.pages import chapter, files, setting
from analysis.reporting.pages.setting import Setting

_REGISTERS = ("findings", "sources", "breaks")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as others lead to it: its file name, its title, and whether it is a register."""

    file: str
    title: str
    register: bool


def write(report: ReportInput, out: Path, printed: Edition | None = None) -> None:
    """Write the report to ``out``, which is made if it is not there.

    ``printed`` is the report put in order, where that is done already.

    ``index.html`` is the front page in every language; ``<language>/`` holds a page
    a notebook and the registers of findings, sources and breaks; ``figures/`` and
    ``tables/`` the files that pages offer. Nothing needs a server, a network or a
    script. The same report gives the same bytes.

    Raises
    ------
    ReportError
        If the report is refused, or its front page is too long.
    """
    printed = printed or edition.prepare(report)
    fronts = {language: front_page.compose(report, language) for language in report.languages}
    stems = files.name_files(printed)
    templates = setting.environment()
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.css").write_bytes(setting.stylesheet())
    files.write_files(printed, stems, out)
    settings = {language: Setting(printed, language) for language in report.languages}
    entries = {language: _entries(printed, settings[language]) for language in report.languages}
    _save(
        out / "index.html",
        templates.get_template("front.html.j2").render(
            fronts=fronts, settings=settings, entries=entries, report=report
        ),
    )
    exporter = chapter.ChapterExporter()
    for language in report.languages:
        (out / language).mkdir(exist_ok=True)
        site = _Site(templates, settings[language], entries[language], out / language)
        for found in printed.chapters[language]:
            body = chapter.body(
                exporter, report.notebooks[found.name, language], found, site.setting, stems
            )
            site.page(f"{found.name}.html", found.title, "layout", body=body)
        for name in _REGISTERS:
            groups = _groups(printed.chapters[language], report)
            site.page(f"{name}.html", site.setting.say(name), name, groups=groups)


@dataclass(frozen=True, slots=True)
class _Site:
    """The pages of one language."""

    templates: Environment
    setting: Setting
    entries: tuple[Entry, ...]
    folder: Path

    def page(self, file: str, title: str, template: str, **content: Any) -> None:
        places = [entry.file for entry in self.entries]
        here = places.index(file)
        text = self.templates.get_template(f"{template}.html.j2").render(
            setting=self.setting,
            report=self.setting.report,
            edition=self.setting.edition,
            entries=self.entries,
            file=file,
            title=title,
            before=self.entries[here - 1] if here else None,
            after=self.entries[here + 1] if here + 1 < len(places) else None,
            folder="../",
            **content,
        )
        _save(self.folder / file, text)


def _entries(printed: Edition, worded: Setting) -> tuple[Entry, ...]:
    chapters = printed.chapters[worded.language]
    return (
        *(Entry(f"{found.name}.html", found.title, False) for found in chapters),
        *(Entry(f"{name}.html", worded.say(name), True) for name in _REGISTERS),
    )


def _groups(chapters: tuple[Chapter, ...], report: ReportInput) -> list[tuple[str, list[Any]]]:
    """Put the findings under the question of the notebook that recorded them."""
    titles = {found.name: found.title for found in chapters}
    groups = dict(_grouped(report))
    known = [(titles[name], groups[name]) for name in titles if name in groups]
    return known + [(name, found) for name, found in groups.items() if name not in titles]


def _grouped(report: ReportInput) -> Iterator[tuple[str, list[Any]]]:
    notebooks = dict.fromkeys(found["notebook"] for found in report.findings)
    for name in notebooks:
        yield name, [found for found in report.findings if found["notebook"] == name]


def _save(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))
