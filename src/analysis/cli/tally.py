"""Events of a build in, how many runs ended in which way and how long the rest takes out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import RLock

from analysis.engine.events import Event


@dataclass(slots=True)
class Tally:
    """What runs and how far it is, and how many of ``total`` ended in which way.

    ``expected`` are the seconds that jobs took when they last ran. What has ended is
    kept by name alone, so that thousands of runs take little room.
    """

    total: int
    expected: Mapping[str, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    running: dict[str, Event] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    _begun: dict[str, float] = field(default_factory=dict, repr=False)
    _kinds: Counter[str] = field(default_factory=Counter, repr=False)
    _seconds: float = 0.0  # what finished runs took together
    _widest: int = 1  # runs seen at the same time
    _lock: RLock = field(default_factory=RLock, repr=False)

    def tell(self, event: Event) -> Event | None:
        """Take in one event; runs report from several threads.

        Returns
        -------
        Event or None
            How a run ended, with the cell it had reached; ``None`` while it runs, and
            where its end was told before.
        """
        with self._lock:
            if event.kind in ("started", "cell"):
                self.running[event.job] = event
                self._begun.setdefault(event.job, self.clock())
                self._widest = max(self._widest, len(self.running))
                return None
            last = self.running.pop(event.job, event)
            self._begun.pop(event.job, None)
            if event.job in self.ended:
                return None
            self.ended.add(event.job)
            self._kinds[event.kind] += 1
            if event.kind == "finished":
                self._seconds += event.seconds
            return replace(event, cell=last.cell, cells=last.cells)

    def count(self, kind: str) -> int:
        """Return how many runs ended as ``kind``."""
        with self._lock:
            return self._kinds[kind]

    @property
    def left(self) -> int:
        """Return how many runs have not begun."""
        with self._lock:
            return max(self.total - len(self.running) - len(self.ended), 0)

    def shown(self) -> list[Event]:
        """Return where each run is, by name."""
        with self._lock:
            return [event for _, event in sorted(self.running.items())]

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

    def seconds_left(self) -> float | None:
        """Return how long the rest takes; ``None`` where nothing tells.

        What is left is shared among as many as ran at the same time, and no run can be
        shared. How long a run takes is known from its last time, else from the mean of
        those that are done, else from the mean of what is expected.
        """
        with self._lock:
            mean = self._mean()
            if mean is None:
                return None
            now = self.clock()
            going = [
                max(self.expected.get(job, mean) - (now - begun), 0.0)
                for job, begun in self._begun.items()
            ]
            known = [
                seconds
                for job, seconds in self.expected.items()
                if job not in self.ended and job not in self._begun
            ][: self.left]
            waiting = [*known, *([mean] if self.left > len(known) else [])]
            work = sum(going) + sum(known) + mean * (self.left - len(known))
            return max(work / self._widest, *going, *waiting, 0.0)

    def _mean(self) -> float | None:
        finished = self._kinds["finished"]
        if finished:
            return self._seconds / finished
        if self.expected:
            return sum(self.expected.values()) / len(self.expected)
        return None
