"""read, workbooks: the template filled in comes back; what nobody would see is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.published import Text
from analysis.errors import SubmissionError
from analysis.intake.reading import Sheet, limits, read
from analysis.intake.template import asked, workbook

HOME = Path(__file__).parents[2]
FORMS = read_forms(HOME / "data/forms", HOME / "data/codelists/partner")
PROFILES = read_profiles(HOME / "data/synthetic/profiles", FORMS)
SHELTER, ENGLISH = PROFILES["syn_b"], PROFILES["syn_c"]
CANARY = "Xqzzy"
ROW = ("4711", CANARY, "Fox", date(1988, 4, 3), "Female", "DNK", "no", datetime(2008, 4, 3))


def _template(organisation: str) -> bytes:
    names = {one.organisation: one.name for one in PROFILES.values()}
    lands = {"DNK": Text("Danmark", "Denmark")}
    profile = PROFILES[organisation]
    what = asked(profile, FORMS, organisations=names, countries=lands)
    return workbook(what, profile.language)


TEMPLATE = _template("syn_c")


def _bytes(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _plain(*rows: tuple[Any, ...], change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    """A workbook of the sender's own, with one sheet of persons."""
    book = openpyxl.Workbook()
    sheet = book.active
    wanted = ENGLISH.forms["persons"]
    sheet.append([one.label.en for one in FORMS.forms["persons"].fields if one.name in wanted])
    for row in rows:
        sheet.append(row)
    change(sheet)
    return _bytes(book)


def _refused(content: bytes, organisation: str = "syn_c", name: str = "a.xlsx") -> str:
    with pytest.raises(SubmissionError) as raised:
        read(name, content, PROFILES[organisation], FORMS)
    assert CANARY not in str(raised.value)
    assert raised.value.__context__ is None
    return str(raised.value)


def _repacked(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    old = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: old.read(name) for name in old.namelist()}
    change(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return file.getvalue()


def _filled(template: bytes, change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template))
    change(book)
    return _bytes(book)


def test_the_template_filled_in_comes_back_sheet_by_sheet() -> None:
    """What was chosen from the drop-downs and typed below the headings is what is checked."""

    def fill(book: Any) -> None:
        for place, value in enumerate(ROW, 1):
            book["Persons (synthetic)"].cell(2, place, value)
        book["Persons (synthetic)"]["A5"] = 12
        for place, value in enumerate(("C1", date(2008, 3, 1), 5, 60), 1):
            book["Places and nights (synthetic)"].cell(2, place, value)

    sheets = read("a.xlsx", _filled(TEMPLATE, fill), ENGLISH, FORMS)
    assert {one.form for one in sheets} == set(ENGLISH.forms)
    persons, places = (one for one in sheets if len(one.rows))
    assert (persons.form, places.form) == ("persons", "places")
    assert persons.name == "Persons (synthetic)"
    assert persons.cells.iloc[0].tolist() == [
        "4711", CANARY, "Fox", "1988-04-03", "Female", "DNK", "no", "2008-04-03",
    ]  # fmt: skip
    assert persons.rows.tolist() == [2, 5]
    assert persons.empty_rows == 2
    assert persons.cells["person"].tolist() == ["4711", "12"]
    assert places.cells.iloc[0].tolist() == ["C1", "2008-03", "5", "60"]


def test_a_template_that_nobody_filled_in_is_refused() -> None:
    """Sent back as it came, it would pass for a half-year without anyone."""
    assert "None of the sheets has rows" in _refused(TEMPLATE)


def test_the_template_of_another_sender_is_refused() -> None:
    """The numbers of one house must never enter under the name of another."""
    assert _refused(TEMPLATE, "syn_b") == (
        "a.xlsx: Skabelonen er lavet til en anden afsender. Brug jeres egen skabelon."
    )


def test_a_template_of_another_version_is_refused() -> None:
    """A field that changed its meaning keeps its title."""

    def older(book: Any) -> None:
        for row in book["_workbench"].iter_rows():
            if row[0].value == "template_version":
                row[1].value = "0"

    assert "another version than 1" in _refused(_filled(TEMPLATE, older))


def test_a_renamed_sheet_of_the_template_is_missed() -> None:
    """Its rows would be left behind without a word."""

    def renamed(book: Any) -> None:
        book["Persons (synthetic)"].title = CANARY

    assert "missing or were renamed: persons" in _refused(_filled(TEMPLATE, renamed))


def test_a_sheet_that_belongs_to_no_form_is_named_by_its_number() -> None:
    """A sheet can be named after a person."""

    def added(book: Any) -> None:
        book["Persons (synthetic)"]["A2"] = "1"
        book.create_sheet(CANARY)["A1"] = CANARY

    assert "a.xlsx, sheet no. 12: No column in row 1" in _refused(_filled(TEMPLATE, added))


