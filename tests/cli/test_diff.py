"""`workbench diff`: what an author changed, against git or another file; runs are no changes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


def _cell(kind: str, id_: str, source: str, *tags: str, ran: int = 0) -> dict[str, Any]:
    cell = {"cell_type": kind, "id": id_, "metadata": {"tags": list(tags)}, "source": source}
    if kind != "code":
        return cell
    output = {"output_type": "stream", "name": "stdout", "text": f"{ran}\n"}
    return cell | {"outputs": [output] * bool(ran), "execution_count": ran or None}


def _write(path: Path, *cells: dict[str, Any], **metadata: Any) -> Path:
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


BEFORE = (
    _cell("markdown", "t", "# Who was counted?\n\nAll of them.", "lang-en"),
    _cell("code", "p", "level = 0.95", "parameters"),
    _cell("code", "r", "one = 1\ntwo = 2\nthree = 3\nfour = 4\nfive = 5"),
    _cell("code", "gone", "print(five)"),
)
AFTER = (
    _cell("markdown", "t", "# Who was counted?\n\nAll of them.", "lang-en"),
    _cell("code", "p", "level = 0.95", "parameters", "checks"),
    _cell("code", "n", "print(level)"),
    _cell("code", "r", "one = 1\ntwo = 2\nthree = 33\nfour = 4\nfive = 5"),
)
TOLD = """\
cell 2 (code) changed
-tags: parameters
+tags: parameters, checks

cell 3 (code) added
+print(level)

cell 4 (code) changed
@@ -1,5 +1,5 @@
 one = 1
 two = 2
-three = 3
+three = 33
 four = 4
 five = 5

cell 4 (code) removed
-print(five)

"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with one commit of one notebook, and go there."""
    for name, value in {"HOME": tmp_path, "GIT_CONFIG_NOSYSTEM": 1}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("GIT_DIR", raising=False)
    folder = tmp_path / "repository"
    folder.mkdir()
    _write(folder / "a.ipynb", *BEFORE)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "a.ipynb")
    _git(folder, "commit", "--quiet", "--message=First")
    monkeypatch.chdir(folder)
    return folder


def _git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@b.invalid")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True)


def test_each_changed_cell_is_shown(repository: Path, call: Call) -> None:
    """Git's own diff of a notebook is JSON, in which nobody finds the line that changed."""
    _write(repository / "a.ipynb", *AFTER)
    said = call("diff", "a.ipynb")
    assert (said.code, said.out, said.err) == (0, TOLD, "")


def test_a_run_is_no_change(repository: Path, call: Call) -> None:
    """Outputs change with every run; they say nothing of what the author did."""
    ran = [_cell(cell["cell_type"], cell["id"], cell["source"], *cell["metadata"]["tags"], ran=3)
           for cell in BEFORE]  # fmt: skip
    for cell in ran:
        cell["metadata"]["execution"] = {"iopub.status.busy": "now"}
    _write(repository / "a.ipynb", *ran, language_info={"name": "python", "version": "3.12"})
    said = call("diff", "a.ipynb", "--exit-code")
    assert (said.code, said.out, said.err) == (0, "", "Nothing changed since HEAD.\n")


def test_other_ids_are_no_change(repository: Path, call: Call) -> None:
    """An editor that gives each cell a new id has changed nothing that is read."""
    _write(repository / "a.ipynb", *(cell | {"id": f"x{cell['id']}"} for cell in BEFORE))
    assert call("diff", "a.ipynb").out == ""


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--exit-code",), 1)])
def test_it_leaves_as_git_diff_does(
    repository: Path, call: Call, options: tuple[str, ...], code: int
) -> None:
    """Scripts ask git the same way."""
    _write(repository / "a.ipynb", *AFTER)
    assert call("diff", "a.ipynb", *options).code == code


