"""Which notebooks a build runs again: those that a change concerns, and no other. Real kernels."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from analysis.engine.build import run_all
from analysis.engine.events import Event
from analysis.engine.reuse import recorder
from analysis.engine.reuse.cache import Cache
from analysis.engine.reuse.explain import standings
from analysis.engine.running.run import Job
from analysis.errors import CellError, FindingError
from analysis.places import HOME_VARIABLE, Places
from analysis.published.load import open_record
from analysis.study import open_study

HOME = Path(__file__).parents[2]

FIRST = "n = 1  # number"
READ = """\
import os
from pathlib import Path
from analysis.engine.reuse import recorder
path = Path(os.environ["WORKBENCH_HOME"], "data", "{file}.csv")
recorder.note(path)
text = path.read_text(encoding="utf-8") if path.exists() else "none"
"""
# The synthesis reads what the others show.
READ_OTHERS = """\
import json, os
from pathlib import Path
for name in os.environ["WORKBENCH_AFTER"].split(","):
    shown = json.loads(Path(os.environ["WORKBENCH_RUN"], f"{name}.ipynb").read_text())
    print(name, [cell["outputs"] for cell in shown["cells"] if cell.get("outputs")])
"""


@dataclass
class Bench:
    """A small workbench: ``a`` and ``b`` read a table each, ``c`` reads ``a``'s outputs."""

    home: Path
    remarks: list[str] = field(default_factory=list)

    def jobs(self, into: str = "out") -> list[Job]:
        """Return the three runs, `c` first: the order given is not the order of work."""
        books = {name: self.home / "notebooks" / f"{name}.ipynb" for name in "abc"}
        folders = {HOME_VARIABLE: self.home, "WORKBENCH_RUN": self.home / into}
        # Notebooks as small as these start faster cold.
        return [
            Job("c", books["c"], after=("a",), folders=folders, cold=True),
            Job("a", books["a"], folders=folders, cold=True),
            Job("b", books["b"], folders=folders, cold=True),
        ]

    def cache(self) -> Cache:
        """Open the cache as a new build does."""
        return Cache(self.home / ".workbench", self.home, on_remark=self.remarks.append)

    def build(self, into: str = "out", *, page: bool = False, rerun: bool = False) -> str:
        """Build; return the names of the runs that were not reused."""
        shutil.rmtree(self.home / into, ignore_errors=True)
        events: list[Event] = []
        done = run_all(
            self.jobs(into),
            self.home / into,
            on_event=events.append,
            cache=self.cache(),
            page=page,
            rerun=rerun,
        )
        ran = {event.job for event in events if event.kind == "finished"}
        reused = {event.job for event in events if event.kind == "reused"}
        assert ran | reused == set("abc")
        assert reused == {one.name for one in done if one.reused}
        return "".join(sorted(ran))

    def edit(self, name: str, text: str) -> None:
        """Write a file of the workbench."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write(self, name: str, *sources: str) -> None:
        """Write a notebook of code cells; the first holds the parameters."""
        cells: list[dict[str, object]] = [
            {
                "cell_type": "code",
                "id": f"c{place}",
                "metadata": {"tags": [] if place else ["parameters"]},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for place, source in enumerate((FIRST, *sources))
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        self.edit(f"notebooks/{name}.ipynb", json.dumps(notebook))

    def why(self) -> dict[str, tuple[str, ...]]:
        """Return the reasons of `workbench why` for each run."""
        return {one.job: one.reasons for one in standings(self.jobs(), self.cache())}

    def bytes(self, into: str = "out") -> dict[str, bytes]:
        """Return everything a build wrote."""
        root = self.home / into
        files = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Make a workbench in which nothing was built."""
    _make_importable(tmp_path, monkeypatch)
    return _made(tmp_path)


def _make_importable(home: Path, patch: pytest.MonkeyPatch) -> None:
    """Let kernels find the workbench's package."""
    found = os.environ.get("PYTHONPATH", "")
    patch.setenv("PYTHONPATH", f"{home / 'src'}{os.pathsep}{found}".rstrip(os.pathsep))


def _made(home: Path) -> Bench:
    made = Bench(home)
    for name in ("src/lab/__init__.py", "src/lab/first.py", "src/lab/other.py"):
        made.edit(name, "")
    made.edit("data/a.csv", "head\n1\n")
    made.edit("data/b.csv", "head\n2\n")
    made.write("a", READ.format(file="a") + "import lab.first", "print(text.split()[0])")
    other = READ.format(file="b") + "import lab.other\nPath('left.csv').write_text(text)"
    made.write("b", other, "print(text)")
    made.write("c", READ_OTHERS)
    return made


