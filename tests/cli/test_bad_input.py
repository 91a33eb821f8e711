"""Bad input: each is refused before a kernel starts, in words, and `outputs/` stays as it was."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.places import Places

Rows = list[dict[str, str]]
Change = Callable[[Rows], object]

PLANS = "countries/DNK/plans.csv"
FIGURES = "countries/DNK/figures.csv"
SECRET = "Kvinde fra sag 4711"
REMEDIES = (
    "Nearest",
    "id you mean",
    "Use one of",
    "Give one of",
    "Write",
    "Name ",
    "All: ",
    "--help",
)
LAST = "denmark-2002-2007/report/index.html"


@pytest.fixture
def last(places: Places) -> str:
    """Leave a report of an earlier build in outputs/, and return the hash of all of it."""
    report = places.outputs / LAST
    report.parent.mkdir(parents=True)
    report.write_text("the last report", encoding="utf-8")
    return _hash(places.outputs)


def _hash(folder: Path) -> str:
    """Hash every path below a folder and what it holds."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(path.read_bytes() if path.is_file() else b"folder")
    return total.hexdigest()


def _change(path: Path, change: Change) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows: Rows = list(csv.DictReader(file))
    columns = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _reverse(rows: Rows) -> None:
    rows[0].update(first_year="2006", last_year="2003")


def _repeat(rows: Rows) -> None:
    rows.insert(1, dict(rows[0]))


def _drop_column(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",quote,", ",qoute,", 1), encoding="utf-8")


