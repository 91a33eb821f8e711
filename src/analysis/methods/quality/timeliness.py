"""Days on which figures were due and came in; delays, and shares within so many days, out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from analysis.errors import MethodError
from analysis.methods.quality.completeness import Label
from analysis.methods.scalars import is_there, is_whole


@dataclass(frozen=True, slots=True)
class InTime:
    """How many came within ``days`` of the day they were due.

    ``open`` have not come, and their days are not over: they may still come in time, so
    the share lies between ``low`` and ``high`` (equal where none is open).
    """

    days: int
    in_time: int
    open: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Delays in days (below 0: early) of all that was due; what never came counts as late.

    ``median_days`` is infinite where half or more never came. ``longest_days`` is that of
    those which came, and None where none did. ``by_sender`` holds the same for each sender.
    """

    due: int
    never: int
    median_days: float
    longest_days: int | None
    within: tuple[InTime, ...]
    by_sender: tuple[tuple[Label, Timeliness], ...] = ()


def timeliness(
    due: Sequence[date],
    arrived: Sequence[date | None],
    *,
    as_of: date,
    within: Sequence[int] = (0, 30, 90),
    senders: Sequence[Label] | None = None,
) -> Timeliness:
    """Give the delays of what was due, counting what never came.

    Parameters
    ----------
    due : sequence of date, shape (n,)
        Day on which each submission was due; none after ``as_of``.
    arrived : sequence of date or None, shape (n,)
        Day on which it came; None if it has not.
    as_of : date
        The day the data were looked at.
    within : sequence of int
        Numbers of days after the due day, 0 or more.
    senders : sequence, shape (n,), optional
        Who was to send it, to give each sender's figures as well.

    Raises
    ------
    MethodError
        If nothing was due, lengths differ, or a day lies after ``as_of``.

    References
    ----------
    World Health Organization (2017), Data Quality Review, module 1: timeliness.

    Examples
    --------
    >>> day = date(2008, 3, 1)
    >>> found = timeliness([day, day], [date(2008, 3, 11), None], as_of=date(2009, 1, 1))
    >>> found.never, found.within[1].low
    (1, 0.5)
    """
    came, looked = [_day(day) for day in arrived], _day(as_of)
    if looked is None:
        raise MethodError("timeliness: no day of looking. Give the day of the data as as_of.")
    expected = _require_days([_day(day) for day in due], came, looked, within, senders)
    whole = _summary(expected, came, looked, within)
    if senders is None:
        return whole
    groups: dict[Label, list[int]] = {}
    for place, sender in enumerate(senders):
        groups.setdefault(sender, []).append(place)
    parts = tuple(
        (name, _summary([expected[i] for i in at], [came[i] for i in at], looked, within))
        for name, at in groups.items()
    )
    return Timeliness(
        whole.due, whole.never, whole.median_days, whole.longest_days, whole.within, parts
    )


def _day(day: date | None) -> date | None:
    """Return the calendar day; None for no day (NaT is the one date that differs from itself)."""
    if not is_there(day):
        return None
    if not isinstance(day, date):
        raise MethodError(
            "timeliness: a day is no date. Give dates, and None for what has not come."
        )
    return day.date() if isinstance(day, datetime) else day


def _require_days(
    due: Sequence[date | None],
    arrived: Sequence[date | None],
    as_of: date,
    within: Sequence[int],
    senders: Sequence[Label] | None,
) -> list[date]:
    others = [len(arrived)] if senders is None else [len(arrived), len(senders)]
    if not due or any(length != len(due) for length in others):
        raise MethodError(
            f"timeliness: {len(due)} due days beside {' and '.join(map(str, others))} others. "
            "Give one for each submission, and at least one submission."
        )
    nameless = 0 if senders is None else sum(not is_there(sender) for sender in senders)
    if nameless:
        raise MethodError(
            f"timeliness: {nameless} of {len(due)} submissions have no sender. Name them all."
        )
    expected = [day for day in due if day is not None]
    if len(expected) < len(due):
        raise MethodError(
            f"timeliness: {len(due) - len(expected)} of {len(due)} submissions have no due day. "
            "Give one for each."
        )
    early = sum(day > as_of for day in expected)
    late = sum(day is not None and day > as_of for day in arrived)
    if early or late:
        raise MethodError(
            f"timeliness: {early} due days and {late} arrivals lie after the day of looking. "
            "Leave out what is not yet due, and correct the other days."
        )
    if not len(within) or not all(map(is_whole, within)):
        raise MethodError(
            "timeliness: within holds no number of days, or one that is below 0 or not whole. Give "
            "such as (0, 30, 90)."
        )
    return expected


def _summary(
    due: Sequence[date], arrived: Sequence[date | None], as_of: date, within: Sequence[int]
) -> Timeliness:
    delays = [
        math.inf if came is None else float((came - day).days)
        for day, came in zip(due, arrived, strict=True)
    ]
    known = [int(delay) for delay in delays if delay < math.inf]
    ordered, half = sorted(delays), len(delays) // 2
    middle = ordered[half] if len(delays) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return Timeliness(
        due=len(due),
        never=len(due) - len(known),
        median_days=middle,
        longest_days=max(known, default=None),
        within=tuple(_in_time(delays, due, as_of, int(days)) for days in within),
    )


def _in_time(delays: Sequence[float], due: Sequence[date], as_of: date, days: int) -> InTime:
    in_time = sum(delay <= days for delay in delays)
    still = sum(
        delay == math.inf and (as_of - day).days < days
        for delay, day in zip(delays, due, strict=True)
    )
    return InTime(days, in_time, still, in_time / len(due), (in_time + still) / len(due))
