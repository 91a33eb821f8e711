"""Two releases of one table in; why the later counts more or fewer for the same period, out."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass
from datetime import date

from analysis.errors import MethodError
from analysis.methods.change.attribution import Difference, attribute
from analysis.methods.change.parts import REASONS, Reason, Split
from analysis.methods.change.records import (
    Contributions,
    Period,
    as_day,
    as_periods,
    counts_under,
)
from analysis.methods.change.telling import (
    NOTHING,
    Reporting,
    Senders,
    Sets,
    asked_for,
    either,
    in_large_case,
    only,
    reporting,
    with_reason,
)


def between_releases(
    table: Contributions,
    *,
    earlier: str,
    later: str,
    period: Period | Collection[Period],
    closed_on: date | None,
    senders: Senders = None,
    definitions: tuple[str, str] | None = None,
    large_case: int | None = None,
    order: tuple[Reason, ...] = REASONS,
) -> Split:
    """Explain why a later release counts more or fewer persons in the same period.

    A person who is only in the later release came with a *new sender*, or was *reported
    late* (after the earlier release closed), or else is a *correction*, as is one who was
    withdrawn, moved to another period, or counted anew. A *changed definition* and the
    *one large case* may be reasons besides. Police effort is no reason between releases:
    the events are the same.

    Without units, rows are compared by sender, case, date and definition. Persons of
    whom nothing differs can then replace each other unseen, and parts are net of that.

    Parameters
    ----------
    table : Contributions
        Both releases, told apart by ``release``.
    earlier, later : str
        The two releases.
    period : period or collection of them
        Whose count is explained.
    closed_on : date or None
        Last day whose reports the earlier release holds; None: not known, so that late
        reports and corrections cannot be told apart.
    senders : pair of collections, "seen", "same" or None
        Who reported to the earlier and to the later release. "seen": whoever has no row
        (in any period) did not report; "same": nobody came or went; None: not known.
    definitions : pair of str, optional
        The version that each release counts by; left out: the same.
    large_case : int, optional
        From how many persons more or fewer a case is a large one; left out: not asked.
    order : tuple of Reason
        Who gets a person that several reasons explain.

    Raises
    ------
    MethodError
        If a release has no rows, a unit stands twice in one, or an option is not usable.

    Examples
    --------
    >>> table = Contributions.of({
    ...     "release": ["a", "b", "b"], "period": [2009] * 3, "sender": ["north"] * 3,
    ...     "persons": [50, 50, 7], "reported_on": ["2010-01-10", "2010-01-10", "2010-04-01"],
    ... })
    >>> found = between_releases(
    ...     table, earlier="a", later="b", period=2009, closed_on=date(2010, 3, 1)
    ... )
    >>> found.change, [one.words for one in found.parts if one.in_order.value]
    (7, ['change.late_reports.more'])
    """
    rows = table.places(release=earlier), table.places(release=later)
    if not isinstance(later, str) or not all(rows) or earlier == later:
        raise MethodError(
            "change: a release has no rows, or the two are the same. Name two releases of the "
            "table."
        )
    periods = as_periods(period)
    if not any(table.places(periods, release) for release in (earlier, later)):
        raise MethodError(
            "change: neither release has a row of this period. Name periods as they stand in the "
            "table."
        )
    asked = _Releases(
        table,
        periods,
        definitions or (None, None),
        as_day(closed_on),
        reporting(table, *rows, senders),
    )
    pairs = list(asked.pairs(*rows))
    changes = [pair.after - pair.before for pair in pairs]
    moved = [place for place, change in enumerate(changes) if change]
    large = in_large_case(
        [table.case[pairs[place].place] for place in moved],
        [changes[place] for place in moved],
        large_case,
    )
    return attribute(
        [
            Difference(changes[place], with_reason(asked.sets(pairs[place]), "one_large_case", one))
            for place, one in zip(moved, large, strict=True)
        ],
        before=sum(pair.before for pair in pairs),
        after=sum(pair.after for pair in pairs),
        order=order,
        asked=asked_for(large_case, definitions, "late_reports", "corrections"),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Persons that both releases count of the same unit or kind, and the rows that say so.

    ``place`` is the row of the release that counts more, ``other`` that of the release that
    counts fewer (None: it has none).
    """

    before: int
    after: int
    place: int
    other: int | None


@dataclass(frozen=True, slots=True)
class _Releases:
    table: Contributions
    periods: frozenset[Period]
    versions: tuple[str | None, str | None]
    closed_on: date | None
    reporting: Reporting

    def pairs(self, earlier: list[int], later: list[int]) -> Iterator[_Pair]:
        """Match what both releases say of the same units, or of the same kind of row."""
        named = self.table.unit[earlier[0]] is not None
        first, second = (self._by_key(rows, named) for rows in (earlier, later))
        for key in {**first, **second}:
            old, new = first.get(key, []), second.get(key, [])
            before, after = self._persons(old, 0), self._persons(new, 1)
            more, fewer = (new, old) if after > before else (old, new)
            other = fewer[0] if named and fewer else None
            yield _Pair(before, after, (more or fewer)[0], other)

    def sets(self, pair: _Pair) -> Sets:
        """Return the sets of reasons why one release counts more of a pair than the other."""
        gained = pair.after > pair.before
        counted = counts_under(self.table.counted_by[pair.place], self.versions[not gained])
        outside = None if counted is None else not counted
        if pair.other is not None:
            return self._kept(pair.other, self.versions[not gained], outside)
        entry = self._came if gained else self._went
        by_definition = with_reason(entry(pair.place, True), "changed_definition", True)
        return either(outside, by_definition, entry(pair.place, False))

    def _kept(self, other: int, version: str | None, outside: bool | None) -> Sets:
        if self.table.period[other] not in self.periods:
            return with_reason(only("corrections"), "changed_definition", outside)
        if counts_under(self.table.counted_by[other], version) is False:
            return only("changed_definition")
        return only("corrections")

    def _came(self, place: int, by_definition: bool) -> Sets:
        reported = self.table.reported_on[place]
        late = None if reported is None or self.closed_on is None else reported > self.closed_on
        # An earlier definition that left a person out is no mistake to correct.
        corrected = NOTHING if by_definition else only("corrections")
        by_date = either(late, only("late_reports"), corrected)
        return either(self.reporting.came(self.table.sender[place]), only("new_senders"), by_date)

    def _went(self, place: int, by_definition: bool) -> Sets:
        corrected = NOTHING if by_definition else only("corrections")
        return either(self.reporting.went(self.table.sender[place]), only("new_senders"), corrected)

    def _by_key(self, rows: list[int], named: bool) -> dict[Hashable, list[int]]:
        found: dict[Hashable, list[int]] = {}
        for place in rows:
            if named or self.table.period[place] in self.periods:
                key = self.table.unit[place] if named else self._kind(place)
                found.setdefault(key, []).append(place)
        twice = sum(len(places) > 1 for places in found.values())
        if named and twice:
            raise MethodError(
                f"change: {twice} units stand more than once in one release. Link the rows of a "
                "person first, and count each once."
            )
        return found

    def _kind(self, place: int) -> Hashable:
        table = self.table
        return (
            table.sender[place],
            table.case[place],
            table.reported_on[place],
            table.counted_by[place],
        )

    def _persons(self, rows: list[int], release: int) -> int:
        table = self.table
        return sum(
            table.persons[place]
            for place in rows
            if table.period[place] in self.periods
            and counts_under(table.counted_by[place], self.versions[release]) is not False
        )
