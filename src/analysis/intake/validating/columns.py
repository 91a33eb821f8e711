"""A column of text cells in, its different texts and which row holds which out.

A column of a million rows has a few thousand different dates and a dozen different codes:
whatever is read, checked or made into a token is done once for each different text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.intake.validating.arrow import pa, pc

ArrowArray = Any
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """``words``: each different text once; ``codes``: the word of each row, -1 where empty."""

    codes: Codes
    words: ArrowArray

    @property
    def empty(self) -> Bools:
        """Which rows hold nothing."""
        return np.asarray(self.codes < 0)

    def rows_of(self, words: Bools) -> Bools:
        """Return which rows hold one of ``words`` (a mask, one a word)."""
        if not words.any():
            return np.zeros(len(self.codes), dtype=bool)
        return np.asarray(np.append(words, False)[self.codes])  # code -1 takes the last

    def counted(self) -> npt.NDArray[np.int64]:
        """Return how many rows hold each word."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.words))


def column(cells: Any) -> Column:
    """Read a column of text; white space around a cell does not count."""
    texts = pa.array(cells, type=pa.large_string(), from_pandas=True)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    texts = pc.utf8_trim_whitespace(texts)
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.large_string()), texts)
    coded = texts.dictionary_encode()
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return Column(codes.astype(np.int32), coded.dictionary)


def matching(words: ArrowArray, pattern: str) -> Bools:
    """Return which words fit a regular expression (RE2: linear in the length of the text)."""
    found = pc.match_substring_regex(words, pattern)
    return np.array(found.to_numpy(zero_copy_only=False), dtype=bool)
