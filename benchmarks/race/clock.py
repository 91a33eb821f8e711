"""What to run in, seconds of runs in turn out: medians, all values, ratios."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from race.commands import CommandError


def nothing() -> None:
    """Prepare nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to time: ``before`` each run something may be prepared, which is not timed.

    ``rounds`` bounds how often it is run, as slow peers need not run as often as we.
    """

    name: str
    run: Callable[[], object]
    before: Callable[[], object] = nothing
    rounds: int = 1_000_000


def interleaved(entries: Sequence[Entry], rounds: int) -> dict[str, list[float]]:
    """Run everything once, then again, so that a busy moment hits all alike; return seconds.

    A run that fails is said and done once more, as kernels that race for a port fail now
    and then; what fails twice in a row is left out, and the others are timed all the same.
    """
    found: dict[str, list[float]] = {entry.name: [] for entry in entries}
    for turn in range(rounds):
        for entry in entries:
            if turn >= entry.rounds or entry.name not in found:
                continue
            seconds = _seconds(entry) or _seconds(entry)
            if seconds is None:
                print(f"{entry.name}: left out, as it failed twice")
                del found[entry.name]
            else:
                found[entry.name].append(seconds)
    return found


def _seconds(entry: Entry) -> float | None:
    """Time one run; ``None`` where it failed, which is printed."""
    try:
        entry.before()
        began = time.perf_counter()
        entry.run()
        return time.perf_counter() - began
    except CommandError as error:
        print(f"\n{entry.name}: a run failed. {error}", flush=True)
        return None


def tell(title: str, found: Mapping[str, Sequence[float]], *, unit: str = "s") -> None:
    """Print the median of each, all its values, and its ratio to the first."""
    print(f"\n{title} ({unit}: median, all values; ratio to the first)")
    first = median(next(iter(found.values()), [math.nan]))
    for name, values in found.items():
        listed = ", ".join(f"{one:.2f}" for one in values)
        print(f"  {name:<44} {median(values):7.2f} ({listed})  {median(values) / first:.2f}")


def middle(found: Mapping[str, Sequence[float]], name: str) -> float:
    """Return the median of one; not a number where it could not be timed."""
    return median(found[name]) if name in found else math.nan


def demand(what: str, value: float, limit: float, *, at_least: bool = False) -> None:
    """Print a figure beside what is asked of it."""
    if math.isnan(value):
        print(f"  not known: {what}, as one of the two could not be timed")
        return
    held = value >= limit if at_least else value <= limit
    sign = "at least" if at_least else "at most"
    print(f"  {'holds' if held else 'MISSED'}: {what} {value:.3g}, asked: {sign} {limit:.3g}")
