"""compute: every counting rule against values worked out with a pencil, and its edges."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.indicators import Window, compute, years
from analysis.methods.proportions import Part, share
from tests.indicators.by_hand import DEFINITIONS, alone, cases

PERSONS: list[dict[str, Any]] = [
    {"pseudonym": "1", "sex": "female", "child": False, "citizenship": "NGA",
     "presumed_on": "2007-05-01", "identified_on": "2008-02-01", "identified_body": "police",
     "purposes": "sexual", "organisations": 2},
    {"pseudonym": "2", "sex": "female", "child": False, "citizenship": "ROU",
     "presumed_on": "2008-03-01", "identified_on": "2008-04-01", "identified_body": "centre",
     "purposes": "begging;sexual", "organisations": 1},
    {"pseudonym": "3", "sex": "male", "child": True, "citizenship": None,
     "identified_on": "2008-12-31", "identified_body": "police", "organisations": 1},
    {"pseudonym": "4", "sex": "male", "child": None, "citizenship": "DNK",
     "presumed_on": "2008-06-01", "not_victim_on": "2008-07-01", "organisations": 1},
]  # fmt: skip
SERVICES: list[dict[str, Any]] = [
    {"pseudonym": "1", "service": "shelter", "offered_on": "2007-12-01", "accepted": True,
     "started_on": "2008-01-05"},
    {"pseudonym": "1", "service": "legal", "offered_on": "2008-02-21", "accepted": None,
     "started_on": None},
    {"pseudonym": "2", "service": "shelter", "offered_on": "2008-04-11", "accepted": False,
     "started_on": None},
    {"pseudonym": "1", "service": "health", "offered_on": "2008-03-01", "accepted": True,
     "started_on": "2008-03-01"},
]  # fmt: skip
TABLES: dict[str, list[dict[str, Any]]] = {"persons": PERSONS, "services": SERVICES}


def rows(id: str, tables: Any, *, strata: Any = (), **settings: Any) -> list[dict[str, Any]]:
    """Compute one indicator for 2007 and 2008."""
    found = compute(
        cases(tables, **settings), DEFINITIONS, periods=years(2007, 2008), ids=[id], strata=strata
    )
    listed: Any = found.of(id.partition("@")[0]).to_dict("records")
    return list(listed)


def values(id: str, tables: Any, **more: Any) -> list[Any]:
    """Return (numerator, n) a period, in order."""
    return [(row["numerator"], row["n"]) for row in rows(id, tables, **more)]


def test_presumed_and_identified_are_counted_apart() -> None:
    """Person 1 was presumed in 2007 and identified in 2008: a count in each, not two of one."""
    assert values("victims.presumed", TABLES) == [(1, 1), (2, 2)]
    assert values("victims.identified", TABLES) == [(0, 0), (3, 3)]


def test_registered_counts_a_person_who_was_presumed_and_identified_once() -> None:
    """Eurostat's registered victim: adding presumed to identified would give 6 for 4 persons."""
    assert values("victims.registered@1", TABLES) == [(1, 1), (3, 3)]


def test_second_version_leaves_out_who_turned_out_not_to_be_a_victim() -> None:
    """Person 4 was presumed, then assessed as not trafficked."""
    assert values("victims.registered@2", TABLES) == [(1, 1), (2, 2)]


def test_deciding_body_divides_identified_victims() -> None:
    """A status means nothing without who decided it."""
    found = rows("victims.identified", TABLES, strata=["identified_body"])
    by = {row["identified_body"]: row["numerator"] for row in found if row["period"] == "2008"}
    assert (by["all"], by["police"], by["centre"], by["ngo"]) == (3, 2, 1, 0)


def test_coverage_is_a_share_of_the_identified_with_exact_limits() -> None:
    """Two of three identified in 2008 were offered anything, one accepted."""
    offered = rows("support.offered", TABLES)[1]
    exact = share(Part(2, 2, 3), limits="clopper_pearson")
    assert (offered["numerator"], offered["denominator"]) == (2, 3)
    assert (offered["limit_low"], offered["limit_high"]) == (exact.low, exact.high)
    assert values("support.accepted", TABLES)[1] == (1, 3)


