"""The name of an identity in, the columns that its tokens stand in out."""

from __future__ import annotations

from typing import Any

from analysis.contracts.partner.forms import IDENTITIES, Identity
from analysis.vault.encoding.arrow import arrow

Which = Identity
NAME_PARTS: tuple[str, ...] = ("exact", "words", "sound", "grams")
DATE_PARTS: tuple[str, ...] = ("exact", "swapped", "month", "day")
BIRTH_YEAR = "birth_year"


def names(which: Which) -> tuple[str, ...]:
    """Return the columns of one identity in the order in which a cell packs them."""
    if which == "birth_date":
        return (*(f"{which}_{part}" for part in DATE_PARTS), BIRTH_YEAR)
    if which == "cpr":
        return ("cpr_exact",)
    return tuple(f"{which}_{part}" for part in NAME_PARTS)


def columns(which: Which) -> dict[str, Any]:
    """Return the columns of one identity and their `pyarrow` types.

    All are strings, save the year of birth. ``_words`` holds several tokens, separated by
    one space.
    """
    pa = arrow()
    return {name: pa.int32() if name == BIRTH_YEAR else pa.string() for name in names(which)}


def every() -> tuple[str, ...]:
    """Return the columns of all identities."""
    return tuple(name for which in IDENTITIES for name in names(which))
