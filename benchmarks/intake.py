"""The whole way of a file into the store against a row-wise pandas and pandera baseline.

Run from the root: OPENBLAS_NUM_THREADS=1 python benchmarks/intake.py. One CSV file of persons
with names is read, validated, protected and stored, for 10^4, 10^5 and 10^6 rows, each in a
process of its own (for its peak of memory). The baseline does less (it makes one token a
field where we make up to five columns, and checks fewer rules) on the first 10,000 rows, and
is scaled up by row. Only the ratio means anything on another machine.
"""

from __future__ import annotations

import hmac
import io
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pandera

from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.flow.submitting import submit
from analysis.places import Places
from analysis.vault import keys

HOME = Path(__file__).parents[1]
SIZES = (10_000, 100_000, 1_000_000)
SAMPLE = 10_000
GIVEN, FAMILY, DAYS = 4_000, 20_000, 18_000
"""Different given and family names, and dates of birth. Real files have fewer."""

HEADER = (
    "Jeres sagsnummer;Fornavn;Efternavn;Fødselsdato;Køn;Statsborgerskab;"
    "Under 18 år ved første møde;Første møde"
)


def main() -> None:
    """Time all sizes and the baseline; stop where the file does not enter."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        raise SystemExit("Set OPENBLAS_NUM_THREADS=1: one thread is what is compared.")
    baseline = rowwise(written(SAMPLE)) / SAMPLE
    print(f"row-wise baseline, {SAMPLE:,} rows: {baseline * 1e6:8.1f} µs a row")
    for rows in SIZES:
        told = json.loads(
            subprocess.run(
                [sys.executable, __file__, str(rows)], capture_output=True, text=True, check=True
            ).stdout
        )
        ratio = baseline * rows / told["seconds"]
        print(
            f"{rows:>9,} rows: {told['seconds']:7.2f} s, {told['seconds'] / rows * 1e6:6.2f} µs a "
            f"row, peak {told['peak'] / 2**30:.2f} GiB, {ratio:5.1f} times as fast as row-wise"
        )


def alone(rows: int) -> None:
    """Let one file in; say how long it took and how much memory at the most."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(HOME / "data" / "forms", home / "data" / "forms")
        shutil.copytree(HOME / "data" / "codelists", home / "data" / "codelists")
        profiles = read_profiles(
            HOME / "data" / "synthetic" / "profiles",
            read_forms(home / "data" / "forms", home / "data" / "codelists" / "partner"),
        )
        keys.create(Path(folder) / "keys", holders=None)
        told = {"keys_folder": Path(folder) / "keys", "profiles": profiles}
        for size in (100, rows):  # the first call pays for imports
            path = home / f"synthetic-syn_a-persons-{size}.csv"
            path.write_bytes(written(size))
            begin = time.perf_counter()
            found = submit(
                Places(home),
                [path],
                "syn_a",
                "2008H1",
                received_on=date(2008, 8, 1),
                store_folder=Path(folder) / f"store-{size}",
                **told,  # type: ignore[arg-type]
            )
            seconds = time.perf_counter() - begin
        if (found[0].state, found[0].rows) != ("accepted", rows):
            raise SystemExit("The file did not enter.")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peak": peak}))


def written(rows: int) -> bytes:
    """Return a file of persons as Organisation A would write it, dates and decimals Danish."""
    rng = np.random.default_rng(1)
    letters = np.array(list("abdefghiklmnoprstuvæøå"))

    def names(number: int, length: int) -> Any:
        drawn = rng.choice(letters, (number, length))
        return np.array(["".join(one).capitalize() for one in drawn])

    born = np.datetime64("1938-01-01") + rng.integers(0, DAYS, rows)
    met = np.datetime64("2008-01-01") + rng.integers(0, 182, rows)
    columns = (
        [f"A-{number}" for number in range(rows)],
        rng.choice(names(GIVEN, 7), rows),
        rng.choice(names(FAMILY, 9), rows),
        pd.Series(born).dt.strftime("%d-%m-%Y"),
        rng.choice(["Kvinde", "Mand", "female"], rows),
        rng.choice(["NGA", "ROU", "Thailand", "DK", ""], rows),
        np.where(born > np.datetime64("1990-07-01"), "", "nej"),
        pd.Series(met).dt.strftime("%d.%m.%Y"),
    )
    lines = map(";".join, zip(*columns, strict=True))
    return "\r\n".join([HEADER, *lines, ""]).encode("windows-1252")


def rowwise(content: bytes) -> float:
    """Return the seconds that the baseline takes: each row parsed, checked, tokenised, stored."""
    texts = io.StringIO(content.decode("windows-1252"))
    schema = pandera.DataFrameSchema(
        {
            "person": pandera.Column(str, unique=True),
            "first_contact_on": pandera.Column(
                checks=pandera.Check(
                    lambda day: date(1900, 1, 1) <= day <= date(2008, 8, 1), element_wise=True
                )
            ),
            "sex": pandera.Column(
                str, pandera.Check(lambda code: code in ("female", "male"), element_wise=True)
            ),
        },
        checks=pandera.Check(
            lambda row: row["birth_date"] <= row["first_contact_on"], element_wise=True
        ),
    )
    begin = time.perf_counter()
    cells = pd.read_csv(texts, sep=";", dtype=str, keep_default_na=False)
    found = pd.DataFrame(list(cells.apply(_parsed, axis=1)))
    schema.validate(found, lazy=True)
    stored = found.apply(_tokens, axis=1)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE persons (row TEXT)")
        for _, row in stored.iterrows():
            connection.execute("INSERT INTO persons VALUES (?)", (row.to_json(),))
        connection.commit()
    return time.perf_counter() - begin


def _parsed(row: pd.Series[str]) -> dict[str, Any]:
    codes = {"kvinde": "female", "female": "female", "mand": "male", "male": "male"}
    countries = {"nga": "NGA", "rou": "ROU", "thailand": "THA", "dk": "DNK", "": None}
    person, given, family, born, sex, citizenship, child, met = row
    return {
        "person": person.strip(),
        "given_name": given.strip(),
        "family_name": family.strip(),
        "birth_date": datetime.strptime(born, "%d-%m-%Y").date(),
        "sex": codes[sex.strip().casefold()],
        "citizenship": countries[citizenship.strip().casefold()],
        "child": {"ja": True, "nej": False, "": None}[child],
        "first_contact_on": datetime.strptime(met, "%d.%m.%Y").date(),
    }


def _tokens(row: pd.Series[Any]) -> pd.Series[Any]:
    kept = row.copy()
    for name in ("person", "given_name", "family_name", "birth_date"):
        kept[name] = hmac.new(b"k" * 32, str(row[name]).encode(), sha256).hexdigest()[:32]
    kept["first_contact_on"] = row["first_contact_on"].isoformat()
    return kept


if __name__ == "__main__":
    if len(sys.argv) > 1:
        alone(int(sys.argv[1]))
    else:
        main()
