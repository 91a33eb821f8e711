"""The two rings of keys as JSON in age files: read by any holder, written for all of them.

``store.age`` opens the store; ``intake.age`` makes tokens and opens originals, and holds
a copy of the store's ring, so that a lost ``store.age`` can be made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyrage

from analysis.errors import VaultError
from analysis.vault import guard, holders

INTAKE, STORE = "intake.age", "store.age"
FORMAT = 1


@dataclass(frozen=True, slots=True, repr=False)
class StoreRing:
    """Keys as hexadecimal digits.

    ``following``: a store key that is being changed to; ``earlier``: those it was changed
    from, which open backups of then; ``layers``: how many keys the chain of tokens has, which
    those who write must know.
    """

    holders: tuple[str, ...]
    secret: str
    audit: str
    originals: str
    made_on: str
    changed_on: str
    following: str = ""
    earlier: tuple[str, ...] = ()
    layers: int = 1
    format: int = FORMAT

    def __repr__(self) -> str:
        return "StoreRing(...)"


@dataclass(frozen=True, slots=True, repr=False)
class IntakeRing:
    """``chain``: layers of tokens, oldest first, with the day each was made.

    ``originals`` are age identities, oldest first; ``pending`` a layer that is being added.
    """

    holders: tuple[str, ...]
    sharing: str
    chain: tuple[tuple[str, str], ...]
    originals: tuple[tuple[str, str], ...]
    store: StoreRing
    made_on: str
    changed_on: str
    pending: str = ""
    format: int = FORMAT

    def __repr__(self) -> str:
        return "IntakeRing(...)"


def read_store(folder: Path, identity: pyrage.x25519.Identity) -> StoreRing:
    """Read the ring that opens the store.

    Raises
    ------
    VaultError
        If it is missing, not for this holder, damaged or of a newer format.
    """
    plain = _open(folder / STORE, identity)
    with _Shape(STORE):
        return _store(plain)


def read_intake(folder: Path, identity: pyrage.x25519.Identity) -> IntakeRing:
    """Read the ring that makes tokens and opens originals; raises as `read_store` does."""
    plain = _open(folder / INTAKE, identity)
    with _Shape(INTAKE):
        return IntakeRing(
            **{
                **plain,
                "holders": tuple(plain["holders"]),
                "chain": tuple((key, day) for key, day in plain["chain"]),
                "originals": tuple((key, day) for key, day in plain["originals"]),
                "store": _store(plain["store"]),
            }
        )


def write(folder: Path, ring: IntakeRing) -> None:
    """Write both rings for their holders; the intake ring first, as it holds the other."""
    _seal(folder / INTAKE, ring)
    write_store(folder, ring.store)


def write_store(folder: Path, ring: StoreRing) -> None:
    """Write the store's ring alone."""
    _seal(folder / STORE, ring)


def _store(plain: Mapping[str, Any]) -> StoreRing:
    lists = {name: tuple(plain[name]) for name in ("holders", "earlier") if name in plain}
    return StoreRing(**{**plain, **lists})


def _seal(path: Path, ring: StoreRing | IntakeRing) -> None:
    to = holders.recipients(ring.holders, fewest=1)
    guard.write_private(path, pyrage.encrypt(json.dumps(asdict(ring)).encode(), to))


def _open(path: Path, identity: pyrage.x25519.Identity) -> dict[str, Any]:
    if not path.is_file():
        raise VaultError(
            f"keys: there is no {path.name} in {path.parent.name}. Make keys with `workbench keys "
            "new`; if they were lost, follow docs/keys.md, When a key is lost."
        )
    guard.require_private(path)
    try:
        content: dict[str, Any] = json.loads(pyrage.decrypt(path.read_bytes(), [identity]))
    except (pyrage.DecryptError, ValueError):
        raise VaultError(
            f"{path.name}: this identity does not open it, or it is damaged. Name the identity of "
            f"a holder in {holders.IDENTITY_VARIABLE}, or copy the file from the other holder."
        ) from None
    if content.get("format", 0) > FORMAT:
        raise VaultError(
            f"{path.name}: a newer version of the workbench wrote it. Update the workbench."
        )
    return content


class _Shape:
    """Turns what a wrong shape raises into one message, without what stands there."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyError | TypeError | ValueError | AttributeError):
            raise VaultError(
                f"{self.name}: it is not of the form that this version writes. Copy the file from "
                "the other holder."
            ) from None
