"""Numbers, years and dates in each language's form."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.published import Language, Text
from analysis.contracts.values import NOT_APPLICABLE, NOT_KNOWN, SUPPRESSED, interval, parse
from analysis.language import numbers

SPACE = "\N{NO-BREAK SPACE}"
_MARKS: dict[Language, tuple[str, str]] = {"da": (".", ","), "en": (",", ".")}


@given(st.integers(0, 10**9), st.sampled_from(["da", "en"]))
def test_a_written_count_can_be_read_back(amount: int, language: Language) -> None:
    """1.067 in Danish is 1,067 in English: the wrong mark is a factor of a thousand."""
    thousands, _ = _MARKS[language]
    assert int(numbers.number(amount, language).replace(thousands, "")) == amount


@given(st.floats(0, 1e6), st.integers(0, 4), st.sampled_from(["da", "en"]))
def test_a_written_decimal_is_within_half_its_last_digit(
    amount: float, digits: int, language: Language
) -> None:
    """A rounded number must still be the number."""
    thousands, decimal = _MARKS[language]
    said = numbers.number(amount, language, digits).replace(thousands, "").replace(decimal, ".")
    assert float(said) == pytest.approx(amount, abs=0.5 * 10**-digits + 1e-9)


@pytest.mark.parametrize(
    ("amount", "da", "en"),
    [
        (4.894, "4,89", "4.89"),
        (9.994, "9,99", "9.99"),
        (9.996, "10,0", "10.0"),
        (19.94, "19,9", "19.9"),
        (33.96, "34", "34"),
        (math.inf, "∞", "∞"),
    ],
)
def test_ratios_lose_decimals_as_they_grow(amount: float, da: str, en: str) -> None:
    """33.9586 claims a precision that 93 events do not have."""
    assert (numbers.ratio(amount, "da"), numbers.ratio(amount, "en")) == (da, en)


def test_short_ratios_have_one_decimal_or_none() -> None:
    """Running text names sizes, tables give digits."""
    assert numbers.short_ratio(13.2857, "en") == "13.3"
    assert numbers.short_ratio(19.96, "da") == "20"
    assert numbers.short_ratio(math.inf, "da") == "∞"


@pytest.mark.parametrize(
    ("printed", "da", "en"),
    [
        ("7", "7", "7"),
        ("1,067", "1.067", "1,067"),
        ("<5", "0-4", "0–4"),
        ("60-93", "60-93", "60–93"),
        (">35", "mindst 36", "at least 36"),
        ("", "ikke kendt", "not known"),
    ],
)
def test_values_print_as_what_they_are(printed: str, da: str, en: str) -> None:
    """A number, an interval and a silence must never look alike."""
    value = parse(printed)
    assert (numbers.value(value, "da"), numbers.value(value, "en")) == (da, en)


def test_the_three_silences_are_told_apart() -> None:
    """Not known, not applicable and suppressed are three different answers."""
    for language in _MARKS:
        silences = [numbers.value(one, language) for one in (NOT_KNOWN, NOT_APPLICABLE, SUPPRESSED)]
        assert len(set(silences)) == 3
        assert not [said for said in silences if _holds_a_digit(said)]


def _holds_a_digit(said: str) -> bool:
    """Whether a text holds a digit."""
    return any(letter.isdigit() for letter in said)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_interval_shows_both_of_its_bounds(one: int, other: int) -> None:
    """A midpoint would hide that "<5" is not a number."""
    low, high = sorted((one, other))
    said = numbers.value(interval(low, high), "en").replace(",", "").split("–")
    assert [int(said[0]), int(said[-1])] == [low, high]


def test_spans_of_one_year_are_one_year() -> None:
    """2007–2007 looks like a slip."""
    assert numbers.years(2007, 2007, "en") == "2007"
    assert numbers.both(numbers.years, 2003, 2006) == Text("2003-2006", "2003–2006")


def test_percent_keeps_number_and_sign_on_one_line() -> None:
    """A line that begins with a percent sign is hard to read aloud."""
    assert numbers.percent(0.95, "en") == f"95{SPACE}%"
    assert numbers.percent(0.123, "da", 1) == f"12,3{SPACE}%"


@pytest.mark.parametrize(
    ("stamp", "da", "en"),
    [
        ("2007", "2007", "2007"),
        ("2007-08", "august 2007", "August 2007"),
        ("2007-08-01", "1. august 2007", "1 August 2007"),
        ("2006-10-04", "4. oktober 2006", "4 October 2006"),
    ],
)
def test_dates_are_as_precise_as_their_source(stamp: str, da: str, en: str) -> None:
    """A month must not be printed as its first day."""
    assert (numbers.day(stamp, "da"), numbers.day(stamp, "en")) == (da, en)
