"""Submitting: whole or held, nothing lost, nothing twice; against a real store and real keys."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.partner.store import Submission
from analysis.errors import ParameterError, SubmissionError
from analysis.flow.submitting import deliver, quarantine, submit
from analysis.places import Places
from analysis.vault import keys
from analysis.vault.store import Store, reading

HOME = Path(__file__).parents[2]
RECEIVED = date(2008, 8, 1)
PERSONS = (
    "Jeres sagsnummer;Fornavn;Efternavn;Fødselsdato;Køn;Statsborgerskab;"
    "Under 18 år ved første møde;Første møde"
)
SERVICES = (
    "Jeres sagsnummer;Slags støtte;Tilbudt den;Taget imod;Begyndt den;Sluttet den;Hvordan det endte"
)
ANNA = "A-1;Anna;Søndergaard;01-02-1985;Kvinde;NGA;nej;03-02-2008"
MARIA = "A-2;Maria;Popescu;17-05-1980;Kvinde;ROU;nej;04-03-2008"
IMPOSSIBLE = "A-3;Zebedeea;Quxwald;31-02-1980;Kvinde;ROU;nej;04-03-2008"
HELP = "A-1;Tolk;03-02-2008;ja;;;Løber endnu"


@pytest.fixture
def home(tmp_path: Path) -> Places:
    """Make a workbench with forms, lists and senders alone."""
    shutil.copytree(HOME / "data" / "forms", tmp_path / "data" / "forms")
    shutil.copytree(HOME / "data" / "codelists", tmp_path / "data" / "codelists")
    shutil.copytree(HOME / "data" / "profiles", tmp_path / "data" / "profiles")
    return Places(tmp_path)


@pytest.fixture
def senders(home: Places) -> dict[str, Profile]:
    """Return the invented senders."""
    forms = read_forms(home.forms, home.partner_codelists)
    return read_profiles(HOME / "data" / "synthetic" / "profiles", forms)


def _file(home: Places, header: str, *lines: str, name: str = "file.csv") -> Path:
    path = home.home / name
    path.write_bytes("\r\n".join([header, *lines, ""]).encode("windows-1252"))
    return path


def _submit(
    home: Places, senders: dict[str, Profile], *files: Path, sender: str = "syn_a"
) -> tuple[Submission, ...]:
    return submit(home, files, sender, "2008H1", received_on=RECEIVED, profiles=senders)


@contextmanager
def _store(home: Places) -> Iterator[Store]:
    key = keys.open_store_key(home.rehearsal / "keys")
    with reading(home.rehearsal / "store", key) as store:
        yield store


def test_a_good_file_enters_and_its_rows_can_be_counted(
    home: Places, senders: dict[str, Profile]
) -> None:
    """From the sender's spreadsheet to the encrypted store, with keys made for the rehearsal."""
    (one,) = _submit(home, senders, _file(home, PERSONS, ANNA, MARIA))
    assert (one.state, one.rows, one.version, one.questions) == ("accepted", 2, 1, ())
    assert one.delete_after == date(2013, 8, 1)
    with _store(home) as store:
        table = store.rows("persons")
    assert table["source_row"].to_pylist() == [2, 3]
    assert table["citizenship"].to_pylist() == ["NGA", "ROU"]


def test_nothing_of_a_name_lies_in_any_file_of_store_or_keys(
    home: Places, senders: dict[str, Profile]
) -> None:
    """Whoever takes the disk must find nobody on it; the originals are there, encrypted."""
    _submit(home, senders, _file(home, PERSONS, ANNA, IMPOSSIBLE))
    files = [path for path in home.rehearsal.rglob("*") if path.is_file()]
    assert len(files) >= 3
    for path in files:
        content = path.read_bytes()
        for name in ("Zebedeea", "Quxwald", "Søndergaard"):
            assert name.encode("windows-1252") not in content
            assert name.encode() not in content


def test_the_same_bytes_again_change_nothing(home: Places, senders: dict[str, Profile]) -> None:
    """Files are sent twice because nobody is sure that the first came through."""
    path = _file(home, PERSONS, ANNA)
    first = _submit(home, senders, path)
    with _store(home) as store:
        before = store.fingerprint()
    again = deliver(home, [path], "syn_a", "2008H1", received_on=RECEIVED, profiles=senders)
    assert [one.repeated for one in again] == [True]
    assert again[0].submission == first[0]
    with _store(home) as store:
        assert store.fingerprint() == before
        assert len(store.submissions()) == 1


