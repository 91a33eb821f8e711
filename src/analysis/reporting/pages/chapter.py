"""One executed notebook in, the inside of its page out: nbconvert with our own template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import nbformat
from jinja2 import DictLoader
from markupsafe import Markup as Safe
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets.config import Config

from analysis.contracts.outputs import Check, Picture, Table
from analysis.reporting.manuscript import caveats, parts, prose
from analysis.reporting.manuscript.caveats import Parted
from analysis.reporting.manuscript.edition import Chapter
from analysis.reporting.manuscript.parts import Code, Markup, Part, Prose, Recorded
from analysis.reporting.pages.cleaning import clean
from analysis.reporting.pages.files import Spot
from analysis.reporting.pages.setting import Setting

_KINDS: Mapping[type[Part], str] = {
    Prose: "prose",
    Code: "code",
    Recorded: "finding",
    Markup: "markup",
    Table: "table",
    Picture: "picture",
    Check: "check",
}


@dataclass(frozen=True, slots=True)
class View:
    """A part as the template sets it: its kind, its HTML where it is text, its file stem.

    ``first`` is False where a page shows the same finding again: an id stands once.
    ``parted`` are the caveats of a finding, as this page tells them.
    """

    kind: str
    part: Part
    html: Safe
    stem: str
    first: bool
    parted: Parted | None

    def __deepcopy__(self, memo: dict[int, Any]) -> View:
        # nbconvert copies whatever it is given, twice; nothing here can be changed.
        return self


class ChapterExporter(TemplateExporter):
    """nbconvert's walk over the cells, with this package's template and escaping on."""

    def __init__(self) -> None:
        folder = files("analysis.reporting.pages") / "templates"
        sources = {
            name: (folder / name).read_text(encoding="utf-8")
            for name in ("chapter.html.j2", "parts.html.j2")
        }
        super().__init__(  # type: ignore[no-untyped-call]
            # Nothing is to be run, cleared or extracted before a page is set.
            config=Config(
                {"TemplateExporter": {"template_name": "base", "default_preprocessors": []}}
            ),
            extra_loaders=[DictLoader(sources)],
            template_file="chapter.html.j2",
        )
        self.environment.autoescape = True
        self.environment.trim_blocks = True
        self.environment.lstrip_blocks = True


def body(
    exporter: ChapterExporter,
    notebook: Mapping[str, Any],
    chapter: Chapter,
    setting: Setting,
    stems: Mapping[Spot, str],
) -> Safe:
    """Set the cells of one language; the title is left to the page around it."""
    # What cells gave reaches the template as views: drawings of a megabyte are not walked over.
    cells = [
        cell | {"outputs": []} if cell["cell_type"] == "code" else cell
        for cell in notebook["cells"]
        if parts.in_language(cell, chapter.language)
    ]
    node = nbformat.from_dict({**notebook, "cells": cells})  # type: ignore[no-untyped-call]
    views = list(_views(chapter, setting, stems))
    resources = {"views": views, "setting": setting, "folder": "../"}
    text, _ = exporter.from_notebook_node(node, resources=resources)
    return Safe(text)


def _views(chapter: Chapter, setting: Setting, stems: Mapping[Spot, str]) -> Iterator[list[View]]:
    told = iter(_caveats(chapter, setting))
    seen: set[str] = set()
    untitled = False
    for row, cell in enumerate(chapter.cells):
        views = []
        for column, part in enumerate(cell):
            text = Safe("")
            first = True
            parted = None
            if isinstance(part, Prose):
                blocks = prose.parse(part.markdown)
                if not untitled:
                    title, blocks = prose.take_title(blocks)
                    untitled = bool(title)
                text = Safe(prose.html(prose.below_title(blocks)))
            elif isinstance(part, Markup):
                text = Safe(clean(part.html))
            elif isinstance(part, Recorded):
                first = part.finding["id"] not in seen
                seen.add(part.finding["id"])
                parted = next(told)
            stem = stems.get((chapter.name, chapter.language, row, column), "")
            views.append(View(_KINDS[type(part)], part, text, stem, first, parted))
        yield views


def _caveats(chapter: Chapter, setting: Setting) -> tuple[Parted, ...]:
    shown = [part.finding for part in chapter.parts if isinstance(part, Recorded)]
    return caveats.part_page(shown, setting.report, chapter.language)
