"""watched: what a notebook reads, told by Python itself."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.engine.build import run_all
from analysis.engine.reuse import recorder
from analysis.engine.reuse.cache import Cache
from analysis.engine.running.run import Job, run_job
from analysis.engine.running.watched import past_python
from analysis.places import HOME_VARIABLE

FIRST = "n = 1  # number"
Write = Callable[..., Path]
Reads = Callable[..., dict[str, str]]


@pytest.fixture
def reads(tmp_path: Path, write_notebook: Write) -> Reads:
    """Run cells in a watched kernel, cold as where nothing is preloaded; return what it read."""

    def run(*cells: str) -> dict[str, str]:
        notebook = write_notebook(tmp_path / "home" / "a.ipynb", FIRST, *cells)
        job = Job("a", notebook, folders={HOME_VARIABLE: tmp_path / "home"})
        return dict(run_job(job, tmp_path / "out", tmp_path / "work").reads)

    (tmp_path / "home" / "data").mkdir(parents=True)
    return run


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_files_and_folders_are_announced_with_what_they_held(tmp_path: Path, reads: Reads) -> None:
    """A changed table, a new one and a new module must each run the notebook again."""
    home = tmp_path / "home"
    (home / "data" / "counts.csv").write_text("year,n\n2007,1\n")
    (home / "elsewhere.py").write_text("FACTOR = 2\n")
    found = reads(
        "import os, sys, pandas as pd",
        f"table = pd.read_csv({str(home / 'data' / 'counts.csv')!r})",
        f"names = os.listdir({str(home / 'data')!r})",
        f"sys.path.append({str(home)!r})\nimport elsewhere",
        f"there = os.path.exists('x')\ntry:\n    open({str(home / 'none.csv')!r})\n"
        "except FileNotFoundError:\n    pass",
    )
    assert found == {
        "data": recorder.state_of(home / "data"),
        "data/counts.csv": _sha256("year,n\n2007,1\n"),
        "elsewhere.py": _sha256("FACTOR = 2\n"),
        "none.csv": recorder.ABSENT,
    }


def test_what_a_run_does_in_its_own_folder_is_its_own_affair(reads: Reads) -> None:
    """Else no run that draws, writes a table or uses a temporary file could be reused."""
    assert (
        reads(
            "import tempfile, sqlite3\nimport matplotlib.pyplot as plt\nimport numpy as np",
            "plt.plot([1, 2]);",
            "open('table.csv', 'w').write('1'); open('table.csv').read();",
            "tempfile.TemporaryFile().write(b'1');",
            "sqlite3.connect(':memory:').execute('select 1');",
        )
        == {}
    )


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("import subprocess; subprocess.run(['true']);", "a process that it started"),
        ("import os; os.system('true');", "a process that it started"),
        ("!true", "a process that it started"),
        (
            "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 1)\n"
            "except OSError:\n    pass",
            "a network that it spoke to",
        ),
        ("open('{home}/data/new.csv', 'w').close()", "a file that it changed elsewhere"),
        ("import sqlite3; sqlite3.connect('{home}/data/a.db');", "a database that it opened"),
        ("import pyarrow.parquet as pq", "a library that reads files by itself"),
    ],
)
def test_what_nobody_can_look_up_again_is_said(
    tmp_path: Path, reads: Reads, cell: str, what: str
) -> None:
    """A run that asked a server yesterday proves nothing about what it would answer today."""
    found = reads(cell.replace("{home}", str(tmp_path / "home")))
    assert found.get(f"({what})") == recorder.UNTRACEABLE


@pytest.mark.parametrize(
    ("source", "past"),
    [
        ("import polars as pl", True),
        ("from pyarrow import parquet", True),
        ("import pyarrow as pa", False),
        ("import pandas as pd", False),
    ],
)
def test_only_imports_that_read_past_python_count(source: str, past: bool) -> None:
    """Pandas reads through files that Python opens; DuckDB and the like do not."""
    assert bool(past_python([{"cell_type": "code", "source": source}])) is past


def test_a_cell_that_opens_a_file_by_itself_is_run_again_when_that_changes(
    tmp_path: Path, write_notebook: Write
) -> None:
    """An old result would stand for new data, and nobody would be told."""
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    data = home / "data" / "beside.txt"
    notebook = write_notebook(home / "a.ipynb", FIRST, f"print(open({str(data)!r}).read())")
    job = Job("a", notebook, folders={HOME_VARIABLE: home})

    def build(text: str) -> tuple[bool, bool]:
        data.write_text(text)
        (run,) = run_all([job], tmp_path / "out", cache=Cache(tmp_path / "cache", home))
        return run.reused, f'"{text}\\n"' in run.path.read_text()

    assert [build(text) for text in ("one", "two", "two", "one")] == [
        (False, True),
        (False, True),
        (True, True),
        (True, True),
    ]


def test_what_somebody_answers_for_is_passed_over(tmp_path: Path, reads: Reads) -> None:
    """A lock and a key decide nothing of a store's rows; the store itself is announced by hand."""
    home = tmp_path / "home"
    (home / "data" / "store.db").write_bytes(b"sealed")
    (home / "key").write_text("secret")
    found = reads(
        "from analysis.engine.reuse import recorder\nimport os",
        f"from pathlib import Path\nrecorder.note(Path({str(home / 'data' / 'store.db')!r}))",
        f"with recorder.answered_for():\n    open({str(home / 'key')!r}).close()\n"
        f"    os.close(os.open({str(home / 'lock')!r}, os.O_RDWR | os.O_CREAT))",
    )
    assert found == {"data/store.db": recorder.state_of(home / "data" / "store.db")}
    assert "key" in reads(f"open({str(home / 'key')!r}).close()")