def test_a_bad_file_is_held_whole_and_nothing_of_it_counts(
    home: Places, senders: dict[str, Profile]
) -> None:
    """Half a file would look like a whole one in every table."""
    path = _file(home, PERSONS, ANNA, IMPOSSIBLE)
    (one,) = _submit(home, senders, path)
    assert one.state == "held"
    assert [(each.rule, each.rows) for each in one.questions] == [("impossible_date", (3,))]
    with _store(home) as store:
        assert store.rows("persons").num_rows == 0
        opened = keys.open_intake_keys(home.rehearsal / "keys")
        assert store.original(one.id, opened) == path.read_bytes()


def test_rows_set_aside_are_kept_and_the_rest_enters(
    home: Places, senders: dict[str, Profile]
) -> None:
    """One bad row must not cost all others, and must not get lost either."""
    (held,) = _submit(home, senders, _file(home, PERSONS, ANNA, IMPOSSIBLE, MARIA))
    (taken,) = quarantine(home, "file.csv", [3], synthetic=True, profiles=senders)
    one = taken.submission
    assert (one.id, one.state, one.rows, one.set_aside) == (held.id, "accepted", 2, (3,))
    with _store(home) as store:
        assert store.rows("persons")["source_row"].to_pylist() == [2, 4]
        opened = keys.open_intake_keys(home.rehearsal / "keys")
        aside = store.aside(one.id, opened).decode()
    assert IMPOSSIBLE.replace(";", ",") in aside
    assert aside.splitlines()[1].startswith("3,")


def test_rows_are_set_aside_in_steps_while_questions_remain(
    home: Places, senders: dict[str, Profile]
) -> None:
    """What was set aside first stays aside when more follows, also when the file comes again."""
    path = _file(home, PERSONS, IMPOSSIBLE, ANNA, IMPOSSIBLE.replace("A-3", "A-4"))
    _submit(home, senders, path)
    (first,) = quarantine(home, "file.csv", [2], synthetic=True, profiles=senders)
    assert (first.submission.state, first.submission.set_aside) == ("held", (2,))
    (again,) = deliver(home, [path], "syn_a", "2008H1", received_on=RECEIVED, profiles=senders)
    assert again.repeated
    assert again.submission == first.submission
    (last,) = quarantine(home, first.submission.id, [4], synthetic=True, profiles=senders)
    assert (last.submission.state, last.submission.set_aside) == ("accepted", (2, 4))


@pytest.mark.parametrize("rows", [[9], [1], [2, 3]])
def test_rows_that_are_not_there_or_all_rows_are_refused(
    rows: list[int], home: Places, senders: dict[str, Profile]
) -> None:
    """A wrong number would set the wrong person aside; the file stays as it was."""
    _submit(home, senders, _file(home, PERSONS, ANNA, IMPOSSIBLE))
    with _store(home) as store:
        before = store.submissions()
    with pytest.raises(SubmissionError):
        quarantine(home, "file.csv", rows, synthetic=True, profiles=senders)
    with _store(home) as store:
        assert store.submissions() == before


def test_a_correction_takes_the_place_and_the_old_version_is_kept(
    home: Places, senders: dict[str, Profile]
) -> None:
    """Reports are corrected for years; what was published from the old one must be found."""
    (old,) = _submit(home, senders, _file(home, PERSONS, ANNA))
    (new,) = _submit(home, senders, _file(home, PERSONS, ANNA, MARIA, name="file-v2.csv"))
    assert (new.version, new.supersedes, new.state) == (2, old.id, "accepted")
    with _store(home) as store:
        assert store.submission(old.id).state == "superseded"
        assert store.rows("persons").num_rows == 2
        assert store.rows_of(old.id).num_rows == 1


def test_a_held_correction_leaves_the_old_version_counting(
    home: Places, senders: dict[str, Profile]
) -> None:
    """A correction with errors must not take what was right away."""
    (old,) = _submit(home, senders, _file(home, PERSONS, ANNA))
    (new,) = _submit(home, senders, _file(home, PERSONS, IMPOSSIBLE, name="file-v2.csv"))
    assert (new.version, new.state) == (2, "held")
    with _store(home) as store:
        assert store.submission(old.id).state == "accepted"
        assert store.rows("persons").num_rows == 1


