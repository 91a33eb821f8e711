"""What the long proofs share: how long they last, where their figures go, a workbench of their own.

Figures travel with a test's report and are printed when all have run, so that they show
with any number of workers and whether or not a test failed.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.places import Places

HOME = Path(__file__).parents[2]
SECONDS_VARIABLE = "SOAK_SECONDS"
SEED_VARIABLE = "SOAK_SEED"
DEFAULT_SECONDS = 150.0
"""So long each proof searches unless the environment says otherwise."""
DEFAULT_SEED = 2007

KEPT = ("DNK", "SWE", "NOR", "FIN", "ISL")
"""Countries whose lines stay in the large files of a small workbench."""

_FIGURES = "soak figures"

Tell = Callable[[str], None]


@pytest.fixture(scope="session")
def seconds() -> float:
    """So long one proof may search."""
    return float(os.environ.get(SECONDS_VARIABLE, DEFAULT_SECONDS))


@pytest.fixture(scope="session")
def seed() -> int:
    """Where chance begins: another seed searches elsewhere, the same one finds the same."""
    return int(os.environ.get(SEED_VARIABLE, DEFAULT_SEED))


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Tell:
    """Take one line of figures, to be printed at the end of the session."""
    return lambda line: request.node.user_properties.append((_FIGURES, line))


@pytest.fixture
def workbench(tmp_path: Path) -> Places:
    """A copy of this workbench's data, evaluations and notebooks, with nothing built."""
    for name in ("data", "evaluations", "notebooks"):
        shutil.copytree(
            HOME / name, tmp_path / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
        )
    (tmp_path / "outputs").mkdir()
    return Places(tmp_path)


@pytest.fixture
def small(workbench: Places) -> Places:
    """The same with few countries in the large files, so that a check takes no second."""
    with (workbench.codelists / "countries.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["code_3p"] for row in csv.DictReader(file) if row["iso3"] in KEPT}
    for pattern, column, wanted in (
        ("codelists/countries.csv", "iso3", set(KEPT)),
        ("published/international/unodc_glotip/*.csv", "Iso3_code", set(KEPT)),
        ("published/international/policy_3p/*.csv", "code", codes),
        ("published/international/population/*.csv", "Country Code", set(KEPT)),
    ):
        for path in (workbench.home / "data").glob(pattern):
            _keep_lines(path, column, wanted)
    return workbench


def _keep_lines(path: Path, column: str, wanted: set[str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    place = header.index(column)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([header, *(line for line in lines if line[place] in wanted)])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of every proof, whether it held or not."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        if report.when == "call"
    ]
    told = {
        report.nodeid: [line for name, line in report.user_properties if name == _FIGURES]
        for report in reports
    }
    if any(told.values()):
        terminalreporter.section("soak figures")
    for nodeid, lines in sorted(told.items()):
        if lines:
            terminalreporter.write_line(nodeid.rpartition("/")[2])
        for line in lines:
            terminalreporter.write_line(f"  {line}")
