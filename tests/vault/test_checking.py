"""`store check`: every kind of damage is named, and a sound store has none."""

from __future__ import annotations

import random
from typing import Any

import pytest

from analysis.errors import VaultError
from analysis.vault import checking, database, sealing, store, submission_keys
from analysis.vault.database import PAGE_BYTES

IDS = ("S-000000000001", "S-000000000002")


@pytest.fixture
def full(vault: Any, incoming: Any) -> Any:
    """A store with an accepted, a superseded and a held submission and a named blob."""
    vault.put(incoming(1), incoming(3, period="2008H2", state="held"))
    vault.put(incoming(2, version=2, aside=b"x"))
    with store.writing(vault.store, vault.key) as found:
        found.put_named("links", b"1")
    return vault


def test_a_sound_store_has_nothing_wrong(full: Any) -> None:
    """A check that always complains is not read."""
    found = checking.check(full.store, full.key)
    assert (found.wrong, found.submissions, found.blobs, found.entries) == ((), 3, 6, 5)
    checking.require_sound(found, "store")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (f"DELETE FROM blobs WHERE submission = '{IDS[1]}' AND kind = 'rows'", "rows is missing"),
        ("UPDATE blobs SET sealed = x'00' WHERE kind = 'aside'", "its aside was changed"),
        (f"UPDATE submissions SET row_count = 9 WHERE id = '{IDS[1]}'", "9 are counted"),
        (f"UPDATE submissions SET state = 'deleted' WHERE id = '{IDS[1]}'", "3 blobs of it are"),
        ("UPDATE named SET sealed = x'00'", "links, version 1: it was changed"),
        ("UPDATE named SET key_id = 'x'", "links, version 1: its key is missing"),
        (f"UPDATE submissions SET sha256 = 'f' WHERE id = '{IDS[1]}'", "is not the file that"),
        (f"UPDATE submissions SET key_id = 'x' WHERE id = '{IDS[1]}'", "its key is not in"),
    ],
)
def test_each_kind_of_damage_is_named(full: Any, edit: str, said: str) -> None:
    """By submission, so that its sender can be asked to send again."""
    with database.opened(full.store / store.FILE, full.key.secrets) as connection:
        connection.execute(edit)
    wrong = checking.check(full.store, full.key).wrong
    assert any(said in one for one in wrong), wrong
    with pytest.raises(VaultError, match="things are wrong"):
        checking.require_sound(checking.check(full.store, full.key), "store")


def test_rows_that_were_swapped_between_submissions_are_seen(full: Any) -> None:
    """Both blobs are genuine, and each under the other's name."""
    with database.opened(full.store / store.FILE, full.key.secrets) as connection:
        (sealed,) = connection.execute(
            "SELECT sealed FROM blobs WHERE kind = 'rows' AND submission = ?", (IDS[0],)
        ).fetchone()
        connection.execute(
            "UPDATE blobs SET sealed = ?, sealed_sha256 = ? WHERE kind = 'rows' AND submission = ?",
            (sealed, sealing.digest(sealed), IDS[1]),
        )
    wrong = checking.check(full.store, full.key).wrong
    assert any("these keys do not open it" in one for one in wrong), wrong


@pytest.mark.parametrize("seed", range(12))
def test_any_changed_byte_is_seen(full: Any, seed: int) -> None:
    """Every page carries an HMAC, so a flipped bit is never decrypted to something else."""
    rng = random.Random(seed)
    path = full.store / store.FILE
    content = bytearray(path.read_bytes())
    at = rng.randrange(len(content))
    content[at] ^= 1 << rng.randrange(8)
    path.write_bytes(content)
    try:
        wrong = checking.check(full.store, full.key).wrong
    except VaultError as error:
        wrong = (str(error),)
    assert wrong, f"byte {at} of page {at // PAGE_BYTES + 1}"
    assert "Traceback" not in wrong[0]


@pytest.mark.parametrize("left", [0, 1, 100, PAGE_BYTES, PAGE_BYTES + 1, 3 * PAGE_BYTES])
def test_a_truncated_file_is_refused_and_left_alone(full: Any, incoming: Any, left: int) -> None:
    """A copy that was cut short, or a disk that was full."""
    path = full.store / store.FILE
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(VaultError, match="damaged"):
        full.put(incoming(9, period="2010H1"))
    with pytest.raises(VaultError, match="damaged"):
        full.persons()
    assert path.stat().st_size == left


def test_a_newer_store_is_refused_and_left_alone(full: Any, incoming: Any) -> None:
    """An old program would drop what it does not know."""
    path = full.store / store.FILE
    with database.opened(path, full.key.secrets) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    for attempt in (full.persons, lambda: full.put(incoming(9, period="2010H1"))):
        with pytest.raises(VaultError, match="of version 99"):
            attempt()
    assert path.read_bytes() == before


def test_newer_keys_of_submissions_are_refused(full: Any) -> None:
    """Their file has a version of its own."""
    with database.opened(
        full.keys / submission_keys.FILE, submission_keys.file_secrets(full.key)
    ) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(VaultError, match="a newer version"):
        full.persons()


def test_another_format_is_no_store(full: Any) -> None:
    """A file of that name that is no store at all."""
    (full.store / store.FILE).write_bytes(b"SQLite format 3\0" + b"\0" * PAGE_BYTES)
    with pytest.raises(VaultError, match="this key does not open it, or the file is damaged"):
        full.persons()