def test_offer_by_kind_has_the_same_denominator_for_each_kind() -> None:
    """Whoever was never offered legal advice belongs to its denominator all the same."""
    found = rows("support.offered_by_kind", TABLES)
    by = {row["service"]: row for row in found if row["period"] == "2008"}
    assert [(by[kind]["numerator"], by[kind]["denominator"]) for kind in
            ("shelter", "legal", "education")] == [(2, 3), (1, 3), (0, 3)]  # fmt: skip


def test_women_men_and_children_are_apart_and_unknown_age_is_no_adult() -> None:
    """The plan promises each group the same; person 3 is a boy, person 4's age is not known."""
    found = rows("victims.registered@1", TABLES, strata=["group"])
    by = {row["group"]: row["numerator"] for row in found if row["period"] == "2008"}
    assert by == {"all": 3, "women": 1, "men": 0, "children": 1, "not_known": 1}


def test_citizenship_group_follows_the_day_of_accession() -> None:
    """Romania joined on 1 January 2007: the same passport was another group the year before."""
    before = [{**PERSONS[1], "presumed_on": "2006-12-31"}]
    for people, wanted in ((PERSONS[1:2], "eu"), (before, "other")):
        found = rows("victims.identified", {"persons": people}, strata=["citizenship_group"])
        by = {row["citizenship_group"]: row["numerator"] for row in found}
        assert by[wanted] == 1


def test_person_with_two_purposes_counts_once_under_each() -> None:
    """The figures by purpose do not add up, and the group of several purposes does."""
    found = rows("victims.by_purpose", TABLES)
    by = {row["purposes"]: row["numerator"] for row in found if row["period"] == "2008"}
    assert (by["sexual"], by["begging"], by["servitude"]) == (2, 1, 0)
    grouped = rows("victims.identified", TABLES, strata=["purpose_group"])
    by = {row["purpose_group"]: row["numerator"] for row in grouped if row["period"] == "2008"}
    assert (by["sexual"], by["several"], by["not_known"]) == (1, 1, 1)


def test_different_persons_are_counted_whatever_the_number_of_rows() -> None:
    """Person 1 began two services in 2008: one person, two services."""
    assert values("support.persons_helped", TABLES)[1] == (1, 1)
    assert values("support.services_started", TABLES)[1] == (2, 2)


def test_median_days_counts_an_earlier_offer_as_0_and_none_as_open() -> None:
    """0 days (person 1), 10 days (person 2), open (person 3): the curve reaches half on day 10."""
    found = rows("support.days_to_offer", TABLES)[1]
    assert (found["numerator"], found["n"], found["value"], found["flag"]) == (2, 3, 10, "")


def test_median_is_not_reached_where_most_are_still_waiting() -> None:
    """Only one in three was offered legal advice: no day can be named."""
    found = rows("support.days_to_offer_by_kind", TABLES)
    legal = next(row for row in found if row["service"] == "legal" and row["period"] == "2008")
    assert (legal["numerator"], legal["n"], legal["flag"]) == (1, 3, "not_reached")
    assert legal["value"] != legal["value"]


def test_occupancy_above_one_is_flagged() -> None:
    """February 2008 has 29 days: 2 places hold 58 nights, and 60 were reported."""
    months = [{"place": "x", "month": "2008-02-01", "places": 2, "bed_nights": 60},
              {"place": "y", "month": "2007-02-01", "places": 2, "bed_nights": 28}]  # fmt: skip
    before, after = rows("housing.occupancy", {"places": months})
    assert (before["value"], before["flag"]) == (0.5, "")
    assert (after["value"], after["flag"]) == (60 / 58, "above_whole")


