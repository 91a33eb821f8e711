"""Measure linkage: right pairs on the invented country, time and memory on many records.

Run: python benchmarks/linkage.py [SECTION...] [--seeds N...] [--records N...].
Sections: accuracy, speed; default both, quick (seed 1; 10,000 and 100,000 records).

*accuracy*: pairs of records that are one person, found and true, on the files of the
invented country with its truth beside it; before and after people answered the clerical
band (answered from the truth, so without their errors). *speed*: the same invented records
linked on tokens as `workbench link` does, and in plain text with the settings of splink's
own example on 50,000 historical persons (name, birth date, place; the postcode, which we
have not, left out), each in a process of its own on two threads.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
from race.invented_people import People, invent

from analysis.cases import deciding, fitting, memory
from analysis.cases.clusters import Numbers
from analysis.cases.records import prepared
from analysis.cases.rules import LinkageRules, read_rules
from analysis.contracts.partner.forms import IDENTITIES
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.contracts.partner.store import Submission
from analysis.errors import SubmissionError
from analysis.intake.reading import read
from analysis.intake.validating.dates import read_days
from analysis.places import Places, find_places
from analysis.vault import duck
from analysis.vault.tokens import Tokens

THREADS = 2
QUICK = (10_000, 100_000)
TIMEOUT_SECONDS = 3_600
EXAMPLE_MEMORY = "16GiB"  # twice what `workbench link` takes at most


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that guard nothing: what is measured is invented."""

    sharing: bytes = bytes(range(32))
    chain: tuple[bytes, ...] = (bytes(range(32, 64)),)


def main() -> None:
    """Measure the sections asked for."""
    asked = _asked()
    if asked.alone:
        folder = Path(asked.sections[0])
        way = {"prepare": prepare, **WAYS}[asked.alone]
        print(json.dumps(way(folder, asked.records[0])))
        return
    if "accuracy" in asked.sections:
        for seed in asked.seeds:
            accuracy(seed)
    if "speed" in asked.sections:
        for records in asked.records:
            speed(records)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sections", nargs="*", default=["accuracy", "speed"], metavar="SECTION")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--records", nargs="+", type=int, default=list(QUICK))
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    return parser.parse_args()


def accuracy(seed: int) -> None:
    """Link the files of one draw of the invented country, and hold them against its truth."""
    from analysis.flow import synthesising  # half a second that the timed processes do without

    places = find_places()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        synthesising.synthesise(places, seed=seed, to=folder)
        persons, submissions, truth = _sent(places, folder)
    rules = read_rules(places.linkage)
    with memory.in_memory(THREADS) as connection:
        records = prepared(connection, persons, submissions)
        comparable = records.filter(records["linkable"])
        model = fitting.fit(connection, comparable, rules)
        pairs = fitting.pairs(connection, comparable, model, rules)
    person = np.array([truth[one] for one in records["record"].to_pylist()])
    linkable = records["linkable"].to_numpy(zero_copy_only=False)
    before = deciding.decided(records, pairs, {}, rules)
    print(
        f"seed {seed}: {records.num_rows} records ({comparable.num_rows} linkable) of "
        f"{len(np.unique(person))} persons; {model.blocking.most:,} pairs compared at most, "
        f"{len(model.blocking.left_out)} lines of blocking left out; {int(before.band.sum())} "
        f"pairs in the band"
    )
    certain = replace(before, band=np.zeros_like(before.band))
    for what, decided in (
        ("matches alone", certain),
        ("best guess", before),
        ("band answered", deciding.decided(records, pairs, _answers(records, before, person),
                                           rules)),
    ):  # fmt: skip
        found = deciding.best(records, decided, rules)
        print(
            f"  {what:14} {_score(found.group[linkable], person[linkable])}, all senders "
            f"{_score(found.group, person)}; {len(found.contradicted)} contradicted, "
            f"{len(found.too_large)} too large"
        )
    _tell_draws(records, before, person, rules)
    _tell_calibration(before, person)


