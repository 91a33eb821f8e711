"""The published record, spoiled at random: every spoiling ends in a message or in nothing at all.

Each round spoils one to three places of a copy of the real tables, checks the record and,
where the check finds no error, opens the study and asks it for everything that notebooks
ask for. The international files are cut to a few countries, so that a round is short.
"""

from __future__ import annotations

import csv
import io
import os
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.places import Places
from analysis.published.check import check_record
from analysis.published.problems import grouped
from analysis.study import Study, open_study

pytestmark = pytest.mark.soak

CANARY = "Xqzzy7"
"""Stands in every spoiled cell; a message that holds it tells what a cell says."""

MOST_FAILURES = 8
"""So many different failures are collected before the search stops."""

Rows = list[list[str]]
Tell = Callable[[str], None]

# Whole cells that partners, programs and mischief write.
CELLS = (
    "", "   ", "7,5", "1.234,5", "-7", "\u22127", "+7", "1e9", "nan", "inf", "-0", "0x10", "7 ",
    "<5", "<0", ">35", ">=3", "60-93", "93-60", "5-", "5\u20139", "<5-7", "not known", "suppressed",
    "9" * 400, "9" * 5000, "7.5", "0", "1e400", "\u0661\u0662", "\u00b2", "20\u0660\u0667",
    "2007", "1066", "0000", "9999", "2007-13", "2007-02-30", "2007-08-01", "2007/08", "07",
    "*", ";", ";;", "total", "sex=", "=", "=;=", "sex=female", "sex=female;sex=male", "age=x;sex=y",
    "true", "#REF!", "NULL", "\u00e6\u00f8\u00e5", "\u202e", "\x00", "a\x00b", "\ufeff", "\r", "\n",
)  # fmt: skip
MARKED = (
    "{}", "{};{}", "<script>alert('{}')</script>", '=HYPERLINK("{}")', "UNODC-DNK-{}-total-2007",
    "UNODC-{}", "3P-DNK-{}", "WB-{}-2007", "DK-{}", "form={}", "form=x;sex={}", "http://{}",
    "{}.pdf", "../{}.csv", "/{}", "{}\nsecond line", 'a "{}" b', "\u00f8{}\u00f8",
)  # fmt: skip


@dataclass
class Tally:
    """What the rounds came to."""

    rounds: int = 0
    spoiled: Counter[str] = field(default_factory=Counter)
    with_errors: int = 0
    messages: int = 0
    clean: int = 0
    refused: int = 0
    failures: dict[str, str] = field(default_factory=dict)


# Ways to spoil the cells of a table


def _one_cell(rows: Rows, rng: random.Random, make: Callable[[str], str]) -> None:
    if len(rows) > 1 and rows[0]:
        line = rng.choice(rows[1:])
        if line:
            place = rng.randrange(len(line))
            line[place] = make(line[place])


def _odd_cell(rows: Rows, rng: random.Random) -> None:
    _one_cell(rows, rng, lambda cell: rng.choice(CELLS))


def _marked_cell(rows: Rows, rng: random.Random) -> None:
    _one_cell(rows, rng, lambda cell: rng.choice(MARKED).replace("{}", CANARY))


def _marked_column(rows: Rows, rng: random.Random) -> None:
    place, made = rng.randrange(len(rows[0])), rng.choice((CANARY, "", "-1", "0,5"))
    for line in rows[1:]:
        if place < len(line):
            line[place] = made


def _lengthened_cell(rows: Rows, rng: random.Random) -> None:
    _one_cell(rows, rng, lambda cell: cell + f" {CANARY}")


def _huge_cell(rows: Rows, rng: random.Random) -> None:
    _one_cell(rows, rng, lambda cell: CANARY * rng.choice((1_000, 30_000)))


def _emptied_cell(rows: Rows, rng: random.Random) -> None:
    _one_cell(rows, rng, lambda cell: "")


def _cell_of_another_row(rows: Rows, rng: random.Random) -> None:
    place = rng.randrange(len(rows[0]))
    own = [line for line in rows[1:] if place < len(line)]
    if own:
        rng.choice(own)[place] = rng.choice(own)[place]


def _two_cells_swapped(rows: Rows, rng: random.Random) -> None:
    if len(rows) > 1:
        line = rng.choice(rows[1:])
        if len(line) > 1:
            one, other = rng.sample(range(len(line)), 2)
            line[one], line[other] = line[other], line[one]


def _periods_reversed(rows: Rows, rng: random.Random) -> None:
    for start, end in (("period_start", "period_end"), ("first_year", "last_year")):
        if start in rows[0] and end in rows[0] and len(rows) > 1:
            one, other = rows[0].index(start), rows[0].index(end)
            line = rng.choice(rows[1:])
            if max(one, other) < len(line):
                line[one], line[other] = "2010", "2007"


def _column_dropped(rows: Rows, rng: random.Random) -> None:
    place = rng.randrange(len(rows[0]))
    for line in rows:
        del line[place : place + 1]


def _column_renamed(rows: Rows, rng: random.Random) -> None:
    place = rng.randrange(len(rows[0]))
    rows[0][place] = rng.choice((CANARY, "", rows[0][place].upper(), rows[0][place] + " "))


