"""Pairs of the clerical band out as files, what reviewers wrote in them back in.

The reviewer's file names a pair by an id, says how likely it is one person and which
fields agree; each sender's list says in which row of which of its own files the record
stands, so that it can look up its own case. Neither holds a token, a name or a number.
"""

from __future__ import annotations

import csv
import io
from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis.cases import kept
from analysis.cases.columns import COMPARED
from analysis.contracts.partner.profiles import Profile
from analysis.errors import LinkageError
from analysis.language import words
from analysis.vault.encoding.arrow import arrow

VERDICTS: Mapping[str, str] = {
    "same": "same", "samme": "same",
    "different": "different", "forskellig": "different", "forskellige": "different",
    "unsure": "unsure", "usikker": "unsure", "usikkert": "unsure",
}  # fmt: skip
HEAD = (
    "pair", "probability", "why", "organisation_1", "organisation_2", *COMPARED,
    "verdict", "reviewer", "day",
)  # fmt: skip
NEEDED = ("pair", "verdict", "reviewer", "day")
MOST_SIGNS = 40
FEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class Review:
    """One verdict on one pair, by whom and when; ``read_on``: the day it was read in."""

    record_l: str
    record_r: str
    verdict: str
    reviewer: str
    day: date
    read_on: date


def pair_id(record_l: str, record_r: str) -> str:
    """Return the id by which people speak of a pair; it tells nothing of the records.

    Rotation of keys changes it: read review files back before keys are rotated.
    """
    digest = sha256("\0".join(("workbench pair", *_pair(record_l, record_r))).encode()).digest()
    return "V-" + b32encode(digest).decode("ascii")[:12]


def verdicts(store: Any) -> dict[tuple[str, str], str]:
    """Return the verdict that counts of each pair ever reviewed: the last one read in.

    The lesser token stands first, whatever it was before keys were rotated.
    """
    return {_pair(one.record_l, one.record_r): one.verdict for one in history(store)}


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def history(store: Any) -> tuple[Review, ...]:
    """Return every verdict ever read in, oldest first."""
    table = kept.unpacked(store.named(kept.REVIEWS))
    return () if table is None else tuple(Review(**row) for row in table.to_pylist())


def write(store: Any, out: Path, profiles: Mapping[str, Profile]) -> tuple[Path, ...]:
    """Write the reviewer's file and, beside it, one list a sender.

    Parameters
    ----------
    store : Store
        Open, with a run of linkage.
    out : Path
        The reviewer's file; a sender's list is called the same with its id behind.
    profiles : mapping
        Senders by id, for the language of their lists.

    Returns
    -------
    tuple of Path
        What was written, the reviewer's file first.

    Raises
    ------
    LinkageError
        If nothing was linked yet.
    """
    pairs = asked(store)
    said = verdicts(store)
    open_ = [
        row
        for row in pairs
        if said.get(_pair(row["record_l"], row["record_r"])) in (None, "unsure")
    ]
    files = {one.id: one.file for one in store.submissions()}
    periods = {one.id: one.period for one in store.submissions()}
    _write(out, HEAD, [_shown(row) for row in open_])
    written = [out]
    for organisation in sorted({row[f"organisation_{side}"] for row in open_ for side in "lr"}):
        profile = profiles.get(organisation)
        language = profile.language if profile else "en"
        head = [words.say(f"linkage.{name}", language) for name in
                ("pair", "file", "period", "row", "other", "answer")]  # fmt: skip
        path = out.with_name(f"{out.stem}-{organisation}{out.suffix}")
        _write(path, head, list(_looked_up(open_, organisation, files, periods)))
        written.append(path)
    return tuple(written)


def asked(store: Any) -> list[dict[str, Any]]:
    """Return the pairs that the last run wants reviewed, the likeliest first."""
    table = kept.unpacked(store.named(kept.PAIRS))
    if table is None:
        raise LinkageError("link: nothing was linked yet. Run workbench link first.")
    return list(table.to_pylist())


