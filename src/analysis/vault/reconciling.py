"""What was begun and not ended, or brought back by a restore, is ended here."""

from __future__ import annotations

from analysis.vault import submission_keys
from analysis.vault.session import Session


def reconcile(session: Session) -> int:
    """Make store and keys agree on what is deleted.

    A submission whose key was destroyed is deleted, though a restore brought it back; the
    key of one that is deleted is destroyed, though the process was killed before it could.

    Returns
    -------
    int
        How many submissions and named blobs were brought into line.
    """
    shredded = session.keys.shredded()
    gone = [id_ for id_, key_id in _living(session) if key_id in shredded]
    blobs = [(name, version) for name, version, key in _named(session) if key in shredded]
    if gone or blobs:
        with submission_keys.transaction(session.connection):
            for id_ in gone:
                delete(session, id_)
            session.connection.executemany(
                "UPDATE named SET sealed = NULL, removed_on = ? WHERE name = ? AND version = ?",
                [(session.today.isoformat(), *one) for one in blobs],
            )
            session.log("reconciled", {"submissions": len(gone), "named": len(blobs)})
        session.anchor()
    left = dead_keys(session)
    if left:
        session.keys.shred(left, session.today)
    return len(gone) + len(blobs) + len(left)


def delete(session: Session, id_: str) -> None:
    """Take the blobs of a submission and the name of its file; counts and hashes stay."""
    session.connection.execute("DELETE FROM blobs WHERE submission = ?", (id_,))
    session.connection.execute(
        "UPDATE submissions SET state = 'deleted', file = '' WHERE id = ?", (id_,)
    )


def dead_keys(session: Session) -> list[str]:
    """Return the keys that are left of what is deleted."""
    dead = session.connection.execute(
        "SELECT key_id FROM submissions WHERE state = 'deleted' "
        "UNION SELECT key_id FROM named WHERE removed_on != ''"
    )
    return sorted({key_id for (key_id,) in dead} & session.keys.known())


def _living(session: Session) -> list[tuple[str, str]]:
    found = session.connection.execute(
        "SELECT id, key_id FROM submissions WHERE state != 'deleted'"
    )
    return list(found)


def _named(session: Session) -> list[tuple[str, int, str]]:
    found = session.connection.execute(
        "SELECT name, version, key_id FROM named WHERE removed_on = ''"
    )
    return list(found)
