"""Days and months as partners write them in, dates out: never guessed, 31 February refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.contracts.partner.forms import Field
from analysis.intake.validating.arrow import pa, pc
from analysis.intake.validating.columns import ArrowArray, Bools, matching
from analysis.intake.validating.parsed import Parsed
from analysis.intake.validating.setting import FIRST_DAY, Setting, folded

Ints = npt.NDArray[np.int64]
Dates = npt.NDArray[np.datetime64]

_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
_ISO = rf"^(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}}){_MIDNIGHT}$"
_ORDERS = {
    "dmy": r"^(?P<d>\d{1,2})[-./](?P<m>\d{1,2})[-./](?P<y>\d{4})$",
    "mdy": r"^(?P<m>\d{1,2})[-./](?P<d>\d{1,2})[-./](?P<y>\d{4})$",
    "ymd": r"^(?P<y>\d{4})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})$",
}
_MONTHS = (
    r"^(?P<m>\d{1,2})[-./ ](?P<y>\d{4})$",
    r"^(?P<y>\d{4})[-./ ](?P<m>\d{1,2})$",
)
_NAMED = r"^(?P<name>\p{L}+)\.?[- ]+(?P<y>\d{4})$"
_NAMES = {
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "en": "january february march april may june july august september october november december",
}
_NUMBER = {
    short: at
    for names in _NAMES.values()
    for at, name in enumerate(names.split(), start=1)
    for short in (name, name[:3])
}


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """``values``: the day of each word (NaT: none); ``formed``: which look like a date.

    ``exchanged``: the day with day and month exchanged, for words in the sender's own order.
    """

    values: Dates
    formed: Bools
    exchanged: Dates


def parse_date(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read days in the sender's order, or in ISO form."""
    del field
    days = read_days(words, setting.profile.dialect.dates)
    faults = {
        "not_a_date": ~days.formed,
        "impossible_date": days.formed & np.isnat(days.values),
    }
    values, out = _within(days.values, setting)
    return Parsed(_array(values), {**faults, **out}, days.exchanged)


def parse_month(words: ArrowArray, field: Field, setting: Setting) -> Parsed:
    """Read months (``05-2008``, ``2008-05``, ``maj 2008``, or their first day)."""
    del field
    days = read_days(words, setting.profile.dialect.dates).values
    first = days == days.astype("datetime64[M]").astype("datetime64[D]")
    values = np.where(first, days, np.datetime64("NaT", "D"))
    for pattern in _MONTHS:
        found = pc.extract_regex(words, pattern)
        read = _made(_number(found, "y"), _number(found, "m"), np.ones(len(words), np.int64))
        values = np.where(np.isnat(values), read, values)
    values = np.where(np.isnat(values), _named(words), values)
    unread = np.isnat(values)
    values, out = _within(values, setting)
    return Parsed(_array(values), {"not_a_month": unread, **out})


def read_days(words: ArrowArray, order: str) -> Days:
    """Read ISO days, and days in the sender's ``order`` of day, month and year."""
    iso = pc.extract_regex(words, _ISO)
    own = pc.extract_regex(words, _ORDERS[order])
    is_iso, is_own = _valid(iso), _valid(own)
    values = np.where(is_iso, _day(iso), _day(own))
    exchanged = _made(_number(own, "y"), _number(own, "d"), _number(own, "m"))
    exchanged = np.where(is_own & ~is_iso, exchanged, np.datetime64("NaT", "D"))
    return Days(values, is_iso | is_own, exchanged)


def _within(values: Dates, setting: Setting) -> tuple[Dates, dict[str, Bools]]:
    """Take out days before 1900 and after the day of receipt, and tell of them."""
    early = values < np.datetime64(FIRST_DAY)
    late = values > np.datetime64(setting.received_on)
    kept = np.where(early | late, np.datetime64("NaT", "D"), values)
    return kept, {"before_1900": early, "in_the_future": late}


def _named(words: ArrowArray) -> Dates:
    named = matching(words, _NAMED)
    months, years = np.zeros(len(words), np.int64), np.zeros(len(words), np.int64)
    for at in np.flatnonzero(named):
        text = folded(words[int(at)].as_py())
        months[at] = _NUMBER.get(text.rstrip("0123456789").strip("-. "), 0)
        years[at] = int(text[-4:])
    return _made(years, months, np.ones(len(words), np.int64))


def _day(found: Any) -> Dates:
    return _made(_number(found, "y"), _number(found, "m"), _number(found, "d"))


def _made(years: Ints, months: Ints, days: Ints) -> Dates:
    """Put days together; NaT where the calendar has none."""
    possible = (months >= 1) & (months <= 12) & (days >= 1) & (years >= 1)
    month = (years - 1970).astype("datetime64[Y]").astype("datetime64[M]") + np.where(
        possible, months - 1, 0
    )
    first = month.astype("datetime64[D]")
    length = ((month + 1).astype("datetime64[D]") - first).astype(np.int64)
    day = first + np.where(possible, days - 1, 0)
    return np.where(possible & (days <= length), day, np.datetime64("NaT", "D"))


def _number(found: Any, part: str) -> Ints:
    """Return one part of what a pattern found as numbers; 0 where it did not fit."""
    texts = pc.struct_field(found, part)
    numbers = pc.fill_null(pc.cast(texts, pa.int64()), 0)
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.int64)


def _valid(found: Any) -> Bools:
    return np.asarray(found.is_valid().to_numpy(zero_copy_only=False), dtype=bool)


def _array(days: Dates) -> Any:
    return pd.array(days.astype("datetime64[s]"))
