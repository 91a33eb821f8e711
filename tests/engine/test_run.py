"""run: one notebook in one kernel, strict, isolated, the same bytes each time."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.engine.events import Event
from analysis.engine.running.run import Job, Limits, run_job
from analysis.errors import CellError, NotebookError, ParameterError

FIRST = "year = 2007  # first year\nplan = 'DK-2007'  # plan"

# Everything here differs from run to run unless the engine sees to it.
FICKLE = """\
import os, socket, sys, warnings
from pathlib import Path
from typing import Any
print(os.getcwd(), os.environ["TMPDIR"], sys.executable, socket.gethostname())
warnings.warn("at a line of a cell")
print(set("abcdefgh"), os.environ["TZ"], os.environ["OMP_NUM_THREADS"])
object()
"""
FIGURE = """\
import io
import matplotlib.pyplot as plt
from IPython.display import SVG, display
figure, axes = plt.subplots(figsize=(2, 1))
axes.plot([1, 2], [7, 22], clip_on=True)
drawn = io.StringIO()
figure.savefig(drawn, format="svg")
display(SVG(drawn.getvalue()))
"""
READS = """\
from pathlib import Path
from typing import Any
from analysis.engine.reuse.recorder import note
from analysis.places import find_places
home = find_places().home
note(home / "data" / "published" / "a.csv")
Path("left-behind.txt").write_text("x")
print(year, plan)
"""


def _left(work: Path) -> list[Path]:
    """What a run left. Where ``work`` lies too deep for sockets it is not used at all."""
    return list(work.iterdir()) if work.exists() else []


def _workbench(home: Path) -> Path:
    (home / "evaluations").mkdir(parents=True)
    (home / "data" / "published").mkdir(parents=True)
    return home


def _outputs(path: Path) -> list[dict[str, Any]]:
    loaded = json.loads(path.read_text(encoding="utf-8"))
    return [output for cell in loaded["cells"] for output in cell.get("outputs", [])]


TwoRuns = tuple[list[Path], list[Event]]


@pytest.fixture(scope="module")
def two_runs(
    tmp_path_factory: pytest.TempPathFactory, write_notebook: Callable[..., Path]
) -> TwoRuns:
    """Run one fickle notebook in two workbenches, the second in another environment."""
    paths: list[Path] = []
    events: list[Event] = []
    for turn in ("one", "two"):
        home = _workbench(tmp_path_factory.mktemp(turn))
        with pytest.MonkeyPatch.context() as patch:
            if turn == "two":
                patch.setenv("TZ", "Asia/Tokyo")
                patch.setenv("PYTHONHASHSEED", "7")
                patch.setenv("LC_ALL", "da_DK.UTF-8")
            (home / "data" / "published" / "a.csv").write_text("1\n")
            notebook = write_notebook(home / "notebooks" / "a.ipynb", FIRST, FICKLE, FIGURE, READS)
            job = Job("en/a", notebook, {"year": "2008", "plan": "Å"})
            done = run_job(job, home / "out", home / "work", on_event=events.append)
        assert not _left(home / "work")
        paths.append(done.path)
    return paths, events


def test_two_runs_in_two_places_give_the_same_bytes(two_runs: TwoRuns) -> None:
    """Only then does a difference between two reports mean that something changed."""
    (one, two), _ = two_runs
    assert one.name == "a.ipynb"
    assert one.parent.name == "en"
    assert one.read_bytes() == two.read_bytes()


def test_figures_and_texts_survive_the_run(two_runs: TwoRuns) -> None:
    """A build that loses every figure still exits 0: equal bytes alone prove nothing."""
    (one, _), _ = two_runs
    kinds = [kind for output in _outputs(one) for kind in output.get("data", {})]
    assert kinds.count("image/png") == 1
    assert kinds.count("image/svg+xml") == 1
    printed = "".join("".join(output.get("text", "")) for output in _outputs(one))
    assert "[run]/here [run]/tmp [python]/bin/python" in printed
    assert "UTC 1\n" in printed
    assert "2008 Å\n" in printed


def test_the_executed_notebook_says_what_it_was_given_and_what_it_read(two_runs: TwoRuns) -> None:
    """The record must tell which run it is of; a rebuild is decided from the reads."""
    (one, _), _ = two_runs
    loaded = json.loads(one.read_text(encoding="utf-8"))
    assert loaded["metadata"]["workbench"] == {
        "notebook": "a.ipynb",
        "parameters": {"year": 2008, "plan": "Å"},
        "reads": ["data/published/a.csv"],
        "files": ["left-behind.txt"],
    }
    assert "papermill" not in one.read_text(encoding="utf-8")
    injected = loaded["cells"][1]
    assert "".join(injected["source"]) == "# Parameters\nyear = 2008\nplan = 'Å'"
    assert [cell["id"] for cell in loaded["cells"]] == [
        "c0",
        "injected-parameters",
        "c1",
        "c2",
        "c3",
    ]


def test_each_cell_is_told_as_its_author_counts_them(two_runs: TwoRuns) -> None:
    """The display and error messages must name cells by the source notebook."""
    _, events = two_runs
    first = events[: len(events) // 2]
    assert first[0] == Event("started", "en/a", cells=4)
    assert [event.cell for event in first if event.kind == "cell"] == [1, 1, 2, 3, 4]
    assert first[-1].kind == "finished"


def _fails(
    tmp_path: Path, write_notebook: Callable[..., Path], *cells: str, seconds: int = 60
) -> str:
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, *cells)
    with pytest.raises(CellError) as failed:
        run_job(
            Job("a", notebook, limits=Limits(seconds=seconds)), tmp_path / "out", tmp_path / "work"
        )
    kept = tmp_path / "out" / "failed" / "a.ipynb"
    assert str(failed.value).endswith(f" The executed part lies in {kept}.")
    assert kept.exists()
    assert not (tmp_path / "out" / "a.ipynb").exists()
    assert not _left(tmp_path / "work")
    return str(failed.value).removesuffix(f" The executed part lies in {kept}.")


def test_our_own_errors_are_told_with_their_message(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """They say what to do, and are written so that they hold no data."""
    source = (
        "from analysis.errors import DataError\nraise DataError('a.csv: row 3 is odd. Mend it.')"
    )
    assert _fails(tmp_path, write_notebook, "1 + 1", source) == (
        "a.ipynb (run as a): cell 3, line 2 (`raise DataError('a.csv: row 3 is odd. Mend it.')`) "
        "raised DataError: a.csv: row 3 is odd. Mend it."
    )


def test_other_errors_are_told_without_their_message(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A library's message can quote a person's data, even under the name of one of ours."""
    source = "\nfrom pandas.errors import DataError\nname = 'Ada'\nraise DataError(name)"
    told = _fails(tmp_path, write_notebook, source)
    assert told == (
        "a.ipynb (run as a): cell 2, line 4 (`raise DataError(name)`) raised DataError "
        "(its message may hold data and is not repeated)."
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import sys; sys.exit()", "cell 2 stopped the notebook with SystemExit before its end"),
        ("import os; os._exit(3)", "cell 2 ended its kernel"),
        ("while True: pass", "cell 2 did not end within the 2 seconds"),
    ],
)
def test_a_notebook_that_does_not_reach_its_end_fails(
    tmp_path: Path, write_notebook: Callable[..., Path], source: str, told: str
) -> None:
    """Papermill counts sys.exit() as success; a dead or endless kernel must not hang a build."""
    assert told in _fails(
        tmp_path, write_notebook, source, "1", seconds=2 if "while" in source else 60
    )


