"""Different cells of one identity in, the columns of its tokens under the sharing key out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.vault.encoding import keyed, normal
from analysis.vault.encoding.columns import Which, names
from analysis.vault.encoding.sound import sound


def inner(
    which: Which, unique: list[str], key: bytes, sketcher: keyed.Sketcher
) -> dict[str, list[Any]]:
    """Return the columns of one identity under the sharing key, one entry a cell."""
    if which == "birth_date":
        return _dates(unique, key)
    if which == "cpr":
        return {"cpr_exact": _each("cpr", [normal.cpr(value) for value in unique], key)}
    return _names(which, unique, key, sketcher)


def _names(
    which: Which, unique: list[str], key: bytes, sketcher: keyed.Sketcher
) -> dict[str, list[Any]]:
    words = [normal.words(value) for value in unique]
    known = [name for name in words if name]
    different = sorted({word for name in known for word in name})
    tokens = dict(zip(different, keyed.inner_tokens(key, "word", different), strict=True))
    sketches = iter(keyed.written(sketcher.sketches(known)) if known else [])
    exact = [normal.in_order(name) if name else None for name in words]
    sounds = [normal.in_order(tuple(sound(w) for w in name)) if name else None for name in words]
    columns_ = (
        _each("name", exact, key),
        [" ".join(sorted({tokens[word] for word in name})) or None for name in words],
        _each("sound", sounds, key),
        [next(sketches) if name else None for name in words],
    )
    return dict(zip(names(which), columns_, strict=True))


def _dates(unique: list[str], key: bytes) -> dict[str, list[Any]]:
    days = [normal.date_of(value) for value in unique]
    iso = [day.isoformat() if day else None for day in days]
    columns_ = (
        _each("birth_date", iso, key),
        _each("birth_date", [normal.swapped(day) if day else None for day in days], key),
        _each("birth_month", [day and day[:7] for day in iso], key),
        _each("birth_day", [day and day[5:] for day in iso], key),
        [day.year if day else None for day in days],
    )
    return dict(zip(names("birth_date"), columns_, strict=True))


def _each(namespace: str, values: Sequence[str | None], key: bytes) -> list[str | None]:
    """Return the token of each value, each different one made once."""
    different = list(dict.fromkeys(value for value in values if value))
    tokens = dict(zip(different, keyed.inner_tokens(key, namespace, different), strict=True))
    return [tokens[value] if value else None for value in values]
