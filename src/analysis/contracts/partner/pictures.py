"""What pictures of partner data are drawn from: counts that may be shown, already worded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.contracts.published import Text
from analysis.contracts.values import Value

DueState = Literal["in_time", "late", "part", "none", "not_due"]
"""All came in time; all came, some late; some came; none came; nothing was owed."""

NOTHING = Text("", "")

Side = Literal["before", "after"]
"""Before and after the centre began."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one sender owed for one period: reports received, of those expected."""

    state: DueState
    received: int = 0
    expected: int = 0


@dataclass(frozen=True, slots=True)
class DueMatrix:
    """Senders by periods: who sent what was owed. ``lines`` hold a `Due` for each period.

    ``late``: reports that came after they were due, over all senders.
    """

    periods: tuple[str, ...]
    lines: tuple[tuple[Text, tuple[Due, ...]], ...]
    late: int = 0
    synthetic: bool = False
    source: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Scored:
    """A sender's parts of quality, each a share from 0 to 1 (None: nothing to judge it by).

    ``score`` is their mean; ``low`` to ``high`` what other weights would make of it.
    """

    name: Text
    parts: tuple[float | None, ...]
    score: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Senders and the parts that their data are judged by."""

    parts: tuple[Text, ...]
    lines: tuple[Scored, ...]
    synthetic: bool = False
    source: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Stage:
    """How many persons got as far as one stage, among those of one cohort."""

    name: Text
    persons: Value
    true_persons: int | None = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Persons who began in the same years, and how far they got. The first stage holds all."""

    name: Text
    side: Side
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Cohorts side by side."""

    cohorts: tuple[Cohort, ...]
    synthetic: bool = False
    source: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Curve:
    """Share of a cohort to whom something had happened by each day, with limits.

    ``days`` are the same for all curves of a panel; a curve that ends early has fewer points,
    as too few are left. ``refused`` says why there is none.
    """

    side: Side
    persons: Value
    days: tuple[int, ...] = ()
    share: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    median: float | None = None
    truth: tuple[float, ...] = ()
    refused: Text | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One thing that can happen, and its curves."""

    name: Text
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Panels on one scale; ``last`` is the last day drawn."""

    panels: tuple[Panel, ...]
    last: int
    sides: tuple[tuple[Side, Text], ...]
    synthetic: bool = False
    source: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Ties:
    """Referrals between bodies in one span of years: rows send, columns receive.

    ``silent`` are the places of bodies that submitted no referral forms at all, which is not
    the same as none sent. ``told`` sums the network up in words.
    """

    name: Text
    side: Side
    counts: tuple[tuple[Value, ...], ...]
    silent: frozenset[int]
    told: Text


@dataclass(frozen=True, slots=True)
class TieMatrices:
    """The same bodies in the same order, before and after."""

    bodies: tuple[Text, ...]
    matrices: tuple[Ties, ...]
    synthetic: bool = False
    source: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Covered:
    """How many of a group were offered something: ``persons`` in the group, ``offered`` of them.

    Shares lie between ``share_low`` and ``share_high`` where a count may not be shown exactly;
    ``low`` to ``high`` are the limits over both. ``withheld``: the group is too small even
    after merging.
    """

    group: Text
    persons: Value
    offered: Value
    share_low: float = 0.0
    share_high: float = 1.0
    low: float = 0.0
    high: float = 1.0
    truth: float | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """Promises in order, each with its groups."""

    promises: tuple[tuple[Text, tuple[Covered, ...]], ...]
    level: float
    synthetic: bool = False
    source: Text = NOTHING