def test_a_sheet_named_after_a_person_keeps_that_name_to_itself() -> None:
    """Questions put to the sender name the sheet, and travel by e-mail."""

    def named(sheet: Any) -> None:
        sheet.title = CANARY

    (sheet,) = read("a.xlsx", _plain(ROW, change=named), ENGLISH, FORMS)
    assert sheet.name == "no. 1"


def _merge(sheet: Any) -> None:
    sheet.merge_cells("A2:B3")


def _hide_row(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def _hide_column(sheet: Any) -> None:
    sheet.column_dimensions["B"].hidden = True


def _formula(sheet: Any) -> None:
    sheet["B3"] = f'=CONCATENATE("{CANARY}", 1)'


def _error(sheet: Any) -> None:
    sheet["C3"].value, sheet["C3"].data_type = "#DIV/0!", "e"


def _long_number(sheet: Any) -> None:
    sheet["A3"] = 1234567890123456


def _beside(sheet: Any) -> None:
    sheet["J3"] = CANARY


def _below_the_first(sheet: Any) -> None:
    sheet.insert_rows(1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_merge, "sheet Sheet: Rows in which merged cells begin: 1 (row 2)"),
        (_hide_row, "sheet Sheet: Hidden rows with data: 1 (row 3)"),
        (_hide_column, "sheet Sheet: Hidden columns with data: 1 (B)"),
        (_formula, "sheet Sheet, column B: Cells with formulas: 1 (row 3)"),
        (_error, "sheet Sheet, column C: Cells with error values of the spreadsheet: 1 (row 3)"),
        (_long_number, "column A: Cells with numbers of more than 15 digits: 1 (row 3)"),
        (_beside, "sheet Sheet, column J: The column holds data but has no title"),
        (_below_the_first, "No column in row 1 has a title"),
    ],
)
def test_what_a_reader_of_values_would_miss_is_named(
    change: Callable[[Any], None], said: str
) -> None:
    """Rows that a filter hides are rows that the sender did not mean, or forgot."""
    assert said in _refused(_plain(ROW, ROW, change=change))


def test_a_hidden_sheet_with_data_is_refused() -> None:
    """Whoever hides a sheet does not mean to send it."""
    book = openpyxl.load_workbook(io.BytesIO(_plain(ROW)))
    hidden = book.create_sheet("More")
    hidden["A1"], hidden.sheet_state = CANARY, "veryHidden"
    assert "sheet no. 2: The sheet is hidden and holds data" in _refused(_bytes(book))


def test_numbers_days_and_answers_become_text_in_one_way() -> None:
    """The rules must not need to know whether a cell was typed or calculated."""
    days = (
        datetime(2008, 4, 3, 12, 30),
        True,
        12.0,
        1.5,
        date(2008, 4, 3),
        0.1,
        1e-7,
        "2008-04-03",
    )
    for organisation, mark in (("syn_c", "."), ("syn_b", ",")):
        (sheet,) = read("a.xlsx", _plain(days), PROFILES[organisation], FORMS)
        assert sheet.cells.iloc[0].tolist() == [
            "2008-04-03 12:30:00", "true", "12", f"1{mark}5", "2008-04-03", f"0{mark}1",
            f"0{mark}0000001", "2008-04-03",
        ]  # fmt: skip


def _part(name: str, data: bytes = b"<x/>") -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({name: data})


