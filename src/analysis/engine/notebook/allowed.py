"""A parameter's comment in, what its value may be out: ``[low..high]`` or ``[a|b|c]``.

The brackets stand in the comment of the parameter's line, once::

    level = 0.95  # confidence level [0.5..0.999]
    seed = 1  # first of the seeds [0..]
    language = "en"  # wording of every sentence [da|en]

Bounds belong to what is allowed, and either end may be left open. They are for
numbers and dates, choices for these and for texts. Of a list each item must fit, of a
range both ends must lie within the bounds. Brackets with neither ``..`` nor ``|`` are
words like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.engine.notebook.literals import Misfit, inner_type
from analysis.engine.notebook.nearest import nearest
from analysis.engine.notebook.scalars import fit_scalar

_BRACKETS = re.compile(r"\s*\[([^\[\]]*(?:\.\.|\|)[^\[\]]*)\]")
_WITH_BOUNDS = ("int", "float", "date")
_WITH_CHOICES = (*_WITH_BOUNDS, "str")
_MOST_CHOICES_TOLD = 12


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a value may be: within ``low`` and ``high`` (``None``: open), or one of ``choices``."""

    low: object = None
    high: object = None
    choices: tuple[object, ...] = ()

    def __str__(self) -> str:
        """Write it as the comment does, without the brackets."""
        if self.choices:
            return "|".join(map(str, self.choices))
        low, high = ("" if end is None else str(end) for end in (self.low, self.high))
        return f"{low}..{high}"


def declared(comment: str, type_name: str) -> tuple[str, Allowed | None]:
    """Take what is allowed out of a comment; return the words that are left, and it.

    Raises
    ------
    Misfit
        If the comment has two such brackets, or they cannot be read for the type.
    """
    found = _BRACKETS.findall(comment)
    if not found:
        return comment, None
    if len(found) > 1:
        raise Misfit(f"{len(found)} brackets that say what is allowed")
    words = _BRACKETS.sub("", comment).strip()
    return words, _choices(found[0], type_name) or _bounds(found[0], type_name)


def require(value: object, type_name: str, allowed: Allowed) -> None:
    """Refuse a value (already of its type) that is not allowed.

    Raises
    ------
    Misfit
        With what is wrong and what to give, never the value.
    """
    for part in _parts(value, type_name):
        if allowed.choices and part not in allowed.choices:
            raise Misfit(_not_chosen(part, allowed.choices))
        if _outside(part, allowed):
            raise Misfit(f"a value outside its bounds. Give one within {allowed}.")


def _choices(text: str, type_name: str) -> Allowed | None:
    if "|" not in text:
        return None
    inner = inner_type(type_name)
    if inner not in _WITH_CHOICES or type_name.startswith("range["):
        raise Misfit("choices, which are for texts, numbers and dates")
    parts = [part.strip() for part in text.split("|")]
    if not all(parts) or len(set(parts)) < len(parts):
        raise Misfit("a choice that is empty or stands there twice")
    return Allowed(choices=tuple(fit_scalar(part, inner) for part in parts))


def _bounds(text: str, type_name: str) -> Allowed:
    inner = inner_type(type_name)
    if inner not in _WITH_BOUNDS:
        raise Misfit("bounds, which are for numbers, dates and ranges of them")
    ends = [part.strip() for part in text.split("..")]
    if len(ends) != 2 or "..." in text or not any(ends):
        raise Misfit("bounds that cannot be read")
    low, high = (fit_scalar(end, inner) if end else None for end in ends)
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        raise Misfit("bounds of which the second is the lower")
    return Allowed(low, high)


def _parts(value: object, type_name: str) -> list[object]:
    if isinstance(value, list):
        return value
    if type_name.startswith("range["):
        return [fit_scalar(end, inner_type(type_name)) for end in str(value).split("..")]
    return [value]


def _outside(part: object, allowed: Allowed) -> bool:
    below = allowed.low is not None and part < allowed.low  # type: ignore[operator]
    above = allowed.high is not None and part > allowed.high  # type: ignore[operator]
    return below or above


def _not_chosen(part: object, choices: tuple[object, ...]) -> str:
    known = [str(choice) for choice in choices]
    near = nearest(part, known) if isinstance(part, str) else ""
    listed = ", ".join(known[:_MOST_CHOICES_TOLD])
    more = len(known) - _MOST_CHOICES_TOLD
    rest = f" and {more} more" if more > 0 else ""
    return f"a value that is none of its {len(known)} choices.{near} Give one of: {listed}{rest}."
