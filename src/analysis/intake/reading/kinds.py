"""A file's name and first bytes in, whether it is a CSV file or a workbook out.

The name says what the sender meant to send, the bytes what it is. Where the two disagree,
or the bytes are neither, the message says what the file seems to be.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

from analysis.intake.reading.limits import MAX_FILE_BYTES
from analysis.intake.reading.refusing import Refusal

Kind = Literal["csv", "xlsx"]

ENDINGS: dict[str, Kind] = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx"}

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "kind_pdf"),
    (b"\x89PNG", "kind_image"),
    (b"\xff\xd8\xff", "kind_image"),
    (b"GIF8", "kind_image"),
    (b"II*\x00", "kind_image"),
    (b"MM\x00*", "kind_image"),
    (b"{\\rtf", "kind_text_document"),
    (b"SQLite format 3", "kind_database"),
    (b"PK\x05\x06", "kind_archive"),
    (b"PK\x07\x08", "kind_archive"),
    (b"\x1f\x8b", "kind_archive"),
    (b"7z\xbc\xaf", "kind_archive"),
    (b"Rar!", "kind_archive"),
    (b"BZh", "kind_archive"),
    (b"\xfd7zXZ", "kind_archive"),
    (b"-----BEGIN", "kind_encrypted"),
    (b"age-encryption.org", "kind_encrypted"),
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<body", b"<style", b"<meta")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(name: str, content: bytes, refusal: Refusal) -> Kind:
    """Say what a file is; refuse what is empty, too large, protected or neither kind."""
    if len(content) > MAX_FILE_BYTES:
        refusal.stop("too_large", limit=MAX_FILE_BYTES // 2**20)
    if not content.strip(b" \t\r\n\x00\x1a\xef\xbb\xbf\xff\xfe"):
        refusal.stop("empty")
    ending = PurePath(name).suffix.lower()
    if ending == ".xlsm":
        refusal.stop("macros")
    found = _seen(content, refusal)
    if ending not in ENDINGS:
        refusal.stop("ending")
    if ENDINGS[ending] != found:
        refusal.stop("named_csv" if found == "xlsx" else "named_xlsx")
    return found


def _seen(content: bytes, refusal: Refusal) -> Kind:
    if content.startswith(_ZIP):
        return "xlsx"
    if content.startswith(_OLE):
        refusal.stop("password" if _ENCRYPTED in content else "old_office")
    for beginning, key in _BEGINNINGS:
        if content.startswith(beginning):
            _other(key, refusal)
    start = content[:512]
    for mark in _MARKS:
        start = start.removeprefix(mark)
    if start.replace(b"\x00", b"").lstrip().lower().startswith(_MARKUP):
        _other("kind_web_page", refusal)
    return "csv"


def _other(key: str, refusal: Refusal) -> None:
    refusal.stop("other_kind", kind=refusal.say(key))
