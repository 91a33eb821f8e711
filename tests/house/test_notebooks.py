"""Every notebook: no outputs, a parameters cell, both languages, no result in its prose."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parents[2]
NOTEBOOKS = sorted((HOME / "notebooks").glob("*.ipynb"))
REQUIRED = {"baseline", "current", "country", "language"}

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


def _cells(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def _tags(cell: dict[str, Any]) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _code(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in _cells(path) if cell["cell_type"] == "code"]


def test_there_are_notebooks() -> None:
    """Checks over an empty list would all pass."""
    assert NOTEBOOKS


@each_notebook
def test_notebook_carries_no_outputs(path: Path) -> None:
    """Outputs in git would be results that nobody rebuilt."""
    for cell in _code(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@each_notebook
def test_notebook_has_one_parameters_cell_with_the_four_names(path: Path) -> None:
    """Papermill injects after this cell; without it a run ignores what it is given."""
    cells = [cell for cell in _code(path) if "parameters" in _tags(cell)]
    assert len(cells) == 1
    body = ast.parse(_source(cells[0])).body
    assert all(isinstance(node, (ast.Assign, ast.AnnAssign)) for node in body)
    names = {
        target.id
        for node in body
        for target in ([node.target] if isinstance(node, ast.AnnAssign) else node.targets)  # type: ignore[attr-defined]
        if isinstance(target, ast.Name)
    }
    assert names >= REQUIRED


@each_notebook
def test_prose_stands_in_both_languages(path: Path) -> None:
    """A cell in one language only leaves a gap in the other's report."""
    prose = [cell for cell in _cells(path) if cell["cell_type"] == "markdown"]
    languages = [_tags(cell) & {"lang-da", "lang-en"} for cell in prose]
    assert all(len(tags) == 1 for tags in languages)
    assert languages.count({"lang-da"}) == languages.count({"lang-en"}) > 0
    assert [cell for cell in prose if not _source(cell).strip()] == []


@each_notebook
def test_languages_alternate_cell_by_cell(path: Path) -> None:
    """Paired cells keep the two texts beside each other, where a change to one is seen."""
    prose = [cell for cell in _cells(path) if cell["cell_type"] == "markdown"]
    order = [(_tags(cell) & {"lang-da", "lang-en"}).pop() for cell in prose]
    pairs = list(zip(order[::2], order[1::2], strict=True))
    assert all(set(pair) == {"lang-da", "lang-en"} for pair in pairs)


@each_notebook
def test_both_titles_are_headings(path: Path) -> None:
    """The title is the page's name in the report's contents, in either language."""
    for language in ("lang-da", "lang-en"):
        first = next(cell for cell in _cells(path) if language in _tags(cell))
        assert _source(first).startswith("# ")


@each_notebook
def test_notebook_defines_nothing_and_opens_no_file(path: Path) -> None:
    """A function in a notebook is tested by nobody, and a file it opens is no source."""
    forbidden = (
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Lambda,
        ast.For,
        ast.While,
    )
    for cell in _code(path):
        tree = ast.parse(_source(cell))
        assert not [node for node in ast.walk(tree) if isinstance(node, forbidden)]
        called = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"open", "exec", "eval", "__import__"}


@each_notebook
def test_notebook_code_has_a_cell_of_checks(path: Path) -> None:
    """Prose makes claims; the data must bear them or the build stops."""
    assert [cell for cell in _code(path) if "checks" in _tags(cell)]
