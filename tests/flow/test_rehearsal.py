"""The rehearsal: judged by what was planted, marked everywhere, kept out of everything real."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis import evaluations
from analysis.contracts.outputs import FIGURE, FINDING, TABLE, of_kind
from analysis.errors import EvaluationError, FindingError
from analysis.findings import register
from analysis.flow import building
from analysis.flow.rehearsed_intake import Asked, Judged, Log, judge
from analysis.flow.report_jobs import jobs
from analysis.places import HOME_VARIABLE, Places

HOME = Path(__file__).parents[2]
LANGUAGES = ("da", "en")


def _drawn(folder: Path, faults: Sequence[tuple[str, int]], wrong: Sequence[str]) -> Path:
    (folder / "truth").mkdir()
    with (folder / "truth" / "faults.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "form", "row"])
        writer.writerows([name, "services", row] for name, row in faults)
    with (folder / "truth" / "deliveries.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "kind"])
        writer.writerows([[name, "swapped_dates"] for name in wrong] + [["a.csv", "plain"]])
    return folder


def _asked(file: str, *rows: int) -> Asked:
    return Asked(file, "services", "rule", frozenset(rows))


def test_what_is_planted_and_what_is_asked_are_held_against_each_other(tmp_path: Path) -> None:
    """One row missed, one question about nothing, one wrong file sent back."""
    drawn = _drawn(tmp_path, [("a.csv", 3), ("a.csv", 8)], ["w.csv"])
    log = Log(files=3, held=["w.csv"], asked={_asked("a.csv", 3, 4), _asked("b.csv", 2)})
    found = judge(drawn, log)
    assert found == Judged(rows=2, rows_found=1, files=1, files_found=1, questions=3, right=2)
    assert found.recall == pytest.approx(2 / 3)
    assert found.precision == pytest.approx(2 / 3)


def test_what_is_asked_of_a_file_that_is_sent_back_is_one_question(tmp_path: Path) -> None:
    """Forty rows with swapped dates are one fault of one file, found once."""
    drawn = _drawn(tmp_path, [], ["w.csv"])
    log = Log(held=["w.csv"], asked={_asked("w.csv", row) for row in range(40)})
    assert judge(drawn, log) == Judged(0, 0, 1, 1, 1, 1)


def test_a_real_evaluation_hands_its_notebooks_no_invented_cases() -> None:
    """What decides is the evaluation's own file, and only notebooks on cases are told."""
    places = Places(HOME)
    for id, cases in (("denmark-2002-2007", "submitted"), ("rehearsal", "synthetic")):
        chosen = evaluations.read(places, id)
        told = {job.name: job.parameters for job in jobs(places, chosen, HOME / "outputs")}
        assert told["da/coverage"]["cases"] == cases
        assert told["da/coverage"]["smallest_count"] == 5
        assert all("cases" not in told.get(f"da/{name}", {}) for name in ("plans", "synthesis"))