def test_parameters_are_refused_before_a_kernel_starts(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A slip should cost a second, not a build."""
    events: list[Event] = []
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST)
    with pytest.raises(ParameterError, match=r"has no parameter yaer\. Did you mean year\?"):
        run_job(
            Job("a", notebook, {"yaer": 1}), tmp_path, tmp_path / "work", on_event=events.append
        )
    assert events == []


def test_a_kernel_that_cannot_start_is_told_with_its_own_words(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A broken installation is not the notebook's fault: exit code 2, and the reason."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "ipykernel_launcher.py").write_text("raise SystemExit('no zmq here')")
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST)
    job = Job("a", notebook, environment={"PYTHONPATH": str(tmp_path / "broken")})
    with pytest.raises(NotebookError, match=r"no kernel could be started.*no zmq here"):
        run_job(job, tmp_path / "out", tmp_path / "work")


def test_an_output_folder_that_cannot_be_written_is_told_clearly(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """A full or read-only disk is the user's to mend."""
    (tmp_path / "out").write_text("")
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST)
    with pytest.raises(NotebookError, match=r"a\.ipynb: the executed notebook cannot be written"):
        run_job(Job("a", notebook), tmp_path / "out", tmp_path / "work")


def _without_network() -> list[str] | None:
    for flags in (["-n"], ["-rn"]):
        tried = ["unshare", *flags]
        if (
            shutil.which("unshare")
            and subprocess.run([*tried, "true"], check=False).returncode == 0
        ):
            return tried
    return None


def test_a_run_needs_neither_network_nor_an_installed_kernelspec(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """No port can be bound where even the loopback is down; a stale kernelspec is common."""
    unshared = _without_network()
    if unshared is None:
        pytest.skip("this system does not let us make a network namespace")
    notebook = write_notebook(tmp_path / "a.ipynb", FIRST, "print(year + 1)")
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from analysis.engine.running.run import Job, run_job\n"
        "base = Path(sys.argv[1])\n"
        "run_job(Job('a', base / 'a.ipynb'), base / 'out', base / 'work')\n"
    )
    stale = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    stale.parent.mkdir(parents=True)
    stale.write_text('{"argv": ["/gone/python"], "display_name": "3", "language": "python"}')
    environment = os.environ | {"JUPYTER_PATH": str(tmp_path / "jupyter")}
    ran = subprocess.run(
        [*unshared, sys.executable, "-c", script, str(notebook.parent)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    (output,) = _outputs(tmp_path / "out" / "a.ipynb")
    assert output["text"] == ["2008\n"]
