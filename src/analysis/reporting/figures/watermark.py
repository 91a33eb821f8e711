"""A sheet and words in, the words written large and pale across all of it out."""

from __future__ import annotations

from matplotlib.colors import to_rgba
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
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

EDGE = 4.0
"""Points of white around words on the paper, so that no letter of the mark runs into them."""


def watermark(sheet: Sheet, words: str, bottom: float) -> None:
    """Write ``words`` across the sheet, top to ``bottom``, over bars and marks, under words.

    A picture that is cut out of its page keeps them: no title or caption need come along.
    Words on the paper get a white edge, which the mark passes behind; words on a bar have
    the bar's colour around them.
    """
    _set_off(sheet)
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


def _set_off(sheet: Sheet) -> None:
    axes = sheet.figure.axes[0]
    coloured = [patch for patch in axes.patches if _coloured(patch)]
    for line in sheet.texts:
        x, y = axes.transData.transform(line.get_position())
        if not any(patch.contains_point((float(x), float(y))) for patch in coloured):
            line.set_path_effects([withStroke(linewidth=EDGE, foreground="white")])


def _coloured(patch: Patch) -> bool:
    red, green, blue, opacity = to_rgba(patch.get_facecolor())
    return opacity > 0 and (red, green, blue) != (1.0, 1.0, 1.0)
