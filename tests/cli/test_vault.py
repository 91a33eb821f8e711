"""`workbench keys`, `store` and `retention`, as a custodian types them from docs/keys.md."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from analysis.contracts.partner.store import Incoming, Submission
from analysis.places import HOME_VARIABLE, Places
from analysis.vault import holders, keys, store
from analysis.vault.tokens import Tokens, read_sharing_key

Call = Callable[..., Any]
pa: Any = pyarrow
HOME = Path(__file__).parents[2]
DAY = date(2008, 8, 1)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A workbench that has forms and code lists only, with keys and identity elsewhere."""
    home = tmp_path / "bench"
    for name in ("forms", "codelists"):
        (home / "data").mkdir(parents=True, exist_ok=True)
        (home / "data" / name).symlink_to(HOME / "data" / name)
    for name in ("evaluations", "data/published"):
        (home / name).mkdir(parents=True)
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.setenv(keys.KEYS_VARIABLE, str(tmp_path / "keys"))
    monkeypatch.setenv(holders.IDENTITY_VARIABLE, str(tmp_path / "one.txt"))
    return Places(home)


@pytest.fixture
def made(bench: Places, tmp_path: Path, call: Call) -> Places:
    """The same, with keys for two holders."""
    public = [call("keys", "identity", str(tmp_path / name)).out for name in ("one.txt", "two.txt")]
    said = call("keys", "new", *(text.strip() for text in public))
    assert (said.code, said.err) == (0, "")
    return bench


@pytest.fixture
def filled(made: Places, tmp_path: Path) -> Places:
    """The same, with one submission that is due on 2 August 2013."""
    key = keys.open_store_key(tmp_path / "keys")
    tokens = Tokens(keys.open_intake_keys(tmp_path / "keys"))
    rows = pa.table(
        {
            "source_row": pa.array([2, 3], pa.int32()),
            "person": tokens.references("person", "syn_a", ["7", "8"]),
        }
    )
    one = Submission(
        "S-000000000001", "syn_a", "persons", "2008H1", DAY, "anna.csv",
        hashlib.sha256(b"7 8").hexdigest(), 1, "accepted", 2, (4,), (), "evaluation", "SYN-A",
        date(2013, 8, 1), 1, True,
    )  # fmt: skip
    with store.writing(made.submissions, key) as found:
        found.put([Incoming(one, rows, b"7 8")])
    return made


def test_two_holders_make_keys_and_compare_them(made: Places, tmp_path: Path, call: Call) -> None:
    """The first day: each on a machine of their own."""
    one = call("keys", "show", "--json")
    other = call("keys", "show", "--identity", str(tmp_path / "two.txt"), "--json")
    assert one.code == 0
    assert json.loads(one.out) == json.loads(other.out)
    assert [line["key"] for line in json.loads(one.out)][-3:] == [
        "sharing key", "token layer 1", "originals 1",
    ]  # fmt: skip
    assert not re.search("AGE-SECRET|[0-9a-f]{64}", one.out)


def test_one_holder_is_refused(bench: Places, tmp_path: Path, call: Call) -> None:
    """With exit code 2, and what to do."""
    public = call("keys", "identity", str(tmp_path / "one.txt")).out.strip()
    said = call("keys", "new", public)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("keys: 1 holders are named, and 2 are needed")
    assert not (tmp_path / "keys" / "intake.age").exists()


def test_an_identity_is_never_written_over(made: Places, tmp_path: Path, call: Call) -> None:
    """What it opens would be lost with it."""
    before = (tmp_path / "one.txt").read_bytes()
    said = call("keys", "identity", str(tmp_path / "one.txt"))
    assert said.code == 2
    assert (tmp_path / "one.txt").read_bytes() == before


def test_before_anything_is_sent_that_is_said(made: Places, call: Call) -> None:
    """Not a traceback, and not an empty list either."""
    for verb in (("store", "list"), ("store", "check"), ("retention",)):
        said = call(*verb)
        assert said.code == 2, verb
        assert "there is no s" in said.err


def test_the_store_is_listed_without_a_row_of_it(filled: Places, call: Call) -> None:
    """Which submissions, in which state."""
    said = call("store", "list", "--json")
    (line,) = json.loads(said.out)
    assert (line["submission"], line["state"], line["rows"]) == ("S-000000000001", "accepted", 2)
    assert "anna" not in said.out
    assert call("store", "list").out.splitlines()[0].split()[0] == "submission"


