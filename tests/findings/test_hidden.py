"""Totals of overlapping lists in words: a number, a range, or a refusal, and never more."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Finding, Limits
from analysis.contracts.published import Plan, Text
from analysis.findings import hidden
from analysis.findings.hidden import Totals
from analysis.findings.shown import written

AGREE = Totals(
    title=Text("Stedet", "The place"),
    n=123,
    methods=6,
    silent=0,
    lowest=1000.4,
    highest=1400.6,
    lowest_by=Text("laveste BIC", "lowest BIC"),
    highest_by=Text("skjulte klasser", "latent classes"),
    ratio=1.4,
    factor=1.5,
    headline=1234.4,
    headline_by=Text("trinvis valg", "stepwise choice"),
    limits=Limits(899.6, 2000.2, 0.95, "over_methods"),
    headline_limits=Limits(950.0, 1800.0, 0.95, "bca"),
)
APART = replace(AGREE, highest=2200.0, ratio=2.2)


@pytest.fixture
def make(plans: tuple[Plan, Plan]):  # type: ignore[no-untyped-def]
    """Make the finding on some totals."""

    def made(totals: Totals) -> Finding:
        return hidden.of_totals(
            "hidden_population.place",
            totals,
            plans,
            country="GBR",
            rows=("OT-T",),
            contrary=(),
            fingerprint="0" * 64,
        )

    return made


def test_methods_that_agree_give_one_number(make) -> None:  # type: ignore[no-untyped-def]
    """The number, whose it is, and the widest limits first."""
    found = make(AGREE)
    assert found.verdict == "described"
    assert found.grade == "D"
    assert found.estimate.bounds == (1234, 1234)
    assert found.limits.method == "over_methods"
    assert (found.limits.low, found.limits.high) == (899, 2001)
    assert found.sentence.en == (
        "The place: 123 persons were on at least one list. By 6 methods there were from 1,000 "
        "(lowest BIC) to 1,401 (latent classes) in all. That is 1.4 times as many, and methods "
        "are said to agree up to 1.5 times. The number is 1,234 (stepwise choice; "
        "95\N{NO-BREAK SPACE}% limits 950–1,800). Taking the limits of all methods together, it "
        "is 899–2,001."
    )
    assert "omkring 1.234 i alt (899-2.001 med alle metoders grænser)" in found.short.da


def test_methods_apart_give_a_range_and_no_number(make) -> None:  # type: ignore[no-untyped-def]
    """One headline of many is what the field is blamed for."""
    found = make(APART)
    assert found.verdict == "undecided"
    assert found.estimate.bounds == (1000, 2200)
    assert found.other_limits == ()
    assert "no single number is given, only the range 1,000 to 2,200" in found.sentence.en
    assert "intet enkelt tal, kun spændet 1.000 til 2.200" in found.sentence.da
    assert "1,234" not in found.sentence.en + found.short.en


@given(st.floats(1.0, 10.0), st.floats(1.01, 10.0))
def test_the_stated_factor_alone_decides(ratio: float, factor: float) -> None:
    """At the factor itself methods still agree: the words say *up to*."""
    assert replace(AGREE, ratio=ratio, factor=factor).agrees == (ratio <= factor)


@pytest.mark.parametrize(("silent", "said"), [(1, "1 method gives"), (2, "2 methods give")])
def test_silent_methods_are_counted(make, silent: int, said: str) -> None:  # type: ignore[no-untyped-def]
    """Agreement among those that answered is not agreement of all."""
    assert f"{said} no number." in make(replace(AGREE, silent=silent)).sentence.en
    assert "no number" not in make(AGREE).sentence.en


def test_an_open_limit_stays_open_in_words(make) -> None:  # type: ignore[no-untyped-def]
    """Infinity is no number of persons."""
    limits = Limits(900.0, math.inf, 0.95, "over_methods")
    found = make(replace(AGREE, limits=limits))
    assert found.limits.high == math.inf
    assert "it is at least 900." in found.sentence.en
    assert "er det mindst 900." in found.sentence.da


def test_limits_of_persons_have_no_decimals(make) -> None:  # type: ignore[no-untyped-def]
    """Tenths of a person are a precision that nobody has."""
    found = make(AGREE)
    assert written(found, found.limits, "en").endswith("899–2,001")


def test_assumptions_always_stand_with_it(make) -> None:  # type: ignore[no-untyped-def]
    """All methods share them: agreement cannot show them."""
    assert len(make(AGREE).assumptions) == 4
    assert make(AGREE).limitations


def test_a_country_without_lists_gets_a_refusal_that_names_who_could_deliver(
    plans: tuple[Plan, Plan],
) -> None:
    """A refusal that does not say what is missing helps nobody."""
    found = hidden.no_lists(
        "hidden_population.DNK", Text("Danmark", "Denmark"), plans, country="DNK"
    )
    assert found.verdict == "refused"
    assert not found.estimate.known
    assert found.rows == ()
    for body in ("police", "immigration authorities", "organisations"):
        assert body in found.sentence.en
    for body in ("politiet", "udlændingemyndighederne", "organisationer"):
        assert body in found.sentence.da


def test_a_table_that_bears_no_total_is_refused_with_its_rows(plans: tuple[Plan, Plan]) -> None:
    """The counts stay worth reading; the total is what is refused."""
    found = hidden.too_few(
        "hidden_population.place",
        AGREE.title,
        Text("Ingen metode giver et tal.", "No method gives a number."),
        plans,
        country="GBR",
        rows=("OT-T",),
        fingerprint="0" * 64,
    )
    assert (found.verdict, found.rows) == ("refused", ("OT-T",))
    assert found.sentence.en.endswith("The place: No method gives a number.")
