"""A period as partners write it in, its first and last day out: 2008, 2008H1, 2008Q2, 2008-05."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.errors import ParameterError

Rhythm = Literal["year", "half_year", "quarter", "month"]
MONTHS: dict[Rhythm, int] = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}
_MARK: dict[Rhythm, str] = {"year": "", "half_year": "H", "quarter": "Q", "month": "-"}
_FORM = re.compile(r"(\d{4})(?:(H)([12])|(Q)([1-4])|(-)(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A span of whole months, from ``first`` to ``last``, both days included."""

    first: date
    last: date
    rhythm: Rhythm

    def __str__(self) -> str:
        months = MONTHS[self.rhythm]
        number = (self.first.month - 1) // months + 1
        tail = {"year": "", "month": f"{number:02d}"}.get(self.rhythm, str(number))
        return f"{self.first.year}{_MARK[self.rhythm]}{tail}"


def period(text: str) -> Period:
    """Read ``2008``, ``2008H1``, ``2008Q2`` or ``2008-05``.

    Raises
    ------
    ParameterError
        If the text is none of these.
    """
    found = _FORM.fullmatch(text.strip().upper())
    if not found:
        raise ParameterError(
            "period: it is not of a known form. Write a year (2008), a half-year (2008H1), "
            "a quarter (2008Q2) or a month (2008-05)."
        )
    mark = found[2] or found[4] or found[6] or ""
    rhythm = next(name for name, known in _MARK.items() if known == mark)
    return _of(int(found[1]), int(found[3] or found[5] or found[7] or 1), rhythm)


def periods(first: date, last: date, rhythm: Rhythm) -> tuple[Period, ...]:
    """Return every period of that rhythm that begins from ``first`` to ``last``, in order."""
    months = MONTHS[rhythm]
    found = (
        _of(year, number, rhythm)
        for year in range(first.year, last.year + 1)
        for number in range(1, 12 // months + 1)
    )
    return tuple(one for one in found if first <= one.first <= last)


def _of(year: int, number: int, rhythm: Rhythm) -> Period:
    if not 1900 <= year <= 2199:
        raise ParameterError("period: its year lies outside 1900 to 2199. Correct it.")
    end = number * MONTHS[rhythm]
    begin = end - MONTHS[rhythm] + 1
    return Period(date(year, begin, 1), date(year, end, monthrange(year, end)[1]), rhythm)
