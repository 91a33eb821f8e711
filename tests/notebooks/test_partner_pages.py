"""Pages on persons in the real build: no data submitted, who owes it, and nothing else."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from analysis.contracts.outputs import FIGURE, FINDING, TABLE, of_kind

NAMES = ("data_quality", "pathways", "cooperation", "coverage")
SAID = {"da": "Ingen data er indsendt", "en": "No data has been submitted"}

each_page = pytest.mark.parametrize("name", NAMES)
each_language = pytest.mark.parametrize("language", SAID)


@each_page
@each_language
def test_page_says_that_nothing_was_submitted_and_who_owes_it(
    real_build: Any, language: str, name: str
) -> None:
    """One finding, one table of debtors, and no picture that could pass for a result."""
    notebook = real_build.notebook(language, name)
    (finding,) = of_kind(notebook, FINDING)
    assert finding["verdict"] == "not_submitted"
    assert finding["basis"] == "published"
    assert SAID[language] in finding["sentence"][language]
    (table,) = of_kind(notebook, TABLE)
    assert table["id"] == f"{name}.owed"
    assert len(table["cells"]) >= 9
    assert of_kind(notebook, FIGURE) == []


@each_page
@each_language
def test_page_explains_no_method_that_nothing_came_of(
    real_build: Any, language: str, name: str
) -> None:
    """Headings over nothing make an empty page look like a thin result."""
    page = (real_build.folder / "report" / language / f"{name}.html").read_text("utf-8")
    (main,) = re.findall(r"<main.*?</main>", page, re.DOTALL)
    headings = [html.unescape(one) for one in re.findall(r"<h2>(.*?)</h2>", main)]
    assert headings == [{"da": "Hvad dette ikke viser", "en": "What this does not show"}[language]]


@each_language
def test_no_page_of_the_real_report_is_marked_as_invented(real_build: Any, language: str) -> None:
    """The mark of a rehearsal on a real page would make it worthless."""
    for path in (real_build.folder / "report").rglob("*.html"):
        assert "rehearsed" not in path.read_text("utf-8")
    assert not list(real_build.folder.rglob("synthetic-*"))


def test_synthesis_counts_them_among_what_cannot_be_said(real_build: Any) -> None:
    """Whoever reads the synthesis alone must see that partners' data is missing."""
    unsaid = {one["id"] for one in real_build.findings if one["verdict"] == "not_submitted"}
    assert {f"{name}.submitted" for name in NAMES} <= unsaid
