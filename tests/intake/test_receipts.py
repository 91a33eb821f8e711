"""Receipts and give-backs: what a sender is told, and what it can never learn of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.partner.periods import period
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.partner.store import Question, Submission
from analysis.contracts.published import Language, Text
from analysis.intake import receipts
from analysis.intake.receipts import Delivery, GivenBack, Taken, Use, as_html, as_text, safe
from analysis.intake.receipts.benchmark import rounded
from analysis.places import Places

HOME = Places(Path(__file__).parents[2])
FORMS = read_forms(HOME.forms, HOME.partner_codelists)
SENDERS = read_profiles(HOME.synthetic / "profiles", FORMS)
HALF = period("2008H1")

FIRST = Submission(
    id="S-000000000001", organisation="syn_a", form="persons", period="2008H1",
    received_on=date(2008, 8, 1), file="synthetic-syn_a-persons-2008H1.csv", sha256="0" * 64,
    version=1, state="superseded", rows=40, set_aside=(), questions=(), purpose="evaluation",
    agreement="SYN-A", delete_after=date(2013, 8, 1), schema_version=1, synthetic=True,
)  # fmt: skip
ASKED = Question("persons", "Personer", "required", "Køn", tuple(range(14, 64)), True)
SECOND = replace(
    FIRST, id="S-000000000002", version=2, state="accepted", set_aside=(3, 9), rows=38,
    supersedes=FIRST.id,
)  # fmt: skip
HELD = replace(FIRST, id="S-000000000003", form="services", state="held", questions=(ASKED,))


def _says(question: Question, language: Language) -> str:
    return {"da": "Feltet skal udfyldes.", "en": "The field must be filled in."}[language]


def _receipt(*submissions: Submission, language: Language = "da") -> str:
    uses = {("persons", "sex"): Use((Text("Kvinder", "Women"), Text("Mænd", "Men")), True)}
    taken = Taken(SENDERS["syn_a"], FORMS, submissions, uses, _says)
    text = Text("Evaluering", "Evaluation")
    return as_text(receipts.receipt(taken, text, text, language))


def test_a_receipt_tells_what_replaces_what_and_which_rows_are_set_aside() -> None:
    """Whoever sent twice must see which of the two counts."""
    said = _receipt(FIRST, SECOND)
    assert "38 rækker er modtaget og tæller med" in said
    assert "Afløst af en nyere fil" in said
    assert "Tæller med. Afløser S-000000000001." in " ".join(said.split())
    assert "S-000000000002: sat til side er række 3, 9." in said
    assert "Vi har ingen spørgsmål." in said


def test_a_held_file_counts_nothing_and_its_questions_have_sheet_row_and_column() -> None:
    """The sender corrects by these three; a receipt that counts a held file would be false."""
    said = _receipt(HELD, language="en")
    assert "0 rows count. One file waits" in said
    (line,) = [one for one in said.splitlines() if one.startswith("Personer")]
    assert line.split()[:2] == ["Personer", "Køn"]
    assert "The field must be filled in." in line
    assert "and 10 more" in " ".join(said.split())
    assert "Must be corrected" in line


def test_a_receipt_says_field_by_field_what_the_data_is_used_for() -> None:
    """Who is asked for something may know what becomes of it, also when nothing does."""
    lines = _receipt(SECOND).splitlines()
    of = {one.split("  ")[1].strip(): one for one in lines if one.startswith("Personer  ")}
    assert "2 indikatorer, blandt andet Mænd; at" in of["Køn"]
    assert "Intet endnu; vi foreslår, at feltet" in of["Statsborgerskab"]
    assert "Kontrol af rækken" in of["Første møde"]


def test_nothing_received_is_said_as_that() -> None:
    """Silence must not look like a receipt."""
    assert "Vi har ikke modtaget noget for perioden." in _receipt()


def test_a_receipt_in_html_shows_markup_as_text_and_loads_nothing() -> None:
    """A file's name is chosen by whoever sent it."""
    nasty = replace(SECOND, file='<script src="//x"></script>.csv')
    taken = Taken(SENDERS["syn_a"], FORMS, (nasty,), {}, _says)
    text = Text("Evaluering", "Evaluation")
    page = as_html(receipts.receipt(taken, text, text, "da"))
    assert "<script" not in page
    assert "&lt;script src=" in page
    assert "default-src &#39;none&#39;" in page
    assert 'class="warning">Syntetisk' in page


