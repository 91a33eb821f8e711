"""Keys of the encrypted store and of tokens: made, opened by a holder, never shown.

Keys lie in a folder of their own, outside the data: two rings (see `vault.rings`), each
encrypted to all holders, and the key of each submission (see `vault.submission_keys`).
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

import pyrage

from analysis.errors import VaultError
from analysis.vault import guard, holders, rings

KEYS_VARIABLE = "WORKBENCH_KEYS"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class StoreKey:
    """What opens the store, and nothing that makes tokens or opens originals.

    ``secrets`` is the key, and while it is being changed also the next; ``earlier`` those
    that open old backups; ``originals`` the public recipient that originals are encrypted
    to; ``layers`` how many keys the chain of tokens has, as the store must know it.
    """

    folder: Path
    secrets: tuple[bytes, ...]
    audit: bytes
    originals: str
    layers: int
    earlier: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return "StoreKey(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled: what a cache keeps, others read")

    @property
    def fingerprint(self) -> str:
        """A mark by which two holders can tell that they have the same key."""
        return fingerprint(self.secrets[0])


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class IntakeKeys:
    """What makes tokens and opens originals.

    ``sharing`` makes the inner token, each key of ``chain`` one layer over it, oldest
    first; ``originals`` are the identities that open originals.
    """

    folder: Path
    sharing: bytes
    chain: tuple[bytes, ...]
    originals: tuple[pyrage.x25519.Identity, ...]

    def __repr__(self) -> str:
        return "IntakeKeys(...)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled: what a cache keeps, others read")


def default_folder() -> Path:
    """Return the folder that ``WORKBENCH_KEYS`` names, else ``~/.config/workbench/keys``."""
    named = os.environ.get(KEYS_VARIABLE)
    return Path(named) if named else Path.home() / ".config" / "workbench" / "keys"


def create(folder: Path, *, holders: Sequence[str] | None, on: date | None = None) -> None:
    """Make both rings of a new folder of keys.

    Parameters
    ----------
    folder : Path
        Outside data/ and outputs/, not in git; made if it is not there.
    holders : sequence of str, or None
        Public age recipients of two or more holders, each of whom can open all alone.
        None: one identity is made in the folder itself, for rehearsals only.
    on : date or None
        The day that is written as the day of making; None: today.

    Raises
    ------
    VaultError
        If there are keys already, others can read the folder, it lies beside the data, or
        fewer than two holders are named.
    """
    guard.require_outside_data(folder)
    guard.make_private(folder)
    found = [name for name in (rings.INTAKE, rings.STORE) if (folder / name).exists()]
    if found:
        raise VaultError(
            f"keys: {folder.name} holds keys already ({', '.join(found)}); new ones would lock "
            "what the old ones closed. Name another folder, or run `workbench keys mend` if one "
            "ring is missing."
        )
    day = (on or date.today()).isoformat()
    rings.write(folder, _new_ring(_named(folder, holders, on), day))


def open_store_key(
    folder: Path, identity: Path | None = None, *, passphrase: str | None = None
) -> StoreKey:
    """Open the ring of those who read the store.

    Parameters
    ----------
    folder : Path
        Folder of keys.
    identity : Path or None
        A holder's identity; None: what ``WORKBENCH_IDENTITY`` names, else ``holder.txt``.
    passphrase : str or None
        What unlocks the identity; None: asked at the terminal if it is locked.

    Raises
    ------
    VaultError
        If the ring is missing, not for this holder, damaged, or others can read it.
    """
    _check(folder)
    ring = rings.read_store(folder, holders.read_identity(folder, identity, passphrase=passphrase))
    return store_key(folder, ring)


def open_intake_keys(
    folder: Path, identity: Path | None = None, *, passphrase: str | None = None
) -> IntakeKeys:
    """Open the ring of intake alone; parameters as for `open_store_key`.

    Raises
    ------
    VaultError
        As `open_store_key`; and if a rotation was interrupted.
    """
    _check(folder)
    ring = rings.read_intake(folder, holders.read_identity(folder, identity, passphrase=passphrase))
    if ring.pending:
        raise VaultError(
            "keys: a rotation was interrupted, so it is not known which tokens the store holds. "
            "Run `workbench keys rotate`: it goes on where it stopped."
        )
    return intake_keys(folder, ring)


def store_key(folder: Path, ring: rings.StoreRing) -> StoreKey:
    """Return the key that a ring holds."""
    found = tuple(bytes.fromhex(text) for text in (ring.secret, ring.following) if text)
    earlier = tuple(bytes.fromhex(text) for text in ring.earlier)
    return StoreKey(folder, found, bytes.fromhex(ring.audit), ring.originals, ring.layers, earlier)


def intake_keys(folder: Path, ring: rings.IntakeRing) -> IntakeKeys:
    """Return the keys that a ring holds, without a layer that is being added."""
    return IntakeKeys(
        folder,
        bytes.fromhex(ring.sharing),
        tuple(bytes.fromhex(key) for key, _ in ring.chain),
        tuple(pyrage.x25519.Identity.from_str(text) for text, _ in ring.originals),
    )


def set_holders(
    folder: Path,
    new: Sequence[str],
    identity: Path | None = None,
    *,
    passphrase: str | None = None,
    on: date | None = None,
) -> None:
    """Encrypt both rings to other holders; whoever is not named can no longer open them.

    What a former holder copied before stays open to them: rotate as well.

    Raises
    ------
    VaultError
        If fewer than two holders are named, or the rings cannot be opened.
    """
    holders.recipients(new)
    _check(folder)
    ring = rings.read_intake(folder, holders.read_identity(folder, identity, passphrase=passphrase))
    named, day = tuple(new), (on or date.today()).isoformat()
    store = replace(ring.store, holders=named, changed_on=day)
    rings.write(folder, replace(ring, holders=named, store=store, changed_on=day))


def mend(folder: Path, identity: Path | None = None, *, passphrase: str | None = None) -> None:
    """Make a lost ``store.age`` again, from the copy that the intake ring holds.

    Raises
    ------
    VaultError
        If the intake ring cannot be opened.
    """
    _check(folder)
    ring = rings.read_intake(folder, holders.read_identity(folder, identity, passphrase=passphrase))
    rings.write_store(folder, ring.store)


def show(
    folder: Path, identity: Path | None = None, *, passphrase: str | None = None
) -> list[dict[str, str]]:
    """Return each key by what it is for, its fingerprint and the day it was made.

    Raises
    ------
    VaultError
        If no ring can be opened.
    """
    _check(folder)
    opener = holders.read_identity(folder, identity, passphrase=passphrase)
    if not (folder / rings.INTAKE).exists():
        store = rings.read_store(folder, opener)
        return _shown_store(store)
    ring = rings.read_intake(folder, opener)
    chain = [(f"token layer {n}", key, day) for n, (key, day) in enumerate(ring.chain, start=1)]
    originals = [
        (f"originals {n}", str(pyrage.x25519.Identity.from_str(text).to_public()), day)
        for n, (text, day) in enumerate(ring.originals, start=1)
    ]
    return [
        *_shown_store(ring.store),
        _shown("sharing key", fingerprint(bytes.fromhex(ring.sharing)), ring.made_on),
        *(_shown(name, fingerprint(bytes.fromhex(key)), day) for name, key, day in chain),
        *(_shown(name, text, day) for name, text, day in originals),
    ]


def fingerprint(secret: bytes) -> str:
    """Return twelve digits by which a key is told from others, and cannot be found."""
    return sha256(b"workbench key fingerprint\0" + secret).hexdigest()[:12]


def derived(secret: bytes, use: str) -> bytes:
    """Return a key for one use, from which neither the secret nor other uses can be found."""
    return hmac.digest(secret, b"workbench " + use.encode(), "sha256")


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise VaultError(
            f"keys: there is no folder {folder.name}. Make keys with `workbench keys new`, or name "
            f"their folder in {KEYS_VARIABLE}."
        )
    guard.require_all_private(folder, [folder / rings.INTAKE, folder / rings.STORE])


def _named(folder: Path, named: Sequence[str] | None, on: date | None) -> tuple[str, ...]:
    if named is None:
        return (holders.make_identity(folder / holders.OWN, on=on),)
    holders.recipients(named)
    return tuple(named)


def _new_ring(named: tuple[str, ...], day: str) -> rings.IntakeRing:
    originals = pyrage.x25519.Identity.generate()
    store = rings.StoreRing(
        holders=named,
        secret=secrets.token_hex(KEY_BYTES),
        audit=secrets.token_hex(KEY_BYTES),
        originals=str(originals.to_public()),
        made_on=day,
        changed_on=day,
    )
    return rings.IntakeRing(
        holders=named,
        sharing=secrets.token_hex(KEY_BYTES),
        chain=((secrets.token_hex(KEY_BYTES), day),),
        originals=((str(originals), day),),
        store=store,
        made_on=day,
        changed_on=day,
    )


def _shown_store(ring: rings.StoreRing) -> list[dict[str, str]]:
    return [
        *(_shown(f"holder {n}", text, "") for n, text in enumerate(ring.holders, start=1)),
        _shown("store key", fingerprint(bytes.fromhex(ring.secret)), ring.made_on),
    ]


def _shown(name: str, mark: str, day: str) -> dict[str, str]:
    return {"key": name, "fingerprint": mark, "made_on": day}
