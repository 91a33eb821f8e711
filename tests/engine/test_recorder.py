"""recorder: what a run read, with what it held, the same list wherever the workbench lies."""

import hashlib
from pathlib import Path

import pytest

from analysis.engine.reuse import recorder


@pytest.fixture
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Announce as a run does: to a file of its own."""
    path = tmp_path / "reads"
    monkeypatch.setenv(recorder.READS_VARIABLE, str(path))
    return path


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def test_files_are_kept_once_and_relative_to_the_workbench(tmp_path: Path, kept_in: Path) -> None:
    """A rebuild is decided from this list; absolute paths would differ by machine."""
    home = tmp_path / "home"
    a, b = _write(home / "data/a.csv", "a"), _write(home / "data/b.csv", "b")
    elsewhere = _write(tmp_path / "elsewhere.csv", "c")
    for name in ("data/b.csv", "data/a.csv", "data/../data/b.csv", "../elsewhere.csv"):
        recorder.note(home / name)
    found = recorder.read_back(kept_in, home)
    assert list(found) == ["../elsewhere.csv", "data/a.csv", "data/b.csv"]
    assert found == {"../elsewhere.csv": elsewhere, "data/a.csv": a, "data/b.csv": b}
    assert home / "data" / "a.csv" in recorder.recorded()


def test_what_was_read_is_told_as_it_was_when_it_was_read(tmp_path: Path, kept_in: Path) -> None:
    """A file edited while a notebook runs was not what its numbers come from."""
    first = _write(tmp_path / "edited.csv", "before")
    recorder.note(tmp_path / "edited.csv")
    _write(tmp_path / "edited.csv", "after")
    recorder.note(tmp_path / "edited.csv")
    assert recorder.read_back(kept_in, tmp_path) == {"edited.csv": first}


def test_absent_files_and_listed_folders_are_told_but_are_no_files(
    tmp_path: Path, kept_in: Path
) -> None:
    """A table that is submitted later, or a country that is new, must rerun who looked for it."""
    folder = tmp_path / "countries"
    file = folder / "DNK" / "plans.csv"
    _write(file, "x")
    for path in (folder, file, folder / "SWE" / "plans.csv"):
        recorder.note(path)
    found = recorder.read_back(kept_in, tmp_path)
    assert found["countries/SWE/plans.csv"] == recorder.ABSENT
    assert recorder.files_in(found) == ["countries/DNK/plans.csv"]
    (folder / ".hidden").touch()
    assert recorder.state_of(folder) == found["countries"]
    (folder / "SWE").mkdir()
    assert recorder.state_of(folder) != found["countries"]


def test_a_link_that_is_led_elsewhere_is_a_change(tmp_path: Path, kept_in: Path) -> None:
    """Large sets are often links to a shared disk, one folder a release."""
    _write(tmp_path / "v1.csv", "1")
    second = _write(tmp_path / "v2.csv", "2")
    link = tmp_path / "current.csv"
    link.symlink_to("v1.csv")
    recorder.note(link)
    (noted,) = recorder.read_back(kept_in, tmp_path).items()
    link.unlink()
    link.symlink_to("v2.csv")
    assert noted[0] == "current.csv"
    assert noted[1] != recorder.state_of(tmp_path / noted[0]) == second


def test_names_with_tabs_line_ends_and_danish_letters_survive(
    tmp_path: Path, kept_in: Path
) -> None:
    """A lost line would be a dependency that nobody knows of."""
    names = ["på\u2028tværs.csv", "a\tb.csv", "a\nb.csv"]
    for name in names:
        recorder.note(tmp_path / name)
    assert list(recorder.read_back(kept_in, tmp_path)) == sorted(names)


def test_a_run_that_read_nothing_has_an_empty_list(tmp_path: Path) -> None:
    """No announcement, no file: the same as an empty list, not an error."""
    assert recorder.read_back(tmp_path / "reads", tmp_path) == {}


def test_outside_a_run_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In JupyterLab nobody collects the list, and nothing may appear beside the notebook."""
    monkeypatch.delenv(recorder.READS_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    recorder.note(tmp_path / "c.csv")
    assert list(tmp_path.iterdir()) == []
