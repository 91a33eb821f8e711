"""A report built again: what did not change is taken over, what did is made, nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from analysis import evaluations
from analysis.engine.running.run import Limits
from analysis.errors import AnalysisError, CellError, EvaluationError, ReportError
from analysis.flow import building, built, report_stamp
from analysis.flow.building import Built
from analysis.flow.report_jobs import jobs
from analysis.flow.report_kept import Kept
from analysis.places import HOME_VARIABLE, Places
from analysis.reporting import document

HOME = Path(__file__).parents[2]
ID = "denmark-2002-2007"
HEAVY = ("yaml", "jsonschema", "pandas", "numpy", "papermill", "nbformat", "matplotlib", "grimp")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A workbench whose evaluation has two notebooks."""
    for name in ("data", "evaluations", "notebooks"):
        shutil.copytree(HOME / name, tmp_path / name)
    (tmp_path / "outputs").mkdir()
    _change(
        Places(tmp_path),
        lambda file: file.update(notebooks=[{"name": "policy_index"}, {"name": "support"}]),
    )
    return Places(tmp_path)


def _change(places: Places, change: Callable[[dict[str, Any]], object], to: str = ID) -> None:
    content = yaml.safe_load((places.evaluations / f"{ID}.yml").read_text(encoding="utf-8"))
    content["protocol"]["written"] = str(content["protocol"]["written"])
    change(content)
    text = yaml.safe_dump(content, allow_unicode=True)
    (places.evaluations / f"{to}.yml").write_text(text, encoding="utf-8")


def _edit(places: Places, name: str, place: int, more: str) -> None:
    """Add to the source of one cell, as an author does."""
    path = places.notebooks / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = notebook["cells"][place]
    cell["source"] = "".join(cell["source"]) + more
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _place(places: Places, name: str, tag: str) -> int:
    """Find the last cell of a notebook that bears a tag."""
    notebook = json.loads((places.notebooks / f"{name}.ipynb").read_text(encoding="utf-8"))
    return max(
        place
        for place, cell in enumerate(notebook["cells"])
        if tag in cell["metadata"].get("tags", ())
    )


def _build(places: Places, **options: Any) -> Built:
    looked = report_stamp.look(places, None, {})
    return building.build(places, evaluations.read(places, ID), looked=looked, **options)


def _tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _mark(places: Places, part: str) -> Path:
    """Change a file of the last report and its checksum: if it is taken over, it shows."""
    path = places.outputs / ID / "report" / part
    path.write_bytes(path.read_bytes() + b"\n")
    for note in (places.cache / "reports" / ID).glob("*.json"):
        noted = json.loads(note.read_text(encoding="utf-8"))
        if f"report/{part}" in noted["files"]:
            noted["files"][f"report/{part}"] = hashlib.sha256(path.read_bytes()).hexdigest()
            note.write_text(json.dumps(noted), encoding="utf-8")
    return path


def test_a_build_of_what_did_not_change_imports_nothing_heavy(places: Places) -> None:
    """Whoever builds out of habit waits a moment, not a minute, and is told the same."""
    first = _build(places)
    before = _tree(places.outputs)
    code = (
        "import sys\nfrom analysis.cli import main\ntry:\n    main(['build'])\n"
        "finally:\n    print(sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, HOME_VARIABLE: str(places.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "Nothing has changed since the last build.\n"
        f"4 notebooks (4 unchanged), {first.findings} findings, 0 seconds.\n{first.report}\n"
    )
    assert not {name for name in HEAVY if f"'{name}'" in done.stderr}
    assert _tree(places.outputs) == before


