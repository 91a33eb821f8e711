"""What the parts of changes look like, as plain numbers: where study and figures meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.contracts.published import Text

State = Literal["known", "open", "rest"]
"""A part certain in direction; one of which only bounds are known; what is left."""


@dataclass(frozen=True, slots=True)
class PartBar:
    """A part of a change: between ``low`` and ``high`` persons, above 0 where it adds."""

    label: Text
    low: float
    high: float
    state: State
    told: Text


@dataclass(frozen=True, slots=True)
class PartedChange:
    """The change between two years: between ``low`` and ``high``, and its parts."""

    heading: Text
    low: float
    high: float
    bars: tuple[PartBar, ...]


@dataclass(frozen=True, slots=True)
class PartedChanges:
    """Changes with their parts; without any, ``silence`` says why.

    ``publishers`` are those of ``rows``.
    """

    title: Text
    changes: tuple[PartedChange, ...]
    rows: tuple[str, ...]
    publishers: tuple[str, ...]
    silence: Text