def test_a_service_for_a_person_never_registered_is_queried_until_it_is(
    home: Places, senders: dict[str, Profile]
) -> None:
    """A mistyped number makes two persons of one, and a coverage below the truth."""
    persons = _file(home, PERSONS, ANNA, name="persons.csv")
    services = _file(home, SERVICES, HELP, HELP.replace("A-1", "A-7"), name="services.csv")
    found = _submit(home, senders, services, persons)
    assert [one.form for one in found] == ["services", "persons"]
    assert [(one.rule, one.rows) for one in found[0].questions] == [("unknown_reference", (3,))]
    assert found[0].state == "accepted"


def test_numbers_of_two_senders_never_meet(home: Places, senders: dict[str, Profile]) -> None:
    """Case number 1 of one organisation is not case number 1 of another."""
    _submit(home, senders, _file(home, PERSONS, ANNA))
    other = _file(home, PERSONS, MARIA.replace("A-2", "A-1"), name="other.csv")
    _submit(home, senders, other, sender="syn_e")
    with _store(home) as store:
        tokens = store.rows("persons")["person"].to_pylist()
    assert len(set(tokens)) == 2


def _refused(home: Places, senders: dict[str, Profile], *files: Path, **changes: str) -> str:
    told = {"organisation": "syn_a", "period": "2008H1", **changes}
    with pytest.raises((SubmissionError, ParameterError)) as raised:
        deliver(home, files, received_on=RECEIVED, profiles=senders, **told)  # type: ignore[arg-type]
    return str(raised.value)


def test_files_of_another_sender_or_period_are_refused(
    home: Places, senders: dict[str, Profile]
) -> None:
    """The same rows under two names would be counted twice."""
    path = _file(home, PERSONS, ANNA)
    _submit(home, senders, path)
    assert "anden organisation" in _refused(home, senders, path, organisation="syn_e")
    named = _file(home, PERSONS, MARIA, name="synthetic-syn_e-persons-2008H1.csv")
    assert "nævner en anden organisation" in _refused(home, senders, named)
    assert "2008H1" in _refused(home, senders, path, period="2007H2")


def test_what_is_not_owed_or_agreed_is_refused(home: Places, senders: dict[str, Profile]) -> None:
    """Data without an agreement has no legal basis, so it may not even be stored."""
    path = _file(home, PERSONS, ANNA)
    assert "2008H1" in _refused(home, senders, path, period="2008")
    assert "SYN-A" in _refused(home, senders, path, period="2002H2")
    assert "modtaget" in _refused(home, senders, path, period="2009H1")
    assert "Ophold" in _refused(home, senders, path, form="stays")
    assert "syn_" in _refused(home, senders, path, organisation="syn_q")
    assert "file" in _refused(home, senders, home.home / "file-that-is-not-there.csv")
    ended = replace(senders["syn_a"].agreement, last=date(2007, 12, 31))
    senders["syn_a"] = replace(senders["syn_a"], agreement=ended)
    assert "31. december 2007" in _refused(home, senders, path)
    assert not (home.rehearsal / "store").exists()


def test_real_senders_are_refused_until_the_controller_confirmed(home: Places) -> None:
    """The agreements of 2007 are known, their legal basis is not: no row until it is."""
    path = _file(home, PERSONS, ANNA)
    with pytest.raises(SubmissionError, match="confirmed"):
        submit(home, [path], "reden", "2008H1", received_on=RECEIVED)
    assert not home.submissions.exists()


def test_invented_and_real_data_never_share_a_store(
    home: Places, senders: dict[str, Profile], tmp_path: Path
) -> None:
    """One invented person in the real store, and no figure can be trusted again."""
    path = _file(home, PERSONS, ANNA)
    for store in (home.submissions, home.submissions / "deeper"):
        with pytest.raises(ParameterError, match="invented"):
            submit(home, [path], "syn_a", "2008H1", received_on=RECEIVED, profiles=senders,
                   store_folder=store)  # fmt: skip
    real = {"syn_a": replace(senders["syn_a"], synthetic=False)}
    with pytest.raises(ParameterError, match="real"):
        submit(home, [path], "syn_a", "2008H1", received_on=RECEIVED, profiles=real,
               store_folder=home.rehearsal / "store", keys_folder=tmp_path / "k")  # fmt: skip
    keys.create(tmp_path / "k", holders=None)
    elsewhere: dict[str, Any] = {"store_folder": tmp_path / "s", "keys_folder": tmp_path / "k"}
    submit(home, [path], "syn_a", "2008H1", received_on=RECEIVED, profiles=senders, **elsewhere)
    with pytest.raises(ParameterError, match="real"):
        submit(home, [path], "syn_a", "2008H1", received_on=RECEIVED, profiles=real, **elsewhere)


