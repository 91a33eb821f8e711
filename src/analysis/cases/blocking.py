"""Lines of columns in, splink's rules by which two records come to be compared out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.cases.rules import LinkageRules, Together
from analysis.contracts.partner.store import ArrowTable

SWAPPED = "birth_date_swapped"
"""One record's day and month, exchanged, are the other's birth date."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The lines that are used, and those that would bring too many pairs together."""

    used: Together
    left_out: Together
    most: int
    """Pairs of the lines used, those that several lines bring together counted as often."""


def chosen(connection: Any, records: ArrowTable, rules: LinkageRules) -> Chosen:
    """Take the lines in their order as long as their pairs together stay within the limit."""
    used, left_out, total = [], [], 0
    for columns in rules.blocking:
        count = pairs_of(connection, records, columns)
        if total + count <= rules.most_pairs_a_record * records.num_rows:
            used.append(columns)
            total += count
        else:
            left_out.append(columns)
    return Chosen(tuple(used), tuple(left_out), total)


def pairs_of(connection: Any, records: ArrowTable, columns: tuple[str, ...]) -> int:
    """Return how many pairs of records agree on all columns."""
    connection.register("blocked", records)
    count = connection.sql(_count(columns)).fetchall()[0][0]
    connection.unregister("blocked")
    return int(count or 0)


def splink_rules(together: Together) -> tuple[Any, ...]:
    """Return the rules as splink takes them."""
    from splink import block_on
    from splink.blocking_rule_library import CustomRule

    return tuple(
        CustomRule(" and ".join(_equal(column) for column in columns))
        if SWAPPED in columns
        else block_on(*columns)
        for columns in together
    )


def _equal(column: str) -> str:
    if column == SWAPPED:
        return f"l.birth_date_exact = r.{SWAPPED}"
    return f"l.{column} = r.{column}"


def _count(columns: tuple[str, ...]) -> str:
    """Return SQL for the number of pairs that agree on all columns."""
    if SWAPPED not in columns:
        known = " and ".join(f"{column} is not null" for column in columns)
        return (
            "select sum(n * (n - 1) // 2) from (select count(*) as n from blocked "
            f"where {known} group by {', '.join(columns)})"
        )
    sides = {
        "l": ", ".join("birth_date_exact" if one == SWAPPED else one for one in columns),
        "r": ", ".join(columns),
    }
    both = (
        f"{side} as (select {named}, count(*) as n from blocked group by all)"
        for side, named in sides.items()
    )
    agree = " and ".join(_equal(column) for column in columns)
    return f"with {', '.join(both)} select sum(l.n * r.n) // 2 from l join r on {agree}"
