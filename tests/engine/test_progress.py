"""progress: what runs, is done, is left."""

import contextlib
import io
import os
import pty
import re

import pytest

from analysis.engine.events import Event
from analysis.engine.progress import showing

EVENTS = (
    Event("started", "support", cells=3),
    Event("cell", "support", cell=2, cells=3),
    Event("failed", "support", seconds=1.25),
    Event("skipped", "synthesis"),
    Event("started", "plans", cells=2),
    Event("finished", "plans", seconds=2.0),
)
NAMES = ("support", "synthesis", "plans")


def test_a_log_gets_one_plain_line_a_step() -> None:
    """In a CI log a redrawn table is noise."""
    out = io.StringIO()
    with showing(NAMES, stream=out) as listener:
        for event in EVENTS:
            listener(event)
    assert out.getvalue().splitlines() == [
        "running support",
        "failed support 1.2 s (1 of 3)",
        "not run synthesis (2 of 3)",
        "running plans",
        "done plans 2.0 s (3 of 3)",
    ]


def test_quiet_prints_nothing() -> None:
    """A script that asked for JSON gets nothing else."""
    out = io.StringIO()
    with showing(NAMES, stream=out, quiet=True) as listener:
        listener(EVENTS[0])
    assert out.getvalue() == ""


def _all_of(terminal: int) -> str:
    pieces = []
    # Linux ends a terminal whose other side is closed with an error, not with "".
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 4096):
            pieces.append(piece)
    os.close(terminal)
    return b"".join(pieces).decode()


def test_a_terminal_gets_a_table_that_ends_with_every_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever waits wants to see what is left; what failed must still stand at the end."""
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as out, showing(NAMES, stream=out) as listener:
        for event in EVENTS:
            listener(event)
    seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", _all_of(ours))
    last = seen[seen.rindex("3 of 3 done, 0 run, 0 left") :]
    rows = {line.split()[0]: line for line in last.splitlines() if line.strip().startswith(NAMES)}
    assert "failed" in rows["support"]
    assert "2 of 3" in rows["support"]
    assert "not run" in rows["synthesis"]
    assert "done" in rows["plans"]
