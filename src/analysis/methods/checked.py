"""Numbers as a caller gives them in; arrays that a method may use out, or a refusal in words.

Every method takes its input through here, so that one condition has one message
everywhere. Messages count what is wrong and never repeat a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.errors import MethodError
from analysis.methods.scalars import LARGEST, is_whole

MOST_EVENTS = 2**53
"""Largest count that a floating-point number still holds exactly."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its limits at confidence ``level``; the unit is the method's."""

    value: float
    low: float
    high: float
    level: float


def numbers(method: str, name: str, values: npt.ArrayLike, *, fewest: int = 1) -> Floats:
    """Return a one-dimensional array of finite numbers.

    Parameters
    ----------
    method, name : str
        The calling method and what the values are, for the message.
    values : array_like, shape (n,)
        Numbers; a missing one is refused, not dropped.
    fewest : int
        Fewest values that are accepted.

    Raises
    ------
    MethodError
        If there are fewer values, or one is missing, infinite or no number.

    Examples
    --------
    >>> numbers("trend", "counts", [3, 4])
    array([3., 4.])
    """
    found = _array(method, name, values)
    if found.ndim != 1:
        raise MethodError(
            f"{method}: {name} has {found.ndim} dimensions, 1 is needed. Give one row of numbers."
        )
    _require_finite(method, name, found)
    if len(found) < fewest:
        raise MethodError(
            f"{method}: {name} has {len(found)} of at least {fewest} values needed. "
            "Show the values by themselves, or collect more."
        )
    return found


def table(method: str, name: str, values: npt.ArrayLike, *, rows: int | None = None) -> Floats:
    """Return a two-dimensional array of finite numbers, shape (rows, columns).

    Raises
    ------
    MethodError
        If it has other dimensions or another number of rows, or a value that `numbers` refuses.
    """
    found = _array(method, name, values)
    if found.ndim != 2 or 0 in found.shape:
        raise MethodError(f"{method}: {name} is no table. Give rows and columns of numbers.")
    if rows is not None and len(found) != rows:
        raise MethodError(
            f"{method}: {name} has {len(found)} rows where {rows} are needed. Give one a period."
        )
    _require_finite(method, name, found)
    return found


def whole_counts(method: str, name: str, values: npt.ArrayLike, *, fewest: int = 1) -> Ints:
    """Return whole numbers of events, 0 or more, shape (n,).

    Raises
    ------
    MethodError
        If a value is negative, not whole, or one that `numbers` refuses.
    """
    found = numbers(method, name, values, fewest=fewest)
    wrong = int(np.count_nonzero((found < 0) | (found != np.floor(found))))
    if wrong:
        raise MethodError(
            f"{method}: {wrong} of {len(found)} values of {name} are negative or not whole. "
            "Count events; give rates as counts with their exposure."
        )
    if np.any(found > MOST_EVENTS):
        raise MethodError(
            f"{method}: a value of {name} is larger than any count of events. Check its unit."
        )
    return found.astype(np.int64)


def exposures(method: str, name: str, values: npt.ArrayLike, *, length: int) -> Floats:
    """Return finite exposures above 0, as many as there are counts.

    Raises
    ------
    MethodError
        If an exposure is 0 or less, or their number differs from ``length``.
    """
    found = numbers(method, name, values)
    require_length(method, name, found, length)
    wrong = int(np.count_nonzero(found <= 0))
    if wrong:
        raise MethodError(
            f"{method}: {wrong} of {len(found)} values of {name} are 0 or less. "
            "Give the time or population that each count was taken from."
        )
    return found


def periods(method: str, values: npt.ArrayLike, *, name: str = "periods") -> Floats:
    """Return periods (years, quarters as numbers), each later than the one before.

    Raises
    ------
    MethodError
        If a period stands twice, or they are not in order.
    """
    found = numbers(method, name, values)
    twice = len(found) - len(np.unique(found))
    if twice:
        raise MethodError(
            f"{method}: {twice} of {len(found)} {name} stand more than once. "
            "Add up or choose between the values of one period before."
        )
    if np.any(np.diff(found) <= 0):
        raise MethodError(f"{method}: the {name} are not in order. Sort them with their values.")
    return found


def require_length(method: str, name: str, values: npt.NDArray[Any], length: int) -> None:
    """Refuse values that do not stand one for one beside the others.

    Raises
    ------
    MethodError
        If there are not ``length`` of them.
    """
    if len(values) != length:
        raise MethodError(
            f"{method}: {name} has {len(values)} values beside {length}. Give one for each."
        )


def generator(method: str, rng: np.random.Generator | int) -> np.random.Generator:
    """Return the generator that draws, made from a seed if one is given.

    Raises
    ------
    MethodError
        If ``rng`` is neither a generator nor a whole number of 0 or more: what is drawn
        must be drawn again the same.
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if not isinstance(rng, int | np.integer) or not is_whole(rng):
        raise MethodError(
            f"{method}: no seed to draw with. Give rng=1 or another whole number, so that "
            "the same call gives the same result."
        )
    return np.random.default_rng(int(rng))


def _array(method: str, name: str, values: npt.ArrayLike) -> Floats:
    try:
        found = _plain(values)
        if found.dtype.kind not in "biufO" or _holds_text(found):
            raise TypeError("text, dates, lengths of time or complex numbers")
        return found.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise MethodError(
            f"{method}: {name} holds something that is no number, or rows of unequal length. "
            "Leave missing values out, or give bounds to a method that takes them."
        ) from error


def _plain(values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return an array in which what is masked or pandas' NA is NaN, not a value behind a mask."""
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(values.astype(np.float64), np.nan))
    gone = getattr(values, "isna", None)
    if gone is not None and (holes := np.asarray(gone())).any():
        found = np.array(values, dtype=object)
        found[holes] = np.nan
        return found
    return np.asarray(values)


def _holds_text(found: npt.NDArray[Any]) -> bool:
    # Python's float() reads "3" as 3: a column of text would pass for numbers.
    return found.dtype.kind == "O" and any(isinstance(one, str | bytes) for one in found.flat)


def _require_finite(method: str, name: str, found: Floats) -> None:
    wrong = int(np.count_nonzero(~np.isfinite(found)))
    if wrong:
        raise MethodError(
            f"{method}: {wrong} of {found.size} values of {name} are missing or infinite. "
            "Leave those periods out and say so, or find the figures."
        )
    large = int(np.count_nonzero(np.abs(found) > LARGEST))
    if large:
        raise MethodError(
            f"{method}: {large} of {found.size} values of {name} are too large to be squared. "
            "Check their unit."
        )