def test_one_refused_file_leaves_all_of_the_call_out(
    home: Places, senders: dict[str, Profile]
) -> None:
    """Whoever sends three files and reads one refusal must not wonder about the other two."""
    good = _file(home, PERSONS, ANNA)
    broken = home.home / "broken.csv"
    broken.write_bytes(b"\x00\x01\x02")
    with pytest.raises(SubmissionError):
        _submit(home, senders, good, broken)
    assert not (home.rehearsal / "store").exists()


def _workbook(path: Path, sheets: dict[str, list[str]]) -> Path:
    from openpyxl import Workbook  # type: ignore[import-untyped]

    book = Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append([cell or None for cell in line.split(";")])
    book.save(path)
    return path


def test_a_workbook_of_several_forms_enters_whole_or_is_held_whole(
    home: Places, senders: dict[str, Profile]
) -> None:
    """Services without their persons would be help to nobody."""
    late = HELP.replace("03-02-2008", "31-02-2008")
    sheets = {"Personer": [PERSONS, ANNA], "Støtte": [SERVICES, HELP, late]}
    path = _workbook(home.home / "file.xlsx", sheets)
    held = _submit(home, senders, path)
    assert [(one.form, one.state) for one in held] == [("persons", "held"), ("services", "held")]
    with pytest.raises(ParameterError, match="--form"):
        quarantine(home, "file.xlsx", [3], synthetic=True, profiles=senders)
    taken = quarantine(home, "file.xlsx", [3], form="services", synthetic=True, profiles=senders)
    assert [one.submission.state for one in taken] == ["accepted", "accepted"]
    assert [one.submission.questions for one in taken] == [(), ()]
    with _store(home) as store:
        assert store.rows("persons").num_rows == store.rows("services").num_rows == 1


def test_two_files_of_one_call_for_one_form_are_refused(
    home: Places, senders: dict[str, Profile]
) -> None:
    """A list sent in two halves: the second would take the place of the first, unasked."""
    halves = [_file(home, PERSONS, row, name=f"{n}.csv") for n, row in enumerate((ANNA, MARIA))]
    with pytest.raises(SubmissionError, match=r"^1\.csv: Skemaet Personer står også i 0\.csv"):
        _submit(home, senders, *halves)
    assert not (home.rehearsal / "store").exists()
    same = _file(home, PERSONS, ANNA, name="2.csv")
    assert [one.state for one in _submit(home, senders, halves[0], same)] == ["accepted"] * 2


def test_a_correction_that_loses_most_rows_is_asked_about(
    home: Places, senders: dict[str, Profile]
) -> None:
    """A file cut after a whole row, or its titles alone, reads like a file that was meant so."""
    _submit(home, senders, _file(home, PERSONS, ANNA, MARIA))
    (half,) = _submit(home, senders, _file(home, PERSONS, MARIA, name="half.csv"))
    assert half.questions == ()
    (none,) = _submit(home, senders, _file(home, PERSONS, name="none.csv"))
    (question,) = none.questions
    assert (none.state, question.rule, question.holds) == ("accepted", "fewer_rows", False)
    assert dict(question.parts) == {"rows": 0, "before": 1}


def test_a_file_held_for_a_mistyped_period_can_be_sent_for_the_right_one(
    home: Places, senders: dict[str, Profile]
) -> None:
    """What is held does not count, so it cannot stand in the way of the same rows."""
    lines = [f"A-{n};;;;Kvinde;ROU;nej;0{n}-03-2008" for n in range(1, 7)]
    path = _file(home, PERSONS, *lines)
    day = date(2009, 1, 15)
    (held,) = submit(home, [path], "syn_a", "2008H2", received_on=day, profiles=senders)
    assert "all_before_period" in {one.rule for one in held.questions}
    (right,) = submit(home, [path], "syn_a", "2008H1", received_on=day, profiles=senders)
    assert (held.state, right.state) == ("held", "accepted")


def test_what_is_no_file_is_not_read(home: Places, senders: dict[str, Profile]) -> None:
    """A device gives zeros until no memory is left; a pipe waits for ever."""
    pipe = home.home / "pipe.csv"
    os.mkfifo(pipe)
    for path in (Path("/dev/zero"), pipe, home.home):
        with pytest.raises(SubmissionError, match="it is no file"):
            _submit(home, senders, path)


