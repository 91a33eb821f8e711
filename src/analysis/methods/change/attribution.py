"""Differences with the reasons each can have in; parts that add up to the change out.

Each difference (a person more or fewer) has a set of possible reasons. In a stated order
it goes to the first of its reasons; without an order, each reason gets an equal share,
which is its mean over all orders (Shapley). A reason that is not known makes bounds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, permutations

from analysis.errors import MethodError
from analysis.methods.change.parts import REASONS, Attributed, Bounds, Effort, Reason, Split
from analysis.methods.scalars import whole


@dataclass(frozen=True, slots=True)
class Difference:
    """Persons more (``change`` above 0) or fewer, and the sets of reasons they can have.

    ``possible`` holds one set where the reasons are known, and every set that cannot be
    ruled out where not. An empty set is: none of them.
    """

    change: int
    possible: frozenset[frozenset[Reason]]


_Sets = frozenset[frozenset[Reason]]
_Groups = Mapping[_Sets, int]


def attribute(
    differences: Iterable[Difference],
    *,
    before: int,
    after: int,
    order: tuple[Reason, ...] = REASONS,
    effort: Effort | None = None,
    asked: frozenset[Reason] = frozenset(REASONS),
) -> Split:
    """Split a change over the reasons of its differences, police effort and a rest.

    Effort is asked only of what remains comparable: persons to whom no reason applies. In
    the stated order it comes before the rest, as the count before times what effort adds;
    over every order also after it, as the count after less what it would be without.

    Parameters
    ----------
    differences : iterable of Difference
        Their changes have to add up to ``after - before``.
    before, after : int
        The two counts.
    order : tuple of Reason
        Every reason once; the first that a difference has gets it.
    effort : Effort, optional
        Left out: not asked.
    asked : frozenset of Reason
        The reasons that the caller could tell.

    Raises
    ------
    MethodError
        If the order lacks a reason, or the differences do not add up.

    References
    ----------
    Shapley (1953), in Contributions to the Theory of Games II, 307-317; Shorrocks (2013),
    Journal of Economic Inequality 11, 99-126 (decomposition).

    Examples
    --------
    >>> late, new = frozenset({"late_reports"}), frozenset({"late_reports", "new_senders"})
    >>> found = attribute(
    ...     [Difference(4, frozenset({late})), Difference(3, frozenset({new}))],
    ...     before=50, after=57,
    ... )
    >>> [(one.part, one.in_order.value, one.order_free.value)
    ...  for one in found.parts if one.in_order.value]
    [('new_senders', 3.0, 1.5), ('late_reports', 4.0, 5.5)]
    """
    if sorted(order) != sorted(REASONS):
        raise MethodError(
            f"change: the order does not name each of {len(REASONS)} reasons once: "
            f"{', '.join(REASONS)}. Name them all."
        )
    for name, count in (("before", before), ("after", after)):
        whole("change", f"the count {name}", count)
    gains, losses = _grouped(differences)
    if sum(gains.values()) - sum(losses.values()) != after - before:
        raise MethodError(
            "change: the differences do not add up to the change. Give every difference once."
        )
    found = [_by_reason(one, gains, losses, order, one in asked) for one in order]
    found += _effort_and_rest(gains, losses, order, found, effort)
    return Split(before, after, after - before, tuple(found), order)


def first_in(order: tuple[Reason, ...], reasons: frozenset[Reason]) -> Reason | None:
    """Return the reason that gets a difference in this order; None: the rest does."""
    return next((one for one in order if one in reasons), None)


def _grouped(differences: Iterable[Difference]) -> tuple[_Groups, _Groups]:
    """Add up persons with the same possible reasons: gains, and losses (above 0)."""
    gains: Counter[_Sets] = Counter()
    losses: Counter[_Sets] = Counter()
    for one in differences:
        (gains if one.change > 0 else losses)[one.possible] += abs(one.change)
    return gains, losses


_Weight = Callable[[frozenset[Reason]], float]
"""The share (0-1) of a difference that a part gets, given the reasons that it has."""


def _by_reason(
    reason: Reason, gains: _Groups, losses: _Groups, order: tuple[Reason, ...], asked: bool
) -> Attributed:
    def after_these(earlier: frozenset[Reason]) -> _Weight:
        return lambda reasons: float(reason in reasons and not reasons & earlier)

    def equal_share(reasons: frozenset[Reason]) -> float:
        return 1 / len(reasons) if reason in reasons else 0.0

    in_order = _bounded(gains, losses, after_these(frozenset(order[: order.index(reason)])))
    # Of an order it only matters which reasons come earlier.
    others = [one for one in REASONS if one != reason]
    subsets = [frozenset(c) for size in range(len(others) + 1) for c in combinations(others, size)]
    ranges = [_bounded(gains, losses, after_these(earlier)) for earlier in subsets]
    return Attributed(
        part=reason,
        in_order=in_order,
        order_free=_bounded(gains, losses, equal_share),
        least=min(one.low for one in ranges),
        most=max(one.high for one in ranges),
        asked=asked,
    )


def _bounded(gains: _Groups, losses: _Groups, weight: _Weight) -> Bounds:
    """Weigh gains and losses, each unknown set of reasons as it may be: at least, at most."""
    (few, many), (least, most) = _range(gains, weight), _range(losses, weight)
    return Bounds(few - least, few - most, many - least)


def _range(groups: _Groups, weight: _Weight) -> tuple[float, float]:
    weighed = [(persons, [weight(one) for one in sets]) for sets, persons in groups.items()]
    return (
        math.fsum(persons * min(shares) for persons, shares in weighed),
        math.fsum(persons * max(shares) for persons, shares in weighed),
    )


def _effort_and_rest(
    gains: _Groups,
    losses: _Groups,
    order: tuple[Reason, ...],
    reasons: list[Attributed],
    effort: Effort | None,
) -> list[Attributed]:
    def untouched(reasons: frozenset[Reason]) -> float:
        return float(not reasons)

    before, after = _range(losses, untouched), _range(gains, untouched)
    low, high = effort.factors() if effort else (1.0, 1.0)
    first = _product(before, (low - 1, high - 1))
    last = _product(after, (1 - 1 / low, 1 - 1 / high))
    free = (first[0] + last[0]) / 2, (first[1] + last[1]) / 2
    moved = Attributed(
        part="police_effort",
        in_order=Bounds(_nearest_to_0(first), *first),
        order_free=Bounds(_nearest_to_0(free), *free),
        least=min(first[0], last[0]),
        most=max(first[1], last[1]),
        asked=effort is not None,
    )
    change = sum(gains.values()) - sum(losses.values())
    known = [*reasons, moved]
    left = change - math.fsum(one.in_order.value for one in known)
    left_free = change - math.fsum(one.order_free.value for one in known)
    # Whatever reason is not certain may also be none that we can name.
    spans = [_unexplained(gains, losses, one) for one in permutations(order)]
    mine = _unexplained(gains, losses, order)
    widest = min(one[0] for one in spans), max(one[1] for one in spans)
    rest = Attributed(
        part="rest",
        in_order=_around(left, mine[0] - first[1], mine[1] - first[0]),
        order_free=_around(left_free, widest[0] - free[1], widest[1] - free[0]),
        least=widest[0] - moved.most,
        most=widest[1] - moved.least,
        asked=True,
    )
    return [moved, rest]


def _unexplained(gains: _Groups, losses: _Groups, order: tuple[Reason, ...]) -> tuple[float, float]:
    """Bound the net change that no part but effort and rest gets for certain."""
    spans = []
    for groups in (gains, losses):
        least = sum(persons for sets, persons in groups.items() if not any(sets))
        most = sum(
            persons
            for sets, persons in groups.items()
            if None in (firsts := {first_in(order, one) for one in sets}) or len(firsts) > 1
        )
        spans.append((least, most))
    (few, many), (least, most) = spans
    return float(few - most), float(many - least)


def _product(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    corners = [a * b for a in one for b in other]
    return min(corners), max(corners)


def _nearest_to_0(span: tuple[float, float]) -> float:
    low, high = span
    return low if low > 0 else high if high < 0 else 0.0


def _around(value: float, low: float, high: float) -> Bounds:
    # Sums of factors round; a value must not fall outside its own bounds for that.
    return Bounds(value, min(low, value), max(high, value))
