"""read, exports of Kobo: groups, several answers and repeated groups become the form's columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.errors import SubmissionError
from analysis.intake.reading import Sheet, read

HOME = Path(__file__).parents[2]
FORMS = read_forms(HOME / "data/forms", HOME / "data/codelists/partner")
PROFILES = read_profiles(HOME / "data/synthetic/profiles", FORMS)
DANISH = PROFILES["syn_a"]  # its own CSV is windows-1252 with semicolons
CANARY = "Xqzzy"

OWN = ["_id", "_uuid", "_submission_time", "_validation_status", "__version__", "_index"]
OWN_CELLS = ["17", "a-b", "2008-04-03T12:00:00", "", "v1", "1"]
QUESTIONS = ["g/person", "g/status", "g/deciding_body", "g/decided_on", "g/h/acts"]
SINGLE = ["g/h/acts/recruitment", "g/h/acts/transportation", "g/h/acts/harbouring"]
REST = ["g/means", "g/purposes", "g/child_when_exploited"]
ANSWERS = ["47", "identified", "police", "2008-04-03"]
LAST = ["", "forced_labour", "no"]


def _csv(header: Sequence[str], *rows: Sequence[str], delimiter: str = ";") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([header, *rows])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(sheets: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _read(name: str, content: bytes) -> tuple[Sheet, ...]:
    return read(name, content, DANISH, FORMS)


def _refused(name: str, content: bytes) -> str:
    with pytest.raises(SubmissionError) as raised:
        _read(name, content)
    assert CANARY not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("delimiter", [";", ","])
def test_an_export_is_read_whatever_the_sender_agreed_for_its_own_files(delimiter: str) -> None:
    """The server writes UTF-8 and ISO dates, not the house's spreadsheet."""
    header = ["start", "end", *QUESTIONS, *SINGLE, *REST, *OWN]
    row = ["x", "y", *ANSWERS, "recruitment transportation", "1", "1", "0", *LAST, *OWN_CELLS]
    (sheet,) = _read("a.csv", _csv(header, row, delimiter=delimiter))
    assert sheet.form == "assessments"
    assert tuple(sheet.cells.columns) == DANISH.forms["assessments"]
    assert sheet.cells["acts"].tolist() == ["recruitment;transportation"]
    assert sheet.cells["decided_on"].tolist() == ["2008-04-03"]
    assert sheet.cells["means"].isna().all()


def test_answers_in_columns_of_their_own_are_joined() -> None:
    """Kobo can export a choice a column and nothing else."""
    header = [*QUESTIONS[:-1], *SINGLE, *REST, *OWN]
    rows = [
        [*ANSWERS, "1", "0", "1", *LAST, *OWN_CELLS],
        [*ANSWERS, "0", "0", "0", *LAST, *OWN_CELLS],
    ]
    (sheet,) = _read("a.csv", _csv(header, *rows))
    assert sheet.cells["acts"].fillna("").tolist() == ["harbouring;recruitment", ""]


def test_answers_that_contradict_each_other_are_named_by_row() -> None:
    """Somebody edited one of the columns after the export."""
    header = [*QUESTIONS, *SINGLE, *REST, *OWN]
    good = [*ANSWERS, "recruitment", "1", "0", "0", *LAST, *OWN_CELLS]
    bad = [*ANSWERS, "recruitment", "1", "1", "0", *LAST, *OWN_CELLS]
    assert "enkelte svar: 1 (række 3)" in _refused("a.csv", _csv(header, good, bad))


def test_amounts_and_months_are_written_as_the_sender_would() -> None:
    """The server's decimal point must not be read as a Danish thousand."""
    police = PROFILES["syn_police"]
    fields = list(police.forms["charges"])
    row = ["1", "2", "x", "2008-01-02", "convicted", "2008-03-04", "7.5"]
    (sheet,) = read("a.csv", _csv([*fields, *OWN], [*row, *OWN_CELLS]), police, FORMS)
    assert sheet.cells["sentence_months"].tolist() == ["7,5"]
    contacts = list(DANISH.forms["contacts"])
    row = ["2008-04-01", "street", "5", "3", "possibly_repeated"]
    (sheet,) = _read("a.csv", _csv([*contacts, *OWN], [*row, *OWN_CELLS]))
    assert sheet.cells["month"].tolist() == ["2008-04"]


@pytest.mark.parametrize("title", ["_notes", "_geolocation", "username", "phonenumber"])
def test_what_the_server_adds_about_people_is_refused_unless_empty(title: str) -> None:
    """A note is free text, and where a phone was is where somebody lives."""
    contacts = list(DANISH.forms["contacts"])
    row = ["2008-04-01", "street", "5", "3", "possibly_repeated"]
    header = [*contacts, *OWN, title]
    said = _refused("a.csv", _csv(header, [*row, *OWN_CELLS, CANARY]))
    assert f"kolonne {title}: Kolonnen er serverens egen" in said
    assert len(_read("a.csv", _csv(header, [*row, *OWN_CELLS, ""]))) == 1


def test_a_question_that_no_form_has_is_refused() -> None:
    """A form changed on the server is a form changed without the centre."""
    contacts = list(DANISH.forms["contacts"])
    row = ["2008-04-01", "street", "5", "3", "possibly_repeated", CANARY, *OWN_CELLS]
    said = _refused("a.csv", _csv([*contacts, "g/remarks", *OWN], row))
    assert "kolonne F (remarks): Overskriften er ikke skemaets" in said


PERSONS = list(DANISH.forms["persons"])
PERSON = ["47", "Ann", "Fox", "1988-04-03", "female", "NGA", "no", "2008-04-03"]
SERVICES = [name for name in DANISH.forms["services"] if name != "person"]
CHILD = ["_index", "_parent_table_name", "_parent_index", "_submission__id"]


def _service() -> list[str]:
    made = {"date": "2008-04-05", "code": "shelter"}
    return [made.get(FORMS.forms["services"].field(name).kind, "") for name in SERVICES]


def _repeats(*pointers: str, indices: Sequence[str] = ("1", "2")) -> bytes:
    parents = [[*PERSON, *OWN_CELLS[:-1], index] for index in indices]
    parents[-1][0] = "48"
    rows = [[*_service(), str(at), "main", to, "17"] for at, to in enumerate(pointers, 1)]
    return _xlsx({"main": [[*PERSONS, *OWN], *parents], "service": [[*SERVICES, *CHILD], *rows]})


def test_a_repeated_group_gets_the_number_of_the_row_it_belongs_to() -> None:
    """In the server's form the person is asked once, and each service below it."""
    persons, services = _read("a.xlsx", _repeats("2", "1", "2"))
    assert (persons.form, services.form) == ("persons", "services")
    assert services.cells["person"].tolist() == ["48", "47", "48"]


def test_a_repeated_row_that_points_nowhere_is_named() -> None:
    """Its person was deleted on the server, or left out of the export."""
    assert "ikke er i udtrækket: 1 (række 3)" in _refused("a.xlsx", _repeats("1", "9"))


def test_a_number_of_a_row_that_stands_twice_is_refused() -> None:
    """Two exports pasted together would give a service to the wrong person."""
    assert "(_index) står flere gange" in _refused("a.xlsx", _repeats("1", indices=("1", "1")))


def test_a_repeated_group_alone_is_refused() -> None:
    """Without its persons nobody knows whom it was given to."""
    rows = [[*SERVICES, *CHILD], [*_service(), "1", "main", "1", "17"]]
    assert "Send hele udtrækket" in _refused("a.xlsx", _xlsx({"service": rows}))
