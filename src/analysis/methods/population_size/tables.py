"""Overlapping lists in, the counts of every combination of lists out.

A cell is a combination of lists, written as a number whose bit *i* says whether a case is
on list *i*; cell 0 (on no list) is what cannot be seen. Sums over all cells that contain
a combination stand in for a design matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis.errors import MethodError
from analysis.methods.checked import MOST_EVENTS, Floats, Ints, table, whole_counts

if TYPE_CHECKING:
    import pandas as pd

_WHOLE = 128
"""Cells up to which one product is faster than two smaller ones."""

Repeated = Literal["refuse", "add"]

COUNT = "count"
"""Name of the column with the number of cases of a combination."""

FEWEST_LISTS = 2
MOST_LISTS = 10
"""With more, the cells (1,024 at ten lists) outnumber the cases of any table published yet."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Cases by combination of lists.

    ``counts`` has shape (2**k,), k the number of lists; ``counts[0]`` is 0: those on no list.
    """

    names: tuple[str, ...]
    counts: Ints

    @property
    def n(self) -> int:
        """Number of cases on at least one list."""
        return int(self.counts.sum())

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of cases on each list."""
        within = at_least(self.counts.astype(np.float64))
        return tuple(int(within[1 << one]) for one in range(len(self.names)))

    def overlap(self, combination: int) -> int:
        """Return the number of cases that are on all lists of a combination, and maybe on more."""
        return int(at_least(self.counts.astype(np.float64))[combination])


def framed(lists: Lists) -> pd.DataFrame:
    """Return lists as a table of the combinations that occur, ``count`` last."""
    import pandas as pd

    cells = [cell for cell in by_size(len(lists.names)) if lists.counts[cell]]
    columns = {
        name: [(cell >> place) & 1 for cell in cells] for place, name in enumerate(lists.names)
    }
    return pd.DataFrame(columns | {COUNT: [int(lists.counts[cell]) for cell in cells]})


def lists_of(
    given: pd.DataFrame | Lists, *, method: str = "estimate", repeated: Repeated = "add"
) -> Lists:
    """Check a table of lists and count its combinations.

    Parameters
    ----------
    given : DataFrame or Lists
        One 0/1 column a list and a last column ``count``; or only 0/1 columns, a row a case.
    method : str
        Who asks, for the message.
    repeated : {"refuse", "add"}
        Whether counts of a combination that stands in two rows are added up.

    Raises
    ------
    MethodError
        If a value is no 0 or 1, a count is negative, fractional or missing, a case is on
        no list, a list is empty or stands twice, or there are
        fewer than two lists, more than ten, or no cases.
    """
    if isinstance(given, Lists):
        held = given.counts
        if len(held) != 1 << len(given.names) or held[0] or (held < 0).any():
            raise MethodError(
                f"{method}: {len(held)} counts, the first or a negative one of them not 0, do "
                f"not fit {len(given.names)} lists. Give 2^lists counts; those on no list are 0."
            )
        return given
    names, member, counts = _parts(method, given)
    _require_lists(method, names)
    cells = member @ (1 << np.arange(len(names)))
    if repeated == "refuse" and counts is not None:
        _require_single(method, cells)
    _require_seen(method, cells, counts)
    weights = np.ones(len(cells), dtype=np.int64) if counts is None else counts
    if weights.sum(dtype=np.float64) > MOST_EVENTS:
        raise MethodError(f"{method}: there are more cases than can be counted. Check the unit.")
    found = np.bincount(cells, weights=weights, minlength=1 << len(names)).astype(np.int64)
    lists = Lists(names, found)
    _require_cases(method, lists)
    return lists


def at_least(values: Floats) -> Floats:
    """Return, for each combination, the sum over all cells that contain it; last axis cells."""
    cells = values.shape[-1]
    if cells <= _WHOLE:
        return np.asarray(values @ _contains(cells))
    high, low = _halves(cells)
    parts = values.reshape(*values.shape[:-1], high, low) @ _contains(low)
    return np.asarray((_contains(high).T @ parts).reshape(values.shape))


def at_most(values: Floats) -> Floats:
    """Return, for each cell, the sum over all combinations that it contains; last axis cells."""
    cells = values.shape[-1]
    if cells <= _WHOLE:
        return np.asarray(values @ _contains(cells).T)
    high, low = _halves(cells)
    parts = values.reshape(*values.shape[:-1], high, low) @ _contains(low).T
    return np.asarray((_contains(high) @ parts).reshape(values.shape))


