"""A log that cannot be edited unnoticed: counts, ids and codes in, chained entries out.

Each entry carries an HMAC over itself and the entry before, under a key that is in the
ring and not in the file. How far the log goes is noted beside the keys, so that an older
copy of the whole file is noticed too.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from analysis.vault.database import Connection

Clock = Callable[[], datetime]
Fact = str | int | float | bool | list[str] | list[int] | tuple[str, ...] | tuple[int, ...]

MOST = 100_000_000
"""From here on a number could be a civil registration number, so no count may be larger."""
_SIZES = ("bytes", "microseconds")
_ACTION = re.compile(r"[a-z]+(?:_[a-z]+){0,4}")
_CODE = re.compile(r"[a-z][a-z0-9]*(?:[_.-][a-z0-9]+){0,5}")
_MARK = re.compile(r"S-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{12}|")
"""A submission, a hash, a fingerprint, or nothing."""
_PERIOD = re.compile(r"\d{4}(?:-\d{2}|H[12]|Q[1-4])?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = ("received_on", "as_of", "delete_after", "put_on", "made_on")
"""Facts that may be a day; elsewhere a day could be a birth date."""
_CODED = ("rule", "code", "state", "reason", "indicator")
"""Facts whose text is a code of our own; any other word must be one that the store knows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    number: int
    at: str
    action: str
    facts: Mapping[str, Fact]


def utc_now() -> datetime:
    """Return the time of day in UTC."""
    return datetime.now(UTC)


def require_bare(action: str, facts: Mapping[str, Fact], known: Iterable[str]) -> None:
    """Refuse whatever could be a personal value.

    Parameters
    ----------
    action : str
        What was done, a code.
    facts : mapping
        Numbers below 100 million; ids and hashes; days, a period and codes, each under one
        of a few names; and words of ``known``.
    known : iterable of str
        The organisations, forms and named blobs of the store; may stand anywhere.

    Raises
    ------
    ValueError
        Naming the fact, never its value. It is a fault of the program, not of its user.
    """
    if not _ACTION.fullmatch(action):
        raise ValueError("the action of a log entry is no code")
    words = frozenset(known)
    for name, value in facts.items():
        values = value if isinstance(value, list | tuple) else [value]
        if not _CODE.fullmatch(name) or not all(_bare(name, one, words) for one in values):
            raise ValueError(
                f"the fact {name!r} of the log entry {action!r} is no count, id or known code; "
                "the log never holds values of a submission"
                if _CODE.fullmatch(name)
                else f"a fact of the log entry {action!r} has no code for its name"
            )


def append(
    connection: Connection, key: bytes, at: datetime, action: str, facts: Mapping[str, Fact]
) -> None:
    """Add one entry to the end of the chain."""
    number, before = head(connection)
    when = at.astimezone(UTC).isoformat(timespec="seconds")
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    connection.execute(
        "INSERT INTO log VALUES (?, ?, ?, ?, ?)",
        (number + 1, when, action, text, _mac(key, before, number + 1, when, action, text)),
    )


def head(connection: Connection) -> tuple[int, bytes]:
    """Return the number and the mark of the last entry; 0 and nothing where there is none."""
    found = connection.execute("SELECT entry, mac FROM log ORDER BY entry DESC LIMIT 1").fetchone()
    return (0, b"") if found is None else (int(found[0]), bytes(found[1]))


def entries(connection: Connection) -> tuple[Entry, ...]:
    """Return the whole log, oldest entry first."""
    found = connection.execute("SELECT entry, at, action, facts FROM log ORDER BY entry")
    return tuple(
        Entry(number, at, action, json.loads(facts)) for number, at, action, facts in found
    )


def broken(
    connection: Connection, key: bytes, anchor: tuple[int, bytes] | None = None
) -> list[str]:
    """Say where the chain does not hold; empty where it does.

    Parameters
    ----------
    connection : Connection
        An open store.
    key : bytes
        The key of the log.
    anchor : tuple, optional
        How many entries there were at least, and the mark of the last of them.
    """
    said, before, expected = [], b"", 1
    marks: dict[int, bytes] = {}
    for number, at, action, facts, mac in connection.execute("SELECT * FROM log ORDER BY entry"):
        if number != expected:
            said.append(f"log: entries {expected} to {number - 1} are missing")
        if not hmac.compare_digest(mac, _mac(key, before, number, at, action, facts)):
            said.append(f"log: entry {number}, or the one before it, was changed")
        marks[number], before, expected = mac, mac, number + 1
    if anchor and anchor[0] >= expected:
        said.append(
            f"log: it ends at entry {expected - 1}, and the keys have seen {anchor[0]}: "
            "this is an older copy of the store"
        )
    elif anchor and not hmac.compare_digest(marks.get(anchor[0], b""), anchor[1]):
        said.append(f"log: entry {anchor[0]} is not the one that the keys have seen")
    return said


def _mac(key: bytes, before: bytes, number: int, at: str, action: str, facts: str) -> bytes:
    line = json.dumps([before.hex(), number, at, action, facts]).encode()
    return hmac.digest(key, line, "sha256")


def _bare(name: str, value: object, known: frozenset[str]) -> bool:
    if isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) < MOST or name in _SIZES
    if not isinstance(value, str):
        return False
    if name in _DAYS:
        return _DAY.fullmatch(value) is not None
    if name == "period":
        return _PERIOD.fullmatch(value) is not None
    coded = name in _CODED and _CODE.fullmatch(value) is not None
    return coded or value in known or _MARK.fullmatch(value) is not None
