"""One sender and everything true in, what each of its columns is made of out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.contracts.partner.profiles import Profile
from analysis.synthetic.chance import NEVER, Days, Whole
from analysis.synthetic.course import organisations
from analysis.synthetic.drawing import Drawn
from analysis.synthetic.registering import Registered

ArrowTable = Any
ArrowArray = Any

Make = Callable[[Whole, Whole], ArrowArray]
"""Makes a column of the rows at some positions, as known on some days (one for each)."""

Made = tuple[Mapping[str, Make], Sequence[Whole], Whole]
"""Columns by field; the days on which a row begins or changes; its row in the true table."""


def coming(values: Days) -> Make:
    """Make days that have come by then, null before."""

    def make(at: Whole, as_of: Whole) -> ArrowArray:
        found = values[at]
        return pa.array(found.astype(np.int32), pa.int32(), mask=found > as_of).cast(pa.date32())

    return make


def fixed(values: Days) -> Make:
    """Make days that are known from the first, whenever they are."""

    def make(at: Whole, _: Whole) -> ArrowArray:
        found = values[at]
        return pa.array(found.astype(np.int32), pa.int32(), mask=found == NEVER).cast(pa.date32())

    return make


def coded(positions: Whole, names: Sequence[str]) -> Make:
    """Make named codes from positions; null where it is -1."""
    return lambda at, _: words_of(positions[at], names)


def typed(values: Any, kind: Any) -> Make:
    """Make values of a pyarrow type; null where there is none."""
    return lambda at, _: pa.array(np.asarray(values)[at], kind, from_pandas=True)


def worded(values: Any) -> Make:
    """Make text; null where there is none."""
    return lambda at, _: text(np.asarray(values, object)[at])


def counted(values: Whole) -> Make:
    """Make whole numbers; null where it is negative."""
    return lambda at, _: pa.array(values[at].astype(np.int64), pa.int64(), mask=values[at] < 0)


def text(values: Any) -> ArrowArray:
    """Return text, null where there is none."""
    return pa.array(values, pa.string(), from_pandas=True)


def words_of(positions: Whole, names: Sequence[str]) -> ArrowArray:
    """Return names by position; null where it is -1."""
    index = pa.array(positions.astype(np.int32), pa.int32(), mask=positions < 0)
    return pa.DictionaryArray.from_arrays(index, pa.array(names, pa.string())).cast(pa.string())


def where(flags: Whole, then: Any, otherwise: Any) -> Whole:
    """Choose one by one; either side may be nothing at all (None)."""
    return np.where(flags, np.asarray(then, object), np.asarray(otherwise, object))


@dataclass(frozen=True, slots=True)
class Telling:
    """What a form's columns are made of: everything true, the registers, one sender.

    ``means`` says of each assessment what is told of act, means and purpose.
    """

    drawn: Drawn
    registered: Registered
    means: pd.DataFrame
    organisation: int

    @property
    def profile(self) -> Profile:
        """The sender."""
        return self.drawn.world.profiles[organisations(self.drawn.world)[self.organisation]]

    def own(self, table: str) -> pd.DataFrame:
        """Return the sender's rows of a true table, with their row numbers as index."""
        found: pd.DataFrame = self.drawn.tables[table]
        own: pd.DataFrame = found.loc[found["organisation"].to_numpy() == self.organisation]
        return own

    def numbers(self, episode: Whole) -> ArrowArray:
        """Return the sender's own number of the person of each episode."""
        entry = self.registered.entry[episode, self.organisation]
        return text(self.registered.entries["number"].to_numpy()[entry])
