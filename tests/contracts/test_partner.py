"""Forms, profiles and periods: read as they are, refused where they contradict themselves."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.partner import reading
from analysis.contracts.partner.forms import IDENTITIES, Form, Forms
from analysis.contracts.partner.periods import MONTHS, Rhythm, period, periods
from analysis.contracts.partner.profiles import Profile, expected
from analysis.errors import DataError, ParameterError
from analysis.places import find_places

PLACES = find_places(Path(__file__))
FORMS = reading.read_forms(PLACES.forms, PLACES.partner_codelists)
REAL = reading.read_profiles(PLACES.profiles, FORMS)
INVENTED = reading.read_profiles(PLACES.synthetic / "profiles", FORMS)
SIX = {"provest", "reden", "lokk", "drk", "redbarnet", "kcp"}


@given(st.integers(1900, 2199), st.sampled_from(list(MONTHS)))
def test_the_periods_of_a_year_cover_it_without_gap_or_overlap(year: int, rhythm: Rhythm) -> None:
    """A day in no period would be owed to nobody, a day in two counted twice."""
    found = periods(date(year, 1, 1), date(year, 12, 31), rhythm)
    assert found[0].first == date(year, 1, 1)
    assert found[-1].last == date(year, 12, 31)
    days = timedelta(days=1)
    assert all(a.last + days == b.first for a, b in pairwise(found))
    assert [period(str(one)) for one in found] == list(found)


@pytest.mark.parametrize("text", ["2008H3", "2008Q5", "2008-13", "08", "2008h", "1899", "2008-1"])
def test_a_period_of_no_known_form_is_refused(text: str) -> None:
    """A period that is guessed puts a whole file in the wrong year."""
    with pytest.raises(ParameterError, match="period"):
        period(text)


def test_the_six_organisations_police_and_immigration_have_duties() -> None:
    """The minister's answer names six bodies whose data is part of their agreement."""
    assert SIX | {"politi", "udl", "cmm"} == set(REAL)
    assert all(profile.duties for profile in REAL.values())


@pytest.mark.parametrize("profile", REAL.values(), ids=lambda one: one.organisation)
def test_no_real_agreement_is_taken_as_confirmed(profile: Profile) -> None:
    """Which fields were delivered, and on which legal basis, is in no public document."""
    assert profile.agreement.confirmed is None
    assert not profile.synthetic


@pytest.mark.parametrize("profile", INVENTED.values(), ids=lambda one: one.organisation)
def test_every_invented_sender_says_so_in_both_languages(profile: Profile) -> None:
    """A name without the label would sooner or later stand in a real report."""
    assert profile.synthetic
    assert "syntetisk" in profile.name.da
    assert "synthetic" in profile.name.en


@pytest.mark.parametrize("profile", REAL.values(), ids=lambda one: one.organisation)
def test_an_expired_agreement_owes_nothing_more(profile: Profile) -> None:
    """Who is no longer bound must not be listed as late."""
    ends = profile.agreement.last
    assert ends is not None
    owed = expected(profile, date(2007, 1, 1), date(2014, 12, 31))
    assert owed
    assert all(profile.agreement.first <= one.period.first <= ends for one in owed)


def test_identity_fields_are_only_those_of_the_allow_list() -> None:
    """Each further identity field is one more way to find a person."""
    asked = {
        field.of
        for form in FORMS.forms.values()
        for field in form.fields
        if field.kind == "identity"
    }
    assert asked <= set(IDENTITIES)


@pytest.mark.parametrize("form", FORMS.forms.values(), ids=lambda one: one.id)
def test_a_form_that_names_a_person_counts_no_contacts(form: Form) -> None:
    """Contacts may repeat; beside a person's number they would be added to persons."""
    if form.repeats:
        assert "person" not in form.columns
        assert form.sensitivity == "aggregate"


def test_codes_carry_their_classification() -> None:
    """A code without its version cannot be compared with another year's."""
    assert all(code.classification for codes in FORMS.codes.values() for code in codes)


def _profile_with(tmp_path: Path, old: str, new: str) -> dict[str, Profile]:
    text = (PLACES.synthetic / "profiles" / "syn_b.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "syn_b.yml").write_text(text.replace(old, new), encoding="utf-8")
    return reading.read_profiles(tmp_path, FORMS)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Sagsnr: person", "Sagsnr: persona", "field that does not exist"),
        ("form: stays", "form: sleeps", "form that does not exist"),
        ("stays: all", "sleeps: all", "KeyError"),
        ("identities: names", "identities: everything", "none of names"),
        ("kind: shelter", "kind: [", "no YAML"),
        ("rhythm: quarter", "rythm: quarter", "TypeError"),
        ("[person, status, deciding_body, decided_on", "[person, deciding_body, decided_on", "key"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused_by_name(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    """A slip in a profile would let a column in that nobody agreed to."""
    with pytest.raises(DataError, match=says) as told:
        _profile_with(tmp_path, old, new)
    assert "syn_b.yml" in str(told.value)


def test_a_workbench_without_forms_says_where_they_belong(tmp_path: Path) -> None:
    """An empty folder would make every file an unknown one."""
    with pytest.raises(DataError, match="data/forms"):
        reading.read_forms(tmp_path, PLACES.partner_codelists)


def test_everything_read_is_announced() -> None:
    """A run whose inputs are not known is not run again when they change."""
    seen: list[Path] = []
    found: Forms = reading.read_forms(PLACES.forms, PLACES.partner_codelists, note=seen.append)
    assert len(seen) == len(found.forms) + len(found.codes) + 1
