"""read, CSV: what senders write comes back cell for cell; what is not whole is refused in words."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Dialect, Encoding, Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.errors import SubmissionError
from analysis.intake.reading import read

HOME = Path(__file__).parents[2]
FORMS: Forms = read_forms(HOME / "data/forms", HOME / "data/codelists/partner")
PROFILES: dict[str, Profile] = read_profiles(HOME / "data/synthetic/profiles", FORMS)
DANISH, ENGLISH = PROFILES["syn_a"], PROFILES["syn_c"]

CANARY = "Xqzzy"
ROW = ("4711", CANARY, "Møller", "03-04-1988", "female", "NGA", "nej", "03-04-2008")
ENGLISH_ROW = ("4711", CANARY, "Fox", "1988-04-03", "female", "NGA", "no", "2008-04-03")


def _titles(profile: Profile, form: str = "persons") -> list[str]:
    """Labels of a form's fields, as its template heads them."""
    wanted = profile.forms[form]
    return [
        one.label.said_in(profile.language)
        for one in FORMS.forms[form].fields
        if one.name in wanted
    ]


def _file(profile: Profile, *rows: tuple[str, ...], header: list[str] | None = None) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=profile.dialect.delimiter, lineterminator="\r\n")
    writer.writerows([header or _titles(profile), *rows])
    return text.getvalue().encode(profile.dialect.encoding)


def _refused(name: str, content: bytes, profile: Profile = ENGLISH, form: str | None = None) -> str:
    with pytest.raises(SubmissionError) as raised:
        read(name, content, profile, FORMS, form=form)
    # Neither the message nor what a log would print beside it may speak of a cell.
    assert CANARY not in str(raised.value)
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None
    return str(raised.value)


def _said(name: str, content: bytes) -> str:
    """Why a file is refused; empty if it is read."""
    try:
        read(name, content, DANISH, FORMS)
    except SubmissionError as error:
        return str(error)
    return ""


def test_a_danish_file_comes_back_cell_for_cell() -> None:
    """What a house writes in its spreadsheet is what is checked, nothing guessed on the way."""
    empty = ("",) * 8
    content = _file(DANISH, ROW, empty, ("12", " B ", *[""] * 6), empty)
    (sheet,) = read("persons.csv", content, DANISH, FORMS)
    assert sheet.form == "persons"
    assert tuple(sheet.cells.columns) == DANISH.forms["persons"]
    assert sheet.cells.iloc[0].tolist() == list(ROW)
    assert sheet.cells["given_name"].tolist() == [CANARY, "B"]
    assert sheet.cells["sex"].isna().tolist() == [False, True]
    assert sheet.rows.tolist() == [2, 4]
    assert sheet.empty_rows == 1, "the rows after the last one are no rows"
    assert sheet.headers["birth_date"] == "Fødselsdato"
    assert all(isinstance(kind, pd.StringDtype) for kind in sheet.cells.dtypes)


letters = st.characters(codec="cp1252", categories=["L", "N"])
inside = st.characters(codec="cp1252", categories=["L", "N", "Zs"], include_characters=".,;/'|-")
words = st.builds(lambda a, b: a + b.strip(), letters, st.text(inside, max_size=12))
tables = st.lists(st.tuples(*[st.one_of(st.just(""), words)] * 8), max_size=8)
dialects = st.builds(
    Dialect,
    st.sampled_from(["utf-8", "windows-1252", "utf-16"]),
    st.sampled_from([";", ",", "\t", "|"]),
)


@settings(max_examples=60)
@given(tables, dialects)
def test_any_table_in_any_declared_dialect_reads_back(
    table: list[tuple[str, ...]], dialect: Dialect
) -> None:
    """A sender's own way of writing must not change what it said."""
    profile = replace(DANISH, dialect=dialect)
    (sheet,) = read("a.csv", _file(profile, *table), profile, FORMS)
    kept = [row for row in table if any(row)]
    found = [
        tuple("" if pd.isna(cell) else str(cell) for cell in row)
        for row in sheet.cells.itertuples(index=False)
    ]
    assert found == kept
    assert sheet.rows.tolist() == [number for number, row in enumerate(table, 2) if any(row)]


