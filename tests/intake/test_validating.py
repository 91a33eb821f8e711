"""validate: every rule with the row that breaks it, nothing invented, nothing leaked."""

from __future__ import annotations

import traceback
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.partner.forms import Code
from analysis.contracts.partner.periods import period
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.partner.store import Question
from analysis.intake.questions import said
from analysis.intake.reading.sheets import Sheet
from analysis.intake.validating import (
    Known,
    Setting,
    Validated,
    by_word,
    checks,
    read_countries,
    stored_columns,
    validate,
)
from analysis.intake.validating import schema as judging
from analysis.intake.validating.arrow import pa
from analysis.vault.tokens import Tokens

DATA = Path(__file__).parents[2] / "data"
FORMS = read_forms(DATA / "forms", DATA / "codelists" / "partner")
PROFILES = read_profiles(DATA / "synthetic" / "profiles", FORMS)
COUNTRIES = read_countries(DATA / "codelists" / "countries.csv")
RECEIVED = date(2008, 8, 1)


@dataclass(frozen=True)
class _Keys:
    sharing: bytes = b"s" * 32
    chain: tuple[bytes, ...] = (b"c" * 32,)


TOKENS = Tokens(_Keys())


def _setting(sender: str = "syn_a", **changes: Any) -> Setting:
    everything = {
        "profile": PROFILES[sender],
        "forms": FORMS,
        "period": period("2008H1"),
        "received_on": RECEIVED,
        "countries": COUNTRIES,
        "organisations": by_word(PROFILES.values()),
        "registered": frozenset({"persons", "cases"}),
        "known": {name: _known(name, sender, "P1", "P2", "P3") for name in ("person", "case")},
    }
    return Setting(**{**everything, **changes})


def _known(namespace: str, sender: str, *numbers: str, when: str = "2008H1") -> Known:
    tokens = TOKENS.references(namespace, sender, list(numbers))
    return Known(tokens, pa.array([when] * len(numbers), pa.string()))


def _sheet(form: str, rows: Iterable[Mapping[str, str]], sender: str = "syn_a") -> Sheet:
    fields = PROFILES[sender].forms[form]
    lines = [{name: row.get(name) or None for name in fields} for row in rows]
    cells = pd.DataFrame(lines, columns=list(fields)).astype("str")
    headers = {n: FORMS.forms[form].field(n).label.da for n in fields}
    return Sheet(form, "", cells, np.arange(2, 2 + len(lines), dtype=np.int32), headers)


def _judge(form: str, *rows: Mapping[str, str], sender: str = "syn_a", **changes: Any) -> Validated:
    return validate(_sheet(form, rows, sender), _setting(sender, **changes), TOKENS)


def _rules(found: Validated) -> dict[str, tuple[int, ...]]:
    return {
        dict(one.parts).get("name", one.rule) if one.rule == "form_rule" else one.rule: one.rows  # type: ignore[misc]
        for one in found.questions
    }


PERSON = {"person": "P1", "sex": "Kvinde", "citizenship": "NGA", "first_contact_on": "03-02-2008",
          "given_name": "Anna", "family_name": "Søndergaard", "birth_date": "01-02-1985",
          "child": "nej"}  # fmt: skip
SERVICE = {"person": "P1", "service": "Tolk", "offered_on": "03-02-2008", "accepted": "ja",
           "outcome": "ongoing"}  # fmt: skip
ASSESSED = {"person": "P1", "status": "identified", "deciding_body": "police",
            "decided_on": "2008-03-01", "acts": "recruitment;harbouring", "means": "force",
            "purposes": "sexual", "child_when_exploited": "nej"}  # fmt: skip
RIGHT = {"person": "P1", "right": "reflection_period", "decided_on": "01-03-2008",
         "granted": "ja", "starts_on": "01-03-2008", "days": "30", "accepted": "ja",
         "end": "kept"}  # fmt: skip
