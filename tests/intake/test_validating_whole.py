"""Files that are wrong as a whole: another sender's, another period's, half exchanged by Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.contracts.partner.periods import period
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.intake.questions import said
from analysis.intake.reading.sheets import Sheet
from analysis.intake.validating import Known, Setting, Validated, validate
from analysis.intake.validating.arrow import pa
from analysis.vault.tokens import Tokens

DATA = Path(__file__).parents[2] / "data"
FORMS = read_forms(DATA / "forms", DATA / "codelists" / "partner")
SENDER = read_profiles(DATA / "synthetic" / "profiles", FORMS)["syn_a"]
SERVICES = ("person", "service", "offered_on")
PERSONS = ("person", "sex", "first_contact_on")


class _Keys:
    sharing = b"s" * 32
    chain = (b"c" * 32,)


TOKENS = Tokens(_Keys())


def _judge(
    form: str,
    fields: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    name: str = "",
    **changes: Any,
) -> Validated:
    numbers = TOKENS.references("person", "syn_a", [f"P{n}" for n in range(1, 9)])
    setting = Setting(
        profile=SENDER,
        forms=FORMS,
        period=period("2008H1"),
        received_on=date(2009, 8, 1),
        known={"person": Known(numbers, pa.array(["2007H2"] * 8, pa.string()))},
        registered=frozenset({"persons"}),
    )
    cells = pd.DataFrame(rows, columns=list(fields)).astype("str")
    headers = {one: FORMS.forms[form].field(one).label.da for one in fields}
    sheet = Sheet(form, name, cells, np.arange(2, 2 + len(rows), dtype=np.int32), headers)
    return validate(sheet, replace(setting, **changes), TOKENS)


def _help(*people: str, day: str = "03-02-2008") -> list[tuple[str, ...]]:
    return [(one, "Tolk", day) for one in people]


def _rules(found: Validated) -> dict[str, bool]:
    return {one.rule: one.holds for one in found.questions}


def test_a_file_none_of_whose_numbers_is_the_senders_is_held() -> None:
    """Another organisation's file in the same titles would take the place of the right one."""
    found = _judge("services", SERVICES, _help(*(f"Z{n}" for n in range(6))))
    assert _rules(found) == {"none_registered": True}
    asked = said(found.questions[0], "a.csv", FORMS, SENDER)
    assert asked == (
        "a.csv, kolonne Jeres sagsnummer: ingen af de 6 rækker har et nummer, der står i et skema, "
        "I har sendt over Personer, så filen er måske en andens. Se efter, hvem filen er fra. Er "
        "den jeres, så send først skemaet med numrene."
    )


@pytest.mark.parametrize("people", [("P1", *(f"Z{n}" for n in range(5))), ("Z1", "Z2", "Z3")])
def test_some_unknown_numbers_or_a_short_file_stay_a_query(people: tuple[str, ...]) -> None:
    """A new person who was forgotten in the list is no reason to hold everybody's help back."""
    assert _rules(_judge("services", SERVICES, _help(*people))) == {"unknown_reference": False}


def test_without_a_list_for_the_period_nothing_is_held() -> None:
    """Then the list is what is missing, and that is what is asked for."""
    rows = _help(*(f"Z{n}" for n in range(6)))
    found = _judge("services", SERVICES, rows, registered=frozenset())
    assert _rules(found) == {"register_missing": False}


def test_a_file_that_lies_before_its_period_altogether_is_held() -> None:
    """A period mistyped: the rows would count as late, and the right period stay empty."""
    rows = _help(*(f"P{n}" for n in range(1, 7)))
    found = _judge("services", SERVICES, rows, period=period("2008H2"))
    assert _rules(found) == {"all_before_period": True}
    assert found.questions[0].rows == ()
    with_one = [*rows, *_help("P7", day="03-08-2008")]
    found = _judge("services", SERVICES, with_one, period=period("2008H2"))
    assert _rules(found) == {"before_period": False}


def _met(days: Sequence[str]) -> list[tuple[str, str, str]]:
    return [(f"A{n}", "Kvinde", day) for n, day in enumerate(days)]


TRUE = ["2008-01-02", "2008-05-02", "2008-03-06", "2008-06-01"]
TEXT = ["13-02-2008", "24-02-2008", "17-03-2008", "30-05-2008"]


def test_a_column_that_a_spreadsheet_exchanged_in_part_is_held() -> None:
    """Excel set to another country turns 05-02 into May, and leaves 17-02 as it was typed."""
    found = _judge("persons", PERSONS, _met(TRUE + TEXT), name="Personer")
    assert _rules(found) == {"half_swapped": True}
    assert found.questions[0].rows == (2, 3, 4, 5)


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (TRUE + TEXT, ""),  # a CSV file holds what somebody wrote
        ([*TRUE, "2008-01-13", *TEXT], "Personer"),
        ([*TRUE, *TEXT, "03-02-2008"], "Personer"),
        ([*TRUE, *TEXT[:3]], "Personer"),
    ],
    ids=["csv", "a true day over 12", "a text that reads both ways", "too few"],
)
def test_a_mixture_that_chance_explains_is_left_alone(days: list[str], name: str) -> None:
    """Some people format cells, some type: that alone says nothing of exchanged days."""
    assert _rules(_judge("persons", PERSONS, _met(days), name=name)) == {}
