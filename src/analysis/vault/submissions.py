"""Submissions kept and found in an open store: states, versions, and their sealed blobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from analysis.contracts.partner.store import ArrowTable, Incoming, State, Submission
from analysis.errors import VaultError
from analysis.vault import records, rows, schema, sealing
from analysis.vault.keys import IntakeKeys
from analysis.vault.session import Session

Kind = Literal["rows", "original", "aside"]
_AFTER: Mapping[State, tuple[State, ...]] = {
    "held": ("held", "accepted", "superseded"),
    "accepted": ("superseded",),
    "superseded": (),
    "deleted": (),
}
"""Which states may follow which; *deleted* is reached by `vault.retention` alone."""
_COLUMNS = ", ".join(records.COLUMNS)
_INSERT = f"INSERT INTO submissions VALUES ({', '.join('?' * (len(records.COLUMNS) + 1))})"
_UPDATE = f"UPDATE submissions SET {', '.join(f'{n} = ?' for n in records.COLUMNS)} WHERE id = ?"
_ORDER = "ORDER BY received_on, organisation, form, period, version, id"
_LARGEST = 999_000_000  # bytes: SQLite's limit of one value, less what encryption adds


def put(session: Session, incoming: Incoming) -> Submission:
    """Keep one submission, unless it is here already; return it as it stands in the store."""
    one = incoming.submission
    found = find(session, one.id)
    if found is not None:
        session.log("sent_again", {"submission": one.id})
        return found
    if one.state not in ("held", "accepted"):
        raise ValueError(f"submission {one.id} arrives as {one.state}")
    _supersede_earlier(session, one)
    key_id, _ = session.keys.make(session.today)
    session.connection.execute(_INSERT, (*records.to_row(one), key_id))
    _seal_all(session, incoming, key_id)
    _log(session, one.state, one)
    return one


def replace(session: Session, incoming: Incoming) -> Submission:
    """Put another state, rows, questions and cells aside in place of a held submission's.

    Its original stays.
    """
    one = incoming.submission
    found = get(session, one.id)
    if one.state not in _AFTER[found.state]:
        raise VaultError(
            f"store: submission {one.id} is {found.state}, so it cannot become {one.state}. "
            "Let the sender send a correction."
        )
    _supersede_earlier(session, one)
    session.connection.execute(_UPDATE, (*records.to_row(one), one.id))
    session.connection.execute(
        "DELETE FROM blobs WHERE submission = ? AND kind = 'aside'", (one.id,)
    )
    _seal_all(session, incoming, key_id(session, one.id))
    _log(session, one.state, one)
    return one


def every(session: Session) -> tuple[Submission, ...]:
    """Return every submission in the order received, whatever its state."""
    found = session.connection.execute(f"SELECT {_COLUMNS} FROM submissions {_ORDER}")
    return tuple(records.from_row(row) for row in found)


def find(session: Session, id_: str) -> Submission | None:
    """Return one submission, or None where there is none of that id."""
    found = session.connection.execute(
        f"SELECT {_COLUMNS} FROM submissions WHERE id = ?", (id_,)
    ).fetchone()
    return None if found is None else records.from_row(found)


def get(session: Session, id_: str) -> Submission:
    """Return one submission.

    Raises
    ------
    VaultError
        If there is none of that id.
    """
    found = find(session, id_)
    if found is None:
        raise VaultError(
            "store: it holds no submission of that id. `workbench store list` names those it holds."
        )
    return found


def key_id(session: Session, id_: str) -> str:
    """Return the id of a submission's key."""
    found = session.connection.execute("SELECT key_id FROM submissions WHERE id = ?", (id_,))
    return str(found.fetchone()[0])


def rows_of(session: Session, one: Submission) -> ArrowTable:
    """Return the rows of one submission, with `META` before its own columns."""
    return rows.with_meta(kept_rows(session, one), one)


def kept_rows(session: Session, one: Submission) -> ArrowTable:
    """Return the rows of one submission as they are kept, without the columns all share."""
    return sealing.from_parquet(opened(session, one.id, "rows"))


