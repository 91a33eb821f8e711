"""Percentages on few cases: found however they are written, and only those."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.prose import lint, shares, texts


def _found(text: str) -> list[str]:
    return [text[start:end] for start, end in shares.on_few_cases(text)]


@pytest.mark.parametrize(
    "text",
    [
        "50 % of 12 victims were helped.",
        "50 % of the 12 victims were helped.",
        "50 percent of the twelve were helped.",
        "Only 25 % (3 of 12) were helped.",
        "25 % (3/12) were helped.",
        "6 of 12 (50 %) were helped.",
        "6 of 12 (50 %; 95 % limits 21-79) were helped.",
        "Of them 40 percent (n = 15) were men.",
        "In the group (n=15) 40 percent were men.",
        "The number rose from 4 to 6, or by 50 %.",
        "A rise of 50 % (from 4 to 6).",
        "50 % af 12 ofre fik hjælp.",
        "50 procent af de tolv fik hjælp.",
        "3 ud af 15, altså 20 pct., fik hjælp.",
        "Antallet steg fra 4 til 6, altså med 50 procent.",
    ],
)
def test_a_percentage_on_few_cases_is_found(text: str) -> None:
    """One case more moves 50 % of 12 to 58 %: the reader sees a rise where one person was met."""
    assert _found(text)


@pytest.mark.parametrize(
    "text",
    [
        "50 % of 120 victims were helped.",
        "12 % of 1,200 victims, 12 % af 1.200 ofre.",
        "46 % of 2016 referrals were undecided.",
        "5 % of 2 million kroner.",
        "95 % limits of 12 cases.",
        "95 % confidence, 12 of 15 countries.",
        "Of 12 victims, 6 were helped.",
        "80 percent power and 3 of 15 countries.",
        "95-procents-grænser for 3 af 15 lande.",
        "20 % of 20 cases.",
        "Scores from 1 to 5; 30 % of 400 were coded twice.",
    ],
)
def test_other_percentages_are_left_alone(text: str) -> None:
    """A confidence level is no share of anybody."""
    assert _found(text) == []


@given(st.integers(1, 400), st.integers(0, 100), st.sampled_from(("of", "out of", "af", "ud af")))
def test_the_limit_is_twenty_cases(cases: int, share: int, of: str) -> None:
    """19 is few and 20 is not, in every wording."""
    assert bool(_found(f"{share} % {of} {cases} persons")) == (cases < 20)
    assert bool(_found(f"{min(share, cases)} {of} {cases} ({share} %)")) == (cases < 20)


@given(st.text(alphabet="0123456789 .,%()/ofafn=tilra-", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    """A number written oddly is not a crash; places lie inside the text and do not overlap."""
    found = list(shares.on_few_cases(text))
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))


def test_a_quoted_percentage_is_the_sources_own() -> None:
    """We do not rewrite what a source printed."""
    assert lint.hits([texts.Passage("a.md", "GRETA: “50 % of 12 victims”.")]) == ()
