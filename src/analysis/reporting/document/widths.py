"""The cells of a table in, how wide each column is set out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from analysis.reporting.manuscript.intervals import WHOLE

_NARROW = 100  # signs: a table of shorter lines needs no widths, no cell would break
_LINE = 130  # signs side by side over the width of a page
_SHORT = 13  # signs: a column of such cells is not worth breaking
_HYPHEN = re.compile(r"-(?!\d)")
"""Where a word breaks; an interval does not, nor does a number at a no-break space."""
_LONGEST_WORD = 15  # signs: a longer word may break, so that others keep their width


def shares(columns: Sequence[Sequence[str]]) -> list[int]:
    """Return each column's part of the width, in signs; 0 for all where the table is narrow.

    Every column has room for its longest word; beyond that, width follows the length
    of a column's longer cells, because it is the tall cells that make a table long.
    """
    longest = [max((len(cell) for cell in column), default=1) for column in columns]
    if sum(longest) <= _NARROW:
        return [0] * len(columns)
    least = [_least(column) for column in columns]
    usual = [_usual(column) for column in columns]
    return [max(1, round(width)) for width in _levelled(least, usual)]


def _least(column: Sequence[str]) -> float:
    """Room for the longest word, and for cells that are short enough to stay on one line."""
    words = (_room(word) for cell in column for word in _HYPHEN.sub("- ", cell).split(" "))
    usual = _usual(column)
    return max(max(words, default=1), usual if usual <= _SHORT else 0) + 2


def _room(word: str) -> int:
    return len(word) if WHOLE.fullmatch(word) else min(len(word), _LONGEST_WORD)


def _usual(column: Sequence[str]) -> float:
    """Root mean square of the cells' lengths: long cells count for more, empty ones for less."""
    lengths = [len(cell) for cell in column[1:]] or [1]
    return float(np.sqrt(np.mean(np.square(lengths))))


def _levelled(least: Sequence[float], usual: Sequence[float]) -> list[float]:
    """Give columns widths in proportion to their cells, and none less than its least."""
    held: set[int] = set()
    while True:
        free = [place for place in range(len(least)) if place not in held]
        left = _LINE - sum(least[place] for place in held)
        scale = left / max(sum(usual[place] for place in free), 1)
        short = {place for place in free if usual[place] * scale < least[place]}
        if not short:
            return [least[n] if n in held else usual[n] * scale for n in range(len(least))]
        held |= short