STAY = {"person": "P1", "place": "B1", "arrived_on": "01-02-2008", "left_on": "10-02-2008",
        "outcome": "completed"}  # fmt: skip
CONTACT = {"month": "01-2008", "place_kind": "street", "contacts": "12", "persons": "9",
           "counted_as": "unique"}  # fmt: skip
HOUSE = {"place": "b1", "month": "02-2008", "places": "3", "bed_nights": "87"}
REFERRAL = {"person": "P1", "to_organisation": "syn_b", "referred_on": "03-02-2008",
            "answer": "accepted", "answered_on": "04-02-2008", "service": "shelter"}  # fmt: skip
YEAR = {"period": period("2008")}
CASES: list[tuple[str, str, dict[str, str], str, dict[str, Any]]] = [
    ("persons", "required", {**PERSON, "sex": ""}, "syn_a", {}),
    ("persons", "not_applicable", {**PERSON, "child": "Ikke relevant"}, "syn_a", {}),
    ("persons", "not_a_date", {**PERSON, "first_contact_on": "feb 2008"}, "syn_a", {}),
    ("persons", "impossible_date", {**PERSON, "first_contact_on": "31-02-2008"}, "syn_a", {}),
    ("persons", "before_1900", {**PERSON, "birth_date": "01-02-1885"}, "syn_a", {}),
    ("persons", "in_the_future", {**PERSON, "first_contact_on": "02-08-2008"}, "syn_a", {}),
    ("persons", "after_period", {**PERSON, "first_contact_on": "01-07-2008"}, "syn_a", {}),
    ("persons", "not_in_list", {**PERSON, "sex": "Kvnde"}, "syn_a", {}),
    ("persons", "not_a_country", {**PERSON, "citizenship": "Atlantis"}, "syn_a", {}),
    ("persons", "not_yes_or_no", {**PERSON, "child": "muligvis"}, "syn_a", {}),
    ("persons", "bad_name", {**PERSON, "given_name": "Anna 2"}, "syn_a", {}),
    ("persons", "bad_reference", {**PERSON, "person": "Anna Søndergaard"}, "syn_a", {}),
    ("persons", "reference_is_cpr", {**PERSON, "person": "010285-1234"}, "syn_a", {}),
    ("persons", "born_before_met", {**PERSON, "birth_date": "01-02-2008",
                                    "first_contact_on": "01-01-2008"}, "syn_a", {}),
    ("persons", "child_by_birth", {**PERSON, "child": "ja"}, "syn_a", {}),
    ("persons", "before_period", {**PERSON, "person": "P9", "first_contact_on": "03-02-2007"},
     "syn_a", {}),
    ("persons", "bad_cpr", {**PERSON, "cpr": "310285-1234"}, "syn_immigration", YEAR),
    ("persons", "cpr_disagrees", {**PERSON, "cpr": "0202851234"}, "syn_immigration", YEAR),
    ("persons", "token_no_token", PERSON, "syn_d", {}),
    ("services", "offer_before_start", {**SERVICE, "started_on": "02-02-2008"}, "syn_a", {}),
    ("services", "started_if_accepted",
     {**SERVICE, "started_on": "03-02-2008", "accepted": "nej"}, "syn_a", {}),
    ("services", "unknown_reference", {**SERVICE, "person": "P77"}, "syn_a", {}),
    ("services", "register_missing", SERVICE, "syn_a",
     {"known": {}, "registered": frozenset()}),
    ("services", "before_period", {**SERVICE, "offered_on": "03-02-2007"}, "syn_a", {}),
    ("assessments", "act_means_purpose", {**ASSESSED, "means": ""}, "syn_a", {}),
    ("assessments", "not_in_list", {**ASSESSED, "acts": "recruitment;tyveri"}, "syn_a", {}),
    ("rights", "legal_length", {**RIGHT, "days": "31"}, "syn_immigration", YEAR),
    ("rights", "days_if_granted", {**RIGHT, "granted": "nej"}, "syn_immigration", YEAR),
    ("rights", "not_a_count", {**RIGHT, "days": "30,5"}, "syn_immigration", YEAR),
    ("stays", "not_a_place", {**STAY, "place": "C1"}, "syn_b", {}),
    ("stays", "arrive_before_leave", {**STAY, "left_on": "31-01-2008"}, "syn_b", {}),
    ("contacts", "units_mixed", {**CONTACT, "counted_as": "repeats_possible"}, "syn_a", {}),
    ("contacts", "persons_within_contacts", {**CONTACT, "persons": "13"}, "syn_a", {}),
    ("contacts", "not_a_month", {**CONTACT, "month": "januar"}, "syn_a", {}),
    ("places", "occupancy", {**HOUSE, "bed_nights": "88"}, "syn_b", {}),
    ("referrals", "not_to_self", {**REFERRAL, "to_organisation": "Organisation A (syntetisk)"},
     "syn_a", {}),
    ("referrals", "not_an_organisation", {**REFERRAL, "to_organisation": "ukendt"}, "syn_a", {}),
    ("referrals", "refer_before_answer", {**REFERRAL, "answered_on": "02-02-2008"}, "syn_a", {}),
]  # fmt: skip
QUERIES = frozenset({
    "child_by_birth", "before_period", "unknown_reference", "register_missing",
    "act_means_purpose", "legal_length", "occupancy",
})  # fmt: skip


