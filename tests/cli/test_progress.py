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

from analysis.cli.progress import outcome, shown_progress, time_left
from analysis.cli.tally import Tally
from analysis.engine.events import Event

JOBS = [
    f"{language}/{name}" for name in ("plans", "support", "synthesis") for language in ("da", "en")
]
ENDS = st.sampled_from(["finished", "failed", "skipped", "reused"])


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
        assert not set(tally.running) & tally.ended
        assert sum(map(tally.count, ["finished", "failed", "skipped", "reused"])) == len(
            tally.ended
        )


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
    ended = tally.tell(Event("failed", "en/plans", seconds=2.0))
    assert ended is not None
    assert outcome(ended) == "en/plans: failed at cell 4 of 9"


def test_an_end_that_is_told_twice_counts_once() -> None:
    """A failure is told of by the run and by the build; it is one failure."""
    tally = Tally(2)
    tally.tell(Event("failed", "en/plans"))
    assert tally.tell(Event("failed", "en/plans")) is None
    assert tally.summary() == "1 failed, 1 left"


class Clock:
    """A clock that is set by hand, so that nothing depends on how fast a machine is."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time that was set."""
        return self.now


def test_nothing_is_said_of_the_time_before_anything_tells() -> None:
    """A guess out of nothing is worse than silence."""
    tally = Tally(4, clock=Clock())
    tally.tell(Event("started", "a"))
    assert tally.seconds_left() is None
    tally.tell(Event("reused", "b"))
    assert tally.seconds_left() is None


def test_without_earlier_runs_the_mean_of_those_that_are_done_tells() -> None:
    """The first build of a workbench is the one that is waited for longest."""
    clock = Clock()
    tally = Tally(4, clock=clock)
    tally.tell(Event("started", "a"))
    clock.now = 10.0
    tally.tell(Event("finished", "a", seconds=10.0))
    assert tally.seconds_left() == 30.0
    tally.tell(Event("started", "b"))
    clock.now = 14.0
    assert tally.seconds_left() == 26.0


def test_runs_at_the_same_time_share_what_is_left() -> None:
    """Two cores take half as long, but no single run is shared."""
    clock = Clock()
    tally = Tally(5, {"a": 4.0, "b": 4.0, "c": 4.0, "d": 4.0, "e": 4.0}, clock=clock)
    tally.tell(Event("started", "a"))
    tally.tell(Event("started", "b"))
    assert tally.seconds_left() == 10.0
    long = Tally(3, {"a": 1.0, "b": 1.0, "c": 60.0}, clock=clock)
    long.tell(Event("started", "a"))
    long.tell(Event("started", "b"))
    assert long.seconds_left() == 60.0


def test_a_run_that_takes_longer_than_expected_is_not_owed_time() -> None:
    """Less than nothing is never left."""
    clock = Clock()
    tally = Tally(1, {"a": 2.0}, clock=clock)
    tally.tell(Event("started", "a"))
    clock.now = 50.0
    assert tally.seconds_left() == 0.0


def test_runs_that_an_earlier_one_stands_for_take_no_time() -> None:
    """They say nothing of how long the others take."""
    tally = Tally(3, clock=Clock())
    tally.tell(Event("finished", "a", seconds=8.0))
    tally.tell(Event("reused", "b"))
    assert tally.summary() == "1 done, 1 unchanged, 1 left"
    assert tally.seconds_left() == 8.0


durations = st.floats(0.1, 1000)


@given(st.dictionaries(st.sampled_from(JOBS), durations), st.integers(1, 3))
def test_the_time_left_lies_between_what_can_be_and_what_must(
    expected: dict[str, float], workers: int
) -> None:
    """Shared among workers at best, one after another at worst, the longest run at least."""
    tally = Tally(len(expected), expected, clock=Clock())
    for job in list(expected)[:workers]:
        tally.tell(Event("started", job))
    left = tally.seconds_left()
    if not expected:
        assert left is None
        return
    assert left is not None
    assert max(expected.values()) <= left <= sum(expected.values()) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "about 1 s left"),
        (42.4, "about 42 s left"),
        (100, "about 2 min left"),
        (5000, "about 83 min left"),
        (7300, "about 2 h left"),
    ],
)
def test_time_is_told_no_more_exactly_than_it_is_known(seconds: float, told: str) -> None:
    """1:23:45 would promise what nobody can keep."""
    assert time_left(seconds) == told


def test_a_thousand_unchanged_runs_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A sweep that is resumed must not bury what failed."""
    with shown_progress(1001) as tell:
        for place in range(1000):
            tell(Event("reused", f"run-{place}"))
        tell(Event("failed", "run-1000"))
    assert capsys.readouterr().err == (
        "run-1000: failed (1000 unchanged, 1 failed)\n1000 unchanged, 1 failed\n"
    )


def test_what_was_unchanged_is_said_when_the_build_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """How far it came is asked most when it did not come to the end."""
    with pytest.raises(KeyboardInterrupt), shown_progress(3) as tell:  # noqa: PT012
        tell(Event("reused", "a"))
        raise KeyboardInterrupt
    assert capsys.readouterr().err == "1 unchanged, 2 left\n"


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

MANY = """
from analysis.cli.progress import shown_progress
from analysis.engine.events import Event
with shown_progress(100, expected={"run-1": 600.0}) as tell:
    tell(Event("reused", "run-0"))
    tell(Event("started", "run-1", cells=2))
    tell(Event("finished", "run-2", seconds=0.0))
    tell(Event("failed", "run-3"))
"""


def _on_a_terminal(script: str = SCRIPT, **environment: str) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", script],
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


def test_terminal_tells_the_time_left_and_lists_only_what_failed_of_many() -> None:
    """Of a hundred runs the one that failed is what somebody looks for."""
    told = _on_a_terminal(MANY, NO_COLOR="")
    assert "about 10 min left" in told
    assert "run-3: failed" in told
    assert "run-2: done" not in told
    assert "run-0: unchanged" not in told
    assert told.rstrip().endswith("1 done, 1 unchanged, 1 failed, 1 running, 96 left")


def test_no_color_is_plain_even_on_a_terminal() -> None:
    """Whoever sets NO_COLOR, or reads with a screen reader, gets text alone."""
    told = _on_a_terminal(NO_COLOR="1")
    assert "\x1b[" not in told
    assert "en/plans: done in 1.0 s (2 done)" in told
