"""Records of invented persons in, persons out: linked, reviewed by the truth, and judged by it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from analysis import cases
from analysis.cases import review
from analysis.contracts.partner.cases import Cases
from analysis.contracts.partner.forms import Forms
from analysis.contracts.partner.profiles import Profile
from analysis.places import Places
from analysis.vault.keys import open_intake_keys, open_store_key
from analysis.vault.store import writing
from analysis.vault.tokens import Tokens

REVIEWER = "rehearsal"


@dataclass(frozen=True, slots=True)
class Linked:
    """Pairs of records that are one person: in truth, as linked, and in both.

    Only records that some identity is known of can be linked; pairs of others are counted
    in ``beyond`` alone. ``reviewed`` pairs of the clerical band were answered by the truth.
    """

    records: int
    persons: int
    true_persons: int
    reviewed: int
    true_pairs: int
    linked_pairs: int
    both: int
    beyond: int

    @property
    def precision(self) -> float:
        """Share of linked pairs that are one person."""
        return self.both / self.linked_pairs if self.linked_pairs else 1.0

    @property
    def recall(self) -> float:
        """Share of pairs that are one person, and can be linked, that were linked."""
        return self.both / self.true_pairs if self.true_pairs else 1.0


def link(
    places: Places,
    drawn: Path,
    profiles: Mapping[str, Profile],
    forms: Forms,
    *,
    store: Path,
    keys: Path,
    on: date,
) -> Linked:
    """Link, let the truth answer what a reviewer would be asked, link again, and judge."""
    truth = _true_ids(drawn, keys)
    rules = cases.read_rules(places.linkage)
    with writing(store, open_store_key(keys)) as opened:
        cases.link(opened, rules, on=on)
        file = store.parent / "review.csv"
        review.write(opened, file, profiles)
        answered = _answer(opened, file, truth, on)
        review.read(opened, file, on=on)
        report = cases.link(opened, rules, on=on)
        found = cases.open_cases(opened, profiles, forms, as_of=on, basis="synthetic")
    return _judged(found, truth, report.records, report.persons, answered)


def _true_ids(drawn: Path, keys: Path) -> dict[str, str]:
    """Return the true person of each record, by the record's token."""
    numbers: dict[str, list[tuple[str, str]]] = {}
    with (drawn / "truth" / "records.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            numbers.setdefault(row["organisation"], []).append((row["person"], row["true_id"]))
    tokens = Tokens(open_intake_keys(keys))
    found: dict[str, str] = {}
    for organisation, rows in numbers.items():
        made = tokens.references("person", organisation, [number for number, _ in rows])
        found |= dict(zip(made.to_pylist(), (true for _, true in rows), strict=True))
    return found


def _answer(opened: Any, file: Path, truth: Mapping[str, str], on: date) -> int:
    """Write into the reviewer's file what is true of each pair."""
    pairs = {
        review.pair_id(row["record_l"], row["record_r"]): (row["record_l"], row["record_r"])
        for row in review.asked(opened)
    }
    with file.open(encoding="utf-8-sig", newline="") as source:
        sample = source.readline()
        source.seek(0)
        delimiter = ";" if sample.count(";") > sample.count(",") else ","
        reader = csv.DictReader(source, delimiter=delimiter)
        rows, head = list(reader), list(reader.fieldnames or ())
    for row in rows:
        first, second = (truth.get(record) for record in pairs[row["pair"]])
        same = first is not None and first == second
        row |= {"verdict": "same" if same else "different", "reviewer": REVIEWER}
        row["day"] = on.isoformat()
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, head, delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def _judged(
    found: Cases, truth: Mapping[str, str], records: int, persons: int, reviewed: int
) -> Linked:
    known = found.tables["persons"].to_pylist()
    linkable = {one["pseudonym"] for one in known if one.get("linkable", True)}
    rows = [
        (one["record"], one["pseudonym"])
        for one in found.tables["links"].to_pylist()
        if one["draw"] == 0 and one["record"] in truth
    ]
    able = [(record, name) for record, name in rows if name in linkable]
    true_pairs = _pairs(Counter(truth[record] for record, _ in able))
    every_pair = _pairs(Counter(truth[record] for record, _ in rows))
    return Linked(
        records=records,
        persons=persons,
        true_persons=len({truth[record] for record, _ in rows}),
        reviewed=reviewed,
        true_pairs=true_pairs,
        linked_pairs=_pairs(Counter(name for _, name in able)),
        both=_pairs(Counter((truth[record], name) for record, name in able)),
        beyond=every_pair - true_pairs,
    )


def _pairs(sizes: Counter[Any]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