@settings(max_examples=150)
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx", "a.txt", "a"]))
def test_any_bytes_are_read_or_refused_in_words(content: bytes, name: str) -> None:
    """Whatever arrives by mistake, the answer is a sentence and not a traceback."""
    assert _said(name, content).startswith(f"{name}: ") or not _said(name, content)


@settings(max_examples=150)
@given(st.data())
def test_a_spoiled_file_never_speaks_of_its_cells(data: st.DataObject) -> None:
    """Messages are copied into e-mails; the names in the file are not."""
    content = bytearray(_file(DANISH, ROW, ROW, ROW))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        way = data.draw(st.sampled_from(["set", "cut", "insert"]))
        if way == "cut":
            del content[place : place + data.draw(st.integers(1, 20))]
        elif way == "set":
            content[place] = data.draw(st.integers(0, 255))
        else:
            content[place:place] = data.draw(st.binary(min_size=1, max_size=5))
        content = content or bytearray(b";")
    assert CANARY not in _said("a.csv", bytes(content))


HOSTILE = {
    "=1+1": "begin like a formula",
    "+45 12": "begin like a formula",
    "@SUM(A1)": "begin like a formula",
    "-": "begin like a formula",
    "＝1": "begin like a formula",
    f"<script>{CANARY}</script>": "HTML or other code",
    f"{CANARY}<br/>": "HTML or other code",
    "&lt;b": "HTML or other code",
    "javascript:x": "HTML or other code",
    "a\x01b": "line breaks, tabs or control signs",
    "\tx": "line breaks, tabs or control signs",
    "a\u202eb": "turn the direction of writing",
    "a\u200bb": "cannot be seen or are damaged",
    "a\ufffdb": "cannot be seen or are damaged",
    "#REF!": "error values",
    "#N/A": "error values",
    "####": "error values",
    "#I/T": "error values",
    CANARY * 41: "more than 200 characters",
}


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_cell_that_a_program_would_obey_is_refused_by_row_and_column(cell: str) -> None:
    """The workbook of a give-back is opened in a spreadsheet, where =1+1 runs."""
    row = ("4712", cell, *ENGLISH_ROW[2:])
    said = _refused("a.csv", _file(ENGLISH, ENGLISH_ROW, row))
    assert said.startswith("a.csv, column Given name: Cells ")
    assert HOSTILE[cell] in said
    assert "1 (row 3)" in said


@pytest.mark.parametrize("cell", ["-5", "+5", "-5,25", "#12", "A#", "O'Neill", "A & B", "x < y"])
def test_a_harmless_cell_is_not_taken_for_a_formula(cell: str) -> None:
    """Numbers below zero are a question of the rules, and no attack."""
    (sheet,) = read("a.csv", _file(ENGLISH, ("1", cell, *ENGLISH_ROW[2:])), ENGLISH, FORMS)
    assert sheet.cells["given_name"].tolist() == [cell]


def test_only_twenty_rows_are_named() -> None:
    """A message with a million row numbers is no message."""
    said = _refused("a.csv", _file(ENGLISH, *[("1", "=1", *ENGLISH_ROW[2:])] * 50))
    assert said.endswith(
        "50 (rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21 and "
        "30 more). Remove the sign or clear the cells."
    )


BEGINNINGS = {
    b"%PDF-1.7": "a PDF document",
    b"\x89PNG\r\n\x1a\n": "an image",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600: "an old Office format",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"): "a password",
    b"<html><table>": "a web page",
    b"{\\rtf1": "a text document",
    b"age-encryption.org/v1": "an encrypted file",
}


