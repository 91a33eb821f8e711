"""front_page: what the first page says, how long it may be, and what it must never hide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from analysis.contracts.published import LANGUAGES, Language
from analysis.errors import ReportError
from analysis.language import words
from analysis.reporting import front_page
from analysis.reporting.manuscript.report_input import FrontLists, ReportInput

Maker = Callable[..., ReportInput]


def test_the_danish_page_reads_as_written(report: ReportInput) -> None:
    """A golden page that somebody has read: every sentence stands where a reader meets it."""
    page = front_page.compose(report, "da")
    assert (page.kicker, page.title, page.subtitle) == (
        "Testland · handlingsplaner mod menneskehandel",
        "Hvad ændrede sig fra 2001-planen til 2005-planen?",
        "2001-2004 (kvinder) over for 2005-2008 (alle ofre)",
    )
    assert page.answer == (
        "Kvinder i 2001, alle ofre fra 2005.",
        "Offentliggjorte tal viser ikke, om ofrene fik bedre hjælp.",
    )
    assert [(block.heading, block.sentences[0].label) for block in page.blocks] == [
        ("Det blev ændret", "Hvem"),
        ("Det blev talt", "Tiltalte"),
        ("Det kunne vi ikke finde", ""),
    ]
    assert page.grades == "Evidensgrader: A stærkest, C før-efter, E dokumenter."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_tied_to_a_finding_and_its_grade(
    report: ReportInput, language: Language
) -> None:
    """A reader who doubts a sentence must be able to open what it rests on."""
    page = front_page.compose(report, language)
    said = [sentence for block in page.blocks for sentence in block.sentences]
    grades = {found["id"]: found["grade"] for found in report.findings}
    assert [(sentence.finding, sentence.grade) for sentence in said] == [
        (id, grades[id]) for id in report.front.ids
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_counts_its_words_and_stays_below_the_limit(
    report: ReportInput, language: Language
) -> None:
    """A member of a committee reads it before the meeting begins."""
    page = front_page.compose(report, language)
    assert 50 < page.length <= front_page.LONGEST


def test_a_page_that_is_too_long_is_refused_with_its_length(with_finding: Maker) -> None:
    """Cutting a sentence would change what it says, so the author must choose."""
    long = with_finding("plan.scope", short={"da": "ord " * 150, "en": "word " * 150})
    with pytest.raises(ReportError, match=r"front page \(en\): 3\d\d words, \d+ more than 250"):
        front_page.compose(long, "en")


def test_caveats_that_do_not_fit_are_counted(with_finding: Maker) -> None:
    """A caveat that vanished without trace would make a finding look stronger than it is."""
    caveats = [{"da": f"{number} " + "ord " * 70, "en": f"{number} " + "word " * 70} for number in
               range(4)]  # fmt: skip
    page = front_page.compose(with_finding("trial.prosecuted", caveats=caveats), "en")
    (said,) = page.blocks[1].sentences
    assert page.length <= front_page.LONGEST
    assert len(said.caveats) == 2
    assert said.rest == "2 more caveats"


@pytest.mark.parametrize(
    ("verdict", "key"),
    [
        ("not_known", "outcome_open"),
        ("not_comparable", "outcome_open"),
        ("undecided", "outcome_open"),
        ("refused", "outcome_open"),
        ("not_submitted", "outcome_none"),
        ("higher", "outcome_mixed"),
    ],
)
def test_the_answer_on_outcomes_follows_the_verdicts(
    with_finding: Maker, verdict: str, key: str
) -> None:
    """Nobody may write 'helped better' by hand: the words come from what is known."""
    page = front_page.compose(with_finding("support.shelter", verdict=verdict), "en")
    assert page.answer[-1] == words.say(f"report.{key}", "en", decided=1, all=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_block_says_so(report: ReportInput, language: Language) -> None:
    """A country without submissions gets words, not an empty column that looks like a fault."""
    page = front_page.compose(replace(report, front=FrontLists()), language)
    assert [block.sentences for block in page.blocks] == [(), (), ()]
    assert all(block.empty.endswith(".") for block in page.blocks)
    assert page.answer == (words.say("report.outcome_none", language),)


def test_a_finding_on_synthetic_data_is_refused(with_finding: Maker) -> None:
    """Rehearsal data on a real front page would be a false statement to Parliament."""
    with pytest.raises(ReportError, match="1 findings rest on synthetic data"):
        front_page.compose(with_finding("plan.scope", basis="synthetic"), "da")


def test_ids_without_a_finding_are_left_out_and_named(report: ReportInput) -> None:
    """Another country lacks some findings of the layout; the builder can still say which."""
    wider = replace(report, front=FrontLists(("plan.scope", "plan.budget"), (), ()))
    assert front_page.absent(wider) == ("plan.budget",)
    assert len(front_page.compose(wider, "da").blocks[0].sentences) == 1


def test_a_long_scope_stays_out_of_the_subtitle(report: ReportInput) -> None:
    """The subtitle says which years are compared; a scope of a paragraph would bury that."""
    plan = report.plans[0]
    long: Any = replace(plan.scope, en="women and girls trafficked to brothels in three towns")
    page = front_page.compose(
        replace(report, plans=(replace(plan, scope=long), report.plans[1])), "en"
    )
    assert page.subtitle == "2001–2004 beside 2005–2008 (all victims)"
