"""What happened in, the rows of one sender and form as it knew them at the end of each period.

A row is sent for the period in which it begins, and again, whole, for each later period in
which something in it changed. Whoever reads takes the latest row of each key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from analysis.contracts.partner.periods import Period, periods
from analysis.synthetic.chance import Days, Whole, day
from analysis.synthetic.of_cases import OF_CASES
from analysis.synthetic.of_persons import OF_PERSONS, persons
from analysis.synthetic.telling import ArrowTable, Telling


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one form of one sender, by period. ``starts`` holds where each period begins.

    ``table`` has the form's fields that the profile sends, typed; ``source`` the row of the
    true table that each row tells of.
    """

    form: str
    periods: tuple[Period, ...]
    starts: Whole
    table: ArrowTable
    source: Whole

    def of(self, at: int) -> ArrowTable:
        """Return the rows of one period, by its position."""
        begin, end = int(self.starts[at]), int(self.starts[at + 1])
        return self.table.slice(begin, end - begin)


def rows(telling: Telling, form: str) -> Rows:
    """Return all rows that a sender has for one form, by period."""
    drawn, profile = telling.drawn, telling.profile
    duty = next(one for one in profile.duties if one.form == form)
    first = max(drawn.first, day(profile.agreement.first))
    spans = tuple(
        one
        for one in periods(_date(drawn.first), _date(drawn.last), duty.rhythm)
        if day(one.first) >= first
    )
    make_columns = persons if form == "persons" else {**OF_PERSONS, **OF_CASES}[form]
    columns, changes, index = make_columns(telling)
    at, period = _when(spans, changes)
    as_of = np.array([day(one.last) for one in spans], np.int64)[period]
    made = {name: make(at, as_of) for name, make in columns.items() if name in profile.forms[form]}
    ordered = {name: made[name] for name in profile.forms[form]}
    starts = np.searchsorted(period, np.arange(len(spans) + 1))
    return Rows(form, spans, starts, pa.table(ordered), index[at])


def _when(spans: Sequence[Period], changes: Sequence[Days]) -> tuple[Whole, Whole]:
    """Return row and period of each row that began or changed in it, by period."""
    if not spans:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = np.array([day(one.first) for one in spans])
    end = day(spans[-1].last)
    pairs = []
    for change in changes:
        at = np.flatnonzero((change >= starts[0]) & (change <= end))
        pairs.append((np.searchsorted(starts, change[at], side="right") - 1) * _WIDE + at)
    both = np.unique(np.concatenate(pairs))
    return both % _WIDE, both // _WIDE


_WIDE = 2**40  # more rows than any table has


def _date(at: int) -> date:
    return date.fromordinal(date(1970, 1, 1).toordinal() + at)