@pytest.mark.parametrize("content", BEGINNINGS)
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_file_of_another_kind_is_called_by_its_kind(content: bytes, name: str) -> None:
    """*Cannot be read* would leave the sender guessing."""
    assert BEGINNINGS[content] in _refused(name, content)


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", bytes(30)])
def test_an_empty_file_is_called_empty(content: bytes) -> None:
    """A sender who exported nothing must hear so."""
    assert _refused("a.csv", content) == (
        "a.csv: The file is empty. Send the file that holds the rows."
    )


def test_text_named_as_a_workbook_is_refused() -> None:
    """The ending decides with which rules a file is read."""
    said = _refused("a.xlsx", _file(ENGLISH, ENGLISH_ROW))
    assert "is named .xlsx but is plain text" in said


def test_lines_of_another_encoding_are_named() -> None:
    """Two exports pasted together turn half of the names into others."""
    whole = _file(DANISH, ROW, ("1", "Åse", *ROW[2:]))
    utf8 = ";".join(("2", "Åse", *ROW[2:])).encode() + b"\r\n"
    said = _refused("a.csv", whole + utf8 + whole.split(b"\r\n")[1] + b"\r\n" + utf8, DANISH)
    assert "vist nok utf-8: 2 (række 4, 6)" in said
    declared = replace(DANISH, dialect=Dialect("utf-8"))
    reverse = utf8.join([_file(declared, ROW), whole.split(b"\r\n")[1] + b"\r\n"])
    assert "vist nok windows-1252: 1 (række 4)" in _refused("a.csv", reverse, declared)


@pytest.mark.parametrize(
    ("written", "declared", "found"),
    [
        ("utf-8", "windows-1252", "skrevet i utf-8"),
        ("utf-16-le", "windows-1252", "skrevet i utf-16"),
        ("windows-1252", "utf-16", "ikke skrevet i utf-16"),
        ("windows-1252", "utf-8", "ikke findes i utf-8: 2 (række 1, 2)"),
    ],
)
def test_a_whole_file_in_another_encoding_is_told(
    written: str, declared: Encoding, found: str
) -> None:
    """The remedy is to save again, which one sentence can say."""
    profile = replace(DANISH, dialect=Dialect(declared))
    text = _file(replace(DANISH, dialect=Dialect("utf-8")), ROW).decode()
    assert found in _refused("a.csv", text.encode(written), profile)


def test_a_byte_order_mark_says_how_a_file_is_written() -> None:
    """Spreadsheets save *CSV UTF-8* with a mark; it leaves no doubt."""
    text = _file(replace(DANISH, dialect=Dialect("utf-8")), ROW).decode()
    for encoding in ("utf-8-sig", "utf-16"):
        (sheet,) = read("a.csv", text.encode(encoding), DANISH, FORMS)
        assert sheet.cells["family_name"].tolist() == ["Møller"]


def test_a_file_that_was_cut_short_is_refused() -> None:
    """Half a file would pass for a quiet half-year."""
    content = _file(ENGLISH, ENGLISH_ROW, ENGLISH_ROW)
    assert "was probably cut short" in _refused("a.csv", content[:-30])


def test_rows_that_do_not_fit_the_header_are_named() -> None:
    """One missing semicolon moves every later cell into another field."""
    wide, narrow = (*ENGLISH_ROW, CANARY), ENGLISH_ROW[:5]
    said = _refused("a.csv", _file(ENGLISH, ENGLISH_ROW, wide, narrow, narrow, ENGLISH_ROW))
    assert "more cells than the 8 of the header: 1 (row 3)" in said
    assert "fewer cells than the 8 of the header: 2 (rows 4, 5)" in said


@pytest.mark.parametrize("cell", ['"open', '"two\nlines"', '"two\r\nlines"'])
def test_a_cell_over_several_lines_is_refused_by_line(cell: str) -> None:
    """Row numbers stay those that the spreadsheet shows."""
    line = ",".join(("1", cell, *ENGLISH_ROW[2:])).encode() + b"\r\n"
    assert "(row" in _refused("a.csv", _file(ENGLISH, ENGLISH_ROW) + line)


