"""write: the files that senders would send, the faults planted in them, the truth beside them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from analysis.contracts.partner.periods import period
from analysis.errors import AnalysisError, SubmissionError
from analysis.intake.reading import read
from analysis.intake.submitting import without
from analysis.intake.validating import Setting, by_word, read_countries, validate
from analysis.places import Places
from analysis.synthetic import Drawn, World, draw, write
from analysis.vault.tokens import Tokens

Rows = list[dict[str, str]]
_OF_OTHER_FILES = {"register_missing", "unknown_reference", "before_period"}
"""Questions that arise because a file is judged here without the files that came before it."""


@dataclass(frozen=True)
class _Keys:
    sharing: bytes = b"s" * 32
    chain: tuple[bytes, ...] = (b"c" * 32,)


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _bytes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def small(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a smaller country over the years in which faults are planted."""
    folder = tmp_path_factory.mktemp("small") / "drawn"
    write(draw(world, seed=4, people=400, years=(2006, 2010)), folder)
    return folder


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(
    world: World, small: Path, tmp_path: Path
) -> None:
    """Workbooks too: a rehearsal that cannot be repeated proves nothing."""
    for seed, name in ((4, "again"), (9, "other")):
        write(draw(world, seed=seed, people=400, years=(2006, 2010)), tmp_path / name)
    first, other = _bytes(small), _bytes(tmp_path / "other")
    assert _bytes(tmp_path / "again") == first
    persons = [name for name in first if "-persons-" in name]
    assert persons
    assert all(first[name] != other.get(name) for name in persons)


def test_every_file_says_that_it_is_synthetic(written: Path) -> None:
    """Files are copied out of their folder; what they are must go with them."""
    for path in (written / "files").rglob("*.*"):
        assert path.name.startswith("synthetic-syn_")
    for path in (written / "truth").glob("*.csv"):
        rows = _rows(path)
        assert rows, path.name
        assert {row["basis"] for row in rows} == {"synthetic"}, path.name
    for path in (written / "files").rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            properties = archive.read("docProps/custom.xml") + archive.read("docProps/core.xml")
        assert b'name="synthetic"' in properties
        assert b"synt" in properties.split(b"<dc:title>")[1][:20]
        book = CalamineWorkbook.from_path(path)
        marks = ("(synthetic)", "(syntetisk)")
        assert all(name.endswith(marks) for name in book.sheet_names if name != "_workbench")
        meta = {str(row[0]): row[1] for row in book.get_sheet_by_name("_workbench").to_python()}
        assert meta["synthetic"] == "yes"
        assert meta["organisation"] in ("syn_c", "syn_centre")


def test_nobody_has_a_number_that_somebody_could_have(written: Path) -> None:
    """The check digit of every invented civil registration number is wrong."""
    numbers = [row["cpr"] for row in _rows(written / "truth" / "persons.csv") if row["cpr"]]
    assert len(numbers) > 100
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        signs = (int(sign) for sign in number)
        weights = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
        assert sum(w * sign for w, sign in zip(weights, signs, strict=True)) % 11 != 0
        assert not number.startswith("0101")


def _judged(places: Places, world: World, folder: Path, line: dict[str, str]) -> Any:
    """Return the sheets of a file, and what intake asks of each: rule, rows, whether it holds."""
    profile = world.profiles[line["organisation"]]
    path = folder / line["file"]
    sheets = read(path.name, path.read_bytes(), profile, world.forms, form=line["form"] or None)
    setting = Setting(
        profile=profile,
        forms=world.forms,
        period=period(line["period"]),
        received_on=date.fromisoformat(line["received_on"]),
        countries=read_countries(places.codelists / "countries.csv"),
        organisations=by_word(world.profiles.values()),
    )
    return sheets, setting


def _asked(sheet: Any, setting: Setting) -> list[Any]:
    questions = validate(sheet, setting, Tokens(_Keys())).questions
    return [one for one in questions if one.rule not in _OF_OTHER_FILES]


def test_planted_rows_stand_where_the_truth_says_and_all_others_are_valid(
    places: Places, world: World, written: Path
) -> None:
    """Intake, which knows nothing of what was planted, finds these rows and no others.

    Held to every file that has one. Set aside, the rest of the file has no question left.
    """
    planted: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in _rows(written / "truth" / "faults.csv"):
        planted[row["file"], row["form"]].append(row)
    assert sum(map(len, planted.values())) >= 30
    lines = {line["file"]: line for line in _rows(written / "deliveries.csv")}
    for file in sorted({file for file, _ in planted}):
        if lines[file]["identities"] == "encode":
            continue  # its names are tokens before intake reads it
        sheets, setting = _judged(places, world, written, lines[file])
        for sheet in sheets:
            bad = planted[file, sheet.form]
            rows = {int(row["row"]) for row in bad}
            doubles = {int(row["double_of"]) for row in bad if row["double_of"]}
            asked = _asked(sheet, setting)
            found = {row for one in asked for row in one.rows}
            assert found - doubles == rows, (file, sheet.form)
            assert {one.holds for one in asked} <= {row["holds"] == "true" for row in bad}
            titles = {sheet.headers[row["field"]] for row in bad}
            assert all(any(title in one.column for one in asked) for title in titles)
            assert not _asked(without(sheet, tuple(rows)), setting), (file, sheet.form)


