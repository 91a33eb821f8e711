"""What readers are told: links lead somewhere, versions agree, every term is explained."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
import yaml

from analysis import __version__
from analysis.contracts.findings import Basis, Grade, Verdict
from analysis.contracts.published import Flag
from analysis.contracts.values import Kind

HOME = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "evaluations/*.md", "outputs/README.md")
    for path in HOME.glob(pattern)
)
GLOSSARY = (HOME / "docs" / "glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOME)))
def test_links_lead_somewhere(page: Path) -> None:
    """A dead link ends the way from the front door to the answer."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_versions_agree() -> None:
    """A report is quoted with one version, so there must be only one."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((HOME / "CITATION.cff").read_text(encoding="utf-8"))
    assert project["version"] == citation["version"] == __version__
    assert project["license"] == citation["license"]


def test_changelog_has_a_place_for_changed_results() -> None:
    """Whoever quoted an earlier report must find what moved since."""
    text = (HOME / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text
    assert "### Changed results" in text


@pytest.mark.parametrize(
    "term", [*get_args(Kind), *get_args(Basis), *get_args(Verdict)], ids=lambda term: str(term)
)
def test_glossary_knows_every_word_that_findings_use(term: str) -> None:
    """A verdict that the glossary does not explain is guessed at."""
    assert term.replace("_", " ") in GLOSSARY.lower()


@pytest.mark.parametrize("mark", [*get_args(Flag), *get_args(Grade)])
def test_glossary_explains_every_flag_and_grade_in_both_languages(mark: str) -> None:
    """F4 or C on a front page means nothing without this table."""
    (line,) = [line for line in GLOSSARY.splitlines() if line.startswith(f"| {mark} |")]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert len(cells) == (4 if mark.startswith("F") else 3)
    assert all(cells)


def test_glossary_terms_stand_in_both_languages() -> None:
    """An English term alone leaves the Danish reader to translate."""
    for line in GLOSSARY.splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            assert len(cells) >= 3
            assert all(cells)


def test_front_door_names_the_two_commands() -> None:
    """They are all that a first visitor needs."""
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    made = (HOME / "Makefile").read_text(encoding="utf-8")
    for command in ("report", "test"):
        assert f"make {command} " in readme
        assert re.search(rf"^{command}: install ", made, re.MULTILINE)


def test_every_decision_is_in_the_index() -> None:
    """A decision that nobody finds is taken again, differently."""
    folder = HOME / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = [path.name for path in folder.glob("[0-9]*.md")]
    assert pages
    assert [name for name in pages if f"]({name})" not in index] == []
