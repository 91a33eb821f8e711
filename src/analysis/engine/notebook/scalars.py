"""A value and the name of a simple type in, the value in that type out, or a misfit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date

# Each type with what a user is told to give.
SCALARS = {
    "str": "a text",
    "int": "a whole number, as 2007",
    "float": "a number with a decimal point, as 0.95",
    "bool": "true or false",
    "date": "a date, as 2007-08-01",
    "file": "a file of the workbench, as data/lists.csv",
}

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


class Misfit(Exception):  # noqa: N818 - not a failure until a notebook and a name are known
    """A value is not of the type; the message says what it is, never the value."""


def fit_scalar(value: object, type_name: str) -> object:
    """Return ``value`` as ``type_name`` (a key of `SCALARS`), converting texts.

    An ``int`` fits a ``float``; a ``bool`` fits no number, infinities fit nothing. Of a
    ``file`` only the form is looked at: that it is a path.

    Raises
    ------
    Misfit
        If the value is not of that type and is no text that can be read as it.
    """
    return _FIT[type_name](value)


def is_date(text: str) -> bool:
    """Return whether a text is a day of the calendar, as YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def told(value: object) -> str:
    """Say what a value is without saying the value."""
    kinds = {
        "str": "a text that cannot be read so",
        "bool": "true or false",
        "int": "a whole number",
        "float": "a decimal number",
        "list": "a list",
        "NoneType": "nothing",
    }
    return kinds.get(type(value).__name__, f"a {type(value).__name__}")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Misfit(told(value))


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
        return int(value)
    raise Misfit(told(value))


def _decimal(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Misfit(told(value))
    try:
        amount = float(value)
    except (ValueError, OverflowError) as error:
        raise Misfit(told(value)) from error
    if not math.isfinite(amount):
        raise Misfit("a number that is not finite")
    return amount


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _TRUTH:
        return _TRUTH[value.strip().lower()]
    raise Misfit(told(value))


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, str) and is_date(value.strip()):
        return value.strip()
    raise Misfit(told(value))


def _path(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise Misfit(told(value))
    if not value.strip():
        raise Misfit("an empty path")
    return value


_FIT: dict[str, Callable[[object], object]] = {
    "str": _text,
    "int": _whole,
    "float": _decimal,
    "bool": _truth,
    "date": _day,
    "file": _path,
}