def read(store: Any, path: Path, *, on: date) -> int:
    """Read verdicts back, and keep them with all earlier ones; return how many came.

    A row without a verdict is passed over. Whole file or nothing.

    Raises
    ------
    LinkageError
        If a column or a cell does not fit, naming rows and never what stands there.
    """
    pairs = {pair_id(row["record_l"], row["record_r"]): row for row in asked(store)}
    for one in history(store):
        pairs.setdefault(pair_id(one.record_l, one.record_r), asdict(one))
    rows = [(at, row) for at, row in _rows(path) if row["verdict"].strip()]
    _check(path, rows, pairs, on)
    new = [
        Review(
            pairs[row["pair"].strip()]["record_l"],
            pairs[row["pair"].strip()]["record_r"],
            VERDICTS[row["verdict"].strip().lower()],
            row["reviewer"].strip(),
            date.fromisoformat(row["day"].strip()),
            on,
        )
        for _, row in rows
    ]
    if new:
        store.put_named(kept.REVIEWS, kept.packed(_table((*history(store), *new))))
    count = Counter(one.verdict for one in new)
    store.log("reviewed", same=count["same"], different=count["different"], unsure=count["unsure"])
    return len(new)


def _shown(row: Mapping[str, Any]) -> list[Any]:
    return [
        pair_id(row["record_l"], row["record_r"]),
        f"{row['probability']:.2f}",
        row["why"],
        row["organisation_l"],
        row["organisation_r"],
        *(row[name] for name in COMPARED),
        *("", "", ""),
    ]


def _looked_up(
    pairs: Iterable[Mapping[str, Any]],
    organisation: str,
    files: Mapping[str, str],
    periods: Mapping[str, str],
) -> Iterable[list[Any]]:
    for row in pairs:
        for side, far in (("l", "r"), ("r", "l")):
            if row[f"organisation_{side}"] == organisation:
                submission = row[f"submission_{side}"]
                yield [
                    pair_id(row["record_l"], row["record_r"]),
                    files.get(submission, ""),
                    periods.get(submission, ""),
                    row[f"source_row_{side}"],
                    row[f"organisation_{far}"],
                    "",
                ]


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    # A mark in front and semicolons between: so Excel in Danish opens it as a table.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(head)
        writer.writerows(rows)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LinkageError(
            f"{path.name}: it cannot be read as text in UTF-8. Save it as CSV UTF-8."
        ) from error
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in head else ",")
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise LinkageError(
            f"{path.name}: {len(missing)} columns are missing ({', '.join(missing)}). "
            "Fill in the file as workbench link --review-out wrote it."
        )
    return [(reader.line_num, {name: row.get(name) or "" for name in NEEDED}) for row in reader]


def _check(
    path: Path, rows: Sequence[tuple[int, Mapping[str, str]]], pairs: Mapping[str, Any], on: date
) -> None:
    for what, holds in _questions(pairs, on):
        wrong = [at for at, row in rows if not holds(row)]
        if wrong:
            shown = ", ".join(map(str, wrong[:FEW_ROWS])) + (", ..." * (len(wrong) > FEW_ROWS))
            raise LinkageError(
                f"{path.name}: {len(wrong)} rows have {what} (rows {shown}). "
                "Correct them and read the file again; none of it was read."
            )


def _questions(
    pairs: Mapping[str, Any], on: date
) -> tuple[tuple[str, Callable[[Mapping[str, str]], bool]], ...]:
    return (
        ("a pair that no run of linkage asked about", lambda row: row["pair"].strip() in pairs),
        (
            "a verdict that is none of same, different, unsure",
            lambda row: row["verdict"].strip().lower() in VERDICTS,
        ),
        (
            f"no reviewer, or one of more than {MOST_SIGNS} signs",
            lambda row: 0 < len(row["reviewer"].strip()) <= MOST_SIGNS,
        ),
        ("no day as YYYY-MM-DD, up to today", lambda row: _day(row["day"].strip(), on)),
    )


def _day(text: str, on: date) -> bool:
    try:
        return date.fromisoformat(text) <= on
    except ValueError:
        return False


def _table(reviews: Sequence[Review]) -> Any:
    pa = arrow()
    plain = [asdict(one) for one in reviews]
    kinds = {name: pa.string() for name in ("record_l", "record_r", "verdict", "reviewer")}
    kinds |= {"day": pa.date32(), "read_on": pa.date32()}
    return pa.table({name: pa.array([row[name] for row in plain], kind) for name, kind in
                     kinds.items()})  # fmt: skip
