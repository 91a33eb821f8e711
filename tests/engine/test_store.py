"""store: the old state or the new one, whatever happens to the build."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.engine import store
from analysis.errors import AnalysisError


def _fill(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def _fail_within(final: Path, **files: str) -> None:
    def build() -> None:
        with store.staging(final) as stage:
            _fill(stage, **files)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build()


def _no_library(*args: object, **kwargs: object) -> None:
    raise OSError


@pytest.fixture(params=["swapped in one step", "renamed twice"])
def final(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Test both ways into place: the second serves systems without an exchange."""
    if request.param == "renamed twice":
        monkeypatch.setattr("ctypes.CDLL", _no_library)
    return tmp_path / "outputs" / "dk"


def test_the_new_state_replaces_the_old_one_whole(final: Path) -> None:
    """A page of the last build must not survive beside the pages of this one."""
    _fill(final, old="1")
    with store.staging(final) as stage:
        _fill(stage, new="2")
        assert _content(final) == {"old": "1"}
    assert _content(final) == {"new": "2"}
    assert [path.name for path in final.parent.iterdir()] == ["dk"]


def test_a_failed_build_leaves_the_old_state(final: Path) -> None:
    """Readers keep a report that is whole, and nothing half written lies beside it."""
    _fill(final, old="1")
    _fail_within(final, new="2")
    assert _content(final) == {"old": "1"}
    assert [path.name for path in final.parent.iterdir()] == ["dk"]


def test_the_first_build_needs_no_old_state(final: Path) -> None:
    """A fresh clone has no outputs."""
    with store.staging(final) as stage:
        _fill(stage, new="2")
    assert _content(final) == {"new": "2"}


def test_what_a_killed_build_left_is_cleared(final: Path) -> None:
    """Nobody should have to delete hidden folders by hand."""
    _fill(final, old="1")
    _fill(final.parent / ".dk.new", half="x")
    _fill(store.aside(final), failed="x")
    with store.staging(final) as stage:
        assert _content(stage) == {}
        assert not store.aside(final).exists()
        _fill(stage, new="2")
    assert [path.name for path in final.parent.iterdir()] == ["dk"]


def test_a_build_killed_between_two_renames_is_undone(final: Path) -> None:
    """The one moment without a final folder must not lose the old state."""
    _fill(final.parent / ".dk.old", old="1")
    _fill(final.parent / ".dk.new", half="x")
    _fail_within(final, new="2")
    assert _content(final) == {"old": "1"}


def test_a_second_build_of_the_folder_is_refused_and_a_killed_one_frees_it(final: Path) -> None:
    """Two builds at once would mix; a lock that outlives its holder would block for ever."""
    _fill(final, old="1")
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom analysis.engine.store import staging\n"
        "with staging(Path(sys.argv[1])):\n    print('in', flush=True)\n    time.sleep(60)\n"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", script, str(final)], stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "in\n"
    with (
        pytest.raises(AnalysisError, match="dk: another build is writing this folder"),
        store.staging(final),
    ):
        pass
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    with store.staging(final) as stage:
        _fill(stage, new="2")
    assert _content(final) == {"new": "2"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A file of that name is somebody's work."""
    (tmp_path / "dk").write_text("mine", encoding="utf-8")
    with pytest.raises(AnalysisError, match="dk: is a file"), store.staging(tmp_path / "dk"):
        pass
    assert (tmp_path / "dk").read_text(encoding="utf-8") == "mine"


def test_a_place_that_cannot_be_written_is_told_clearly(tmp_path: Path) -> None:
    """A read-only or full disk is the user's to mend, so no traceback."""
    (tmp_path / "outputs").write_text("", encoding="utf-8")
    with (
        pytest.raises(AnalysisError, match="dk: cannot be written in"),
        store.staging(tmp_path / "outputs" / "dk"),
    ):
        pass


def _write(into: Path, final: Path) -> None:
    with store.staging(final) as stage:
        _fill(stage, half="2")
        into.write_text("3", encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_disk_that_fills_up_in_the_middle_is_told_and_changes_nothing(final: Path) -> None:
    """Whoever runs out of room in the last minute of a build should read that, no traceback."""
    _fill(final, old="1")
    with pytest.raises(AnalysisError, match=r"\(No space left on device\)\. Make room"):
        _write(Path("/dev/full"), final)
    assert _content(final) == {"old": "1"}
    assert [path.name for path in final.parent.iterdir()] == ["dk"]


def test_another_error_of_the_system_keeps_its_traceback(final: Path) -> None:
    """A folder that a build forgot to make is a bug of ours, and no full disk."""
    with pytest.raises(FileNotFoundError):
        _write(final / "forgotten" / "page.html", final)
