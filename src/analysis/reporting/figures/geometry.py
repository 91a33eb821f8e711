"""Points and boxes in pixels, y downwards."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height

    @property
    def centre(self) -> Point:
        """Middle of the box."""
        return self.left + self.width / 2, self.top + self.height / 2

    def edge_towards(self, point: Point, gap: float = 0.0) -> Point:
        """Return where a line from the centre to ``point`` leaves the box, ``gap`` pixels on."""
        across, down = point[0] - self.centre[0], point[1] - self.centre[1]
        length = math.hypot(across, down)
        if length == 0:
            return self.centre
        reach = min(
            (self.width / 2) / abs(across) if across else math.inf,
            (self.height / 2) / abs(down) if down else math.inf,
        )
        share = reach + gap / length
        return self.centre[0] + across * share, self.centre[1] + down * share
