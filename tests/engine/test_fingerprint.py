"""fingerprint: every part counts, nothing else does."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.engine import graph
from analysis.engine.reuse import recorder, stamp
from analysis.engine.reuse.fingerprint import Fingerprint, Hashes, Surroundings, hash_of, output_of
from analysis.engine.running.run import Job, Limits

LONG_AGO_NS = 1_000_000_000_000_000_000
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
parts = st.dictionaries(names, names, min_size=1, max_size=6)


@given(parts, st.randoms())
def test_the_order_of_parts_does_not_count(of: dict[str, str], random: Any) -> None:
    """Two languages, or two versions of Python, may list the same things in another order."""
    shuffled = list(of.items())
    random.shuffle(shuffled)
    assert Fingerprint(of).key == Fingerprint(dict(shuffled)).key


@given(parts, names, st.data())
def test_any_change_in_any_part_changes_the_key(
    of: dict[str, str], other: str, data: st.DataObject
) -> None:
    """A part that does not count lets a stale result stand."""
    key = Fingerprint(of).key
    name = data.draw(st.sampled_from(sorted(of)))
    if of[name] != other:
        assert Fingerprint(of | {name: other}).key != key
    if other not in of:
        assert Fingerprint(of | {other: of[name]}).key != key
    assert Fingerprint({one: of[one] for one in of if one != name}).key != key


@given(parts, parts)
def test_two_different_sets_of_parts_never_share_a_key(
    one: dict[str, str], other: dict[str, str]
) -> None:
    """Joined texts would: `a=b` with `c` is `a` with `b=c`."""
    assert (Fingerprint(one).key == Fingerprint(other).key) == (one == other)


@dataclass(frozen=True)
class Bench:
    """A workbench with one notebook and one local package."""

    home: Path
    job: Job

    def look(self, job: Job | None = None) -> Fingerprint:
        """Take a fingerprint as a new process would."""
        surroundings = Surroundings(self.home, Hashes())
        return surroundings.fingerprint(graph.bound(job or self.job))

    def edit(self, name: str, text: str) -> None:
        """Write a file of the workbench."""
        (self.home / name).write_text(text, encoding="utf-8")

    def edit_cell(self, number: int, **changed: object) -> None:
        """Change a cell of the notebook as JupyterLab would."""
        loaded = json.loads(self.job.notebook.read_text(encoding="utf-8"))
        loaded["cells"][number].update(changed)
        self.edit("n.ipynb", json.dumps(loaded))


@pytest.fixture
def bench(tmp_path: Path, write_notebook: Callable[..., Path]) -> Bench:
    """Make the workbench."""
    for name in ("src/lab/__init__.py", "src/lab/used.py", "src/lab/unused.py", "in.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    path = write_notebook(
        tmp_path / "n.ipynb", 'n = 1\nfile: "file" = "in.csv"', "import lab.used", "# end"
    )
    return Bench(tmp_path, Job("n", path, environment={"WHO": "a"}, after=("before",)))


CHANGES: dict[str, tuple[Callable[[Bench], object], set[str]]] = {
    "a cell": (lambda bench: bench.edit_cell(1, source="import lab.used  "), {"cell:c1"}),
    "a tag": (lambda bench: bench.edit_cell(2, metadata={"tags": ["x"]}), {"cell:c2"}),
    "a module": (lambda bench: bench.edit("src/lab/used.py", "x = 1"), {"module:lab.used"}),
    "a package": (lambda bench: bench.edit("src/lab/__init__.py", "x = 1"), {"module:lab"}),
    "a resource": (lambda bench: bench.edit("src/lab/words.yml", "x: 1"), {"module:lab/words.yml"}),
    "the lock file": (lambda bench: bench.edit("requirements.lock", "pandas==9"), {"lock:"}),
    "a file given": (lambda bench: bench.edit("in.csv", "1"), {"file:in.csv"}),
}


@pytest.mark.parametrize(("change", "changed"), CHANGES.values(), ids=list(CHANGES))
def test_a_change_is_told_as_the_part_it_is(
    bench: Bench, change: Callable[[Bench], object], changed: set[str]
) -> None:
    """`workbench why` has its words from here."""
    before = bench.look()
    change(bench)
    after = bench.look()
    assert after.key != before.key
    assert _different(before, after) == changed


def _different(one: Fingerprint, other: Fingerprint) -> set[str]:
    return {name for name, _ in set(one.parts.items()) ^ set(other.parts.items())}


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"parameters": {"n": "2"}}, "parameter:n"),
        ({"environment": {"WHO": "b"}}, "environment:WHO"),
        ({"after": ()}, "environment:WORKBENCH_AFTER"),
    ],
)
def test_what_a_job_is_given_counts(bench: Bench, changed: dict[str, Any], part: str) -> None:
    """The same notebook with other values is another run."""
    assert _different(bench.look(), bench.look(replace(bench.job, **changed))) == {part}


def test_a_value_of_another_type_is_another_value(bench: Bench) -> None:
    """1, 1.0 and True are equal in Python, and are written differently into a notebook."""
    jobs = [replace(bench.job, parameters={"n": value}) for value in (1, 2)]
    assert len({bench.look(job).key for job in jobs}) == 2
    assert len({hash_of(value) for value in (1, 1.0, True, "1")}) == 4


@pytest.mark.parametrize(
    "changed",
    [
        {"cold": True},
        {"limits": Limits(seconds=1)},
        {"folders": {"WORKBENCH_RUN": Path("elsewhere")}},
        {"parameters": {"n": 1}},
        {"parameters": {"n": "1"}},
    ],
)
def test_what_cannot_change_a_byte_does_not_count(bench: Bench, changed: dict[str, Any]) -> None:
    """A release build with cold kernels, in another folder, must find what was run."""
    assert bench.look(replace(bench.job, **changed)).key == bench.look().key


def test_what_the_notebook_does_not_import_or_show_does_not_count(bench: Bench) -> None:
    """Only then does an edit rerun exactly the notebooks that it concerns."""
    before = bench.look().key
    bench.edit("src/lab/unused.py", "x = 1")
    bench.edit_cell(1, outputs=[{"output_type": "stream"}], execution_count=7)
    (bench.home / "src/lab/used.py").touch()
    assert bench.look().key == before


def test_other_packages_or_another_python_count(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new pandas may give other numbers from the same source."""
    before = bench.look()
    (bench.home / "site" / "pandas-99.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(bench.home / "site"))
    assert _different(before, bench.look()) == {"installed:"}
    monkeypatch.undo()
    monkeypatch.setattr(sys, "version", "4.0.0")
    assert _different(before, bench.look()) == {"python:"}


def test_outputs_count_for_who_waits_and_prose_does_not(
    tmp_path: Path, write_notebook: Callable[..., Path]
) -> None:
    """The synthesis reads findings; a comma in another notebook's text is not one."""
    path = write_notebook(tmp_path / "n.ipynb", "n = 1", "n")
    loaded = json.loads(path.read_text(encoding="utf-8"))
    shown = {"output_type": "stream", "name": "stdout", "text": "1"}

    def written(source: str, *outputs: object) -> str:
        loaded["cells"][1] |= {"source": source, "outputs": list(outputs)}
        path.write_text(json.dumps(loaded), encoding="utf-8")
        return output_of(path)

    first = written("n", shown)
    assert written("n  # the number", shown) == first
    assert written("n", shown, shown) != first
    (tmp_path / "n.files").mkdir()
    (tmp_path / "n.files" / "table.csv").write_text("1", encoding="utf-8")
    assert written("n", shown) != first


def test_hashes_are_remembered_only_while_the_file_is_the_same(tmp_path: Path) -> None:
    """Hashing 500 MB of sets before each build would cost more than the build."""
    path, kept_in = tmp_path / "a.csv", tmp_path / "hashes.json"
    path.write_text("old", encoding="utf-8")
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    stat = path.stat()
    told = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, "remembered"]
    kept_in.write_text(json.dumps({str(path): told}), encoding="utf-8")
    assert Hashes(kept_in).state(path) == "remembered"
    path.write_text("new", encoding="utf-8")
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    assert Hashes(kept_in).state(path) == recorder.state_of(path)


def test_a_young_file_is_hashed_each_time(tmp_path: Path) -> None:
    """A second edit within one tick of the clock would not show in its times."""
    path, kept_in = tmp_path / "a.csv", tmp_path / "hashes.json"
    path.write_text("new", encoding="utf-8")
    hashes = Hashes(kept_in)
    assert hashes.state(path) == recorder.state_of(path)
    hashes.save()
    assert not kept_in.exists()


def test_old_files_are_remembered_by_the_next_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the memory would be of no use."""
    path, kept_in = tmp_path / "a.csv", tmp_path / "hashes.json"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(stamp, "YOUNG_NS", 0)  # as if two seconds had gone by
    hashes = Hashes(kept_in)
    told = hashes.state(path)
    hashes.save()
    assert json.loads(kept_in.read_text(encoding="utf-8"))[str(path)][4] == told


@pytest.mark.parametrize("spoilt", ["", "[]", "{", "\x00"])
def test_a_broken_memory_is_forgotten(tmp_path: Path, spoilt: str) -> None:
    """It saves time and nothing else."""
    kept_in = tmp_path / "hashes.json"
    kept_in.write_text(spoilt, encoding="utf-8")
    assert Hashes(kept_in).state(tmp_path / "gone") == recorder.ABSENT
