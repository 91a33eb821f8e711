"""The sentences themselves: golden files that somebody has read aloud, in both languages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from analysis.contracts.findings import Finding
from analysis.contracts.published import LANGUAGES, Language
from analysis.findings.cite import cite
from analysis.findings.shown import card, plain

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "REWRITE_GOLDEN"
"""Set in the environment, it rewrites the files: read them before they are committed."""


def _same(name: str, said: str) -> None:
    file = GOLDEN / name
    if os.environ.get(REWRITE):
        file.write_text(said, encoding="utf-8", newline="\n")
    assert said == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_finding_says_what_was_read_aloud(
    cases: Mapping[str, Finding], language: Language
) -> None:
    """A word changed by accident reaches a committee of Parliament."""
    told = []
    for name, finding in cases.items():
        short = finding.short.said_in(language)
        told.append(f"## {name} ({finding.verdict})\n{plain(finding, language)}\n> {short}\n")
    _same(f"sentences.{language}.txt", "\n".join(told))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_says_everything_a_reader_needs(
    cases: Mapping[str, Finding], language: Language
) -> None:
    """A number without grade, limits, breaks and sources is a number to distrust."""
    _same(f"card.{language}.html", card(cases["recorded more"], language) + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_citation_leads_back_to_the_finding(
    cases: Mapping[str, Finding], language: Language
) -> None:
    """Whoever meets the sentence elsewhere must be able to find its rows again."""
    said = cite(cases["recorded more"], language, evaluation="denmark-2002-2007", version="0.1.0")
    _same(f"citation.{language}.txt", said + "\n")
