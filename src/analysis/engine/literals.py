"""A value and the name of a type in, the value in that type out, or a misfit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date

# Each type with what a user is told to give.
_SCALARS = {
    "str": "a text",
    "int": "a whole number, as 2007",
    "float": "a number with a decimal point, as 0.95",
    "bool": "true or false",
    "date": "a date, as 2007-08-01",
}
_LISTS = {f"list[{name}]": f"a list ({what}, ...), as a,b" for name, what in _SCALARS.items()}
TYPES = _SCALARS | _LISTS

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


class Misfit(Exception):  # noqa: N818 - not a failure until a notebook and a name are known
    """A value is not of the type; the message says what it is, never the value."""


def type_of(value: object) -> str:
    """Name the type of a literal; a text that is a date is a ``date``.

    Raises
    ------
    Misfit
        If it is none of `TYPES`: ``None``, a dict, a tuple, a list of mixed types.
    """
    if isinstance(value, list):
        inner = {type_of(item) for item in value} or {"str"}
        inner = {"float"} if inner == {"int", "float"} else inner
        inner = {"str"} if inner == {"str", "date"} else inner
        name = f"list[{inner.pop()}]" if len(inner) == 1 else "mixed list"
    elif isinstance(value, str):
        name = "date" if _is_date(value) else "str"
    else:
        name = type(value).__name__
    if name not in TYPES:
        raise Misfit(_told(value))
    return name


def fit(value: object, type_name: str) -> object:
    """Return ``value`` as ``type_name`` (a key of `TYPES`), converting texts.

    An ``int`` fits a ``float``; a ``bool`` fits no number, infinities fit nothing.

    Raises
    ------
    Misfit
        If the value is not of that type and is no text that can be read as it.
    """
    if type_name.startswith("list["):
        inner = type_name.removeprefix("list[").removesuffix("]")
        items = _split(value) if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)):
            raise Misfit(_told(value))
        return [_FIT[inner](item) for item in items]
    return _FIT[type_name](value)


def _split(text: str) -> list[str]:
    inside = text.strip().removeprefix("[").removesuffix("]")
    items = [item.strip().strip("\"'") for item in inside.split(",")]
    return [] if items == [""] else items


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Misfit(_told(value))


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}", value.strip()):
        return int(value)
    raise Misfit(_told(value))


def _decimal(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Misfit(_told(value))
    try:
        amount = float(value)
    except (ValueError, OverflowError) as error:
        raise Misfit(_told(value)) from error
    if not math.isfinite(amount):
        raise Misfit("a number that is not finite")
    return amount


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _TRUTH:
        return _TRUTH[value.strip().lower()]
    raise Misfit(_told(value))


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, str) and _is_date(value.strip()):
        return value.strip()
    raise Misfit(_told(value))


def _told(value: object) -> str:
    kinds = {
        "str": "a text that cannot be read so",
        "bool": "true or false",
        "int": "a whole number",
        "float": "a decimal number",
        "list": "a list",
        "NoneType": "nothing",
    }
    return kinds.get(type(value).__name__, f"a {type(value).__name__}")


_FIT: dict[str, Callable[[object], object]] = {
    "str": _text,
    "int": _whole,
    "float": _decimal,
    "bool": _truth,
    "date": _day,
}
