"""Files of an invented country in, everything taken in as a clerk would, and what it found out."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from analysis.contracts.partner.profiles import Profile
from analysis.contracts.partner.store import Question, Submission
from analysis.errors import SubmissionError
from analysis.flow.encoding_names import encode
from analysis.flow.taking_in import Delivery, Intake, Taken, opened, read_file, take
from analysis.places import Places

ROUNDS = 8
"""Times that rows of one file are set aside before it stays held."""

FEW = 5
"""Rows that may be set aside of any file, however short."""

DUPLICATE = "duplicate_key"
"""The rule whose question names rows that are the same."""


MOST_SET_ASIDE = 0.1
"""Share of a file's rows above which a clerk asks for a new file instead of setting rows aside."""

WRONG_FILES = ("other_organisation", "wrong_encoding", "swapped_dates")
"""Deliveries planted to be refused or held as a whole."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that was put: of which file and form, by which rule, on which rows."""

    file: str
    form: str
    rule: str
    rows: frozenset[int]

    def names(self, planted: Mapping[tuple[str, str], frozenset[int]]) -> bool:
        """Whether it names a row in which a fault was planted."""
        return bool(self.rows & planted.get((self.file, self.form), frozenset()))


@dataclass(slots=True)
class Log:
    """What became of each file: refused, held, or entered with some rows set aside."""

    files: int = 0
    refused: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    set_aside: int = 0
    asked: set[Asked] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Judged:
    """Planted faults against what was asked: rows and files planted, and how many were found.

    ``questions`` were put in all, ``right`` of them name a planted row or file. One that names
    two equal rows is right if one of them was planted.
    """

    rows: int
    rows_found: int
    files: int
    files_found: int
    questions: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the questions put that were about something planted."""
        return self.right / self.questions if self.questions else 1.0

    @property
    def recall(self) -> float:
        """Share of what had been planted that was found."""
        planted = self.rows + self.files
        return (self.rows_found + self.files_found) / planted if planted else 1.0


def take_all(
    places: Places, drawn: Path, profiles: Mapping[str, Profile], *, store: Path, keys: Path
) -> Log:
    """Take every delivery in, in the order received, in one transaction.

    Rows that a holding question names are set aside, as a clerk would who cannot ask the
    sender; then the rest enters. A file that is refused is noted, and the next one read.
    """
    log = Log()
    with opened(places, profiles, synthetic=True, store_folder=store, keys_folder=keys) as intake:
        for row in _read(drawn / "deliveries.csv"):
            log.files += 1
            try:
                delivery = read_file(
                    intake,
                    _encoded(intake, drawn, row),
                    row["organisation"],
                    row["period"],
                    received_on=date.fromisoformat(row["received_on"]),
                    form=row["form"] or None,
                )
                taken = take(intake, delivery)
            except SubmissionError:
                log.refused.append(row["file"])
                continue
            _settle(intake, delivery, taken, row["file"], log)
    return log


ENCODE = "encode"
"""In ``deliveries.csv``: names become tokens at the sender's, before the file is sent."""


def _encoded(intake: Intake, drawn: Path, row: Mapping[str, str]) -> Path:
    """Return the file as it is sent: where names are to be tokens, its encoded copy."""
    path = drawn / row["file"]
    if row["identities"] != ENCODE:
        return path
    profile = intake.profiles[row["organisation"]]
    form = row["form"] or None
    made = encode(
        path.name, path.read_bytes(), intake.keys.sharing, profile, intake.forms, form=form
    )
    sent = drawn / "encoded" / path.name
    sent.parent.mkdir(exist_ok=True)
    sent.write_bytes(made.content)
    return sent


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _settle(
    intake: Intake, delivery: Delivery, taken: Sequence[Taken], file: str, log: Log
) -> None:
    """Set aside what holds a file until it enters, or too much would have to be."""
    if all(one.repeated for one in taken):
        log.repeated.append(file)
    for one in taken:
        _note_questions(one.submission, file, log)
    for _ in range(ROUNDS):
        aside = _bad_rows([one.submission for one in taken])
        if not aside:
            break
        taken = take(intake, delivery, aside)
        for one in taken:
            _note_questions(one.submission, file, log)
    log.set_aside += sum(len(one.submission.set_aside) for one in taken if not one.repeated)
    if any(one.submission.state == "held" for one in taken):
        log.held.append(file)


def _note_questions(said: Submission, file: str, log: Log) -> None:
    for one in said.questions:
        if one.rows:
            log.asked.add(Asked(file, said.form, one.rule, frozenset(one.rows)))


def _bad_rows(submissions: Sequence[Submission]) -> dict[str, tuple[int, ...]]:
    """Return the rows to set aside of each form: those already, and those that hold it.

    Nothing, where the file is not held, no row is named, or too many are: then a new file is
    asked for.
    """
    if not any(one.state == "held" for one in submissions):
        return {}
    found: dict[str, tuple[int, ...]] = {}
    for one in submissions:
        named = {row for asked in one.questions if asked.holds for row in _named(asked)}
        rows = named | set(one.set_aside)
        # A few rows of a short file are no reason to send all of it again.
        if len(rows) > max(MOST_SET_ASIDE * (one.rows + len(one.set_aside)), FEW):
            return {}
        if named - set(one.set_aside):
            found[one.form] = tuple(sorted(rows))
    return found


def _named(asked: Question) -> tuple[int, ...]:
    """Return the rows that a question gives reason to set aside.

    Of rows that are the same, the last: the first is as good, and who set both aside would
    leave the person unknown to every later file. If more are the same, it is asked again.
    """
    return asked.rows[-1:] if asked.rule == DUPLICATE else asked.rows


def judge(drawn: Path, log: Log) -> Judged:
    """Hold the questions that were put, and the files sent back, against what was planted."""
    planted: dict[tuple[str, str], frozenset[int]] = {}
    for one in _read(drawn / "truth" / "faults.csv"):
        key = (one["file"], one["form"])
        planted[key] = planted.get(key, frozenset()) | {int(one["row"])}
    wrong = {
        one["file"]
        for one in _read(drawn / "truth" / "deliveries.csv")
        if one["kind"] in WRONG_FILES
    }
    back = {*log.refused, *log.held}
    rows = [(*key, row) for key, found in planted.items() for row in found]
    named = {(one.file, one.form, row) for one in log.asked for row in one.rows}
    # What is asked of a file that is sent back is one question: for another file.
    put = [one for one in log.asked if one.file not in back]
    return Judged(
        rows=len(rows),
        rows_found=sum(row in named for row in rows),
        files=len(wrong),
        files_found=len(wrong & back),
        questions=len(put) + len(back),
        right=sum(one.names(planted) for one in put) + len(wrong & back),
    )
