"""Groups of records and earlier pseudonyms in, the pseudonym of each record out.

A pseudonym is derived from one record, its *founder*, and stays with the group that holds
this record: later runs keep it. Groups that became one keep the oldest of their
pseudonyms, the others become its aliases; a group that fell apart keeps it where the founder
is, and the other part gets its own, noted as split off.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import count
from typing import Literal

SIGNS = 12
"""Signs after ``P-``: 60 bits, so two of a million persons share one once in a million stores."""


@dataclass(frozen=True, slots=True)
class Founded:
    """A pseudonym, the record that it is derived from, and the day of the run that gave it."""

    pseudonym: str
    founder: str
    since: date


@dataclass(frozen=True, slots=True)
class Alias:
    """What became of a pseudonym: ``old`` merged into ``new``, or ``new`` split off ``old``."""

    old: str
    new: str
    why: Literal["merged", "split"]
    on: date


@dataclass(frozen=True, slots=True)
class Named:
    """The pseudonym of each group, all pseudonyms ever given, and what changed in this run."""

    of_group: Mapping[int, str]
    founded: tuple[Founded, ...]
    changes: tuple[Alias, ...]


def derived(record: str, taken: Container[str] = ()) -> str:
    """Return the pseudonym that a record founds, other than those taken.

    A record's token is a keyed hash of 128 bits, so nobody gets from the pseudonym back to
    the token, and one who has both learns that they belong together, which the store says
    anyway.
    """
    for again in count():
        digest = sha256(f"workbench person\0{record}\0{again}".encode()).digest()
        found = "P-" + b32encode(digest).decode("ascii")[:SIGNS]
        if found not in taken:
            return found
    raise AssertionError("unreachable")


def named(
    records: Sequence[str],
    groups: Sequence[int],
    earlier: Sequence[Founded],
    before: Mapping[str, str],
    *,
    on: date,
) -> Named:
    """Give each group its pseudonym.

    Parameters
    ----------
    records, groups : sequences
        Each record's token and the number of its group.
    earlier : sequence of Founded
        All pseudonyms that earlier runs gave.
    before : mapping
        Each record's pseudonym in the run before, to tell what was split off.
    on : date
        Day of this run.
    """
    held, merged_away, least = _held({one.founder: one for one in earlier}, records, groups)
    inherited = _inherited(
        records,
        earlier,
        before,
        {group: record for group, record in least.items() if group not in held},
    )
    taken = {one.pseudonym for one in earlier}
    new = {
        group: Founded(derived(record, taken), record, on)
        for group, record in least.items()
        if group not in held and group not in inherited
    }
    standing = held | inherited | new
    changes = [
        *(
            Alias(one.pseudonym, standing[group].pseudonym, "merged", on)
            for group, one in merged_away
            if before.get(one.founder) == one.pseudonym
        ),
        *(
            Alias(before[one.founder], one.pseudonym, "split", on)
            for one in standing.values()
            if before.get(one.founder, one.pseudonym) != one.pseudonym
        ),
    ]
    return Named(
        {group: one.pseudonym for group, one in standing.items()},
        _registered(earlier, inherited, new),
        tuple(sorted(changes, key=lambda one: (one.why, one.old, one.new))),
    )


def _held(
    founders: Mapping[str, Founded], records: Sequence[str], groups: Sequence[int]
) -> tuple[dict[int, Founded], list[tuple[int, Founded]], dict[int, str]]:
    """Return of each group its oldest pseudonym, those that gave way to it, its least record."""
    oldest: dict[int, Founded] = {}
    others: list[tuple[int, Founded]] = []
    least: dict[int, str] = {}
    for record, group in zip(records, groups, strict=True):
        least[group] = min(record, least.get(group, record))
        found = founders.get(record)
        if found is None:
            continue
        rival = oldest.get(group)
        if rival is None:
            oldest[group] = found
            continue
        first, second = sorted((found, rival), key=lambda one: (one.since, one.pseudonym))
        oldest[group] = first
        others.append((group, second))
    return oldest, others, least


def _inherited(
    records: Sequence[str],
    earlier: Sequence[Founded],
    before: Mapping[str, str],
    unnamed: Mapping[int, str],
) -> dict[int, Founded]:
    """Hand the pseudonym of a founder that is gone on to a record that bore it too.

    Records go when a sender takes a row back, or retention deletes them; the others of the
    same person stay who they were.
    """
    if not before:
        return {}
    present = set(records)
    gone = {one.pseudonym: one for one in earlier if one.founder not in present}
    found: dict[int, Founded] = {}
    for group, record in sorted(unnamed.items(), key=lambda item: item[1]):
        old = gone.pop(before.get(record, ""), None)
        if old is not None:
            found[group] = replace(old, founder=record)
    return found


def _registered(
    earlier: Sequence[Founded], inherited: Mapping[int, Founded], new: Mapping[int, Founded]
) -> tuple[Founded, ...]:
    handed_on = {one.pseudonym: one for one in inherited.values()}
    kept = (handed_on.get(one.pseudonym, one) for one in earlier)
    return (*kept, *(new[group] for group in sorted(new)))
