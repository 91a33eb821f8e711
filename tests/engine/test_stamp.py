"""stamp: whether nothing changed since a build; wrong never, slow rather."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analysis.engine.reuse import stamp
from analysis.engine.reuse.stamp import Stamp

LONG_AGO_NS = 1_000_000_000_000_000_000
SAID = {"report": "outputs/x/index.html", "findings": 3}


@dataclass(frozen=True)
class Bench:
    """A workbench with a build that ended well."""

    home: Path

    @property
    def cache(self) -> Path:
        """Where the stamp lies."""
        return self.home / ".workbench"

    def path(self, name: str) -> Path:
        """Return a file of it."""
        return self.home / name

    def holds(self) -> dict[str, Any] | None:
        """Ask as the command does."""
        return stamp.holds(self.cache, "build x")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Make inputs and outputs, long ago, and stamp them."""
    names = ("data/a.csv", "data/deep/b.csv", "src/m.py", "lock", "outputs/x/1.html")
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}", encoding="utf-8")
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    inputs = [tmp_path / name for name in ("data", "src", "lock", "not-there-yet")]
    before = Stamp.of("build x", inputs)
    before.seal(tmp_path / ".workbench", tmp_path / "outputs" / "x", SAID)
    return Bench(tmp_path)


def test_nothing_changed_gives_what_was_said(bench: Bench) -> None:
    """The second build of a day should cost nothing and say the same."""
    assert bench.holds() == SAID
    assert bench.holds() == SAID
    assert stamp.holds(bench.cache, "build y") is None


@pytest.mark.parametrize("name", ["data/deep/b.csv", "src/m.py", "lock", "outputs/x/1.html"])
def test_a_touch_alone_changes_nothing(bench: Bench, name: str) -> None:
    """A git checkout there and back renews the times of files, not what they hold."""
    bench.path(name).touch()
    assert bench.holds() == SAID


CHANGES: dict[str, Callable[[Bench], object]] = {
    "edited": lambda bench: bench.path("data/a.csv").write_text("other", encoding="utf-8"),
    "added": lambda bench: bench.path("data/deep/c.csv").touch(),
    "removed": lambda bench: bench.path("src/m.py").unlink(),
    "a folder removed": lambda bench: shutil.rmtree(bench.path("data/deep")),
    "appeared": lambda bench: bench.path("not-there-yet").touch(),
    "output edited": lambda bench: bench.path("outputs/x/1.html").write_text("", encoding="utf-8"),
    "output removed": lambda bench: bench.path("outputs/x/1.html").unlink(),
    "outputs removed": lambda bench: shutil.rmtree(bench.path("outputs")),
    "output added": lambda bench: bench.path("outputs/x/2.html").touch(),
    "cache removed": lambda bench: shutil.rmtree(bench.cache),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_any_change_of_inputs_or_outputs_is_seen(
    bench: Bench, change: Callable[[Bench], object]
) -> None:
    """A report said to be up to date that is not would be quoted."""
    change(bench)
    assert bench.holds() is None


def test_an_edit_that_keeps_size_and_time_is_seen(bench: Bench) -> None:
    """Tools that restore times are common: rsync, unzip, editors on network disks."""
    path = bench.path("data/a.csv")
    path.write_text("CONTENT OF data/a.csv", encoding="utf-8")
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    assert bench.holds() is None


def test_an_edit_during_the_build_is_seen(tmp_path: Path) -> None:
    """What changed after it was read is not what the report is made of."""
    path = tmp_path / "a.csv"
    path.write_text("before", encoding="utf-8")
    before = Stamp.of("r", [path])
    path.write_text("during", encoding="utf-8")
    before.seal(tmp_path / "cache", tmp_path / "outputs", {})
    assert stamp.holds(tmp_path / "cache", "r") is None


def test_a_young_file_is_not_trusted_by_its_times(bench: Bench) -> None:
    """Two edits within one tick of the clock leave the same times: git calls them racy."""
    kept_in = next((bench.cache / "stamps").iterdir())
    kept = json.loads(kept_in.read_text(encoding="utf-8"))
    path = str(bench.path("data/a.csv"))
    entry = kept["inputs"][2][path]
    assert entry[:2] == [len("content of data/a.csv"), LONG_AGO_NS]
    entry[4] = "0" * 64  # as if the file had changed and its times had not
    kept_in.write_text(json.dumps(kept), encoding="utf-8")
    assert bench.holds() is None  # just written, so it is hashed whatever its times say


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"version": 1}', "\x00\x01"])
def test_a_broken_stamp_does_not_hold(bench: Bench, spoilt: str) -> None:
    """A disk that filled up must cost a build, not an error that nobody understands."""
    next((bench.cache / "stamps").iterdir()).write_text(spoilt, encoding="utf-8")
    assert bench.holds() is None


def test_a_package_installed_or_python_changed_is_seen(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another pandas may give other numbers, and leaves no trace in the workbench."""
    site = tmp_path / "site"
    (site / "surprise-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(site))
    assert "surprise-1.0" in stamp.installed()
    assert bench.holds() is None
    monkeypatch.undo()
    assert bench.holds() == SAID
    monkeypatch.setattr(sys, "version", "4.0.0")
    assert bench.holds() is None


def test_a_folder_that_cannot_be_written_keeps_no_stamp(tmp_path: Path) -> None:
    """A build that ended well must not fail for want of a shortcut."""
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    Stamp.of("r", []).seal(tmp_path / "cache", tmp_path / "outputs", {})
    assert stamp.holds(tmp_path / "cache", "r") is None


def test_asking_imports_nothing_heavy() -> None:
    """It is asked before anything is imported: that is all its use."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom analysis.engine.reuse import stamp\n"
        "stamp.holds(Path('.'), 'r')\nstandard = sys.stdlib_module_names\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} - standard))"
    )
    done = subprocess.run(
        [sys.executable, "-Sc", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(stamp.__file__).parents[3])},
    )
    assert done.stdout.strip() == "['__main__', 'analysis']", done.stderr