def _in_sheet(old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return change


def _outside(parts: dict[str, bytes]) -> None:
    name = "xl/_rels/workbook.xml.rels"
    link = b'<Relationship Id="z" Type="t/externalLink" Target="http://x" TargetMode="External"/>'
    parts[name] = parts[name].replace(b"</Relationships>", link + b"</Relationships>")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_part("xl/vbaProject.bin"), "holds macros"),
        (_part("xl/externalLinks/externalLink1.xml"), "fetches data from other files"),
        (_outside, "fetches data from other files"),
        (_part("xl/connections.xml"), "fetches data from other files"),
        (_part("xl/embeddings/oleObject1.bin"), "holds other files"),
        (_part("xl/media/a.png", b"PK\x03\x04nested"), "holds other files"),
        (_part("xl/media/a.bin", bytes(60_000_000)), "unpacks to far more"),
        (_part("XL/WORKBOOK.XML"), "damaged or cut short"),
        (_in_sheet(b"<sheetData>", b"<sheetData><"), "damaged or cut short"),
        (_in_sheet(b'ref="A1:H3"', b'ref="A1:H90"'), "should reach row 90 but ends at 3"),
        (_in_sheet(b'r="H3"', b'r="XFD3"'), "At least 16384 columns"),
        (_in_sheet(b'r="H3"', b'r="H2000002"'), "more than 2000000 rows"),
        (_in_sheet(b'r="H3"', b'r="CZ1000000"'), "unpacks to far more"),
    ],
)
def test_a_workbook_made_to_harm_is_refused(
    change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    """The file comes by e-mail, and the machine holds what others entrusted to it."""
    assert said in _refused(_repacked(_plain(ROW, ROW), change))


def test_xml_that_multiplies_itself_is_refused() -> None:
    """A few lines of entities would unfold into gigabytes."""
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert "unpacks to far more" in _refused(_repacked(_plain(ROW), _part("xl/x.xml", laughs)))


def test_a_text_that_a_million_cells_point_to_is_refused() -> None:
    """It stands in the file once, and would stand in memory a million times."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.add_worksheet("Persons").write_string(0, 0, CANARY)
    book.close()

    def pointed(parts: dict[str, bytes]) -> None:
        text, sheet = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"
        parts[text] = parts[text].replace(CANARY.encode(), b"x" * 30_000)
        row = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
        parts[sheet] = parts[sheet].replace(b"</sheetData>", row.encode() * 400 + b"</sheetData>")

    assert "unpacks to far more" in _refused(_repacked(file.getvalue(), pointed))


def test_more_parts_than_any_workbook_are_refused() -> None:
    """A million tiny files cost as much as a large one."""

    def many(parts: dict[str, bytes]) -> None:
        parts.update({f"xl/media/{number}": b"" for number in range(limits.MAX_MEMBERS)})

    assert "unpacks to far more" in _refused(_repacked(_plain(ROW), many))


def test_an_archive_that_lies_about_its_sizes_is_not_believed() -> None:
    """What was unpacked is counted; what the archive promises is not."""
    content = bytearray(_repacked(_plain(ROW), _part("xl/media/a.bin", bytes(60_000_000))))
    while (at := content.find((60_000_000).to_bytes(4, "little"))) >= 0:
        content[at : at + 4] = (100).to_bytes(4, "little")
    assert _refused(bytes(content)).startswith("a.xlsx: The workbook ")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"mimetype": b"x", "content.xml": b"<x/>"}, "an OpenDocument file (.ods)"),
        ({"word/document.xml": b"<x/>"}, "a text document"),
        ({"xl/workbook.bin": b"x"}, "a binary workbook (.xlsb)"),
        ({"a.csv": b"x"}, "a packed folder"),
    ],
)
def test_an_archive_of_another_kind_is_called_by_its_kind(
    parts: dict[str, bytes], said: str
) -> None:
    """The remedy is to save the table as a workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert said in _refused(file.getvalue())


def test_a_workbook_named_csv_is_refused() -> None:
    """The ending decides with which rules a file is read."""
    assert "is named .csv but is a workbook" in _refused(_plain(ROW), name="a.csv")
    assert "holds macros" in _refused(_plain(ROW), name="a.xlsm")


def test_a_workbook_cut_anywhere_is_refused() -> None:
    """A broken upload must not pass for a short file."""
    content = _plain(ROW, ROW)
    for length in range(4, len(content) - 1, 97):
        assert "damaged or cut short" in _refused(content[:length])


GOOD = _plain(ROW, ROW, ROW)


@settings(max_examples=80)
@given(st.data())
def test_a_spoiled_workbook_never_speaks_of_its_cells(data: st.DataObject) -> None:
    """Also where bytes inside its parts are spoiled and packed again, whole."""

    def spoil(content: bytes) -> bytes:
        place = data.draw(st.integers(0, len(content) - 1))
        put = data.draw(st.binary(min_size=1, max_size=4))
        return content[:place] + put + content[place + data.draw(st.integers(0, 4)) :]

    def inside(parts: dict[str, bytes]) -> None:
        name = data.draw(st.sampled_from(sorted(name for name in parts if "xl/" in name)))
        parts[name] = spoil(parts[name])

    content = _repacked(GOOD, inside) if data.draw(st.booleans()) else spoil(GOOD)
    assert CANARY not in _said(content)


def _said(content: bytes) -> str:
    """Why a workbook is refused; empty if it is read."""
    try:
        found = read("a.xlsx", content, ENGLISH, FORMS)
    except SubmissionError as error:
        return str(error)
    assert all(isinstance(one, Sheet) for one in found)
    return ""


def test_two_sheets_of_one_form_are_refused() -> None:
    """Rows would enter as two deliveries of the same period."""
    book = openpyxl.load_workbook(io.BytesIO(_plain(ROW)))
    book.copy_worksheet(book.active)
    assert "Several sheets belong to the same form" in _refused(_bytes(book))


def test_a_sheet_that_says_another_form_than_the_caller_is_refused() -> None:
    """One of the two is mistaken, and only the sender knows which."""
    book = openpyxl.load_workbook(io.BytesIO(_plain(ROW)))
    book.active.title = "Persons"
    with pytest.raises(SubmissionError, match="another form than the one chosen"):
        read("a.xlsx", _bytes(book), ENGLISH, FORMS, form="stays")
