"""A law and a generator in, draws for many at once out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Generator = np.random.Generator
Days = npt.NDArray[np.int32]
"""Days since 1970-01-01; `NEVER` where the event does not happen."""

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[Any]

NEVER = 2**30
"""A day later than every other, so that *not yet* is one comparison."""

_EPOCH = date(1970, 1, 1)


def day(given: date) -> int:
    """Return a day as days since 1970-01-01."""
    return (given - _EPOCH).days


def chosen(rng: Generator, weights: Mapping[str, float], size: int) -> npt.NDArray[np.int8]:
    """Draw positions in the order of ``weights``, in proportion to them."""
    share = np.cumsum(np.fromiter(weights.values(), float))
    return np.searchsorted(share / share[-1], rng.random(size), side="right").astype(np.int8)


def spans(rng: Generator, median: Any, spread: float, size: int) -> Days:
    """Draw whole days from a log-normal law with that median (one, or one for each)."""
    drawn = np.asarray(median) * np.exp(spread * rng.standard_normal(size))
    return np.minimum(np.round(drawn), 20_000).astype(np.int32)


def happens(rng: Generator, share: Any, size: int) -> Flags:
    """Draw whether each happens, with one share or one for each."""
    return np.asarray(rng.random(size) < share)


def by_position(table: Mapping[str, float], order: Sequence[str], missing: float = 1.0) -> Whole:
    """Return the values of ``table`` in ``order``, ready to be indexed by positions."""
    return np.array([table.get(name, missing) for name in order], float)


def by_two(
    table: Mapping[str, Mapping[str, float]], first: Sequence[str], second: Sequence[str]
) -> Whole:
    """Return a table of two keys as an array in the two orders."""
    return np.array([[table[one][other] for other in second] for one in first], float)
