"""A holder's own age identity: made, kept with or without a passphrase, and read."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyrage

from analysis.errors import VaultError
from analysis.vault import guard

IDENTITY_VARIABLE = "WORKBENCH_IDENTITY"
OWN = "holder.txt"
_LOCKED = b"age-encryption.org/"
_SECRET = "AGE-SECRET-KEY-"
FEWEST = 2
"""So many holders must a folder of real keys have, so that one can be lost."""


def make_identity(path: Path, *, passphrase: str = "", on: date | None = None) -> str:
    """Make a holder's identity, write it to a file and return its public recipient.

    With a passphrase the file is encrypted by it (scrypt), so that who steals it
    still has to guess.

    Raises
    ------
    VaultError
        If the file is there already.
    """
    if path.exists():
        raise VaultError(
            f"{path.name}: it is there already, and what it opens would be lost with it. "
            "Name another file."
        )
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    made = (on or date.today()).isoformat()
    text = f"# made on: {made}\n# public key: {recipient}\n{identity}\n".encode()
    guard.write_private(path, pyrage.passphrase.encrypt(text, passphrase) if passphrase else text)
    return recipient


def read_identity(
    folder: Path, path: Path | None = None, *, passphrase: str | None = None
) -> pyrage.x25519.Identity:
    """Read the identity of whoever opens the keys in ``folder``.

    Parameters
    ----------
    folder : Path
        Folder of keys; its ``holder.txt`` is used where nothing else is named.
    path : Path or None
        Its file; None: what ``WORKBENCH_IDENTITY`` names, else ``holder.txt``.
    passphrase : str or None
        What unlocks it; None: asked at the terminal where the file is locked.

    Raises
    ------
    VaultError
        If there is none, others can read it, or the passphrase is wrong.
    """
    named = os.environ.get(IDENTITY_VARIABLE)
    path = path or (Path(named) if named else folder / OWN)
    if not path.is_file():
        raise VaultError(
            f"keys: there is no identity of a holder at {path.name}. "
            f"Name the file of yours in {IDENTITY_VARIABLE}."
        )
    guard.require_private(path)
    content = path.read_bytes()
    if content.startswith(_LOCKED):
        content = _unlocked(path, content, passphrase)
    lines = content.decode("utf-8", "replace").splitlines()
    secret = next((line.strip() for line in lines if line.startswith(_SECRET)), "")
    try:
        return pyrage.x25519.Identity.from_str(secret)
    except pyrage.IdentityError:
        # What it holds may be half a key, so the cause is not shown.
        raise VaultError(
            f"{path.name}: it holds no age identity. Name the file that "
            "`workbench keys identity` wrote."
        ) from None


def recipients(holders: Sequence[str], *, fewest: int = FEWEST) -> list[pyrage.x25519.Recipient]:
    """Read the public recipients of holders.

    Raises
    ------
    VaultError
        If one is no age recipient, or there are fewer than ``fewest`` different ones.
    """
    found = {}
    for place, text in enumerate(holders, start=1):
        try:
            found[text.strip()] = pyrage.x25519.Recipient.from_str(text.strip())
        except pyrage.RecipientError:
            raise VaultError(
                f"keys: holder {place} of {len(holders)} is no age recipient. "
                "Give the line that `workbench keys identity` printed (it begins with age1)."
            ) from None
    if len(found) < fewest:
        raise VaultError(
            f"keys: {len(found)} holders are named, and {fewest} are needed, so that one can be "
            "lost. Let a second person run `workbench keys identity`, and name both."
        )
    return list(found.values())


def _unlocked(path: Path, content: bytes, passphrase: str | None) -> bytes:
    if passphrase is None:
        if not sys.stdin.isatty():
            raise VaultError(
                f"{path.name}: a passphrase locks it, and nobody can be asked for it here. "
                "Run the command at a terminal."
            )
        passphrase = getpass.getpass(f"Passphrase of {path.name}: ")
    try:
        return bytes(pyrage.passphrase.decrypt(content, passphrase))
    except pyrage.DecryptError:
        raise VaultError(
            f"{path.name}: the passphrase is wrong, or the file is damaged. Try again, or let "
            "the other holder open the keys."
        ) from None
