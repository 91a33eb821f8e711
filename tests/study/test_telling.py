"""Statements, links, traces, owed counts: each by its own pair of plans, each with its rows."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.places import Places
from analysis.study import Study, open_study, telling

TOPICS = ("scope", "cooperation", "stay_rule", "budget", "reporting", "promise")


def _told(study: Study, *topics: str) -> dict[str, Any]:
    return {found.id: found for found in telling.statements(study, "x", topics)}


def _open(places: Places, baseline: str = "DK-2002", current: str = "DK-2007") -> Study:
    return open_study(baseline, current, country="DNK", language="en", places=places)


def test_each_topic_is_one_finding(danish: Any, next_pair: Any, bulgarian: Any) -> None:
    """The front page asks for plans.scope, whichever plans and country are looked at."""
    for study in (danish, next_pair, bulgarian):
        assert list(_told(study, *TOPICS)) == [f"x.{topic}" for topic in TOPICS]


def test_statement_on_two_plans_is_told_of_those_two_alone(danish: Any, next_pair: Any) -> None:
    """What changed from the first plan to the second is no news about the third."""
    table = danish.table("statements")
    compared = set(table[table["plan_id"] == danish.pair]["statement_en"])
    assert compared
    told = _told(danish, *set(table["topic"]))
    assert {found.sentence.en for found in told.values()} >= compared
    later = " ".join(found.sentence.en for found in _told(next_pair, *set(table["topic"])).values())
    assert not [statement for statement in compared if statement in later]


def test_plan_by_plan_where_nobody_compared_them(next_pair: Any) -> None:
    """Two statements side by side are no comparison, and neither is left out."""
    (found,) = telling.statements(next_pair, "x", ["scope"])
    table = next_pair.statements()
    own = table[table["topic"] == "scope"]
    assert len(own) == 2
    for language in ("da", "en"):
        sentence = getattr(found.sentence, language)
        assert all(statement in sentence for statement in own[f"statement_{language}"])
        short = getattr(found.short, language)
        assert all(f"{plan.short.said_in(language)}: " in short for plan in next_pair.compared)


def test_plan_without_a_statement_is_said_to_be_silent(next_pair: Any) -> None:
    """One plan told and the other passed over would read as if it had nothing of the kind."""
    (found,) = telling.statements(next_pair, "x", ["men"])
    assert "2011 plan: not submitted." in found.sentence.en
    assert "2011-planen: ikke indsendt." in found.sentence.da
    assert found.verdict == "described"


def test_topic_without_a_statement_is_not_submitted(bulgarian: Any) -> None:
    """Silence of the record is told as silence of the record, not of the country."""
    for found in _told(bulgarian, *TOPICS).values():
        assert (found.verdict, found.rows, found.estimate.kind) == (
            "not_submitted",
            (),
            "not_known",
        )
        assert "Bulgaria" in found.sentence.en
        assert "Bulgarien" in found.sentence.da
        assert "?" in found.question.da


def test_two_statements_on_one_pair_are_both_told(places: Places, edit: Any) -> None:
    """The second of two would otherwise share its id with the first, and stop the build."""
    edit(
        "statements",
        lambda rows: rows.append(
            {
                **next(row for row in rows if row["row_id"] == "DK-S-CMP-scope"),
                "row_id": "DK-S-CMP-scope-2",
                "statement_da": "Og mere.",
                "statement_en": "And more.",
                "rows": "DK-P-01; DK-P-02",
            }
        ),
    )
    (found,) = telling.statements(_open(places), "x", ["scope"])
    assert found.sentence.en.endswith("And more.")
    assert "DK-P-02" in found.rows
    assert len(found.rows) == len(set(found.rows))


def test_no_link_is_told_as_no_counterpart_found(places: Places, edit: Any) -> None:
    """Without a quote a measure is neither dropped nor new."""
    edit("measure_links", lambda rows: rows.clear())
    found = telling.links(_open(places), "plans.links")
    assert "no counterpart was found in the documents read" in found.sentence.en
    for word in ("dropped", "new ", "droppet", "nyt tiltag"):
        assert word not in found.sentence.en + found.sentence.da


def test_links_of_other_plans_are_left_out(danish: Any, next_pair: Any) -> None:
    """A link from the second plan to the third says nothing about the first."""
    first, second = (set(study.linked_measures()["row_id"]) for study in (danish, next_pair))
    assert first
    assert second
    assert first.isdisjoint(second)


def test_links_without_measures_are_not_submitted(bulgarian: Any) -> None:
    """A country without tables has no counterpart that could be missing."""
    assert telling.links(bulgarian, "plans.links").verdict == "not_submitted"


def test_every_finding_of_the_evaluation_is_traced(danish: Any) -> None:
    """Coordination, quality assurance, cross-sector cooperation: what became of each."""
    found = {one.id: one for one in telling.traces(danish, "plans.trace")}
    assert set(found) == {
        "plans.trace.coordination",
        "plans.trace.quality_assurance",
        "plans.trace.cross_sector_cooperation",
    }
    steps = danish.traced()
    for row in steps.itertuples():
        asked = [one for one in found.values() if row.finding in one.rows]
        assert len(asked) == 1
        assert {row.row_id, row.target} <= set(asked[0].rows)
        assert row.why_en in asked[0].sentence.en


def test_two_findings_on_one_criterion_are_two(places: Places, edit: Any) -> None:
    """The second would otherwise share its id with the first, and stop the build."""

    def same(rows: list[dict[str, str]]) -> None:
        (one, other) = (row for row in rows if row["row_id"] in ("DK-E-01", "DK-E-02"))
        other["criterion"] = one["criterion"]

    edit("evaluation_findings", same)
    ids = [found.id for found in telling.traces(_open(places), "plans.trace")]
    assert len(ids) == len(set(ids)) == 3


def test_trace_belongs_to_the_earlier_plan(next_pair: Any) -> None:
    """What the evaluation of the first plan asked is no criticism of the second."""
    assert not set(next_pair.traced()["finding"]) & {"DK-E-01", "DK-E-02", "DK-E-03"}


def test_each_owed_count_names_the_body_and_the_years(danish: Any) -> None:
    """'Not known' without a body is nobody's task."""
    table = danish.owed()
    found = list(telling.gaps(danish, "support"))
    assert len(found) == len(table) > 0
    for one, row in zip(found, table.itertuples(), strict=True):
        assert one.verdict == "not_known"
        assert row.body_en in one.sentence.en
        assert row.body_da in one.sentence.da
        assert row.period_start[:4] in one.sentence.en
        assert one.rows == (row.row_id,)


