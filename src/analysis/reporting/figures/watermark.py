"""A sheet and words in, the words written large and pale across all of it out."""

from __future__ import annotations

from matplotlib.text import Text

from analysis.reporting.figures.sheet import Sheet
from analysis.reporting.figures.style import INK, WIDTH, font

SIZE, TURN, APART = 30.0, 14.0, 200.0
"""Points, degrees, and pixels from one line of the mark to the next, about."""

REACH = 85.0
"""Pixels by which a line of that turn and length rises above its middle, and falls below."""

PALE = 0.09
"""Opacity: grey words under it keep a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3)."""

ABOVE_MARKS = 5.5
"""Bars and marks lie below the mark, words above it."""


def watermark(sheet: Sheet, words: str, bottom: float) -> None:
    """Write ``words`` across the sheet, top to ``bottom``, over bars and marks, under words.

    A picture that is cut out of its page keeps them: no title or caption need come along.
    """
    axes = sheet.figure.axes[0]
    first, last = sheet.top + REACH, max(bottom - REACH, sheet.top + REACH)
    lines = max(round((last - first) / APART), 1)
    for turn in range(lines + 1):
        axes.add_artist(
            Text(
                WIDTH / 2,
                first + (last - first) * turn / lines,
                words,
                ha="center",
                va="center",
                rotation=TURN,
                color=INK,
                alpha=PALE,
                fontproperties=font("bold", SIZE),
                parse_math=False,
                transform=axes.transData,
                zorder=ABOVE_MARKS,
            )
        )