@pytest.mark.parametrize(
    ("form", "rule", "row", "sender", "changes"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES]
)
def test_a_row_that_breaks_a_rule_is_asked_about_by_that_rule_alone(
    form: str, rule: str, row: dict[str, str], sender: str, changes: dict[str, Any]
) -> None:
    """A question too many costs a sender an hour, one too few costs the evaluation its truth."""
    found = _judge(form, row, sender=sender, **changes)
    others = {"token_no_token", "swapped_dates"}
    assert set(_rules(found)) - others == {rule} - others
    question = next(one for one in found.questions if one.rule in (rule, "form_rule"))
    assert question.holds is (rule not in QUERIES)
    assert question.rows == (() if rule == "register_missing" else (2,))
    assert found.held is question.holds
    assert (found.rows is None) is question.holds


GOOD = [
    ("persons", PERSON, "syn_a", {}),
    ("services", SERVICE, "syn_a", {}),
    ("assessments", ASSESSED, "syn_a", {}),
    ("assessments", {**ASSESSED, "means": "", "child_when_exploited": "ja"}, "syn_a", {}),
    ("assessments", {**ASSESSED, "status": "presumed", "acts": "", "purposes": ""}, "syn_a", {}),
    ("rights", RIGHT, "syn_immigration", YEAR),
    ("rights", {**RIGHT, "decided_on": "01-01-2008", "right": "extended_period", "days": "100"},
     "syn_immigration", YEAR),
    ("stays", STAY, "syn_b", {}),
    ("contacts", CONTACT, "syn_a", {}),
    ("contacts", {**CONTACT, "persons": "", "counted_as": "Gengangere er mulige"}, "syn_a", {}),
    ("places", HOUSE, "syn_b", {}),
    ("referrals", REFERRAL, "syn_a", {}),
]  # fmt: skip


@pytest.mark.parametrize(("form", "row", "sender", "changes"), GOOD)
def test_a_good_row_is_stored_without_a_question(
    form: str, row: dict[str, str], sender: str, changes: dict[str, Any]
) -> None:
    """Precision: what is right must not be asked about."""
    found = _judge(form, row, sender=sender, **changes)
    assert found.questions == ()
    wanted = stored_columns(FORMS.forms[form])
    assert found.rows.num_rows == 1
    assert {name: wanted[name] for name in found.rows.column_names} == {
        one.name: one.type for one in found.rows.schema
    }