def test_no_more_of_a_file_is_read_than_shows_that_it_is_too_large(
    home: Places, senders: dict[str, Profile]
) -> None:
    """A terabyte of holes is made in a moment, and would fill the memory of the machine."""
    path = home.home / "large.csv"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(SubmissionError, match="512 MB"):
        _submit(home, senders, path)


def test_a_held_file_is_found_by_its_path_too(home: Places, senders: dict[str, Profile]) -> None:
    """Whoever submitted it by a path has that path in the shell's history."""
    path = _file(home, PERSONS, ANNA, IMPOSSIBLE, name="to ord.csv")
    _submit(home, senders, path)
    (taken,) = quarantine(home, str(path), [3], synthetic=True, profiles=senders)
    assert taken.submission.state == "accepted"


def test_an_empty_sheet_of_a_workbook_says_that_nothing_happened(
    home: Places, senders: dict[str, Profile]
) -> None:
    """The template says that it may stay empty; a sender who did so owes nothing more."""
    sheets = {"Personer": [PERSONS, ANNA], "Støtte": [SERVICES]}
    found = _submit(home, senders, _workbook(home.home / "file.xlsx", sheets))
    assert [(one.form, one.rows) for one in found] == [("persons", 1), ("services", 0)]
    again = _submit(home, senders, home.home / "file.xlsx")
    assert [(one.form, one.id) for one in again] == [(one.form, one.id) for one in found]


def test_an_empty_sheet_takes_no_rows_away(home: Places, senders: dict[str, Profile]) -> None:
    """Whoever corrects one sheet sends it in a new template, with the others empty."""
    both = {"Personer": [PERSONS, ANNA], "Støtte": [SERVICES, HELP]}
    _submit(home, senders, _workbook(home.home / "a.xlsx", both))
    one = {"Personer": [PERSONS, ANNA, MARIA], "Støtte": [SERVICES]}
    (persons,) = _submit(home, senders, _workbook(home.home / "b.xlsx", one))
    assert (persons.form, persons.version) == ("persons", 2)
    with _store(home) as store:
        assert store.rows("services").num_rows == 1


def test_an_empty_list_of_persons_beside_their_help_was_forgotten(
    home: Places, senders: dict[str, Profile]
) -> None:
    """Read as *nobody*, it would make strangers of everyone who was helped."""
    sheets = {"Personer": [PERSONS], "Støtte": [SERVICES, HELP]}
    (services,) = _submit(home, senders, _workbook(home.home / "file.xlsx", sheets))
    assert (services.form, services.questions[0].rule) == ("services", "register_missing")


def test_an_empty_list_that_no_other_form_uses_says_that_nothing_happened(
    home: Places, senders: dict[str, Profile]
) -> None:
    """Trainings number themselves, but no other form points to them."""
    forms = read_forms(home.forms, home.partner_codelists)
    fields = senders["syn_centre"].forms
    title = {
        name: [forms.forms[name].field(one).label.da for one in fields[name]]
        for name in ("trainings", "persons")
    }
    row = dict(zip(PERSONS.split(";"), ANNA.split(";"), strict=True))
    persons = [";".join(title["persons"]), ";".join(row.get(one, "") for one in title["persons"])]
    sheets = {
        "Personer": persons,
        forms.forms["trainings"].label.da: [";".join(title["trainings"])],
    }
    path = _workbook(home.home / "file.xlsx", sheets)
    found = _submit(home, senders, path, sender="syn_centre")
    assert [(one.form, one.rows) for one in found] == [("persons", 1), ("trainings", 0)]


def test_rows_of_a_template_with_one_filled_sheet_can_be_set_aside(
    home: Places, senders: dict[str, Profile]
) -> None:
    """The other sheets are of other forms, and empty: they are no reason to refuse it."""
    sheets = {"Personer": [PERSONS, ANNA, IMPOSSIBLE], "Støtte": [SERVICES]}
    path = _workbook(home.home / "file.xlsx", sheets)
    (held,) = submit(
        home, [path], "syn_a", "2008H1", form="persons", received_on=RECEIVED, profiles=senders
    )
    assert held.state == "held"
    taken = quarantine(home, "file.xlsx", [3], synthetic=True, profiles=senders)
    assert [one.submission.state for one in taken] == ["accepted"]
    path = _workbook(home.home / "more.xlsx", {**sheets, "Personer": [PERSONS, MARIA, IMPOSSIBLE]})
    _submit(home, senders, path)
    (first, *_) = quarantine(home, "more.xlsx", [3], synthetic=True, profiles=senders)
    assert (first.submission.form, first.submission.state) == ("persons", "accepted")
