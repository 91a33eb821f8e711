"""A sender's file on its own machine: tokens in the place of names, everything else as it was."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.errors import SubmissionError
from analysis.flow.encoding_names import encode
from analysis.vault.encoding import cells
from analysis.vault.tokens import Tokens

DATA = Path(__file__).parents[2] / "data"
FORMS = read_forms(DATA / "forms", DATA / "codelists" / "partner")
PROFILES = read_profiles(DATA / "synthetic" / "profiles", FORMS)
SENDER: Profile = PROFILES["syn_d"]
KEY = bytes(range(32))
HEAD = ("person", "given_name", "family_name", "birth_date", "sex", "citizenship", "child",
        "first_contact_on")  # fmt: skip
ROWS = (
    ("D-1", "Søren", "Øst", "02-03-1985", "Mand", "DNK", "nej", "01-02-2008"),
    ("D-2", "", "Ukendt", "", "Kvinde", "NGA", "ja", "03-02-2008"),
    ("D-3", 'Ma"ria', "Po;pescu", "31-12-1990", "Kvinde", "ROU", "nej", "04-02-2008"),
)


class Keys:
    """What the centre has."""

    sharing = KEY
    chain = (b"c" * 32,)


def written(rows: Any = ROWS, encoding: str = "windows-1252", end: str = "\r\n") -> bytes:
    """A file as the sender's system writes it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator=end)
    writer.writerow(HEAD)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def cells_of(content: bytes, encoding: str = "windows-1252") -> list[list[str]]:
    """The cells of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=";"))


@pytest.mark.parametrize(
    ("encoding", "end"),
    [("windows-1252", "\r\n"), ("windows-1252", "\n"), ("utf-8-sig", "\r\n"), ("utf-16", "\n")],
)
def test_identities_become_tokens_and_nothing_else_changes(encoding: str, end: str) -> None:
    """Whatever the sender's system writes, its file must come out as itself."""
    made = encode("d.csv", written(encoding=encoding, end=end), KEY, SENDER, FORMS)
    assert dict(made.counts) == {"given_name": 2, "family_name": 3, "birth_date": 2}
    before, after = cells_of(written(encoding=encoding), encoding), cells_of(made.content, encoding)
    hidden = range(1, 4)
    for old, new in zip(before, after, strict=True):
        assert [c for at, c in enumerate(old) if at not in hidden] == [
            c for at, c in enumerate(new) if at not in hidden
        ]
    assert after[0] == before[0]
    assert after[2][1:4] == ["", "", ""]  # not known: no token, and no word for it
    assert made.content.count(end.encode("utf-16-le" if encoding == "utf-16" else "ascii")) == 4
    text = made.content.decode(encoding)
    assert not [name for name in ("Søren", "Øst", "ria", "pescu", "1985", "Ukendt") if name in
                text.replace("1985.", "")]  # fmt: skip


def test_the_centre_gets_from_the_tokens_what_the_names_would_have_given() -> None:
    """Else this sender's women are found at nobody else's."""
    after = cells_of(encode("d.csv", written(), KEY, SENDER, FORMS).content)
    tokens = Tokens(Keys())
    days = ["1985-03-02", None, "1990-12-31"]
    for at, which, plain in ((1, "given_name", ["Søren", None, 'Ma"ria']),
                             (2, "family_name", ["Øst", "Ukendt", "Po;pescu"]),
                             (3, "birth_date", days)):  # fmt: skip
        sent = tokens.from_sender(which, [row[at] for row in after[1:]])  # type: ignore[arg-type]
        own = tokens.identities(which, plain)  # type: ignore[arg-type]
        assert {name: one.to_pylist() for name, one in sent.items()} == {
            name: one.to_pylist() for name, one in own.items()
        }


def test_a_workbook_keeps_its_other_sheets_styles_and_true_dates() -> None:
    """The template has a guide and drop-downs that the next half-year needs too."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "persons"
    page.append(HEAD)
    for row in ROWS:
        page.append(row)
    page["A2"].font = openpyxl.styles.Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    made = encode("d.xlsx", out.getvalue(), KEY, SENDER, FORMS)
    again = openpyxl.load_workbook(io.BytesIO(made.content))["persons"]
    assert again["A2"].font.bold
    assert again["B2"].value.startswith(f"{cells.PREFIX}.given_name.{cells.mark(KEY)}.")
    assert again["E2"].value == "Mand"
    assert b"S\xc3\xb8ren" not in made.content
    everything = [str(cell.value) for row in again.iter_rows() for cell in row]
    assert not [text for text in everything if "ria" in text or "pescu" in text]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("D-4", "4711", "Øst", "", "Mand", "DNK", "nej", "01-02-2008"), "række 5"),
        (("D-4", "Bo", "Øst", "31-02-1985", "Mand", "DNK", "nej", "01-02-2008"), "ikke en dato"),
    ],
)
def test_a_cell_that_holds_no_such_identity_is_asked_about_and_not_shown(
    row: tuple[str, ...], said: str
) -> None:
    """An unreadable date would else be lost behind a token for ever."""
    with pytest.raises(SubmissionError, match=said) as caught:
        encode("d.csv", written((*ROWS, row)), KEY, SENDER, FORMS)
    assert "4711" not in str(caught.value)
    assert "31-02" not in str(caught.value)


def test_a_file_of_tokens_is_not_encoded_again() -> None:
    """Tokens of tokens look right, and meet nobody."""
    once = encode("d.csv", written(), KEY, SENDER, FORMS).content
    with pytest.raises(SubmissionError, match="allerede koder i 2 rækker"):
        encode("d.csv", once, KEY, SENDER, FORMS)


def test_a_sender_who_agreed_to_send_names_is_told_so() -> None:
    """Its tokens would be held as bad names."""
    names = replace(SENDER, identities="names")
    with pytest.raises(SubmissionError, match="sender I ikke koder"):
        encode("d.csv", written(), KEY, names, FORMS)


def test_a_file_without_identities_is_sent_as_it_is() -> None:
    """Nothing to hide is no failure of the program, and is said."""
    rows = [(*row[:1], "", "", "", *row[4:]) for row in ROWS]
    with pytest.raises(SubmissionError, match="ingen navne"):
        encode("d.csv", written(rows), KEY, SENDER, FORMS)


def test_the_command_writes_beside_and_never_over(tmp_path: Path) -> None:
    """From the command line: the new file, the counts, and no cell in what is printed."""
    from click.testing import CliRunner

    from analysis.cli.encode import verb

    (tmp_path / "d.csv").write_bytes(written())
    (tmp_path / "key").write_text(KEY.hex() + "\n", encoding="utf-8")
    arguments = [str(tmp_path / "d.csv"), "--sharing-key", str(tmp_path / "key"), "--from", "syn_d"]
    home = {"WORKBENCH_HOME": str(DATA.parent)}
    done = CliRunner().invoke(verb, arguments, env=home, catch_exceptions=False)
    assert done.exit_code == 0
    assert "birth_date 2, family_name 3, given_name 2" in done.output
    assert "ren" not in done.output.replace("given_name", "").replace("are", "").replace(
        "other", ""
    )
    made = (tmp_path / "d-tokens.csv").read_bytes()
    again = CliRunner().invoke(verb, arguments, env=home)
    assert isinstance(again.exception, SubmissionError)
    assert (tmp_path / "d-tokens.csv").read_bytes() == made
    missing = CliRunner().invoke(verb, [str(tmp_path / "none.csv"), *arguments[1:]], env=home)
    assert isinstance(missing.exception, SubmissionError)
