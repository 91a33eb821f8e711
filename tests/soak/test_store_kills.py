"""kill -9 at random moments, over and over on one store: nothing is lost, nothing is twice.

A process puts submissions in a loop and says which are kept; another is killed while it
rotates or deletes. After each kill the store must open, be sound, and hold exactly what was
said to be kept, and perhaps the one that was being put.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.vault import checking, keys, lock, store

pytestmark = pytest.mark.soak

KILLS = 60
LONGEST_SECONDS = 2.0
"""So long after its first submission may a writer live."""
ROWS = 20_000
"""Of each submission: large enough that most kills fall into writing."""

WRITER = """
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.contracts.partner.store import Incoming, Submission
from analysis.vault import keys, store

folder, first, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
key = keys.open_store_key(folder / "keys")
rng = np.random.default_rng(first)
tokens = [one.tobytes().hex() for one in rng.integers(0, 2**63, (rows, 2))]
table = pa.table({"source_row": pa.array(range(2, rows + 2), pa.int32()), "person": tokens})
for number in range(first, 10**6):
    content = str(number).encode()
    one = Submission(
        f"S-{number:012x}", "syn_a", "persons", f"{1900 + number % 300}H1", date(2008, 8, 1), "",
        sha256(content).hexdigest(), 1 + number // 300, "accepted", rows, (), (), "evaluation",
        "SYN-A", date(2013, 8, 1), 1, True,
    )
    with store.writing(folder / "store", key) as found:
        found.put([Incoming(one, table, content)])
        found.put_named("link_run", content)
    print(number, flush=True)
"""

Tell = Callable[[str], None]


def test_a_writer_killed_at_any_moment_loses_nothing_and_doubles_nothing(
    tmp_path: Path, seed: int, tell: Tell
) -> None:
    """Power fails in the middle of a delivery, and the sender is told what is here."""
    keys.create(tmp_path / "keys", holders=None)
    rng = random.Random(seed)
    kept = -1
    fell: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(KILLS):
        said, journal = _killed(tmp_path, kept + 1, rng.random() * LONGEST_SECONDS)
        began = time.monotonic()
        found = _numbers(tmp_path)
        slowest = max(slowest, time.monotonic() - began)
        last = max(said, default=kept)
        assert found in (list(range(last + 1)), list(range(last + 2))), (last, found[-3:])
        fell["kept and not yet told" if found[-1:] > [last] else "before it was kept"] += 1
        fell["with a journal to undo or to end"] += journal
        kept = found[-1] if found else -1
    key = keys.open_store_key(tmp_path / "keys")
    checked = checking.check(tmp_path / "store", key)
    assert checked.wrong == ()
    assert checked.submissions == kept + 1 > KILLS // 2
    assert fell["with a journal to undo or to end"] > KILLS // 6, "few kills fell into writing"
    tell(f"store: {KILLS} kills, {kept + 1} submissions of {ROWS} rows kept, {checked.bytes} bytes")
    tell("  " + ", ".join(f"{number} {what}" for what, number in sorted(fell.items())))
    tell(f"  opened, and all of it listed, in at most {slowest:.2f} s after a kill")


def _killed(folder: Path, first: int, after: float) -> tuple[list[int], bool]:
    """Let a writer work, kill it, and return what it said was kept, and if a journal was left."""
    if not first:
        (folder / "store" / lock.WRITER).unlink(missing_ok=True)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first), str(ROWS)],
        stdout=subprocess.PIPE,
        text=True,
    )
    lines: list[str] = []
    assert writer.stdout is not None
    while not (folder / "store" / lock.WRITER).exists():
        time.sleep(0.001)  # else the first kills fall before anything is written
    if first:
        lines.append(writer.stdout.readline())
    time.sleep(after)
    os.kill(writer.pid, signal.SIGKILL)
    lines += writer.stdout.readlines()
    writer.wait()
    writer.stdout.close()
    journal = folder / "store" / f"{store.FILE}-wal"
    whole = [int(line) for line in lines if line.endswith("\n")]
    return whole, journal.exists() and journal.stat().st_size > 0


def _numbers(folder: Path) -> list[int]:
    key = keys.open_store_key(folder / "keys")
    if not store.exists(folder / "store"):
        return []
    with store.reading(folder / "store", key) as found:
        every: tuple[Any, ...] = found.submissions()
        numbers = sorted(int(one.id[2:], 16) for one in every)
        if numbers:
            assert found.named("link_run") == str(numbers[-1]).encode()
            newest = found.rows_of(f"S-{numbers[-1]:012x}")
            assert newest.num_rows == ROWS
    return numbers
