"""The store: states and versions, one writer, whole transactions, rows of many forms united."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.contracts.partner.store import META
from analysis.errors import VaultError
from analysis.vault import keys, lock, records, store
from analysis.vault.guard import make_private

pa: Any = pyarrow


def test_what_is_put_comes_back(vault: Any, incoming: Any) -> None:
    """Rows, the file as received and the cells aside, each by the keys that it needs."""
    one = incoming(1, aside=b"row;cell\n4;x\n", original=b"\xef\xbb\xbfperson\r\n7\r\n")
    assert vault.put(one) == (one.submission,)
    with store.reading(vault.store, vault.key) as found:
        assert found.submissions() == (one.submission,)
        table = found.rows("persons")
        assert table.column_names == [*META, "person"]
        assert table.to_pylist()[0] == {
            "submission": "S-000000000001",
            "organisation": "syn_a",
            "period": "2008H1",
            "source_row": 2,
            "person": f"{1:031x}a",
        }
        assert found.original(one.submission.id, vault.intake) == one.original
        assert found.aside(one.submission.id, vault.intake) == one.aside


def test_originals_do_not_open_by_the_store_key(vault: Any, incoming: Any) -> None:
    """Whoever reads pseudonymous rows must not read names."""
    vault.put(incoming(1))
    keys.create(vault.keys.parent / "others", holders=None)
    others = keys.open_intake_keys(vault.keys.parent / "others")
    with store.reading(vault.store, vault.key) as found, pytest.raises(VaultError):
        found.original("S-000000000001", others)


def test_fields_that_a_sender_does_not_send_are_null(vault: Any, incoming: Any) -> None:
    """Old submissions lack new fields; the union must not drop or shift anything."""
    first = pa.table({"source_row": pa.array([2], pa.int32()), "person": ["a"], "children": [3]})
    second = pa.table(
        {"source_row": pa.array([2], pa.int32()), "left_on": [date(2008, 1, 2)], "person": ["b"]}
    )
    vault.put(
        incoming(1, rows=first), incoming(2, rows=second, organisation="syn_b", period="2008H2")
    )
    with store.reading(vault.store, vault.key) as found:
        table = found.rows("persons")
        assert table.select(["person", "children", "left_on"]).to_pylist() == [
            {"person": "a", "children": 3, "left_on": None},
            {"person": "b", "children": None, "left_on": date(2008, 1, 2)},
        ]
        assert found.rows("stays").column_names == list(META)


def test_sending_again_is_harmless(vault: Any, incoming: Any) -> None:
    """A file sent twice by e-mail must not count its persons twice."""
    vault.put(incoming(1))
    assert vault.put(incoming(1)) == (incoming(1).submission,)
    assert len(vault.persons()) == 2
    with store.reading(vault.store, vault.key) as found:
        assert [entry.action for entry in found.audit()] == ["accepted", "sent_again"]


def test_a_correction_supersedes_and_the_old_version_stays(vault: Any, incoming: Any) -> None:
    """What a report of last year was made of must still be found."""
    vault.put(incoming(1))
    vault.put(incoming(2, version=2, persons=("c" * 32,), supersedes="S-000000000001"))
    assert vault.persons() == ["c" * 32]
    with store.reading(vault.store, vault.key) as found:
        assert [one.state for one in found.submissions()] == ["superseded", "accepted"]
        assert found.rows_of("S-000000000001").num_rows == 2


def test_a_held_correction_leaves_the_accepted_version_in_place(vault: Any, incoming: Any) -> None:
    """Until its questions are answered, the figures stand."""
    vault.put(incoming(1))
    vault.put(incoming(2, version=2, state="held"))
    assert len(vault.persons()) == 2
    with store.writing(vault.store, vault.key) as found:
        found.replace(incoming(2, version=2, persons=("d" * 32,)))
    assert vault.persons() == ["d" * 32]


def test_quarantine_turns_held_into_accepted_and_keeps_the_original(
    vault: Any, incoming: Any
) -> None:
    """Rows set aside leave the rest countable, and nothing is lost."""
    vault.put(incoming(1, state="held", original=b"all of it"))
    with store.writing(vault.store, vault.key) as found:
        found.replace(incoming(1, original=b"another file", aside=b"4;x", set_aside=(4,)))
    with store.reading(vault.store, vault.key) as found:
        (one,) = found.submissions()
        assert (one.state, one.set_aside) == ("accepted", (4,))
        assert found.original(one.id, vault.intake) == b"all of it"
        assert found.aside(one.id, vault.intake) == b"4;x"


def test_states_go_forward_only(vault: Any, incoming: Any) -> None:
    """An accepted submission is corrected by another one, never edited."""
    vault.put(incoming(1))
    with (
        pytest.raises(VaultError, match="is accepted, so it cannot become held"),
        store.writing(vault.store, vault.key) as found,
    ):
        found.replace(incoming(1, state="held"))
    with (
        pytest.raises(VaultError, match="no submission of that id"),
        store.writing(vault.store, vault.key) as found,
    ):
        found.replace(incoming(9))


def test_an_old_version_cannot_count_after_a_new_one(vault: Any, incoming: Any) -> None:
    """Quarantining last month's file must not undo this month's correction."""
    vault.put(incoming(1, state="held"), incoming(2, version=2))
    with store.reading(vault.store, vault.key) as found:
        assert [one.state for one in found.submissions()] == ["superseded", "accepted"]
    with pytest.raises(VaultError, match="version 1 of syn_a, persons, 2008H1 cannot count"):
        vault.put(incoming(3, version=1))
    assert len(vault.persons()) == 2


def test_an_error_in_the_block_leaves_nothing(vault: Any, incoming: Any) -> None:
    """Whole or nothing, for several files sent together as well."""
    vault.put(incoming(1))

    def fail() -> None:
        with store.writing(vault.store, vault.key) as found:
            found.put([incoming(2, period="2008H2")])
            found.put_named("links", b"x")
            found.log("linked", records=3)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    with store.reading(vault.store, vault.key) as found:
        assert len(found.submissions()) == 1
        assert found.named("links") is None
        assert len(found.audit()) == 1


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"rows": pa.table({"person": ["a"]})}, "source_row"),
        ({"rows": pa.table({"source_row": [2], "period": ["2007H1"]})}, "period is not that"),
    ],
)
def test_rows_that_are_not_the_submissions_are_a_fault(
    vault: Any, incoming: Any, broken: dict[str, Any], said: str
) -> None:
    """Such rows would be counted under another sender or period."""
    with pytest.raises(ValueError, match=said):
        vault.put(incoming(1, **broken))
    wrong = incoming(1)
    wrong = replace(wrong, submission=replace(wrong.submission, rows=7))
    with pytest.raises(ValueError, match="2 came, 7 are counted"):
        vault.put(wrong)


def test_there_is_one_writer_and_the_second_is_told_who(vault: Any, incoming: Any) -> None:
    """Two intakes at once would number versions twice."""
    vault.put(incoming(1))
    said: list[str] = []

    def write() -> None:
        try:
            vault.put(incoming(2, period="2008H2"))
        except VaultError as error:
            said.append(str(error))

    with store.writing(vault.store, vault.key):
        other = threading.Thread(target=write)
        other.start()
        other.join()
    assert said == [
        f"store: process {os.getpid()} is writing to the store. "
        "Wait until it ends; nothing was changed."
    ]
    vault.put(incoming(2, period="2008H2"))


def test_a_lock_whose_holder_died_is_taken_over(vault: Any, incoming: Any) -> None:
    """After a power cut nobody should have to know which file to remove."""
    vault.put(incoming(1))
    (vault.store / lock.WRITER).write_text("999999\n", encoding="ascii")
    vault.put(incoming(2, period="2008H2"))
    assert len(vault.persons()) == 4


def test_a_reader_sees_one_moment_while_others_write(vault: Any, incoming: Any) -> None:
    """A notebook that reads persons and then stays must not see two different stores."""
    vault.put(incoming(1))
    with store.reading(vault.store, vault.key) as found:
        before = found.fingerprint()
        vault.put(incoming(2, period="2008H2"))
        assert found.rows("persons").num_rows == 2
        assert found.fingerprint() == before
    assert len(vault.persons()) == 4


def test_a_reader_cannot_write(vault: Any, incoming: Any) -> None:
    """A slip in a notebook must not reach the data."""
    vault.put(incoming(1))
    with pytest.raises(VaultError), store.reading(vault.store, vault.key) as found:
        found.put([incoming(2, period="2008H2")])
    assert len(vault.persons()) == 2


def test_the_fingerprint_follows_what_results_rest_on(vault: Any, incoming: Any) -> None:
    """A cache must run again when rows change, and not when a file is held or logged."""

    def seen() -> str:
        with store.reading(vault.store, vault.key) as found:
            return found.fingerprint()

    vault.put(incoming(1))
    first = seen()
    vault.put(incoming(2, period="2008H2", state="held"))
    with store.writing(vault.store, vault.key) as found:
        found.log("linked", records=3)
    assert seen() == first
    with store.writing(vault.store, vault.key) as found:
        found.put_named("links", b"1")
    second = seen()
    vault.put(incoming(3, version=2))
    assert len({first, second, seen()}) == 3


def test_named_blobs_keep_their_history(vault: Any) -> None:
    """Which links a figure of last year rested on."""
    for content in (b"1", b"1", b"2"):
        with store.writing(vault.store, vault.key) as found:
            found.put_named("links", content)
    with store.reading(vault.store, vault.key) as found:
        assert found.named("links") == b"2"
        assert found.named("links", 1) == b"1"
        assert found.named("reviews") is None
        assert [one.version for one in found.history("links")] == [1, 2]


def test_tokens_where_rotation_could_not_find_them_are_a_fault(vault: Any) -> None:
    """A JSON file with tokens in it would keep old ones for ever."""
    for content in (b'{"a": "%s"}' % (b"0a" * 16), _parquet({"x": ["0a" * 16]})):
        with (
            pytest.raises(ValueError, match="holds tokens"),
            store.writing(vault.store, vault.key) as found,
        ):
            found.put_named("links", content)


def test_no_store_is_said_to_be_no_store(vault: Any) -> None:
    """Reading makes nothing: an empty folder is not an empty store."""
    with (
        pytest.raises(VaultError, match="there is no store here yet"),
        store.reading(vault.store, vault.key),
    ):
        pass
    assert not vault.store.exists()
    assert not store.exists(vault.store)


def test_a_wrong_key_changes_nothing(vault: Any, incoming: Any, tmp_path: Path) -> None:
    """The wrong folder of keys named: say so, and leave the file alone."""
    vault.put(incoming(1))
    before = (vault.store / store.FILE).read_bytes()
    keys.create(tmp_path / "others", holders=None)
    wrong = keys.open_store_key(tmp_path / "others")
    for attempt in (store.reading, store.writing):
        with (
            pytest.raises(VaultError, match="this key does not open it"),
            attempt(vault.store, wrong),
        ):
            pass
    assert (vault.store / store.FILE).read_bytes() == before


def test_keys_that_were_rotated_meanwhile_cannot_put(vault: Any, incoming: Any) -> None:
    """Tokens of two chains never meet, so persons would be counted twice."""
    vault.put(incoming(1))
    old = keys.open_store_key(vault.keys)
    newer = keys.StoreKey(old.folder, old.secrets, old.audit, old.originals, old.layers + 1)
    with (
        pytest.raises(VaultError, match="its tokens have 1 layers, and these keys make 2"),
        store.writing(vault.store, newer) as found,
    ):
        found.put([incoming(2, period="2008H2")])


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(
    file=texts,
    rows=st.integers(0, 10**7),
    aside=st.lists(st.integers(2, 10**6), max_size=5),
    synthetic=st.booleans(),
    after=st.dates(),
)
def test_a_submission_survives_its_row(
    file: str, rows: int, aside: list[int], synthetic: bool, after: date
) -> None:
    """Whatever its file is called, and however many rows were asked about."""
    from analysis.contracts.partner.store import Question, Submission

    one = Submission(
        "S-000000000001", "syn_a", "persons", "2008H1", date(2008, 8, 1), file, "0" * 64, 1,
        "held", rows, tuple(aside),
        (Question("persons", file, "dates", file, tuple(aside), True, (("n", rows), ("c", file))),),
        "evaluation", "SYN-A", after, 1, synthetic,
    )  # fmt: skip
    assert records.from_row(records.to_row(one)) == one


def _parquet(columns: dict[str, Any]) -> bytes:
    from analysis.vault import sealing

    return sealing.to_parquet(pa.table(columns))


def test_a_folder_that_cannot_be_made_is_told_without_traceback(tmp_path: Path) -> None:
    """A slip in --store is the user's to mend, and looks like a bug with a traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(VaultError, match="store: the folder cannot be made"):
        make_private(tmp_path / "file" / "store")