@pytest.fixture(scope="module")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the workbench once for all tests."""
    made = _made(tmp_path_factory.mktemp("first"))
    with pytest.MonkeyPatch.context() as patch:
        _make_importable(made.home, patch)
        assert {reasons[0] for reasons in made.why().values()} == {"never run"}
        assert made.build() == "abc"
    return made.home


@pytest.fixture
def built(first_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Copy what was built, with its cache, to a folder that the test may change."""
    shutil.copytree(first_build, tmp_path, dirs_exist_ok=True)
    _make_importable(tmp_path, monkeypatch)
    return Bench(tmp_path)


def test_a_change_reruns_exactly_the_notebooks_it_concerns(built: Bench) -> None:
    """Too many cost an afternoon, too few a wrong report."""
    before = built.bytes()
    assert "b.files/left.csv" in before
    assert built.build() == ""
    assert built.bytes() == before
    assert set(built.why().values()) == {()}

    # One row, which `a` reads but does not show: `c` need not run, as its input is equal.
    built.edit("data/a.csv", "head\n7\n")
    assert built.why() == {
        "a": ("data/a.csv changed",),
        "b": (),
        "c": ("a must run first (output may change)",),
    }
    assert built.build() == "a"
    assert built.build() == ""

    # And back: that state was seen before, also by those that come after.
    built.edit("data/a.csv", "head\n1\n")
    assert built.build() == ""

    built.edit("data/a.csv", "title\n1\n")
    assert built.build() == "ac"

    built.edit("src/lab/other.py", "x = 1")
    assert built.why()["b"] == ("lab.other changed",)
    assert built.build() == "b"

    (built.home / "data" / "b.csv").touch()
    (built.home / "src" / "lab" / "first.py").touch()
    assert built.build() == ""

    notebook = built.home / "notebooks" / "b.ipynb"
    loaded = json.loads(notebook.read_text(encoding="utf-8"))
    loaded["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "Prose.", "id": "p"})
    notebook.write_text(json.dumps(loaded), encoding="utf-8")
    assert built.why()["b"] == ("cell 4 is new",)
    assert built.build() == "b"


def test_a_file_that_appears_or_goes_reruns_who_looked_for_it(built: Bench) -> None:
    """A country submits a table at last; that changes what is known of it."""
    (built.home / "data" / "b.csv").unlink()
    assert built.why()["b"] == ("data/b.csv was removed",)
    assert built.build() == "b"
    built.edit("data/b.csv", "head\n3\n")
    assert built.why()["b"] == ("data/b.csv is new",)
    assert built.build() == "b"


def test_a_damaged_entry_is_said_and_run_again(built: Bench) -> None:
    """A cut-off file must cost its own run, not the report."""
    before = built.bytes()
    objects = (built.home / ".workbench" / "objects").rglob("*")
    files = [path for path in objects if path.is_file()]
    largest = max(files, key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:100])
    ran = built.build()
    assert len(ran) == 1
    assert built.remarks == [f"cache: 1 entry was damaged and is rebuilt ({ran})."]
    assert built.bytes() == before
    assert built.build() == ""


def test_a_build_can_run_everything_and_make_pages(built: Bench) -> None:
    """A release is run whole; a page that was not made cannot be taken from the cache."""
    before = built.bytes()
    assert built.build(page=True) == "abc"
    assert built.bytes().keys() - before.keys() == {"a.html", "b.html", "c.html"}
    assert built.build(page=True) == ""
    assert built.build() == ""
    assert built.bytes() == before
    assert built.build(rerun=True) == "abc"


@pytest.mark.soak
def test_a_failed_run_is_told_and_run_again(built: Bench) -> None:
    """A failure may come from a full disk: nobody should have to edit a cell to try again."""
    built.write("a", "import os\nassert 'OK' in os.environ")
    for _ in "twice":
        with pytest.raises(CellError):
            built.build()
        found = {one.job: one for one in standings(built.jobs(), built.cache())}
        assert [found[name].state for name in "abc"] == ["failed", "fresh", "stale"]
        assert "its last run failed: a.ipynb (run as a): cell 2" in found["a"].reasons[0]
        assert found["c"].reasons == ("a must run first (output may change)",)


