"""What is in git: no machine's paths, no private index, no outputs, no stray secrets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
# The tests of this folder spell out what they look for, so they are not searched.
_TEXT = {
    ".py",
    ".md",
    ".yml",
    ".yaml",
    ".toml",
    ".json",
    ".ipynb",
    ".cff",
    ".typ",
    ".css",
    ".js",
    ".j2",
    ".html",
    ".csv",
    ".lock",
    ".R",
    "",
}
# Ann and Anna are the invented people whose folders tests may name.
_MACHINE = re.compile(
    r"(?<![\w.])/(?:(?:home|Users)/(?!anna?\b)|(?:root|work|farm|mnt|builds)/)[\w.-]+"
    r"|[A-Z]:\\\\?Users\b"
)
_INDEX = re.compile(r"--(?:extra-)?index-url|--trusted-host|PIP_INDEX_URL|UV_INDEX\w*\s*=")


def _tracked() -> list[Path]:
    """Files in git, or about to be: what .gitignore does not exclude."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=HOME,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [HOME / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


def _found(pattern: re.Pattern[str]) -> list[str]:
    this = Path(__file__).parent
    return [
        f"{path.relative_to(HOME)}:{number}"
        for path in _tracked()
        if path.suffix in _TEXT and this not in path.parents
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    """Such a path works for its author alone, and tells where the author works."""
    assert _found(_MACHINE) == []


def test_no_file_chooses_a_package_index() -> None:
    """Whoever installs chooses the index; many offices have their own."""
    assert _found(_INDEX) == []


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("see /home/bo/report.pdf", True),
        ("open /Users/bo/x", True),
        ("open /home/anna/x", False),
        ("https://example.org/home/page", False),
        ("data/home/x", False),
    ],
)
def test_the_search_for_paths_finds_paths(line: str, bad: bool) -> None:
    """A pattern that matches nothing would pass every file."""
    assert bool(_MACHINE.search(line)) is bad


def test_outputs_hold_their_page_alone() -> None:
    """What is built is never in git, so that a reader cannot mistake an old report for the last."""
    inside = [path.name for path in _tracked() if path.is_relative_to(HOME / "outputs")]
    assert inside == ["README.md"]


def test_nothing_about_one_country_stands_in_the_code() -> None:
    """Denmark is data: the same code must serve the next country unchanged."""
    pattern = re.compile(r"\bDNK\b|\bDK-\d{4}\b|Rigspoliti|Center mod Menneskehandel|§ ?262")
    found = [place for place in _found(pattern) if place.startswith("src/")]
    assert found == []
