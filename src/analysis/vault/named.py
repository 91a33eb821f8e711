"""Blobs with a name and a history in an open store: links, reviews, pseudonyms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.errors import VaultError
from analysis.vault import pruning, sealing
from analysis.vault.session import Session


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a named blob. ``removed_on``: the day its content was taken."""

    name: str
    version: int
    put_at: str
    sha256: str
    removed_on: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Names of the blobs that were changed; the key and the sealed bytes of what was removed."""

    names: tuple[str, ...]
    removed: tuple[tuple[str, bytes], ...]


def put(session: Session, name: str, content: bytes) -> None:
    """Keep a new version, unless the newest is the same.

    Raises
    ------
    ValueError
        If it holds tokens where rotation and retention would not find them.
    """
    pruning.require_declared(name, content)
    newest = session.connection.execute(
        "SELECT version, plain_sha256, removed_on FROM named WHERE name = ? "
        "ORDER BY version DESC LIMIT 1",
        (name,),
    ).fetchone()
    digest = sealing.digest(content)
    if newest is not None and newest[1:] == (digest, ""):
        return
    number = 1 if newest is None else newest[0] + 1
    key_id, recipient = session.keys.make(session.today)
    sealed = sealing.seal(content, recipient)
    when = session.clock().isoformat(timespec="seconds")
    session.connection.execute(
        "INSERT INTO named VALUES (?, ?, ?, ?, ?, ?, ?, '')",
        (name, number, when, sealed, sealing.digest(sealed), digest, key_id),
    )
    session.log("named", {"name": name, "version": number, "bytes": len(content)})


def get(session: Session, name: str, version: int | None = None) -> bytes | None:
    """Return the newest version, or the one asked for; None where there is none.

    Raises
    ------
    VaultError
        If that version was removed, or its key is missing.
    """
    found = session.connection.execute(
        "SELECT version, sealed, key_id, removed_on FROM named WHERE name = ? "
        "AND (? IS NULL OR version = ?) ORDER BY version DESC LIMIT 1",
        (name, version, version),
    ).fetchone()
    if found is None:
        return None
    number, sealed, key_id, removed_on = found
    if removed_on:
        if version is None:
            return None
        raise VaultError(
            f"store: version {number} of {name} was removed by retention or rotation on "
            f"{removed_on}. Make it again from what is there."
        )
    what = f"store: {name}, version {number}"
    return sealing.unseal(what, sealed, [session.keys.identity(key_id, what)])


def history(session: Session, name: str | None = None) -> tuple[Version, ...]:
    """Return every version of a blob, or of all, oldest first."""
    found = session.connection.execute(
        "SELECT name, version, put_at, plain_sha256, removed_on FROM named "
        "WHERE ? IS NULL OR name = ? ORDER BY name, version",
        (name, name),
    )
    return tuple(Version(*row) for row in found)


def change(session: Session, changed: Callable[[bytes], bytes]) -> Changed:
    """Put what ``changed`` makes of the newest version of each blob in its place.

    Earlier versions lose their content where it would be changed; what stays the same in
    every byte stays as it is.
    """
    names: list[str] = []
    removed: list[tuple[str, bytes]] = []
    for one in history(session):
        content = None if one.removed_on else get(session, one.name, one.version)
        if content is None:
            continue
        new = changed(content)
        if new == content:
            continue
        removed.append(_remove(session, one))
        if one.version == _newest(session, one.name):
            names.append(one.name)
            put(session, one.name, new)
    return Changed(tuple(names), tuple(removed))


def _newest(session: Session, name: str) -> int:
    found = session.connection.execute("SELECT max(version) FROM named WHERE name = ?", (name,))
    return int(found.fetchone()[0])


def _remove(session: Session, one: Version) -> tuple[str, bytes]:
    where = (one.name, one.version)
    key_id, sealed = session.connection.execute(
        "SELECT key_id, sealed FROM named WHERE name = ? AND version = ?", where
    ).fetchone()
    session.connection.execute(
        "UPDATE named SET sealed = NULL, removed_on = ? WHERE name = ? AND version = ?",
        (session.today.isoformat(), *where),
    )
    return str(key_id), bytes(sealed)