def _save_as_latin(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1", errors="replace"))


def _rows(change: Change) -> Callable[[Path], None]:
    return lambda path: _change(path, change)


BROKEN: dict[str, tuple[str, Callable[[Path], None]]] = {
    "plan-reversed": (PLANS, _rows(_reverse)),
    "figure-without-source": (FIGURES, _rows(lambda rows: rows[0].update(source_url=""))),
    "figure-without-quote": (FIGURES, _rows(lambda rows: rows[0].update(quote=""))),
    "missing-column": (FIGURES, _drop_column),
    "wrong-encoding": (FIGURES, _save_as_latin),
    "decimal-comma": (FIGURES, _rows(lambda rows: rows[0].update(value="7,5"))),
    "duplicate-key": (FIGURES, _rows(_repeat)),
    "negative-count": (FIGURES, _rows(lambda rows: rows[0].update(value="-7"))),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_record_stops_a_build_with_file_row_and_remedy(
    case: str,
    places: Places,
    last: str,
    call: Callable[..., Any],
    golden: Callable[[str, str], None],
) -> None:
    """A report from a broken record would be worse than none, and so would half of one.

    Messages are copied into e-mails: what stands in the cells is not in them.
    """
    file, breaks = BROKEN[case]
    _change(places.published / file, lambda rows: rows[0].update(note=SECRET))
    breaks(places.published / file)
    said = call("build")
    assert (said.code, said.out) == (2, "")
    own = [line for line in said.err.splitlines() if Path(file).name in line]
    golden(f"broken-{case}.txt", "\n".join(own) + "\n")
    assert SECRET not in said.err
    assert _hash(places.outputs) == last


def test_empty_file_is_refused(places: Places, last: str, call: Callable[..., Any]) -> None:
    """An interrupted save leaves nothing behind, and nothing is not an empty table."""
    (places.published / FIGURES).write_text("", encoding="utf-8")
    said = call("build")
    assert (said.code, said.out) == (2, "")
    assert all(line.startswith("data/") for line in said.err.splitlines())
    assert _hash(places.outputs) == last


def test_broken_record_stops_a_run(places: Places, last: str, call: Callable[..., Any]) -> None:
    """One notebook on a broken record is as wrong as eight."""
    file, breaks = BROKEN["negative-count"]
    breaks(places.published / file)
    said = call("run", "prosecution")
    assert (said.code, said.out) == (2, "")
    assert "figures.csv: 1 row has a negative number in value (row 2)." in said.err
    assert _hash(places.outputs) == last


UNKNOWN = {
    "plan": ("build", "-p", "baseline=DK-1999"),
    "plan of a run": ("run", "plans", "-p", "current=DK-1999"),
    "plans in the wrong order": ("build", "-p", "baseline=DK-2007", "-p", "current=DK-2002"),
    "plans of a run in the wrong order": ("run", "plans", "-p", "current=DK-2002"),
    "country": ("build", "-p", "country=XXX"),
    "country of a run": ("run", "plans", "-p", "country=XXX"),
    "country in words": ("run", "plans", "-p", "country=Danmark"),
    "parameter": ("build", "-p", "langauge=da"),
    "parameter of a run": ("run", "plans", "-p", "langauge=da"),
    "language of a build": ("build", "-p", "language=sv"),
    "language of a run": ("run", "plans", "-p", "language=sv"),
    "language of a list": ("findings", "list", "-l", "sv"),
    "evaluation": ("build", "sweden"),
    "notebook": ("run", "plan"),
    "notebook elsewhere": ("run", "../plans/../other.ipynb"),
    "finding's build": ("findings", "show", "x", "-e", "sweden"),
    "country of the data": ("data", "check", "-c", "XXX"),
    "table": ("data", "show", "mesures"),
    "option": ("build", "--country", "SWE"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_unknown_name_is_refused_and_nothing_is_written(
    case: str, places: Places, last: str, call: Callable[..., Any]
) -> None:
    """A slip of the finger costs one line, not a report or the minute that a build takes.

    Half of that line is what to do: the nearest name, or where all of them stand.
    """
    said = call(*UNKNOWN[case])
    assert (said.code, said.out) == (2, "")
    assert 0 < len(said.err.splitlines()) <= 4
    assert "done in" not in said.err
    assert any(remedy in said.err for remedy in REMEDIES), said.err
    assert _hash(places.outputs) == last


@pytest.mark.parametrize(
    ("line", "other", "place"),
    [
        ("level: 0.95", "level: 0.9", "protocol.level"),
        ("cases: submitted", "cases: none", "disclosure.smallest_count"),
    ],
)
def test_setting_that_would_be_ignored_is_refused(
    places: Places, last: str, call: Callable[..., Any], line: str, other: str, place: str
) -> None:
    """Whoever asks for 90 % limits and gets 95 % ones without a word has been misled."""
    file = places.evaluations / "denmark-2002-2007.yml"
    text = file.read_text(encoding="utf-8")
    assert line in text
    # Without cases of persons, only published figures are shown, as printed.
    without = text.replace("basis: submitted", "basis: published") if "cases" in line else text
    file.write_text(without.replace(line, other), encoding="utf-8")
    said = call("build")
    assert said.code == 2
    assert f"denmark-2002-2007.yml: at {place}: this version knows one value only." in said.err
    assert _hash(places.outputs) == last


@pytest.mark.parametrize(
    ("line", "other", "place"),
    [
        ("smallest_count: 5", "smallest_count: 4", "disclosure.smallest_count"),
        ("basis: submitted", "basis: published", "disclosure.basis"),
        ("basis: submitted", "basis: synthetic", "disclosure.basis"),
        ("cases: submitted", "cases: synthetic", "disclosure.basis"),
    ],
)
def test_disclosure_that_does_not_fit_the_cases_is_refused(
    places: Places, last: str, call: Callable[..., Any], line: str, other: str, place: str
) -> None:
    """A count of two victims in a report can name them; invented ones must say that they are."""
    file = places.evaluations / "denmark-2002-2007.yml"
    text = file.read_text(encoding="utf-8")
    assert line in text
    file.write_text(text.replace(line, other), encoding="utf-8")
    said = call("build")
    assert said.code == 2
    assert f"denmark-2002-2007.yml: at {place}:" in said.err
    assert _hash(places.outputs) == last
