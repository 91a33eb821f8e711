"""No plain text at rest: not in the store, its journal, the keys, nor where programs spill."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import duckdb
import pyarrow
import pytest

from analysis.vault import backup, database, duck, rotation, store

pa: Any = pyarrow
CANARIES = (b"canary-original", b"canary-aside", b"canary-row", b"canary-named", b"canary-file")


def _found(*folders: Path) -> dict[str, list[bytes]]:
    """Name each file that holds a canary, or part of one as UTF-16."""
    wanted = [*CANARIES, *(one.decode().encode("utf-16-le") for one in CANARIES)]
    return {
        str(path): hits
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and (hits := [one for one in wanted if one in path.read_bytes()])
    }


@pytest.fixture
def planted(vault: Any, incoming: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store in which canaries stand in all that it keeps, and a folder for temporary files."""
    (tmp_path / "temporary").mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path / "temporary"))
    vault.put(_incoming(incoming, 1))
    with store.writing(vault.store, vault.key) as found:
        found.put_named("links", b"canary-named")
    return vault


def _incoming(incoming: Any, number: int, **changed: Any) -> Any:
    rows = pa.table(
        {"source_row": pa.array([2], pa.int32()), "person": ["canary-row"], "at": ["canary-row"]}
    )
    return incoming(
        number,
        rows=rows,
        original=b"canary-original" * 100,
        aside=b"canary-aside",
        file="canary-file.csv",
        **changed,
    )


def test_a_canary_is_found_where_it_lies_open(tmp_path: Path) -> None:
    """A search that finds nothing anywhere proves nothing."""
    (tmp_path / "plain.txt").write_bytes(b"..canary-row..")
    assert list(_found(tmp_path)) == [str(tmp_path / "plain.txt")]


def test_no_file_holds_plain_text(planted: Any, tmp_path: Path) -> None:
    """Neither store and keys at rest, nor their copies, nor what a change of keys leaves."""
    assert _found(tmp_path) == {}
    backup.write(planted.store, planted.key, tmp_path / "copies")
    backup.write_keys(planted.key, tmp_path / "safe")
    rotation.rotate_store(rotation.Opener(planted.keys), planted.store)
    assert _found(tmp_path) == {}


def test_the_journal_holds_none_while_a_transaction_is_open(
    planted: Any, incoming: Any, tmp_path: Path
) -> None:
    """Also when it is too large for memory and reaches the disk before it is kept."""
    path = planted.store / f"{store.FILE}-wal"
    with store.writing(planted.store, planted.key) as found:
        found.session.connection.execute("PRAGMA cache_size = 1")
        for number in range(2, 12):
            found.put([_incoming(incoming, number, period=f"{2000 + number}H1")])
        assert path.stat().st_size > 10 * database.PAGE_BYTES
        assert _found(tmp_path) == {}
        assert list((tmp_path / "temporary").iterdir()) == []


def test_sorting_and_vacuum_write_no_temporary_file(planted: Any, tmp_path: Path) -> None:
    """SQLite's temporary tables lie in memory, whatever it is asked."""
    with database.opened(planted.store / store.FILE, planted.key.secrets) as connection:
        assert connection.execute("PRAGMA temp_store").fetchone() == (2,)  # 2 is memory
        assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # 3 is extra
        opened: set[str] = set()
        connection.set_progress_handler(lambda: opened.update(_open_files()), 100_000)
        connection.execute("CREATE TEMP TABLE t AS SELECT 'canary-row' AS x")
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
            "SELECT i || 'canary-row' FROM n ORDER BY random() LIMIT 1"
        ).fetchone()
        connection.execute("VACUUM")
    assert opened
    assert not any("etilqs" in name for name in opened)  # how SQLite names such files
    assert list((tmp_path / "temporary").iterdir()) == []
    assert _found(tmp_path) == {}


def _open_files() -> list[str]:
    """Files that this process has open now; SQLite unlinks its own as soon as they are."""
    found = []
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(path.readlink()))
    return found


def test_hmac_is_in_use(planted: Any) -> None:
    """Without it a changed page decrypts to something else, unseen."""
    with database.opened(planted.store / store.FILE, planted.key.secrets) as connection:
        (settings,) = connection.execute("PRAGMA cipher_settings").fetchall() and [
            [one for (one,) in connection.execute("PRAGMA cipher_settings").fetchall()]
        ]
        assert "PRAGMA cipher_use_hmac = 1;" in settings
        assert f"PRAGMA cipher_page_size = {database.PAGE_BYTES};" in settings


def test_duckdb_computes_over_tables_in_memory() -> None:
    """What indicators and linkage do with the rows."""
    with duck.connect({"rows": pa.table({"n": [1, 2, 3]})}) as connection:
        assert connection.execute("SELECT sum(n) FROM rows").fetchone() == (6,)


def test_duckdb_errs_rather_than_spilling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A spill file is plain text, and outlives a process that is killed."""
    monkeypatch.chdir(tmp_path)
    text = pa.table({"x": [f"canary-row {n}" for n in range(200_000)]})
    with duck.connect({"rows": text}, memory="32MiB") as connection:
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute(
                "SELECT a.x || b.x AS y FROM rows a, (FROM rows LIMIT 40) b ORDER BY y DESC"
            ).fetchall()
        assert connection.execute("SELECT count(*) FROM rows").fetchone() == (200_000,)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SET temp_directory = 'x'",
        "SET memory_limit = '1TB'",
        "SET enable_external_access = true",
        "COPY rows TO 'x.csv'",
        "SELECT * FROM read_csv('x.csv')",
        "ATTACH 'x.db'",
        "EXPORT DATABASE 'x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM elsewhere",
    ],
)
def test_duckdb_reaches_nothing_but_its_tables(
    statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No statement in a notebook or a definition can write rows out, or undo this."""
    monkeypatch.chdir(tmp_path)
    elsewhere = pa.table({"n": [1]})
    with (
        duck.connect({"rows": pa.table({"n": [1]})}) as connection,
        pytest.raises(duckdb.Error),
    ):
        connection.execute(statement).fetchall()
    assert elsewhere.num_rows == 1
    assert list(tmp_path.iterdir()) == []
