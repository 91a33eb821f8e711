"""What an evaluation file holds, once it is checked: one comparison of two plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.contracts.findings import Basis
from analysis.contracts.front_page import FrontPageLayout
from analysis.contracts.protocol import Protocol
from analysis.contracts.published import Language, Text
from analysis.engine.running.run import Limits

Parameter = str | int | float | bool


@dataclass(frozen=True, slots=True)
class NotebookEntry:
    """A notebook to run, the notebooks it waits for, its own parameters, what it may use."""

    name: str
    after: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be shown: counts of persons below ``smallest_count`` may not (0: all may)."""

    basis: Basis
    smallest_count: int
    note: Text


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One comparison of two plans. ``id`` is also the folder below ``outputs/``."""

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
