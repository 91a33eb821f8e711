"""Retention: what is due goes, with its key and from every copy, and that is proved."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.partner.store import State, Submission
from analysis.errors import VaultError
from analysis.vault import backup, checking, database, retention, sealing, store, submission_keys
from analysis.vault.tokens import TOKEN_COLUMNS

pa: Any = pyarrow
DAY = date(2013, 8, 2)
AT = datetime(2013, 8, 2, 9, tzinfo=UTC)
ID = "S-000000000001"


@pytest.fixture
def two(vault: Any, incoming: Any) -> Any:
    """A store in which one submission is due on 2 August 2013, and one a year later."""
    vault.put(
        incoming(1, aside=b"cells"),
        incoming(2, period="2008H2", delete_after=date(2014, 8, 1)),
    )
    return vault


def _delete(vault: Any, as_of: date = DAY) -> retention.Deleted:
    return retention.delete(vault.store, vault.key, as_of=as_of, clock=lambda: AT)


def test_what_is_due_goes_and_the_rest_stays(two: Any) -> None:
    """Rows, original, cells aside and the file's name; counts and hashes stay."""
    before = {one.id: one for one in _submissions(two)}
    done = _delete(two)
    after = {one.id: one for one in _submissions(two)}
    gone, stays = after[ID], after["S-000000000002"]
    assert (gone.state, gone.file, gone.rows) == ("deleted", "", 2)
    assert gone.sha256 == before[ID].sha256
    assert stays == before["S-000000000002"]
    assert two.persons() == [f"{2:031x}a", f"{2:031x}b"]
    (proof,) = done.proofs
    assert (proof.submission, proof.rows, proof.deleted_on) == (ID, 2, DAY)
    assert set(proof.blobs) == {"rows", "original", "aside"}
    assert checking.check(two.store, two.key).wrong == ()
    with store.reading(two.store, two.key) as found:
        for attempt in (found.original, found.aside):
            if attempt == found.aside:
                assert attempt(ID, two.intake) == b""
                continue
            with pytest.raises(VaultError, match="is deleted; it has no original"):
                attempt(ID, two.intake)
        actions = [entry.action for entry in found.audit()]
        assert actions == ["accepted", "accepted", "deleted", "deletion_proved"]
        assert retention.proofs(found.session) == done.proofs


def test_nothing_goes_before_its_day(two: Any) -> None:
    """`delete_after` is the last day on which it may be kept."""
    assert _delete(two, date(2013, 8, 1)).proofs == ()
    assert len(two.persons()) == 4


days = st.dates(date(2008, 1, 1), date(2020, 1, 1))


@given(st.lists(days, max_size=8), days)
def test_due_is_what_lies_before_the_day(after: list[date], as_of: date) -> None:
    """No submission is spared for its state, save those that are gone already."""
    states: tuple[State, ...] = ("held", "accepted", "superseded", "deleted")
    every = [
        Submission(
            f"S-{n:012x}", "syn_a", "persons", "2008H1", date(2008, 8, 1), "", "", 1,
            states[n % 4], 0, (), (), "", "", day, 1, True,
        )
        for n, day in enumerate(after)
    ]  # fmt: skip
    found = {one.id for one in retention.due(every, as_of)}
    assert found == {one.id for one in every if one.delete_after < as_of and one.state != "deleted"}


def test_a_second_run_finds_nothing_to_do(two: Any) -> None:
    """It is run by a timer."""
    assert len(_delete(two).proofs) == 1
    assert _delete(two).proofs == ()


def test_a_backup_made_before_cannot_be_read_any_more(two: Any, tmp_path: Path) -> None:
    """Copies lie where nobody can delete from them; their key can be destroyed."""
    copy = backup.write(two.store, two.key, tmp_path / "copies").path
    _delete(two)
    with (
        database.opened(copy, two.key.secrets) as connection,
        submission_keys.opened(two.key) as left,
    ):
        blobs = connection.execute(
            "SELECT sealed FROM blobs WHERE submission = ?", (ID,)
        ).fetchall()
        assert len(blobs) == 3
        for (sealed,) in blobs:
            assert not sealing.opens(sealed, left.identities())
    backup.restore(two.store, two.key, copy, replace=True)
    assert [one.state for one in _submissions(two)] == ["deleted", "accepted"]
    assert checking.check(two.store, two.key).wrong == ()


