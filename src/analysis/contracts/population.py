"""Overlapping lists and what was estimated from them, as a reader meets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.contracts.published import Text

IN_ALL = "persons in all"
"""Unit of a total that holds those whom nobody found."""

Standing = Literal["ours", "bound", "published"]
"""Worked out here; worked out here as a bound or from two lists only; printed by the source."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Cases that are on these lists and on no other."""

    lists: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Overlapping:
    """A table of overlapping lists.

    ``sizes`` are the cases on each list, in the table's order; ``n`` those on any; ``overlaps``
    every combination that occurs. ``synthetic``: invented, and every picture says so.
    """

    name: Text
    n: int
    sizes: tuple[tuple[str, int], ...]
    overlaps: tuple[Overlap, ...]
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Estimated:
    """One estimate of the total, with its limits; or why there is none.

    ``low`` and ``high`` are None where nobody gave limits, ``high`` infinite where the data set
    none. ``model`` says in words which lists depend on each other.
    """

    label: Text
    standing: Standing
    total: float | None
    low: float | None = None
    high: float | None = None
    model: Text | None = None
    refused: Text | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The estimate after one more list; ``total`` None and a reason where there is none."""

    added: str
    lists: int
    n: int
    total: float | None
    low: float | None = None
    high: float | None = None
    refused: Text | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How far honest estimates of one table lie apart.

    ``factor`` is the largest total divided by the smallest, ``agree_factor`` up to which
    methods are said to agree; ``truth`` is known of an invented table only.
    """

    low: float
    high: float
    factor: float
    agree_factor: float
    truth: float | None = None

    @property
    def agrees(self) -> bool:
        """Whether one number may stand for all."""
        return self.factor <= self.agree_factor
