"""normalise_archive: written at two times, the same bytes; opened, the same document."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analysis.engine.running import archives
from analysis.engine.running.archives import normalise_archive
from analysis.errors import AnalysisError

NOON = datetime(2026, 11, 24, 12, 0, 2)
LATER = NOON + timedelta(days=1, seconds=2)  # a zip counts time in steps of two seconds

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
CORE = (
    '<cp:coreProperties xmlns:cp="c" xmlns:dcterms="t" xmlns:xsi="x"><dc:title>2002-2006</dc:title>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">{0}</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{0}</dcterms:modified>'
    "<cp:lastPrinted>{0}</cp:lastPrinted></cp:coreProperties>"
)
META = (
    "<office:meta><dc:title>Mål 2007</dc:title><meta:creation-date>{0}</meta:creation-date>"
    "<dc:date>{0}</dc:date><meta:editing-duration>PT{1}S</meta:editing-duration></office:meta>"
)
OPF = (
    '<package><dc:date>2007-03-01</dc:date><meta property="dcterms:modified">{0}</meta>'
    '<meta property="rendition:layout">2007</meta></package>'
)


def openpyxl_book(path: Path, when: datetime) -> None:
    """Write a workbook of one table at a time of its own."""
    book = openpyxl.Workbook()
    book.active.append(["år", "sigtede"])
    book.active.append([2007, 12])
    book.properties.created = when
    book.save(path)


def xlsxwriter_book(path: Path, when: datetime) -> None:
    """Write the same with the library that pandas prefers."""
    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": when})
    book.add_worksheet().write_row(0, 0, ["år", 2007])
    book.close()


def docx(path: Path, when: datetime) -> None:
    """Write the least that is a Word document, its parts in an order that changes."""
    body = '<w:document xmlns:w="w"><w:t>2007-03-01T00:00:00Z</w:t></w:document>'
    parts = {
        "word/document.xml": body,
        "docProps/core.xml": CORE.format(f"{when:%Y-%m-%dT%H:%M:%SZ}"),
        "[Content_Types].xml": TYPES,
        "_rels/.rels": "<Relationships/>",
    }
    order = sorted(parts, reverse=when == LATER)
    write_zip(path, {name: parts[name].encode() for name in order}, when)


def odt(path: Path, when: datetime) -> None:
    """Write the least that is a text document of LibreOffice."""
    meta = META.format(f"{when:%Y-%m-%dT%H:%M:%S.123456789}", when.second)
    parts = {
        "content.xml": b"<text>2007</text>",
        "meta.xml": meta.encode(),
        "mimetype": b"application/vnd.oasis.opendocument.text",
    }
    write_zip(path, parts, when)


def epub(path: Path, when: datetime) -> None:
    """Write the least that is a book."""
    opf = OPF.format(f"{when:%Y-%m-%dT%H:%M:%SZ}")
    parts = {"EPUB/book.opf": opf.encode(), "mimetype": b"application/epub+zip"}
    write_zip(path, parts, when)


def bundle(path: Path, when: datetime) -> None:
    """Write an archive that holds a workbook, and a text that begins like an archive."""
    inner = path.with_name("inner.xlsx")
    openpyxl_book(inner, when)
    parts = {"tables/a.xlsx": inner.read_bytes(), "note.txt": b"PK\x03\x04 begins every zip"}
    inner.unlink()
    write_zip(path, parts, when)


def write_zip(path: Path, parts: Mapping[str, bytes], when: datetime = NOON) -> None:
    """Write parts in the order given, each bearing the time it was written."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), content)


