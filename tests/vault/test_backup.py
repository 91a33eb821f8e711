"""Backup and restore: consistent while in use, read back, never over what is there."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import VaultError
from analysis.vault import backup, checking, keys, rings, store, submission_keys

LATER = datetime(2008, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def copied(vault: Any, incoming: Any, tmp_path: Path) -> tuple[Any, Path]:
    """A store with one submission, and the file of its backup."""
    vault.put(incoming(1))
    return vault, backup.write(vault.store, vault.key, tmp_path / "copies").path


def test_a_backup_restores_to_an_empty_place(copied: tuple[Any, Path], tmp_path: Path) -> None:
    """The disk is gone: store and keys come from their two places."""
    vault, path = copied
    backup.write_keys(vault.key, tmp_path / "safe")
    shutil.copy(vault.keys / "holder.txt", tmp_path / "holder.txt")
    shutil.rmtree(vault.store)
    shutil.rmtree(vault.keys)
    backup.restore_keys(tmp_path / "safe", vault.keys)
    key = keys.open_store_key(vault.keys, tmp_path / "holder.txt")
    assert backup.restore(vault.store, key, path) is None
    with store.reading(vault.store, key) as found:
        assert found.rows("persons").num_rows == 2
        intake = keys.open_intake_keys(vault.keys, tmp_path / "holder.txt")
        assert found.original("S-000000000001", intake) == b"person\n1\n"
    assert checking.check(vault.store, key).wrong == ()


def test_a_copy_of_the_keys_holds_no_identity(copied: tuple[Any, Path], tmp_path: Path) -> None:
    """A copy that opened itself would be a second way in."""
    vault, _ = copied
    backup.write_keys(vault.key, tmp_path / "safe")
    assert sorted(path.name for path in (tmp_path / "safe").iterdir()) == sorted(
        [rings.INTAKE, rings.STORE, submission_keys.FILE]
    )


def test_a_backup_without_its_keys_opens_to_nobody(
    copied: tuple[Any, Path], tmp_path: Path
) -> None:
    """What lies on the backup server is of no use there."""
    _, path = copied
    keys.create(tmp_path / "others", holders=None)
    submission_keys.create(keys.open_store_key(tmp_path / "others"))
    with pytest.raises(VaultError, match="this key does not open it"):
        checking.check_file(path, keys.open_store_key(tmp_path / "others"))


def test_a_backup_is_made_while_others_read(vault: Any, incoming: Any, tmp_path: Path) -> None:
    """A backup that needs everybody to stop is not made."""
    vault.put(incoming(1))
    with store.reading(vault.store, vault.key) as found:
        written = backup.write(vault.store, vault.key, tmp_path / "copies")
        assert found.rows("persons").num_rows == 2
    assert written.checked.wrong == ()
    assert written.checked.submissions == 1


def test_restore_never_replaces_unasked_and_keeps_what_was_there(
    copied: tuple[Any, Path], incoming: Any
) -> None:
    """A restore by mistake must be undone by moving one file back."""
    vault, path = copied
    vault.put(incoming(2, period="2008H2"))
    with pytest.raises(VaultError, match="add --replace"):
        backup.restore(vault.store, vault.key, path)
    assert len(vault.persons()) == 4
    kept = backup.restore(vault.store, vault.key, path, replace=True)
    assert kept is not None
    assert len(vault.persons()) == 2
    before = checking.check_file(kept / store.FILE, vault.key, is_copy=True)
    assert (before.submissions, before.wrong) == (2, ())
    with store.reading(vault.store, vault.key) as found:
        assert [entry.action for entry in found.audit()] == ["accepted", "backed_up", "restored"]


def test_a_damaged_store_is_kept_too(copied: tuple[Any, Path]) -> None:
    """Somebody may still get something out of it."""
    vault, path = copied
    (vault.store / store.FILE).write_bytes(b"broken")
    kept = backup.restore(vault.store, vault.key, path, replace=True)
    assert kept is not None
    assert (kept / store.FILE).read_bytes() == b"broken"
    assert len(vault.persons()) == 2


def test_a_damaged_backup_replaces_nothing(copied: tuple[Any, Path], incoming: Any) -> None:
    """Found out before the good store has gone, not after."""
    vault, path = copied
    vault.put(incoming(2, period="2008H2"))
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    with pytest.raises(VaultError):
        backup.restore(vault.store, vault.key, path, replace=True)
    assert len(vault.persons()) == 4
    assert not list(vault.store.glob(f"{backup.KEPT}*"))


def test_nobody_reads_while_the_file_beneath_is_replaced(copied: tuple[Any, Path]) -> None:
    """A reader's journal would be laid over the other file."""
    vault, path = copied
    with (
        store.reading(vault.store, vault.key),
        pytest.raises(VaultError, match="someone is reading"),
    ):
        backup.restore(vault.store, vault.key, path, replace=True)
    assert len(vault.persons()) == 2


@pytest.mark.parametrize("name", ["store", "store/copies", "keys", "keys/copies"])
def test_copies_lie_apart(vault: Any, incoming: Any, tmp_path: Path, name: str) -> None:
    """A copy beside its original burns with it; a copy beside the keys opens with them."""
    vault.put(incoming(1))
    with pytest.raises(VaultError, match="in one another"):
        backup.write(vault.store, vault.key, tmp_path / name)


def test_keys_are_not_copied_to_where_a_store_lies(copied: tuple[Any, Path]) -> None:
    """Two medias, two places: that is the protection."""
    vault, path = copied
    for folder in (path.parent, vault.store):
        with pytest.raises(VaultError, match="a store or its backup lies here"):
            backup.write_keys(vault.key, folder)


def test_keys_are_never_restored_over_keys(vault: Any, incoming: Any, tmp_path: Path) -> None:
    """An older copy would bring back keys that were destroyed, and lose newer ones."""
    vault.put(incoming(1))
    backup.write_keys(vault.key, tmp_path / "safe")
    with pytest.raises(VaultError, match="is here already"):
        backup.restore_keys(tmp_path / "safe", vault.keys)
    (tmp_path / "safe" / rings.INTAKE).unlink()
    with pytest.raises(VaultError, match=r"intake\.age is missing"):
        backup.restore_keys(tmp_path / "safe", tmp_path / "new")


def test_the_newest_backup_is_the_one_restored(copied: tuple[Any, Path]) -> None:
    """Names sort by time."""
    vault, path = copied
    newer = backup.write(vault.store, vault.key, path.parent, clock=lambda: LATER).path
    older = backup.write(
        vault.store, vault.key, path.parent, clock=lambda: LATER.replace(year=2007)
    ).path
    found = sorted(path.parent.iterdir())
    assert found.index(older) < found.index(newer) < found.index(path)
    assert backup.newest(path.parent) == path
    with pytest.raises(VaultError, match="holds no backup"):
        backup.newest(vault.keys)
