"""Two boxes and those between in, a curve from edge to edge out, with a place for its letter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.reporting.figures.geometry import Box, Point

BENDS = (0.0, 0.12, -0.12, 0.22, -0.22, 0.34, -0.34, 0.48, -0.48, 0.62, -0.62)
STEPS = 24


@dataclass(frozen=True, slots=True)
class Route:
    """A quadratic curve from ``start`` by ``bend`` to ``end``."""

    start: Point
    bend: Point
    end: Point

    def at(self, share: float) -> Point:
        """Return the point at ``share`` (0-1) of the curve."""
        a, b, c = (1 - share) ** 2, 2 * share * (1 - share), share**2
        return (
            a * self.start[0] + b * self.bend[0] + c * self.end[0],
            a * self.start[1] + b * self.bend[1] + c * self.end[1],
        )


def route(start: Box, end: Box, others: Sequence[Box], opposite: Route | None = None) -> Route:
    """Return the least bent curve that crosses fewest of the other boxes.

    ``opposite`` is the curve of the tie back, if already drawn: ours keeps away
    from it, so that two arrows never read as one.
    """
    tried = [_bent(start, end, bend) for bend in BENDS]
    if opposite is not None:
        tried = [found for found in tried if _apart(found, opposite) > 14]
    return min(tried, key=lambda found: _crossed(found, others))


def letter_place(found: Route, boxes: Sequence[Box], taken: Sequence[Point]) -> Point:
    """Return a point of the curve that is clear of boxes and of other letters."""
    shares = (0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72, 0.22, 0.78)

    def blocked(share: float) -> int:
        x, y = found.at(share)
        near = sum(abs(x - a) < 26 and abs(y - b) < 18 for a, b in taken)
        inside = sum(
            box.left - 12 < x < box.right + 12 and box.top - 10 < y < box.bottom + 10
            for box in boxes
        )
        return 3 * near + 2 * inside

    return found.at(min(shares, key=blocked))


def _bent(start: Box, end: Box, bend: float) -> Route:
    (x1, y1), (x2, y2) = start.centre, end.centre
    across, down = x2 - x1, y2 - y1
    middle = ((x1 + x2) / 2 - bend * down, (y1 + y2) / 2 + bend * across)
    return Route(start.edge_towards(middle, 1), middle, end.edge_towards(middle, 2))


def _crossed(found: Route, others: Sequence[Box]) -> int:
    points = [found.at(step / STEPS) for step in range(1, STEPS)]
    return sum(
        any(
            box.left - 3 < x < box.right + 3 and box.top - 3 < y < box.bottom + 3 for x, y in points
        )
        for box in others
    )


def _apart(one: Route, other: Route) -> float:
    """Return how far the middles of two curves lie apart, in pixels."""
    return math.dist(one.at(0.5), other.at(0.5))