def test_an_earlier_revision_can_be_named(repository: Path, call: Call) -> None:
    """What was changed last week is asked more often than what was changed just now."""
    _write(repository / "a.ipynb", *AFTER)
    _git(repository, "commit", "--quiet", "--all", "--message=Second")
    assert call("diff", "a.ipynb").out == ""
    assert call("diff", "a.ipynb", "HEAD~1").out == TOLD


def test_a_notebook_that_git_does_not_have_is_new_throughout(repository: Path, call: Call) -> None:
    """It is about to be added, and somebody wants to read what."""
    _write(repository / "b.ipynb", *BEFORE[:2])
    told = call("diff", "./b.ipynb").out
    assert told.count(" added\n") == 2
    assert "+level = 0.95" in told


def test_two_files_can_be_compared_anywhere(tmp_path: Path, call: Call) -> None:
    """A colleague's version comes by mail, not by git."""
    earlier = _write(tmp_path / "earlier.ipynb", *BEFORE)
    later = _write(tmp_path / "later.ipynb", *AFTER)
    assert call("diff", str(earlier), str(later)).out == TOLD


def test_a_notebook_of_the_workbench_is_named_as_everywhere(places: Any, call: Call) -> None:
    """`workbench run plans`, `workbench diff plans`."""
    _git(places.home, "init", "--quiet")
    _git(places.home, "add", "notebooks")
    _git(places.home, "commit", "--quiet", "--message=First")
    path = places.notebooks / "plans.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("DK-2002", "DK-2003"), "utf-8")
    told = call("diff", "plans").out
    assert '-baseline = "DK-2002"' in told
    assert '+baseline = "DK-2003"' in told


def test_a_machine_gets_json(repository: Path, call: Call) -> None:
    """A review tool sets the changes itself."""
    _write(repository / "a.ipynb", *AFTER)
    told = json.loads(call("diff", "a.ipynb", "--json").out)
    assert [(change["kind"], change["cell"]) for change in told] == [
        ("changed", 2),
        ("added", 3),
        ("changed", 4),
        ("removed", 4),
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a.ipynb", "mian"), "a.ipynb: git knows no revision mian. Did you mean main?"),
        (("a.ipynb", "--", "-rf"), "a.ipynb: git knows no revision -rf."),
        (("a.ipynb", "c.ipynb"), "c.ipynb: no such notebook in ./."),
        (("./c.ipynb",), "c.ipynb: no such notebook"),
    ],
)
def test_what_is_not_there_is_named(
    repository: Path, call: Call, arguments: tuple[str, ...], told: str
) -> None:
    """Git's own words are about objects and trees."""
    said = call("diff", *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(told)


def test_a_spoiled_version_in_git_is_told_as_such(repository: Path, call: Call) -> None:
    """Somebody committed a merge conflict once."""
    (repository / "a.ipynb").write_text("<<<<<<<", encoding="utf-8")
    _git(repository, "commit", "--quiet", "--all", "--message=Conflict")
    _write(repository / "a.ipynb", *AFTER)
    said = call("diff", "a.ipynb")
    assert said.code == 2
    assert said.err.startswith("a.ipynb: is not valid notebook JSON in HEAD.")


def test_outside_a_repository_it_says_what_to_do(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbench that came as an archive has no history."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    said = call("diff", str(_write(tmp_path / "a.ipynb", *BEFORE)))
    assert said.code == 2
    assert said.err.startswith("a.ipynb: git has no repository here that it trusts")


def test_before_the_first_commit_it_says_so(repository: Path, call: Call) -> None:
    """HEAD names nothing yet."""
    shutil.rmtree(repository / ".git")
    _git(repository, "init", "--quiet")
    said = call("diff", "a.ipynb")
    assert said.err == "a.ipynb: the repository has no commit yet. Make one first.\n"


def test_without_git_it_says_so(
    repository: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine of one's own it may not be there."""
    monkeypatch.setenv("PATH", str(repository))
    said = call("diff", "a.ipynb")
    assert said.code == 2
    assert said.err.startswith("diff: there is no git on the PATH.")
