"""A run manifest: read back as it was written, one file for one state, read by others' tools."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rocrate.rocrate import ROCrate

from analysis.engine.manifest import file as manifest
from analysis.engine.manifest import reproduce
from analysis.engine.manifest import state as manifest_state
from analysis.engine.manifest.crate import Code, Crate, DataSet, Input, Output, Platform, Run
from analysis.engine.reuse import recorder
from analysis.errors import AnalysisError

HASH = "a" * 64
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def crate(**changed: Any) -> Crate:
    """A build of one notebook in two languages, the second of which waited for the first."""
    read = ("data/published/countries/DNK/figures.csv", "data/published/nothing.csv")
    made = Crate(
        name="The action plans",
        description="Report x, built from 2 runs of 1 notebooks.",
        published="2026-11-24",
        licence="The data keep their terms.",
        plan="evaluations/x.yml",
        settings={"country": "SWE"},
        inputs=(
            Input(read[0], HASH, 12),
            Input(read[1], recorder.ABSENT),
            Input("evaluations/x.yml", HASH, 4),
            Input("notebooks/støtte.ipynb", HASH, 5),
        ),
        data_sets=(DataSet("data/published/countries/DNK", "data/published/SOURCES.md"),),
        runs=(
            Run("da/støtte", "notebooks/støtte.ipynb", {"level": 0.95}, read, (), ("da.ipynb",)),
            Run("en/støtte", "notebooks/støtte.ipynb", {}, (), ("da/støtte",), ("en.ipynb",)),
        ),
        outputs=(
            Output("da.ipynb", HASH, 1),
            Output("en.ipynb", HASH, 2),
            Output("tables/a: b %.csv", HASH, 3),
        ),
        code=Code("0.1.0", "MIT", HASH, "b" * 40, True),
        platform=Platform("3.11.7 (cpython)", "Linux x86_64", {"pandas": "3.1.1"}, HASH),
    )
    return replace(made, **changed)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """Whoever reproduces a report knows nothing of its build but this file."""
    manifest.write(tmp_path, crate())
    assert manifest.read(tmp_path) == crate()
    assert manifest.read(tmp_path / manifest.NAME) == crate()


def test_outside_git_there_is_no_commit(tmp_path: Path) -> None:
    """A workbench handed on as an archive has no history; its hashes stand alone."""
    bare = crate(
        code=Code("0.1.0", "MIT", HASH),
        platform=replace(crate().platform, lock=recorder.ABSENT),
        data_sets=(),
        settings={},
    )
    manifest.write(tmp_path, bare)
    assert manifest.read(tmp_path) == bare


texts = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12)
scalars = st.one_of(texts, st.booleans(), st.integers(), st.floats(allow_nan=False))
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.none())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parameters=st.dictionaries(texts, values, max_size=4), name=texts, path=texts)
def test_every_name_and_value_survives(
    tmp_path: Path, parameters: dict[str, object], name: str, path: str
) -> None:
    """A parameter read back as another value would rebuild another report."""
    # A path is what a file system holds: neither absolute, nor up, nor with an empty part.
    path = re.sub(r"[/\0]|^\.+$", "_", path)
    run = Run(name, f"notebooks/{path}", parameters, (), (), (path,))
    written = crate(
        inputs=(Input("evaluations/x.yml", HASH, 4), Input(run.notebook, HASH, 5)),
        data_sets=(),
        runs=(run,),
        outputs=(Output(path, HASH, 1),),
        settings=dict.fromkeys(parameters, "1"),
    )
    manifest.write(tmp_path, written)
    read = manifest.read(tmp_path)
    assert read == written
    assert [type(it) for it in read.runs[0].parameters.values()] == [
        *map(type, parameters.values())
    ]


def test_the_same_state_gives_the_same_bytes(tmp_path: Path) -> None:
    """A manifest that differs without a reason would make every rebuild look suspect."""
    written = [manifest.write(tmp_path, crate()).read_bytes() for _ in range(2)]
    assert written[0] == written[1]
    entities = [line for line in written[0].decode().splitlines() if line.startswith('{"@id"')]
    assert len(entities) == len(json.loads(written[0])["@graph"])


def test_others_read_it_as_a_research_object(tmp_path: Path) -> None:
    """The reference library warns of, or refuses, what is no RO-Crate."""
    for one in crate().outputs:
        (tmp_path / one.path).parent.mkdir(exist_ok=True)
        (tmp_path / one.path).write_text("a")
    manifest.write(tmp_path, crate())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = ROCrate(tmp_path)  # type: ignore[no-untyped-call]
    assert found.root_dataset["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.6"
    assert {one.id for one in found.data_entities} == {
        *("da.ipynb", "en.ipynb", "tables/a%3A%20b%20%25.csv")
    }
    actions = {one.id: one for one in found.root_dataset["mentions"]}
    assert all(one.type == "CreateAction" for one in actions.values())
    run = actions["#run/en/st%C3%B8tte"]
    assert run["instrument"]["programmingLanguage"]["softwareVersion"] == "3.11.7 (cpython)"
    assert [one.id for one in run["result"]] == ["en.ipynb"]
    assert [one.id for one in run["object"]] == ["da.ipynb"]
    build = actions["#build"]
    assert build["instrument"]["version"] == "0.1.0"
    assert [one["name"] for one in build["result"]] == ["a: b %.csv"]


def test_every_reference_leads_to_an_entity(tmp_path: Path) -> None:
    """RO-Crate wants what is named described; addresses of the web stand for themselves."""
    content = json.loads(manifest.write(tmp_path, crate()).read_text(encoding="utf-8"))
    ids = [entity["@id"] for entity in content["@graph"]]
    assert len(ids) == len(set(ids))
    named = set(re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(content, ensure_ascii=False)))
    assert {name for name in named - {*ids} if not name.startswith("https://")} == set()
    assert len(named) > 10


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: "{", "it is not JSON"),
        (lambda text: "[]", "missing or misshapen"),
        (lambda text: '{"@graph": [{"@id": "./"}]}', "missing or misshapen"),
        (lambda text: text.replace('"sha256"', '"sha1"'), "missing or misshapen"),
        (lambda text: text.replace("da.ipynb", "../da.ipynb"), "missing or misshapen"),
        (lambda text: text.replace("da.ipynb", "/da.ipynb"), "missing or misshapen"),
    ],
)
def test_what_is_no_manifest_is_refused(
    spoil: Callable[[str], str], told: str, tmp_path: Path
) -> None:
    """A file from elsewhere must neither break the command nor lead it out of its folder."""
    path = manifest.write(tmp_path, crate())
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(AnalysisError, match=f"{manifest.NAME}: is no run manifest.*{told}"):
        manifest.read(path)


def test_a_folder_without_manifest_is_told(tmp_path: Path) -> None:
    """The usual slip is a folder one too high."""
    with pytest.raises(AnalysisError, match="there is no run manifest"):
        manifest.read(tmp_path)


def test_outputs_are_all_files_but_the_manifest(tmp_path: Path) -> None:
    """A file that the manifest leaves out could be altered unseen."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / manifest.NAME).write_text("a crate in the crate")
    (tmp_path / ".hidden").write_bytes(b"")
    manifest.write(tmp_path, crate())
    found = manifest_state.outputs(tmp_path)
    assert [(one.path, one.size_bytes) for one in found] == [
        (".hidden", 0),
        (f"b/c/{manifest.NAME}", 20),
    ]