def _halves(cells: int) -> tuple[int, int]:
    """Split cells by their upper and lower lists: sums over the one, then over the other."""
    low = 1 << (cells.bit_length() // 2)
    return cells // low, low


@lru_cache(maxsize=8)
def by_size(lists: int) -> tuple[int, ...]:
    """Return all combinations of one list or more, the smaller first, then by list number."""
    return tuple(
        sum(1 << one for one in chosen)
        for size in range(1, lists + 1)
        for chosen in combinations(range(lists), size)
    )


def pairs(lists: int) -> tuple[int, ...]:
    """Return the combinations of two lists, in the order of the lists."""
    return tuple(cell for cell in by_size(lists) if cell.bit_count() == 2)


@lru_cache(maxsize=8)
def _contains(cells: int) -> Floats:
    """Return a table (cells, cells): 1 where the row's cell contains the column's combination."""
    every = np.arange(cells)
    within = (every[:, None] & every[None, :]) == every[None, :]
    found = np.asarray(within, dtype=np.float64)
    found.flags.writeable = False  # kept for the next call, whoever asks
    return found


def _parts(method: str, given: pd.DataFrame) -> tuple[tuple[str, ...], Ints, Ints | None]:
    """Return the lists' names, who is on them (rows, lists) and how many; None: a row a case."""
    _require_table(method, given)
    names = [str(name).strip() for name in given.columns]
    named = [name.casefold() == COUNT for name in names]
    if any(named[:-1]):
        raise MethodError(f"{method}: the column {COUNT} is not the last one. Put it last.")
    if not len(given):
        raise MethodError(f"{method}: the table has no rows. Give one for each combination.")
    _require_numbers(method, given)
    counts = None
    if named and named[-1]:
        counts = whole_counts(method, COUNT, given.iloc[:, -1])
        names, given = names[:-1], given.iloc[:, :-1]
    if given.shape[1] < FEWEST_LISTS:
        raise MethodError(
            f"{method}: {given.shape[1]} lists where at least {FEWEST_LISTS} are needed. "
            "What one list has missed, only another can tell."
        )
    member = table(method, "lists", given)
    _require_membership(method, member, counts is None)
    return tuple(names), member.astype(np.int64), counts


def _require_table(method: str, given: pd.DataFrame) -> None:
    """Refuse what is no DataFrame, and one whose lists stand in its index."""
    import pandas as pd

    if not isinstance(given, pd.DataFrame):
        raise MethodError(
            f"{method}: this is no table of lists. Give a DataFrame with one 0/1 column a list and "
            "a last column count; a file is read by read_lists(file)."
        )
    levels = [given.index.get_level_values(place) for place in range(given.index.nlevels)]
    hidden = sum(
        level.name is not None and len(given) > 2 and bool(level.isin([0, 1]).all())
        for level in levels
    )
    if hidden:
        raise MethodError(
            f"{method}: {hidden} lists stand in the table's index, where they are no columns. "
            "Give lists.reset_index()."
        )


def _require_numbers(method: str, given: pd.DataFrame) -> None:
    gone = int(given.isna().any(axis=1).sum())
    if gone:
        raise MethodError(
            f"{method}: {gone} of {len(given)} rows have a missing cell. Find out what belongs "
            "there, or leave those rows out and say so."
        )
    texts = np.zeros(len(given), dtype=bool)
    for place in range(given.shape[1]):
        if given.dtypes.iloc[place].kind not in "biuf":
            texts |= [not isinstance(cell, Real) for cell in given.iloc[:, place]]
    if texts.any():
        raise MethodError(
            f"{method}: {int(texts.sum())} of {len(given)} rows have a cell that is no number. "
            "Write 1 where the case is on the list, 0 where it is not, and whole numbers in count."
        )


def _require_membership(method: str, member: Floats, uncounted: bool) -> None:
    other = (member != 0) & (member != 1)
    wrong = int(other.any(axis=1).sum())
    if not wrong:
        return
    advice = "Write 1 where the case is on the list and 0 where it is not."
    if uncounted and not other[:, :-1].any():
        advice = f"All stand in the last column: if it counts the cases, name it {COUNT}."
    raise MethodError(
        f"{method}: {wrong} of {len(member)} rows have a membership that is neither 0 nor 1. "
        + advice
    )


def _require_lists(method: str, names: tuple[str, ...]) -> None:
    if len(set(names)) < len(names) or not all(names):
        raise MethodError(
            f"{method}: two lists have one name, or a list has none. Name each list once."
        )
    if len(names) > MOST_LISTS:
        raise MethodError(
            f"{method}: {len(names)} lists, at most {MOST_LISTS} can be compared. "
            "Merge lists of organisations that work together."
        )


def _require_single(method: str, cells: Ints) -> None:
    twice = len(cells) - len(np.unique(cells))
    if twice:
        raise MethodError(
            f"{method}: {twice} of {len(cells)} rows repeat a combination of lists. "
            "Find out whether they are copies (take them out) or parts (add up their counts)."
        )


def _require_seen(method: str, cells: Ints, counts: Ints | None) -> None:
    unseen = cells == 0 if counts is None else (cells == 0) & (counts > 0)
    if unseen.any():
        raise MethodError(
            f"{method}: {int(unseen.sum())} of {len(cells)} rows are on no list. "
            "Leave them out: those on no list are what is estimated."
        )


def _require_cases(method: str, lists: Lists) -> None:
    if lists.n == 0:
        raise MethodError(f"{method}: no list has a case. There is nothing to estimate from.")
    empty = [name for name, size in zip(lists.names, lists.sizes, strict=True) if not size]
    if empty:
        raise MethodError(
            f"{method}: {len(empty)} of {len(lists.names)} lists have no case "
            f"({', '.join(empty)}). Leave them out."
        )
