"""Days, months and civil registration numbers: against Python's calendar, never guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.partner.forms import Field, Forms
from analysis.contracts.partner.periods import period
from analysis.contracts.partner.profiles import Agreement, Dialect, Profile
from analysis.contracts.published import Text
from analysis.intake.validating.arrow import pa
from analysis.intake.validating.dates import parse_month, read_days
from analysis.intake.validating.identities import born
from analysis.intake.validating.numbers import parse_amount, parse_count
from analysis.intake.validating.setting import Setting

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
FIELD = Field("x", "month", Text("x", "x"), Text("x", "x"))


def _words(*texts: str) -> Any:
    return pa.array(texts, type=pa.large_string())


def _setting(dialect: Dialect = Dialect()) -> Setting:  # noqa: B008 (frozen)
    agreement = Agreement(
        "A", date(2003, 1, 1), None, "evaluation", "dbl_10", "controller", date(2003, 1, 1), 5
    )
    profile = Profile(
        "syn_a", Text("A", "A"), "outreach", "da", True, agreement, dialect, "names", {}, ()
    )
    return Setting(profile, Forms({}, {}), period("2008H1"), date(2008, 8, 1))


def _read(text: str, order: str) -> date | None:
    found = read_days(_words(text), order).values[0]
    return None if np.isnat(found) else found.astype(object)


@given(days, st.sampled_from(["dmy", "mdy", "ymd"]), st.sampled_from("-./"), st.booleans())
def test_every_day_is_read_as_it_was_written(
    day: date, order: str, mark: str, padded: bool
) -> None:
    """A day that moves by one changes waiting times, limits and periods."""
    width = 2 if padded else 1
    parts = {"d": f"{day.day:0{width}}", "m": f"{day.month:0{width}}", "y": f"{day.year:04}"}
    assert _read(mark.join(parts[part] for part in order), order) == day
    assert _read(day.isoformat(), order) == day
    assert _read(f"{day.isoformat()} 00:00:00", order) == day


@given(st.integers(1, 99), st.integers(1, 99), st.integers(1900, 2100))
def test_only_days_of_the_calendar_are_read(day: int, month: int, year: int) -> None:
    """31 February must be asked about, not moved to March; Python's calendar is the judge."""
    try:
        expected = date(year, month, day)
    except ValueError:
        expected = None
    assert _read(f"{day:02}-{month:02}-{year}", "dmy") == expected


@pytest.mark.parametrize(
    "text", ["31-12-08", "2008", "31-12-2008x", "1/2", "31 12 2008", "٣١-١٢-٢٠٠٨"]
)
def test_what_leaves_a_choice_is_no_date(text: str) -> None:
    """Two digits of a year could be either century."""
    found = read_days(_words(text), "dmy")
    assert not found.formed[0]


@given(st.integers(1, 12), st.integers(1990, 2008))
def test_months_are_read_in_every_promised_form(month: int, year: int) -> None:
    """Houses and outreach count by month, each in its own spelling."""
    danish = "januar februar marts april maj juni juli august september oktober november december"
    name = danish.split()[month - 1]
    texts = (
        f"{month:02}-{year}", f"{year}-{month:02}", f"{name} {year}", f"{name[:3].upper()}. {year}",
        f"{year}-{month:02}-01", f"01-{month:02}-{year}", f"{month}/{year}",
    )  # fmt: skip
    found = parse_month(_words(*texts), FIELD, _setting())
    read = np.asarray(found.values, dtype="datetime64[D]").astype(object)
    if date(year, month, 1) > date(2008, 8, 1):
        assert found.faults["in_the_future"].all()
    else:
        assert set(read) == {date(year, month, 1)}


def test_a_day_within_a_month_is_no_month() -> None:
    """Whoever writes a day meant a day; which column is wrong, the sender knows."""
    found = parse_month(_words("2008-05-17", "13-2008", "majj 2008"), FIELD, _setting())
    assert found.faults["not_a_month"].all()


@pytest.mark.parametrize(
    ("seventh", "year", "century"),
    [
        *((digit, year, 1900) for digit in "0123" for year in (0, 36, 37, 99)),
        *((digit, year, 2000) for digit in "49" for year in (0, 36)),
        *((digit, year, 1900) for digit in "49" for year in (37, 99)),
        *((digit, year, 2000) for digit in "5678" for year in (0, 57)),
        *((digit, year, None) for digit in "5678" for year in (58, 99)),
    ],
)
def test_the_seventh_digit_tells_the_century(seventh: str, year: int, century: int | None) -> None:
    """The table of the Danish register (CPR-kontoret): years 58-99 with 5-8 are 1858-1899."""
    for number in (f"0102{year:02}{seventh}123", f"0102{year:02}-{seventh}123"):
        found = born(_words(number))[0]
        if century is None:
            assert np.isnat(found)
        else:
            assert found.astype(object) == date(century + year, 2, 1)


def test_a_number_without_a_day_is_none() -> None:
    """Substitute numbers, 31 February and running numbers are no dates of birth."""
    found = born(_words("3102851234", "6102851234", "12345", "010285123A", "0102-851234"))
    assert np.isnat(found).all()


@given(st.integers(0, 999_999_999))
def test_counts_are_read_with_and_without_groups(number: int) -> None:
    """1.234 contacts of a Danish sender are over a thousand, not one and a bit."""
    grouped = f"{number:,}".replace(",", ".")
    texts = _words(str(number), f"{number},0", grouped) if number < 10**9 else _words(str(number))
    found = parse_count(texts, FIELD, _setting())
    assert found.values.tolist() == [number] * len(texts)


def test_a_number_that_could_be_two_is_asked_about() -> None:
    """1.234 as an amount is one or a thousand: reading either would be a guess."""
    danish = parse_amount(
        _words("1.234", "1.234,5", "12,5", "-1", "1e5", "12.5"), FIELD, _setting()
    )
    assert danish.faults["not_an_amount"].tolist() == [True, False, False, True, True, True]
    assert danish.values.dropna().tolist() == [1234.5, 12.5]
    english = _setting(Dialect(decimal="."))
    found = parse_amount(_words("1.234", "1,234.5", "1,234"), FIELD, english)
    assert found.faults["not_an_amount"].tolist() == [False, False, True]
    assert (
        parse_count(_words("-3", "2,5", "1.23", "tolv"), FIELD, _setting())
        .faults["not_a_count"]
        .all()
    )