def test_zero_bytes_and_lone_carriage_returns_are_named() -> None:
    """Both end a cell early in one program and not in another."""
    good = _file(ENGLISH, ENGLISH_ROW, ENGLISH_ROW)
    assert "zero bytes: 1 (row 3)" in _refused("a.csv", good[:-4] + b"\x00" + good[-4:])
    assert "line break within: 1 (row 3)" in _refused("a.csv", good[:-9] + b"\r" + good[-9:])


def test_another_delimiter_is_told_by_name() -> None:
    """A comma is what Danish spreadsheets do not write and English ones do."""
    english = replace(DANISH, dialect=Dialect("windows-1252", ","))
    said = _refused("a.csv", _file(english, ROW), DANISH)
    assert "skilt med komma; aftalen siger semikolon" in said


@pytest.mark.parametrize("way", ["name", "label", "other language", "own", "odd"])
def test_a_column_is_known_by_every_title_that_it_has(way: str) -> None:
    """A house need not rename the columns of its own journal."""
    shelter = PROFILES["syn_b"]
    fields = [one for one in FORMS.forms["persons"].fields if one.name in shelter.forms["persons"]]
    own = {field: title for title, field in shelter.headers.items()}
    titles = {
        "name": [one.name for one in fields],
        "label": [one.label.da for one in fields],
        "other language": [one.label.en for one in fields],
        "own": [own.get(one.name, one.name) for one in fields],
        "odd": [f" {one.label.da.upper()}  :" for one in fields],
    }[way]
    (sheet,) = read("a.csv", _file(shelter, ROW, header=titles), shelter, FORMS)
    assert sheet.cells.iloc[0].tolist() == list(ROW)


def test_columns_may_stand_in_any_order_and_empty_ones_beside_them() -> None:
    """A spreadsheet adds empty columns without being asked."""
    titles = [*reversed(_titles(ENGLISH)), "", ""]
    content = _file(ENGLISH, (*reversed(ENGLISH_ROW), "", " "), header=titles)
    (sheet,) = read("a.csv", content, ENGLISH, FORMS)
    assert sheet.cells.iloc[0].tolist() == list(ENGLISH_ROW)


def _with_title(place: int, title: str) -> list[str]:
    titles = _titles(ENGLISH)
    titles[place] = title
    return titles


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (_with_title(4, "Sexx"), "column E: The title is none of the form. The nearest is: Sex."),
        (_with_title(4, "Telephone"), "column E (Telephone): The title is none of the form"),
        (_with_title(4, "Civil registration number"), "not among those that you may send"),
        (_with_title(4, "Kind of place"), "belongs to another form"),
        (_with_title(4, "Family name"), "a.csv, column E: The field Family name already has"),
        (_with_title(4, ""), "a.csv, column E: The column holds data but has no title"),
        (_with_title(4, "Sexx"), "The column Sex is missing or was renamed"),
    ],
)  # fmt: skip
def test_a_column_that_is_no_field_is_named(header: list[str], said: str) -> None:
    """A renamed column must be mended by its owner, not guessed by us."""
    assert said in _refused("a.csv", _file(ENGLISH, ENGLISH_ROW, header=header))


@pytest.mark.parametrize(
    "title",
    [CANARY, "Anna Fox", "0304881234", "3 April 1988", "Roskilde", "4711", "Sex " * 20],
)
def test_a_title_that_could_be_somebodys_is_never_quoted(title: str) -> None:
    """Where the header is missing, the first row is a person."""
    said = _refused("a.csv", _file(ENGLISH, ENGLISH_ROW, header=_with_title(4, title)))
    assert "column E:" in said
    assert title.strip() not in said


def test_a_file_without_header_says_nothing_of_its_first_row() -> None:
    """The commonest slip of all, and the one that would tell a name."""
    said = _refused("a.csv", _file(ENGLISH, ENGLISH_ROW, header=list(ENGLISH_ROW)))
    assert said == (
        "a.csv: No column in row 1 has a title from one of your forms. "
        "Put the titles in as the first row."
    )


