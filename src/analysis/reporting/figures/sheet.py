"""Words, lines and boxes at pixels in, a finished picture out: the one surface we draw on.

A sheet is 1,220 pixels wide and as high as its content; y runs downwards. It
begins with the title and the line on method and n, and ends with the source
line. Two sheets of one content have the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from analysis.contracts.outputs import Picture
from analysis.contracts.published import Language
from analysis.language import words as wording
from analysis.reporting.figures.files import write_files
from analysis.reporting.figures.geometry import Box, Point
from analysis.reporting.figures.lettering import Line
from analysis.reporting.figures.sources import source_line
from analysis.reporting.figures.style import (
    BODY,
    DPI,
    GREY,
    HATCH,
    INK,
    LINE,
    MARGIN,
    SMALL,
    SUBTITLE,
    TITLE,
    WIDTH,
    font,
    line_height,
    text_width,
    wrap,
)
from analysis.reporting.frames import distinct
from analysis.reporting.shown import Shown

Dashes = Literal["solid", "dashed", "dotted"] | tuple[float, tuple[float, ...]]

# A longer text alternative is a burden: nobody can skip within it (in characters).
LONGEST_ALT = 2500


@dataclass(slots=True)
class Sheet:
    """A picture being drawn; ``top`` is where the content may begin."""

    id: str
    language: Language
    title: str
    subtitle: str
    top: float = 0.0
    figure: Figure = field(init=False)
    texts: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.figure = Figure(figsize=(WIDTH / DPI, 10), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        axes = self.figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_autoscale_on(False)
        inner = WIDTH - 2 * MARGIN
        low = self.write(MARGIN, 16, self.title, width=inner, size=TITLE, weight="bold")
        self.top = self.write(MARGIN, low + 5, self.subtitle, width=inner, size=SUBTITLE) + 16

    def say(self, key: str, **parts: str | int) -> str:
        """Word a key of the figures' catalogue in this sheet's language."""
        return wording.say(f"figures.{key}", self.language, **parts)

    def write(
        self,
        x: float,
        y: float,
        words: str,
        *,
        width: float | None = None,
        size: float = BODY,
        weight: str = "normal",
        colour: str = INK,
        ha: str = "left",
        slant: str = "normal",
        halo: bool = False,
    ) -> float:
        """Write words with their upper edge at ``y``, wrapped to ``width``; return the lower.

        A ``halo`` keeps words readable where a line runs through them.
        """
        if not words:
            return y
        step = line_height(size)
        for line in wrap(words, width, size, weight) if width else [words]:
            artist = Line(
                x,
                y + 0.5 * step + 0.36 * size * DPI / 72,
                line,
                ha=ha,
                va="baseline",
                color=colour,
                fontproperties=font(weight, size, slant),
                parse_math=False,
                transform=self._axes.transData,
                zorder=6,
            )
            if halo:
                artist.set_path_effects([withStroke(linewidth=3, foreground="white")])
            self._axes.add_artist(artist)
            self.texts.append(artist)
            y += step
        return y

    def write_pair(
        self, x: float, y: float, words: str, note: str, *, width: float, weight: str = "normal"
    ) -> float:
        """Write words and after them a grey note, on their last line where it has room."""
        low = self.write(x, y, words, width=width, weight=weight)
        last = text_width(wrap(words, width, BODY, weight)[-1], BODY, weight) + 9
        if last + text_width(note, SMALL) > width:
            return self.write(x, low, note, width=width, size=SMALL, colour=GREY)
        self.write(x + last, low - line_height(BODY) + 0.6, note, size=SMALL, colour=GREY)
        return low

    def middle(
        self,
        x: float,
        y: float,
        words: str,
        *,
        width: float | None = None,
        size: float = BODY,
        weight: str = "normal",
        colour: str = INK,
        ha: str = "left",
        slant: str = "normal",
    ) -> None:
        """Write words with their middle at ``y``."""
        high = block_height(words, width, size, weight)
        self.write(
            x,
            y - high / 2,
            words,
            width=width,
            size=size,
            weight=weight,
            colour=colour,
            ha=ha,
            slant=slant,
        )

    def rectangle(
        self,
        box: Box,
        *,
        fill: str = "none",
        edge: str = "none",
        width: float = 1.0,
        dashes: Dashes = "solid",
        hatched: bool = False,
        z: float = 1,
    ) -> None:
        """Draw a rectangle; ``hatched`` is our sign for *not known*."""
        patch = Rectangle(
            (box.left, box.top),
            box.width,
            box.height,
            facecolor=fill,
            edgecolor="#9A9A9A" if hatched and edge == "none" else edge,
            linewidth=width,
            linestyle=dashes,
            hatch=HATCH if hatched else None,
            zorder=z,
        )
        if hatched:
            patch.set_hatch_linewidth(0.6)
        self._axes.add_patch(patch)

    def rounded(
        self,
        box: Box,
        *,
        fill: str = "white",
        edge: str = INK,
        width: float = 1.4,
        dashes: Dashes = "solid",
        hatched: bool = False,
        z: float = 4,
    ) -> None:
        """Draw a box with round corners, for bodies and statements."""
        patch = FancyBboxPatch(
            (box.left, box.top),
            box.width,
            box.height,
            boxstyle="round,pad=0,rounding_size=5",
            facecolor=fill,
            edgecolor=edge,
            linewidth=width,
            linestyle=dashes,
            hatch=HATCH if hatched else None,
            zorder=z,
        )
        if hatched:
            patch.set_hatch_linewidth(0.5)
        self._axes.add_patch(patch)

    def line(
        self,
        start: Point,
        end: Point,
        *,
        colour: str = LINE,
        width: float = 1.0,
        dashes: Dashes = "solid",
        z: float = 2,
    ) -> None:
        """Draw a straight line."""
        self._axes.add_line(
            Line2D(
                [start[0], end[0]],
                [start[1], end[1]],
                color=colour,
                linewidth=width,
                linestyle=dashes,
                solid_capstyle="butt",
                zorder=z,
            )
        )

    def mark(
        self,
        x: float,
        y: float,
        marker: str,
        *,
        colour: str = INK,
        size: float = 9.0,
        hollow: bool = False,
        half: bool = False,
    ) -> None:
        """Draw a marker; hollow means flagged, half means partly."""
        self._axes.add_line(
            Line2D(
                [x],
                [y],
                marker=marker,
                markersize=size,
                fillstyle="left" if half else "full",
                markerfacecolor="white" if hollow else colour,
                markerfacecoloralt="white",
                markeredgecolor=colour,
                markeredgewidth=1.5,
                linestyle="none",
                zorder=5,
            )
        )

    def arrow(
        self, start: Point, end: Point, *, colour: str = INK, width: float = 1.4, z: float = 3
    ) -> None:
        """Draw a straight arrow that ends exactly at ``end``."""
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.curve(start, middle, end, colour=colour, width=width, z=z)

    def curve(
        self,
        start: Point,
        bend: Point,
        end: Point,
        *,
        colour: str = INK,
        width: float = 1.4,
        dashes: Dashes = "solid",
        z: float = 3,
    ) -> None:
        """Draw an arrow along a quadratic curve (ends from `Box.edge_towards`)."""
        path = Path([start, bend, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
        self._axes.add_patch(
            FancyArrowPatch(
                path=path,
                arrowstyle="-|>",
                mutation_scale=10,
                color=colour,
                linewidth=width,
                linestyle=dashes,
                fill=True,
                zorder=z,
            )
        )

    def silence(self, y: float, words: str, *, height: float = 110) -> float:
        """Draw a hatched panel that says in words that there is nothing to draw."""
        box = Box(MARGIN, y, WIDTH - 2 * MARGIN, height)
        self.rectangle(box, hatched=True, fill="white")
        width = min(text_width(words, BODY, "bold") + 40, box.width - 60)
        high = block_height(words, width - 30, BODY, "bold") + 18
        middle = box.centre
        self.rectangle(
            Box(middle[0] - width / 2, middle[1] - high / 2, width, high), fill="white", z=2
        )
        self.middle(
            middle[0], middle[1], words, width=width - 30, weight="bold", ha="center", colour=INK
        )
        return box.bottom + 14

    def finish(
        self,
        bottom: float,
        *,
        alt: Sequence[str],
        columns: Sequence[str],
        data: Sequence[Sequence[str]],
        rows: Sequence[str],
        source: str = "",
        publishers: Iterable[str] = (),
        names: Mapping[str, str] | None = None,
    ) -> Shown:
        """Turn the sheet into a displayable picture, with the source line below ``bottom``.

        ``source``, ``publishers`` and ``names`` are those of `sources.source_line`.
        """
        kept = tuple(tuple(line) for line in data)
        used = distinct(rows)
        named = source_line(
            used, kept, self.language, source=source, publishers=publishers, names=names
        )
        end = self.write(
            MARGIN, bottom + 6, named, width=WIDTH - 2 * MARGIN, size=SMALL, colour=GREY
        )
        self._fit(end + 14)
        told = self._told(alt, len(kept))
        files = write_files(self.figure, self.texts, f"{self.id}-{self.language}", self.title, told)
        return Shown(
            Picture(
                id=self.id,
                language=self.language,
                title=self.title,
                subtitle=self.subtitle,
                alt=told,
                source=named,
                columns=tuple(columns),
                data=kept,
                rows=used,
                svg=files.svg.replace("<svg ", f'<svg lang="{self.language}" ', 1),
                png=files.png,
            ),
            files.measure,
        )

    def _told(self, alt: Sequence[str], lines: int) -> str:
        """Tell the picture in words; long ones name the table that holds the same words."""
        parts = [part.rstrip(". ") for part in (self.title, *alt) if part]
        if sum(len(part) for part in parts) > LONGEST_ALT:
            parts = [self.title, self.subtitle.rstrip("."), self.say("alt_long", n=lines)]
        return ". ".join(parts) + "."

    @property
    def _axes(self):  # type: ignore[no-untyped-def]
        return self.figure.axes[0]

    def _fit(self, height: float) -> None:
        whole = math.ceil(height)
        self.figure.set_size_inches(WIDTH / DPI, whole / DPI)
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(whole, 0)


def block_height(
    words: str, width: float | None = None, size: float = BODY, weight: str = "normal"
) -> float:
    """Return the height of words wrapped to ``width`` pixels."""
    if not words:
        return 0.0
    lines = len(wrap(words, width, size, weight)) if width else 1
    return lines * line_height(size)
