"""The parts of a change, and what is said of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from analysis.errors import MethodError
from analysis.methods.scalars import real

Reason = Literal[
    "changed_definition", "new_senders", "one_large_case", "late_reports", "corrections"
]
Part = Literal[
    "changed_definition",
    "new_senders",
    "one_large_case",
    "late_reports",
    "corrections",
    "police_effort",
    "rest",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Their usual order: from what would move every later count to what moved this one.

A new sender's persons are not called late, and a case that came late is named as a case.
"""
PARTS: tuple[Part, ...] = get_args(Part)
MOST = 5.0
"""Largest elasticity taken for meant: a tenth more effort would find 1.6 times the persons."""
LARGEST = 1_000.0
"""Largest ratio of effort taken for meant, and its inverse the smallest."""
Direction = Literal["more", "fewer", "none", "either", "not_asked"]


@dataclass(frozen=True, slots=True)
class Effort:
    """Police effort: ``ratio`` is exposure after over before, ``elasticity`` its range.

    Effort to the power of an elasticity multiplies what is recorded: 0 means that looking
    harder finds no one more, 1 that twice the investigations find twice the persons.
    """

    ratio: float
    elasticity: tuple[float, float]

    def __post_init__(self) -> None:
        low, high = pair(self.elasticity)
        if not (1 / LARGEST <= real(self.ratio) <= LARGEST and -MOST <= low <= high <= MOST):
            raise MethodError(
                f"change: an effort ratio lies between 1/{LARGEST:.0f} and {LARGEST:.0f}, and "
                f"elasticities within {MOST:.0f}, the lower first. Give exposure after over "
                "before, and a range such as (0.0, 1.0)."
            )

    def factors(self) -> tuple[float, float]:
        """Return by how much effort multiplies the count, at least and at most."""
        ends = [self.ratio**one for one in self.elasticity]
        return min(ends), max(ends)


def pair(given: object) -> tuple[float, float]:
    """Return a lower and an upper number, NaN where there are not two or one is no number."""
    if not isinstance(given, list | tuple) or len(given) != 2:
        return math.nan, math.nan
    return real(given[0]), real(given[1])


@dataclass(frozen=True, slots=True)
class Bounds:
    """Persons: ``value`` is what is certain (nearest to 0), the truth lies in ``low``..``high``."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Attributed:
    """One part of a change, in persons; above 0 where it made the count larger.

    ``in_order`` follows the stated order, ``order_free`` gives every reason of a person an
    equal share. ``least``..``most`` holds over every order and everything not known.
    ``asked`` is False where the caller gave nothing to tell the part by: it is then 0, and
    what it did is in the rest.
    """

    part: Part
    in_order: Bounds
    order_free: Bounds
    least: float
    most: float
    asked: bool

    @property
    def identified(self) -> bool:
        """Whether nothing unknown moves the part in the stated order."""
        return self.in_order.low == self.in_order.high

    @property
    def direction(self) -> Direction:
        """Which way the part moved the count; ``either``: its bounds allow more than one."""
        low, high = self.in_order.low, self.in_order.high
        if not self.asked:
            return "not_asked"
        if low == high == 0:
            return "none"
        return "more" if low > 0 else "fewer" if high < 0 else "either"

    @property
    def words(self) -> str:
        """Key of the plain words for the part: ``change.<part>.<direction>``."""
        return f"change.{self.part}.{self.direction}"


@dataclass(frozen=True, slots=True)
class Split:
    """A change and its parts in the stated ``order``, police effort and the rest last.

    The ``value`` of the parts adds up to ``change``, exactly in order and to rounding
    without. What is not known stays in the rest.
    """

    before: int
    after: int
    change: int
    parts: tuple[Attributed, ...]
    order: tuple[Reason, ...]

    def part(self, name: Part) -> Attributed:
        """Return a part by its name."""
        return next(one for one in self.parts if one.part == name)

    @property
    def leading(self) -> tuple[Part, ...]:
        """The parts that moved the count for certain, largest first: what a sentence names."""
        moved = [one for one in self.parts if one.in_order.value != 0]
        return tuple(one.part for one in sorted(moved, key=lambda one: -abs(one.in_order.value)))
