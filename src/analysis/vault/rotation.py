"""Keys in use in, new ones out: another layer of tokens, another key of the store, of originals.

Each is safe to kill: the new key is in the ring before anything is changed by it, and what
was begun goes on when the same is run again.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyrage

from analysis.contracts.partner.forms import Form, Forms
from analysis.contracts.partner.store import ArrowTable
from analysis.errors import VaultError
from analysis.vault import (
    database,
    guard,
    holders,
    keys,
    lock,
    named,
    reconciling,
    rings,
    schema,
    store,
    submission_keys,
    submissions,
)
from analysis.vault.audit import Clock, utc_now
from analysis.vault.encoding.columns import names as token_columns
from analysis.vault.session import Session
from analysis.vault.tokens import layered, layered_file


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opens the rings: the folder of keys, and a holder's identity."""

    folder: Path
    identity: Path | None = None
    passphrase: str | None = None

    def ring(self) -> rings.IntakeRing:
        """Open the intake ring."""
        guard.require_all_private(self.folder, [])
        opener = holders.read_identity(self.folder, self.identity, passphrase=self.passphrase)
        return rings.read_intake(self.folder, opener)


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many layers tokens have now, and what was rewritten for that."""

    layers: int
    submissions: int
    named: int


def rotate_tokens(
    opener: Opener, folder: Path, forms: Forms, *, catch_up: bool = False, clock: Clock = utc_now
) -> Rotated:
    """Put one more layer over every token of the store, in one transaction.

    Parameters
    ----------
    opener : Opener
        Opens the intake ring.
    folder : Path
        Folder of the store; there need be none yet.
    forms : Forms
        Say which columns hold tokens.
    catch_up : bool
        Add no layer, only bring a store to those that the ring has: after a restore.
    clock : callable
        Tells the time that ring and log note.

    Raises
    ------
    VaultError
        If someone uses the store, or it holds a form that ``forms`` does not know.
    """
    with lock.writer(opener.folder):
        ring = opener.ring()
        if not ring.pending and not catch_up:
            ring = replace(ring, pending=secrets.token_hex(keys.KEY_BYTES))
            rings.write(opener.folder, ring)
        day = clock().date().isoformat()
        chain = (*ring.chain, (ring.pending, day)) if ring.pending else ring.chain
        key = keys.store_key(opener.folder, ring.store)
        done = (0, 0)
        if store.exists(folder):
            with lock.alone(folder), store.session(folder, key, clock) as session:
                done = _bring_to(session, [bytes.fromhex(one) for one, _ in chain], forms)
        ended = replace(ring.store, layers=len(chain), changed_on=day)
        rings.write(
            opener.folder, replace(ring, chain=chain, pending="", store=ended, changed_on=day)
        )
        return Rotated(len(chain), *done)


def rotate_store(opener: Opener, folder: Path, *, clock: Clock = utc_now) -> None:
    """Encrypt the store, and the keys of submissions, by a new key.

    Copies made before stay open to whoever has the old key, which the ring keeps for them.

    Raises
    ------
    VaultError
        If someone uses the store.
    """
    with lock.writer(opener.folder):
        ring = opener.ring()
        day = clock().date().isoformat()
        if not ring.store.following:
            following = secrets.token_hex(keys.KEY_BYTES)
            ring = replace(ring, store=replace(ring.store, following=following))
            rings.write(opener.folder, ring)
        both = keys.store_key(opener.folder, ring.store)
        if store.exists(folder):
            with lock.alone(folder):
                with store.session(folder, both, clock) as session, store.transaction(session):
                    session.log("store_key_changed", {})
                _encrypt(folder / store.FILE, both.secrets)
        if (opener.folder / submission_keys.FILE).exists():
            _encrypt(opener.folder / submission_keys.FILE, submission_keys.file_secrets(both))
        ended = replace(
            ring.store,
            secret=ring.store.following,
            following="",
            earlier=(*ring.store.earlier, ring.store.secret),
            made_on=day,
            changed_on=day,
        )
        rings.write(opener.folder, replace(ring, store=ended, changed_on=day))


def rotate_originals(opener: Opener, *, clock: Clock = utc_now) -> None:
    """Encrypt originals that come from now on to a new identity; earlier ones open as before."""
    with lock.writer(opener.folder):
        ring = opener.ring()
        day = clock().date().isoformat()
        new = pyrage.x25519.Identity.generate()
        store_ring = replace(ring.store, originals=str(new.to_public()), changed_on=day)
        rings.write(
            opener.folder,
            replace(
                ring,
                originals=(*ring.originals, (str(new), day)),
                store=store_ring,
                changed_on=day,
            ),
        )


def _bring_to(session: Session, chain: Sequence[bytes], forms: Forms) -> tuple[int, int]:
    """Put the layers that are missing over rows and named blobs; return how many of each."""
    with store.transaction(session):
        held = schema.meta(session.connection, "layers")
        missing = chain[int(held) :] if held else ()
        if held and int(held) > len(chain):
            raise VaultError(
                f"store: its tokens have {held} layers, and these keys know {len(chain)}: they are "
                "an older copy. Restore the newest copy of the folder of keys."
            )
        counted = _cover_rows(session, missing, forms), _cover_named(session, missing)
        if missing:
            schema.set_meta(session.connection, "layers", str(len(chain)))
            session.log(
                "tokens_rotated",
                {"layers": len(chain), "submissions": counted[0], "named": counted[1]},
            )
    reconciling.reconcile(session)
    return counted


def _cover_rows(session: Session, missing: Sequence[bytes], forms: Forms) -> int:
    if not missing:
        return 0
    number = 0
    for one in submissions.with_rows(session):
        if one.form not in forms.forms:
            raise VaultError(
                f"store: it holds the form {one.form}, which data/forms does not know, so nobody "
                "can say which of its columns hold tokens. Restore the file of the form."
            )
        table = submissions.kept_rows(session, one)
        for new_key in missing:
            table = _covered(table, forms.forms[one.form], new_key)
        submissions.write_rows(session, one, table)
        number += 1
    return number


def _covered(table: ArrowTable, form: Form, new_key: bytes) -> ArrowTable:
    found = [name for name in _columns(form) if name in table.column_names]
    for name, values in layered({name: table[name] for name in found}, new_key).items():
        table = table.set_column(table.column_names.index(name), name, values)
    return table


def _columns(form: Form) -> list[str]:
    """Return the columns of a form that hold tokens."""
    found = [one.name for one in form.fields if one.kind == "reference"]
    for one in form.fields:
        if one.kind == "identity":
            found += token_columns(one.of)  # type: ignore[arg-type]
    return found


def _cover_named(session: Session, missing: Sequence[bytes]) -> int:
    """Cover the newest version of each named blob; earlier ones with old layers go."""

    def covered(content: bytes) -> bytes:
        for new_key in missing:
            content = layered_file(content, new_key)
        return content

    return len(named.change(session, covered).names) if missing else 0


def _encrypt(path: Path, either: Sequence[bytes]) -> None:
    """Write a file anew under the last of two keys, unless it is under it already."""
    with database.made_whole(path) as new:
        with database.opened(path, either) as connection:
            journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
        if path.with_name(f"{path.name}-wal").exists():
            raise VaultError(
                f"{path.name}: another program has it open. Close it, and run again; it goes on "
                "where it stopped."
            )
        database.copy(path, either, new)
        with database.opened(new, either) as connection:
            connection.execute(f"PRAGMA rekey = {database.quoted(either[-1])}")
        with database.opened(new, either[-1:]) as connection:
            connection.execute(f"PRAGMA journal_mode = {journal}")