@pytest.mark.soak
def test_files_without_planted_rows_have_no_question(
    places: Places, world: World, written: Path
) -> None:
    """None invented: every other file of the country is valid throughout."""
    odd = {row["file"] for row in _rows(written / "truth" / "faults.csv")}
    kinds = {row["file"]: row["kind"] for row in _rows(written / "truth" / "deliveries.csv")}
    refused = ("wrong_encoding", "other_organisation", "swapped_dates")
    checked = 0
    for line in _rows(written / "deliveries.csv"):
        if line["file"] in odd or kinds[line["file"]] in refused or line["identities"] == "encode":
            continue
        sheets, setting = _judged(places, world, written, line)
        for sheet in sheets:
            assert not _asked(sheet, setting), line["file"]
        checked += 1
    assert checked > 600


def test_a_file_differs_from_one_without_faults_in_the_planted_rows_alone(
    world: World, small: Path, tmp_path: Path
) -> None:
    """The same country without faults: every other byte of every file is the same."""
    laws = replace(world.laws, faults=())
    write(draw(replace(world, laws=laws), seed=4, people=400, years=(2006, 2010)), tmp_path / "d")
    planted: dict[str, set[int]] = defaultdict(set)
    for row in _rows(small / "truth" / "faults.csv"):
        if row["file"].endswith(".csv"):
            planted[row["file"]].add(int(row["row"]))
    assert len(planted) >= 12
    for path in (small / "files").rglob("*.csv"):
        name = str(path.relative_to(small))
        with_faults = path.read_bytes().splitlines()
        clean = (tmp_path / "d" / name).read_bytes().splitlines()
        rows = planted.get(name, set())
        same = [line for at, line in enumerate(with_faults, 1) if at not in rows]
        stands = len(with_faults) == len(clean)  # faults in rows that are true otherwise
        kept = [line for at, line in enumerate(clean, 1) if not (stands and at in rows)]
        assert same == kept, name


@pytest.mark.parametrize(
    ("kind", "says"),
    [("wrong_encoding", "utf-8"), ("other_organisation", "anden afsender")],
)
def test_whole_files_that_are_wrong_are_refused(
    kind: str, says: str, places: Places, world: World, written: Path
) -> None:
    """The wrong encoding and another sender's workbook: seen before a cell is judged."""
    wrong = {r["file"] for r in _rows(written / "truth" / "deliveries.csv") if r["kind"] == kind}
    assert len(wrong) == 1
    line = next(r for r in _rows(written / "deliveries.csv") if r["file"] in wrong)
    with pytest.raises(SubmissionError, match=says):
        _judged(places, world, written, line)


def test_a_file_with_day_and_month_exchanged_is_held_and_sent_again(
    places: Places, world: World, written: Path
) -> None:
    """Each day up to the 12th would pass as another date; the file as a whole gives it away."""
    told = _rows(written / "truth" / "deliveries.csv")
    wrong = next(row for row in told if row["kind"] == "swapped_dates")
    lines = [r for r in _rows(written / "deliveries.csv") if r["form"] == wrong["form"]]
    pair = [
        r
        for r in lines
        if (r["organisation"], r["period"]) == (wrong["organisation"], wrong["period"])
    ]
    assert [Path(r["file"]).stem.endswith("-v2") for r in pair] == [False, True]
    for line, rules in zip(pair, ({"swapped_dates"}, set()), strict=True):
        sheets, setting = _judged(places, world, written, line)
        assert {one.rule for one in _asked(sheets[0], setting)} == rules


def test_deliveries_come_in_order_and_each_is_as_the_truth_says(
    world: World, written: Path
) -> None:
    """The silent, the late, the twice sent and the corrected, each counted by hand here."""
    lines = _rows(written / "deliveries.csv")
    days = [line["received_on"] for line in lines]
    assert days == sorted(days)
    files = [line["file"] for line in lines]
    assert [one for one in files if files.count(one) == 2] == [
        "files/syn_b/2009H1/synthetic-syn_b-stays-2009H1.csv"
    ] * 2
    expected = _rows(written / "truth" / "expected.csv")
    missing = [row for row in expected if row["state"] == "missing"]
    # Persons and services for seven half-years, contacts for fourteen quarters.
    assert len(missing) == 7 * 2 + 14
    assert {row["organisation"] for row in missing} == {"syn_f"}
    assert min(row["due_on"] for row in missing) > "2009-07-01"
    late = [row for row in expected if row["state"] == "late"]
    assert {(row["organisation"], row["days_late"]) for row in late} == {
        ("syn_e", "75"), ("syn_e", "68"),
    }  # fmt: skip
    forms = len(world.profiles["syn_e"].duties)
    assert len(late) == 2 * forms
    twice = [row for row in expected if row["versions"] == "2"]
    assert sorted((r["organisation"], r["form"], r["period"]) for r in twice) == [
        ("syn_a", "services", "2008H1"),
        ("syn_e", "referrals", "2010H1"),
        ("syn_police", "charges", "2009H2"),
    ]


