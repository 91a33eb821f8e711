"""Hostile files, without end: each is read, or refused in words; none speaks of its cells.

Each round writes one file that a sender could send, spoils it in one to three places and
hands it over. Every cell that is not a code or a date holds a canary. A file ends as sheets
or as a `SubmissionError`; anything else is a bug, and so is a canary in a message, on
standard output or on standard error.
"""

from __future__ import annotations

import csv
import io
import os
import random
import re
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.published import Text
from analysis.errors import SubmissionError
from analysis.flow.submitting import submit
from analysis.intake.reading import read
from analysis.intake.template import asked, workbook
from analysis.places import Places
from analysis.vault import keys

pytestmark = pytest.mark.soak

HOME = Path(__file__).parents[2]
SECONDS = 300.0
"""Five minutes, unless the environment says otherwise."""

CANARIES = ("Xqzzy", "Wvkjq")
"""Stand in every reference and name; no word of the workbench holds them."""

MOST_FAILURES = 8
MOST_BYTES = 4_000_000
"""Larger spoiled files are cut, so that rounds stay short."""

HOSTILE = (
    "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+45 12 34", "-1+1", "@SUM(A1)", "\t=1", "\r=1",
    "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "<img src=x onerror=y>", "</td>", "&lt;b",
    "javascript:alert(1)", "\x00", "\x01", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u200f", "\u2066",
    "\u200b", "\ufeff", "\ufffd", "\U000e0041", "\ue000", "#REF!", "#N/A", "#DIV/0!", "#I/T",
    "####", "NULL", "nan", "inf", "1e999", "-5", "1.234,5", "31-02-2008", "04-31-2008", "9" * 400,
    "x" * 201, "x" * 40_000, "\n", "a\nb", "a\r\nb", '"', '""', "';--", "{0}", "%s", "${jndi:x}",
    "\u0130", "\u00df", "\u0661\u0662", "\U0001f600", "a\u0308", "2008-03-04T12:00:00", "TRUE", " ",
    "\u00a0", "\u2028", ";", ",", "|", "\t", "--", "''", "\\", "../../x", "1" * 16, "\ud800",
)  # fmt: skip
"""What cells may not hold, and what programs have stumbled over."""


@dataclass
class Tally:
    """What a search has seen."""

    rounds: int = 0
    read: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """Forms and senders, one empty template of each, and the filled ones made so far."""

    forms: Forms
    profiles: dict[str, Profile]
    templates: dict[str, bytes]
    filled: dict[str, list[bytes]]


@pytest.fixture(scope="module")
def world() -> World:
    """Everything that a hostile file can be made from."""
    forms = read_forms(HOME / "data/forms", HOME / "data/codelists/partner")
    profiles = read_profiles(HOME / "data/synthetic/profiles", forms)
    names = {one.organisation: one.name for one in profiles.values()}
    lands = {"DNK": Text("Danmark", "Denmark"), "NGA": Text("Nigeria", "Nigeria")}
    books = {}
    for name, profile in profiles.items():
        what = asked(profile, forms, organisations=names, countries=lands)
        books[name] = workbook(what, profile.language)
    return World(forms, profiles, books, {name: [] for name in profiles})


@pytest.fixture(scope="module")
def longest() -> float:
    """So long one search lasts."""
    return float(os.environ.get("SOAK_SECONDS", SECONDS))


# Files as senders write them


def _cell(kind: str, profile: Profile, rng: random.Random) -> str:
    day = date(2008, 1, 1) + timedelta(days=rng.randrange(180))
    shapes = {"dmy": f"{day:%d-%m-%Y}", "ymd": f"{day:%Y-%m-%d}", "mdy": f"{day:%m/%d/%Y}"}
    made = {
        "date": shapes[profile.dialect.dates],
        "month": f"{day:%Y-%m}",
        "yesno": rng.choice(("ja", "nej", "yes", "no")),
        "count": str(rng.randrange(50)),
        "amount": f"{rng.randrange(50)}{profile.dialect.decimal}5",
        "country": "NGA",
        "organisation": "syn_a",
        "place": rng.choice(profile.places or ("B1",)),
    }
    return made.get(kind) or rng.choice(CANARIES) + str(rng.randrange(10**6))


def _table(world: World, profile: Profile, form: str, rng: random.Random) -> list[list[str]]:
    chosen = [one for one in world.forms.forms[form].fields if one.name in profile.forms[form]]
    rows = [[one.label.said_in(profile.language) for one in chosen]]
    for _ in range(rng.randrange(1, 30)):
        row = []
        for one in chosen:
            codes = world.forms.codes.get(one.of, ())
            coded = one.kind in ("code", "codes")
            row.append(rng.choice(codes).code if coded else _cell(one.kind, profile, rng))
        rows.append(row)
    return rows