def test_stored_rows_hold_codes_and_tokens_and_no_cell_of_an_identity() -> None:
    """At rest nobody can be told: names and numbers are tokens, one code for each spelling."""
    found = _judge("persons", PERSON, {**PERSON, "person": "P2", "sex": "FEMALE", "child": "0",
                   "citizenship": "Rumænien", "birth_date": "1985-02-01"})  # fmt: skip
    rows = found.rows.to_pylist()
    assert [row["sex"] for row in rows] == ["female", "female"]
    assert [row["citizenship"] for row in rows] == ["NGA", "ROU"]
    assert [row["child"] for row in rows] == [False, False]
    assert rows[0]["birth_date_exact"] == rows[1]["birth_date_exact"]
    assert rows[0]["birth_year"] == 1985
    assert rows[0]["person"] == TOKENS.references("person", "syn_a", ["p1"])[0].as_py()
    text = str(rows).casefold()
    assert not any(word in text for word in ("anna", "søndergaard", "'p1'", "01-02-1985"))


def test_several_codes_are_sorted_whatever_parts_them() -> None:
    """Kobo parts answers by spaces, people by semicolons, and labels hold spaces themselves."""
    found = _judge("assessments", {**ASSESSED, "acts": "harbouring recruitment"},
                   {**ASSESSED, "person": "P2", "acts": "Husning; Rekruttering;husning",
                    "purposes": "Seksuel udnyttelse;Tvangsarbejde"})  # fmt: skip
    assert found.rows["acts"].to_pylist() == ["harbouring;recruitment"] * 2
    assert found.rows["purposes"].to_pylist()[1] == "forced_labour;sexual"


def test_rows_alike_in_the_key_are_both_named() -> None:
    """Which of two rows is the right one, only the sender knows; ids differ in case alone."""
    found = _judge("persons", PERSON, {**PERSON, "person": "P2"}, {**PERSON, "person": "p1"})
    assert _rules(found) == {"duplicate_key": (2, 4)}
    missing = _judge("persons", {**PERSON, "person": ""}, {**PERSON, "person": ""}, PERSON)
    assert "duplicate_key" not in _rules(missing)


def test_exchanged_days_and_months_are_one_question_not_a_hundred() -> None:
    """A spreadsheet in American order breaks every second row: the cause is what must be told."""
    american = [
        {**PERSON, "person": f"A{n}", "birth_date": "", "child": "",
         "first_contact_on": f"0{1 + n % 6}-{10 + n:02}-2008"}
        for n in range(18)
    ]  # fmt: skip
    found = _judge("persons", *american)
    assert [one.rule for one in found.questions if one.holds] == ["swapped_dates"]
    assert _rules(found)["swapped_dates"] == tuple(range(5, 20))  # days over 12


def test_dates_that_fit_both_ways_are_queried_when_the_other_fits_the_period() -> None:
    """With days up to 12 nothing fails; that nearly all rows leave the period gives it away."""
    rows = [
        {**PERSON, "person": f"A{n}", "first_contact_on": f"0{1 + n % 6}-{7 + n % 6:02}-2008"}
        for n in range(12)
    ]
    found = _judge("persons", *rows, received_on=date(2009, 2, 1))
    query = next(one for one in found.questions if one.rule == "maybe_swapped")
    assert not query.holds
    calm = _judge("persons", *({**one, "first_contact_on": "05-03-2008"} for one in rows))
    assert "maybe_swapped" not in _rules(calm)


def test_a_file_two_fifths_empty_is_held_but_needless_cells_do_not_count() -> None:
    """Half a file was not filled in; an open stay or a refused right is no gap."""
    bare = {**PERSON, "given_name": "", "family_name": "", "birth_date": "", "citizenship": ""}
    assert "mostly_empty" in _rules(_judge("persons", bare, {**bare, "person": "P2"}))
    refused = {**RIGHT, "granted": "nej", "days": "", "starts_on": "", "accepted": "", "end": ""}
    found = _judge("rights", refused, RIGHT, RIGHT | {"person": "P2"},
                   sender="syn_immigration", **YEAR)  # fmt: skip
    assert "mostly_empty" not in _rules(found)