def parts_of(path: Path) -> dict[str, bytes]:
    """Read every part of an archive; a damaged one fails here."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


WRITERS = {
    "openpyxl.xlsx": openpyxl_book,
    "xlsxwriter.xlsx": xlsxwriter_book,
    "hand.docx": docx,
    "hand.odt": odt,
    "hand.epub": epub,
    "bundle.zip": bundle,
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_at_two_times_has_the_same_bytes(name: str, tmp_path: Path) -> None:
    """Else every rebuilt report differs from the published one, and no difference tells."""
    write: Callable[[Path, datetime], None] = WRITERS[name]
    made = []
    for when in (NOON, LATER):
        path = tmp_path / name
        write(path, when)
        made.append(path.read_bytes())
        normalise_archive(path)
        made.append(path.read_bytes())
    before, first, after, second = made
    assert before != after
    assert first == second
    assert zipfile.ZipFile(tmp_path / name).testzip() is None


def test_a_workbook_opens_as_before(tmp_path: Path) -> None:
    """Same bytes of a workbook that Excel refuses would help nobody."""
    for write in (openpyxl_book, xlsxwriter_book):
        path = tmp_path / "book.xlsx"
        write(path, NOON)
        before = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.rows]
        normalise_archive(path)
        book = openpyxl.load_workbook(path)
        assert [[cell.value for cell in row] for row in book.active.rows] == before
        assert book.properties.created == datetime(1980, 1, 1)


@pytest.mark.parametrize(
    ("name", "part", "kept"),
    [
        ("hand.docx", "word/document.xml", b"2007-03-01T00:00:00Z"),
        ("hand.docx", "docProps/core.xml", b"<dc:title>2002-2006</dc:title>"),
        ("hand.odt", "meta.xml", "<dc:title>Mål 2007</dc:title>".encode()),
        ("hand.epub", "EPUB/book.opf", b"<dc:date>2007-03-01</dc:date>"),
        ("hand.epub", "EPUB/book.opf", b'"rendition:layout">2007<'),
    ],
)
def test_dates_that_a_reader_reads_stay(name: str, part: str, kept: bytes, tmp_path: Path) -> None:
    """A plan's years are the study; only the moment of writing is noise."""
    path = tmp_path / name
    WRITERS[name](path, NOON)
    before = parts_of(path)[part]
    normalise_archive(path)
    after = parts_of(path)[part]
    assert kept in after
    moment = rb"2026-11-24T12:00:02(\.\d+)?Z?"
    expected = re.sub(moment, b"1980-01-01T00:00:00Z", before).replace(b"PT2S", b"PT0S")
    assert after == expected


def test_metadata_of_what_is_no_document_is_not_touched(tmp_path: Path) -> None:
    """A partner's meta.xml in a plain archive is data, whatever its elements are called."""
    path = tmp_path / "data.zip"
    parts = {"meta.xml": b"<dc:date>2007-03-01</dc:date>", "docProps/core.xml": CORE.encode()}
    write_zip(path, parts)
    normalise_archive(path)
    assert parts_of(path) == parts


def test_formats_find_first_what_they_want_first(tmp_path: Path) -> None:
    """Programs tell an EPUB or ODF file by its first bytes, as `file` does."""
    for name in ("hand.odt", "hand.epub"):
        WRITERS[name](tmp_path / name, NOON)
        normalise_archive(tmp_path / name)
        assert (tmp_path / name).read_bytes()[30:49] == b"mimetypeapplication"
    for name in ("hand.docx", "openpyxl.xlsx"):
        WRITERS[name](tmp_path / name, NOON)
        normalise_archive(tmp_path / name)
        assert next(iter(parts_of(tmp_path / name))) == "[Content_Types].xml"


