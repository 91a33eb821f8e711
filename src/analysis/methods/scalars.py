"""One number or choice as a caller gives it in; the same out, or a refusal in words.

`checked` does the same for rows and tables. A value that is no number at all (text, a
truth value, a missing cell, a row) is treated as a missing number, so that one message
covers both and no other exception leaves a method.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Collection

from analysis.errors import MethodError

MOST = 2.0**53
"""Largest whole number that a floating-point number still holds exactly."""

MOST_DRAWS = 10_000_000
"""Draws; ten times what fixes the fourth decimal of a p-value."""

LARGEST = 1e100
"""Size of a number that can still be squared and summed; no unit of measure needs more."""


def real(value: object) -> float:
    """Return a number as it is, and NaN for anything that is none.

    Conditions are then written so that NaN fails them: ``if not 0 < real(x) < 1``.

    Examples
    --------
    >>> real(3), real("3"), real(True)
    (3.0, nan, nan)
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # a whole number beyond every float
        return math.inf


def number(method: str, name: str, value: object) -> float:
    """Return one finite number.

    Raises
    ------
    MethodError
        If it is missing, infinite or no number.
    """
    found = real(value)
    if not abs(found) <= LARGEST:
        raise MethodError(
            f"{method}: {name} is missing, infinite or no number. Give one finite number."
        )
    return found


def whole(method: str, name: str, value: object, *, fewest: int = 0) -> int:
    """Return one whole number of at least ``fewest``.

    Raises
    ------
    MethodError
        If it is smaller, not whole, missing or no number.

    Examples
    --------
    >>> whole("trend", "draws", 1000)
    1000
    """
    if not is_whole(value, fewest):
        raise MethodError(
            f"{method}: {name} is no whole number of at least {fewest:,}. Give one that is."
        )
    return int(real(value))


def is_whole(value: object, fewest: int = 0, most: float = MOST) -> bool:
    """Say whether a value is a whole number from ``fewest`` to ``most``."""
    found = real(value)
    return fewest <= found <= most and found == math.floor(found)


def require_draws(method: str, value: object, fewest: int) -> None:
    """Refuse too few draws for what they are to tell, and more than memory holds.

    Raises
    ------
    MethodError
        If there are fewer than ``fewest`` or more than ``MOST_DRAWS``, or no whole number.
    """
    if not is_whole(value, fewest, MOST_DRAWS):
        raise MethodError(
            f"{method}: fewer than {fewest:,} draws, more than {MOST_DRAWS:,}, or no whole "
            "number. Give draws=10_000 or so."
        )


def is_one_of(value: object, options: Collection[str]) -> bool:
    """Say whether a value is one of the names that a method knows; never for what is no text."""
    return isinstance(value, str) and value in options


def require_one_of(method: str, name: str, value: object, options: Collection[str]) -> None:
    """Refuse a value that is none of the names that a method knows.

    Raises
    ------
    MethodError
        If it is another, or no text.
    """
    if not is_one_of(value, options):
        raise MethodError(f"{method}: no such {name}. Choose one of {', '.join(options)}.")


def is_there(value: object) -> bool:
    """Say whether a value is there: NaN and NaT differ from themselves, NA is no bool."""
    if value is None:
        return False
    try:
        return bool(value == value)
    except TypeError:
        return False
