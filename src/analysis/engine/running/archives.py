"""A zip container in (docx, xlsx, pptx, odt, ods, epub, zip), the same without time out.

Archives hold when each part was written, in whose order, and by which system; office
documents also when they were made. All of that is fixed, so that two runs that wrote
the same give the same bytes. What a reader sees of a document stays.

Left as they are: dates in a document's text, its comments and tracked changes, the day
of publication of an EPUB, and identifiers that a program drew at random.
"""

from __future__ import annotations

import errno
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from lzma import LZMAError
from pathlib import Path
from typing import IO, Literal, cast

from analysis.errors import AnalysisError

MOST_BYTES = 2**30
"""All parts together, unpacked, may have this many: enough for data, too few for a bomb."""

DEEPEST = 4
"""Archives may lie in archives this deep: a workbook in a document in two others."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
_DATE = b"1980-01-01T00:00:00Z"
_NO_TIME = b"PT0S"

_STARTS = (b"PK\x03\x04", b"PK\x05\x06")  # APPNOTE 6.3.10, 4.3.7 and 4.3.16 (no entry at all)
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # APPNOTE 4.4.4: bits 0, 6 and 13
_IN_MEMORY = 2**24

# bz2 tells of spoiled data by an OSError without a number; a spoiled offset is EINVAL.
_DAMAGED = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, ValueError, OSError)

_MIMETYPE = "mimetype"
_TYPES = "[Content_Types].xml"
_FIRST = {_MIMETYPE: 0, _TYPES: 1, "_rels/.rels": 2}
_SIGNATURES = ("_xmlsignatures/", "META-INF/documentsignatures.xml", "META-INF/signatures.xml")

Kind = Literal["ooxml", "odf", "epub", "zip"]


def normalise_archive(path: Path) -> None:
    """Rewrite a zip container in place, whole or not at all, without what varies by run.

    Dates become 1 January 1980, parts stand in one order (``mimetype``, which ODF and
    EPUB want first and stored, or ``[Content_Types].xml``; then by name), are deflated,
    and have one of two modes, as git keeps them. Archives within are rewritten too. In
    an OOXML, ODF or EPUB file the dates of its metadata are fixed; every other byte of
    every part stays. Two systems agree where their zlib deflates alike.

    Raises
    ------
    AnalysisError
        If the file is no zip, damaged, encrypted, signed, has two parts of one name, or
        unpacks to more than `MOST_BYTES` or deeper than `DEEPEST`. It is left unchanged.
    OSError
        If it cannot be read or written. It is left unchanged.
    """
    target = path.resolve()
    beside = target.with_name(f".{target.name}.new")
    try:
        with target.open("rb") as old, beside.open("wb") as new:
            _Rewriting(path.name).rewrite(old, new)
        shutil.copymode(target, beside)
        beside.replace(target)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@dataclass(slots=True)
class _Rewriting:
    """One archive with all that lie in it: what is unpacked counts together."""

    name: str
    left_bytes: int = field(default_factory=lambda: MOST_BYTES)
    depth: int = 0

    def rewrite(self, old: IO[bytes], new: IO[bytes]) -> None:
        """Write the archive ``old`` to ``new``, both open for seeking."""
        try:
            with zipfile.ZipFile(self._begun(old)) as source:
                infos = self._checked(source)
                kind = _kind(source)
                with zipfile.ZipFile(new, "w") as target:
                    target.comment = source.comment
                    for info in sorted(infos, key=_place):
                        self._copy(source, info, target, kind)
        except NotImplementedError as error:
            raise self._refused("is packed in a way that Python cannot read") from error
        except _DAMAGED as error:
            # A disk that is full or cannot be read is told as what it is.
            if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
                raise
            raise self._refused("is damaged") from error

    def _begun(self, old: IO[bytes]) -> IO[bytes]:
        if old.read(4) not in _STARTS:
            raise self._refused("is no zip archive")
        old.seek(0)
        return old

    def _checked(self, source: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        infos = source.infolist()
        if locked := sum(bool(info.flag_bits & _ENCRYPTED) for info in infos):
            raise self._refused(f"has {locked} encrypted parts")
        twice = [name for name, times in Counter(source.namelist()).items() if times > 1]
        if twice:
            raise self._refused(f"holds {len(twice)} names more than once")
        if any(info.filename.startswith(_SIGNATURES) for info in infos):
            raise self._refused("is signed, and a signature would no longer hold")
        self.left_bytes -= sum(info.file_size for info in infos)
        if self.left_bytes < 0:
            raise self._refused(f"unpacks to more than {MOST_BYTES // 2**20} MB")
        return infos

    def _copy(
        self, source: zipfile.ZipFile, info: zipfile.ZipInfo, target: zipfile.ZipFile, kind: Kind
    ) -> None:
        opened = cast(zipfile.ZipExtFile, source.open(info))
        with opened as part, tempfile.SpooledTemporaryFile(_IN_MEMORY) as made:
            if edit := _edit(kind, info.filename):
                made.write(edit(part.read()))
            elif part.peek(4)[:4] in _STARTS:
                self._copy_within(part, made)
            else:
                shutil.copyfileobj(part, made)
            entry = _entry(info)
            entry.file_size = made.tell()
            made.seek(0)
            with target.open(entry, "w") as written:
                shutil.copyfileobj(made, written)

    def _copy_within(self, part: zipfile.ZipExtFile, made: IO[bytes]) -> None:
        """Rewrite an archive in the archive; what only begins like one is copied."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as unpacked:
            shutil.copyfileobj(part, unpacked)
            if not zipfile.is_zipfile(unpacked):
                unpacked.seek(0)
                shutil.copyfileobj(unpacked, made)
                return
            if self.depth == DEEPEST:
                raise self._refused(f"holds archives more than {DEEPEST} deep")
            unpacked.seek(0)
            self.depth += 1
            self.rewrite(unpacked, made)
            self.depth -= 1

    def _refused(self, why: str) -> AnalysisError:
        where = f"{self.name}: an archive within" if self.depth else f"{self.name}:"
        return AnalysisError(
            f"{where} {why}, so its dates cannot be taken out. "
            "It was left unchanged; write it anew without that, or under another ending."
        )


