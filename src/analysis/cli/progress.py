"""Events of a build in, what runs, is done and is left out, on standard error.

On a terminal one display is redrawn in place. Elsewhere, and where NO_COLOR is set,
each run gets one line when it ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING

import click

from analysis.engine.events import Event, Listener

if TYPE_CHECKING:
    from rich.table import Table

_PER_SECOND = 8  # redraws; more flickers over a slow connection
_BAR = 16  # characters


@contextmanager
def shown_progress(total: int, *, plain: bool = False) -> Iterator[Listener]:
    """Show the progress of ``total`` runs while the block runs, as it tells the listener."""
    if plain or not _is_terminal():
        yield _spoken(Tally(total))
        return
    with _drawn(Tally(total)) as listener:
        yield listener


@dataclass(slots=True)
class Tally:
    """What runs and how far it is, and how many of ``total`` ended in which way."""

    total: int
    running: dict[str, Event] = field(default_factory=dict)
    ended: dict[str, Event] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock, repr=False)

    def tell(self, event: Event) -> None:
        """Take in one event; runs report from several threads."""
        with self._lock:
            if event.kind in ("started", "cell"):
                self.running[event.job] = event
                return
            last = self.running.pop(event.job, event)
            self.ended[event.job] = replace(event, cell=last.cell, cells=last.cells)

    def count(self, kind: str) -> int:
        """Return how many runs ended as ``kind``."""
        with self._lock:
            return sum(event.kind == kind for event in self.ended.values())

    @property
    def left(self) -> int:
        """Return how many runs have not begun."""
        with self._lock:
            return max(self.total - len(self.running) - len(self.ended), 0)

    def summary(self) -> str:
        """Return ``5 done, 2 running, 9 left``, with failures where there are any."""
        with self._lock:
            parts = [
                (self.count("finished"), "done"),
                (self.count("reused"), "unchanged"),
                (self.count("failed"), "failed"),
                (self.count("skipped"), "skipped"),
                (len(self.running), "running"),
            ]
            return ", ".join(f"{n} {word}" for n, word in [*parts, (self.left, "left")] if n)


def outcome(event: Event) -> str:
    """Return the line that tells how one run ended."""
    if event.kind == "finished":
        return f"{event.job}: done in {event.seconds:.1f} s"
    if event.kind == "reused":
        return f"{event.job}: unchanged"
    if event.kind == "failed":
        where = f" at cell {event.cell} of {event.cells}" if event.cells else ""
        return f"{event.job}: failed{where}"
    return f"{event.job}: skipped, because one that it waits for failed"


def _is_terminal() -> bool:
    dumb = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
    return sys.stderr.isatty() and not dumb


def _spoken(tally: Tally) -> Listener:
    def listen(event: Event) -> None:
        tally.tell(event)
        if event.kind not in ("started", "cell"):
            click.echo(f"{outcome(tally.ended[event.job])} ({tally.summary()})", err=True)

    return listen


@contextmanager
def _drawn(tally: Tally) -> Iterator[Listener]:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True)

    def listen(event: Event) -> None:
        tally.tell(event)
        if event.kind not in ("started", "cell"):
            style = "green" if event.kind in ("finished", "reused") else "red"
            console.print(outcome(tally.ended[event.job]), style=style, highlight=False)

    with Live(
        console=console,
        get_renderable=lambda: _picture(tally),
        refresh_per_second=_PER_SECOND,
        transient=True,
    ):
        yield listen


def _picture(tally: Tally) -> Table:
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for job, event in sorted(tally.running.items()):
        bar = ProgressBar(total=max(event.cells, 1), completed=event.cell, width=_BAR)
        grid.add_row(job, bar, f"cell {event.cell} of {event.cells}" if event.cell else "starting")
    grid.add_row(tally.summary(), "", "")
    return grid