def test_more_columns_than_any_form_are_refused() -> None:
    """Somebody sent the whole journal."""
    header = [*_titles(ENGLISH), *[f"x{number}" for number in range(300)]]
    assert "At least 308 columns" in _refused("a.csv", _file(ENGLISH, header=header))


def test_a_form_that_was_not_agreed_on_is_refused() -> None:
    """The agreement says what may be sent, not the caller."""
    assert "not part of the agreement" in _refused("a.csv", b"x", form="charges")


def test_a_header_alone_is_a_sheet_without_rows() -> None:
    """Nobody met in a quarter is an answer; whether it was meant is asked further on."""
    (sheet,) = read("a.csv", _file(ENGLISH), ENGLISH, FORMS)
    assert (sheet.form, len(sheet.cells), len(sheet.rows)) == ("persons", 0, 0)


def test_a_sheet_does_not_show_its_cells() -> None:
    """What is printed in a traceback or a notebook by accident stays within."""
    (sheet,) = read("a.csv", _file(ENGLISH, ENGLISH_ROW), ENGLISH, FORMS)
    assert repr(sheet) == "Sheet('persons', 1 rows)"


def test_many_problems_end_in_one_message_of_bounded_length() -> None:
    """A message is read by a person."""
    header = [f"x{number}" for number in range(40)] + _titles(ENGLISH)
    said = _refused("a.csv", _file(ENGLISH, header=header)).splitlines()
    assert len(said) == 13
    assert said[-1] == "And 28 further problems. Correct these first."


def test_a_file_name_cannot_play_tricks_on_a_terminal() -> None:
    """A name is the sender's, and is printed."""
    assert _refused("folder/\x1b[31ma.csv", b"").startswith("?[31ma.csv: ")


def _with_twin_form() -> tuple[Forms, Profile]:
    """Forms in which a second one asks for the same columns as *persons*."""
    twin = replace(FORMS.forms["persons"], id="clients")
    forms = replace(FORMS, forms={**FORMS.forms, "clients": twin})
    sends = {**ENGLISH.forms, "clients": ENGLISH.forms["persons"]}
    return forms, replace(ENGLISH, forms=sends)


def test_a_header_that_fits_two_forms_is_settled_by_name_or_asked_about() -> None:
    """Rows entered as another form would be counted in another unit."""
    forms, profile = _with_twin_form()
    content = _file(ENGLISH, ENGLISH_ROW)
    with pytest.raises(SubmissionError, match="fits several forms: persons and clients"):
        read("a.csv", content, profile, forms)
    (named,) = read("syn_c-clients-2008h1.csv", content, profile, forms)
    (chosen,) = read("a.csv", content, profile, forms, form="persons")
    assert (named.form, chosen.form) == ("clients", "persons")


def test_a_title_that_fits_two_fields_is_asked_about_but_a_fields_own_name_is_not() -> None:
    """A house whose journal says *Date* twice must say which is which."""
    profile = replace(ENGLISH, headers={"Date": "birth_date", "DATE": "first_contact_on"})
    header = _with_title(7, "date")
    with pytest.raises(SubmissionError, match="column H: The title fits several fields"):
        read("a.csv", _file(ENGLISH, ENGLISH_ROW, header=header), profile, FORMS)
    exact = _with_title(7, "first_contact_on")
    (sheet,) = read("a.csv", _file(ENGLISH, ENGLISH_ROW, header=exact), profile, FORMS)
    assert sheet.cells["first_contact_on"].tolist() == ["2008-04-03"]


def test_tokens_of_an_identity_may_be_long_and_nothing_else() -> None:
    """A token of a name has some two hundred signs; a name of that length is a text."""
    token = "wb1.given_name." + "0f" * 150
    by_tokens = PROFILES["syn_d"]
    row = ("1", token, token, token, *ROW[4:])
    (sheet,) = read("a.csv", _file(by_tokens, row), by_tokens, FORMS)
    assert sheet.cells["given_name"].tolist() == [token]
    assert "Fri tekst modtages ikke" in _refused("a.csv", _file(DANISH, row), DANISH)
