"""What an evaluation file holds, once it is checked: one comparison of two plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from analysis.contracts.findings import Basis
from analysis.contracts.front_page import FrontPageLayout
from analysis.contracts.protocol import Protocol
from analysis.contracts.published import Language, Text
from analysis.engine.running.run import Limits

Parameter = str | int | float | bool

Cases = Literal["none", "submitted", "synthetic"]
"""Which cases of persons an evaluation reads: none, those that partners submitted, or invented
ones for a rehearsal."""


@dataclass(frozen=True, slots=True)
class NotebookEntry:
    """A notebook to run, the notebooks it waits for, its own parameters, what it may use."""

    name: str
    after: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be shown: counts of persons in cases below ``smallest_count`` are merged.

    Published figures are always shown as their source prints them.
    """

    basis: Basis
    smallest_count: int
    note: Text


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One comparison of two plans. ``id`` is also the folder below ``outputs/``.

    ``cases`` says which cases of persons its notebooks read.
    """

    id: str
    name: Text
    country: str
    baseline: str
    current: str
    languages: tuple[Language, ...]
    notebooks: tuple[NotebookEntry, ...]
    front_page: FrontPageLayout
    protocol: Protocol
    disclosure: Disclosure
    path: Path
    is_default: bool = False
    cases: Cases = "none"

    @property
    def rehearsal(self) -> bool:
        """Whether it rests on invented cases, and nobody may quote it."""
        return self.cases == "synthetic"
