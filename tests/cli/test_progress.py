"""The display: what runs, is done, is left; plain where no terminal reads it."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cli.progress import Tally, outcome, shown_progress
from analysis.engine.events import Event

JOBS = [
    f"{language}/{name}" for name in ("plans", "support", "synthesis") for language in ("da", "en")
]
ENDS = st.sampled_from(["finished", "failed", "skipped"])


@given(st.lists(st.tuples(st.sampled_from(JOBS), st.booleans(), ENDS)))
def test_running_ended_and_left_add_up(steps: list[tuple[str, bool, str]]) -> None:
    """A display that loses a run makes people wait for nothing."""
    tally = Tally(len(JOBS))
    for job, ends, kind in steps:
        if job in tally.ended:
            continue
        tally.tell(Event("started", job, cells=3))
        if ends:
            tally.tell(Event(kind, job))  # type: ignore[arg-type]
        assert len(tally.running) + len(tally.ended) + tally.left == len(JOBS)
        assert not set(tally.running) & set(tally.ended)


def test_summary_names_what_there_is() -> None:
    """Zeros are noise; failures must never be left out."""
    tally = Tally(4)
    assert tally.summary() == "4 left"
    tally.tell(Event("started", "da/plans", cells=2))
    tally.tell(Event("started", "en/plans", cells=2))
    tally.tell(Event("finished", "da/plans", seconds=1.0))
    tally.tell(Event("failed", "en/plans"))
    tally.tell(Event("skipped", "da/synthesis"))
    assert tally.summary() == "1 done, 1 failed, 1 skipped, 1 left"


def test_failure_names_the_cell_it_happened_in() -> None:
    """The event of a failure need not repeat the cell; the display remembers it."""
    tally = Tally(1)
    tally.tell(Event("cell", "en/plans", cell=4, cells=9))
    tally.tell(Event("failed", "en/plans", seconds=2.0))
    assert outcome(tally.ended["en/plans"]) == "en/plans: failed at cell 4 of 9"


def test_without_a_terminal_each_run_gets_one_plain_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Logs hold lines, not redrawn screens."""
    with shown_progress(2) as tell:
        tell(Event("started", "da/plans", cells=2))
        tell(Event("cell", "da/plans", cell=1, cells=2))
        tell(Event("finished", "da/plans", seconds=1.25))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "da/plans: done in 1.2 s (1 done, 1 left)\n"


SCRIPT = """
from analysis.cli.progress import shown_progress
from analysis.engine.events import Event
with shown_progress(2) as tell:
    tell(Event("started", "da/plans", cells=2))
    tell(Event("cell", "da/plans", cell=1, cells=2))
    tell(Event("finished", "da/plans", seconds=1.0))
    tell(Event("started", "en/plans", cells=2))
    tell(Event("finished", "en/plans", seconds=1.0))
"""


def _on_a_terminal(**environment: str) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment},
    ):
        os.close(theirs)
        told = io.BytesIO()
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # how Linux reports that the other end has closed
                break
            if not part:
                break
            told.write(part)
    os.close(ours)
    return told.getvalue().decode()


def test_terminal_gets_a_display_that_is_redrawn() -> None:
    """Somebody who waits wants to see that it goes on."""
    told = _on_a_terminal(NO_COLOR="")
    assert "\x1b[" in told
    assert "2 left" in told or "1 running" in told
    assert "da/plans: done in 1.0 s" in told


def test_no_color_is_plain_even_on_a_terminal() -> None:
    """Whoever sets NO_COLOR, or reads with a screen reader, gets text alone."""
    told = _on_a_terminal(NO_COLOR="1")
    assert "\x1b[" not in told
    assert "en/plans: done in 1.0 s (2 done)" in told
