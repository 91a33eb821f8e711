"""The log: no personal value enters it, and no entry is edited, dropped or rolled back unseen."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.vault import audit, checking, database, store

KNOWN = ("syn_a", "persons", "links")


@pytest.mark.parametrize(
    "facts",
    [
        {"rows": 3, "share": 0.5, "whole": True},
        {"submission": "S-0123456789ab", "sha256": "0" * 64, "supersedes": ""},
        {"organisation": "syn_a", "form": "persons", "name": "links", "forms": ["persons"]},
        {"period": "2008H1", "as_of": "2013-08-02", "rule": "dates_in_order"},
        {"bytes": 4_000_000_000},
    ],
)
def test_counts_ids_and_codes_enter(facts: dict[str, Any]) -> None:
    """Enough to answer who did what to which submission, and when."""
    audit.require_bare("accepted", facts, KNOWN)


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "Anna"},
        {"name": "anna"},
        {"organisation": "anna"},
        {"rule": "Anna Jensen"},
        {"born": "1985-03-02"},
        {"person": "1985-03-02"},
        {"cpr": "0203851234"},
        {"rows": 203_851_234},
        {"rows": 2_038_512_340},
        {"token": "0a" * 16},
        {"period": "1985-03-02"},
        {"as_of": "anna"},
        {"rows": None},
        {"rows": {"a": 1}},
        {"rows": [3, "anna"]},
        {"Anna Jensen": 3},
        {"content": b"abc"},
    ],
)
def test_anything_else_is_refused_without_being_shown(facts: dict[str, Any]) -> None:
    """The refusal itself is copied into e-mails."""
    with pytest.raises(ValueError, match="log entry") as refused:
        audit.require_bare("accepted", facts, KNOWN)
    for word in ("Anna", "anna", "1985", "203851234", "0a0a"):
        assert word not in str(refused.value)


@given(st.text(min_size=1, max_size=30))
def test_no_free_text_passes_under_a_name_of_ours(text: str) -> None:
    """Whatever a cell holds."""
    harmless = text in KNOWN or audit._MARK.fullmatch(text)
    try:
        audit.require_bare("accepted", {"organisation": text}, KNOWN)
    except ValueError:
        return
    assert harmless


@pytest.fixture
def logged(vault: Any, incoming: Any) -> Any:
    """A store with four entries."""
    vault.put(incoming(1))
    vault.put(incoming(2, period="2008H2"))
    for records in (3, 4):
        with store.writing(vault.store, vault.key) as found:
            found.log("linked", records=records)
    return vault


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("UPDATE log SET facts = '{\"records\":9}' WHERE entry = 3", "entry 3, or the one before"),
        ("UPDATE log SET at = '2001-01-01T00:00:00+00:00' WHERE entry = 1", "entry 1, or the one"),
        ("UPDATE log SET action = 'held' WHERE entry = 2", "entry 2, or the one before"),
        ("DELETE FROM log WHERE entry = 2", "entries 2 to 2 are missing"),
        ("DELETE FROM log WHERE entry = 4", "an older copy of the store"),
        ("DELETE FROM log", "an older copy of the store"),
        (
            "INSERT INTO log VALUES (5, '2008-01-01T00:00:00+00:00', 'read', '{}', x'00')",
            "entry 5, or the one before",
        ),
    ],
)
def test_an_edit_by_who_has_the_store_key_alone_is_seen(logged: Any, edit: str, said: str) -> None:
    """The key of the log is not the key of the file, so opening it is not enough."""
    with database.opened(logged.store / store.FILE, logged.key.secrets) as connection:
        connection.execute(edit)
    found = checking.check(logged.store, logged.key)
    assert any(said in wrong for wrong in found.wrong), found.wrong


def test_an_older_copy_of_the_whole_file_is_seen(logged: Any, incoming: Any) -> None:
    """Every page of it is genuine; only the keys know that there was more."""
    path = logged.store / store.FILE
    older = logged.store.parent / "older.db"
    shutil.copyfile(path, older)
    logged.put(incoming(3, period="2009H1"))
    assert checking.check(logged.store, logged.key).wrong == ()
    shutil.copyfile(older, path)
    (wrong,) = checking.check(logged.store, logged.key).wrong
    assert "ends at entry 4, and the keys have seen 5" in wrong


def test_the_log_names_no_file(logged: Any) -> None:
    """Senders name files after people."""
    with store.reading(logged.store, logged.key) as found:
        text = repr(found.audit())
    assert "synthetic-1.csv" not in text
    assert "S-000000000001" in text