def test_length_of_stay_keeps_open_stays_open() -> None:
    """Stays of 10 and 30 days, and one still running after 100: the median is 30."""
    stays = [
        {"pseudonym": "1", "place": "x", "arrived_on": "2008-01-01", "left_on": "2008-01-11"},
        {"pseudonym": "1", "place": "x", "arrived_on": "2008-02-01", "left_on": "2008-03-02"},
        {"pseudonym": "2", "place": "x", "arrived_on": "2008-12-21", "left_on": None},
    ]
    found = rows("housing.length", {"stays": stays}, as_of="2009-03-31")[1]
    assert (found["numerator"], found["n"], found["value"]) == (2, 3, 30)


def test_contacts_and_countable_persons_are_never_one_figure() -> None:
    """Only the row that says its persons are unique adds to person-months."""
    months = [
        {"month": "2008-01-01", "contacts": 50, "persons": 20, "counted_as": "unique"},
        {"month": "2008-02-01", "contacts": 40, "persons": 40, "counted_as": "repeats_possible"},
    ]
    assert values("outreach.contacts", {"contacts": months})[1] == (90, 90)
    assert values("outreach.person_months", {"contacts": months})[1] == (20, 20)


CHARGES: list[dict[str, Any]] = [
    {"case": "c1", "accused": "x", "article": "262a", "charged_on": "2007-06-01",
     "outcome": "convicted", "decided_on": "2008-06-01"},
    {"case": "c1", "accused": "x", "article": "228", "charged_on": "2007-06-01",
     "outcome": "acquitted", "decided_on": "2008-06-01"},
    {"case": "c2", "accused": "y", "article": "262a", "charged_on": "2008-03-01",
     "outcome": "pending", "decided_on": None},
]  # fmt: skip


def test_convictions_belong_to_the_year_of_their_charge() -> None:
    """One conviction fell in 2008, and none of 2008's charges led to it."""
    found = rows("justice.convicted_of_charged", {"charges": CHARGES})
    assert [(row["numerator"], row["denominator"]) for row in found] == [(1, 2), (0, 1)]


def test_one_accused_of_two_counts_is_one_person() -> None:
    """Charges, persons and cases are three units."""
    assert values("justice.charges", {"charges": CHARGES}) == [(2, 2), (1, 1)]
    assert values("justice.accused", {"charges": CHARGES}) == [(1, 1), (1, 1)]


def test_victims_meet_convictions_through_their_case() -> None:
    """Person 1's case led to a conviction; person 2's is pending; person 3's is not known."""
    people = [{**PERSONS[0], "case_group": "c1"}, {**PERSONS[1], "case_group": "c2"}, PERSONS[2]]
    found = rows("justice.victims_with_conviction", {"persons": people, "charges": CHARGES})[1]
    assert (found["numerator"], found["denominator"]) == (1, 2)


def test_cohort_that_was_not_followed_long_enough_has_no_value() -> None:
    """Two years after 2008 end with 2010: before, a low share would only be an early one."""
    early = rows("justice.convicted_of_charged", {"charges": CHARGES}, as_of="2010-12-30")
    assert [row["status"] for row in early] == ["known", "too_early"]
    assert early[1]["value"] != early[1]["value"]
    assert early[1]["n"] == 1
    late = rows("justice.convicted_of_charged", {"charges": CHARGES}, as_of="2010-12-31")
    assert late[1]["status"] == "known"


def test_reflection_period_is_held_to_the_law_of_its_day() -> None:
    """30 days were too long in July 2007 and lawful in August."""
    decided = [
        {"pseudonym": "1", "right": "reflection_period", "decided_on": on, "granted": True,
         "accepted": True, "days": 30, "end": end}
        for on, end in (("2007-07-31", "kept"), ("2007-08-01", "left_early"))
    ]  # fmt: skip
    assert values("rights.over_long", {"rights": decided})[0] == (1, 2)
    assert values("rights.reflection_kept", {"rights": decided})[0] == (1, 2)
    both = {"rights": decided, "persons": PERSONS[:1]}
    assert values("rights.reflection_persons", both)[0] == (1, 1)