def test_a_sound_store_is_said_to_be_sound_and_another_not(filled: Places, call: Call) -> None:
    """A timer mails what it says."""
    assert call("store", "check").out.startswith("Sound: 1 submissions, 2 encrypted parts")
    path = filled.submissions / store.FILE
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    said = call("store", "check")
    assert said.code == 2
    assert "pages: " in said.err
    assert "Traceback" not in said.err


def test_backup_restore_and_catching_up(filled: Places, tmp_path: Path, call: Call) -> None:
    """The whole procedure of docs/keys.md, with a rotation in between."""
    copies, safe = str(tmp_path / "copies"), str(tmp_path / "safe")
    said = call("store", "backup", copies, "--keys-to", safe)
    assert (said.code, said.err) == (0, "")
    assert "1 submissions, read back and sound" in said.out
    said = call("keys", "rotate")
    assert "Tokens have 2 layers now: 1 submissions and 0 other tables" in said.out
    assert call("store", "restore", copies).code == 2
    said = call("store", "restore", copies, "--replace")
    assert (said.code, said.err) == (0, "")
    assert call("keys", "rotate", "--catch-up").out.startswith("Tokens have 2 layers now: 1 sub")
    assert call("store", "check").code == 0
    actions = [line["action"] for line in json.loads(call("store", "log", "--json").out)]
    assert actions == ["accepted", "backed_up", "restored", "tokens_rotated"]
    assert call("keys", "rotate", "--catch-up", "--only", "store").code == 2


def test_retention_shows_what_is_due_then_deletes_and_proves(
    filled: Places, tmp_path: Path, call: Call
) -> None:
    """The proof is what the data protection officer keeps."""
    said = call("retention", "--as-of", "2013-08-02", "--dry-run", "--json")
    assert [one["submission"] for one in json.loads(said.out)] == ["S-000000000001"]
    assert "Due: 0." in call("retention", "--as-of", "2013-08-01", "--dry-run").out
    assert call("retention", "--as-of", "2013-08-01").out == "Deleted and proved: 0.\n"
    said = call("retention", "--as-of", "2013-08-02")
    assert (said.code, said.err) == (0, "")
    assert "Deleted and proved: 1." in said.out
    assert "workbench keys backup" in said.out
    (proof,) = json.loads(call("retention", "--proofs", "--json").out)
    assert proof["submission"] == "S-000000000001"
    assert proof["sha256"] == hashlib.sha256(b"7 8").hexdigest()
    assert set(proof["blobs"]) == {"rows", "original"}
    assert proof["proved_at"]
    assert json.loads(call("store", "list", "--json").out)[0]["state"] == "deleted"


def test_a_lost_holder_is_replaced_by_the_other(made: Places, tmp_path: Path, call: Call) -> None:
    """Step by step as docs/keys.md says."""
    (tmp_path / "one.txt").unlink()
    assert call("keys", "show").code == 2
    two = ("--identity", str(tmp_path / "two.txt"))
    public = (tmp_path / "two.txt").read_text(encoding="utf-8").splitlines()
    named = [line.split(": ")[1] for line in public if line.startswith("# public key")]
    third = call("keys", "identity", str(tmp_path / "three.txt")).out.strip()
    assert call("keys", "holders", *named, third, *two).code == 0
    assert call("keys", "show", "--identity", str(tmp_path / "three.txt")).code == 0


def test_a_lost_store_ring_is_mended(filled: Places, tmp_path: Path, call: Call) -> None:
    """Nothing is lost by it."""
    (tmp_path / "keys" / "store.age").unlink()
    said = call("store", "list")
    assert said.code == 2
    assert "store.age" in said.err
    assert call("keys", "mend").code == 0
    assert call("store", "list").code == 0


def test_the_sharing_key_is_written_as_senders_read_it(
    made: Places, tmp_path: Path, call: Call
) -> None:
    """The one key that leaves; it is never printed."""
    file = tmp_path / "sharing.key"
    said = call("keys", "export-sharing-key", str(file))
    intake = keys.open_intake_keys(tmp_path / "keys")
    assert read_sharing_key(file) == intake.sharing
    assert intake.sharing.hex() not in said.out + said.err
    assert file.stat().st_mode & 0o077 == 0
    assert call("keys", "export-sharing-key", str(file)).code == 2


def test_keys_beside_the_data_are_refused(made: Places, call: Call) -> None:
    """Also when somebody names them so."""
    said = call("store", "list", "--keys", str(made.home / "data" / "keys"))
    assert said.code == 2
    (made.home / "data" / "keys").mkdir(mode=0o700)
    said = call("keys", "show", "--keys", str(made.home / "data" / "keys"))
    assert said.code == 2
    assert "lies inside data/" in said.err
