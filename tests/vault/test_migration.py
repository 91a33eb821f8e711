"""A store that version 1 wrote is brought up by the first who opens it, and loses nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.errors import VaultError
from analysis.vault import checking, database, keys, schema, store

MADE = Path(__file__).parent / "version_1"
"""Written by make_version_1.py, when version 1 was the newest."""


@pytest.fixture
def old(tmp_path: Path) -> tuple[Path, keys.StoreKey]:
    """Copy the kept store, private as a store must be; git keeps no such rights."""
    shutil.copytree(MADE, tmp_path / "old")
    for path in (tmp_path / "old").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return tmp_path / "old" / "store", keys.open_store_key(tmp_path / "old" / "keys")


def test_the_kept_store_is_of_version_1(old: tuple[Path, keys.StoreKey]) -> None:
    """Else this would test nothing."""
    with database.opened(old[0] / store.FILE, old[1].secrets) as connection:
        assert schema.version(connection) == 1 < schema.VERSION


def test_a_reader_brings_it_up_and_finds_everything(old: tuple[Path, keys.StoreKey]) -> None:
    """Rows, the file as received, a named blob and the log."""
    folder, key = old
    with store.reading(folder, key) as found:
        assert schema.version(found.session.connection) == schema.VERSION
        assert found.rows("persons")["sex"].to_pylist() == ["female", None]
        intake = keys.open_intake_keys(key.folder)
        assert found.original("S-000000000001", intake) == b"person;sex\n7;female\n8;\n"
        assert found.named("link_run") == b'{"records": 2}'
        assert [one.action for one in found.audit()] == ["accepted", "migrated"]
        (one,) = found.submissions()
        assert (one.set_aside, one.state) == ((4,), "accepted")
    assert checking.check(folder, key).wrong == ()


def test_a_failed_migration_leaves_version_1(
    old: tuple[Path, keys.StoreKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills in the middle must not leave half a store."""
    folder, key = old
    broken = (*schema.STEPS[1], "CREATE TABLE submissions (no TEXT)")
    monkeypatch.setattr(schema, "STEPS", (schema.STEPS[0], broken))
    with pytest.raises(VaultError), store.writing(folder, key):
        pass
    monkeypatch.undo()
    with database.opened(folder / store.FILE, key.secrets) as connection:
        assert schema.version(connection) == 1
    with store.reading(folder, key) as found:
        assert found.rows("persons").num_rows == 2


def test_a_new_store_has_the_tables_of_a_migrated_one(
    old: tuple[Path, keys.StoreKey], tmp_path: Path
) -> None:
    """Two ways to the same version must lead to the same place."""

    def tables(folder: Path) -> list[tuple[str, str]]:
        with store.reading(folder, old[1]) as found:
            return sorted(
                (str(name), " ".join(str(sql).split()))
                for name, sql in found.session.connection.execute(
                    "SELECT name, sql FROM sqlite_master"
                )
            )

    with store.writing(tmp_path / "new", old[1]):
        pass
    assert tables(tmp_path / "new") == tables(old[0])