def test_trained_without_a_test_shows_no_outcome() -> None:
    """20 participants are an output; nothing says that anybody learned anything (mission 13)."""
    courses = [{"event": "e", "held_on": "2008-03-01", "participants": 20}]
    assert values("training.participants", {"trainings": courses})[1] == (20, 20)
    found = rows("training.test_change", {"trainings": courses})
    assert [row["status"] for row in found] == ["not_applicable", "not_submitted"]
    assert found[1]["value"] != found[1]["value"]


def test_change_in_test_is_weighed_by_participants() -> None:
    """10 who gained 2 and 30 who gained 1 gained 1.25 each."""
    courses = [
        {"event": str(number), "held_on": "2008-03-01", "participants": number,
         "score_before": 5.0, "score_after": 5.0 + gain}
        for number, gain in ((10, 2), (30, 1))
    ]  # fmt: skip
    found = rows("training.test_change", {"trainings": courses})[1]
    assert (found["value"], found["n"]) == (1.25, 40)


def test_trafficked_again_counts_within_two_years_of_return() -> None:
    """730 days are within two years, 731 are not."""
    back = [
        {"pseudonym": name, "prepared": True, "returned_on": "2008-01-01",
         "followed_up_on": on, "outcome": "trafficked_again"}
        for name, on in (("1", "2009-12-31"), ("2", "2010-01-01"))
    ]  # fmt: skip
    assert values("returns.trafficked_again", {"returns": back})[1] == (1, 2)


def test_missing_organisation_is_not_submitted_and_never_0() -> None:
    """Of two that owed referrals for 2008, one sent none: the sum is only what came."""
    made = [{"organisation": "a", "pseudonym": "1", "to_organisation": "b",
             "referred_on": "2008-05-01", "answer": "accepted"}]  # fmt: skip
    owed = [(name, "referrals", year) for name in "ab" for year in ("2007", "2008")]
    found = rows(
        "referrals.made", {"referrals": made}, strata=["organisation"], owed=owed,
        came=[("a", "referrals", "2007"), ("a", "referrals", "2008"), ("b", "referrals", "2007")],
    )  # fmt: skip
    by = {(row["period"], row["organisation"]): row for row in found}
    total = by["2008", "all"]
    assert (total["status"], total["missing"], total["value"]) == ("partly_submitted", "b", 1)
    assert (by["2007", "b"]["status"], by["2007", "b"]["value"]) == ("known", 0)
    assert by["2008", "b"]["status"] == "not_submitted"
    assert by["2008", "b"]["value"] != by["2008", "b"]["value"]


def test_persons_without_services_sent_are_not_persons_without_an_offer() -> None:
    """If nobody sent services, nobody knows who was offered anything: not 0 percent."""
    owed = [("a", form, "2008") for form in ("persons", "assessments", "services")]
    found = rows("support.offered", {"persons": PERSONS}, owed=owed, came=owed[:2])[1]
    assert (found["status"], found["missing"]) == ("not_submitted", "a")
    assert found["value"] != found["value"]


def test_nothing_owed_is_not_applicable() -> None:
    """Before the centre existed, nobody owed courses: that is neither 0 nor missing."""
    found = rows("training.participants", {}, owed=[("a", "trainings", "2008")])
    assert [row["status"] for row in found] == ["not_applicable", "known"]
    assert found[1]["value"] == 0


def test_submission_that_is_not_due_yet_makes_the_period_early() -> None:
    """On 1 February 2009 the figures of 2008 may still come in time."""
    owed = [("a", "trainings", "2008")]
    found = rows("training.participants", {}, owed=owed, came=[], as_of="2009-02-01")
    assert (found[1]["status"], found[1]["missing"]) == ("too_early", "")


def test_windows_of_plans_may_overlap() -> None:
    """A plan's years and the years it shares with the next are two questions on one person."""
    windows = [Window("both", date(2007, 1, 1), date(2008, 12, 31)),
               Window("later", date(2008, 1, 1), date(2008, 12, 31))]  # fmt: skip
    found = compute(cases(TABLES), DEFINITIONS, periods=windows, ids=["victims.presumed"])
    assert list(found.frame["value"]) == [3, 2]


