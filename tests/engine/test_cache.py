"""cache: what a run gave comes back whole, or the run is done again."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analysis.engine.graph import bound
from analysis.engine.reuse import cache as cache_module
from analysis.engine.reuse.cache import Cache
from analysis.engine.running.run import Executed, Job
from analysis.errors import AnalysisError, NotebookError

MB = 1 << 20


@dataclass
class Bench:
    """A workbench with one notebook, whose runs are written by hand, and its cache."""

    home: Path
    job: Job
    remarks: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The cache's folder."""
        return self.home / ".workbench"

    def open(self, limit_mb: int | None = None) -> Cache:
        """Open the cache as a new process would."""
        return Cache(self.folder, self.home, limit_mb, self.remarks.append)

    def read(self, text: str) -> dict[str, str]:
        """Write the file that the run reads; return what the run announced."""
        (self.home / "a.csv").write_text(text, encoding="utf-8")
        return dict(self.open().surroundings.states({"a.csv": ""}))

    def run(self, shown: str, reads: dict[str, str] | None = None) -> Executed:
        """Write what a run would have left: a notebook, a page and a file."""
        path = self.home / "ran" / "n.ipynb"
        files = path.with_suffix(".files")
        files.mkdir(parents=True, exist_ok=True)
        cell = {"cell_type": "code", "outputs": [{"text": shown}]}
        path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
        path.with_suffix(".html").write_text(f"<p>{shown}", encoding="utf-8")
        (files / "table.csv").write_text(shown, encoding="utf-8")
        page = path.with_suffix(".html")
        return Executed("n", path, 1.5, reads or {}, (files / "table.csv",), page)

    def keep(self, shown: str, reads: dict[str, str] | None = None) -> str:
        """Keep such a run."""
        opened = self.open()
        output = opened.keep(self.job, opened.ask(self.job, {}), self.run(shown, reads))
        opened.close()
        return output

    def reuse(self, outputs: dict[str, str] | None = None, **settings: bool) -> str | None:
        """Reuse a run in a new folder; return what it showed, ``None`` if there was none."""
        opened = self.open()
        into = self.home / "out"
        found = opened.reuse(self.job, opened.ask(self.job, outputs or {}), into, **settings)
        if found is None:
            return None
        assert (found[0].reused, found[0].seconds) == (True, 1.5)
        assert all(file.exists() for file in found[0].files)
        return (into / "n.files" / "table.csv").read_text(encoding="utf-8")

    def objects(self) -> list[Path]:
        """Return the kept files."""
        return [path for path in (self.folder / "objects").rglob("*") if path.is_file()]


@pytest.fixture
def bench(tmp_path: Path, write_notebook: Callable[..., Path]) -> Bench:
    """Make the workbench."""
    return Bench(tmp_path, bound(Job("n", write_notebook(tmp_path / "n.ipynb", "n = 1"))))


def test_a_run_comes_back_byte_for_byte(bench: Bench) -> None:
    """A report made of kept runs must be the report that running would have made."""
    assert bench.reuse() is None
    bench.keep("æ")
    assert bench.reuse(page=True) == "æ"
    for name in ("n.ipynb", "n.html", "n.files/table.csv"):
        assert (bench.home / "out" / name).read_bytes() == (bench.home / "ran" / name).read_bytes()
    assert sorted(path.name for path in (bench.home / "out").iterdir()) == [
        "n.files",
        "n.html",
        "n.ipynb",
    ]


def test_every_state_of_what_was_read_has_its_own_run(bench: Bench) -> None:
    """Somebody tries a correction and takes it back: nothing need be run for that."""
    for text in ("first", "second"):
        bench.keep(text, bench.read(text))
    for text in ("first", "second", "first"):
        bench.read(text)
        assert bench.reuse() == text
    bench.read("third")
    assert bench.reuse() is None


