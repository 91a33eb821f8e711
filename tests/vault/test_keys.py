"""Keys: two holders, rights of files, what each ring opens, and what a lost key costs."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pyrage
import pytest

from analysis.errors import VaultError
from analysis.vault import holders, keys, rings, store

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Keys of two holders, whose identities lie elsewhere."""
    one, other = tmp_path / "one" / "holder.txt", tmp_path / "other" / "holder.txt"
    named = []
    for path in (one, other):
        path.parent.mkdir(mode=0o700)
        named.append(holders.make_identity(path))
    keys.create(tmp_path / "two" / "keys", holders=named)
    return tmp_path / "two" / "keys", one, other


def test_either_holder_opens_all_keys_alone(two: tuple[Path, Path, Path]) -> None:
    """Holder one falls ill, or loses the file: the work goes on the same day."""
    folder, one, other = two
    assert keys.open_store_key(folder, one).secrets == keys.open_store_key(folder, other).secrets
    assert keys.open_intake_keys(folder, one).chain == keys.open_intake_keys(folder, other).chain
    assert keys.show(folder, one) == keys.show(folder, other)


def test_the_environment_names_the_holder(
    two: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever works with the keys names their own file once, not in every command."""
    folder, one, _ = two
    with pytest.raises(VaultError, match="no identity of a holder"):
        keys.open_store_key(folder)
    monkeypatch.setenv(holders.IDENTITY_VARIABLE, str(one))
    assert keys.open_store_key(folder).layers == 1


def test_a_stranger_opens_nothing(two: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """A copy of the folder of keys alone must be of no use."""
    stranger = tmp_path / "stranger.txt"
    holders.make_identity(stranger)
    with pytest.raises(VaultError, match="this identity does not open it"):
        keys.open_store_key(two[0], stranger)


def test_the_rings_are_real_age_files(two: tuple[Path, Path, Path]) -> None:
    """In ten years a holder may have the age tool, and no workbench."""
    folder, one, _ = two
    lines = one.read_text(encoding="utf-8").splitlines()
    identity = pyrage.x25519.Identity.from_str(lines[-1])
    assert b"secret" in pyrage.decrypt((folder / rings.STORE).read_bytes(), [identity])


def test_a_locked_identity_opens_by_its_passphrase_alone(tmp_path: Path) -> None:
    """A stolen laptop then still asks for what its owner knows."""
    locked, other = tmp_path / "locked.txt", tmp_path / "other.txt"
    named = [holders.make_identity(locked, passphrase=PASSPHRASE), holders.make_identity(other)]
    keys.create(tmp_path / "keys", holders=named)
    assert b"AGE-SECRET-KEY" not in locked.read_bytes()
    found = keys.open_store_key(tmp_path / "keys", locked, passphrase=PASSPHRASE)
    assert found.secrets == keys.open_store_key(tmp_path / "keys", other).secrets
    with pytest.raises(VaultError, match="the passphrase is wrong"):
        keys.open_store_key(tmp_path / "keys", locked, passphrase="wrong")


def test_nobody_is_asked_for_a_passphrase_where_nobody_sits(tmp_path: Path) -> None:
    """A notebook that waits for a prompt nobody sees hangs for ever."""
    holders.make_identity(tmp_path / "locked.txt", passphrase=PASSPHRASE)
    with pytest.raises(VaultError, match="nobody can be asked"):
        holders.read_identity(tmp_path, tmp_path / "locked.txt")


@pytest.mark.parametrize("number", [0, 1])
def test_one_holder_is_too_few(number: int, tmp_path: Path) -> None:
    """With one holder, one lost file loses everything."""
    named = [holders.make_identity(tmp_path / f"{n}.txt") for n in range(number)]
    with pytest.raises(VaultError, match="2 are needed"):
        keys.create(tmp_path / "keys", holders=named * 2)  # the same one twice is one
    assert not (tmp_path / "keys" / rings.STORE).exists()


def test_a_holder_that_is_no_recipient_is_named_by_its_place(tmp_path: Path) -> None:
    """A secret pasted by mistake must not be printed back."""
    secret = str(pyrage.x25519.Identity.generate())
    with pytest.raises(VaultError, match="holder 1 of 2") as refused:
        keys.create(tmp_path / "keys", holders=[secret, "age1"])
    assert secret not in str(refused.value)


def test_all_files_are_the_owners_alone(two: tuple[Path, Path, Path]) -> None:
    """From the first byte: a file made open and closed later was open for a moment."""
    for path in (*two, *two[0].iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


@pytest.mark.parametrize(("name", "mode"), [("", 0o750), ("store.age", 0o604), ("", 0o701)])
def test_keys_that_others_can_read_are_refused(
    two: tuple[Path, Path, Path], name: str, mode: int
) -> None:
    """What another user could read may have been copied; say so before it is used again."""
    folder, one, _ = two
    (folder / name).chmod(mode)
    with pytest.raises(VaultError, match="others than its owner may read"):
        keys.open_store_key(folder, one)


def test_an_identity_that_others_can_read_is_refused(two: tuple[Path, Path, Path]) -> None:
    """It opens everything that the rings do."""
    folder, one, _ = two
    one.chmod(0o644)
    with pytest.raises(VaultError, match=r"holder\.txt: others than its owner"):
        keys.open_store_key(folder, one)


@pytest.mark.parametrize("name", ["data", "data/keys", "outputs/x"])
def test_keys_beside_the_data_are_refused(tmp_path: Path, name: str) -> None:
    """Whoever copies data/ or shares outputs/ must not take the keys along."""
    (tmp_path / "evaluations").mkdir()
    (tmp_path / "data" / "published").mkdir(parents=True)
    with pytest.raises(VaultError, match="lies inside"):
        keys.create(tmp_path / name, holders=None)


def test_keys_in_git_are_refused_unless_ignored(tmp_path: Path) -> None:
    """One `git add` publishes them, and history never forgets."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(VaultError, match="git work tree"):
        keys.create(tmp_path / "keys", holders=None)
    (tmp_path / ".gitignore").write_text("keys/\n", encoding="utf-8")
    keys.create(tmp_path / "keys", holders=None)
    assert keys.open_store_key(tmp_path / "keys").layers == 1


def test_new_keys_never_replace_old_ones(two: tuple[Path, Path, Path]) -> None:
    """They would lock for ever what the old ones closed."""
    before = (two[0] / rings.INTAKE).read_bytes()
    with pytest.raises(VaultError, match="holds keys already"):
        keys.create(two[0], holders=None)
    assert (two[0] / rings.INTAKE).read_bytes() == before


def test_keys_do_not_show_in_what_is_printed_or_cached(two: tuple[Path, Path, Path]) -> None:
    """A log, a notebook's last line and a pickled cache are where keys leak."""
    folder, one, _ = two
    key, intake = keys.open_store_key(folder, one), keys.open_intake_keys(folder, one)
    ring = rings.read_intake(folder, holders.read_identity(folder, one))
    secrets = [*key.secrets, key.audit, intake.sharing, *intake.chain]
    for found in (key, intake, ring, ring.store):
        text = f"{found!r} {found} {[found]}"
        assert not any(secret.hex() in text or repr(secret) in text for secret in secrets)
        assert "AGE-SECRET" not in text
    kept: tuple[Any, ...] = (key, intake)
    for found in kept:
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(found)
        with pytest.raises(TypeError, match="not pickled"):
            copy.deepcopy(found)


def test_marks_tell_keys_apart_and_are_none(two: tuple[Path, Path, Path]) -> None:
    """Two holders compare them on the telephone."""
    folder, one, _ = two
    shown = keys.show(folder, one)
    ring = (holders.read_identity(folder, one), keys.open_intake_keys(folder, one))
    text = repr(shown)
    assert ring[1].sharing.hex()[:12] not in text
    assert "AGE-SECRET" not in text
    assert len({line["fingerprint"] for line in shown}) == len(shown)
    assert [line["key"] for line in shown] == [
        "holder 1", "holder 2", "store key", "sharing key", "token layer 1", "originals 1",
    ]  # fmt: skip


def test_holders_are_replaced(two: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """Somebody leaves: from then on their file opens nothing here."""
    folder, one, other = two
    third = tmp_path / "third.txt"
    public = [
        line.removeprefix("# public key: ")
        for line in other.read_text(encoding="utf-8").splitlines()
        if "public" in line
    ]
    before = keys.open_store_key(folder, one).secrets
    keys.set_holders(folder, [*public, holders.make_identity(third)], other)
    assert keys.open_store_key(folder, third).secrets == before
    with pytest.raises(VaultError, match="this identity does not open it"):
        keys.open_store_key(folder, one)


def test_lost_holder_one_costs_nothing(two: tuple[Path, Path, Path], vault: Any) -> None:
    """The case that the second holder is for."""
    folder, one, other = two
    one.unlink()
    with store.writing(vault.store, keys.open_store_key(folder, other)) as found:
        found.put_named("run", b"kept")
    with store.reading(vault.store, keys.open_store_key(folder, other)) as found:
        assert found.named("run") == b"kept"


def test_lost_store_ring_is_made_again_from_the_intake_ring(vault: Any, incoming: Any) -> None:
    """Reading stops until then; nothing is lost."""
    vault.put(incoming(1))
    before = vault.key.secrets
    (vault.keys / rings.STORE).unlink()
    with pytest.raises(VaultError, match=r"no store\.age"):
        keys.open_store_key(vault.keys)
    keys.mend(vault.keys)
    assert vault.key.secrets == before
    assert len(vault.persons()) == 2


def test_lost_intake_ring_stops_intake_and_not_reading(vault: Any, incoming: Any) -> None:
    """What is in the store can still be read, checked, and deleted when it is due."""
    vault.put(incoming(1))
    (vault.keys / rings.INTAKE).unlink()
    with pytest.raises(VaultError, match=r"no intake\.age"):
        keys.open_intake_keys(vault.keys)
    assert len(vault.persons()) == 2
    assert [line["key"] for line in keys.show(vault.keys)] == ["holder 1", "store key"]


def test_lost_keys_of_submissions_are_said_to_be_lost(vault: Any, incoming: Any) -> None:
    """Without them no row can be read; a new empty file would hide that."""
    vault.put(incoming(1))
    (vault.keys / "submission_keys.db").unlink()
    with pytest.raises(VaultError, match="no submission can be read"):
        vault.persons()
    with pytest.raises(VaultError, match="no submission can be read"):
        vault.put(incoming(2))


@pytest.mark.parametrize("damage", [b"", b"age-encryption.org/v1\n", b"\0" * 100])
def test_a_damaged_ring_is_refused_in_words(vault: Any, damage: bytes) -> None:
    """Copied half, or by a text editor."""
    (vault.keys / rings.STORE).write_bytes(damage)
    with pytest.raises(VaultError, match=r"store\.age: this identity does not open it"):
        keys.open_store_key(vault.keys)


def test_a_ring_of_a_newer_version_is_refused(vault: Any) -> None:
    """An old program must not write back what it does not understand."""
    identity = holders.read_identity(vault.keys)
    content = b'{"format": 99}'
    sealed = pyrage.encrypt(content, [identity.to_public()])
    (vault.keys / rings.STORE).write_bytes(sealed)
    with pytest.raises(VaultError, match="a newer version"):
        keys.open_store_key(vault.keys)


def test_keys_and_store_do_not_lie_in_one_another(vault: Any) -> None:
    """Whoever copies the one gets the other."""
    for folder in (vault.keys / "store", vault.keys, vault.keys.parent):
        with (
            pytest.raises(VaultError, match="in one another"),
            store.writing(folder, vault.key),
        ):
            pass


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs another user")
def test_keys_of_another_user_are_refused(vault: Any) -> None:
    """They may be a trap, and their owner reads what is written there."""
    shutil.chown(vault.keys / rings.STORE, 65534)
    with pytest.raises(VaultError, match="another user"):
        keys.open_store_key(vault.keys)