@pytest.mark.soak
def test_only_what_shows_a_change_is_made_anew(places: Places) -> None:
    """A sentence in one language costs one document, and comes out as in a build from nothing."""
    _build(places)
    _edit(places, "support", _place(places, "support", "lang-en"), "\n\nOne sentence more.")
    danish, english = _mark(places, "report-da.pdf"), _mark(places, "report-en.pdf")
    danish_marked, english_marked = danish.read_bytes(), english.read_bytes()
    again = _build(places)
    assert (again.notebooks, again.reused) == (4, 2)
    assert danish.read_bytes() == danish_marked
    assert english.read_bytes() != english_marked
    assert "One sentence more." in (again.folder / "report/en/support.html").read_text("utf-8")
    taken_over = _tree(again.folder)
    assert report_stamp.unchanged(places, None, {}) is not None
    anew = _build(places, rerun=True)
    assert anew.reused == 0
    made = _tree(anew.folder)
    # The manifest names the document by its hash.
    marked = {"report/report-da.pdf", "ro-crate-metadata.json"}
    assert {name for name in made if made[name] != taken_over[name]} == marked
    assert made.keys() == taken_over.keys()


def test_a_report_that_somebody_edited_or_removed_is_written_anew(places: Places) -> None:
    """Outputs are rebuilt and never edited: what a build leaves is what its inputs give."""
    first = _build(places)
    before = _tree(first.folder)
    (first.folder / "report" / "report-en.pdf").unlink()
    (first.folder / "report" / "index.html").write_text("edited", encoding="utf-8")
    assert report_stamp.unchanged(places, None, {}) is None
    again = _build(places)
    assert (again.reused, _tree(again.folder)) == (4, before)


@pytest.mark.soak
def test_a_failing_cell_is_named_and_the_runs_that_went_well_are_not_run_again(
    places: Places,
) -> None:
    """An hour of runs is not lost to a slip in the last notebook."""
    first = _build(places)
    before = _tree(first.folder)
    _edit(places, "policy_index", _place(places, "policy_index", "lang-en"), " ")
    _edit(places, "support", _place(places, "support", "parameters") + 1, "\n\n1 / 0")
    with pytest.raises(CellError) as failed:
        _build(places)
    message = str(failed.value)
    assert "support.ipynb (run as da/support)" in message
    assert "support.ipynb (run as en/support)" in message
    assert message.count("(`1 / 0`) raised ZeroDivisionError") == 2
    assert len(re.findall(r"cell \d+, line \d+ \(`1 / 0`\)", message)) == 2
    assert (places.outputs / f"{ID}.failed" / "da" / "support.ipynb").is_file()
    assert _tree(first.folder) == before
    shutil.copy(HOME / "notebooks" / "support.ipynb", places.notebooks)
    mended = _build(places)
    assert mended.reused == 4


@pytest.mark.soak
def test_cleaning_takes_the_cache_only_when_asked(places: Places) -> None:
    """Outputs come back in seconds as long as the runs are kept; a full disk wants both gone."""
    _build(places)
    assert built.clean(places) == [places.outputs / ID]
    assert places.cache.is_dir()
    assert _build(places).reused == 4
    assert built.clean_cache(places) == [places.cache]
    assert not places.cache.exists()
    assert (places.outputs / ID / "report" / "index.html").is_file()
    assert built.clean_cache(places) == []


def test_limits_of_an_evaluation_reach_its_runs(places: Places) -> None:
    """A notebook that is known to need an hour says so; the others stay bounded."""
    own = {"name": "support", "limits": {"seconds": 3600.0}}
    _change(
        places,
        lambda file: file.update(limits={"memory_mb": 512}, notebooks=[{"name": "plans"}, own]),
    )
    chosen = evaluations.read(places, ID)
    limits = {job.name: job.limits for job in jobs(places, chosen, places.outputs)}
    assert limits["da/plans"] == Limits(memory_mb=512)
    assert limits["en/support"] == Limits(seconds=3600, memory_mb=512)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"seconds": 0}, "at limits.seconds: out of range. Write whole seconds"),
        ({"memory_mb": 10**9}, "at limits.memory_mb: out of range. Write whole megabytes"),
        ({"memory": 512}, "at limits: unknown key 'memory'. Did you mean memory_mb?"),
        ({"output_mb": "much"}, "at limits.output_mb: the wrong kind of value."),
    ],
)
def test_a_limit_that_cannot_be_one_is_refused(
    places: Places, limits: dict[str, Any], message: str
) -> None:
    """A slip in a unit would end every run, or bound none."""
    _change(places, lambda file: file.update(limits=limits))
    with pytest.raises(EvaluationError, match=message):
        evaluations.read(places, ID)


