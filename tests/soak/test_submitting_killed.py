"""A submitting process killed at random moments: the store opens, nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.flow.submitting import deliver
from analysis.places import Places
from analysis.vault import keys
from analysis.vault.store import reading

pytestmark = pytest.mark.soak

HOME = Path(__file__).parents[2]
KILLS, FILES, ROWS = 30, 40, 2_000
HEADER = (
    "Jeres sagsnummer;Fornavn;Efternavn;Fødselsdato;Køn;Statsborgerskab;"
    "Under 18 år ved første møde;Første møde"
)
SUBMIT = """
import sys
from pathlib import Path
from datetime import date
from analysis.contracts.partner.reading import read_forms, read_profiles
from analysis.flow.submitting import deliver
from analysis.places import Places

places = Places(Path(sys.argv[1]))
senders = read_profiles(Path(sys.argv[2]), read_forms(places.forms, places.partner_codelists))
print("ready", flush=True)
for path in sorted(places.home.glob("*.csv")):
    period = path.stem.split("-")[1]
    (one,) = deliver(
        places, [path], "syn_a", period, received_on=date(2026, 1, 1), profiles=senders
    )
    print(one.submission.id, flush=True)
"""


def _written(home: Path) -> list[Path]:
    """Write one file of persons a half-year; every third one has a row that holds it."""
    paths = []
    for number in range(FILES):
        year, half = 2003 + number // 2, 1 + number % 2
        month = 1 if half == 1 else 7
        rows = [
            f"A-{number}-{row};Anna{'e' * (row % 9)};Holm;01-02-{1940 + row % 40};Kvinde;NGA;nej;"
            f"{1 + row % 28:02}-{month:02}-{year}"
            for row in range(ROWS)
        ]
        if number % 3 == 0:
            rows[-1] = rows[-1].replace("Kvinde", "Kvnde")
        path = home / f"persons-{year}H{half}.csv"
        path.write_bytes("\r\n".join([HEADER, *rows, ""]).encode("windows-1252"))
        paths.append(path)
    return paths


def test_kills_between_any_two_writes_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    """A power cut during the night of the deadline must not cost or double a sender's rows."""
    home = Places(tmp_path / "home")
    shutil.copytree(HOME / "data" / "forms", home.forms)
    shutil.copytree(HOME / "data" / "codelists", home.codelists)
    profiles = HOME / "data" / "synthetic" / "profiles"
    senders = read_profiles(profiles, read_forms(home.forms, home.partner_codelists))
    keys.create(home.rehearsal / "keys", holders=None)
    paths = _written(home.home)
    rng, promised, after = random.Random(20081), set[str](), Counter[str]()
    for kill in range(KILLS):
        promised |= _killed(home, profiles, rng.uniform(0.02, 1.2), after)
        if (home.rehearsal / "store" / "store.db").exists():
            with reading(home.rehearsal / "store", _key(home)) as store:
                found = {one.id for one in store.submissions()}
            assert promised <= found, f"lost after kill {kill}"
    assert after["killed"] >= KILLS // 2
    for path in paths:
        period = path.stem.split("-")[1]
        deliver(home, [path], "syn_a", period, received_on=date(2026, 1, 1), profiles=senders)
    with reading(home.rehearsal / "store", _key(home)) as store:
        submissions, rows = store.submissions(), store.rows("persons")
        entries = store.audit()
    states = Counter(one.state for one in submissions)
    held = len(range(0, FILES, 3))
    assert states == {"held": held, "accepted": FILES - held}
    assert rows.num_rows == (FILES - held) * ROWS
    assert len(set(rows["person"].to_pylist())) == rows.num_rows
    assert [one.version for one in submissions] == [1] * FILES
    entered = [one.facts["submission"] for one in entries if one.action in ("accepted", "held")]
    assert len(entered) == len(set(entered)) == FILES


def _key(home: Places) -> keys.StoreKey:
    return keys.open_store_key(home.rehearsal / "keys")


def _killed(home: Places, profiles: Path, delay: float, after: Counter[str]) -> set[str]:
    """Submit all files in a process of its own, kill it; return what it said was done."""
    run = subprocess.Popen(
        [sys.executable, "-c", SUBMIT, str(home.home), str(profiles)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    time.sleep(delay)
    after["killed" if run.poll() is None else "done"] += 1
    os.kill(run.pid, signal.SIGKILL)
    said, _ = run.communicate()
    return set(said.split("\n")[:-1])