def test_a_program_is_its_files_and_their_names(tmp_path: Path) -> None:
    """Compiled modules come and go; a module renamed is another program."""
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "a.py").write_text("1")
    before = manifest_state.program_sha256(tmp_path)
    (tmp_path / "__pycache__" / "a.pyc").write_text("compiled")
    assert manifest_state.program_sha256(tmp_path) == before
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert manifest_state.program_sha256(tmp_path) != before


@needs_git
def test_git_tells_the_commit_and_whether_what_counts_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit hash says nothing of a report built from files that were never committed."""
    assert manifest_state.commit(tmp_path, [tmp_path]) is None

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=0")
        environment = {**os.environ, "GIT_COMMITTER_DATE": "2026-11-24T23:30:00-0300"}
        done = subprocess.run(
            ["git", "-C", tmp_path, *who, *arguments],
            env=environment,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    git("init", "-q")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1")
    git("add", ".")
    git("commit", "-q", "-m", "A")
    # As in a hook of another repository.
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    counting = [tmp_path / "data", tmp_path / "absent", Path("/")]
    found = manifest_state.commit(tmp_path, counting)
    monkeypatch.delenv("GIT_DIR")
    assert found == manifest_state.Commit(git("rev-parse", "HEAD"), "2026-11-25", changed=False)
    (tmp_path / "note.md").write_text("beside the data")
    assert manifest_state.commit(tmp_path, counting) == found
    (tmp_path / "data" / "b.csv").write_text("2")
    assert manifest_state.commit(tmp_path, counting) == replace(found, changed=True)


def test_the_platform_names_versions_and_no_machine(tmp_path: Path) -> None:
    """Versions explain a difference; whose machine it was is nobody's business."""
    found = manifest_state.running_platform(tmp_path)
    for name in ("pandas", "markdown-it-py", "xlsxwriter"):
        assert found.packages[name] == version(name)
    assert {*manifest_state.PACKAGES} <= {*found.packages}
    assert os.uname().nodename not in repr(found)
    assert found.lock == recorder.ABSENT


