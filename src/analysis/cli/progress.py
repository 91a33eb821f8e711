"""Events of a build in, what runs, is done, is left, and for how long, on standard error.

On a terminal one display is redrawn in place. Elsewhere, and where NO_COLOR is set,
each run gets one line when it ends. Runs that an earlier one stands for are counted,
not listed: there can be a thousand of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from analysis.cli.tally import Tally
from analysis.engine.events import Event, Listener

if TYPE_CHECKING:
    from rich.table import Table

_PER_SECOND = 8  # redraws; more flickers over a slow connection
_BAR = 16  # characters
_MOST_LISTED = 40  # runs; of more, a terminal lists those that failed, the rest is counted
_NONE: Mapping[str, float] = MappingProxyType({})


@contextmanager
def shown_progress(
    total: int, *, plain: bool = False, expected: Mapping[str, float] = _NONE
) -> Iterator[Listener]:
    """Show the progress of ``total`` runs while the block runs, as it tells the listener.

    Parameters
    ----------
    total : int
        How many runs there will be; those that are reused count.
    plain : bool
        One line a run, even on a terminal.
    expected : mapping of str to float
        Seconds that a job took when it last ran, for the time that is left. What is not
        in it is taken to last as long as runs did on average.
    """
    tally = Tally(total, expected)
    if plain or not _is_terminal():
        yield from _spoken(tally)
        return
    with _drawn(tally) as listener:
        yield listener


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


def time_left(seconds: float) -> str:
    """Say how long it still takes, no more exactly than can be known."""
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s left"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min left"
    return f"about {round(seconds / 3600)} h left"


def _is_terminal() -> bool:
    dumb = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
    return sys.stderr.isatty() and not dumb


def _spoken(tally: Tally) -> Iterator[Listener]:
    def listen(event: Event) -> None:
        ended = tally.tell(event)
        if ended is not None and ended.kind != "reused":
            click.echo(f"{outcome(ended)} ({tally.summary()})", err=True)

    try:
        yield listen
    finally:
        if tally.count("reused"):
            click.echo(tally.summary(), err=True)


@contextmanager
def _drawn(tally: Tally) -> Iterator[Listener]:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True)

    def listen(event: Event) -> None:
        ended = tally.tell(event)
        if ended is not None and _is_listed(ended, tally.total):
            style = "green" if ended.kind == "finished" else "red"
            console.print(outcome(ended), style=style, highlight=False)

    try:
        with Live(
            console=console,
            get_renderable=lambda: _picture(tally),
            refresh_per_second=_PER_SECOND,
            transient=True,
        ):
            yield listen
    finally:
        if tally.count("reused") or tally.total > _MOST_LISTED:
            console.print(tally.summary(), highlight=False)


def _is_listed(ended: Event, total: int) -> bool:
    if ended.kind == "failed":
        return True
    return ended.kind != "reused" and total <= _MOST_LISTED


def _picture(tally: Tally) -> Table:
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for event in tally.shown():
        bar = ProgressBar(total=max(event.cells, 1), completed=event.cell, width=_BAR)
        reached = f"cell {event.cell} of {event.cells}" if event.cell else "starting"
        grid.add_row(event.job, bar, reached)
    seconds = tally.seconds_left()
    grid.add_row(tally.summary(), "", time_left(seconds) if seconds else "")
    return grid
