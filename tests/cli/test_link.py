"""`workbench link`, as the centre types it: linked, reviewed, linked again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from analysis.contracts.partner.store import Incoming, Submission
from analysis.places import HOME_VARIABLE, Places
from analysis.vault import holders, keys, store
from analysis.vault.tokens import Tokens

Call = Callable[..., Any]
pa: Any = pyarrow
HOME = Path(__file__).parents[2]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A workbench with two senders' registers, of which one woman is written in two ways."""
    home = tmp_path / "bench"
    (home / "data" / "published").mkdir(parents=True)
    (home / "evaluations").mkdir()
    for name in ("forms", "codelists", "profiles", "synthetic", "linkage.yml"):
        (home / "data" / name).symlink_to(HOME / "data" / name)
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    monkeypatch.delenv(keys.KEYS_VARIABLE, raising=False)
    monkeypatch.delenv(holders.IDENTITY_VARIABLE, raising=False)
    places = Places(home)
    keys.create(places.rehearsal / "keys", holders=None, on=date(2008, 1, 1))
    people: dict[str, list[tuple[str, str | None, str | None, str | None]]] = {
        "syn_a": [("1", "Oluwaseun", "Adeyemi", "1985-03-02"), ("2", "Thi", "Nguyen", None)],
        "syn_b": [("1", "Oluwaseum", None, "1985-03-12"), ("2", "Grace", "Obi", None)],
    }
    key = keys.open_store_key(places.rehearsal / "keys")
    tokens = Tokens(keys.open_intake_keys(places.rehearsal / "keys"))
    for number, (sender, rows) in enumerate(people.items()):
        columns: dict[str, Any] = {
            "source_row": pa.array([2, 3], pa.int32()),
            "person": tokens.references("person", sender, [row[0] for row in rows]),
            "sex": ["female", "female"],
            "citizenship": ["NGA", "NGA"],
        }
        columns |= tokens.identities("given_name", [row[1] for row in rows])
        columns |= tokens.identities("family_name", [row[2] for row in rows])
        columns |= tokens.identities("birth_date", [row[3] for row in rows])
        one = Submission(
            id=f"S-{number:012x}", organisation=sender, form="persons", period="2008H1",
            received_on=date(2008, 8, 1), file=f"synthetic-{sender}.csv", sha256="0" * 64,
            version=1, state="accepted", rows=2, set_aside=(), questions=(),
            purpose="evaluation", agreement="A", delete_after=date(2030, 1, 1),
            schema_version=1, synthetic=True,
        )  # fmt: skip
        with store.writing(places.rehearsal / "store", key) as found:
            found.put([Incoming(one, pa.table(columns), b"x")])
    return places


def test_linked_reviewed_and_linked_again(bench: Places, call: Call, tmp_path: Path) -> None:
    """The three commands of the manual; the log notes them, with counts alone."""
    out = tmp_path / "review.csv"
    first = call("link", "--synthetic", "--review-out", str(out), "--json")
    assert (first.code, first.err) == (0, "")
    told = json.loads(first.out)
    assert (told["records"], told["matched"], told["band"]) == (4, 0, 1)
    assert Path(told["written"][0]).name == "review.csv"
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == 1
    rows[0] |= {"verdict": "same", "reviewer": "AB", "day": "2008-10-02"}
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    again = call("link", "--synthetic", "--review", str(out))
    assert again.code == 0
    assert "review.csv: 1 verdicts read." in again.out
    key = keys.open_store_key(bench.rehearsal / "keys")
    with store.reading(bench.rehearsal / "store", key) as found:
        actions = [(one.action, one.facts) for one in found.audit()]
    assert ("reviewed", {"same": 1, "different": 0, "unsure": 0}) in actions
    assert ("linked", {"records": 4, "persons": 3, "band": 0}) in actions


def test_without_a_store_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    """Exit code 2 and a sentence, no traceback."""
    (tmp_path / "data" / "published").mkdir(parents=True)
    (tmp_path / "data" / "linkage.yml").symlink_to(HOME / "data" / "linkage.yml")
    (tmp_path / "evaluations").mkdir()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.setenv(keys.KEYS_VARIABLE, str(tmp_path / "keys"))
    found = call("link")
    assert found.code == 2
    assert "keys" in found.err
    assert "Traceback" not in found.err
