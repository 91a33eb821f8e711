"""Rotation: old rows and new ones go on meeting, whenever it is killed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from analysis.contracts.partner.forms import Field, Form, Forms
from analysis.contracts.published import Text
from analysis.errors import VaultError
from analysis.vault import (
    backup,
    checking,
    database,
    holders,
    keys,
    rings,
    rotation,
    sealing,
    store,
    submission_keys,
)
from analysis.vault.tokens import TOKEN_COLUMNS, Tokens

pa: Any = pyarrow
NO_TEXT = Text("", "")
FORMS = Forms(
    {
        "persons": Form(
            "persons", "person", NO_TEXT, NO_TEXT,
            (
                Field("person", "reference", NO_TEXT, NO_TEXT, of="person"),
                Field("given_name", "identity", NO_TEXT, NO_TEXT, of="given_name"),
                Field("birth_date", "identity", NO_TEXT, NO_TEXT, of="birth_date"),
                Field("sex", "code", NO_TEXT, NO_TEXT, of="sex"),
            ),
        )
    },
    {},
)  # fmt: skip
NUMBERS, NAMES = ["7", "8", None], ["Mária Lund", None, "Anna"]


@pytest.fixture
def filled(vault: Any, incoming: Any) -> Any:
    """A store whose rows and links hold real tokens."""
    with store.writing(vault.store, vault.key) as found:
        found.put([incoming(1, rows=_rows(vault))])
        links = pa.table({"record": _rows(vault)["person"], "pseudonym": ["P-1", "P-2", None]})
        links = links.replace_schema_metadata({TOKEN_COLUMNS: b"record"})
        found.put_named("links", sealing.to_parquet(links.slice(0, 1)))
        found.put_named("links", sealing.to_parquet(links))
        found.put_named("link_run", b"{}")
    return vault


def _rows(vault: Any) -> Any:
    tokens = Tokens(vault.intake)
    return pa.table(
        {
            "source_row": pa.array([2, 3, 4], pa.int32()),
            "person": tokens.references("person", "syn_a", NUMBERS),
            **tokens.identities("given_name", NAMES),
            **tokens.identities("birth_date", ["1985-03-02", None, "1990-01-01"]),
            "sex": ["female", "male", None],
        }
    )


def _rotate(vault: Any, **how: Any) -> rotation.Rotated:
    return rotation.rotate_tokens(rotation.Opener(vault.keys), vault.store, FORMS, **how)


def _stored(vault: Any) -> Any:
    with store.reading(vault.store, vault.key) as found:
        return found.rows("persons")


def test_old_rows_equal_what_the_new_keys_make(filled: Any) -> None:
    """Otherwise every person who comes again would be counted as another one."""
    before = _stored(filled)
    done = _rotate(filled)
    assert (done.layers, done.submissions, done.named) == (2, 1, 1)
    after, made = _stored(filled), _rows(filled)
    for name in made.column_names:
        assert after[name].to_pylist() == made[name].to_pylist(), name
    changed = [n for n in made.column_names if after[n].to_pylist() != before[n].to_pylist()]
    assert set(made.column_names) - set(changed) == {"source_row", "sex", "birth_year"}
    assert checking.check(filled.store, filled.key).wrong == ()


def test_links_are_covered_and_their_history_goes(filled: Any) -> None:
    """Earlier versions hold tokens of the layers that were found out."""
    _rotate(filled)
    with store.reading(filled.store, filled.key) as found:
        content = found.named("links")
        assert content is not None
        links = sealing.from_parquet(content)
        assert links["record"].to_pylist() == _rows(filled)["person"].to_pylist()
        assert found.named("link_run") == b"{}"
        with pytest.raises(VaultError, match="was removed"):
            found.named("links", 1)


def test_whoever_opened_the_keys_before_cannot_put_after(filled: Any, incoming: Any) -> None:
    """An intake that ran through the rotation would write tokens of the old chain."""
    old = filled.key
    _rotate(filled)
    with (
        pytest.raises(VaultError, match="its tokens have 2 layers, and these keys make 1"),
        store.writing(filled.store, old) as found,
    ):
        found.put([incoming(2, period="2008H2")])


@pytest.mark.parametrize("moment", ["before the store", "after the store"])
def test_an_interrupted_rotation_goes_on(filled: Any, incoming: Any, moment: str) -> None:
    """Killed between ring and store, either way round: one layer more, never two or none."""
    ring = _ring(filled)
    pending = replace(ring, pending="ab" * 32)
    rings.write(filled.keys, pending)
    if moment == "after the store":
        _rotate(filled)
        rings.write(filled.keys, pending)
    with pytest.raises(VaultError, match="a rotation was interrupted"):
        keys.open_intake_keys(filled.keys)
    done = _rotate(filled)
    assert done.layers == 2
    assert filled.intake.chain[-1] == bytes.fromhex("ab" * 32)
    assert _stored(filled)["person"].to_pylist() == _rows(filled)["person"].to_pylist()
    filled.put(incoming(2, period="2008H2"))


def test_a_restored_store_catches_up(filled: Any, tmp_path: Path, incoming: Any) -> None:
    """A backup from before two rotations is brought up to the keys of today."""
    copy = backup.write(filled.store, filled.key, tmp_path / "copies").path
    _rotate(filled)
    _rotate(filled)
    backup.restore(filled.store, filled.key, copy, replace=True)
    with pytest.raises(VaultError, match="rotate --catch-up"):
        filled.put(incoming(2, period="2008H2"))
    assert _rotate(filled, catch_up=True).layers == 3
    assert _stored(filled)["person"].to_pylist() == _rows(filled)["person"].to_pylist()
    filled.put(incoming(2, period="2008H2"))


def test_older_keys_than_the_store_are_refused(filled: Any) -> None:
    """A copy of the keys from before the rotation cannot make the tokens of today."""
    before = _ring(filled)
    _rotate(filled)
    rings.write(filled.keys, before)
    with pytest.raises(VaultError, match="they are an older copy"):
        _rotate(filled, catch_up=True)


def test_a_form_that_nobody_knows_stops_the_rotation(filled: Any) -> None:
    """A column of tokens left as it was would never meet the others again."""
    before = _stored(filled)
    with pytest.raises(VaultError, match="the form persons, which data/forms does not know"):
        rotation.rotate_tokens(rotation.Opener(filled.keys), filled.store, Forms({}, {}))
    assert _stored(filled).equals(before)
    _rotate(filled)


def test_keys_are_rotated_before_there_is_a_store(vault: Any, incoming: Any) -> None:
    """The first submission then has both layers."""
    assert _rotate(vault).layers == 2
    vault.put(incoming(1))
    assert len(vault.persons()) == 2


def test_the_store_goes_under_another_key(filled: Any) -> None:
    """Who had the old one no longer opens the file, nor the keys of submissions."""
    old, before = filled.key, _stored(filled)
    rotation.rotate_store(rotation.Opener(filled.keys), filled.store)
    assert _stored(filled).equals(before)
    assert filled.key.secrets != old.secrets
    for path, secrets in (
        (filled.store / store.FILE, old.secrets),
        (filled.keys / submission_keys.FILE, submission_keys.file_secrets(old)),
    ):
        with pytest.raises(VaultError, match="does not open it"):
            database.connect(path, secrets)
    assert checking.check(filled.store, filled.key).wrong == ()
    with database.opened(filled.store / store.FILE, filled.key.secrets) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_backup_under_an_earlier_key_restores_under_the_newest(
    filled: Any, tmp_path: Path
) -> None:
    """The disk may fail the day after the key was changed, before the next backup."""
    copy, before = backup.write(filled.store, filled.key, tmp_path / "copies").path, _stored(filled)
    for _ in range(2):
        rotation.rotate_store(rotation.Opener(filled.keys), filled.store)
    backup.restore(filled.store, filled.key, copy, replace=True)
    assert _stored(filled).equals(before)
    with database.opened(filled.store / store.FILE, filled.key.secrets):
        pass
    assert checking.check(filled.store, filled.key).wrong == ()


def _encrypt_store(vault: Any, key: keys.StoreKey) -> None:
    rotation._encrypt(vault.store / store.FILE, key.secrets)


def _encrypt_both(vault: Any, key: keys.StoreKey) -> None:
    _encrypt_store(vault, key)
    rotation._encrypt(vault.keys / submission_keys.FILE, submission_keys.file_secrets(key))


@pytest.mark.parametrize("done", [lambda vault, key: None, _encrypt_store, _encrypt_both])
def test_an_interrupted_change_of_the_stores_key_goes_on(
    filled: Any, incoming: Any, done: Callable[[Any, keys.StoreKey], None]
) -> None:
    """Killed anywhere in it, everything opens, by the one key or the other."""
    ring = _ring(filled)
    rings.write(filled.keys, replace(ring, store=replace(ring.store, following="cd" * 32)))
    done(filled, filled.key)
    assert _stored(filled).num_rows == 3
    filled.put(incoming(2, period="2008H2"))
    rotation.rotate_store(rotation.Opener(filled.keys), filled.store)
    assert filled.key.secrets == (bytes.fromhex("cd" * 32),)
    assert _stored(filled).num_rows == 5


def test_new_originals_have_a_new_identity_and_old_ones_still_open(
    vault: Any, incoming: Any
) -> None:
    """Whoever found the old identity out reads what came before, and nothing after."""
    vault.put(incoming(1))
    old = vault.intake
    rotation.rotate_originals(rotation.Opener(vault.keys))
    vault.put(incoming(2, period="2008H2"))
    with store.reading(vault.store, vault.key) as found:
        assert found.original("S-000000000001", vault.intake) == b"person\n1\n"
        assert found.original("S-000000000002", vault.intake) == b"person\n2\n"
        with pytest.raises(VaultError, match="these keys do not open it"):
            found.original("S-000000000002", old)


def test_the_days_of_keys_are_noted(vault: Any) -> None:
    """So that somebody sees when a key is five years old."""
    _rotate(vault)
    shown = {line["key"]: line["made_on"] for line in keys.show(vault.keys)}
    assert shown["token layer 1"] == "2008-01-01"
    assert shown["token layer 2"] >= date(2026, 1, 1).isoformat()


def _ring(vault: Any) -> rings.IntakeRing:
    return rings.read_intake(vault.keys, holders.read_identity(vault.keys))
