"""What a control chart looks like, as plain numbers: the shape that study and figures meet at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.contracts.published import Break, Series, Text

State = Literal["calm", "signal", "sometimes", "aside"]


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A year of a chart: the count at its least and largest reading, and its limits.

    ``inner`` holds what gives no signal at any reading, ``outer`` what gives none at some
    reading; ``hollow`` says that the year does not count the same as later ones.
    """

    year: int
    low: int
    high: int
    inner: tuple[int, int]
    outer: tuple[int, int]
    state: State
    hollow: bool


@dataclass(frozen=True, slots=True)
class ChartRun:
    """Years in a row on one side of the middle; ``always`` at every reading."""

    first: int
    last: int
    above: bool
    always: bool


@dataclass(frozen=True, slots=True)
class ChartPanel:
    """One way of counting, charted: ``expected`` is the level at its least and largest reading."""

    heading: Text
    points: tuple[ChartPoint, ...]
    runs: tuple[ChartRun, ...]
    expected: tuple[float, float]
    baseline: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A series charted in several ways; without panels, ``silence`` says why.

    ``publishers`` are those of ``rows``.
    """

    series: Series
    title: Text
    panels: tuple[ChartPanel, ...]
    breaks: tuple[Break, ...]
    rows: tuple[str, ...]
    publishers: tuple[str, ...]
    silence: Text
