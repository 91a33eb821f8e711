"""read_definitions: refuses what would mix units, cohorts, outputs and outcomes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import IndicatorError
from analysis.indicators import read_definitions
from analysis.indicators.compiling import compile_definition
from analysis.indicators.reading import definition
from tests.indicators.by_hand import DEFINITIONS, HOME

PERSONS = {"table": "persons", "period": "identified_on", "unique": "person"}
CHARGED = {"table": "charges", "period": "charged_on"}
CONTACTS = {"table": "contacts", "period": "month", "sum": ["contacts"]}


def refuse(match: str, **plain: Any) -> None:
    """Compile a definition that must be refused for the reason named."""
    full = {
        "id": "made.up", "version": 1, "valid_from": "2008-01-01", "goal": "support",
        "shows": "output", "rule": "count", "name": {"da": "x", "en": "x"},
        "about": {"da": "x", "en": "x"},
        "needs": ["persons", "assessments", "charges", "contacts", "services", "trainings"],
        **plain,
    }  # fmt: skip
    with pytest.raises(IndicatorError, match=match) as raised:
        compile_definition(definition(full), DEFINITIONS.known)
    assert str(raised.value).startswith("made.up@1: ")


def test_this_years_convictions_over_this_years_charges() -> None:
    """Other people, charged in other years: such a share rises when fewer are charged."""
    refuse(
        "different cohorts", rule="share", unit="charge", shows="outcome",
        count={**CHARGED, "period": "decided_on", "where": {"outcome": "convicted"}},
        whole=CHARGED,
    )  # fmt: skip


def test_convictions_over_victims() -> None:
    """Charges are not persons; several are brought for one victim, or none."""
    refuse("units never mix", rule="share", unit="person", count=CHARGED, whole=PERSONS)


def test_contacts_called_persons() -> None:
    """750 contacts 'as far as possible without repeats' are not 750 women."""
    refuse("counts in contact", unit="person", count=CONTACTS)
    refuse("cannot|name no person", unit="person",
           count={"table": "contacts", "period": "month", "unique": "person"})  # fmt: skip


def test_contacts_added_to_persons() -> None:
    """Adding them up in one field is adding apples to who carries them."""
    refuse(
        "mixes contact and person_month", unit="contact",
        count={**CONTACTS, "sum": ["contacts", "persons"], "where": {"counted_as": "unique"}},
    )  # fmt: skip


def test_persons_of_outreach_added_up_without_the_flag() -> None:
    """Where repeats are possible, the sum of persons says nothing."""
    refuse("may hold repeats", unit="person_month", count={**CONTACTS, "sum": ["persons"]})


def test_contacts_as_part_of_persons() -> None:
    """A share of contacts among victims has no meaning at all."""
    refuse("units never mix", rule="share", unit="person", count=CONTACTS, whole=PERSONS)


def test_persons_divided_by_what_one_person_can_have_several_of() -> None:
    """Persons helped by kind of support would add up to more persons than there are."""
    refuse(
        "can have several service", unit="person", by=["service"],
        count={"table": "services", "period": "started_on", "unique": "person"},
    )  # fmt: skip


def test_training_called_an_outcome() -> None:
    """That courses were held shows nothing of what they changed."""
    refuse(
        "what was done, not what changed", unit="participant", shows="outcome",
        count={"table": "trainings", "period": "held_on", "sum": ["participants"]},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("where", "match"),
    [
        ({"nationality": "DNK"}, "no field nationality"),
        ({"sex": "kvinde"}, "knows no code kvinde"),
        ({"child": "yes"}, "yes or no"),
        ({"purposes": "sexual"}, "is a codes"),
        ({"at_least": {"sex": 2}}, "is a code"),
        ({"has": {"form": "contacts"}}, "belong to no person"),
        ({"has": {"form": "dreams"}}, "no form dreams"),
        ({"known": ['sex"; DROP TABLE people; --']}, "no field"),
    ],
)
def test_condition_that_names_what_does_not_exist(where: Any, match: str) -> None:
    """A misspelt field would otherwise count nobody; and no text of a file becomes SQL."""
    refuse(match, unit="person", count={**PERSONS, "where": where})


def test_form_that_is_read_but_not_owed() -> None:
    """A sender that is not named as needed could be missing unseen."""
    refuse("does not say that it needs", unit="person", needs=["persons", "assessments"],
           count={**PERSONS, "where": {"has": {"form": "services"}}})  # fmt: skip


def test_stratum_with_the_name_of_a_result() -> None:
    """Two columns of one name would hide each other."""
    refuse("column of every result", unit="assessment", by=["status"],
           count={"table": "assessments", "period": "decided_on"})  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the definitions with the forms and code lists that they name."""
    for name in ("indicators", "forms", "codelists"):
        shutil.copytree(HOME / "data" / name, tmp_path / name)
    return tmp_path / "indicators"


def change(folder: Path, file: str, before: str, after: str) -> None:
    """Change a text of a file of definitions."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "before", "after", "match"),
    [
        ("victims.yml", "version: 2", "version: 3", "must supersede victims.registered@2"),
        ("victims.yml", "victims.registered@1", "victims.registered@2", "must supersede"),
        ("victims.yml", "valid_from: '2008-01-01'", "valid_from: '2006-01-01'", "no later than"),
        ("returns.yml", "id: returns.prepared", "id: returns.returns", "stands 2 times"),
        ("returns.yml", "goal: support", "goal: happiness", "none of pillars.csv"),
        ("returns.yml", "  rule: count", "  sql: DROP", "break the schema, the first at"),
        ("returns.yml", "  rule: count", "  rule: [", "line .*: it is no YAML"),
        ("groups.yml", "national: DNK", "nation: DNK", "groups.yml: a key is missing"),
    ],
)
def test_file_that_breaks_its_contract_is_named(
    folder: Path, file: str, before: str, after: str, match: str
) -> None:
    """Whoever edits definitions gets a place and a remedy, not a traceback."""
    change(folder, file, before, after)
    with pytest.raises(IndicatorError, match=match):
        read_definitions(folder)


def test_every_definition_is_worded_in_both_languages() -> None:
    """A page in Danish must not fall back to English."""
    for one in DEFINITIONS.items:
        for text in (one.name, one.about, *one.notes):
            assert text.da.strip()
            assert text.en.strip()
            assert text.da != text.en


def test_misspelt_indicator_gets_the_nearest_name() -> None:
    """60 names are too many to remember."""
    with pytest.raises(IndicatorError, match=r"Did you mean victims\.identified"):
        DEFINITIONS.get("victim.identified")
    with pytest.raises(IndicatorError, match=r"There are: victims\.registered@1"):
        DEFINITIONS.get("victims.registered@7")
