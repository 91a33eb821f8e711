"""Counts of persons in, what may be shown of them out: small ones as spans, small groups merged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.contracts.published import Language, Text
from analysis.contracts.values import SUPPRESSED, Value, interval, number
from analysis.language import numbers, words

Counted = tuple[int, int]
"""How many of how many."""


def whole(count: int, smallest: int) -> Value:
    """Return a count of a group by itself; below ``smallest`` it is a span from 0."""
    return number(count) if count >= smallest else interval(0, smallest - 1)


def part(count: int, total: int, smallest: int) -> Value:
    """Return a count out of a total that is shown.

    Neither the part nor the rest may be fewer than ``smallest``: whoever sees total and part
    sees the rest as well. Either is then a span.
    """
    if total < smallest:
        return SUPPRESSED
    if count < smallest:
        return interval(0, min(smallest - 1, total))
    if total - count < smallest:
        return interval(max(total - smallest + 1, 0), total)
    return number(count)


def of_parts(whole_: Counted, parts: Sequence[Counted], smallest: int) -> Value:
    """Return a count of a whole whose parts stand beside it, each as `part` shows it.

    Where one of them is a span, so is the whole: else the others subtracted from it would tell
    the count that the span hides.
    """
    shown = [part(*one, smallest) for one in parts]
    if not all(one.known for one in shown):
        return SUPPRESSED if len(shown) == 1 else part(*whole_, smallest)
    if all(one.exact for one in shown):
        return part(*whole_, smallest)
    ends = [sum(one.bounds[place] for one in shown) for place in (0, 1)]
    return interval(*ends)


@dataclass(frozen=True, slots=True)
class Group:
    """Persons of one or several groups, by the groups' codes, and how many of how many."""

    codes: tuple[str, ...]
    counted: Counted


def merged(groups: Sequence[Group], smallest: int) -> tuple[Group, ...]:
    """Merge groups of fewer than ``smallest`` persons with the next smallest, none dropped.

    What is left of a whole that is too small stands alone, and is withheld.
    """
    kept = [group for group in groups if group.counted[1]]
    while len(kept) > 1 and min(one.counted[1] for one in kept) < smallest:
        least, next_ = sorted(kept, key=lambda one: one.counted[1])[:2]
        kept = [one for one in kept if one not in (least, next_)]
        kept.append(_joined(least, next_, groups))
    order = [group.codes[0] for group in groups]
    return tuple(sorted(kept, key=lambda one: order.index(one.codes[0])))


def _joined(one: Group, other: Group, groups: Sequence[Group]) -> Group:
    order = [code for group in groups for code in group.codes]
    codes = tuple(sorted((*one.codes, *other.codes), key=order.index))
    return Group(codes, (one.counted[0] + other.counted[0], one.counted[1] + other.counted[1]))


def group_name(group: Group, name: Callable[[str], Text]) -> Text:
    """Name merged groups together: *men and children*."""
    named = [name(code) for code in group.codes]
    return Text(
        words.joined([one.da for one in named], "da"), words.joined([one.en for one in named], "en")
    )


def two_decimals(amount: float, language: Language) -> str:
    """Write a figure of a network or a probability."""
    return numbers.number(amount, language, 2)
