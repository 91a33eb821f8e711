"""A build's manifest, and a report built again from it: identical, or what differs named."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rocrate.rocrate import ROCrate

from analysis import evaluations
from analysis.engine.manifest import file as manifest
from analysis.engine.manifest import state as manifest_state
from analysis.engine.manifest.crate import Crate
from analysis.engine.running.run import Executed
from analysis.errors import AnalysisError, CellError
from analysis.flow import building, proving
from analysis.places import Places

HOME = Path(__file__).parents[2]
ID = "small"
PARAMETERS = """\
baseline = "DK-2002"  # the earlier plan
current = "DK-2007"  # the later plan
country = "DNK"  # whose figures
language = "en"  # da or en
seed = 7  # of what chance decides"""
OPEN = """\
from pathlib import Path
from analysis.reporting import tables
from analysis.study import open_study

study = open_study(baseline, current, country=country, language=language)"""
LINKED = """\
study.record_links("plans.links")
tables.rows_table("plans.links", study.listing("links"), language=language)"""
PROSECUTED = """\
study.record("prosecution.prosecuted", study.compare(study.series("persons_{}")))"""
LEFT = 'Path("left.txt").write_text("left")'


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """A workbench of two notebooks, the second of which waits for the first; built once."""
    home = tmp_path_factory.mktemp("proved")
    (home / "notebooks").mkdir()
    (home / "evaluations").mkdir()
    for part in ("codelists", "published"):
        shutil.copytree(HOME / "data" / part, home / "data" / part)
    write_notebook(home / "notebooks" / "plans.ipynb", LINKED)
    write_notebook(home / "notebooks" / "prosecution.ipynb", PROSECUTED.format("prosecuted"), LEFT)
    path = HOME / "evaluations" / "denmark-2002-2007.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["protocol"]["written"] = str(content["protocol"]["written"])
    content["languages"] = ["en"]
    content["notebooks"] = [{"name": "plans"}, {"name": "prosecution", "after": ["plans"]}]
    content["front_page"] = {
        "answer": ["plans.links"],
        "outcomes": [],
        "changed": [],
        "counted": [{"findings": ["prosecution.prosecuted"]}],
        "missing": [],
    }
    text = yaml.safe_dump(content, allow_unicode=True)
    (home / "evaluations" / f"{ID}.yml").write_text(text, encoding="utf-8")
    build(Places(home))
    return Places(home)


def write_notebook(path: Path, *analysis: str) -> None:
    """Write a notebook of a title in both languages, its parameters, and code."""
    cells: list[dict[str, Any]] = [
        {
            "id": f"title-{tag}",
            "cell_type": "markdown",
            "metadata": {"tags": [tag]},
            "source": "# A",
        }
        for tag in ("lang-da", "lang-en")
    ]
    for number, source in enumerate((PARAMETERS, OPEN, *analysis)):
        tags = ["parameters"] if source == PARAMETERS else []
        cell = {"id": f"code-{number}", "cell_type": "code", "metadata": {"tags": tags}}
        cells.append(cell | {"source": source, "outputs": [], "execution_count": None})
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(notebook), encoding="utf-8")


def build(places: Places) -> Path:
    """Build the evaluation; return its folder."""
    return building.build(places, evaluations.read(places, ID)).folder


@pytest.fixture
def crate(places: Places) -> Crate:
    """What the manifest of the build says."""
    return manifest.read(places.outputs / ID)


@pytest.fixture
def restored(places: Places) -> Iterator[None]:
    """Put notebooks and outputs back as they were before a test changed them."""
    kept = Path(tempfile.mkdtemp())
    for name in ("notebooks", "outputs"):
        shutil.copytree(places.home / name, kept / name)
    yield
    for name in ("notebooks", "outputs"):
        shutil.rmtree(places.home / name)
        shutil.copytree(kept / name, places.home / name)
    shutil.rmtree(kept)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of one's own, to see what is left there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def states(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Every file of a folder: what it holds, when it was written, which one it is."""
    return {
        str(path): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
            path.stat().st_ino,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_manifest_names_all_that_decides_the_report(places: Places, crate: Crate) -> None:
    """What it leaves out could change, and the report would still be called the same."""
    assert crate.plan == f"evaluations/{ID}.yml"
    inputs = {one.path: one for one in crate.inputs}
    assert {crate.plan, "notebooks/plans.ipynb", "notebooks/prosecution.ipynb"} < {*inputs}
    assert any(path.startswith("data/published/international/unodc_glotip/") for path in inputs)
    for path, one in inputs.items():
        assert one == manifest_state.read_now(places.home, path)
    assert {one.source.rpartition("/")[2] for one in crate.data_sets} == {
        *("PROVENANCE.md", "SOURCES.md")
    }
    plans, prosecution = crate.runs
    assert prosecution.parameters == {
        **{"baseline": "DK-2002", "current": "DK-2007", "country": "DNK"},
        **{"language": "en", "seed": 7},
    }
    assert prosecution.notebook == "notebooks/prosecution.ipynb"
    assert prosecution.after == (plans.name,) == ("en/plans",)
    assert prosecution.results == (
        *("notebooks/en/prosecution.ipynb", "notebooks/en/prosecution.files/left.txt"),
    )
    assert {*prosecution.reads} <= {*inputs}


def test_the_manifest_names_every_file_with_its_hash(places: Places, crate: Crate) -> None:
    """A page that is not named could be altered unseen."""
    folder = places.outputs / ID
    files = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != manifest.NAME
    }
    assert {one.path: one.sha256 for one in crate.outputs} == files
    assert {Path(path).suffix for path in files} > {".ipynb", ".html", ".pdf", ".xlsx", ".parquet"}