def test_modes_are_two_as_git_keeps_them_and_links_stay_links(tmp_path: Path) -> None:
    """What a umask adds must not show; a script that cannot be run would."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, mode in (("a", 0o100600), ("b", 0o100711), ("c", 0o120700), ("d/", 0o40700)):
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, mode << 16
            archive.writestr(entry, b"" if name == "d/" else b"a")
    normalise_archive(path)
    with zipfile.ZipFile(path) as archive:
        modes = [stat.filemode(info.external_attr >> 16) for info in archive.infolist()]
    assert modes == ["-rw-r--r--", "-rwxr-xr-x", "lrwxrwxrwx", "drwxr-xr-x"]


# Hypothesis tries the constants of the code it tests, and what is signed is refused.
names = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1
).filter(lambda name: not name.startswith(("_xmlsignatures/", "META-INF/")))
moments = st.datetimes(datetime(1980, 1, 1), datetime(2107, 12, 31))
contents = st.dictionaries(names, st.tuples(st.binary(max_size=200), moments), max_size=6)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example({"[Content_Types].xml": (b"<Types/>", NOON), "docProps/core.xml": (b"<a>", NOON)})
@given(contents)
def test_content_alone_decides_the_bytes(
    tmp_path: Path, parts: dict[str, tuple[bytes, datetime]]
) -> None:
    """Neither time nor order may show, whatever is in the archive; nothing of it is lost."""
    path = tmp_path / "any.zip"
    orders = [list(parts), sorted(parts, reverse=True)]
    made: list[bytes] = []
    for order in orders:
        with zipfile.ZipFile(path, "w", compression=(0, 8)[len(made)]) as archive:
            for name in order:
                content, when = parts[name]
                archive.writestr(zipfile.ZipInfo(name, when.timetuple()[:6]), content)
        before = parts_of(path)
        normalise_archive(path)
        assert parts_of(path) == before
        made.append(path.read_bytes())
        normalise_archive(path)
        assert path.read_bytes() == made[-1]
    assert made[0] == made[1]


def encrypted(path: Path) -> None:
    """Mark a part as encrypted, as a password does."""
    write_zip(path, {"a": b"a"})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def truncated(path: Path) -> None:
    """End where a full disk ended it."""
    write_zip(path, {"a": b"a" * 1000})
    path.write_bytes(path.read_bytes()[:60])


def spoiled(path: Path) -> None:
    """Change a byte of a part."""
    write_zip(path, {"a": bytes(range(256))})
    content = bytearray(path.read_bytes())
    content[60] ^= 255
    path.write_bytes(content)


def twice(path: Path) -> None:
    """Give two parts one name, of which readers show one or the other."""
    write_zip(path, {"first": b"1", "other": b"2"})
    path.write_bytes(path.read_bytes().replace(b"other", b"first"))


def nested(path: Path) -> None:
    """Put an archive in an archive, again and again."""
    content = b"a"
    for _ in range(archives.DEEPEST + 2):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a", content)
        content = packed.getvalue()
    path.write_bytes(content)


def locked_within(path: Path) -> None:
    """Put an encrypted archive into one that is not."""
    encrypted(path)
    write_zip(path, {"inner.zip": path.read_bytes()})


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.write_bytes(b"%PDF-1.7"), "a.docx: is no zip archive"),
        (lambda path: path.write_bytes(b""), "a.docx: is no zip archive"),
        (encrypted, "a.docx: has 1 encrypted parts"),
        (locked_within, "a.docx: an archive within has 1 encrypted parts"),
        (truncated, "a.docx: is damaged"),
        (spoiled, "a.docx: is damaged"),
        (twice, "a.docx: holds 1 names more than once"),
        (nested, f"an archive within holds archives more than {archives.DEEPEST} deep"),
        (lambda path: write_zip(path, {"_xmlsignatures/sig1.xml": b"a"}), "is signed"),
    ],
)
def test_what_cannot_be_rewritten_is_told_and_left(
    spoil: Callable[[Path], object], told: str, tmp_path: Path
) -> None:
    """A document half rewritten is a document lost."""
    path = tmp_path / "a.docx"
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(AnalysisError, match=re.escape(told)):
        normalise_archive(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes that unpack to gigabytes would fill the disk of a shared machine."""
    monkeypatch.setattr(archives, "MOST_BYTES", 2**20)
    path, inner = tmp_path / "a.zip", tmp_path / "inner.zip"
    write_zip(inner, {"zeros": bytes(2**19)})
    write_zip(path, {f"{n}.zip": inner.read_bytes() for n in range(3)})
    inner.unlink()
    before = path.read_bytes()
    with pytest.raises(AnalysisError, match="unpacks to more than 1 MB"):
        normalise_archive(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_to_a_document_still_leads_there(tmp_path: Path) -> None:
    """What is rewritten is the document, and its mode is its owner's business."""
    docx(tmp_path / "real.docx", NOON)
    (tmp_path / "real.docx").chmod(0o640)
    (tmp_path / "link.docx").symlink_to("real.docx")
    normalise_archive(tmp_path / "link.docx")
    assert (tmp_path / "link.docx").is_symlink()
    assert stat.S_IMODE((tmp_path / "real.docx").stat().st_mode) == 0o640
    assert b"1980" in parts_of(tmp_path / "real.docx")["docProps/core.xml"]