# Rows as the store gives them back ---------------------------------------------------


def persons(organisation: str, children: list[bool | None], when: str = "2008H1") -> Any:
    """Return rows of the form persons, one person each."""
    count = len(children)
    return pa.table(
        {
            "submission": pa.array(["S"] * count),
            "organisation": pa.array([organisation] * count),
            "period": pa.array([when] * count),
            "source_row": pa.array(range(2, 2 + count), pa.int32()),
            "person": pa.array([f"{organisation}-{one}" for one in range(count)]),
            "sex": pa.array(["female"] * count),
            "child": pa.array(children, pa.bool_()),
            "first_contact_on": pa.array([date(2008, 2, 1)] * count, pa.date32()),
        }
    )


def services(organisation: str, waits: list[int | None]) -> Any:
    """Return offers of support; None: not started."""
    count = len(waits)
    first = date(2008, 2, 1)
    started = [None if one is None else date(2008, 2, 1 + one) for one in waits]
    return pa.table(
        {
            "organisation": pa.array([organisation] * count),
            "period": pa.array(["2008H1"] * count),
            "person": pa.array([f"{organisation}-{one}" for one in range(count)]),
            "service": pa.array(["shelter"] * count),
            "offered_on": pa.array([first] * count, pa.date32()),
            "accepted": pa.array([one is not None for one in waits], pa.bool_()),
            "started_on": pa.array(started, pa.date32()),
        }
    )


def test_own_figures_equal_what_is_counted_by_hand() -> None:
    """The sender knows its own numbers; one that differs ends its trust in all of them."""
    rows = {
        "persons": pa.concat_tables(
            [persons("syn_a", [True, False, None]), persons("syn_a", [True], "2008-07")]
        ),
        "services": services("syn_a", [0, 4, 9, None]),
    }
    found = receipts.tallies(rows, SENDERS, FORMS, HALF)
    own = {measure: one["syn_a"] for measure, one in found.items()}
    assert own["persons"].whole == 3  # July is of another half-year
    assert (own["children"].part, own["children"].whole) == (1, 2)  # one is not known
    assert (own["accepted"].part, own["accepted"].whole) == (3, 4)
    assert sorted(own["start_days"].days) == [0, 4, 9]
    # person, sex, child and first day of eight fields asked for; child is missing once
    assert (own["filled_persons"].filled, own["filled_persons"].cells) == (11, 24)


def _given(**changes: Any) -> GivenBack:
    tally = receipts.tallies({"persons": persons("syn_a", [True, False])}, SENDERS, FORMS, HALF)
    own = {measure: one["syn_a"] for measure, one in tally.items()}
    sent = Delivery("persons", "2008H1", date(2008, 8, 29), date(2008, 8, 30), 2, 0, counts=True)
    never = Delivery("services", "2008H1", date(2008, 8, 29), None)
    held = Delivery("referrals", "2008H1", date(2008, 8, 29), date(2008, 8, 29))
    profile, deliveries = SENDERS["syn_a"], (sent, never, held)
    given = GivenBack(profile, FORMS, HALF, deliveries, own, None, "not_over")
    return replace(given, **changes)