def test_a_rehearsal_without_cases_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """The remedy is one command, and it is named."""
    for name in ("data", "notebooks"):
        (tmp_path / name).symlink_to(HOME / name)
    shutil.copytree(HOME / "evaluations", tmp_path / "evaluations")
    places = Places(tmp_path)
    with pytest.raises(EvaluationError, match="workbench rehearse"):
        building.build(places, evaluations.read(places, "rehearsal"))
    assert not (tmp_path / "outputs").exists()


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Places, dict[str, Any]]:
    """One whole rehearsal of a small country, by the command that a reader runs."""
    home = tmp_path_factory.mktemp("rehearsal")
    for name in ("data", "evaluations", "notebooks"):
        shutil.copytree(HOME / name, home / name)
    (home / "outputs").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "rehearse", "--people", "900", "--json"],
        env={**os.environ, HOME_VARIABLE: str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Places(home), json.loads(done.stdout)


Rehearsal = tuple[Places, dict[str, Any]]


@pytest.mark.soak
def test_everything_planted_is_found_and_nothing_invented(rehearsed: Rehearsal) -> None:
    """Bad rows, wrong files, a repeated one; linkage at least .95 and .90 after review."""
    _, said = rehearsed
    assert said["intake"]["recall"] == 1.0
    assert said["intake"]["precision"] == 1.0
    assert said["intake"]["rows"] > 20
    assert said["repeated"] == 1
    assert said["linkage"]["precision"] >= 0.95
    assert said["linkage"]["recall"] >= 0.90
    assert said["linkage"]["reviewed"] > 0


@pytest.mark.soak
def test_estimates_stand_beside_the_truth_and_most_limits_hold_it(rehearsed: Rehearsal) -> None:
    """Each finding that compares says what is true, and whether its limits hold that."""
    places, _ = rehearsed
    found = _findings(places)
    assert {one["basis"] for one in found} == {"synthetic"}
    compared = [one for one in found if one["limits"]]
    assert len(compared) > 8
    told = [" ".join(each["en"] for each in one["caveats"]) for one in compared]
    held = sum("the limits of the difference hold it" in one for one in told)
    assert all("The truth of the invented persons" in one for one in told)
    assert held / len(told) >= 0.75


@pytest.mark.soak
def test_page_figure_table_and_export_all_say_synthetic(rehearsed: Rehearsal) -> None:
    """Each of them is cut out and sent on without the others."""
    places, _ = rehearsed
    folder = places.outputs / "rehearsal"
    pages = [*(folder / "report").rglob("*.html")]
    assert len(pages) > 10
    for path in pages:
        text = path.read_text("utf-8")
        assert 'class="rehearsal"' in text, path
        assert re.search(r'data-mark="SYN\w+"', text), path
        assert re.search(r"<title>SYN\w+: ", text), path
    for kind in ("figures", "tables"):
        assert all(path.name.startswith("synthetic-") for path in (folder / kind).iterdir())
    for language in LANGUAGES:
        for path in (folder / "notebooks" / language).glob("*.ipynb"):
            notebook = json.loads(path.read_text("utf-8"))
            for one in (*of_kind(notebook, TABLE), *of_kind(notebook, FIGURE)):
                assert one["title"].startswith(("Syntetisk: ", "Synthetic: ")), one["id"]
            assert all(one["basis"] == "synthetic" for one in of_kind(notebook, FINDING))
        assert (folder / "report" / f"synthetic-report-{language}.pdf").stat().st_size > 10_000


@pytest.mark.soak
def test_front_page_says_what_it_is_and_holds_no_result(rehearsed: Rehearsal) -> None:
    """It must not look like the front page of the real report."""
    places, _ = rehearsed
    page = (places.outputs / "rehearsal" / "report" / "index.html").read_text("utf-8")
    assert "Dette er ikke en rapport om Danmark" in page
    assert "This is no report on Denmark" in page
    mains = re.findall(r"<main>.*?</main>", page, re.DOTALL)
    assert len(mains) == 2
    assert not any("findings.html#" in main for main in mains)


@pytest.mark.soak
def test_nobody_can_load_its_findings_as_findings(rehearsed: Rehearsal) -> None:
    """Register, list and citation are refused, and say why."""
    places, _ = rehearsed
    with pytest.raises(FindingError, match="synthetic data"):
        register.load(places.outputs / "rehearsal" / "findings")


@pytest.mark.soak
def test_no_row_of_a_person_leaves_the_store(rehearsed: Rehearsal) -> None:
    """No token, pseudonym or case number stands in anything that was built."""
    places, _ = rehearsed
    with (places.rehearsal / "drawn" / "truth" / "records.csv").open(newline="") as file:
        numbers = {
            row["person"] for row in csv.DictReader(file) if re.search(r"[A-Z-]", row["person"])
        }
    assert len(numbers) > 100
    for path in (places.outputs / "rehearsal").rglob("*"):
        if path.suffix not in (".html", ".csv", ".json", ".ipynb", ".svg"):
            continue
        words = set(re.findall(r"[A-Za-z0-9/-]{5,}", path.read_text("utf-8")))
        assert not words & numbers, path.name


def _findings(places: Places) -> list[dict[str, Any]]:
    path = places.outputs / "rehearsal" / "findings" / "synthetic-findings.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return found