def test_crosses_alone_mean_yes_and_their_absence_no_but_it_is_said() -> None:
    """An empty cell is *not known* everywhere else, so this reading is told of."""
    found = _judge("services", {**SERVICE, "accepted": "x"},
                   {**SERVICE, "person": "P2", "accepted": ""})  # fmt: skip
    assert found.rows["accepted"].to_pylist() == [True, False]
    assert _rules(found) == {"only_ticks": (3,)}
    mixed = _judge("services", SERVICE, {**SERVICE, "person": "P2", "accepted": ""})
    assert mixed.rows["accepted"].to_pylist() == [True, None]


def test_a_code_counts_only_while_it_was_in_use() -> None:
    """A list that changed must not be read backwards into years before it."""
    sexes = (*FORMS.codes["sexes"], Code("x", replace(PROFILES["syn_a"].name, da="X", en="X"),
             "Test 1", "2008-03", ""))  # fmt: skip
    forms = replace(FORMS, codes={**FORMS.codes, "sexes": sexes})
    rows = {**PERSON, "sex": "x"}, {**PERSON, "person": "P2", "sex": "x",
                                    "first_contact_on": "01-03-2008"}  # fmt: skip
    assert _rules(_judge("persons", *rows, forms=forms)) == {"code_not_valid_then": (2,)}


def test_a_sender_s_own_words_for_codes_are_read() -> None:
    """Organisation E writes K and M; Organisation A would be asked."""
    row = {**PERSON, "sex": "k"}
    assert _judge("persons", row, sender="syn_e").rows["sex"].to_pylist() == ["female"]
    assert "not_in_list" in _rules(_judge("persons", row))


def test_a_register_row_told_before_is_not_late() -> None:
    """A person met last year and helped this year stands in both files, rightly."""
    early = {**PERSON, "first_contact_on": "03-02-2007"}
    before = {"person": _known("person", "syn_a", "P1", when="2007H1")}
    assert _judge("persons", early, known=before).questions == ()
    assert set(_rules(_judge("persons", early))) == {"before_period"}


spans = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30))),
    min_size=1,
    max_size=12,
)


@given(spans)
def test_overlaps_are_those_that_comparing_all_pairs_finds(
    drawn: list[tuple[int, int, int | None]],
) -> None:
    """Two beds for one person in one night is either an error or somebody else's stay."""
    start = date(2008, 1, 1)
    rows = [
        (who, start + timedelta(first), None if more is None else start + timedelta(first + more))
        for who, first, more in drawn
    ]
    frame = pd.DataFrame(
        {
            "person": pd.array([who for who, _, _ in rows], dtype="Int64"),
            "arrived_on": np.array([one for _, one, _ in rows], dtype="datetime64[s]"),
            "left_on": np.array([one for _, _, one in rows], dtype="datetime64[s]"),
        }
    )
    passes = checks.no_overlap(frame, ("person", "arrived_on", "left_on"), _setting())
    far = date(9999, 12, 31)

    def meet(one: int, other: int) -> bool:
        (who, first, last), (whom, begin, end) = rows[one], rows[other]
        return who == whom and max(first, begin) < min(last or far, end or far)

    involved = {
        at
        for at in range(len(rows))
        for other in range(len(rows))
        if at != other and (meet(at, other) or meet(other, at))
    }
    assert set(np.flatnonzero(~passes)) <= involved
    assert passes.all() == (not involved)


@given(st.dates(date(1985, 1, 1), date(1995, 12, 31)), st.dates(date(2005, 1, 1), RECEIVED))
def test_eighteen_is_counted_by_birthdays(birth: date, met: date) -> None:
    """A month wrong at 18 moves a victim between the rules for children and for adults."""
    turned = (met.year - birth.year) - ((met.month, met.day) < (birth.month, birth.day))
    frame = pd.DataFrame(
        {
            "child": pd.array([True, False, pd.NA], dtype="boolean"),
            "birth": np.array([birth] * 3, dtype="datetime64[s]"),
            "met": np.array([met] * 3, dtype="datetime64[s]"),
        }
    )
    passes = checks.child_matches(frame, ("child", "birth", "met"), _setting())
    assert passes.tolist() == [turned < 18, turned >= 18, True]


