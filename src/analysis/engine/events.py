"""What a build tells whoever watches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["started", "cell", "finished", "failed", "skipped", "reused"]


@dataclass(frozen=True, slots=True)
class Event:
    """A step of one run: cell ``cell`` of ``cells`` begins, or the run ends after ``seconds``.

    A run is ``skipped`` when one that it waits for failed, ``reused`` when an earlier run
    with the same fingerprint stands for it.
    """

    kind: Kind
    job: str
    cell: int = 0
    cells: int = 0
    seconds: float = 0.0


Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