def test_the_manifest_tells_nothing_of_whose_machine_it_was(places: Places) -> None:
    """It is published with the report."""
    text = (places.outputs / ID / manifest.NAME).read_text(encoding="utf-8")
    for told in (places.home, HOME, Path.home()):
        assert f'"{told}' not in text
        assert f"{told}/" not in text


def test_the_manifest_is_a_research_object(places: Places, crate: Crate) -> None:
    """Archives and registries read RO-Crates, not formats of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = ROCrate(places.outputs / ID)  # type: ignore[no-untyped-call]
    assert len(found.data_entities) == len(crate.outputs)
    assert len(found.root_dataset["mentions"]) == len(crate.runs) + 1


def test_a_build_that_reuses_runs_gives_the_same_manifest(places: Places, crate: Crate) -> None:
    """How a report was come by must not show in what proves it."""
    build(places)
    assert manifest.read(places.outputs / ID) == crate


def test_a_report_built_again_is_identical(places: Places, crate: Crate, temporary: Path) -> None:
    """The one thing that the whole engine is for; and the report in hand is not touched."""
    before = states(places.outputs)
    found = proving.reproduce(places, places.outputs / ID / manifest.NAME)
    assert found.identical, found.differences
    assert found.outputs == len(crate.outputs)
    assert states(places.outputs) == before
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("restored")
def test_other_inputs_are_refused_and_then_their_traces_named(
    places: Places, temporary: Path
) -> None:
    """Somebody who has the wrong state is told so, before minutes of work and after."""
    write_notebook(
        places.notebooks / "prosecution.ipynb", PROSECUTED.format("convicted"), 'print("Ann")'
    )
    (places.outputs / ID / "report" / "report.css").write_text("altered")
    before = states(places.outputs)
    with pytest.raises(AnalysisError, match=r"notebooks/prosecution\.ipynb: is not what was read"):
        proving.reproduce(places, places.outputs / ID)
    found = proving.reproduce(places, places.outputs / ID, anyway=True)
    assert found.inputs_that_differ == ("notebooks/prosecution.ipynb: is not what was read",)
    told = {(one.path, one.kind): one.where for one in found.differences}
    assert told["report/report.css", "altered"] == ""
    assert told["notebooks/en/prosecution.files/left.txt", "missing"] == ""
    # After the injected parameters the code cells are the 4th, 5th and 6th.
    assert told["notebooks/en/prosecution.ipynb", "changed"] == "cell 6 (code): its source"
    assert ("report/en/prosecution.html", "changed") in told
    assert ("notebooks/en/plans.ipynb", "changed") not in told
    assert "Ann" not in repr(found)
    assert states(places.outputs) == before
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("restored")
def test_a_manifest_alone_is_enough(places: Places, tmp_path: Path) -> None:
    """It may come by mail; then there is nothing beside it to compare or to show cells of."""
    path = shutil.copy(places.outputs / ID / manifest.NAME, tmp_path)
    write_notebook(places.notebooks / "prosecution.ipynb", 'raise ValueError("Ann")')
    with pytest.raises(CellError, match="prosecution") as caught:
        proving.reproduce(places, Path(path), anyway=True)
    kept = Path(str(caught.value).rpartition("lies in ")[2].rstrip("."))
    assert kept.is_file()
    shutil.rmtree(kept.parents[3])


def test_a_file_that_changed_while_the_build_ran_is_told(places: Places, crate: Crate) -> None:
    """Half of such a report would be of the old state, half of the new one."""
    chosen = evaluations.read(places, ID)
    stage = places.outputs / ID
    (run,) = (one for one in crate.runs if one.name == "en/plans")
    read = dict.fromkeys(run.reads, "0" * 64)
    executed = [Executed("en/plans", stage / run.results[0], 1.0, read)]
    with pytest.raises(AnalysisError, match=f"{len(read)} files changed after a notebook"):
        proving.write(places, chosen, {}, executed, stage)
