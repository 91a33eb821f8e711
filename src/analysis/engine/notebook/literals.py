"""A value and the name of a type in, the value in that type out, or a misfit."""

from __future__ import annotations

from analysis.engine.notebook.ranges import RANGES, fit_range, kind_of
from analysis.engine.notebook.scalars import SCALARS, Misfit, fit_scalar, is_date, told

__all__ = ["TYPES", "Misfit", "fit", "inner_type", "split", "type_of"]

_LISTS = {f"list[{name}]": f"a list ({what}, ...), as a,b" for name, what in SCALARS.items()}

# Each type with what a user is told to give.
TYPES = SCALARS | RANGES | _LISTS


def type_of(value: object) -> str:
    """Name the type of a literal; a text can be a ``date`` or a ``range[...]``.

    Raises
    ------
    Misfit
        If it is none of `TYPES`: ``None``, a dict, a tuple, a list of mixed types, a
        range that ends before it begins.
    """
    if isinstance(value, list):
        name = _type_of_list(value)
    elif isinstance(value, str):
        name = "date" if is_date(value) else kind_of(value) or "str"
    else:
        name = type(value).__name__
    if name not in TYPES:
        raise Misfit(told(value))
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
        items = split(value) if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)):
            raise Misfit(told(value))
        return [fit_scalar(item, inner_type(type_name)) for item in items]
    if type_name in RANGES:
        return fit_range(value, type_name)
    return fit_scalar(value, type_name)


def inner_type(type_name: str) -> str:
    """Name the type of a list's items and of a range's ends; of anything else its own."""
    return type_name.partition("[")[2].removesuffix("]") or type_name


def split(text: str) -> list[str]:
    """Return the items of a list as the command line gives it: ``a,b`` or ``[a, b]``."""
    inside = text.strip().removeprefix("[").removesuffix("]")
    items = [item.strip().strip("\"'") for item in inside.split(",")]
    return [] if items == [""] else items


def _type_of_list(items: list[object]) -> str:
    inner = {_type_of_item(item) for item in items} or {"str"}
    inner = {"float"} if inner == {"int", "float"} else inner
    inner = {"str"} if inner == {"str", "date"} else inner
    return f"list[{inner.pop()}]" if len(inner) == 1 else "mixed list"


def _type_of_item(item: object) -> str:
    # There are no lists of ranges: what looks like one in a list is a text.
    if isinstance(item, str):
        return "date" if is_date(item) else "str"
    return type_of(item)
