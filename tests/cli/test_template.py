"""`workbench template`, `receipt` and `giveback`: from an empty form to a sheet with figures."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.flow import receipts, submitting
from analysis.intake.receipts import as_text
from analysis.places import Places
from analysis.vault import keys

Call = Callable[..., Any]
HOME = Path(__file__).parents[2]

SENDERS = {"syn_a": 9, "syn_b": 8, "syn_c": 7, "syn_e": 8, "syn_centre": 9}
"""Invented senders and how many persons each has: none has more than half of the others."""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let five senders send persons and offers of support, once; return store and keys."""
    home = tmp_path_factory.mktemp("sent")
    for name in ("data", "evaluations"):
        shutil.copytree(HOME / name, home / name)
    places = Places(home)
    keys.create(places.rehearsal / "keys", holders=None)
    for organisation, count in SENDERS.items():
        _send(places, _profiles(places)[organisation], count, "2008H1", date(2008, 8, 20))
    return places.rehearsal


@pytest.fixture
def rehearsal(places: Places, sent: Path) -> Places:
    """Give a test a store of its own in which five senders have sent."""
    shutil.copytree(sent, places.rehearsal)
    return places


def _profiles(places: Places) -> dict[str, Profile]:
    forms = read_forms(places.forms, places.partner_codelists)
    return read_profiles(places.synthetic / "profiles", forms)


def _send(places: Places, profile: Profile, count: int, span: str, on: date) -> None:
    """Send so many persons, each offered housing, of whom every second accepts."""
    first = date(2008, 2, 1)

    def day(after: int) -> str:
        when = first + timedelta(days=after)
        dmy = profile.dialect.dates == "dmy"
        return when.strftime("%d-%m-%Y") if dmy else when.isoformat()

    # The same file from two senders is refused, so each has numbers of its own.
    own = profile.organisation[-2:].upper()
    rows = {
        "persons": [
            {"person": f"{own}{one}", "given_name": "Anna",
             "family_name": "Berg-" + "abcdefghij"[one],
             "birth_date": "", "sex": "female", "citizenship": "NGA", "child": "no",
             "first_contact_on": day(one)} for one in range(count)
        ],
        "services": [
            {"person": f"{own}{one}", "service": "shelter", "offered_on": day(one),
             "accepted": "yes" if one % 2 else "no", "started_on": day(one + 3) if one % 2 else ""}
            for one in range(count)
        ],
    }  # fmt: skip
    paths = []
    for form, lines in rows.items():
        path = places.home / f"synthetic-{profile.organisation}-{form}-{span}.csv"
        text = io.StringIO()
        writer = csv.DictWriter(
            text, profile.forms[form], "", "ignore", delimiter=profile.dialect.delimiter
        )
        writer.writeheader()
        writer.writerows(lines)
        path.write_bytes(text.getvalue().encode(profile.dialect.encoding))
        paths.append(path)
    found = submitting.submit(
        places, paths, profile.organisation, span, received_on=on, profiles=_profiles(places)
    )
    assert {one.state for one in found} == {"accepted"}


def test_template_writes_every_form_and_names_each_file(call: Call, places: Places) -> None:
    """One call must leave all that a sender needs, in its own language, marked as invented."""
    to = places.home / "to-b"
    said = call("template", "syn_b", "--to", str(to))
    assert (said.code, said.err) == (0, "")
    written = sorted(path.name for path in to.iterdir())
    assert [Path(one).name for one in sorted(said.out.split())] == written
    assert written == sorted(
        ["synthetic-syn_b-half-year-da.xlsx", "synthetic-syn_b-quarter-da.xlsx",
         "synthetic-syn_b-page.html"]
        + [f"synthetic-syn_b-{form}-{kind}" for form in _profiles(places)["syn_b"].forms
           for kind in ("header.csv", "xlsform.xlsx")]
    )  # fmt: skip


def test_template_can_be_asked_for_one_kind_in_the_other_language(
    call: Call, places: Places
) -> None:
    """A Danish house can have a volunteer who reads English."""
    to = places.home / "t"
    call("template", "reden", "--form", "xlsx", "--language", "en", "--to", str(to))
    names = sorted(path.name for path in to.iterdir())
    assert names == ["reden-half-year-en.xlsx", "reden-quarter-en.xlsx"]
    assert openpyxl.load_workbook(to / names[0]).sheetnames[0] == "Read first"


def test_an_unknown_sender_is_refused_with_those_there_are(call: Call, places: Places) -> None:
    """A misspelt name must not end in an empty folder."""
    said = call("template", "redden", "--to", str(places.home / "t"))
    assert said.code == 2
    assert "reden" in said.err
    assert not (places.home / "t").exists()


def test_a_template_that_was_filled_is_taken_and_receipted(call: Call, places: Places) -> None:
    """The whole way of a sender: open, fill, send, read what became of it."""
    keys.create(places.rehearsal / "keys", holders=None)
    call("template", "syn_b", "--form", "xlsx", "--to", str(places.home))
    path = places.home / "synthetic-syn_b-half-year-da.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Personer (syntetisk)"]
    filled = ("7", "Ana", "Popa", date(1984, 3, 2), "Kvinde", "Rumænien", "Nej", date(2008, 3, 4))
    for column, value in enumerate(filled, start=1):
        sheet.cell(2, column).value = value
    book.save(path)
    taken = submitting.submit(
        places, [path], "syn_b", "2008H1", received_on=date(2008, 8, 1), profiles=_profiles(places)
    )
    assert {one.state for one in taken} == {"accepted"}
    assert {one.form: one.rows for one in taken if one.rows} == {"persons": 1}
    assert len(taken) == 5, "an empty sheet says that there was nothing"
    said = call("receipt", taken[0].id, "--synthetic")
    assert said.code == 0
    assert "1 rækker er modtaget" not in said.out
    assert "Én række er modtaget og tæller med." in said.out
    assert "Popa" not in said.out


