"""kill -9 before every single step: the store opens, nothing is lost, nothing is twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.vault import backup, checking, keys, schema, store, submission_keys
from analysis.vault.tokens import layered

SCRIPT = Path(__file__).parent / "killed.py"
OLD, NEW = [f"{1:032x}"], [f"{2:032x}", f"{3:032x}"]
Said = dict[str, Any]
Order = Callable[[str, Path, int], Said]


@pytest.fixture
def order() -> Iterator[Order]:
    """Let one thing be done in a process of its own, which dies at a step."""
    with subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def run(action: str, folder: Path, at: int) -> Said:
            stdin.write(json.dumps({"action": action, "folder": str(folder), "at": at}) + "\n")
            stdin.flush()
            found: Said = json.loads(stdout.readline())
            return found

        yield run


@pytest.fixture
def base(vault: Any, incoming: Any, tmp_path: Path) -> Path:
    """A store with one submission and a backup of it, and one more since."""
    vault.put(incoming(1, persons=tuple(OLD)))
    backup.write(vault.store, vault.key, tmp_path / "copies")
    with store.writing(vault.store, vault.key) as found:
        found.put_named("link_run", b"old")
    return tmp_path


def _deaths(order: Order, base: Path, action: str, every: int = 1) -> Iterator[Path]:
    """Give the folder of each death, one a step; then the step's number no longer comes."""
    at = 1 - every
    while True:
        at += every
        folder = base.parent / f"{base.name}-dead"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        for name in ("keys", "store", "copies"):
            shutil.copytree(base / name, folder / name)
        said = order(action, folder, at)
        if not said["killed"]:
            assert said["code"] == 0
            assert at - every <= said["steps"] < at, said
            assert said["steps"] > 10, "too few steps: the kills did not fall"
            shutil.rmtree(folder)
            return
        yield folder


def _key(folder: Path) -> keys.StoreKey:
    return keys.open_store_key(folder / "keys")


def _seen(folder: Path) -> tuple[list[str], bytes | None]:
    with store.reading(folder / "store", _key(folder)) as found:
        table = found.rows("persons")
        persons = table["person"].to_pylist() if "person" in table.column_names else []
        return persons, found.named("link_run")


def _require_sound(folder: Path) -> None:
    assert checking.check(folder / "store", _key(folder)).wrong == ()


@pytest.mark.parametrize("every", [16, pytest.param(1, marks=pytest.mark.soak)])
def test_putting_is_whole_or_nothing(order: Order, base: Path, every: int) -> None:
    """Both submissions, the one that they supersede, and the blob: all or none of it."""
    seen = set()
    for folder in _deaths(order, base, "put", every):
        persons, named = _seen(folder)
        assert (persons, named) in ((OLD, b"old"), (NEW, b"new"))
        seen.add(tuple(persons))
        assert order("put", folder, 0)["code"] == 0
        assert _seen(folder) == (NEW, b"new")
        _require_sound(folder)
    assert seen == ({tuple(OLD), tuple(NEW)} if every == 1 else {tuple(OLD)})


@pytest.mark.soak
def test_a_first_put_is_whole_or_nothing(order: Order, base: Path) -> None:
    """The store itself is made in it: there is a whole one, or none."""
    shutil.rmtree(base / "store")
    (base / "store").mkdir(mode=0o700)
    (base / "keys" / submission_keys.FILE).unlink()
    for folder in _deaths(order, base, "put"):
        if store.exists(folder / "store"):
            assert _seen(folder) in (([], None), (NEW, b"new"))
        assert order("put", folder, 0)["code"] == 0
        assert _seen(folder) == (NEW, b"new")
        _require_sound(folder)


@pytest.mark.soak
def test_deleting_ends_whenever_it_was_killed(order: Order, base: Path) -> None:
    """No key may survive because the process did not."""
    for folder in _deaths(order, base, "delete"):
        assert _seen(folder)[0] in (OLD, [])
        assert order("delete", folder, 0)["code"] == 0
        assert _seen(folder) == ([], b"old")
        _require_sound(folder)
        with store.reading(folder / "store", _key(folder)) as found:
            actions = [entry.action for entry in found.audit()]
            assert actions.count("deleted") == actions.count("deletion_proved") == 1
            (key_id,) = found.session.connection.execute(
                "SELECT key_id FROM submissions WHERE state = 'deleted'"
            ).fetchone()
            assert key_id in found.session.keys.shredded()


@pytest.mark.soak
def test_rotating_tokens_ends_whenever_it_was_killed(order: Order, base: Path) -> None:
    """Each token has the layers that the ring says: none more, none less."""
    for folder in _deaths(order, base, "rotate_tokens"):
        assert len(_seen(folder)[0]) == 1
        assert order("rotate_tokens", folder, 0)["code"] == 0
        intake = keys.open_intake_keys(folder / "keys")
        with store.reading(folder / "store", _key(folder)) as found:
            assert schema.meta(found.session.connection, "layers") == str(len(intake.chain))
        wanted: Any = OLD
        for one in intake.chain[1:]:
            wanted = layered({"person": wanted}, one)["person"]
        assert _seen(folder) == (wanted.to_pylist(), b"old")
        _require_sound(folder)


@pytest.mark.soak
def test_changing_the_stores_key_ends_whenever_it_was_killed(order: Order, base: Path) -> None:
    """Two files and two rings change, and every mixture of them opens."""
    before = _key(base).secrets
    for folder in _deaths(order, base, "rotate_store"):
        assert _seen(folder) == (OLD, b"old")
        assert order("rotate_store", folder, 0)["code"] == 0
        assert _seen(folder) == (OLD, b"old")
        assert len(_key(folder).secrets) == 1
        assert _key(folder).secrets != before
        _require_sound(folder)


@pytest.mark.soak
def test_restoring_ends_whenever_it_was_killed(order: Order, base: Path) -> None:
    """There is a store at every moment: the one that was, or the one that comes."""
    for folder in _deaths(order, base, "restore"):
        assert _seen(folder) in ((OLD, b"old"), (OLD, None))
        for kept in (folder / "store").glob(f"{backup.KEPT}*"):
            kept.rename(folder / kept.name)
        assert order("restore", folder, 0)["code"] == 0
        assert _seen(folder) == (OLD, None)
        _require_sound(folder)
