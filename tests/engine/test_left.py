"""left: what a run leaves is kept beside its notebook, whole or not at all."""

import json
import os
import shutil
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.engine.running import left
from analysis.engine.running.rooms import temporary_folder
from analysis.engine.running.run import Job, Limits, run_job
from analysis.errors import CellError

FIRST = "n = 1  # number"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Make the folder that a kernel worked in."""
    folder = tmp_path / "room" / "here"
    folder.mkdir(parents=True)
    return folder


def _write(path: Path, here: Path, *, text: str = "{}") -> tuple[Path, ...]:
    return left.write(path, text, page=None, left=left.find(here), here=here)


def test_only_files_within_the_folder_are_kept(here: Path, tmp_path: Path) -> None:
    """A link out of the folder would carry a user's own files into a report."""
    (here / "deep").mkdir()
    (here / "deep" / "table.csv").write_text("1")
    (here / "same.csv").symlink_to("deep/table.csv")
    (tmp_path / "private.txt").write_text("mine")
    (here / "out.txt").symlink_to(tmp_path / "private.txt")
    (here / "outside").symlink_to(tmp_path)
    (here / "circle").symlink_to("circle")
    os.mkfifo(here / "pipe")
    (here / "__pycache__").mkdir()
    (here / "__pycache__" / "m.pyc").write_text("at 12:03")
    short = temporary_folder()
    (short / "link").symlink_to(here)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(short / "link" / "socket"))
        found = left.find(here)
    shutil.rmtree(short)
    assert found.files == (Path("deep/table.csv"), Path("same.csv"))
    assert found.size_bytes == 2
    assert found.dropped == ("circle", "out.txt", "outside", "pipe", "socket")


def test_files_of_an_earlier_run_do_not_stay(here: Path, tmp_path: Path) -> None:
    """A table that this run did not write would be read as its result."""
    (here / "old.csv").write_text("1")
    path = tmp_path / "out" / "en" / "a.ipynb"
    assert _write(path, here) == (tmp_path / "out" / "en" / "a.files" / "old.csv",)
    (here / "old.csv").rename(here / "new.csv")
    (kept,) = _write(path, here)
    assert [each.name for each in kept.parent.iterdir()] == ["new.csv"]
    (here / "new.csv").unlink()
    assert _write(path, here) == ()
    assert [each.name for each in path.parent.iterdir()] == ["a.ipynb"]


def test_two_archives_of_one_content_become_the_same_bytes(here: Path, tmp_path: Path) -> None:
    """A workbook holds when it was written; a report must be the same tomorrow."""
    kept: list[Path] = []
    for turn, year in (("one", 1999), ("two", 2024)):
        with zipfile.ZipFile(here / "a.zip", "w") as archive:
            archive.writestr(zipfile.ZipInfo("b.txt", (year, 1, 1, 0, 0, 0)), "2")
        kept += _write(tmp_path / turn / "a.ipynb", here)
    assert kept[0].read_bytes() == kept[1].read_bytes()


def test_what_is_called_an_archive_and_is_none_is_kept_as_it_is(here: Path, tmp_path: Path) -> None:
    """A notebook may write what it likes; it must not be lost for its name."""
    (here / "a.zip").write_text("no archive")
    (kept,) = _write(tmp_path / "a.ipynb", here)
    assert kept.read_text() == "no archive"


def test_a_write_that_fails_leaves_what_was_there(here: Path, tmp_path: Path) -> None:
    """A disk that fills up must not cost the last good run."""
    (here / "a.csv").write_text("1")
    path = tmp_path / "out" / "a.ipynb"
    _write(path, here, text="old")
    before = {each: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()}
    found = left.find(here)
    (here / "a.csv").unlink()  # as if it could not be read any more
    with pytest.raises(OSError, match=r"a\.csv"):
        left.write(path, "new", page="new", left=found, here=here)
    assert {each: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()} == before
    assert sorted(each.name for each in path.parent.iterdir()) == ["a.files", "a.ipynb"]


LEAVES = """\
import os
from pathlib import Path
Path("figures").mkdir()
Path("figures", "a.txt").write_text("kept")
Path(os.environ["TMPDIR"], "b.txt").write_text("not kept")
"""


def test_a_run_keeps_what_its_notebook_wrote(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The folder a kernel works in is removed; a table written there is a result."""
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, LEAVES)
    done = run_job(Job("en/a", notebook), tmp_path / "out", tmp_path / "work")
    assert done.files == (tmp_path / "out" / "en" / "a.files" / "figures" / "a.txt",)
    assert done.files[0].read_text() == "kept"
    told = json.loads(done.path.read_text(encoding="utf-8"))["metadata"]["workbench"]
    assert told["files"] == ["figures/a.txt"]


def test_a_run_that_leaves_too_much_fails_and_keeps_its_notebook(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """Outputs go into reports and caches: a forgotten intermediate file must not fill a disk."""
    source = "with open('big', 'wb') as f: f.truncate(17 << 20)"
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, source)
    job = Job("a", notebook, limits=Limits(output_mb=1))
    with pytest.raises(CellError) as failed:
        run_job(job, tmp_path / "out", tmp_path / "work")
    kept = tmp_path / "out" / "failed" / "a.ipynb"
    assert str(failed.value) == (
        "a.ipynb (run as a): 1 files with 17 MB were left in the folder it worked in, more than "
        f"the 16 MB allowed for the notebook. The executed part lies in {kept}."
    )
    assert [each.name for each in (tmp_path / "out").rglob("*.*")] == ["a.ipynb"]
