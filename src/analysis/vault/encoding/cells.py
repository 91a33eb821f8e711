"""Tokens of one identity in, one printable cell of a sender's file out; and read back.

``wb1.<identity>.<key>.<part>.<part>....<check>``: the identity; the sharing key's mark (see
`mark`); the inner tokens in the order of `columns.names`, several words of one part joined
by ``~``, a missing part empty; and the first 8 hexadecimal digits of SHA-256 of all before
the last full stop. Everything is a letter, a digit or one of ``._~-``: no spreadsheet takes
it for a formula or a number, and no CSV needs to quote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Literal

from analysis.vault.encoding.columns import BIRTH_YEAR, Which, names
from analysis.vault.encoding.keyed import APART, SLOTS, VERSION, hmac

PREFIX = "wb1"
MARK_DIGITS = 8
CHECK_DIGITS = 8
Fault = Literal["no_token", "damaged", "other_identity", "other_key"]
"""*no_token*: what stands there is no token (a name, perhaps); *damaged*: its check does not
fit; *other_identity*: a token of another identity; *other_key*: made with another sharing key."""

_TOKEN = "[0-9a-f]{32}"
_PART = {
    "words": f"{_TOKEN}(?: {_TOKEN})*",
    "grams": f"[A-Za-z0-9_-]{{{SLOTS}}}",
    BIRTH_YEAR: "(?:19|20)[0-9]{2}|2100",
}


def mark(sharing_key: bytes) -> str:
    """Return what tells sharing keys apart without telling the key."""
    return hmac(sharing_key)(f"{VERSION}{APART}mark".encode()).hex()[:MARK_DIGITS]


def packed(
    which: Which, key_mark: str, columns: Mapping[str, Sequence[str | int | None]]
) -> list[str]:
    """Return one cell a row; empty where nothing is known."""
    found = []
    for row in zip(*(columns[name] for name in names(which)), strict=True):
        if row[0] is None:
            found.append("")
            continue
        parts = ("" if part is None else str(part).replace(" ", "~") for part in row)
        body = ".".join((PREFIX, which, key_mark, *parts))
        found.append(f"{body}.{_check(body)}")
    return found


def fault(which: Which, key_mark: str, cell: str) -> Fault | None:
    """Return what is wrong with a cell that is not empty; None where nothing is."""
    parts = cell.strip().split(".")
    if parts[0] != PREFIX or len(parts) < 4:
        return "no_token"
    if parts[-1] != _check(".".join(parts[:-1])):
        return "damaged"
    if parts[1] != which:
        return "other_identity"
    if parts[2] != key_mark:
        return "other_key"
    return None if _shaped(which, parts[3:-1]) else "damaged"


def unpacked(which: Which, cells: Iterable[str]) -> dict[str, list[str | None]]:
    """Return the columns of cells that have no fault; None throughout for an empty one."""
    wanted = names(which)
    rows = [
        [part.replace("~", " ") or None for part in cell.strip().split(".")[3:-1]]
        if cell.strip()
        else [None] * len(wanted)
        for cell in cells
    ]
    return {name: [row[at] for row in rows] for at, name in enumerate(wanted)}


def _check(body: str) -> str:
    return sha256(body.encode()).hexdigest()[:CHECK_DIGITS]


def _shaped(which: Which, parts: Sequence[str]) -> bool:
    """Whether each part looks like one, so that a forged check lets no text through."""
    wanted = names(which)
    return len(parts) == len(wanted) and all(
        re.fullmatch(_PART.get(name.removeprefix(f"{which}_"), _TOKEN), part.replace("~", " "))
        or (part == "" and name == "birth_date_swapped")
        for name, part in zip(wanted, parts, strict=True)
    )
