"""Cells of one column in, the same without white space around them; unsafe ones are named.

What no cell may hold, because a program further on would obey it, or because nobody sees
it: formulas, markup, control signs, signs that turn the direction of writing, signs that
do not show, error values of a spreadsheet, and free text.

Every byte of a column is looked up in a table first (a nanosecond each); the patterns run
only over columns in which some byte could begin what they look for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.intake.reading.refusing import Place, Refusal
from analysis.intake.reading.sheets import ArrowArray, Rows

Bools = npt.NDArray[np.bool_]

_FORMULA = r"^\s*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
_PLAIN_NUMBER = r"^\s*[+-]?[0-9]+(?:[.,][0-9]+)?\s*$"
_MARKUP = r"(?i)<[a-z/!?]|&(?:lt|gt|#0*(?:60|62)|#x0*3[ce]);?|(?:java|vb)script\s*:"
_CONTROL = r"[\x00-\x1f\x7f\x{80}-\x{9f}\x{2028}\x{2029}]"
_DIRECTION = r"[\x{061c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"
_UNSEEN = (
    r"[\x{ad}\x{200b}\x{2060}-\x{2064}\x{feff}\x{fff9}-\x{fffd}\x{e000}-\x{f8ff}"
    r"\x{e0000}-\x{e007f}]"
)
_ERROR = r"^\s*#(?:[\p{Lu}/0-9 ]*\p{Lu}[\p{Lu}/0-9]*[!?]|N/A|I/T|#*)\s*$"

_PATTERNS: tuple[tuple[str, str, bytes], ...] = (
    ("control", _CONTROL, bytes([*range(32), 0x7F, 0xC2, 0xE2])),
    ("direction", _DIRECTION, b"\xd8\xe2"),
    ("unseen", _UNSEEN, b"\xc2\xe2\xee\xef\xf3"),
    ("markup", _MARKUP, b"<&:"),
    ("error_value", _ERROR, b"#"),
)
"""Key of the message, pattern, and the bytes of which one must occur for it to match."""

_LEADING = np.isin(np.arange(256), list(b"=+-@\xef"))
_AROUND = np.isin(np.arange(256), [*range(33), *range(0x80, 0x100)])


def tidied(column: ArrowArray) -> ArrowArray:
    """Return a column without white space around its cells; empty cells are missing."""
    data, starts, ends = _bytes(column)
    filled = ends > starts
    if _AROUND[data[starts[filled]]].any() or _AROUND[data[ends[filled] - 1]].any():
        column = pc.utf8_trim_whitespace(column)
        filled = np.asarray(pc.fill_null(pc.not_equal(column, ""), False))
    return pc.if_else(pa.array(filled), column, pa.scalar(None, pa.large_string()))


def refuse_unsafe(
    column: ArrowArray, rows: Rows, place: Place, longest: int, refusal: Refusal
) -> None:
    """Note every cell of a column that must not be read, by kind and row."""
    for key, wrong in _unsafe(column, longest):
        if wrong.any():
            refusal.note(key, place, rows[wrong].tolist(), limit=longest)


def _unsafe(column: ArrowArray, longest: int) -> Iterator[tuple[str, Bools]]:
    data, starts, ends = _bytes(column)
    if not len(data):
        return
    seen = np.bincount(data, minlength=256) > 0
    for key, pattern, tell in _PATTERNS:
        if seen[list(tell)].any():
            yield key, _matching(column, pattern)
    filled = ends > starts
    first = data[starts[filled]]
    if _LEADING[first].any() or (first <= ord(" ")).any():
        yield "formula_text", _matching(column, _FORMULA) & ~_matching(column, _PLAIN_NUMBER)
    if (ends - starts).max() > longest:
        length = pc.fill_null(pc.utf8_length(column), 0).to_numpy(zero_copy_only=False)
        yield "long", np.asarray(length > longest)


def _matching(column: ArrowArray, pattern: str) -> Bools:
    found: Any = pc.fill_null(pc.match_substring_regex(column, pattern), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _bytes(
    column: ArrowArray,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return a large-string column's bytes and where in them each cell begins and ends.

    Only the bytes of the column itself, although a slice shares those of its neighbours.
    """
    _, offsets, data = column.buffers()
    if not len(column):
        none = np.zeros(0, np.int64)
        return np.zeros(0, np.uint8), none, none
    bounds = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    whole = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    return whole[bounds[0] : bounds[-1]], bounds[:-1] - bounds[0], bounds[1:] - bounds[0]
