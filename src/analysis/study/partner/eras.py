"""The years compared and the day on which the centre began in, two spans of days out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analysis.contracts.partner.pictures import Side
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.published import Plan, Text
from analysis.language import numbers, words

SIDES: tuple[Side, ...] = ("before", "after")


@dataclass(frozen=True, slots=True)
class Eras:
    """Days from ``first`` to ``last``, cut on the day ``centre`` on which the centre began."""

    first: date
    centre: date
    last: date

    def span(self, side: Side) -> tuple[date, date]:
        """Return the first and the last day of one side."""
        if side == "before":
            return self.first, self.centre - timedelta(days=1)
        return self.centre, self.last

    def within(self, days: Any, side: Side) -> Any:
        """Whether each day lies on a side; a day that is not known lies on neither."""
        first, last = self.span(side)
        return (days >= pd.Timestamp(first)) & (days <= pd.Timestamp(last))

    def name(self, side: Side) -> Text:
        """Name a side by its years and the centre."""
        first, last = self.span(side)
        span = numbers.both(numbers.years, first.year, last.year)
        return words.text(f"partner.era_{side}", years=span)


def eras(profiles: Mapping[str, Profile], baseline: Plan, current: Plan) -> Eras:
    """Cut the compared years where the centre's agreement begins, else where the plan does.

    Parameters
    ----------
    profiles : mapping
        Every sender; one of them may be a centre.
    baseline, current : Plan
        Their years are the years compared.
    """
    begun = [one.agreement.first for one in profiles.values() if one.kind == "centre"]
    first, last = date(baseline.first_year, 1, 1), date(current.last_year, 12, 31)
    centre = min(begun, default=date(current.first_year, 1, 1))
    inside = first < centre <= last
    return Eras(first, centre if inside else date(current.first_year, 1, 1), last)