def test_owed_count_without_years_is_owed_for_the_comparison(places: Places, edit: Any) -> None:
    """Nobody may know since when; the count is missing all the same."""
    edit("owed", lambda rows: [row.update(period_start="", period_end="") for row in rows])
    found = list(telling.gaps(_open(places), "support"))
    assert len(found) == 11
    assert all("2003–2010" in one.sentence.en for one in found)


def test_counts_owed_for_other_years_are_left_out(places: Places, edit: Any) -> None:
    """A gap of another decade does not belong to these plans."""
    edit(
        "owed",
        lambda rows: [row.update(period_start="2015", period_end="2018") for row in rows[1:]],
    )
    assert len(list(telling.gaps(_open(places), "support"))) == 1


def test_two_counts_owed_on_one_subject_are_two(places: Places, edit: Any) -> None:
    """Places and persons are both missing; one id for both would stop the build."""
    edit("owed", lambda rows: rows[1].update(topic=rows[0]["topic"]))
    ids = [found.id for found in telling.gaps(_open(places), "support")]
    assert len(ids) == len(set(ids)) == 11


def test_every_judgement_is_tallied_once(danish: Any) -> None:
    """A judgement that no criterion counts would vanish, one counted twice would weigh double."""
    found = list(telling.judgements(danish, "evaluations"))
    assert sum(int(side.count.bounds[0]) for one in found for side in one.sides) == len(
        danish.evaluation_findings()
    )
    rows = [row for one in found for row in one.rows]
    assert sorted(rows) == sorted(danish.evaluation_findings()["row_id"])


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_told_finding_is_worded(danish: Any, next_pair: Any, language: str) -> None:
    """A brace left in a sentence, or an empty one, is seen by the reader first."""
    for study in (danish, next_pair):
        topics = dict.fromkeys(study.table("statements")["topic"])
        found = [
            *telling.statements(study, "x", topics),
            *telling.traces(study, "x.trace"),
            *telling.gaps(study, "x"),
            *telling.judgements(study, "x"),
            telling.links(study, "x.links"),
        ]
        for one in found:
            for text in (one.question, one.sentence, one.short):
                said = getattr(text, language)
                assert said.strip()
                assert not set("{}") & set(said)
                assert "  " not in said
