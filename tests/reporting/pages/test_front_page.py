"""front_page: what the first page says, how long it may be, and what it must never hide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from analysis.contracts.front_page import FrontEntry, FrontPageLayout
from analysis.contracts.published import LANGUAGES, Language
from analysis.errors import ReportError
from analysis.language import words
from analysis.reporting import front_page
from analysis.reporting.manuscript.report_input import ReportInput

Maker = Callable[..., ReportInput]


def test_the_danish_page_reads_as_written(report: ReportInput) -> None:
    """A golden page that somebody has read: every sentence stands where a reader meets it."""
    page = front_page.compose(report, "da")
    assert (page.kicker, page.title, page.subtitle) == (
        "Testland",
        "Hvad ændrede de to handlingsplaner mod menneskehandel?",
        "2001-2004 (kvinder) over for 2005-2008 (alle ofre)",
    )
    assert [said.words for said in page.answer] == ["Den anden plan lovede flere hjælp."]
    assert page.outcome == "Offentliggjorte tal viser ikke, om ofrene fik bedre hjælp."
    assert [_read(block) for block in page.blocks] == [
        "Det blev ændret | Hvem: kvinder i 2001, alle ofre fra 2005. E",
        "Det blev talt | Tiltalte: 7-19 personer i 2001-2004, 93 i 2005-2008. C "
        "Politiet fik en ny enhed i 2005. E (5 forbehold)",
        "Det kunne vi ikke finde | Hvor mange der fik et sted at bo. E",
    ]
    assert page.grades == "Evidensgrader: A stærkest, C før-efter, E dokumenter."


def _read(block: front_page.Block) -> str:
    points = []
    for point in block.points:
        label = f"{point.label}: " if point.label else ""
        said = " ".join(f"{one.words} {one.grade}".strip() for one in point.said)
        points.append(label + said + (f" ({point.caveats})" if point.caveats else ""))
    return " | ".join([block.heading, *points])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_tied_to_a_finding(report: ReportInput, language: Language) -> None:
    """A reader who doubts a sentence must be able to open what it rests on."""
    page = front_page.compose(report, language)
    said = [said.finding for block in page.blocks for point in block.points for said in point.said]
    assert [one.finding for one in page.answer] == ["plan.promise"]
    assert said == ["plan.scope", "trial.prosecuted", "trial.police", "support.shelter"]


def test_a_grade_that_neighbours_share_stands_once(with_finding: Maker) -> None:
    """Three times E in one point says no more than once, and takes three words."""
    page = front_page.compose(with_finding("trial.prosecuted", grade="E"), "en")
    (point,) = page.blocks[1].points
    assert [said.grade for said in point.said] == ["", "E"]


def test_the_caveats_of_a_point_are_counted_and_lead_to_most_of_them(report: ReportInput) -> None:
    """A caveat that vanished without trace would make a finding look stronger than it is."""
    (point,) = front_page.compose(report, "en").blocks[1].points
    assert (point.caveats, point.leads_to) == ("5 caveats", "trial.prosecuted")


def test_a_country_that_submitted_nothing_is_told_so_once(with_finding: Maker) -> None:
    """The same words twice in one point look like a fault of the program."""
    report = with_finding("trial.prosecuted", verdict="not_submitted", grade="E")
    findings = [
        {**found, "verdict": "not_submitted"} if found["id"] == "trial.police" else found
        for found in report.findings
    ]
    (point,) = front_page.compose(replace(report, findings=findings), "en").blocks[1].points
    assert [said.words for said in point.said] == ["Not submitted."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_counts_its_words_and_stays_below_the_limit(
    report: ReportInput, language: Language
) -> None:
    """A member of a committee reads it before the meeting begins."""
    page = front_page.compose(report, language)
    assert 50 < page.length <= front_page.LONGEST


def test_a_page_that_is_too_long_is_refused_with_its_length(with_finding: Maker) -> None:
    """Cutting a sentence would change what it says, so the author must choose."""
    long = with_finding("plan.scope", short={"da": "ord " * 300, "en": "word " * 300})
    with pytest.raises(ReportError, match=r"front page \(en\): 3\d\d words, \d+ more than 250"):
        front_page.compose(long, "en")


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
    assert page.outcome == words.say(f"report.{key}", "en", decided=1, all=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_block_says_so(report: ReportInput, language: Language) -> None:
    """A country without submissions gets words, not an empty column that looks like a fault."""
    entry = (FrontEntry(("nobody.recorded",)),)
    wanted = FrontPageLayout((), ("nobody.recorded",), entry, entry, entry)
    page = front_page.compose(replace(report, front=wanted), language)
    assert [block.points for block in page.blocks] == [(), (), ()]
    assert all(block.empty.endswith(".") for block in page.blocks)
    assert (page.answer, page.outcome) == ((), words.say("report.outcome_none", language))


def test_a_page_that_asks_for_nothing_claims_nothing(report: ReportInput) -> None:
    """The pages of a single notebook must not say that no plan was submitted."""
    page = front_page.compose(replace(report, front=FrontPageLayout()), "en")
    assert (page.answer, page.outcome, page.blocks) == ((), "", ())


def test_a_finding_on_synthetic_data_is_refused(with_finding: Maker) -> None:
    """Rehearsal data on a real front page would be a false statement to Parliament."""
    with pytest.raises(ReportError, match="1 findings rest on synthetic data"):
        front_page.compose(with_finding("plan.scope", basis="synthetic"), "da")


def test_ids_without_a_finding_are_left_out_and_named(report: ReportInput) -> None:
    """Another country lacks some findings of the layout; the builder can still say which."""
    entries = (FrontEntry(("plan.scope", "plan.budget")), FrontEntry(("plan.cost",)))
    wider = replace(report, front=FrontPageLayout(changed=entries))
    assert front_page.absent(wider) == ("plan.budget", "plan.cost")
    (point,) = front_page.compose(wider, "da").blocks[0].points
    assert [said.finding for said in point.said] == ["plan.scope"]


def test_a_long_scope_stays_out_of_the_subtitle(report: ReportInput) -> None:
    """A scope of a paragraph would bury the years; one plan's alone would look like both's."""
    plan = report.plans[0]
    long: Any = replace(plan.scope, en="women and girls trafficked to brothels in three towns")
    page = front_page.compose(
        replace(report, plans=(replace(plan, scope=long), report.plans[1])), "en"
    )
    assert page.subtitle == "2001–2004 beside 2005–2008"
