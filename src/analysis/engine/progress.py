"""Events in, a display out: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from analysis.engine.events import Event, Listener, ignore

if TYPE_CHECKING:
    from rich.table import Table

_ENDED = {"finished": "done", "failed": "failed", "skipped": "not run"}


@contextmanager
def showing(
    names: Sequence[str], *, stream: TextIO | None = None, quiet: bool = False
) -> Iterator[Listener]:
    """Show the runs ``names`` while the block lasts; give the listener to hand to a build.

    Written to ``stream`` (default: standard error, which leaves standard output to
    results).
    """
    out = stream or sys.stderr
    if quiet:
        yield ignore
    elif out.isatty():
        with _live(names, out) as listener:
            yield listener
    else:
        yield _Lines(len(names), out).hear


@dataclass(slots=True)
class _Lines:
    """One line a step, for logs: cells are left out."""

    runs: int
    out: TextIO
    ended: int = 0

    def hear(self, event: Event) -> None:
        if event.kind == "started":
            self._say(f"running {event.job}")
        elif event.kind in _ENDED:
            self.ended += 1
            took = f" {event.seconds:.1f} s" if event.seconds else ""
            self._say(f"{_ENDED[event.kind]} {event.job}{took} ({self.ended} of {self.runs})")

    def _say(self, line: str) -> None:
        self.out.write(f"{line}\n")
        self.out.flush()


@dataclass(slots=True)
class _Row:
    state: str = "waits"
    cell: int = 0
    cells: int = 0
    began: float = 0.0
    seconds: float = 0.0


@dataclass(slots=True)
class _Board:
    rows: dict[str, _Row] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        row = self.rows.setdefault(event.job, _Row())
        if event.kind == "started":
            row.state, row.began, row.cells = "runs", time.monotonic(), event.cells
        elif event.kind == "cell":
            row.cell, row.cells = event.cell, event.cells
        else:
            row.state, row.seconds = _ENDED[event.kind], event.seconds

    def __rich__(self) -> Table:
        return _table(self)


def _table(board: _Board) -> Table:
    from rich.table import Table

    states = [row.state for row in board.rows.values()]
    left, runs = states.count("waits"), states.count("runs")
    table = Table(
        box=None,
        title=f"{len(states) - left - runs} of {len(states)} done, {runs} run, {left} left",
        title_justify="left",
    )
    for heading in ("notebook", "state"):
        table.add_column(heading)
    for heading in ("cell", "seconds"):
        table.add_column(heading, justify="right")
    for name, row in board.rows.items():
        seconds = time.monotonic() - row.began if row.state == "runs" else row.seconds
        cell = f"{row.cell} of {row.cells}" if row.cells else ""
        table.add_row(
            name, row.state, cell, f"{seconds:.1f}" if seconds else "", style=_STYLE[row.state]
        )
    return table


_STYLE = {"waits": "dim", "runs": "bold", "done": "green", "failed": "red", "not run": "yellow"}


@contextmanager
def _live(names: Sequence[str], out: TextIO) -> Iterator[Listener]:
    from rich.console import Console
    from rich.live import Live

    board = _Board({name: _Row() for name in names})
    with Live(board, console=Console(file=out), refresh_per_second=4):
        yield board.hear
