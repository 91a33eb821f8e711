"""Does one thing to a store and is killed at its n-th step; started by test_kill_points.py.

A step is an SQL statement, or a file opened for writing, renamed, linked or removed, or a
folder made: whatever a power cut could fall before. One process imports everything and
forks for each death, so that hundreds of them take seconds.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import sqlcipher3

from analysis.contracts.partner.forms import Field, Form, Forms
from analysis.contracts.partner.store import Incoming, Submission
from analysis.contracts.published import Text
from analysis.vault import backup, keys, retention, rotation, store

pa: Any = pyarrow
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = ("os.rename", "os.remove", "os.link", "os.mkdir")
NO_TEXT = Text("", "")
PERSON = Field("person", "reference", NO_TEXT, NO_TEXT, of="person")
FORMS = Forms({"persons": Form("persons", "person", NO_TEXT, NO_TEXT, (PERSON,))}, {})


def put(folder: Path, key: keys.StoreKey) -> None:
    """Put two submissions, of which one supersedes what is there, and a named blob."""
    with store.writing(folder / "store", key) as found:
        found.put([incoming(2, version=2), incoming(3, period="2008H2")])
        found.put_named("link_run", b"new")


def delete(folder: Path, key: keys.StoreKey) -> None:
    """Delete what is due."""
    at = datetime(2013, 8, 2, tzinfo=UTC)
    retention.delete(folder / "store", key, as_of=date(2013, 8, 2), clock=lambda: at)


def rotate_tokens(folder: Path, _: keys.StoreKey) -> None:
    """Put another layer over all tokens."""
    rotation.rotate_tokens(rotation.Opener(folder / "keys"), folder / "store", FORMS)


def rotate_store(folder: Path, _: keys.StoreKey) -> None:
    """Encrypt the store by another key."""
    rotation.rotate_store(rotation.Opener(folder / "keys"), folder / "store")


def restore(folder: Path, key: keys.StoreKey) -> None:
    """Put the backup in the place of the store."""
    backup.restore(folder / "store", key, backup.newest(folder / "copies"), replace=True)


ACTIONS: dict[str, Callable[[Path, keys.StoreKey], None]] = {
    one.__name__: one for one in (put, delete, rotate_tokens, rotate_store, restore)
}


def incoming(number: int, *, version: int = 1, period: str = "2008H1") -> Incoming:
    """Return a submission of one person, due on 2 August 2013."""
    content = str(number).encode()
    rows = pa.table({"source_row": pa.array([2], pa.int32()), "person": [f"{number:032x}"]})
    one = Submission(
        f"S-{number:012x}", "syn_a", "persons", period, date(2008, 8, 1), f"{number}.csv",
        sha256(content).hexdigest(), version, "accepted", 1, (), (), "evaluation", "SYN-A",
        date(2013, 8, 1), 1, True,
    )  # fmt: skip
    return Incoming(one, rows, content)


def _die_at(number: int) -> list[int]:
    """Kill this process at its n-th step from now on; return how many there were, at the end."""
    steps = [0]

    def step(*_: object) -> None:
        steps[0] += 1
        if steps[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
        if event in EVENTS or writes:
            step()

    connect = sqlcipher3.connect

    def traced(*given: Any, **named: Any) -> Any:
        connection = connect(*given, **named)
        connection.set_trace_callback(step)
        return connection

    sqlcipher3.connect = traced
    sys.addaudithook(heard)
    return steps


def main() -> None:
    """Read one order a line, fork for it, and say how it ended."""
    for line in sys.stdin:
        order = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            key = keys.open_store_key(Path(order["folder"]) / "keys")
            steps = _die_at(order["at"])
            ACTIONS[order["action"]](Path(order["folder"]), key)
            os.write(write, str(steps[0]).encode())
            os._exit(0)
        os.close(write)
        _, status = os.waitpid(child, 0)
        said = os.read(read, 100)
        os.close(read)
        sys.stdout.write(
            json.dumps({"killed": os.WIFSIGNALED(status), "code": status, "steps": int(said or 0)})
            + "\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
