"""Bytes of a CSV file in, the same lines in UTF-8 out; lines in another encoding are named.

A byte order mark says for itself how a file is written. Without one the sender's agreed
encoding holds for every line: a file pasted together from two programs is refused, since
half of its names would turn into others without anyone noticing.
"""

from __future__ import annotations

import codecs
import re

import numpy as np
import numpy.typing as npt

from analysis.contracts.partner.profiles import Encoding
from analysis.intake.reading.refusing import Refusal

Positions = npt.NDArray[np.int64]

_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# In Western text the letter with code C3 never stands before a sign; in UTF-8 read as if it
# were Windows-1252 it does before every accented letter.
_TELLING = re.compile(rb"\xc3[\x80-\xbf]")
_UNUSED: dict[Encoding, bytes] = {
    "windows-1252": b"\x81\x8d\x8f\x90\x9d",
    "iso-8859-1": bytes(range(0x80, 0xA0)),  # control signs, which no text holds
}


def in_utf8(content: bytes, declared: Encoding, refusal: Refusal) -> bytes:
    """Return the file in UTF-8, lines ended by one line feed, without a byte order mark."""
    mark, encoding = next(
        ((mark, found) for mark, found in _MARKS if content.startswith(mark)), (b"", declared)
    )
    if encoding == "utf-16":
        plain = _from_utf16(content, bool(mark), refusal)
    else:
        plain = _one_byte_a_letter(content.removeprefix(mark), encoding, refusal)
    return _lines_ended(plain, refusal)


def rows_of(positions: Positions, content: bytes) -> list[int]:
    """Return the numbers of the lines (from 1) in which these bytes stand, each once."""
    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    lines = np.searchsorted(ends, positions, side="left") + 1
    return [int(line) for line in np.unique(lines)]


def _from_utf16(content: bytes, marked: bool, refusal: Refusal) -> bytes:
    if not marked and b"\x00" not in content:
        refusal.stop("not_declared", declared="utf-16")
    try:
        return content.decode("utf-16" if marked else "utf-16-le").encode()
    except UnicodeDecodeError as error:
        before = content[: error.start - error.start % 2].decode("utf-16-le", "ignore")
        refusal.stop("undecodable", rows=[before.count("\n") + 1], encoding="utf-16")


def _one_byte_a_letter(content: bytes, encoding: Encoding, refusal: Refusal) -> bytes:
    if zeros := content.count(b"\x00"):
        if zeros > len(content) // 4:
            refusal.stop("seems", found="utf-16", declared=encoding)
        refusal.stop("zero_bytes", rows=rows_of(_places(content, b"\x00"), content))
    if content.isascii():
        return content
    if encoding == "utf-8":
        return _checked_utf8(content, refusal)
    _refuse_sequences(content, encoding, refusal)
    unused = _places(content, _UNUSED[encoding])
    if len(unused):
        refusal.stop("undecodable", rows=rows_of(unused, content), encoding=encoding)
    return content.decode(encoding).encode()


def _checked_utf8(content: bytes, refusal: Refusal) -> bytes:
    try:
        content.decode()
    except UnicodeDecodeError:
        lines = content.split(b"\n")
        wrong = [row for row, line in enumerate(lines, 1) if not _is_utf8(line)]
        if any(not line.isascii() and _is_utf8(line) for line in lines):
            refusal.stop("mixed", rows=wrong, declared="utf-8", found="windows-1252")
        refusal.stop("undecodable", rows=wrong, encoding="utf-8")
    return content


def _refuse_sequences(content: bytes, encoding: Encoding, refusal: Refusal) -> None:
    suspects = _could_be_utf8(content)
    if not len(suspects):
        return
    lines = content.split(b"\n")
    wrong = [
        row
        for row in rows_of(suspects, content)
        if _is_utf8(lines[row - 1]) or _TELLING.search(lines[row - 1]) is not None
    ]
    if not wrong:
        return
    if all(_is_utf8(line) for line in lines):
        refusal.stop("seems", found="utf-8", declared=encoding)
    refusal.stop("mixed", rows=wrong, declared=encoding, found="utf-8")


def _lines_ended(content: bytes, refusal: Refusal) -> bytes:
    content = content.replace(b"\r\n", b"\n")
    if b"\r" in content:
        if b"\n" in content:
            refusal.stop("line_break", rows=rows_of(_places(content, b"\r"), content))
        content = content.replace(b"\r", b"\n")
    return content


def _could_be_utf8(content: bytes) -> Positions:
    """Return where a byte that opens a sign in UTF-8 stands before one that continues it."""
    raw = np.frombuffer(content, np.uint8)
    opening = np.flatnonzero(raw[:-1] >= 0xC2)
    return np.asarray(opening[(raw[opening] <= 0xF4) & (raw[opening + 1] & 0xC0 == 0x80)])


def _places(content: bytes, wanted: bytes) -> Positions:
    among = np.zeros(256, dtype=bool)
    among[list(wanted)] = True
    return np.flatnonzero(among[np.frombuffer(content, np.uint8)])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
