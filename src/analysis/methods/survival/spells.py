"""Times, how each spell ended and when watching began in; spells that can be at risk out.

One rule on days holds for the whole package. A spell is at risk on the days after
its entry, up to and including its last: an event and the end of watching on the same
day are taken in that order. Entry 0 (or none) means watched from the start, day 0
included, so that what happens on the day of identification is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods import checked
from analysis.methods.checked import Floats, Ints
from analysis.methods.scalars import is_there


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells that were checked, each array of shape (n,).

    ``entry`` is minus infinity where watched from the start. ``cause`` is 0 where the
    spell was still open when watching ended, else the code of what ended it.
    """

    entry: Floats
    time: Floats
    cause: Ints

    def __len__(self) -> int:
        return len(self.time)

    def take(self, rows: npt.NDArray[np.bool_]) -> Spells:
        """Return the spells of ``rows``, shape (n,)."""
        return Spells(self.entry[rows], self.time[rows], self.cause[rows])


@dataclass(frozen=True, slots=True)
class Groups:
    """Labels in ascending order as text, and the place of each spell's label among them."""

    names: tuple[str, ...]
    code: Ints


def observed_spells(
    method: str, times: npt.ArrayLike, observed: npt.ArrayLike, entry: npt.ArrayLike | None
) -> Spells:
    """Check spells that end in one kind of event (1, true) or stay open (0, false).

    Raises
    ------
    MethodError
        As `caused_spells`; if ``observed`` holds anything but 0 and 1.
    """
    spells = caused_spells(method, times, observed, entry)
    wrong = int(np.count_nonzero(spells.cause > 1))
    if wrong:
        raise MethodError(
            f"{method}: {wrong} of {len(spells)} spells are neither observed (1) nor open (0). "
            "Give several causes to cumulative_incidence."
        )
    return spells


def caused_spells(
    method: str, times: npt.ArrayLike, causes: npt.ArrayLike, entry: npt.ArrayLike | None
) -> Spells:
    """Check spells that end for one of several causes (1, 2, ...) or stay open (0).

    Raises
    ------
    MethodError
        If a time is negative or missing; if none ends by an event; if watching began
        after a spell's end, or on the day of its end (later than day 0), as such a spell
        was at risk on no day.
    """
    time = checked.numbers(method, "times", times)
    _require_none(method, int(np.count_nonzero(time < 0)), len(time), "have a negative time",
                  "Count days from the event that starts the clock.")  # fmt: skip
    cause = checked.whole_counts(method, "events", causes)
    checked.require_length(method, "events", cause, len(time))
    if not cause.any():
        raise MethodError(
            f"{method}: none of the {len(time)} spells ends by an event. "
            "Report their number and the time watched; rates.rate gives limits for 0 events."
        )
    return Spells(_entry(method, entry, time), time, cause)


def at_risk(spells: Spells, days: Floats) -> Ints:
    """Count the spells at risk on each day: entered before it, not ended before it."""
    entered = np.searchsorted(np.sort(spells.entry), days, side="left")
    left = np.searchsorted(np.sort(spells.time), days, side="left")
    return (entered - left).astype(np.int64)


def events_on(spells: Spells, days: Floats, cause: int | None = None) -> Ints:
    """Count the events on each of ``days`` (ascending, each once), of one cause or of any."""
    ended = spells.cause > 0 if cause is None else spells.cause == cause
    ordered = np.sort(spells.time[ended])
    found = np.searchsorted(ordered, days, "right") - np.searchsorted(ordered, days, "left")
    return found.astype(np.int64)


def fewest_watched(spells: Spells, until: float) -> int:
    """Return the fewest spells watched at any moment between day 0 and ``until``.

    What nobody watches can happen unseen: before the first event this number, not that of
    all spells, limits what is known.
    """
    ends = np.unique(np.append(spells.time[spells.time < until], 0.0))
    entered = np.searchsorted(np.sort(spells.entry), ends, side="right")
    left = np.searchsorted(np.sort(spells.time), ends, side="right")
    after = entered - left
    return int(min(after.min(), at_risk(spells, np.array([until]))[0]))


def require_lasting(method: str, spells: Spells, emptied_on: Floats) -> None:
    """Refuse a risk set that events empty while other spells enter later.

    Parameters
    ----------
    emptied_on : ndarray
        Days on which every spell at risk had the event.

    Raises
    ------
    MethodError
        As survival would be 0 from that day on, whatever those who enter later show.
    """
    later = int(np.count_nonzero(spells.time > emptied_on.min())) if len(emptied_on) else 0
    if later:
        raise MethodError(
            f"{method}: on an early day every spell at risk ends, while {later} of {len(spells)} "
            "spells are watched later. Start the clock where enough are watched, and say so."
        )


def group_labels(method: str, name: str, labels: Iterable[object], length: int) -> Groups:
    """Sort the spells into groups by label.

    Raises
    ------
    MethodError
        If there is not one label a spell, or one is missing.
    """
    given = [label.item() if isinstance(label, np.generic) else label for label in labels]
    checked.require_length(method, name, np.empty(len(given)), length)
    missing = sum(not is_there(label) or str(label) == "" for label in given)
    _require_none(
        method, missing, length, f"have no label in {name}", "Name their group, or leave them out."
    )
    names, code = np.unique([str(label) for label in given], return_inverse=True)
    return Groups(tuple(map(str, names)), code.astype(np.int64))


def _entry(method: str, entry: npt.ArrayLike | None, time: Floats) -> Floats:
    if entry is None:
        return np.full(len(time), -np.inf)
    began = checked.numbers(method, "entry", entry)
    checked.require_length(method, "entry", began, len(time))
    _require_none(method, int(np.count_nonzero(began < 0)), len(time), "enter before day 0",
                  "Give 0 to those watched from the start.")  # fmt: skip
    late = int(np.count_nonzero((began > 0) & (began >= time)))
    _require_none(method, late, len(time), "end before watching began or on the same day",
                  "They were at risk on no day: leave them out and say so.")  # fmt: skip
    return np.where(began == 0, -np.inf, began)


def _require_none(method: str, wrong: int, total: int, what: str, remedy: str) -> None:
    if wrong:
        raise MethodError(f"{method}: {wrong} of {total} spells {what}. {remedy}")
