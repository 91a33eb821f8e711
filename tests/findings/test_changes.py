"""Changes told: the words of every part and direction, their order, and what is never named."""

from __future__ import annotations

import hashlib
import re
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Finding
from analysis.contracts.published import LANGUAGES, Plan, Series, Text
from analysis.contracts.values import number
from analysis.findings import changes
from analysis.findings.changes import Changed, PartSaid, change_of, parts_said, sentences
from analysis.language import words
from analysis.methods.change import (
    PARTS,
    Contributions,
    Effort,
    Part,
    between_periods,
    between_totals,
)
from analysis.methods.change.parts import Direction
from tests.findings.conftest import VICTIMS

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
SPANS: dict[Direction, tuple[float, float]] = {
    "more": (2, 37),
    "fewer": (-30, -26),
    "none": (0, 0),
    "either": (-17, 28),
    "not_asked": (0, 0),
}
every = pytest.mark.parametrize(("part", "way"), list(product(PARTS, DIRECTIONS)))


def _changed(plans: tuple[Plan, Plan], series: Series = VICTIMS, **parts: Any) -> Changed:
    given: dict[str, Any] = {
        "id": "trend.change.victims_identified.2008-2009",
        "series": series,
        "plans": plans,
        "because": (),
        "assumptions": (),
        "crossed": (),
        "rows": series.rows,
        "contrary": (),
        "fingerprint": hashlib.sha256(b"tests").hexdigest(),
    }
    return Changed(**(given | parts))


@every
def test_every_part_has_words_for_every_direction(part: Part, way: Direction) -> None:
    """A part without words would stop the notebook of the one country that has it."""
    said = PartSaid(part, *SPANS[way], way).words
    for language in LANGUAGES:
        text = said.said_in(language)
        assert text
        assert "{" not in text
        numbers = {"more": "2.37", "fewer": "26.30", "either": "17.*28"}.get(way)
        assert not numbers or re.search(numbers, text)
        assert bool(re.search(r"\d", text)) == bool(numbers)


def test_the_catalogue_holds_no_word_for_a_part_that_no_method_gives() -> None:
    """A leftover would be translated and never said."""
    named = {key for key in words.catalogues()["change"] if "." in key}
    assert named == {f"{part}.{way}" for part, way in product(PARTS, DIRECTIONS)}


@every
def test_only_an_identified_part_accounts_for_anything(part: Part, way: Direction) -> None:
    """Bounds that allow no change must not read as a reason."""
    said = PartSaid(part, *SPANS[way], way).words
    claims = "account" in said.en, "står for" in said.da
    assert claims == (way in ("more", "fewer") and part != "rest",) * 2
    if way == "either" and part != "rest":
        assert "cannot be told" in said.en
        assert "kan ikke afgøres" in said.da


@pytest.mark.parametrize(
    ("low", "high", "da", "en"),
    [
        (0, 0, "uændret", "unchanged"),
        (11, 11, "11 flere", "11 more"),
        (-30, -26, "26-30 færre", "26\N{EN DASH}30 fewer"),
        (0, 28, "fra ingen til 28 flere", "from none to 28 more"),
        (-35, 0, "fra ingen til 35 færre", "from none to 35 fewer"),
        (-17, 1028, "fra 17 færre til 1.028 flere", "from 17 fewer to 1,028 more"),
    ],
)
def test_a_change_reads_without_a_sign(low: float, high: float, da: str, en: str) -> None:
    """A minus before a number of persons is misread, and lost when read aloud."""
    assert change_of(low, high) == Text(da, en)


def test_change_comes_first_then_parts_with_numbers_then_what_was_not_asked() -> None:
    """Readers stop early: what is known has to stand before what is not."""
    split = between_totals(
        (98, 98), (97, 97), known={"one_large_case": (26, 30), "new_senders": (0, 5)}
    )
    full, short = sentences(Text("I alt.", "In all."), split)
    expected = (
        "In all. One large case accounts for 26\N{EN DASH}30 more. What is left, 27\N{EN DASH}36 "
        "fewer, the sources do not explain. How much senders that came or dropped out mean cannot "
        "be told: from none to 5 more. Not asked, as no row says anything of it: changed ways of "
        "counting, late reports, corrections and the effort of police and others."
    )
    assert full.en == expected
    assert full.da.startswith("I alt. Én stor sag står for 26-30 flere. Tilbage står 27-36 færre")
    assert "senders" not in short.en


