"""Bytes in, age-encrypted bytes out, and back; Arrow tables as Parquet bytes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pyarrow
import pyarrow.parquet
import pyrage

from analysis.contracts.partner.store import ArrowTable
from analysis.errors import VaultError

Identity = Any
"""A `pyrage.x25519.Identity`, which has no type stubs."""
pa: Any = pyarrow  # nor has this
_LEVEL = 3  # of zstd: tokens are random digits, and higher levels find no more in them


def new_identity() -> str:
    """Return a new age identity as text."""
    return str(pyrage.x25519.Identity.generate())


def seal(content: bytes, *recipients: str) -> bytes:
    """Encrypt to the last recipient what was encrypted to the one before."""
    for text in recipients:
        content = bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(text)]))
    return content


def unseal(name: str, content: bytes, *identities: Sequence[Identity]) -> bytes:
    """Open one layer after another, each by any of its identities.

    Raises
    ------
    VaultError
        If none of them opens it, or it was changed.
    """
    for layer in identities:
        try:
            content = bytes(pyrage.decrypt(content, list(layer)))
        except pyrage.DecryptError:
            raise VaultError(
                f"{name}: these keys do not open it, or it was changed. Check WORKBENCH_KEYS, and "
                "run workbench store check."
            ) from None
    return content


def opens(content: bytes, identities: Sequence[Identity]) -> bool:
    """Say whether any of the identities opens what is encrypted."""
    if not identities:
        return False
    try:
        pyrage.decrypt(content, list(identities))
    except pyrage.DecryptError:
        return False
    return True


def to_identity(text: str) -> Identity:
    """Return the identity that a text holds."""
    return pyrage.x25519.Identity.from_str(text)


def recipient(identity: str) -> str:
    """Return the public recipient of an identity."""
    return str(to_identity(identity).to_public())


def to_parquet(table: ArrowTable) -> bytes:
    """Write a table as zstd Parquet."""
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(table, sink, compression="zstd", compression_level=_LEVEL)
    return bytes(sink.getvalue())


def from_parquet(content: bytes) -> ArrowTable:
    """Read a table written by `to_parquet`."""
    return pa.parquet.read_table(pa.BufferReader(content))


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes, as hexadecimal digits."""
    return sha256(content).hexdigest()