def test_condition_on_what_is_not_known_holds_neither_way() -> None:
    """Person 3's citizenship is not known: neither Danish nor foreign."""
    count = {"table": "persons", "period": "identified_on", "unique": "person"}
    for where, wanted in (({"citizenship": "DNK"}, 0), ({"not": {"citizenship": "DNK"}}, 2)):
        made = alone(unit="person", rule="count", count={**count, "where": where},
                     needs=["persons", "assessments"])  # fmt: skip
        found = compute(cases(TABLES), made, periods=years(2008, 2008))
        assert found.frame["value"][0] == wanted


def test_no_rows_at_all_give_known_zeros() -> None:
    """Everything owed came and was empty: known none."""
    found = compute(cases({}), DEFINITIONS, periods=years(2008, 2008)).frame
    counts = found[(found.measure == "count") & (found.status == "known")]
    assert (counts.value == 0).all()
    assert set(found[found.measure != "count"].status) <= {"not_applicable", "known"}


LINKS = [
    {"record": "r1", "organisation": "a", "pseudonym": "1"},
    {"record": "r2", "organisation": "b", "pseudonym": "1"},
    {"record": "r3", "organisation": "a", "pseudonym": "2"},
]
ASSESSED = [
    {"organisation": org, "record": record, "pseudonym": pseudonym, "status": "identified",
     "deciding_body": body, "decided_on": on}
    for org, record, pseudonym, body, on in (
        ("a", "r1", "1", "police", "2008-02-01"), ("b", "r2", "1", "centre", "2008-05-01"),
        ("a", "r3", "2", "centre", "2008-04-01"))
]  # fmt: skip


def test_range_shows_what_another_linkage_would_count() -> None:
    """Person 1 is two records: a draw that keeps them apart counts three persons, not two."""
    drawn = [{**one, "draw": 0} for one in LINKS] + [{**one, "draw": 1} for one in LINKS]
    drawn[4] = {**drawn[4], "pseudonym": "apart"}
    tables = {"persons": PERSONS[:2], "links": drawn, "assessments": ASSESSED}
    found = rows("victims.identified", tables, strata=["identified_body"], draws=1)
    by = {row["identified_body"]: row for row in found if row["period"] == "2008"}
    assert [(by[name]["value"], by[name]["low"], by[name]["high"]) for name in
            ("all", "police", "centre")] == [(2, 2, 3), (1, 1, 1), (1, 1, 2)]  # fmt: skip


def test_range_is_absent_where_nothing_was_drawn() -> None:
    """No range is not a range of nothing."""
    found = rows("victims.identified", TABLES)[1]
    assert found["low"] != found["low"]


def test_range_follows_persons_put_together() -> None:
    """A draw that makes one person of all three records counts one, on the earliest day."""
    drawn = [{**one, "draw": 0} for one in LINKS] + [
        {**one, "pseudonym": "1", "draw": 1} for one in LINKS
    ]
    tables = {"persons": PERSONS[:2], "links": drawn, "assessments": ASSESSED}
    found = rows("victims.identified", tables, strata=["identified_body"], draws=1)
    by = {row["identified_body"]: row for row in found if row["period"] == "2008"}
    assert [(by[name]["value"], by[name]["low"], by[name]["high"]) for name in
            ("all", "police", "centre")] == [(2, 1, 2), (1, 1, 1), (1, 0, 1)]  # fmt: skip


@pytest.mark.parametrize("strata", [["place"], [("sex", "place")]])
def test_unknown_stratum_is_refused(strata: Any) -> None:
    """A stratum that no definition allows would silently leave the total alone."""
    from analysis.errors import IndicatorError

    with pytest.raises(IndicatorError, match="none of 1 indicators can be divided"):
        rows("victims.identified", TABLES, strata=strata)
