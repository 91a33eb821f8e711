"""`workbench why` and `workbench status`: what a build would run, and each reason, in words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis import evaluations
from analysis.cli.main import workbench
from analysis.cli.status import verb as status
from analysis.cli.why import verb as why
from analysis.engine.graph import bound
from analysis.engine.reuse.cache import Cache
from analysis.engine.running.run import Executed, Job
from analysis.errors import NotebookError
from analysis.flow.report_jobs import jobs
from analysis.places import Places

FIGURES = "data/published/countries/DNK/figures.csv"
Say = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a verb and return what it wrote."""

    def run(verb: Any, *arguments: str) -> str:
        capsys.readouterr()
        workbench.main([verb.name, *arguments], standalone_mode=False)
        return capsys.readouterr().out

    return run


@pytest.fixture
def ran(places: Places) -> Places:
    """Keep a run of each notebook, as a build does, each of which read the figures."""
    cache = Cache(places.cache, places.home)
    outputs: dict[str, str] = {}
    reads = cache.surroundings.states({FIGURES: "", "data/later.csv": ""})
    for job in _jobs(places):
        path = places.outputs / "ran" / f"{job.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"cells": [{"outputs": [job.name]}]}), encoding="utf-8")
        asked = cache.ask(job, {name: outputs[name] for name in job.after})
        outputs[job.name] = cache.keep(job, asked, Executed(job.name, path, 2.5, reads))
    cache.close()
    return places


def _jobs(places: Places) -> list[Job]:
    chosen = evaluations.read(places, evaluations.default(places))
    return [bound(job) for job in jobs(places, chosen, places.outputs / "out")]


def _notebooks(places: Places) -> int:
    return len(list(places.notebooks.glob("*.ipynb")))


def _edit_cell(places: Places, name: str, number: int) -> None:
    path = places.notebooks / f"{name}.ipynb"
    loaded = json.loads(path.read_text(encoding="utf-8"))
    loaded["cells"][number - 1]["source"].append("\n# more")
    path.write_text(json.dumps(loaded), encoding="utf-8")


def test_what_never_ran_says_so_and_what_it_waits_for(places: Places, say: Say) -> None:
    """After a fresh clone everything has to run; nothing is wrong."""
    lines = say(why, "synthesis").splitlines()
    assert lines[0] == "da/synthesis: never run"
    assert "en/synthesis: da/plans must run first (output may change)" not in lines
    assert "en/synthesis: en/plans must run first (output may change)" in lines
    states = [line.split()[2:4] for line in say(status).splitlines()[1:]]
    assert states == [["never", "run"]] * 2 * _notebooks(places)


def test_what_is_fresh_says_so(ran: Places, say: Say) -> None:
    """An empty answer would leave open whether the command worked."""
    assert say(why, "plans").splitlines() == [
        "da/plans: nothing: it is fresh",
        "en/plans: nothing: it is fresh",
    ]
    table = say(status).splitlines()
    assert table[0].split() == ["notebook", "language", "state", "seconds", "reason"]
    assert [line.split()[1:] for line in table[1:]] == [
        ["da", "fresh", "2.5"],
        ["en", "fresh", "2.5"],
    ] * _notebooks(ran)


def test_each_reason_is_told_in_the_most_specific_words(
    ran: Places, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stale` alone sends people to `rm -rf outputs`."""
    (ran.home / FIGURES).write_text("changed", encoding="utf-8")
    (ran.home / "data" / "later.csv").touch()
    (ran.home / "requirements.lock").write_text("pandas==99", encoding="utf-8")
    _edit_cell(ran, "prosecution", 4)
    (tmp_path / "site" / "surprise-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    found = say(why, "prosecution").splitlines()
    assert found[: len(found) // 2] == [
        "da/prosecution: cell 4 changed",
        "da/prosecution: requirements.lock is new",
        "da/prosecution: installed packages changed (+surprise-1.0)",
        f"da/prosecution: {FIGURES} changed",
        "da/prosecution: data/later.csv is new",
    ]


def test_other_parameters_are_told_by_name_and_value(ran: Places, say: Say) -> None:
    """Who builds another country must see that it is another run, not a stale one."""
    found = say(why, "plans.ipynb", "-p", "country=SWE").splitlines()
    assert found[0] == 'da/plans: parameter country: "DNK" became "SWE"'


def test_a_failed_run_is_told_with_its_cell_and_mended_by_an_edit(ran: Places, say: Say) -> None:
    """It is the first thing one wants to know."""
    _edit_cell(ran, "support", 4)
    cache = Cache(ran.cache, ran.home)
    job = next(job for job in _jobs(ran) if job.name == "en/support")
    cache.keep_failure(job, cache.ask(job, {}), "support.ipynb: cell 4 raised KeyError.", 1.0)
    assert say(why, "support").splitlines()[1] == (
        "en/support: its last run failed: support.ipynb: cell 4 raised KeyError."
    )
    rows = {tuple(line.split()[:2]): line.split()[2] for line in say(status).splitlines()}
    assert rows["support", "en"] == "failed"
    assert rows["support", "da"] == "stale"
    assert rows["synthesis", "en"] == "stale"
    assert rows["plans", "en"] == "fresh"


def test_a_result_that_is_gone_from_the_cache_is_told(ran: Places, say: Say) -> None:
    """What was evicted must run again although nothing changed."""
    for path in (ran.cache / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    assert say(why, "plans").splitlines()[0] == "da/plans: what it gave is no longer in the cache"


def test_json_holds_the_same_for_machines(ran: Places, say: Say) -> None:
    """An editor or a CI job asks too."""
    (ran.home / FIGURES).write_text("changed", encoding="utf-8")
    found = json.loads(say(why, "plans", "--json"))
    assert found == [
        {
            "job": f"{language}/plans",
            "state": "stale",
            "reasons": [f"{FIGURES} changed"],
            "seconds": 2.5,
        }
        for language in ("da", "en")
    ]
    states = [one["state"] for one in json.loads(say(status, "--json"))]
    assert states == ["stale"] * 2 * _notebooks(ran)


def test_a_notebook_of_no_evaluation_is_refused_with_the_nearest(places: Places, say: Say) -> None:
    """A slip of the finger must not read as `never run`."""
    with pytest.raises(NotebookError, match=r"prosecutions is unknown among \d+\. Nearest: pros"):
        say(why, "prosecutions")


def test_neither_loads_what_only_a_run_needs(places: Places) -> None:
    """Both are asked all day, and pandas or papermill alone would cost a second."""
    code = (
        "import sys\nfrom analysis.cli.status import verb\n"
        "verb.main([], standalone_mode=False)\n"
        "heavy = {'pandas', 'numpy', 'papermill', 'nbformat', 'jupyter_client', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
