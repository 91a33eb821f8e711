"""The checks that forms name: typed rows in, whether each row passes out.

A check never fails a row for what is missing: that is asked about once, as *required*, or
is simply not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.validating.columns import Bools
from analysis.intake.validating.setting import Setting

Check = Callable[[pd.DataFrame, Sequence[str], Setting], Bools]
ADULT = 18
DAY = np.timedelta64(1, "D")
_OPEN = np.datetime64("9999-12-31", "s")


def dates_in_order(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """No date lies before the one named before it."""
    del setting
    passes = np.ones(len(frame), dtype=bool)
    for earlier, later in pairwise(fields):
        passes &= ~_plain(frame[later] < frame[earlier])
    return passes


def child_matches(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """*child* says what birth date and day of meeting say."""
    del setting
    child, birth, met = (frame[name] for name in fields)
    years = met.dt.year - birth.dt.year
    months = (met.dt.month - birth.dt.month) * 100 + met.dt.day - birth.dt.day
    age = years - (months < 0)
    known = _plain(child.notna() & (birth <= met))
    agrees = _plain(child) == _plain(age < ADULT)
    return np.asarray(~known | agrees)


def act_means_purpose(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """An identified victim has an act and a purpose, and a means unless it is a child."""
    del setting
    status, acts, means, purposes, child = (frame[name] for name in fields)
    shown = acts.notna() & purposes.notna() & (means.notna() | child.fillna(False))
    return _plain((status != "identified") | shown)


def needs(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """Where the first is given, the second does not say no."""
    del setting
    given, needed = frame[fields[0]].notna(), frame[fields[1]]
    return ~_plain(given & (needed == False))  # noqa: E712 (element by element)


def no_overlap(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """No two spans of one person share a night; leaving and arriving on one day is none."""
    del setting
    who, first, last = fields
    spans = frame[[who, first, last]].dropna(subset=[who, first])
    spans = spans.assign(**{last: spans[last].fillna(_OPEN)}).sort_values([who, first])
    spans = spans[spans[first] < spans[last]]
    ends = spans[last].astype("int64").groupby(spans[who].to_numpy(), sort=False)
    before = ends.cummax().groupby(spans[who].to_numpy(), sort=False).shift(1)
    overlaps = (spans[first].astype("int64") < before).to_numpy()
    # The span that is run into is asked about too, where it is the one just before.
    same = np.append(overlaps[1:], False)
    passes = pd.Series(True, index=frame.index)
    passes.loc[spans.index[overlaps | same]] = False
    return passes.to_numpy()


def occupancy(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """No more nights than places times days of the month."""
    del setting
    places, nights, month = (frame[name] for name in fields)
    return ~_plain(nights > places * month.dt.days_in_month)


def not_sender(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """The organisation named is another than the sender."""
    return ~_plain(frame[fields[0]] == setting.profile.organisation)


def legal_days(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """No right is longer than the law allowed on the day of the decision."""
    right, decided, days = (frame[name] for name in fields)
    passes = np.ones(len(frame), dtype=bool)
    for limit in setting.forms.legal_lengths:
        first, last = (np.datetime64(day, "s") for day in (limit.first, limit.last))
        then = _plain((right == limit.right) & (decided >= first) & (decided <= last))
        passes &= ~(then & _plain(days > limit.max_days))
    return passes


def at_most(frame: pd.DataFrame, fields: Sequence[str], setting: Setting) -> Bools:
    """The first number is not larger than the second."""
    del setting
    return ~_plain(frame[fields[0]] > frame[fields[1]])


CHECKS: Mapping[str, Check] = {
    "dates_in_order": dates_in_order,
    "child_matches": child_matches,
    "act_means_purpose": act_means_purpose,
    "needs": needs,
    "no_overlap": no_overlap,
    "occupancy": occupancy,
    "not_sender": not_sender,
    "legal_days": legal_days,
    "at_most": at_most,
}
"""By the name that a form gives: see `contracts.partner.forms.Rule`."""


def units_apart(frame: pd.DataFrame) -> Bools:
    """Persons counted only where the same person is not counted twice.

    Contacts that may repeat never stand for unique persons.
    """
    return ~_plain(frame["persons"].notna() & (frame["counted_as"] == "repeats_possible"))


def cpr_agrees(frame: pd.DataFrame) -> Bools:
    """The civil registration number holds the date of birth that stands beside it."""
    known = frame["cpr"].notna() & frame["birth_date"].notna()
    return ~_plain(known & (frame["cpr"] != frame["birth_date"]))


def _plain(verdict: Any) -> Bools:
    """Return a verdict as plain truth values; what is not known is no."""
    return np.asarray(pd.Series(verdict).fillna(False).to_numpy(dtype=bool))