def test_a_copy_of_the_keys_made_before_does_open_it(two: Any, tmp_path: Path) -> None:
    """The limit of it, which docs/keys.md states: that copy must be renewed."""
    copy = backup.write(two.store, two.key, tmp_path / "copies").path
    backup.write_keys(two.key, tmp_path / "safe")
    _delete(two)
    shutil.copy(two.keys / "holder.txt", tmp_path / "safe" / "holder.txt")
    from analysis.vault import keys

    def readable() -> bool:
        old = keys.open_store_key(tmp_path / "safe")
        with database.opened(copy, old.secrets) as connection, submission_keys.opened(old) as left:
            (sealed,) = connection.execute(
                "SELECT sealed FROM blobs WHERE submission = ?", (ID,)
            ).fetchone()
            return sealing.opens(sealed, left.identities())

    assert readable()
    backup.write_keys(two.key, tmp_path / "safe")
    assert not readable()


def test_the_destroyed_key_is_in_no_page_of_its_file(two: Any) -> None:
    """Deleting a row leaves its bytes in a free page, unless the file is written anew."""
    with submission_keys.opened(two.key) as made:
        before = {str(one) for one in made.identities()}
    _delete(two)
    path, secrets = two.keys / submission_keys.FILE, submission_keys.file_secrets(two.key)
    with database.opened(path, secrets) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        text = repr(connection.execute("SELECT * FROM keys").fetchall())
    assert sum(one in text for one in before) == len(before) - 1


def test_links_lose_the_lines_that_name_it(two: Any) -> None:
    """A link to a deleted record still says that the record was there, and whose it was."""
    gone, stays = f"{1:031x}a", f"{2:031x}a"
    table = pa.table({"record": [gone, stays], "pseudonym": ["P-1", "P-2"]})
    table = table.replace_schema_metadata({TOKEN_COLUMNS: b"record"})
    with store.writing(two.store, two.key) as found:
        found.put_named("links", sealing.to_parquet(pa.table({"n": [0]})))
        found.put_named("links", sealing.to_parquet(table))
        found.put_named("link_run", b'{"records": 2}')
    done = _delete(two)
    assert done.pruned == ("links",)
    with store.reading(two.store, two.key) as found:
        content = found.named("links")
        assert content is not None
        assert sealing.from_parquet(content).to_pylist() == [{"record": stays, "pseudonym": "P-2"}]
        assert found.named("link_run") == b'{"records": 2}'
        assert found.named("links", 1) is not None  # it named nobody
        with pytest.raises(VaultError, match="was removed by retention"):
            found.named("links", 2)
    assert checking.check(two.store, two.key).wrong == ()


def test_it_waits_for_readers(two: Any) -> None:
    """A reader's old view keeps the pages that must go."""
    with (
        store.reading(two.store, two.key),
        pytest.raises(VaultError, match="someone is reading"),
    ):
        _delete(two)
    assert len(two.persons()) == 4


def test_sending_a_deleted_file_again_brings_nothing_back(two: Any, incoming: Any) -> None:
    """Its last day has passed, whoever still has the file."""
    _delete(two)
    (now,) = two.put(incoming(1))
    assert now.state == "deleted"
    assert len(two.persons()) == 2


def test_what_a_killed_run_left_is_ended_by_the_next(two: Any) -> None:
    """Killed after the rows went and before their key did: the key must not survive."""
    with store.session(two.store, two.key, lambda: AT) as session, store.transaction(session):
        retention._remove(session, _submissions(two)[0], DAY)
    with submission_keys.opened(two.key) as left:
        assert len(left.identities()) == 2
    (proof,) = _delete(two).proofs
    assert proof.submission == ID
    with submission_keys.opened(two.key) as left:
        assert len(left.identities()) == 1


def test_the_proof_fails_where_something_is_left(two: Any) -> None:
    """A proof that cannot fail proves nothing: here its bytes are kept under another name."""
    with database.opened(two.store / store.FILE, two.key.secrets) as connection:
        connection.execute("CREATE TABLE other (content BLOB)")
        connection.execute("INSERT INTO other SELECT sealed FROM blobs WHERE kind = 'rows'")
    with pytest.raises(VaultError, match="1 values of the file hold pieces of what was removed"):
        _delete(two)
    with store.reading(two.store, two.key) as found:
        assert retention.proofs(found.session) == ()
        assert len(retention.proofs(found.session, unproved=True)) == 1


def test_the_file_is_no_plain_database(two: Any) -> None:
    """After VACUUM, which writes it anew, as before."""
    _delete(two)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(two.store / store.FILE).execute("SELECT * FROM submissions")


def _submissions(vault: Any) -> tuple[Submission, ...]:
    with store.reading(vault.store, vault.key) as found:
        return found.submissions()
