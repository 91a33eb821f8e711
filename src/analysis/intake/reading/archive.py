"""A workbook's bytes in, its parts out, unpacked piece by piece under fixed limits.

A workbook is a ZIP archive. What the archive says about its own sizes is not believed:
pieces are counted as they come, and the first one too many ends it. Only one piece is in
memory at a time.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from analysis.intake.reading.limits import (
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    RATIO_FROM_BYTES,
)
from analysis.intake.reading.refusing import Refusal

Pieces = Iterator[bytes]

_PIECE = 1 << 20
_ENCRYPTED = 0x1
_TAKEN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
    NotImplementedError,
    RuntimeError,
)
_REFUSED: tuple[tuple[str, str], ...] = (
    ("vbaproject", "macros"),
    ("macrosheets/", "macros"),
    ("dialogsheets/", "macros"),
    ("activex/", "macros"),
    ("externallinks/", "external_links"),
    ("connections.xml", "external_links"),
    ("querytables/", "external_links"),
    ("embeddings/", "embedded"),
)
_BOOK = "xl/workbook.xml"
_KINDS: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", "kind_xlsb"),
    ("word/", "kind_text_document"),
    ("ppt/", "kind_slides"),
    ("content.xml", "kind_ods"),
    ("Index/", "kind_numbers"),
)


def parts(content: bytes, refusal: Refusal) -> Iterator[tuple[str, Pieces]]:
    """Yield the name and the pieces of each part; refuse what is no whole, safe workbook."""
    with _whole(refusal):
        archive = zipfile.ZipFile(io.BytesIO(content))
    members = archive.infolist()
    _refuse_shape(members, refusal)
    total = _Total(len(content), refusal)
    for member in members:
        if not member.is_dir():
            yield member.filename, _pieces(archive, member, total, refusal)


def _refuse_shape(members: list[zipfile.ZipInfo], refusal: Refusal) -> None:
    if len(members) > MAX_MEMBERS:
        refusal.stop("bomb")
    names = [member.filename for member in members]
    if any(member.flag_bits & _ENCRYPTED for member in members):
        refusal.stop("password")
    if _BOOK not in names:
        kinds = (key for start, key in _KINDS if any(name.startswith(start) for name in names))
        refusal.stop("other_kind", kind=refusal.say(next(kinds, "kind_archive")))
    if len({name.casefold() for name in names}) < len(names):
        refusal.stop("broken")
    if any(member.compress_type not in _TAKEN for member in members):
        refusal.stop("broken")
    for name in names:
        for part, key in _REFUSED:
            if part in name.casefold():
                refusal.stop(key)


class _Total:
    """Counts what was unpacked so far, over all parts."""

    def __init__(self, packed: int, refusal: Refusal) -> None:
        self.packed, self.refusal, self.unpacked = packed, refusal, 0

    def add(self, count: int) -> None:
        self.unpacked += count
        dense = self.unpacked > max(RATIO_FROM_BYTES, MAX_RATIO * self.packed)
        if dense or self.unpacked > MAX_UNPACKED_BYTES:
            self.refusal.stop("bomb")


def _pieces(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, total: _Total, refusal: Refusal
) -> Pieces:
    with _whole(refusal):
        file = archive.open(member)
    with file:
        first = True
        while True:
            with _whole(refusal):
                piece = file.read(_PIECE)
            if not piece:
                return
            if first and piece.startswith(b"PK\x03\x04"):
                refusal.stop("embedded")
            first = False
            total.add(len(piece))
            yield piece


@contextmanager
def _whole(refusal: Refusal) -> Iterator[None]:
    """Turn whatever a damaged archive raises into one message, without its text."""
    try:
        yield
    except _BROKEN:
        refusal.stop("broken")