def test_a_held_file_is_receipted_by_row_and_column_without_its_content(
    call: Call, places: Places
) -> None:
    """The message goes by e-mail, so what stood in the cell must not be in it."""
    keys.create(places.rehearsal / "keys", holders=None)
    path = places.home / "synthetic-syn_b-persons.csv"
    header = "Jeres sagsnummer;Fornavn;Efternavn;Fødselsdato;Køn;Statsborgerskab;" \
        "Under 18 år ved første møde;Første møde"  # fmt: skip
    path.write_bytes(f"{header}\r\n7;Ana;Popa;;Hemmeligt;ROU;nej;04-03-2008\r\n".encode("cp1252"))
    submitting.submit(
        places, [path], "syn_b", "2008H1", received_on=date(2008, 8, 1), profiles=_profiles(places)
    )
    said = call("receipt", "--from", "syn_b", "--period", "2008H1")
    (line,) = [one for one in said.out.splitlines() if one.startswith("Personer") and "Køn" in one
               and "Skal rettes" in one]  # fmt: skip
    assert line.split()[:3] == ["Personer", "Køn", "2"]
    assert "Hemmeligt" not in said.out
    html = call("receipt", "--from", "syn_b", "--period", "2008H1", "--format", "html")
    assert "<th scope" in html.out
    assert "Hemmeligt" not in html.out


@pytest.mark.parametrize(
    "arguments",
    [(), ("S-000000000001", "--from", "syn_a"), ("--from", "syn_a"), ("--period", "2008H1")],
)
def test_a_receipt_that_names_no_one_submission_is_refused(
    call: Call, places: Places, arguments: tuple[str, ...]
) -> None:
    """Half a name must not print everyone's receipt."""
    said = call("receipt", *arguments)
    assert (said.code, said.out) == (2, "")
    assert "--from ORG --period" in said.err


def test_giveback_shows_own_figures_and_safe_ones_of_others(call: Call, rehearsal: Places) -> None:
    """What is given back is the thanks for what was sent: it must be right, and safe."""
    said = call("giveback", "syn_a", "--period", "2008H1", "--as-of", "2009-01-02")
    assert said.code == 0

    def line(beginning: str) -> str:
        (found,) = [one for one in said.out.splitlines() if one.startswith(beginning)]
        return " ".join(found.split())

    assert line("Personer, I har mødt eller hjulpet").endswith(" 9 omkring 30")  # 8 + 7 + 8 + 9
    assert line("Heraf tog imod").endswith(" 4 af 9 47 %")  # 15 of 32
    assert line("Fra tilbud til start").endswith(" 3 dage omkring 3 dage")
    assert line("Personer, I henviste til andre").endswith(" ikke indsendt –")


def test_figures_once_given_are_never_drawn_anew(call: Call, rehearsal: Places) -> None:
    """Two sheets, before and after a late file, would differ by exactly that file."""
    before = call("giveback", "syn_a", "--period", "2008H1", "--as-of", "2009-01-02").out
    _send(rehearsal, _profiles(rehearsal)["syn_f"], 6, "2008H1",
          date(2009, 1, 3))  # fmt: skip
    after = call("giveback", "syn_a", "--period", "2008H1", "--as-of", "2009-02-02").out
    other = call("giveback", "syn_b", "--period", "2008H1", "--as-of", "2009-02-02").out
    assert after == before
    assert "beregnet den 2. januar 2009" in " ".join(other.split())


def test_nothing_is_compared_before_the_time_is_over_or_for_other_spans(
    call: Call, rehearsal: Places
) -> None:
    """Spans that overlap, or files that are still to come, can be taken from each other."""
    early = call("giveback", "syn_a", "--period", "2008H1", "--as-of", "2008-08-21").out
    year = call("giveback", "syn_a", "--period", "2008", "--as-of", "2010-01-01").out
    assert "Den er ikke lavet endnu." in " ".join(early.split())
    assert "Vi sammenligner kun halvår." in " ".join(year.split())
    assert "omkring" not in early + year


def test_a_giveback_changes_no_row_and_no_submission(call: Call, rehearsal: Places) -> None:
    """Reading figures out must never be able to change them."""
    at = receipts.desk(rehearsal, synthetic=True)
    first = as_text(receipts.receipt(at, organisation="syn_a", span="2008H1"))
    call("giveback", "syn_a", "--period", "2008H1", "--as-of", "2009-01-02")
    assert as_text(receipts.receipt(at, organisation="syn_a", span="2008H1")) == first


def test_burden_lists_what_nothing_uses_and_gives_no_minutes(call: Call, places: Places) -> None:
    """A proposal to ask less must rest on what is read, and not on a guess of minutes."""
    said = call("template", "syn_police", "--burden", "--language", "en")
    assert said.code == 0
    assert "- Charges: Sentence in months (not sent yet)" in said.out
    assert "no minutes are given" in said.out


def test_the_verbs_are_listed_without_loading_what_they_need() -> None:
    """`workbench --help` is what people wait for most often."""
    heavy = "{'pandas', 'pyarrow', 'xlsxwriter', 'jinja2', 'babel'}"
    code = "import sys; from analysis.cli import template, receipt, giveback; " \
        f"print(sorted({heavy} & set(sys.modules)))"  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
