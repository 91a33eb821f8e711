"""The grid run as a sweep over the notebook: the same ratios as from the function, or refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from analysis.methods import multiverse
from analysis.places import HOME_VARIABLE, Places
from analysis.study import open_study
from analysis.study.robust import Robust
from analysis.study.ways import REGISTERED

HOME = Path(__file__).parents[2]
SWEPT = {"window": ("plans", "years_after"), "reading": ("least", "most")}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """Sweep the notebook over four ways with real kernels; return its two tables."""
    pandas = pytest.importorskip("pandas")
    home = tmp_path_factory.mktemp("sweep")
    for name in ("data", "evaluations", "notebooks"):
        shutil.copytree(HOME / name, home / name)
    fixed = {name: options[0] for name, options in REGISTERED.items() if name not in SWEPT}
    asked = [f"-g {name}={','.join(options)}" for name, options in SWEPT.items()]
    asked += [f"-p {name}={option}" for name, option in fixed.items()]
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "sweep", "robustness", *" ".join(asked).split()],
        env={**os.environ, HOME_VARIABLE: str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (folder,) = (home / "outputs" / "sweeps").iterdir()
    found, runs = (pandas.read_parquet(folder / f"{name}.parquet") for name in ("findings", "runs"))
    return found, runs


def _by_function() -> Mapping[tuple[str, str], multiverse.Point]:
    study = open_study("DK-2002", "DK-2007", country="DNK", language="en", places=Places(HOME))
    found = study.robustness("persons_prosecuted", draws=19, seed=1)
    assert isinstance(found, Robust)
    first = {name: options[0] for name, options in REGISTERED.items()}
    points = {point.options: point for point in found.curve.points}
    names = found.curve.choices
    ways = [
        first | {"window": window, "reading": reading}
        for window in SWEPT["window"]
        for reading in SWEPT["reading"]
    ]
    return {
        (taken["window"], taken["reading"]): points[tuple(taken[name] for name in names)]
        for taken in ways
    }


def test_a_sweep_gives_the_curve_that_the_function_gives(swept: tuple[Any, Any]) -> None:
    """Two roads to one curve: if they part, one of them counts something else."""
    findings, runs = swept
    curve = multiverse.of_sweep(
        findings, runs, finding="robustness.prosecuted", choices=tuple(SWEPT)
    )
    assert len(curve.points) == 4
    wanted = _by_function()
    for point in curve.points:
        window, reading = point.options
        same = wanted[window, reading].estimate
        found = point.estimate
        assert (found.value, found.low, found.high) == pytest.approx(
            (same.value, same.low, same.high), rel=1e-12
        )


def test_a_sweep_counts_what_it_cannot_estimate(swept: tuple[Any, Any]) -> None:
    """Victims have no baseline: every run says so, and none is dropped."""
    findings, _ = swept
    lines = findings[findings["finding"] == "robustness.identified"]
    assert list(lines["verdict"]) == ["refused"] * 4
