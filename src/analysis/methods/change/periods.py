"""One table with two periods in; why the later period counts more or fewer persons, out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from analysis.errors import MethodError
from analysis.methods.change.attribution import Difference, attribute
from analysis.methods.change.parts import REASONS, Effort, Reason, Split
from analysis.methods.change.records import Contributions, Period, as_day, as_periods, counts_under
from analysis.methods.change.telling import (
    NOTHING,
    Reporting,
    Senders,
    Sets,
    asked_for,
    in_large_case,
    reporting,
    with_reason,
)


def between_periods(
    table: Contributions,
    *,
    before: Period | Collection[Period],
    after: Period | Collection[Period],
    same_age_on: date | None,
    release: str | None = None,
    senders: Senders = None,
    definitions: tuple[str, str] | None = None,
    large_case: int | None = None,
    effort: Effort | None = None,
    order: tuple[Reason, ...] = REASONS,
) -> Split:
    """Explain why a later period counts more or fewer persons than an earlier one.

    Other persons are counted in each period: every one before is a person fewer, every one
    after a person more, unless a reason says that the other count could not hold one
    like it: a *sender* that came or went, a *definition* that counts in one period only,
    the *one large case*, or a *late report* before, of a kind that the later period, being
    younger, cannot have yet. The others are comparable; of these *police effort* is
    asked, and what is left is the *rest*. Corrections have no place within one release.

    Parameters
    ----------
    table : Contributions
        Its rows of both periods, in one release.
    before, after : period or collections of them
        The two counts. Unequal lengths are not adjusted for.
    same_age_on : date or None
        The day on which the earlier period was as old as the later one is in this table:
        what was reported afterwards is late. None: both are complete, late reports are not
        asked.
    release : str, optional
        Which release to read; left out: the table has one.
    senders : pair of collections, "seen", "same" or None
        Who reported in each period, as for `between_releases`.
    definitions : pair of str, optional
        The version that each count goes by; left out: the same.
    large_case, order
        As for `between_releases`.
    effort : Effort, optional
        Police effort after over before, with a range of elasticities.

    Raises
    ------
    MethodError
        If the periods overlap, neither has a row, the table holds several releases and
        none is named, or a unit stands twice in a period.

    Examples
    --------
    >>> table = Contributions.of({"period": [2006, 2009], "persons": [20, 30]})
    >>> found = between_periods(
    ...     table, before=2006, after=2009, same_age_on=None, senders="same",
    ...     effort=Effort(1.5, (0.0, 1.0)),
    ... )
    >>> found.part("police_effort").in_order
    Bounds(value=0.0, low=0.0, high=10.0)
    """
    first, second, same_age_on = as_periods(before), as_periods(after), as_day(same_age_on)
    rows = table.places(first, release), table.places(second, release)
    _require_two_counts(table, first, second, rows)
    reported = reporting(table, *rows, senders)
    versions = definitions or (None, None)
    differences = []
    for place in _counted(table, rows[0], versions[0]):
        sets = _lost(table, place, reported, versions[1], same_age_on)
        differences.append((place, -table.persons[place], sets))
    for place in _counted(table, rows[1], versions[1]):
        sets = _gained(table, place, reported, versions[0])
        differences.append((place, table.persons[place], sets))
    large = in_large_case(
        [table.case[place] for place, _, _ in differences],
        [change for _, change, _ in differences],
        large_case,
    )
    late: tuple[Reason, ...] = () if same_age_on is None else ("late_reports",)
    return attribute(
        [
            Difference(change, with_reason(sets, "one_large_case", one))
            for (_, change, sets), one in zip(differences, large, strict=True)
        ],
        before=-sum(change for _, change, _ in differences if change < 0),
        after=sum(change for _, change, _ in differences if change > 0),
        order=order,
        effort=effort,
        asked=asked_for(large_case, definitions, *late),
    )


def _require_two_counts(
    table: Contributions,
    before: frozenset[Period],
    after: frozenset[Period],
    rows: tuple[list[int], list[int]],
) -> None:
    if before & after:
        raise MethodError("change: the two counts share a period. Give each period to one of them.")
    kinds = {type(one) for one in table.period}
    strange = sum(type(one) not in kinds for one in before | after)
    if strange:
        raise MethodError(
            f"change: {strange} periods are written as none of the table's are (a year for a label "
            "or the reverse). Name periods as they stand in the table."
        )
    if not any(rows):
        raise MethodError(
            "change: neither count has a row. Name periods and a release of the table."
        )
    releases = {table.release[place] for side in rows for place in side}
    if len(releases) > 1:
        raise MethodError(
            f"change: the rows come from {len(releases)} releases, which count the same persons. "
            "Name the release to read."
        )
    units = [[u for place in side if (u := table.unit[place]) is not None] for side in rows]
    twice = sum(len(side) - len(set(side)) for side in units)
    if twice:
        raise MethodError(
            f"change: {twice} units stand more than once in one count. Link the rows of a person "
            "first, and count each once."
        )


def _counted(table: Contributions, rows: list[int], version: str | None) -> list[int]:
    return [p for p in rows if counts_under(table.counted_by[p], version) is not False]


def _gained(table: Contributions, place: int, reported: Reporting, version: str | None) -> Sets:
    sets = with_reason(NOTHING, "new_senders", reported.came(table.sender[place]))
    return with_reason(sets, "changed_definition", _not(table, place, version))


def _lost(
    table: Contributions,
    place: int,
    reported: Reporting,
    version: str | None,
    same_age_on: date | None,
) -> Sets:
    sets = with_reason(NOTHING, "new_senders", reported.went(table.sender[place]))
    sets = with_reason(sets, "changed_definition", _not(table, place, version))
    if same_age_on is None:
        return sets
    day = table.reported_on[place]
    return with_reason(sets, "late_reports", None if day is None else day > same_age_on)


def _not(table: Contributions, place: int, version: str | None) -> bool | None:
    counted = counts_under(table.counted_by[place], version)
    return None if counted is None else not counted