def opened(session: Session, id_: str, kind: Kind, intake: IntakeKeys | None = None) -> bytes:
    """Return a blob of a submission, opened by its key and, for originals, the intake ring's.

    Raises
    ------
    VaultError
        If there is none, or the keys do not open it.
    """
    found = session.connection.execute(
        "SELECT sealed FROM blobs WHERE submission = ? AND kind = ?", (id_, kind)
    ).fetchone()
    if found is None:
        state = get(session, id_).state
        raise VaultError(f"store: submission {id_} is {state}; it has no {kind} to open.")
    what = f"store: {kind} of {id_}"
    layers = [[session.keys.identity(key_id(session, id_), what)]]
    if intake is not None:
        layers.append(list(intake.originals))
    return sealing.unseal(what, found[0], *layers)


def with_rows(session: Session) -> Iterator[Submission]:
    """Give each submission whose rows are here: accepted and superseded ones."""
    found = session.connection.execute("SELECT submission FROM blobs WHERE kind = 'rows'")
    held = {id_ for (id_,) in found}
    return (one for one in every(session) if one.id in held)


def write_rows(session: Session, one: Submission, table: ArrowTable) -> None:
    """Put other rows in place of a submission's."""
    _seal(session, one.id, key_id(session, one.id), "rows", sealing.to_parquet(table))


def require_layers(session: Session) -> None:
    """Refuse keys whose chain is not the one over the store's tokens; the first set it.

    Raises
    ------
    VaultError
        If they differ.
    """
    ours, known = str(session.key.layers), schema.meta(session.connection, "layers")
    if not known:
        schema.set_meta(session.connection, "layers", ours)
    elif known != ours:
        raise VaultError(
            f"store: its tokens have {known} layers, and these keys make {ours}: a rotation or a "
            "restore fell between. Run `workbench keys rotate --catch-up`, and submit again."
        )


def _supersede_earlier(session: Session, one: Submission) -> None:
    if one.state != "accepted":
        return
    same = (one.organisation, one.form, one.period, one.id)
    where = "organisation = ? AND form = ? AND period = ? AND id != ?"
    earlier = session.connection.execute(
        f"SELECT id, version, state FROM submissions WHERE {where} "
        "AND state IN ('held', 'accepted')",
        same,
    ).fetchall()
    later = [version for _, version, state in earlier if version > one.version]
    if later:
        raise VaultError(
            f"store: version {one.version} of {one.organisation}, {one.form}, {one.period} cannot "
            f"count, because version {max(later)} is here. Quarantine or correct the later one."
        )
    for id_, _, state in earlier:
        session.connection.execute(
            "UPDATE submissions SET state = 'superseded' WHERE id = ?", (id_,)
        )
        session.log("superseded", {"submission": id_, "by": one.id, "state": state})


def _seal_all(session: Session, incoming: Incoming, key: str) -> None:
    one = incoming.submission
    if (incoming.rows is None) == (one.state == "accepted"):
        raise ValueError(f"submission {one.id} is {one.state}, and its rows do not fit that")
    if incoming.rows is not None:
        _seal(session, one.id, key, "rows", sealing.to_parquet(rows.kept(incoming.rows, one)))
    if find_blob(session, one.id, "original") is None:
        _seal(session, one.id, key, "original", incoming.original)
    if incoming.aside:
        _seal(session, one.id, key, "aside", incoming.aside)


def find_blob(session: Session, id_: str, kind: Kind) -> str | None:
    """Return the SHA-256 of what a blob holds, or None where there is none."""
    found = session.connection.execute(
        "SELECT plain_sha256 FROM blobs WHERE submission = ? AND kind = ?", (id_, kind)
    ).fetchone()
    return None if found is None else str(found[0])


def _seal(session: Session, id_: str, key: str, kind: Kind, content: bytes) -> None:
    what = f"store: {kind} of {id_}"
    if len(content) > _LARGEST:
        raise VaultError(
            f"{what} is larger than {_LARGEST // 10**6} MB. Let the sender send shorter periods."
        )
    own = session.keys.recipient(key, what)
    # The SHA-256 of an original is known; that of cells set aside could be guessed at.
    recipients = [own] if kind == "rows" else [session.key.originals, own]
    sealed = sealing.seal(content, *recipients)
    session.connection.execute(
        "INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, ?, ?)",
        (id_, kind, sealed, sealing.digest(sealed), sealing.digest(content)),
    )


def _log(session: Session, action: str, one: Submission) -> None:
    session.log(
        action,
        {
            "submission": one.id,
            "organisation": one.organisation,
            "form": one.form,
            "period": one.period,
            "version": one.version,
            "rows": one.rows,
            "set_aside": len(one.set_aside),
            "questions": len(one.questions),
            "sha256": one.sha256,
        },
    )