def test_each_input_that_differs_is_named(tmp_path: Path) -> None:
    """One that is passed over would let another report be called the same."""
    (tmp_path / "kept.csv").write_text("1")
    (tmp_path / "turned.csv").write_text("2")
    (tmp_path / "came.csv").write_text("3")
    (tmp_path / "listed").mkdir()
    now = manifest_state.read_now(tmp_path, "kept.csv")
    platform = crate().platform
    named = crate(
        inputs=(
            now,
            Input("turned.csv", HASH, 1),
            Input("went.csv", HASH, 1),
            Input("came.csv", recorder.ABSENT),
            manifest_state.read_now(tmp_path, "listed"),
        )
    )
    (tmp_path / "listed" / "new.csv").write_text("4")
    there = replace(platform, python="3.12.1 (cpython)", packages={"scipy": "1"}, lock="b" * 64)
    assert reproduce.inputs_that_differ(named, tmp_path, HASH, platform) == [
        "turned.csv: is not what was read",
        "went.csv: is not there",
        "came.csv: is there, and was not",
        "listed: holds other files, or cannot be read",
    ]
    assert reproduce.inputs_that_differ(crate(inputs=(now,)), tmp_path, "b" * 64, there) == [
        "program: its code is not that of the build",
        "requirements.lock: is not that of the build",
        "Python: 3.12.1 (cpython), was 3.11.7 (cpython)",
        "pandas: not installed, was 3.1.1",
        "scipy: 1, was not installed",
    ]


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """A notebook of code cells, each with a source unless it says otherwise."""
    return {"cells": [{"cell_type": "code", "source": "a", "outputs": []} | one for one in cells]}


def shown(**data: str) -> dict[str, Any]:
    """A cell that shows something in several formats."""
    return {"outputs": [{"output_type": "display_data", "data": data}]}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (notebook({}, {}), notebook({}, {"source": "b"}), "cell 2 (code): its source"),
        (notebook({}), notebook({}, {}), "cell 2: there are 2 cells, were 1"),
        (notebook({}), notebook({"cell_type": "raw"}), "cell 1 (code): is now raw"),
        (notebook({}), notebook({"id": "x"}), "cell 1 (code): its id, tags or number"),
        (notebook({}), notebook(shown()), "cell 1 (code): there are 1 outputs, were 0"),
        (
            notebook(shown(text="12 persons", png="a")),
            notebook(shown(text="14 persons", png="a", svg="b")),
            "cell 1 (code): output 1 (display_data, svg, text)",
        ),
        (
            notebook({"outputs": [{"output_type": "stream", "text": "Ann"}]}),
            notebook({"outputs": [{"output_type": "error", "evalue": "Bo"}]}),
            "cell 1 (code): output 1 (stream, is now error)",
        ),
        (notebook(), notebook() | {"metadata": 1}, "no cell, only what the notebook says"),
    ],
)
def test_the_first_cell_that_differs_is_told_without_what_it_shows(
    before: dict[str, Any], after: dict[str, Any], told: str
) -> None:
    """Where to look, in words that can be mailed."""
    found = reproduce.first_cell_that_differs(before, after)
    assert found.startswith(told)
    assert not re.search(r"persons|Ann|Bo", found)
