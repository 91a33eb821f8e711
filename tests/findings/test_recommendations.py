"""Recommendations followed through the record: answered, judged, asked again, or left lying."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.published import SourceRow, Text
from analysis.findings import recommendations
from analysis.findings.recommendations import Recommendation

DANISH = Path(__file__).parents[2] / "data" / "published" / "countries" / "DNK"


def _finding(id: str, year: str = "", direction: str = "recommendation", **cells: str) -> Any:
    usual = {"evaluation_da": "Ev", "evaluation_en": "Ev", "plan_id": "P-1", "criterion": "help"}
    said = {"finding_da": f"{id} da", "finding_en": f"{id} en"}
    return {"row_id": id, "year": year, "direction": direction, **usual, **said, **cells}


def _measure(id: str, plan: str = "P-2", kind: str = "measure", body: str = "Ministry") -> Any:
    words = {"measure_da": id, "measure_en": id, "body_da": body, "body_en": body}
    said = {"status_da": "I gang i juni", "status_en": "Running by June"}
    return {
        **{"row_id": id, "plan_id": plan, "kind": kind, "pillar": "support", "status": "running"},
        **words,
        **said,
    }


def _figure(id: str) -> SourceRow:
    usual: dict[str, Any] = {
        **{"file": "f.csv", "line": 2, "what": Text("a", "a"), "as_printed": "7"},
        **{"source_url": "", "quote": "words", "trust": "high", "licence": ""},
    }
    dated = {"F-1": ("2016", "2017"), "F-2": ("/2011", "")}[id]
    return SourceRow(id=id, publisher="ustip", period=dated[0], published=dated[1], **usual)


def _step(finding: str, target: str, relation: str, id: str = "") -> Any:
    on_measure = relation in ("stated_response", "same_subject") and target[:1] in "MX"
    step = "measure" if on_measure else "later_finding"
    id = id or f"T-{finding}-{target}"
    why = {"why_da": "fordi", "why_en": "because"}
    return {
        **{"row_id": id, "finding": finding, "target": target, "relation": relation, "step": step},
        **why,
    }


def _one(*steps: Any) -> Recommendation:
    findings = [_finding("E-1", "2004"), _finding("E-9", "2012", "positive")]
    findings.append(_finding("E-8", "2010", "negative"))
    (found,) = recommendations.trace(findings, steps, [_measure("M-1"), _measure("M-2", body="")])
    return found


def test_a_recommendation_is_followed_to_measure_owner_and_status() -> None:
    """Who was to do it, and how far it came, is what a parliament asks."""
    found = _one(_step("E-1", "M-2", "same_subject"), _step("E-1", "M-1", "stated_response"))
    assert [(one.measure, one.tie, one.status) for one in found.answers] == [
        ("M-1", "stated_response", "running"),
        ("M-2", "same_subject", "running"),
    ]
    assert found.answers[0].reported == Text("I gang i juni", "Running by June")
    assert found.owners == (Text("Ministry", "Ministry"),)
    assert found.state == "answered"
    assert found.rows == ("E-1", "T-E-1-M-1", "M-1", "T-E-1-M-2", "M-2")


def test_later_evaluations_decide_what_became_of_it() -> None:
    """Answered is not fulfilled: only a later evaluation says so, and two may disagree."""
    met, unmet = _step("E-1", "E-9", "says_met"), _step("E-1", "E-8", "says_unmet")
    assert _one(met).state == "said_met"
    assert _one(unmet).state == "said_unmet"
    both = _one(met, unmet)
    assert both.state == "disputed"
    assert [(one.finding, one.met) for one in both.judged] == [("E-8", False), ("E-9", True)]


def test_a_later_finding_on_the_same_subject_judges_nothing() -> None:
    """That a subject is mentioned again does not say that anything was done."""
    found = _one(_step("E-1", "E-9", "same_subject"))
    assert (found.state, found.judged[0].met) == ("unanswered", None)


def test_what_nobody_traced_is_not_called_unanswered() -> None:
    """Silence of our data is no silence of the authority."""
    assert _one().state == "not_traced"
    assert _one(_step("E-1", "E-9", "same_subject")).state == "unanswered"


def test_a_measure_is_an_answer_only_where_a_source_says_so() -> None:
    """Two measures on one subject prove no listening."""
    assert _one(_step("E-1", "M-1", "same_subject")).state == "same_subject"
    assert _one(_step("E-1", "M-1", "stated_response")).state == "answered"


def test_an_answer_in_words_is_an_answer_and_no_measure() -> None:
    """A minister who replies has replied; whether anything was done is another question."""
    spoken = _one(_step("E-1", "E-9", "stated_response"), _step("E-1", "M-1", "same_subject"))
    assert (spoken.state, spoken.replied, spoken.judged[0].met) == ("replied", True, None)
    assert recommendations.unanswered([_one(_step("E-1", "E-9", "stated_response"))]) == ()


def test_a_recommendation_without_measure_or_reply_is_unanswered() -> None:
    """These are the ones to ask about."""
    mentioned = _one(_step("E-1", "E-9", "same_subject"))
    answered = _one(_step("E-1", "M-1", "same_subject"))
    assert recommendations.unanswered([_one(), mentioned, answered]) == (_one(), mentioned)


def test_a_figure_may_say_what_became_of_it() -> None:
    """What happened is often told by a count and not by an evaluator."""
    findings = [_finding("E-1", "2004"), _finding("E-9", "2012", "positive")]
    steps = [
        _step("E-1", "F-1", "says_met"),
        _step("E-1", "E-9", "says_unmet"),
        _step("E-1", "F-2", "same_subject"),
    ]
    (found,) = recommendations.trace(findings, steps, [], find_row=_figure)
    told = [(one.finding, one.year, one.met) for one in found.judged]
    assert told == [("F-2", "2011", None), ("E-9", "2012", False), ("F-1", "2017", True)]
    assert found.state == "disputed"
    assert {"F-1", "F-2"} <= set(found.rows)
    (without,) = recommendations.trace(findings, steps, [])
    assert [one.finding for one in without.judged] == ["E-9"]


def test_a_recommendation_repeated_in_later_years_is_seen() -> None:
    """Asked for again under the same heading: it was hardly done the first time."""
    findings = [
        _finding("E-3", "2012"),
        _finding("E-1", "2004"),
        _finding("E-2", "2010"),
        _finding("E-4", "2010", criterion="law"),
        _finding("E-5", ""),
    ]
    found = {one.id: one.asked_again for one in recommendations.trace(findings, [], [])}
    assert found == {"E-1": ("E-2", "E-3"), "E-2": ("E-3",), "E-3": (), "E-4": (), "E-5": ()}
    assert list(found) == ["E-1", "E-2", "E-4", "E-3", "E-5"]


MEASURES = [
    _measure("M-1"),
    _measure("M-2"),
    _measure("M-3"),
    _measure("M-4", kind="duplicate"),
    _measure("M-5", plan="P-9"),
]
STEPS = [_step("E-1", "M-1", "same_subject")]
LINKS = [{"from_measure": "M-0", "to_measure": "M-2"}]


def test_a_measure_that_answers_and_continues_nothing_is_an_orphan() -> None:
    """Nobody asked for it: its reason should be found, or its money used otherwise."""
    found = recommendations.orphans(MEASURES, STEPS, LINKS, plans=["P-2"])
    assert [one.measure for one in found] == ["M-3"]
    assert found[0].owner == Text("Ministry", "Ministry")
    assert not found[0].areas_known


def test_a_measure_under_an_area_of_its_plan_is_no_orphan() -> None:
    """A plan that says what it is after has given a reason; one that does not, has not."""
    other = {**_measure("M-6", kind="pillar_heading"), "pillar": "training"}
    (left,) = recommendations.orphans([*MEASURES, other], STEPS, LINKS, plans=["P-2"])
    assert (left.measure, left.areas_known) == ("M-3", True)
    own = _measure("M-7", kind="pillar_heading")
    assert recommendations.orphans([*MEASURES, own], STEPS, LINKS, plans=["P-2"]) == ()
    elsewhere = _measure("M-8", plan="P-9", kind="pillar_heading")
    (left,) = recommendations.orphans([*MEASURES, elsewhere], STEPS, LINKS, plans=["P-2"])
    assert (left.measure, left.areas_known) == ("M-3", False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["E-1", "E-2", "E-3"]),
            st.sampled_from(["M-1", "M-2", "E-2", "X-9"]),
            st.sampled_from(["stated_response", "same_subject", "says_met", "says_unmet"]),
        ),
        max_size=8,
    )
)
def test_every_recommendation_is_in_exactly_one_state(steps: list[tuple[str, str, str]]) -> None:
    """None gets lost between the lists, whatever the record says, also with dangling steps."""
    findings = [_finding(id, "2004") for id in ("E-1", "E-2", "E-3")]
    made = [_step(*step, id=f"T-{place}") for place, step in enumerate(steps)]
    traced = recommendations.trace(findings, made, [_measure("M-1"), _measure("M-2")])
    assert [one.id for one in traced] == ["E-1", "E-2", "E-3"]
    assert all(one.state in recommendations.STATES for one in traced)
    open_ = {one.id for one in traced if one.state in ("not_traced", "unanswered")}
    said = {one.id for one in traced if not (one.answers or one.replied)}
    assert open_ <= said
    assert {one.id for one in recommendations.unanswered(traced)} == said


def test_the_danish_record_is_traced() -> None:
    """The three recommendations behind the 2007 plan lead to the centre and on to 2016.

    No measure answers Parliament's order of 2008 by name; two ministers answered in words.
    """
    tables = {
        name: list(csv.DictReader((DANISH / f"{name}.csv").open(encoding="utf-8", newline="")))
        for name in ("evaluation_findings", "trace", "measures", "measure_links")
    }
    traced = recommendations.trace(
        tables["evaluation_findings"], tables["trace"], tables["measures"]
    )
    by_id = {one.id: one for one in traced}
    assert by_id["DK-E-01"].state == "said_met"
    assert by_id["DK-E-03"].state == "disputed"
    assert Text("Center mod Menneskehandel", "Centre against Human Trafficking") in (
        by_id["DK-E-01"].owners
    )
    assert by_id["DK-E-08"].state == "replied"
    left = {one.id for one in recommendations.unanswered(traced)}
    assert "DK-E-37" in left
    assert not left & {"DK-E-01", "DK-E-02", "DK-E-03", "DK-E-08"}
    orphans = recommendations.orphans(
        tables["measures"], tables["trace"], tables["measure_links"], plans=["DK-2007"]
    )
    answering = {answer.measure for one in traced for answer in one.answers}
    assert orphans
    assert not answering & {one.measure for one in orphans}