def test_a_first_version_lacks_every_tenth_row(written: Path) -> None:
    """So that a correction which is ignored shows in every figure."""
    folder = written / "files" / "syn_a" / "2008H1"
    first = (folder / "synthetic-syn_a-services-2008H1.csv").read_bytes().splitlines()
    second = (folder / "synthetic-syn_a-services-2008H1-v2.csv").read_bytes().splitlines()
    lacking = [line for line in second if line not in first]
    assert set(first) < set(second)
    assert len(lacking) == (len(second) - 1 + 5) // 10


def test_no_file_tells_of_what_was_to_come(written: Path) -> None:
    """A sender knows at the end of a period what had happened by then; a truth leak flatters."""
    truth = written / "truth"
    true_end = {
        (row["true_id"], row["service"], row["offered_on"]): row["ended_on"]
        for row in _rows(truth / "services.csv")
        if row["organisation"] == "syn_b"
    }
    number = {
        row["person"]: row["true_id"]
        for row in _rows(truth / "records.csv")
        if row["organisation"] == "syn_b"
    }
    seen_open = 0
    for path in sorted((written / "files" / "syn_b").rglob("*-services-*.csv")):
        last = period(path.parent.name).last
        text = io.StringIO(path.read_text(encoding="windows-1252"))
        for row in csv.reader(text, delimiter=";"):
            if row[0] == "Sagsnr":
                continue
            offered, started, ended = (_day(cell) for cell in (row[2], row[4], row[5]))
            assert all(one is None or one <= last for one in (offered, started, ended))
            key = (number[row[0]], row[1], str(offered))
            end = true_end.get(key)
            if ended is None and started and end:
                assert date.fromisoformat(end) > last
                assert row[6] == "ongoing"
                seen_open += 1
    assert seen_open > 50


def _day(cell: str) -> date | None:
    if not cell:
        return None
    number, month, year = (int(part) for part in cell.split("-"))
    return date(year, month, number)


def test_a_sender_of_tokens_is_flagged_and_its_names_are_plain(written: Path) -> None:
    """The rehearsal makes the tokens with the sharing key, as the sender would."""
    lines = [r for r in _rows(written / "deliveries.csv") if r["organisation"] == "syn_d"]
    flagged = [line["form"] for line in lines if line["identities"] == "encode"]
    assert set(flagged) == {"persons"}
    known = {row["given_name"] for row in _rows(written / "truth" / "persons.csv")}
    line = next(line for line in lines if line["identities"] == "encode")
    text = (written / line["file"]).read_text(encoding="windows-1252")
    names = {row[1] for row in list(csv.reader(io.StringIO(text), delimiter=";"))[1:]}
    assert names & known


def test_coverage_of_the_truth_equals_a_count_by_hand(written: Path) -> None:
    """What *coverage* must give back exactly, counted again from single rows."""
    last = date(2012, 12, 31).isoformat()
    own = {
        row["episode"]: row
        for row in _rows(written / "truth" / "episodes.csv")
        if row["identified_on"] and row["identified_on"] <= last
    }
    offered: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    sent: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in _rows(written / "truth" / "services.csv"):
        if row["episode"] in own and row["offered_on"] <= last:
            person = own[row["episode"]]
            for kind in (row["service"], "any"):
                offered[person["era"], person["group"], kind].add(row["episode"])
                if row["sent"] == "true":
                    sent[person["era"], person["group"], kind].add(row["episode"])
    for row in _rows(written / "truth" / "coverage.csv"):
        cell = (row["era"], row["group"], row["service"])
        assert int(row["offered"]) == len(offered[cell])
        assert int(row["offered_sent"]) == len(sent[cell]) <= int(row["offered"])
        people = [one for one in own.values() if (one["era"], one["group"]) == cell[:2]]
        assert int(row["identified"]) == len(people)


def test_what_no_file_tells_of_is_what_the_silent_sender_did(drawn: Drawn, written: Path) -> None:
    """All else that happened in these years reaches the centre in some file."""
    start = date(2009, 7, 1).isoformat()
    last = date.fromordinal(date(1970, 1, 1).toordinal() + drawn.last)
    for row in _rows(written / "truth" / "services.csv"):
        if row["sent"] == "false" and row["offered_on"] <= last.isoformat():
            assert row["organisation"] == "syn_f"
            assert row["offered_on"] >= start
    untold = [
        row for row in _rows(written / "truth" / "referrals.csv")
        if row["sent"] == "false" and row["referred_on"] <= (last - timedelta(days=1)).isoformat()
    ]  # fmt: skip
    assert not untold


def test_a_folder_with_other_files_is_left_alone(drawn: Drawn, tmp_path: Path) -> None:
    """A mistyped --to must not empty somebody's folder."""
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(AnalysisError, match="holds files that no synthetic country wrote"):
        write(drawn, tmp_path)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"