def _answers(
    records: pa.Table, decided: deciding.Decided, person: Numbers
) -> dict[tuple[str, str], str]:
    names = records["record"].to_pylist()
    return {
        (names[one], names[other]): "same" if person[one] == person[other] else "different"
        for one, other, asked in zip(
            decided.left.tolist(), decided.right.tolist(), decided.band.tolist(), strict=True
        )
        if asked
    }


def _score(group: Numbers, person: Numbers) -> str:
    def pairs(*keys: Numbers) -> float:
        _, sizes = np.unique(np.stack(keys, axis=1), axis=0, return_counts=True)
        return float((sizes * (sizes - 1) // 2).sum())

    both, found, true = pairs(group, person), pairs(group), pairs(person)
    return f"P {both / max(found, 1):.4f} R {both / max(true, 1):.4f}"


def _tell_draws(
    records: pa.Table, decided: deciding.Decided, person: Numbers, rules: LinkageRules
) -> None:
    linkable = records["linkable"].to_numpy(zero_copy_only=False)
    first = deciding.best(records, decided, rules)
    counts = []
    for touched, group in deciding.drawn(records, decided, first, rules):
        drawn = first.group + len(group)
        drawn[touched] = group
        counts.append(len(np.unique(drawn[linkable])))
    true = len(np.unique(person[linkable]))
    print(
        f"  linkable persons: {len(np.unique(first.group[linkable]))} at best guess, "
        f"{min(counts)}-{max(counts)} in {len(counts)} draws, {true} true"
    )


def _tell_calibration(decided: deciding.Decided, person: Numbers) -> None:
    true = person[decided.left] == person[decided.right]
    edges = np.array([0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 1.0001])
    at = np.digitize(decided.probability, edges)
    said = [
        f"{edges[i - 1]:.2f}+ {true[at == i].mean():.2f} ({int((at == i).sum())})"
        for i in range(1, len(edges))
        if (at == i).any()
    ]
    print(f"  share true by probability (pairs): {', '.join(said)}")


def _sent(places: Places, folder: Path) -> tuple[pa.Table, list[Submission], Mapping[str, int]]:
    """Return the rows of ``persons`` as sent, tokenised, and who each record is in truth.

    Files that cannot be read whole are left out, as intake holds them; of several versions
    the last counts.
    """
    import csv

    forms = read_forms(places.forms, places.partner_codelists)
    profiles = read_profiles(places.synthetic / "profiles", forms)
    tokens = Tokens(Keys())
    latest: dict[tuple[str, str], dict[str, str]] = {}
    with (folder / "deliveries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["form"] == "persons":
                latest[row["organisation"], row["period"]] = row
    tables, submissions = [], []
    for number, row in enumerate(latest.values()):
        profile = profiles[row["organisation"]]
        path = folder / row["file"]
        try:
            (sheet,) = read(path.name, path.read_bytes(), profile, forms, form="persons")
        except SubmissionError:
            continue
        id_ = f"S-{number:012x}"
        tables.append(_table(sheet, profile, tokens, id_, row["period"]))
        submissions.append(_submission(id_, row, len(sheet.rows)))
    with (folder / "truth" / "records.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    truth: dict[str, int] = {}
    for organisation in profiles:
        own = [row for row in told if row["organisation"] == organisation]
        made = tokens.references("person", organisation, [row["person"] for row in own])
        truth |= dict(zip(made.to_pylist(), [int(row["true_id"]) for row in own], strict=True))
    return pa.concat_tables(tables, promote_options="permissive"), submissions, truth


def _table(sheet: Any, profile: Any, tokens: Tokens, id_: str, period: str) -> pa.Table:
    cells = {
        name: [None if text != text else text for text in sheet.cells[name].tolist()]
        for name in sheet.cells.columns
    }
    organisation, count = profile.organisation, len(sheet.rows)
    columns: dict[str, Any] = {
        "submission": [id_] * count,
        "organisation": [organisation] * count,
        "period": [period] * count,
        "source_row": pa.array(sheet.rows, pa.int32()),
        "person": tokens.references("person", organisation, cells["person"]),
    }
    for which in IDENTITIES:
        if which not in cells:
            continue
        texts = cells[which]
        if which == "birth_date":
            words = pa.array([text or "" for text in texts], pa.large_string())
            days = read_days(words, profile.dialect.dates).values
            texts = [None if day != day else str(day) for day in days]
        columns |= tokens.identities(which, texts)
    own = {**SEXES, **profile.values.get("sex", {})}
    columns["sex"] = pa.array([own.get(text or "", text) for text in cells["sex"]], pa.string())
    columns["citizenship"] = pa.array(cells["citizenship"], pa.string())
    return pa.table(columns)


SEXES = {
    "Kvinde": "female", "Mand": "male", "Andet": "other", "Ikke oplyst": "unknown",
    "Female": "female", "Male": "male", "Other": "other", "Not stated": "unknown",
}  # fmt: skip


def _submission(id_: str, row: Mapping[str, str], rows: int) -> Submission:
    return Submission(
        id=id_, organisation=row["organisation"], form="persons", period=row["period"],
        received_on=date.fromisoformat(row["received_on"]), file=row["file"], sha256="",
        version=1, state="accepted", rows=rows, set_aside=(), questions=(), purpose="",
        agreement="", delete_after=date.max, schema_version=1, synthetic=True,
    )  # fmt: skip


def speed(records: int) -> None:
    """Link that many records in both ways, each in a process of its own."""
    print(f"{records:,} records, {THREADS} threads:")
    with tempfile.TemporaryDirectory() as folder:
        for way in ("prepare", *WAYS):
            began = time.perf_counter()
            command = [sys.executable, __file__, folder, "--alone", way, "--records", str(records)]
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
                )
            except subprocess.TimeoutExpired:
                print(f"  {way:14} not done after {TIMEOUT_SECONDS} s")
                continue
            if done.returncode:
                lines = [line for line in done.stderr.splitlines() if "Error" in line]
                said = lines[-1][:160] if lines else f"exit code {done.returncode}"
                print(f"  {way:14} failed after {time.perf_counter() - began:.0f} s: {said}")
                continue
            told = json.loads(done.stdout.splitlines()[-1])
            said = ", ".join(f"{name} {value}" for name, value in told.items())
            print(f"  {way:14} {said}", flush=True)


def prepare(folder: Path, count: int) -> dict[str, Any]:
    """Invent records and make their tokens, so that the others begin with a table each."""
    people = invent(count, seed=1)
    records, told = _tokenised(people)
    feather.write_feather(records, folder / "records")
    feather.write_feather(_plain(people), folder / "plain")
    np.save(folder / "person.npy", people.person)
    return told


def ours(folder: Path, count: int) -> dict[str, Any]:
    """Link invented records as `workbench link` does."""
    records = feather.read_table(folder / "records", memory_map=False)
    person = np.load(folder / "person.npy")[records["at"].to_numpy()]
    records = records.drop_columns("at")
    told: dict[str, Any] = {}
    rules = read_rules(find_places().linkage)
    base = _peak()
    clock = _Clock()
    with memory.in_memory(THREADS) as connection:
        model = fitting.fit(connection, records, rules)
        told["fit_s"] = clock.lap()
        pairs = fitting.pairs(connection, records, model, rules)
        told["score_s"] = clock.lap()
    decided = deciding.decided(records, pairs, {}, rules)
    found = deciding.best(records, decided, rules)
    told["group_s"] = clock.lap()
    told |= clock.total()
    told["compared"] = model.blocking.most
    told["lines_left_out"] = len(model.blocking.left_out)
    told["peak_mb"], told["peak_before_mb"] = _peak(), base
    told["best_guess"] = _score(found.group, person)
    told["band"] = int(decided.band.sum())
    answered = deciding.decided(records, pairs, _answers(records, decided, person), rules)
    told["after_band"] = _score(deciding.best(records, answered, rules).group, person)
    return told


def example(folder: Path, count: int) -> dict[str, Any]:
    """Link the same records in plain text with splink's example settings."""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    table = feather.read_table(folder / "plain", memory_map=False)
    person = np.load(folder / "person.npy")
    base = _peak()
    clock = _Clock()
    told: dict[str, Any] = {}
    rules = [
        block_on("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
        block_on("surname", "dob"),
        block_on("first_name", "dob"),
        block_on("birth_place", "first_name", "surname"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=rules,
        comparisons=[
            compare.ForenameSurnameComparison("first_name", "surname"),
            compare.DateOfBirthComparison("dob", input_is_string=True),
            compare.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            compare.ExactMatch("sex"),
        ],
    )
    with closing(duck.connect({}, memory=EXAMPLE_MEMORY, threads=THREADS)) as connection:
        database = DuckDBAPI(connection=connection)
        linker = Linker(database.register(table), settings, log_level="CRITICAL")
        linker.training.estimate_probability_two_random_records_match(
            ["l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob"], recall=0.6
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=5e6)
        for training in (block_on("first_name", "surname"), block_on("dob")):
            linker.training.estimate_parameters_using_expectation_maximisation(training)
        told["fit_s"] = clock.lap()
        pairs = linker.inference.predict(threshold_match_probability=0.05)
        told["score_s"] = clock.lap()
        groups = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.5)
        told["group_s"] = clock.lap()
        told |= clock.total()
        told["peak_mb"], told["peak_before_mb"] = _peak(), base
        rows = connection.sql(
            f"select unique_id, cluster_id from {groups.physical_name} order by unique_id"
        ).to_arrow_table()
        scored = connection.sql(
            f"select unique_id_l, unique_id_r, match_probability from {pairs.physical_name}"
        ).to_arrow_table()
    cluster = rows["cluster_id"].to_numpy()
    told["best_guess"] = _score(np.asarray(cluster, dtype=np.int64), person)
    band = scored["match_probability"].to_numpy() < 0.95
    told["band"] = int(band.sum())
    return told


WAYS = {"ours": ours, "splink example": example}


def _tokenised(people: People) -> tuple[pa.Table, dict[str, Any]]:
    clock = _Clock()
    tokens = Tokens(Keys())
    count = len(people.person)
    columns: dict[str, Any] = {"at": pa.array(range(count), pa.int64())}
    columns["person"] = tokens.references("person", "x", [str(at) for at in range(count)])
    for which in IDENTITIES:
        texts = pa.array([text or None for text in getattr(people, which)], pa.string())
        columns |= tokens.identities(which, texts)
    for name in ("sex", "citizenship"):
        columns[name] = pa.array([text or None for text in getattr(people, name)], pa.string())
    columns["organisation"] = pa.array(people.organisation.tolist(), pa.string())
    columns["submission"] = pa.array([f"S-{0:012x}"] * count, pa.string())
    columns["source_row"] = pa.array(range(2, count + 2), pa.int32())
    told: dict[str, Any] = {"tokens_s": clock.lap()}
    one = _submission(f"S-{0:012x}", {"organisation": "x", "period": "2008", "file": "",
                                      "received_on": "2008-01-01"}, count)  # fmt: skip
    table = pa.table(columns)
    with memory.in_memory(THREADS) as connection:
        records = prepared(connection, table.drop_columns("at"), [one])
    at = pa.compute.index_in(records["record"], value_set=table["person"])
    told["records_s"] = clock.lap()
    return records.append_column("at", at.cast(pa.int64())), told


def _plain(people: People) -> pa.Table:
    count = len(people.person)
    return pa.table(
        {
            "unique_id": pa.array(range(count), pa.int64()),
            **{
                name: pa.array([text or None for text in texts], pa.string())
                for name, texts in (
                    ("first_name", [one.lower() for one in people.given_name]),
                    ("surname", [one.lower() for one in people.family_name]),
                    ("dob", people.birth_date),
                    ("birth_place", people.citizenship),
                    ("sex", people.sex),
                )
            },
        }
    )


class _Clock:
    """Seconds since it was made, and since the last lap."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._worked = time.process_time()

    def lap(self) -> float:
        """Return the seconds since the last lap."""
        now = time.perf_counter()
        took, self._last = now - self._last, now
        return round(took, 1)

    def total(self) -> dict[str, float]:
        """Return the seconds since the clock was made, and those that processors worked."""
        return {
            "total_s": round(time.perf_counter() - self._began, 1),
            "cpu_s": round(time.process_time() - self._worked, 1),
        }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