def _kind(source: zipfile.ZipFile) -> Kind:
    """Tell a document from any other archive: only a document's dates are known."""
    names = set(source.namelist())
    if _TYPES in names:
        return "ooxml"
    if _MIMETYPE in names and source.getinfo(_MIMETYPE).file_size < 200:
        declared = source.read(_MIMETYPE).strip()
        if declared.startswith(b"application/vnd.oasis.opendocument."):
            return "odf"
        if declared == b"application/epub+zip":
            return "epub"
    return "zip"


def _place(info: zipfile.ZipInfo) -> tuple[int, str]:
    return (_FIRST.get(info.filename, len(_FIRST)), info.filename)


def _entry(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Describe a part anew: its name, comment and kind of file, nothing of when and who."""
    entry = zipfile.ZipInfo(info.filename, _EPOCH)
    entry.comment = info.comment
    entry.create_system = 3  # Unix, whoever writes
    mode = info.external_attr >> 16
    if info.is_dir():
        entry.external_attr = (stat.S_IFDIR | 0o755) << 16 | 0x10
    elif stat.S_ISLNK(mode):
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    else:
        entry.external_attr = (stat.S_IFREG | (0o755 if mode & stat.S_IXUSR else 0o644)) << 16
    stored = info.is_dir() or info.filename == _MIMETYPE
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    return entry


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replaces what stands in certain elements; XML in UTF-16 or the like stays as it is."""

    pattern: re.Pattern[bytes]

    def __call__(self, xml: bytes) -> bytes:
        """Give the part with each date (or duration) replaced, every other byte as it was."""
        return self.pattern.sub(_replaced, xml)


def _replaced(found: re.Match[bytes]) -> bytes:
    fixed = _NO_TIME if found["text"].lstrip().startswith(b"P") else _DATE
    return found["start"] + fixed + found["end"]


_DAY = rb"-?\d{4,}(?:-\d\d){0,2}"
_TIME = rb"T[\d:.,]+"
_ZONE = rb"Z|[+-]\d\d:?\d\d"
_LENGTH = rb"P[\dTYMDHS.]+"


def _elements(names: str, having: bytes = b"") -> _Edit:
    """Match elements by their name without prefix, where they hold a date or a duration."""
    start = rb"(?P<start><(?P<tag>(?:[\w.-]+:)?(?:%b))(?=[\s>])" % names.encode()
    attributes = (rb"(?=[^<>]*\s%b)" % having if having else b"") + rb"[^<>]*(?<!/)>)"
    when = rb"(?P<text>\s*(?:%b(?:%b)?(?:%b)?|%b)\s*)" % (_DAY, _TIME, _ZONE, _LENGTH)
    return _Edit(re.compile(start + attributes + when + rb"(?P<end></(?P=tag)\s*>)"))


# ECMA-376 part 2, 8.3 (core properties); ODF 1.3 part 3, 4.3 (metadata); EPUB 3.3, 5.5.3.2.
_CORE = _elements("created|modified|lastPrinted")
_META = _elements("creation-date|print-date|date|editing-duration")
_OPF = _elements("meta", rb"property\s*=\s*[\"']dcterms:modified[\"']")


def _edit(kind: Kind, name: str) -> _Edit | None:
    if kind == "ooxml" and name == "docProps/core.xml":
        return _CORE
    if kind == "odf" and (name == "meta.xml" or name.endswith("/meta.xml")):
        return _META
    if kind == "epub" and name.endswith(".opf"):
        return _OPF
    return None