def test_what_was_not_submitted_is_never_nought() -> None:
    """Nought persons helped, and no word from those who help, are two different findings."""
    said = as_text(receipts.give_back(_given(), "en"))
    lines = {one[:30].strip(): one for one in said.splitlines()}
    assert lines["Persons offered support"].split()[-3:] == ["not", "submitted", "–"]
    assert lines["Persons whom you referred"].split()[-4:] == ["waits", "for", "answers", "–"]
    assert lines["Persons whom you met or helped"].split()[-2:] == ["2", "–"]
    assert "no, 1 day late" in said
    assert "has not been drawn yet" in " ".join(said.split())


def test_benchmarks_are_shown_for_what_the_sender_itself_sent_alone() -> None:
    """Figures of others are given back for figures, and each further one is one more to guard."""
    figures = {"syn_a": {"persons": 120.0, "offered": 95.0}}
    benchmarks = receipts.Benchmarks("2008H1", date(2008, 9, 1), figures)
    said = as_text(receipts.give_back(_given(benchmarks=benchmarks), "da"))
    assert "omkring 120" in said
    assert "95" not in said
    assert "beregnet den 1. september 2008" in " ".join(said.split())


# The rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([5, 5, 5, 5], True),
        ([5, 5, 5], False),  # one who shows its own leaves two
        ([5, 5, 5, 0], False),  # a sender without persons is none
        ([1, 4, 5, 5], True),
        ([4, 4, 4, 2], False),  # 14 together
        ([11, 5, 5, 5], False),  # dominates once one of the others is taken out
        ([10, 5, 5, 5], True),
        ([], False),
    ],
)
def test_the_rule_at_its_edges(counts: list[int], told: bool) -> None:
    """Each number of the rule is the difference between a figure and a dash."""
    assert safe(counts) is told


COUNTS = st.lists(st.integers(0, 60), min_size=0, max_size=9)


@given(COUNTS)
def test_the_rule_does_not_depend_on_the_order_nor_on_those_without_persons(
    counts: list[int],
) -> None:
    """Who stands first in a list must not decide what is told."""
    assert safe(counts) == safe(sorted(counts)) == safe([*counts, 0])


@given(COUNTS)
def test_what_is_told_is_still_told_of_three_when_one_more_is_known(counts: list[int]) -> None:
    """With two others never: not even for one who has seen the figures of a third."""
    if safe(counts):
        for at in range(len(counts)):
            left = [one for one in counts[:at] + counts[at + 1 :] if one]
            assert len(left) >= 3
            assert sum(left) >= 10
            assert max(left) <= sum(left) / 2


@pytest.mark.parametrize(
    ("amount", "said"), [(0, 0), (9.4, 9), (9.5, 10), (12, 10), (12.5, 15), (117, 115)]
)
def test_persons_and_days_are_rounded_to_five_from_ten_on(amount: float, said: float) -> None:
    """A figure to the last person can be subtracted from; a rounded one less so."""
    assert rounded(amount) == said


def test_a_share_is_told_only_where_those_who_are_not_in_it_are_many_too() -> None:
    """*All of them accepted* tells of each of them."""
    everyone = {f"syn_{one}": services(f"syn_{one}", [1] * 9) for one in ("a", "b", "c", "d", "e")}
    mixed = {key: services(key, [1] * 9 + [None] * 9) for key in everyone}
    for rows, told in ((everyone, False), (mixed, True)):
        table = {"services": pa.concat_tables(rows.values())}
        found = receipts.tallies(table, SENDERS, FORMS, HALF)
        figures = receipts.drawn(found, sorted(SENDERS), "2008H1", date(2008, 9, 1)).figures
        assert ("accepted" in figures["syn_a"]) is told
        assert figures["syn_a"]["offered"] == (70 if told else 35)


def test_benchmarks_come_back_from_the_store_as_they_went_in() -> None:
    """What was told once must be told the same way for ever."""
    figures: Mapping[str, Mapping[str, float]] = {"syn_a": {"persons": 35.0, "accepted": 0.67}}
    drawn = receipts.Benchmarks("2008H1", date(2008, 9, 1), figures)
    assert receipts.from_json(receipts.to_json(drawn)) == drawn