BUILD = """\
import os, sys
from pathlib import Path
from analysis.engine.reuse import recorder
from analysis.engine.build import run_all
from analysis.engine.reuse.cache import Cache
from analysis.engine.running.run import Job
home, into = Path(sys.argv[1]), Path(sys.argv[2])
folders = {"WORKBENCH_HOME": home, "WORKBENCH_RUN": into}
book = home / "notebooks"
jobs = [
    Job("c", book / "c.ipynb", after=("a",), folders=folders, cold=True),
    Job("a", book / "a.ipynb", folders=folders, cold=True),
    Job("b", book / "b.ipynb", folders=folders, cold=True),
]
def tell(event):
    print(event.kind, event.job, flush=True)
run_all(jobs, into, workers=1, cache=Cache(home / ".workbench", home), on_event=tell)
"""


def _start(bench: Bench, into: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BUILD, str(bench.home), str(bench.home / into)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _said(build: subprocess.Popen[str], kind: str) -> list[str]:
    told = build.communicate()[0].split("\n")
    return sorted(line.split()[1] for line in told if line.startswith(kind))


def test_a_killed_build_goes_on_where_it_was(bench: Bench) -> None:
    """A laptop that runs out of power at the last of sixteen runs should lose one."""
    killed = _start(bench, "out")
    assert killed.stdout is not None
    done = [
        line.split()[1]
        for line in iter(killed.stdout.readline, "started b\n")
        if line.startswith("finished")
    ]
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    kept = _settled(bench, done)
    assert "a" in kept
    assert bench.build() == "".join(sorted(set("abc") - set(kept)))
    undisturbed = bench.bytes()
    shutil.rmtree(bench.home / ".workbench")
    assert bench.build() == "abc"
    assert bench.bytes() == undisturbed


def _settled(bench: Bench, told: list[str]) -> list[str]:
    """Return what the killed build kept: all that it had told, or one less."""
    time.sleep(0.1)
    found = [one.job for one in standings(bench.jobs(), bench.cache()) if one.state == "fresh"]
    assert set(found) == set(told)
    return found


def test_two_builds_at_once_with_one_cache_give_the_same(bench: Bench) -> None:
    """Somebody builds in a terminal while the editor does."""
    both = [_start(bench, name) for name in ("one", "other")]
    ran = [_said(build, "finished") for build in both]
    assert [build.returncode for build in both] == [0, 0]
    assert bench.bytes("one") == bench.bytes("other")
    assert {name for names in ran for name in names} == set("abc")
    assert bench.build() == ""
    assert bench.remarks == []


def test_nothing_is_started_where_nothing_runs(
    built: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool and a warm kernel cost a second that a fresh build does not have."""
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert built.build() == ""


def test_a_table_that_was_not_submitted_and_the_list_of_countries_are_announced(
    tmp_path: Path,
) -> None:
    """What a run found missing is as much a reason to run again as what it read."""
    for name in ("data", "evaluations"):
        shutil.copytree(HOME / name, tmp_path / name)
    read: list[Path] = []
    record = open_record(Places(tmp_path), read.append)
    (tmp_path / "data/published/countries/DNK/owed.csv").unlink()
    assert record.table("owed", "DNK").empty
    assert record.table("owed", "SWE").empty
    assert "DNK" in record.countries
    countries = tmp_path / "data/published/countries"
    assert {countries, countries / "DNK/owed.csv", countries / "SWE/owed.csv"} <= set(read)


def test_within_a_build_only_runs_that_were_waited_for_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the others it is chance which are done, and the same inputs would give two reports."""
    for name in ("da/a", "en/a", "en/b"):
        path = tmp_path / "run" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"cells": []}', encoding="utf-8")
    monkeypatch.setenv(recorder.RUN_VARIABLE, str(tmp_path / "run"))
    monkeypatch.setenv(recorder.READS_VARIABLE, str(tmp_path / "reads"))
    study = open_study("DK-2002", "DK-2007", country="DNK", language="en", places=Places(HOME))

    def read() -> set[str]:
        (tmp_path / "reads").unlink(missing_ok=True)
        assert study.findings() == ()
        return set(recorder.read_back(tmp_path / "reads", tmp_path))

    # Alone, it reads a build that has ended: whatever lies there, and that is told.
    assert read() == {"run/en", "run/en/a.ipynb", "run/en/b.ipynb"}
    # In a build, what it waits for counts by its outputs.
    monkeypatch.setenv(recorder.ORDER_VARIABLE, "b")
    monkeypatch.setenv(recorder.AFTER_VARIABLE, "da/a,en/b")
    (tmp_path / "run/en/a.ipynb").write_text("not done yet", encoding="utf-8")
    assert read() == set()
    monkeypatch.delenv(recorder.AFTER_VARIABLE)
    with pytest.raises(FindingError, match="holds no notebook that ran before it"):
        study.findings()