def _column_twice(rows: Rows, rng: random.Random) -> None:
    place = rng.randrange(len(rows[0]))
    for line in rows:
        line.insert(place, line[place] if place < len(line) else "")


def _columns_moved(rows: Rows, rng: random.Random) -> None:
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    for number, line in enumerate(rows):
        rows[number] = [line[place] for place in order if place < len(line)]


def _row_dropped(rows: Rows, rng: random.Random) -> None:
    if len(rows) > 1:
        del rows[rng.randrange(1, len(rows))]


def _row_twice(rows: Rows, rng: random.Random) -> None:
    if len(rows) > 1:
        rows.insert(rng.randrange(1, len(rows) + 1), list(rng.choice(rows[1:])))


def _rows_shuffled(rows: Rows, rng: random.Random) -> None:
    rows[1:] = rng.sample(rows[1:], len(rows) - 1)


def _row_longer(rows: Rows, rng: random.Random) -> None:
    rng.choice(rows).append(CANARY)


def _row_shorter(rows: Rows, rng: random.Random) -> None:
    line = rng.choice(rows)
    del line[rng.randrange(len(line)) if line else 0 :]


def _header_alone(rows: Rows, rng: random.Random) -> None:
    del rows[1:]


CELL_WAYS: tuple[Callable[[Rows, random.Random], None], ...] = (
    *([_odd_cell] * 8),
    *([_marked_cell] * 8),
    *([_emptied_cell] * 3),
    _marked_column,
    _lengthened_cell,
    _huge_cell,
    _cell_of_another_row,
    _two_cells_swapped,
    _periods_reversed,
    _column_dropped,
    _column_renamed,
    _column_twice,
    _columns_moved,
    _row_dropped,
    _row_twice,
    _rows_shuffled,
    _row_longer,
    _row_shorter,
    _header_alone,
)

# Ways to spoil the bytes of a file


def _cut(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def _bytes_swapped(raw: bytes, rng: random.Random) -> bytes:
    found = bytearray(raw)
    for _ in range(rng.choice((1, 2, 30))):
        if found:
            found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def _put_in(raw: bytes, rng: random.Random) -> bytes:
    what = rng.choice((b'"', b'""', b"\x00", b"\r", b"\n", b"\r\n\r\n", b",", b";", b"\xff", b"\t"))
    place = rng.randrange(len(raw) + 1)
    return raw[:place] + what + raw[place:]


def _quote_taken(raw: bytes, rng: random.Random) -> bytes:
    places = [place for place, byte in enumerate(raw) if byte == ord('"')]
    if not places:
        return raw + b'"'
    place = rng.choice(places)
    return raw[:place] + raw[place + 1 :]


def _other_encoding(raw: bytes, rng: random.Random) -> bytes:
    text = raw.decode("utf-8", errors="replace") + f"\u00f8{CANARY}"
    return text.encode(rng.choice(("latin-1", "utf-16", "cp865", "utf-32")), errors="replace")


def _other_ends(raw: bytes, rng: random.Random) -> bytes:
    return raw.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b"\x0b\n")))


def _other_commas(raw: bytes, rng: random.Random) -> bytes:
    return raw.replace(b",", rng.choice((b";", b"\t", b"|")))


def _mark_before(raw: bytes, rng: random.Random) -> bytes:
    return b"\xef\xbb\xbf" * rng.choice((1, 2)) + raw


def _nothing_left(raw: bytes, rng: random.Random) -> bytes:
    return rng.choice((b"", b"\n", b'"', b"\xef\xbb\xbf", b"\x00" * 64))


BYTE_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _bytes_swapped, _put_in, _put_in, _quote_taken, _other_encoding, _other_ends,
    _other_commas, _mark_before, _nothing_left,
)  # fmt: skip

# Ways to spoil the file itself


def _removed(path: Path) -> None:
    path.unlink()


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _leads_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def _unreadable(path: Path) -> None:
    # Root may read everything that permissions forbid, but not the memory of a process.
    if os.geteuid() == 0:
        path.unlink()
        path.symlink_to("/proc/self/mem")
    else:
        path.chmod(0)


NEVER_SILENT = ("_a_folder", "_leads_nowhere", "_unreadable")
"""A table that is there and cannot be read is not a table that nobody submitted."""

FILE_WAYS: tuple[Callable[[Path], None], ...] = (_removed, _a_folder, _leads_nowhere, _unreadable)


def test_a_spoiled_record_ends_in_a_message_without_a_cell(
    small: Places, seconds: float, seed: int, tell: Tell
) -> None:
    """Whatever a partner sends, nobody meets a traceback, and no e-mail tells what a cell says."""
    whole = {path: path.read_bytes() for path in sorted(small.home.glob("data/**/*.csv"))}
    assert [one for one in check_record(small) if one.severity == "error"] == []
    _use_everything(small, "DNK", "SWE")
    rng, tally, end = random.Random(seed), Tally(), time.monotonic() + seconds
    while time.monotonic() < end and len(tally.failures) < MOST_FAILURES:
        tally.rounds += 1
        did = _spoil(list(whole), rng)
        tally.spoiled.update(name for _, name in did)
        _round(small, tally, did, rng.choice(("DNK", "DNK", "SWE")))
        for path, _ in did:
            _restore(path, whole[path])
    _report(tally, tell)
    assert not tally.failures, "\n\n".join(tally.failures.values())
    assert min(tally.with_errors, tally.clean) > 0