@given(st.integers(0, 9), st.integers(0, 320), st.integers(1, 12), st.integers(2003, 2008))
def test_nights_are_at_most_places_times_days(
    places: int, nights: int, month: int, year: int
) -> None:
    """More nights than beds allow means that two kinds of count were mixed."""
    frame = pd.DataFrame(
        {
            "places": pd.array([places], dtype="Int64"),
            "nights": pd.array([nights], dtype="Int64"),
            "month": np.array([date(year, month, 1)], dtype="datetime64[s]"),
        }
    )
    passes = checks.occupancy(frame, ("places", "nights", "month"), _setting())
    assert passes.tolist() == [nights <= places * monthrange(year, month)[1]]


def _worded(questions: Iterable[Question], sender: str) -> str:
    profile = PROFILES[sender]
    return "\n".join(
        said(one, "file.csv", FORMS, replace(profile, language=language))
        for one in questions
        for language in ("da", "en")
    )


@pytest.mark.parametrize(
    ("form", "rule", "row", "sender", "changes"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES]
)
def test_no_question_tells_what_stands_in_a_cell(
    form: str, rule: str, row: dict[str, str], sender: str, changes: dict[str, Any]
) -> None:
    """Questions are copied into e-mails, in both languages."""
    marked = {**row, "given_name": "Zebedeea", "family_name": "Quxwald"}
    found = _judge(form, marked, sender=sender, **changes)
    text = _worded(found.questions, sender) + repr(found.questions)
    shown = set(_worded(found.questions, sender).split())
    assert "Zebedeea" not in text
    assert "Quxwald" not in text
    # Words of the wording itself (ja, Tolk as an allowed answer) may be equal to a cell.
    broken = {"Kvnde", "Atlantis", "muligvis", "31-02-2008", "010285-1234", "P77", "tyveri", "C1"}
    assert not broken & shown


def test_what_pandera_says_never_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its exceptions print cells: in their text, and as the cause or context of another's."""
    birth = "1985-02-01"
    found = _judge(
        "persons", {**PERSON, "first_contact_on": "01-02-1985", "birth_date": "01-02-1986"}
    )
    assert birth not in repr(found)

    def broken(*given: object) -> Any:
        raise ValueError(f"a rule that prints cells: {birth}")

    monkeypatch.setitem(checks.CHECKS, "dates_in_order", broken)
    with pytest.raises(RuntimeError) as raised:
        _judge("persons", PERSON)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    assert birth not in "".join(traceback.format_exception(raised.value))

    def refuses(*given: object, **named: object) -> Any:
        raise pandera.errors.SchemaInitError(birth)

    monkeypatch.setattr(pandera.DataFrameSchema, "validate", refuses)
    with pytest.raises(RuntimeError) as raised:
        _judge("persons", PERSON)
    assert birth not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__context__ is None


def test_pandera_alone_would_print_the_cell() -> None:
    """The reason for all this; the day it no longer does, the guard may go."""
    schema = pandera.DataFrameSchema(
        {"x": pandera.Column(str, pandera.Check(lambda x: x != "Quxwald", element_wise=True))}
    )
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        schema.validate(pd.DataFrame({"x": ["Quxwald"]}), lazy=True)
    assert "Quxwald" in str(raised.value)
    assert "Quxwald" not in Path(judging.__file__).read_text(encoding="utf-8")


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(PERSON)), cells), max_size=6))
def test_any_text_is_judged_without_a_traceback(rows: list[dict[str, str]]) -> None:
    """What senders write cannot be foreseen; every cell gets an answer or a question."""
    found = _judge("persons", *rows)
    assert found.held or found.rows.num_rows == len(rows)
    assert all(set(one.rows) <= set(range(2, 2 + len(rows))) for one in found.questions)