@given(
    st.tuples(st.integers(0, 200), st.integers(0, 200)),
    st.dictionaries(
        st.sampled_from([part for part in PARTS if part != "rest"]),
        st.tuples(st.integers(-40, 40), st.integers(-40, 40)).map(sorted).map(tuple),
        max_size=4,
    ),
)
def test_every_part_is_told_once(
    counts: tuple[int, int], known: dict[Part, tuple[float, float]]
) -> None:
    """A part told twice, or left out, would not add up to the change that is printed."""
    split = between_totals((counts[0],) * 2, (counts[1],) * 2, known=known)
    told = parts_said(split)
    assert sorted(one.part for one in told) == sorted(PARTS)
    assert {one.part for one in told if one.direction != "not_asked"} == {*known, "rest"}
    assert sum(one.low for one in told) <= split.change_low
    assert split.change_high <= sum(one.high for one in told)
    full, _ = sentences(Text("I alt.", "In all."), split)
    for one in told:
        assert full.en.count(one.words.en.rstrip(".")) >= 1


def test_rows_of_persons_are_told_like_totals(plans: tuple[Plan, Plan]) -> None:
    """Whoever has the register, not only totals, gets the same sentences."""
    table = Contributions.of(
        {
            "period": [2008, 2009, 2009],
            "persons": [28, 40, 7],
            "sender": ["a", "a", "b"],
            "case": ["x", "y", "z"],
        }
    )
    split = between_periods(
        table,
        before=2008,
        after=2009,
        same_age_on=None,
        senders="seen",
        effort=Effort(1.5, (0.0, 1.0)),
    )
    found = changes.between_years(_changed(plans), split, (2008, 2009))
    assert found.sentence.en.startswith(
        "Identified victims: 28 in 2008, 47 in 2009, 19 more. New senders account for 7 more."
    )
    assert "to find them means cannot be told: from none to 14 more." in found.sentence.en
    assert "late reports" in found.sentence.en.split("Not asked")[1]


def _told(plans: tuple[Plan, Plan], *, partial: tuple[int, ...] = ()) -> Finding:
    split = between_totals((17, 17), (28, 28), known={"changed_definition": (0, 28)})
    return changes.between_years(_changed(plans), split, (2007, 2008), partial=partial)


def test_a_change_is_described_and_claims_no_direction_of_the_plan(
    plans: tuple[Plan, Plan],
) -> None:
    """Two years are one point each: nothing in them tells the plan apart."""
    found = _told(plans)
    assert (found.grade, found.verdict, found.method) == ("D", "described", "change_parts")
    assert [side.count for side in found.sides] == [number(17), number(28)]
    assert words.text("change.no_cause") in found.caveats


def test_a_year_counted_in_part_is_said_before_any_part(plans: tuple[Plan, Plan]) -> None:
    """Eleven more, read alone, would be quoted as a rise."""
    found = _told(plans, partial=(2007,))
    for said in (found.sentence, found.short):
        assert said.en.startswith(
            "Identified victims: 17 in 2007, 28 in 2008, 11 more. 2007 may be counted for part"
        )
        assert "2007 er måske kun talt i en del af året" in said.da
    assert "may be counted" not in _told(plans).sentence.en


def test_figures_that_never_changed_are_one_finding(plans: tuple[Plan, Plan]) -> None:
    """Seven times the same number is one answer, and equal totals hide what cancels out."""
    changed = _changed(plans)
    found = changes.same_in_releases(
        changed, [((2007, 2009), number(92)), ((2007, 2010), number(145))]
    )
    assert "2 figures were published more than once" in found.sentence.en
    assert "2007\N{EN DASH}2009: 92; 2007\N{EN DASH}2010: 145" in found.sentence.en
    assert "Whether some came in and as many went out cannot be seen." in found.sentence.en
    one = changes.same_in_releases(changed, [((2007, 2009), number(92))])
    assert one.sentence.en.startswith("Identified victims: one figure was published")
    assert one.sentence.da.startswith("Identificerede ofre: Ét tal er offentliggjort")