def _spoil(paths: Sequence[Path], rng: random.Random) -> list[tuple[Path, str]]:
    did = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        path = rng.choice([one for one in paths if "countries" in one.parts] * 2 + list(paths))
        kind = rng.random()
        if kind < 0.7:
            did.append((path, _spoil_cells(path, rng)))
        elif kind < 0.94:
            did.append((path, _spoil_bytes(path, rng)))
        elif path.is_file() and not path.is_symlink():
            way = rng.choice(FILE_WAYS)
            way(path)
            did.append((path, way.__name__))
    return did


def _spoil_cells(path: Path, rng: random.Random) -> str:
    way = rng.choice(CELL_WAYS)
    rows = _rows(path)
    if rows and rows[0]:
        way(rows, rng)
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return way.__name__


def _rows(path: Path) -> Rows:
    """Read a table that an earlier way may have spoiled already; nothing where that is so."""
    try:
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def _spoil_bytes(path: Path, rng: random.Random) -> str:
    way = rng.choice(BYTE_WAYS)
    try:
        path.write_bytes(way(path.read_bytes(), rng))
    except OSError:
        return "nothing"
    return way.__name__


def _restore(path: Path, raw: bytes) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    path.unlink(missing_ok=True)
    path.write_bytes(raw)


def _round(places: Places, tally: Tally, did: Sequence[tuple[Path, str]], country: str) -> None:
    said: tuple[str, ...] = ()
    try:
        problems = check_record(places)
        said = grouped(one for one in problems if one.severity == "error")
        tally.with_errors += bool(said)
        tally.clean += not said
        if not said:
            _use_everything(places, country)
    except AnalysisError as error:
        tally.refused += 1
        said = (str(error),)
    except Exception as error:  # noqa: BLE001 - the proof is that there is none
        ours = [at for at in traceback.extract_tb(error.__traceback__) if "analysis" in at.filename]
        kind = f"{type(error).__name__} at {ours[-1].name}:{ours[-1].lineno}"
        _fail(tally, did, kind, traceback.format_exc(limit=-6))
        return
    for path, name in did[-1:]:
        if name in NEVER_SILENT and not any(path.name in line for line in said):
            _fail(tally, did, f"nothing said of {name}", "\n".join(said))
    tally.messages += len(said)
    for line in said:
        if CANARY in line:
            _fail(tally, did, f"told {line.partition(CANARY)[0][-40:]}", line)


def _fail(tally: Tally, did: Sequence[tuple[Path, str]], kind: str, what: str) -> None:
    spoiled = ", ".join(f"{path.name}: {name}" for path, name in did)
    tally.failures.setdefault(kind, f"round {tally.rounds} ({spoiled})\n{what}")


def _use_everything(places: Places, *countries: str) -> None:
    """Ask the study for what notebooks ask it for."""
    for country in countries:
        study = open_study("DK-2002", "DK-2007", country=country, language="da", places=places)
        _use_series(study)
        _use_tables(study)


def _use_series(study: Study) -> None:
    for indicator in study.counted:
        found = study.series(indicator)
        for result in (study.compare(found), study.rank(found), study.later_years(found)):
            study.record("prosecution.prosecuted", result)
        study.listing("readings", study.compare(found))
        study.neighbours(indicator)
    for by in ("sex", "age", "form", "citizenship"):
        study.parts("victims_identified", by)
    study.record("policy_index.synthetic_control", study.synthetic_control(study.index_sum()))
    study.record_index("policy_index.scores")
    assert study.index_in_range() in (True, False)


def _use_tables(study: Study) -> None:
    for name in ("measures", "links", "statements", "roles", "conflicts", "evaluations", "breaks"):
        study.listing(name)
    study.listing("index")
    study.listing("conflicts", "victims_identified")
    study.listing("population_rates", "victims_identified")
    study.listing("figures", "reflection_period_days_max", "potential_victims_contacted")
    for name in ("plans", "organisations", "ties", "events", "owed", "inquiries", "obligations"):
        study.table(name)
    study.promises()
    study.record_statements("plans", "promise", "scope", "aim", "cooperation", "shelter")
    study.record_links("plans.links")
    study.record_trace("plans.trace")
    study.record_owed("support")
    study.record_evaluations("evaluations")


def _report(tally: Tally, tell: Tell) -> None:
    tell(
        f"record: {tally.rounds} rounds, {sum(tally.spoiled.values())} spoilings in "
        f"{len(tally.spoiled)} ways: {tally.with_errors} with errors, {tally.messages} messages, "
        f"{tally.clean} clean (of these {tally.refused} refused by a method), "
        f"{len(tally.failures)} kinds of failure"
    )
