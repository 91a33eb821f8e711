"""Facts of a row that may be known or not in; the sets of reasons that they leave open, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.errors import MethodError
from analysis.methods.change.parts import Reason
from analysis.methods.change.records import Contributions
from analysis.methods.scalars import is_one_of, real

Sets = frozenset[frozenset[Reason]]
Senders = tuple[Collection[str], Collection[str]] | Literal["seen", "same"] | None
NOTHING: Sets = frozenset({frozenset()})


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who reported to the count before and to the count after.

    ``certain`` is False where a sender without a row may have reported that there was
    nothing: it may then be new, or not. ``complete`` says that nobody else can have.
    """

    before: frozenset[str]
    after: frozenset[str]
    certain: bool
    complete: bool

    def came(self, sender: str | None) -> bool | None:
        """Say whether the sender of a row after did not report before; None: not known."""
        return self._lacks(sender, self.before, self.after)

    def went(self, sender: str | None) -> bool | None:
        """Say whether the sender of a row before no longer reported; None: not known."""
        return self._lacks(sender, self.after, self.before)

    def _lacks(
        self, sender: str | None, there: frozenset[str], here: frozenset[str]
    ) -> bool | None:
        if sender is None:
            return False if self.complete and here <= there else None
        if sender in there:
            return False
        return True if self.certain else None


def reporting(
    table: Contributions, before: Sequence[int], after: Sequence[int], senders: Senders
) -> Reporting:
    """Find out who reported to either count.

    Parameters
    ----------
    before, after : sequences of int
        The rows in which a sender can be seen.
    senders : pair of collections, "seen", "same" or None
        Lists of who reported, before and after; "seen": whoever has no row did not
        report; "same": nobody came or went; None: that is not known.

    Raises
    ------
    MethodError
        If rows have senders that are not listed, or ``senders`` is something else.
    """
    seen = [frozenset(s for p in rows if (s := table.sender[p])) for rows in (before, after)]
    if senders is None or is_one_of(senders, ("seen",)):
        # A row without a sender may hide one that is seen nowhere else.
        return Reporting(seen[0], seen[1], certain=senders is not None, complete=False)
    if is_one_of(senders, ("same",)):
        everyone = seen[0] | seen[1]
        return Reporting(everyone, everyone, certain=True, complete=True)
    if not isinstance(senders, tuple | list) or len(senders) != 2:
        raise MethodError(
            "change: senders are two lists (who reported before, and after), 'seen', 'same' or "
            "None. Give one of these."
        )
    listed = [frozenset(map(str, one)) for one in senders]
    unlisted = sum(len(found - known) for found, known in zip(seen, listed, strict=True))
    if unlisted:
        raise MethodError(
            f"change: {unlisted} senders have rows and are not on the list of who reported. "
            "Complete the lists."
        )
    return Reporting(listed[0], listed[1], certain=True, complete=True)


def with_reason(sets: Sets, reason: Reason, applies: bool | None) -> Sets:
    """Add a reason to every set where it applies; where that is not known, allow both."""
    if applies is False:
        return sets
    added = frozenset(one | {reason} for one in sets)
    return added if applies else added | sets


def asked_for(large_case: int | None, definitions: object, *others: Reason) -> frozenset[Reason]:
    """Return the reasons that a caller gave something to tell by, besides ``others``."""
    asked: set[Reason] = {"new_senders", *others}
    if large_case is not None:
        asked.add("one_large_case")
    if definitions is not None:
        asked.add("changed_definition")
    return frozenset(asked)


def either(when: bool | None, then: Sets, otherwise: Sets) -> Sets:
    """Return what holds when a condition does, or does not; both where it is not known."""
    if when is None:
        return then | otherwise
    return then if when else otherwise


def only(reason: Reason) -> Sets:
    """Return the one set that holds this reason alone."""
    return frozenset({frozenset({reason})})


def in_large_case(
    cases: Sequence[str | None], changes: Sequence[int], large_case: int | None
) -> list[bool | None]:
    """Say of each difference whether it belongs to the one large case; None: not known.

    The large case is the one whose persons move the count most, if by ``large_case`` or
    more. Persons without a case may belong to it, and may make another case the largest.
    Where two are equally large, neither is *the* one for certain.

    Raises
    ------
    MethodError
        If ``large_case`` is below 1 or no number.
    """
    if large_case is None:
        return [False] * len(cases)
    if not real(large_case) >= 1:
        raise MethodError(
            "change: a large case begins at 1 person or more. Say at how many, before looking."
        )
    spans = _sizes(cases, changes)
    # Of the others only the largest matters: the second, for the largest itself.
    least = sorted((low for low, _ in spans.values()), reverse=True)[:2]
    most = sorted((high for _, high in spans.values()), reverse=True)[:2]
    state: dict[str | None, bool | None] = {}
    for case, (low, high) in spans.items():
        other_low, other_high = (
            next(iter(top[1:]), 0) if top[0] == mine else top[0]
            for top, mine in ((least, low), (most, high))
        )
        largest = low >= large_case and low > other_high
        possible = high >= large_case and high >= other_low
        state[case] = True if largest and case is not None else None if possible else False
    if any(one is not False for one in state.values()):
        # Who has no case may belong to any that is large.
        state[None] = None
    return [state[case] for case in cases]


def _sizes(
    cases: Sequence[str | None], changes: Sequence[int]
) -> dict[str | None, tuple[int, int]]:
    """Bound by how many persons each case moves the count, whatever those without one do."""
    net: dict[str | None, int] = defaultdict(int)
    gains = losses = 0
    for case, change in zip(cases, changes, strict=True):
        if case is not None:
            net[case] += change
        elif change > 0:
            gains += change
        else:
            losses -= change
    if gains or losses:
        net[None] = 0
    return {case: _size(one - losses, one + gains) for case, one in net.items()}


def _size(low: int, high: int) -> tuple[int, int]:
    least = 0 if low <= 0 <= high else min(abs(low), abs(high))
    return least, max(abs(low), abs(high))
