"""A report in, one accessible PDF out."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Final

import typst

from analysis.contracts.published import Language
from analysis.errors import ReportError
from analysis.reporting import front_page
from analysis.reporting.document import lettering, script
from analysis.reporting.manuscript import edition
from analysis.reporting.manuscript.report_input import ReportInput

# PDF/UA-1 (ISO 14289-1): tags, language, text alternatives; typst refuses what breaks it.
STANDARD: Final = "ua-1"


def write_pdf(report: ReportInput, language: Language, out: Path) -> None:
    """Write the report in one language to the file ``out``.

    Page 1 is the front page; contents, a chapter a notebook, and the registers of
    findings, breaks and sources follow. The file carries no date of its own, so
    that the same report gives the same bytes.

    Raises
    ------
    ReportError
        If the report is refused, the front page is too long or does not fit on
        page 1, or typst cannot set it.
    """
    printed = edition.prepare(report)
    front = front_page.compose(report, language)
    content = json.dumps(script.write(printed, front, language), ensure_ascii=False)
    try:
        made = _compiler().compile(
            format="pdf", sys_inputs={"report": content}, pdf_standards=[STANDARD]
        )
    except typst.TypstError as error:
        raise ReportError(
            f"document ({language}): typst could not set the report ({error.message}). "
            "Look for a figure whose SVG is broken, or shorten the findings of the front page."
        ) from error
    if not isinstance(made, bytes):
        raise TypeError("typst returned no PDF")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(made)


def _compiler() -> typst.Compiler:
    template = (files("analysis.reporting.document") / "report.typ").read_bytes()
    # typst carries a serif; figures name the sans that matplotlib carries.
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[lettering.FOLDER])
    return typst.Compiler(template, font_paths=fonts)
