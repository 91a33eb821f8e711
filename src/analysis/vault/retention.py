"""What is due in, proof that it is gone out.

A submission whose ``delete_after`` has passed loses its rows, its original, its cells
aside and its file's name; links and reviews lose the lines that name its records. Its key is
destroyed, which makes every copy of them unreadable wherever a backup of the store lies.
Counts, hashes and days stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analysis.contracts.partner.store import Submission
from analysis.errors import VaultError
from analysis.vault import lock, named, pruning, reconciling, sealing, store, submissions
from analysis.vault.audit import Clock, Fact, utc_now
from analysis.vault.keys import StoreKey
from analysis.vault.session import Session

_PROBE_BYTES = 32
"""So long are the pieces of what was removed that are looked for: chance finds none."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was removed of one submission, and that it is gone.

    ``blobs`` are SHA-256 of the encrypted bytes that were removed, by kind; ``deleted_on``
    the day in UTC, ``proved_at`` the moment.
    """

    submission: str
    sha256: str
    deleted_on: date
    rows: int
    bytes: int
    blobs: Mapping[str, str]
    proved_at: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """Proofs of a run; ``pruned``: named blobs that lost lines by it."""

    proofs: tuple[Proof, ...]
    pruned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Removed:
    key_id: str
    sealed: bytes


def due(found: Iterable[Submission], as_of: date) -> tuple[Submission, ...]:
    """Return the submissions whose last day of keeping lies before ``as_of``."""
    return tuple(one for one in found if one.state != "deleted" and one.delete_after < as_of)


def delete(
    folder: Path,
    key: StoreKey,
    *,
    as_of: date,
    clock: Clock = utc_now,
) -> Deleted:
    """Delete what is due, and prove it.

    Parameters
    ----------
    folder : Path
        Folder of the store.
    key : StoreKey
        Opens it; no other key is needed.
    as_of : date
        The day from which is judged what is due.
    clock : callable
        Tells the time that log and proof note.

    Raises
    ------
    VaultError
        If someone uses the store, or the proof fails.
    """
    if not store.exists(folder):
        raise VaultError(f"{folder.name}: there is no store here, so nothing is due.")
    with lock.alone(folder):
        with store.session(folder, key, clock) as session:
            pruned, removed = _delete(session, as_of)
        # A connection that did not delete reads back what is there.
        with store.session(folder, key, clock) as session:
            return Deleted(_prove(session, removed), pruned)


def proofs(session: Session, *, unproved: bool = False) -> tuple[Proof, ...]:
    """Return the proofs that the store holds, oldest first; or what still lacks one."""
    found = session.connection.execute(
        "SELECT d.submission, s.sha256, d.deleted_on, d.row_count, d.bytes, d.blobs, d.proved_at "
        "FROM deletions d JOIN submissions s ON s.id = d.submission "
        "WHERE (d.proved_at = '') = ? ORDER BY d.deleted_on, d.submission",
        (int(unproved),),
    )
    return tuple(
        Proof(id_, sha256, date.fromisoformat(day), rows, size, json.loads(blobs), at)
        for id_, sha256, day, rows, size, blobs, at in found
    )


def _delete(session: Session, as_of: date) -> tuple[tuple[str, ...], list[_Removed]]:
    with store.transaction(session):  # an older store is brought up first
        pass
    reconciling.reconcile(session)
    wanted = due(submissions.every(session), as_of)
    removed: list[_Removed] = []
    pruned: tuple[str, ...] = ()
    if wanted:
        with store.transaction(session):
            removed = [part for one in wanted for part in _remove(session, one, as_of)]
            pruned, parts = _prune(session)
            removed += parts
    session.keys.shred(reconciling.dead_keys(session), session.today)
    _rewrite(session)
    return pruned, removed


def _remove(session: Session, one: Submission, as_of: date) -> list[_Removed]:
    key_id = submissions.key_id(session, one.id)
    blobs = session.connection.execute(
        "SELECT kind, sealed, sealed_sha256 FROM blobs WHERE submission = ?", (one.id,)
    ).fetchall()
    reconciling.delete(session, one.id)
    size = sum(len(sealed) for _, sealed, _ in blobs)
    hashes = {kind: sha256 for kind, _, sha256 in blobs}
    session.connection.execute(
        "INSERT INTO deletions VALUES (?, ?, ?, ?, ?, '')",
        (one.id, session.today.isoformat(), one.rows, size, json.dumps(hashes)),
    )
    session.log(
        "deleted",
        {
            "submission": one.id,
            "state": one.state,
            "delete_after": one.delete_after.isoformat(),
            "as_of": as_of.isoformat(),
            "rows": one.rows,
            "blobs": len(blobs),
            "bytes": size,
        },
    )
    return [_Removed(key_id, bytes(sealed)) for _, sealed, _ in blobs]


def _prune(session: Session) -> tuple[tuple[str, ...], list[_Removed]]:
    """Take the lines about what is gone from all named blobs, and earlier versions with any."""
    left = pruning.known(
        submissions.kept_rows(session, one) for one in submissions.with_rows(session)
    )
    done = named.change(session, lambda content: pruning.pruned(content, left))
    for name in done.names:
        session.log("pruned", {"name": name})
    return done.names, [_Removed(*part) for part in done.removed]


def _rewrite(session: Session) -> None:
    """Write the file anew without free pages, and empty the journal."""
    session.connection.execute("VACUUM")
    busy, *_ = session.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise VaultError(
            "retention: the journal could not be emptied, as another program has the store open. "
            "Close it, and run again: the proof is made then."
        )


def _prove(session: Session, removed: Sequence[_Removed]) -> tuple[Proof, ...]:
    waiting = proofs(session, unproved=True)
    if not waiting and not removed:
        return ()
    wrong = [*_still_there(session, waiting), *_still_readable(session, removed)]
    if wrong:
        raise VaultError(
            f"retention: what was removed is not proved to be gone: {'; '.join(wrong)}. "
            "Run workbench store check, and keep this message."
        )
    with store.transaction(session):
        at = session.clock().isoformat(timespec="seconds")
        session.connection.execute("UPDATE deletions SET proved_at = ? WHERE proved_at = ''", (at,))
        for one in waiting:
            facts: dict[str, Fact] = {
                "submission": one.submission,
                "sha256": one.sha256,
                "blobs": len(one.blobs),
            }
            session.log("deletion_proved", facts)
    ids = {one.submission for one in waiting}
    return tuple(one for one in proofs(session) if one.submission in ids)


def _still_there(session: Session, waiting: Sequence[Proof]) -> list[str]:
    (free,) = session.connection.execute("PRAGMA freelist_count").fetchone()
    said = [f"{free} pages were freed and not rewritten"] if free else []
    for one in waiting:
        state = submissions.get(session, one.submission).state
        (left,) = session.connection.execute(
            "SELECT count(*) FROM blobs WHERE submission = ?", (one.submission,)
        ).fetchone()
        if left or state != "deleted":
            said.append(f"{one.submission} is {state} with {left} blobs")
    hashes = {sha256 for one in waiting for sha256 in one.blobs.values()}
    for (content,) in session.connection.execute("SELECT sealed FROM blobs"):
        if sealing.digest(content) in hashes:
            said.append("a blob that was removed is kept under another submission")
    return said


def _still_readable(session: Session, removed: Sequence[_Removed]) -> list[str]:
    """Say where pieces of what was removed are still in the file, or a key still opens it."""
    pieces = {piece for one in removed for piece in _pieces(one.sealed)}
    found = sum(any(piece in value for piece in pieces) for value in _values(session))
    said = [f"{found} values of the file hold pieces of what was removed"] if found else []
    left = session.keys.identities()
    opened = sum(sealing.opens(one.sealed, left) for one in removed)
    if opened or {one.key_id for one in removed} & session.keys.known():
        said.append(f"{opened} removed blobs can still be opened")
    return said


def _pieces(sealed: bytes) -> list[bytes]:
    """Return pieces from the end, the middle and behind the header of encrypted bytes."""
    places = (len(sealed) - _PROBE_BYTES, len(sealed) // 2, min(250, len(sealed) - _PROBE_BYTES))
    return [sealed[at : at + _PROBE_BYTES] for at in places]


def _values(session: Session) -> Iterable[bytes]:
    """Give every value of every table: with no free page left, all that the file holds."""
    tables = session.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (table,) in tables.fetchall():
        for row in session.connection.execute(f'SELECT * FROM "{table}"'):
            yield from (one if isinstance(one, bytes) else str(one).encode() for one in row)