def test_states_beyond_the_last_few_are_forgotten(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changes with each build would let the list grow without end."""
    monkeypatch.setattr(cache_module, "TRACES", 2)
    for text in "abc":
        bench.keep(text, bench.read(text))
    found = []
    for text in "abc":
        bench.read(text)
        found.append(bench.reuse())
    assert found == [None, "b", "c"]


def test_a_file_that_was_absent_and_is_there_now_is_a_change(bench: Bench) -> None:
    """A country submits the table it lacked."""
    bench.keep("nothing", {"a.csv": "absent"})
    assert bench.reuse() == "nothing"
    bench.read("something")
    assert bench.reuse() is None


def test_outputs_that_were_waited_for_must_be_the_same(bench: Bench) -> None:
    """The synthesis is made of what the others found."""
    opened = bench.open()
    opened.keep(bench.job, opened.ask(bench.job, {"before": "1"}), bench.run("x"))
    assert bench.reuse({"before": "2"}) is None
    assert bench.reuse({"before": "1"}) == "x"


def test_a_page_that_was_not_made_makes_a_run_not_enough(bench: Bench) -> None:
    """Who asks for pages must get one for each notebook."""
    opened = bench.open()
    ran = bench.run("x")
    without = Executed("n", ran.path, 1.5, files=ran.files)
    opened.keep(bench.job, opened.ask(bench.job, {}), without)
    assert bench.reuse(page=True) is None
    assert bench.reuse() == "x"
    bench.keep("x")
    assert bench.reuse(page=True) == "x"


def test_an_edit_of_outputs_never_reaches_the_cache(bench: Bench) -> None:
    """Editors write in place; a link would let them change what every later build gets."""
    bench.keep("x")
    bench.reuse()
    (bench.home / "out" / "n.files" / "table.csv").write_text("spoilt", encoding="utf-8")
    assert bench.reuse() == "x"
    assert bench.remarks == []


def test_what_changed_while_a_run_lasted_is_not_kept(bench: Bench) -> None:
    """Nobody knows whether the run saw the old state or the new one."""
    reads = bench.read("as it was read")
    bench.read("as it is now")
    bench.keep("x", reads)
    assert bench.objects() == []
    opened = bench.open()
    asked = opened.ask(bench.job, {})
    notebook = json.loads(bench.job.notebook.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = "n = 2"
    bench.job.notebook.write_text(json.dumps(notebook), encoding="utf-8")
    opened.keep(bench.job, asked, bench.run("x"))
    assert bench.objects() == []


@pytest.mark.parametrize("spoil", [lambda raw: raw[:-1], lambda raw: b"", lambda raw: raw + b"x"])
def test_a_damaged_file_is_removed_said_and_not_used(
    bench: Bench, spoil: Callable[[bytes], bytes]
) -> None:
    """A disk that fills up cuts files short; a report of half a notebook must never appear."""
    bench.keep("x")
    for path in bench.objects():
        path.write_bytes(spoil(path.read_bytes()))
    assert bench.reuse() is None
    assert bench.remarks == ["cache: 1 entry was damaged and is rebuilt (n)."]
    assert not (bench.home / "out" / "n.ipynb").exists()
    assert not (bench.home / "out" / "n.files").exists()
    bench.keep("x")
    while (found := bench.reuse()) is None:  # each file is found out when it is used
        bench.keep("x")
    assert found == "x"
    assert len(bench.remarks) <= 3


@pytest.mark.parametrize("what", ["traces", "runs"])
def test_a_damaged_list_is_removed_said_and_begun_anew(bench: Bench, what: str) -> None:
    """One flipped letter in a hash would send every later build the wrong way."""
    bench.keep("x")
    (path,) = (path for path in (bench.folder / what).rglob("*.json"))
    path.write_bytes(path.read_bytes().replace(b"1.5", b"2.5"))
    bench.reuse()
    assert len(bench.remarks) == 1
    assert "1 entry was damaged and is rebuilt" in bench.remarks[0]
    bench.keep("x")
    assert bench.reuse() == "x"


def test_the_limit_removes_what_was_longest_not_used(bench: Bench) -> None:
    """A cache that only grows fills the disk of whoever forgot it."""
    for hours, text in enumerate(("old", "used", "new")):
        bench.keep(text * MB, bench.read(text))
        for path in bench.objects():
            if path.stat().st_mtime > 10_000_000:
                os.utime(path, (hours, hours))
    bench.read("used")
    assert bench.reuse() == "used" * MB
    bench.open(limit_mb=27).close()
    found = []
    for text in ("old", "used", "new"):
        bench.read(text)
        found.append(bench.reuse() is not None)
    assert found == [False, True, True]
    assert sum(path.stat().st_size for path in bench.objects()) <= 27 * MB
    assert bench.remarks == []


def test_the_limit_can_be_set_by_the_environment(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some laptops have little room."""
    monkeypatch.setenv("WORKBENCH_CACHE_MB", "0")
    bench.keep("x")
    assert bench.objects() == []
    monkeypatch.setenv("WORKBENCH_CACHE_MB", "much")
    with pytest.raises(AnalysisError, match="WORKBENCH_CACHE_MB: is not a whole number"):
        bench.open()


def test_a_folder_that_cannot_be_written_is_said_once(bench: Bench) -> None:
    """The report is wanted, with or without a cache."""
    bench.folder.write_text("in the way", encoding="utf-8")
    opened = bench.open()
    asked = opened.ask(bench.job, {})
    assert opened.reuse(bench.job, asked, bench.home / "out") is None
    for shown in "ab":
        opened.keep(bench.job, asked, bench.run(shown))
    opened.close()
    assert bench.remarks == [
        "cache: .workbench cannot be used (Not a directory), so what runs give is not kept. "
        "Make room or allow writing there."
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_outputs_that_cannot_be_written_are_an_error(bench: Bench) -> None:
    """That is no fault of the cache, and hiding it would leave a report with holes."""
    bench.keep("x")
    (bench.home / "out").write_text("in the way", encoding="utf-8")
    with pytest.raises(NotebookError, match=r"n\.ipynb: the executed notebook cannot be written"):
        bench.reuse()


def test_a_failure_is_remembered_and_never_reused(bench: Bench) -> None:
    """`workbench status` says failed; a build runs it again."""
    opened = bench.open()
    opened.keep_failure(bench.job, opened.ask(bench.job, {}), "n: cell 2 raised KeyError", 2.0)
    (record,) = bench.open().records(bench.job)
    assert (record.failed, record.clause, record.seconds) == (
        True,
        "n: cell 2 raised KeyError",
        2.0,
    )
    assert bench.reuse() is None


KEEP_MANY = """\
import json, sys
from pathlib import Path
from analysis.engine.reuse.cache import Cache
from analysis.engine.graph import bound
from analysis.engine.running.run import Executed, Job
home, first = Path(sys.argv[1]), int(sys.argv[2])
job = bound(Job("n", home / "n.ipynb"))
opened = Cache(home / ".workbench", home)
for number in range(first, first + 20):
    ran = home / f"ran-{number}" / "n.ipynb"
    ran.parent.mkdir()
    cell = {"cell_type": "code", "outputs": [{"text": str(number % 20)}]}
    ran.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    outputs = {"before": str(number % 8)}
    opened.keep(job, opened.ask(job, outputs), Executed("n", ran, 1.5))
    opened.reuse(job, opened.ask(job, outputs), ran.parent / "out")
opened.close()
"""


def test_two_builds_at_once_lose_nothing(bench: Bench) -> None:
    """Two terminals, two evaluations, one cache."""
    both = [
        subprocess.Popen([sys.executable, "-c", KEEP_MANY, str(bench.home), first])
        for first in ("0", "100")
    ]
    assert [process.wait() for process in both] == [0, 0]
    opened = bench.open()
    for number in range(8):
        assert opened.trace(opened.ask(bench.job, {"before": str(number)})) is not None
    assert list((bench.folder / "new").iterdir()) == []
    assert bench.remarks == []
