"""A figure in, the pieces out in which it is set: whole, or cut where a page would end.

A figure is set as wide as the sheet allows, because its words shrink with it. What is
then taller than a page is cut at the emptiest line near the end of the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

import matplotlib.image
import numpy as np
import numpy.typing as npt

from analysis.contracts.outputs import Picture
from analysis.reporting.document import lettering

TALLEST = 1.26  # height over width of what fits on a page below its heading
_FIRST = 1.08  # the same for the first piece, which stands below a title or on a page begun
_REACH = 0.15  # share of a page, at its end, in which the emptiest line is looked for
_BOX = re.compile(r'viewBox="([\d.\-]+) ([\d.\-]+) ([\d.]+) ([\d.]+)"')
_SIZE = re.compile(r'(?<=<svg )([^>]*?)\bheight="[^"]*"')


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a drawing: its SVG, and its place among how many."""

    svg: str
    place: int
    of: int


def pieces(picture: Picture) -> tuple[Piece, ...]:
    """Cut a drawing into as few pieces as fit on a page each; most are whole."""
    svg = lettering.as_text(picture.svg)
    box = _BOX.search(svg)
    if not box or float(box[3]) == 0 or float(box[4]) <= TALLEST * float(box[3]):
        return (Piece(svg, 1, 1),)
    left, top, width, height = (float(side) for side in box.groups())
    cuts = [0.0, *_cuts(_ink(picture.png), width / height), 1.0]
    return tuple(
        Piece(
            _window(svg, left, top + above * height, width, (below - above) * height),
            place,
            len(cuts) - 1,
        )
        for place, (above, below) in enumerate(pairwise(cuts), 1)
    )


def _window(svg: str, left: float, top: float, width: float, height: float) -> str:
    """Show one window of a drawing."""
    shown = _BOX.sub(f'viewBox="{left} {top:.2f} {width} {height:.2f}"', svg, count=1)
    return _SIZE.sub(rf'\g<1>height="{height:.2f}pt"', shown, count=1)


def _cuts(ink: npt.NDArray[np.float64], wide: float) -> list[float]:
    """Return where to cut, as shares of the height: each page as full as an empty line allows.

    ``wide`` is the width as a share of the height.
    """
    lines = len(ink)
    found: list[float] = []
    begin = 0
    while lines - begin > TALLEST * wide * lines or begin == 0:
        room = int((TALLEST if begin else _FIRST) * wide * lines)
        end = begin + room
        first = end - int(room * _REACH)
        window = ink[first:end]
        begin = first + _middle(window <= window.min() + 1e-9)
        found.append(begin / lines)
    return found


def _middle(empty: npt.NDArray[np.bool_]) -> int:
    """Return the middle of the widest gap, which leaves the words on both sides room."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], empty.astype(int), [0]))))
    begins, ends = edges[::2], edges[1::2]
    widest = int(np.argmax(ends - begins))
    return int((begins[widest] + ends[widest]) // 2)


def _ink(png: bytes) -> npt.NDArray[np.float64]:
    """Return how much of each line of a picture changes from one point to the next, 0-1."""
    pixels = np.asarray(matplotlib.image.imread(BytesIO(png)), dtype=float)
    grey = pixels if pixels.ndim == 2 else pixels[..., :3].mean(axis=2)
    changes: npt.NDArray[np.float64] = (np.abs(np.diff(grey, axis=1)) > 0.1).mean(axis=1)
    return changes
