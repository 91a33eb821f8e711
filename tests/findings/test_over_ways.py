"""What is told of a headline under many ways of counting: so many of so many, never a cause."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.findings import Finding, Limits
from analysis.contracts.published import Plan, Point, Series, Text
from analysis.contracts.values import number
from analysis.findings.assemble import NOTHING_READ
from analysis.findings.ways import Held, JointP, Needed, over_ways

NOTHING = Text("", "")
SERIES = Series(
    indicator="persons_prosecuted",
    country="DNK",
    breakdown="total",
    label=Text("tiltalte", "prosecuted"),
    unit="persons",
    rule="",
    publisher="",
    points=tuple(Point(year, number(5), "5", f"R-{year}") for year in range(2003, 2011)),
    breaks=(),
    conflicts=(),
    picked_by=NOTHING,
)
HELD = Held(
    ways=20,
    above=18,
    below=2,
    low=0.8,
    high=6.0,
    median=2.0,
    refused=3,
    headline=(1.8, 2.4),
    moves="reading",
    without=(1.5, 3.0),
    open_without=(2003,),
    test=JointP(0.004, 0.001, 999, 0, "no_change_no_trend"),
    unseen=Needed(1.8, 3.0, 1.0),
    furthest=Text("uden 2009", "without 2009"),
)


def _plan(id: str, first: int, last: int) -> Plan:
    text = Text(id, id)
    period = (str(first), str(last))
    return Plan(
        id, "DNK", text, text, text, text, "", period, first, last, NOTHING, None, (f"P-{id}",)
    )


PLANS = (_plan("one", 2003, 2006), _plan("two", 2007, 2010))


def _made(held: Held = HELD) -> Finding:
    return over_ways(
        "robustness.prosecuted",
        SERIES,
        PLANS,
        held,
        before=(2003, 2006),
        after=(2007, 2010),
        used=(2003, 2010),
        headline="undecided",
        rows=(*SERIES.rows, "P-people"),
        contrary=(),
        fingerprint=NOTHING_READ,
    )


def test_the_whole_sentence_reads_as_it_should() -> None:
    """Read aloud by a person once, and held here."""
    made = _made()
    assert made.sentence.en == (
        "Prosecuted: in 18 of 20 reasonable ways of counting the ratio of the later to the "
        "earlier years is above 1. It lies between 0.80 and 6.0, with 2.0 in the middle. The "
        "headline is 1.8–2.4. It depends most on how hidden small counts are read. With one of "
        "the years left out at a time, the headline lies between 1.5 and 3.0. Without 2003 it is "
        "open at one end, as a period may then have 0. 3 more ways give no ratio. Joint test: p "
        "is 0.004 for the middle value, over 999 other orders of the years (smallest possible "
        "0.001)."
    )
    assert made.short.da == (
        "Tiltalte: På 18 af 20 rimelige måder at tælle på er forholdet over 1; mellem 0,80 og "
        "6,0 (hovedresultatet 1,8-2,4)."
    )


def test_ways_on_the_other_side_are_contrary_evidence_with_rows() -> None:
    """The two ways below 1 are told with their lowest, and lead to the country's own rows."""
    (contrary,) = _made().contrary
    assert contrary.text.en == (
        "In 2 of 20 ways the ratio is below 1. The lowest is 0.80: without 2009."
    )
    assert contrary.rows == SERIES.rows


def test_a_fall_counts_the_ways_below_one() -> None:
    """Most ways decide on which side is counted; the others speak against it."""
    made = _made(replace(HELD, above=4, below=16))
    assert "in 16 of 20 reasonable ways" in made.short.en
    assert "is below 1" in made.short.en
    assert made.contrary[0].text.en.startswith("In 4 of 20 ways the ratio is above 1.")


def test_a_headline_against_most_ways_says_so() -> None:
    """The one comparison a reader remembers may be the odd one out."""
    said = "The headline itself lies on the other side of 1 from most ways."
    assert said not in _made().sentence.en
    assert said in _made(replace(HELD, headline=(0.7, 0.9))).sentence.en


def test_a_limit_that_holds_one_needs_nothing_unseen() -> None:
    """An E-value of 1 is no strength; it is said in words."""
    said = " ".join(one.en for one in _made().caveats)
    assert "at least 3.0. The limits hold 1 already." in said
    nearer = replace(HELD, unseen=Needed(1.8, 3.0, 2.0))
    assert "2.0 is enough" in " ".join(one.en for one in _made(nearer).caveats)
    nothing = replace(HELD, unseen=Needed(1.0, 1.0, 1.0))
    assert "Nothing unseen is needed" in " ".join(one.en for one in _made(nothing).caveats)


def test_a_fall_is_accounted_for_by_its_inverse() -> None:
    """What halves the number accounts for a ratio of a half."""
    fall = replace(HELD, unseen=Needed(0.5, 3.41, 1.2))
    said = " ".join(one.en for one in _made(fall).caveats)
    assert "the whole ratio of 0.50" in said
    assert "by a factor of 2.0" in said


def test_the_headline_keeps_its_verdict() -> None:
    """Twenty ways that agree do not decide what one comparison left undecided."""
    made = _made()
    assert made.verdict == "described"
    assert made.grade == "C"
    assert any(
        one.en.endswith("The verdict of the headline is still: undecided.") for one in made.caveats
    )


def test_a_single_way_is_told_with_its_limits() -> None:
    """A run of a sweep is one way, with an estimate and limits and nothing to agree with."""
    pair = Limits(0.9, 4.0, 0.95, "dispersed")
    one = Held(1, 1, 0, 2.0, 2.0, 2.0, 0, (2.0, 2.0), limits=pair)
    made = _made(one)
    assert made.sentence.en == (
        "Prosecuted: counted in one way, the ratio of the later to the earlier years is 2.0."
    )
    assert made.limits == pair
    assert made.estimate.exact


@given(st.integers(2, 500), st.data())
def test_no_wording_ever_counts_significance(ways: int, data: st.DataObject) -> None:
    """The share of significant ways is read as a p-value, and is none."""
    above = data.draw(st.integers(0, ways))
    made = _made(replace(HELD, ways=ways, above=above, below=ways - above))
    every = [made.sentence, made.short, *made.caveats, *(one.text for one in made.contrary)]
    assert not any("signif" in text for said in every for text in (said.da, said.en))
    assert not any(
        "%" in text for said in (made.sentence, made.short) for text in (said.da, said.en)
    )
    assert f"in {max(above, ways - above)} of {ways} " in made.sentence.en


@pytest.mark.parametrize("name", ["no_change_no_trend", "no_change_stationary"])
def test_a_joint_test_never_stands_without_what_it_takes_to_be_true(name: str) -> None:
    """Orders of years are exchangeable only where there is no trend."""
    made = _made(replace(HELD, test=JointP(0.2, 0.1, 9, 1, name)))
    assert any("no trend" in one.en for one in made.assumptions)
    assert any(one.en.startswith("In 1 of 9 orders") for one in made.caveats)
