"""recorder: which files a run read, the same list wherever the workbench lies."""

from pathlib import Path

import pytest

from analysis.engine import recorder


def test_files_are_kept_once_and_relative_to_the_workbench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rebuild is decided from this list; absolute paths would differ by machine."""
    home = tmp_path / "home"
    kept_in = tmp_path / "reads"
    monkeypatch.setenv(recorder.READS_VARIABLE, str(kept_in))
    for name in ("data/b.csv", "data/a.csv", "data/../data/b.csv"):
        recorder.note(home / name)
    recorder.note(tmp_path / "elsewhere.csv")
    found = recorder.read_back(kept_in, home)
    assert found == ("../elsewhere.csv", "data/a.csv", "data/b.csv")
    assert home / "data" / "a.csv" in recorder.recorded()


def test_a_run_that_read_nothing_has_an_empty_list(tmp_path: Path) -> None:
    """No announcement, no file: the same as an empty list, not an error."""
    assert recorder.read_back(tmp_path / "reads", tmp_path) == ()


def test_outside_a_run_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In JupyterLab nobody collects the list, and nothing may appear beside the notebook."""
    monkeypatch.delenv(recorder.READS_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    recorder.note(tmp_path / "c.csv")
    assert list(tmp_path.iterdir()) == []