@pytest.mark.parametrize("name", [f"{ID}.yaml", f"{ID.upper()}.yml", f"{ID.title()}.YAML"])
def test_two_evaluations_that_would_write_one_folder_are_refused(places: Places, name: str) -> None:
    """Whose report lies there would be a matter of who came last."""
    shutil.copy(places.evaluations / f"{ID}.yml", places.evaluations / name)
    with pytest.raises(EvaluationError, match=rf"2 files would write one folder, outputs/{ID} "):
        evaluations.read(places, ID)


def test_an_evaluation_cannot_take_the_folder_of_single_runs(places: Places) -> None:
    """Its build would remove what `workbench run` left."""
    _change(places, lambda file: None, to="Runs")
    with pytest.raises(EvaluationError, match=r"outputs/Runs is kept for `workbench run`"):
        evaluations.read(places, "Runs")


def test_outputs_that_cannot_be_written_stop_a_build_before_anything_runs(places: Places) -> None:
    """Ten minutes of runs for a report that cannot be put down would be ten too many."""
    places.outputs.rmdir()
    places.outputs.write_text("in the way", encoding="utf-8")
    events: list[object] = []
    with pytest.raises(AnalysisError, match=r"cannot be written in .*outputs") as refused:
        _build(places, on_event=events.append)
    assert (refused.value.exit_code, events) == (2, [])
    assert not places.cache.joinpath("traces").exists()


def test_a_part_is_taken_over_only_if_it_is_as_it_was_noted(tmp_path: Path) -> None:
    """A torn note, another fingerprint or a changed file costs time, never a wrong page."""
    last, into = tmp_path / "last", tmp_path / "into"
    (last / "report").mkdir(parents=True)
    into.mkdir()
    (last / "report" / "a.html").write_text("a", encoding="utf-8")
    (last / "report" / "b.pdf").write_text("b", encoding="utf-8")
    kept = Kept(last, tmp_path / "notes")
    kept.note("report", ["made from this"], last, besides=["report/b.pdf"])
    assert not kept.take("report", "made from that", into)
    assert kept.take("report", "made from this", into)
    assert _tree(into) == {"report/a.html": hashlib.sha256(b"a").hexdigest()}
    assert not Kept(last, tmp_path / "notes", taken_over=False).take(
        "report", "made from this", into
    )
    (last / "report" / "a.html").write_text("edited", encoding="utf-8")
    assert not kept.take("report", "made from this", into)
    (tmp_path / "notes" / "report.json").write_text('{"version": 1, "fr', encoding="utf-8")
    assert not kept.take("report", "made from this", into)


def test_no_process_is_left_of_a_document_that_is_no_longer_wanted(tmp_path: Path) -> None:
    """Ctrl-C while a document is set must end the setting too."""
    before = set(psutil.Process().children())
    started: list[psutil.Process] = []
    with pytest.raises(KeyboardInterrupt):
        _interrupted(tmp_path / "report.pdf", before, started)
    (process,) = started
    assert not process.is_running()
    assert list(tmp_path.iterdir()) == []


def _interrupted(out: Path, before: set[psutil.Process], started: list[psutil.Process]) -> None:
    with document.being_set("{}", "en", out):
        started += set(psutil.Process().children()) - before
        raise KeyboardInterrupt


def test_a_document_whose_process_was_killed_is_told_as_such(tmp_path: Path) -> None:
    """A machine without memory kills what is largest; that is no fault of the report."""
    before = set(psutil.Process().children())
    with document.being_set("{}", "en", tmp_path / "report.pdf") as write:
        (process,) = set(psutil.Process().children()) - before
        process.kill()
        with pytest.raises(ReportError, match=r"document \(en\): the process .* ended unexpected"):
            write()