def _as_csv(rows: Sequence[Sequence[str]], profile: Profile, rng: random.Random) -> bytes:
    text = io.StringIO()
    ends, delimiter = rng.choice(("\r\n", "\n")), profile.dialect.delimiter
    if rng.random() < 0.5:
        writer = csv.writer(text, delimiter=delimiter, lineterminator=ends)
    else:
        writer = csv.writer(text, delimiter=delimiter, lineterminator=ends, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    return text.getvalue().encode(profile.dialect.encoding, "replace")


def _as_workbook(world: World, profile: Profile, rng: random.Random) -> bytes:
    """Return a filled template; few are new, for filling one takes half a second."""
    known = world.filled[profile.organisation]
    if len(known) < 3 or rng.random() < 0.03:
        known.append(_filled(world, profile, rng))
    return rng.choice(known)


def _own_workbook(rows: list[list[str]], rng: random.Random) -> bytes:
    """Return a workbook of the sender's own, whose cells point to texts that they share."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet(rng.choice((CANARIES[0], "Ark1", "Sheet1")))
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            way = rng.random()
            if number and way < 0.1:
                sheet.write_datetime(number, place, datetime(2008, 1, 1, rng.randrange(24)), day)
            elif number and way < 0.2:
                sheet.write_number(number, place, rng.choice((7, 1.5, 10**15, -1e-9)))
            else:
                sheet.write_string(number, place, re.sub(r"[\ud800]", "", cell)[:30_000])
    book.close()
    return file.getvalue()


def _filled(world: World, profile: Profile, rng: random.Random) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(world.templates[profile.organisation]))
    for place, form in enumerate(profile.forms, start=1):
        if rng.random() < 0.6:
            sheet = book.worksheets[place]
            for number, row in enumerate(_table(world, profile, form, rng)[1:], start=2):
                for column, cell in enumerate(row, start=1):
                    sheet.cell(number, column, cell)
            _spoil_sheet(sheet, rng)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _spoil_sheet(sheet: openpyxl.worksheet.worksheet.Worksheet, rng: random.Random) -> None:
    way, row = rng.randrange(14), rng.randrange(1, 12)
    place = sheet.cell(row, rng.randrange(1, 7))
    if way == 0:
        place.value = f'=CONCATENATE("{CANARIES[0]}",1)'
    elif way == 1:
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=2)
    elif way == 2:
        sheet.row_dimensions[row].hidden = True
    elif way == 3:
        sheet.column_dimensions["B"].hidden = True
    elif way == 4:
        sheet.sheet_state = "hidden"
    elif way == 5:
        sheet.title = CANARIES[1]
    elif way == 6:
        sheet.cell(rng.choice((60_000, 1_048_576)), rng.choice((1, 190, 16_000)), CANARIES[0])
    elif way == 7:
        sheet.insert_cols(2)
    elif way == 8:
        sheet.delete_cols(2)
    elif way == 9:
        place.value, place.data_type = "#REF!", "e"
    elif way == 10:
        cleaned = re.sub(r"[\x00-\x08\x0b-\x1f\ud800]", "", rng.choice(HOSTILE))[:30_000]
        place.value, place.data_type = cleaned, "s"


def _as_kobo(
    rows: list[list[str]], world: World, profile: Profile, form: str, rng: random.Random
) -> bytes:
    """Write an export with groups, and with a column a choice for questions of several answers."""
    fields = [one for one in world.forms.forms[form].fields if one.name in profile.forms[form]]
    header = [f"g/{one.name}" for one in fields][: len(rows[0])]
    single = {
        place: [code.code for code in world.forms.codes[one.of]]
        for place, one in enumerate(fields[: len(header)])
        if one.kind == "codes"
    }
    beside = [f"{header[place]}/{code}" for place, codes in single.items() for code in codes]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=rng.choice((";", ",")))
    writer.writerow(["start", "end", *header, *beside, "_id", "_uuid", "_index"])
    for number, row in enumerate(rows[1:], start=1):
        chosen = [
            str(int(place < len(row) and row[place] == code))
            for place, codes in single.items()
            for code in codes
        ]
        writer.writerow(["2008-01-01", "", *row, *chosen, number, CANARIES[0], number])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


# Ways to spoil cells, bytes and archives


def _spoiled_cells(rows: list[list[str]], rng: random.Random) -> None:
    for _ in range(rng.randrange(3)):
        row = rng.choice(rows)
        way, place = rng.randrange(8), rng.randrange(len(row)) if row else 0
        if way < 3 and row:
            row[place] = rng.choice(("", CANARIES[0])) + rng.choice(HOSTILE)
        elif way == 3 and row:
            del row[place]
        elif way == 4:
            row.append(CANARIES[1])
        elif way == 5:
            rows.insert(rng.randrange(len(rows) + 1), [])
        elif way == 6:
            rng.shuffle(row)
        elif len(rows) > 1:
            del rows[0]
            return


def _flip(content: bytes, rng: random.Random) -> bytes:
    spoiled = bytearray(content)
    for _ in range(rng.choice((1, 3, 40))):
        spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
    return bytes(spoiled)


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def _cut_out(content: bytes, rng: random.Random) -> bytes:
    first = rng.randrange(len(content))
    return content[:first] + content[first + rng.randrange(1, 200) :]


def _put_in(content: bytes, rng: random.Random) -> bytes:
    place, odd = rng.randrange(len(content)), rng.choice(HOSTILE)
    encoding = rng.choice(("utf-8", "utf-16-le", "cp1252"))
    return content[:place] + odd.encode(encoding, "replace") + content[place:]


def _begun_otherwise(content: bytes, rng: random.Random) -> bytes:
    heads = (
        b"%PDF-1.4\n", b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>",
        b"PK\x05\x06" + bytes(18), b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf",
        b"\r\n", b"\x1f\x8b\x08",
    )  # fmt: skip
    return rng.choice(heads) + content


def _half_in_utf8(content: bytes, rng: random.Random) -> bytes:
    return content + f"{rng.choice(CANARIES)}Åse Øst;æ\r\n".encode()


def _part_spoiled(content: bytes, rng: random.Random) -> bytes:
    """Spoil the text of one part of a workbook and pack it again, whole."""
    try:
        old = zipfile.ZipFile(io.BytesIO(content))
        parts = {one.filename: old.read(one) for one in old.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return content
    sheets = [name for name in parts if name.startswith("xl/")]
    if not sheets:
        return content
    name = rng.choice(sheets)
    parts[name] = rng.choice((_flip, _cut, _cut_out, _put_in, _xml))(parts[name] or b"<", rng)
    if rng.random() < 0.15:
        odd = rng.choice(("xl/vbaProject.bin", "xl/externalLinks/e.xml", "xl/embeddings/o.bin"))
        parts[odd] = b"<x/>"
    if rng.random() < 0.05:
        parts["xl/media/big.bin"] = bytes(60_000_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part, data in parts.items():
            new.writestr(part, data)
    return file.getvalue()


_EXCHANGED: tuple[tuple[bytes, bytes], ...] = (
    (rb'r="([A-Z]+)2"', rb'r="\g<1>1048577"'),
    (rb'r="A(\d+)"', rb'r="XFD\1"'),
    (rb' t="s"', b' t="e"'),
    (rb' t="s"', b' t="d"'),
    (rb' t="s"', b' t="inlineStr"'),
    (rb' t="s"', b""),
    (rb"<v>(\d+)</v>", b"<v>99999999999999999999</v>"),
    (rb"<v>(\d+)</v>", b"<v>-1</v>"),
    (rb"<v>(\d+)</v>", b"<f>1+1</f><v>1</v>"),
    (rb' s="(\d+)"', b' s="999999"'),
    (rb"<sheetData>", b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><sheetData>&a;"),
    (rb"<dimension [^>]*>", b'<dimension ref="A1:XFD1048576"/>'),
    (rb'<row r="(\d+)"', rb'<row r="\1" hidden="1"'),
    (rb'Target="', b'TargetMode="External" Target="http://x/'),
    (rb'state="veryHidden"', b""),
    (rb'date1904="[^"]*"', b'date1904="1"'),
)


def _xml(content: bytes, rng: random.Random) -> bytes:
    pattern, put = rng.choice(_EXCHANGED)
    return re.sub(pattern, put, content, count=rng.choice((1, 0)))


BYTE_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _cut, _cut_out, _put_in, _begun_otherwise, _half_in_utf8,
)  # fmt: skip


def _hostile(world: World, rng: random.Random) -> tuple[str, bytes, Profile, str | None, str]:
    """Return a file's name, its bytes, its sender, the form named with it, and how it was made."""
    profile = rng.choice(list(world.profiles.values()))
    form = rng.choice(list(profile.forms))
    way = rng.choice(("csv", "csv", "kobo", "xlsx_template", "xlsx_own", "xlsx_own"))
    rows = _table(world, profile, form, rng)
    if way.startswith("xlsx"):
        if way == "xlsx_own":
            _spoiled_cells(rows, rng)
            content = _own_workbook(rows, rng)
        else:
            content = _as_workbook(world, profile, rng)
        if rng.random() < 0.7:
            content = _part_spoiled(content, rng)
            way += "_part_spoiled"
    else:
        _spoiled_cells(rows, rng)
        rows[:1] = rows[:1] or [[CANARIES[0]]]
        whole = rows and rows[0] and way == "kobo"
        content = (
            _as_kobo(rows, world, profile, form, rng) if whole else _as_csv(rows, profile, rng)
        )
    if rng.random() < 0.5 and content:
        spoil = rng.choice(BYTE_WAYS)
        content, way = spoil(content, rng), way + spoil.__name__
    ending = "xlsx" if way.startswith("xlsx") else "csv"
    name = f"{form}.{ending}" if rng.random() < 0.95 else rng.choice(("x.xls", "x", "a.csv"))
    return name, content[:MOST_BYTES], profile, rng.choice((None, None, form)), way


def _search(
    longest: float,
    seed: int,
    world: World,
    hand_over: Callable[[str, bytes, Profile, str | None], object],
    said: Callable[[], str],
) -> Tally:
    rng, tally, end = random.Random(seed), Tally(), time.monotonic() + longest
    while time.monotonic() < end and len(tally.failures) < MOST_FAILURES:
        tally.rounds += 1
        name, content, profile, form, way = _hostile(world, rng)
        tally.ways[way] += 1
        message = ""
        try:
            hand_over(name, content, profile, form)
            tally.read += 1
        except SubmissionError as error:
            message = str(error)
            tally.reasons[_reason(message)] += 1
        except BaseException as error:  # a panic of a library is no Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            last = traceback.extract_tb(error.__traceback__)[-1]
            key = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
            tally.failures.setdefault(key, f"{way}, round {tally.rounds}: {error}"[:600])
        for canary in CANARIES:
            if canary in message + said():
                key = f"a cell is quoted after {way}"
                tally.failures.setdefault(key, f"round {tally.rounds}: {message}"[:600])
    return tally


def _reason(message: str) -> str:
    return re.sub(r"\d+", "9", message.split(": ", 1)[-1])[:40]


def _tell(tally: Tally, tell: Callable[[str], None]) -> None:
    refused = tally.rounds - tally.read
    tell(f"{tally.rounds} files, {refused} refused in {len(tally.reasons)} ways of beginning")
    for way, count in tally.ways.most_common(40):
        tell(f"  {count:6d} {way}")


def test_every_hostile_file_is_read_or_refused_in_words(
    world: World,
    longest: float,
    seed: int,
    tell: Callable[[str], None],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A traceback copied into an e-mail would carry the names of those whom we protect."""

    def said() -> str:
        out = capfd.readouterr()
        return out.out + out.err

    def hand_over(name: str, content: bytes, profile: Profile, form: str | None) -> None:
        for sheet in read(name, content, profile, world.forms, form=form):
            assert tuple(sheet.cells.columns) == tuple(
                field
                for field in world.forms.forms[sheet.form].columns
                if field in profile.forms[sheet.form]
            )
            assert len(sheet.rows) == len(sheet.cells)

    tally = _search(longest, seed, world, hand_over, said)
    _tell(tally, tell)
    assert not tally.failures, "\n".join(f"{k}: {v}" for k, v in tally.failures.items())
    assert tally.read
    assert len(tally.reasons) > 10


def test_hostile_files_leave_the_store_as_it_was_or_enter_whole(
    world: World,
    longest: float,
    seed: int,
    tmp_path: Path,
    tell: Callable[[str], None],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The whole way, from the file to the encrypted store: the door must hold as well."""
    keys.create(tmp_path / "keys", holders=None)
    inbox = tmp_path / "inbox"
    inbox.mkdir()

    def said() -> str:
        out = capfd.readouterr()
        return out.out + out.err

    questions: list[str] = []

    def hand_over(name: str, content: bytes, profile: Profile, form: str | None) -> None:
        path = inbox / name
        path.write_bytes(content)
        found = submit(
            Places(HOME),
            [path],
            profile.organisation,
            "2008H1",
            form=form,
            received_on=date(2008, 9, 1),
            store_folder=tmp_path / "store",
            keys_folder=tmp_path / "keys",
            profiles=world.profiles,
        )
        questions.append(repr(found))
        assert not any(canary in questions[-1] for canary in CANARIES)

    tally = _search(longest, seed + 1, world, hand_over, said)
    _tell(tally, tell)
    assert not tally.failures, "\n".join(f"{k}: {v}" for k, v in tally.failures.items())
    assert questions
